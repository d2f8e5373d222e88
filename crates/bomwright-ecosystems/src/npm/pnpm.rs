//! The lock files of pnpm, versions 6 to 9 (pnpm.io, "git", and the types of `@pnpm/lockfile.types`).
//!
//! `packages` says what each package is; `snapshots` (before version 9 `packages` itself) says what it needs,
//! once for each set of peers that it is installed with, as in `debug@4.3.4(supports-color@8.1.1)`; `importers`
//! says what each project of the workspace needs, by the ranges of its package.json. Packages have no place.

use std::collections::HashMap;

use bomwright_model::{Code, Scope};

use super::{NAME, package};
use crate::format::yaml::Yaml;
use crate::format::{below, integrity};
use crate::lock::{Lock, handle, mark, resolve};
use crate::{FileView, Findings, Part, Requirement};

/// Reads the lock file.
pub(super) fn read(file: &FileView<'_>, out: &mut Findings) {
    let text = crate::format::text(file, out);
    let tree = match Yaml::parse(&text) {
        Ok(tree) => tree,
        Err(fault) => {
            let code = if fault.is_at_end { Code::Truncated } else { Code::MalformedFile };
            return out.note(file, code, format!("pnpm-lock.yaml is no yaml: {fault}"));
        }
    };
    let version = tree.text_of("lockfileVersion");
    let major: Option<u32> = version.split('.').next().and_then(|major| major.parse().ok());
    match major {
        None if tree == Yaml::Null => return,
        None => return out.note(file, Code::MalformedFile, "pnpm-lock.yaml has no lockfileVersion"),
        Some(..6) => {
            return out.note(file, Code::Unsupported, format!("version {version} of pnpm's lock file"));
        }
        Some(10..) => out.note(file, Code::Unsupported, format!("version {version} was read as 9")),
        Some(_) => {}
    }
    let mut wanted = importers(file, &tree, out);
    let mut lock = Lock::new(file, NAME);
    let packages = tree.get("packages");
    let has_snapshots = tree.get("snapshots") != &Yaml::Null;
    let snapshots = if has_snapshots { tree.get("snapshots") } else { packages };
    let about: HashMap<&str, &Yaml> = packages.entries().collect();
    for (key, snapshot) in snapshots.entries() {
        let id = key.trim_start_matches('/');
        let own = id.split('(').next().unwrap_or_default();
        let about = if has_snapshots { about.get(own).copied().unwrap_or(&Yaml::Null) } else { snapshot };
        let Some((name, version)) = named(own, about) else {
            out.note(file, Code::MalformedRecord, format!("'{key}' names no package"));
            continue;
        };
        let mut package = package(name, version);
        let resolution = about.get("resolution");
        package.digests = integrity::digests(resolution.text_of("integrity"));
        match (resolution.text_of("directory"), resolution.text_of("repo")) {
            ("", "") => resolve(&mut package, resolution.text_of("tarball")),
            ("", repository) => {
                let repository = repository.strip_prefix("git+").unwrap_or(repository);
                resolve(&mut package, &format!("git+{repository}#{}", resolution.text_of("commit")));
            }
            (directory, _) => package.set_property("installed-from-directory", directory),
        }
        if snapshot.text_of("optional") == "true" || about.text_of("optional") == "true" {
            mark(&mut package, Scope::Optional);
        }
        if about.text_of("dev") == "true" {
            mark(&mut package, Scope::Development);
        }
        let mut found = lock.found(package, id);
        found.provides.extend(wanted.remove(id).unwrap_or_default());
        found.locked = needs(&lock, snapshot);
        if !lock.add(found, out) {
            return;
        }
    }
}

/// Name and version of a package by its key: `name@version`, `name@address`, or (before version 9) an address
/// alone, where the entry states both.
fn named<'a>(key: &'a str, about: &'a Yaml) -> Option<(&'a str, &'a str)> {
    let at = key.char_indices().skip(1).find(|(_, c)| *c == '@');
    let by_key = at.and_then(|(at, _)| Some((key.get(..at)?, key.get(at + 1..)?)));
    let stated = (about.text_of("name"), about.text_of("version"));
    match (by_key, stated) {
        (_, (name, version)) if !name.is_empty() => Some((name, version)),
        (Some((name, place)), (_, version)) if place.contains(['/', ':']) => Some((name, version)),
        (by_key, _) => by_key,
    }
}

/// The key that the value of a dependency means: a version, or, under another name, a whole key.
fn target(name: &str, value: &str) -> String {
    let value = value.trim_start_matches('/');
    let bare = value.split('(').next().unwrap_or_default();
    let is_key = bare.char_indices().skip(1).any(|(_, c)| c == '@') || bare.starts_with("github.com/");
    if is_key && !bare.contains("://") || bare.split_once('@').is_some_and(|(_, rest)| rest.contains("://")) {
        value.to_owned()
    } else {
        format!("{name}@{value}")
    }
}

fn needs(lock: &Lock<'_, '_>, snapshot: &Yaml) -> Vec<Requirement> {
    let groups = [("dependencies", Scope::Runtime), ("optionalDependencies", Scope::Optional)];
    let of_group = |(group, scope): (&'static str, Scope)| {
        let entries = snapshot.get(group).entries().filter(|(_, value)| !value.text().starts_with("link:"));
        entries
            .map(|(name, value)| {
                let id = target(name, value.text());
                lock.needs(format!("{name}@{}", value.text()), &id, scope)
            })
            .collect::<Vec<_>>()
    };
    groups.into_iter().flat_map(of_group).collect()
}

/// For each package the handles by which the package.json files of the workspace mean it. Links between
/// projects become parts.
fn importers(file: &FileView<'_>, tree: &Yaml, out: &mut Findings) -> HashMap<String, Vec<String>> {
    let mut wanted: HashMap<String, Vec<String>> = HashMap::new();
    let several = tree.get("importers");
    let alone = [(".", tree)];
    let importers: Vec<_> = if several == &Yaml::Null { alone.to_vec() } else { several.entries().collect() };
    for (project, importer) in importers {
        let Some(home) = below(file.parent(), project) else { continue };
        for group in ["dependencies", "optionalDependencies", "devDependencies"] {
            for (name, entry) in importer.get(group).entries() {
                let own = handle(&home, &format!("{name}@{}", entry.text_of("specifier")));
                let version = entry.text_of("version");
                if let Some(link) = version.strip_prefix("link:") {
                    let properties = vec![("installed-from-directory".to_owned(), link.to_owned())];
                    let provides = vec![own];
                    if let Some(key) = below(&home, link) {
                        out.parts.push(Part { key, properties, provides, ..Part::default() });
                    }
                } else {
                    wanted.entry(target(name, version)).or_default().push(own);
                }
            }
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_dependencies_mean_keys() {
        for (value, key) in [
            ("4.3.4", "debug@4.3.4"),
            ("4.3.4(supports-color@8.1.1)", "debug@4.3.4(supports-color@8.1.1)"),
            ("/ms@1.0.0", "ms@1.0.0"),
            ("@scope/ms@1.0.0(a@1)", "@scope/ms@1.0.0(a@1)"),
            ("https://codeload.example/x/tar.gz/01", "debug@https://codeload.example/x/tar.gz/01"),
            ("x@https://codeload.example/x/tar.gz/01", "x@https://codeload.example/x/tar.gz/01"),
        ] {
            assert_eq!(target("debug", value), key);
        }
    }
}
