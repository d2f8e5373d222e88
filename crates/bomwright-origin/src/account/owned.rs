//! Files that a package lists, compared with what it states about them.

use bomwright_model::{
    Confidence, Difference, EntryKind, Evidence, FileFlags, Finding, FindingSeverity, Origin, Status,
    Subject, Tier, TreeEntry,
};

use super::compare::{Comparison, agrees, compare};
use super::{Judgement, reason};
use crate::world::{Claim, World};

/// Directories in which changed configuration changes what is run, so that it is worth a finding.
const SENSITIVE: &[&str] = &[
    "etc/cron.d/",
    "etc/cron.daily/",
    "etc/cron.hourly/",
    "etc/cron.monthly/",
    "etc/cron.weekly/",
    "etc/crontab",
    "etc/init.d/",
    "etc/ld.so.conf",
    "etc/ld.so.preload",
    "etc/pam.d/",
    "etc/profile",
    "etc/sudoers",
];

/// Whether changed configuration at `path` gets a finding of its own.
pub(crate) fn is_sensitive(path: &str) -> bool {
    SENSITIVE.iter().any(|place| path.starts_with(place))
}

/// The verdict on `entry` if a package lists it; `None` leaves it to the rules about unlisted files.
pub(super) fn judge(world: &World<'_>, entry: &TreeEntry, findings: &mut Vec<Finding>) -> Option<Judgement> {
    if entry.kind != EntryKind::Directory
        && let Some(judgement) = policy_digest(world, entry)
    {
        return Some(judgement);
    }
    let (claim, comparison) = best(world, entry)?;
    if entry.kind == EntryKind::Directory {
        other_rights(world, entry, claim, &comparison, findings);
        return None;
    }
    if entry.content.is_none() && matches!(entry.kind, EntryKind::File | EntryKind::HardLink) {
        return Some(opaque(world, claim));
    }
    if is_listed_without_digest(world, entry, claim) {
        let message = format!(
            "{} lists it without a digest, though it states one for each of its files",
            name(world, claim)
        );
        findings.push(finding(
            "listed-without-digest",
            FindingSeverity::High,
            message,
            (world, entry, claim),
        ));
        return None;
    }
    other_rights(world, entry, claim, &comparison, findings);
    Some(if comparison.is_same_content() {
        intact(world, entry, claim, comparison, findings)
    } else if claim.listed.flags.contains(FileFlags::CONFIG) {
        config_changed(world, entry, claim, comparison, findings)
    } else {
        modified(world, entry, claim, comparison, findings)
    })
}

/// The claim that fits best: a distribution's before a language's, one whose content agrees before others.
fn best<'a>(world: &World<'a>, entry: &TreeEntry) -> Option<(&'a Claim, Comparison)> {
    let claims = world.claims_on(&entry.path).iter();
    let of_use = claims.filter(|claim| !claim.listed.flags.contains(FileFlags::REPLACED));
    of_use.map(|claim| (claim, compare(world, entry, &claim.listed))).min_by_key(|(claim, it)| {
        (!world.is_system(claim.package), !it.is_same_content(), !it.content_agrees, claim.package)
    })
}

fn policy_digest(world: &World<'_>, entry: &TreeEntry) -> Option<Judgement> {
    let digest = entry.content.as_ref()?.sha256();
    let stated = world.facts.policy.digest_among(std::slice::from_ref(&digest))?;
    let why = reason("policy-digest", format!("the policy names {stated} as in-house"), None);
    let tier = Tier::V2;
    Some(Judgement { tier, ..Judgement::new(Origin::InHouse, Status::Intact, Confidence::High, why) })
}

/// A package that states digests lists this file of code without one: its list was edited.
fn is_listed_without_digest(world: &World<'_>, entry: &TreeEntry, claim: &Claim) -> bool {
    let is_file = matches!(entry.kind, EntryKind::File | EntryKind::HardLink);
    is_file
        && claim.listed.digest.is_none()
        && claim.listed.flags.is_empty()
        && claim.listed.mode.is_none()
        && entry.is_executable()
        && !crate::generated::is_maintainer_script(&entry.path)
        && world.states_digests(claim.package)
}

fn opaque(world: &World<'_>, claim: &Claim) -> Judgement {
    let why = reason("content-not-read", format!("listed by {}", name(world, claim)), None);
    let judgement = Judgement::new(Origin::Unknown, Status::Opaque, Confidence::Low, why);
    Judgement { owner: Some(claim.package), ..judgement }
}

fn intact(
    world: &World<'_>,
    entry: &TreeEntry,
    claim: &Claim,
    comparison: Comparison,
    findings: &mut Vec<Finding>,
) -> Judgement {
    let mut tier = if comparison.content_agrees { Tier::V1 } else { Tier::V0 };
    let mut reasons = vec![listed_by(world, claim, comparison.content_agrees)];
    if let Some(backing) = world.facts.backing.get(&claim.package) {
        let anchored = backing.manifest.as_ref().map(|manifest| {
            let digest = manifest.get(&claim.listed.path);
            digest.zip(entry.content.as_ref()).and_then(|(digest, content)| agrees(digest, content))
        });
        match anchored {
            // The archive itself is at hand and says something else than the manifest in the image.
            Some(Some(false)) => return forged(world, entry, claim, comparison, findings),
            Some(Some(true)) => tier = tier.max(backing.tier),
            None if comparison.content_agrees => tier = tier.max(backing.tier),
            Some(None) | None => {}
        }
        reasons.push(reason("backed-from-outside", backing.detail.clone(), None));
    }
    let package = world.package(claim.package).and_then(|package| package.origin.as_ref());
    if let Some(first) = package.and_then(|verdict| verdict.reasons.first()) {
        reasons.push(first.clone());
    }
    let confidence = if tier == Tier::V0 { Confidence::Low } else { Confidence::High };
    Judgement {
        origin: world.origin_of(claim.package),
        owner: Some(claim.package),
        status: Status::Intact,
        tier,
        confidence: package.map_or(confidence, |verdict| confidence.min(verdict.confidence)),
        differences: comparison.differences,
        reasons,
    }
}

fn config_changed(
    world: &World<'_>,
    entry: &TreeEntry,
    claim: &Claim,
    comparison: Comparison,
    findings: &mut Vec<Finding>,
) -> Judgement {
    if entry.is_executable() || is_sensitive(&entry.path) {
        let message = format!("configuration of {} that decides what is run was changed", name(world, claim));
        findings.push(finding(
            "sensitive-config-changed",
            FindingSeverity::Medium,
            message,
            (world, entry, claim),
        ));
    }
    let why = reason(
        "config-changed",
        format!("configuration of {} that was changed since", name(world, claim)),
        manifest(world, claim),
    );
    let judgement =
        Judgement::new(world.origin_of(claim.package), Status::ConfigChanged, Confidence::Medium, why);
    Judgement { owner: Some(claim.package), differences: comparison.differences, ..judgement }
}

fn modified(
    world: &World<'_>,
    entry: &TreeEntry,
    claim: &Claim,
    comparison: Comparison,
    findings: &mut Vec<Finding>,
) -> Judgement {
    let detail = format!("{} of {} by other hands", words(&comparison.differences), name(world, claim));
    replaced("file-modified", FindingSeverity::High, detail, (world, entry, claim), comparison, findings)
}

fn forged(
    world: &World<'_>,
    entry: &TreeEntry,
    claim: &Claim,
    mut comparison: Comparison,
    findings: &mut Vec<Finding>,
) -> Judgement {
    comparison.differences.push(Difference::Content);
    let detail =
        format!("as the manifest in the image says, but not as the archive of {}", name(world, claim));
    let place = (world, entry, claim);
    replaced("manifest-forged", FindingSeverity::Critical, detail, place, comparison, findings)
}

fn replaced(
    rule: &str,
    severity: FindingSeverity,
    detail: String,
    (world, entry, claim): (&World<'_>, &TreeEntry, &Claim),
    comparison: Comparison,
    findings: &mut Vec<Finding>,
) -> Judgement {
    findings.push(finding(rule, severity, detail.clone(), (world, entry, claim)));
    let why = reason(rule, detail, manifest(world, claim));
    let judgement = Judgement::new(Origin::Unknown, Status::Modified, Confidence::High, why);
    Judgement { owner: Some(claim.package), differences: comparison.differences, ..judgement }
}

/// Says that rights differ: what the package's database states, or that it grants rights that it does not state.
fn other_rights(
    world: &World<'_>,
    entry: &TreeEntry,
    claim: &Claim,
    comparison: &Comparison,
    findings: &mut Vec<Finding>,
) {
    let is_allowed = world.observations("dpkg-statoverride").iter().any(|it| it.value(3) == entry.path);
    if !comparison.has_other_rights() || is_allowed {
        return;
    }
    let stated = claim.listed.mode.unwrap_or_default() & 0o7777;
    let gained = entry.mode & !stated & 0o6000 != 0 && entry.kind != EntryKind::Directory;
    let severity = if gained { FindingSeverity::High } else { FindingSeverity::Medium };
    let message = format!(
        "{} differs from what {} states: mode {:04o}, stated {stated:04o}",
        words(&comparison.differences),
        name(world, claim),
        entry.mode
    );
    findings.push(finding("rights-changed", severity, message, (world, entry, claim)));
}

/// A finding about `entry`, with the manifest that it was held against.
fn finding(
    rule: &str,
    severity: FindingSeverity,
    message: String,
    (world, entry, claim): (&World<'_>, &TreeEntry, &Claim),
) -> Finding {
    Finding::new(rule, severity, subject(entry), message)
        .in_layer(entry.layer)
        .seen_in(manifest(world, claim))
}

fn listed_by(world: &World<'_>, claim: &Claim, compared: bool) -> bomwright_model::Reason {
    let how = match &claim.listed.digest {
        Some(digest) if compared => format!("with this {}", digest.algorithm()),
        None if compared => "with this target".to_owned(),
        _ => "without a digest to compare".to_owned(),
    };
    reason("listed-by-package", format!("listed by {} {how}", name(world, claim)), manifest(world, claim))
}

/// The package as a person calls it.
pub(super) fn name(world: &World<'_>, claim: &Claim) -> String {
    let package = world.package(claim.package);
    package.map_or_else(String::new, |it| format!("{} {}", it.full_name(), it.version))
}

/// Where the package states it.
pub(super) fn manifest(world: &World<'_>, claim: &Claim) -> Option<Evidence> {
    world.package(claim.package)?.evidence.first().cloned()
}

fn subject(entry: &TreeEntry) -> Subject {
    Subject::Path(entry.path.clone())
}

fn words(differences: &[Difference]) -> String {
    let words: Vec<_> = differences.iter().map(|difference| difference.as_str()).collect();
    words.join(", ")
}
