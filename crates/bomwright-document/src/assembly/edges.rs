//! The edges of the graph: those that facts state, and those that the document's own relations do.

use std::collections::HashSet;

use foldhash::quality::RandomState;
use petgraph::graph::NodeIndex;

use bomwright_model::{Edge, EdgeKind, Node, Scope};

use super::{Assembly, Slot, index_of};

impl Assembly<'_> {
    /// Connects what facts state. The result holds the pairs that need no usual edge besides.
    pub(super) fn claimed_edges(
        &mut self,
        node: &impl Fn(Slot) -> Option<Node>,
    ) -> HashSet<(Slot, Slot), RandomState> {
        let mut explained = HashSet::default();
        for (slot, claims) in std::mem::take(&mut self.claims) {
            let Some(from) = node(slot) else { continue };
            for (kind, scope, reference) in claims.edges {
                let target = self.slot(&reference);
                match target.and_then(|target| Some((target, node(target)?))) {
                    Some((target, to)) => {
                        explained.insert((slot, target));
                        self.connect(from.clone(), to, kind, scope);
                    }
                    None => self.notes.add("edges lead to nothing", &reference),
                }
            }
            for (kind, scope, ecosystem, requirement) in claims.unresolved.into_values() {
                self.connect(from.clone(), Node::Unresolved(ecosystem, requirement), kind, scope);
            }
        }
        explained
    }

    /// Connects what the document's own relations state.
    pub(super) fn stated_edges(
        &mut self,
        node: &impl Fn(Slot) -> Option<Node>,
        index: &impl Fn(Slot) -> Option<NodeIndex>,
        explained: &HashSet<(Slot, Slot), RandomState>,
    ) {
        let references = std::mem::take(&mut self.references);
        let slot = |number: u32| references.get_index(index_of(number)).and_then(|(_, slot)| *slot);
        for link in std::mem::take(&mut self.links) {
            let (Some(from), Some(to)) = (slot(link.from), slot(link.to)) else {
                let missing = if slot(link.from).is_none() { link.from } else { link.to };
                let missing = references.get_index(index_of(missing)).map_or("", |(reference, _)| reference);
                self.notes.add("dependencies name nothing that the document describes", missing);
                continue;
            };
            if !explained.is_empty() && explained.contains(&(from, to)) {
                continue;
            }
            let usual = if from == Slot::Root && self.ours { EdgeKind::Holds } else { EdgeKind::DependsOn };
            let kind = link.kind.unwrap_or(usual);
            let scope = link.scope.or_else(|| self.scopes.get(&to).copied()).unwrap_or_default();
            if let (Some(source), Some(target)) = (index(from), index(to)) {
                self.inventory.graph.connect_added(source, target, Edge::new(kind, scope));
            } else if let (Some(source), Some(target)) = (node(from), node(to)) {
                self.connect(source, target, kind, scope);
            }
        }
    }

    /// Lets the root hold what has a scope and no dependency that could carry it.
    pub(super) fn hold_scopes(&mut self, node: &impl Fn(Slot) -> Option<Node>) {
        let scopes = std::mem::take(&mut self.scopes);
        let mut held: Vec<(Node, Scope)> =
            scopes.into_iter().filter_map(|(slot, scope)| Some((node(slot)?, scope))).collect();
        held.sort();
        for (target, scope) in held {
            let graph = self.inventory.graph.petgraph();
            let is_led_to = self.inventory.graph.find(&target).is_some_and(|index| {
                graph.neighbors_directed(index, petgraph::Direction::Incoming).next().is_some()
            });
            if !is_led_to {
                self.connect(Node::Root, target, EdgeKind::Holds, scope);
            }
        }
    }

    pub(super) fn connect(&mut self, from: Node, to: Node, kind: EdgeKind, scope: Scope) {
        if self.inventory.graph.connect(from, to, Edge::new(kind, scope)).is_err() {
            self.notes.add("dependencies lead back to the document's own subject", kind.as_str());
        }
    }
}
