//! Semantic Versioning 2.0.0 by the `semver` crate, in two orders: with and without build metadata.
//!
//! A leading `v` is allowed, because tags carry one and the specification itself suggests to drop it.

use std::cmp::Ordering;

use crate::scheme::Version;

/// The order of the specification, where build metadata doesn't count.
pub(crate) struct Semver(semver::Version);

/// Dart's order, where it does.
pub(crate) struct Pub(semver::Version);

impl Version<'_> for Semver {
    fn parse(text: &str) -> Option<Self> {
        parse(text).map(Self)
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        Some(self.0.cmp_precedence(&other.0))
    }
}

impl Version<'_> for Pub {
    fn parse(text: &str) -> Option<Self> {
        parse(text).map(Self)
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        Some(self.0.cmp(&other.0))
    }
}

fn parse(text: &str) -> Option<semver::Version> {
    semver::Version::parse(text.strip_prefix('v').unwrap_or(text)).ok()
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Less};

    use crate::Scheme::{Pub, Semver};

    /// The chain of Semantic Versioning 2.0.0, 11.4.
    #[test]
    fn follows_the_specification() {
        let rising = ["alpha", "alpha.1", "alpha.beta", "beta", "beta.2", "beta.11", "rc.1"];
        for pair in rising.windows(2) {
            let (left, right) = (format!("1.0.0-{}", pair[0]), format!("v1.0.0-{}", pair[1]));
            assert_eq!(Semver.compare(&left, &right), Some(Less), "{pair:?}");
        }
        assert_eq!(Semver.compare("1.0.0-rc.1", "1.0.0"), Some(Less));
    }

    #[test]
    fn build_metadata_counts_for_pub_only() {
        assert_eq!(Semver.compare("1.0.0+1", "1.0.0+2"), Some(Equal));
        assert_eq!(Pub.compare("1.0.0+1", "1.0.0+2"), Some(Less));
    }
}
