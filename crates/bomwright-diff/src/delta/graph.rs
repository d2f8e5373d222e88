//! Edges that differ.

use bomwright_model::{EdgeKind, Scope};
use serde::{Deserialize, Serialize};

/// Edges that only one side has. An edge is known by the identities of its ends, not by their versions, so that an
/// upgrade changes no edge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphDelta {
    /// Only on the newer side, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<EdgeChange>,
    /// Only on the older side, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<EdgeChange>,
}

impl GraphDelta {
    /// Whether no edge differs.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// One edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EdgeChange {
    /// The one that needs: `ecosystem name` of a package, the path of a file, `root`.
    pub from: String,
    /// The one that is needed; a requirement that nothing satisfies is named as written.
    pub to: String,
    /// The kind of relation.
    pub kind: EdgeKind,
    /// When it holds.
    pub scope: Scope,
}
