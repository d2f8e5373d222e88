//! The edges that differ.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use bomwright_model::{EdgeKind, Inventory, Node, PackageId, Scope};

use crate::matching::identity;
use crate::side::Known;
use crate::{EdgeChange, GraphDelta};

/// An end of an edge: the number of its identity.
type End = usize;

/// Identities of both sides, each with a number.
#[derive(Default)]
struct Ends<'a> {
    numbers: HashMap<Cow<'a, str>, End>,
    names: Vec<String>,
}

impl<'a> Ends<'a> {
    fn number(&mut self, key: Cow<'a, str>, name: impl FnOnce() -> String) -> End {
        if let Some(&known) = self.numbers.get(&key) {
            return known;
        }
        self.names.push(name());
        self.numbers.insert(key, self.names.len() - 1);
        self.names.len() - 1
    }

    fn package(&mut self, inventory: &'a Inventory, id: PackageId) -> Option<End> {
        let package = inventory.package(id)?;
        Some(self.number(identity(package), || format!("{} {}", package.ecosystem, package.full_name())))
    }

    /// The end that a node stands for; a file that a package owns stands for the package.
    fn of(&mut self, inventory: &'a Inventory, node: &'a Node) -> Option<End> {
        Some(match node {
            Node::Root => self.number(Cow::Borrowed(""), || "root".to_owned()),
            Node::Package(id) => self.package(inventory, *id)?,
            Node::File(id) => {
                let file = inventory.file(*id)?;
                if let Some(owner) = file.owner {
                    return self.package(inventory, owner);
                }
                let name = format!("/{}", file.path);
                self.number(Cow::Owned(name.clone()), || name)
            }
            Node::Unresolved(ecosystem, requirement) => {
                let key = format!("{ecosystem}?{requirement}");
                self.number(Cow::Owned(key), || format!("{ecosystem} {requirement}"))
            }
        })
    }
}

type Edges = BTreeMap<(End, End, EdgeKind), Scope>;

/// Whether a side states any edge of its own.
pub(crate) fn has_edges(inventory: &Inventory) -> bool {
    inventory.graph.petgraph().edge_weights().any(|edge| edge.kind != EdgeKind::Holds)
}

/// Edges that only one side has.
pub(crate) fn edges(old: &Known<'_>, new: &Known<'_>) -> GraphDelta {
    let mut ends = Ends::default();
    let (before, after) = (collect(&mut ends, old.inventory), collect(&mut ends, new.inventory));
    let only = |these: &Edges, those: &Edges| {
        let mut list: Vec<EdgeChange> = these
            .iter()
            .filter(|(key, _)| !those.contains_key(key))
            .filter_map(|(&(from, to, kind), &scope)| {
                let name = |end: End| ends.names.get(end).cloned();
                Some(EdgeChange { from: name(from)?, to: name(to)?, kind, scope })
            })
            .collect();
        list.sort();
        list
    };
    GraphDelta { added: only(&after, &before), removed: only(&before, &after) }
}

fn collect<'a>(ends: &mut Ends<'a>, inventory: &'a Inventory) -> Edges {
    let graph = inventory.graph.petgraph();
    // Each node's end once: far fewer than edges.
    let numbers: Vec<Option<End>> = graph.node_weights().map(|node| ends.of(inventory, node)).collect();
    let number = |node: petgraph::graph::NodeIndex| numbers.get(node.index()).copied().flatten();
    let mut edges = Edges::new();
    for edge in graph.raw_edges().iter().filter(|edge| edge.weight.kind != EdgeKind::Holds) {
        let (Some(from), Some(to)) = (number(edge.source()), number(edge.target())) else { continue };
        if from != to {
            let scope = edges.entry((from, to, edge.weight.kind)).or_insert(edge.weight.scope);
            *scope = edge.weight.scope.min(*scope);
        }
    }
    edges
}
