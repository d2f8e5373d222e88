//! The files of one side, whether all of a tree were seen or a document lists some.

use std::fmt::Write;

use bomwright_model::{Digest, EntryKind, File, FileAccount, LayerId, Origin, PackageId, Status, TreeEntry};

use crate::packages::label;
use crate::side::Known;
use crate::{FileRole, FileState};

/// One file as one side knows it. Directories are none.
pub(crate) struct Seen<'a> {
    pub(crate) path: &'a str,
    pub(crate) kind: &'static str,
    pub(crate) size: Option<u64>,
    pub(crate) mode: Option<u32>,
    pub(crate) uid: Option<u64>,
    pub(crate) gid: Option<u64>,
    pub(crate) sha256: Option<[u8; 32]>,
    pub(crate) capabilities: Option<&'a [u8]>,
    pub(crate) link: Option<&'a str>,
    pub(crate) owner: Option<PackageId>,
    pub(crate) status: Option<Status>,
    pub(crate) origin: Origin,
    pub(crate) layer: Option<LayerId>,
    pub(crate) executable: bool,
}

/// How much of the files both sides can say something of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Every file.
    All,
    /// Programs, libraries and scripts.
    Listed,
    /// Of those the ones that no package owns.
    Unowned,
}

/// The files of a side within `extent`, sorted by path.
pub(crate) fn seen<'a>(side: &Known<'a>, extent: Extent) -> Vec<Seen<'a>> {
    let mut all: Vec<Seen<'a>> = match (extent, side.input.tree) {
        (Extent::All, Some(tree)) => {
            let mut accounts = tree.accounts.iter().peekable();
            let entries = tree.entries.iter().filter(|entry| entry.kind != EntryKind::Directory);
            entries
                .map(|entry| {
                    while accounts.next_if(|account| account.path < entry.path).is_some() {}
                    of_entry(entry, accounts.peek().copied().filter(|account| account.path == entry.path))
                })
                .collect()
        }
        _ => side.inventory.files.iter().map(of_file).collect(),
    };
    if extent == Extent::Unowned {
        all.retain(|file| file.owner.is_none());
    }
    // Documents may list a path twice; the first counts.
    all.sort_by(|a, b| a.path.cmp(b.path));
    all.dedup_by(|a, b| a.path == b.path);
    all
}

fn of_entry<'a>(entry: &'a TreeEntry, account: Option<&'a FileAccount>) -> Seen<'a> {
    Seen {
        path: &entry.path,
        kind: entry.kind.as_str(),
        size: Some(entry.size),
        mode: Some(entry.mode).filter(|_| entry.kind != EntryKind::Symlink),
        uid: Some(entry.uid),
        gid: Some(entry.gid),
        sha256: entry.content.as_ref().map(|content| content.sha256),
        capabilities: entry.capabilities.as_deref(),
        link: entry.link.as_deref(),
        owner: account.and_then(|account| account.owner),
        status: account.map(|account| account.status),
        origin: account.map_or(Origin::Unknown, |account| account.origin),
        layer: entry.layer,
        executable: entry.is_executable() && entry.content.as_ref().is_some_and(|it| it.form.is_code()),
    }
}

fn of_file(file: &File) -> Seen<'_> {
    // A document that knows nothing of a file but its path leaves all of these at nothing.
    let known = file.size != 0 || file.mode != 0;
    let hex = file.digests.iter().find(|digest| digest.algorithm() == "sha256").map(Digest::hex);
    Seen {
        path: &file.path,
        kind: file.kind.as_str(),
        size: known.then_some(file.size),
        mode: known.then_some(file.mode),
        uid: known.then_some(file.uid),
        gid: known.then_some(file.gid),
        sha256: hex.and_then(bytes),
        capabilities: None,
        link: None,
        owner: file.owner,
        status: file.status,
        origin: file.origin.as_ref().map_or(Origin::Unknown, |verdict| verdict.origin),
        layer: file.layer,
        executable: true,
    }
}

fn bytes(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

impl Seen<'_> {
    /// Whether what the package lists is what is there, or a rule explains it.
    pub(crate) fn is_as_packaged(&self) -> bool {
        match self.status {
            Some(status) => matches!(status, Status::Intact | Status::Generated),
            None => self.owner.is_some(),
        }
    }

    /// Whether no package owns it.
    pub(crate) fn is_unowned(&self) -> bool {
        self.owner.is_none() && self.status != Some(Status::Generated)
    }

    /// The SHA-256 as digests are written.
    pub(crate) fn digest(&self) -> Option<String> {
        Some(format!("sha256:{}", hex(&self.sha256?)))
    }

    /// The raw attribute of its capabilities.
    pub(crate) fn capability_text(&self) -> Option<String> {
        self.capabilities.map(hex)
    }

    /// The file as a row shows it.
    pub(crate) fn state(&self, side: &Known<'_>) -> FileState {
        FileState {
            kind: self.kind.to_owned(),
            size: self.size,
            mode: self.mode.map(|mode| format!("{mode:04o}")),
            uid: self.uid,
            gid: self.gid,
            digest: self.digest(),
            capabilities: self.capability_text(),
            link: self.link.map(str::to_owned),
            owner: self.owner.and_then(|id| side.inventory.package(id)).map(label),
            status: self.status,
        }
    }

    /// What the file is to the system.
    pub(crate) fn roles(&self) -> Vec<FileRole> {
        let mut roles = Vec::new();
        let mut push = |role, holds: bool| {
            if holds {
                roles.push(role);
            }
        };
        let mode = self.mode.unwrap_or(0);
        let is_file = !matches!(self.kind, "symlink" | "device" | "special");
        push(FileRole::Executable, self.executable);
        push(FileRole::Setuid, is_file && mode & 0o6000 != 0);
        push(FileRole::Capabilities, self.capabilities.is_some());
        push(FileRole::WorldWritable, is_file && mode & 0o002 != 0);
        if let Some(role) = place_role(self.path) {
            push(role, role != FileRole::Shell || self.executable || self.kind == "symlink");
        }
        roles.sort();
        roles
    }
}

/// Shells that a person or an attacker may use.
const SHELLS: &[&str] =
    &["ash", "bash", "busybox", "csh", "dash", "fish", "ksh", "mksh", "sh", "tcsh", "zsh"];
/// Databases of package managers.
const DATABASES: &[&str] = &[
    "lib/apk/db/installed",
    "usr/lib/apk/db/installed",
    "usr/lib/opkg/status",
    "usr/lib/sysimage/rpm/Packages.db",
    "usr/lib/sysimage/rpm/rpmdb.sqlite",
    "usr/share/rpm/rpmdb.sqlite",
    "var/lib/dpkg/status",
    "var/lib/opkg/status",
    "var/lib/rpm/Packages",
    "var/lib/rpm/Packages.db",
    "var/lib/rpm/rpmdb.sqlite",
];

/// What a path makes of a file, whatever is in it (hier(7), systemd.unit(5), sudoers(5), sshd(8), crontab(5)).
fn place_role(path: &str) -> Option<FileRole> {
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    let top = parent.split('/').next().unwrap_or_default();
    let unit = || {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        matches!(extension, "service" | "timer" | "socket" | "path" | "mount" | "automount" | "target")
    };
    Some(match parent {
        _ if DATABASES.contains(&path) => FileRole::PackageDatabase,
        "bin" | "usr/bin" | "usr/local/bin" | "sbin" | "usr/sbin" if SHELLS.contains(&name) => {
            FileRole::Shell
        }
        _ if name == "authorized_keys" || name == "authorized_keys2" => FileRole::AuthorizedKeys,
        "etc" if name == "sudoers" || name == "doas.conf" => FileRole::Sudoers,
        "etc/sudoers.d" => FileRole::Sudoers,
        "etc" if name == "crontab" || name == "anacrontab" => FileRole::Cron,
        _ if parent.starts_with("etc/cron.") || parent.starts_with("var/spool/cron") => FileRole::Cron,
        _ if parent.split('/').any(|part| part == "systemd") && unit() => FileRole::SystemdUnit,
        "usr/local/share/ca-certificates" | "etc/pki/ca-trust/source/anchors" => FileRole::Certificate,
        _ if parent.starts_with("usr/local/share/ca-certificates/") => FileRole::Certificate,
        "etc/ssl/certs" | "etc/ca-certificates/trust-source/anchors" | "usr/share/pki/trust/anchors" => {
            FileRole::Certificate
        }
        _ if top == "etc" || path.starts_with("usr/local/etc/") => FileRole::Configuration,
        _ => return None,
    })
}

/// Bytes as lowercase hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
