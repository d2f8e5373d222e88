//! The public keys that an image comes with, as observations: what rpm there would trust.

use crate::format::base64;
use crate::format::rpm_header::{Header, Tag};
use crate::{FileView, Findings, Observation};

/// The kind of an observation that holds public keys: where they come from, and their armor.
const KIND: &str = "openpgp-key";
/// Directories of public keys that distributions come with.
pub(super) const DIRECTORIES: &[&str] = &["etc/pki/rpm-gpg", "usr/lib/rpm/gnupg/keys"];
const ARMOR: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

/// A public key that someone told rpm to trust; `label` is what rpm calls it.
pub(super) fn imported(header: &Header<'_>, label: String, file: &FileView<'_>, out: &mut Findings) {
    if !file.manifests {
        return;
    }
    // The description is the armor; the keys stand beside it in base64.
    let texts = [Tag::DESCRIPTION, Tag::PUBKEYS].map(|tag| header.text(tag).unwrap_or_default());
    let key = match texts {
        [armor, _] if armor.starts_with(ARMOR) => armor.into_owned(),
        [_, encoded] if !encoded.is_empty() => armored(&encoded),
        _ => return,
    };
    observe(label, key, file, out);
}

/// A file of public keys, armored or not.
pub(super) fn in_a_file(file: &FileView<'_>, out: &mut Findings) {
    if !file.manifests {
        return;
    }
    let key = match std::str::from_utf8(file.bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => armored(&base64::encode_lines(file.bytes)),
    };
    observe(file.name().to_owned(), key, file, out);
}

fn observe(label: String, key: String, file: &FileView<'_>, out: &mut Findings) {
    let (kind, path) = (KIND.to_owned(), file.path.to_owned());
    out.observations.push(Observation { kind, path, values: vec![label, key] });
}

/// Base64 within the lines that mark a public key (RFC 9580, section 6.2).
fn armored(base64: &str) -> String {
    format!("{ARMOR}\n\n{}\n-----END PGP PUBLIC KEY BLOCK-----\n", base64.trim())
}
