//! What leads to what: paths from the root, who asks for a package, and without whom it would not be there.

use std::collections::BTreeSet;

use bomwright_model::{EdgeKind, Inventory, Node, PackageId, Scope};
use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use crate::dominators::Dominators;

/// Shortest paths from the root of one inventory to each of its nodes, found by one breadth-first walk, and how the
/// edges lead to each, found by one look at all of them.
pub(crate) struct Reach<'a> {
    inventory: &'a Inventory,
    /// The node of each package.
    nodes: Vec<Option<NodeIndex>>,
    /// For each node the one before it on its path.
    before: Vec<Option<NodeIndex>>,
    ways: Vec<Way>,
    /// Whether the root says itself what it needs, rather than holding whatever nothing else needs.
    root_asks: bool,
}

/// How edges lead to one node.
#[derive(Clone, Copy, Default)]
struct Way {
    /// The strongest scope that a file states.
    stated: Option<Scope>,
    /// The strongest scope in which the root holds it, though nothing says why.
    held: Option<Scope>,
    /// Whether the root itself asks for it.
    direct: bool,
}

impl<'a> Reach<'a> {
    pub(crate) fn new(inventory: &'a Inventory) -> Self {
        let graph = inventory.graph.petgraph();
        let root = inventory.graph.root();
        let mut nodes = vec![None; inventory.packages.len()];
        for (at, node) in graph.node_indices().zip(graph.node_weights()) {
            if let Node::Package(id) = node
                && let Some(slot) = usize::try_from(id.0).ok().and_then(|id| nodes.get_mut(id))
            {
                *slot = Some(at);
            }
        }
        let mut ways = vec![Way::default(); graph.node_count()];
        let mut root_asks = false;
        for edge in graph.raw_edges() {
            let Some(way) = ways.get_mut(edge.target().index()) else { continue };
            let scope = edge.weight.scope;
            if edge.weight.kind == EdgeKind::Holds {
                way.held = Some(way.held.map_or(scope, |other| other.min(scope)));
                continue;
            }
            way.stated = Some(way.stated.map_or(scope, |other| other.min(scope)));
            way.direct |= edge.source() == root;
            root_asks |= edge.source() == root;
        }
        Self { inventory, nodes, before: shortest(inventory), ways, root_asks }
    }

    fn node(&self, package: PackageId) -> Option<NodeIndex> {
        self.nodes.get(usize::try_from(package.0).ok()?).copied().flatten()
    }

    fn way(&self, package: PackageId) -> Option<&Way> {
        self.ways.get(self.node(package)?.index())
    }

    fn label(&self, node: NodeIndex) -> Option<String> {
        let weight = self.inventory.graph.petgraph().node_weight(node)?;
        Some(self.inventory.label(weight))
    }

    /// The labels of the nodes between the root and `package`, from the root on.
    pub(crate) fn path(&self, package: PackageId) -> Vec<String> {
        let root = self.inventory.graph.root();
        let mut labels = Vec::new();
        let mut node = self.node(package);
        while let Some(previous) = node.and_then(|index| self.before.get(index.index()).copied().flatten()) {
            if previous == root {
                break;
            }
            labels.extend(self.label(previous));
            node = Some(previous);
        }
        labels.reverse();
        labels
    }

    /// The packages that lead to `package`, each once.
    pub(crate) fn introducers(&self, package: PackageId) -> BTreeSet<PackageId> {
        let graph = self.inventory.graph.petgraph();
        let Some(node) = self.node(package) else { return BTreeSet::new() };
        let incoming = graph.neighbors_directed(node, Direction::Incoming);
        incoming.filter_map(|other| package_of(graph.node_weight(other)?)).collect()
    }

    /// The packages that `package` says it needs.
    pub(crate) fn needs(&self, package: PackageId) -> BTreeSet<PackageId> {
        let graph = self.inventory.graph.petgraph();
        let Some(node) = self.node(package) else { return BTreeSet::new() };
        graph
            .edges(node)
            .filter(|edge| edge.weight().kind == EdgeKind::DependsOn)
            .filter_map(|edge| package_of(graph.node_weight(edge.target())?))
            .collect()
    }

    /// Whether the root itself asks for `package`; `None` where the root asks for nothing at all.
    pub(crate) fn is_direct(&self, package: PackageId) -> Option<bool> {
        self.way(package).filter(|_| self.root_asks).map(|way| way.direct)
    }

    /// The strongest scope of what leads to `package`, and whether a file states it.
    pub(crate) fn scope(&self, package: PackageId) -> Option<(Scope, bool)> {
        let way = self.way(package)?;
        way.stated.map(|scope| (scope, true)).or_else(|| way.held.map(|scope| (scope, false)))
    }

    /// What no path can avoid.
    pub(crate) fn dominators(&self) -> Dominators {
        Dominators::new(self.inventory.graph.petgraph(), self.inventory.graph.root())
    }

    /// The package nearest to the root that every path to `package` goes through and that `counts`.
    pub(crate) fn sole(
        &self,
        dominators: &Dominators,
        package: PackageId,
        counts: impl Fn(PackageId) -> bool,
    ) -> Option<String> {
        let above = dominators.strict(self.node(package)?);
        let graph = self.inventory.graph.petgraph();
        let such = |node: &NodeIndex| graph.node_weight(*node).and_then(package_of).is_some_and(&counts);
        self.label(above.filter(such).last()?)
    }
}

/// For each node the one before it on a shortest path from the root. Of several it is the smallest by what it is, not
/// by when it was added: the path must not depend on that.
fn shortest(inventory: &Inventory) -> Vec<Option<NodeIndex>> {
    let graph = inventory.graph.petgraph();
    let root = inventory.graph.root();
    let key = |node: NodeIndex| graph.node_weight(node).map(|node| order(inventory, node));
    let mut before: Vec<Option<NodeIndex>> = vec![None; graph.node_count()];
    let mut depths = vec![u32::MAX; graph.node_count()];
    if let Some(depth) = depths.get_mut(root.index()) {
        *depth = 0;
    }
    let (mut this, mut next) = (vec![root], Vec::new());
    for depth in 1.. {
        for &node in &this {
            for other in graph.neighbors(node) {
                let (Some(known), Some(slot)) =
                    (depths.get_mut(other.index()), before.get_mut(other.index()))
                else {
                    continue;
                };
                if *known == u32::MAX {
                    (*known, *slot) = (depth, Some(node));
                    next.push(other);
                } else if *known == depth && slot.is_none_or(|taken| key(node) < key(taken)) {
                    *slot = Some(node);
                }
            }
        }
        if next.is_empty() {
            break;
        }
        std::mem::swap(&mut this, &mut next);
        next.clear();
    }
    before
}

/// What a node is, to put nodes in an order that does not depend on numbers.
fn order<'a>(inventory: &'a Inventory, node: &'a Node) -> (u8, [&'a str; 4]) {
    match node {
        Node::Root => (0, [""; 4]),
        Node::Package(id) => inventory.package(*id).map_or((1, [""; 4]), |it| {
            let namespace = it.namespace.as_deref().unwrap_or_default();
            let location = it.location.as_deref().unwrap_or_default();
            (1, [namespace, &it.name, &it.version, location])
        }),
        Node::File(id) => inventory.file(*id).map_or((2, [""; 4]), |it| (2, [&it.path, "", "", ""])),
        Node::Unresolved(ecosystem, requirement) => (3, [ecosystem, requirement, "", ""]),
    }
}

fn package_of(node: &Node) -> Option<PackageId> {
    match node {
        Node::Package(id) => Some(*id),
        _ => None,
    }
}
