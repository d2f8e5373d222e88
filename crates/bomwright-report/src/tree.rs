//! The graph for a person: as a tree from the root, and as the paths that lead to one package.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::Write;

use bomwright_model::{EdgeKind, Inventory, Node, PackageId, Scope};

use crate::paint::{Paint, clean};

/// Renders the graph as a tree: a node's dependencies are shown where it is first met, later only its name.
/// `depth` bounds how deep it goes, the root being 0.
pub fn tree(inventory: &Inventory, depth: usize, paint: Paint) -> String {
    let mut out = format!("{}\n", paint.heading(&clean(&inventory.label(&Node::Root))));
    let mut seen = HashSet::from([Node::Root]);
    // Depth first with a stack of our own: an image may be nested deeper than the thread's stack.
    let mut stack = vec![(Node::Root, String::new(), children(inventory, &Node::Root))];
    while let Some((_, indent, rest)) = stack.last_mut() {
        let Some((node, kind, scope)) = rest.pop_front() else {
            stack.pop();
            continue;
        };
        let last = rest.is_empty();
        let indent = indent.clone();
        let again = !seen.insert(node.clone());
        let next = if again { VecDeque::new() } else { children(inventory, &node) };
        let cut = !next.is_empty() && stack.len() >= depth;
        let more = if (again && has_children(inventory, &node)) || cut { " …" } else { "" };
        let _ = writeln!(
            out,
            "{}{}{}{}",
            paint.faint(&format!("{indent}{}", if last { "└─ " } else { "├─ " })),
            clean(&inventory.label(&node)),
            paint.faint(&words(inventory, &node, kind, scope)),
            more
        );
        if !next.is_empty() && !cut {
            let indent = format!("{indent}{}", if last { "   " } else { "│  " });
            stack.push((node, indent, next));
        }
    }
    out
}

fn children(inventory: &Inventory, node: &Node) -> VecDeque<(Node, EdgeKind, Scope)> {
    let mut found: VecDeque<_> = inventory
        .graph
        .dependencies(node)
        .into_iter()
        .map(|(node, edge)| (node.clone(), edge.kind, edge.scope))
        .collect();
    found.make_contiguous().sort();
    // Two relations between the same nodes are one branch.
    let mut nodes = HashSet::new();
    found.retain(|(node, _, _)| nodes.insert(node.clone()));
    found
}

fn has_children(inventory: &Inventory, node: &Node) -> bool {
    inventory
        .graph
        .find(node)
        .is_some_and(|index| inventory.graph.petgraph().neighbors(index).next().is_some())
}

fn words(inventory: &Inventory, node: &Node, kind: EdgeKind, scope: Scope) -> String {
    let mut words: Vec<&str> = Vec::new();
    match node {
        Node::Package(id) => words.extend(inventory.package(*id).map(|package| package.ecosystem.as_str())),
        Node::Unresolved(ecosystem, _) => words.extend([ecosystem.as_str(), "not installed"]),
        Node::Root | Node::File(_) => {}
    }
    if !matches!(kind, EdgeKind::Holds | EdgeKind::DependsOn) {
        words.push(kind.as_str());
    }
    if scope != Scope::Runtime {
        words.push(scope.as_str());
    }
    if words.is_empty() { String::new() } else { format!(" ({})", clean(&words.join(", "))) }
}

/// No package is called so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPackage {
    /// The name that was asked for.
    pub name: String,
    /// Names that come near, at most five.
    pub near: Vec<String>,
}

/// Renders the shortest paths from the root to every package called `name`: its name, its full name, its
/// purl, or either of the first two followed by `@version`. `most` bounds the paths for each package.
pub fn why(inventory: &Inventory, name: &str, most: usize, paint: Paint) -> Result<String, UnknownPackage> {
    let meant: Vec<PackageId> =
        inventory.packages().filter(|(_, package)| is_meant(package, name)).map(|(id, _)| id).collect();
    if meant.is_empty() {
        return Err(UnknownPackage { name: name.to_owned(), near: near(inventory, name) });
    }
    let before = shortest(inventory);
    let mut out = String::new();
    for id in meant {
        let label = clean(&inventory.label(&Node::Package(id)));
        let package = inventory.package(id);
        let place = package.and_then(|it| it.location.as_deref()).map(|path| format!(" /{}", clean(path)));
        let _ = writeln!(out, "{}{}", paint.heading(&label), place.unwrap_or_default());
        if let Some(verdict) = package.and_then(|it| it.origin.as_ref()) {
            let reason = verdict.reasons.first();
            let detail = reason.map_or(String::new(), |it| format!(": {} [{}]", clean(&it.detail), it.rule));
            let _ = writeln!(out, "  {}{detail}", paint.origin(verdict.origin, verdict.origin.as_str()));
        }
        for path in paths(inventory, &before, &Node::Package(id), most) {
            let _ = writeln!(out, "  {}", path.join(" > "));
        }
    }
    Ok(out)
}

fn is_meant(package: &bomwright_model::Package, name: &str) -> bool {
    let called = |text: &str| text == package.name || text == package.full_name();
    let versioned =
        || name.rsplit_once('@').is_some_and(|(text, version)| version == package.version && called(text));
    called(name) || versioned() || package.purl.as_ref().is_some_and(|purl| purl.as_str() == name)
}

fn near(inventory: &Inventory, name: &str) -> Vec<String> {
    let wanted = name.to_lowercase();
    let names: BTreeSet<String> =
        inventory.packages.iter().map(bomwright_model::Package::full_name).collect();
    names.into_iter().filter(|it| it.to_lowercase().contains(&wanted)).take(5).collect()
}

/// For each direct dependent of `node`, a shortest path from the root through it, shortest first. `before` is
/// what [`shortest`] gives.
fn paths(
    inventory: &Inventory,
    before: &HashMap<&Node, &Node>,
    node: &Node,
    most: usize,
) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    for (dependent, edge) in inventory.graph.dependents(node) {
        let mut labels = vec![format!("{}{}", clean(&inventory.label(node)), requirement(edge))];
        let mut step = Some(dependent);
        let mut cyclic = false;
        while let Some(current) = step {
            cyclic |= current == node;
            labels.push(clean(&inventory.label(current)));
            step = before.get(current).copied();
        }
        if !cyclic {
            labels.reverse();
            found.push(labels);
        }
    }
    found.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    found.dedup();
    found.truncate(most);
    found
}

fn requirement(edge: &bomwright_model::Edge) -> String {
    let words = match edge.requirement() {
        "" => edge.kind.as_str().to_owned(),
        requirement => clean(requirement),
    };
    match edge.evidence() {
        Some(evidence) => format!("  [{words}, in /{}]", clean(&evidence.path)),
        None => String::new(),
    }
}

/// For each node but the root, the node before it on a shortest path.
fn shortest(inventory: &Inventory) -> HashMap<&Node, &Node> {
    let graph = inventory.graph.petgraph();
    let mut before = HashMap::new();
    let mut queue = VecDeque::from([inventory.graph.root()]);
    while let Some(index) = queue.pop_front() {
        let Some(node) = graph.node_weight(index) else { continue };
        let mut next: Vec<_> =
            graph.neighbors(index).filter_map(|i| Some((graph.node_weight(i)?, i))).collect();
        next.sort();
        for (other, index) in next {
            if *other != Node::Root && !before.contains_key(other) {
                before.insert(other, node);
                queue.push_back(index);
            }
        }
    }
    before
}
