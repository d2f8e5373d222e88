//! The list of schemes, and the way from a scheme to the file that knows its rules.

use std::cmp::Ordering;
use std::fmt;

use crate::{alpm, apk, composer, deb, gem, generic, golang, maven, npm, nuget, pep440, rpm, semver};

/// Whose rules a version string follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// dpkg: `[epoch:]upstream[-revision]`, deb-version(7).
    Deb,
    /// RPM: `[epoch:]version[-release]`, rpm-version(7).
    Rpm,
    /// apk-tools 3: `1.2.3b_rc1_p2~hash-r4`.
    Apk,
    /// pacman: `[epoch:]version[-release]`, vercmp(8).
    Alpm,
    /// Semantic Versioning 2.0.0; build metadata doesn't count. Cargo, Hex, Swift.
    Semver,
    /// node-semver in strict mode, with its bounds on numbers and length.
    Npm,
    /// Dart's `pub`: Semantic Versioning, but build metadata counts.
    Pub,
    /// Python: PEP 440.
    Pep440,
    /// Maven 3.8.7 and later: `ComparableVersion`.
    Maven,
    /// `RubyGems`: `Gem::Version`.
    Gem,
    /// NuGet: Semantic Versioning with a fourth number, letter case ignored.
    NuGet,
    /// Composer: normalised, then ordered like PHP's `version_compare`.
    Composer,
    /// Go module versions (pseudo-versions and `+incompatible` too) and toolchain versions such as `go1.21rc2`.
    Go,
    /// No owner: natural order, with the usual words for pre-releases.
    Generic,
}

/// Why two strings can't be ordered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VersionError {
    /// One of the strings isn't a version of the scheme; the first such string is named.
    #[error("{text:?} is no {scheme} version")]
    NotAVersion {
        /// The scheme that was asked.
        scheme: Scheme,
        /// The string as it came in.
        text: String,
    },
    /// Both are versions, but the scheme's owner contradicts itself over this pair.
    #[error("{scheme} has no consistent order for {left:?} and {right:?}")]
    Unordered {
        /// The scheme that was asked.
        scheme: Scheme,
        /// The left string as it came in.
        left: String,
        /// The right string as it came in.
        right: String,
    },
}

/// What each scheme's file provides: a parsed version that may borrow from its text.
pub(crate) trait Version<'a>: Sized {
    /// Reads a version; `None` when the text isn't one.
    fn parse(text: &'a str) -> Option<Self>;

    /// Orders two versions; `None` when the scheme's owner contradicts itself over them.
    fn order(&self, other: &Self) -> Option<Ordering>;
}

impl Scheme {
    /// Every scheme, in the order of declaration.
    pub const ALL: &[Self] = &[
        Self::Deb,
        Self::Rpm,
        Self::Apk,
        Self::Alpm,
        Self::Semver,
        Self::Npm,
        Self::Pub,
        Self::Pep440,
        Self::Maven,
        Self::Gem,
        Self::NuGet,
        Self::Composer,
        Self::Go,
        Self::Generic,
    ];

    /// The scheme's name in documents and on the command line: lower case, stable.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deb => "deb",
            Self::Rpm => "rpm",
            Self::Apk => "apk",
            Self::Alpm => "alpm",
            Self::Semver => "semver",
            Self::Npm => "npm",
            Self::Pub => "pub",
            Self::Pep440 => "pep440",
            Self::Maven => "maven",
            Self::Gem => "gem",
            Self::NuGet => "nuget",
            Self::Composer => "composer",
            Self::Go => "go",
            Self::Generic => "generic",
        }
    }

    /// The scheme with this [`name`](Self::name); exact match.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scheme| scheme.name() == name)
    }

    /// The scheme that packages of a package-URL type follow.
    ///
    /// `None` for types whose versions have no order of their own (`docker`, `git` hosts) or an order that is not
    /// implemented here. `purl_type` is expected in its canonical lower case.
    pub fn for_purl_type(purl_type: &str) -> Option<Self> {
        Some(match purl_type {
            "deb" | "opkg" => Self::Deb,
            "rpm" => Self::Rpm,
            "apk" => Self::Apk,
            "alpm" => Self::Alpm,
            "cargo" | "hex" | "swift" => Self::Semver,
            "npm" => Self::Npm,
            "pub" => Self::Pub,
            "pypi" => Self::Pep440,
            "maven" | "clojars" => Self::Maven,
            "gem" => Self::Gem,
            "nuget" => Self::NuGet,
            "composer" => Self::Composer,
            "golang" => Self::Go,
            "generic" => Self::Generic,
            _ => return None,
        })
    }

    /// Is `text` a version of this scheme?
    pub fn accepts(self, text: &str) -> bool {
        // A version always has an order with itself, so only a bad string can stop this.
        self.compare(text, text).is_some()
    }

    /// Orders `left` against `right`, or `None` when that would be a guess.
    ///
    /// [`try_compare`](Self::try_compare) also says why.
    pub fn compare(self, left: &str, right: &str) -> Option<Ordering> {
        self.try_compare(left, right).ok()
    }

    /// Orders `left` against `right`.
    ///
    /// # Errors
    /// [`VersionError::NotAVersion`] names the string that isn't a version of this scheme;
    /// [`VersionError::Unordered`] when the scheme's owner has no consistent order for the two.
    pub fn try_compare(self, left: &str, right: &str) -> Result<Ordering, VersionError> {
        match self {
            Self::Deb => self.compare_as::<deb::Deb<'_>>(left, right),
            Self::Rpm => self.compare_as::<rpm::Rpm<'_>>(left, right),
            Self::Apk => self.compare_as::<apk::Apk<'_>>(left, right),
            Self::Alpm => self.compare_as::<alpm::Alpm<'_>>(left, right),
            Self::Semver => self.compare_as::<semver::Semver>(left, right),
            Self::Npm => self.compare_as::<npm::Npm<'_>>(left, right),
            Self::Pub => self.compare_as::<semver::Pub>(left, right),
            Self::Pep440 => self.compare_as::<pep440::Pep440<'_>>(left, right),
            Self::Maven => self.compare_as::<maven::Maven>(left, right),
            Self::Gem => self.compare_as::<gem::Gem<'_>>(left, right),
            Self::NuGet => self.compare_as::<nuget::NuGet<'_>>(left, right),
            Self::Composer => self.compare_as::<composer::Composer>(left, right),
            Self::Go => self.compare_as::<golang::Go<'_>>(left, right),
            Self::Generic => self.compare_as::<generic::Generic<'_>>(left, right),
        }
    }

    fn compare_as<'a, V: Version<'a>>(self, left: &'a str, right: &'a str) -> Result<Ordering, VersionError> {
        let parse = |text: &'a str| {
            V::parse(text).ok_or_else(|| VersionError::NotAVersion { scheme: self, text: text.to_owned() })
        };
        let unordered =
            || VersionError::Unordered { scheme: self, left: left.to_owned(), right: right.to_owned() };
        parse(left)?.order(&parse(right)?).ok_or_else(unordered)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        for &scheme in Scheme::ALL {
            assert_eq!(Scheme::from_name(scheme.name()), Some(scheme));
        }
        assert_eq!(Scheme::from_name("Deb"), None);
    }

    #[test]
    fn nothing_is_a_version_when_there_is_no_text() {
        for &scheme in Scheme::ALL {
            for text in ["", " ", "\n"] {
                assert!(!scheme.accepts(text), "{scheme} accepts {text:?}");
            }
        }
    }

    #[test]
    fn the_error_names_the_bad_string() {
        let error = Scheme::Npm.try_compare("1.0.0", "1.0").unwrap_err();
        assert_eq!(error.to_string(), "\"1.0\" is no npm version");
        let error = Scheme::Npm.try_compare("x", "1.0").unwrap_err();
        assert_eq!(error, VersionError::NotAVersion { scheme: Scheme::Npm, text: "x".to_owned() });
    }

    #[test]
    fn a_purl_type_without_an_order_has_no_scheme() {
        assert_eq!(Scheme::for_purl_type("golang"), Some(Scheme::Go));
        assert_eq!(Scheme::for_purl_type("docker"), None);
    }
}
