//! Which package of one side is which of the other.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use bomwright_model::{Inventory, Package, PackageId};
use foldhash::quality::RandomState;

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
pub(crate) type Member<'a> = (PackageId, &'a Package);

/// All packages of one identity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group<'g, 'a> {
    /// Those of the older side, in the ecosystem's order of versions.
    pub(crate) old: &'g [Member<'a>],
    /// Those of the newer side.
    pub(crate) new: &'g [Member<'a>],
}

/// The packages of both sides by identity, and who is whose partner.
pub(crate) struct Groups<'a> {
    old: Members<'a>,
    new: Members<'a>,
    /// Each pair with the number of its group.
    pairs: Vec<(usize, Pair)>,
}

/// The packages of one side, those of one identity beside each other.
struct Members<'a> {
    all: Vec<Member<'a>>,
    /// Where each group begins, and the end of the last.
    starts: Vec<usize>,
    /// The group of each package, by its number.
    groups: Vec<usize>,
}

impl<'a> Members<'a> {
    fn of(inventory: &'a Inventory, groups: Vec<usize>, count: usize) -> Self {
        let mut starts = vec![0; count + 1];
        for group in &groups {
            if let Some(next) = starts.get_mut(group + 1) {
                *next += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut all: Vec<Member<'a>> = inventory.packages().collect();
        // Stable, so that the packages of a group stay as the inventory has them.
        all.sort_by_key(|(id, _)| usize::try_from(id.0).ok().and_then(|at| groups.get(at)));
        Self { all, starts, groups }
    }

    fn range(&self, group: usize) -> std::ops::Range<usize> {
        let start = |at: usize| self.starts.get(at).copied().unwrap_or(self.all.len());
        start(group)..start(group + 1)
    }

    fn of_group(&self, group: usize) -> &[Member<'a>] {
        self.all.get(self.range(group)).unwrap_or_default()
    }

    /// Puts each group into the ecosystem's order of versions. The order in which a side lists its packages must not
    /// show.
    fn put_in_order(&mut self) {
        for group in 0..self.starts.len().saturating_sub(1) {
            let range = self.range(group);
            if range.len() < 2 {
                continue;
            }
            if let Some(members) = self.all.get_mut(range) {
                members.sort_by(|a, b| listed(a.1).cmp(&listed(b.1)));
                in_order(members, |member| member.1);
            }
        }
    }
}

impl<'a> Groups<'a> {
    /// Pairs every package of either side with at most one of the other, by identity.
    pub(crate) fn of(old: &'a Inventory, new: &'a Inventory) -> Self {
        let mut numbers: HashMap<Cow<'a, str>, usize, RandomState> = HashMap::default();
        numbers.reserve(old.packages.len().max(new.packages.len()));
        let mut number = |inventory: &'a Inventory| -> Vec<usize> {
            let of = |package| {
                let next = numbers.len();
                *numbers.entry(identity(package)).or_insert(next)
            };
            inventory.packages.iter().map(of).collect()
        };
        let (left, right) = (number(old), number(new));
        let count = numbers.len();
        drop(numbers);
        let (mut old, mut new) = (Members::of(old, left, count), Members::of(new, right, count));
        old.put_in_order();
        new.put_in_order();
        let mut pairs = Vec::with_capacity(count);
        for group in 0..count {
            match (old.of_group(group), new.of_group(group)) {
                ([before], [after]) => pairs.push((group, Pair::Both(before.0, after.0))),
                (before, after) => {
                    let found = pair_group(before.to_vec(), after.to_vec());
                    pairs.extend(found.into_iter().map(|pair| (group, pair)));
                }
            }
        }
        Self { old, new, pairs }
    }

    /// Every pair with its group.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (Group<'_, 'a>, Pair)> {
        let group = |number| Group { old: self.old.of_group(number), new: self.new.of_group(number) };
        self.pairs.iter().map(move |(number, pair)| (group(*number), *pair))
    }

    /// How many identities there are.
    pub(crate) fn count(&self) -> usize {
        self.old.starts.len().saturating_sub(1)
    }

    /// The number of the identity of a package of the older or the newer side, below [`Groups::count`].
    pub(crate) fn number(&self, is_old: bool, id: PackageId) -> Option<usize> {
        let side = if is_old { &self.old } else { &self.new };
        side.groups.get(usize::try_from(id.0).ok()?).copied()
    }

    /// A package of the identity `number`.
    pub(crate) fn package(&self, number: usize) -> Option<&'a Package> {
        let first = self.old.of_group(number).first().or_else(|| self.new.of_group(number).first());
        first.map(|member| member.1)
    }
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
