//! The dependency graph of an image, on `petgraph`.
//!
//! One root; one node for each package, each listed file that takes part in an edge, and each requirement
//! that nothing in the image satisfies. A package that nothing else leads to hangs from the root, so every
//! node is reachable. Edges point from the one that needs to the one that is needed.

use std::collections::HashMap;

use foldhash::quality::RandomState;
use petgraph::Direction;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;
use serde::{Deserialize, Serialize};

use crate::{Evidence, FileId, PackageId};

/// What a node stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Node {
    /// The image, directory or document that was scanned.
    Root,
    /// A package of the inventory.
    Package(PackageId),
    /// A file of the inventory.
    File(FileId),
    /// A requirement that nothing in the image satisfies: the ecosystem, and the requirement as written.
    Unresolved(String, String),
}

/// Why one node leads to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Edge {
    /// The kind of relation.
    pub kind: EdgeKind,
    /// When it holds.
    pub scope: Scope,
    /// The requirement as written, e.g. `libc6 (>= 2.34)`; empty where the relation needs no words.
    pub requirement: String,
    /// Where it was read; `None` only for edges from the root that no file states.
    pub evidence: Option<Evidence>,
}

/// Kinds of relations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeKind {
    /// The package's own metadata asks for it.
    DependsOn,
    /// A program or library names it as needed at run time (`DT_NEEDED`, `PT_INTERP`, `#!`).
    Links,
    /// It lies inside: a jar in a jar, a language package that an OS package ships, a module in a binary.
    Contains,
    /// It is run by: a language package and the interpreter whose directory it is installed in.
    RunsOn,
    /// The root holds it.
    Holds,
}

impl EdgeKind {
    /// Every kind.
    pub const ALL: &'static [Self] =
        &[Self::DependsOn, Self::Links, Self::Contains, Self::RunsOn, Self::Holds];

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DependsOn => "depends-on",
            Self::Links => "links",
            Self::Contains => "contains",
            Self::RunsOn => "runs-on",
            Self::Holds => "holds",
        }
    }
}

/// When a dependency is needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// At run time.
    #[default]
    Runtime,
    /// It adds something but is not needed: recommended, suggested, peer-optional, an extra.
    Optional,
    /// To develop or test.
    Development,
    /// To build.
    Build,
}

impl Scope {
    /// Every scope.
    pub const ALL: &'static [Self] = &[Self::Runtime, Self::Optional, Self::Development, Self::Build];

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::Optional => "optional",
            Self::Development => "development",
            Self::Build => "build",
        }
    }
}

/// A graph was asked for an edge that it must not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GraphError {
    /// Nothing may lead to the root.
    IntoRoot,
}

impl std::fmt::Display for GraphError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an edge must not lead to the root")
    }
}

impl std::error::Error for GraphError {}

/// The graph. Its order of nodes and edges is the order in which they were added; [`Graph::edges`] sorts.
#[derive(Debug, Clone)]
pub struct Graph {
    inner: DiGraph<Node, Edge>,
    index: HashMap<Node, NodeIndex, RandomState>,
    between: HashMap<(NodeIndex, NodeIndex, EdgeKind), EdgeIndex, RandomState>,
    root: NodeIndex,
}

impl Default for Graph {
    fn default() -> Self {
        Self::new()
    }
}

impl Graph {
    /// A graph that holds only its root.
    pub fn new() -> Self {
        let mut inner = DiGraph::new();
        let root = inner.add_node(Node::Root);
        let mut index = HashMap::default();
        index.insert(Node::Root, root);
        Self { inner, index, between: HashMap::default(), root }
    }

    /// Adds a node if it is not there yet.
    pub fn add(&mut self, node: Node) -> NodeIndex {
        if let Some(&found) = self.index.get(&node) {
            return found;
        }
        let added = self.inner.add_node(node.clone());
        self.index.insert(node, added);
        added
    }

    /// Connects two nodes, adding them if need be. Edges to oneself are dropped; between the same nodes one
    /// edge of a kind is kept, the smallest, so that the order of discovery does not show.
    ///
    /// # Errors
    /// [`GraphError::IntoRoot`] when `to` is the root.
    pub fn connect(&mut self, from: Node, to: Node, edge: Edge) -> Result<(), GraphError> {
        if to == Node::Root {
            return Err(GraphError::IntoRoot);
        }
        if from == to {
            return Ok(());
        }
        let (from, to) = (self.add(from), self.add(to));
        let key = (from, to, edge.kind);
        match self.between.get(&key).and_then(|&id| self.inner.edge_weight_mut(id)) {
            Some(old) if edge < *old => *old = edge,
            Some(_) => {}
            None => {
                self.between.insert(key, self.inner.add_edge(from, to, edge));
            }
        }
        Ok(())
    }

    /// Hangs from the root every node that the root does not reach, so that all are reachable. Of a cycle
    /// that nothing leads into, the smallest node is taken.
    pub fn anchor(&mut self) {
        let holds = || Edge {
            kind: EdgeKind::Holds,
            scope: Scope::Runtime,
            requirement: String::new(),
            evidence: None,
        };
        let mut seen = vec![false; self.inner.node_count()];
        self.mark(self.root, &mut seen);
        let mut nodes: Vec<NodeIndex> = self.inner.node_indices().collect();
        nodes.sort_by(|a, b| self.inner.node_weight(*a).cmp(&self.inner.node_weight(*b)));
        // First those that nothing leads to, then what is left: cycles.
        let (heads, rest): (Vec<_>, Vec<_>) = nodes
            .into_iter()
            .partition(|&node| self.inner.neighbors_directed(node, Direction::Incoming).next().is_none());
        for node in heads.into_iter().chain(rest) {
            if !seen.get(node.index()).copied().unwrap_or(true) {
                let id = self.inner.add_edge(self.root, node, holds());
                self.between.insert((self.root, node, EdgeKind::Holds), id);
                self.mark(node, &mut seen);
            }
        }
    }

    fn mark(&self, start: NodeIndex, seen: &mut [bool]) {
        let mut stack = vec![start];
        while let Some(node) = stack.pop() {
            match seen.get_mut(node.index()) {
                Some(mark) if !*mark => *mark = true,
                _ => continue,
            }
            stack.extend(self.inner.neighbors(node));
        }
    }

    /// The underlying petgraph, for its algorithms.
    pub fn petgraph(&self) -> &DiGraph<Node, Edge> {
        &self.inner
    }

    /// The root's index in [`Graph::petgraph`].
    pub fn root(&self) -> NodeIndex {
        self.root
    }

    /// The index of `node` in [`Graph::petgraph`].
    pub fn find(&self, node: &Node) -> Option<NodeIndex> {
        self.index.get(node).copied()
    }

    /// Every node, sorted.
    pub fn nodes(&self) -> Vec<&Node> {
        let mut nodes: Vec<_> = self.inner.node_weights().collect();
        nodes.sort_unstable();
        nodes
    }

    /// Every edge as (from, to, edge), sorted.
    pub fn edges(&self) -> Vec<(&Node, &Node, &Edge)> {
        let mut edges: Vec<_> = self
            .inner
            .edge_references()
            .filter_map(|edge| {
                Some((
                    self.inner.node_weight(edge.source())?,
                    self.inner.node_weight(edge.target())?,
                    edge.weight(),
                ))
            })
            .collect();
        edges.sort_unstable();
        edges
    }

    /// What `node` leads to, sorted.
    pub fn dependencies(&self, node: &Node) -> Vec<(&Node, &Edge)> {
        self.neighbours(node, Direction::Outgoing)
    }

    /// What leads to `node`, sorted.
    pub fn dependents(&self, node: &Node) -> Vec<(&Node, &Edge)> {
        self.neighbours(node, Direction::Incoming)
    }

    fn neighbours(&self, node: &Node, direction: Direction) -> Vec<(&Node, &Edge)> {
        let Some(index) = self.find(node) else { return Vec::new() };
        let mut found: Vec<_> = self
            .inner
            .edges_directed(index, direction)
            .filter_map(|edge| {
                let other = if direction == Direction::Outgoing { edge.target() } else { edge.source() };
                Some((self.inner.node_weight(other)?, edge.weight()))
            })
            .collect();
        found.sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(id: u32) -> Node {
        Node::Package(PackageId(id))
    }

    fn edge(requirement: &str) -> Edge {
        Edge {
            kind: EdgeKind::DependsOn,
            scope: Scope::Runtime,
            requirement: requirement.into(),
            evidence: None,
        }
    }

    #[test]
    fn every_node_is_reachable_after_anchoring() {
        let mut graph = Graph::new();
        // 0 -> 1, and a cycle 2 <-> 3 that nothing leads into.
        graph.connect(package(0), package(1), edge("b")).unwrap();
        graph.connect(package(2), package(3), edge("d")).unwrap();
        graph.connect(package(3), package(2), edge("c")).unwrap();
        graph.anchor();
        let held: Vec<_> =
            graph.dependencies(&Node::Root).into_iter().map(|(node, _)| node.clone()).collect();
        assert_eq!(held, [package(0), package(2)]);
    }

    #[test]
    fn one_edge_of_a_kind_the_smallest_and_none_into_the_root() {
        let mut graph = Graph::new();
        graph.connect(package(0), package(1), edge("z")).unwrap();
        graph.connect(package(0), package(1), edge("a")).unwrap();
        graph.connect(package(0), package(0), edge("self")).unwrap();
        assert_eq!(graph.edges().len(), 1);
        assert_eq!(graph.edges()[0].2.requirement, "a");
        assert_eq!(graph.connect(package(0), Node::Root, edge("")), Err(GraphError::IntoRoot));
    }
}
