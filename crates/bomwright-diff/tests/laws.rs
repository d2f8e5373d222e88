//! What must hold of any delta, whatever the inventories.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::collections::BTreeMap;

use bomwright_diff::{Change, Delta, Input, PackageChange, Why};
use bomwright_model::{Edge, EdgeKind, Inventory, Node, Package, PackageId, Purl, Scope, Source, SourceKind};
use proptest::prelude::*;

fn diff(old: &Inventory, new: &Inventory) -> Delta {
    bomwright_diff::diff(&Input::new(old), &Input::new(new))
}

fn package(name: &str, version: &str, location: Option<&str>) -> Package {
    let mut package = Package::new("npm", name, version);
    package.purl = Some(Purl::build("npm", None, name, version, &[], None).unwrap());
    package.location = location.map(str::to_owned);
    package
}

fn inventory(packages: Vec<Package>) -> Inventory {
    let mut inventory = Inventory::new(Source { kind: SourceKind::Dir, name: "side".into() });
    for (id, _) in (0..).zip(&packages) {
        inventory.graph.add(Node::Package(PackageId(id)));
    }
    inventory.graph.anchor();
    inventory.packages = packages;
    inventory
}

fn any_package() -> impl Strategy<Value = Package> {
    let name = prop::sample::select(vec!["a", "b", "c"]);
    let version = prop::sample::select(vec!["1.0.0", "1.0.1", "2.0.0-rc.1", "2.0.0", "junk", ""]);
    let location = prop::sample::select(vec![Some("x"), Some("y"), Some("z")]);
    (name, version, location).prop_map(|(name, version, location)| package(name, version, location))
}

fn any_side() -> impl Strategy<Value = Inventory> {
    prop::collection::vec(any_package(), 0..12).prop_map(inventory)
}

/// A package as the multiset of a side counts it.
type Key = (String, String, Option<String>);

fn multiset(inventory: &Inventory) -> BTreeMap<Key, i32> {
    let mut counts = BTreeMap::new();
    for it in &inventory.packages {
        *counts.entry((it.name.clone(), it.version.clone(), it.location.clone())).or_default() += 1;
    }
    counts
}

fn apply(mut side: BTreeMap<Key, i32>, delta: &Delta) -> BTreeMap<Key, i32> {
    for change in &delta.packages {
        for (state, sign) in [(&change.old, -1), (&change.new, 1)] {
            if let Some(state) = state {
                let key = (change.name.clone(), state.version.clone(), state.location.clone());
                *side.entry(key).or_default() += sign;
            }
        }
    }
    side.retain(|_, count| *count != 0);
    side
}

/// A change seen from the other side; what pulled a package in belongs to one side only.
fn mirrored(change: &PackageChange) -> PackageChange {
    let mut mirror = change.clone();
    mirror.change = change.change.mirrored();
    (mirror.old, mirror.new) = (change.new.clone(), change.old.clone());
    mirror.purl = mirror.new.as_ref().or(mirror.old.as_ref()).and_then(|state| state.purl.clone());
    if let Some(all) = &mut mirror.instances {
        std::mem::swap(&mut all.old, &mut all.new);
    }
    for field in &mut mirror.fields {
        std::mem::swap(&mut field.old, &mut field.new);
    }
    mirror.why = Why::default();
    mirror
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(side in any_side()) {
        prop_assert!(diff(&side, &side).is_empty());
    }

    #[test]
    fn applying_a_delta_to_the_old_side_gives_the_new_one(old in any_side(), new in any_side()) {
        prop_assert_eq!(apply(multiset(&old), &diff(&old, &new)), multiset(&new));
    }

    #[test]
    fn swapping_the_sides_mirrors_the_delta(old in any_side(), new in any_side()) {
        let key = |it: &PackageChange| format!("{it:?}");
        let mut there: Vec<_> = diff(&old, &new).packages.iter().map(mirrored).map(|it| key(&it)).collect();
        let mut back: Vec<_> = diff(&new, &old).packages.iter().map(|it| { let mut it = it.clone(); it.why = Why::default(); key(&it) }).collect();
        there.sort();
        back.sort();
        prop_assert_eq!(there, back);
    }

    #[test]
    fn the_order_of_packages_does_not_matter(packages in prop::collection::vec(any_package(), 0..12), new in any_side()) {
        let forwards = inventory(packages.clone());
        let backwards = inventory(packages.into_iter().rev().collect());
        prop_assert_eq!(diff(&forwards, &new), diff(&backwards, &new));
    }
}

fn changes(old: Vec<Package>, new: Vec<Package>) -> Vec<(Change, String)> {
    let words = |it: &PackageChange| {
        let version = |state: &Option<bomwright_diff::State>| {
            state.as_ref().map_or("-".into(), |it| it.version.clone())
        };
        (it.change, format!("{} {} {}", it.name, version(&it.old), version(&it.new)))
    };
    diff(&inventory(old), &inventory(new)).packages.iter().map(words).collect()
}

#[test]
fn versions_of_one_identity_are_a_multiset() {
    let one = |version| package("qs", version, None);
    assert_eq!(
        changes(vec![one("1.0.0"), one("2.0.0")], vec![one("2.0.0"), one("3.0.0")]),
        [(Change::Upgraded, "qs 1.0.0 3.0.0".into())]
    );
    assert_eq!(
        changes(vec![one("1.0.0")], vec![one("1.0.0"), one("2.0.0")]),
        [(Change::Added, "qs - 2.0.0".into())]
    );
    // Two places of one version: one of them goes, and it is not lost that it went.
    let two = vec![package("qs", "1.0.0", Some("a")), package("qs", "1.0.0", Some("b"))];
    assert_eq!(
        changes(two, vec![package("qs", "1.0.0", Some("a"))]),
        [(Change::Removed, "qs 1.0.0 -".into())]
    );
}

#[test]
fn different_names_are_never_paired() {
    let found = changes(vec![package("lodash", "4.0.0", None)], vec![package("lodahs", "4.0.0", None)]);
    assert_eq!(found, [(Change::Added, "lodahs - 4.0.0".into()), (Change::Removed, "lodash 4.0.0 -".into())]);
}

#[test]
fn directions_follow_the_scheme_and_are_never_guessed() {
    let both = |from, to| changes(vec![package("a", from, None)], vec![package("a", to, None)])[0].0;
    assert_eq!(both("2.0.0-rc.1", "2.0.0"), Change::Upgraded);
    assert_eq!(both("10.0.0", "9.0.0"), Change::Downgraded);
    assert_eq!(both("junk", "2.0.0"), Change::Changed);
    // Build metadata has no order, and names a build (Semantic Versioning 2.0.0, item 10).
    assert_eq!(both("1.0.0+a", "1.0.0+b"), Change::Rebuilt);
}

#[test]
fn an_addition_says_what_pulled_it_in() {
    let mut new = inventory(vec![package("app", "1.0.0", None), package("dep", "1.0.0", None)]);
    new.graph = bomwright_model::Graph::new();
    let edge = Edge::stated(EdgeKind::DependsOn, Scope::Runtime, "dep", None);
    new.graph.connect(Node::Package(PackageId(0)), Node::Package(PackageId(1)), edge).unwrap();
    new.graph.anchor();
    let delta = diff(&inventory(vec![package("app", "1.0.0", None)]), &new);
    assert_eq!(delta.packages.len(), 1);
    assert_eq!(delta.packages[0].why.path, ["app 1.0.0"]);
}

#[test]
fn what_only_one_side_knows_is_no_change() {
    let mut known = package("a", "1.0.0", None);
    known.licenses = vec![bomwright_model::License::declared("MIT")];
    known.supplier = Some("someone".into());
    assert!(changes(vec![package("a", "1.0.0", None)], vec![known.clone()]).is_empty());
    let mut other = known.clone();
    other.licenses = vec![bomwright_model::License::declared("GPL-3.0-only")];
    assert_eq!(changes(vec![known], vec![other]), [(Change::Changed, "a 1.0.0 1.0.0".into())]);
}

#[test]
fn a_version_in_a_path_is_no_move() {
    let at = |version: &str, path: &str| package("idna", version, Some(path));
    let found = diff(
        &inventory(vec![at("3.6.0", "lib/idna-3.6.0.dist-info")]),
        &inventory(vec![at("3.10.0", "lib/idna-3.10.0.dist-info")]),
    );
    assert_eq!(found.packages[0].change, Change::Upgraded);
    assert!(found.packages[0].fields.is_empty(), "{:?}", found.packages[0].fields);
    let found = diff(&inventory(vec![at("3.6.0", "lib/idna")]), &inventory(vec![at("3.6.0", "opt/idna")]));
    assert_eq!(found.packages[0].fields[0].field, "location");
}
