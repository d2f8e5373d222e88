//! Which installed package satisfies a requirement of another.

use bomwright_model::PackageId;

use super::NAME;
use crate::{Found, Installed, Requirement};

/// The package that satisfies a requirement of `found`: the first alternative that anything satisfies.
pub(super) fn provider(
    installed: &Installed<'_>,
    id: PackageId,
    found: &Found,
    requirement: &Requirement,
) -> Option<PackageId> {
    requirement.names.iter().find_map(|name| {
        choose(installed, id, found, installed.providers(NAME, name)).or_else(|| owner(installed, name))
    })
}

/// Of several providers the package itself, else one of its architecture, else the first. Only so many are
/// looked at: no real capability has more providers, and a crafted one must not cost more.
fn choose(
    installed: &Installed<'_>,
    id: PackageId,
    found: &Found,
    candidates: &[PackageId],
) -> Option<PackageId> {
    const WORTH_A_LOOK: usize = 64;
    let candidates = candidates.get(..WORTH_A_LOOK).unwrap_or(candidates);
    let architecture = &found.package.architecture;
    let same = |&&other: &&PackageId| {
        installed.package(other).is_some_and(|other| other.architecture == *architecture)
    };
    let itself = candidates.iter().find(|&&other| other == id);
    itself.or_else(|| candidates.iter().find(same)).or(candidates.first()).copied()
}

/// The rpm package that owns the file at the absolute path `name`, or what it leads to.
fn owner(installed: &Installed<'_>, name: &str) -> Option<PackageId> {
    let path = name.strip_prefix('/')?;
    let resolved = installed.resolve(path);
    let owner = resolved.and_then(|path| installed.owner(&path)).or_else(|| installed.owner(path))?;
    installed.package(owner).filter(|package| package.ecosystem == NAME).map(|_| owner)
}
