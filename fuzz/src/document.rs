//! SBOM documents, which come from whoever.

use bomwright_document::{Format, Target, check, read, write};
use bomwright_model::Inventory;

/// Reads a document. What was read can be written in every format and version and read back, is faultless then, and
/// our own JSON loses nothing.
///
/// # Panics
/// If that does not hold.
pub fn read_and_write(input: &[u8]) {
    let Ok(inventory) = read("input", input) else { return };
    for target in Target::all() {
        let format = target.format();
        let bytes = written(&inventory, target);
        if format == Format::Purls && bytes.is_empty() {
            // A list of nothing has nothing that would show what it is.
            continue;
        }
        let faults = check("written", &bytes).unwrap_or_else(|error| panic!("{target}: {error}"));
        assert!(faults.is_empty(), "{target}: {faults:?}");
        let back = read("written", &bytes).unwrap_or_else(|error| panic!("{target}: {error}"));
        if format == Format::Json {
            assert!(written(&back, format) == bytes, "our own JSON changes when it is read and written");
        }
    }
}

fn written(inventory: &Inventory, target: Target) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(inventory, target, &mut bytes).expect("memory can be written");
    bytes
}
