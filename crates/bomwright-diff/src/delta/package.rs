//! One package that differs.

use bomwright_model::{Origin, Scope};
use serde::{Deserialize, Serialize};

use super::is_false;

/// How a package changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Only the newer side holds it, or holds one more of it.
    Added,
    /// Only the older side holds it, or holds one more of it.
    Removed,
    /// Its version is later.
    Upgraded,
    /// Its version is earlier.
    Downgraded,
    /// The same version of the software, built again: only the distribution's or builder's own part differs.
    Rebuilt,
    /// It lies in another place, and nothing else differs.
    Moved,
    /// Its version has no known order, or something else differs.
    Changed,
}

impl Change {
    /// Every change, in the order in which reports list them.
    pub const ALL: &'static [Self] = &[
        Self::Added,
        Self::Removed,
        Self::Upgraded,
        Self::Downgraded,
        Self::Rebuilt,
        Self::Moved,
        Self::Changed,
    ];

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Upgraded => "upgraded",
            Self::Downgraded => "downgraded",
            Self::Rebuilt => "rebuilt",
            Self::Moved => "moved",
            Self::Changed => "changed",
        }
    }

    /// What it is when the sides are swapped.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Added => Self::Removed,
            Self::Removed => Self::Added,
            Self::Upgraded => Self::Downgraded,
            Self::Downgraded => Self::Upgraded,
            Self::Rebuilt | Self::Moved | Self::Changed => self,
        }
    }
}

/// How far apart two versions of one package are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Only the packaging: revision, release, binary rebuild.
    Rebuild,
    /// The third number or a later one.
    Patch,
    /// The second number.
    Minor,
    /// The first number.
    Major,
    /// The packager's own override of the order.
    Epoch,
}

impl Step {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rebuild => "rebuild",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Epoch => "epoch",
        }
    }
}

/// One package that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackageChange {
    /// How.
    pub change: Change,
    /// How far, where both versions follow a known scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// The purl: of the newer side where it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
    /// Its ecosystem.
    pub ecosystem: String,
    /// Namespace and name.
    pub name: String,
    /// Where it comes from: on the newer side where it is there.
    pub origin: Origin,
    /// The source package that it was built from, where that has another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The OS package that ships it, if one does: it moves with that one and is not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipped_by: Option<String>,
    /// On the older side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<State>,
    /// On the newer side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<State>,
    /// What else differs, sorted by field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
    /// All versions of this identity on both sides, where either side has several or the change is about one more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instances: Option<Instances>,
    /// What pulled it in, or why it left.
    #[serde(default, skip_serializing_if = "Why::is_empty")]
    pub why: Why,
    /// Packages that it needs now and did not before, where its own version made only a small step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub new_dependencies: Vec<String>,
    /// The layer that brought the change: on the newer side where it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<LayerNote>,
    /// What it may be a new name or a replacement of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Hint>,
    /// The gap that explains the change better than the build does; see [`super::Gap::id`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained_by: Option<String>,
}

/// A package on one side.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct State {
    /// Version; empty when unknown.
    pub version: String,
    /// Architecture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// Location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The purl.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
    /// Licences, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<String>,
    /// Whether the root itself asks for it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub direct: bool,
    /// When it is needed: the strongest scope of what leads to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Bytes when installed, where stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldChange {
    /// Its name, e.g. `license`.
    pub field: String,
    /// On the older side; empty where it was not there.
    pub old: String,
    /// On the newer side; empty where it is not there.
    pub new: String,
}

/// The versions of one identity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instances {
    /// On the older side, each as often as it is there, in the ecosystem's order.
    pub old: Vec<String>,
    /// On the newer side.
    pub new: Vec<String>,
}

/// Why a package is there, or is not any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Why {
    /// The shortest path from the root to it, the root and itself left out. Empty when the root holds it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// Of a package that is new: the one new or changed package without which it would not be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sole: Option<String>,
    /// How many packages ask for it directly.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub introducers: usize,
    /// Of a package that left: what asked for it and left or changed too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_because: Option<String>,
}

impl Why {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.path.is_empty() && self.sole.is_none() && self.introducers == 0 && self.gone_because.is_none()
    }
}

/// A layer, as a person knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LayerNote {
    /// Its number, the lowest is 0.
    pub index: u32,
    /// The instruction that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction: Option<String>,
    /// Whether it belongs to the base image, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<bool>,
}

/// What else a change may mean. A hint never hides a row: new stays new.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hint {
    /// What it may be.
    pub kind: HintKind,
    /// The other package, name and version.
    pub other: String,
    /// What speaks for it.
    pub evidence: String,
}

/// Kinds of hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HintKind {
    /// The same thing under another name.
    Rename,
    /// Something else that does the same.
    Replacement,
    /// A name so near to that of a known package that one may have been meant for the other.
    Lookalike,
}

impl HintKind {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rename => "rename",
            Self::Replacement => "replacement",
            Self::Lookalike => "lookalike",
        }
    }
}
