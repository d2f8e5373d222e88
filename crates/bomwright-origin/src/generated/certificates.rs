//! Bundles of certificate authorities: made again from the certificates that packages ship.

use std::collections::HashSet;

use bomwright_model::{FindingSeverity, Observation, Tier};

use super::rule::{Case, Outcome, few};

const SHIPPED: &str = "usr/share/ca-certificates/";
const ADDED: &str = "usr/local/share/ca-certificates/";
/// Where packages ship what bundles are made of: of Debian and Alpine, and of the rpm family.
const SOURCES: &[&str] = &[SHIPPED, "usr/share/pki/ca-trust-source/"];

/// Every second value: the texts are the even ones, the keys the odd ones.
fn every_second(observation: &Observation, first: usize) -> impl Iterator<Item = &str> {
    observation.values.iter().skip(first).step_by(2).map(String::as_str)
}

/// See the module.
#[expect(clippy::unnecessary_wraps, reason = "a check")]
pub(super) fn bundle(case: &Case<'_, '_>) -> Option<Outcome> {
    let Some(bundle) = case.world.observed_at("certificates", &case.entry.path).first() else {
        return Some(case.claimed());
    };
    let all = case.world.observations("certificates").iter();
    let shipped: HashSet<&str> = all
        .filter(|it| SOURCES.iter().any(|place| it.path.starts_with(place)))
        .filter(|it| case.known.is_verified(case.world, &it.path))
        .flat_map(|it| every_second(it, 1))
        .collect();
    let foreign: Vec<&str> = every_second(bundle, 1).filter(|key| !shipped.contains(key)).collect();
    let count = bundle.values.len() / 2;
    if foreign.is_empty() {
        let how = if is_made_again(case, bundle) {
            format!("made again: the same {count} certificates in the same order")
        } else {
            format!("each of its {count} certificates is in an intact file of a package")
        };
        return Some(Outcome::new(Tier::V1d, how));
    }
    let message = format!(
        "{} of its {count} certificates are in no intact file of a package, by SHA-256: {}",
        foreign.len(),
        few(foreign)
    );
    let finding = case.finding("extra-ca-certificate", FindingSeverity::High, message);
    Some(Outcome::new(Tier::V0, format!("{}, with certificates of others", case.rule.about)).but(finding))
}

/// Whether what update-ca-certificates(8) writes has the same certificates, letter for letter: those that are
/// selected, in that order, then those that were added, sorted.
fn is_made_again(case: &Case<'_, '_>, bundle: &Observation) -> bool {
    let world = case.world;
    let selection = world.observations("certificate-selection").first().map(|it| it.values.as_slice());
    let selected = selection.unwrap_or_default().iter().map(|name| format!("{SHIPPED}{name}"));
    let of = |path: String| world.observed_at("certificates", &path).first().copied();
    let added = world.observations("certificates").iter().filter(|it| it.path.starts_with(ADDED)).copied();
    let texts = selected.filter_map(of).chain(added).flat_map(|it| every_second(it, 0));
    texts.eq(every_second(bundle, 0))
}
