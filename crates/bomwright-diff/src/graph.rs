//! The edges that differ.

use std::collections::HashMap;

use bomwright_model::{EdgeKind, Inventory, Node, Scope};

use crate::matching::Groups;
use crate::side::Known;
use crate::{EdgeChange, GraphDelta};

/// An end of an edge: the number of its identity. Those of packages come first, as their groups are numbered.
type End = u32;

/// An edge with its kind and the strongest scope in which it holds.
type Edges = Vec<(End, End, EdgeKind, Scope)>;

/// What is at the ends of edges.
struct Ends<'g, 'a> {
    groups: &'g Groups<'a>,
    /// What is no package: its number beyond those of packages.
    others: HashMap<String, End>,
    names: Vec<String>,
}

impl<'a> Ends<'_, 'a> {
    fn other(&mut self, key: String, name: impl FnOnce() -> String) -> End {
        let next = end(self.groups.count() + self.names.len());
        let Self { others, names, .. } = self;
        *others.entry(key).or_insert_with(|| {
            names.push(name());
            next
        })
    }

    /// The end that a node stands for; a file that a package owns stands for the package.
    fn of(&mut self, is_old: bool, inventory: &'a Inventory, node: &'a Node) -> Option<End> {
        Some(match node {
            Node::Root => self.other(String::new(), || "root".to_owned()),
            Node::Package(id) => end(self.groups.number(is_old, *id)?),
            Node::File(id) => {
                let file = inventory.file(*id)?;
                if let Some(owner) = file.owner {
                    return self.groups.number(is_old, owner).map(end);
                }
                let name = format!("/{}", file.path);
                self.other(name.clone(), || name)
            }
            Node::Unresolved(ecosystem, requirement) => {
                let key = format!("{ecosystem}?{requirement}");
                self.other(key, || format!("{ecosystem} {requirement}"))
            }
        })
    }

    fn name(&self, end: End) -> Option<String> {
        let end = usize::try_from(end).ok()?;
        if let Some(other) = end.checked_sub(self.groups.count()) {
            return self.names.get(other).cloned();
        }
        let package = self.groups.package(end)?;
        Some(format!("{} {}", package.ecosystem, package.full_name()))
    }
}

/// Numbers of what is in memory fit: each is of a package, a file or a requirement with an id of that size.
fn end(number: usize) -> End {
    End::try_from(number).unwrap_or(End::MAX)
}

/// Whether a side states any edge of its own.
pub(crate) fn has_edges(inventory: &Inventory) -> bool {
    inventory.graph.petgraph().edge_weights().any(|edge| edge.kind != EdgeKind::Holds)
}

/// Edges that only one side has.
pub(crate) fn edges<'a>(old: &Known<'a>, new: &Known<'a>, groups: &Groups<'a>) -> GraphDelta {
    let mut ends = Ends { groups, others: HashMap::new(), names: Vec::new() };
    let before = collect(&mut ends, true, old.inventory);
    let after = collect(&mut ends, false, new.inventory);
    let only = |these: &Edges, those: &Edges| {
        let mut others = those.iter().peekable();
        let mut list = Vec::new();
        for edge @ &(from, to, kind, scope) in these {
            while others.next_if(|other| key(other) < key(edge)).is_some() {}
            if others.peek().is_none_or(|other| key(other) != key(edge))
                && let (Some(from), Some(to)) = (ends.name(from), ends.name(to))
            {
                list.push(EdgeChange { from, to, kind, scope });
            }
        }
        list.sort();
        list
    };
    GraphDelta { added: only(&after, &before), removed: only(&before, &after) }
}

/// What an edge is, in whatever scope.
fn key(&(from, to, kind, _): &(End, End, EdgeKind, Scope)) -> (End, End, EdgeKind) {
    (from, to, kind)
}

/// The edges of a side, sorted, each once.
fn collect<'a>(ends: &mut Ends<'_, 'a>, is_old: bool, inventory: &'a Inventory) -> Edges {
    let graph = inventory.graph.petgraph();
    // Each node's end once: far fewer than edges.
    let numbers: Vec<Option<End>> =
        graph.node_weights().map(|node| ends.of(is_old, inventory, node)).collect();
    let number = |node: petgraph::graph::NodeIndex| numbers.get(node.index()).copied().flatten();
    let stated = graph.raw_edges().iter().filter(|edge| edge.weight.kind != EdgeKind::Holds);
    let mut edges: Edges = stated
        .filter_map(|edge| {
            let (from, to) = (number(edge.source())?, number(edge.target())?);
            (from != to).then_some((from, to, edge.weight.kind, edge.weight.scope))
        })
        .collect();
    edges.sort_unstable();
    // Of one edge in several scopes the first, the strongest, stays.
    edges.dedup_by(|edge, kept| key(edge) == key(kept));
    edges
}
