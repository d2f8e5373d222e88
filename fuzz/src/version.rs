//! The laws of orders, for whatever strings.

use std::cmp::Ordering;

use bomwright_version::Scheme;

/// Checks in every scheme that the lines of `input` keep the laws: no string is newer than itself, a pair is
/// ordered the same from both ends, and two steps up (or level) are no step down.
///
/// # Panics
/// If they do not.
pub fn laws(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut lines = text.split('\n');
    let (a, b, c) = (lines.next().unwrap_or(""), lines.next().unwrap_or(""), lines.next().unwrap_or(""));
    for &scheme in Scheme::ALL {
        let order = |left, right| {
            let there = scheme.compare(left, right);
            let back = scheme.compare(right, left).map(Ordering::reverse);
            assert_eq!(there, back, "{scheme}: {left:?} against {right:?}");
            there
        };
        for text in [a, b, c] {
            assert!(scheme.compare(text, text).is_none_or(Ordering::is_eq), "{scheme}: {text:?}");
        }
        let (Some(first), Some(second), Some(outer)) = (order(a, b), order(b, c), order(a, c)) else {
            continue;
        };
        let expected = match (first, second) {
            (Ordering::Equal, order) | (order, Ordering::Equal) => order,
            (first, second) if first == second => first,
            _ => continue,
        };
        assert_eq!(outer, expected, "{scheme}: {a:?}, {b:?}, {c:?}");
    }
}
