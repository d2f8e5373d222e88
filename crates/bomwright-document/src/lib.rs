//! Inventories to and from CycloneDX, SPDX and our own JSON.
//!
//! [`write()`] makes a document, [`read`] takes one apart, [`check()`] looks for faults that a schema does not see.
//! All three formats are written from borrowed values as a stream, and the same inventory always gives the
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
//! # What a format cannot carry
//!
//! | | `cyclonedx-json` | `spdx-json` | `json` |
//! |---|---|---|---|
//! | packages with all their fields | yes | yes | yes |
//! | files that a package owns | no | no | yes |
//! | edges, with kind and scope | between packages and unowned files | the same | yes |
//! | wording and evidence of an edge | only of unresolved requirements | the same | yes |
//!
//! An edge from or to a file that a package owns is written as one of the package.
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
mod json;
mod lenient;
mod license;
mod notes;
mod peers;
mod place;
mod purls;
mod relations;
mod root;
mod seq;
mod silent;
mod spdx2;
mod syft;
mod time;

use std::io;

use bomwright_model::Inventory;

pub use about::facts;
pub use check::{Fault, check};
pub use error::DocumentError;
use format::Readable;
pub use format::{Format, detect};
pub use license::{LicenseExpression, license_expression, normalize_licenses};

/// Writes `inventory` to `out` as a document of `format`. The same inventory always gives the same bytes.
///
/// # Errors
/// [`DocumentError::Write`] when `out` fails.
pub fn write(inventory: &Inventory, format: Format, out: &mut dyn io::Write) -> Result<(), DocumentError> {
    // The serializers write a few bytes at a time.
    let mut buffer = io::BufWriter::with_capacity(1 << 16, out);
    match format {
        Format::CycloneDxJson => cyclonedx::write(inventory, &mut buffer),
        Format::SpdxJson => spdx2::write(inventory, &mut buffer),
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
    let bytes = &*lenient::utf8(bytes);
    match format::of(name, bytes)? {
        Readable::Format(Format::CycloneDxJson) => cyclonedx::read(name, bytes),
        Readable::Format(Format::SpdxJson) => spdx2::read(name, bytes),
        Readable::Format(Format::Json) => json::decode(name, bytes),
        Readable::Format(Format::Purls) => purls::read(name, bytes),
        Readable::Syft => syft::read(name, bytes),
    }
}

/// Whether nothing warns that something is missing, and every file has an owner or an explanation.
pub(crate) fn is_complete(inventory: &Inventory) -> bool {
    let explained = |origin: Option<&bomwright_model::Verdict>| {
        origin.is_some_and(|verdict| verdict.origin != bomwright_model::Origin::Unknown)
    };
    !inventory.is_incomplete()
        && inventory.files.iter().all(|file| file.owner.is_some() || explained(file.origin.as_ref()))
}
