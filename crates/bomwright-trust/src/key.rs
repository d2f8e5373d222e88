//! One public key that can make signatures, with what its owner has stated about it.
//!
//! A certificate binds user ids and subkeys to a primary key by signatures of that key. They are verified once,
//! when the certificate is read; what they state (expiry, revocation, what a key is for) counts only where they
//! verify (RFC 9580, sections 5.2.3.13, 5.2.3.29, 5.2.3.31 and 10.1).

use pgp::composed::SignedPublicKey;
use pgp::packet::{RevocationCode, Signature, SignatureType, SubpacketData};
use pgp::types::{Fingerprint, KeyDetails, SignatureBytes, Tag, VerifyingKey};
use pgp::{crypto::hash::HashAlgorithm, packet};

/// Signatures of one component that are looked at; real keys have some dozen.
const MOST_SIGNATURES: usize = 64;
/// Subkeys and user ids of one certificate that are looked at.
const MOST_COMPONENTS: usize = 64;

/// Where a public key came from; it says what a signature by it is worth.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeySource {
    /// The user gave it, in this file: a signature by it proves who signed.
    User(String),
    /// It lay in the image, at this place: whoever made the image chose it, so a signature by it proves no
    /// more than that the image agrees with itself.
    Image(String),
}

impl KeySource {
    /// Whether the user gave it.
    pub fn is_trusted(&self) -> bool {
        matches!(self, Self::User(_))
    }

    /// The file or place.
    pub fn place(&self) -> &str {
        match self {
            Self::User(place) | Self::Image(place) => place,
        }
    }
}

/// The maker of a signature that verified.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signer {
    /// The fingerprint of the certificate's primary key, in lowercase hexadecimal digits.
    pub fingerprint: String,
    /// The id of the key that signed, 16 digits: the primary key's or a subkey's.
    pub key_id: String,
    /// The user id that the key binds to itself, the primary one where there are several; empty when none
    /// verifies.
    pub user_id: String,
    /// Where the key came from.
    pub source: KeySource,
    /// When the signature says that it was made, in seconds since 1970.
    pub signed_at: Option<u32>,
    /// When the key expires, or has, in seconds since 1970. It had not when it signed.
    pub expires: Option<u32>,
    /// Why and when the key was revoked, where that does not touch what it had signed before.
    pub revoked: Option<String>,
}

/// One key of a certificate that may have signed.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    material: Material,
    primary: String,
    user_id: String,
    pub(crate) source: KeySource,
    expires: Option<u32>,
    revocation: Option<Revocation>,
    /// Why it may make no signatures over data.
    unfit: Option<&'static str>,
}

#[derive(Debug, Clone)]
enum Material {
    Primary(packet::PublicKey),
    Subkey(packet::PublicSubkey),
}

/// A revocation that verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Revocation {
    reason: &'static str,
    at: u32,
    /// Whether it touches also what the key had signed before.
    is_hard: bool,
}

/// The keys of `certificate` that may have signed data.
pub(crate) fn keys(certificate: &SignedPublicKey, source: &KeySource) -> Vec<Key> {
    let primary = &certificate.primary_key;
    let stated = Stated::of(certificate);
    let of_primary = Key {
        material: Material::Primary(primary.clone()),
        primary: hex(&primary.fingerprint()),
        user_id: stated.user_id,
        source: source.clone(),
        expires: stated.newest.and_then(|signature| expiry(primary, signature)),
        revocation: hardest(&certificate.details.revocation_signatures, SignatureType::KeyRevocation, |it| {
            it.verify_key(primary).is_ok()
        }),
        unfit: stated
            .newest
            .filter(|it| !may_sign(it))
            .map(|_| "the key is not one for signatures over data"),
    };
    let mut all = vec![of_primary.clone()];
    for subkey in certificate.public_subkeys.iter().take(MOST_COMPONENTS) {
        let bindings =
            own(&subkey.signatures, primary).filter(|it| it.typ() == Some(SignatureType::SubkeyBinding));
        let bindings = bindings.filter(|it| it.verify_subkey_binding(primary, &subkey.key).is_ok());
        let Some(binding) = newest(bindings) else { continue };
        // A key that signs must say itself that it belongs to the certificate (section 10.1.5).
        let consents = binding
            .embedded_signature()
            .is_some_and(|it| it.verify_primary_key_binding(&subkey.key, primary).is_ok());
        if !binding.key_flags().sign() || !consents {
            continue;
        }
        let revoked = hardest(&subkey.signatures, SignatureType::SubkeyRevocation, |it| {
            it.verify_subkey_binding(primary, &subkey.key).is_ok()
        });
        let expires = [expiry(&subkey.key, binding), of_primary.expires];
        all.push(Key {
            material: Material::Subkey(subkey.key.clone()),
            expires: expires.into_iter().flatten().min(),
            revocation: Revocation::worse(of_primary.revocation.clone(), revoked),
            unfit: None,
            ..of_primary.clone()
        });
    }
    all
}

/// What the owner of a certificate states about it.
struct Stated<'a> {
    user_id: String,
    /// The newest of the signatures that state something about the primary key.
    newest: Option<&'a Signature>,
}

impl<'a> Stated<'a> {
    fn of(certificate: &'a SignedPublicKey) -> Self {
        let (primary, details) = (&certificate.primary_key, &certificate.details);
        let mut users = Vec::new();
        for user in details.users.iter().take(MOST_COMPONENTS) {
            let all = own(&user.signatures, primary)
                .filter(|it| it.verify_certification(primary, Tag::UserId, &user.id).is_ok());
            let Some(newest) = newest(all) else { continue };
            // The newest word may be that the user id is withdrawn.
            if newest.typ() != Some(SignatureType::CertRevocation) {
                users.push((newest.is_primary(), newest.created(), newest, user));
            }
        }
        users.sort_by_key(|(is_primary, created, ..)| (*is_primary, *created));
        let direct = own(&details.direct_signatures, primary).filter(|it| it.verify_key(primary).is_ok());
        let user_id = users.last().map(|(.., user)| String::from_utf8_lossy(user.id.id()).into_owned());
        let about_users = users.last().map(|(_, _, signature, _)| *signature);
        Self { user_id: user_id.unwrap_or_default(), newest: newest(direct.chain(about_users)) }
    }
}

/// The signatures that `primary` says to have made itself.
fn own<'a>(signatures: &'a [Signature], primary: &packet::PublicKey) -> impl Iterator<Item = &'a Signature> {
    let (id, fingerprint) = (primary.legacy_key_id(), primary.fingerprint());
    let all = signatures.iter().filter(move |it| {
        it.issuer_key_id().contains(&&id) || it.issuer_fingerprint().contains(&&fingerprint)
    });
    all.take(MOST_SIGNATURES)
}

fn newest<'a>(signatures: impl Iterator<Item = &'a Signature>) -> Option<&'a Signature> {
    signatures.max_by_key(|it| it.created())
}

/// When `key` expires by the word of `signature`.
fn expiry(key: &impl KeyDetails, signature: &Signature) -> Option<u32> {
    let after =
        signature.key_expiration_time().map(pgp::types::Duration::as_secs).filter(|after| *after > 0)?;
    Some(key.created_at().as_secs().saturating_add(after))
}

/// Whether a key may sign data by the word of `signature`; one that states no uses may.
fn may_sign(signature: &Signature) -> bool {
    let stated = signature.config().into_iter().flat_map(|config| &config.hashed_subpackets);
    let mut stated = stated.filter(|it| matches!(it.data, SubpacketData::KeyFlags(_)));
    stated.next().is_none() || signature.key_flags().sign()
}

/// The revocation among `signatures` that counts most.
fn hardest(
    signatures: &[Signature],
    kind: SignatureType,
    verifies: impl Fn(&Signature) -> bool,
) -> Option<Revocation> {
    let all = signatures.iter().filter(|it| it.typ() == Some(kind)).take(MOST_SIGNATURES);
    let all = all.filter(|it| verifies(it)).map(|it| Some(Revocation::new(it)));
    all.fold(None, Revocation::worse)
}

impl Revocation {
    fn new(signature: &Signature) -> Self {
        let (reason, is_hard) = match signature.revocation_reason_code() {
            Some(RevocationCode::KeySuperseded) => ("another key has taken its place", false),
            Some(RevocationCode::KeyRetired) => ("the key is no longer used", false),
            Some(RevocationCode::CertUserIdInvalid) => ("a user id is no longer valid", false),
            Some(RevocationCode::KeyCompromised) => ("the key was compromised", true),
            _ => ("no reason is given", true),
        };
        let at = signature.created().map(pgp::types::Timestamp::as_secs).unwrap_or_default();
        Self { reason, at, is_hard }
    }

    /// The one of two that touches more signatures.
    fn worse(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        [one, other].into_iter().flatten().max_by_key(|it| (it.is_hard, std::cmp::Reverse(it.at)))
    }
}

impl Key {
    fn details(&self) -> &dyn VerifyingKey {
        match &self.material {
            Material::Primary(key) => key,
            Material::Subkey(key) => key,
        }
    }

    /// The id of this very key, 16 digits.
    pub(crate) fn id(&self) -> String {
        self.details().legacy_key_id().to_string()
    }

    /// Whether `issuer`, a fingerprint or a key id in hexadecimal digits, means this key.
    pub(crate) fn is(&self, issuer: &str) -> bool {
        match issuer.len() {
            16 => self.id() == issuer,
            _ => hex(&self.details().fingerprint()) == issuer,
        }
    }

    /// Verifies `signature`, made at `signed_at`, over the digest `hashed`.
    ///
    /// # Errors
    /// Why it is not good.
    pub(crate) fn verify(
        &self,
        algorithm: HashAlgorithm,
        hashed: &[u8],
        signature: &SignatureBytes,
        signed_at: Option<u32>,
    ) -> Result<Signer, String> {
        if let Some(unfit) = self.unfit {
            return Err(unfit.to_owned());
        }
        if self.details().verify(algorithm, hashed, signature).is_err() {
            return Err("the signature does not fit what it should have signed".to_owned());
        }
        let time = signed_at.ok_or("the signature does not say when it was made")?;
        if self.details().created_at().as_secs() > time {
            return Err("the signature says to be older than the key that made it".to_owned());
        }
        if self.expires.is_some_and(|expires| expires <= time) {
            return Err("the key had expired when it signed".to_owned());
        }
        let revoked = match &self.revocation {
            Some(it) if it.is_hard || it.at <= time => {
                return Err(format!("the key was revoked: {}", it.reason));
            }
            other => other.as_ref().map(|it| format!("{} (second {} since 1970)", it.reason, it.at)),
        };
        Ok(Signer {
            fingerprint: self.primary.clone(),
            key_id: self.id(),
            user_id: self.user_id.clone(),
            source: self.source.clone(),
            signed_at,
            expires: self.expires,
            revoked,
        })
    }
}

fn hex(fingerprint: &Fingerprint) -> String {
    format!("{fingerprint:x}")
}
