//! Images that hold a distribution's files but not the database that says so: it was deleted, or only files were copied.

use std::collections::BTreeMap;

use bomwright_model::{
    EntryKind, Evidence, FileAccount, Finding, FindingSeverity, Form, LayerId, Observation, Subject,
    TreeEntry,
};

use super::{Detector, place, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[
        ("package-database-missing", "files of a distribution are there, but not its package database"),
        (
            "package-database-deleted",
            "a later layer deleted or emptied the package database, which was read from a lower one",
        ),
    ],
    find,
};

/// A package database, and what only systems with it have.
struct Database {
    ecosystem: &'static str,
    what: &'static str,
    /// Whether a path that no distribution's package lists is one of its marks.
    marks: &'static [fn(&str) -> bool],
    /// Marks of that many files are needed.
    least: &'static [usize],
}

/// Marks from the layout of the distributions' base packages: Debian's libc6, perl-base and Policy 12.5; Alpine's musl
/// and alpine-baselayout; the glibc and release packages of Fedora and its kin; Arch's filesystem.
const DATABASES: &[Database] = &[
    Database {
        ecosystem: "apk",
        what: "Alpine or another system with musl",
        marks: &[is_musl, |path| path == "etc/alpine-release", |path| place::is_below(path, "etc/apk")],
        least: &[1, 1, 1],
    },
    Database {
        ecosystem: "deb",
        what: "Debian or its kin",
        marks: &[
            |path| is_libc(path) && is_in_multiarch(path),
            is_copyright,
            |path| path.contains("-linux-gnu/perl-base/"),
            |path| path == "etc/debian_version",
        ],
        least: &[1, 21, 1, 1],
    },
    Database {
        ecosystem: "rpm",
        what: "Red Hat, SUSE or their kin",
        marks: &[
            |path| is_libc(path) && matches!(place::parent(path), "usr/lib64" | "lib64"),
            |path| {
                matches!(
                    path,
                    "etc/redhat-release" | "etc/system-release" | "etc/fedora-release" | "usr/lib/rpm/macros"
                )
            },
        ],
        // The first alone is so on Arch, Gentoo and many others.
        least: &[usize::MAX, 1],
    },
    Database {
        ecosystem: "alpm",
        what: "Arch",
        marks: &[|path| path == "etc/arch-release", |path| path == "etc/pacman.conf"],
        least: &[1, 1],
    },
];

fn is_musl(path: &str) -> bool {
    let is_loader = place::name(path).starts_with("ld-musl-") && path.ends_with(".so.1");
    is_loader && matches!(place::parent(path), "lib" | "usr/lib")
}

fn is_libc(path: &str) -> bool {
    place::name(path) == "libc.so.6"
}

fn is_in_multiarch(path: &str) -> bool {
    let parent = place::parent(path);
    let is_library = matches!(place::parent(parent), "lib" | "usr/lib");
    is_library && place::name(parent).contains("-linux-gnu")
}

fn is_copyright(path: &str) -> bool {
    path.strip_prefix("usr/share/doc/")
        .and_then(|rest| rest.strip_suffix("/copyright"))
        .is_some_and(|package| !package.contains('/'))
}

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let has_system = world.facts.inventory.packages().any(|(id, _)| world.is_system(id));
    let mut findings: Vec<Finding> =
        DATABASES.iter().filter_map(|database| missing(world, database)).collect();
    if !has_system && findings.is_empty() {
        findings.extend(no_database(world, accounts));
    }
    findings.extend(world.observations("recovered-database").iter().map(|it| deleted(it)));
    findings
}

/// Scanners that read only the merged tree see no package of such an image.
fn deleted(recovered: &Observation) -> Finding {
    let (ecosystem, layer, packages) = (recovered.value(0), recovered.value(1), recovered.value(2));
    let message = format!(
        "a layer above layer {layer} deleted or emptied the {ecosystem} package database /{}; its {packages} packages \
         are read from there",
        recovered.path
    );
    let place = Evidence {
        layer: layer.parse().ok().map(LayerId),
        path: recovered.path.clone(),
        parser: ecosystem.to_owned(),
    };
    Finding::new("package-database-deleted", FindingSeverity::High, Subject::Image, message).seen_in([place])
}

fn missing(world: &World<'_>, database: &Database) -> Option<Finding> {
    let packages = &world.facts.inventory.packages;
    if packages.iter().any(|package| package.ecosystem == database.ecosystem) {
        return None;
    }
    let mut marks: BTreeMap<usize, Vec<&TreeEntry>> = BTreeMap::new();
    for entry in world.facts.entries.iter().filter(|entry| entry.kind != EntryKind::Directory) {
        for (position, is_mark) in database.marks.iter().enumerate() {
            if is_mark(&entry.path) && !seen::is_of_system(world, &entry.path) {
                marks.entry(position).or_default().push(entry);
            }
        }
    }
    let is_enough = |(position, entries): (&usize, &Vec<_>)| {
        database.least.get(*position).is_some_and(|least| entries.len() >= *least)
    };
    let notes = packages.iter().filter(|it| it.ecosystem == "elf");
    let notes =
        notes.filter(|it| it.properties.get("note-type").is_some_and(|it| it == database.ecosystem)).count();
    if !marks.iter().any(is_enough) && notes < 2 {
        return None;
    }
    let files: Vec<&TreeEntry> = marks.values().flatten().copied().collect();
    let names: Vec<String> =
        marks.values().filter_map(|it| it.first()).map(|it| format!("/{}", it.path)).collect();
    let places = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let by_notes =
        if notes == 0 { String::new() } else { format!(", {notes} packages are named by notes in programs") };
    let message = format!(
        "{} files are those of {}{places}{by_notes}, but there is no {} package database",
        files.len(),
        database.what,
        database.ecosystem
    );
    let evidence = marks.values().filter_map(|it| it.first()).map(|entry| seen::place(entry));
    Some(image(message).seen_in(evidence))
}

/// Programs that do not even say what they hold, and no database of any kind.
fn no_database(world: &World<'_>, accounts: &[FileAccount]) -> Option<Finding> {
    let is_elf = |account: &&FileAccount| {
        let content = world.entry(&account.path).and_then(|entry| entry.content.as_ref());
        content.is_some_and(|content| content.form == Form::Elf)
    };
    let programs = accounts.iter().filter(|account| seen::is_added(account) && account.owner.is_none());
    let programs = programs.filter(is_elf).count();
    let distribution = world.facts.inventory.distribution.as_ref();
    match distribution {
        Some(it) => {
            let place = Evidence::new(it.path.as_str(), "os-release");
            let message = format!("it calls itself {}, but there is no package database of any kind", it.id);
            Some(image(message).seen_in([place]))
        }
        None if programs > 0 => {
            Some(image(format!("{programs} programs and libraries, but no package database of any kind")))
        }
        None => None,
    }
}

fn image(message: String) -> Finding {
    Finding::new("package-database-missing", FindingSeverity::High, Subject::Image, message)
}

#[cfg(test)]
mod tests {
    use bomwright_model::{Distribution, Package, PackageKind};

    use super::*;
    use crate::hidden::testing::{Scene, elf, text};

    #[test]
    fn marks_of_each_distribution() {
        let says = |paths: &[&str]| {
            let mut scene = Scene::new();
            for path in paths {
                scene.add(text(path));
            }
            let findings = scene.findings(&DETECTOR);
            findings
                .iter()
                .filter_map(|it| it.message.split("no ").nth(1))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(says(&["lib/ld-musl-x86_64.so.1"]), ["apk package database"]);
        assert_eq!(says(&["usr/lib/x86_64-linux-gnu/libc.so.6"]), ["deb package database"]);
        assert_eq!(says(&["usr/lib64/libc.so.6", "etc/redhat-release"]), ["rpm package database"]);
        assert_eq!(says(&["etc/arch-release"]), ["alpm package database"]);
        assert_eq!(says(&["usr/lib64/libc.so.6"]), [""; 0]);
        assert_eq!(says(&["opt/app/libc.so.6", "opt/ld-musl-x86_64.so.1"]), [""; 0]);
        let documents: Vec<_> = (0..21).map(|number| format!("usr/share/doc/p{number}/copyright")).collect();
        let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
        assert_eq!(says(&documents), ["deb package database"]);
        assert_eq!(says(&documents[..20]), [""; 0]);
    }

    /// Debian ships musl too.
    #[test]
    fn what_a_package_lists_is_no_mark() {
        let mut scene = Scene::new();
        let musl = scene.package("deb", "musl");
        scene.own(musl, elf("lib/ld-musl-x86_64.so.1"));
        assert_eq!(scene.find(&DETECTOR), [""; 0]);
    }

    #[test]
    fn one_that_was_read_from_a_lower_layer() {
        let mut scene = Scene::new();
        scene.package("deb", "libc6");
        scene.observe("recovered-database", "var/lib/dpkg/status", &["deb", "3", "1"]);
        let findings = scene.findings(&DETECTOR);
        let [finding] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!(finding.rule, "package-database-deleted");
        assert_eq!(finding.evidence.first().and_then(|it| it.layer), Some(LayerId(3)));
    }

    #[test]
    fn images_without_any_database() {
        let mut scene = Scene::new();
        scene.add(elf("opt/x"));
        assert_eq!(scene.find(&DETECTOR), ["package-database-missing:image high"]);
        // A program that says what it holds may well stand alone.
        let mut scene = Scene::new();
        let mut main = Package::new("golang", "example.com/shop", "");
        main.kind = PackageKind::Application;
        main.location = Some("shop".into());
        scene.insert(main);
        scene.add(elf("shop"));
        assert_eq!(scene.find(&DETECTOR), [""; 0]);
        let mut scene = Scene::new();
        scene.inventory.distribution = Some(Distribution { id: "linux".into(), ..Distribution::default() });
        assert_eq!(scene.find(&DETECTOR), ["package-database-missing:image high"]);
    }
}
