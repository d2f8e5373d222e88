//! Which package of one side is which of the other.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use bomwright_model::{Inventory, Package, PackageId};

use crate::{kind, place, scheme};

/// A package and its partner, if it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pair {
    /// Only on the older side.
    Removed(PackageId),
    /// Only on the newer side.
    Added(PackageId),
    /// On both.
    Both(PackageId, PackageId),
}

/// What makes a package the same on both sides: type, namespace and name.
type Identity = (String, String, String);

/// What two packages must agree in to be paired in one round: version, architecture, location.
type Likeness = (String, String, String);

/// A package with its id.
type Member<'a> = (PackageId, &'a Package);

/// Pairs every package of either side with at most one of the other.
pub(crate) fn pairs(old: &Inventory, new: &Inventory) -> Vec<Pair> {
    let mut groups: BTreeMap<Identity, (Vec<Member<'_>>, Vec<Member<'_>>)> = BTreeMap::new();
    for member in old.packages() {
        groups.entry(identity(member.1)).or_default().0.push(member);
    }
    for member in new.packages() {
        groups.entry(identity(member.1)).or_default().1.push(member);
    }
    groups.into_values().flat_map(|(before, after)| pair_group(before, after)).collect()
}

fn identity(package: &Package) -> Identity {
    let canonical = package.purl.as_ref().and_then(|purl| {
        let parsed = purl.parse().ok()?;
        let namespace = parsed.namespace().unwrap_or_default().to_owned();
        Some((kind(purl.as_str()).to_owned(), namespace, parsed.name().to_owned()))
    });
    canonical.unwrap_or_else(|| {
        let namespace = package.namespace.clone().unwrap_or_default();
        (package.ecosystem.clone(), namespace, package.name.clone())
    })
}

/// Pairs the packages of one identity: equal ones first, then those in the same place, then by version.
fn pair_group(mut old: Vec<Member<'_>>, mut new: Vec<Member<'_>>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    // The order in which a side lists its packages must not show.
    old.sort_by(|a, b| listed(a.1).cmp(&listed(b.1)));
    new.sort_by(|a, b| listed(a.1).cmp(&listed(b.1)));
    let keys: [fn(&Package) -> Likeness; 3] = [
        |it| {
            (
                it.version.clone(),
                it.architecture.clone().unwrap_or_default(),
                it.location.clone().unwrap_or_default(),
            )
        },
        |it| (it.version.clone(), it.architecture.clone().unwrap_or_default(), String::new()),
        |it| (String::new(), it.architecture.clone().unwrap_or_default(), place(it)),
    ];
    for key in keys {
        take_equal(&mut old, &mut new, key, &mut pairs);
    }
    sort_by_version(&mut old);
    sort_by_version(&mut new);
    // The latest of one side is most likely the latest of the other.
    while let (Some(before), Some(after)) = (old.last(), new.last()) {
        pairs.push(Pair::Both(before.0, after.0));
        old.pop();
        new.pop();
    }
    pairs.extend(old.into_iter().map(|(id, _)| Pair::Removed(id)));
    pairs.extend(new.into_iter().map(|(id, _)| Pair::Added(id)));
    pairs
}

fn listed(package: &Package) -> (&str, &Option<String>, &Option<String>) {
    (&package.version, &package.architecture, &package.location)
}

/// Moves members of both sides that have the same key to `pairs`, as many as both hold.
fn take_equal<K: Ord>(
    old: &mut Vec<Member<'_>>,
    new: &mut Vec<Member<'_>>,
    key: fn(&Package) -> K,
    pairs: &mut Vec<Pair>,
) {
    let mut waiting: BTreeMap<K, Vec<PackageId>> = BTreeMap::new();
    // From the back, so that the first of a side is the first to be taken.
    for (id, package) in old.iter().rev() {
        waiting.entry(key(package)).or_default().push(*id);
    }
    let mut taken = std::collections::BTreeSet::new();
    new.retain(|(id, package)| match waiting.get_mut(&key(package)).and_then(Vec::pop) {
        Some(partner) => {
            taken.insert(partner);
            pairs.push(Pair::Both(partner, *id));
            false
        }
        None => true,
    });
    old.retain(|(id, _)| !taken.contains(id));
}

/// Groups up to this size are put in the ecosystem's order; larger ones, which no real image has, stay in
/// the order of their text.
const ORDERED: usize = 256;

/// Puts a group in the order of versions. By insertion, because some ecosystems' own orders contradict
/// themselves over odd versions, and the standard library's sort may panic then.
fn sort_by_version(group: &mut [Member<'_>]) {
    if group.len() > ORDERED {
        return;
    }
    for end in 1..group.len() {
        let mut place = end;
        while let Some([a, b]) = place.checked_sub(1).and_then(|before| group.get(before..=place)) {
            if by_version(a.1, b.1) != Ordering::Greater {
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
    let understood =
        |it: &Package| scheme(it).filter(|scheme| scheme.compare(&it.version, &it.version).is_some());
    let ordered = match (understood(a), understood(b)) {
        (Some(scheme), Some(_)) => scheme.compare(&a.version, &b.version).unwrap_or(Ordering::Equal),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    ordered.then_with(|| listed(a).cmp(&listed(b)))
}
