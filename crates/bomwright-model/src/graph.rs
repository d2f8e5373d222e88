//! The dependency graph of an image, on `petgraph`.
//!
//! One root; one node for each package, each listed file that takes part in an edge, and each requirement
//! that nothing in the image satisfies. A package that nothing else leads to hangs from the root, so every
//! node is reachable. Edges point from the one that needs to the one that is needed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

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
    /// Boxed, since there are hundreds of thousands of edges, and those of other tools' documents have none.
    statement: Option<Box<Statement>>,
}

/// The words of an edge and where they were read; never neither.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Statement {
    requirement: Box<str>,
    evidence: Option<Evidence>,
}

impl Edge {
    /// A relation of which no more is known.
    pub const fn new(kind: EdgeKind, scope: Scope) -> Self {
        Self { kind, scope, statement: None }
    }

    /// A relation with the requirement as written, e.g. `libc6 (>= 2.34)`, empty where it needs no words, and where it
    /// was read.
    pub fn stated(
        kind: EdgeKind,
        scope: Scope,
        requirement: impl Into<Box<str>>,
        evidence: Option<Evidence>,
    ) -> Self {
        let requirement = requirement.into();
        let says_something = !requirement.is_empty() || evidence.is_some();
        Self { kind, scope, statement: says_something.then(|| Box::new(Statement { requirement, evidence })) }
    }

    /// The requirement as written; empty where the relation needs no words.
    pub fn requirement(&self) -> &str {
        self.statement.as_ref().map_or("", |statement| &statement.requirement)
    }

    /// Where it was read; `None` only for edges from the root that no file states, and for those of documents that
    /// don't say.
    pub fn evidence(&self) -> Option<&Evidence> {
        self.statement.as_ref()?.evidence.as_ref()
    }

    /// The same, to be changed.
    pub fn evidence_mut(&mut self) -> Option<&mut Evidence> {
        self.statement.as_mut()?.evidence.as_mut()
    }
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
    index: Index,
    /// The edge of each kind between two nodes, while edges are added.
    between: Option<HashMap<(NodeIndex, NodeIndex, EdgeKind), EdgeIndex, RandomState>>,
    root: NodeIndex,
}

/// Where each node is. Packages and files, nearly all of them, are looked up by a number.
#[derive(Debug, Clone, Default)]
struct Index {
    numbered: HashMap<(u8, u32), NodeIndex, RandomState>,
    unresolved: HashMap<Node, NodeIndex, RandomState>,
}

impl Index {
    /// The number of a node that has one.
    fn number(node: &Node) -> Option<(u8, u32)> {
        match node {
            Node::Root => Some((0, 0)),
            Node::Package(id) => Some((1, id.0)),
            Node::File(id) => Some((2, id.0)),
            Node::Unresolved(..) => None,
        }
    }

    fn get(&self, node: &Node) -> Option<NodeIndex> {
        match Self::number(node) {
            Some(number) => self.numbered.get(&number).copied(),
            None => self.unresolved.get(node).copied(),
        }
    }

    fn insert(&mut self, node: Node, at: NodeIndex) {
        match Self::number(&node) {
            Some(number) => self.numbered.insert(number, at),
            None => self.unresolved.insert(node, at),
        };
    }
}

impl Default for Graph {
    fn default() -> Self {
        Self::new()
    }
}

impl Graph {
    /// A graph that holds only its root.
    pub fn new() -> Self {
        Self::with_capacity(0, 0)
    }

    /// The same with room for so many nodes and edges, so that a large one is not copied as it grows.
    pub fn with_capacity(nodes: usize, edges: usize) -> Self {
        let mut inner = DiGraph::with_capacity(nodes + 1, edges);
        let root = inner.add_node(Node::Root);
        let mut index = Index::default();
        index.numbered.reserve(nodes);
        index.insert(Node::Root, root);
        let between = HashMap::with_capacity_and_hasher(edges, RandomState::default());
        Self { inner, index, between: Some(between), root }
    }

    /// Adds a node if it is not there yet.
    pub fn add(&mut self, node: Node) -> NodeIndex {
        if let Some(found) = self.index.get(&node) {
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
        if from != to {
            let (from, to) = (self.add(from), self.add(to));
            self.join(from, to, edge);
        }
        Ok(())
    }

    /// [`Graph::connect`] for nodes that are there; what is no node, or leads to the root, is passed over.
    pub fn connect_added(&mut self, from: NodeIndex, to: NodeIndex, edge: Edge) {
        let count = self.inner.node_count();
        if from != to && to != self.root && from.index() < count && to.index() < count {
            self.join(from, to, edge);
        }
    }

    fn join(&mut self, from: NodeIndex, to: NodeIndex, edge: Edge) {
        let Self { inner, between, .. } = self;
        let between = between.get_or_insert_with(|| {
            let edges = inner.edge_references();
            edges.map(|edge| ((edge.source(), edge.target(), edge.weight().kind), edge.id())).collect()
        });
        match between.entry((from, to, edge.kind)) {
            Entry::Vacant(entry) => {
                entry.insert(inner.add_edge(from, to, edge));
            }
            Entry::Occupied(entry) => {
                if let Some(old) = inner.edge_weight_mut(*entry.get()).filter(|old| edge < **old) {
                    *old = edge;
                }
            }
        }
    }

    /// Hangs from the root every node that the root does not reach, so that all are reachable. Of a cycle
    /// that nothing leads into, the smallest node is taken.
    pub fn anchor(&mut self) {
        let holds = || Edge::new(EdgeKind::Holds, Scope::Runtime);
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
                self.inner.add_edge(self.root, node, holds());
                self.mark(node, &mut seen);
            }
        }
        // This is the last step, mostly; if more comes, it is worked out again.
        self.between = None;
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
        self.index.get(node)
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
        Edge::stated(EdgeKind::DependsOn, Scope::Runtime, requirement, None)
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
        assert_eq!(graph.edges()[0].2.requirement(), "a");
        assert_eq!(graph.connect(package(0), Node::Root, edge("")), Err(GraphError::IntoRoot));
    }
}
