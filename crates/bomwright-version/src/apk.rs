//! The order of apk-tools 3: `digits{.digits}[letter]{_suffix[digits]}[~hash][-rdigits]`.
//!
//! Both strings are cut into tokens. Tokens of one kind compare by value; where the kinds differ, the kind that may
//! come earlier in a version wins, except that a pre-release suffix loses against everything.

use std::cmp::Ordering;

use crate::scheme::Version;
use crate::syntax::{compare_numbers, split_digits, split_run};

/// The tokens of a version.
pub(crate) struct Apk<'a>(Vec<Token<'a>>);

#[derive(Clone, Copy)]
enum Token<'a> {
    First(&'a str),
    Number(&'a str),
    Letter(char),
    /// Index into [`SUFFIXES`].
    Suffix(usize),
    SuffixNumber(&'a str),
    Hash(&'a str),
    Revision(&'a str),
}

/// In rising order.
const SUFFIXES: [&str; 9] = ["alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"];
/// So many of [`SUFFIXES`], from the start, mark a pre-release.
const PRE_SUFFIXES: usize = 4;
/// Where the end of a version ranks among [`Token::rank`].
const END: u8 = 1;

impl<'a> Version<'a> for Apk<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (first, mut rest) = split_digits(text)?;
        let mut tokens = vec![Token::First(first)];
        while let Some(after) = rest.strip_prefix('.') {
            let (number, after) = split_digits(after)?;
            tokens.push(Token::Number(number));
            rest = after;
        }
        if let Some(after) = rest.strip_prefix(|c: char| c.is_ascii_lowercase()) {
            tokens.extend(rest.chars().next().map(Token::Letter));
            rest = after;
        }
        while let Some(after) = rest.strip_prefix('_') {
            let (word, after) = split_run(after, |c| c.is_ascii_lowercase());
            tokens.push(Token::Suffix(SUFFIXES.iter().position(|suffix| *suffix == word)?));
            rest = after;
            if let Some((number, after)) = split_digits(rest) {
                tokens.push(Token::SuffixNumber(number));
                rest = after;
            }
        }
        if let Some(after) = rest.strip_prefix('~') {
            let (hash, after) = split_run(after, |c| c.is_ascii_hexdigit());
            tokens.push((!hash.is_empty()).then_some(Token::Hash(hash))?);
            rest = after;
        }
        if let Some(after) = rest.strip_prefix("-r") {
            let (number, after) = split_digits(after)?;
            tokens.push(Token::Revision(number));
            rest = after;
        }
        rest.is_empty().then_some(Self(tokens))
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        let (mut left, mut right) = (self.0.iter(), other.0.iter());
        loop {
            let (left, right) = (left.next(), right.next());
            let order = match (left, right) {
                (None, None) => return Some(Ordering::Equal),
                (Some(l), Some(r)) if l.rank() == r.rank() => l.compare_value(r),
                _ => left.map_or(END, Token::rank).cmp(&right.map_or(END, Token::rank)),
            };
            if order.is_ne() {
                return Some(order);
            }
        }
    }
}

impl Token<'_> {
    /// Which of two tokens at the same place wins, before their values count.
    fn rank(&self) -> u8 {
        match self {
            Token::Suffix(index) if *index < PRE_SUFFIXES => 0,
            Token::Revision(_) => END + 1,
            Token::Hash(_) => END + 2,
            Token::SuffixNumber(_) => END + 3,
            Token::Suffix(_) => END + 4,
            Token::Letter(_) => END + 5,
            Token::Number(_) => END + 6,
            Token::First(_) => END + 7,
        }
    }

    fn compare_value(&self, other: &Self) -> Ordering {
        match (self, other) {
            // A leading zero makes it a fraction: `1.05` is older than `1.1`.
            (Token::Number(l), Token::Number(r)) if l.starts_with('0') || r.starts_with('0') => l.cmp(r),
            (Token::Hash(l), Token::Hash(r)) => l.cmp(r),
            (Token::Letter(l), Token::Letter(r)) => l.cmp(r),
            (Token::Suffix(l), Token::Suffix(r)) => l.cmp(r),
            (
                Token::First(l) | Token::Number(l) | Token::SuffixNumber(l) | Token::Revision(l),
                Token::First(r) | Token::Number(r) | Token::SuffixNumber(r) | Token::Revision(r),
            ) => compare_numbers(l, r),
            // Tokens of different kinds: the caller compares ranks first, so this only keeps the order total.
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Less};

    use crate::Scheme::Apk;

    /// Facts that the test data of apk-tools (`test/version.data`) states, as rising chains.
    #[test]
    fn agrees_with_facts_from_apk_tools() {
        for chain in [
            &["0.1.0_alpha_pre2", "0.1.0_alpha", "0.1.0_alpha2", "0.1.3_alpha", "2.2.39-r1"][..],
            &["1.0_p9-r0", "1.0_p10-r0"],
            &["6.0_pre1", "6.0", "6.0_p1"],
            &["1.3_pre1-r1", "1.3-r0", "1.3.1-r0"],
            &["0.8.5", "1.0", "1.06-r6", "006"],
            &["2.5.1-r8", "2.5.1a-r1"],
            &["1.02.07", "1.02.10-r1"],
            &["8.2.0015", "8.2.002"],
            &["4.5_p1", "4.5_p1-r1"],
            &["20060720", "20061003"],
        ] {
            for pair in chain.windows(2) {
                assert_eq!(Apk.compare(pair[0], pair[1]), Some(Less), "{pair:?}");
            }
        }
        assert_eq!(Apk.compare("3.4.6-r2", "3.4.6-r2"), Some(Equal));
    }

    #[test]
    fn refuses_what_apk_calls_invalid() {
        for text in ["1.0bc", "23_foo", "a", "1.", "1.0-1", "1.0-r", "1~", "1-r1_p1", "1a.2", "1_alphax"] {
            assert!(!Apk.accepts(text), "{text}");
        }
    }
}
