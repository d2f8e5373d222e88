//! What only the team knows, and no image tells.

use serde::{Deserialize, Serialize};

/// Facts that a team declares in its policy file; every document marks them as declared.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Declared {
    /// Who makes the distribution that the image is built on: `name` or `name <address>`.
    pub distribution: Option<String>,
    /// Who supplies the image and the team's own parts in it: `name` or `name <address>`.
    pub supplier: Option<String>,
    /// Who makes the documents: `name` or `name <address>`.
    pub author: Option<String>,
    /// Where to report vulnerabilities: a web address or `mailto:`.
    pub security_contact: Option<String>,
    /// The licence of the team's own parts, an SPDX expression.
    pub license: Option<String>,
    /// The last day of support, `YYYY-MM-DD`.
    pub support_end: Option<String>,
}

impl Declared {
    /// The property of a package that names what was declared by hand, words with blanks between them.
    pub const PROPERTY: &'static str = "declared";

    /// Whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Every key of the policy file that has a value, with it, sorted.
    pub fn entries(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("author", &self.author),
            ("distribution", &self.distribution),
            ("licence", &self.license),
            ("security-contact", &self.security_contact),
            ("supplier", &self.supplier),
            ("support-end", &self.support_end),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value.as_deref()?)))
    }

    /// Sets the value of `key`, which is one of [`Self::entries`]; others are ignored.
    pub fn set(&mut self, key: &str, value: &str) {
        let slot = match key {
            "author" => &mut self.author,
            "distribution" => &mut self.distribution,
            "licence" => &mut self.license,
            "security-contact" => &mut self.security_contact,
            "supplier" => &mut self.supplier,
            "support-end" => &mut self.support_end,
            _ => return,
        };
        *slot = Some(value.to_owned());
    }
}

/// What a team declares of one package or file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeclaredPart {
    /// Who supplies it: `name` or `name <address>`.
    pub supplier: Option<String>,
    /// Its licence, an SPDX expression.
    pub license: Option<String>,
    /// Which of its releases it is.
    pub version: Option<String>,
}

impl DeclaredPart {
    /// Whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Every key of the policy file that has a value, with it, sorted.
    pub fn entries(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("licence", &self.license), ("supplier", &self.supplier), ("version", &self.version)]
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.as_deref()?)))
    }

    /// Sets the value of `key`, which is one of [`Self::entries`]; others are ignored.
    pub fn set(&mut self, key: &str, value: &str) {
        let slot = match key {
            "licence" => &mut self.license,
            "supplier" => &mut self.supplier,
            "version" => &mut self.version,
            _ => return,
        };
        *slot = Some(value.to_owned());
    }
}
