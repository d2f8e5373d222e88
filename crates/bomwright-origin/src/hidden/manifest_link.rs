//! Manifests and lock files that are links to files of other names, which readers that go by name pass over.

use bomwright_model::{EntryKind, FileAccount, Finding, FindingSeverity};

use super::{Detector, place, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[("manifest-behind-symlink", "a manifest or lock file is a link to a file of another name")],
    find,
};

/// Names by which readers know manifests and lock files.
const MANIFESTS: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "Gemfile",
    "Gemfile.lock",
    "METADATA",
    "PKG-INFO",
    "Pipfile",
    "Pipfile.lock",
    "RECORD",
    "bun.lock",
    "bun.lockb",
    "composer.json",
    "composer.lock",
    "conan.lock",
    "go.mod",
    "go.sum",
    "gradle.lockfile",
    "installed.json",
    "mix.lock",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "package.json",
    "packages.lock.json",
    "pdm.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pom.properties",
    "pom.xml",
    "pubspec.lock",
    "pyproject.toml",
    "requirements.txt",
    "uv.lock",
    "yarn.lock",
];

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let links = accounts.iter().filter(|account| account.kind == EntryKind::Symlink);
    links
        .filter(|account| MANIFESTS.contains(&place::name(&account.path)))
        .filter_map(|account| {
            let target = world.entry(&account.path)?.leads_to.as_deref()?;
            let is_same = place::name(target) == place::name(&account.path);
            let message = format!("it leads to /{target}");
            (!is_same && !seen::is_of_system(world, &account.path))
                .then(|| seen::about(account, "manifest-behind-symlink", FindingSeverity::Medium, message))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hidden::testing::{Scene, link, text};

    #[test]
    fn only_other_names() {
        let mut scene = Scene::new();
        scene.add(text("app/package-lock.json-orig"));
        scene.add(link("app/package-lock.json", "app/package-lock.json-orig"));
        scene.add(text("src/package.json"));
        scene.add(link("app/package.json", "src/package.json"));
        scene.add(link("app/other", "app/package-lock.json-orig"));
        assert_eq!(scene.find(&DETECTOR), ["manifest-behind-symlink:/app/package-lock.json medium"]);
    }

    #[test]
    fn the_names_are_sorted() {
        assert!(MANIFESTS.is_sorted());
    }
}
