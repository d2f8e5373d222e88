//! What the policy allows to be unknown: each use is reported, and so is each allowance that has expired.

use bomwright_model::{Finding, FindingSeverity, Inventory, Origin, PackageId, Reason, Subject, Verdict};
use time::Date;

use crate::policy::{self, Allowance, Allowed, Policy};

/// The rule of a use.
pub(super) const USED: &str = "allowed-unknown";
/// The rule of what counts no more.
pub(super) const EXPIRED: &str = "allowance-expired";

/// Adds to each unknown verdict the allowance that covers it, and tells of it in `findings`.
pub(super) fn apply(
    policy: &Policy,
    inventory: &Inventory,
    packages: &mut [Verdict],
    files: &mut [Verdict],
    findings: &mut Vec<Finding>,
) {
    let today = day(policy, inventory);
    let (valid, expired): (Vec<_>, Vec<_>) = policy.allowances.iter().partition(|it| it.is_valid(today));
    for ((id, package), verdict) in (0..).map(PackageId).zip(&inventory.packages).zip(packages) {
        if let Some(allowance) = find(&valid, verdict, |it| it.covers_package(package)) {
            let layer = package.evidence.first().and_then(|it| it.layer);
            let found = used(allowance, Subject::Package(id), verdict);
            findings.push(found.in_layer(layer).seen_in(package.evidence.first().cloned()));
        }
    }
    for (file, verdict) in inventory.files.iter().zip(files) {
        if let Some(allowance) = find(&valid, verdict, |it| it.covers_path(&file.path)) {
            findings.push(used(allowance, Subject::Path(file.path.clone()), verdict).in_layer(file.layer));
        }
    }
    if !expired.is_empty() {
        findings.push(Finding::new(EXPIRED, FindingSeverity::Medium, Subject::Image, told(&expired, today)));
    }
}

/// The first allowance that covers the unknown file at `path` on the day of the policy, in words.
pub(crate) fn of_path(policy: &Policy, inventory: &Inventory, path: &str) -> Option<Reason> {
    let today = day(policy, inventory);
    let allowance = policy.allowances.iter().find(|it| it.is_valid(today) && it.covers_path(path))?;
    Some(reason(allowance))
}

/// The day by which allowances expire.
fn day(policy: &Policy, inventory: &Inventory) -> Option<Date> {
    let made = inventory.timestamp.as_deref().and_then(policy::day);
    policy.today().or(made)
}

fn find<'a>(
    valid: &[&'a Allowance],
    verdict: &Verdict,
    covers: impl Fn(&Allowance) -> bool,
) -> Option<&'a Allowance> {
    if verdict.origin != Origin::Unknown {
        return None;
    }
    valid.iter().copied().find(|it| covers(it))
}

fn used(allowance: &Allowance, subject: Subject, verdict: &mut Verdict) -> Finding {
    let reason = reason(allowance);
    verdict.reasons.push(reason.clone());
    Finding::new(USED, FindingSeverity::Info, subject, reason.detail)
}

fn reason(allowance: &Allowance) -> Reason {
    let detail = format!("the policy allows it until {}: {}", allowance.expires, allowance.reason);
    Reason { rule: USED.to_owned(), detail, evidence: None }
}

/// One message for all, so that the finding's id stays one of its kind.
fn told(expired: &[&Allowance], today: Option<Date>) -> String {
    let one = |it: &&Allowance| {
        let target = match &it.target {
            Allowed::Path(glob) => glob.as_str().to_owned(),
            Allowed::Package { ecosystem, name } => {
                let ecosystem = ecosystem.as_ref().map_or(String::new(), |it| format!("{it}:"));
                format!("{ecosystem}{}", name.as_str())
            }
        };
        format!("{target} (line {}, until {})", it.line, it.expires)
    };
    let list = expired.iter().map(one).collect::<Vec<_>>().join(", ");
    match today {
        Some(today) => format!("on {today} these allowances of the policy count no more: {list}"),
        None => format!("without a date no allowance of the policy counts: {list}"),
    }
}
