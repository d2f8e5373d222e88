//! Private keys and passwords that were left in the image. Those that a package ships, as for its tests, are no secret.

use bomwright_model::{FileAccount, Finding, FindingSeverity, Observation, Status};

use super::{Detector, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[
        ("private-key-in-image", "a private key that whoever has the image has too"),
        ("credential-in-image", "a password or token that whoever has the image has too"),
        ("ssh-host-key", "a private key of an SSH server, with which whoever has the image can pose as it"),
    ],
    find,
};

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let keys = world.observations("private-key").iter().filter_map(|it| key(world, accounts, it));
    let credentials = world.observations("credential").iter().filter_map(|it| {
        let account = account(accounts, it)?;
        let message = format!("it holds a password or token for {}", it.value(0));
        Some(seen::about(account, "credential-in-image", FindingSeverity::High, message))
    });
    let host_keys = world.observations("ssh-host-key").iter().filter_map(|it| host_key(accounts, it));
    keys.chain(credentials).chain(host_keys).collect()
}

/// Those that the package of a server made are told of by the rule about what it makes.
fn host_key(accounts: &[FileAccount], seen_there: &Observation) -> Option<Finding> {
    let account = account(accounts, seen_there).filter(|it| it.status != Status::Generated)?;
    let message = format!("a private {} key of the SSH server is in the image", seen_there.value(0));
    Some(seen::about(account, "ssh-host-key", FindingSeverity::High, message))
}

fn key(world: &World<'_>, accounts: &[FileAccount], seen_there: &Observation) -> Option<Finding> {
    // Keys of SSH hosts have a rule of their own.
    if !world.observed_at("ssh-host-key", &seen_there.path).is_empty() {
        return None;
    }
    let account = account(accounts, seen_there)?;
    let kind = seen_there.value(0);
    let is_test =
        account.path.split('/').any(|part| matches!(part, "test" | "tests" | "testdata" | "fixtures"));
    let severity = match () {
        () if is_test => FindingSeverity::Low,
        () if kind.contains("ENCRYPTED") => FindingSeverity::Medium,
        () => FindingSeverity::High,
    };
    Some(seen::about(account, "private-key-in-image", severity, format!("a private key ({kind})")))
}

/// The verdict on where it was seen, unless that is as a package ships it.
fn account<'a>(accounts: &'a [FileAccount], seen_there: &Observation) -> Option<&'a FileAccount> {
    let account = seen::account_of(accounts, &seen_there.path)?;
    let is_shipped = matches!(account.status, Status::Intact | Status::Copy) && account.owner.is_some();
    (!is_shipped).then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hidden::testing::{Scene, text};

    #[test]
    fn what_no_package_ships() {
        let mut scene = Scene::new();
        let package = scene.package("deb", "libpython3-testsuite");
        scene.own(package, text("usr/lib/python3/test/key.pem"));
        for (path, kind) in [
            ("usr/lib/python3/test/key.pem", "RSA"),
            ("root/.ssh/id_rsa", "OPENSSH"),
            ("etc/ssl/private/x.key", "RSA ENCRYPTED"),
            ("app/tests/x.pem", "EC"),
        ] {
            scene.observe("private-key", path, &[kind]);
            if kind != "RSA" {
                scene.add(text(path));
            }
        }
        scene.add(text("root/.npmrc"));
        scene.observe("credential", "root/.npmrc", &["npm"]);
        scene.observe("credential", "gone/.npmrc", &["npm"]);
        scene.add(text("etc/ssh/ssh_host_rsa_key"));
        scene.observe("ssh-host-key", "etc/ssh/ssh_host_rsa_key", &["rsa"]);
        scene.add(text("app/ssh_host_key.pem"));
        scene.observe("private-key", "app/ssh_host_key.pem", &["RSA"]);
        assert_eq!(
            scene.find(&DETECTOR),
            [
                "credential-in-image:/root/.npmrc high",
                "private-key-in-image:/app/tests/x.pem low",
                "private-key-in-image:/etc/ssl/private/x.key medium",
                "private-key-in-image:/app/ssh_host_key.pem high",
                "private-key-in-image:/root/.ssh/id_rsa high",
                "ssh-host-key:/etc/ssh/ssh_host_rsa_key high",
            ]
        );
    }
}
