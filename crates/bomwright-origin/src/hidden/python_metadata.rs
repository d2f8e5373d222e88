//! Python modules that lie where packages are installed but that no package's metadata speaks of: the metadata was
//! deleted, or the code was copied there.

use std::collections::BTreeSet;

use bomwright_model::{FileAccount, Finding, FindingSeverity};

use super::{Detector, place, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[(
        "python-package-without-metadata",
        "a Python module is installed, but no package's metadata lists it",
    )],
    find,
};

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let described = described(world);
    accounts
        .iter()
        .filter(|account| seen::is_unexplained(account))
        .filter_map(|account| Some((account, module(&account.path)?)))
        .filter(|(_, (site, name))| !described.contains(&(*site, normal(name))))
        .map(|(account, (_, name))| {
            let message = format!("the module {name} is installed, but no package's metadata lists it");
            seen::about(account, "python-package-without-metadata", FindingSeverity::Medium, message)
        })
        .collect()
}

/// The directory of packages that a top-level module lies in, and the module's name.
fn module(path: &str) -> Option<(&str, &str)> {
    let parent = place::parent(path);
    let (site, name) = match place::name(path) {
        "__init__.py" => (place::parent(parent), place::name(parent)),
        file => (parent, file.strip_suffix(".py")?),
    };
    let is_startup = matches!(name, "sitecustomize" | "usercustomize");
    let is_site = matches!(place::name(site), "site-packages" | "dist-packages");
    (is_site && !is_startup).then_some((site, name))
}

/// The packages of every directory, by their names as Python compares them: those without a list of files, as old
/// installations have none, are taken to be the modules of the same name.
fn described<'a>(world: &World<'a>) -> BTreeSet<(&'a str, String)> {
    let packages = world.facts.inventory.packages.iter().filter(|package| package.ecosystem == "pypi");
    let places = packages.flat_map(|package| {
        let evidence = package.evidence.iter().map(|evidence| evidence.path.as_str());
        // `SITE/NAME.dist-info/METADATA` or the file `SITE/NAME.egg-info`.
        let sites = evidence.flat_map(|path| [place::parent(path), place::parent(place::parent(path))]);
        sites.map(|site| (site, normal(&package.name)))
    });
    places.collect()
}

/// PEP 503, section "Normalized Names", with `_` in place of `-`.
fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['-', '.'], "_")
}

#[cfg(test)]
mod tests {
    use bomwright_model::{Evidence, Package};

    use super::*;
    use crate::hidden::testing::{Scene, text};

    #[test]
    fn only_modules_without_metadata() {
        let mut scene = Scene::new();
        let site = "usr/lib/python3/site-packages";
        let listed = scene.package("pypi", "listed");
        scene.own(listed, text(&format!("{site}/listed/__init__.py")));
        let mut old = Package::new("pypi", "Old-One", "1");
        old.evidence.push(Evidence::new(format!("{site}/Old_One-1.egg-info/PKG-INFO"), "pypi"));
        scene.insert(old);
        scene.add(text(&format!("{site}/old_one/__init__.py")));
        scene.add(text(&format!("{site}/ghost/__init__.py")));
        scene.add(text(&format!("{site}/ghost/sub/__init__.py")));
        scene.add(text(&format!("{site}/single.py")));
        scene.add(text(&format!("{site}/sitecustomize.py")));
        scene.add(text("app/shop/__init__.py"));
        assert_eq!(
            scene.find(&DETECTOR),
            [
                format!("python-package-without-metadata:/{site}/ghost/__init__.py medium"),
                format!("python-package-without-metadata:/{site}/single.py medium"),
            ]
        );
    }
}
