//! Whether a document means what its format says it should: what a JSON Schema does not see.
//!
//! A CycloneDX document whose purls are garbage, whose references dangle and whose `bom-ref`s repeat passes
//! the schema. Here the typed crates help: `cyclonedx-bom` validates what it knows (1.3 to 1.5) and `spdx-rs`
//! refuses unknown members of SPDX 2.x. Neither is the reader: the one doesn't know 1.6 and 1.7 and drops
//! members in silence, the other refuses a document for one unknown key.

use std::collections::HashSet;
use std::fmt;

use crate::format::{Format, Readable};
use crate::{DocumentError, cyclonedx, format, json, lenient, license, purls, spdx2, syft};

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where: a reference, or the path of a member.
    pub place: String,
    /// What is wrong there, as a lowercase fragment.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// The faults of the document `name`, sorted; none means that references are unique and lead somewhere, that
/// there is one root, and that every purl and licence expression is one.
///
/// # Errors
/// [`DocumentError`] when the document cannot be read at all.
pub fn check(name: &str, bytes: &[u8]) -> Result<Vec<Fault>, DocumentError> {
    let bytes = &*lenient::utf8(name, bytes)?;
    let mut faults = match format::of(name, bytes)? {
        Readable::Format(Format::CycloneDxJson) => cyclonedx::check_json(name, bytes)?,
        Readable::Format(Format::CycloneDxXml) => cyclonedx::check_xml(name, bytes)?,
        Readable::Format(Format::SpdxJson) => spdx2::check_json(name, bytes)?,
        Readable::Format(Format::SpdxTagValue) => spdx2::check_tag_value(name, bytes)?,
        Readable::Spdx3 => spdx2::check_graph(name, bytes)?,
        Readable::Format(Format::Json) => json::decode(name, bytes).map(|_| Vec::new())?,
        other => {
            let read = if other == Readable::Syft { syft::read } else { purls::read };
            let notes = read(name, bytes)?.diagnostics;
            notes.into_iter().map(|note| Fault { place: name.to_owned(), reason: note.message }).collect()
        }
    };
    faults.sort();
    Ok(faults)
}

/// The faults found so far.
#[derive(Default)]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

impl Faults {
    /// Adds a fault.
    pub(crate) fn add(&mut self, place: &str, reason: impl Into<String>) {
        self.0.push(Fault { place: place.to_owned(), reason: reason.into() });
    }

    /// Adds `reference` to `seen`, and a fault if it is there already.
    pub(crate) fn unique<'a>(&mut self, seen: &mut HashSet<&'a str>, reference: &'a str) {
        if !seen.insert(reference) {
            self.add(reference, "the reference stands for more than one thing");
        }
    }

    /// Adds a fault unless `text` is a purl.
    pub(crate) fn purl(&mut self, place: &str, text: &str) {
        if let Err(error) = text.parse::<bomwright_model::Purl>() {
            self.add(place, error.to_string());
        }
    }

    /// Adds a fault unless `text` is a licence expression of list 3.28, deprecated identifiers included.
    pub(crate) fn expression(&mut self, place: &str, text: &str) {
        if !license::is_expression(text) {
            self.add(place, format!("'{text}' is no licence expression"));
        }
    }
}
