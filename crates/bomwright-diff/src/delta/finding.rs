//! What needs a decision.

use bomwright_model::FindingSeverity;
use serde::{Deserialize, Serialize};

/// One thing that a rule about changes found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeltaFinding {
    /// Stable over runs and machines: `F-` and twelve hexadecimal digits made of rule and subject. Waivers name it.
    pub id: String,
    /// The rule, e.g. `new-upstream`.
    pub rule: String,
    /// How much it matters.
    pub severity: FindingSeverity,
    /// What it is about.
    pub subject: FindingSubject,
    /// What exactly was seen, as a fragment for a person.
    pub message: String,
    /// Where it comes from or what pulled it in, as a fragment for a person.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Whether a gate trips over it.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub gate: bool,
    /// The reason of the waiver that lets it pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<String>,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum FindingSubject {
    /// The image as a whole, or one statement of it.
    Image(String),
    /// A package, `ecosystem/name@version`.
    Package(String),
    /// A path inside the image, without a leading slash.
    Path(String),
}

impl FindingSubject {
    /// What a person calls it.
    pub fn name(&self) -> String {
        match self {
            Self::Image(text) | Self::Package(text) => text.clone(),
            Self::Path(path) => format!("/{path}"),
        }
    }
}
