//! Strict reading: a document is refused for everything that lenient reading would assume, pass over or mend.
//!
//! Four things are asked, and their complaints are listed together, sorted by position:
//! - lenient reading itself, for what it had to assume ([`Code::Assumed`]);
//! - [`crate::check()`], for references, roots, purls and expressions, with the help of `cyclonedx-bom` and `spdx-rs`;
//! - the text, for keys that stand twice in one object and for encodings that the format does not have;
//! - the format's schema, for members that are unknown, missing, or no such thing.
//!
//! # Schemas rather than rules of our own
//!
//! CycloneDX has 150 types by now and changes with every version, so its own schemas are asked: `jsonschema` for JSON,
//! and `uppsala`, which needs no C library, for XML. Both agree with the verdict of every document that the
//! specification's own test suite has, of 1.2 to 1.7 (`tests/documents/suites.rs`). Together they cost a few milliseconds a
//! document and less than a mebibyte of program. `cyclonedx-bom` could not do it: it ends at 1.5 and drops what it does
//! not know. SPDX 2 is small, so its schema is written here (`schemas/spdx-2.json`), and tag-value is brought into the
//! same shape. The shapes of SPDX 3 need an RDF engine; its classes and members do not (`graph`).

mod graph;
mod schema;
mod tags;
mod text;

use bomwright_model::{Code, Inventory};

pub(crate) use text::position;

use crate::error::Refusal;
use crate::format::{Format, Readable};
use crate::{DocumentError, Fault, check, cyclonedx, format, lenient};

/// No more complaints than this are gathered from each of those that are asked.
const MOST: usize = 1000;

/// How many references are looked up in the text.
const LOOKED_UP: usize = 50;

/// Something that is wrong with a document.
struct Complaint {
    /// The byte at which it is, where that is known.
    at: Option<usize>,
    /// The member or reference that it is about; may be empty.
    place: String,
    reason: String,
}

impl Complaint {
    fn new(at: Option<usize>, place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { at, place: place.into(), reason: reason.into() }
    }
}

/// Reads the document `name` as [`crate::read`] does, and refuses what is not as its format wants it.
///
/// # Errors
/// What [`crate::read`] refuses, and [`DocumentError::Refused`] with the first complaints where it would have assumed
/// something, or where the document breaks its schema or contradicts itself.
pub fn read_strict(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    let (inventory, mut all) = gather(name, bytes)?;
    // To have a root is good practice, not a rule of CycloneDX; nothing is assumed about what there is.
    all.retain(|it| it.place != cyclonedx::ROOT);
    if all.is_empty() {
        return Ok(inventory);
    }
    let total = all.len();
    Err(DocumentError::Refused {
        name: name.to_owned(),
        total,
        first: all.into_iter().take(Refusal::SHOWN).collect(),
    })
}

/// What [`check()`](crate::check()) finds, and all for which [`read_strict`] would refuse the document `name`, sorted by
/// line and column where these are known.
///
/// # Errors
/// [`DocumentError`] when the document cannot be read at all.
pub fn check_strict(name: &str, bytes: &[u8]) -> Result<Vec<Fault>, DocumentError> {
    let (_, all) = gather(name, bytes)?;
    let fault = |it: Refusal| Fault {
        place: match it.position {
            Some((line, column)) => format!("{line}:{column} {}", it.place).trim_end().to_owned(),
            None if it.place.is_empty() => name.to_owned(),
            None => it.place,
        },
        reason: it.reason,
    };
    Ok(all.into_iter().map(fault).collect())
}

/// The inventory and everything that is wrong with the document.
fn gather(name: &str, bytes: &[u8]) -> Result<(Inventory, Vec<Refusal>), DocumentError> {
    let text = &*lenient::utf8(name, bytes)?;
    let format = format::of(name, text)?;
    let text = DocumentError::utf8(name, text)?;
    // One after the other, as each holds all of the document in a form of its own. First comes what bounds how deep
    // it nests and refuses entities.
    let mut all = Vec::from_iter(encoding(format, bytes));
    for (count, fault) in check(name, bytes)?.into_iter().take(MOST).enumerate() {
        let at = (count < LOOKED_UP).then(|| text::find(text, &fault.place)).flatten();
        all.push(Complaint::new(at, fault.place, fault.reason));
    }
    all.extend(breaches(format, text));
    let inventory = crate::read(name, bytes)?;
    let assumed = inventory.diagnostics.iter().filter(|it| it.code == Code::Assumed);
    all.extend(assumed.map(|it| Complaint::new(None, "", it.message.clone())));
    // What has no position comes last.
    all.sort_by(|a, b| {
        (a.at.is_none(), a.at, &a.place, &a.reason).cmp(&(b.at.is_none(), b.at, &b.place, &b.reason))
    });
    all.dedup_by(|a, b| (a.at, &a.place, &a.reason) == (b.at, &b.place, &b.reason));
    let lines = text::Lines::of(text);
    let refusal = |it: Complaint| Refusal {
        position: it.at.map(|at| lines.position(at)),
        place: it.place,
        reason: it.reason,
    };
    Ok((inventory, all.into_iter().map(refusal).collect()))
}

/// What breaks the format's schema.
fn breaches(format: Readable, text: &str) -> Vec<Complaint> {
    match format {
        Readable::Format(Format::CycloneDxJson) => schema::cyclonedx_json(text),
        Readable::Format(Format::CycloneDxXml) => schema::cyclonedx_xml(text),
        Readable::Format(Format::SpdxJson) => schema::spdx_json(text),
        Readable::Format(Format::SpdxTagValue) => tags::complaints(text),
        Readable::Spdx3 => graph::complaints(text),
        // Our own JSON is always read strictly; a list has no members; syft keeps no schema of old versions.
        Readable::Format(Format::Json | Format::Purls) | Readable::Syft => Vec::new(),
    }
}

/// JSON is UTF-8 without a mark (RFC 8259, section 8.1), as tag-value is; XML may be UTF-16 (XML 1.0, section 4.3.3).
fn encoding(format: Readable, bytes: &[u8]) -> Option<Complaint> {
    let is_xml = format == Readable::Format(Format::CycloneDxXml);
    match bytes {
        _ if is_xml => None,
        [0xef, 0xbb, 0xbf, ..] => Some(Complaint::new(Some(0), "", "it starts with a byte order mark")),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(Complaint::new(Some(0), "", "it is UTF-16, not UTF-8")),
        _ => None,
    }
}
