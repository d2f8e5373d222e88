//! `Cargo.lock`, versions 1 to 4 (doc.rust-lang.org, the Cargo book, "Cargo.toml vs Cargo.lock", and the
//! comments of `cargo::core::resolver::encode`).
//!
//! Crates name what they need as shortly as is unique: `name`, `name version` or `name version (source)`. A
//! crate without a source lies in the source tree; those of them that no other needs are the roots. The file
//! does not say what is needed only to build or to test.

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::{Code, Package, PackageKind, Scope};
use toml::Value;

use super::NAME;
use crate::lock::{Lock, Loose, resolve, toml};
use crate::{FileView, Findings};

/// What the format calls its usual registry, by either protocol.
const USUAL: [&str; 2] =
    ["registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/"];

/// A crate, with references into the table.
struct Crate<'a> {
    name: &'a str,
    version: &'a str,
    source: &'a str,
    checksum: &'a str,
    needs: Vec<&'a str>,
}

impl Crate<'_> {
    fn id(&self) -> String {
        match self.source {
            "" => format!("{} {}", self.name, self.version),
            source => format!("{} {} ({source})", self.name, self.version),
        }
    }
}

/// Reads the lock file.
pub(super) fn read(file: &FileView<'_>, out: &mut Findings) {
    let Some(table) = toml(file, out) else { return };
    // Version 1 keeps checksums, and sometimes the root, apart.
    let root = table.get("root").into_iter();
    let mut crates = Vec::new();
    for entry in root.chain(table.list("package")) {
        let it = Crate {
            name: entry.text("name"),
            version: entry.text("version"),
            source: entry.text("source"),
            checksum: entry.text("checksum"),
            needs: entry.list("dependencies").iter().filter_map(Value::as_str).collect(),
        };
        if it.name.is_empty() || it.version.is_empty() {
            out.note(file, Code::MalformedRecord, "a package without name or version");
        } else {
            crates.push(it);
        }
    }
    let checksums: BTreeMap<&str, &str> = table
        .entries("metadata")
        .filter_map(|(key, value)| Some((key.strip_prefix("checksum ")?, value.as_str()?)))
        .collect();
    let names = Names::new(&crates);
    let needed: BTreeSet<usize> = crates
        .iter()
        .enumerate()
        .flat_map(|(own, it)| {
            it.needs.iter().filter_map(|need| names.find(need)).filter(move |at| *at != own)
        })
        .collect();
    let mut lock = Lock::new(file, NAME);
    for (index, it) in crates.iter().enumerate() {
        let id = it.id();
        let mut package = Package::new(NAME, it.name, it.version);
        came_from(&mut package, it.source);
        if it.source.is_empty() && !needed.contains(&index) {
            package.kind = PackageKind::Application;
            package.set_property("root", "true");
        }
        let checksum =
            if it.checksum.is_empty() { checksums.get(id.as_str()).copied() } else { Some(it.checksum) };
        package.digests.extend(checksum.and_then(|hex| format!("sha256:{hex}").parse().ok()));
        let mut found = lock.found(package, &id);
        for need in &it.needs {
            match names.find(need).and_then(|at| crates.get(at)) {
                Some(other) => {
                    let text = format!("{} {}", other.name, other.version);
                    found.locked.push(lock.needs(text, &other.id(), Scope::Runtime));
                }
                None => {
                    out.note(file, Code::MalformedRecord, format!("{id} needs '{need}', which is not there"));
                }
            }
        }
        if !lock.add(found, out) {
            return;
        }
    }
}

/// The words of cargo-auditable for each kind of source, so that crates of programs and of lock files are told
/// alike, and the address that it does not have.
fn came_from(package: &mut Package, source: &str) {
    let word = match source.split_once('+') {
        None => "local",
        Some(_) if USUAL.contains(&source) => "crates.io",
        Some(("git", _)) => "git",
        Some(_) => "registry",
    };
    package.set_property("source", word);
    match source.split_once('+') {
        Some(("git", _)) => resolve(package, source),
        Some((_, address)) if word == "registry" => resolve(package, address),
        _ => {}
    }
}

/// The crates by everything that may be a reference to them.
struct Names<'a> {
    all: BTreeMap<&'a str, Versions<'a>>,
}

/// By version the sources and the places in the list of the crates that share a name.
type Versions<'a> = BTreeMap<&'a str, Vec<(&'a str, usize)>>;

impl<'a> Names<'a> {
    fn new(crates: &[Crate<'a>]) -> Self {
        let mut all: BTreeMap<&'a str, Versions<'a>> = BTreeMap::new();
        for (index, it) in crates.iter().enumerate() {
            all.entry(it.name).or_default().entry(it.version).or_default().push((it.source, index));
        }
        Self { all }
    }

    fn find(&self, reference: &str) -> Option<usize> {
        let mut words = reference.splitn(3, ' ');
        let versions = self.all.get(words.next()?)?;
        let sources = match words.next() {
            Some(version) => versions.get(version)?,
            None => versions.values().next()?,
        };
        let source = words.next().map(|source| source.trim_matches(['(', ')']));
        let is_meant = |(own, _): &&(&str, usize)| source.is_none_or(|source| source == *own);
        sources.iter().find(is_meant).map(|(_, index)| *index)
    }
}
