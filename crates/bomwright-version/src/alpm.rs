//! pacman's order, vercmp(8): rpm's old algorithm, except that letters directly after a number make a version older.
//!
//! libalpm gives no consistent order to versions with leading, trailing or doubled separators (`1.0.` beats both
//! `1.0.a` and `1.0..a`, which beats `1.0.1`), so those aren't accepted here.

use std::cmp::Ordering;

use crate::scheme::Version;
use crate::syntax::{compare_numbers, is_number, is_visible_ascii, split_run};

/// `[epoch:]version[-release]`.
pub(crate) struct Alpm<'a> {
    epoch: &'a str,
    version: Vec<Segment<'a>>,
    release: Option<Vec<Segment<'a>>>,
}

/// A run of letters or of digits.
struct Segment<'a> {
    /// Is there a separator before it?
    separated: bool,
    text: &'a str,
}

impl<'a> Version<'a> for Alpm<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if !is_visible_ascii(text) {
            return None;
        }
        let (epoch, rest) = text.split_once(':').filter(|(epoch, _)| is_number(epoch)).unwrap_or(("", text));
        let (version, release) = match rest.rsplit_once('-') {
            Some((version, release)) => (version, Some(segments(release)?)),
            None => (rest, None),
        };
        Some(Self { epoch, version: segments(version)?, release })
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        let order = compare_numbers(self.epoch, other.epoch)
            .then_with(|| compare_segments(&self.version, &other.version));
        if order.is_ne() {
            return Some(order);
        }
        match (&self.release, &other.release) {
            (Some(left), Some(right)) => Some(compare_segments(left, right)),
            (None, None) => Some(Ordering::Equal),
            // libalpm calls these equal, and so makes 1.0-1 = 1.0 = 1.0-2.
            _ => None,
        }
    }
}

/// Cuts into segments; `None` unless there is exactly one separator, or none, between each two.
fn segments(mut text: &str) -> Option<Vec<Segment<'_>>> {
    let mut segments = Vec::new();
    while !text.is_empty() {
        let unseparated = if segments.is_empty() {
            text
        } else {
            text.strip_prefix(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text)
        };
        let (digits, after_digits) = split_run(unseparated, |c| c.is_ascii_digit());
        let (letters, after_letters) = split_run(unseparated, |c| c.is_ascii_alphabetic());
        let (run, rest) = if digits.is_empty() { (letters, after_letters) } else { (digits, after_digits) };
        if run.is_empty() {
            return None;
        }
        segments.push(Segment { separated: unseparated.len() != text.len(), text: run });
        text = rest;
    }
    (!segments.is_empty()).then_some(segments)
}

fn compare_segments(left: &[Segment<'_>], right: &[Segment<'_>]) -> Ordering {
    let (mut left, mut right) = (left.iter(), right.iter());
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (Some(segment), None) => segment.against_end(),
            (None, Some(segment)) => segment.against_end().reverse(),
            (Some(l), Some(r)) => l.compare(r),
        };
        if order.is_ne() {
            return order;
        }
    }
}

impl Segment<'_> {
    /// How a version with this further segment compares with one that ends here.
    fn against_end(&self) -> Ordering {
        if self.separated || is_number(self.text) { Ordering::Greater } else { Ordering::Less }
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.separated.cmp(&other.separated).then_with(|| {
            match (is_number(self.text), is_number(other.text)) {
                (true, true) => compare_numbers(self.text, other.text),
                (false, false) => self.text.cmp(other.text),
                (number, other_number) => number.cmp(&other_number),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Less};

    use crate::Scheme::Alpm;

    /// The two chains and the epoch example of vercmp(8).
    #[test]
    fn follows_the_manual() {
        for chain in [
            &["1.0a", "1.0b", "1.0beta", "1.0p", "1.0pre", "1.0rc", "1.0", "1.0.a", "1.0.1"][..],
            &["1", "1.0", "1.1", "1.1.1", "1.2", "2.0", "3.0.0"],
            &["1.0-1", "1.0-2", "2.0-1", "1:1.0-1"],
        ] {
            for pair in chain.windows(2) {
                assert_eq!(Alpm.compare(pair[0], pair[1]), Some(Less), "{pair:?}");
            }
        }
        assert_eq!(Alpm.compare("1.0-1", "01.0-1"), Some(Equal));
    }

    #[test]
    fn a_missing_release_is_not_guessed() {
        assert_eq!(Alpm.compare("1.0", "1.0-1"), None);
        assert_eq!(Alpm.compare("1.0", "1.1-1"), Some(Less));
    }
}
