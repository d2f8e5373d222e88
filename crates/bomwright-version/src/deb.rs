//! dpkg's order, deb-version(7): an epoch, then upstream version and revision by the same rule.
//!
//! Accepts what dpkg orders, with a warning or without: that a version should start with a digit, for example, is a
//! rule for those who build packages, and installed packages break it.

use std::cmp::Ordering;

use crate::scheme::Version;
use crate::syntax::{compare_numbers, is_visible_ascii, split_run};

/// `[epoch:]upstream[-revision]`.
pub(crate) struct Deb<'a> {
    epoch: i32,
    upstream: &'a str,
    revision: &'a str,
}

impl<'a> Version<'a> for Deb<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_ascii();
        if !is_visible_ascii(text) {
            return None;
        }
        let (epoch, rest) = match text.split_once(':') {
            // dpkg reads it with strtol: a sign is fine, a value below zero or above INT_MAX is not.
            Some((epoch, rest)) => (epoch.parse().ok().filter(|epoch| *epoch >= 0)?, rest),
            None => (0, text),
        };
        let (upstream, revision) = match rest.rsplit_once('-') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (rest, ""),
        };
        (!upstream.is_empty()).then_some(Self { epoch, upstream, revision })
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        Some(
            self.epoch
                .cmp(&other.epoch)
                .then_with(|| compare_parts(self.upstream, other.upstream))
                .then_with(|| compare_parts(self.revision, other.revision)),
        )
    }
}

/// Takes turns between text and digits until one side differs.
fn compare_parts(mut left: &str, mut right: &str) -> Ordering {
    while !(left.is_empty() && right.is_empty()) {
        let (left_text, left_rest) = split_run(left, |c| !c.is_ascii_digit());
        let (right_text, right_rest) = split_run(right, |c| !c.is_ascii_digit());
        let (left_digits, left_rest) = split_run(left_rest, |c| c.is_ascii_digit());
        let (right_digits, right_rest) = split_run(right_rest, |c| c.is_ascii_digit());
        let order =
            compare_texts(left_text, right_text).then_with(|| compare_numbers(left_digits, right_digits));
        if order.is_ne() {
            return order;
        }
        (left, right) = (left_rest, right_rest);
    }
    Ordering::Equal
}

/// `~` sorts before the end of the text, letters after it, everything else after letters.
fn compare_texts(left: &str, right: &str) -> Ordering {
    left.bytes().map(weight).chain([END]).cmp(right.bytes().map(weight).chain([END]))
}

const END: u16 = 1;

fn weight(byte: u8) -> u16 {
    match byte {
        b'~' => 0,
        byte if byte.is_ascii_alphabetic() => u16::from(byte),
        byte => u16::from(byte) + 256,
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Greater, Less};

    use crate::Scheme::Deb;

    /// The examples of deb-version(7), and what a Debian archive is full of.
    #[test]
    fn follows_the_manual() {
        for pair in [
            "~~ ~~a",
            "~~a ~",
            "~ a",
            "1.0~beta1~svn1245 1.0~beta1",
            "1.0~beta1 1.0",
            "9.9 1:0",
            "1.0-1 1.0-1+b1",
        ] {
            let (left, right) = pair.split_once(' ').unwrap();
            assert_eq!(Deb.compare(left, right), Some(Less), "{pair}");
            assert_eq!(Deb.compare(right, left), Some(Greater), "{pair}");
        }
        assert_eq!(Deb.compare("0:1.0", "1.0-0"), Some(Equal));
    }

    #[test]
    fn refuses_what_dpkg_refuses() {
        for text in ["1.0-", "1:", ":1", "a:1", "1 2", "-1:1", "2147483648:1"] {
            assert!(!Deb.accepts(text), "{text}");
        }
    }
}
