//! What pulled a package in: the shortest path from the root.

use std::collections::VecDeque;

use bomwright_model::{Inventory, Node, PackageId};
use petgraph::graph::NodeIndex;

/// Shortest paths from the root of one inventory to each of its nodes, found by one breadth-first walk.
pub(crate) struct Paths {
    /// For each node the one before it on its path.
    before: Vec<Option<NodeIndex>>,
}

impl Paths {
    pub(crate) fn new(inventory: &Inventory) -> Self {
        let graph = inventory.graph.petgraph();
        let root = inventory.graph.root();
        let mut before: Vec<Option<NodeIndex>> = vec![None; graph.node_count()];
        let mut queue = VecDeque::from([root]);
        while let Some(node) = queue.pop_front() {
            // Neighbours by what they are, not by when they were added: the path must not depend on that.
            let mut next: Vec<NodeIndex> = graph.neighbors(node).collect();
            next.sort_by(|a, b| graph.node_weight(*a).cmp(&graph.node_weight(*b)));
            for other in next {
                match before.get_mut(other.index()) {
                    Some(slot @ None) if other != root => *slot = Some(node),
                    _ => continue,
                }
                queue.push_back(other);
            }
        }
        Self { before }
    }

    /// The labels of the nodes between the root and `package`, from the root on.
    pub(crate) fn to(&self, inventory: &Inventory, package: PackageId) -> Vec<String> {
        let root = inventory.graph.root();
        let mut labels = Vec::new();
        let mut node = inventory.graph.find(&Node::Package(package));
        while let Some(previous) = node.and_then(|index| self.before.get(index.index()).copied().flatten()) {
            if previous == root {
                break;
            }
            labels.extend(
                inventory.graph.petgraph().node_weight(previous).map(|weight| inventory.label(weight)),
            );
            node = Some(previous);
        }
        labels.reverse();
        labels
    }
}
