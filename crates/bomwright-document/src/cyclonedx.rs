//! CycloneDX JSON: version 1.6 (ECMA-424, first edition) is written, 1.2 to 1.7 are read.

mod check;
mod read;
mod wire_in;
mod wire_out;
mod write;

pub(crate) use check::check;
pub(crate) use read::read;
pub(crate) use write::write;

use bomwright_model::LinkKind;

/// The names of digest algorithms: ours, and those of CycloneDX.
const ALGORITHMS: &[(&str, &str)] =
    &[("md5", "MD5"), ("sha1", "SHA-1"), ("sha256", "SHA-256"), ("sha384", "SHA-384"), ("sha512", "SHA-512")];

/// The kinds of links, and the types of external references that stand for them.
const LINKS: &[(LinkKind, &str)] = &[
    (LinkKind::Home, "website"),
    (LinkKind::Vcs, "vcs"),
    (LinkKind::Download, "distribution"),
    (LinkKind::Issues, "issue-tracker"),
];
