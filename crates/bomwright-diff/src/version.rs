//! Versions of packages in their ecosystem's own order.

use std::cmp::{Ordering, Reverse};

use bomwright_model::Package;
use bomwright_version::{Distance, Scheme};

use crate::{Change, Step};

/// The version scheme of a package: its purl's type, else its ecosystem's name.
pub(crate) fn scheme(package: &Package) -> Option<Scheme> {
    let kind = package.purl.as_ref().map_or(package.ecosystem.as_str(), |purl| purl.kind());
    Scheme::for_purl_type(kind)
}

/// Whether both packages have the same version, however it is spelled.
pub(crate) fn same_version(from: &Package, to: &Package) -> bool {
    from.version == to.version || scheme(to).is_some_and(|scheme| scheme.same(&from.version, &to.version))
}

/// The direction of a change of version in the ecosystem's own order, and how far it goes. An order that is not
/// known gives `Changed`: never a guess.
pub(crate) fn direction(from: &Package, to: &Package) -> (Change, Option<Step>) {
    let Some(scheme) = scheme(to) else { return (Change::Changed, None) };
    let distance = scheme.distance(&from.version, &to.version);
    let step = distance.map(|distance| match distance {
        Distance::Build | Distance::Packaging => Step::Rebuild,
        Distance::Patch => Step::Patch,
        Distance::Minor => Step::Minor,
        Distance::Major => Step::Major,
        Distance::Epoch => Step::Epoch,
    });
    let change = match scheme.compare(&from.version, &to.version) {
        Some(_) if distance == Some(Distance::Build) => Change::Rebuilt,
        Some(Ordering::Less) => Change::Upgraded,
        Some(Ordering::Greater) => Change::Downgraded,
        Some(Ordering::Equal) | None => Change::Changed,
    };
    (change, step)
}

/// Groups up to this size are put in the ecosystem's order; larger ones, which no real image has, stay in
/// the order of their text.
const ORDERED: usize = 256;

/// Puts `group` in the order of versions. By insertion, because some ecosystems' own orders contradict
/// themselves over odd versions, and the standard library's sort may panic then.
pub(crate) fn in_order<T>(group: &mut [T], package: impl Fn(&T) -> &Package) {
    if group.len() > ORDERED {
        return;
    }
    for end in 1..group.len() {
        let mut place = end;
        while let Some([a, b]) = place.checked_sub(1).and_then(|before| group.get(before..=place)) {
            if by_version(package(a), package(b)) != Ordering::Greater {
                break;
            }
            group.swap(place - 1, place);
            place -= 1;
        }
    }
}

/// The ecosystem's order among versions that it understands, which come after those that it does not; ties
/// by text and location.
fn by_version(a: &Package, b: &Package) -> Ordering {
    let understood = |it: &Package| scheme(it).filter(|scheme| scheme.accepts(&it.version));
    let ordered = match (understood(a), understood(b)) {
        (Some(scheme), Some(_)) => scheme.compare(&a.version, &b.version).unwrap_or(Ordering::Equal),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    ordered.then_with(|| (&a.version, &a.location).cmp(&(&b.version, &b.location)))
}

/// How near two versions are; the smaller, the nearer. Versions are near when many of their first numbers agree and
/// the first that does not differs by little.
pub(crate) fn nearness(a: &str, b: &str) -> (Reverse<usize>, u64) {
    let (mut left, mut right) = (numbers(a), numbers(b));
    let mut agreed = 0;
    loop {
        match (left.next(), right.next()) {
            (None, None) => return (Reverse(usize::MAX), 0),
            (a, b) if a == b => agreed += 1,
            (a, b) => return (Reverse(agreed), a.unwrap_or(0).abs_diff(b.unwrap_or(0))),
        }
    }
}

fn numbers(text: &str) -> impl Iterator<Item = u64> {
    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    runs.map(|run| run.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_version_is_the_one_that_agrees_longest() {
        let near = |a, b, c| nearness(a, b) < nearness(a, c);
        assert!(near("1.0", "1.1", "5.0"));
        assert!(near("1.1.1", "1.1.9", "1.2.1"));
        assert!(near("2.0", "3.0", "9.0"));
        assert_eq!(nearness("1.0", "2.0"), nearness("2.0", "1.0"));
    }
}
