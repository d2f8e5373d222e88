//! What changed between two inventories, as data.
//!
//! These types are their own wire form: `bomwright-delta/1` is what `serde` makes of [`Delta`], because a delta that
//! was made in one job is read back and rendered in another, and must then be the very same value. Keys are
//! `camelCase`, words `kebab-case`; what is empty or unknown is left out.

mod comparability;
mod decision;
mod file;
mod finding;
mod graph;
mod image;
mod package;

pub use comparability::{Comparability, Gap, GapKind};
pub use decision::{Decision, Outcome, UsedWaiver};
pub use file::{FileChange, FileRole, FileState, TextDiff};
pub use finding::{DeltaFinding, FindingSubject};
pub use graph::{EdgeChange, GraphDelta};
pub use image::{FieldKind, ImageChange, ImageDelta, LayerChange};
pub use package::{
    Change, FieldChange, Hint, HintKind, Instances, LayerNote, PackageChange, State, Step, Why,
};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The name and version of the wire form.
pub const SCHEMA: &str = "bomwright-delta/1";

/// Everything that differs between two inventories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Delta {
    /// [`SCHEMA`].
    pub schema: String,
    /// The older side.
    pub old: Side,
    /// The newer side.
    pub new: Side,
    /// How many of each.
    pub summary: Summary,
    /// The packages that differ, sorted by origin, ecosystem, name and change.
    pub packages: Vec<PackageChange>,
    /// The files that differ and that a person should know of, sorted by path.
    pub files: Vec<FileChange>,
    /// The image's own statements that differ.
    pub image: ImageDelta,
    /// Edges of the dependency graph.
    pub graph: GraphDelta,
    /// What needs a decision, the worst first.
    pub findings: Vec<DeltaFinding>,
    /// How far the two sides can be compared.
    pub comparability: Comparability,
    /// What the gates say.
    pub verdict: Decision,
}

impl Delta {
    /// Whether nothing differs: what only the scanner explains is no difference.
    pub fn is_empty(&self) -> bool {
        self.real_packages().next().is_none()
            && self.files.is_empty()
            && self.image.is_empty()
            && self.graph.is_empty()
            && self.findings.is_empty()
    }

    /// The changed packages that the build explains, not the scanner.
    pub fn real_packages(&self) -> impl Iterator<Item = &PackageChange> {
        self.packages.iter().filter(|change| change.explained_by.is_none())
    }
}

/// One of the two inventories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Side {
    /// Its name, as the user gave it.
    pub name: String,
    /// How it was read, e.g. `oci-archive` or `sbom`.
    pub kind: String,
    /// Who made the inventory, e.g. `bomwright 0.1.0`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// Digest of the image's manifest, else of its configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Its distribution, e.g. `debian 12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<String>,
    /// How many packages it holds, those that others ship not counted.
    pub packages: usize,
    /// How many files it says something of.
    pub files: usize,
    /// Bytes of its files, where they were all seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Whether it says of itself that something may be missing.
    #[serde(default, skip_serializing_if = "is_false")]
    pub incomplete: bool,
}

/// Numbers of changes. What only the scanner explains, and packages that another package ships, are not counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Summary {
    /// Packages only on the newer side.
    pub added: usize,
    /// Packages only on the older side.
    pub removed: usize,
    /// To a later version.
    pub upgraded: usize,
    /// To an earlier version.
    pub downgraded: usize,
    /// The same version, built again.
    pub rebuilt: usize,
    /// The same package in another place.
    pub moved: usize,
    /// Otherwise.
    pub changed: usize,
    /// Packages whose licence differs, whatever else does.
    pub licenses: usize,
    /// Changed packages by the word of their origin.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub origins: BTreeMap<String, usize>,
    /// Changes that the scanner explains and not the build.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub explained: usize,
    /// Files listed in the delta.
    pub files: usize,
    /// Further files that differ as the change of their package explains.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub files_of_packages: usize,
    /// Further files that differ, that no package owns and that no rule singles out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub files_of_no_note: usize,
    /// Statements of the image.
    pub image: usize,
    /// Edges added.
    pub edges_added: usize,
    /// Edges removed.
    pub edges_removed: usize,
    /// Bytes that the newer side has more, where both are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
pub(crate) fn is_zero(count: &usize) -> bool {
    *count == 0
}
