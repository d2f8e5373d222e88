//! Programs that say of themselves that a distribution built them, where no package lists them: a vendor's program that
//! was renamed, moved, or left over from a package that is no longer there.

use std::collections::BTreeSet;

use bomwright_model::{FileAccount, Finding, FindingSeverity, Package};

use super::{Detector, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[(
        "renamed-vendor-binary",
        "a program's own note names a distribution's package, but no package lists it",
    )],
    find,
};

/// The types of packages of distributions in such notes (UAPI group, "Package Metadata for Executable Files").
const TYPES: &[&str] = &["alpm", "apk", "deb", "rpm"];

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let mut told = BTreeSet::new();
    let notes = world.facts.inventory.packages.iter().filter(|package| package.ecosystem == "elf");
    let mut findings = Vec::new();
    for package in notes {
        let Some(kind) = package.properties.get("note-type").filter(|it| TYPES.contains(&it.as_str())) else {
            continue;
        };
        let places = package.evidence.iter().map(|evidence| evidence.path.as_str());
        for path in places.filter(|path| !seen::is_of_system(world, path)) {
            let account = seen::account_of(accounts, path).filter(|_| told.insert(path));
            findings.extend(account.map(|account| finding(account, package, kind)));
        }
    }
    findings
}

fn finding(account: &FileAccount, package: &Package, kind: &str) -> Finding {
    let of = package.properties.get("os").map_or_else(String::new, |os| format!(" for {os}"));
    let message = format!(
        "its note says that it was built from {} {} as {kind}{of}, but no package lists it",
        package.name, package.version
    );
    seen::about(account, "renamed-vendor-binary", FindingSeverity::High, message)
}

#[cfg(test)]
mod tests {
    use bomwright_model::Evidence;

    use super::*;
    use crate::hidden::testing::{Scene, elf};

    #[test]
    fn only_what_no_package_lists() {
        let mut scene = Scene::new();
        let openssl = scene.package("rpm", "openssl");
        scene.own(openssl, elf("usr/bin/openssl"));
        scene.add(elf("file.txt"));
        scene.add(elf("app/own"));
        let note = |kind: &str, paths: &[&str]| {
            let mut package = Package::new("elf", "openssl", "3.0.7-1");
            package.set_property("note-type", kind);
            package.set_property("os", "fedora");
            package.evidence = paths.iter().map(|path| Evidence::new(*path, "elf")).collect();
            package
        };
        scene.insert(note("rpm", &["usr/bin/openssl", "file.txt", "gone"]));
        scene.insert(note("acme", &["app/own"]));
        let findings = scene.findings(&DETECTOR);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].id(), "renamed-vendor-binary:/file.txt");
        assert!(findings[0].message.contains("openssl 3.0.7-1 as rpm for fedora"), "{}", findings[0].message);
    }
}
