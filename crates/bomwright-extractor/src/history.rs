//! Since when each package has been there.
//!
//! Every layer's own version of a package database was read, also those that later layers replaced. Put one after the
//! other they tell since which layer a name has been listed without a gap, and since which layer in this version.
//! Where a package has a file of its own the same is asked of the versions of that file.

use std::collections::{HashMap, HashSet};

use bomwright_ecosystems::Ecosystem;
use bomwright_image::MergedTree;
use bomwright_model::{LayerId, Package};

use crate::layer::FileFindings;

/// What all layers say about when packages came.
pub(crate) struct History<'a> {
    tree: &'a MergedTree,
    system: HashSet<&'static str>,
    names: Presence,
    versions: Presence,
    /// Databases of distributions that list several packages: what they list came no earlier than they.
    databases: HashSet<String>,
}

/// Since when things have been there, and how many files say that they are.
#[derive(Default)]
struct Presence(HashMap<String, (usize, LayerId)>);

impl Presence {
    fn add(&mut self, key: String, layer: LayerId) {
        self.0.entry(key).or_insert((0, layer)).0 += 1;
    }

    fn remove(&mut self, key: &str) {
        if let Some((count, _)) = self.0.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(key);
            }
        }
    }

    fn since(&self, key: &str) -> Option<LayerId> {
        self.0.get(key).map(|(_, layer)| *layer)
    }
}

/// What one version of a file lists.
#[derive(Default)]
struct Listing {
    names: Vec<String>,
    versions: Vec<String>,
}

impl<'a> History<'a> {
    /// Goes through all layers, bottom first.
    pub(crate) fn new(
        layers: &[Vec<FileFindings>],
        tree: &'a MergedTree,
        registry: &[&'static dyn Ecosystem],
    ) -> Self {
        let system = registry.iter().filter(|it| it.is_system()).map(|it| it.name()).collect();
        let (names, versions) = (Presence::default(), Presence::default());
        let mut history = Self { tree, system, names, versions, databases: HashSet::new() };
        let mut files: HashMap<(usize, String), Listing> = HashMap::new();
        for (layer, found) in (0..).map(LayerId).zip(layers) {
            // What a layer moves from one file to another is never absent: the new is added before the old goes.
            let mut replaced = Vec::new();
            for file in found {
                let place = tree.resolve(&file.path).unwrap_or_else(|| file.path.clone());
                let listing = history.add(layer, &place, file);
                replaced.extend(files.insert((file.ecosystem, place), listing));
            }
            for old in replaced {
                old.names.iter().for_each(|key| history.names.remove(key));
                old.versions.iter().for_each(|key| history.versions.remove(key));
            }
        }
        history
    }

    fn add(&mut self, layer: LayerId, place: &str, file: &FileFindings) -> Listing {
        let mut listing = Listing::default();
        for package in file.findings.packages.iter().map(|found| &found.package) {
            let (name, version) = self.keys(package, place);
            self.names.add(name.clone(), layer);
            self.versions.add(version.clone(), layer);
            listing.names.push(name);
            listing.versions.push(version);
        }
        if listing.names.len() > 1 {
            self.databases.insert(place.to_owned());
        }
        listing
    }

    /// What a package is known by here, without and with its version. A distribution's is the same whatever file
    /// tells of it; any other is one of that file.
    fn keys(&self, package: &Package, place: &str) -> (String, String) {
        let place = if self.system.contains(package.ecosystem.as_str()) { "" } else { place };
        let parts = [
            &package.ecosystem,
            place,
            package.namespace.as_deref().unwrap_or_default(),
            &package.name,
            package.architecture.as_deref().unwrap_or_default(),
        ];
        let name = parts.join("\0");
        let version = format!("{name}\0{}", package.version);
        (name, version)
    }

    /// The layers since which `package`, whose evidence is complete, has been there, and been there in its version.
    pub(crate) fn of(&self, package: &Package) -> (Option<LayerId>, Option<LayerId>) {
        let seen = package.evidence.iter().map(|evidence| {
            let file = evidence.path.split("!/").next().unwrap_or_default();
            let (name, version) = self.keys(package, file);
            let node = self.tree.get(file);
            let is_own = self.system.contains(package.ecosystem.as_str()) && !self.databases.contains(file);
            let least = node.as_ref().filter(|_| !is_own).map(|node| node.introduced);
            // A package that another file gave its name is as old as its file.
            let since = |found: Option<LayerId>, file: Option<LayerId>| {
                found.map(|layer| least.map_or(layer, |least| layer.max(least))).or(file).or(evidence.layer)
            };
            (
                since(self.names.since(&name), node.as_ref().map(|node| node.introduced)),
                since(self.versions.since(&version), node.as_ref().map(|node| node.layer)),
            )
        });
        let (names, versions): (Vec<_>, Vec<_>) = seen.unzip();
        (names.into_iter().flatten().min(), versions.into_iter().flatten().min())
    }
}
