//! Everything that is known of one image when its files are judged, with the look-ups that rules need.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bomwright_model::{
    Checksum, Inventory, Listed, Observation, Origin, Package, PackageId, Tier, TreeEntry,
};

use crate::Policy;
use crate::base::Base;
use crate::hints::{self, Hint};

/// A package's statement that a path is its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// The path in the merged tree: directories on the way that are symbolic links are followed, diversions too.
    /// Nothing need be there.
    pub path: String,
    /// The package.
    pub package: PackageId,
    /// What it states about the path; its own `path` is as the database spells it.
    pub listed: Listed,
}

/// What backs a package from outside the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backing {
    /// The tier that its intact files reach.
    pub tier: Tier,
    /// What was compared or verified, as a fragment for a person.
    pub detail: String,
    /// The digests of its files by path as its archive has them, where that is at hand.
    pub manifest: Option<BTreeMap<String, Checksum>>,
}

/// What goes into the account of an image. Every list is sorted.
#[derive(Debug, Clone, Copy)]
pub struct TreeFacts<'a> {
    /// The image's inventory, classified.
    pub inventory: &'a Inventory,
    /// The merged tree, sorted by path.
    pub entries: &'a [TreeEntry],
    /// What packages state about paths, sorted.
    pub claims: &'a [Claim],
    /// Facts about no package, sorted.
    pub observations: &'a [Observation],
    /// What backs packages from outside.
    pub backing: &'a BTreeMap<PackageId, Backing>,
    /// Names of the ecosystems whose packages a distribution ships.
    pub system: &'a BTreeSet<&'a str>,
    /// What the team says.
    pub policy: &'a Policy,
    /// What the image may be built upon, the surest first.
    pub bases: &'a [Base],
}

/// [`TreeFacts`] with look-ups.
pub(crate) struct World<'a> {
    pub(crate) facts: TreeFacts<'a>,
    paths: HashMap<&'a str, usize>,
    /// Observations by kind.
    kinds: HashMap<&'a str, Vec<&'a Observation>>,
    /// Observations by kind and path.
    places: HashMap<(&'a str, &'a str), Vec<&'a Observation>>,
    names: HashMap<(&'a str, &'a str), PackageId>,
    /// Libraries by the directory that they are installed in, programs and archives by their own path.
    locations: HashMap<&'a str, PackageId>,
    /// Packages that state a digest for any of their files.
    with_digests: HashSet<PackageId>,
    /// The first observation by its kind and its last value.
    stated: HashMap<(&'a str, &'a str), &'a Observation>,
    /// The first package of a distribution that each file tells of.
    records: HashMap<&'a str, PackageId>,
    /// The first package of each ecosystem.
    firsts: HashMap<&'a str, PackageId>,
    /// The first package of a distribution by its name.
    system_names: BTreeMap<&'a str, PackageId>,
    /// What each layer says about the files that it wrote.
    hints: Vec<Option<Hint>>,
}

impl<'a> World<'a> {
    pub(crate) fn new(facts: TreeFacts<'a>) -> Self {
        let mut kinds: HashMap<_, Vec<_>> = HashMap::new();
        let mut places: HashMap<_, Vec<_>> = HashMap::new();
        let mut stated = HashMap::new();
        for observation in facts.observations {
            let kind = observation.kind.as_str();
            kinds.entry(kind).or_default().push(observation);
            places.entry((kind, observation.path.as_str())).or_default().push(observation);
            if let Some(last) = observation.values.last() {
                stated.entry((kind, last.as_str())).or_insert(observation);
            }
        }
        let mut names = HashMap::new();
        let mut locations = HashMap::new();
        let mut records = HashMap::new();
        let mut firsts = HashMap::new();
        let mut system_names = BTreeMap::new();
        for (id, package) in facts.inventory.packages() {
            firsts.entry(package.ecosystem.as_str()).or_insert(id);
            if facts.system.contains(package.ecosystem.as_str()) {
                system_names.entry(package.name.as_str()).or_insert(id);
                package.evidence.iter().for_each(|it| {
                    records.entry(it.path.as_str()).or_insert(id);
                });
            }
            names.entry((package.ecosystem.as_str(), package.name.as_str())).or_insert(id);
            if let Some(location) = &package.location {
                locations.entry(location.as_str()).or_insert(id);
            }
        }
        let paths = facts.entries.iter().enumerate().map(|(at, entry)| (entry.path.as_str(), at)).collect();
        let with_digests = facts.claims.iter().filter(|it| it.listed.digest.is_some()).map(|it| it.package);
        let with_digests = with_digests.collect();
        Self {
            facts,
            paths,
            kinds,
            places,
            names,
            locations,
            with_digests,
            stated,
            records,
            firsts,
            system_names,
            hints: hints::of_layers(&facts.inventory.layers, facts.bases, facts.policy),
        }
    }

    /// What the layer that wrote `entry` says about it.
    pub(crate) fn hint(&self, entry: &TreeEntry) -> Option<&Hint> {
        self.hints.get(usize::try_from(entry.layer?.0).ok()?)?.as_ref()
    }

    /// The position of `path` (no leading slash, no link on the way) among the entries.
    pub(crate) fn position(&self, path: &str) -> Option<usize> {
        self.paths.get(path).copied()
    }

    /// What is at `path` itself.
    pub(crate) fn entry(&self, path: &str) -> Option<&'a TreeEntry> {
        self.facts.entries.get(self.position(path)?)
    }

    /// What is at `path` once a symbolic link there is followed.
    pub(crate) fn followed(&self, path: &str) -> Option<&'a TreeEntry> {
        let entry = self.entry(path)?;
        match &entry.leads_to {
            Some(target) => self.entry(target),
            None => Some(entry),
        }
    }

    /// What is at `path` once every symbolic link is followed, those among its directories too.
    pub(crate) fn resolved(&self, path: &str) -> Option<&'a TreeEntry> {
        let mut so_far = String::with_capacity(path.len());
        for component in path.split('/').filter(|it| !it.is_empty() && *it != ".") {
            if component == ".." {
                so_far.truncate(so_far.rfind('/').unwrap_or(0));
                continue;
            }
            if !so_far.is_empty() {
                so_far.push('/');
            }
            so_far.push_str(component);
            if let Some(target) = self.entry(&so_far).and_then(|entry| entry.leads_to.as_deref()) {
                target.clone_into(&mut so_far);
            }
        }
        self.entry(&so_far)
    }

    /// The entries whose path begins with `directory` and a slash.
    pub(crate) fn below(&self, directory: &str) -> &'a [TreeEntry] {
        let entries = self.facts.entries;
        let prefix = format!("{directory}/");
        let start = entries.partition_point(|entry| entry.path < prefix);
        let rest = entries.get(start..).unwrap_or_default();
        rest.get(..rest.partition_point(|entry| entry.path.starts_with(&prefix))).unwrap_or_default()
    }

    /// What packages state about `path`.
    pub(crate) fn claims_on(&self, path: &str) -> &'a [Claim] {
        let claims = self.facts.claims;
        let start = claims.partition_point(|claim| claim.path.as_str() < path);
        let rest = claims.get(start..).unwrap_or_default();
        let end = rest.partition_point(|claim| claim.path.as_str() == path);
        rest.get(..end).unwrap_or_default()
    }

    /// The distribution's package that claims `path`, else any package that does.
    pub(crate) fn owner(&self, path: &str) -> Option<PackageId> {
        let claims = self.claims_on(path);
        claims
            .iter()
            .find(|claim| self.is_system(claim.package))
            .or(claims.first())
            .map(|claim| claim.package)
    }

    /// Whether `id` states a digest for any of its files.
    pub(crate) fn states_digests(&self, id: PackageId) -> bool {
        self.with_digests.contains(&id)
    }

    /// Whether `id` is a package of a distribution.
    pub(crate) fn is_system(&self, id: PackageId) -> bool {
        self.package(id).is_some_and(|package| self.facts.system.contains(package.ecosystem.as_str()))
    }

    /// The package with this id.
    pub(crate) fn package(&self, id: PackageId) -> Option<&'a Package> {
        self.facts.inventory.package(id)
    }

    /// The package of `ecosystem` that is named `name`.
    pub(crate) fn package_named(&self, ecosystem: &str, name: &str) -> Option<PackageId> {
        self.names.get(&(ecosystem, name)).copied()
    }

    /// The distribution's package that is named `name`.
    pub(crate) fn system_package(&self, name: &str) -> Option<PackageId> {
        self.system_names.get(name).copied()
    }

    /// The first of a distribution's packages, by name, whose name starts with `beginning`.
    pub(crate) fn system_package_starting(&self, beginning: &str) -> Option<PackageId> {
        let (name, id) = self.system_names.range(beginning..).next()?;
        name.starts_with(beginning).then_some(*id)
    }

    /// The first package of `ecosystem`.
    pub(crate) fn first_of(&self, ecosystem: &str) -> Option<PackageId> {
        self.firsts.get(ecosystem).copied()
    }

    /// The first package of a distribution that the file at `path` tells of.
    pub(crate) fn told_by(&self, path: &str) -> Option<PackageId> {
        self.records.get(path).copied()
    }

    /// The verdict on where `id` came from.
    pub(crate) fn origin_of(&self, id: PackageId) -> Origin {
        let verdict = self.package(id).and_then(|package| package.origin.as_ref());
        verdict.map_or(Origin::Unknown, |verdict| verdict.origin)
    }

    /// The package whose location is exactly `path`.
    pub(crate) fn located_at(&self, path: &str) -> Option<PackageId> {
        self.locations.get(path).copied()
    }

    /// The package that is installed in the nearest directory above `path`.
    pub(crate) fn located_above(&self, path: &str) -> Option<PackageId> {
        let mut directory = path;
        while let Some((parent, _)) = directory.rsplit_once('/') {
            if let Some(id) = self.located_at(parent) {
                return Some(id);
            }
            directory = parent;
        }
        None
    }

    /// Every observation of `kind`.
    pub(crate) fn observations(&self, kind: &str) -> &[&'a Observation] {
        self.kinds.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Every observation of `kind` that was read from `path`.
    pub(crate) fn observed_at<'s>(&'s self, kind: &'s str, path: &'s str) -> &'s [&'a Observation] {
        self.places.get(&(kind, path)).map_or(&[], Vec::as_slice)
    }

    /// The first observation of `kind` whose last value is `value`.
    pub(crate) fn stated(&self, kind: &str, value: &str) -> Option<&'a Observation> {
        self.stated.get(&(kind, value)).copied()
    }
}
