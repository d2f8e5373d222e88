//! A plain list of package URLs (ECMA-427), one in a line.

use std::collections::BTreeSet;
use std::io;

use bomwright_model::{Inventory, Package, Purl};

use crate::DocumentError;
use crate::assembly::Assembly;
use crate::claims::Claims;
use crate::identify;

/// Writes the purl of every package that has one, sorted, without repetition.
pub(crate) fn write(inventory: &Inventory, out: &mut dyn io::Write) -> io::Result<()> {
    let purls: BTreeSet<_> =
        inventory.packages.iter().filter_map(|package| package.purl.as_ref()).map(Purl::as_str).collect();
    for purl in purls {
        writeln!(out, "{purl}")?;
    }
    Ok(())
}

/// Reads the list `name`. Blank lines and lines that start with `#` are passed over.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    let text = std::str::from_utf8(bytes).map_err(|error| DocumentError::Unrecognized {
        name: name.to_owned(),
        reason: format!("a list of package urls must be UTF-8: {error}"),
    })?;
    let mut assembly = Assembly::new(name);
    let mut distribution = None;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(named) = identify::purl(line, &mut assembly.notes) {
            let mut package = Package::default();
            identify::from_purl(&mut package, Some(named), &mut distribution);
            assembly.package(package, Claims::default());
        }
    }
    assembly.inventory.distribution = distribution;
    Ok(assembly.finish())
}
