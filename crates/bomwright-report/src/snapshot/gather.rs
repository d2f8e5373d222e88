//! Which packages belong to which manifest, and how they hang together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bomwright_model::{Image, Inventory, Node, Origin, Package, PackageId, Scope, SourceKind};

use super::{Dependency, Location, Manifest, Needed, Relationship};

/// The manifests of `inventory` by name.
pub(super) fn manifests(inventory: &Inventory) -> BTreeMap<String, Manifest<'_>> {
    let told = told(inventory);
    let relations = Relations::of(inventory);
    let is_tree = is_tree(inventory);
    let mut manifests: BTreeMap<String, Manifest<'_>> = BTreeMap::new();
    for (id, package) in inventory.packages() {
        let Some(purl) = package.purl.as_ref() else { continue };
        let file = shared_file(package, &told);
        let place = file.map_or_else(|| package.ecosystem.clone(), |it| format!("/{it}"));
        let name = name(inventory, &place);
        let location = file.filter(|_| is_tree).map(|source_location| Location { source_location });
        let manifest = manifests.entry(name.clone()).or_insert_with(|| Manifest {
            file: location,
            name,
            resolved: BTreeMap::new(),
        });
        let dependency = relations.dependency(id, purl.as_str());
        match manifest.resolved.get_mut(purl.as_str()) {
            None => {
                manifest.resolved.insert(purl.as_str(), dependency);
            }
            Some(known) => {
                known.dependencies.extend(dependency.dependencies);
                known.relationship = known.relationship.min(dependency.relationship);
                known.scope = known.scope.min(dependency.scope);
            }
        }
    }
    manifests
}

/// How many packages each file tells of.
fn told(inventory: &Inventory) -> HashMap<&str, usize> {
    let mut told = HashMap::new();
    for package in &inventory.packages {
        let paths: BTreeSet<&str> = package.evidence.iter().map(|it| it.path.as_str()).collect();
        for path in paths {
            *told.entry(path).or_insert(0) += 1;
        }
    }
    told
}

/// The file that tells of `package` and of the most others; `None` where each tells of it alone.
fn shared_file<'a>(package: &'a Package, told: &HashMap<&str, usize>) -> Option<&'a str> {
    let counted = package.evidence.iter().map(|it| {
        let path = it.path.as_str();
        (told.get(path).copied().unwrap_or_default(), std::cmp::Reverse(path))
    });
    let (count, std::cmp::Reverse(path)) = counted.max()?;
    (count > 1).then_some(path)
}

/// `place` behind the name of the image that it lies in; of a source tree by itself.
fn name(inventory: &Inventory, place: &str) -> String {
    match &inventory.image {
        None => place.trim_start_matches('/').to_owned(),
        Some(image) => format!("{}:{place}", image_name(image, &inventory.source.name)),
    }
}

fn image_name(image: &Image, source: &str) -> String {
    let repository = image.repository.as_deref().unwrap_or(source);
    match &image.tag {
        Some(tag) => format!("{repository}:{tag}"),
        None => repository.to_owned(),
    }
}

/// Whether paths are those of a repository.
fn is_tree(inventory: &Inventory) -> bool {
    let kind = inventory.source.kind;
    matches!(kind, SourceKind::Dir | SourceKind::File | SourceKind::Git)
        && inventory.image.is_none()
        && inventory.distribution.is_none()
}

/// What leads to each package and what it leads to, by its position.
struct Relations<'a> {
    is_direct: Vec<bool>,
    is_needed: Vec<bool>,
    targets: Vec<BTreeSet<&'a str>>,
}

impl<'a> Relations<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let count = inventory.packages.len();
        let mut all = Self {
            is_direct: vec![false; count],
            is_needed: needed(inventory),
            targets: vec![BTreeSet::new(); count],
        };
        let projects = projects(inventory);
        for (from, to) in edges(inventory) {
            // What the project itself asks for is direct: the root, what is the team's own, and a project of a source
            // tree.
            let is_direct = match from {
                Node::Package(id) => {
                    is_own(inventory.package(*id)) || at(&projects, *id).copied().unwrap_or_default()
                }
                Node::Root | Node::File(_) => true,
                Node::Unresolved(..) => false,
            };
            if let Some(slot) = at_mut(&mut all.is_direct, to) {
                *slot |= is_direct;
            }
            let target = inventory.package(to).and_then(|package| package.purl.as_ref());
            if let (Node::Package(from), Some(purl)) = (from, target)
                && let Some(list) = at_mut(&mut all.targets, *from)
            {
                list.insert(purl.as_str());
            }
        }
        all
    }

    fn dependency(&self, id: PackageId, purl: &'a str) -> Dependency<'a> {
        let mut dependencies = at(&self.targets, id).cloned().unwrap_or_default();
        dependencies.remove(purl);
        Dependency {
            dependencies,
            package_url: purl,
            relationship: if at(&self.is_direct, id).copied().unwrap_or_default() {
                Relationship::Direct
            } else {
                Relationship::Indirect
            },
            scope: if at(&self.is_needed, id).copied().unwrap_or_default() {
                Needed::Runtime
            } else {
                Needed::Development
            },
        }
    }
}

/// Which packages the root leads to without a step that is only for development or building.
fn needed(inventory: &Inventory) -> Vec<bool> {
    let graph = inventory.graph.petgraph();
    let mut needed = vec![false; inventory.packages.len()];
    let mut seen = HashSet::from([inventory.graph.root()]);
    let mut open = vec![inventory.graph.root()];
    while let Some(node) = open.pop() {
        if let Some(Node::Package(id)) = graph.node_weight(node)
            && let Some(slot) = at_mut(&mut needed, *id)
        {
            *slot = true;
        }
        let mut steps = graph.neighbors(node).detach();
        while let Some((edge, target)) = steps.next(graph) {
            let scope = graph.edge_weight(edge).map(|edge| edge.scope);
            let counts = !matches!(scope, Some(Scope::Development | Scope::Build));
            if counts && seen.insert(target) {
                open.push(target);
            }
        }
    }
    needed
}

/// The edges that lead to packages, and where they come from.
fn edges(inventory: &Inventory) -> impl Iterator<Item = (&Node, PackageId)> {
    let graph = inventory.graph.petgraph();
    graph.edge_indices().filter_map(|index| {
        let (from, to) = graph.edge_endpoints(index)?;
        let Node::Package(to) = graph.node_weight(to)? else { return None };
        Some((graph.node_weight(from)?, *to))
    })
}

/// Which packages are the projects of a source tree: those that no other package asks for.
fn projects(inventory: &Inventory) -> Vec<bool> {
    let mut projects = vec![is_tree(inventory); inventory.packages.len()];
    for (from, to) in edges(inventory) {
        if let (Node::Package(_), Some(slot)) = (from, at_mut(&mut projects, to)) {
            *slot = false;
        }
    }
    projects
}

fn at<T>(list: &[T], id: PackageId) -> Option<&T> {
    list.get(usize::try_from(id.0).ok()?)
}

fn at_mut<T>(list: &mut [T], id: PackageId) -> Option<&mut T> {
    list.get_mut(usize::try_from(id.0).ok()?)
}

fn is_own(package: Option<&Package>) -> bool {
    package.and_then(|it| it.origin.as_ref()).is_some_and(|verdict| verdict.origin == Origin::InHouse)
}
