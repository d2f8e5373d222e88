//! Package URLs (ECMA-427), built and read through the `packageurl` crate.

use std::fmt;
use std::str::FromStr;

use packageurl::PackageUrl;
use serde::{Deserialize, Serialize};

/// A canonical package URL. Two equal purls are equal as text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Purl(String);

/// A text is no package URL, or its parts make none; the string says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurlError(pub String);

impl fmt::Display for PurlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a package url: {}", self.0)
    }
}

impl std::error::Error for PurlError {}

impl Purl {
    /// Builds the canonical purl of its parts. Blank versions and qualifiers are left out.
    pub fn build(
        kind: &str,
        namespace: Option<&str>,
        name: &str,
        version: &str,
        qualifiers: &[(&str, &str)],
        subpath: Option<&str>,
    ) -> Result<Self, PurlError> {
        let fail = |error: packageurl::Error| PurlError(error.to_string());
        let mut purl = PackageUrl::new(kind, name).map_err(fail)?;
        if let Some(namespace) = namespace.filter(|text| !text.is_empty()) {
            purl.with_namespace(namespace).map_err(fail)?;
        }
        if !version.is_empty() {
            purl.with_version(version).map_err(fail)?;
        }
        for (key, value) in qualifiers.iter().filter(|(_, value)| !value.is_empty()) {
            purl.add_qualifier(*key, *value).map_err(fail)?;
        }
        if let Some(subpath) = subpath.filter(|text| !text.is_empty()) {
            purl.with_subpath(subpath).map_err(fail)?;
        }
        Ok(Self(purl.to_string()))
    }

    /// The text, e.g. `pkg:deb/debian/bash@5.2.15-2+b7?arch=amd64&distro=debian-12`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parts, parsed anew.
    pub fn parse(&self) -> Result<PackageUrl<'_>, PurlError> {
        PackageUrl::from_str(&self.0).map_err(|error| PurlError(error.to_string()))
    }
}

impl FromStr for Purl {
    type Err = PurlError;

    /// Reads any spelling of a purl and keeps the canonical one.
    fn from_str(text: &str) -> Result<Self, PurlError> {
        PackageUrl::from_str(text)
            .map(|purl| Self(purl.to_string()))
            .map_err(|error| PurlError(format!("{error}: '{}'", text.chars().take(200).collect::<String>())))
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specification_s_examples() {
        // purl-spec, types-doc/deb-definition.md and npm-definition.md, section "Examples".
        let deb = Purl::build(
            "deb",
            Some("debian"),
            "curl",
            "7.50.3-1",
            &[("arch", "i386"), ("distro", "jessie")],
            None,
        );
        assert_eq!(deb.unwrap().as_str(), "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie");
        let npm = Purl::build("npm", Some("@angular"), "animation", "12.3.1", &[], None);
        assert_eq!(npm.unwrap().as_str(), "pkg:npm/%40angular/animation@12.3.1");
        assert!("npm/foo@1".parse::<Purl>().is_err());
    }
}
