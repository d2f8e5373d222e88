//! Compiled Python modules: they belong to whoever their source belongs to.
//!
//! The check is Python's own (PEP 552): the header names the time and size of the source. It binds the header to the
//! source and not the code to either, so that a file that passes is "derived" by the word of its header alone.

use bomwright_model::{FindingSeverity, Observation, Origin, PackageId, Tier, TreeEntry};

use super::rule::{Case, Outcome};

/// See the module.
pub(super) fn compiled(case: &Case<'_, '_>) -> Option<Outcome> {
    let header = *case.world.observed_at("python-bytecode", &case.entry.path).first()?;
    let source = header.value(3);
    let Some(entry) = case.world.resolved(source) else { return Some(orphan(case, source)) };
    let (owner, origin) = whose(case, &entry.path)?;
    Some(compared(case, header, entry).of(owner, origin))
}

/// Who answers for what is at `path`; `None` where nobody does, or the policy's directories decide.
fn whose(case: &Case<'_, '_>, path: &str) -> Option<(Option<PackageId>, Origin)> {
    if let Some((owner, origin, _)) = case.known.owner(case.world, path) {
        return Some((Some(owner), origin));
    }
    let id = case.world.located_above(path)?;
    Some((Some(id), case.world.origin_of(id)))
}

fn compared(case: &Case<'_, '_>, header: &Observation, source: &TreeEntry) -> Outcome {
    let path = &source.path;
    match header.value(0) {
        "1" => {
            let message = format!("Python runs it without a look at its source /{path}");
            let finding = case.finding("unchecked-bytecode", FindingSeverity::Medium, message);
            Outcome::new(Tier::V0, format!("says that it was compiled from /{path}")).but(finding)
        }
        "0" | "-" if !is_of(header, source) => {
            let message = format!("its header names another time or size than its source /{path} has");
            let finding = case.finding("unverified-bytecode", FindingSeverity::Low, message);
            Outcome::new(Tier::V0, format!("lies where what is compiled from /{path} does")).but(finding)
        }
        "0" if case.known.is_verified(case.world, path) => {
            Outcome::new(Tier::V1d, format!("its header names the time and size of /{path}, which is intact"))
        }
        "0" | "-" => Outcome::new(Tier::V0, format!("its header names the time and size of /{path}")),
        _ => Outcome::new(Tier::V0, format!("Python compares it with its source /{path} by a hash")),
    }
}

/// Whether the header names the time and size of the source, which it has modulo 2^32.
fn is_of(header: &Observation, source: &TreeEntry) -> bool {
    let Some(content) = &source.content else { return false };
    let is = |stated: &str, actual: u64| {
        stated == "-" || stated.parse::<u64>().is_ok_and(|it| it == actual & u64::from(u32::MAX))
    };
    is(header.value(1), content.mtime.cast_unsigned()) && is(header.value(2), source.size)
}

/// There is no source. Beside it Python would run the file all the same, but not from a cache (PEP 3147).
fn orphan(case: &Case<'_, '_>, source: &str) -> Outcome {
    let is_cached = case.entry.path.split('/').any(|component| component == "__pycache__");
    let (severity, what) = if is_cached {
        (FindingSeverity::Low, "Python does not run it from a cache without its source")
    } else {
        (FindingSeverity::High, "Python runs it and nobody can read it")
    };
    let finding = case.finding("orphan-bytecode", severity, format!("/{source} is not there: {what}"));
    let policy = case.is_in_house(&case.entry.path).then_some((None, Origin::InHouse));
    let around = policy.or_else(|| whose(case, &case.entry.path)).unwrap_or((None, Origin::Unknown));
    Outcome::new(Tier::V0, "a compiled module without a source").of(around.0, around.1).but(finding)
}
