//! Package URLs (ECMA-427), built and read through the `packageurl` crate.

use std::borrow::Cow;
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
        Ok(Self(canonical(&purl)))
    }

    /// The text, e.g. `pkg:deb/debian/bash@5.2.15-2+b7?arch=amd64&distro=debian-12`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What names the package whatever its version and build: type, namespace, name and subpath. Names that their
    /// registry holds to be one are one (`PyPI`: PEP 503, section "Normalized Names").
    pub fn identity(&self) -> Cow<'_, str> {
        // In the canonical text these three signs are escaped wherever they separate nothing.
        let end = self.0.bytes().position(|it| matches!(it, b'@' | b'?' | b'#')).unwrap_or(self.0.len());
        let (name, rest) = self.0.split_at(end);
        let subpath = rest.find('#').and_then(|at| rest.get(at..)).unwrap_or_default();
        let odd = name.starts_with("pkg:pypi/") && name.contains(['.', '_']);
        if subpath.is_empty() && !odd {
            return Cow::Borrowed(name);
        }
        let mut identity = String::with_capacity(name.len() + subpath.len());
        for c in name.chars() {
            match c {
                '.' | '_' | '-' if odd => {
                    if !identity.ends_with('-') {
                        identity.push('-');
                    }
                }
                _ => identity.push(c),
            }
        }
        identity.push_str(subpath);
        Cow::Owned(identity)
    }

    /// The type, e.g. `deb`.
    pub fn kind(&self) -> &str {
        self.0.strip_prefix("pkg:").and_then(|rest| rest.split('/').next()).unwrap_or_default()
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
        Self::read(text).map(|(purl, _)| purl)
    }
}

impl Purl {
    /// Reads any spelling of a purl: the canonical one, and its parts.
    ///
    /// # Errors
    /// [`PurlError`] when it is none; long texts are cut in it.
    pub fn read(text: &str) -> Result<(Self, PackageUrl<'_>), PurlError> {
        let fail = |why: &str| PurlError(format!("{why}: '{}'", text.chars().take(200).collect::<String>()));
        let purl = PackageUrl::from_str(text).map_err(|error| fail(&error.to_string()))?;
        // The crate still takes a plus sign, which ECMA-427 no longer has among the characters of a type.
        if purl.ty().contains('+') {
            return Err(fail("invalid type"));
        }
        Ok((Self(canonical(&purl)), purl))
    }
}

/// The canonical text. The crate leaves a slash in a version as it is, and would then read what stands before it as
/// part of the namespace (ECMA-427, section "Version": it must be percent-encoded).
fn canonical(purl: &PackageUrl<'_>) -> String {
    let text = purl.to_string();
    if !purl.version().is_some_and(|version| version.contains('/')) {
        return text;
    }
    // An at sign that separates nothing is escaped.
    let Some((before, rest)) = text.split_once('@') else { return text };
    let (version, after) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    format!("{before}@{}{after}", version.replace('/', "%2F"))
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
    fn identity_leaves_out_what_may_change() {
        let identity = |text: &str| text.parse::<Purl>().unwrap().identity().into_owned();
        assert_eq!(identity("pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie"), "pkg:deb/debian/curl");
        assert_eq!(identity("pkg:npm/%40angular/animation@12.3.1"), "pkg:npm/%40angular/animation");
        assert_eq!(identity("pkg:golang/a.example/b/c@v1#d/e"), "pkg:golang/a.example/b/c#d/e");
        assert_eq!(identity("pkg:pypi/Flask_Login@1"), identity("pkg:pypi/flask-login@2"));
        assert_eq!(identity("pkg:pypi/zope.interface@1"), "pkg:pypi/zope-interface");
        assert_eq!(identity("pkg:npm/a.b_c"), "pkg:npm/a.b_c");
    }

    #[test]
    fn a_slash_in_a_version_separates_nothing() {
        let text = "pkg:npm/%40a/b@1%2F2?arch=c%2Fd#e/f";
        let (purl, parts) = Purl::read(text).unwrap();
        assert_eq!((parts.namespace(), parts.name(), parts.version()), (Some("@a"), "b", Some("1/2")));
        assert_eq!(purl.as_str().parse::<Purl>().as_ref(), Ok(&purl));
        let again = purl.parse().unwrap();
        assert_eq!((again.name(), again.version(), again.subpath()), ("b", Some("1/2"), Some("e/f")));
        let built = Purl::build("oci", None, "a", "sha256:1/2", &[("k", "x/y")], None).unwrap();
        assert_eq!(built.parse().unwrap().version(), Some("sha256:1/2"));
    }

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
        assert!("pkg:n+m/foo@1".parse::<Purl>().is_err());
    }
}
