//! What leads to what: paths from the root, who asks for a package, and without whom it would not be there.

use std::collections::{BTreeSet, VecDeque};

use bomwright_model::{EdgeKind, Inventory, Node, PackageId, Scope};
use petgraph::Direction;
use petgraph::algo::dominators::{Dominators, simple_fast};
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

/// Shortest paths from the root of one inventory to each of its nodes, found by one breadth-first walk.
pub(crate) struct Reach<'a> {
    inventory: &'a Inventory,
    /// For each node the one before it on its path.
    before: Vec<Option<NodeIndex>>,
    /// Whether the root says itself what it needs, rather than holding whatever nothing else needs.
    root_asks: bool,
}

impl<'a> Reach<'a> {
    pub(crate) fn new(inventory: &'a Inventory) -> Self {
        let graph = inventory.graph.petgraph();
        let root = inventory.graph.root();
        let mut before: Vec<Option<NodeIndex>> = vec![None; graph.node_count()];
        let mut queue = VecDeque::from([root]);
        let mut next: Vec<NodeIndex> = Vec::new();
        while let Some(node) = queue.pop_front() {
            // Neighbours by what they are, not by when they were added: the path must not depend on that.
            next.clear();
            next.extend(graph.neighbors(node));
            let key = |node: &NodeIndex| graph.node_weight(*node).map(|node| order(inventory, node));
            next.sort_by(|a, b| key(a).cmp(&key(b)));
            for other in next.drain(..) {
                match before.get_mut(other.index()) {
                    Some(slot @ None) if other != root => *slot = Some(node),
                    _ => continue,
                }
                queue.push_back(other);
            }
        }
        let root_asks = graph.edges(root).any(|edge| edge.weight().kind != EdgeKind::Holds);
        Self { inventory, before, root_asks }
    }

    fn node(&self, package: PackageId) -> Option<NodeIndex> {
        self.inventory.graph.find(&Node::Package(package))
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
        let (graph, root) = (self.inventory.graph.petgraph(), self.inventory.graph.root());
        let node = self.node(package).filter(|_| self.root_asks)?;
        Some(graph.edges_connecting(root, node).any(|edge| edge.weight().kind != EdgeKind::Holds))
    }

    /// The strongest scope of what leads to `package`, and whether a file states it.
    pub(crate) fn scope(&self, package: PackageId) -> Option<(Scope, bool)> {
        let graph = self.inventory.graph.petgraph();
        let node = self.node(package)?;
        let edges = || graph.edges_directed(node, Direction::Incoming).map(|edge| edge.weight());
        let stated = edges().filter(|edge| edge.kind != EdgeKind::Holds).map(|edge| edge.scope).min();
        let held = || edges().map(|edge| edge.scope).min();
        stated.map(|scope| (scope, true)).or_else(|| held().map(|scope| (scope, false)))
    }

    /// What no path can avoid.
    pub(crate) fn dominators(&self) -> Dominators<NodeIndex> {
        simple_fast(self.inventory.graph.petgraph(), self.inventory.graph.root())
    }

    /// The package nearest to the root that every path to `package` goes through and that `counts`.
    pub(crate) fn sole(
        &self,
        dominators: &Dominators<NodeIndex>,
        package: PackageId,
        counts: impl Fn(PackageId) -> bool,
    ) -> Option<String> {
        let above = dominators.strict_dominators(self.node(package)?)?;
        let graph = self.inventory.graph.petgraph();
        let such = |node: &NodeIndex| graph.node_weight(*node).and_then(package_of).is_some_and(&counts);
        self.label(above.filter(such).last()?)
    }
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
