//! MD5 and SHA-1, which package databases hold of their files.
//!
//! Neither says anything about who made a file; they are computed to be compared with what a database says.

use super::blocks::{BLOCK, Blocks};

/// The initial buffer (RFC 1321, 3.3).
const MD5_INITIAL: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
/// The initial hash value (FIPS 180-4, 5.3.1).
const SHA1_INITIAL: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

/// Which of the two are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Algorithms {
    pub(crate) md5: bool,
    pub(crate) sha1: bool,
}

/// One or both hashes of a file.
///
/// MD5 is bound by the time that its additions wait for each other, and SHA-1 by its instructions, so the two
/// together take hardly longer than MD5 alone when they go block by block in turn.
#[derive(Debug, Clone)]
pub(crate) struct PackageHash {
    md5: Option<[u32; 4]>,
    sha1: Option<[u32; 5]>,
    blocks: Blocks,
}

impl PackageHash {
    pub(crate) fn new(wanted: Algorithms) -> Self {
        let (md5, sha1) = (wanted.md5.then_some(MD5_INITIAL), wanted.sha1.then_some(SHA1_INITIAL));
        Self { md5, sha1, blocks: Blocks::default() }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let Self { md5, sha1, blocks } = self;
        blocks.push(bytes, |blocks| compress(md5, sha1, blocks));
    }

    /// The digests that were wanted.
    pub(crate) fn finish(self) -> (Option<[u8; 16]>, Option<[u8; 20]>) {
        let Self { mut md5, mut sha1, blocks } = self;
        blocks.clone().finish(u64::to_le_bytes, |blocks| compress(&mut md5, &mut None, blocks));
        blocks.finish(u64::to_be_bytes, |blocks| compress(&mut None, &mut sha1, blocks));
        (
            md5.map(|state| digest(&state, u32::to_le_bytes)),
            sha1.map(|state| digest(&state, u32::to_be_bytes)),
        )
    }
}

fn compress(md5: &mut Option<[u32; 4]>, sha1: &mut Option<[u32; 5]>, blocks: &[[u8; BLOCK]]) {
    match (md5, sha1) {
        (Some(md5), Some(sha1)) => {
            for block in blocks {
                md5::block_api::compress(md5, std::slice::from_ref(block));
                sha1::block_api::compress(sha1, std::slice::from_ref(block));
            }
        }
        (Some(md5), None) => md5::block_api::compress(md5, blocks),
        (None, Some(sha1)) => sha1::block_api::compress(sha1, blocks),
        (None, None) => {}
    }
}

/// The words of a state as bytes.
pub(super) fn digest<const BYTES: usize>(state: &[u32], encode: fn(u32) -> [u8; 4]) -> [u8; BYTES] {
    let mut digest = [0; BYTES];
    for (out, &word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *out = encode(word);
    }
    digest
}

#[cfg(test)]
mod tests {
    use md5::Digest as _;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The expected digests are those of the crates' own hashers, which pad by themselves.
        #[test]
        fn any_cut_gives_the_digests_of_the_whole(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..6),
            wanted in any::<(bool, bool)>(),
        ) {
            let mut hash = PackageHash::new(Algorithms { md5: wanted.0, sha1: wanted.1 });
            for piece in &pieces {
                hash.update(piece);
            }
            let whole = pieces.concat();
            let md5 = <[u8; 16]>::from(md5::Md5::digest(&whole));
            let sha1 = <[u8; 20]>::from(sha1::Sha1::digest(&whole));
            prop_assert_eq!(hash.finish(), (wanted.0.then_some(md5), wanted.1.then_some(sha1)));
        }
    }

    /// The test suite of RFC 1321 (A.5) and the examples of FIPS 180-1 (A, B).
    #[test]
    fn published_examples() {
        let hex = |name, bytes: &[u8]| bomwright_model::Digest::from_bytes(name, bytes).hex().to_owned();
        let both = |text: &str| {
            let mut hash = PackageHash::new(Algorithms { md5: true, sha1: true });
            hash.update(text.as_bytes());
            let (md5, sha1) = hash.finish();
            (hex("md5", &md5.unwrap()), hex("sha1", &sha1.unwrap()))
        };
        assert_eq!(both("").0, "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(both("message digest").0, "f96b697d7cb7938d525a2f31aaf161d0");
        assert_eq!(both("abc").1, "a9993e364706816aba3e25717850c26c9cd0d89d");
        let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(both(long).1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    }
}
