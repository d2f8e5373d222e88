//! What a new package may be another name or a replacement of, and whose name it nearly has.
//!
//! A hint never pairs two rows: what is new stays new.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bomwright_model::PackageId;
use foldhash::quality::RandomState;

use crate::packages::{Found, label};
use crate::side::Known;
use crate::{Change, Hint, HintKind};

/// Pairs of rows with more candidates than this are not looked at: nothing can be said of so many.
const CANDIDATES: usize = 8;
/// Shorter names are near each other by chance.
const SHORTEST: usize = 5;

/// Adds hints to both rows.
pub(crate) fn hints(
    found: &mut [Found],
    same_content: &BTreeSet<(PackageId, PackageId)>,
    old: &Known<'_>,
    new: &Known<'_>,
) {
    let such = |found: &[Found], change| -> Vec<usize> {
        let rows = found
            .iter()
            .enumerate()
            .filter(|(_, one)| one.change.change == change && one.change.instances.is_none());
        rows.filter(|(_, one)| one.change.explained_by.is_none()).map(|(at, _)| at).collect()
    };
    let (added, removed) = (such(found, Change::Added), such(found, Change::Removed));
    for (a, r, kind, evidence) in renames(found, &added, &removed, old, new) {
        give(found, a, r, kind, &evidence, old, new);
    }
    for (a, r) in with_content(found, &added, &removed, same_content) {
        give(found, a, r, HintKind::Rename, "most of the files are the same", old, new);
    }
    lookalikes(found, &added, old, new);
}

fn give(
    found: &mut [Found],
    a: usize,
    r: usize,
    kind: HintKind,
    evidence: &str,
    old: &Known<'_>,
    new: &Known<'_>,
) {
    let name = |side: &Known<'_>, id: Option<_>| id.and_then(|id| side.inventory.package(id)).map(label);
    let (Some(one), Some(other)) = (found.get(a), found.get(r)) else { return };
    let (Some(new_name), Some(old_name)) = (name(new, one.new), name(old, other.old)) else { return };
    for (row, other) in [(a, old_name), (r, new_name)] {
        if let Some(one) = found.get_mut(row) {
            one.change.hints.push(Hint { kind, other, evidence: evidence.to_owned() });
            one.change.hints.sort();
            one.change.hints.dedup();
        }
    }
}

/// What two rows must agree in.
type Key = fn(&Found) -> Option<String>;
/// The rows of packages that share their content.
fn with_content(
    found: &[Found],
    added: &[usize],
    removed: &[usize],
    same: &BTreeSet<(PackageId, PackageId)>,
) -> Vec<(usize, usize)> {
    let row = |rows: &[usize], is: &dyn Fn(&Found) -> bool| {
        rows.iter().copied().find(|at| found.get(*at).is_some_and(is))
    };
    same.iter()
        .filter_map(|&(left, came)| {
            let a = row(added, &|one| one.new == Some(came))?;
            let r = row(removed, &|one| one.old == Some(left))?;
            Some((a, r))
        })
        .collect()
}

type Rename = (usize, usize, HintKind, String);

/// Rows that share a source package, a name but for its number, or content.
fn renames(
    found: &[Found],
    added: &[usize],
    removed: &[usize],
    old: &Known<'_>,
    new: &Known<'_>,
) -> Vec<Rename> {
    let mut all = Vec::new();
    let keys: [(&str, Key); 2] = [
        ("built from the same source package", |one| one.change.source.clone()),
        ("the same name but for its number", |one| stem(&one.change.name)),
    ];
    for (evidence, key) in keys {
        let mut groups: BTreeMap<(String, String), (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (rows, is_added) in [(added, true), (removed, false)] {
            for &at in rows {
                let Some(one) = found.get(at) else { continue };
                let Some(key) = key(one) else { continue };
                let group = groups.entry((one.change.ecosystem.clone(), key)).or_default();
                if is_added { group.0.push(at) } else { group.1.push(at) }
            }
        }
        for ((_, key), (plus, minus)) in
            groups.into_iter().filter(|(_, (a, r))| a.len() * r.len() <= CANDIDATES)
        {
            for &a in &plus {
                all.extend(minus.iter().map(|&r| (a, r, HintKind::Rename, format!("{evidence}, {key}"))));
            }
        }
    }
    all.extend(replaced(found, added, removed, old, new));
    all
}

/// Rows where the new package says that it replaces or provides what left.
fn replaced(
    found: &[Found],
    added: &[usize],
    removed: &[usize],
    old: &Known<'_>,
    new: &Known<'_>,
) -> Vec<Rename> {
    let gone: HashMap<(&str, &str), usize> = removed
        .iter()
        .filter_map(|&at| {
            let package = old.inventory.package(found.get(at)?.old?)?;
            Some(((package.ecosystem.as_str(), package.name.as_str()), at))
        })
        .collect();
    let mut all = Vec::new();
    for &at in added {
        let Some(package) = found.get(at).and_then(|one| new.inventory.package(one.new?)) else { continue };
        for word in ["replaces", "provides", "obsoletes"] {
            let Some(list) = package.properties.get(word) else { continue };
            for name in list.split(',').filter_map(|entry| entry.split_whitespace().next()) {
                if let Some(&other) = gone.get(&(package.ecosystem.as_str(), name)) {
                    all.push((at, other, HintKind::Replacement, format!("it {word} {name}")));
                }
            }
        }
    }
    all
}

/// A name without the number at its end: `libssl1.1` and `libssl3` are one library with another interface.
fn stem(name: &str) -> Option<String> {
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
    let last = name.rsplit('/').next().unwrap_or(name);
    (bare.len() < name.len() && bare.len() + last.len() > name.len() + 2).then(|| bare.to_owned())
}

/// Marks new packages whose name is one slip away from that of a package which was there.
fn lookalikes(found: &mut [Found], added: &[usize], old: &Known<'_>, new: &Known<'_>) {
    let is_long = |name: &str| name.len() >= SHORTEST && name.chars().nth(SHORTEST - 1).is_some();
    let mut forms: HashMap<u64, Vec<usize>, RandomState> = HashMap::default();
    let mut buffer = Vec::new();
    for &at in added {
        let Some(package) = found.get(at).and_then(|one| new.inventory.package(one.new?)) else { continue };
        if is_long(&package.name) {
            for form in slips(&package.name, &mut buffer) {
                forms.entry(*form).or_default().push(at);
            }
        }
    }
    if forms.is_empty() {
        return;
    }
    let mut hints = BTreeSet::new();
    for package in old.inventory.packages.iter().filter(|package| is_long(&package.name)) {
        for form in slips(&package.name, &mut buffer) {
            for &at in forms.get(form).into_iter().flatten() {
                let Some(other) = found.get(at).and_then(|one| new.inventory.package(one.new?)) else {
                    continue;
                };
                let related = other.source.is_some()
                    && other.source.as_ref().map(|it| &it.name) == package.source.as_ref().map(|it| &it.name);
                if package.ecosystem == other.ecosystem && !related && one_slip(&package.name, &other.name) {
                    hints.insert((at, label(package)));
                }
            }
        }
    }
    for (at, other) in hints {
        if let Some(one) = found.get_mut(at) {
            let evidence = "the names differ by one slip of the keyboard".to_owned();
            one.change.hints.push(Hint { kind: HintKind::Lookalike, other, evidence });
            one.change.hints.sort();
            one.change.hints.dedup();
        }
    }
}

/// Numbers for a name and for what is left when one of its letters is left out: two names share one of these if they
/// differ by one letter or by two that changed places. Others may share one by chance.
fn slips<'b>(name: &str, buffer: &'b mut Vec<u64>) -> &'b [u64] {
    /// An odd number with bits all over (Knuth, The Art of Computer Programming, volume 3, section 6.4).
    const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
    buffer.clear();
    // Each place first holds the number of what comes before it, then gets what comes after it.
    let mut prefix = 0_u64;
    for c in name.chars() {
        buffer.push(prefix);
        prefix = prefix.wrapping_mul(BASE).wrapping_add(u64::from(c) + 1);
    }
    let (mut suffix, mut power) = (0_u64, 1_u64);
    for (slot, c) in buffer.iter_mut().rev().zip(name.chars().rev()) {
        *slot = slot.wrapping_mul(power).wrapping_add(suffix);
        suffix = suffix.wrapping_add((u64::from(c) + 1).wrapping_mul(power));
        power = power.wrapping_mul(BASE);
    }
    buffer.push(prefix);
    // A doubled letter gives the same name twice.
    buffer.sort_unstable();
    buffer.dedup();
    buffer
}

/// Whether one letter is changed, left out, doubled, or has changed places with the next; a number is no slip.
fn one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let prefix = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(prefix..).unwrap_or_default(), b.get(prefix..).unwrap_or_default());
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) =
        (a.get(..a.len() - suffix).unwrap_or_default(), b.get(..b.len() - suffix).unwrap_or_default());
    let number = a.iter().chain(b).any(char::is_ascii_digit);
    !number
        && match (a, b) {
            ([] | [_], [_]) | ([_], []) => true,
            ([a, b], [c, d]) => a == d && b == c,
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_one_letter_or_two_that_changed_places() {
        for (a, b) in
            [("lodash", "lodahs"), ("requests", "request"), ("express", "expres"), ("lodash", "1odash")]
        {
            let near = one_slip(a, b);
            assert_eq!(near, !b.contains('1'), "{a} {b}");
        }
        for (a, b) in
            [("python3.11", "python3.12"), ("libssl1", "libssl3"), ("axios", "aws4"), ("abcdef", "badcfe")]
        {
            assert!(!one_slip(a, b), "{a} {b}");
        }
    }

    #[test]
    fn names_one_slip_apart_share_a_form() {
        let forms = |name: &str| slips(name, &mut Vec::new()).to_vec();
        let share = |a: &str, b: &str| forms(a).iter().any(|form| forms(b).contains(form));
        for (a, b) in [("lodash", "lodahs"), ("requests", "request"), ("express", "expresz"), ("aab", "ab")] {
            assert!(share(a, b), "{a} {b}");
        }
        assert!(!share("lodash", "underscore"));
        assert_eq!(forms("abc").len(), 4);
        assert_eq!(forms("aab").len(), 3);
    }

    #[test]
    fn a_stem_is_what_stands_before_the_number() {
        assert_eq!(stem("libssl1.1"), stem("libssl3"));
        assert_eq!(stem("libonig5").as_deref(), Some("libonig"));
        assert_eq!(stem("bash"), None);
        assert_eq!(stem("h2"), None);
    }
}
