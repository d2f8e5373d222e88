//! Files that no package lists, or that one lists in a way that can't be believed.

use bomwright_model::{
    Confidence, EntryKind, Evidence, Finding, Origin, PackageKind, Status, Tier, TreeEntry,
};

use super::{Judgement, Known, reason};
use crate::generated;
use crate::world::World;

/// The verdict on `entry`; the last rule always answers.
pub(super) fn judge(
    world: &World<'_>,
    known: &Known<'_>,
    entry: &TreeEntry,
    findings: &mut Vec<Finding>,
) -> Judgement {
    generated_file(world, known, entry, findings)
        .or_else(|| described(world, entry))
        .or_else(|| inside_package(world, entry))
        .or_else(|| link(world, known, entry))
        .or_else(|| copy(world, known, entry))
        .or_else(|| policy_path(world, entry))
        .or_else(|| guess(world, entry))
        .unwrap_or_else(|| unknown(world, entry))
}

fn generated_file(
    world: &World<'_>,
    known: &Known<'_>,
    entry: &TreeEntry,
    findings: &mut Vec<Finding>,
) -> Option<Judgement> {
    let explained = generated::explain(world, known, entry)?;
    findings.extend(explained.findings);
    let confidence = if explained.tier >= Tier::V1d { Confidence::High } else { Confidence::Medium };
    let why = reason(explained.rule, explained.detail, Some(place(entry)));
    let judgement = Judgement::new(explained.origin, Status::Generated, confidence, why);
    Some(Judgement { owner: explained.owner, tier: explained.tier, ..judgement })
}

/// The file is itself a package: a program that carries its module list, a jar.
fn described(world: &World<'_>, entry: &TreeEntry) -> Option<Judgement> {
    let id = world.located_at(&entry.path)?;
    let verdict = world.package(id)?.origin.as_ref()?;
    let mut judgement = Judgement::new(
        verdict.origin,
        Status::Added,
        verdict.confidence,
        reason("describes-package", format!("holds {}", label(world, id)), Some(place(entry))),
    );
    judgement.reasons.extend(verdict.reasons.iter().cloned());
    Some(Judgement { owner: Some(id), ..judgement })
}

/// It lies in the directory of a language's package, which states nothing about it.
fn inside_package(world: &World<'_>, entry: &TreeEntry) -> Option<Judgement> {
    let id = world.located_above(&entry.path)?;
    let package = world.package(id).filter(|it| it.kind == PackageKind::Library || !entry.is_executable())?;
    let verdict = package.origin.as_ref()?;
    let detail = format!("lies in the directory of {}", label(world, id));
    let confidence = verdict.confidence.min(Confidence::Medium);
    let why = reason("inside-package-directory", detail, package.evidence.first().cloned());
    let mut judgement = Judgement::new(verdict.origin, Status::Intact, confidence, why);
    judgement.reasons.extend(verdict.reasons.first().cloned());
    Some(Judgement { owner: Some(id), ..judgement })
}

/// A link that leads to what somebody answers for brings in nothing new.
fn link(world: &World<'_>, known: &Known<'_>, entry: &TreeEntry) -> Option<Judgement> {
    if entry.kind != EntryKind::Symlink {
        return None;
    }
    let target = entry.leads_to.as_deref()?;
    let (owner, origin) = if let Some((owner, origin, _)) = known.owner(world, target) {
        (Some(owner), origin)
    } else {
        let id = world.owner(target).or_else(|| world.located_above(target))?;
        (Some(id), world.origin_of(id))
    };
    let why = reason("link-to-known", format!("leads to /{target}"), Some(place(entry)));
    let judgement = Judgement::new(origin, Status::Generated, Confidence::Medium, why);
    Some(Judgement { owner, tier: Tier::V1d, ..judgement })
}

fn copy(world: &World<'_>, known: &Known<'_>, entry: &TreeEntry) -> Option<Judgement> {
    let (original, (owner, origin, tier)) = known.same_bytes(entry)?;
    let detail = format!("the same bytes as /{}, which {} lists", original.path, label(world, owner));
    let why = reason("copy-of-known", detail, Some(place(entry)));
    let judgement = Judgement::new(origin, Status::Copy, Confidence::High, why);
    Some(Judgement { owner: Some(owner), tier: tier.min(Tier::V1d), ..judgement })
}

fn policy_path(world: &World<'_>, entry: &TreeEntry) -> Option<Judgement> {
    let directory = world.facts.policy.place_holding(&entry.path)?;
    let why =
        reason("policy-path", format!("the policy names '{directory}' as in-house"), Some(place(entry)));
    Some(Judgement::new(Origin::InHouse, Status::Added, Confidence::High, why))
}

/// What the layer says that wrote it: a guess, and nobody answers for the file.
fn guess(world: &World<'_>, entry: &TreeEntry) -> Option<Judgement> {
    let is_file = matches!(entry.kind, EntryKind::File | EntryKind::HardLink);
    let hint = world.hint(entry).filter(|_| !is_file || entry.content.is_some())?;
    Some(Judgement::new(hint.origin?, Status::Added, hint.confidence, hint.reason(&entry.path, entry.layer)))
}

fn unknown(world: &World<'_>, entry: &TreeEntry) -> Judgement {
    let is_file = matches!(entry.kind, EntryKind::File | EntryKind::HardLink);
    if is_file && entry.content.is_none() {
        let why = reason("content-not-read", "its bytes could not be read", Some(place(entry)));
        return Judgement::new(Origin::Unknown, Status::Opaque, Confidence::High, why);
    }
    let detail = "no package lists it, no rule explains it and no policy names it";
    let why = reason("no-owner", detail, Some(place(entry)));
    let mut judgement = Judgement::new(Origin::Unknown, Status::Added, Confidence::High, why);
    judgement.reasons.extend(world.hint(entry).map(|hint| hint.reason(&entry.path, entry.layer)));
    judgement
}

fn place(entry: &TreeEntry) -> Evidence {
    Evidence { layer: entry.layer, path: entry.path.clone(), parser: "file".to_owned() }
}

fn label(world: &World<'_>, id: bomwright_model::PackageId) -> String {
    let package = world.package(id);
    package.map_or_else(String::new, |it| format!("{} {}", it.full_name(), it.version).trim_end().to_owned())
}
