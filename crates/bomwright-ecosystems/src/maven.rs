//! `maven`: Java archives, and what is packed into them.
//!
//! Reads `.jar`, `.war`, `.ear` and the like, and the archives nested in them. Who an archive is comes from,
//! in this order: `META-INF/maven/*/*/pom.properties` and `pom.xml` (of several, the one that the file name
//! means; the others are packages that were shaded into it), `META-INF/MANIFEST.MF` (JAR File Specification;
//! `OSGi` Core, "Bundle Manifest Headers"), the file name. A group that only the manifest or the name suggests
//! is marked with the property `group-guessed`. A `.pom` beside a jar in a repository (Maven Repository Layout:
//! Debian's `usr/share/maven-repo`, whose jars are links into `usr/share/java`; `.m2/repository`) says better
//! who that jar is and what it needs.
//!
//! Edges: archive -> everything inside it; dependencies of the pom, `Class-Path` and `Require-Bundle` to the
//! nearest archive that fits: in the same archive, in the same directory, then anywhere; `Import-Package` to
//! the only archive in the same directory that exports the package.
//!
//! In source trees the lock files of Gradle too: see [`gradle`].
//!
//! Where licence files are recognised by their texts, so are those of an archive: `META-INF/LICENSE`, also `.txt` or `.md`, and
//! `LICENSE` at the top, unless more than one package is in it; and what lies beside a descriptor.
//!
//! A large archive is read as it passes, so that only what matters of it is ever in memory.
//!
//! Not seen: shaded classes whose pom was left out (but for a few libraries that say their version in a file of
//! their own), versions that only an absent parent pom knows, `.jmod` files of a JDK, Java archives under other
//! names.

mod gradle;
mod osgi;

use std::collections::{HashMap, HashSet};

use bomwright_model::{
    Code, Diagnostic, EdgeKind, Evidence, License, LinkKind, Node, Package, PackageId, PackageKind, Scope,
};

use crate::format::jar_identity::{self, Descriptor};
use crate::format::jar_manifest::{Manifest, clauses};
use crate::format::jar_sieve::Sieve;
use crate::format::java_archive::{self, Jar};
use crate::format::license_file;
use crate::format::pom::{Dependency, Pom};
use crate::{
    Claim, Ecosystem, Edges, FileView, Findings, Found, Identity, Installed, Part, Requirement, Stream,
};

const NAME: &str = "maven";
/// Entries of one list in a manifest.
const MAX_LIST: usize = 2_000;
/// Archives that are run or deployed rather than built upon.
const DEPLOYED: &[&str] = &[".war", ".ear", ".hpi", ".jpi"];
const POM: &str = ".pom";
/// How the names of Gradle's lock files end.
const LOCK: &str = ".lockfile";
/// Smaller archives are read as a whole, in bytes: that is less work.
const STREAMED: u64 = 1 << 20;
/// Marks a group that only the manifest or the file name suggests.
const GUESSED: &str = "group-guessed";
/// Begins the name of a requirement that means a place rather than a package.
const PATH: &str = "path:";

/// The `maven` ecosystem.
#[derive(Debug)]
pub(crate) struct Maven;

impl Ecosystem for Maven {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "jars, wars and ears with nested and shaded packages; pom dependencies, Class-Path, Require-Bundle"
    }

    fn claims(&self) -> &'static [Claim] {
        const fn archive(ending: &'static str) -> Claim {
            Claim::suffix(ending).up_to(512)
        }
        const CLAIMS: &[Claim] = &[
            archive(".jar"),
            archive(".war"),
            archive(".ear"),
            archive(".par"),
            archive(".sar"),
            archive(".nar"),
            archive(".hpi"),
            archive(".jpi"),
            archive(".kar"),
            archive(".lpkg"),
            Claim::suffix(POM).up_to(4),
            Claim::name("gradle.lockfile").lock(),
            Claim::name("buildscript-gradle.lockfile").lock(),
            Claim::suffix_inside(LOCK, "dependency-locks").lock(),
        ];
        CLAIMS
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        if file.path.ends_with(POM) {
            return read_pom(file, out);
        }
        if file.path.ends_with(LOCK) {
            return gradle::read(file, out);
        }
        add_jars(java_archive::read(file.path, file.bytes, file.license_texts), out);
    }

    fn stream(&self, file: &FileView<'_>, size: u64) -> Option<Box<dyn Stream>> {
        let is_worth_it = size >= STREAMED && !file.path.ends_with(POM) && !file.path.ends_with(LOCK);
        is_worth_it.then(|| Box::new(Sieve::new(size, file.license_texts)) as Box<dyn Stream>)
    }

    fn relate(&self, installed: &Installed<'_>, out: &mut Edges<'_>) {
        let index = Index::new(installed);
        let exporters = osgi::Exporters::new(installed);
        for (id, found) in installed.of(NAME) {
            let package = &found.package;
            let outer = package.location.as_deref().and_then(|location| location.rsplit_once("!/"));
            if let Some(outer) = outer.and_then(|(outer, _)| installed.at(NAME, outer)) {
                let evidence = package.evidence.first().cloned();
                out.relate(Node::Package(outer), Node::Package(id), EdgeKind::Contains, "", evidence);
            }
            let mut related = HashSet::from([id]);
            let (imports, stated): (Vec<_>, Vec<_>) =
                found.requires.iter().partition(|it| osgi::imported(it).is_some());
            for requirement in stated {
                match index.find(installed, id, found, requirement) {
                    Some(provider) => {
                        related.insert(provider);
                        out.depends(id, package, provider, requirement);
                    }
                    // The virtual machine ignores entries of a class path that are not there.
                    None if path_of(requirement).is_some() => {}
                    None => out.unresolved(id, package, requirement),
                }
            }
            // One edge for all packages that come from the same archive, and none where the pom has said it.
            for import in imports {
                let exporter = osgi::imported(import).and_then(|name| exporters.beside(found, name));
                if let Some(exporter) = exporter.filter(|it| related.insert(*it)) {
                    out.depends(id, package, exporter, import);
                }
            }
        }
    }
}

impl Stream for Sieve {
    fn push(&mut self, bytes: &[u8]) {
        Sieve::push(self, bytes);
    }

    fn finish(self: Box<Self>, file: &FileView<'_>, out: &mut Findings) {
        add_jars(java_archive::read_sifted(file.path, Sieve::finish(*self)), out);
    }
}

fn add_jars((jars, diagnostics): (Vec<Jar>, Vec<Diagnostic>), out: &mut Findings) {
    for jar in &jars {
        for file in &jar.licenses {
            out.observe(&FileView::new(&file.path, b""), license_file::KIND, file.values.clone());
        }
        out.packages.push(whole(jar));
        out.packages.extend(jar.parts.iter().map(|part| {
            let location = format!("{}!/{}", jar.location, part.directory);
            describe(&jar_identity::Identity::of_descriptor(part), Some(part), jar, location)
        }));
    }
    out.diagnostics.extend(diagnostics);
}

/// The package that a whole archive is.
fn whole(jar: &Jar) -> Found {
    let mut found = describe(&jar.identity, jar.own.as_ref(), jar, jar.location.clone());
    add_manifest(&mut found, &jar.manifest, &jar.location);
    osgi::add_packages(&mut found, &jar.manifest);
    let package = &mut found.package;
    package.licenses.sort();
    package.licenses.dedup();
    package.set_property("classifier", &jar.classifier);
    package.digests.clone_from(&jar.digests);
    // A library may have a main class too; but one that nobody published under a version is a program.
    let is_unpublished = jar.own.is_none() && jar.identity.version.is_empty();
    let is_run = jar.manifest.get("main-class").is_some()
        && (jar.has_nested || !jar.parts.is_empty() || is_unpublished);
    if is_run || DEPLOYED.iter().any(|ending| jar.location.ends_with(ending)) {
        package.kind = PackageKind::Application;
    }
    found
}

/// The package that `identity` names, with all that its pom adds.
fn describe(
    identity: &jar_identity::Identity,
    descriptor: Option<&Descriptor>,
    jar: &Jar,
    location: String,
) -> Found {
    let mut package = Package::new(NAME, &identity.artifact, &identity.version);
    package.namespace = Some(identity.group.clone());
    package.location = Some(location.clone());
    let mut provides = handles(&identity.group, &identity.artifact, &identity.version);
    if identity.is_group_guessed {
        package.set_property(GUESSED, "true");
        provides.push(format!("*:{}", identity.artifact));
    }
    let mut requires = Vec::new();
    if let Some(pom) = descriptor.and_then(|descriptor| descriptor.pom.as_ref()) {
        let about = if pom.name.is_empty() { &pom.description } else { &pom.name };
        package.description =
            about.lines().next().map(|line| line.trim().to_owned()).filter(|it| !it.is_empty());
        package.supplier = Some(pom.organization.clone()).filter(|name| !name.is_empty());
        package.licenses = pom.licenses.iter().map(License::declared).collect();
        package.licenses.sort();
        package.add_link(LinkKind::Home, &pom.url);
        package.add_link(LinkKind::Vcs, pom.scm.trim_start_matches("scm:").trim_start_matches("git:"));
        package.add_link(LinkKind::Issues, &pom.issues);
        package.links.sort();
        package.set_property("packaging", &pom.packaging);
        requires.extend(pom.dependencies.iter().filter_map(requirement));
    }
    let evidence = match descriptor {
        Some(it) => format!("{}!/{}/{}", jar.location, it.directory, it.file()),
        None => jar.location.clone(),
    };
    let mut found = Found::new(package, &FileView::new(&evidence, b""), NAME);
    found.requires = requires;
    found.provides = provides;
    found.key = location;
    found
}

/// The names that dependencies use: with and without the version.
fn handles(group: &str, artifact: &str, version: &str) -> Vec<String> {
    let handle = format!("{group}:{artifact}");
    vec![format!("{handle}:{version}"), handle]
}

/// A project file of a repository tells of the jar beside it, or of what the link beside it leads to.
fn read_pom(file: &FileView<'_>, out: &mut Findings) {
    let Some((group, artifact, version)) = repository_place(file) else { return };
    let pom = match Pom::parse(file.bytes) {
        Ok(pom) => pom,
        Err(message) => return out.note(file, Code::MalformedRecord, message),
    };
    // Where the repository begins is not known; the project's own group tells.
    let place = pom.group.replace('.', "/");
    let is_there = group.strip_suffix(&place).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
    let is_alias = ![version, ""].contains(&pom.original_version.as_str());
    if !is_there || place.is_empty() || pom.artifact != artifact || is_alias {
        return;
    }
    let stem = file.path.strip_suffix(POM).unwrap_or_default();
    let mut part = Part { key: format!("{stem}.jar"), ..Part::default() };
    part.requires = pom.dependencies.iter().filter_map(requirement).collect();
    part.licenses = pom.licenses.iter().map(License::declared).collect();
    part.provides = handles(&pom.group, artifact, version);
    part.identity = Some(Identity {
        namespace: Some(pom.group),
        name: pom.artifact,
        version: version.to_owned(),
        evidence: Evidence::new(file.path, NAME),
        settles: GUESSED.to_owned(),
    });
    out.parts.push(part);
}

/// The directories of the group, the artifact and the version of a file that lies where a repository keeps
/// it: `g/r/o/u/p/artifact/version/artifact-version.pom` (Maven Repository Layout). Debian files most poms
/// twice, once under a name that stays the same from version to version (`debian`, `2.x`; maven-repo-helper,
/// "versionless"); that one says nothing more.
fn repository_place<'a>(file: &FileView<'a>) -> Option<(&'a str, &'a str, &'a str)> {
    let (home, version) = file.parent().rsplit_once('/')?;
    let (group, artifact) = home.rsplit_once('/')?;
    let is_named = file.name().strip_suffix(POM)?.strip_prefix(artifact)?.strip_prefix('-')? == version;
    let is_alias = version == "debian" || version.strip_suffix(".x").is_some();
    (is_named && !is_alias).then_some((group, artifact, version))
}

fn requirement(dependency: &Dependency) -> Option<Requirement> {
    let scope = match dependency.scope.as_str() {
        "test" | "import" => return None,
        _ if dependency.is_optional => Scope::Optional,
        "provided" => Scope::Optional,
        _ => Scope::Runtime,
    };
    let Dependency { group, artifact, version, .. } = dependency;
    if artifact.is_empty() {
        return None;
    }
    let handle = format!("{group}:{artifact}");
    let exact = format!("{handle}:{version}");
    let text = if version.is_empty() { handle.clone() } else { exact.clone() };
    Some(Requirement { text, names: vec![exact, handle, format!("*:{artifact}")], scope })
}

fn add_manifest(found: &mut Found, manifest: &Manifest, location: &str) {
    let package = &mut found.package;
    for (property, attribute) in [
        ("main-class", "main-class"),
        ("start-class", "start-class"),
        ("built-by", "built-by"),
        ("vendor", "implementation-vendor"),
        ("vendor-id", "implementation-vendor-id"),
        ("automatic-module-name", "automatic-module-name"),
    ] {
        package.set_property(property, manifest.get(attribute).unwrap_or_default());
    }
    if package.supplier.is_none() {
        package.supplier = manifest.first(&["implementation-vendor", "bundle-vendor"]).map(str::to_owned);
    }
    if package.licenses.is_empty() {
        let licenses =
            clauses(manifest.get("bundle-license").unwrap_or_default()).map(|(license, _)| license);
        let stated = licenses.filter(|license| !license.is_empty() && *license != "<<EXTERNAL>>");
        package.licenses = stated.take(MAX_LIST).map(License::declared).collect();
    }
    if let Some(name) = manifest.symbolic_name() {
        package.set_property("bundle-symbolic-name", name);
        found.provides.push(format!("bundle:{name}"));
    }
    for (name, rest) in clauses(manifest.get("require-bundle").unwrap_or_default()).take(MAX_LIST) {
        let scope = if rest.contains("resolution:=optional") { Scope::Optional } else { Scope::Runtime };
        if !name.is_empty() && name != "system.bundle" {
            found.requires.push(Requirement::new(name, format!("bundle:{name}")).in_scope(scope));
        }
    }
    for entry in manifest.get("class-path").unwrap_or_default().split_whitespace().take(MAX_LIST) {
        found.requires.extend(class_path_requirement(location, entry));
    }
}

/// Every name that a package provides, by the places that it can be seen from.
struct Index<'a> {
    providers: HashMap<(&'a str, &'a str), PackageId>,
}

impl<'a> Index<'a> {
    fn new(installed: &Installed<'a>) -> Self {
        let mut providers = HashMap::new();
        for (id, found) in installed.of(NAME) {
            for place in places(found.package.location.as_deref().unwrap_or_default()) {
                for name in found.provides.iter().filter(|name| !osgi::is_export(name)) {
                    providers.entry((name.as_str(), place)).or_insert(id);
                }
            }
        }
        Self { providers }
    }

    /// What `found`, whose id is `id`, means by `requirement`.
    fn find(
        &self,
        installed: &Installed<'_>,
        id: PackageId,
        found: &Found,
        requirement: &Requirement,
    ) -> Option<PackageId> {
        if let Some(path) = path_of(requirement) {
            let direct = installed.at(NAME, path);
            return direct.or_else(|| installed.at(NAME, &installed.resolve(path)?));
        }
        let location = found.package.location.as_deref().unwrap_or_default();
        let names = || requirement.names.iter().map(String::as_str);
        places(location).into_iter().find_map(|place| {
            names()
                .filter_map(|name| self.providers.get(&(name, place)).copied())
                .find(|provider| *provider != id)
        })
    }
}

/// From the nearest to the farthest: beside it, in the same outermost archive, in that one's directory,
/// anywhere.
fn places(location: &str) -> [&str; 4] {
    let beside = location.rsplit_once('/').map_or("", |(parent, _)| parent);
    let outermost = location.split_once("!/").map_or(location, |(archive, _)| archive);
    let directory = outermost.rsplit_once('/').map_or("", |(parent, _)| parent);
    [beside, outermost, directory, "*"]
}

/// The place that `requirement` means, if it comes from a class path.
fn path_of(requirement: &Requirement) -> Option<&str> {
    requirement.names.iter().find_map(|name| name.strip_prefix(PATH))
}

/// The archive that the entry `entry` of the `Class-Path` of the archive at `location` means (JAR File
/// Specification, "Class-Path Attribute"): relative to the archive's own directory. Directories and other
/// hosts are left out.
fn class_path_requirement(location: &str, entry: &str) -> Option<Requirement> {
    if entry.ends_with('/') || entry.contains(':') {
        return None;
    }
    let mut parts: Vec<&str> = location.split('/').collect();
    parts.pop();
    if entry.starts_with('/') {
        parts.clear();
    }
    for part in entry.split('/') {
        match part {
            "" | "." => {}
            // Nothing leads out of an archive.
            ".." if parts.last().is_some_and(|last| last.ends_with('!')) => return None,
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    Some(Requirement::new(entry, format!("{PATH}{}", parts.join("/"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_path_entries_are_relative_to_the_archive() {
        let name = |location, entry| class_path_requirement(location, entry).map(|it| it.names[0].clone());
        assert_eq!(name("opt/a/x.jar", "lib/y.jar").as_deref(), Some("path:opt/a/lib/y.jar"));
        assert_eq!(name("opt/a/x.jar", "../b/y.jar").as_deref(), Some("path:opt/b/y.jar"));
        assert_eq!(name("a.ear!/x.jar", "lib/y.jar").as_deref(), Some("path:a.ear!/lib/y.jar"));
        assert_eq!(name("a.ear!/x.jar", "../y.jar"), None);
        assert_eq!(name("a/x.jar", "http://host/y.jar"), None);
        assert_eq!(name("a/x.jar", "classes/"), None);
    }

    #[test]
    fn nearer_places_come_first() {
        assert_eq!(
            places("opt/a.war!/WEB-INF/lib/x.jar"),
            ["opt/a.war!/WEB-INF/lib", "opt/a.war", "opt", "*"]
        );
        assert_eq!(places("x.jar"), ["", "x.jar", "", "*"]);
    }
}
