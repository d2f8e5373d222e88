//! MD5 and SHA-1 of the files in the buffers of a layer, apart from parsing, so that they can have a thread of
//! their own.

use std::ops::Range;

use super::zeros;
use crate::hash::{Algorithms, PackageHash};

/// What to do with a buffer, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A file begins.
    Start(Algorithms),
    /// It goes on with these bytes of the buffer.
    Bytes(Range<usize>),
    /// It goes on with so many zeros.
    Zeros(u64),
    /// It ends, and its digests go to this index of the layer's facts.
    End(u32),
}

/// The digests of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digests {
    pub(crate) index: u32,
    pub(crate) md5: Option<[u8; 16]>,
    pub(crate) sha1: Option<[u8; 20]>,
}

/// Goes through the buffers one after the other.
#[derive(Debug, Default)]
pub(crate) struct Digester {
    /// The file that has begun.
    file: Option<PackageHash>,
    found: Vec<Digests>,
}

impl Digester {
    /// Takes the next buffer.
    pub(crate) fn run(&mut self, buffer: &[u8], pieces: &[Piece]) {
        for piece in pieces {
            match (piece, &mut self.file) {
                (Piece::Start(wanted), _) => self.file = Some(PackageHash::new(*wanted)),
                (Piece::Bytes(range), Some(file)) => {
                    file.update(buffer.get(range.clone()).unwrap_or_default());
                }
                (Piece::Zeros(count), Some(file)) => zeros(*count, |zeros| file.update(zeros)),
                (&Piece::End(index), file) => {
                    if let Some(file) = file.take() {
                        let (md5, sha1) = file.finish();
                        self.found.push(Digests { index, md5, sha1 });
                    }
                }
                (Piece::Bytes(_) | Piece::Zeros(_), None) => {}
            }
        }
    }

    /// What was found.
    pub(crate) fn finish(self) -> Vec<Digests> {
        self.found
    }
}
