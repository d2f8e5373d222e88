//! Node packages as npm, pnpm and yarn install them.
//!
//! Files: `package.json` of every package directory below a `node_modules`, of Debian's
//! `usr/share/nodejs`, and of application roots outside (docs.npmjs.com, "package.json"); the hidden lock
//! file `node_modules/.package-lock.json` ("package-lock.json", section "Hidden Lockfiles"), which knows
//! where each directory came from. In source trees the lock files of npm, yarn and pnpm: see [`lock`],
//! [`yarn`] and [`pnpm`].
//!
//! Edges: each dependency to the package that Node's resolution finds from the real directory of the one
//! that asks (nodejs.org, "Modules: `CommonJS` modules", `LOAD_NODE_MODULES`), links of workspaces and of
//! pnpm's store followed; applications and globally installed packages to the Node that runs them.
//!
//! Not seen: packages bundled into one file by webpack and the like, yarn's zipped Plug'n'Play cache, and
//! `package.json` files inside a package that do not mark one of its own (test data, module type markers).

mod lock;
mod pnpm;
mod yarn;

use bomwright_model::{Code, License, LinkKind, Node, Package, PackageId, PackageKind, Scope};
use serde_json::{Map, Value};

use crate::format::integrity;
use crate::format::url::without_credentials;
use crate::lock::handle;
use crate::{Claim, Ecosystem, Edges, FileView, Findings, Found, Installed, Requirement, interpreter};

/// Node packages.
pub(crate) struct Npm;

const NAME: &str = "npm";
/// Dependencies of one package beyond this many are left out; real applications have some hundred.
const MOST_DEPENDENCIES: usize = 10_000;
/// How many directories upwards a package is looked for.
const HIGHEST: usize = 128;
/// Where Debian's Node looks after every `node_modules` (Debian's Javascript policy, section "Node.js").
const SYSTEM: [&str; 3] = ["usr/local/share/nodejs", "usr/share/nodejs", "usr/lib/nodejs"];
/// Directories whose `package.json` files are data, not applications.
const DATA: [&str; 7] =
    ["site-packages", "dist-packages", "gems", "fixtures", "__fixtures__", "testdata", "test-fixtures"];

/// A `package.json`. Each field may hold anything, and may occur twice: old packages are careless.
type Manifest = Map<String, Value>;

/// What a `package.json` stands for, by its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role<'a> {
    /// A package installed under this name.
    Installed(&'a str),
    /// A file of its own outside every package.
    Root,
    /// A file inside a package.
    Inside,
}

impl Ecosystem for Npm {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "installed Node packages and applications, their dependencies as Node resolves them, and their Node"
    }

    fn claims(&self) -> &'static [Claim] {
        const {
            &[
                Claim::name("package.json"),
                Claim::inside(".package-lock.json", "node_modules").up_to(64),
                Claim::name("package-lock.json").lock(),
                Claim::name("npm-shrinkwrap.json").lock(),
                Claim::name("yarn.lock").lock(),
                Claim::name("pnpm-lock.yaml").lock(),
            ]
        }
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        match file.name() {
            ".package-lock.json" => return lock::read_hidden(file, out),
            "package-lock.json" | "npm-shrinkwrap.json" => return lock::read(file, out),
            "yarn.lock" => return yarn::read(file, out),
            "pnpm-lock.yaml" => return pnpm::read(file, out),
            _ => {}
        }
        let role = Role::of(file.parent());
        if role == Role::Inside {
            return;
        }
        // npm itself accepts a byte order mark.
        let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.bytes);
        match serde_json::from_slice::<Manifest>(bytes) {
            Ok(manifest) => read_manifest(file, role, &manifest, out),
            Err(error) => out.note(file, failure(&error), "package.json is not valid json"),
        }
    }

    fn relate(&self, installed: &Installed<'_>, out: &mut Edges<'_>) {
        let node = ["usr/local/bin/node", "usr/bin/node", "bin/node", "usr/bin/nodejs"]
            .iter()
            .filter_map(|path| installed.resolve(path))
            .find_map(|path| interpreter::node(installed, &path));
        for (id, found) in installed.of(NAME) {
            let Some(home) = found.package.location.as_deref() else { continue };
            for requirement in &found.requires {
                let by_name = requirement.names.first().and_then(|name| resolve(installed, home, name));
                let by_lock = || pinned(installed, home, &requirement.text);
                let of_workspace = || member(installed, home, requirement.names.first()?);
                match by_name.or_else(by_lock).or_else(of_workspace) {
                    Some(provider) => out.depends(id, &found.package, provider, requirement),
                    None => out.unresolved(id, &found.package, requirement),
                }
            }
            let is_head = found.package.kind == PackageKind::Application || is_global(home);
            if let Some(node) = node.as_ref().filter(|node| is_head && **node != Node::Package(id)) {
                interpreter::runs(out, node, id, found);
            }
        }
    }
}

impl<'a> Role<'a> {
    /// The role of the `package.json` in the directory `home`.
    fn of(home: &'a str) -> Self {
        let (modules, rest) = match home.rfind("node_modules/") {
            Some(at) if at == 0 || home.get(..at).is_some_and(|before| before.ends_with('/')) => {
                (true, home.get(at + "node_modules/".len()..).unwrap_or_default())
            }
            _ => match SYSTEM.iter().find_map(|top| home.strip_prefix(top)?.strip_prefix('/')) {
                Some(rest) => (true, rest),
                None => (false, home),
            },
        };
        if !modules {
            let is_data = home.split('/').any(|part| part == "node_modules" || DATA.contains(&part));
            return if is_data { Self::Inside } else { Self::Root };
        }
        // `.bin`, `.cache` and pnpm's `.pnpm` are no packages.
        let depth = if rest.starts_with('@') { 2 } else { 1 };
        let is_package = rest.split('/').count() == depth && !rest.starts_with('.') && !rest.ends_with('/');
        if is_package { Self::Installed(rest) } else { Self::Inside }
    }
}

/// Whether npm installed the package in `home` for everybody: in `lib/node_modules` of some prefix.
fn is_global(home: &str) -> bool {
    let Some((before, rest)) = home.rsplit_once("node_modules/") else { return false };
    let is_library = before == "lib/" || before.ends_with("/lib/");
    is_library && Role::of(home) == Role::Installed(rest)
}

/// `home` and the directories above it.
fn above(home: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(home), |directory| match directory.rsplit_once('/') {
        Some((parent, _)) => Some(parent),
        None => (!directory.is_empty()).then_some(""),
    })
    .take(HIGHEST)
}

/// The package that a lock file of yarn or pnpm, in `home` or above, pins for `text` (`name@range`).
fn pinned(installed: &Installed<'_>, home: &str, text: &str) -> Option<PackageId> {
    above(home).find_map(|directory| installed.providers(NAME, &handle(directory, text)).first().copied())
}

/// The project called `name` of the workspace that the project in `home` belongs to: both lie below one that is
/// a project itself. Such need no lock file, and classic yarn does not mention them in its own.
fn member(installed: &Installed<'_>, home: &str, name: &str) -> Option<PackageId> {
    let project = |id: PackageId| {
        let package = installed.package(id).filter(|it| it.kind == PackageKind::Application)?;
        Some((package.location.as_deref()?, package))
    };
    project(installed.at(NAME, home)?)?;
    let own = name.rsplit('/').next().unwrap_or_default();
    let named = |id: &&PackageId| project(**id).is_some_and(|(_, package)| package.full_name() == name);
    let candidates: Vec<_> = installed.providers(NAME, own).iter().filter(named).take(HIGHEST).collect();
    above(home).filter(|top| installed.at(NAME, top).is_some_and(|id| project(id).is_some())).find_map(
        |top| {
            let is_below = |id: PackageId| {
                let rest = project(id).and_then(|(place, _)| place.strip_prefix(top));
                rest.is_some_and(|rest| top.is_empty() || rest.starts_with('/'))
            };
            candidates.iter().find(|id| is_below(***id)).map(|id| **id)
        },
    )
}

/// The package that `require(name)` finds from `home`.
fn resolve(installed: &Installed<'_>, home: &str, name: &str) -> Option<PackageId> {
    let at = |place: String| {
        let found = installed.at(NAME, &place).or_else(|| installed.at(NAME, &installed.resolve(&place)?));
        // A link that only a lock file tells of.
        found.or_else(|| installed.providers(NAME, &handle(&place, "")).first().copied())
    };
    let mut directory = home;
    for _ in 0..HIGHEST {
        let is_modules = directory == "node_modules" || directory.ends_with("/node_modules");
        if !is_modules {
            let slash = if directory.is_empty() { "" } else { "/" };
            if let Some(found) = at(format!("{directory}{slash}node_modules/{name}")) {
                return Some(found);
            }
        }
        if directory.is_empty() {
            break;
        }
        directory = directory.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
    SYSTEM.iter().find_map(|top| at(format!("{top}/{name}")))
}

fn field<'m>(manifest: &'m Manifest, name: &str) -> &'m Value {
    manifest.get(name).unwrap_or(&Value::Null)
}

fn failure(error: &serde_json::Error) -> Code {
    if error.is_eof() { Code::Truncated } else { Code::MalformedFile }
}

fn read_manifest(file: &FileView<'_>, role: Role<'_>, manifest: &Manifest, out: &mut Findings) {
    let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
    let (stated, version) = (text(field(manifest, "name")), text(field(manifest, "version")));
    let full_name = match role {
        Role::Installed(_) if stated.is_empty() && version.is_empty() => return,
        Role::Installed(directory) if stated.is_empty() => directory,
        _ if stated.is_empty() => return,
        _ => stated.as_str(),
    };
    let mut package = package(full_name, &version);
    package.location = Some(file.parent().to_owned());
    package.description = Some(text(field(manifest, "description"))).filter(|text| !text.is_empty());
    package.originator = person(field(manifest, "author"));
    package.licenses = licenses(manifest);
    add_links(&mut package, manifest);
    if field(manifest, "private") == &Value::Bool(true) {
        package.set_property("private", "true");
    }
    package.set_property("resolved", without_credentials(&text(field(manifest, "_resolved"))));
    package.digests = integrity::digests(&text(field(manifest, "_integrity")));
    match role {
        Role::Installed(directory) if directory != full_name => package.set_property("alias", directory),
        Role::Root => package.kind = PackageKind::Application,
        _ => {}
    }
    let mut found = Found::new(package, file, NAME);
    file.parent().clone_into(&mut found.key);
    found.owns.push(file.path.to_owned());
    found.requires = requirements(manifest, role);
    if found.requires.len() > MOST_DEPENDENCIES {
        found.requires.truncate(MOST_DEPENDENCIES);
        out.note(file, Code::LimitExceeded, format!("more than {MOST_DEPENDENCIES} dependencies"));
    }
    out.packages.push(found);
}

/// A package by its full name, `@scope/name` or `name`.
fn package(full_name: &str, version: &str) -> Package {
    let (namespace, name) = match full_name.split_once('/') {
        Some((scope, name)) if scope.starts_with('@') => (Some(scope.to_owned()), name),
        _ => (None, full_name),
    };
    let mut package = Package::new(NAME, name, version);
    package.namespace = namespace;
    package
}

/// Every dependency once: what is also optional is optional, a peer or development dependency comes last.
fn requirements(manifest: &Manifest, role: Role<'_>) -> Vec<Requirement> {
    let is_optional_peer = |name: &str| {
        let meta = field(manifest, "peerDependenciesMeta").get(name).and_then(|meta| meta.get("optional"));
        meta == Some(&Value::Bool(true))
    };
    let mut all: Map<String, Value> = Map::new();
    let mut requires = Vec::new();
    let mut add = |from: &Value, scope: &dyn Fn(&str) -> Scope| {
        for (name, wanted) in from.as_object().into_iter().flatten() {
            if is_sound(name) && all.insert(name.clone(), Value::Null).is_none() {
                let text = match wanted.as_str().unwrap_or_default() {
                    "" => name.clone(),
                    wanted => format!("{name}@{}", without_credentials(wanted)),
                };
                requires.push(Requirement::new(text, name.clone()).in_scope(scope(name)));
            }
        }
    };
    add(field(manifest, "optionalDependencies"), &|_| Scope::Optional);
    add(field(manifest, "dependencies"), &|_| Scope::Runtime);
    add(field(manifest, "peerDependencies"), &|name| {
        if is_optional_peer(name) { Scope::Optional } else { Scope::Runtime }
    });
    if role == Role::Root {
        add(field(manifest, "devDependencies"), &|_| Scope::Development);
    }
    requires
}

/// Whether `name` can be that of a package: one that leads elsewhere can't.
fn is_sound(name: &str) -> bool {
    !name.is_empty() && !name.split('/').any(|part| matches!(part, "" | "." | ".."))
}

/// `"Name <mail> (url)"`, or an object with those fields.
fn person(value: &Value) -> Option<String> {
    let field = |name: &str| value.get(name).and_then(Value::as_str).map(str::trim);
    let text = match (value.as_str(), field("name"), field("email")) {
        (Some(text), ..) => text.trim().to_owned(),
        (_, Some(name), Some(email)) => format!("{name} <{email}>"),
        (_, Some(one), None) | (_, None, Some(one)) => one.to_owned(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The SPDX expression of `license`, and what packages wrote before there was one.
fn licenses(manifest: &Manifest) -> Vec<License> {
    let name = |value: &Value| -> Option<String> {
        let text = value.as_str().or_else(|| value.get("type").or_else(|| value.get("name"))?.as_str())?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let several = |value: &Value| -> Vec<License> {
        let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        list.iter().filter_map(name).map(License::declared).collect()
    };
    let declared = several(field(manifest, "license"));
    if declared.is_empty() { several(field(manifest, "licenses")) } else { declared }
}

fn add_links(package: &mut Package, manifest: &Manifest) {
    let address = |value: &Value| {
        let text = value.as_str().or_else(|| value.get("url")?.as_str()).unwrap_or_default();
        without_credentials(text.trim())
    };
    package.add_link(LinkKind::Home, address(field(manifest, "homepage")));
    package.add_link(LinkKind::Vcs, repository(&address(field(manifest, "repository"))));
    package.add_link(LinkKind::Issues, address(field(manifest, "bugs")));
}

/// A repository's address; the short forms `owner/name` and `github:owner/name` written out.
fn repository(text: &str) -> String {
    let (host, path) = match text.split_once(':') {
        Some(("github", path)) => ("github.com", path),
        Some(("gitlab", path)) => ("gitlab.com", path),
        Some(("bitbucket", path)) => ("bitbucket.org", path),
        Some(_) => return text.to_owned(),
        None => ("github.com", text),
    };
    let is_short = path.split('/').count() == 2 && !path.starts_with(['/', '.', '@']);
    if is_short { format!("https://{host}/{path}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_by_path() {
        // docs.npmjs.com, "folders"; pnpm.io, "Symlinked node_modules structure".
        for (home, role) in [
            ("app/node_modules/a", Role::Installed("a")),
            ("app/node_modules/@s/a", Role::Installed("@s/a")),
            ("node_modules/a/node_modules/b", Role::Installed("b")),
            ("app/node_modules/.pnpm/a@1/node_modules/a", Role::Installed("a")),
            ("usr/share/nodejs/@babel/core", Role::Installed("@babel/core")),
            ("app", Role::Root),
            ("", Role::Root),
            ("app/node_modules/a/dist/esm", Role::Inside),
            ("app/node_modules/.cache/x", Role::Inside),
            ("app/node_modules", Role::Inside),
            ("app/not_node_modules/x", Role::Root),
            ("usr/lib/python3/dist-packages/x/static", Role::Inside),
        ] {
            assert_eq!(Role::of(home), role, "{home}");
        }
        assert!(is_global("usr/lib/node_modules/@s/a"));
        assert!(!is_global("usr/lib/node_modules/npm/node_modules/a"));
    }

    #[test]
    fn repositories_written_short() {
        // docs.npmjs.com, "package.json", section "repository".
        assert_eq!(repository("npm/example"), "https://github.com/npm/example");
        assert_eq!(repository("gitlab:user/repo"), "https://gitlab.com/user/repo");
        assert_eq!(repository("git+https://host.example/a/b.git"), "git+https://host.example/a/b.git");
    }
}
