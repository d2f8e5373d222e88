//! Files that a package states with a digest or a mode and that are not there.

use bomwright_model::{
    Confidence, EntryKind, FileAccount, FileFlags, Finding, FindingSeverity, Status, Subject, Tier,
};

use super::owned::{manifest, name};
use super::reason;
use crate::world::{Claim, World};

/// Directories that installations leave out to save space (dpkg `path-exclude`, rpm `_excludedocs`).
const LEFT_OUT: &[&str] =
    &["usr/share/doc/", "usr/share/info/", "usr/share/locale/", "usr/share/man/", "usr/share/lintian/"];
/// Directories of code.
const CODE: &[&str] =
    &["bin/", "sbin/", "lib/", "lib64/", "usr/bin/", "usr/sbin/", "usr/lib/", "usr/libexec/"];
/// States that the installation records. They are not signed, so they excuse nothing where the manifest is.
const RECORDED: &[FileFlags] = &[FileFlags::NOT_INSTALLED, FileFlags::NETSHARED, FileFlags::REPLACED];
/// Flags under which a missing file is normal.
const NORMAL: &[FileFlags] = &[
    FileFlags::GHOST,
    FileFlags::MISSINGOK,
    FileFlags::OBSOLETE,
    FileFlags::NEW_CONFFILE,
    FileFlags::REMOVE_ON_UPGRADE,
];

/// An account for each missing file, and the findings about them.
pub(super) fn find(world: &World<'_>, findings: &mut Vec<Finding>) -> Vec<FileAccount> {
    let claims = world.facts.claims.iter();
    let mut accounts: Vec<FileAccount> = claims
        .filter(|claim| is_missing(world, claim))
        .map(|claim| missing(world, claim, findings))
        .collect();
    accounts.dedup_by(|a, b| a.path == b.path);
    accounts
}

/// Whether installations leave out what is at `path` to save space.
pub(crate) fn is_left_out(path: &str) -> bool {
    LEFT_OUT.iter().any(|place| path.starts_with(place))
}

/// Whether what `claim` states is not there though it should be.
pub(crate) fn is_missing(world: &World<'_>, claim: &Claim) -> bool {
    let listed = &claim.listed;
    let stated = listed.digest.is_some() || listed.mode.is_some() || listed.link.is_some();
    let is_signed = world.facts.backing.get(&claim.package).is_some_and(|it| it.tier == Tier::V3);
    let recorded: &[FileFlags] = if is_signed { &[] } else { RECORDED };
    let mut excuses = NORMAL.iter().chain(recorded);
    stated && !excuses.any(|flag| listed.flags.contains(*flag)) && world.entry(&claim.path).is_none()
}

fn missing(world: &World<'_>, claim: &Claim, findings: &mut Vec<Finding>) -> FileAccount {
    let listed = &claim.listed;
    let is_document = listed.flags.contains(FileFlags::DOC) || listed.flags.contains(FileFlags::LICENSE);
    let severity = if is_document || is_left_out(&claim.path) {
        FindingSeverity::Info
    } else if CODE.iter().any(|place| claim.path.starts_with(place)) {
        FindingSeverity::High
    } else {
        FindingSeverity::Medium
    };
    let detail = format!("{} lists it and it is not there", name(world, claim));
    findings.push(
        Finding::new("file-missing", severity, Subject::Path(claim.path.clone()), detail.clone())
            .seen_in(manifest(world, claim)),
    );
    let kind = match listed.mode.map_or(0, |mode| mode & 0o170_000) {
        0o040_000 => EntryKind::Directory,
        0o120_000 => EntryKind::Symlink,
        0 if listed.link.is_some() => EntryKind::Symlink,
        _ => EntryKind::File,
    };
    FileAccount {
        path: claim.path.clone(),
        kind,
        bytes: 0,
        executable: false,
        layer: None,
        introduced: None,
        owner: Some(claim.package),
        origin: world.origin_of(claim.package),
        status: Status::Missing,
        tier: Tier::V0,
        confidence: Confidence::High,
        differences: Vec::new(),
        reasons: vec![reason("file-missing", detail, manifest(world, claim))],
    }
}
