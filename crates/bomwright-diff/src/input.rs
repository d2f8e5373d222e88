//! One side of a comparison: an inventory, and what else is known where the files themselves were read.

use std::collections::BTreeMap;

use bomwright_model::{FileAccount, Finding, Inventory, Origin, PackageId, TreeEntry};

/// One side.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Packages, listed files, graph. Licences must be in the same spelling on both sides.
    pub inventory: &'a Inventory,
    /// Every file, where the image itself was read; documents have none.
    pub tree: Option<Tree<'a>>,
    /// The base image, where something sure enough names it.
    pub base: Option<&'a BaseImage>,
    /// The phase of the distribution's life, where it is known.
    pub lifecycle: Option<&'a Lifecycle>,
    /// Says where a package of a document comes from whose maker did not; asked for packages that differ. An origin
    /// that is worked out from what differs is no difference of its own.
    pub judge: Option<&'a dyn Fn(PackageId) -> Origin>,
}

impl<'a> Input<'a> {
    /// An inventory of which nothing else is known.
    pub fn new(inventory: &'a Inventory) -> Self {
        Self { inventory, tree: None, base: None, lifecycle: None, judge: None }
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
