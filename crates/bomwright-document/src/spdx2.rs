//! SPDX 2 as JSON and tag-value: version 2.3 is written, 2.1 to 2.3 are read.

mod check;
mod read;
mod tag_value_in;
mod tag_value_out;
mod wire_in;
mod wire_out;
mod write;

pub(crate) use check::{check_graph, check_json, check_tag_value};
pub(crate) use read::{parse_json, read_graph, read_json, read_tag_value};
pub(crate) use tag_value_in::{lines, parse as parse_tag_value};
pub(crate) use wire_in::{
    Checksum as ReadChecksum, CreationInfo, Document as ReadDocument, ExternalRef, ExtractedLicense,
    Fact as ReadFact, Relationship as ReadRelationship, SpdxFile, SpdxPackage as ReadPackage,
};
pub(crate) use wire_out::{Checksum, Relationship, SpdxPackage};
pub(crate) use write::{Document, INCOMPLETE, graph, json, tag_value, tells_apart};

/// The names of digest algorithms: ours, and those of SPDX 2.3 (clause 7.10).
const ALGORITHMS: &[(&str, &str)] = &[
    ("md5", "MD5"),
    ("sha1", "SHA1"),
    ("sha224", "SHA224"),
    ("sha256", "SHA256"),
    ("sha384", "SHA384"),
    ("sha512", "SHA512"),
];

/// What stands before every reference.
pub(crate) const REFERENCE: &str = "SPDXRef-";

/// The time of a document that has none: SPDX requires one.
const NO_TIME: &str = "1970-01-01T00:00:00Z";
