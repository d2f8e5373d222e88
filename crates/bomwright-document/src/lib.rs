//! Inventories to and from CycloneDX, SPDX and our own JSON.
//!
//! [`write()`] makes a document, [`read`] takes one apart, [`read_strict`] refuses one that is not as it should be, and
//! [`check()`] looks for faults that a schema does not see.
//! All formats are written from borrowed values as a stream, and the same inventory always gives the
//! same bytes.
//!
//! # Which crates, and why
//!
//! The documents are written and read with wire types of our own:
//! - `cyclonedx-bom` knows CycloneDX 1.3 to 1.5. BSI TR-03183-2 asks for 1.6, and a diff must accept 1.7. It
//!   also drops what it does not know, such as `evidence.occurrences[].additionalContext`.
//! - `spdx-rs` refuses a whole document for one unknown key, and what it writes breaks the schema
//!   (`spdxIdentifierReference: null`).
//!
//! Both are strict where they know their way, so [`check()`] asks `cyclonedx-bom` about 1.3 to 1.5 and `spdx-rs`
//! about SPDX 2.x, and the tests compare our readers with them. `spdx` judges licence expressions.
//!
//! What a format can't carry is one table, which [`losses()`] applies and `docs/formats.md` shows.
mod about;
mod actor;
mod address;
mod assembly;
mod check;
mod claims;
mod cyclonedx;
mod error;
mod facts;
mod format;
mod identify;
mod identity;
mod inside;
mod json;
mod lenient;
mod license;
mod losses;
mod notes;
mod peers;
mod place;
mod purls;
mod relations;
mod root;
mod seq;
mod silent;
mod spdx2;
mod spdx3;
mod spelling;
mod statement;
mod strict;
mod syft;
mod target;
mod time;

use std::io;

use bomwright_model::{FileChoice, Inventory};

pub use about::facts;
pub use check::{Fault, check};
pub use error::{DocumentError, Refusal};
use format::Readable;
pub use format::{Format, detect};
pub use license::{Extracted, LicenseExpression, license_expression, normalize_licenses};
pub use losses::{Loss, format_tables, losses};
pub use statement::{Attested, statement};
pub use strict::{check_strict, read_strict};
pub use target::Target;

/// Writes `inventory` to `out` as a document of `target`: a [`Format`] in its usual version, or a [`Target`]. The same
/// inventory always gives the same bytes.
///
/// # Errors
/// [`DocumentError::Write`] when `out` fails.
pub fn write(
    inventory: &Inventory,
    target: impl Into<Target>,
    out: &mut dyn io::Write,
) -> Result<(), DocumentError> {
    let target = target.into();
    let files = target.files();
    // A target's version is one that is written.
    let cyclonedx = cyclonedx::Version::from_number(target.version()).unwrap_or(cyclonedx::Version::V1_6);
    // The serializers write a few bytes at a time.
    let mut buffer = io::BufWriter::with_capacity(1 << 16, out);
    match target.format() {
        Format::CycloneDxJson => cyclonedx::json(inventory, cyclonedx, files, &mut buffer),
        Format::CycloneDxXml => cyclonedx::xml(inventory, cyclonedx, files, &mut buffer),
        Format::SpdxJson if target.version() == "3.0.1" => spdx2::graph(inventory, files, &mut buffer),
        Format::SpdxJson => spdx2::json(inventory, files, &mut buffer),
        Format::SpdxTagValue => spdx2::tag_value(inventory, files, &mut buffer),
        Format::Json => json::encode(inventory, &mut buffer),
        Format::Purls => purls::write(inventory, &mut buffer),
    }
    .and_then(|()| io::Write::flush(&mut buffer))
    .map_err(DocumentError::Write)
}

/// Reads the document `name` (a path or whatever the user calls it), whose format its bytes tell.
///
/// Documents of other tools are read leniently: what is missing or contradictory is noted as a diagnostic
/// with [`bomwright_model::Code::Assumed`]. Our own JSON is read strictly.
///
/// # Errors
/// [`DocumentError`] when the bytes are no document that is read here, or break their format.
pub fn read(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    let bytes = &*lenient::utf8(name, bytes)?;
    let format = format::of(name, bytes)?;
    // Readers of JSON don't look at the texts of members that they pass over.
    DocumentError::utf8(name, bytes)?;
    match format {
        Readable::Format(Format::CycloneDxJson) => cyclonedx::read_json(name, bytes),
        Readable::Format(Format::CycloneDxXml) => cyclonedx::read_xml(name, bytes),
        Readable::Format(Format::SpdxJson) => spdx2::read_json(name, bytes),
        Readable::Format(Format::SpdxTagValue) => spdx2::read_tag_value(name, bytes),
        Readable::Format(Format::Json) => json::decode(name, bytes),
        Readable::Format(Format::Purls) => purls::read(name, bytes),
        Readable::Spdx3 => spdx2::read_graph(name, bytes),
        Readable::Syft => syft::read(name, bytes),
    }
}

/// Whether nothing warns that something is missing, every file has an owner or an explanation, and `files` leaves out
/// none that no package answers for.
pub(crate) fn is_complete(inventory: &Inventory, files: FileChoice) -> bool {
    let explained = |origin: Option<&bomwright_model::Verdict>| {
        origin.is_some_and(|verdict| verdict.origin != bomwright_model::Origin::Unknown)
    };
    !inventory.is_incomplete()
        && inventory
            .files
            .iter()
            .all(|file| file.owner.is_some() || (files.holds(file) && explained(file.origin.as_ref())))
}
