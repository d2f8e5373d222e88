//! Python's order, PEP 440, with the normalisations that it prescribes.
//!
//! Numbers have no bound: the crates for this stop at 64 bits, and a commit hash of digits in a local version is longer.

use std::cmp::Ordering;

use crate::scheme::Version;
use crate::syntax::{Number, are_identifiers, is_number, split_digits, split_run};

/// `[v][epoch!]release[pre][post][dev][+local]`, as the key that PEP 440 sorts by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pep440<'a> {
    epoch: Number<'a>,
    /// Without zeros at the end.
    release: Vec<Number<'a>>,
    pre: (Phase, Number<'a>),
    /// No post-release sorts first.
    post: Option<Number<'a>>,
    /// No development release sorts last, hence the flag.
    dev: (IsFinal, Number<'a>),
    /// No local version sorts first.
    local: Option<Vec<LocalSegment<'a>>>,
}

/// What kind of pre-release, in rising order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// A development release of the release itself, before all its pre-releases.
    Development,
    Alpha,
    Beta,
    Candidate,
    /// A release, or a post-release of one.
    Release,
}

type IsFinal = bool;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum LocalSegment<'a> {
    Text(String),
    Number(Number<'a>),
}

/// Longer words before words that they start with.
const PRE_RELEASES: [(&str, Phase); 8] = [
    ("alpha", Phase::Alpha),
    ("a", Phase::Alpha),
    ("beta", Phase::Beta),
    ("b", Phase::Beta),
    ("preview", Phase::Candidate),
    ("pre", Phase::Candidate),
    ("c", Phase::Candidate),
    ("rc", Phase::Candidate),
];
const POST_RELEASES: [(&str, ()); 3] = [("post", ()), ("rev", ()), ("r", ())];
const DEVELOPMENT_RELEASES: [(&str, ()); 1] = [("dev", ())];

impl<'a> Version<'a> for Pep440<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (text, local) = text.split_once('+').map_or((text, None), |(text, local)| (text, Some(local)));
        let (epoch, text) = text.split_once('!').unwrap_or(("0", text));
        let (release, rest) = release(text)?;
        let (pre, rest) = with_rest(suffix(rest, &PRE_RELEASES), rest);
        let (post, rest) = with_rest(post_release(rest), rest);
        let (dev, rest) = with_rest(suffix(rest, &DEVELOPMENT_RELEASES), rest);
        let local = match local {
            Some(local) => Some(local_segments(local)?),
            None => None,
        };
        let phase = if dev.is_some() && post.is_none() { Phase::Development } else { Phase::Release };
        let dev = dev.map_or((true, Number("0")), |((), number)| (false, number));
        (is_number(epoch) && rest.is_empty()).then(|| Self {
            epoch: Number(epoch),
            release,
            pre: pre.unwrap_or((phase, Number("0"))),
            post,
            dev,
            local,
        })
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Dotted numbers, and what follows them.
fn release(text: &str) -> Option<(Vec<Number<'_>>, &str)> {
    let (first, mut rest) = split_digits(text)?;
    let mut numbers = vec![Number(first)];
    while let Some((number, after)) = rest.strip_prefix('.').and_then(split_digits) {
        numbers.push(Number(number));
        rest = after;
    }
    while numbers.last().is_some_and(|number| *number == Number("0")) {
        numbers.pop();
    }
    Some((numbers, rest))
}

/// `-1`, or a word for a post-release.
fn post_release(text: &str) -> Option<(Number<'_>, &str)> {
    if let Some((number, rest)) = text.strip_prefix('-').and_then(split_digits) {
        return Some((Number(number), rest));
    }
    suffix(text, &POST_RELEASES).map(|(((), number), rest)| (number, rest))
}

/// A word in any case with its number, a separator allowed before both; no number means 0.
fn suffix<'a, T: Copy>(text: &'a str, words: &[(&str, T)]) -> Option<((T, Number<'a>), &'a str)> {
    let text = skip_separator(text);
    let starts_with =
        |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let (word, meaning) = words.iter().find(|(word, _)| starts_with(word))?;
    let rest = text.get(word.len()..)?;
    let (number, rest) = split_run(skip_separator(rest), |c| c.is_ascii_digit());
    Some(((*meaning, Number(number)), rest))
}

/// An optional part with what follows it, or nothing with the text as it was.
fn with_rest<'a, T>(part: Option<(T, &'a str)>, text: &'a str) -> (Option<T>, &'a str) {
    part.map_or((None, text), |(part, rest)| (Some(part), rest))
}

fn local_segments(text: &str) -> Option<Vec<LocalSegment<'_>>> {
    let segments = text.split(['.', '-', '_']).map(|segment| {
        if is_number(segment) {
            Some(LocalSegment::Number(Number(segment)))
        } else {
            are_identifiers(segment).then(|| LocalSegment::Text(segment.to_ascii_lowercase()))
        }
    });
    segments.collect()
}

fn skip_separator(text: &str) -> &str {
    text.strip_prefix(['.', '-', '_']).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Less};

    use crate::Scheme::Pep440;

    /// The example of PEP 440, "Summary of permitted suffixes and relative ordering", and its epoch example.
    #[test]
    fn follows_the_specification() {
        let rising = [
            "1.dev0",
            "1.0.dev456",
            "1.0a1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            "1.0rc1",
            "1.0",
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            "1.0.post456.dev34",
            "1.0.post456",
            "1.0.15",
            "1.1.dev1",
            "2014.04",
            "1!1.0",
        ];
        for pair in rising.windows(2) {
            assert_eq!(Pep440.compare(pair[0], pair[1]), Some(Less), "{pair:?}");
        }
        assert_eq!(Pep440.compare("v1.0-ALPHA_1", "1a1"), Some(Equal));
    }

    /// Normalisation never shortens a number, so neither may the order.
    #[test]
    fn numbers_have_no_bound() {
        assert_eq!(Pep440.compare("1.0+1844674407309551616", "1.0+18446744073709551616"), Some(Less));
        assert_eq!(Pep440.compare("18446744073709551616", "18446744073709551617"), Some(Less));
    }
}
