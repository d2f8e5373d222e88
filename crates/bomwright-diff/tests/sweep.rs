//! Many real names: whatever leaves and whatever comes, two names are never taken for one.
//!
//! `names.txt` holds names of real packages of three ecosystems, as their own tools list them (`npm ls`, `pip list`,
//! `dpkg-query`). Fuzzy matchers hid one new package in twelve on such names.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::collections::{BTreeMap, BTreeSet};

use bomwright_diff::{Change, Delta, Input};
use bomwright_model::{
    Edge, EdgeKind, File, FileKind, Inventory, Node, Package, PackageId, Purl, Scope, Source, SourceKind,
};

const ROUNDS: usize = 60;
const MOVED: usize = 20;
const VERSIONS: &[&str] = &["0.0.1", "1.0.0", "1.2.3", "2.31.0", "4.17.21", "10.0.2"];

/// A generator of numbers whose every run is the same (Marsaglia's xorshift, 64 bits).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

fn names() -> Vec<(&'static str, &'static str)> {
    include_str!("names.txt").lines().map(|line| line.split_once(' ').unwrap()).collect()
}

fn package(ecosystem: &str, name: &str, version: &str) -> Package {
    let (namespace, short) = match name.split_once('/') {
        Some((namespace, short)) => (Some(namespace), short),
        None if ecosystem == "deb" => (Some("debian"), name),
        None => (None, name),
    };
    let mut package = Package::new(ecosystem, short, version);
    package.namespace = namespace.map(str::to_owned);
    package.purl = Some(Purl::build(ecosystem, namespace, short, version, &[], None).unwrap());
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

fn diff(old: &Inventory, new: &Inventory) -> Delta {
    bomwright_diff::diff(&Input::new(old), &Input::new(new))
}

fn purls(packages: &[Package]) -> BTreeSet<String> {
    packages.iter().map(|it| it.purl.as_ref().unwrap().to_string()).collect()
}

#[test]
fn no_new_package_hides_behind_one_that_left() {
    let mut names = names();
    assert!(names.len() >= 2000, "only {} names", names.len());
    let mut numbers = Numbers(0x5eed);
    let mut new_ones = 0;
    for round in 0..ROUNDS {
        numbers.shuffle(&mut names);
        let mut some = |range: std::ops::Range<usize>| -> Vec<Package> {
            let items = names[range].iter();
            items
                .map(|(ecosystem, name)| package(ecosystem, name, VERSIONS[numbers.below(VERSIONS.len())]))
                .collect()
        };
        let (left, came, stayed) = (some(0..MOVED), some(MOVED..2 * MOVED), some(2 * MOVED..10 * MOVED));
        let old = inventory([left.clone(), stayed.clone()].concat());
        let new = inventory([stayed, came.clone()].concat());
        let delta = diff(&old, &new);
        let rows = |change: Change| -> BTreeSet<String> {
            let rows = delta.packages.iter().filter(|row| row.change == change);
            rows.map(|row| row.purl.clone().unwrap()).collect()
        };
        assert_eq!(rows(Change::Added), purls(&came), "round {round}");
        assert_eq!(rows(Change::Removed), purls(&left), "round {round}");
        assert_eq!(delta.packages.len(), 2 * MOVED, "round {round}");
        for row in &delta.packages {
            assert!(row.old.is_none() || row.new.is_none(), "round {round}: {row:?}");
            assert!(row.explained_by.is_none(), "round {round}: {row:?}");
        }
        assert_eq!((delta.summary.added, delta.summary.removed), (MOVED, MOVED), "round {round}");
        new_ones += delta.summary.added;
    }
    assert_eq!(new_ones, 1200);
}

#[test]
fn a_large_release_has_exactly_its_changes() {
    let mut names = names();
    let mut numbers = Numbers(0xb16);
    numbers.shuffle(&mut names);
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let mut truth: BTreeMap<Change, BTreeSet<String>> = BTreeMap::new();
    for (at, (ecosystem, name)) in names.iter().enumerate() {
        let full = if *ecosystem == "deb" { format!("debian/{name}") } else { (*name).to_owned() };
        let at_version = |version: &str| package(ecosystem, name, version);
        let change = match at % 40 {
            0 => {
                new.push(at_version("1.0.0"));
                Change::Added
            }
            1 => {
                old.push(at_version("1.0.0"));
                Change::Removed
            }
            2 | 3 => {
                old.push(at_version("1.9.0"));
                new.push(at_version("1.10.0"));
                Change::Upgraded
            }
            4 => {
                old.push(at_version("10.0.0"));
                new.push(at_version("9.0.0"));
                Change::Downgraded
            }
            _ => {
                old.push(at_version("1.0.0"));
                new.push(at_version("1.0.0"));
                continue;
            }
        };
        truth.entry(change).or_default().insert(format!("{ecosystem} {full}"));
    }
    let delta = diff(&inventory(old), &inventory(new));
    let mut found: BTreeMap<Change, BTreeSet<String>> = BTreeMap::new();
    for row in &delta.packages {
        assert!(found.entry(row.change).or_default().insert(format!("{} {}", row.ecosystem, row.name)));
    }
    assert_eq!(found, truth);
}

/// Packages, edges between them, files of theirs, and one that another ships.
fn connected(numbers: &mut Numbers, names: &[(&str, &str)]) -> Inventory {
    let mut packages: Vec<Package> = names
        .iter()
        .map(|(ecosystem, name)| package(ecosystem, name, VERSIONS[numbers.below(VERSIONS.len())]))
        .collect();
    // Two that agree in all, their place too, could not be told apart.
    for (at, package) in packages.iter_mut().enumerate() {
        package.location = Some(format!("opt/{}/{}", at / 40, package.name));
    }
    let count = packages.len();
    let mut inventory = inventory(packages);
    inventory.graph = bomwright_model::Graph::new();
    for id in 0..count {
        inventory.graph.add(node(id));
    }
    for _ in 0..2 * count {
        let (from, to) = (numbers.below(count), numbers.below(count));
        let scope = if numbers.below(4) == 0 { Scope::Development } else { Scope::Runtime };
        inventory.graph.connect(node(from), node(to), edge(scope)).unwrap();
    }
    inventory.graph.connect(Node::Root, node(0), edge(Scope::Runtime)).unwrap();
    inventory.graph.anchor();
    inventory.packages[count - 1].shipped_by = Some(id(0));
    for at in 0..count / 2 {
        inventory.files.push(program(&format!("usr/bin/program-{at}"), Some(numbers.below(count))));
    }
    inventory
}

fn id(at: usize) -> PackageId {
    PackageId(u32::try_from(at).unwrap())
}

fn node(at: usize) -> Node {
    Node::Package(id(at))
}

fn edge(scope: Scope) -> Edge {
    Edge::new(EdgeKind::DependsOn, scope)
}

fn program(path: &str, owner: Option<usize>) -> File {
    let mut file = File::new(path, FileKind::Executable);
    file.mode = 0o755;
    file.owner = owner.map(id);
    file
}

/// The same inventory with its packages and edges in another order, and so with other ids.
fn permuted(inventory: &Inventory, numbers: &mut Numbers) -> Inventory {
    // `order[new] = old`, `place[old] = new`.
    let mut order: Vec<usize> = (0..inventory.packages.len()).collect();
    numbers.shuffle(&mut order);
    let mut place = vec![0; order.len()];
    for (new, old) in order.iter().enumerate() {
        place[*old] = new;
    }
    let moved = |old: PackageId| id(place[usize::try_from(old.0).unwrap()]);
    let mut other = Inventory::new(inventory.source.clone());
    for old in &order {
        let mut package = inventory.packages[*old].clone();
        package.shipped_by = package.shipped_by.map(moved);
        other.packages.push(package);
    }
    for file in &inventory.files {
        other.files.push(File { owner: file.owner.map(moved), ..file.clone() });
    }
    for at in 0..order.len() {
        other.graph.add(node(at));
    }
    let mut edges: Vec<(Node, Node, Edge)> = inventory
        .graph
        .edges()
        .into_iter()
        .map(|(from, to, edge)| {
            let end = |node: &Node| match node {
                Node::Package(old) => Node::Package(moved(*old)),
                other => other.clone(),
            };
            (end(from), end(to), edge.clone())
        })
        .collect();
    numbers.shuffle(&mut edges);
    for (from, to, edge) in edges {
        other.graph.connect(from, to, edge).unwrap();
    }
    other.graph.anchor();
    other
}

#[test]
fn order_and_ids_do_not_show() {
    let mut names = names();
    let mut numbers = Numbers(0x0dde2);
    for round in 0..40 {
        numbers.shuffle(&mut names);
        // Both sides share most names; some appear twice.
        let (mut a, mut b) = (names[0..40].to_vec(), names[8..48].to_vec());
        a.extend_from_slice(&names[10..14]);
        b.extend_from_slice(&names[12..18]);
        let (old, new) = (connected(&mut numbers, &a), connected(&mut numbers, &b));
        let straight = diff(&old, &new);
        assert!(!straight.is_empty());
        let crooked = diff(&permuted(&old, &mut numbers), &permuted(&new, &mut numbers));
        // Row by row first: a whole delta is too much to read.
        for (a, b) in straight.packages.iter().zip(&crooked.packages) {
            assert_eq!(a, b, "round {round}");
        }
        assert_eq!(straight.graph, crooked.graph, "round {round}");
        assert_eq!(straight, crooked, "round {round}");
        assert!(
            diff(&old, &permuted(&old, &mut numbers)).is_empty(),
            "round {round}: the same inventory differs"
        );
    }
}
