//! Commands that a shell's start-up files give another meaning.

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::{FileAccount, Finding, FindingSeverity, Observation, Status, TreeEntry};

use super::{Detector, place, seen, shadowing};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[(
        "shell-override",
        "a start-up file of a shell that was added or changed gives a command another meaning",
    )],
    find,
};

/// Commands that ask for a password or guard a log-in, even where the image does not have them.
const GUARDED: &[&str] = &["doas", "login", "passwd", "scp", "ssh", "su", "sudo"];

type Programs<'a> = BTreeMap<&'a str, Vec<&'a TreeEntry>>;

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let aliases = world.observations("shell-alias");
    let functions = world.observations("shell-function");
    if aliases.is_empty() && functions.is_empty() {
        return Vec::new();
    }
    let programs = shadowing::programs(world);
    let mut told = BTreeSet::new();
    let all = aliases.iter().chain(functions).filter(|it| told.insert((it.path.as_str(), it.value(0))));
    all.filter_map(|it| judge(world, accounts, &programs, it)).collect()
}

fn judge(
    world: &World<'_>,
    accounts: &[FileAccount],
    programs: &Programs<'_>,
    seen_there: &Observation,
) -> Option<Finding> {
    let name = seen_there.value(0);
    if !programs.contains_key(name) && !GUARDED.contains(&name) && !is_taken_away(accounts, name) {
        return None;
    }
    let account = seen::account_of(accounts, &seen_there.path).filter(|account| seen::is_foreign(account))?;
    if seen_there.kind == "shell-function" {
        let message = format!("it makes '{name}' a function of its own");
        return Some(seen::about(account, "shell-override", FindingSeverity::Medium, message));
    }
    // `alias ls='ls --color'` only adds options.
    let first =
        seen_there.value(1).split_ascii_whitespace().find(|word| !matches!(*word, "command" | "builtin"))?;
    if first.trim_start_matches('\\') == name {
        return None;
    }
    let file = world.followed(first.trim_start_matches('/')).filter(|_| first.starts_with('/'));
    let is_shipped =
        file.is_some_and(|file| seen::is_of_system(world, &file.path)) || programs.contains_key(first);
    let severity = if is_shipped && !GUARDED.contains(&name) && place::name(first) != name {
        FindingSeverity::Medium
    } else {
        FindingSeverity::High
    };
    let message = format!("it makes '{name}' stand for '{}'", seen_there.value(1));
    Some(seen::about(account, "shell-override", severity, message))
}

/// Whether a package lists a command of this name that is not there any more.
fn is_taken_away(accounts: &[FileAccount], name: &str) -> bool {
    let places = ["usr/bin", "usr/sbin", "bin", "sbin"].map(|directory| format!("{directory}/{name}"));
    let mut found = places.iter().filter_map(|path| seen::account_of(accounts, path));
    !name.contains('/') && found.any(|account| account.status == Status::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hidden::testing::{Scene, directory, elf, text};

    /// A program that was moved away, and its name left for an alias.
    #[test]
    fn a_command_that_is_gone_has_another_meaning_too() {
        let find = |alias: &str| {
            let mut scene = Scene::new();
            let package = scene.package("deb", "openssl");
            let digest = Some(bomwright_model::Checksum::Md5([0xee; 16]));
            scene.claim(package, bomwright_model::Listed::new("usr/bin/openssl").with_digest(digest));
            scene.add(text("etc/bash.bashrc"));
            scene.add(elf("file.txt"));
            scene.observe("shell-alias", "etc/bash.bashrc", &[alias, "/file.txt"]);
            scene.find(&DETECTOR)
        };
        assert_eq!(find("openssl"), ["shell-override:/etc/bash.bashrc high"]);
        assert_eq!(find("ll"), [""; 0]);
    }

    #[test]
    fn commands_with_another_meaning() {
        let mut scene = Scene::new();
        let package = scene.package("deb", "x");
        scene.add(directory("usr/bin"));
        for name in ["openssl", "ls", "vi", "vim"] {
            scene.own(package, elf(&format!("usr/bin/{name}")));
        }
        scene.own_changed(package, text("etc/bash.bashrc"));
        scene.own(package, text("etc/profile.d/own.sh"));
        scene.add(text("root/.bashrc"));
        scene.observe("shell-alias", "etc/bash.bashrc", &["openssl", "/file.txt"]);
        scene.observe("shell-alias", "etc/bash.bashrc", &["ls", "ls --color"]);
        scene.observe("shell-alias", "etc/bash.bashrc", &["ll", "/file.txt"]);
        scene.observe("shell-alias", "etc/profile.d/own.sh", &["openssl", "/file.txt"]);
        scene.observe("shell-alias", "root/.bashrc", &["vi", "vim"]);
        scene.observe("shell-function", "root/.bashrc", &["sudo"]);
        let findings = scene.findings(&DETECTOR);
        let seen: Vec<_> =
            findings.iter().map(|it| format!("{} {}", it.severity.as_str(), it.message)).collect();
        assert_eq!(
            seen,
            [
                "medium it makes 'sudo' a function of its own",
                "medium it makes 'vi' stand for 'vim'",
                "high it makes 'openssl' stand for '/file.txt'",
            ]
        );
    }
}
