//! Which Python packages see which: one interpreter and the directories that it imports from.

use std::collections::{BTreeSet, HashMap};

use bomwright_model::{EdgeKind, Node, PackageId, Scope};

use super::NAME;
use crate::format::pep508::{Dependency, Environment, Extras, Truth, normalise};
use crate::{Edges, Found, Installed, Requirement, interpreter};

/// Extras ask for packages that ask for extras; no real chain is longer.
const LONGEST_CHAIN: usize = 16;

/// A directory that packages are installed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Place<'a> {
    /// What the interpreter calls `sys.prefix`: the path in front of `lib`.
    prefix: &'a str,
    /// `3.11`, `3`, or empty.
    version: &'a str,
    pypy: bool,
    /// The directory on the interpreter's path, when the packages lie there or below.
    standard: Option<&'a str>,
}

/// What an interpreter, or a virtual environment, sees.
#[derive(Debug, Default)]
struct Scene {
    environment: Environment,
    interpreter: Option<Node>,
    /// The interpreter's path when this is a virtual environment.
    base: Option<String>,
    names: HashMap<String, PackageId>,
}

struct Member<'a> {
    id: PackageId,
    found: &'a Found,
    site: &'a str,
    scene: usize,
    requires: Vec<(&'a Requirement, Dependency)>,
}

/// Everything about the Python packages of an image.
struct World<'a> {
    members: Vec<Member<'a>>,
    scenes: Vec<Scene>,
    /// The scene of each interpreter's own packages, by the interpreter's path.
    systems: HashMap<String, usize>,
    sites: HashMap<&'a str, HashMap<String, PackageId>>,
}

/// Relates every Python package of the image.
pub(super) fn relate(installed: &Installed<'_>, out: &mut Edges<'_>) {
    let world = World::new(installed);
    let extras = world.extras();
    let nothing = BTreeSet::new();
    for member in &world.members {
        let Some(scene) = world.scenes.get(member.scene) else { continue };
        let active = extras.get(&member.id).unwrap_or(&nothing);
        for (requirement, dependency) in &member.requires {
            let truth = dependency.applies(&scene.environment, Extras::Only(active));
            let possible = dependency.applies(&scene.environment, Extras::Any) != Truth::No;
            let scope = if truth == Truth::No { Scope::Optional } else { Scope::Runtime };
            let requirement = (*requirement).clone().in_scope(scope);
            match world.provider(member, &dependency.name, scope) {
                Some(provider) if possible => {
                    out.depends(member.id, &member.found.package, provider, &requirement);
                }
                None if truth == Truth::Yes => {
                    out.unresolved(member.id, &member.found.package, &requirement);
                }
                _ => {}
            }
        }
        if let Some(interpreter) = &scene.interpreter {
            interpreter::runs(out, interpreter, member.id, member.found);
        }
        if let Some(carrier) = world.carrier(installed, member) {
            let evidence = member.found.package.evidence.first().cloned();
            out.relate(Node::Package(carrier), Node::Package(member.id), EdgeKind::Contains, "", evidence);
        }
    }
}

impl<'a> World<'a> {
    fn new(installed: &Installed<'a>) -> Self {
        let mut world =
            Self { members: Vec::new(), scenes: Vec::new(), systems: HashMap::new(), sites: HashMap::new() };
        // A scene is known by its interpreter and, for virtual environments, its prefix.
        let mut known: HashMap<(Option<String>, &str), usize> = HashMap::new();
        let mut of_site: HashMap<&str, usize> = HashMap::new();
        // What only lock files tell of lies in no directory, and says itself what it needs.
        let mut found: Vec<_> =
            installed.of(NAME).filter(|(_, found)| found.package.location.is_some()).collect();
        // Later directories of `sys.path` come last: a distribution's own after those of the administrator.
        found.sort_by_key(|(_, found)| {
            let home = found.package.location.as_deref().unwrap_or_default();
            home.starts_with("usr/lib/") || home.starts_with("lib/")
        });
        for (id, found) in found {
            let site = site_of(found.package.location.as_deref().unwrap_or_default());
            let place = Place::of(site);
            let scene = *of_site.entry(site).or_insert_with(|| {
                let path = place.interpreter(installed);
                let venv = installed.resolve(&join(place.prefix, "pyvenv.cfg")).is_some();
                let prefix = if venv { place.prefix } else { "" };
                *known.entry((path.clone(), prefix)).or_insert_with(|| {
                    if let (Some(path), false) = (&path, venv) {
                        world.systems.insert(path.clone(), world.scenes.len());
                    }
                    world.scenes.push(Scene::new(installed, &place, path, venv));
                    world.scenes.len() - 1
                })
            });
            let name = normalise(&found.package.name);
            world.sites.entry(site).or_default().entry(name.clone()).or_insert(id);
            if place.standard == Some(site)
                && let Some(scene) = world.scenes.get_mut(scene)
            {
                scene.names.entry(name).or_insert(id);
            }
            let parsed = |it: &'a Requirement| Some((it, Dependency::parse(&it.text)?));
            let requires = found.requires.iter().filter_map(parsed).collect();
            world.members.push(Member { id, found, site, scene, requires });
        }
        world
    }

    /// The package that `member` would import for `name`.
    fn provider(&self, member: &Member<'_>, name: &str, scope: Scope) -> Option<PackageId> {
        let name = normalise(name);
        let scene = self.scenes.get(member.scene)?;
        let own = self.sites.get(member.site).and_then(|names| names.get(&name));
        let near = own.or_else(|| scene.names.get(&name)).copied();
        // What a virtual environment lacks but needs, the system must give it.
        let system = || {
            let base = scene.base.as_ref().filter(|_| scope == Scope::Runtime)?;
            self.scenes.get(*self.systems.get(base)?)?.names.get(&name).copied()
        };
        near.or_else(system)
    }

    /// The extras of each package that some installed package asks for.
    fn extras(&self) -> HashMap<PackageId, BTreeSet<String>> {
        let mut active: HashMap<PackageId, BTreeSet<String>> = HashMap::new();
        let nothing = BTreeSet::new();
        for _ in 0..LONGEST_CHAIN {
            let mut asked: Vec<(PackageId, &String)> = Vec::new();
            for member in &self.members {
                let Some(scene) = self.scenes.get(member.scene) else { continue };
                let extras = Extras::Only(active.get(&member.id).unwrap_or(&nothing));
                for (_, dependency) in member.requires.iter().filter(|(_, it)| !it.extras.is_empty()) {
                    if dependency.applies(&scene.environment, extras) == Truth::No {
                        continue;
                    }
                    let provider = self.provider(member, &dependency.name, Scope::Runtime);
                    asked.extend(
                        provider.into_iter().flat_map(|id| dependency.extras.iter().map(move |it| (id, it))),
                    );
                }
            }
            let mut changed = false;
            for (id, extra) in asked {
                changed |= active.entry(id).or_default().insert(extra.clone());
            }
            if !changed {
                break;
            }
        }
        active
    }

    /// The package in whose directory `member` was vendored.
    fn carrier(&self, installed: &Installed<'_>, member: &Member<'_>) -> Option<PackageId> {
        let standard = Place::of(member.site).standard?;
        let inside = member.site.strip_prefix(standard)?.strip_prefix('/')?;
        let module = inside.split('/').next()?;
        let owner = installed.owner(&format!("{standard}/{module}/__init__.py"));
        owner.or_else(|| self.sites.get(standard)?.get(&normalise(module)).copied())
    }
}

impl Scene {
    fn new(installed: &Installed<'_>, place: &Place<'_>, path: Option<String>, venv: bool) -> Self {
        let program = path.as_deref().and_then(|path| installed.file_at(path));
        let machine = program.and_then(|(_, file)| file.elf.as_ref()).map(|elf| elf.machine.clone());
        let named = path.as_deref().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let environment = Environment {
            python: release(place.version).or_else(|| release(named.trim_start_matches(char::is_alphabetic))),
            machine: machine.filter(|name| !name.is_empty()),
            pypy: place.pypy || named.starts_with("pypy"),
        };
        let interpreter = path.as_deref().and_then(|path| interpreter::node(installed, path));
        Self { environment, interpreter, base: path.filter(|_| venv), names: HashMap::new() }
    }
}

impl<'a> Place<'a> {
    /// What the path of `site` tells: `PREFIX/lib/python3.11/site-packages`, Debian's
    /// `PREFIX/lib/python3/dist-packages`, or any other directory.
    fn of(site: &'a str) -> Self {
        let mut place = Self::default();
        let mut end = 0;
        let mut before: [&str; 2] = ["", ""];
        let mut starts: [usize; 2] = [0, 0];
        for part in site.split('/') {
            let start = end;
            end += part.len() + 1;
            let (pypy, version) = match part.strip_prefix("python") {
                Some(version) => (false, version),
                None => (true, part.strip_prefix("pypy").unwrap_or("?")),
            };
            let is_library = matches!(before[1], "lib" | "lib64");
            if is_library && version.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
                let prefix = site.get(..starts[1]).unwrap_or_default().trim_end_matches('/');
                place = Self { prefix, version, pypy, standard: site.get(..end - 1) };
            } else if matches!(part, "site-packages" | "dist-packages")
                && place.standard == site.get(..start.saturating_sub(1))
            {
                place.standard = site.get(..end - 1);
            }
            before = [before[1], part];
            starts = [starts[1], start];
        }
        place
    }

    /// The interpreter that imports from here, resolved.
    fn interpreter(&self, installed: &Installed<'_>) -> Option<String> {
        let Self { prefix, version, .. } = *self;
        let program = if self.pypy { "pypy" } else { "python" };
        let own = ["", "3"].map(|major| join(prefix, &format!("bin/{program}{major}")));
        let mut candidates = vec![
            join(prefix, &format!("bin/{program}{version}")),
            join(prefix, &format!("libexec/platform-python{version}")),
        ];
        candidates.extend(own.into_iter().filter(|_| self.standard.is_some()));
        // Directories outside every prefix, and an administrator's `usr/local` beside `usr/bin/python3`.
        let shared = if version.is_empty() { "3" } else { version };
        candidates.extend(["usr/local/", "usr/", ""].map(|top| format!("{top}bin/{program}{shared}")));
        let fits = |path: &String| {
            let name = path.rsplit('/').next().unwrap_or_default();
            let actual = release(name.trim_start_matches(char::is_alphabetic));
            actual.is_none() || release(version).is_none() || actual == release(version)
        };
        candidates.iter().filter_map(|path| installed.resolve(path)).find(fits)
    }
}

/// The directory that holds a metadata directory; an unpacked egg stands between.
fn site_of(home: &str) -> &str {
    let parent = |path| str::rsplit_once(path, '/').map_or("", |(parent, _)| parent);
    if home.ends_with(".egg/EGG-INFO") { parent(parent(home)) } else { parent(home) }
}

fn join(prefix: &str, path: &str) -> String {
    if prefix.is_empty() { path.to_owned() } else { format!("{prefix}/{path}") }
}

/// Major and minor number of `3.11`; `None` unless both are there.
fn release(version: &str) -> Option<(u64, u64)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        // The schemes of the standard library's module sysconfig, and Debian's Python policy, section 2.5.
        let place = |site| {
            let place = Place::of(site);
            (place.prefix, place.version, place.standard.unwrap_or("-"))
        };
        let site = "opt/venv/lib/python3.12/site-packages";
        assert_eq!(place(site), ("opt/venv", "3.12", site));
        assert_eq!(place("opt/venv/lib/python3.12/site-packages/setuptools/_vendor"), place(site));
        let debian = "usr/lib/python3/dist-packages";
        assert_eq!(place(debian), ("usr", "3", debian));
        let root = "lib/python3/dist-packages";
        assert_eq!(place(root), ("", "3", root));
        assert_eq!(place("srv/app/deps"), ("", "", "-"));
        assert_eq!(place("usr/lib/python3.11"), ("usr", "3.11", "usr/lib/python3.11"));
        assert_eq!(place("usr/lib/pythonic/x"), ("", "", "-"));
    }

    #[test]
    fn eggs_lie_in_the_site() {
        assert_eq!(site_of("a/site-packages/x-1.egg/EGG-INFO"), "a/site-packages");
        assert_eq!(site_of("a/site-packages/x-1.dist-info"), "a/site-packages");
        assert_eq!(site_of("x.egg-info"), "");
    }
}
