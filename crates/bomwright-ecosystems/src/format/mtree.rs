//! The specification of a file tree, as pacman keeps one beside every package (mtree(5), alpm-mtree(5)).
//!
//! One file a line: a path below `.`, then `keyword=value` words. `/set` gives values to all lines behind it,
//! `/unset` takes them back. Bytes that would break a line are written as a backslash and three octal digits.

use std::collections::BTreeMap;

use bomwright_model::{Account, Checksum, Listed};

/// Bits of the file's type in a mode (`S_IFMT` of stat(2)).
const TYPES: &[(&str, u32)] = &[
    ("file", 0o100_000),
    ("dir", 0o040_000),
    ("link", 0o120_000),
    ("char", 0o020_000),
    ("block", 0o060_000),
    ("fifo", 0o010_000),
    ("socket", 0o140_000),
];

/// The first files that `text` specifies, at most `most`, and how many lines are none of its format.
pub(crate) fn files(text: &str, most: usize) -> (Vec<Listed>, usize) {
    let (mut all, mut malformed) = (Vec::new(), 0);
    let mut defaults: BTreeMap<&str, &str> = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        if all.len() == most {
            break;
        }
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            None => {}
            Some(first) if first.starts_with('#') => {}
            Some("/set") => defaults.extend(words.filter_map(|word| word.split_once('='))),
            Some("/unset") => {
                for word in words {
                    defaults.remove(word);
                }
            }
            Some(path) => match path.strip_prefix("./").map(unescape) {
                Some(path) if !path.is_empty() => {
                    let own: BTreeMap<_, _> = words.filter_map(|word| word.split_once('=')).collect();
                    all.push(listed(path, |keyword| own.get(keyword).or(defaults.get(keyword)).copied()));
                }
                // The directory that everything is below.
                _ if path == "." => {}
                _ => malformed += 1,
            },
        }
    }
    (all, malformed)
}

fn listed<'a>(path: String, get: impl Fn(&str) -> Option<&'a str>) -> Listed {
    let digest =
        ["sha256digest", "sha256", "sha512digest", "sha512", "sha1digest", "sha1", "md5digest", "md5"]
            .into_iter()
            .find_map(|keyword| Checksum::from_hex(get(keyword)?));
    let kind = get("type").and_then(|kind| TYPES.iter().find(|(name, _)| *name == kind));
    let mode = get("mode").and_then(|mode| u32::from_str_radix(mode, 8).ok()).map(|mode| mode & 0o7777);
    let account = |name: &str, id: &str| {
        let id = get(id).and_then(|id| id.parse().ok()).map(Account::Id);
        get(name).map(|name| Account::Name(name.to_owned())).or(id)
    };
    Listed {
        path,
        digest,
        mode: mode.map(|mode| mode | kind.map_or(0, |(_, bits)| *bits)),
        owner: account("uname", "uid"),
        group: account("gname", "gid"),
        size: get("size").and_then(|size| size.parse().ok()),
        // Seconds, a point, nanoseconds.
        mtime: get("time").and_then(|time| time.split('.').next()?.parse().ok()),
        link: get("link").map(unescape),
        ..Listed::default()
    }
}

/// The text with what `\ooo` stands for; bytes that are not UTF-8 are replaced.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        let code = behind.first_chunk::<3>().filter(|_| byte == b'\\').and_then(|digits| octal(*digits));
        bytes.push(code.unwrap_or(byte));
        rest = behind.get(if code.is_some() { 3 } else { 0 }..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn octal(digits: [u8; 3]) -> Option<u8> {
    let value =
        digits.iter().try_fold(0_u32, |value, &digit| Some(value << 3 | char::from(digit).to_digit(8)?))?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_hold_until_they_are_taken_back() {
        // By hand after mtree(5) and alpm-mtree(5).
        let text = "#mtree\n/set type=file uid=0 gid=0 mode=644\n./a\\040b time=12.5 size=3 \
                    sha256digest=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n\
                    ./bin mode=4755 type=dir\n./l type=link mode=777 link=a\\303\\244\n/unset uid\n./n\nnonsense x=y\n";
        let (files, malformed) = files(text, 10);
        assert_eq!((files.len(), malformed), (4, 1));
        assert_eq!(
            (files[0].path.as_str(), files[0].mode, files[0].mtime),
            ("a b", Some(0o100_644), Some(12))
        );
        assert!(matches!(files[0].digest, Some(Checksum::Sha256(_))));
        assert_eq!(files[1].mode, Some(0o044_755));
        assert_eq!((files[2].link.as_deref(), files[2].mode), (Some("aä"), Some(0o120_777)));
        assert_eq!(super::files(text, 2).0, files[..2]);
        assert_eq!((&files[3].owner, &files[3].group), (&None, &Some(Account::Id(0))));
    }
}
