//! Programs that are run in place of a distribution's, because their directory comes earlier in `PATH`.

use std::collections::{BTreeMap, HashMap};

use bomwright_model::{EntryKind, FileAccount, Finding, FindingSeverity, Subject, TreeEntry};

use super::{Detector, place, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[
        (
            "path-shadowing",
            "a program comes before one of the same name that a distribution ships in another directory of PATH",
        ),
        ("relative-path-directory", "PATH holds a directory that depends on where a program is started"),
    ],
    find,
};

/// Where programs are looked for when the image sets no `PATH` (the default of container engines).
const DEFAULT: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Directories of `PATH` that are looked at.
const MOST: usize = 64;

/// The `PATH` that the image sets.
pub(super) fn path<'a>(world: &World<'a>) -> &'a str {
    let environment = world.facts.inventory.image.iter().flat_map(|image| &image.environment);
    let set = environment.filter_map(|variable| variable.strip_prefix("PATH="));
    set.fold(DEFAULT, |_, last| last)
}

/// The directories of `PATH` that exist, with their places in it; those that are links to earlier ones are no others.
fn directories<'a>(world: &World<'a>) -> HashMap<&'a str, usize> {
    let mut ranks = HashMap::new();
    for (rank, directory) in path(world).split(':').take(MOST).enumerate() {
        let entry = world.followed(directory.trim_matches('/'));
        if let Some(entry) = entry.filter(|entry| entry.kind == EntryKind::Directory) {
            ranks.entry(entry.path.as_str()).or_insert(rank);
        }
    }
    ranks
}

/// Every program in `PATH` by its name, the first that is found first.
pub(super) fn programs<'a>(world: &World<'a>) -> BTreeMap<&'a str, Vec<&'a TreeEntry>> {
    let ranks = directories(world);
    let mut found: BTreeMap<&str, Vec<(usize, &TreeEntry)>> = BTreeMap::new();
    for entry in world.facts.entries {
        let Some(rank) = ranks.get(place::parent(&entry.path)) else { continue };
        if is_program(world, entry) {
            found.entry(place::name(&entry.path)).or_default().push((*rank, entry));
        }
    }
    let sorted = |mut entries: Vec<(usize, &'a TreeEntry)>| {
        entries.sort_by_key(|(rank, _)| *rank);
        entries.into_iter().map(|(_, entry)| entry).collect()
    };
    found.into_iter().map(|(name, entries)| (name, sorted(entries))).collect()
}

fn is_program(world: &World<'_>, entry: &TreeEntry) -> bool {
    let file = world.followed(&entry.path);
    file.is_some_and(|it| matches!(it.kind, EntryKind::File | EntryKind::HardLink) && it.mode & 0o111 != 0)
}

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = relative(world).into_iter().collect();
    for entries in programs(world).values() {
        let Some((first, others)) = entries.split_first() else { continue };
        let shadowed = others.iter().find(|other| is_shadowed(world, first, other));
        findings.extend(shadowed.and_then(|other| shadows(world, accounts, first, other)));
    }
    findings
}

fn is_shadowed(world: &World<'_>, first: &TreeEntry, other: &TreeEntry) -> bool {
    let owner = owner(world, other).filter(|owner| world.is_system(*owner));
    target(first) != target(other) && owner.is_some() && owner != self::owner(world, first)
}

fn shadows(
    world: &World<'_>,
    accounts: &[FileAccount],
    first: &TreeEntry,
    other: &TreeEntry,
) -> Option<Finding> {
    let account = seen::account_of(accounts, target(first)).or(seen::account_of(accounts, &first.path))?;
    let bytes =
        |entry: &TreeEntry| world.followed(&entry.path)?.content.as_ref().map(|content| content.sha256);
    let is_same = bytes(first).is_some() && bytes(first) == bytes(other);
    let severity = match () {
        () if is_same => FindingSeverity::Info,
        () if seen::is_added(account) && account.owner.is_none() => FindingSeverity::High,
        () if seen::is_unexplained(account) => FindingSeverity::Medium,
        () => FindingSeverity::Low,
    };
    let whose = owner(world, other).map_or_else(String::new, |owner| seen::label(world, owner));
    let message = format!("it is run in place of /{} of {whose}; {}", other.path, seen::why(account));
    Some(seen::about_entry(first, "path-shadowing", severity, message))
}

/// The file that is run in the end.
fn target(entry: &TreeEntry) -> &str {
    entry.leads_to.as_deref().unwrap_or(&entry.path)
}

fn owner(world: &World<'_>, entry: &TreeEntry) -> Option<bomwright_model::PackageId> {
    world.owner(target(entry)).or_else(|| world.owner(&entry.path))
}

/// An empty entry of `PATH` means the current directory (POSIX, section 8.3).
fn relative(world: &World<'_>) -> Option<Finding> {
    let odd = path(world).split(':').find(|directory| !directory.starts_with('/'))?;
    let message = match odd {
        "" => "PATH holds an empty entry, which means the current directory".to_owned(),
        odd => format!("PATH holds {odd}"),
    };
    Some(Finding::new("relative-path-directory", FindingSeverity::Medium, Subject::Image, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hidden::testing::{Scene, copy, directory, elf, link};

    fn usr_merged() -> Scene {
        let mut scene = Scene::new();
        for path in ["usr/local/bin", "usr/bin", "usr/sbin"] {
            scene.add(directory(path));
        }
        scene.add(link("bin", "usr/bin"));
        scene
    }

    #[test]
    fn the_first_in_path_is_run() {
        let mut scene = usr_merged();
        let package = scene.package("deb", "coreutils");
        let other = scene.package("deb", "other");
        for name in ["ls", "cat", "tr", "wc"] {
            scene.own(package, elf(&format!("usr/bin/{name}")));
        }
        scene.add(elf("usr/local/bin/ls"));
        scene.own(other, elf("usr/local/bin/cat"));
        scene.add(copy("usr/local/bin/tr", &elf("usr/bin/tr")));
        scene.add(link("usr/local/bin/wc", "usr/bin/wc"));
        scene.add(elf("usr/local/bin/own"));
        assert_eq!(
            scene.find(&DETECTOR),
            [
                "path-shadowing:/usr/local/bin/tr info",
                "path-shadowing:/usr/local/bin/cat low",
                "path-shadowing:/usr/local/bin/ls high",
            ]
        );
    }

    #[test]
    fn a_link_may_shadow() {
        let mut scene = usr_merged();
        let package = scene.package("deb", "openssl");
        scene.own(package, elf("usr/bin/openssl"));
        scene.add(elf("opt/x"));
        scene.add(link("usr/local/bin/openssl", "opt/x"));
        assert_eq!(scene.find(&DETECTOR), ["path-shadowing:/usr/local/bin/openssl high"]);
    }

    #[test]
    fn the_image_decides_the_order() {
        let mut scene = usr_merged();
        let package = scene.package("deb", "coreutils");
        scene.own(package, elf("usr/bin/ls"));
        scene.add(elf("usr/local/bin/ls"));
        scene.environment(&["PATH=/bin:/usr/bin:/usr/local/bin"]);
        assert_eq!(scene.find(&DETECTOR), [""; 0]);
        let mut scene = usr_merged();
        scene.environment(&["PATH=/usr/bin:"]);
        assert_eq!(scene.find(&DETECTOR), ["relative-path-directory:image medium"]);
    }
}
