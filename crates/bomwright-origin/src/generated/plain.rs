//! Checks that need no content: size, where a link leads, and what a package's database says of the path.

use bomwright_model::{EntryKind, FindingSeverity, Tier};

use super::rule::{Case, Outcome};

/// More than any file of settings that an installer writes: Debian's `locale.gen` has 10 kB.
const SMALL: u64 = 16 << 10;
/// Where a running system mounts file systems of its own.
const MOUNTED: &[&str] = &["dev", "proc", "run", "sys"];

/// Where it lies explains it.
#[expect(clippy::unnecessary_wraps, reason = "a check")]
pub(super) fn claimed(case: &Case<'_, '_>) -> Option<Outcome> {
    Some(case.claimed())
}

/// It is a small file.
pub(super) fn small(case: &Case<'_, '_>) -> Option<Outcome> {
    (case.entry.size <= SMALL).then(|| case.claimed())
}

/// It is empty.
pub(super) fn empty(case: &Case<'_, '_>) -> Option<Outcome> {
    (case.entry.size == 0).then(|| Outcome::new(Tier::V1d, format!("{}, which is empty", case.rule.about)))
}

/// A file of a package database in which packages of the inventory were read, or one of its indices.
#[expect(clippy::unnecessary_wraps, reason = "a check")]
pub(super) fn record(case: &Case<'_, '_>) -> Option<Outcome> {
    let told = case.world.told_by(&case.entry.path).is_some();
    let detail =
        if told { "in which packages of this inventory were read" } else { "its index, lock or journal" };
    Some(Outcome::new(Tier::V0, format!("{}, {detail}", case.rule.about)))
}

/// A Debian image without dpkg keeps one file, and one of digests, for each package.
pub(super) fn stanza(case: &Case<'_, '_>) -> Option<Outcome> {
    let path = case.entry.path.as_str();
    let stanza = path.strip_suffix(".md5sums").unwrap_or(path);
    let id = case.world.told_by(stanza)?;
    Some(Outcome::new(Tier::V1d, case.rule.about).of(Some(id), case.world.origin_of(id)))
}

/// machine-id(5): 32 digits and a newline, or nothing, or the word for "none yet".
pub(super) fn machine_id(case: &Case<'_, '_>) -> Option<Outcome> {
    match case.entry.size {
        0 => empty(case),
        14 => Some(case.claimed()),
        32 | 33 => {
            let message = "every container of this image has the same machine id".to_owned();
            Some(case.claimed().but(case.finding("machine-id-baked", FindingSeverity::Low, message)))
        }
        _ => None,
    }
}

/// A link to where a running system mounts its own file systems brings in nothing.
pub(super) fn into_mounted(case: &Case<'_, '_>) -> Option<Outcome> {
    let target = target(case)?;
    let first = target.split('/').next().unwrap_or_default();
    MOUNTED
        .contains(&first)
        .then(|| Outcome::new(Tier::V1d, format!("a link into /{first}, which is mounted over")))
}

/// A log that is written to the standard output of the container: the directory's package answers for the link.
pub(super) fn log_to_device(case: &Case<'_, '_>) -> Option<Outcome> {
    let (directory, _) = case.entry.path.rsplit_once('/')?;
    let owner = case.world.owner(directory)?;
    Some(into_mounted(case)?.of(Some(owner), case.world.origin_of(owner)))
}

/// A link that its maker made, and whose target is not in the image.
pub(super) fn dangling(case: &Case<'_, '_>) -> Option<Outcome> {
    let target = case.entry.link.as_deref()?;
    let detail = format!("{}; its target {target} is not there", case.rule.about);
    case.entry.leads_to.is_none().then(|| Outcome::new(Tier::V0, detail))
}

/// A link to one of update-alternatives(1) that leads nowhere.
pub(super) fn dangling_alternative(case: &Case<'_, '_>) -> Option<Outcome> {
    target(case)?.strip_prefix("etc/alternatives/").filter(|name| !name.contains('/'))?;
    dangling(case)
}

/// A link to a directory.
pub(super) fn to_directory(case: &Case<'_, '_>) -> Option<Outcome> {
    let target = case.world.followed(&case.entry.path)?;
    let is_directory = target.kind == EntryKind::Directory;
    is_directory.then(|| Outcome::new(Tier::V1d, format!("a link to the directory /{}", target.path)))
}

/// A command of a program of many names.
pub(super) fn applet(case: &Case<'_, '_>) -> Option<Outcome> {
    let target = case.entry.leads_to.as_deref()?;
    let program = target.rsplit('/').next().unwrap_or_default();
    let (owner, origin, _) = case.known.owner(case.world, target)?;
    let is_one = matches!(program, "busybox" | "bbsuid" | "coreutils" | "toybox");
    is_one.then(|| Outcome::new(Tier::V1d, format!("a command of /{target}")).of(Some(owner), origin))
}

/// A virtual environment's own files lie beside or below its `pyvenv.cfg` (PEP 405).
pub(super) fn in_venv(case: &Case<'_, '_>) -> Option<Outcome> {
    let (directory, name) = case.entry.path.rsplit_once('/')?;
    let is_at_top = matches!(name, "pyvenv.cfg" | "lib64");
    let top = if is_at_top { directory } else { directory.strip_suffix("/bin")? };
    case.world.entry(&format!("{top}/pyvenv.cfg"))?;
    if case.entry.kind == EntryKind::Symlink { to_directory(case) } else { small(case) }
}

/// Where the link leads, without `.`, `..` and a leading slash, as its text says it.
fn target(case: &Case<'_, '_>) -> Option<String> {
    let text = case.entry.link.as_deref()?;
    let directory = case.entry.path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let mut components: Vec<&str> =
        if text.starts_with('/') { Vec::new() } else { directory.split('/').collect() };
    for component in text.split('/') {
        match component {
            "" | "." => {}
            ".." => drop(components.pop()),
            other => components.push(other),
        }
    }
    components.retain(|it| !it.is_empty());
    Some(components.join("/"))
}
