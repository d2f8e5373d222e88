//! Natural order for versions that nobody owns: a binary's `--version`, a tarball, a firmware.
//!
//! Numbers compare by value; letters only lose to the end of the version when they are one of the words that everybody
//! uses for pre-releases. What doesn't start with a digit (after an optional `v`) isn't a version: hashes and branch
//! names have no order.

use std::cmp::Ordering;

use crate::scheme::Version;
use crate::syntax::{compare_numbers, is_visible_ascii, split_run};

/// The runs of digits, runs of letters, and tildes of a version.
pub(crate) struct Generic<'a>(Vec<Run<'a>>);

enum Run<'a> {
    Tilde,
    /// A pre-release word, by its place in [`PRE_RELEASES`].
    PreRelease(usize),
    Word(&'a str),
    Number(&'a str),
}

/// In rising order; words on one line mean the same.
const PRE_RELEASES: [&[&str]; 6] = [
    &["dev", "devel", "nightly", "snapshot"],
    &["a", "alpha"],
    &["b", "beta"],
    &["m", "milestone"],
    &["pre", "preview"],
    &["c", "rc"],
];
/// Where the end of a version ranks among [`Run::rank`].
const END: u8 = 2;

impl<'a> Version<'a> for Generic<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_ascii();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let starts_well = text.starts_with(|c: char| c.is_ascii_digit());
        (starts_well && is_visible_ascii(text)).then(|| Self(runs(text)))
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        let (mut left, mut right) = (self.0.iter(), other.0.iter());
        loop {
            let order = match (left.next(), right.next()) {
                (None, None) => return Some(Ordering::Equal),
                (Some(l), Some(r)) => l.compare(r),
                (l, r) => l.map_or(END, Run::rank).cmp(&r.map_or(END, Run::rank)),
            };
            if order.is_ne() {
                return Some(order);
            }
        }
    }
}

fn runs(mut text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    while let Some(first) = text.chars().next() {
        let (run, rest) = split_run(text, |c| {
            c.is_ascii_digit() == first.is_ascii_digit()
                && c.is_ascii_alphabetic() == first.is_ascii_alphabetic()
        });
        if first.is_ascii_digit() {
            runs.push(Run::Number(run));
        } else if first.is_ascii_alphabetic() {
            let known = |words: &&[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(run));
            runs.push(PRE_RELEASES.iter().position(known).map_or(Run::Word(run), Run::PreRelease));
        } else {
            // How a version is punctuated doesn't count, but a tilde does.
            runs.extend(run.chars().filter(|c| *c == '~').map(|_| Run::Tilde));
        }
        text = rest;
    }
    runs
}

impl Run<'_> {
    fn rank(&self) -> u8 {
        match self {
            Self::Tilde => 0,
            Self::PreRelease(_) => END - 1,
            Self::Word(_) => END + 1,
            Self::Number(_) => END + 2,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(l), Self::Number(r)) => compare_numbers(l, r),
            (Self::PreRelease(l), Self::PreRelease(r)) => l.cmp(r),
            (Self::Word(l), Self::Word(r)) => l.to_ascii_lowercase().cmp(&r.to_ascii_lowercase()),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Less};

    use crate::Scheme::Generic;

    /// The order that a person would give these (their projects' release lists).
    #[test]
    fn reads_like_a_person() {
        for chain in [
            &["1.1.1", "1.1.1k", "1.1.1w", "3.0.0-alpha1", "3.0.0-beta2", "3.0.0", "3.0.2"][..],
            &["8.9p1", "9.0p1", "9.6p1", "10.0p1"],
            &["8.0.9", "8.0.36", "8.4.0"],
            &["7.0-rc1", "7.0-rc3", "7.0", "7.0.1"],
            &["1.0~1", "1.0"],
        ] {
            for pair in chain.windows(2) {
                assert_eq!(Generic.compare(pair[0], pair[1]), Some(Less), "{pair:?}");
            }
        }
        assert_eq!(Generic.compare("v1_0", "1.0"), Some(Equal));
        assert!(!Generic.accepts("main"));
    }
}
