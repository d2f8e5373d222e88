//! Digests while bytes stream by.
//!
//! SHA-256 is most of what reading an image costs. The processor's instructions for it wait for each other
//! more than they work, so hashing the same bytes for a layer and for a file in it, block by block in turn,
//! costs half as much again as one hash instead of twice as much.

use bomwright_model::Digest;
use sha2::block_api::compress256;
use sha2::{Digest as _, Sha512};

/// Bytes of a block (FIPS 180-4, 1, figure 1).
const BLOCK: usize = 64;
/// The initial hash value (FIPS 180-4, 5.3.3).
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// SHA-256 (FIPS 180-4) that can be advanced together with another.
#[derive(Debug, Clone)]
pub(crate) struct Sha256 {
    state: [u32; 8],
    /// The start of a block that is not complete yet.
    tail: [u8; BLOCK],
    filled: usize,
    /// Bytes so far.
    length: u64,
}

impl Default for Sha256 {
    fn default() -> Self {
        Self { state: INITIAL, tail: [0; BLOCK], filled: 0, length: 0 }
    }
}

impl Sha256 {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.length = self.length.wrapping_add(bytes.len() as u64);
        let rest = self.complete_tail(bytes);
        let (blocks, rest) = rest.as_chunks::<BLOCK>();
        compress256(&mut self.state, blocks);
        self.keep(rest);
    }

    /// The same as an update of both.
    pub(crate) fn update_both(&mut self, other: &mut Self, bytes: &[u8]) {
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        if self.filled == 0 && other.filled == 0 {
            for block in blocks {
                compress256(&mut self.state, std::slice::from_ref(block));
                compress256(&mut other.state, std::slice::from_ref(block));
            }
            let hashed = (bytes.len() - rest.len()) as u64;
            self.length = self.length.wrapping_add(hashed);
            other.length = other.length.wrapping_add(hashed);
            self.update(rest);
            other.update(rest);
        } else {
            self.update(bytes);
            other.update(bytes);
        }
    }

    /// The digest of all bytes.
    pub(crate) fn finish(mut self) -> [u8; 32] {
        let bits = self.length.wrapping_mul(8).to_be_bytes();
        // A one bit, zeros, and the length in bits fill the last block (FIPS 180-4, 5.1.1).
        let mut padding = [0; 2 * BLOCK];
        padding[0] = 0x80;
        let zeros = (2 * BLOCK - bits.len() - self.filled) % BLOCK;
        let end = if zeros == 0 { BLOCK } else { zeros };
        self.update(padding.get(..end).unwrap_or_default());
        self.update(&bits);
        let mut digest = [0; 32];
        for (out, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(self.state) {
            *out = word.to_be_bytes();
        }
        digest
    }

    /// Completes a block that was begun; returns the bytes behind it.
    fn complete_tail<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        if self.filled == 0 {
            return bytes;
        }
        let (taken, rest) = bytes.split_at(bytes.len().min(BLOCK - self.filled));
        self.keep(taken);
        if self.filled == BLOCK {
            compress256(&mut self.state, std::slice::from_ref(&self.tail));
            self.filled = 0;
        }
        rest
    }

    /// Appends less than a block to the tail.
    fn keep(&mut self, bytes: &[u8]) {
        if let Some(target) = self.tail.get_mut(self.filled..self.filled + bytes.len()) {
            target.copy_from_slice(bytes);
            self.filled += bytes.len();
        }
    }
}

/// A hash of one of the algorithms that the OCI image specification registers
/// (descriptor.md, "Registered algorithms").
pub(crate) enum Hasher {
    Sha256(Box<Sha256>),
    Sha512(Box<Sha512>),
}

impl Hasher {
    /// A hasher for digests like `digest`; `None` for other algorithms.
    pub(crate) fn like(digest: &Digest) -> Option<Self> {
        match digest.algorithm() {
            "sha256" => Some(Self::Sha256(Box::default())),
            "sha512" => Some(Self::Sha512(Box::default())),
            _ => None,
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    /// The same as an update of both.
    pub(crate) fn update_both(&mut self, other: &mut Sha256, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update_both(other, bytes),
            Self::Sha512(hasher) => {
                hasher.update(bytes);
                other.update(bytes);
            }
        }
    }

    pub(crate) fn finish(self) -> Digest {
        match self {
            Self::Sha256(hasher) => Digest::from_bytes("sha256", &hasher.finish()),
            Self::Sha512(hasher) => Digest::from_bytes("sha512", &hasher.finalize()),
        }
    }
}

/// The SHA-256 of a document.
pub(crate) fn sha256(bytes: &[u8]) -> Digest {
    Digest::from_bytes("sha256", &sha2::Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The expected digests are those of the `sha2` crate's own hasher.
        #[test]
        fn any_cut_gives_the_digest_of_the_whole(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..6),
            start in prop::sample::select(vec![0_usize, 64, 100]),
        ) {
            let (mut one, mut other) = (Sha256::default(), Sha256::default());
            one.update(&vec![7; start]);
            for piece in &pieces {
                one.update_both(&mut other, piece);
            }
            let whole = pieces.concat();
            let digest = |bytes: &[u8]| <[u8; 32]>::from(sha2::Sha256::digest(bytes));
            prop_assert_eq!(other.finish(), digest(&whole));
            prop_assert_eq!(one.finish(), digest(&[vec![7; start], whole].concat()));
        }
    }

    #[test]
    fn every_length_of_padding() {
        for length in 0..200 {
            let bytes = vec![b'x'; length];
            let mut hasher = Sha256::default();
            hasher.update(&bytes);
            assert_eq!(Digest::from_bytes("sha256", &hasher.finish()), sha256(&bytes), "{length} bytes");
        }
    }
}
