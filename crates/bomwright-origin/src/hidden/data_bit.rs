//! Data in `/etc` that may be executed, though it is no code: a sign that a file was put there by hand.

use bomwright_model::{EntryKind, FileAccount, Finding, FindingSeverity};

use super::{Detector, place, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[(
        "executable-bit-on-data",
        "a file below /etc that no package lists may be executed but is no code",
    )],
    find,
};

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let candidates = accounts.iter().filter(|account| place::is_below(&account.path, "etc"));
    let candidates = candidates.filter(|account| !account.executable && world.owner(&account.path).is_none());
    candidates
        .filter_map(|account| {
            let entry = world.entry(&account.path)?;
            let is_file = matches!(entry.kind, EntryKind::File | EntryKind::HardLink);
            let may_run = is_file && entry.mode & 0o111 != 0 && entry.content.is_some();
            let message =
                format!("mode {:04o}, but its first bytes are no program's or script's", entry.mode);
            may_run.then(|| seen::about(account, "executable-bit-on-data", FindingSeverity::Info, message))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use bomwright_model::TreeEntry;

    use super::*;
    use crate::hidden::testing::{Scene, script, text};

    #[test]
    fn only_data_of_nobody() {
        let mut scene = Scene::new();
        let package = scene.package("deb", "x");
        scene.add(TreeEntry { mode: 0o755, ..text("etc/hostname") });
        scene.own(package, TreeEntry { mode: 0o755, ..text("etc/owned") });
        scene.add(text("etc/hosts"));
        scene.add(script("etc/run"));
        scene.add(TreeEntry { mode: 0o755, ..text("opt/data") });
        assert_eq!(scene.find(&DETECTOR), ["executable-bit-on-data:/etc/hostname info"]);
    }
}
