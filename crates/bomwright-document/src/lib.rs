//! Inventories to and from CycloneDX, SPDX and our own JSON.
mod actor;
mod address;
mod claims;
mod cyclonedx;
mod error;
mod facts;
mod format;
mod identity;
mod json;
mod license;
mod place;
mod purls;
mod relations;
mod root;
mod seq;
mod spdx2;

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

pub(crate) fn is_complete(inventory: &bomwright_model::Inventory) -> bool {
    let explained = |origin: Option<&bomwright_model::Verdict>| {
        origin.is_some_and(|verdict| verdict.origin != bomwright_model::Origin::Unknown)
    };
    !inventory.is_incomplete()
        && inventory.files.iter().all(|file| file.owner.is_some() || explained(file.origin.as_ref()))
}
/// stub
pub fn read(_: &str, _: &[u8]) -> Result<Inventory, DocumentError> { Err(DocumentError::Write(io::Error::other("stub"))) }
/// stub
pub fn normalize_licenses(_: &mut Inventory) {}
