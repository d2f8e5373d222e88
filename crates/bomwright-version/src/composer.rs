//! Composer's order: normalised as by `composer/semver`, then compared as by PHP's `version_compare`.
//!
//! Branches (`dev-main`) have no order; `1.x-dev`, a branch with a number, comes after every release of `1`. Numbers
//! compare by value at any length, where PHP stops counting at 64 bits.

use std::cmp::Ordering;

use crate::scheme::Version;
use crate::syntax::{compare_numbers, is_number, split_digits, split_run};

/// The parts of a normalised version.
pub(crate) struct Composer<'a>(Vec<Part<'a>>);

#[derive(Clone, Copy)]
enum Part<'a> {
    Word(Stability),
    Number(&'a str),
}

/// In rising order. The end of a version, and any number, sort between `ReleaseCandidate` and `Patch`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stability {
    Dev,
    Alpha,
    Beta,
    ReleaseCandidate,
    End,
    Number,
    Patch,
}

/// What Composer makes of the `x` in `1.x-dev`.
const WILDCARD: &str = "9999999";
/// Numbers of a version are padded to so many.
const NUMBERS: usize = 4;

impl<'a> Version<'a> for Composer<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_ascii();
        let text = match text.split_once('+') {
            Some((version, metadata)) => (!metadata.is_empty()
                && !metadata.contains(|c: char| c.is_ascii_whitespace()))
            .then_some(version)?,
            None => text,
        };
        numbered(text).or_else(|| branch(text)).or_else(|| dated(text)).map(Self)
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        let (mut left, mut right) = (self.0.iter(), other.0.iter());
        loop {
            let order = match (left.next(), right.next()) {
                (None, None) => return Some(Ordering::Equal),
                (Some(Part::Number(l)), Some(Part::Number(r))) => compare_numbers(l, r),
                (l, r) => stability(l).cmp(&stability(r)),
            };
            if order.is_ne() {
                return Some(order);
            }
        }
    }
}

fn stability(part: Option<&Part<'_>>) -> Stability {
    match part {
        Some(Part::Word(word)) => *word,
        Some(Part::Number(_)) => Stability::Number,
        None => Stability::End,
    }
}

/// `[v]1[.2[.3[.4]]]` and a stability; the first number has at most five digits, or it would be a date.
fn numbered(text: &str) -> Option<Vec<Part<'_>>> {
    let (first, mut rest) = split_digits(strip_v(text)).filter(|(first, _)| first.len() <= 5)?;
    let mut parts = vec![Part::Number(first)];
    while let Some((number, after)) =
        rest.strip_prefix('.').and_then(split_digits).filter(|_| parts.len() < NUMBERS)
    {
        parts.push(Part::Number(number));
        rest = after;
    }
    parts.resize(NUMBERS, Part::Number("0"));
    with_modifier(parts, rest)
}

/// `[v]1[.2[.3]].x-dev`.
fn branch(text: &str) -> Option<Vec<Part<'_>>> {
    let start = text.len().checked_sub(3)?;
    let (name, dev) = text.split_at_checked(start)?;
    let name = strip_v(name.strip_suffix(['.', '-']).unwrap_or(name));
    let mut parts = Vec::new();
    for (place, number) in name.split('.').enumerate() {
        parts.push(match number {
            "x" | "X" | "*" if place > 0 => Part::Number(WILDCARD),
            number => Part::Number(is_number(number).then_some(number)?),
        });
    }
    if parts.len() > NUMBERS || !dev.eq_ignore_ascii_case("dev") {
        return None;
    }
    parts.resize(NUMBERS, Part::Number(WILDCARD));
    parts.push(Part::Word(Stability::Dev));
    Some(parts)
}

/// A date and perhaps a time, `20100102`, `2010-01-02` or `2010.01.02.1`, and a stability.
fn dated(text: &str) -> Option<Vec<Part<'_>>> {
    let (first, mut rest) = split_digits(strip_v(text))
        .filter(|(first, _)| first.len() == 4 || (6..=22).contains(&first.len()))?;
    let mut parts = vec![Part::Number(first)];
    while let Some((number, after)) = rest.strip_prefix(['.', ':', '-']).and_then(split_digits) {
        if number.len() > 3 || parts.len() > 8 {
            return None;
        }
        parts.push(Part::Number(number));
        rest = after;
    }
    with_modifier(parts, rest)
}

/// Adds what follows the numbers: a stability with its own numbers, and `-dev`.
fn with_modifier<'a>(mut parts: Vec<Part<'a>>, text: &'a str) -> Option<Vec<Part<'a>>> {
    let (word, after_word) =
        split_run(text.strip_prefix(['.', '_', '-']).unwrap_or(text), |c| c.is_ascii_alphabetic());
    let mut rest = text;
    let stability = match word.to_ascii_lowercase().as_str() {
        "alpha" | "a" => Some(Stability::Alpha),
        "beta" | "b" => Some(Stability::Beta),
        "rc" => Some(Stability::ReleaseCandidate),
        "patch" | "pl" | "p" => Some(Stability::Patch),
        "stable" => return after_word.is_empty().then_some(parts),
        _ => None,
    };
    if let Some(stability) = stability {
        parts.push(Part::Word(stability));
        rest = after_word;
        while let Some((number, after)) = split_digits(rest.strip_prefix(['.', '-']).unwrap_or(rest)) {
            parts.push(Part::Number(number));
            rest = after;
        }
    }
    let dev = rest.strip_prefix(['.', '-']).unwrap_or(rest);
    if dev.eq_ignore_ascii_case("dev") {
        parts.push(Part::Word(Stability::Dev));
        rest = "";
    }
    rest.is_empty().then_some(parts)
}

fn strip_v(text: &str) -> &str {
    text.strip_prefix(['v', 'V']).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Less};

    use crate::Scheme::Composer;

    /// PHP's manual on `version_compare` states the order of words; Composer's documentation states the rest.
    #[test]
    fn follows_the_documentation() {
        let rising = [
            "1.0-dev",
            "1.0.0-alpha1",
            "1.0.0-a2",
            "1.0.0-beta1-dev",
            "1.0.0-beta1",
            "1.0.0-RC1",
            "1.0.0",
            "1.0.0-p1",
            "1.0.1",
            "1.x-dev",
            "2.0.0-dev",
        ];
        for pair in rising.windows(2) {
            assert_eq!(Composer.compare(pair[0], pair[1]), Some(Less), "{pair:?}");
        }
        for pair in [
            "v1.0 1.0.0.0",
            "1.0.0-stable 1.0.0",
            "1.0.0+build 1.0.0",
            "1.0b1 1.0.0-beta.1",
            "1.0.0RC1dev 1.0.0-RC1-dev",
            "1.x-dev 1.x.x.x-dev",
        ] {
            let (left, right) = pair.split_once(' ').unwrap();
            assert_eq!(Composer.compare(left, right), Some(Equal), "{pair}");
        }
        assert_eq!(Composer.compare("20100102", "20100103"), Some(Less));
        assert_eq!(Composer.compare("2010-01-02", "2010-01-02.5"), Some(Less));
    }

    #[test]
    fn a_branch_has_no_order() {
        for text in ["dev-main", "main", "1.0.0.0.0", "x.1-dev", "1.0-foo", "1.0 -dev"] {
            assert!(!Composer.accepts(text), "{text}");
        }
    }
}
