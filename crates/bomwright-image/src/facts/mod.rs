//! What is known of a file's content without keeping it: digests, and what the first bytes say.
//!
//! Package databases name the digest that each of their files must have. To compare, every file of the merged
//! tree needs one, and a layer is read once: so the digests are made while it streams by, if a
//! [`Reading`](crate::Reading) asks for them.

mod digester;
mod head;
mod reader;
mod signs;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub(crate) use digester::{Digester, Digests, Piece};
pub use head::Head;
pub(crate) use reader::{FactsReader, Start};

/// What is known of a regular file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// SHA-256 of the content, holes included.
    pub sha256: [u8; 32],
    /// MD5 of the content; `None` where the layer showed that no package database with MD5 is meant.
    pub md5: Option<[u8; 16]>,
    /// SHA-1 of the content; `None` where the layer showed that no package database with SHA-1 is meant.
    pub sha1: Option<[u8; 20]>,
    /// When the content was last changed: seconds since 1970.
    pub mtime: i64,
    /// What the first bytes say.
    pub head: Head,
    /// An ELF file that UPX has packed: its magic is near the start or at the end.
    pub upx: bool,
}

/// Zeros to hash for the holes of sparse files.
const ZEROS: [u8; 4096] = [0; 4096];

/// Calls `update` with zeros, `count` in all.
fn zeros(count: u64, mut update: impl FnMut(&[u8])) {
    let mut left = count;
    while left > 0 {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(ZEROS.len());
        update(ZEROS.get(..length).unwrap_or(&ZEROS));
        left -= length as u64;
    }
}
