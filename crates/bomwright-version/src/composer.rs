//! Composer's order: normalised as by `composer/semver`, then compared as by PHP's `version_compare`.
//!
//! Branches (`dev-main`) have no order; `1.x-dev`, a branch with a number, comes after every release of `1`.

use std::cmp::Ordering;

use crate::scheme::Version;
use crate::syntax::{is_number, split_digits};

/// The parts of a normalised version.
pub(crate) struct Composer(Vec<Part>);

#[derive(Clone, Copy)]
enum Part {
    Word(Stability),
    /// PHP stops counting at 64 bits.
    Number(i64),
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

/// Longer words before words that they start with.
const WORDS: [(&str, Stability); 8] = [
    ("alpha", Stability::Alpha),
    ("a", Stability::Alpha),
    ("beta", Stability::Beta),
    ("b", Stability::Beta),
    ("rc", Stability::ReleaseCandidate),
    ("patch", Stability::Patch),
    ("pl", Stability::Patch),
    ("p", Stability::Patch),
];
/// What may follow an `@`; it says what to install, not which version this is.
const FLAGS: [&str; 5] = ["stable", "rc", "beta", "alpha", "dev"];
/// What Composer makes of the `x` in `1.x-dev`.
const WILDCARD: Part = Part::Number(9_999_999);
/// Numbers of a version are padded to so many.
const NUMBERS: usize = 4;

impl Version<'_> for Composer {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        let is_flag = |flag: &str| FLAGS.iter().any(|known| known.eq_ignore_ascii_case(flag));
        let text =
            text.rsplit_once('@').filter(|(_, flag)| is_flag(flag)).map_or(text, |(version, _)| version);
        let is_build = |build: &str| !build.is_empty() && !build.contains(char::is_whitespace);
        let text =
            text.split_once('+').filter(|(_, build)| is_build(build)).map_or(text, |(version, _)| version);
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        numbered(text).or_else(|| dated(text)).or_else(|| branch(text)).map(Self)
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        let (mut left, mut right) = (self.0.iter(), other.0.iter());
        loop {
            let order = match (left.next(), right.next()) {
                (None, None) => return Some(Ordering::Equal),
                (Some(Part::Number(l)), Some(Part::Number(r))) => l.cmp(r),
                (l, r) => stability(l).cmp(&stability(r)),
            };
            if order.is_ne() {
                return Some(order);
            }
        }
    }
}

fn stability(part: Option<&Part>) -> Stability {
    match part {
        Some(Part::Word(word)) => *word,
        Some(Part::Number(_)) => Stability::Number,
        None => Stability::End,
    }
}

/// `1[.2[.3[.4]]]` and a modifier; the first number has at most five digits, or it would be a date.
fn numbered(text: &str) -> Option<Vec<Part>> {
    let (first, mut rest) = split_digits(text).filter(|(first, _)| first.len() <= 5)?;
    let mut parts = vec![number(first)];
    while let Some((digits, after)) =
        rest.strip_prefix('.').and_then(split_digits).filter(|_| parts.len() < NUMBERS)
    {
        parts.push(number(digits));
        rest = after;
    }
    parts.resize(NUMBERS, Part::Number(0));
    with_modifier(parts, rest)
}

/// `2010-01-02`: a year, one to six groups of two digits, perhaps one of up to three, and a modifier.
///
/// Separators are optional, so the groups are found as a regular expression would: the longest date that leaves a
/// modifier.
fn dated(text: &str) -> Option<Vec<Part>> {
    const SEPARATORS: [char; 3] = ['.', ':', '-'];
    let group = |text: &str, start: usize, length: usize| {
        let rest = text.get(start..)?;
        let digits =
            rest.strip_prefix(SEPARATORS).unwrap_or(rest).get(..length).filter(|digits| is_number(digits))?;
        Some(start + usize::from(rest.starts_with(SEPARATORS)) + digits.len())
    };
    text.get(..4).filter(|year| is_number(year))?;
    let ends: Vec<usize> =
        std::iter::successors(Some(4), |end| group(text, *end, 2)).skip(1).take(6).collect();
    ends.into_iter().rev().find_map(|end| {
        [3, 2, 1].into_iter().filter_map(|length| group(text, end, length)).chain([end]).find_map(|end| {
            let (date, rest) = text.split_at_checked(end)?;
            with_modifier(date.split(SEPARATORS).map(number).collect(), rest)
        })
    })
}

/// `1[.2[.3]].x-dev`.
fn branch(text: &str) -> Option<Vec<Part>> {
    let name = strip_dev(text)?.trim_ascii();
    let mut parts = Vec::new();
    for (place, group) in name.split('.').enumerate() {
        parts.push(match group {
            "x" | "X" | "*" if place > 0 => WILDCARD,
            digits if is_number(digits) && place < NUMBERS => number(digits),
            _ => return None,
        });
    }
    if parts.len() > NUMBERS {
        return None;
    }
    parts.resize(NUMBERS, WILDCARD);
    parts.push(Part::Word(Stability::Dev));
    Some(parts)
}

/// Adds what follows the numbers: a stability with its own numbers, and `-dev`.
fn with_modifier(mut parts: Vec<Part>, text: &str) -> Option<Vec<Part>> {
    let text = text.strip_prefix(['.', '_', '-']).unwrap_or(text);
    let after = |word: &str| {
        text.get(..word.len())
            .filter(|start| start.eq_ignore_ascii_case(word))
            .and_then(|_| text.get(word.len()..))
    };
    let mut modifier = Vec::new();
    let mut rest = text;
    let is_stable = text.starts_with("stable");
    if let Some(after_word) = after("stable").filter(|_| is_stable) {
        rest = after_word;
    } else if let Some((after_word, stability)) =
        WORDS.iter().find_map(|(word, stability)| Some((after(word)?, *stability)))
    {
        modifier.push(Part::Word(stability));
        rest = after_word;
    }
    while let Some((digits, after)) =
        split_digits(rest.strip_prefix(['.', '-']).unwrap_or(rest)).filter(|_| rest.len() < text.len())
    {
        modifier.push(number(digits));
        rest = after;
    }
    if let Some(before_dev) = strip_dev(rest) {
        modifier.push(Part::Word(Stability::Dev));
        rest = before_dev;
    }
    if !is_stable {
        parts.append(&mut modifier);
    }
    rest.is_empty().then_some(parts)
}

/// What stands before a final `dev` and the separator that it may have.
fn strip_dev(text: &str) -> Option<&str> {
    let (start, dev) = text.split_at_checked(text.len().checked_sub(3)?)?;
    dev.eq_ignore_ascii_case("dev").then(|| start.strip_suffix(['.', '-']).unwrap_or(start))
}

fn number(digits: &str) -> Part {
    Part::Number(digits.parse().unwrap_or(i64::MAX))
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
        for text in ["dev-main", "main", "1.0.0.0.0", "x.1-dev", "1.0-foo"] {
            assert!(!Composer.accepts(text), "{text}");
        }
    }
}
