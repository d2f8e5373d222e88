//! Names for the things of a document that depend on nothing but the things: the same inventory gets the
//! same references and the same serial number wherever and whenever it is written.
//!
//! References are opaque: a purl would not do, since the same purl may be installed twice and percent signs
//! in references trip other tools. CycloneDX uses them as `bom-ref`, SPDX behind `SPDXRef-`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, BufWriter};

use bomwright_model::{File, FileChoice, Inventory, Node, Package};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// The reference of every package, every file that the document lists, the root and the distribution.
pub(crate) struct References {
    pub(crate) root: &'static str,
    pub(crate) distribution: Option<String>,
    pub(crate) packages: Vec<String>,
    /// `None` for files that the document does not list.
    pub(crate) files: Vec<Option<String>>,
}

impl References {
    /// The references of everything in `inventory` that a document with the files of `choice` lists.
    pub(crate) fn of(inventory: &Inventory, choice: FileChoice) -> Self {
        let mut seen = HashMap::new();
        let mut unique = |base: String| {
            let count = seen.entry(base.clone()).and_modify(|count| *count += 1).or_insert(1_u32);
            if *count == 1 { base } else { format!("{base}-{count}") }
        };
        let is_listed = |file: &File| {
            choice.holds(file) && file.owner.is_none_or(|owner| inventory.package(owner).is_some())
        };
        Self {
            root: "root",
            distribution: inventory.distribution.as_ref().map(|distribution| {
                let version = distribution.version.as_deref().unwrap_or_default();
                reference("os", &[&distribution.id, version])
            }),
            packages: inventory.packages.iter().map(|package| unique(of_package(package))).collect(),
            files: inventory
                .files
                .iter()
                .map(|file| is_listed(file).then(|| unique(reference("file", &[&file.path]))))
                .collect(),
        }
    }

    /// The subject that stands for `node` in a document: itself, or of a file that is not listed its owner, else the
    /// root. `None` for unresolved requirements, which are no subjects.
    pub(crate) fn subject(&self, inventory: &Inventory, node: &Node) -> Option<Subject> {
        Some(match node {
            Node::Root => Subject::Root,
            Node::Package(id) => Subject::Package(usize::try_from(id.0).ok()?),
            Node::File(id) => {
                let index = usize::try_from(id.0).ok()?;
                match (self.files.get(index)?, inventory.file(*id)?.owner) {
                    (Some(_), _) => Subject::File(index),
                    (None, Some(owner)) => Subject::Package(usize::try_from(owner.0).ok()?),
                    (None, None) => Subject::Root,
                }
            }
            Node::Unresolved(..) => return None,
        })
    }

    /// Each listed file that a package owns, behind that package, by their indexes.
    pub(crate) fn owned_files(&self, inventory: &Inventory) -> impl Iterator<Item = (usize, usize)> {
        let files = inventory.files.iter().zip(&self.files).enumerate();
        files.filter_map(|(index, (file, reference))| {
            reference.as_ref()?;
            Some((usize::try_from(file.owner?.0).ok()?, index))
        })
    }

    /// The reference of `subject`; `None` for one that the inventory doesn't hold.
    pub(crate) fn get(&self, subject: Subject) -> Option<&str> {
        match subject {
            Subject::Root => Some(self.root),
            Subject::Package(index) => self.packages.get(index).map(String::as_str),
            Subject::File(index) => self.files.get(index)?.as_deref(),
        }
    }
}

/// What a document has an entry for, by its index in the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Subject {
    Root,
    Package(usize),
    File(usize),
}

fn of_package(package: &Package) -> String {
    reference(
        "pkg",
        &[
            &package.ecosystem,
            package.namespace.as_deref().unwrap_or_default(),
            &package.name,
            &package.version,
            package.architecture.as_deref().unwrap_or_default(),
            package.location.as_deref().unwrap_or_default(),
        ],
    )
}

/// `prefix-` and the first 16 hexadecimal digits of the SHA-256 of `parts`, each closed by a zero byte.
fn reference(prefix: &str, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut text = format!("{prefix}-");
    for byte in hash.finalize().iter().take(8) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The name space of URLs, RFC 9562 section 6.6.
const URL_NAMESPACE: [u8; 16] =
    [0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];

/// A version 5 UUID (RFC 9562 section 5.5) over the SHA-256 of all that `inventory` says, as our own JSON
/// says it, and of `choice`. Every format of one inventory with the same files gets the same.
pub(crate) fn uuid(inventory: &Inventory, choice: FileChoice) -> Result<String, io::Error> {
    // The serializer writes a few bytes at a time, which a hash takes slowly.
    let mut buffer = BufWriter::with_capacity(1 << 16, HashWriter(Sha256::new()));
    crate::json::encode(inventory, &mut buffer)?;
    let hash = buffer.into_inner().map_err(io::IntoInnerError::into_error)?;
    let mut name = String::from("https://spdx.org/spdxdocs/bomwright-");
    for byte in hash.0.finalize() {
        let _ = write!(name, "{byte:02x}");
    }
    if choice != FileChoice::default() {
        // Other files make another document.
        let _ = write!(name, "#files={}", choice.as_str());
    }
    let mut sha1 = Sha1::new();
    sha1.update(URL_NAMESPACE);
    sha1.update(name.as_bytes());
    let mut text = String::with_capacity(36);
    for (index, byte) in sha1.finalize().iter().take(16).enumerate() {
        let byte = match index {
            6 => (byte & 0x0f) | 0x50, // version
            8 => (byte & 0x3f) | 0x80, // variant
            _ => *byte,
        };
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

struct HashWriter(Sha256);

impl io::Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
