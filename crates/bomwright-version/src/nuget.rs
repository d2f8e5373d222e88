//! NuGet's order, the "Version range and package versioning" reference: Semantic Versioning with one to four numbers,
//! without regard to letter case.
//!
//! Like NuGet, a pre-release identifier counts as a number only if it fits 32 bits with sign, so `-5` does and
//! `99999999999` is a word.

use std::cmp::Ordering;

use crate::scheme::Version;
use crate::syntax::{are_identifiers, compare_identifier_lists, is_number};

/// `major[.minor[.patch[.revision]]][-prerelease][+metadata]`.
pub(crate) struct NuGet<'a> {
    numbers: [u32; 4],
    prerelease: Option<&'a str>,
}

impl<'a> Version<'a> for NuGet<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (text, metadata) = text.trim_ascii().split_once('+').unwrap_or((text.trim_ascii(), "0"));
        let (release, prerelease) =
            text.split_once('-').map_or((text, None), |(release, pre)| (release, Some(pre)));
        if !are_identifiers(metadata) || !prerelease.is_none_or(are_identifiers) {
            return None;
        }
        let mut numbers = [0; 4];
        let mut parts = release.split('.');
        for (slot, part) in numbers.iter_mut().zip(&mut parts) {
            *slot = number(part)?;
        }
        parts.next().is_none().then_some(Self { numbers, prerelease })
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        let order = self.numbers.cmp(&other.numbers);
        Some(order.then_with(|| match (self.prerelease, other.prerelease) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(left), Some(right)) => compare_identifier_lists(left, right, compare_identifiers),
        }))
    }
}

/// .NET's version numbers are 32 bits with sign.
fn number(text: &str) -> Option<u32> {
    if !is_number(text) {
        return None;
    }
    text.parse().ok().filter(|number| i32::try_from(*number).is_ok())
}

fn compare_identifiers(left: &str, right: &str) -> Ordering {
    match (left.parse::<i32>(), right.parse::<i32>()) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => {
            let upper = |text: &'_ str| text.to_ascii_uppercase();
            upper(left).cmp(&upper(right))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Less};

    use crate::Scheme::NuGet;

    /// From NuGet's reference: the pre-release chain, normalisation and the fourth number.
    #[test]
    fn follows_the_reference() {
        let rising = [
            "1.0.1-aaa",
            "1.0.1-alpha",
            "1.0.1-alpha.2",
            "1.0.1-alpha.10",
            "1.0.1-alpha10",
            "1.0.1-alpha2",
            "1.0.1-beta",
            "1.0.1-open",
            "1.0.1-rc",
            "1.0.1-zzz",
            "1.0.1",
            "1.0.1.1",
            "1.0.10",
        ];
        for pair in rising.windows(2) {
            assert_eq!(NuGet.compare(pair[0], pair[1]), Some(Less), "{pair:?}");
        }
        for pair in [
            "1.00 1.0",
            "1.01.1 1.1.1",
            "1.00.0.1 1.0.0.1",
            "1.0.0.0 1.0.0",
            "1.0.7+r3456 1.0.7",
            "1.0-RC 1.0.0-rc",
        ] {
            let (left, right) = pair.split_once(' ').unwrap();
            assert_eq!(NuGet.compare(left, right), Some(Equal), "{pair}");
        }
    }

    #[test]
    fn refuses_what_is_no_nuget_version() {
        for text in ["1.0.0.0.0", "v1.0", "1.", "2147483648", "1.0-", "1.0+", "1.0-a..b", "+1"] {
            assert!(!NuGet.accepts(text), "{text}");
        }
    }
}
