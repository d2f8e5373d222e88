//! The dynamic loader's cache: every entry must lead to a library that somebody answers for.

use std::collections::BTreeSet;

use bomwright_model::{FindingSeverity, Tier};

use super::rule::{Case, Outcome, few};

/// See the module.
#[expect(clippy::unnecessary_wraps, reason = "a check")]
pub(super) fn cache(case: &Case<'_, '_>) -> Option<Outcome> {
    let entries = case.world.observed_at("ld-cache-entry", &case.entry.path);
    if entries.is_empty() {
        return Some(case.claimed());
    }
    let (mut foreign, mut verified) = (BTreeSet::new(), 0_usize);
    for entry in entries {
        let Some(library) = case.world.resolved(entry.value(1)) else { continue };
        let path = library.path.as_str();
        verified += usize::from(case.known.is_verified(case.world, path));
        let is_known = case.known.owner(case.world, path).is_some()
            || case.world.located_above(path).is_some()
            || case.is_in_house(path);
        if !is_known {
            foreign.insert(path);
        }
    }
    let detail = format!("{verified} of its {} entries lead to libraries that are intact", entries.len());
    let tier = if verified == entries.len() { Tier::V1d } else { Tier::V0 };
    let outcome = Outcome::new(tier, detail);
    if foreign.is_empty() {
        return Some(outcome);
    }
    let message = format!("programs get libraries of no package from it: {}", few(foreign));
    Some(outcome.but(case.finding("loader-cache-foreign", FindingSeverity::Medium, message)))
}
