//! Programs and directories that every user may write to.

use std::collections::{BTreeMap, HashMap};

use bomwright_model::{EntryKind, FileAccount, Finding, FindingSeverity, TreeEntry};

use super::{Detector, place, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[
        ("world-writable-file", "a program or a file of the system that every user may write to"),
        ("world-writable-directory", "a directory in which every user may replace the files of others"),
    ],
    find,
};

const WRITABLE: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// A world-writable directory that lies in no other, and what is in it.
struct Open<'a> {
    entry: &'a TreeEntry,
    directories: u64,
    executables: u64,
}

fn find(world: &World<'_>, _: &[FileAccount]) -> Vec<Finding> {
    let tops = open_directories(world);
    let mut open: BTreeMap<&str, Open<'_>> = BTreeMap::new();
    for (path, top) in &tops {
        let Some(entry) = world.entry(top) else { continue };
        let it = open.entry(*top).or_insert(Open { entry, directories: 0, executables: 0 });
        it.directories += u64::from(path != top);
    }
    let mut findings = Vec::new();
    for entry in world.facts.entries {
        let is_file = matches!(entry.kind, EntryKind::File | EntryKind::HardLink);
        if !is_file || entry.mode & WRITABLE == 0 || is_stated(world, entry) {
            continue;
        }
        let top = tops.get(place::parent(&entry.path)).and_then(|top| open.get_mut(top));
        match top {
            // Whoever may replace it need not write to it: told once, for the directory.
            Some(top) => top.executables += u64::from(entry.is_executable()),
            None => findings.extend(file(entry)),
        }
    }
    findings.extend(open.values().map(directory));
    findings
}

/// Every directory that is world-writable and not sticky, with the topmost one of its kind that it lies in.
fn open_directories<'a>(world: &World<'a>) -> HashMap<&'a str, &'a str> {
    let mut tops: HashMap<&str, &str> = HashMap::new();
    // A directory comes before what is below it.
    for entry in world.facts.entries.iter().filter(|entry| entry.kind == EntryKind::Directory) {
        let is_device = entry.path == "dev" || place::is_below(&entry.path, "dev");
        if entry.mode & (WRITABLE | STICKY) == WRITABLE && !is_device && !is_stated(world, entry) {
            let top = tops.get(place::parent(&entry.path)).copied().unwrap_or(&entry.path);
            tops.insert(&entry.path, top);
        }
    }
    tops
}

/// A distribution's package states that everybody may write to it.
fn is_stated(world: &World<'_>, entry: &TreeEntry) -> bool {
    let claims = world.claims_on(&entry.path).iter().filter(|claim| world.is_system(claim.package));
    claims.filter_map(|claim| claim.listed.mode).any(|mode| mode & WRITABLE != 0)
}

fn file(entry: &TreeEntry) -> Option<Finding> {
    let severity = match () {
        () if entry.is_executable() => FindingSeverity::High,
        () if place::is_system(&entry.path) => FindingSeverity::Medium,
        () => return None,
    };
    let message = format!("mode {:04o}: every user may write to it", entry.mode);
    Some(seen::about_entry(entry, "world-writable-file", severity, message))
}

fn directory(open: &Open<'_>) -> Finding {
    let path = &open.entry.path;
    let is_system = place::is_system(&format!("{path}/"));
    let severity = match () {
        () if open.executables > 0 || is_system => FindingSeverity::High,
        () => FindingSeverity::Medium,
    };
    let below = if open.directories > 0 || open.executables > 0 {
        format!(
            "; so are {} directories below it, with {} programs that every user may write to",
            open.directories, open.executables
        )
    } else {
        String::new()
    };
    let message =
        format!("mode {:04o}: every user may replace what others put there{below}", open.entry.mode);
    seen::about_entry(open.entry, "world-writable-directory", severity, message)
}

#[cfg(test)]
mod tests {
    use bomwright_model::Listed;

    use super::*;
    use crate::hidden::testing::{Scene, directory, elf, link, text};

    fn with(mode: u32, entry: TreeEntry) -> TreeEntry {
        TreeEntry { mode, ..entry }
    }

    #[test]
    fn programs_and_system_files() {
        let mut scene = Scene::new();
        scene.add(with(0o777, elf("opt/x")));
        scene.add(with(0o666, text("etc/passwd")));
        scene.add(with(0o666, text("srv/data")));
        scene.add(with(0o775, elf("opt/y")));
        scene.add(link("opt/z", "opt/y"));
        let rpm = scene.package("rpm", "x");
        scene.claim(rpm, Listed { mode: Some(0o100_666), ..Listed::new("etc/stated") });
        scene.add(with(0o666, text("etc/stated")));
        assert_eq!(
            scene.find(&DETECTOR),
            ["world-writable-file:/etc/passwd medium", "world-writable-file:/opt/x high"]
        );
    }

    #[test]
    fn directories_are_told_once() {
        let mut scene = Scene::new();
        scene.add(with(0o1777, directory("tmp")));
        scene.add(with(0o777, directory("srv")));
        scene.add(with(0o777, directory("srv-a")));
        scene.add(with(0o777, directory("srv/a")));
        scene.add(with(0o777, directory("srv/a/b")));
        scene.add(with(0o777, elf("srv/a/b/x")));
        scene.add(with(0o777, directory("usr/lib/x")));
        assert_eq!(
            scene.find(&DETECTOR),
            [
                "world-writable-directory:/srv-a medium",
                "world-writable-directory:/srv high",
                "world-writable-directory:/usr/lib/x high",
            ]
        );
    }
}
