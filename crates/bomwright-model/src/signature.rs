//! What is kept of a signed package header, so that a signature over it can be verified later.
//!
//! A header may take megabytes and is gone once it is read. The digest that the signature covers is therefore
//! computed where the header is at hand, and the public-key operation, which needs nothing but that digest, is
//! made where the keys are.

use serde::{Deserialize, Serialize};

/// A package header: whether its signed part is whole, and the signatures over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHeader {
    /// Whether the signed part agrees with the digests that stand beside it.
    pub integrity: HeaderIntegrity,
    /// The SHA-256 of the signed part, as computed; `None` when there is no signed part.
    pub sha256: Option<[u8; 32]>,
    /// Every signature that the header has over its signed part; none when it is unsigned.
    pub signatures: Vec<HeaderSignature>,
}

/// Whether the signed part of a header agrees with what stands beside it.
///
/// This alone proves nothing against an attacker, who can write the digests as well; a signature does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeaderIntegrity {
    /// The SHA-256 or, where only that is stated, the SHA-1 agrees.
    Intact,
    /// No digest is stated to compare with.
    Unstated,
    /// The header has no signed part, or what it states was changed after it was signed; the text says how.
    Altered(String),
}

/// One OpenPGP signature over the signed part of a header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderSignature {
    /// The signature packet, whole.
    pub packet: Vec<u8>,
    /// The digest that the signature covers, or why it could not be computed.
    pub message: MessageDigest,
    /// Who says to have signed: a fingerprint in hexadecimal digits where the packet names one, else the
    /// key id of 16 digits; `None` when it names neither.
    pub issuer: Option<String>,
}

/// The digest that a signature covers: of the signed bytes, the signature's own hashed part and its trailer
/// (RFC 9580, section 5.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageDigest {
    /// It was computed.
    Computed {
        /// The number of the hash algorithm (RFC 9580, section 9.5).
        algorithm: u8,
        /// The digest.
        digest: Vec<u8>,
    },
    /// It could not be: the packet is damaged or of a kind that is not read.
    Unreadable(String),
}

impl HeaderSignature {
    /// The id of the key that says to have signed, 16 lowercase hexadecimal digits.
    pub fn key_id(&self) -> Option<&str> {
        let issuer = self.issuer.as_deref()?;
        match issuer.len() {
            16 => Some(issuer),
            // The id of a version 4 key is the end of its fingerprint, that of a version 6 key its beginning
            // (RFC 9580, section 5.5.4).
            40 => issuer.get(24..),
            64 => issuer.get(..16),
            _ => None,
        }
    }
}
