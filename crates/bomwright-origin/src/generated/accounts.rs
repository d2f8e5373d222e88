//! Users, groups and passwords: compared with what packages ship and declare.

use std::collections::HashSet;

use bomwright_model::{FindingSeverity, Tier};

use super::rule::{Case, Outcome, few};

/// passwd(5): each account must be one that a package declares, with the number that it declares.
#[expect(clippy::unnecessary_wraps, reason = "a check")]
pub(super) fn users(case: &Case<'_, '_>) -> Option<Outcome> {
    let users = case.world.observed_at("account-user", &case.entry.path);
    let mut outcome = declared(case, "account-user", "account-declared-user");
    let roots = users.iter().filter(|user| is_zero(user.value(1)) && user.value(0) != "root");
    let roots: Vec<&str> = roots.map(|user| user.value(0)).collect();
    if !roots.is_empty() {
        let message = format!("accounts besides root have all its rights: {}", few(roots));
        outcome = outcome.but(case.finding("extra-root-account", FindingSeverity::Critical, message));
    }
    Some(with_passwords(case, outcome))
}

/// group(5).
#[expect(clippy::unnecessary_wraps, reason = "a check")]
pub(super) fn groups(case: &Case<'_, '_>) -> Option<Outcome> {
    Some(declared(case, "account-group", "account-declared-group"))
}

/// shadow(5).
#[expect(clippy::unnecessary_wraps, reason = "a check")]
pub(super) fn passwords(case: &Case<'_, '_>) -> Option<Outcome> {
    Some(with_passwords(case, case.claimed()))
}

/// Whether the number is 0, however it is written.
fn is_zero(number: &str) -> bool {
    !number.is_empty() && number.bytes().all(|digit| digit == b'0')
}

fn declared(case: &Case<'_, '_>, kind: &str, declared: &str) -> Outcome {
    let accounts = case.world.observed_at(kind, &case.entry.path);
    let sources = case.world.observations(declared).iter();
    let declared: HashSet<(&str, &str)> = sources
        .filter(|it| case.known.is_verified(case.world, &it.path))
        .map(|it| (it.value(0), it.value(1)))
        .collect();
    let is_declared = |name, number| declared.contains(&(name, number)) || declared.contains(&(name, "-"));
    let others = accounts.iter().filter(|it| !is_declared(it.value(0), it.value(1)));
    let others: Vec<&str> = others.map(|it| it.value(0)).collect();
    if accounts.is_empty() {
        case.claimed()
    } else if others.is_empty() {
        Outcome::new(Tier::V1d, format!("each of its {} accounts is declared by a package", accounts.len()))
    } else {
        Outcome::new(Tier::V0, format!("{}; no package declares {}", case.rule.about, few(others)))
    }
}

fn with_passwords(case: &Case<'_, '_>, mut outcome: Outcome) -> Outcome {
    for (how, rule, what) in [
        ("hash", "password-set", "accounts with a password that whoever has the image can guess at"),
        ("empty", "password-empty", "accounts that need no password"),
    ] {
        let accounts = case.world.observed_at("account-password", &case.entry.path).iter();
        let names: Vec<&str> = accounts.filter(|it| it.value(1) == how).map(|it| it.value(0)).collect();
        if !names.is_empty() {
            let message = format!("{what}: {}", few(names));
            outcome = outcome.but(case.finding(rule, FindingSeverity::High, message));
        }
    }
    outcome
}
