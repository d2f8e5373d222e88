//! The verdict on where something came from, with its reasons.

use serde::{Deserialize, Serialize};

use crate::Evidence;

/// The three sources of the code in an image, and the one for what nothing explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Shipped and maintained by a Linux distribution or platform vendor.
    Vendor,
    /// Consumed from an open-source project or third party directly.
    Upstream,
    /// Written by the people who build the image.
    InHouse,
    /// Nothing explains it: a finding.
    Unknown,
}

impl Origin {
    /// Every origin, in the order in which reports group them.
    pub const ALL: &'static [Self] = &[Self::Vendor, Self::Upstream, Self::InHouse, Self::Unknown];

    /// The word used in every output and in the policy file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Upstream => "upstream",
            Self::InHouse => "in-house",
            Self::Unknown => "unknown",
        }
    }

    /// The origin named `text`, as [`Self::as_str`] writes it.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|origin| origin.as_str() == text)
    }
}

/// An origin with the reasons for it, so that a person can check it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Where it came from.
    pub origin: Origin,
    /// How sure the deciding rule is.
    pub confidence: Confidence,
    /// The rules that spoke, the deciding one first. Never empty.
    pub reasons: Vec<Reason>,
}

/// How sure a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A guess from names or places.
    Low,
    /// A record that anybody who built the image could have written.
    Medium,
    /// A record of the package manager, or the team's own policy.
    High,
}

impl Confidence {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The confidence named `text`, as [`Self::as_str`] writes it.
    pub fn from_name(text: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High].into_iter().find(|c| c.as_str() == text)
    }
}

/// One rule that spoke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable kebab-case id of the rule, e.g. `os-package-database`.
    pub rule: String,
    /// What the rule saw, as a fragment for a person.
    pub detail: String,
    /// Where it saw it.
    pub evidence: Option<Evidence>,
}
