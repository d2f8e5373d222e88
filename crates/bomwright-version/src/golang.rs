//! Go's two orders: module versions as in the Go Modules Reference, and toolchain versions as in `go/version`.
//!
//! A pseudo-version (`v0.0.0-20240102150405-abcdef123456`) is a pre-release with a time stamp first, and
//! `+incompatible` is build metadata, so the order of Semantic Versioning is right for both. SBOM generators drop the
//! `v` now and then, so it is optional here. Toolchain versions (`go1.21rc2`) are recognised by their prefix; module and
//! toolchain versions have no order between them.

use std::cmp::Ordering;

use crate::scheme::Version;
use crate::syntax::{
    are_identifiers, are_prerelease_identifiers, compare_numbers, compare_prereleases, is_plain_number,
    split_run,
};

/// A version of a module or of the toolchain.
pub(crate) enum Go<'a> {
    Module { numbers: [&'a str; 3], prerelease: &'a str },
    Toolchain(Toolchain<'a>),
}

/// `gomajor[.minor[.patch|kind[number]]]`; the kind is any word, as in `go/version`.
pub(crate) struct Toolchain<'a> {
    major: &'a str,
    minor: &'a str,
    /// Missing for a language version such as `go1.21`, which sorts before its pre-releases since Go 1.21.
    patch: Option<&'a str>,
    /// `beta` or `rc`, and its number; none sorts before 0.
    prerelease: (&'a str, &'a str),
}

impl<'a> Version<'a> for Go<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        match text.strip_prefix("go") {
            Some(version) => toolchain(version).map(Self::Toolchain),
            None => module(text.strip_prefix('v').unwrap_or(text)),
        }
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (
                Self::Module { numbers: left, prerelease: left_pre },
                Self::Module { numbers: right, prerelease: right_pre },
            ) => {
                let numbers = left.iter().zip(right).map(|(l, r)| compare_numbers(l, r));
                let order = numbers.fold(Ordering::Equal, Ordering::then);
                Some(order.then_with(|| compare_prereleases(left_pre, right_pre)))
            }
            (Self::Toolchain(left), Self::Toolchain(right)) => Some(left.compare(right)),
            _ => None,
        }
    }
}

/// `1`, `1.2`, or `1.2.3` with an optional pre-release and build.
fn module(text: &str) -> Option<Go<'_>> {
    let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    let (text, prerelease) = text.split_once('-').map_or((text, None), |(text, pre)| (text, Some(pre)));
    let mut parts = text.split('.');
    let numbers = [parts.next()?, parts.next().unwrap_or("0"), parts.next().unwrap_or("0")];
    let is_short = text.split('.').count() < numbers.len();
    let well_formed = parts.next().is_none()
        && numbers.iter().all(|number| is_plain_number(number))
        && prerelease.is_none_or(are_prerelease_identifiers)
        && build.is_none_or(are_identifiers)
        && !(is_short && (prerelease.is_some() || build.is_some()));
    well_formed.then_some(Go::Module { numbers, prerelease: prerelease.unwrap_or_default() })
}

/// What follows a hyphen is a vendor's mark that doesn't count (`go1.21.3-bigcorp`).
fn toolchain(text: &str) -> Option<Toolchain<'_>> {
    let text = text.split_once('-').map_or(text, |(version, _)| version);
    let (major, rest) = plain_number(text)?;
    let (minor, rest) = match rest.strip_prefix('.') {
        Some(rest) => plain_number(rest)?,
        None => {
            return rest.is_empty().then_some(Toolchain {
                major,
                minor: "0",
                patch: Some("0"),
                prerelease: ("", ""),
            });
        }
    };
    if let Some(rest) = rest.strip_prefix('.') {
        let (patch, rest) = plain_number(rest)?;
        return rest.is_empty().then_some(Toolchain {
            major,
            minor,
            patch: Some(patch),
            prerelease: ("", ""),
        });
    }
    if rest.is_empty() {
        // Until Go 1.20 the first release of a language version had no patch number.
        let patch = compare_numbers(minor, "21").is_lt().then_some("0");
        return Some(Toolchain { major, minor, patch, prerelease: ("", "") });
    }
    let (kind, number) = split_run(rest, |c| c.is_ascii_lowercase());
    let well_formed = !kind.is_empty() && (number.is_empty() || is_plain_number(number));
    well_formed.then_some(Toolchain { major, minor, patch: None, prerelease: (kind, number) })
}

fn plain_number(text: &str) -> Option<(&str, &str)> {
    Some(split_run(text, |c| c.is_ascii_digit())).filter(|(digits, _)| is_plain_number(digits))
}

impl Toolchain<'_> {
    fn compare(&self, other: &Self) -> Ordering {
        let patch = match (self.patch, other.patch) {
            (Some(left), Some(right)) => compare_numbers(left, right),
            (left, right) => left.is_some().cmp(&right.is_some()),
        };
        compare_numbers(self.major, other.major)
            .then_with(|| compare_numbers(self.minor, other.minor))
            .then(patch)
            .then_with(|| self.prerelease.0.cmp(other.prerelease.0))
            .then_with(|| other.prerelease.1.is_empty().cmp(&self.prerelease.1.is_empty()))
            .then_with(|| compare_numbers(self.prerelease.1, other.prerelease.1))
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Less};

    use crate::Scheme::Go;

    /// The three forms of pseudo-versions in the Go Modules Reference, around the releases that they stand between.
    #[test]
    fn pseudo_versions_sort_between_releases() {
        let rising = [
            "v0.0.0-20191109021931-daa7c04131f5",
            "v0.0.0-20200101000000-aaaaaaaaaaaa",
            "v1.2.3-pre",
            "v1.2.3-pre.0.20191109021931-daa7c04131f5",
            "v1.2.3",
            "v1.2.4-0.20191109021931-daa7c04131f5",
            "v1.2.4-0.20200109021931-aaaaaaaaaaaa",
            "v1.2.4",
            "v2.0.0+incompatible",
        ];
        for pair in rising.windows(2) {
            assert_eq!(Go.compare(pair[0], pair[1]), Some(Less), "{pair:?}");
        }
        assert_eq!(Go.compare("2.0.0", "v2.0.0+incompatible"), Some(Equal));
    }

    /// The example in the Go Toolchains page: 1.21 < 1.21rc1 < 1.21rc2 < 1.21.0 < 1.21.1.
    #[test]
    fn toolchain_versions_have_their_own_order() {
        for pair in [
            "go1.20rc1 go1.20",
            "go1.20 go1.21",
            "go1.21 go1.21rc1",
            "go1.21rc1 go1.21rc2",
            "go1.21rc2 go1.21.0",
            "go1.21.0 go1.21.10",
        ] {
            let (left, right) = pair.split_once(' ').unwrap();
            assert_eq!(Go.compare(left, right), Some(Less), "{pair}");
        }
        assert_eq!(Go.compare("go1.21.0", "v1.21.0"), None);
        assert!(!Go.accepts("(devel)"));
    }
}
