//! Directories of `node_modules` with code but without `package.json`: the manifest was deleted, or the code was copied
//! there.

use std::collections::BTreeMap;

use bomwright_model::{EntryKind, FileAccount, Finding, FindingSeverity};

use super::{Detector, place, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[("node-package-without-manifest", "a directory of node_modules holds code but no package.json")],
    find,
};

const MODULES: &str = "node_modules";
/// Endings of files that Node.js loads (its documentation, "Modules: Packages").
const CODE: &[&str] = &[".cjs", ".js", ".mjs", ".node"];

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    // The first file of code of each directory.
    let mut directories: BTreeMap<&str, &FileAccount> = BTreeMap::new();
    for account in accounts {
        let is_code =
            account.kind == EntryKind::File && CODE.iter().any(|ending| account.path.ends_with(ending));
        if let Some(directory) = package_directory(&account.path).filter(|_| is_code) {
            directories.entry(directory).or_insert(account);
        }
    }
    directories
        .iter()
        .filter(|(directory, account)| {
            let has_manifest = |directory: &str| world.entry(&format!("{directory}/package.json")).is_some();
            // Inside a package such directories may be its tests or a bundler's output.
            let is_inside = enclosing(directory)
                .is_some_and(|outer| !has_manifest(outer) || !is_direct(directory, outer));
            !has_manifest(directory) && !is_inside && !seen::is_of_system(world, &account.path)
        })
        .map(|(directory, account)| {
            let message = format!("/{directory} holds code but no package.json");
            seen::about(account, "node-package-without-manifest", FindingSeverity::Medium, message)
        })
        .collect()
}

/// The directory of the package in the innermost `node_modules` above `path`; its name may have a scope.
fn package_directory(path: &str) -> Option<&str> {
    let start = if path.starts_with("node_modules/") && !path.contains("/node_modules/") {
        MODULES.len() + 1
    } else {
        path.rfind("/node_modules/")? + MODULES.len() + 2
    };
    let rest = path.get(start..)?;
    let mut slashes = rest.match_indices('/').map(|(position, _)| position);
    let end = if rest.starts_with('@') { slashes.nth(1) } else { slashes.next() }?;
    // `.bin`, `.cache` and such are no packages.
    if rest.starts_with('.') { None } else { path.get(..start + end) }
}

/// The directory of the package that the package at `directory` lies in.
fn enclosing(directory: &str) -> Option<&str> {
    package_directory(modules_of(directory)?)
}

/// The `node_modules` that `directory` lies in.
fn modules_of(directory: &str) -> Option<&str> {
    let end = directory.rfind("node_modules/")? + MODULES.len();
    directory.get(..end)
}

/// Whether the `node_modules` of `directory` is that of the package at `outer` itself.
fn is_direct(directory: &str, outer: &str) -> bool {
    modules_of(directory).is_some_and(|modules| place::parent(modules) == outer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hidden::testing::{Scene, text};

    #[test]
    fn directories_of_packages() {
        assert_eq!(package_directory("app/node_modules/ms/index.js"), Some("app/node_modules/ms"));
        assert_eq!(package_directory("node_modules/@a/b/lib/x.js"), Some("node_modules/@a/b"));
        assert_eq!(
            package_directory("a/node_modules/b/node_modules/c/x.js"),
            Some("a/node_modules/b/node_modules/c")
        );
        assert_eq!(package_directory("node_modules/.bin/x.js"), None);
        assert_eq!(package_directory("node_modules/x.js"), None);
        assert_eq!(package_directory("app/index.js"), None);
        assert_eq!(enclosing("a/node_modules/b/node_modules/c"), Some("a/node_modules/b"));
        assert_eq!(enclosing("a/node_modules/b"), None);
    }

    #[test]
    fn only_code_without_manifest() {
        let mut scene = Scene::new();
        for path in [
            "app/node_modules/ms/index.js",
            "app/node_modules/ms/package.json",
            "app/node_modules/ms/node_modules/deep/index.js",
            "app/node_modules/ms/test/node_modules/fixture/index.js",
            "app/node_modules/ghost/index.js",
            "app/node_modules/ghost/lib/other.js",
            "app/node_modules/@a/ghost/index.mjs",
            "app/node_modules/.cache/x/index.js",
            "app/node_modules/data/readme.md",
        ] {
            scene.add(text(path));
        }
        assert_eq!(
            scene.find(&DETECTOR),
            [
                "node-package-without-manifest:/app/node_modules/@a/ghost/index.mjs medium",
                "node-package-without-manifest:/app/node_modules/ghost/index.js medium",
                "node-package-without-manifest:/app/node_modules/ms/node_modules/deep/index.js medium",
            ]
        );
    }
}
