//! Where a claim was read, and digests.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::LayerId;

/// The place from which a package, an edge, a licence or an origin was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Evidence {
    /// The layer whose copy of the file was read; `None` for directories and for documents of other tools.
    pub layer: Option<LayerId>,
    /// The path inside the image without a leading slash; a path inside an archive follows after `!/`.
    pub path: String,
    /// The ecosystem whose reader read it, e.g. `deb`.
    pub parser: String,
}

impl Evidence {
    /// Evidence from `path`, read by `parser`, in no layer yet.
    pub fn new(path: impl Into<String>, parser: impl Into<String>) -> Self {
        Self { layer: None, path: path.into(), parser: parser.into() }
    }
}

/// A digest as the OCI image specification writes it: `algorithm:lowercase-hex`
/// (image-spec, descriptor.md, section "Digests").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest(String);

/// A string is no digest: an unknown algorithm, a wrong length, or not lowercase hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidDigest(pub String);

impl fmt::Display for InvalidDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is not a digest (expected algorithm:hex)", self.0)
    }
}

impl std::error::Error for InvalidDigest {}

impl Digest {
    /// The digest whose raw bytes are `bytes` under `algorithm` (`sha256`, `sha1`, …).
    pub fn from_bytes(algorithm: &str, bytes: &[u8]) -> Self {
        use fmt::Write;
        let mut text = String::with_capacity(algorithm.len() + 1 + bytes.len() * 2);
        text.push_str(algorithm);
        text.push(':');
        for byte in bytes {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// The digest whose digits, in either case, are `hex` under `algorithm`.
    ///
    /// # Errors
    /// [`InvalidDigest`] when there is no such algorithm, or these are no digits of it.
    pub fn from_hex(algorithm: &str, hex: &str) -> Result<Self, InvalidDigest> {
        let mut text = String::with_capacity(algorithm.len() + 1 + hex.len());
        text.push_str(algorithm);
        text.push(':');
        text.push_str(hex);
        text.make_ascii_lowercase();
        Self::checked(text)
    }

    fn checked(text: String) -> Result<Self, InvalidDigest> {
        let length = |algorithm: &str| {
            Some(match algorithm {
                "md5" => 32,
                "sha1" => 40,
                "sha224" => 56,
                "sha256" => 64,
                "sha384" => 96,
                "sha512" => 128,
                _ => return None,
            })
        };
        let is_valid = text.split_once(':').is_some_and(|(algorithm, hex)| {
            length(algorithm) == Some(hex.len())
                && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        });
        if is_valid { Ok(Self(text)) } else { Err(InvalidDigest(text.chars().take(100).collect())) }
    }

    /// The whole text, `algorithm:hex`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The algorithm's name, e.g. `sha256`.
    pub fn algorithm(&self) -> &str {
        self.0.split_once(':').map_or("", |(algorithm, _)| algorithm)
    }

    /// The hexadecimal digits.
    pub fn hex(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, hex)| hex)
    }
}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        Self::checked(text.to_owned())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_checked() {
        let good = "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709";
        assert_eq!(good.parse::<Digest>().unwrap().algorithm(), "sha1");
        for bad in
            ["", "sha1", "sha1:", "sha1:DA39", "md4:00", "sha256:da39a3ee5e6b4b0d3255bfef95601890afd80709"]
        {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
        assert_eq!(Digest::from_bytes("md5", &[0, 255]).as_str(), "md5:00ff");
        let upper = Digest::from_hex("sha1", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709");
        assert_eq!(upper.unwrap().as_str(), good);
        assert!(Digest::from_hex("sha1", "DA39").is_err());
    }
}
