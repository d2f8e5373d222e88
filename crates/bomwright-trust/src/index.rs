//! An index of the packages of an archive (`Packages`; Debian's repository format, "Packages Indices").
//!
//! Stanzas of `Field: value` lines; of each, name, version, architecture and the SHA-256 of the archive are kept.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use bomwright_model::Checksum;

use crate::TrustError;
use crate::ar::invalid;
use crate::compression::{Hashed, decompressed};
use crate::deb::Identity;

/// The most bytes of an index: that of Debian's main has 50 MiB for one architecture.
const LARGEST: u64 = 1 << 30;
/// The longest line: `Provides` and `Depends` have some ten thousand bytes at most.
const LONGEST_LINE: u64 = 1 << 20;
/// The most packages of an index.
const MOST_PACKAGES: usize = 2_000_000;

/// What is kept of an index.
pub(crate) struct Index {
    pub(crate) path: PathBuf,
    /// The SHA-256 of the file as it is and of what it decompresses to; a `Release` lists both.
    pub(crate) digests: [[u8; 32]; 2],
    /// The packages, each with the SHA-256 of its archive.
    pub(crate) packages: Vec<(Identity, [u8; 32])>,
}

/// Reads the index at `path`.
pub(crate) fn read(path: &Path) -> Result<Index, TrustError> {
    let file = File::open(path).map_err(TrustError::unreadable(path))?;
    let read = || {
        let mut compressed = Hashed::new(file);
        let mut plain = BufReader::new(Hashed::new(decompressed(&mut compressed, LARGEST)?));
        let packages = packages(&mut plain)?;
        let inner = plain.into_inner().finish()?;
        let digests = [compressed.finish()?, inner];
        Ok(Index { path: path.to_owned(), digests, packages })
    };
    read().map_err(|error: io::Error| TrustError::malformed(path, error.to_string()))
}

fn packages(reader: &mut impl BufRead) -> io::Result<Vec<(Identity, [u8; 32])>> {
    let (mut all, mut stanza) = (Vec::new(), Stanza::default());
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read > 0 && line.last() != Some(&b'\n') && u64::try_from(read).is_ok_and(|it| it == LONGEST_LINE) {
            return Err(invalid("a line is longer than is read"));
        }
        let text = line.trim_ascii_end();
        if text.is_empty() {
            all.extend(std::mem::take(&mut stanza).package());
        } else {
            stanza.line(text);
        }
        if all.len() > MOST_PACKAGES {
            return Err(invalid("more packages than are read"));
        }
        if read == 0 {
            return Ok(all);
        }
    }
}

#[derive(Default)]
struct Stanza {
    identity: Identity,
    sha256: Option<[u8; 32]>,
}

impl Stanza {
    fn line(&mut self, line: &[u8]) {
        let Some(colon) = line.iter().position(|&byte| byte == b':') else { return };
        let Some((name, value)) = line.split_at_checked(colon) else { return };
        let value = || String::from_utf8_lossy(value.get(1..).unwrap_or_default()).trim().to_owned();
        match name.to_ascii_lowercase().as_slice() {
            b"package" => self.identity.0 = value(),
            b"version" => self.identity.1 = value(),
            b"architecture" => self.identity.2 = value(),
            b"sha256" => {
                self.sha256 = match Checksum::from_hex(&value()) {
                    Some(Checksum::Sha256(digest)) => Some(digest),
                    _ => None,
                }
            }
            _ => {}
        }
    }

    /// The package, when the stanza names it and its archive's SHA-256.
    fn package(self) -> Option<(Identity, [u8; 32])> {
        let (name, version, architecture) = &self.identity;
        let is_named = ![name, version, architecture].iter().any(|it| it.is_empty());
        self.sha256.filter(|_| is_named).map(|sha256| (self.identity, sha256))
    }
}
