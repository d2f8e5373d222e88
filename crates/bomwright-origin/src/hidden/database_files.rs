//! Packages that are listed though their files are gone.

use std::collections::BTreeMap;

use bomwright_model::{FileAccount, Finding, FindingSeverity, PackageId, Subject};

use super::{Detector, seen};
use crate::account::{is_left_out, is_missing};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[
        (
            "package-without-files",
            "a distribution's package is listed, but half of its files or more are gone",
        ),
        ("database-without-files", "most of the distribution's packages are listed without their files"),
    ],
    find,
};

/// Files that a package must state for its share to mean something.
const LEAST: u64 = 5;
/// Packages that must be without their files for the database to be that of another image.
const MANY: usize = 3;

/// How many files a package states with a digest, and how many of them are gone.
#[derive(Default)]
struct Files {
    stated: u64,
    missing: u64,
}

fn find(world: &World<'_>, _: &[FileAccount]) -> Vec<Finding> {
    let mut packages: BTreeMap<PackageId, Files> = BTreeMap::new();
    for claim in world.facts.claims {
        if claim.listed.digest.is_some() && world.is_system(claim.package) && !is_left_out(&claim.path) {
            let files = packages.entry(claim.package).or_default();
            files.stated += 1;
            files.missing += u64::from(is_missing(world, claim));
        }
    }
    packages.retain(|_, files| files.stated >= LEAST);
    let all = packages.len();
    packages.retain(|_, files| files.missing * 2 >= files.stated);
    if packages.len() >= MANY && packages.len() * 2 > all {
        let message = format!("{} of {all} packages lack half of their files or more", packages.len());
        let first =
            packages.keys().next().and_then(|id| world.package(*id)).and_then(|it| it.evidence.first());
        let finding = Finding::new("database-without-files", FindingSeverity::High, Subject::Image, message);
        return vec![finding.seen_in(first.cloned())];
    }
    packages.iter().map(|(id, files)| package(world, *id, files)).collect()
}

fn package(world: &World<'_>, id: PackageId, files: &Files) -> Finding {
    let Files { stated, missing } = files;
    let message = format!("{missing} of the {stated} files of {} are gone", seen::label(world, id));
    let evidence = world.package(id).and_then(|package| package.evidence.first());
    Finding::new("package-without-files", FindingSeverity::High, Subject::Package(id), message)
        .in_layer(evidence.and_then(|evidence| evidence.layer))
        .seen_in(evidence.cloned())
}

#[cfg(test)]
mod tests {
    use bomwright_model::{Checksum, Listed};

    use super::*;
    use crate::hidden::testing::{Scene, text};

    /// A package with files that are there, that are gone, and documents that are gone.
    fn add(scene: &mut Scene, name: &str, there: usize, gone: usize) {
        let package = scene.package("deb", name);
        for number in 0..there {
            scene.own(package, text(&format!("usr/lib/{name}/{number}")));
        }
        let digest = Some(Checksum::Md5([1; 16]));
        for number in 0..gone {
            let place = format!("usr/lib/{name}/gone{number}");
            scene.claim(package, Listed::new(place).with_digest(digest.clone()));
            let place = format!("usr/share/doc/{name}/{number}");
            scene.claim(package, Listed::new(place).with_digest(digest.clone()));
        }
    }

    #[test]
    fn half_of_at_least_five() {
        let mut scene = Scene::new();
        add(&mut scene, "whole", 10, 0);
        add(&mut scene, "half", 3, 3);
        add(&mut scene, "less", 4, 3);
        add(&mut scene, "small", 0, 4);
        add(&mut scene, "all", 0, 5);
        let findings = scene.findings(&DETECTOR);
        let messages: Vec<_> = findings.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(messages, ["3 of the 6 files of half 1 are gone", "5 of the 5 files of all 1 are gone"]);
    }

    #[test]
    fn a_database_of_another_image_is_told_once() {
        let mut scene = Scene::new();
        add(&mut scene, "whole", 10, 0);
        for name in ["a", "b", "c"] {
            add(&mut scene, name, 0, 5);
        }
        assert_eq!(scene.find(&DETECTOR), ["database-without-files:image high"]);
    }
}
