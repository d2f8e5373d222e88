//! Inventories to and from CycloneDX, SPDX and our own JSON.
mod actor;
mod address;
mod assembly;
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
mod spdx2;
mod time;

use std::io;

use bomwright_model::Inventory;

pub use error::DocumentError;
pub use format::{Format, detect};
pub use license::{LicenseExpression, license_expression};

/// Writes `inventory` to `out` as a document of `format`. The same inventory always gives the same bytes.
///
/// # Errors
/// [`DocumentError::Write`] when `out` fails.
pub fn write(inventory: &Inventory, format: Format, out: &mut dyn io::Write) -> Result<(), DocumentError> {
    match format {
        Format::CycloneDxJson => cyclonedx::write(inventory, out),
        Format::SpdxJson => spdx2::write(inventory, out),
        Format::Json => json::encode(inventory, out),
        Format::Purls => purls::write(inventory, out),
    }
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
    let format = match detect(bytes) {
        Some(format) => format,
        None => format::examine(bytes)
            .map_err(|reason| DocumentError::Unrecognized { name: name.to_owned(), reason })?,
    };
    match format {
        Format::CycloneDxJson => cyclonedx::read(name, bytes),
        Format::SpdxJson => spdx2::read(name, bytes),
        Format::Json => json::decode(name, bytes),
        Format::Purls => purls::read(name, bytes),
    }
}

pub(crate) fn is_complete(inventory: &bomwright_model::Inventory) -> bool {
    let explained = |origin: Option<&bomwright_model::Verdict>| {
        origin.is_some_and(|verdict| verdict.origin != bomwright_model::Origin::Unknown)
    };
    !inventory.is_incomplete()
        && inventory.files.iter().all(|file| file.owner.is_some() || explained(file.origin.as_ref()))
}
