//! Public keys, and what signatures are worth by them.

use std::io::Cursor;

use bomwright_model::{HeaderIntegrity, HeaderSignature, MessageDigest, SignedHeader};
use memchr::memmem;
use pgp::composed::{Deserializable, SignedPublicKey};
use pgp::packet::{Packet, PacketParser, Signature, SignatureType};

use crate::TrustError;
use crate::key::{self, Key, KeySource, Signer};

/// Bytes of public keys that are read from one place. Debian's whole keyring has 60 KiB, Fedora's all keys 1 MiB.
const MOST_BYTES: usize = 16 << 20;
/// Certificates that are read from one place.
const MOST_CERTIFICATES: usize = 4096;
const BEGIN: &[u8] = b"-----BEGIN PGP PUBLIC KEY BLOCK-----";
const END: &[u8] = b"-----END PGP PUBLIC KEY BLOCK-----";

/// What is known about who signed something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// A signature is good. It proves who signed only where [`KeySource::is_trusted`] says so.
    Good(Signer),
    /// There is a signature, by a key that is not in the keyring: a fingerprint or key id, in hexadecimal
    /// digits, or nothing when the signature does not name its maker.
    UnknownKey(String),
    /// There is a signature that can't be checked, and no reason to think that it is bad.
    Unsupported(String),
    /// What is signed was altered, or the signature is not good; the text says why.
    Bad(String),
    /// There is no signature.
    Unsigned,
}

impl Outcome {
    /// Whether a key that the user gave made a good signature.
    pub fn is_trusted(&self) -> bool {
        matches!(self, Self::Good(signer) if signer.source.is_trusted())
    }

    /// Which of the outcomes of several signatures over one thing counts. A signature that does not fit is
    /// never outweighed: it shows that something was altered.
    fn rank(&self) -> u8 {
        match self {
            Self::Bad(_) => 0,
            Self::Good(signer) if signer.source.is_trusted() => 1,
            Self::Good(_) => 2,
            Self::UnknownKey(_) => 3,
            Self::Unsupported(_) => 4,
            Self::Unsigned => 5,
        }
    }
}

/// How many public keys were read from one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Added {
    /// Certificates that were added.
    pub certificates: usize,
    /// Certificates that break their format or are of a version that is not read.
    pub unreadable: usize,
}

/// A set of public keys, each with the place that it came from.
#[derive(Debug, Clone, Default)]
pub struct Keyring {
    /// In the order in which they were added, those that the user gave first.
    keys: Vec<Key>,
}

impl Keyring {
    /// A keyring without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many keys could verify a signature: primary keys and signing subkeys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Adds the public keys in `bytes`: certificates, binary or armored, any number of them and of blocks, with
    /// any text around the blocks.
    ///
    /// # Errors
    /// [`TrustError::NoKey`] when not one could be read, or there are more than are read.
    pub fn add(&mut self, bytes: &[u8], source: &KeySource) -> Result<Added, TrustError> {
        let no_key = |reason: String| TrustError::NoKey { place: source.place().to_owned(), reason };
        if bytes.len() > MOST_BYTES {
            return Err(no_key("more bytes than public keys have".to_owned()));
        }
        let (mut added, mut keys) = (Added::default(), Vec::new());
        for certificate in certificates(bytes) {
            match certificate {
                Some(certificate) => {
                    keys.extend(key::keys(&certificate, source));
                    added.certificates += 1;
                }
                None => added.unreadable += 1,
            }
            if added.certificates + added.unreadable > MOST_CERTIFICATES {
                return Err(no_key("more public keys than are read".to_owned()));
            }
        }
        self.keys.extend(keys);
        // The order among keys of the same trust stays as it was.
        self.keys.sort_by_key(|key| !key.source.is_trusted());
        match added {
            Added { certificates: 1.., .. } => Ok(added),
            Added { unreadable: 1.., .. } => Err(no_key("no public key that could be read".to_owned())),
            Added { .. } => Err(no_key("no OpenPGP public key".to_owned())),
        }
    }

    /// Verifies the signatures over the header of a package.
    pub fn verify(&self, header: &SignedHeader) -> Outcome {
        if let HeaderIntegrity::Altered(how) = &header.integrity {
            return Outcome::Bad(how.clone());
        }
        worst(header.signatures.iter().map(|signature| self.verify_digest(signature)))
    }

    /// One signature over a digest that was computed before.
    fn verify_digest(&self, signature: &HeaderSignature) -> Outcome {
        let (algorithm, digest) = match &signature.message {
            MessageDigest::Computed { algorithm, digest } => (*algorithm, digest),
            MessageDigest::Unreadable(why) if signature.packet.is_empty() => {
                return Outcome::Bad(why.clone());
            }
            MessageDigest::Unreadable(why) => return Outcome::Unsupported(why.clone()),
        };
        let Some(packet) = signature_packets(&signature.packet).next() else {
            return Outcome::Unsupported("a signature of a kind that is not read".to_owned());
        };
        if packet.hash_alg().map(u8::from) != Some(algorithm) {
            return Outcome::Bad("the digest is not of the signature's algorithm".to_owned());
        }
        self.judge(&packet, digest)
    }

    /// Verifies detached signatures, one packet behind the other, over `bytes`.
    pub(crate) fn verify_detached(&self, signatures: &[Signature], bytes: &[u8]) -> Outcome {
        let outcomes = signatures.iter().map(|signature| match digest(signature, bytes) {
            Some(digest) => self.judge(signature, &digest),
            None => Outcome::Unsupported("a signature of a kind that is not read".to_owned()),
        });
        // Several keys sign one index so that each of several releases can verify it: one suffices.
        outcomes.min_by_key(|it| (!it.is_trusted(), it.rank())).unwrap_or(Outcome::Unsigned)
    }

    fn judge(&self, signature: &Signature, digest: &[u8]) -> Outcome {
        let (Some(algorithm), Some(value)) = (signature.hash_alg(), signature.signature()) else {
            return Outcome::Unsupported("a signature of a kind that is not read".to_owned());
        };
        let issuers = issuers(signature);
        let mut candidates =
            self.keys.iter().filter(|key| issuers.iter().any(|issuer| key.is(issuer))).peekable();
        if candidates.peek().is_none() {
            return Outcome::UnknownKey(issuers.into_iter().next().unwrap_or_default());
        }
        // Anyone can make a second message with the same digest under these (RFC 9580, section 9.5).
        if matches!(u8::from(algorithm), 1..=3) {
            return Outcome::Bad(format!("the signature is made with {algorithm}, which can be forged"));
        }
        let created = signature.created().map(pgp::types::Timestamp::as_secs);
        let mut fault = String::new();
        for key in candidates {
            match key.verify(algorithm, digest, value, created) {
                Ok(signer) => return Outcome::Good(signer),
                Err(why) if fault.is_empty() => fault = format!("{why} (key {})", key.id()),
                Err(_) => {}
            }
        }
        Outcome::Bad(fault)
    }
}

fn worst(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    outcomes.min_by_key(Outcome::rank).unwrap_or(Outcome::Unsigned)
}

/// Who says to have made `signature`: fingerprints, then key ids, in lowercase hexadecimal digits.
fn issuers(signature: &Signature) -> Vec<String> {
    let fingerprints = signature.issuer_fingerprint().into_iter().map(|it| format!("{it:x}"));
    fingerprints.chain(signature.issuer_key_id().into_iter().map(ToString::to_string)).collect()
}

/// The digest that `signature` covers over `bytes`.
fn digest(signature: &Signature, bytes: &[u8]) -> Option<Vec<u8>> {
    let config = signature.config()?;
    let mut hasher = config.hash_alg.new_hasher().ok()?;
    if let pgp::packet::SignatureVersionSpecific::V6 { salt } = &config.version_specific {
        hasher.update(salt);
    }
    match config.typ() {
        // A text is signed with the line ends of a network (section 5.2.1.2).
        SignatureType::Text => config.hash_data_to_sign(&mut hasher, &*with_network_line_ends(bytes)),
        SignatureType::Binary => config.hash_data_to_sign(&mut hasher, bytes),
        _ => return None,
    }
    .ok()?;
    let len = config.hash_signature_data(&mut hasher).ok()?;
    hasher.update(&config.trailer(len).ok()?);
    Some(hasher.finalize().to_vec())
}

/// Every line ended by a carriage return and a line feed.
fn with_network_line_ends(bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => {
                all.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
                all.extend_from_slice(b"\r\n");
            }
            None => all.extend_from_slice(line),
        }
    }
    all
}

/// The signatures among the packets of `bytes`.
pub(crate) fn signature_packets(bytes: &[u8]) -> impl Iterator<Item = Signature> {
    PacketParser::new(Cursor::new(bytes)).filter_map(|packet| match packet {
        Ok(Packet::Signature(signature)) => Some(signature),
        _ => None,
    })
}

/// The certificates in `bytes`, whichever way they are written down; `None` for one that can't be read.
fn certificates(bytes: &[u8]) -> Box<dyn Iterator<Item = Option<SignedPublicKey>> + '_> {
    let binary = if memmem::find(bytes, BEGIN).is_some() { &[] } else { bytes };
    let armored =
        blocks(bytes).map(|block| SignedPublicKey::from_armor_many_buf(block).map(|(keys, _)| keys));
    let all = armored.chain(std::iter::once_with(move || SignedPublicKey::from_bytes_many(binary)));
    Box::new(all.flat_map(|keys| -> Box<dyn Iterator<Item = _>> {
        match keys {
            Ok(keys) => Box::new(keys.map(Result::ok)),
            Err(_) => Box::new(std::iter::once(None)),
        }
    }))
}

/// The armored blocks in `bytes`.
fn blocks(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let block = bytes.get(memmem::find(bytes, BEGIN)?..)?;
        let end = memmem::find(block, END)? + END.len();
        bytes = block.get(end..)?;
        block.get(..end)
    })
}
