//! node-semver's order in strict mode, with its bounds: 256 characters, three numbers up to 2^53 - 1.
//!
//! node-semver compares numeric pre-release identifiers as doubles, and calls two versions equal when two such
//! identifiers differ but round to one double. Then `1.0.0-A.1` = `1.0.0-B` = `1.0.0-A.2`, so there is no answer here.

use std::cmp::Ordering;

use crate::scheme::Version;
use crate::syntax::{
    are_identifiers, are_prerelease_identifiers, compare_prereleases, is_number, is_plain_number,
};

/// `[v]major.minor.patch[-prerelease][+build]`.
pub(crate) struct Npm<'a> {
    numbers: [u64; 3],
    prerelease: &'a str,
}

/// `MAX_LENGTH` of node-semver, in characters, before white space is trimmed.
const MAX_LENGTH: usize = 256;
/// `Number.MAX_SAFE_INTEGER` of ECMAScript.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

impl<'a> Version<'a> for Npm<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, build) = text.split_once('+').unwrap_or((text, "0"));
        let (numbers, prerelease) =
            text.split_once('-').map_or((text, None), |(numbers, pre)| (numbers, Some(pre)));
        if !are_identifiers(build) || !prerelease.is_none_or(are_prerelease_identifiers) {
            return None;
        }
        let mut parts = numbers.split('.').map(number);
        let numbers = [parts.next()??, parts.next()??, parts.next()??];
        parts.next().is_none().then_some(Self { numbers, prerelease: prerelease.unwrap_or_default() })
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        let order = self.numbers.cmp(&other.numbers);
        if order.is_ne() {
            return Some(order);
        }
        let mut identifiers = self.prerelease.split('.').zip(other.prerelease.split('.'));
        match identifiers.find(|(left, right)| left != right) {
            Some((left, right)) if is_number(left) && is_number(right) && round(left) == round(right) => None,
            _ => Some(compare_prereleases(self.prerelease, other.prerelease)),
        }
    }
}

fn number(text: &str) -> Option<u64> {
    if !is_plain_number(text) {
        return None;
    }
    text.parse().ok().filter(|number| *number <= MAX_SAFE_INTEGER)
}

/// The double that ECMAScript makes of a run of digits; `MAX_LENGTH` keeps it finite.
fn round(digits: &str) -> Option<f64> {
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Less};

    use crate::Scheme::Npm;

    #[test]
    fn takes_exactly_what_node_semver_takes() {
        for text in [
            "1.0",
            "01.0.0",
            "=1.0.0",
            "V1.0.0",
            "1.0.0-01",
            "1.0.0-",
            "1.0.0+",
            "1.0.0.0",
            "9007199254740992.0.0",
        ] {
            assert!(!Npm.accepts(text), "{text}");
        }
        for text in [" v1.2.3\n", "9007199254740991.0.0", "1.0.0--", "1.0.0-0a+01.-"] {
            assert!(Npm.accepts(text), "{text}");
        }
        assert_eq!(Npm.compare("1.0.0+a", "v1.0.0+b"), Some(Equal));
    }

    #[test]
    fn numbers_that_round_to_one_double_have_no_order() {
        assert_eq!(Npm.compare("1.0.0-9007199254740992", "1.0.0-9007199254740993"), None);
        assert_eq!(Npm.compare("1.0.0-20230101123456780", "1.0.0-20230101123456789"), Some(Less));
        assert_eq!(Npm.compare("1.0.0-9007199254740993.1", "1.0.0-9007199254740993.2"), Some(Less));
    }
}
