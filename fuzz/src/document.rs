//! SBOM documents, which come from whoever.

use bomwright_document::{Format, check, read, write};
use bomwright_model::Inventory;

/// Reads a document. What was read can be written in every format and read back, is faultless then, and our
/// own JSON loses nothing.
///
/// # Panics
/// If that does not hold.
pub fn read_and_write(input: &[u8]) {
    let Ok(inventory) = read("input", input) else { return };
    for &format in Format::ALL {
        let bytes = written(&inventory, format);
        if format == Format::Purls && bytes.is_empty() {
            // A list of nothing has nothing that would show what it is.
            continue;
        }
        let faults = check("written", &bytes).unwrap_or_else(|error| panic!("{format:?}: {error}"));
        assert!(faults.is_empty(), "{format:?}: {faults:?}");
        let back = read("written", &bytes).unwrap_or_else(|error| panic!("{format:?}: {error}"));
        if format == Format::Json {
            assert!(written(&back, format) == bytes, "our own JSON changes when it is read and written");
        }
    }
}

fn written(inventory: &Inventory, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(inventory, format, &mut bytes).expect("memory can be written");
    bytes
}
