//! Signatures that no rpm here makes: those of rpm 6, base64 in the tag `OPENPGP`, by keys of versions 4 and 6,
//! and those of version 3, with which Red Hat signed for decades. rPGP signs, the header is put together by hand
//! after rpm's manual, and where gpg knows the version it must call the signature good too.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    unreachable_pub,
    reason = "a test may fail"
)]

mod vendor;

use std::fs;

use bomwright_ecosystems::format::rpm_header::Header;
use bomwright_ecosystems::format::rpm_signature::signed_header;
use bomwright_model::{MessageDigest, SignedHeader};
use bomwright_trust::{KeySource, Keyring, Outcome};
use pgp::composed::{DetachedSignature, KeyType, SecretKeyParamsBuilder, SignedSecretKey};
use pgp::crypto::ecc_curve::ECCCurve;
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{PacketTrait, Signature, SignatureConfig, SignatureType};
use pgp::ser::Serialize;
use pgp::types::{KeyDetails, KeyVersion, Password, SigningKey, Timestamp};

const MAGIC: [u8; 8] = [0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0];

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// The header of a package as its builder signs it, without magic.
fn unsigned() -> (Vec<u8>, Vec<u8>) {
    let data = [b"demo\x001.0\x001\0".to_vec(), words(&[63, 7, 0_u32.wrapping_sub(4 * 16), 16])].concat();
    let index = words(&[63, 7, 11, 16, 1000, 6, 0, 1, 1001, 6, 5, 1, 1002, 6, 9, 1]);
    (index, data)
}

/// What is signed: magic, lengths, index and data.
fn document() -> Vec<u8> {
    let (index, data) = unsigned();
    [MAGIC.to_vec(), words(&[4, u32::try_from(data.len()).unwrap()]), index, data].concat()
}

/// The header in a database, with `signatures` in the tag `OPENPGP`.
fn installed(signatures: &[String]) -> SignedHeader {
    let (index, mut data) = unsigned();
    let offset = u32::try_from(data.len()).unwrap();
    for signature in signatures {
        data.extend(signature.as_bytes());
        data.push(0);
    }
    let entry = words(&[278, 8, offset, u32::try_from(signatures.len()).unwrap()]);
    let blob = [words(&[5, u32::try_from(data.len()).unwrap()]), index, entry, data].concat();
    signed_header(&blob, &Header::parse(&blob).unwrap())
}

fn key(kind: KeyType, version: KeyVersion) -> SignedSecretKey {
    let mut params = SecretKeyParamsBuilder::default();
    params.key_type(kind).version(version).can_sign(true).primary_user_id("Demo".to_owned());
    params.build().unwrap().generate(rand::thread_rng()).unwrap()
}

fn sign(key: &SignedSecretKey, hash: HashAlgorithm) -> String {
    let signature = DetachedSignature::sign_binary_data(
        rand::thread_rng(),
        &key.primary_key,
        &Password::empty(),
        hash,
        &document()[..],
    );
    base64(&signature.unwrap().to_bytes().unwrap())
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | usize::from(*three.get(at).unwrap_or(&0)));
        for digit in 0..4 {
            let letter = char::from(alphabet[bits >> (18 - 6 * digit) & 63]);
            text.push(if digit <= three.len() { letter } else { '=' });
        }
    }
    text
}

#[test]
fn signatures_of_rpm_6_verify() {
    for (kind, version, hash) in [
        (KeyType::Ed25519, KeyVersion::V6, HashAlgorithm::Sha512),
        (KeyType::Ed25519, KeyVersion::V6, HashAlgorithm::Sha256),
        (KeyType::Ed448, KeyVersion::V6, HashAlgorithm::Sha512),
        (KeyType::Ed25519, KeyVersion::V4, HashAlgorithm::Sha384),
        (KeyType::ECDSA(ECCCurve::P384), KeyVersion::V4, HashAlgorithm::Sha512),
    ] {
        let key = key(kind, version);
        let header = installed(&[sign(&key, hash)]);
        let MessageDigest::Computed { algorithm, .. } = &header.signatures[0].message else { panic!() };
        assert_eq!(*algorithm, u8::from(hash));
        let fingerprint = format!("{:x}", key.primary_key.fingerprint());
        assert_eq!(Keyring::new().verify(&header), Outcome::UnknownKey(fingerprint.clone()));
        assert_eq!(header.signatures[0].key_id().unwrap(), key.primary_key.legacy_key_id().to_string());
        let mut keyring = Keyring::new();
        keyring.add(&key.to_public_key().to_bytes().unwrap(), &KeySource::User("key".to_owned())).unwrap();
        let Outcome::Good(signer) = keyring.verify(&header) else { panic!("{:?}", keyring.verify(&header)) };
        assert_eq!(signer.fingerprint, fingerprint);
    }
}

/// A signature of version 3, which rPGP verifies and does not make.
fn sign_v3(key: &SignedSecretKey, hash: HashAlgorithm) -> Vec<u8> {
    let key = &key.primary_key;
    let config = SignatureConfig::v3(
        SignatureType::Binary,
        key.algorithm(),
        hash,
        Timestamp::now(),
        key.legacy_key_id(),
    );
    let mut hasher = hash.new_hasher().unwrap();
    config.hash_data_to_sign(&mut hasher, &document()[..]).unwrap();
    config.hash_signature_data(&mut hasher).unwrap();
    let digest = hasher.finalize();
    let value = key.sign(&Password::empty(), hash, &digest).unwrap();
    let mut packet = Vec::new();
    let signature = Signature::from_config(config, [digest[0], digest[1]], value).unwrap();
    signature.to_writer_with_header(&mut packet).unwrap();
    packet
}

#[test]
fn signatures_of_version_3_verify_as_gpg_says() {
    if !vendor::has(&["gpg"]) {
        return;
    }
    for (kind, hash) in
        [(KeyType::Rsa(2048), HashAlgorithm::Sha256), (KeyType::Rsa(2048), HashAlgorithm::Sha512)]
    {
        let key = key(kind, KeyVersion::V4);
        let public = key.to_public_key().to_bytes().unwrap();
        let signature = sign_v3(&key, hash);
        let header = installed(&[base64(&signature)]);
        let id = key.primary_key.legacy_key_id().to_string();
        assert_eq!(Keyring::new().verify(&header), Outcome::UnknownKey(id));
        let mut keyring = Keyring::new();
        keyring.add(&public, &KeySource::User("key".to_owned())).unwrap();
        assert!(keyring.verify(&header).is_trusted(), "{:?}", keyring.verify(&header));

        let vendor = vendor::Vendor::new();
        let path = |name: &str, bytes: &[u8]| {
            let path = vendor.path(name);
            fs::write(&path, bytes).unwrap();
            path.to_str().unwrap().to_owned()
        };
        vendor.gpg(&["--import", &path("key", &public)]);
        // gpg must succeed, or the vendor complains.
        vendor.gpg(&["--verify", &path("signature", &signature), &path("document", &document())]);
    }
}

/// Whatever is left of a key or a signature, reading it does not panic, and no damaged signature is good.
#[test]
fn damage_never_panics_nor_verifies() {
    let key = key(KeyType::Ed25519, KeyVersion::V4);
    let public = key.to_public_key().to_bytes().unwrap();
    let mut keyring = Keyring::new();
    keyring.add(&public, &KeySource::User("key".to_owned())).unwrap();
    for at in 0..public.len() {
        let mut damaged = public.clone();
        damaged[at] ^= 0xff;
        let _ = Keyring::new().add(&damaged, &KeySource::User("key".to_owned()));
        let _ = Keyring::new().add(&public[..at], &KeySource::User("key".to_owned()));
    }
    let mut header = installed(&[sign(&key, HashAlgorithm::Sha256)]);
    assert!(keyring.verify(&header).is_trusted());
    let packet = header.signatures[0].packet.clone();
    for at in 0..packet.len() {
        header.signatures[0].packet.truncate(at);
        assert!(!keyring.verify(&header).is_trusted(), "cut at {at}");
        header.signatures[0].packet.clone_from(&packet);
    }
    // Each byte of the value itself: the last 64, apart from the lengths of its two numbers.
    for at in packet.len() - 32..packet.len() {
        header.signatures[0].packet[at] ^= 1;
        assert!(matches!(keyring.verify(&header), Outcome::Bad(_)), "{at}");
        header.signatures[0].packet.clone_from(&packet);
    }
}

/// Of several signatures one by a key of the user suffices, but none may be bad.
#[test]
fn several_signatures_count_together() {
    let (known, other) = (key(KeyType::Ed25519, KeyVersion::V6), key(KeyType::Rsa(2048), KeyVersion::V4));
    let mut keyring = Keyring::new();
    keyring.add(&known.to_public_key().to_bytes().unwrap(), &KeySource::User("key".to_owned())).unwrap();
    let (good, unknown) = (sign(&known, HashAlgorithm::Sha512), sign(&other, HashAlgorithm::Sha512));
    let verify = |signatures: &[String]| keyring.verify(&installed(signatures));
    assert!(verify(&[unknown.clone(), good.clone()]).is_trusted());
    assert!(matches!(verify(std::slice::from_ref(&unknown)), Outcome::UnknownKey(_)));
    assert_eq!(verify(&[]), Outcome::Unsigned);
    assert!(matches!(verify(&["no base64!".to_owned(), good.clone()]), Outcome::Bad(_)));
    // A signature over other bytes, by the known key.
    let foreign = DetachedSignature::sign_binary_data(
        rand::thread_rng(),
        &known.primary_key,
        &Password::empty(),
        HashAlgorithm::Sha512,
        &b"something else"[..],
    );
    let foreign = base64(&foreign.unwrap().to_bytes().unwrap());
    assert!(matches!(verify(&[good.clone(), foreign]), Outcome::Bad(_)));
    // SHA-1 proves nothing, and what is not read is not called bad.
    let weak = sign(&other, HashAlgorithm::Sha1);
    let mut both = keyring.clone();
    both.add(&other.to_public_key().to_bytes().unwrap(), &KeySource::User("other".to_owned())).unwrap();
    assert!(matches!(both.verify(&installed(&[weak])), Outcome::Bad(why) if why.contains("forged")));
    let unread = sign(&known, HashAlgorithm::Sha3_256);
    assert!(matches!(verify(std::slice::from_ref(&unread)), Outcome::Unsupported(_)));
    assert!(verify(&[unread, good]).is_trusted());
}
