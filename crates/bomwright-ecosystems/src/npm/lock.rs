//! The lock files of npm (docs.npmjs.com, "package-lock.json"), versions 1 to 3, and npm-shrinkwrap.json, which
//! is the same.
//!
//! Since version 2 `packages` says of every directory what lies there, so that its packages have the places that
//! they are installed at, and what they need is found as Node finds it. Version 1 nests `dependencies` instead,
//! and leaves what the project itself needs to its package.json.

use bomwright_model::{Code, License, PackageKind};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Manifest, NAME, Role, field, is_sound, package, requirements};
use crate::format::url::without_credentials;
use crate::format::{below, integrity};
use crate::lock::{Lock, handle, is_archive, json, resolve};
use crate::{FileView, Findings, Part, Requirement};

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    name: Value,
    #[serde(default)]
    version: Value,
    #[serde(rename = "lockfileVersion", default)]
    format: Value,
    packages: Option<Map<String, Value>>,
    #[serde(default)]
    dependencies: Map<String, Value>,
}

/// Reads the lock file of a project.
pub(super) fn read(file: &FileView<'_>, out: &mut Findings) {
    let Some(document) = json::<Document>(file, out) else { return };
    if document.format.as_u64().is_some_and(|version| version > 3) {
        out.note(file, Code::Unsupported, "a version of the lock file after 3; it was read as that");
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lock = Lock::new(file, NAME);
    let Some(packages) = document.packages else {
        let (name, version) = (text(&document.name), text(&document.version));
        if !name.is_empty() {
            let mut root = package(&name, &version);
            root.location = Some(file.parent().to_owned());
            root.kind = PackageKind::Application;
            lock.add(lock.found(root, ""), out);
        }
        return nested(&mut lock, file, file.parent(), &document.dependencies, out);
    };
    for (path, entry) in &packages {
        let Some(entry) = entry.as_object() else {
            out.note(file, Code::MalformedRecord, format!("'{path}' is no object"));
            continue;
        };
        if field(entry, "link") == &Value::Bool(true) {
            link(file, path, entry, out);
        } else if !directory(&mut lock, file, path, entry, &text(&document.name), out) {
            return;
        }
    }
}

/// Adds the package that lies at `path`.
fn directory(
    lock: &mut Lock<'_, '_>,
    file: &FileView<'_>,
    path: &str,
    entry: &Manifest,
    project: &str,
    out: &mut Findings,
) -> bool {
    let text = |key: &str| field(entry, key).as_str().unwrap_or_default();
    let role = Role::of(path);
    let installed = if let Role::Installed(name) = role { name } else { "" };
    let stated = [text("name"), installed, if path.is_empty() { project } else { "" }];
    let Some(name) = stated.into_iter().find(|name| !name.is_empty()) else {
        // Neither its manifest nor its place gives it a name.
        return true;
    };
    let mut package = package(name, text("version"));
    package.location =
        below(file.parent(), path).or_else(|| path.is_empty().then(|| file.parent().to_owned()));
    package.licenses =
        Some(text("license")).filter(|it| !it.is_empty()).map(License::declared).into_iter().collect();
    resolve(&mut package, text("resolved"));
    package.digests = integrity::digests(text("integrity"));
    for (key, value) in flags(entry) {
        package.set_property(key, value);
    }
    match role {
        Role::Installed(directory) if directory != name => package.set_property("alias", directory),
        Role::Installed(_) => {}
        _ => package.kind = PackageKind::Application,
    }
    let key = package.location.clone().unwrap_or_default();
    let mut found = lock.found(package, path);
    found.requires = requirements(entry, if role == Role::Inside { Role::Root } else { role });
    found.key = key;
    lock.add(found, out)
}

/// Tells what lies at the end of a link that it is linked to.
fn link(file: &FileView<'_>, path: &str, entry: &Manifest, out: &mut Findings) {
    let target = field(entry, "resolved").as_str().unwrap_or_default();
    if let Some(place) = below(file.parent(), path) {
        linked(file, &place, target, out);
    }
}

/// Tells the package in the directory `target` of the project that `place` is a link to it. Its own
/// package.json says the rest.
fn linked(file: &FileView<'_>, place: &str, target: &str, out: &mut Findings) {
    let Some(key) = below(file.parent(), target) else { return };
    let mut properties = vec![("link".to_owned(), "true".to_owned())];
    properties.push(("installed-from-directory".to_owned(), target.to_owned()));
    out.parts.push(Part { key, properties, provides: vec![handle(place, "")], ..Part::default() });
}

/// Adds the packages of version 1 that lie in `home`, and those inside of them.
fn nested(
    lock: &mut Lock<'_, '_>,
    file: &FileView<'_>,
    home: &str,
    all: &Map<String, Value>,
    out: &mut Findings,
) {
    for (directory, entry) in all {
        let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
        let (Some(entry), Some(place)) = (
            entry.as_object().filter(|_| is_sound(directory)),
            below(home, &format!("node_modules/{directory}")),
        ) else {
            out.note(file, Code::MalformedRecord, format!("'{directory}' is no package"));
            continue;
        };
        // What is no version is where it came from: `npm:name@version`, or an address.
        let stated = text("version");
        let alias = stated.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@'));
        let (name, version, from) = match alias {
            Some((name, version)) => (name, version, ""),
            None if stated.contains(':') => (directory.as_str(), "", stated),
            None => (directory.as_str(), stated, ""),
        };
        let from = if text("resolved").is_empty() { from } else { text("resolved") };
        if let Some(target) = from.strip_prefix("file:").filter(|path| !is_archive(path)) {
            linked(file, &place, target, out);
            continue;
        }
        let mut package = package(name, version);
        package.location = Some(place.clone());
        resolve(&mut package, from);
        package.digests = integrity::digests(text("integrity"));
        if name != directory {
            package.set_property("alias", directory);
        }
        for (key, value) in flags(entry) {
            package.set_property(key, value);
        }
        let mut found = lock.found(package, &place);
        let requires = field(entry, "requires").as_object().into_iter().flatten();
        found.requires = requires
            .map(|(name, range)| {
                let range = without_credentials(range.as_str().unwrap_or_default());
                Requirement::new(format!("{name}@{range}"), name.as_str())
            })
            .collect();
        found.key.clone_from(&place);
        if !lock.add(found, out) {
            return;
        }
        if let Some(inner) = field(entry, "dependencies").as_object() {
            nested(lock, file, &place, inner, out);
        }
    }
}

/// What npm marks a package as.
fn flags(entry: &Manifest) -> impl Iterator<Item = (&'static str, &'static str)> {
    [
        ("dev", "dev"),
        ("optional", "optional"),
        ("peer", "peer"),
        ("inBundle", "bundled"),
        ("bundled", "bundled"),
    ]
    .into_iter()
    .filter(|(flag, _)| field(entry, flag) == &Value::Bool(true))
    .map(|(_, property)| (property, "true"))
}

/// Reads what npm remembers of each directory below the one that holds `node_modules`.
pub(super) fn read_hidden(file: &FileView<'_>, out: &mut Findings) {
    #[derive(Deserialize)]
    struct Hidden {
        #[serde(default)]
        packages: Map<String, Value>,
    }
    let lock: Hidden = match serde_json::from_slice(file.bytes) {
        Ok(lock) => lock,
        Err(error) => {
            return out.note(file, super::failure(&error), "the hidden lock file is not valid json");
        }
    };
    let top = file.parent().strip_suffix("node_modules").unwrap_or_default();
    for (path, entry) in &lock.packages {
        let Some(entry) = entry.as_object() else { continue };
        let text = |name: &str| field(entry, name).as_str().unwrap_or_default();
        let mut properties: Vec<(String, String)> = Vec::new();
        let mut add = |key: &str, value: &str| {
            if !value.is_empty() {
                properties.push((key.to_owned(), value.to_owned()));
            }
        };
        // Of a link the target is meant: that is where the package lies.
        let is_link = field(entry, "link") == &Value::Bool(true);
        let mut digests = Vec::new();
        let place = if is_link { text("resolved") } else { path };
        if is_link {
            add("link", "true");
            add("installed-from-directory", place);
        } else {
            add("resolved", &without_credentials(text("resolved")));
            digests = integrity::digests(text("integrity"));
        }
        flags(entry).for_each(|(key, value)| add(key, value));
        if !properties.is_empty() || !digests.is_empty() {
            out.parts.push(Part { key: format!("{top}{place}"), properties, digests, ..Part::default() });
        }
    }
}
