//! One side of a comparison: an inventory, and what else is known where the files themselves were read.

use std::collections::BTreeMap;

use bomwright_model::{FileAccount, Finding, Inventory, TreeEntry};

/// One side.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Packages, listed files, graph. Licences must be in the same spelling on both sides.
    pub inventory: &'a Inventory,
    /// Every file, where the image itself was read; documents have none.
    pub tree: Option<Tree<'a>>,
    /// The base image, where something sure enough names it.
    pub base: Option<&'a BaseImage>,
    /// The phase of the distribution's life, where it is known.
    pub lifecycle: Option<&'a Lifecycle>,
}

impl<'a> Input<'a> {
    /// An inventory of which nothing else is known.
    pub fn new(inventory: &'a Inventory) -> Self {
        Self { inventory, tree: None, base: None, lifecycle: None }
    }
}

/// Every file of one side.
#[derive(Debug, Clone, Copy)]
pub struct Tree<'a> {
    /// The merged tree, sorted by path.
    pub entries: &'a [TreeEntry],
    /// The verdict on each path, sorted by path.
    pub accounts: &'a [FileAccount],
    /// What verifying found.
    pub findings: &'a [Finding],
    /// Texts whose lines can be compared, by path.
    pub texts: &'a BTreeMap<String, String>,
}

/// The image that another was built upon.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BaseImage {
    /// Its name.
    pub name: Option<String>,
    /// Digest of its manifest.
    pub digest: Option<String>,
    /// How many layers, counted from the bottom, are its own.
    pub layers: Option<usize>,
}

/// The phase of a distribution's life on the day of the comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// Its word, e.g. `supported`.
    pub phase: String,
    /// The last day of the phase, `YYYY-MM-DD`.
    pub until: Option<String>,
    /// Whether nobody gets updates any more.
    pub ended: bool,
}
