//! Files that nobody lists in places where something is started, scheduled, let in or trusted without being asked for.
//!
//! Each row of [`PLACES`] is one kind of place. Links in them that lead to what a package lists bring in nothing new
//! and have an account of their own; links to nothing may still be filled later.

use bomwright_model::{EntryKind, FileAccount, Finding, FindingSeverity, Status};

use super::{Detector, place, seen};
use crate::account::is_sensitive;
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[
        ("scheduled-job-added", "a scheduled job that no package lists"),
        ("service-added", "a service or start-up script that no package lists"),
        ("shell-startup-added", "a script that no package lists and that shells run when they start"),
        ("privilege-rule-added", "a rule that no package lists and that lets users act as others"),
        (
            "privilege-without-password",
            "a rule that was added or changed and lets users act as others without a password",
        ),
        ("authorized-key", "a key that lets its holder log in"),
        ("login-module-added", "a configuration of log-ins that no package lists"),
        ("autostart-added", "a program of a desktop that no package lists and that starts by itself"),
        ("package-source-added", "a source of packages that no package lists"),
        ("package-key-added", "a key that package managers trust and that no package lists"),
        (
            "device-rule-added",
            "a rule about devices or modules that no package lists and that may run programs",
        ),
    ],
    find,
};

/// One kind of place: the rule, how much it matters, what is done there, and the directories or files.
struct Places {
    rule: &'static str,
    severity: FindingSeverity,
    what: &'static str,
    paths: &'static [&'static str],
}

const PLACES: &[Places] = &[
    Places {
        rule: "scheduled-job-added",
        severity: FindingSeverity::Medium,
        what: "it is run by cron",
        paths: &[
            "etc/anacrontab",
            "etc/cron.d",
            "etc/cron.daily",
            "etc/cron.hourly",
            "etc/cron.monthly",
            "etc/cron.weekly",
            "etc/crontab",
            "etc/crontabs",
            "etc/periodic",
            "var/spool/at",
            "var/spool/cron",
        ],
    },
    Places {
        rule: "service-added",
        severity: FindingSeverity::Medium,
        what: "it is started with the system",
        paths: &[
            "etc/init",
            "etc/init.d",
            "etc/inittab",
            "etc/local.d",
            "etc/rc.d",
            "etc/rc.local",
            "etc/rc0.d",
            "etc/rc1.d",
            "etc/rc2.d",
            "etc/rc3.d",
            "etc/rc4.d",
            "etc/rc5.d",
            "etc/rc6.d",
            "etc/rcS.d",
            "etc/runlevels",
            "etc/systemd/system",
            "etc/systemd/user",
            "lib/systemd/system",
            "lib/systemd/user",
            "usr/lib/systemd/system",
            "usr/lib/systemd/system-generators",
            "usr/lib/systemd/user",
            "usr/local/lib/systemd/system",
        ],
    },
    Places {
        rule: "shell-startup-added",
        severity: FindingSeverity::Medium,
        what: "shells run it when they start",
        paths: &["etc/profile.d"],
    },
    Places {
        rule: "privilege-rule-added",
        severity: FindingSeverity::High,
        what: "it says who may act as whom",
        paths: &[
            "etc/doas.conf",
            "etc/polkit-1/localauthority",
            "etc/polkit-1/rules.d",
            "etc/sudoers",
            "etc/sudoers.d",
            "usr/share/polkit-1/rules.d",
        ],
    },
    Places {
        rule: "login-module-added",
        severity: FindingSeverity::Medium,
        what: "it decides who may log in",
        paths: &["etc/pam.d", "etc/security"],
    },
    Places {
        rule: "autostart-added",
        severity: FindingSeverity::Low,
        what: "desktops start it",
        paths: &["etc/xdg/autostart"],
    },
    Places {
        rule: "package-source-added",
        severity: FindingSeverity::Medium,
        what: "packages are installed from it",
        paths: &["etc/apt/sources.list.d", "etc/yum.repos.d", "etc/zypp/repos.d"],
    },
    Places {
        rule: "package-key-added",
        severity: FindingSeverity::Medium,
        what: "packages signed by it are trusted",
        paths: &[
            "etc/apk/keys",
            "etc/apt/keyrings",
            "etc/apt/trusted.gpg",
            "etc/apt/trusted.gpg.d",
            "etc/pki/rpm-gpg",
            "usr/share/keyrings",
        ],
    },
    Places {
        rule: "device-rule-added",
        severity: FindingSeverity::Medium,
        what: "it may run programs when devices or modules appear",
        paths: &["etc/modprobe.d", "etc/udev/rules.d", "lib/udev/rules.d", "usr/lib/udev/rules.d"],
    },
];

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    let foreign = accounts.iter().filter(|account| seen::is_foreign(account));
    foreign
        .flat_map(|account| [in_place(world, account), key(world, account), without_password(world, account)])
        .flatten()
        .collect()
}

fn in_place(world: &World<'_>, account: &FileAccount) -> Option<Finding> {
    let is_in = |directory: &str| account.path == directory || place::is_below(&account.path, directory);
    let row = PLACES.iter().find(|row| row.paths.iter().any(|path| is_in(path)))?;
    // What the account tells of already.
    let is_told = account.status == Status::Modified
        || (account.status == Status::ConfigChanged && is_sensitive(&account.path));
    let entry = world.entry(&account.path)?;
    let is_mask = entry.link.as_deref() == Some("/dev/null");
    if is_told || is_mask || is_placeholder(&account.path) {
        return None;
    }
    let jobs = world.observed_at("cron-line", &account.path);
    let is_temporary = |program: &str| place::is_temporary(program.trim_start_matches('/'));
    let message = match (entry.kind, jobs.first()) {
        (EntryKind::Symlink, _) => {
            format!("{}; it leads to {}", row.what, entry.link.as_deref().unwrap_or_default())
        }
        (_, Some(job)) => format!("{}: {} as {}", row.what, job.value(2), job.value(1)),
        _ => row.what.to_owned(),
    };
    let severity = match () {
        () if jobs.iter().any(|job| is_temporary(job.value(2))) => FindingSeverity::High,
        () if entry.kind == EntryKind::Symlink && entry.leads_to.is_none() => FindingSeverity::Low,
        () => row.severity,
    };
    Some(seen::about(account, row.rule, severity, message))
}

/// Files that packages put into such directories so that they stay (`.placeholder` of cron, `README` of many).
fn is_placeholder(path: &str) -> bool {
    matches!(place::name(path), ".placeholder" | ".keep" | ".gitkeep" | "README")
}

fn key(world: &World<'_>, account: &FileAccount) -> Option<Finding> {
    if !matches!(place::name(&account.path), "authorized_keys" | "authorized_keys2") {
        return None;
    }
    let keys = world.observed_at("authorized-key", &account.path);
    let entry = world.entry(&account.path)?;
    if keys.is_empty() && entry.size == 0 {
        return None;
    }
    let first =
        keys.first().map_or_else(String::new, |key| format!(", the first {} {}", key.value(0), key.value(1)));
    let number = if keys.len() == 1 { "1 key".to_owned() } else { format!("{} keys", keys.len()) };
    let message = format!("{number} may log in{}", first.trim_end());
    Some(seen::about(account, "authorized-key", FindingSeverity::High, message))
}

fn without_password(world: &World<'_>, account: &FileAccount) -> Option<Finding> {
    let rule = world.observed_at("sudoers-nopasswd", &account.path).first()?;
    let message = format!("{} may run {} without a password", rule.value(0), rule.value(1));
    Some(seen::about(account, "privilege-without-password", FindingSeverity::High, message))
}

#[cfg(test)]
mod tests {
    use bomwright_model::TreeEntry;

    use super::*;
    use crate::hidden::testing::{Scene, link, text};

    #[test]
    fn places_of_nobody() {
        let mut scene = Scene::new();
        let package = scene.package("deb", "cron");
        scene.own(package, text("etc/cron.d/own"));
        scene.own(package, text("usr/lib/systemd/system/cron.service"));
        scene.add(link(
            "etc/systemd/system/multi-user.target.wants/cron.service",
            "usr/lib/systemd/system/cron.service",
        ));
        scene
            .add(TreeEntry { leads_to: None, ..link("etc/systemd/system/gone.service", "opt/gone.service") });
        scene.add(TreeEntry { leads_to: None, ..link("etc/systemd/system/masked.service", "dev/null") });
        scene.add(text("etc/systemd/system/x.service"));
        scene.add(text("etc/cron.d/x"));
        scene.add(text("etc/cron.d/y"));
        scene.add(text("etc/cron.d/.placeholder"));
        scene.add(text("etc/cron.dfoo/x"));
        scene.own(package, TreeEntry { content: None, ..text("etc/cron.d/unread") });
        scene.add(TreeEntry { content: None, ..text("etc/cron.daily/unread") });
        scene.observe("cron-line", "etc/cron.d/y", &["* * * * *", "root", "/tmp/y"]);
        scene.add(text("etc/apt/sources.list"));
        scene.add(text("etc/apt/sources.list.d/x.list"));
        scene.add(text("etc/apt/trusted.gpg.d/x.gpg"));
        assert_eq!(
            scene.find(&DETECTOR),
            [
                "package-key-added:/etc/apt/trusted.gpg.d/x.gpg medium",
                "package-source-added:/etc/apt/sources.list.d/x.list medium",
                "scheduled-job-added:/etc/cron.d/x medium",
                "scheduled-job-added:/etc/cron.daily/unread medium",
                "scheduled-job-added:/etc/cron.d/y high",
                "service-added:/etc/systemd/system/gone.service low",
                "service-added:/etc/systemd/system/x.service medium",
            ]
        );
    }

    #[test]
    fn keys_and_passwords() {
        let mut scene = Scene::new();
        let sudo = scene.package("deb", "sudo");
        scene.own_changed(sudo, text("etc/sudoers"));
        scene.observe("sudoers-nopasswd", "etc/sudoers", &["build", "ALL"]);
        scene.own(sudo, text("etc/sudoers.d/own"));
        scene.observe("sudoers-nopasswd", "etc/sudoers.d/own", &["x", "ALL"]);
        scene.add(text("etc/sudoers.d/x"));
        scene.add(text("root/.ssh/authorized_keys"));
        scene.observe("authorized-key", "root/.ssh/authorized_keys", &["ssh-ed25519", "me@example.com"]);
        scene.add(TreeEntry { size: 0, ..text("home/a/.ssh/authorized_keys") });
        let findings = scene.findings(&DETECTOR);
        let ids: Vec<_> = findings.iter().map(Finding::id).collect();
        assert_eq!(
            ids,
            [
                "authorized-key:/root/.ssh/authorized_keys",
                "privilege-rule-added:/etc/sudoers.d/x",
                "privilege-without-password:/etc/sudoers",
            ]
        );
        assert_eq!(findings[0].message, "1 key may log in, the first ssh-ed25519 me@example.com");
    }
}
