//! What a package database states about each file of a package: what verifying the files needs.
//!
//! Every field is optional because every database states another part: dpkg a digest, apk a digest and the
//! numbers of the owner, rpm nearly everything. What a database does not state stays `None` and can't be
//! verified; it is never guessed.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

/// A file, directory or link as the database of its package states it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Listed {
    /// Its path, without a leading slash, as the database spells it: directories of the path may be links.
    pub path: String,
    /// The digest of the content; of a link in apk's database that of its target's text.
    pub digest: Option<Checksum>,
    /// The mode; with the bits of the file's type (`S_IFMT`) where the database states those.
    pub mode: Option<u32>,
    /// The owner.
    pub owner: Option<Account>,
    /// The group.
    pub group: Option<Account>,
    /// The size of the content, in bytes.
    pub size: Option<u64>,
    /// The time of the last change, in seconds since 1970.
    pub mtime: Option<i64>,
    /// The target of a symbolic link, as written.
    pub link: Option<String>,
    /// What else is said about it.
    pub flags: FileFlags,
}

impl Listed {
    /// A path about which nothing else is known.
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// The same with the digest of its content.
    #[must_use]
    pub fn with_digest(mut self, digest: Option<Checksum>) -> Self {
        self.digest = digest;
        self
    }
}

/// An owner or a group, by whichever of its two names the database uses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Account {
    /// By name, which `etc/passwd` or `etc/group` of the image resolve.
    Name(String),
    /// By number.
    Id(u32),
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Id(id) => write!(f, "{id}"),
        }
    }
}

/// A digest of a file, kept as bytes: a database has one for every file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Checksum {
    /// MD5: tells accidents, not attacks.
    Md5([u8; 16]),
    /// SHA-1: tells accidents, not attacks.
    Sha1([u8; 20]),
    /// SHA-256.
    Sha256([u8; 32]),
    /// SHA-512.
    Sha512(Vec<u8>),
    /// An algorithm that bomwright does not compute: its name as the database has it, and the digits.
    Other(String, String),
}

impl Checksum {
    /// Reads hexadecimal digits, of either case, and tells the algorithm from how many there are; `None` for
    /// what is no digest of the four algorithms.
    pub fn from_hex(digits: &str) -> Option<Self> {
        let bytes = bytes_of_hex(digits)?;
        match bytes.len() {
            16 => bytes.try_into().ok().map(Self::Md5),
            20 => bytes.try_into().ok().map(Self::Sha1),
            32 => bytes.try_into().ok().map(Self::Sha256),
            64 => Some(Self::Sha512(bytes)),
            _ => None,
        }
    }

    /// The algorithm's name: `md5`, `sha1`, `sha256`, `sha512` or what the database calls it.
    pub fn algorithm(&self) -> &str {
        match self {
            Self::Md5(_) => "md5",
            Self::Sha1(_) => "sha1",
            Self::Sha256(_) => "sha256",
            Self::Sha512(_) => "sha512",
            Self::Other(name, _) => name,
        }
    }

    /// The digits, in lower case.
    pub fn hex(&self) -> String {
        let bytes: &[u8] = match self {
            Self::Md5(bytes) => bytes,
            Self::Sha1(bytes) => bytes,
            Self::Sha256(bytes) => bytes,
            Self::Sha512(bytes) => bytes,
            Self::Other(_, digits) => return digits.to_ascii_lowercase(),
        };
        bytes.iter().fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl fmt::Display for Checksum {
    /// `algorithm:digits`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm(), self.hex())
    }
}

/// The bytes that hexadecimal digits spell; `None` when they are odd in number or no digits.
fn bytes_of_hex(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let nibble = |digit: u8| char::from(digit).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(nibble(*high)? << 4 | nibble(*low)?).ok();
    rest.is_empty().then(|| pairs.iter().map(byte).collect()).flatten()
}

/// What a database says about the role of a file, as a set.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileFlags(u16);

macro_rules! flags {
    ($($(#[doc = $doc:literal])+ $name:ident = $bit:literal, $word:literal;)+) => {
        impl FileFlags {
            $($(#[doc = $doc])+ pub const $name: Self = Self(1 << $bit);)+

            /// Every flag with its word.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$name, $word),)+];
        }
    };
}

flags! {
    /// Configuration that its administrator may change (rpm `%config`, dpkg conffile, pacman `%BACKUP%`).
    CONFIG = 0, "config";
    /// Configuration that an update leaves in place when it was changed (rpm `noreplace`).
    NOREPLACE = 1, "noreplace";
    /// Owned but not part of the package's archive: made later, if at all (rpm `%ghost`).
    GHOST = 2, "ghost";
    /// Documentation: an installation may go without.
    DOC = 3, "doc";
    /// A licence text.
    LICENSE = 4, "license";
    /// May be missing (rpm `missingok`).
    MISSINGOK = 5, "missingok";
    /// The database itself says that the file was not installed (rpm states 2 and 4). rpm sets this and the
    /// next two when it installs a package: no signature covers them.
    NOT_INSTALLED = 6, "not-installed";
    /// On a file system shared with others, so that it may be missing (rpm state 3).
    NETSHARED = 7, "netshared";
    /// Another package has replaced it since (rpm state 1).
    REPLACED = 8, "replaced";
    /// A conffile that the package no longer ships (dpkg `obsolete`).
    OBSOLETE = 9, "obsolete";
    /// A conffile that the administrator had removed or dpkg has yet to install (dpkg `newconffile`).
    NEW_CONFFILE = 10, "newconffile";
    /// A conffile to be removed when the package is upgraded (dpkg `remove-on-upgrade`).
    REMOVE_ON_UPGRADE = 11, "remove-on-upgrade";
    /// The database names attributes that are not to be verified (rpm `%verify`), so a difference may be meant.
    NOT_ALL_VERIFIED = 12, "not-all-verified";
}

impl FileFlags {
    /// No flag.
    pub const NONE: Self = Self(0);

    /// Whether all of `other` are set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether no flag is set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// These and those of `other`.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The words of the flags that are set.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().filter(move |(flag, _)| self.contains(*flag)).map(|(_, word)| *word)
    }
}

impl fmt::Debug for FileFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.words()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_told_by_their_length() {
        // md5sum and sha256sum of nothing.
        let md5 = Checksum::from_hex("D41D8CD98F00B204E9800998ECF8427E").unwrap();
        assert_eq!(md5.to_string(), "md5:d41d8cd98f00b204e9800998ecf8427e");
        let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Checksum::from_hex(sha256).unwrap().to_string(), format!("sha256:{sha256}"));
        for bad in ["", "d41d8cd98f00b204e9800998ecf8427", "d41d8cd98f00b204e9800998ecf8427g", "é1"] {
            assert_eq!(Checksum::from_hex(bad), None, "{bad}");
        }
    }

    #[test]
    fn flags_are_distinct() {
        let all = FileFlags::ALL.iter().fold(FileFlags::NONE, |all, (flag, _)| all.with(*flag));
        assert_eq!(all.words().count(), FileFlags::ALL.len());
        assert_eq!(format!("{:?}", FileFlags::CONFIG.with(FileFlags::GHOST)), r#"{"config", "ghost"}"#);
    }
}
