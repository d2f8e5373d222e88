//! Keys, archives, indexes and releases, which come from wherever the user had them.

use std::fs;

use bomwright_trust::{Anchors, KeySource, Keyring};

/// The first line says as what the rest is read: a file name such as `a.deb`, `Packages.xz` or `InRelease`, or `key`.
/// Two readings say the same, and every key that was added can be named.
///
/// # Panics
/// If that does not hold.
pub fn anchors(input: &[u8]) {
    let Some(end) = input.iter().position(|&byte| byte == b'\n').filter(|&end| end < 64) else { return };
    let (name, rest) = (String::from_utf8_lossy(&input[..end]), &input[end + 1..]);
    if name == "key" {
        let add = || {
            let mut keyring = Keyring::new();
            let added = keyring.add(rest, &KeySource::User("key".to_owned())).is_ok();
            (added, keyring.len())
        };
        let (added, count) = add();
        assert_eq!(add(), (added, count), "two readings of a key differ");
        return;
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        || name.is_empty()
        || name.starts_with('.')
    {
        return;
    }
    let folder = tempfile::tempdir().expect("a directory can be made");
    let path = folder.path().join(&*name);
    fs::write(&path, rest).expect("a file can be written");
    let load = || match Anchors::load(&[path.clone()], &Keyring::new()) {
        Ok(anchors) => {
            let manifest = anchors.manifest("a", "1", "all").map_err(|error| error.to_string());
            Ok((
                anchors.is_empty(),
                anchors.listed("a", "1", "all"),
                manifest.map(|it| it.map(|it| it.sha256)),
            ))
        }
        Err(error) => Err(error.to_string()),
    };
    assert_eq!(load(), load(), "two readings of {name} differ");
}
