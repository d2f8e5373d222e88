//! What an OpenPGP signature covers and who says to have made it, without the key that would verify it.
//!
//! Format: RFC 9580, sections 4.2 (packet headers), 5.2 (signatures of version 3, 4 and 6), 5.2.3.12 and
//! 5.2.3.35 (the subpackets that name the issuer), 5.2.4 (how the digest is computed), 9.5 (hash algorithms).

use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::binary::{Order::Big, hex, part};

const SIGNATURE: u8 = 2;
const ISSUER_KEY_ID: u8 = 16;
const ISSUER_FINGERPRINT: u8 = 33;
/// The signature type of a document of bytes (section 5.2.1.1).
const BINARY: u8 = 0;

/// A signature packet, as far as its digest needs.
#[derive(Debug, Clone, Copy)]
pub struct Signature<'a> {
    /// The packet with its header, without what may follow.
    packet: &'a [u8],
    body: &'a [u8],
    version: u8,
    /// Whether the packet has all the parts that its version defines.
    layout: Option<Layout<'a>>,
}

/// Where the parts of a body lie.
#[derive(Debug, Clone, Copy)]
struct Layout<'a> {
    kind: u8,
    hash: u8,
    /// Comes before the document in the digest; only of version 6.
    salt: &'a [u8],
    /// Comes after the document in the digest.
    hashed: &'a [u8],
    issuer: Option<Issuer<'a>>,
}

/// Who says to have signed.
#[derive(Debug, Clone, Copy)]
enum Issuer<'a> {
    KeyId(&'a [u8]),
    Fingerprint(&'a [u8]),
}

/// The key id, in 16 lowercase hexadecimal digits, that the signature packet at the start of `packet` names;
/// `None` when it is no signature or names none.
pub fn issuer(packet: &[u8]) -> Option<String> {
    match Signature::parse(packet)?.layout?.issuer? {
        Issuer::KeyId(id) => Some(hex(id)),
        // The id of a version 4 key is the end of its fingerprint, that of a version 6 key its beginning
        // (section 5.5.4).
        Issuer::Fingerprint(digits) if digits.len() == 20 => digits.last_chunk::<8>().map(|id| hex(id)),
        Issuer::Fingerprint(digits) => digits.first_chunk::<8>().map(|id| hex(id)),
    }
}

impl<'a> Signature<'a> {
    /// The signature packet at the start of `bytes`; `None` when there is another packet or none.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (packet, body) = signature_packet(bytes)?;
        let version = *body.first()?;
        let layout = match version {
            3 => layout_of_v3(body),
            4 => layout_of_v4(body),
            6 => layout_of_v6(body),
            _ => None,
        };
        Some(Self { packet, body, version, layout })
    }

    /// The packet with its header, without what follows it.
    pub fn packet(&self) -> &'a [u8] {
        self.packet
    }

    /// The issuer's fingerprint where the packet names it, else its key id, in lowercase hexadecimal digits.
    pub fn issuer(&self) -> Option<String> {
        self.layout?.issuer.map(|issuer| match issuer {
            Issuer::KeyId(bytes) | Issuer::Fingerprint(bytes) => hex(bytes),
        })
    }

    /// The number of the hash algorithm and the digest of the document whose pieces `document` are, as the
    /// signature covers it (section 5.2.4). `sha256` has taken in the whole document before, so that the most
    /// common algorithm does not need to again.
    ///
    /// # Errors
    /// When the signature is damaged, of another kind than one over bytes, or of an algorithm that is not
    /// computed; the text says which.
    pub fn digest(&self, document: &[&[u8]], sha256: &Sha256) -> Result<(u8, Vec<u8>), &'static str> {
        let layout = self.layout.ok_or(match self.version {
            3 | 4 | 6 => "a signature packet ends too early",
            _ => "a signature of another version than 3, 4 and 6",
        })?;
        if layout.kind != BINARY {
            return Err("a signature of another kind than one over bytes");
        }
        let trailer = self.trailer(layout.hashed.len()).ok_or("a signature packet is too long")?;
        let pieces =
            || [layout.salt].into_iter().chain(document.iter().copied()).chain([layout.hashed, &trailer]);
        let digest = match layout.hash {
            8 if layout.salt.is_empty() => {
                sha256.clone().chain_update(layout.hashed).chain_update(&trailer).finalize().to_vec()
            }
            2 => hash::<Sha1>(pieces()),
            8 => hash::<Sha256>(pieces()),
            9 => hash::<Sha384>(pieces()),
            10 => hash::<Sha512>(pieces()),
            11 => hash::<Sha224>(pieces()),
            1 => return Err("a signature made with MD5"),
            _ => return Err("a signature made with a hash algorithm that is not computed"),
        };
        Ok((layout.hash, digest))
    }

    /// What versions 4 and 6 put last: the version, 255, and how long the hashed part is.
    fn trailer(&self, hashed: usize) -> Option<Vec<u8>> {
        debug_assert!(hashed <= self.body.len());
        if self.version == 3 {
            return Some(Vec::new());
        }
        let mut trailer = vec![self.version, 0xff];
        trailer.extend(u32::try_from(hashed).ok()?.to_be_bytes());
        Some(trailer)
    }
}

fn hash<'a, D: Digest>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut digest = D::new();
    pieces.for_each(|piece| digest.update(piece));
    digest.finalize().to_vec()
}

/// The packet at the start of `bytes`, whole and without its header, when it is a signature.
fn signature_packet(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&head, rest) = bytes.split_first()?;
    let (tag, length) = match (head & 0xc0, head & 3) {
        (0xc0, _) => (head & 0x3f, new_length(rest)?),
        (0x80, 0) => (head >> 2 & 15, (1, usize::from(*rest.first()?))),
        (0x80, 1) => (head >> 2 & 15, (2, usize::from(Big.u16(rest, 0)?))),
        (0x80, 2) => (head >> 2 & 15, (4, Big.size(rest, 0)?)),
        _ => return None,
    };
    let body = part(rest, length.0, length.1).filter(|_| tag == SIGNATURE)?;
    Some((bytes.get(..1 + length.0 + length.1)?, body))
}

/// A length of the current packet format and of subpackets: bytes that it takes, and what it says.
fn new_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = usize::from(*bytes.first()?);
    match first {
        0..192 => Some((1, first)),
        192..224 => Some((2, ((first - 192) << 8) + usize::from(*bytes.get(1)?) + 192)),
        255 => Some((5, Big.size(bytes, 1)?)),
        _ => None,
    }
}

/// Section 5.2.2: the length 5, type, time, key id, algorithms.
fn layout_of_v3(body: &[u8]) -> Option<Layout<'_>> {
    let hashed = part(body, 2, 5).filter(|_| body.get(1) == Some(&5))?;
    let issuer = Some(Issuer::KeyId(part(body, 7, 8)?));
    Some(Layout { kind: *body.get(2)?, hash: *body.get(16)?, salt: &[], hashed, issuer })
}

/// Section 5.2.3, with lengths of two bytes.
fn layout_of_v4(body: &[u8]) -> Option<Layout<'_>> {
    let len = usize::from(Big.u16(body, 4)?);
    let unhashed = part(body, 8 + len, usize::from(Big.u16(body, 6 + len)?))?;
    layout(body, part(body, 6, len)?, unhashed, &[], 6 + len)
}

/// Section 5.2.3, with lengths of four bytes and a salt.
fn layout_of_v6(body: &[u8]) -> Option<Layout<'_>> {
    let len = Big.size(body, 4)?;
    let at = len.checked_add(8)?;
    let unhashed_len = Big.size(body, at)?;
    let unhashed = part(body, at + 4, unhashed_len)?;
    // Two bytes of the digest, the salt's length, the salt.
    let salt = at + 4 + unhashed_len + 2;
    let salt = part(body, salt + 1, usize::from(*body.get(salt)?))?;
    layout(body, part(body, 8, len)?, unhashed, salt, 8 + len)
}

fn layout<'a>(
    body: &'a [u8],
    hashed: &'a [u8],
    unhashed: &'a [u8],
    salt: &'a [u8],
    end: usize,
) -> Option<Layout<'a>> {
    let issuer = issuer_among(hashed).or_else(|| issuer_among(unhashed));
    Some(Layout { kind: *body.get(1)?, hash: *body.get(3)?, salt, hashed: body.get(..end)?, issuer })
}

/// The fingerprint among the subpackets, else the key id.
fn issuer_among(mut subpackets: &[u8]) -> Option<Issuer<'_>> {
    let mut id = None;
    while let Some((used, len)) = new_length(subpackets) {
        let Some(subpacket) = part(subpackets, used, len) else { break };
        // The highest bit of the type only says that the subpacket is critical.
        match subpacket.split_first().map(|(kind, value)| (kind & 0x7f, value)) {
            Some((ISSUER_KEY_ID, value)) if value.len() == 8 => id = Some(Issuer::KeyId(value)),
            Some((ISSUER_FINGERPRINT, [4, value @ ..])) if value.len() == 20 => {
                return Some(Issuer::Fingerprint(value));
            }
            Some((ISSUER_FINGERPRINT, [6, value @ ..])) if value.len() == 32 => {
                return Some(Issuer::Fingerprint(value));
            }
            _ => {}
        }
        subpackets = subpackets.get(used + len..).unwrap_or_default();
    }
    id
}
