//! What is installed in the whole image, as the second pass of an ecosystem sees it.

use std::collections::HashMap;

use bomwright_model::{
    Edge, EdgeKind, Evidence, File, FileId, Graph, Node, Observation, Package, PackageId, Scope,
};

use crate::{Found, Requirement};

/// The merged tree, as far as an ecosystem may ask it. Paths have no leading slash.
pub trait Tree {
    /// The path of the file or directory that `path` leads to once every symbolic link on the way is
    /// followed within the image; `None` when there is nothing.
    fn resolve(&self, path: &str) -> Option<String>;
}

/// A tree that holds nothing, for tests.
impl Tree for () {
    fn resolve(&self, _: &str) -> Option<String> {
        None
    }
}

/// Everything that is installed, with the look-ups that relating needs.
pub struct Installed<'a> {
    packages: &'a [Found],
    files: &'a [File],
    tree: &'a dyn Tree,
    owners: HashMap<&'a str, PackageId>,
    names: HashMap<&'a str, HashMap<&'a str, Vec<PackageId>>>,
    places: HashMap<&'a str, HashMap<&'a str, PackageId>>,
    paths: HashMap<&'a str, FileId>,
    observations: &'a [Observation],
}

impl<'a> Installed<'a> {
    /// Indexes `packages` and `files`, which must be in the inventory's order: their positions are their ids.
    /// `owners` says which package claims which path of the merged tree.
    pub fn new(
        packages: &'a [Found],
        files: &'a [File],
        tree: &'a dyn Tree,
        owners: HashMap<&'a str, PackageId>,
    ) -> Self {
        let mut names: HashMap<_, HashMap<_, Vec<PackageId>>> = HashMap::new();
        let mut places: HashMap<_, HashMap<_, PackageId>> = HashMap::new();
        for (id, found) in (0..).map(PackageId).zip(packages) {
            let package = &found.package;
            let ecosystem = package.ecosystem.as_str();
            names.entry(ecosystem).or_default().entry(package.name.as_str()).or_default().push(id);
            if let Some(location) = &package.location {
                places.entry(ecosystem).or_default().entry(location.as_str()).or_insert(id);
            }
        }
        // After all own names, so that a real package comes before those that merely provide its name.
        for (id, found) in (0..).map(PackageId).zip(packages) {
            let names = names.entry(found.package.ecosystem.as_str()).or_default();
            for name in found.provides.iter().filter(|name| **name != found.package.name) {
                let ids = names.entry(name.as_str()).or_default();
                // Packages come one after the other: a name that one provides twice is the last of its list.
                if ids.last() != Some(&id) {
                    ids.push(id);
                }
            }
        }
        let paths = (0..).map(FileId).zip(files).map(|(id, file)| (file.path.as_str(), id)).collect();
        Self { packages, files, tree, owners, names, places, paths, observations: &[] }
    }

    /// The same with what was seen besides packages.
    #[must_use]
    pub fn with_observations(mut self, observations: &'a [Observation]) -> Self {
        self.observations = observations;
        self
    }

    /// What was seen besides packages.
    pub fn observations(&self) -> &'a [Observation] {
        self.observations
    }

    /// The packages of `ecosystem`.
    pub fn of(&self, ecosystem: &str) -> impl Iterator<Item = (PackageId, &'a Found)> {
        self.all().filter(move |(_, found)| found.package.ecosystem == ecosystem)
    }

    /// Every package.
    pub fn all(&self) -> impl Iterator<Item = (PackageId, &'a Found)> {
        (0..).map(PackageId).zip(self.packages)
    }

    /// The package with this id.
    pub fn package(&self, id: PackageId) -> Option<&'a Package> {
        self.packages.get(usize::try_from(id.0).ok()?).map(|found| &found.package)
    }

    /// Every listed executable and library.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &'a File)> {
        (0..).map(FileId).zip(self.files)
    }

    /// The listed file with this id.
    pub fn file(&self, id: FileId) -> Option<&'a File> {
        self.files.get(usize::try_from(id.0).ok()?)
    }

    /// The listed executable or library at `path`.
    pub fn file_at(&self, path: &str) -> Option<(FileId, &'a File)> {
        let id = *self.paths.get(path)?;
        Some((id, self.file(id)?))
    }

    /// The packages of `ecosystem` that are named `name` or provide it, the former first.
    pub fn providers(&self, ecosystem: &str, name: &str) -> &[PackageId] {
        self.names.get(ecosystem).and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }

    /// The package of `ecosystem` whose [`Package::location`] is `location`.
    pub fn at(&self, ecosystem: &str, location: &str) -> Option<PackageId> {
        self.places.get(ecosystem)?.get(location).copied()
    }

    /// The package that claims the file at `path`, which must have been resolved.
    pub fn owner(&self, path: &str) -> Option<PackageId> {
        self.owners.get(path).copied()
    }

    /// Follows symbolic links within the image; `None` when nothing is there.
    pub fn resolve(&self, path: &str) -> Option<String> {
        self.tree.resolve(path)
    }

    /// The package that claims what the absolute path `path` leads to; `None` for anything else.
    pub fn owner_at(&self, path: &str) -> Option<PackageId> {
        self.owner(&self.resolve(path.strip_prefix('/')?)?)
    }

    /// Relates all packages as the lock files say that pin them.
    pub fn relate_locked(&self, out: &mut Edges<'_>) {
        for (id, found) in self.all() {
            for requirement in &found.locked {
                let named =
                    requirement.names.iter().flat_map(|name| self.providers(&found.package.ecosystem, name));
                let mut others = named.filter(|&&other| other != id).copied().peekable();
                if others.peek().is_none() {
                    out.unresolved(id, &found.package, requirement);
                }
                others.for_each(|other| out.depends(id, &found.package, other, requirement));
            }
        }
    }

    /// Relates the packages of `ecosystem` by the names that they require and provide. Of several providers
    /// one of the same architecture is preferred, then one that carries the name itself; a name that is an
    /// absolute path and that none provides stands for the owner of what lies there. An optional
    /// requirement that nothing provides is left out; any other becomes an explicit unresolved node.
    pub fn relate_by_name(&self, ecosystem: &str, out: &mut Edges<'_>) {
        for (id, found) in self.of(ecosystem) {
            for requirement in &found.requires {
                let provider = requirement.names.iter().find_map(|name| {
                    let candidates = self.providers(ecosystem, name);
                    let same = |&&other: &&PackageId| {
                        self.package(other).is_some_and(|p| p.architecture == found.package.architecture)
                    };
                    candidates
                        .iter()
                        .find(same)
                        .or(candidates.first())
                        .copied()
                        .or_else(|| self.owner_at(name))
                });
                match provider {
                    Some(provider) => out.depends(id, &found.package, provider, requirement),
                    None => out.unresolved(id, &found.package, requirement),
                }
            }
        }
    }
}

/// Takes the edges that ecosystems find.
pub struct Edges<'g> {
    graph: &'g mut Graph,
}

impl<'g> Edges<'g> {
    /// Edges that go into `graph`.
    pub fn new(graph: &'g mut Graph) -> Self {
        Self { graph }
    }

    /// `from` (its id and itself) states a requirement that `to` satisfies.
    pub fn depends(&mut self, from: PackageId, package: &Package, to: PackageId, requirement: &Requirement) {
        let edge = stated(package, requirement);
        self.add(Node::Package(from), Node::Package(to), edge);
    }

    /// `from` states a requirement that nothing in the image satisfies. Optional ones are dropped: that
    /// nothing satisfies them is their normal state.
    pub fn unresolved(&mut self, from: PackageId, package: &Package, requirement: &Requirement) {
        if requirement.scope != Scope::Runtime {
            return;
        }
        let to = Node::Unresolved(package.ecosystem.clone(), requirement.text.clone());
        let edge = stated(package, requirement);
        self.add(Node::Package(from), to, edge);
    }

    /// Any other relation, read from `evidence`.
    pub fn relate(&mut self, from: Node, to: Node, kind: EdgeKind, words: &str, evidence: Option<Evidence>) {
        self.add(from, to, Edge::stated(kind, Scope::Runtime, words, evidence));
    }

    fn add(&mut self, from: Node, to: Node, edge: Edge) {
        // The only error is an edge into the root, and no ecosystem can name the root as a target by id.
        let _ = self.graph.connect(from, to, edge);
    }
}

/// The edge that `package` states by `requirement`.
fn stated(package: &Package, requirement: &Requirement) -> Edge {
    let evidence = package.evidence.first().cloned();
    Edge::stated(EdgeKind::DependsOn, requirement.scope, requirement.text.as_str(), evidence)
}
