//! File capabilities: rights of the kernel that a program gets by being run (capabilities(7)).

mod value;

use bomwright_model::{FileAccount, Finding, FindingSeverity, TreeEntry};

use self::value::Capabilities;
use super::{Detector, place, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[
        ("capabilities-added", "a program with file capabilities that no distribution is known to give it"),
        ("capabilities-malformed", "a value of security.capability that the kernel would not take"),
    ],
    find,
};

/// Programs to which distributions give capabilities, by package, with all that they may have. Paths are without a
/// leading `usr/`. From the maintainer scripts of Debian 12's packages, and the `%caps` of Fedora's.
const GIVEN: &[(&str, &str, &[&str])] = &[
    ("arping", "bin/arping", &["net_raw"]),
    ("arping", "sbin/arping", &["net_raw"]),
    ("fping", "bin/fping", &["net_raw"]),
    ("iputils", "bin/arping", &["net_raw"]),
    ("iputils", "bin/clockdiff", &["net_raw", "sys_nice"]),
    ("iputils", "bin/ping", &["net_raw", "net_admin"]),
    ("iputils-arping", "bin/arping", &["net_raw"]),
    ("iputils-clockdiff", "bin/clockdiff", &["net_raw", "sys_nice"]),
    ("iputils-ping", "bin/ping", &["net_raw"]),
    (
        "libgstreamer1.0-0",
        "lib/*/gstreamer1.0/gstreamer-1.0/gst-ptp-helper",
        &["net_admin", "net_bind_service", "sys_nice"],
    ),
    ("mtr", "bin/mtr-packet", &["net_raw"]),
    ("mtr-tiny", "bin/mtr-packet", &["net_raw"]),
    ("shadow-utils", "bin/newgidmap", &["setgid"]),
    ("shadow-utils", "bin/newuidmap", &["setuid"]),
    ("squid", "lib/squid/pinger", &["net_raw"]),
    ("uidmap", "bin/newgidmap", &["setgid"]),
    ("uidmap", "bin/newuidmap", &["setuid"]),
    ("wireshark-cli", "bin/dumpcap", &["net_admin", "net_raw"]),
    ("wireshark-common", "bin/dumpcap", &["net_admin", "net_raw"]),
];

/// Capabilities that lead to all rights of root, or to reading everything (capabilities(7)).
const AS_ROOT: &[&str] = &[
    "bpf",
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "mac_admin",
    "mac_override",
    "mknod",
    "setfcap",
    "setgid",
    "setpcap",
    "setuid",
    "sys_admin",
    "sys_chroot",
    "sys_module",
    "sys_ptrace",
    "sys_rawio",
];

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let candidates = accounts.iter().filter(|account| account.executable);
    candidates.filter_map(|account| judge(world, account, world.entry(&account.path)?)).collect()
}

fn judge(world: &World<'_>, account: &FileAccount, entry: &TreeEntry) -> Option<Finding> {
    let raw = entry.capabilities.as_deref()?;
    let Some(capabilities) = Capabilities::decode(raw) else {
        let message = format!("{} bytes that are no file capabilities", raw.len());
        return Some(seen::about(account, "capabilities-malformed", FindingSeverity::Medium, message));
    };
    let names = capabilities.names();
    if names.is_empty() || (!seen::is_unexplained(account) && is_given(world, entry, &names)) {
        return None;
    }
    let severity = match () {
        () if names.iter().any(|name| AS_ROOT.contains(&name.as_str())) => FindingSeverity::High,
        () if names == ["net_bind_service"] => FindingSeverity::Low,
        () => FindingSeverity::Medium,
    };
    let owner = world.owner(&entry.path).filter(|_| !seen::is_unexplained(account));
    let known = match owner {
        Some(owner) => format!("{} is not known to ship it so", seen::label(world, owner)),
        None => "no package lists it".to_owned(),
    };
    let message = format!("it gets {capabilities}, and {known}");
    Some(seen::about(account, "capabilities-added", severity, message))
}

fn is_given(world: &World<'_>, entry: &TreeEntry, names: &[String]) -> bool {
    let short = entry.path.strip_prefix("usr/").unwrap_or(&entry.path);
    let system = world.claims_on(&entry.path).iter().filter(|claim| world.is_system(claim.package));
    let mut packages = system.filter_map(|claim| world.package(claim.package));
    packages.any(|package| {
        GIVEN.iter().any(|(name, path, all)| {
            *name == package.name
                && place::is_at(path, short)
                && names.iter().all(|it| all.contains(&it.as_str()))
        })
    })
}

#[cfg(test)]
mod tests {
    use bomwright_model::TreeEntry;

    use super::*;
    use crate::hidden::testing::{Scene, elf};

    /// Revision 2, effective: `setcap NAME=ep`.
    fn with(bits: u32, entry: TreeEntry) -> TreeEntry {
        let mut raw = vec![1, 0, 0, 2];
        raw.extend(bits.to_le_bytes());
        raw.extend([0; 12]);
        TreeEntry { capabilities: Some(raw), ..entry }
    }

    #[test]
    fn only_what_distributions_give() {
        let mut scene = Scene::new();
        let ping = scene.package("deb", "iputils-ping");
        scene.own(ping, with(1 << 13, elf("usr/bin/ping")));
        scene.add(with(1 << 10, elf("usr/local/bin/caddy")));
        scene.add(with(1 << 7, elf("opt/x")));
        scene.add(with(1 << 13, elf("opt/y")));
        scene.add(TreeEntry { capabilities: Some(vec![1, 2]), ..elf("opt/z") });
        assert_eq!(
            scene.find(&DETECTOR),
            [
                "capabilities-added:/usr/local/bin/caddy low",
                "capabilities-added:/opt/y medium",
                "capabilities-added:/opt/x high",
                "capabilities-malformed:/opt/z medium",
            ]
        );
    }

    #[test]
    fn more_than_is_given_is_told() {
        let mut scene = Scene::new();
        let ping = scene.package("deb", "iputils-ping");
        scene.own(ping, with(1 << 13 | 1 << 21, elf("usr/bin/ping")));
        let findings = scene.findings(&DETECTOR);
        assert_eq!(findings[0].severity, FindingSeverity::High);
        assert!(findings[0].message.contains("net_raw, sys_admin"), "{}", findings[0].message);
    }
}
