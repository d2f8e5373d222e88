//! Lock files of Python projects: what they have in common once they are parsed.
//!
//! Every tool has a format of its own, but all say the same of a package: its version, the files that it may be
//! installed from, where it comes from if not from the usual index, and, most of them, what it needs. Each format
//! is a function from the file to a list of [`Pin`]s.

mod pdm;
mod pipfile;
mod poetry;
mod pylock;
mod requirements;
mod uv;

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::{Code, Digest, LinkKind, Package, PackageKind, Scope};

use super::NAME;
use crate::format::pep508::normalise;
use crate::format::url::without_credentials;
use crate::lock::{Lock, mark, resolve};
use crate::{FileView, Findings};

/// A package that a lock file pins.
#[derive(Debug, Default)]
struct Pin {
    name: String,
    /// Empty where the source tree itself states it.
    version: String,
    scope: Scope,
    description: String,
    /// Whether it is the project whose lock file this is.
    is_root: bool,
    origin: Origin,
    /// Names or addresses of the files that it may be installed from, with their digests.
    files: Vec<(String, String)>,
    needs: Vec<Need>,
}

/// Where a package comes from.
#[derive(Debug, Default, PartialEq, Eq)]
enum Origin {
    /// The usual index, or whatever the installer is told.
    #[default]
    Unstated,
    /// An index at this address.
    Index(String),
    /// A source repository: its kind, its address, the revision.
    Repository(String, String, String),
    /// An archive at an address, or a file of the machine that locked.
    Archive(String),
    /// A directory of the source tree or beside it.
    Directory(String),
}

/// Something that a package needs.
#[derive(Debug, Default)]
struct Need {
    name: String,
    /// The version where the file states it, which it does when there are several.
    version: String,
    scope: Scope,
    /// Whether it may be left out of the lock file.
    is_conditional: bool,
}

impl Need {
    fn new(name: &str, scope: Scope) -> Self {
        Self { name: name.to_owned(), scope, ..Self::default() }
    }
}

/// Whether `name` is that of a file of requirements.
pub(super) fn is_requirements(file: &FileView<'_>) -> bool {
    const ENDING: &str = ".txt";
    let name = file.name();
    name.ends_with("requirements.txt")
        || matches!(name, "requirements-dev.txt" | "requirements-test.txt" | "requirements-prod.txt")
        || name.ends_with(ENDING) && file.parent().rsplit('/').next() == Some("requirements")
}

/// Reads any of the lock files; false where `file` is none.
pub(super) fn read(file: &FileView<'_>, out: &mut Findings) -> bool {
    let pins = match file.name() {
        "poetry.lock" => poetry::read(file, out),
        "uv.lock" => uv::read(file, out),
        "pdm.lock" => pdm::read(file, out),
        "pylock.toml" => pylock::read(file, out),
        "Pipfile.lock" => pipfile::read(file, out),
        _ if is_requirements(file) => requirements::read(file, out),
        _ => return false,
    };
    add(file, pins, out);
    true
}

fn add(file: &FileView<'_>, pins: Vec<Pin>, out: &mut Findings) {
    let mut lock = Lock::new(file, NAME);
    let (sound, odd): (Vec<_>, Vec<_>) = pins
        .into_iter()
        .partition(|pin| !pin.name.is_empty() && pin.needs.len() <= crate::lock::MOST_PACKAGES);
    if !odd.is_empty() {
        out.note(file, Code::MalformedRecord, format!("{} packages without a name", odd.len()));
    }
    let names: BTreeSet<String> = sound.iter().map(|pin| normalise(&pin.name)).collect();
    for pin in sound {
        let name = normalise(&pin.name);
        let id = format!("{name}@{}", pin.version);
        let mut found = lock.found(package(&pin), &id);
        found.provides.push(lock.handle(&name));
        found.locked = pin
            .needs
            .iter()
            .map(|need| (normalise(&need.name), need))
            .filter(|(name, need)| !need.is_conditional || names.contains(name))
            .map(|(name, need)| match need.version.as_str() {
                "" => lock.needs(need.name.as_str(), &name, need.scope),
                version => {
                    lock.needs(format!("{}=={version}", need.name), &format!("{name}@{version}"), need.scope)
                }
            })
            .collect();
        if !lock.add(found, out) {
            return;
        }
    }
}

fn package(pin: &Pin) -> Package {
    let mut package = Package::new(NAME, &pin.name, &pin.version);
    package.description = Some(pin.description.clone()).filter(|text| !text.is_empty());
    mark(&mut package, pin.scope);
    let archive = archive(&pin.files);
    if let Some((address, digest)) = &archive {
        package.digests = vec![digest.clone()];
        if address.starts_with("http") {
            package.add_link(LinkKind::Download, without_credentials(address));
        }
    }
    match &pin.origin {
        Origin::Unstated => {}
        Origin::Index(address) => package.set_property("resolved", without_credentials(address)),
        Origin::Repository(kind, address, revision) => {
            package.set_property("direct-url", without_credentials(address));
            package.set_property("vcs", kind);
            package.set_property("vcs-revision", revision);
        }
        Origin::Archive(address) if address.contains("://") => {
            package.set_property("direct-url", without_credentials(address));
            package.set_property(
                "archive-digest",
                archive.map_or(String::new(), |(_, digest)| digest.to_string()),
            );
            let mut linked = Package::default();
            resolve(&mut linked, address);
            package.links.extend(linked.links);
        }
        Origin::Archive(path) => package.set_property("direct-url", format!("file:{path}")),
        Origin::Directory(path) => package.set_property("installed-from-directory", path),
    }
    if pin.is_root {
        package.kind = PackageKind::Application;
        package.set_property("root", "true");
        package.properties.remove("installed-from-directory");
    }
    package
}

/// The file that stands for a package: the source distribution, else the only file, else the wheel for every
/// machine. Which of several wheels is installed depends on the machine, so then none does.
fn archive(files: &[(String, String)]) -> Option<(&str, Digest)> {
    let named = |ending: &str| {
        let is_it = |file: &&(String, String)| name_of(&file.0).ends_with(ending);
        let mut found = files.iter().filter(is_it);
        found.next().filter(|_| found.next().is_none())
    };
    let source = [".tar.gz", ".zip", ".tar.bz2"].iter().find_map(|ending| named(ending));
    let only = if let [only] = files { Some(only) } else { None };
    let (address, digest) = source.or(only).or_else(|| named("-none-any.whl"))?;
    Some((address, digest.parse().ok()?))
}

/// The file's name at the end of an address.
fn name_of(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}

/// Joins pins of the same package that a file lists more than once, as for extras.
fn joined(pins: Vec<Pin>) -> Vec<Pin> {
    let mut all: BTreeMap<(String, String), Pin> = BTreeMap::new();
    for pin in pins {
        match all.get_mut(&(normalise(&pin.name), pin.version.clone())) {
            Some(old) => {
                old.needs.extend(pin.needs);
                if pin.scope == Scope::Runtime {
                    old.scope = pin.scope;
                }
            }
            None => drop(all.insert((normalise(&pin.name), pin.version.clone()), pin)),
        }
    }
    all.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_that_stands_for_a_package() {
        let digest = |n: u8| Digest::from_bytes("sha256", &[n; 32]).to_string();
        let files = |names: &[&str]| -> Vec<(String, String)> {
            (0..).zip(names).map(|(n, name)| ((*name).to_owned(), digest(n))).collect()
        };
        let chosen = |names: &[&str]| archive(&files(names)).map(|(name, _)| name.to_owned());
        let sdist = "https://packages.example/a-1.tar.gz?x=1";
        assert_eq!(chosen(&["a-1-py3-none-any.whl", sdist]).as_deref(), Some(sdist));
        assert_eq!(chosen(&["a-1-cp311-manylinux.whl"]).as_deref(), Some("a-1-cp311-manylinux.whl"));
        assert_eq!(chosen(&["a-1-cp311-x.whl", "a-1-cp312-x.whl"]), None);
        assert_eq!(
            chosen(&["a-1-cp311-x.whl", "a-1-py3-none-any.whl"]).as_deref(),
            Some("a-1-py3-none-any.whl")
        );
        assert_eq!(chosen(&[]), None);
    }
}
