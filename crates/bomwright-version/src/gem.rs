//! The order of `RubyGems`' `Gem::Version`: segments of digits and of letters, where letters mean a pre-release.

use std::cmp::Ordering;

use crate::scheme::Version;
use crate::syntax::{are_identifiers, compare_numbers, is_number, split_run};

/// The segments without the zeros that don't count: those at the end of the leading numbers and at the very end.
pub(crate) struct Gem<'a>(Vec<&'a str>);

impl<'a> Version<'a> for Gem<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
        is_well_formed(text).then(|| Self(segments(text)))
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        let places = self.0.len().max(other.0.len());
        let order = (0..places)
            .map(|place| compare_segments(self.segment(place), other.segment(place)))
            .find(|order| order.is_ne());
        Some(order.unwrap_or(Ordering::Equal))
    }
}

impl<'a> Gem<'a> {
    /// Past its end, a version goes on with zeros.
    fn segment(&self, place: usize) -> &'a str {
        self.0.get(place).copied().unwrap_or("0")
    }
}

/// Digits, then dotted letters and digits, then at most one `-` tail where hyphens are free.
fn is_well_formed(text: &str) -> bool {
    let (release, tail) = text.split_once('-').map_or((text, None), |(release, tail)| (release, Some(tail)));
    is_number(release.split('.').next().unwrap_or_default())
        && are_identifiers(release)
        && tail.is_none_or(are_identifiers)
}

/// Cuts at everything but ASCII letters and digits, and between the two; a hyphen counts as the segment `pre`.
fn segments(mut text: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    let mut only_numbers = true;
    while !text.is_empty() {
        let (digits, after_digits) = split_run(text, |c| c.is_ascii_digit());
        let (letters, after_letters) = split_run(text, |c| c.is_ascii_alphabetic());
        let (segment, rest) = match (digits, letters) {
            ("", "") => {
                let rest = text.get(1..).unwrap_or_default();
                if !text.starts_with('-') {
                    text = rest;
                    continue;
                }
                ("pre", rest)
            }
            ("", letters) => (letters, after_letters),
            (digits, _) => (digits, after_digits),
        };
        if only_numbers && !is_number(segment) {
            only_numbers = false;
            drop_zeros(&mut segments);
        }
        segments.push(segment);
        text = rest;
    }
    drop_zeros(&mut segments);
    segments
}

fn drop_zeros(segments: &mut Vec<&str>) {
    while segments.last().is_some_and(|segment| segment.bytes().all(|byte| byte == b'0')) {
        segments.pop();
    }
}

/// Letters sort before numbers.
fn compare_segments(left: &str, right: &str) -> Ordering {
    match (is_number(left), is_number(right)) {
        (true, true) => compare_numbers(left, right),
        (false, false) => left.cmp(right),
        (left, right) => left.cmp(&right),
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Less};

    use crate::Scheme::Gem;

    /// The example of the `Gem::Version` documentation, and its note on what a hyphen means.
    #[test]
    fn follows_the_documentation() {
        for pair in [
            "1.0.a 1.0.b1",
            "1.0.b1 1.0",
            "1.0.a.2 1.0.b",
            "1.0.b 1.0",
            "1.0 1.0.1",
            "1.0-rc1 1.0",
            "0.9 1.0.a10",
        ] {
            let (left, right) = pair.split_once(' ').unwrap();
            assert_eq!(Gem.compare(left, right), Some(Less), "{pair}");
        }
        assert_eq!(Gem.compare("1.0-1", "1.pre.1"), Some(Equal));
        assert_eq!(Gem.compare("1", "1.0.0"), Some(Equal));
    }
}
