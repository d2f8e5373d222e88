//! What a file says about the machine that an image runs as, rather than about a package.

use serde::{Deserialize, Serialize};

/// A setting or a presence, as one file shows it; what it means together with others is for a later stage.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Observation {
    /// What kind of thing was seen, in kebab-case, e.g. `selinux-config`.
    pub kind: String,
    /// The file, without a leading slash.
    pub path: String,
    /// What it says, as written there; empty where its presence says everything.
    pub values: Vec<String>,
}
