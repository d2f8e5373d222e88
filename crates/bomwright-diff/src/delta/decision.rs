//! What the gates say of a delta.

use serde::{Deserialize, Serialize};

/// The verdict on a delta.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Decision {
    /// Whether a build may go on.
    pub outcome: Outcome,
    /// The gates that were set, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fail_on: Vec<String>,
    /// Why it failed, one sentence for each gate or threshold that tripped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// The waivers that let something pass, sorted by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<UsedWaiver>,
}

/// Whether a build may go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// No gate tripped.
    #[default]
    Pass,
    /// A gate tripped.
    Fail,
}

/// A waiver that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsedWaiver {
    /// The finding's id.
    pub id: String,
    /// Why it may pass.
    pub reason: String,
    /// The last day on which it may, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}
