//! `bomwright.toml`, the file in which a team says what is its own.

use std::collections::BTreeMap;

use bomwright_model::Package;
use serde::Deserialize;

/// What a team declares about its own work.
///
/// ```toml
/// [in-house]
/// npm = ["@acme"]               # by ecosystem: a namespace, or a prefix of names
/// golang = ["example.com/acme"]
/// maven = ["com.acme"]
/// pypi = ["acme-"]
/// paths = ["/app", "/opt/acme"] # directories whose executables are ours
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What is in-house.
    #[serde(default, rename = "in-house")]
    pub in_house: InHouse,
}

/// Names and places that are the team's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct InHouse {
    /// Directories of the image, with or without a leading slash.
    #[serde(default)]
    pub paths: Vec<String>,
    /// For each ecosystem, namespaces or prefixes of names.
    #[serde(flatten)]
    pub names: BTreeMap<String, Vec<String>>,
}

/// A policy file that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text breaks TOML, or holds a key that is not known.
    #[error("{name}: {reason}")]
    Malformed {
        /// The file's name.
        name: String,
        /// What is wrong and where.
        reason: String,
    },
    /// A key below `[in-house]` is no ecosystem.
    #[error("{name}: [in-house] names '{key}', which is no ecosystem (known: {known})")]
    UnknownEcosystem {
        /// The file's name.
        name: String,
        /// The key.
        key: String,
        /// The ecosystems that there are.
        known: String,
    },
}

impl Policy {
    /// Reads the text of a policy file. `ecosystems` are the names that may stand below `[in-house]`.
    pub fn parse(name: &str, text: &str, ecosystems: &[&str]) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(|error| PolicyError::Malformed {
            name: name.to_owned(),
            reason: error.to_string().trim_end().to_owned(),
        })?;
        match policy.in_house.names.keys().find(|key| !ecosystems.contains(&key.as_str())) {
            None => Ok(policy),
            Some(key) => Err(PolicyError::UnknownEcosystem {
                name: name.to_owned(),
                key: key.clone(),
                known: ecosystems.join(", "),
            }),
        }
    }

    /// The entry that makes `package` in-house, if any does.
    pub(crate) fn namespace_of(&self, package: &Package) -> Option<&str> {
        let full = package.full_name();
        let dotted = full.replace('/', ".");
        let entries = self.in_house.names.get(&package.ecosystem)?;
        entries.iter().map(String::as_str).find(|entry| covers(entry, &full) || covers(entry, &dotted))
    }

    /// The digest of the policy that `digest` (`sha256:…`) is, if any.
    pub(crate) fn digest(&self, digest: &str) -> Option<&str> {
        let _ = digest;
        None
    }

    /// The directory of the policy that `path` (no leading slash) lies in, if any.
    pub(crate) fn directory_of(&self, path: &str) -> Option<&str> {
        let inside = |directory: &str| {
            let directory = directory.trim_matches('/');
            path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.in_house.paths.iter().map(String::as_str).find(|directory| inside(directory))
    }
}

/// Whether `entry` is `name` or a prefix of it that ends at a boundary: `com.acme` covers `com.acme.shop`
/// but not `com.acmeister`; `acme-` covers `acme-core`.
fn covers(entry: &str, name: &str) -> bool {
    let Some(rest) = name.strip_prefix(entry) else { return false };
    let open = entry.ends_with(['/', '.', '-', '_', ':']);
    !entry.is_empty() && (open || rest.is_empty() || rest.starts_with(['/', '.', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_end_at_boundaries() {
        assert!(covers("@acme", "@acme/shop"));
        assert!(!covers("@acme", "@acmeister/shop"));
        assert!(covers("com.acme", "com.acme.shop"));
        assert!(covers("acme-", "acme-core"));
        assert!(!covers("acme", "acme-core"));
        assert!(!covers("", "anything"));
    }

    #[test]
    fn unknown_keys_are_refused() {
        let known = ["npm", "golang"];
        assert!(Policy::parse("p", "[in-house]\nnpm = ['@acme']\npaths = ['/app']", &known).is_ok());
        let error = Policy::parse("p", "[in-house]\nnmp = ['@acme']", &known).unwrap_err();
        assert_eq!(
            error.to_string(),
            "p: [in-house] names 'nmp', which is no ecosystem (known: npm, golang)"
        );
        assert!(Policy::parse("p", "[inhouse]", &known).is_err());
    }

    #[test]
    fn directories_are_whole_components() {
        let policy = Policy::parse("p", "[in-house]\npaths = ['/app/']", &[]).unwrap();
        assert_eq!(policy.directory_of("app/bin/x"), Some("/app/"));
        assert_eq!(policy.directory_of("apple/x"), None);
    }
}
