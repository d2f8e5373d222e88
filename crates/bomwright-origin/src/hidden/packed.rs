//! Programs that were packed, so that no reader sees what they are made of.

use bomwright_model::{FileAccount, Finding, FindingSeverity};

use super::{Detector, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[(
        "packed-executable",
        "a program that an executable packer has compressed, so that nothing in it can be read",
    )],
    find,
};

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let files = accounts.iter().filter_map(|account| Some((account, world.entry(&account.path)?)));
    files
        .filter(|(_, entry)| entry.content.as_ref().is_some_and(|content| content.packed))
        .map(|(account, _)| {
            let is_unknown =
                account.origin == bomwright_model::Origin::Unknown || crate::hints::is_guess(account);
            let severity = if is_unknown { FindingSeverity::High } else { FindingSeverity::Medium };
            let message = format!("it bears a packer's mark; {}", seen::why(account));
            seen::about(account, "packed-executable", severity, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use bomwright_model::{Content, TreeEntry};

    use super::*;
    use crate::hidden::testing::{Scene, elf};

    fn packed(entry: TreeEntry) -> TreeEntry {
        let content = entry.content.clone().map(|content| Content { packed: true, ..content });
        TreeEntry { content, ..entry }
    }

    #[test]
    fn worse_when_nothing_explains_it() {
        let mut scene = Scene::new();
        let package = scene.package("deb", "x");
        scene.own(package, packed(elf("usr/bin/x")));
        scene.own(package, elf("usr/bin/y"));
        scene.add(packed(elf("opt/x")));
        assert_eq!(
            scene.find(&DETECTOR),
            ["packed-executable:/usr/bin/x medium", "packed-executable:/opt/x high"]
        );
    }
}
