//! A plain list of package URLs (ECMA-427), one in a line.

use std::collections::BTreeSet;
use std::io;

use bomwright_model::{Inventory, Purl};

/// Writes the purl of every package that has one, sorted, without repetition.
pub(crate) fn write(inventory: &Inventory, out: &mut dyn io::Write) -> io::Result<()> {
    let purls: BTreeSet<_> =
        inventory.packages.iter().filter_map(|package| package.purl.as_ref()).map(Purl::as_str).collect();
    for purl in purls {
        writeln!(out, "{purl}")?;
    }
    Ok(())
}
