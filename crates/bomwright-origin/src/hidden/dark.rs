//! Programs and scripts that no package answers for: what a scanner that reads only package databases never names.

use bomwright_model::{FileAccount, Finding, FindingSeverity, Status};

use super::{Detector, place, seen};
use crate::world::World;

/// The rule of findings about files of code that nothing explains, which a policy may allow.
pub(crate) const UNOWNED: &str = "unowned-executable";

pub(super) const DETECTOR: Detector = Detector {
    rules: &[
        (UNOWNED, "a program, library or script that no package lists and nothing explains"),
        ("copied-executable", "the bytes of a package's program under a name that no package lists"),
        (
            "executable-in-temporary-directory",
            "a program or script that nothing explains in a directory for temporary files",
        ),
    ],
    find,
};

fn find(_: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let dark = accounts.iter().filter(|account| account.executable && seen::is_unexplained(account));
    dark.map(judge).collect()
}

fn judge(account: &FileAccount) -> Finding {
    let is_copy = account.status == Status::Copy;
    // It says itself which package it holds, so it is not in the dark; still nobody answers for it.
    let is_described = account.owner.is_some() && !is_copy;
    let is_hidden = place::is_hidden(&account.path);
    let severity = match () {
        () if place::is_temporary(&account.path) || place::is_system(&account.path) || is_hidden => {
            FindingSeverity::High
        }
        () if is_described => FindingSeverity::Low,
        () => FindingSeverity::Medium,
    };
    let rule = match () {
        () if place::is_temporary(&account.path) => "executable-in-temporary-directory",
        () if is_copy => "copied-executable",
        () => UNOWNED,
    };
    let mut message = match () {
        () if is_described => format!("a program that {} and that nobody answers for", seen::why(account)),
        () => seen::why(account).to_owned(),
    };
    if is_hidden {
        message.push_str("; its name is hidden from listings");
    }
    seen::about(account, rule, severity, message)
}

#[cfg(test)]
mod tests {
    use bomwright_model::{Listed, Package, PackageKind};

    use super::*;
    use crate::Policy;
    use crate::hidden::testing::{Scene, copy, elf, script, text};

    #[test]
    fn what_nobody_answers_for() {
        let mut scene = Scene::new();
        let coreutils = scene.package("deb", "coreutils");
        scene.own(coreutils, elf("usr/bin/true"));
        scene.add(copy("usr/bin/evil", &elf("usr/bin/true")));
        scene.add(elf("usr/lib/x.so"));
        scene.add(script("opt/run"));
        scene.add(elf("opt/.x"));
        scene.add(elf("dev/shm/x"));
        scene.add(copy("tmp/true", &elf("usr/bin/true")));
        scene.add(text("opt/data"));
        assert_eq!(
            scene.find(&DETECTOR),
            [
                "copied-executable:/usr/bin/evil high",
                "executable-in-temporary-directory:/dev/shm/x high",
                "executable-in-temporary-directory:/tmp/true high",
                "unowned-executable:/opt/run medium",
                "unowned-executable:/opt/.x high",
                "unowned-executable:/usr/lib/x.so high",
            ]
        );
    }

    #[test]
    fn copies_name_their_original() {
        let mut scene = Scene::new();
        let coreutils = scene.package("deb", "coreutils");
        scene.own(coreutils, elf("usr/bin/true"));
        scene.add(copy("srv/file.txt", &elf("usr/bin/true")));
        let findings = scene.findings(&DETECTOR);
        assert!(findings[0].message.contains("/usr/bin/true"), "{}", findings[0].message);
        assert!(findings[0].message.contains("coreutils"), "{}", findings[0].message);
        assert_eq!(findings[0].layer, Some(bomwright_model::LayerId(1)));
    }

    /// A line added to a package's list does not make a file the package's own.
    #[test]
    fn a_listed_path_without_digest_is_not_owned() {
        let mut scene = Scene::new();
        let coreutils = scene.package("deb", "coreutils");
        scene.own(coreutils, elf("usr/bin/true"));
        scene.claim(coreutils, Listed::new("usr/bin/evil2"));
        scene.add(elf("usr/bin/evil2"));
        assert_eq!(scene.find(&DETECTOR), ["unowned-executable:/usr/bin/evil2 high"]);
    }

    #[test]
    fn the_policy_and_packages_explain() {
        let mut scene = Scene::new();
        scene.policy = Policy::parse("p", "[in-house]\npaths = ['/app']", &[]).unwrap();
        scene.add(elf("app/shop"));
        let mut library = Package::new("npm", "sharp", "1");
        library.location = Some("srv/node_modules/sharp".into());
        scene.insert(library);
        scene.add(elf("srv/node_modules/sharp/x.node"));
        assert_eq!(scene.find(&DETECTOR), [""; 0]);
    }

    #[test]
    fn a_program_that_names_itself_still_has_no_owner() {
        let mut scene = Scene::new();
        let mut main = Package::new("golang", "example.com/shop", "");
        main.kind = PackageKind::Application;
        main.location = Some("opt/shop".into());
        scene.insert(main);
        scene.add(elf("opt/shop"));
        assert_eq!(scene.find(&DETECTOR), ["unowned-executable:/opt/shop low"]);
    }
}
