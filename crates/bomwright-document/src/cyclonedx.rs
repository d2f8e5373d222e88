//! CycloneDX in JSON and XML: versions 1.4 to 1.7 (ECMA-424) are written, 1.2 to 1.7 are read.

mod check;
mod elements;
mod lower;
mod read;
mod version;
mod wire_in;
mod wire_out;
mod write;
mod xml_in;
mod xml_out;

pub(crate) use check::{ROOT, check_json, check_xml};
pub(crate) use read::{parse_json, read_json, read_xml};
pub(crate) use version::Version;
pub(crate) use wire_in::{
    Bom as ReadBom, Component as ReadComponent, Entity as ReadEntity, Hash as ReadHash,
};
pub(crate) use wire_out::SINCE;
pub(crate) use write::{json, xml};
pub(crate) use xml_in::parse as parse_xml;

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
