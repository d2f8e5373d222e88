//! The key that made a PGP signature, without verifying it.
//!
//! Format: RFC 9580, sections 4.2 (packet headers), 5.2.2 and 5.2.3 (signatures), 5.2.3.12 and 5.2.3.35
//! (the subpackets that name the issuer).

use super::binary::{Order::Big, hex, part};

const SIGNATURE: u8 = 2;
const ISSUER_KEY_ID: u8 = 16;
const ISSUER_FINGERPRINT: u8 = 33;

/// The key id, in 16 lowercase hexadecimal digits, that the signature packet at the start of `packet` names;
/// `None` when it is no signature or names none.
pub fn issuer(packet: &[u8]) -> Option<String> {
    let body = signature_body(packet)?;
    let id = match body.first()? {
        3 => part(body, 7, 8)?,
        4 => issuer_of_v4(body)?,
        _ => return None,
    };
    Some(hex(id))
}

/// What follows the packet header, when the packet is a signature.
fn signature_body(packet: &[u8]) -> Option<&[u8]> {
    let (&head, rest) = packet.split_first()?;
    let (tag, length) = match (head & 0xc0, head & 3) {
        (0xc0, _) => (head & 0x3f, new_length(rest)?),
        (0x80, 0) => (head >> 2 & 15, (1, usize::from(*rest.first()?))),
        (0x80, 1) => (head >> 2 & 15, (2, usize::from(Big.u16(rest, 0)?))),
        (0x80, 2) => (head >> 2 & 15, (4, Big.size(rest, 0)?)),
        _ => return None,
    };
    part(rest, length.0, length.1).filter(|_| tag == SIGNATURE)
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

fn issuer_of_v4(body: &[u8]) -> Option<&[u8]> {
    let hashed_len = usize::from(Big.u16(body, 4)?);
    let hashed = part(body, 6, hashed_len)?;
    let unhashed = part(body, 8 + hashed_len, usize::from(Big.u16(body, 6 + hashed_len)?))?;
    issuer_among(hashed).or_else(|| issuer_among(unhashed))
}

fn issuer_among(mut subpackets: &[u8]) -> Option<&[u8]> {
    loop {
        let (used, len) = new_length(subpackets)?;
        let subpacket = part(subpackets, used, len)?;
        match subpacket.split_first() {
            Some((&ISSUER_KEY_ID, id)) if id.len() == 8 => return Some(id),
            // A version 4 key's id is the end of its fingerprint (section 5.5.4.2).
            Some((&ISSUER_FINGERPRINT, [4, fingerprint @ ..])) => {
                return fingerprint.last_chunk::<8>().map(<[u8; 8]>::as_slice);
            }
            _ => subpackets = subpackets.get(used + len..)?,
        }
    }
}
