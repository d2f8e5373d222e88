//! From what each layer's files say to one list of packages.
//!
//! Only what survives in the merged tree counts. What a package's other files say of it is joined to it, and
//! packages that agree in identity, version, architecture and location become one with all their evidence.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bomwright_ecosystems::{Ecosystem, Found, Identity, Part};
use bomwright_image::{MergedTree, NodeKind};
use bomwright_model::{Diagnostic, Distribution, Evidence, File, LayerId, Observation, Package, PackageKind};

use crate::history::History;
use crate::layer::FileFindings;
use crate::locks;
use crate::recover::{Hidden, RECOVERED};

/// The property that says what a package is needed for, where that is not running.
const SCOPE: &str = "scope";

/// What all layers say together, sorted as an inventory is.
#[derive(Debug, Default)]
pub(crate) struct Assembled {
    pub(crate) packages: Vec<Found>,
    pub(crate) files: Vec<File>,
    pub(crate) distribution: Option<Distribution>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Joins the findings of all layers, bottom first. `layered` is false for sources that have no layers, whose
/// evidence then names none.
pub(crate) fn assemble(
    layers: Vec<Vec<FileFindings>>,
    tree: &MergedTree,
    layered: bool,
    registry: &[&'static dyn Ecosystem],
) -> Assembled {
    let history = layered.then(|| History::new(&layers, tree, registry));
    let mut gathered = Gathered::default();
    let mut hidden = Hidden::new(registry);
    for (layer, files) in (0..).map(LayerId).zip(layers) {
        for mut file in files {
            match tree.landed(layer, &file.path) {
                Some(landed) => {
                    rebase(&mut file, &landed);
                    hidden.lives(&file);
                    gathered.add(layered.then_some(layer), file);
                }
                None => hidden.add(layer, file),
            }
        }
    }
    let recovered = hidden.recover();
    for (layer, mut file) in recovered.files {
        for found in &mut file.findings.packages {
            found.package.set_property(RECOVERED, layer.0.to_string());
        }
        gathered.add(Some(layer), file);
    }
    let mut all = gathered.join(tree);
    all.packages.retain(|found| !found.package.properties.contains_key(RECOVERED) || has_files(found, tree));
    all.diagnostics.extend(recovered.diagnostics);
    all.observations.extend(recovered.observations);
    all.packages = locks::settle(unite(all.packages), registry);
    all.files.sort_by(|a, b| a.path.cmp(&b.path));
    if let Some(history) = history {
        date(&mut all, &history, tree);
    }
    all.observations.sort();
    all.observations.dedup();
    all
}

/// Says since when packages and files have been there.
fn date(all: &mut Assembled, history: &History<'_>, tree: &MergedTree) {
    for package in all.packages.iter_mut().map(|found| &mut found.package) {
        (package.introduced, package.changed) = history.of(package);
    }
    for file in &mut all.files {
        file.introduced = tree.get(&file.path).map(|node| node.introduced);
    }
}

/// Whether anything that the package claims is still there.
fn has_files(found: &Found, tree: &MergedTree) -> bool {
    let is_file = |path: &String| {
        let place = tree.resolve(path);
        place.and_then(|place| tree.get(&place)).is_some_and(|node| node.kind != NodeKind::Directory)
    };
    found.owns.is_empty() || found.owns.iter().any(is_file)
}

/// What the files say, before parts are joined to their packages.
#[derive(Default)]
struct Gathered {
    all: Assembled,
    parts: Vec<(usize, Part)>,
    /// The packages by ecosystem's position and key, for the parts that belong to them.
    keys: HashMap<(usize, String), Vec<usize>>,
    aliases: HashMap<(usize, String), Vec<usize>>,
}

impl Gathered {
    fn add(&mut self, layer: Option<LayerId>, file: FileFindings) {
        let FileFindings { ecosystem, findings, .. } = file;
        for mut found in findings.packages {
            found.package.evidence.iter_mut().for_each(|evidence| evidence.layer = layer);
            let position = self.all.packages.len();
            if !found.key.is_empty() {
                self.keys.entry((ecosystem, std::mem::take(&mut found.key))).or_default().push(position);
            }
            for alias in found.aliases.drain(..) {
                self.aliases.entry((ecosystem, alias)).or_default().push(position);
            }
            self.all.packages.push(found);
        }
        self.parts.extend(findings.parts.into_iter().map(|mut part| {
            part.identity.iter_mut().for_each(|identity| identity.evidence.layer = layer);
            (ecosystem, part)
        }));
        self.all.files.extend(findings.files.into_iter().map(|found| File { layer, ..found }));
        self.all.observations.extend(findings.observations);
        self.all.distribution = preferred(self.all.distribution.take(), findings.distribution);
        self.all.diagnostics.extend(findings.diagnostics.into_iter().map(|mut diagnostic| {
            diagnostic.layer = layer;
            diagnostic
        }));
    }

    /// Joins every part to the packages that it means.
    fn join(self, tree: &MergedTree) -> Assembled {
        let Self { mut all, parts, keys, aliases } = self;
        let mut identities: BTreeMap<usize, BTreeSet<Identity>> = BTreeMap::new();
        for (ecosystem, part) in parts {
            let find = |key: String| {
                let key = (ecosystem, key);
                keys.get(&key).or_else(|| aliases.get(&key))
            };
            // A key may be the path of a symbolic link to what is meant.
            let found = find(part.key.clone()).or_else(|| find(tree.resolve(&part.key)?));
            for &index in found.map_or(&[][..], Vec::as_slice) {
                if let Some(found) = all.packages.get_mut(index) {
                    join(found, &part);
                    identities.entry(index).or_default().extend(part.identity.clone());
                }
            }
        }
        for (index, identities) in identities {
            if let Some(found) = all.packages.get_mut(index) {
                identify(found, identities);
            }
        }
        all
    }
}

/// `etc/os-release` is the administrator's word and goes before `usr/lib/os-release` (os-release(5)).
fn preferred(old: Option<Distribution>, new: Option<Distribution>) -> Option<Distribution> {
    match (old, new) {
        (Some(old), Some(new)) if old.path.starts_with("etc/") && !new.path.starts_with("etc/") => Some(old),
        (old, new) => new.or(old),
    }
}

/// Where a layer wrote through a symbolic link of a lower layer (`lib/x` into `usr/lib/x`), every path that
/// the reader derived from the file's own is moved along.
fn rebase(file: &mut FileFindings, landed: &str) {
    if file.path == landed {
        return;
    }
    let directory =
        |path: &str| path.rsplit_once('/').map_or(String::new(), |(parent, _)| format!("{parent}/"));
    let (old, new) = (directory(&file.path), directory(landed));
    let moved = |text: &mut String| {
        if let Some(rest) = text.strip_prefix(old.as_str()) {
            *text = format!("{new}{rest}");
        }
    };
    for found in &mut file.findings.packages {
        found.package.evidence.iter_mut().for_each(|evidence| moved(&mut evidence.path));
        found.package.location.iter_mut().for_each(moved);
        moved(&mut found.key);
    }
    for part in &mut file.findings.parts {
        moved(&mut part.key);
        part.identity.iter_mut().for_each(|identity| moved(&mut identity.evidence.path));
    }
    file.findings.files.iter_mut().for_each(|found| moved(&mut found.path));
    file.findings.distribution.iter_mut().for_each(|found| moved(&mut found.path));
    file.findings.observations.iter_mut().for_each(|found| moved(&mut found.path));
    file.findings.diagnostics.iter_mut().filter_map(|found| found.path.as_mut()).for_each(moved);
}

fn join(found: &mut Found, part: &Part) {
    found.owns.extend_from_slice(&part.owns);
    found.manifest.extend_from_slice(&part.manifest);
    found.requires.extend_from_slice(&part.requires);
    found.package.licenses.extend_from_slice(&part.licenses);
    found.package.digests.extend_from_slice(&part.digests);
    found.provides.extend_from_slice(&part.provides);
    for (key, value) in &part.properties {
        found.package.properties.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

/// Gives `found` the identity that it states itself, if it is among `identities`, else their first; what
/// else it is known as becomes a property.
fn identify(found: &mut Found, mut identities: BTreeSet<Identity>) {
    let package = &mut found.package;
    let is_own = |it: &Identity| {
        (it.namespace.as_ref(), &it.name, &it.version)
            == (package.namespace.as_ref(), &package.name, &package.version)
    };
    let Some(chosen) = identities.iter().find(|it| is_own(it)).or(identities.first()).cloned() else {
        return;
    };
    identities.remove(&chosen);
    let others: Vec<_> = identities
        .iter()
        .map(|it| format!("{}/{}@{}", it.namespace.as_deref().unwrap_or_default(), it.name, it.version))
        .collect();
    package.set_property("also-known-as", others.join(" "));
    package.properties.remove(&chosen.settles);
    package.namespace = chosen.namespace;
    package.name = chosen.name;
    package.version = chosen.version;
    package.evidence.push(chosen.evidence);
}

type Key<'a> = (&'a str, &'a str, Option<&'a str>, &'a str, Option<&'a str>, Option<&'a str>);

fn identity(package: &Package) -> Key<'_> {
    (
        &package.ecosystem,
        &package.name,
        package.namespace.as_deref(),
        &package.version,
        package.architecture.as_deref(),
        package.location.as_deref(),
    )
}

/// The order of an inventory.
pub(crate) fn order(a: &Found, b: &Found) -> Ordering {
    let (first, second) = (&a.package, &b.package);
    identity(first).cmp(&identity(second)).then_with(|| first.evidence.cmp(&second.evidence))
}

/// Sorts, and makes one of those that are the same.
fn unite(mut packages: Vec<Found>) -> Vec<Found> {
    packages.sort_by(order);
    let mut united: Vec<Found> = Vec::with_capacity(packages.len());
    for found in packages {
        match united.last_mut() {
            Some(last) if identity(&last.package) == identity(&found.package) => absorb(last, found),
            _ => united.push(found),
        }
    }
    for found in &mut united {
        tidy(found);
    }
    united
}

pub(crate) fn absorb(into: &mut Found, other: Found) {
    let (old, mut new) = (&mut into.package, other.package);
    old.evidence.extend(new.evidence);
    old.licenses.extend(new.licenses);
    old.digests.extend(new.digests);
    old.links.extend(new.links);
    // What is needed at run time by one is not only for development, whatever another says.
    if new.properties.contains_key(SCOPE) != old.properties.contains_key(SCOPE) {
        old.properties.remove(SCOPE);
        new.properties.remove(SCOPE);
    }
    for (key, value) in new.properties {
        old.properties.entry(key).or_insert(value);
    }
    if new.kind == PackageKind::Application {
        old.kind = new.kind;
    }
    old.source = old.source.take().or(new.source);
    old.supplier = old.supplier.take().or(new.supplier);
    old.originator = old.originator.take().or(new.originator);
    old.description = old.description.take().or(new.description);
    old.copyright = old.copyright.take().or(new.copyright);
    old.size = old.size.or(new.size);
    into.requires.extend(other.requires);
    into.provides.extend(other.provides);
    into.locked.extend(other.locked);
    into.owns.extend(other.owns);
    into.manifest.extend(other.manifest);
    into.signature = into.signature.take().or(other.signature);
}

pub(crate) fn tidy(found: &mut Found) {
    let package = &mut found.package;
    let mut seen: HashSet<Evidence> = HashSet::new();
    package.evidence.retain(|evidence| seen.insert(evidence.clone()));
    package.licenses.sort();
    package.licenses.dedup();
    package.digests.sort();
    package.digests.dedup();
    package.links.sort();
    package.links.dedup();
    found.requires.sort();
    found.requires.dedup();
    found.provides.sort();
    found.provides.dedup();
    found.locked.sort();
    found.locked.dedup();
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]
mod tests {
    use bomwright_image::{Limits, SourceSpec};

    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_a_link_leads_to_gets_the_identity_of_the_file_beside_the_link() {
        // The layout of Debian's maven-repo; the pom is that of libatinject-jsr330-api-java, and the jar any
        // one whose own descriptor says something else.
        let root = tempfile::tempdir().unwrap();
        let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../bomwright-ecosystems/testdata/maven");
        let (java, home) = (
            root.path().join("usr/share/java"),
            root.path().join("usr/share/maven-repo/javax/inject/javax.inject/1"),
        );
        std::fs::create_dir_all(&java).unwrap();
        std::fs::create_dir_all(&home).unwrap();
        let jar = "good/root/usr/share/java/failureaccess-1.0.2.jar";
        std::fs::copy(format!("{data}/{jar}"), java.join("api-1.0.jar")).unwrap();
        let pom = "repository/root/usr/share/maven-repo/javax/inject/javax.inject/1/javax.inject-1.pom";
        std::fs::copy(format!("{data}/{pom}"), home.join("javax.inject-1.pom")).unwrap();
        std::os::unix::fs::symlink("../../../../../java/api-1.0.jar", home.join("javax.inject-1.jar"))
            .unwrap();

        let source = SourceSpec::parse(root.path().to_str().unwrap());
        let image = bomwright_image::open(&source, &bomwright_image::Options::default()).unwrap();
        let options = crate::Options {
            threads: 1,
            cache: None,
            policy: bomwright_origin::Policy::default(),
            limits: Limits::default(),
            timestamp: None,
            license_texts: false,
            texts: false,
        };
        let packages = crate::extract(&image, &options, &()).unwrap().packages;
        let [package] = packages.as_slice() else { panic!("{packages:?}") };
        let identity = (package.namespace.as_deref(), package.name.as_str(), package.version.as_str());
        assert_eq!(identity, (Some("javax.inject"), "javax.inject", "1"));
        assert_eq!(package.location.as_deref(), Some("usr/share/java/api-1.0.jar"));
        assert!(package.evidence.iter().any(|it| it.path.ends_with("javax.inject-1.pom")), "{package:?}");
    }

    #[test]
    fn what_one_needs_to_run_is_not_only_for_development() {
        let package = |scope: &str| {
            let mut package = Package::new("pypi", "attrs", "1");
            package.set_property("scope", scope);
            Found { package, ..Found::default() }
        };
        let united = |scopes: &[&str]| {
            let all = unite(scopes.iter().map(|scope| package(scope)).collect());
            all.first().unwrap().package.properties.get("scope").cloned()
        };
        assert_eq!(united(&["development", ""]), None);
        assert_eq!(united(&["", "development"]), None);
        assert_eq!(united(&["development", "development"]).as_deref(), Some("development"));
    }

    #[test]
    fn of_several_identities_the_own_one_counts_then_the_first() {
        let other = |group: &str| Identity {
            namespace: Some(group.into()),
            name: "jsr305".into(),
            version: "0.1".into(),
            evidence: Evidence::new("a.pom", "maven"),
            settles: "guessed".into(),
        };
        let identified = |own: &str| {
            let mut package = Package::new("maven", "jsr305", "0.1");
            package.namespace = Some(own.into());
            package.set_property("guessed", "true");
            let mut found = Found { package, ..Found::default() };
            identify(&mut found, [other("org.jsr305"), other("com.google"), other("org.jsr-305")].into());
            let Package { namespace, properties, .. } = found.package;
            (namespace.unwrap(), properties.into_iter().collect::<Vec<_>>())
        };
        let known = |as_what: &str| vec![("also-known-as".to_owned(), as_what.to_owned())];
        let (name, properties) = identified("jsr305");
        assert_eq!(
            (name.as_str(), properties),
            ("com.google", known("org.jsr-305/jsr305@0.1 org.jsr305/jsr305@0.1"))
        );
        let (name, properties) = identified("org.jsr305");
        assert_eq!(
            (name.as_str(), properties),
            ("org.jsr305", known("com.google/jsr305@0.1 org.jsr-305/jsr305@0.1"))
        );
    }
}
