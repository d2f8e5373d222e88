//! Whether a build may go on: gates, thresholds, lists and waivers applied to a delta.

use std::collections::BTreeSet;

use bomwright_model::{FindingSeverity, GateRule, Gates, Waiver};

use crate::findings::{Gathered, sort, subject};
use crate::licence;
use crate::{Change, Decision, Delta, DeltaFinding, Outcome, PackageChange, UsedWaiver};

/// Applies `gates` to `delta` on the day `today` (`YYYY-MM-DD`): adds the findings that only a policy can make, marks
/// those that a gate trips over or a waiver lets pass, and writes the verdict. What only the scanner explains, and
/// what left, trips no gate.
pub fn judge(delta: &mut Delta, gates: &Gates, today: &str) {
    let mut gathered = Gathered::default();
    for change in delta.real_packages().filter(|change| change.new.is_some() && change.shipped_by.is_none()) {
        forbidden(&mut gathered, change, gates);
    }
    delta.findings.extend(gathered.sorted());
    sort(&mut delta.findings);
    let set: BTreeSet<&str> = gates.fail_on.iter().map(|rule| rule.as_str()).collect();
    let is_set =
        |finding: &DeltaFinding| set.contains(finding.rule.as_str()) || set.contains(GateRule::Any.as_str());
    let mut reasons = Vec::new();
    let mut used = BTreeSet::new();
    let mut tripped: Vec<(String, usize)> = Vec::new();
    for finding in &mut delta.findings {
        if let Some(waiver) = gates.waivers.iter().find(|waiver| waiver.id == finding.id) {
            if is_valid(waiver, today) {
                finding.waived = Some(waiver.reason.clone());
                used.insert((waiver.id.clone(), waiver.reason.clone(), waiver.expires.clone()));
            } else if is_set(finding) {
                reasons.push(format!("the waiver of {} expired on {}", waiver.id, waiver.expires));
            }
        }
        finding.gate = finding.waived.is_none() && is_set(finding);
        if finding.gate {
            match tripped.iter_mut().find(|(rule, _)| *rule == finding.rule) {
                Some((_, count)) => *count += 1,
                None => tripped.push((finding.rule.clone(), 1)),
            }
        }
    }
    let of_rules = tripped.into_iter().map(|(rule, count)| format!("{rule}: {count}"));
    let mut all: Vec<String> = of_rules.collect();
    all.extend(thresholds(delta, gates));
    let outcome = if all.is_empty() { Outcome::Pass } else { Outcome::Fail };
    all.extend(reasons);
    delta.verdict = Decision {
        outcome,
        fail_on: set.into_iter().map(str::to_owned).collect(),
        reasons: all,
        waivers: used
            .into_iter()
            .map(|(id, reason, expires)| UsedWaiver { id, reason, expires: Some(expires) })
            .collect(),
    };
}

fn is_valid(waiver: &Waiver, today: &str) -> bool {
    // Days of this form are in order as text.
    waiver.expires.as_str() >= today
}

/// Licences and packages that the policy does not let in.
fn forbidden(out: &mut Gathered, change: &PackageChange, gates: &Gates) {
    let Some(state) = &change.new else { return };
    let brings = change.change == Change::Added || change.fields.iter().any(|field| field.field == "license");
    let text = match state.licenses.as_slice() {
        [only] => only.clone(),
        several => several.iter().map(|text| format!("({text})")).collect::<Vec<_>>().join(" AND "),
    };
    let denied = licence::denied(&text, &gates.allowed_licenses, &gates.denied_licenses);
    if let Some(id) = denied.filter(|_| brings) {
        let message = format!("the policy does not allow its licence: {id}");
        out.add(GateRule::LicenceDenied, FindingSeverity::High, subject(change), message, "");
    }
    let purl = state.purl.as_deref().unwrap_or_default();
    let among = |list: &[String]| list.iter().any(|pattern| matches(pattern, purl));
    let moved = change.old.as_ref().is_none_or(|old| old.version != state.version);
    if moved && among(&gates.denied_packages) && !among(&gates.allowed_packages) {
        let message = "the policy does not allow this package";
        out.add(GateRule::PackageDenied, FindingSeverity::High, subject(change), message, "");
    }
}

/// Whether `purl` is what `pattern` means: `*` stands for anything, and a pattern without a version means all.
fn matches(pattern: &str, purl: &str) -> bool {
    let bare = purl.split(['?', '#']).next().unwrap_or_default();
    let versionless = bare.split('@').next().unwrap_or_default();
    let candidate = if pattern.contains('@') { bare } else { versionless };
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else { return false };
    let Some(mut rest) = candidate.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

/// The thresholds that were passed.
fn thresholds(delta: &Delta, gates: &Gates) -> Vec<String> {
    let counted = |change: &&PackageChange| change.shipped_by.is_none();
    let upstream = delta
        .real_packages()
        .filter(counted)
        .filter(|it| it.change == Change::Added && it.origin == bomwright_model::Origin::Upstream)
        .count();
    let summary = &delta.summary;
    let versions = summary.upgraded + summary.downgraded + summary.rebuilt + summary.changed;
    [
        ("max-added", gates.max_added, summary.added),
        ("max-added-upstream", gates.max_added_upstream, upstream),
        ("max-removed", gates.max_removed, summary.removed),
        ("max-changed", gates.max_changed, versions),
    ]
    .into_iter()
    .filter_map(|(name, most, count)| {
        let most = most?;
        (u64::try_from(count).unwrap_or(u64::MAX) > most)
            .then(|| format!("{name}: {count}, and {most} may be"))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_purls() {
        let purl = "pkg:npm/%40acme/ui@1.2.3?x=y";
        for pattern in [
            "pkg:npm/*",
            "pkg:npm/%40acme/*",
            "pkg:npm/%40acme/ui",
            "pkg:npm/%40acme/ui@1.*",
            "*",
            "*ui@1.2.3",
        ] {
            assert!(matches(pattern, purl), "{pattern}");
        }
        for pattern in ["pkg:npm/%40acme", "pkg:npm/%40acme/ui@2.*", "pkg:pypi/*", "ui", ""] {
            assert!(!matches(pattern, purl), "{pattern}");
        }
    }
}
