//! Several inventories as one: the images of a deployment under one root.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Edge, EdgeKind, Evidence, FileId, Graph, Inventory, LayerId, Node, Package, PackageId, Scope, Source,
    Verdict,
};

/// An image of a deployment.
#[derive(Debug, Clone)]
pub struct Member {
    /// The image itself, as a package. Its location must differ from that of every other member.
    pub package: Package,
    /// What is in it, where that is known.
    pub inventory: Option<Inventory>,
}

/// Joins `members` under one root that stands for `source`.
///
/// Every member becomes a package that the root holds and that contains what its own root held. Paths begin
/// with the member's location and `!/`, as those inside archives do, so that nothing of two images is taken
/// for the same. The distribution of a member becomes the property `distribution` of its package.
/// Requirements that nothing satisfies are one node where they agree in every word.
pub fn join(source: Source, members: Vec<Member>) -> Inventory {
    let mut all = Joined { inventory: Inventory::new(source), edges: Vec::new() };
    for member in members {
        all.add(member);
    }
    all.sorted()
}

struct Joined {
    inventory: Inventory,
    edges: Vec<(Node, Node, Edge)>,
}

/// By how much the ids of one member move.
#[derive(Clone, Copy)]
struct Shift<'a> {
    packages: u32,
    files: u32,
    layers: u32,
    place: &'a str,
}

impl Joined {
    fn add(&mut self, member: Member) {
        let Member { mut package, inventory } = member;
        let place = package.location.clone().unwrap_or_else(|| package.full_name());
        package.location = Some(place.clone());
        let own = PackageId(count(self.inventory.packages.len()));
        let shift = Shift {
            packages: own.0 + 1,
            files: count(self.inventory.files.len()),
            layers: count(self.inventory.layers.len()),
            place: &place,
        };
        let evidence = package.evidence.first().cloned();
        let held = Edge::stated(EdgeKind::Holds, Scope::Runtime, "", evidence);
        self.edges.push((Node::Root, Node::Package(own), held));
        if let Some(name) = inventory.as_ref().and_then(|it| it.distribution.as_ref()) {
            package.set_property("distribution", name.pretty_name.as_deref().unwrap_or(&name.id));
        }
        self.inventory.packages.push(package);
        if let Some(inventory) = inventory {
            self.take(inventory, own, shift);
        }
    }

    fn take(&mut self, inventory: Inventory, own: PackageId, shift: Shift<'_>) {
        let all = &mut self.inventory;
        for (from, to, edge) in inventory.graph.edges() {
            let mut edge = edge.clone();
            edge.evidence_mut().into_iter().for_each(|it| shift.evidence(it));
            if *from == Node::Root && edge.kind == EdgeKind::Holds {
                edge.kind = EdgeKind::Contains;
            }
            let from = if *from == Node::Root { Node::Package(own) } else { shift.node(from) };
            self.edges.push((from, shift.node(to), edge));
        }
        for mut package in inventory.packages {
            let inside = package.location.map(|location| shift.path(&location));
            package.location = Some(inside.unwrap_or_else(|| shift.place.to_owned()));
            package.evidence.iter_mut().for_each(|it| shift.evidence(it));
            package.introduced.iter_mut().chain(&mut package.changed).for_each(|it| it.0 += shift.layers);
            package.shipped_by.iter_mut().for_each(|it| it.0 += shift.packages);
            package.licenses.iter_mut().filter_map(|it| it.path.as_mut()).for_each(|it| *it = shift.path(it));
            package.origin.iter_mut().for_each(|it| shift.verdict(it));
            all.packages.push(package);
        }
        for mut file in inventory.files {
            file.path = shift.path(&file.path);
            file.layer.iter_mut().chain(&mut file.introduced).for_each(|it| it.0 += shift.layers);
            file.owner.iter_mut().for_each(|it| it.0 += shift.packages);
            file.origin.iter_mut().for_each(|it| shift.verdict(it));
            all.files.push(file);
        }
        for mut diagnostic in inventory.diagnostics {
            diagnostic.path =
                Some(diagnostic.path.map_or_else(|| shift.place.to_owned(), |it| shift.path(&it)));
            diagnostic.layer.iter_mut().for_each(|it| it.0 += shift.layers);
            all.diagnostics.push(diagnostic);
        }
        all.layers.extend(inventory.layers);
        all.tools.extend(inventory.tools);
        // The latest of the members' times, which are all written alike.
        all.timestamp = all.timestamp.take().max(inventory.timestamp);
    }

    /// Brings everything into the order that an inventory has, and builds the graph.
    fn sorted(self) -> Inventory {
        let mut all = self.inventory;
        all.tools.sort();
        all.tools.dedup();
        all.diagnostics.sort_by(|a, b| {
            (a.layer, &a.path, a.code, &a.message).cmp(&(b.layer, &b.path, b.code, &b.message))
        });
        let packages = order(&mut all.packages, |it| {
            (
                it.ecosystem.clone(),
                it.name.clone(),
                it.namespace.clone(),
                it.version.clone(),
                it.architecture.clone(),
                it.location.clone(),
            )
        });
        let files = order(&mut all.files, |it| it.path.clone());
        let package = |id: PackageId| PackageId(packages.get(&id.0).copied().unwrap_or(id.0));
        all.packages.iter_mut().filter_map(|it| it.shipped_by.as_mut()).for_each(|id| *id = package(*id));
        all.files.iter_mut().filter_map(|it| it.owner.as_mut()).for_each(|id| *id = package(*id));
        let node = |node: Node| match node {
            Node::Package(id) => Node::Package(package(id)),
            Node::File(id) => Node::File(FileId(files.get(&id.0).copied().unwrap_or(id.0))),
            other => other,
        };
        let mut edges: BTreeSet<(Node, Node, Edge)> = BTreeSet::new();
        edges.extend(self.edges.into_iter().map(|(from, to, edge)| (node(from), node(to), edge)));
        all.graph = Graph::new();
        for (from, to, edge) in edges {
            // Nothing leads to a root: no graph holds such an edge, and none is made above.
            let _ = all.graph.connect(from, to, edge);
        }
        all.graph.anchor();
        all
    }
}

impl Shift<'_> {
    fn path(self, path: &str) -> String {
        format!("{}!/{path}", self.place)
    }

    fn layer(self, layer: &mut Option<LayerId>) {
        if let Some(layer) = layer {
            layer.0 += self.layers;
        }
    }

    fn evidence(self, evidence: &mut Evidence) {
        evidence.path = self.path(&evidence.path);
        self.layer(&mut evidence.layer);
    }

    fn verdict(self, verdict: &mut Verdict) {
        let reasons = verdict.reasons.iter_mut();
        reasons.filter_map(|it| it.evidence.as_mut()).for_each(|it| self.evidence(it));
    }

    fn node(self, node: &Node) -> Node {
        match node {
            Node::Package(id) => Node::Package(PackageId(id.0 + self.packages)),
            Node::File(id) => Node::File(FileId(id.0 + self.files)),
            other => other.clone(),
        }
    }
}

/// Sorts `things` by `key`; the result leads from old positions to new ones.
fn order<T, K: Ord>(things: &mut Vec<T>, key: impl Fn(&T) -> K) -> BTreeMap<u32, u32> {
    let mut numbered: Vec<(u32, T)> = (0..).zip(std::mem::take(things)).collect();
    numbered.sort_by_cached_key(|(_, thing)| key(thing));
    let moved = numbered.iter().zip(0..).map(|((old, _), new)| (*old, new)).collect();
    things.extend(numbered.into_iter().map(|(_, thing)| thing));
    moved
}

/// Ids are 32 bits wide; no image holds more, and what limits let through is far less.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layer, SourceKind};

    fn source(name: &str) -> Source {
        Source { kind: SourceKind::Dir, name: name.to_owned() }
    }

    /// An image with `b`, which needs `a`.
    fn member(name: &str) -> Member {
        let mut inventory = Inventory::new(source(name));
        for package in ["a", "b"] {
            let mut package = Package::new("deb", package, "1");
            let evidence =
                Evidence { layer: Some(LayerId(0)), ..Evidence::new("var/lib/dpkg/status", "deb") };
            package.evidence.push(evidence);
            inventory.packages.push(package);
        }
        inventory.layers.push(Layer::default());
        let edge = Edge::stated(EdgeKind::DependsOn, Scope::Runtime, "a", None);
        inventory.graph.connect(Node::Package(PackageId(1)), Node::Package(PackageId(0)), edge).unwrap();
        inventory.graph.anchor();
        let mut package = Package::new("oci", name, "1");
        package.location = Some(format!("{name}:1"));
        Member { package, inventory: Some(inventory) }
    }

    fn edges(inventory: &Inventory) -> Vec<String> {
        let name = |node: &Node| match node {
            Node::Package(id) => {
                inventory.package(*id).and_then(|it| it.location.clone()).unwrap_or_default()
                    + "/"
                    + &inventory.package(*id).map_or(String::new(), |it| it.name.clone())
            }
            _ => "root".to_owned(),
        };
        let line = |(from, to, edge): (&Node, &Node, &Edge)| {
            format!("{} {} {}", name(from), edge.kind.as_str(), name(to))
        };
        inventory.graph.edges().into_iter().map(line).collect()
    }

    #[test]
    fn images_keep_to_themselves_under_one_root() {
        let bare = Member { inventory: None, ..member("z") };
        let all = join(source("all"), vec![member("y"), member("x"), bare]);
        assert_eq!(all.packages.len(), 7);
        let mut found = edges(&all);
        found.sort();
        let expected = [
            "root holds x:1/x",
            "root holds y:1/y",
            "root holds z:1/z",
            "x:1/b depends-on x:1/a",
            "x:1/x contains x:1/b",
            "y:1/b depends-on y:1/a",
            "y:1/y contains y:1/b",
        ];
        assert_eq!(found, expected);
        let of_x =
            all.packages.iter().find(|it| it.location.as_deref() == Some("x:1") && it.name == "a").unwrap();
        assert_eq!(of_x.evidence[0].path, "x:1!/var/lib/dpkg/status");
        assert_eq!(of_x.evidence[0].layer, Some(LayerId(1)), "the layers of y come first");
        // The order of members shows only in that of layers.
        let other = join(source("all"), vec![member("x"), member("y")]);
        let places = |it: &Inventory| it.packages.iter().map(|p| p.location.clone()).collect::<Vec<_>>();
        assert_eq!(places(&join(source("all"), vec![member("y"), member("x")])), places(&other));
    }
}
