//! Which package of one side is which of the other.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::{Inventory, Package, PackageId};

use crate::version::{in_order, nearness, same_version};

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

/// A package with its id.
type Member<'a> = (PackageId, &'a Package);

/// All packages of one identity.
pub(crate) struct Group<'a> {
    /// Those of the older side, in the ecosystem's order of versions.
    pub(crate) old: Vec<Member<'a>>,
    /// Those of the newer side.
    pub(crate) new: Vec<Member<'a>>,
    /// Who is whose partner.
    pub(crate) pairs: Vec<Pair>,
}

/// Pairs every package of either side with at most one of the other, by identity.
pub(crate) fn groups<'a>(old: &'a Inventory, new: &'a Inventory) -> BTreeMap<Cow<'a, str>, Group<'a>> {
    let mut groups: BTreeMap<Cow<'a, str>, Group<'a>> = BTreeMap::new();
    let empty = || Group { old: Vec::new(), new: Vec::new(), pairs: Vec::new() };
    for member in old.packages() {
        groups.entry(identity(member.1)).or_insert_with(empty).old.push(member);
    }
    for member in new.packages() {
        groups.entry(identity(member.1)).or_insert_with(empty).new.push(member);
    }
    for group in groups.values_mut() {
        // The order in which a side lists its packages must not show.
        group.old.sort_by(|a, b| listed(a.1).cmp(&listed(b.1)));
        group.new.sort_by(|a, b| listed(a.1).cmp(&listed(b.1)));
        in_order(&mut group.old, |member| member.1);
        in_order(&mut group.new, |member| member.1);
        group.pairs = pair_group(group.old.clone(), group.new.clone());
    }
    groups
}

/// What makes a package the same on both sides: type, namespace, name and subpath.
pub(crate) fn identity(package: &Package) -> Cow<'_, str> {
    if let Some(purl) = &package.purl {
        return purl.identity();
    }
    let namespace = package.namespace.as_deref().unwrap_or_default();
    Cow::Owned(format!("{}:{namespace}/{}", package.ecosystem, package.name))
}

/// Where a package lies, its own version in the path left out: `a-1.0.dist-info` and `a-1.1.dist-info` are
/// one place.
pub(crate) fn place(package: &Package) -> Cow<'_, str> {
    let location = package.location.as_deref().unwrap_or_default();
    if package.version.is_empty() || !location.contains(&package.version) {
        Cow::Borrowed(location)
    } else {
        Cow::Owned(location.replace(&package.version, "*"))
    }
}

fn listed(package: &Package) -> (&str, &Option<String>, &Option<String>) {
    (&package.version, &package.architecture, &package.location)
}

/// Equal ones first, then those in the same place, then the nearest versions.
fn pair_group<'a>(mut old: Vec<Member<'a>>, mut new: Vec<Member<'a>>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    if let ([before], [after]) = (old.as_slice(), new.as_slice()) {
        return vec![Pair::Both(before.0, after.0)];
    }
    if !(old.is_empty() || new.is_empty()) {
        take_equal(&mut old, &mut new, &mut pairs, |it| Some(listed(it)));
        take_equal(&mut old, &mut new, &mut pairs, |it| Some((&it.version, &it.architecture)));
        take_equal(&mut old, &mut new, &mut pairs, |it| {
            Some((&it.architecture, place(it))).filter(|(_, place)| !place.is_empty())
        });
        take_nearest(&mut old, &mut new, &mut pairs);
    }
    pairs.extend(old.into_iter().map(|(id, _)| Pair::Removed(id)));
    pairs.extend(new.into_iter().map(|(id, _)| Pair::Added(id)));
    pairs
}

/// Moves members of both sides that have the same key to `pairs`, as many as both hold.
fn take_equal<'a, K: Ord>(
    old: &mut Vec<Member<'a>>,
    new: &mut Vec<Member<'a>>,
    pairs: &mut Vec<Pair>,
    key: impl Fn(&'a Package) -> Option<K>,
) {
    let mut waiting: BTreeMap<K, Vec<PackageId>> = BTreeMap::new();
    // From the back, so that the first of a side is the first to be taken.
    for (id, package) in old.iter().rev() {
        if let Some(key) = key(package) {
            waiting.entry(key).or_default().push(*id);
        }
    }
    let mut taken = BTreeSet::new();
    new.retain(|(id, package)| {
        let partner = key(package).and_then(|key| waiting.get_mut(&key)).and_then(Vec::pop);
        if let Some(partner) = partner {
            taken.insert(partner);
            pairs.push(Pair::Both(partner, *id));
        }
        partner.is_none()
    });
    old.retain(|(id, _)| !taken.contains(id));
}

/// Groups with more possible pairs, which no real image has, are paired from the latest version down.
const COMPARED: usize = 1 << 14;

/// Pairs what is left so that the nearest versions come together.
fn take_nearest<'a>(old: &mut Vec<Member<'a>>, new: &mut Vec<Member<'a>>, pairs: &mut Vec<Pair>) {
    if old.len().saturating_mul(new.len()) > COMPARED {
        while let (Some(before), Some(after)) = (old.last(), new.last()) {
            pairs.push(Pair::Both(before.0, after.0));
            old.pop();
            new.pop();
        }
        return;
    }
    let mut candidates: Vec<_> = old
        .iter()
        .flat_map(|before| new.iter().map(move |after| (before, after)))
        .map(|(before, after)| {
            let (a, b) = (listed(before.1), listed(after.1));
            let far = (
                before.1.architecture != after.1.architecture,
                !same_version(before.1, after.1),
                nearness(&before.1.version, &after.1.version),
            );
            // Ties fall the same way whichever side is the older.
            ((far, a.min(b), a.max(b)), before.0, after.0)
        })
        .collect();
    candidates.sort();
    let (mut left, mut right) = (BTreeSet::new(), BTreeSet::new());
    for (_, before, after) in candidates {
        if !left.contains(&before) && !right.contains(&after) {
            left.insert(before);
            right.insert(after);
            pairs.push(Pair::Both(before, after));
        }
    }
    old.retain(|(id, _)| !left.contains(id));
    new.retain(|(id, _)| !right.contains(id));
}
