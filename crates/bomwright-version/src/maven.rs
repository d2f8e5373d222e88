//! Maven's order, `ComparableVersion` of Maven 3.8.7 and later 3.8/3.9 releases.
//!
//! A version is a list of numbers and qualifiers whose last item may be another list; `-`, and every change between
//! digits and letters, opens one. Because a list is always last, the nesting is kept flat, as [`Item::List`] marks:
//! hostile input can't make it recurse.
//!
//! Maven's order has cycles. A qualifier sorts before a list and a list before a number **whatever they hold**, but the
//! end of a version sorts between the good and the bad ones of each kind: `1.foo.1` > `1` > `1-alpha` > `1.foo.1`. Where
//! the rule for kinds contradicts how each side compares with the end of the version, there is no answer.

use std::cmp::Ordering;

use crate::scheme::Version;
use crate::syntax::{compare_numbers, is_visible_ascii, split_run};

/// The items of a version, padding removed.
pub(crate) struct Maven(Vec<Item>);

enum Item {
    Qualifier(Qualifier),
    /// Everything after this is inside one more list.
    List,
    Number(String),
}

/// Known qualifiers in rising order by their place in [`QUALIFIERS`], then all others by their text.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Qualifier {
    rank: usize,
    unknown: String,
}

/// In rising order; the empty one is a release.
const QUALIFIERS: [&str; 7] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];
const RELEASE: usize = 5;

impl Version<'_> for Maven {
    fn parse(text: &str) -> Option<Self> {
        is_visible_ascii(text).then(|| Self(items(&text.to_ascii_lowercase())))
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        let (mut left, mut right) = (self.0.as_slice(), other.0.as_slice());
        loop {
            let (Some((l, left_rest)), Some((r, right_rest))) = (left.split_first(), right.split_first())
            else {
                return Some(against_end(left).cmp(&against_end(right)));
            };
            let order = match (l, r) {
                (Item::Qualifier(l), Item::Qualifier(r)) => l.cmp(r),
                (Item::Number(l), Item::Number(r)) => compare_numbers(l, r),
                (Item::List, Item::List) => Ordering::Equal,
                _ => {
                    let by_kind = l.kind().cmp(&r.kind());
                    let by_end = against_end(left).cmp(&against_end(right));
                    return (by_end != by_kind.reverse()).then_some(by_kind);
                }
            };
            if order.is_ne() {
                return Some(order);
            }
            (left, right) = (left_rest, right_rest);
        }
    }
}

impl Item {
    fn kind(&self) -> u8 {
        match self {
            Self::Qualifier(_) => 0,
            Self::List => 1,
            Self::Number(_) => 2,
        }
    }

    /// How a version that goes on with this item compares with one that ends here.
    fn against_end(&self) -> Ordering {
        match self {
            Self::Qualifier(qualifier) => qualifier.rank.cmp(&RELEASE),
            Self::List => Ordering::Equal,
            Self::Number(digits) => compare_numbers(digits, "0"),
        }
    }
}

/// How a version that goes on with these items compares with one that ends here.
fn against_end(items: &[Item]) -> Ordering {
    items.iter().map(Item::against_end).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Collects items list by list.
struct Lists(Vec<Vec<Item>>);

impl Lists {
    fn add(&mut self, item: Item) {
        match self.0.last_mut() {
            Some(list) => list.push(item),
            None => self.0.push(vec![item]),
        }
    }

    fn open(&mut self) {
        self.0.push(Vec::new());
    }

    /// A qualifier always gets a list of its own, unless the one at hand is still empty.
    fn open_if_used(&mut self) {
        if self.0.last().is_some_and(|list| !list.is_empty()) {
            self.open();
        }
    }

    /// Removes what equals nothing from the end of each list, and then empty lists at the very end.
    fn flatten(self) -> Vec<Item> {
        let mut items = Vec::new();
        let mut kept = 0;
        for (depth, mut list) in self.0.into_iter().enumerate() {
            if depth > 0 {
                items.push(Item::List);
            }
            while list.last().is_some_and(|item| item.against_end().is_eq()) {
                list.pop();
            }
            if !list.is_empty() {
                items.append(&mut list);
                kept = items.len();
            }
        }
        items.truncate(kept);
        items
    }
}

/// Cuts lower-case text at `.`, at `-` and between digits and other characters.
fn items(mut text: &str) -> Vec<Item> {
    let mut lists = Lists(vec![Vec::new()]);
    while !text.is_empty() {
        let (digits, after_digits) = split_run(text, |c| c.is_ascii_digit());
        let (word, after_word) = split_run(text, |c| !c.is_ascii_digit() && !is_separator(c));
        let rest = if digits.is_empty() { after_word } else { after_digits };
        let next = rest.chars().next();
        let cut_by_digit = next.is_some_and(|c| c.is_ascii_digit());
        if word.is_empty() {
            // Nothing between two separators is a zero: an empty run of digits.
            lists.add(Item::Number(digits.to_owned()));
            if next.is_some_and(|c| !is_separator(c)) {
                lists.open();
            }
        } else {
            if cut_by_digit || next.is_none() {
                lists.open_if_used();
            }
            lists.add(Item::Qualifier(Qualifier::new(word, cut_by_digit)));
            if cut_by_digit {
                lists.open();
            }
        }
        if next == Some('-') {
            lists.open();
        }
        text = rest.strip_prefix(is_separator).unwrap_or(rest);
    }
    lists.flatten()
}

fn is_separator(c: char) -> bool {
    c == '.' || c == '-'
}

impl Qualifier {
    fn new(word: &str, before_digit: bool) -> Self {
        let name = match word {
            "a" if before_digit => "alpha",
            "b" if before_digit => "beta",
            "m" if before_digit => "milestone",
            "cr" => "rc",
            "ga" | "final" | "release" => "",
            word => word,
        };
        match QUALIFIERS.iter().position(|known| *known == name) {
            Some(rank) => Self { rank, unknown: String::new() },
            None => Self { rank: QUALIFIERS.len(), unknown: name.to_owned() },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Less};

    use crate::Scheme::Maven;

    /// From the "Version Order Specification" of the Maven POM reference.
    #[test]
    fn follows_the_specification() {
        let rising =
            ["1-alpha-1", "1-beta", "1-m3", "1-rc", "1-SNAPSHOT", "1", "1-sp", "1-foo", "1-1", "1.1"];
        for pair in rising.windows(2) {
            assert_eq!(Maven.compare(pair[0], pair[1]), Some(Less), "{pair:?}");
        }
        for pair in [
            "1 1.0",
            "1 1-ga",
            "1 1.final",
            "1 1-0",
            "1-a1 1-alpha-1",
            "1-cr 1-RC",
            "1.0.RC2 1.0-RC2",
            "1.x 1-x",
        ] {
            let (left, right) = pair.split_once(' ').unwrap();
            assert_eq!(Maven.compare(left, right), Some(Equal), "{pair}");
        }
    }

    /// Maven: 1.foo.1 > 1, 1 > 1-alpha, and yet 1-alpha > 1.foo.1.
    #[test]
    fn a_cycle_is_not_an_order() {
        assert_eq!(Maven.compare("1", "1.foo.1"), Some(Less));
        assert_eq!(Maven.compare("1-alpha", "1"), Some(Less));
        assert_eq!(Maven.compare("1-alpha", "1.foo.1"), None);
    }

    #[test]
    fn deep_nesting_is_only_long() {
        let deep = "1-".repeat(200_000);
        assert_eq!(Maven.compare(&deep, &deep), Some(Equal));
    }
}
