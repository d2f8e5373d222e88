//! How far two inventories can be compared.

use serde::{Deserialize, Serialize};

/// What stands between the two sides that is not the build's doing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparability {
    /// The gaps, sorted by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

impl Comparability {
    /// Whether both sides were looked at in the same way.
    pub fn is_full(&self) -> bool {
        self.gaps.is_empty()
    }
}

/// Something that one side knows and the other could not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// Its name within the delta, e.g. `catalogers:npm`.
    pub id: String,
    /// What kind of gap it is.
    pub kind: GapKind,
    /// What it is, as a sentence for a person.
    pub message: String,
    /// How many changes it explains.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub explains: usize,
}

/// Kinds of gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapKind {
    /// Made by different tools or versions, of what both say to be the same image.
    SameImage,
    /// Only one side's tool lists packages of an ecosystem.
    Catalogers,
    /// Only one side lists what is needed to develop, test or build.
    Scope,
    /// Only one side lists packages inside of other packages or archives.
    Nested,
    /// Different tools state licences, kinds and suppliers in different ways.
    Fields,
    /// Only one side has files, or their content, modes or owners.
    Files,
    /// Only one side has edges.
    Edges,
    /// One side says of itself that it is incomplete.
    Incomplete,
}

impl GapKind {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameImage => "same-image",
            Self::Catalogers => "catalogers",
            Self::Scope => "scope",
            Self::Nested => "nested",
            Self::Fields => "fields",
            Self::Files => "files",
            Self::Edges => "edges",
            Self::Incomplete => "incomplete",
        }
    }
}
