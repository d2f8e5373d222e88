//! Pieces of syntax that several schemes share: digit runs of any length, and the identifiers of Semantic Versioning.

use std::cmp::Ordering;

/// Compares two runs of ASCII digits by value, whatever their length; an empty run is zero.
pub(crate) fn compare_numbers(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// A run of ASCII digits, ordered by value.
#[derive(Clone, Copy)]
pub(crate) struct Number<'a>(pub(crate) &'a str);

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_numbers(self.0, other.0)
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number<'_> {}

/// Splits off one or more ASCII digits.
pub(crate) fn split_digits(text: &str) -> Option<(&str, &str)> {
    Some(split_run(text, |c| c.is_ascii_digit())).filter(|(digits, _)| !digits.is_empty())
}

/// Is the text one or more ASCII digits and nothing else?
pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Is the text a number as Semantic Versioning writes it, without needless leading zeros?
pub(crate) fn is_plain_number(text: &str) -> bool {
    is_number(text) && (text == "0" || !text.starts_with('0'))
}

/// Is the text visible ASCII, and at least one character? No scheme uses more than that.
pub(crate) fn is_visible_ascii(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Splits off the longest start whose characters all fit.
pub(crate) fn split_run(text: &str, fits: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at_checked(text.find(|c| !fits(c)).unwrap_or(text.len())).unwrap_or((text, ""))
}

/// Are these dot-separated identifiers, each one or more of `[0-9A-Za-z-]`? (Semantic Versioning 2.0.0, 9 and 10)
pub(crate) fn are_identifiers(text: &str) -> bool {
    text.split('.')
        .all(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

/// Are these the identifiers of a pre-release, where numbers have no leading zeros? (Semantic Versioning 2.0.0, 9)
pub(crate) fn are_prerelease_identifiers(text: &str) -> bool {
    are_identifiers(text) && text.split('.').all(|id| !is_number(id) || is_plain_number(id))
}

/// Precedence of two pre-releases without their hyphen; empty means a normal release. (Semantic Versioning 2.0.0, 11)
pub(crate) fn compare_prereleases(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => compare_identifier_lists(left, right, compare_identifiers),
    }
}

/// Compares dot-separated lists item by item; the longer list wins when the shorter one is its start.
pub(crate) fn compare_identifier_lists(
    left: &str,
    right: &str,
    compare: impl Fn(&str, &str) -> Ordering,
) -> Ordering {
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(l), Some(r)) => match compare(l, r) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
        }
    }
}

/// Numbers by value and before words, words by ASCII. (Semantic Versioning 2.0.0, 11.4)
fn compare_identifiers(left: &str, right: &str) -> Ordering {
    match (is_number(left), is_number(right)) {
        (true, true) => compare_numbers(left, right),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => left.cmp(right),
    }
}
