//! Digests while bytes stream by.
//!
//! SHA-256 is most of what reading an image costs. The processor's instructions for it wait for each other
//! more than they work, so hashing the same bytes for a layer and for a file in it, block by block in turn,
//! costs half as much again as one hash instead of twice as much.

mod blocks;
mod package;

use bomwright_model::Digest;
use sha2::block_api::compress256;
use sha2::{Digest as _, Sha512};

use blocks::{BLOCK, Blocks};
pub(crate) use package::{Algorithms, PackageHash};

/// The initial hash value (FIPS 180-4, 5.3.3).
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// SHA-256 (FIPS 180-4) that can be advanced together with another.
#[derive(Debug, Clone)]
pub(crate) struct Sha256 {
    state: [u32; 8],
    blocks: Blocks,
}

impl Default for Sha256 {
    fn default() -> Self {
        Self { state: INITIAL, blocks: Blocks::default() }
    }
}

impl Sha256 {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let Self { state, blocks } = self;
        blocks.push(bytes, |blocks| compress256(state, blocks));
    }

    /// The same as an update of both.
    pub(crate) fn update_both(&mut self, other: &mut Self, bytes: &[u8]) {
        let (blocks, mut rest) = bytes.as_chunks::<BLOCK>();
        if self.blocks.is_even() && other.blocks.is_even() {
            for block in blocks {
                compress256(&mut self.state, std::slice::from_ref(block));
                compress256(&mut other.state, std::slice::from_ref(block));
            }
            self.blocks.passed(blocks.len());
            other.blocks.passed(blocks.len());
        } else {
            rest = bytes;
        }
        self.update(rest);
        other.update(rest);
    }

    /// The digest of all bytes.
    pub(crate) fn finish(self) -> [u8; 32] {
        let Self { mut state, blocks } = self;
        blocks.finish(u64::to_be_bytes, |blocks| compress256(&mut state, blocks));
        package::digest(&state, u32::to_be_bytes)
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
