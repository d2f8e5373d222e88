//! Laws that every scheme's order keeps, whatever the strings: it is a total preorder on what it accepts, and no input
//! makes it panic.
//!
//! A pair without an answer (`None`) is no exception from a law: each law speaks of pairs that have one.

use std::cmp::Ordering;

use proptest::prelude::*;

use crate::Scheme;

/// Text that looks like a version, from pieces that mean something to some scheme.
fn version() -> impl Strategy<Value = String> {
    const PIECES: &str = "0 1 2 9 10 01 00 4294967296 9007199254740992 9007199254740993 . . . . - - _ + ~ ^ : ! v go a b x p r \
                          rc alpha beta dev post pre sp final ga -r -SNAPSHOT .v .Final _p _git -0 -1 1: 1! .0 .1 .a a1 b2";
    let piece = prop::sample::select(PIECES.split_whitespace().collect::<Vec<_>>());
    let tail = prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat());
    let head = prop::sample::select(vec![
        "1", "1.0", "1.0.0", "v1.2.3", "1.0.0-a", "0.0.1-1", "1.0-1", "go1.21", "",
    ]);
    (head, tail).prop_map(|(head, tail)| format!("{head}{tail}"))
}

fn scheme() -> impl Strategy<Value = Scheme> {
    prop::sample::select(Scheme::ALL)
}

/// Does an order of two pairs with a common member imply one for the outer pair?
fn joined(first: Ordering, second: Ordering) -> Option<Ordering> {
    match (first, second) {
        (Ordering::Equal, order) | (order, Ordering::Equal) => Some(order),
        (first, second) => (first == second).then_some(first),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20_000) })]

    #[test]
    fn reflexive_where_accepted_and_never_a_panic(scheme in scheme(), text in "\\PC{0,12}|[0-9a-zA-Z.~^:!+_ -]{0,40}") {
        prop_assert!(scheme.compare(&text, &text).is_none_or(Ordering::is_eq));
    }

    #[test]
    fn antisymmetric(scheme in scheme(), left in version(), right in version()) {
        let there = scheme.compare(&left, &right);
        prop_assert_eq!(there, scheme.compare(&right, &left).map(Ordering::reverse));
    }

    #[test]
    fn transitive(scheme in scheme(), a in version(), b in version(), c in version()) {
        if let (Some(first), Some(second), Some(outer)) =
            (scheme.compare(&a, &b), scheme.compare(&b, &c), scheme.compare(&a, &c))
            && let Some(expected) = joined(first, second)
        {
            prop_assert_eq!(outer, expected, "{} {} {} {}", scheme, a, b, c);
        }
    }

    #[test]
    fn only_a_contradiction_of_the_owner_leaves_two_versions_unordered(
        scheme in scheme(), left in version(), right in version(),
    ) {
        use Scheme::{Alpm, Go, Maven, Npm};
        if scheme.accepts(&left) && scheme.accepts(&right) && ![Alpm, Go, Maven, Npm].contains(&scheme) {
            prop_assert!(scheme.compare(&left, &right).is_some());
        }
    }
}
