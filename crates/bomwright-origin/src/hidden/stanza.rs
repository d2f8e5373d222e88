//! Packages whose stanza was taken out of dpkg's status file while their other records stay.
//!
//! A package that was removed but not purged keeps its list of files, for its configuration, but not its digests
//! (dpkg's `removal_bulk`): so only names with both count.

use bomwright_model::{FileAccount, Finding, FindingSeverity};

use super::{Detector, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[(
        "files-without-stanza",
        "dpkg has a list of files and digests for a package that its status file does not name",
    )],
    find,
};

const INFO: &str = "var/lib/dpkg/info/";

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let records = accounts.iter().filter_map(|account| {
        let name = account.path.strip_prefix(INFO)?.strip_suffix(".list")?;
        (!name.contains('/')).then_some((account, name))
    });
    records
        .filter(|(_, name)| {
            let package = name.split(':').next().unwrap_or_default();
            let has_digests = world.entry(&format!("{INFO}{name}.md5sums")).is_some();
            has_digests && world.package_named("deb", package).is_none()
        })
        .map(|(account, name)| {
            let message = format!(
                "dpkg keeps the files and digests of {name}, but its stanza was taken out of the status file"
            );
            seen::about(account, "files-without-stanza", FindingSeverity::High, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hidden::testing::{Scene, text};

    #[test]
    fn only_names_with_digests_and_no_stanza() {
        let mut scene = Scene::new();
        scene.package("deb", "bash");
        scene.package("deb", "libc6");
        for name in [
            "bash.list",
            "bash.md5sums",
            "libc6:amd64.list",
            "libc6:amd64.md5sums",
            "removed.list",
            "openssl.list",
            "openssl.md5sums",
            "zlib1g:i386.list",
            "zlib1g:i386.md5sums",
        ] {
            scene.add(text(&format!("{INFO}{name}")));
        }
        assert_eq!(
            scene.find(&DETECTOR),
            [
                "files-without-stanza:/var/lib/dpkg/info/openssl.list high",
                "files-without-stanza:/var/lib/dpkg/info/zlib1g:i386.list high",
            ]
        );
    }
}
