//! The digests of a Java archive: SHA-1, by which repositories know artifacts, and SHA-256.
//!
//! The processor's instructions for either wait for each other more than they work. Block by block in turn,
//! both cost little more than the longer one alone.

use bomwright_model::Digest;
use sha1::block_api::compress as compress1;
use sha2::block_api::compress256;

/// Bytes of a block of either (FIPS 180-4, 1, figure 1).
const BLOCK: usize = 64;
/// The initial hash values (FIPS 180-4, 5.3.1 and 5.3.3).
const INITIAL_1: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
const INITIAL_256: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// Both hashes of what came so far.
#[derive(Debug, Clone)]
pub struct JarHash {
    sha1: [u32; 5],
    sha256: [u32; 8],
    /// The start of a block that is not complete yet.
    tail: [u8; BLOCK],
    filled: usize,
    length: u64,
}

impl Default for JarHash {
    fn default() -> Self {
        Self { sha1: INITIAL_1, sha256: INITIAL_256, tail: [0; BLOCK], filled: 0, length: 0 }
    }
}

impl JarHash {
    /// The digests of `bytes`.
    pub fn of(bytes: &[u8]) -> Vec<Digest> {
        let mut hash = Self::default();
        hash.update(bytes);
        hash.finish()
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.length = self.length.wrapping_add(bytes.len() as u64);
        let (begun, rest) = match self.filled {
            0 => (&[][..], bytes),
            filled => bytes.split_at(bytes.len().min(BLOCK - filled)),
        };
        self.fill(begun);
        let (blocks, rest) = rest.as_chunks::<BLOCK>();
        for block in blocks {
            self.compress(block);
        }
        self.fill(rest);
    }

    /// SHA-1 and SHA-256 of all bytes.
    pub fn finish(mut self) -> Vec<Digest> {
        let bits = self.length.wrapping_mul(8).to_be_bytes();
        // A one bit, zeros, and the length in bits fill the last block (FIPS 180-4, 5.1.1).
        self.fill(&[0x80]);
        while self.filled != BLOCK - bits.len() {
            self.fill(&[0]);
        }
        self.fill(&bits);
        vec![
            Digest::from_bytes("sha1", self.sha1.map(u32::to_be_bytes).as_flattened()),
            Digest::from_bytes("sha256", self.sha256.map(u32::to_be_bytes).as_flattened()),
        ]
    }

    /// Appends to the block that is not complete; what is more than that is left out.
    fn fill(&mut self, bytes: &[u8]) {
        if let Some(slot) = self.tail.get_mut(self.filled..self.filled + bytes.len()) {
            slot.copy_from_slice(bytes);
            self.filled += bytes.len();
        }
        if self.filled == BLOCK {
            let block = self.tail;
            self.compress(&block);
            self.filled = 0;
        }
    }

    fn compress(&mut self, block: &[u8; BLOCK]) {
        compress1(&mut self.sha1, std::slice::from_ref(block));
        compress256(&mut self.sha256, std::slice::from_ref(block));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha1::Sha1;
    use sha2::{Digest as _, Sha256};

    #[test]
    fn both_are_what_the_standard_says() {
        // FIPS 180-4's example "abc" (NIST, "Examples with Intermediate Values").
        let [sha1, sha256] = <[Digest; 2]>::try_from(JarHash::of(b"abc")).unwrap();
        assert_eq!(sha1.as_str(), "sha1:a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            sha256.as_str(),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn pieces_of_any_length_hash_like_the_whole() {
        // The crates' own drivers are the independent side.
        let bytes: Vec<u8> = (0..1000u32).flat_map(u32::to_le_bytes).collect();
        for length in [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 4000] {
            let bytes = &bytes[..length];
            let expected = [
                Digest::from_bytes("sha1", &Sha1::digest(bytes)),
                Digest::from_bytes("sha256", &Sha256::digest(bytes)),
            ];
            for step in [1, 7, 64, 100, 4096] {
                let mut hash = JarHash::default();
                bytes.chunks(step).for_each(|piece| hash.update(piece));
                assert_eq!(hash.finish(), expected, "{length} bytes by {step}");
            }
        }
    }
}
