//! The signed part of rpm headers, in databases of all three formats that rpm wrote.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::format_collect,
    reason = "a test may fail"
)]

use std::fs;
use std::path::Path;

use bomwright_ecosystems::format::rpm_database;
use bomwright_ecosystems::format::rpm_header::{Header, Tag};
use bomwright_ecosystems::format::rpm_signature::signed_header;
use bomwright_model::HeaderIntegrity;

const DATABASES: [&str; 4] = [
    "good/root/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "good-ndb/root/usr/lib/sysimage/rpm/Packages.db",
    "good-bdb/root/var/lib/rpm/Packages",
    "good-bdb-big-endian/root/var/lib/rpm/Packages",
];

/// The headers of packages in a fixture.
fn blobs(path: &str) -> Vec<Vec<u8>> {
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rpm").join(path)).unwrap();
    let all = rpm_database::headers(&bytes).unwrap().map(|blob| blob.unwrap().into_owned());
    all.filter(|blob| Header::parse(blob).unwrap().text(Tag::NAME).as_deref() != Some("gpg-pubkey")).collect()
}

/// The builder wrote the SHA-256 of what it signed; rpm keeps it outside of the signed part.
#[test]
fn the_signed_part_has_the_digest_that_the_builder_wrote() {
    for path in DATABASES {
        let blobs = blobs(path);
        assert_eq!(blobs.len(), 5, "{path}");
        let mut signed_packages = 0;
        for blob in blobs {
            let header = Header::parse(&blob).unwrap();
            let signed = signed_header(&blob, &header);
            assert_eq!(signed.integrity, HeaderIntegrity::Intact, "{path}");
            let computed: String = signed.sha256.unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(Some(computed.as_str()), header.text(Tag::SHA256HEADER).as_deref(), "{path}");
            signed_packages += usize::from(!signed.signatures.is_empty());
            // Every bit of the signed part counts, whatever it does to the format.
            for at in [8 + 16, 8 + 16 * 3 + 11, blob.len() / 2] {
                let mut blob = blob.clone();
                blob[at] ^= 1;
                let header = Header::parse(&blob).unwrap();
                assert!(
                    matches!(signed_header(&blob, &header).integrity, HeaderIntegrity::Altered(_)),
                    "{path} {at}"
                );
            }
        }
        assert!(signed_packages > 0, "{path}");
    }
}

/// `blob` with one more entry behind all others: tag, type, count and data.
fn with_entry(blob: &[u8], tag: u32, kind: u32, count: u32, value: &[u8]) -> Vec<u8> {
    let word = |at: usize| u32::from_be_bytes(blob[at..at + 4].try_into().unwrap());
    let (entries, len) = (word(0), word(4));
    let end = 8 + 16 * usize::try_from(entries).unwrap();
    let mut all = Vec::new();
    for word in [entries + 1, len + u32::try_from(value.len()).unwrap()] {
        all.extend(word.to_be_bytes());
    }
    all.extend(&blob[8..end]);
    for word in [tag, kind, len, count] {
        all.extend(word.to_be_bytes());
    }
    all.extend(&blob[end..]);
    all.extend(value);
    all
}

/// A forger may leave the signed part alone and put other facts behind it, which replace the signed ones.
#[test]
fn facts_behind_the_signed_part_make_it_altered() {
    let blob = &blobs(DATABASES[0])[0];
    let harmless = with_entry(blob, 1_234_567, 6, 1, b"x\0");
    let header = Header::parse(&harmless).unwrap();
    assert_eq!(signed_header(&harmless, &header).integrity, HeaderIntegrity::Intact);
    for (tag, kind, value) in
        [(1000, 6, &b"other\0"[..]), (1035, 8, b"00\0"), (1117, 8, b"evil\0"), (5011, 4, b"\0\0\0\x01")]
    {
        let forged = with_entry(blob, tag, kind, 1, value);
        let header = Header::parse(&forged).unwrap();
        assert!(matches!(signed_header(&forged, &header).integrity, HeaderIntegrity::Altered(_)), "{tag}");
    }
}

#[test]
fn headers_without_a_signed_part() {
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>();
    let plain = [words(&[1, 2, 1000, 6, 0, 1]), b"a\0".to_vec()].concat();
    let signed = |blob: &[u8]| signed_header(blob, &Header::parse(blob).unwrap());
    assert_eq!(signed(&plain).integrity, HeaderIntegrity::Unstated);
    assert_eq!((signed(&plain).sha256, signed(&plain).signatures), (None, Vec::new()));
    // A digest or signature of what is not there.
    let digest = with_entry(&plain, 273, 6, 1, b"00\0");
    assert!(matches!(signed(&digest).integrity, HeaderIntegrity::Altered(_)));
    let signature = with_entry(&plain, 268, 7, 3, &[0x89, 0, 0]);
    assert_eq!(signed(&signature).signatures.len(), 1);
    // Trailers that lead nowhere.
    for offset in [0, 1, 15, 16, u32::MAX, 0x8000_0000] {
        for back in [0, 16, 8, 32, u32::MAX] {
            let trailer = words(&[63, 7, u32::wrapping_neg(back), 16]);
            let blob = [words(&[1, 16, 63, 7, offset, 16]), trailer].concat();
            let _ = signed(&blob);
        }
    }
}
