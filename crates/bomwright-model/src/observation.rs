//! Single facts that are about no package, as a reader saw them in one file.

use serde::{Deserialize, Serialize};

/// One fact that a file states: where a database diverts a path to, what a loader's cache points at, which key a
/// certificate holds. Rules about origins work on these; they never see a file's bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Observation {
    /// Stable kebab-case name of what was observed, e.g. `dpkg-diversion`; it fixes what the values mean.
    pub kind: String,
    /// The file that states it, without a leading slash.
    pub path: String,
    /// What it states, in the order that the kind fixes.
    pub values: Vec<String>,
}

impl Observation {
    /// The fact `kind` with `values`, read from `path`.
    pub fn new(
        kind: &str,
        path: impl Into<String>,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            kind: kind.to_owned(),
            path: path.into(),
            values: values.into_iter().map(Into::into).collect(),
        }
    }

    /// The value at `position`, `""` where there is none.
    pub fn value(&self, position: usize) -> &str {
        self.values.get(position).map_or("", String::as_str)
    }
}
