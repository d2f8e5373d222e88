//! SBOM documents, which come from whoever.

use bomwright_document::{Fault, Format, Target, check, check_strict, detect, read, read_strict, write};
use bomwright_model::Inventory;

/// A kind of document that a target keeps to, so that its corpus does not drift to another reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of our formats; SPDX in JSON of version 2.
    Format(Format),
    /// SPDX 3.
    Graph,
    /// syft's own JSON.
    Syft,
}

/// Reads `input` if it is a document of `kind`, as [`read_and_write`] does.
///
/// # Panics
/// If that does.
pub fn read_as(kind: Kind, input: &[u8]) {
    let has = |word: &[u8]| input.windows(word.len()).any(|window| window == word);
    let found = match detect(input) {
        Some(Format::SpdxJson) if has(b"spdx.org/rdf/3.") => Some(Kind::Graph),
        Some(format) => Some(Kind::Format(format)),
        None if has(b"\"syft\"") => Some(Kind::Syft),
        None => None,
    };
    if found == Some(kind) {
        read_and_write(input);
    }
}

/// Reads a document, strictly too: what is read strictly is faultless. What was read can be written in every format and version and read back, is faultless then, and
/// our own JSON loses nothing.
///
/// # Panics
/// If that does not hold.
pub fn read_and_write(input: &[u8]) {
    let strict = read_strict("input", input);
    let Ok(inventory) = read("input", input) else {
        assert!(strict.is_err() && check_strict("input", input).is_err());
        return;
    };
    if strict.is_ok() {
        // That CycloneDX has no root is worth saying, but allowed.
        for faults in [check("input", input), check_strict("input", input)] {
            let faults = faults.expect("it was read");
            assert!(faults.iter().all(|fault| fault.place == "metadata.component"), "{faults:?}");
        }
    }
    for target in Target::all() {
        let format = target.format();
        let bytes = written(&inventory, target);
        if format == Format::Purls && bytes.is_empty() {
            // A list of nothing has nothing that would show what it is.
            continue;
        }
        let faults = check("written", &bytes).unwrap_or_else(|error| panic!("{target}: {error}"));
        // A list can't tell packages apart that differ in nothing but the distribution.
        let is_list = format == Format::Purls;
        let counts = |fault: &Fault| !(is_list && fault.reason.contains("more than once"));
        assert!(!faults.iter().any(counts), "{target}: {faults:?}");
        let back = read("written", &bytes).unwrap_or_else(|error| panic!("{target}: {error}"));
        if format == Format::Json {
            assert!(written(&back, target) == bytes, "our own JSON changes when it is read and written");
        }
    }
}

fn written(inventory: &Inventory, target: Target) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(inventory, target, &mut bytes).expect("memory can be written");
    bytes
}
