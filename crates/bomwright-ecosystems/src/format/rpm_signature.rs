//! The signed part of an RPM package's header, as the databases of rpm keep it, and the signatures over it.
//!
//! Format: rpm's `docs/manual/format_header.md` and `signatures_digests.md`. What was signed is the header of
//! the package file. In a database it is a *region*: the first entry has tag 63, and its offset leads to a
//! trailer of 16 bytes that says how many entries belong to it. With the magic number and the two lengths put
//! back in front, the entries and data of the region are, byte for byte, what the builder signed; tags that
//! rpm added when it installed the package lie behind and are not covered.
//!
//! Those tags replace the region's where they repeat one. Whoever forges a database may therefore leave the
//! signed part and its signature as they are and put another list of files behind it: such a header counts as
//! altered.

use bomwright_model::{HeaderIntegrity, HeaderSignature, MessageDigest, SignedHeader};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::binary::{Order::Big, hex, part};
use super::rpm_header::{Header, Tag};
use super::{base64, openpgp};

const ENTRY: usize = 16;
const HEADERIMMUTABLE: u32 = 63;
const MAGIC: &[u8] = &[0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0];
/// No header of a package has more signatures than rpm 6 makes of one; more are not looked at.
const MOST_SIGNATURES: usize = 16;
/// Bytes of the largest packet that is kept: a signature by a hybrid of Ed448 and ML-DSA-87 takes about 5000.
const LARGEST_PACKET: usize = 64 << 10;

/// What is kept of the signed part of the header that `blob` holds and `header` has parsed.
pub fn signed_header(blob: &[u8], header: &Header<'_>) -> SignedHeader {
    let region = Region::of(blob);
    let sha256 = region.as_ref().ok().map(|region| region.sha256.clone().finalize().to_vec());
    SignedHeader {
        integrity: integrity(header, &region, sha256.as_deref()),
        sha256: sha256.and_then(|digest| digest.try_into().ok()),
        signatures: signatures(header, &region),
    }
}

/// The bytes that were signed, in five pieces.
struct Region<'a> {
    lengths: [u8; 8],
    entries: &'a [u8],
    data: &'a [u8],
    /// The entries behind the region, which nothing covers.
    unsigned: &'a [u8],
    /// Has taken in what was signed.
    sha256: Sha256,
}

impl<'a> Region<'a> {
    fn of(blob: &'a [u8]) -> Result<Self, &'static str> {
        Self::find(blob).ok_or("the header has no part that could have been signed")
    }

    fn find(blob: &'a [u8]) -> Option<Self> {
        let index_len = Big.size(blob, 0)?.checked_mul(ENTRY)?;
        let index = part(blob, 8, index_len)?;
        let data = part(blob, 8 + index_len, Big.size(blob, 4)?)?;
        // The entry of the region: tag, type 7 (bytes), offset of the trailer, 16 bytes of it.
        let end = Big.size(index, 8)?.checked_add(ENTRY)?;
        let signed_data = data.get(..end)?;
        let trailer = signed_data.last_chunk::<ENTRY>()?;
        for entry in [index, trailer.as_slice()] {
            let is_region = Big.u32(entry, 0)? == HEADERIMMUTABLE && Big.u32(entry, 4)? == 7;
            if !is_region || Big.size(entry, 12)? != ENTRY {
                return None;
            }
        }
        // The trailer's offset leads back over the entries, so it is negative.
        let entries_len = usize::try_from(Big.u32(trailer, 8)?.wrapping_neg()).ok()?;
        let (entries, unsigned) = index.split_at_checked(entries_len)?;
        if entries.is_empty() || !entries_len.is_multiple_of(ENTRY) {
            return None;
        }
        let mut lengths = [0; 8];
        let (count, len) = lengths.split_at_mut(4);
        count.copy_from_slice(&u32::try_from(entries_len / ENTRY).ok()?.to_be_bytes());
        len.copy_from_slice(&u32::try_from(end).ok()?.to_be_bytes());
        let mut region = Self { lengths, entries, data: signed_data, unsigned, sha256: Sha256::new() };
        region.sha256 = region.taken_in();
        Some(region)
    }

    fn pieces(&self) -> [&[u8]; 4] {
        [MAGIC, &self.lengths, self.entries, self.data]
    }

    fn taken_in<D: Digest>(&self) -> D {
        let mut digest = D::new();
        self.pieces().iter().for_each(|piece| digest.update(piece));
        digest
    }

    /// Whether a tag that was signed, or that only a signer may state, stands outside of what was signed, or a
    /// signed entry leads to data outside of it.
    fn is_overruled(&self) -> bool {
        let outside = self.unsigned.chunks_exact(ENTRY).filter_map(|entry| Big.u32(entry, 0));
        let mut leads_out = self.entries.chunks_exact(ENTRY).skip(1).filter_map(|entry| Big.size(entry, 8));
        outside.into_iter().any(|tag| COVERED.contains(&Tag(tag)))
            || leads_out.any(|at| at >= self.data.len())
    }
}

/// The tags on which verifying a package and its files rests. Of tags like these rpm itself adds behind the
/// signed part none but those of a package that was relocated, whose paths no one has signed.
const COVERED: &[Tag] = &[
    Tag::NAME,
    Tag::VERSION,
    Tag::RELEASE,
    Tag::EPOCH,
    Tag::DISTRIBUTION,
    Tag::VENDOR,
    Tag::PACKAGER,
    Tag::ARCH,
    Tag::OLDFILENAMES,
    Tag::FILESIZES,
    Tag::FILEMODES,
    Tag::FILEMTIMES,
    Tag::FILEDIGESTS,
    Tag::FILELINKTOS,
    Tag::FILEFLAGS,
    Tag::FILEUSERNAME,
    Tag::FILEGROUPNAME,
    Tag::SOURCERPM,
    Tag::FILEVERIFYFLAGS,
    Tag::DIRINDEXES,
    Tag::BASENAMES,
    Tag::DIRNAMES,
    Tag::LONGFILESIZES,
    Tag::FILECAPS,
    Tag::FILEDIGESTALGO,
];

fn integrity(
    header: &Header<'_>,
    region: &Result<Region<'_>, &'static str>,
    sha256: Option<&[u8]>,
) -> HeaderIntegrity {
    let stated = |tag| header.text(tag).filter(|digits| !digits.is_empty());
    let (stated_sha256, stated_sha1) = (stated(Tag::SHA256HEADER), stated(Tag::SHA1HEADER));
    let region = match region {
        Ok(region) => region,
        Err(_) if stated_sha256.is_none() && stated_sha1.is_none() => return HeaderIntegrity::Unstated,
        Err(fault) => return HeaderIntegrity::Altered((*fault).to_owned()),
    };
    let altered = |how: &str| HeaderIntegrity::Altered(how.to_owned());
    if region.is_overruled() {
        return altered("the header states something about its package or files outside of its signed part");
    }
    match (stated_sha256, stated_sha1) {
        (Some(stated), _) if !sha256.is_some_and(|digest| stated.eq_ignore_ascii_case(&hex(digest))) => {
            altered("the SHA-256 of the signed part is not the one that the database states")
        }
        (None, Some(stated)) if !stated.eq_ignore_ascii_case(&hex(&region.taken_in::<Sha1>().finalize())) => {
            altered("the SHA-1 of the signed part is not the one that the database states")
        }
        (None, None) => HeaderIntegrity::Unstated,
        _ => HeaderIntegrity::Intact,
    }
}

/// Every signature over the signed part: tags `RSAHEADER` and `DSAHEADER`, where every algorithm of the
/// version 4 packets lies in one of the two, and `OPENPGP`, where rpm 6 puts any number of them.
fn signatures(header: &Header<'_>, region: &Result<Region<'_>, &'static str>) -> Vec<HeaderSignature> {
    let single = [Tag::RSAHEADER, Tag::DSAHEADER].into_iter().filter_map(|tag| header.bytes(tag));
    let single = single.map(|bytes| Some(bytes.to_vec()));
    let encoded = header.texts(Tag::OPENPGP).filter(|text| !text.is_empty());
    let encoded = encoded.map(|text| {
        Some(text).filter(|it| it.len() <= 2 * LARGEST_PACKET).and_then(|it| base64::decode(&it))
    });
    let mut all: Vec<HeaderSignature> = Vec::new();
    for bytes in single.chain(encoded).take(MOST_SIGNATURES) {
        let signature = signature(&bytes.unwrap_or_default(), region);
        // rpm 6 states a signature of an old kind twice.
        if !all.contains(&signature) {
            all.push(signature);
        }
    }
    all
}

fn signature(bytes: &[u8], region: &Result<Region<'_>, &'static str>) -> HeaderSignature {
    let unreadable = |why: &str| MessageDigest::Unreadable(why.to_owned());
    let Some(parsed) = openpgp::Signature::parse(bytes).filter(|it| it.packet().len() <= LARGEST_PACKET)
    else {
        let message = unreadable("what stands in the place of a signature is none");
        return HeaderSignature { packet: Vec::new(), message, issuer: None };
    };
    let digest = region
        .as_ref()
        .map_err(|fault| *fault)
        .and_then(|region| parsed.digest(&region.pieces(), &region.sha256));
    let message = match digest {
        Ok((algorithm, digest)) => MessageDigest::Computed { algorithm, digest },
        Err(why) => unreadable(why),
    };
    HeaderSignature { packet: parsed.packet().to_vec(), message, issuer: parsed.issuer() }
}
