//! What a rule wants a person to look at.
//!
//! A [`crate::Diagnostic`] says what could not be read; a finding says what was read and contradicts
//! itself, or contradicts what the team says about its image.

use serde::{Deserialize, Serialize};

use crate::{Evidence, Inventory, LayerId, PackageId};

/// One thing that a rule found.
///
/// Findings are ordered by rule, severity, subject, layer and message, so that a sorted list is the same in
/// every run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// Stable kebab-case id of the rule, e.g. `dependency-confusion`.
    pub rule: String,
    /// How much it matters.
    pub severity: FindingSeverity,
    /// What it is about.
    pub subject: Subject,
    /// The layer that brought it in, where one did.
    pub layer: Option<LayerId>,
    /// What exactly was seen, as a fragment for a person.
    pub message: String,
    /// Where it was seen.
    pub evidence: Vec<Evidence>,
}

impl Finding {
    /// A finding without a place; `in_layer` and `seen_in` add one.
    pub fn new(
        rule: impl Into<String>,
        severity: FindingSeverity,
        subject: Subject,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule: rule.into(),
            severity,
            subject,
            layer: None,
            message: message.into(),
            evidence: Vec::new(),
        }
    }

    /// The same, in `layer`.
    #[must_use]
    pub fn in_layer(mut self, layer: Option<LayerId>) -> Self {
        self.layer = layer;
        self
    }

    /// The same, with what it was read from.
    #[must_use]
    pub fn seen_in(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// The finding's name within one inventory, `rule:subject`: `rule:package-3`, `rule:/path`, `rule:image`.
    pub fn id(&self) -> String {
        format!("{}:{}", self.rule, self.subject.place())
    }

    /// The finding's name over several inventories: as [`Self::id`], with the package's own name in place
    /// of its number, `rule:ecosystem/name@version`.
    pub fn key(&self, inventory: &Inventory) -> String {
        let Subject::Package(id) = self.subject else { return self.id() };
        let Some(package) = inventory.package(id) else { return self.id() };
        format!("{}:{}/{}@{}", self.rule, package.ecosystem, package.full_name(), package.version)
    }
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// The image as a whole.
    Image,
    /// A package of the inventory.
    Package(PackageId),
    /// A path inside the image, without a leading slash.
    Path(String),
}

impl Subject {
    /// The path with its leading slash, or the word for the rest.
    fn place(&self) -> String {
        match self {
            Self::Image => "image".to_owned(),
            Self::Path(path) => format!("/{}", path.trim_start_matches('/')),
            Self::Package(id) => format!("package-{}", id.0),
        }
    }
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingSeverity {
    /// Worth knowing.
    Info,
    /// Untidy; nothing follows from it by itself.
    Low,
    /// Someone should look.
    Medium,
    /// Probably wrong.
    High,
    /// Wrong, and an attacker would like it.
    Critical,
}

impl FindingSeverity {
    /// Every severity, the least first.
    pub const ALL: &'static [Self] = &[Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word used in every output and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity named `text`, as [`Self::as_str`] writes it.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|severity| severity.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Package, Source, SourceKind};

    #[test]
    fn keys_name_the_subject_and_not_its_number() {
        let mut inventory = Inventory::new(Source { kind: SourceKind::Dir, name: "x".into() });
        let mut package = Package::new("npm", "util", "1.0");
        package.namespace = Some("@acme".into());
        inventory.packages = vec![Package::new("deb", "bash", "5"), package];
        let finding = |subject| Finding::new("some-rule", FindingSeverity::High, subject, "seen");
        let key = |subject| finding(subject).key(&inventory);
        assert_eq!(finding(Subject::Package(PackageId(1))).id(), "some-rule:package-1");
        assert_eq!(key(Subject::Package(PackageId(1))), "some-rule:npm/@acme/util@1.0");
        assert_eq!(key(Subject::Path("usr/bin/x".into())), "some-rule:/usr/bin/x");
        assert_eq!(key(Subject::Image), "some-rule:image");
        assert_eq!(key(Subject::Package(PackageId(9))), "some-rule:package-9");
    }

    #[test]
    fn severities_are_ordered_and_read_back() {
        assert!(FindingSeverity::ALL.is_sorted());
        for severity in FindingSeverity::ALL {
            assert_eq!(FindingSeverity::from_name(severity.as_str()), Some(*severity));
        }
        assert_eq!(FindingSeverity::from_name("HIGH"), None);
    }
}
