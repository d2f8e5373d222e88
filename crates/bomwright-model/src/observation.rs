//! What a file of the image says about the image as a whole, where it is neither a package nor a file of one.

use serde::{Deserialize, Serialize};

/// One statement, e.g. that `etc/debian_version` says `12.5`, or which repositories a file of apt names.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Observation {
    /// What is stated, kebab-case, e.g. `debian-version` or `apt-source`.
    pub kind: String,
    /// The file that states it, without a leading slash.
    pub path: String,
    /// The values, in the order of the file.
    pub values: Vec<String>,
}
