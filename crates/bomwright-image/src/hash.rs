//! Digests while bytes stream by.

use bomwright_model::Digest;
use sha2::{Digest as _, Sha256, Sha512};

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

    pub(crate) fn finish(self) -> Digest {
        match self {
            Self::Sha256(hasher) => Digest::from_bytes("sha256", &hasher.finalize()),
            Self::Sha512(hasher) => Digest::from_bytes("sha512", &hasher.finalize()),
        }
    }
}

/// The SHA-256 of a document.
pub(crate) fn sha256(bytes: &[u8]) -> Digest {
    Digest::from_bytes("sha256", &Sha256::digest(bytes))
}
