//! Each scheme against the tool that owns it, over thousands of random pairs made to be hard.
//!
//! The pairs come from a seeded generator, so a failure can be repeated. A tool that isn't installed is skipped with
//! a note; under the environment variable `CI`, those that CI installs must be there.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod pairs;
mod references;

use bomwright_version::Scheme;
use pairs::Pair;
use references::{Reference, Verdict};

/// How many pairs the owner of a scheme must at least put in order, not counting what it refuses.
const ORDERED: usize = 5_000;

/// Is a missing tool a failure when the tests run in CI?
#[derive(PartialEq, Eq)]
enum InCi {
    Required,
    Optional,
}

fn agree(scheme: Scheme, reference: &dyn Reference, in_ci: &InCi) {
    let pairs = pairs::pairs(scheme);
    let name = reference.name();
    let Some(verdicts) = reference.ask(&pairs) else {
        assert!(
            !(*in_ci == InCi::Required && std::env::var_os("CI").is_some()),
            "{name} must be installed in CI"
        );
        eprintln!("skipped: {name} is not installed, nothing checks the order of {scheme}");
        return;
    };
    assert_eq!(verdicts.len(), pairs.len(), "{name} answered every pair");
    let count = |wanted: fn(&Verdict) -> bool| verdicts.iter().filter(|verdict| wanted(verdict)).count();
    let ordered = count(|verdict| matches!(verdict, Verdict::Ordered(_)));
    let wrong: Vec<String> =
        pairs.iter().zip(&verdicts).filter_map(|(pair, verdict)| complaint(scheme, pair, *verdict)).collect();
    eprintln!(
        "{scheme} against {name}: {} pairs, {ordered} ordered, {} refused, {} contradictory; {} disagreements",
        pairs.len(),
        count(|verdict| *verdict == Verdict::Refused),
        count(|verdict| *verdict == Verdict::Contradictory),
        wrong.len(),
    );
    let shown = wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{scheme} disagrees with {name} on {} pairs:\n{shown}", wrong.len());
    assert!(ordered >= ORDERED, "{name} ordered only {ordered} pairs");
}

/// What is wrong with our answer, if anything.
fn complaint(scheme: Scheme, (left, right): &Pair, verdict: Verdict) -> Option<String> {
    let ours = scheme.compare(left, right);
    let theirs = match verdict {
        Verdict::Ordered(order) => Some(order),
        Verdict::Refused | Verdict::Contradictory => None,
    };
    (ours != theirs).then(|| format!("  {left:?} {right:?}: ours {ours:?}, theirs {verdict:?}"))
}

#[test]
fn deb_agrees_with_dpkg() {
    agree(Scheme::Deb, &references::Dpkg, &InCi::Required);
}

#[test]
fn rpm_agrees_with_rpm() {
    agree(Scheme::Rpm, &references::Rpm, &InCi::Required);
}

#[test]
fn pep440_agrees_with_packaging() {
    agree(Scheme::Pep440, &references::Script::PACKAGING, &InCi::Required);
}

#[test]
fn npm_agrees_with_node_semver() {
    agree(Scheme::Npm, &references::NodeSemver, &InCi::Required);
}

#[test]
fn gem_agrees_with_rubygems() {
    agree(Scheme::Gem, &references::Script::RUBYGEMS, &InCi::Optional);
}

#[test]
fn maven_agrees_with_maven() {
    agree(Scheme::Maven, &references::Maven, &InCi::Optional);
}

#[test]
fn go_agrees_with_the_go_command() {
    agree(Scheme::Go, &references::Go, &InCi::Optional);
}

#[test]
fn alpm_agrees_with_libalpm() {
    agree(Scheme::Alpm, &references::Script::LIBALPM, &InCi::Optional);
}

#[test]
fn composer_agrees_with_composer_semver() {
    agree(Scheme::Composer, &references::Script::COMPOSER, &InCi::Optional);
}
