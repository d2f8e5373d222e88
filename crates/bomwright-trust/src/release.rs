//! What an archive states about its indexes, and its signature on that (Debian's repository format,
//! "Release files").
//!
//! `InRelease` is a text with the signatures behind it (RFC 9580, section 7); `Release` has them in
//! `Release.gpg`. Only what was signed is read: whatever stands before or behind is not part of it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use bomwright_model::Checksum;
use pgp::composed::{CleartextSignedMessage, Deserializable, DetachedSignature};
use pgp::packet::Signature;

use crate::keyring::signature_packets;
use crate::{Keyring, Outcome, TrustError};

/// The most bytes of a release and of its signatures: Debian's has 300 KiB.
const LARGEST: u64 = 64 << 20;

/// A release and what its signatures are worth.
pub(crate) struct Release {
    pub(crate) path: PathBuf,
    pub(crate) suite: Option<String>,
    pub(crate) codename: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) label: Option<String>,
    pub(crate) outcome: Outcome,
    /// The SHA-256 of every index of packages, in each compression.
    pub(crate) indexes: BTreeSet<[u8; 32]>,
}

/// Reads the release at `path` and verifies its signatures.
pub(crate) fn read(path: &Path, keyring: &Keyring) -> Result<Release, TrustError> {
    let bytes = contents(path)?;
    let is_inline = path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("InRelease"));
    let (text, signatures) = if is_inline {
        let text = String::from_utf8_lossy(&bytes);
        let (message, _) = CleartextSignedMessage::from_string(&text)
            .map_err(|_| TrustError::malformed(path, "not a text with an OpenPGP signature"))?;
        (message.signed_text(), message.signatures().to_vec())
    } else {
        (String::from_utf8_lossy(&bytes).into_owned(), detached(path)?)
    };
    // What was signed is the text itself for an inline signature, and the bytes of the file for others.
    let outcome = keyring.verify_detached(&signatures, if is_inline { text.as_bytes() } else { &bytes });
    if let Outcome::Bad(reason) = outcome {
        return Err(TrustError::BadSignature { path: path.to_owned(), reason });
    }
    let field = |name: &str| {
        let mut fields = text.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(field, _)| *field == name).map(|(_, value)| value.trim().to_owned())
    };
    Ok(Release {
        path: path.to_owned(),
        suite: field("Suite"),
        codename: field("Codename"),
        origin: field("Origin"),
        label: field("Label"),
        outcome,
        indexes: indexes(&text),
    })
}

/// The lines of the field `SHA256`: digest, size, name of an index.
fn indexes(text: &str) -> BTreeSet<[u8; 32]> {
    let behind = text.lines().skip_while(|line| line.trim_end() != "SHA256:").skip(1);
    let lines = behind.take_while(|line| line.starts_with([' ', '\t']));
    let entries = lines.filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let (digest, _size, name) = (words.next()?, words.next()?, words.next()?);
        match Checksum::from_hex(digest)? {
            Checksum::Sha256(digest) if name.rsplit('/').next()?.starts_with("Packages") => Some(digest),
            _ => None,
        }
    });
    entries.collect()
}

/// The signatures in the file beside `release`, armored or not; none when there is no such file.
fn detached(release: &Path) -> Result<Vec<Signature>, TrustError> {
    let mut path = release.as_os_str().to_owned();
    path.push(".gpg");
    let path = PathBuf::from(path);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let bytes = contents(&path)?;
    if !bytes.starts_with(b"-----BEGIN") {
        return Ok(signature_packets(&bytes).collect());
    }
    let (signatures, _) = DetachedSignature::from_armor_many_buf(&bytes[..])
        .map_err(|_| TrustError::malformed(&path, "not an OpenPGP signature"))?;
    Ok(signatures.filter_map(Result::ok).map(|it| it.signature).collect())
}

fn contents(path: &Path) -> Result<Vec<u8>, TrustError> {
    let file = File::open(path).map_err(TrustError::unreadable(path))?;
    let too_large = fs::metadata(path).is_ok_and(|it| it.len() > LARGEST);
    if too_large {
        return Err(TrustError::Limit { path: path.to_owned(), reason: "larger than a release".to_owned() });
    }
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes).map_err(TrustError::unreadable(path))?;
    Ok(bytes)
}
