//! From a list of packages and files to one graph.

use std::collections::HashMap;

use bomwright_ecosystems::{Ecosystem, Edges, Found, Installed, Tree};
use bomwright_image::{MergedTree, NodeKind};
use bomwright_model::{EdgeKind, File, Graph, License, Node, PackageId, PackageKind};

use crate::assemble::Assembled;

/// Says which package owns which file, which packages others ship, and what leads to what.
pub(crate) fn link(all: &mut Assembled, tree: &MergedTree, registry: &[&'static dyn Ecosystem]) -> Graph {
    let owners = owners(&all.packages, tree, registry);
    own_files(&mut all.files, &all.packages, &owners);
    mark_shipped(&mut all.packages, &owners, registry);
    let mut graph = Graph::new();
    for (id, _) in (0..).map(PackageId).zip(&all.packages) {
        graph.add(Node::Package(id));
    }
    let borrowed = owners.iter().map(|(path, id)| (path.as_str(), *id)).collect();
    let view = View(tree);
    let installed =
        Installed::new(&all.packages, &all.files, &view, borrowed).with_observations(&all.observations);
    for (id, file) in installed.files() {
        if file.owner.is_none() {
            graph.add(Node::File(id));
        }
    }
    let licenses: Vec<_> = registry.iter().flat_map(|ecosystem| ecosystem.licenses(&installed)).collect();
    let mut edges = Edges::new(&mut graph);
    for (id, found) in installed.all() {
        if let Some(owner) = found.package.shipped_by {
            let evidence = found.package.evidence.first().cloned();
            edges.relate(Node::Package(owner), Node::Package(id), EdgeKind::Contains, "", evidence);
        }
    }
    for ecosystem in registry {
        ecosystem.relate(&installed, &mut edges);
    }
    installed.relate_locked(&mut edges);
    graph.anchor();
    for (id, license) in licenses {
        let found = usize::try_from(id.0).ok().and_then(|index| all.packages.get_mut(index));
        if let Some(licenses) =
            found.map(|found| &mut found.package.licenses).filter(|it| !it.contains(&license))
        {
            // A text that was recognised stands for itself.
            let is_text_of_it = |it: &License| it.path == license.path && it.text.contains('\n');
            licenses.retain(|it| license.confidence.is_none() || !is_text_of_it(it));
            licenses.push(license);
            licenses.sort();
        }
    }
    graph
}

/// The merged tree, as ecosystems see it.
struct View<'a>(&'a MergedTree);

impl Tree for View<'_> {
    fn resolve(&self, path: &str) -> Option<String> {
        self.0.resolve(path)
    }
}

/// The package that claims each path of the merged tree. Where several do, a distribution's package goes
/// before a language's, and then the first in the inventory's order.
fn owners(
    packages: &[Found],
    tree: &MergedTree,
    registry: &[&'static dyn Ecosystem],
) -> HashMap<String, PackageId> {
    let mut owners = HashMap::new();
    // Package databases list files directory by directory: each is resolved once.
    let mut directories: HashMap<&str, Option<String>> = HashMap::new();
    let (system, others): (Vec<_>, Vec<_>) = (0..)
        .map(PackageId)
        .zip(packages)
        .partition(|(_, found)| is_system(registry, &found.package.ecosystem));
    for (id, found) in system.into_iter().chain(others) {
        for path in &found.owns {
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
            let real = directories.entry(parent).or_insert_with(|| resolve_directory(tree, parent));
            let Some(real) = real else { continue };
            let place = if real.is_empty() { name.to_owned() } else { format!("{real}/{name}") };
            if tree.get(&place).is_some_and(|node| node.kind != NodeKind::Directory) {
                owners.entry(place).or_insert(id);
            }
        }
    }
    owners
}

fn resolve_directory(tree: &MergedTree, path: &str) -> Option<String> {
    if path.is_empty() { Some(String::new()) } else { tree.resolve(path) }
}

fn is_system(registry: &[&'static dyn Ecosystem], name: &str) -> bool {
    registry.iter().any(|ecosystem| ecosystem.name() == name && ecosystem.is_system())
}

/// Gives each listed file its owner: the package that lists it, else the library whose directory it lies in.
fn own_files(files: &mut [File], packages: &[Found], owners: &HashMap<String, PackageId>) {
    let homes: HashMap<&str, PackageId> = (0..)
        .map(PackageId)
        .zip(packages)
        .filter(|(_, found)| found.package.kind == PackageKind::Library)
        .filter_map(|(id, found)| Some((found.package.location.as_deref()?, id)))
        .collect();
    for file in files {
        file.owner = owners.get(&file.path).copied().or_else(|| {
            let mut directory = file.path.as_str();
            while let Some((parent, _)) = directory.rsplit_once('/') {
                if let Some(&id) = homes.get(parent) {
                    return Some(id);
                }
                directory = parent;
            }
            None
        });
    }
}

/// Marks the packages whose every evidence lies in a file that a distribution's package owns.
fn mark_shipped(
    packages: &mut [Found],
    owners: &HashMap<String, PackageId>,
    registry: &[&'static dyn Ecosystem],
) {
    let system: Vec<bool> =
        packages.iter().map(|found| is_system(registry, &found.package.ecosystem)).collect();
    let is_system =
        |id: PackageId| usize::try_from(id.0).ok().and_then(|i| system.get(i)).is_some_and(|&s| s);
    for (found, own_system) in packages.iter_mut().zip(&system) {
        if *own_system {
            continue;
        }
        let mut shippers = found.package.evidence.iter().map(|evidence| {
            let file = evidence.path.split("!/").next().unwrap_or_default();
            owners.get(file).copied().filter(|&id| is_system(id))
        });
        let first = shippers.next().flatten();
        if first.is_some() && shippers.all(|shipper| shipper.is_some()) {
            found.package.shipped_by = first;
        }
    }
}
