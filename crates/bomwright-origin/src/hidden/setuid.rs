//! Programs that run with the rights of their owner or group, other than those that distributions ship so.

use std::collections::HashMap;

use bomwright_model::{FileAccount, Finding, FindingSeverity, TreeEntry};

use super::{Detector, place, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[
        (
            "setuid-added",
            "a setuid program that no package lists, or that no distribution ships with this bit",
        ),
        (
            "setgid-added",
            "a setgid program that no package lists, or that no distribution ships with this bit",
        ),
    ],
    find,
};

/// Programs that Debian and Ubuntu ship with a setuid or setgid bit, by package, with the bits; dpkg's database states
/// no modes. Paths are without a leading `usr/`, and `*` stands for the directory of a machine. Most are as
/// `dpkg-deb -c` of Debian 12's archives shows them, or as its maintainer scripts set them; a few are from earlier
/// releases (`wall`, `write`, `screen`, `mlocate`, `su` of `login`) or from other places of the same program.
#[rustfmt::skip]
const SHIPPED: &[(&str, &str, u32)] = &[
    ("apache2-suexec-pristine", "lib/apache2/suexec-pristine", 0o4000),
    ("at", "bin/at", 0o6000),
    ("bsdextrautils", "bin/write", 0o2000),
    ("bsdextrautils", "bin/write.ul", 0o2000),
    ("bsdmainutils", "bin/bsd-write", 0o2000),
    ("bsdmainutils", "bin/write", 0o2000),
    ("bsdutils", "bin/wall", 0o2000),
    ("bsdutils", "bin/write", 0o2000),
    ("bsdutils", "bin/write.ul", 0o2000),
    ("chromium-sandbox", "lib/chromium/chrome-sandbox", 0o4000),
    ("cifs-utils", "sbin/mount.cifs", 0o4000),
    ("cron", "bin/crontab", 0o2000),
    ("cronie", "bin/crontab", 0o4000),
    ("dbus", "lib/dbus-1.0/dbus-daemon-launch-helper", 0o4000),
    ("dma", "lib/dma/dma-mbox-create", 0o4000),
    ("dma", "sbin/dma", 0o2000),
    ("ecryptfs-utils", "sbin/mount.ecryptfs_private", 0o4000),
    ("exim4-daemon-heavy", "sbin/exim4", 0o4000),
    ("exim4-daemon-light", "sbin/exim4", 0o4000),
    ("fping", "bin/fping", 0o4000),
    ("fuse", "bin/fusermount", 0o4000),
    ("fuse3", "bin/fusermount3", 0o4000),
    ("inetutils-ping", "bin/ping", 0o4000),
    ("inetutils-ping", "bin/ping6", 0o4000),
    ("iputils-arping", "bin/arping", 0o4000),
    ("iputils-ping", "bin/ping", 0o4000),
    ("iputils-ping", "bin/ping6", 0o4000),
    ("krb5-user", "bin/ksu", 0o4000),
    ("libgstreamer1.0-0", "lib/*/gstreamer1.0/gstreamer-1.0/gst-ptp-helper", 0o4000),
    ("liblockfile-bin", "bin/dotlockfile", 0o2000),
    ("libpam-modules-bin", "sbin/unix_chkpwd", 0o2000),
    ("libutempter0", "lib/*/utempter/utempter", 0o2000),
    ("login", "bin/newgrp", 0o4000),
    ("login", "bin/su", 0o4000),
    ("man-db", "bin/man", 0o6000),
    ("man-db", "bin/mandb", 0o6000),
    ("mlocate", "bin/mlocate", 0o2000),
    ("mount", "bin/mount", 0o4000),
    ("mount", "bin/umount", 0o4000),
    ("mtr", "bin/mtr-packet", 0o4000),
    ("mtr-tiny", "bin/mtr-packet", 0o4000),
    ("nfs-common", "sbin/mount.nfs", 0o4000),
    ("ntfs-3g", "bin/ntfs-3g", 0o4000),
    ("nullmailer", "bin/mailq", 0o4000),
    ("nullmailer", "sbin/nullmailer-queue", 0o4000),
    ("opendoas", "bin/doas", 0o4000),
    ("opensmtpd", "libexec/opensmtpd/mail.local", 0o2000),
    ("openssh-client", "bin/ssh-agent", 0o2000),
    ("openssh-client", "lib/openssh/ssh-keysign", 0o4000),
    ("passwd", "bin/chage", 0o2000),
    ("passwd", "bin/chfn", 0o4000),
    ("passwd", "bin/chsh", 0o4000),
    ("passwd", "bin/expiry", 0o2000),
    ("passwd", "bin/gpasswd", 0o4000),
    ("passwd", "bin/newgrp", 0o4000),
    ("passwd", "bin/passwd", 0o4000),
    ("physlock", "bin/physlock", 0o4000),
    ("pkexec", "bin/pkexec", 0o4000),
    ("plocate", "bin/plocate", 0o2000),
    ("policykit-1", "bin/pkexec", 0o4000),
    ("policykit-1", "lib/policykit-1/polkit-agent-helper-1", 0o4000),
    ("policykit-1", "libexec/polkit-agent-helper-1", 0o4000),
    ("polkitd", "lib/polkit-1/polkit-agent-helper-1", 0o4000),
    ("polkitd", "libexec/polkit-agent-helper-1", 0o4000),
    ("postfix", "sbin/postdrop", 0o2000),
    ("postfix", "sbin/postqueue", 0o2000),
    ("ppp", "sbin/pppd", 0o4000),
    ("procmail", "bin/lockfile", 0o2000),
    ("procmail", "bin/procmail", 0o6000),
    ("rsh-redone-client", "bin/rsh-redone-rlogin", 0o4000),
    ("rsh-redone-client", "bin/rsh-redone-rsh", 0o4000),
    ("screen", "bin/screen", 0o2000),
    ("snapd", "lib/snapd/snap-confine", 0o4000),
    ("spice-client-glib-usb-acl-helper", "libexec/spice-client-glib-usb-acl-helper", 0o4000),
    ("squid", "lib/squid/pinger", 0o4000),
    ("ssmtp", "sbin/ssmtp", 0o2000),
    ("sssd-krb5-common", "libexec/sssd/krb5_child", 0o4000),
    ("sssd-krb5-common", "libexec/sssd/ldap_child", 0o4000),
    ("sudo", "bin/sudo", 0o4000),
    ("sudo-ldap", "bin/sudo", 0o4000),
    ("super", "bin/super", 0o4000),
    ("systemd-cron", "lib/systemd-cron/crontab_setgid", 0o2000),
    ("uidmap", "bin/newgidmap", 0o4000),
    ("uidmap", "bin/newuidmap", 0o4000),
    ("util-linux", "bin/su", 0o4000),
    ("vlock", "sbin/vlock-main", 0o4000),
    ("wireshark-common", "bin/dumpcap", 0o4000),
    ("xscreensaver", "libexec/xscreensaver/xscreensaver-auth", 0o4000),
    ("xserver-xorg-legacy", "lib/xorg/Xorg.wrap", 0o6000),
];

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let overrides = world.observations("dpkg-statoverride").iter();
    let overrides = overrides.filter_map(|it| Some((it.value(3), u32::from_str_radix(it.value(2), 8).ok()?)));
    let overrides = overrides.collect();
    let candidates = accounts.iter().filter(|account| account.executable);
    candidates.filter_map(|account| judge(world, &overrides, account)).collect()
}

/// `overrides` are the modes that dpkg was told to give, by path.
fn judge(world: &World<'_>, overrides: &HashMap<&str, u32>, account: &FileAccount) -> Option<Finding> {
    let entry = world.entry(&account.path)?;
    let bits = entry.mode & 0o6000;
    let is_told = overrides.get(entry.path.as_str()).is_some_and(|mode| bits & !mode == 0);
    if bits == 0 || is_told || is_shipped(world, entry) {
        return None;
    }
    let (rule, severity, whose) = if bits & 0o4000 != 0 {
        ("setuid-added", FindingSeverity::High, format!("user {}", entry.uid))
    } else {
        ("setgid-added", FindingSeverity::Medium, format!("group {}", entry.gid))
    };
    let owner = world.owner(&entry.path).filter(|_| !seen::is_unexplained(account));
    let known = match owner {
        Some(owner) => format!("{} is not known to ship it so", seen::label(world, owner)),
        None => "no package lists it".to_owned(),
    };
    let message = format!("mode {:04o}: it runs with the rights of {whose}, and {known}", entry.mode);
    Some(seen::about(account, rule, severity, message))
}

/// Whether its package states the bits, or a distribution ships the program with them.
fn is_shipped(world: &World<'_>, entry: &TreeEntry) -> bool {
    let claims = world.claims_on(&entry.path);
    let system = claims.iter().filter(|claim| world.is_system(claim.package));
    let mut states_mode = system.clone().filter_map(|claim| claim.listed.mode).peekable();
    if states_mode.peek().is_some() {
        // Other bits than stated are a difference, which the account tells of.
        return true;
    }
    let short = entry.path.strip_prefix("usr/").unwrap_or(&entry.path);
    let mut names =
        system.filter_map(|claim| world.package(claim.package)).map(|package| package.name.as_str());
    let bits = entry.mode & 0o6000;
    names.any(|name| {
        SHIPPED
            .iter()
            .any(|(package, path, most)| *package == name && bits & !most == 0 && place::is_at(path, short))
    })
}

#[cfg(test)]
mod tests {
    use bomwright_model::{Form, Listed, TreeEntry};

    use super::*;
    use crate::hidden::testing::{Scene, elf, text};

    fn with(mode: u32, entry: TreeEntry) -> TreeEntry {
        TreeEntry { mode, ..entry }
    }

    #[test]
    fn only_what_distributions_ship_may_have_the_bit() {
        let mut scene = Scene::new();
        let passwd = scene.package("deb", "passwd");
        let findutils = scene.package("deb", "findutils");
        scene.own(passwd, with(0o4755, elf("usr/bin/passwd")));
        scene.own(passwd, with(0o2755, elf("usr/bin/chage")));
        scene.own(findutils, with(0o4755, elf("usr/bin/find")));
        // The right name of the wrong package.
        scene.own(findutils, with(0o4755, elf("usr/bin/gpasswd")));
        // The other bit.
        scene.own(passwd, with(0o4755, elf("usr/bin/expiry")));
        scene.add(with(0o4755, elf("opt/x")));
        scene.add(with(0o2755, elf("opt/y")));
        assert_eq!(
            scene.find(&DETECTOR),
            [
                "setgid-added:/opt/y medium",
                "setuid-added:/opt/x high",
                "setuid-added:/usr/bin/expiry high",
                "setuid-added:/usr/bin/find high",
                "setuid-added:/usr/bin/gpasswd high",
            ]
        );
    }

    #[test]
    fn stated_modes_and_overrides_are_believed() {
        let mut scene = Scene::new();
        let rpm = scene.package("rpm", "sudo");
        scene.claim(rpm, Listed { mode: Some(0o104_111), ..Listed::new("usr/bin/sudo") });
        scene.add(with(0o4111, elf("usr/bin/sudo")));
        let deb = scene.package("deb", "squid");
        scene.own(deb, with(0o4755, elf("usr/lib/squid/pinger")));
        scene.observe(
            "dpkg-statoverride",
            "var/lib/dpkg/statoverride",
            &["root", "root", "4755", "usr/lib/squid/pinger"],
        );
        // dpkg was told another mode than that.
        scene.own(deb, with(0o4755, elf("usr/lib/squid/other")));
        scene.observe("dpkg-statoverride", "x", &["root", "root", "0755", "usr/lib/squid/other"]);
        assert_eq!(scene.find(&DETECTOR), ["setuid-added:/usr/lib/squid/other high"]);
    }

    #[test]
    fn any_content_counts() {
        let mut scene = Scene::new();
        let entry = text("srv/x");
        assert_eq!(entry.content.as_ref().map(|it| it.form), Some(Form::Other));
        scene.add(with(0o6755, entry));
        assert_eq!(scene.find(&DETECTOR), ["setuid-added:/srv/x high"]);
    }

    #[test]
    fn the_table_is_sorted_and_short() {
        assert!(SHIPPED.is_sorted());
        assert!(SHIPPED.iter().all(|(_, path, _)| !path.starts_with("usr/") && !path.starts_with('/')));
    }
}
