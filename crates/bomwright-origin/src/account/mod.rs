//! The account of an image: exactly one verdict for every file, and what is wrong with them.
//!
//! The rules are asked in a fixed order and the first that answers decides: the policy's digests, the package of
//! the distribution that lists the path ([`owned`]), the language's package that does, generated files
//! ([`crate::generated`]), what the file says of itself, its bytes being those of a known file, the policy's
//! directories, and last what the file's layer says ([`crate::hints`]). What none of them explains is unknown.

mod allowed;
mod compare;
#[cfg(test)]
mod laws;
mod missing;
mod owned;
mod unlisted;

use std::collections::HashMap;

use bomwright_model::{
    Confidence, Difference, EntryKind, Evidence, FileAccount, Finding, Origin, PackageId, Reason, Status,
    Tier, TreeEntry,
};

pub(crate) use self::missing::{is_left_out, is_missing};
pub(crate) use self::owned::is_sensitive;
use crate::world::{TreeFacts, World};
use crate::{generated, hidden};

/// Gives every file of the tree its verdict, in the order of the tree, with what is missing from it at its place;
/// and the findings, sorted.
pub fn account(facts: TreeFacts<'_>) -> (Vec<FileAccount>, Vec<Finding>) {
    let world = World::new(facts);
    let mut findings = Vec::new();
    let mut verdicts: Vec<Option<Judgement>> = Vec::with_capacity(facts.entries.len());
    for entry in facts.entries {
        verdicts.push(owned::judge(&world, entry, &mut findings));
    }
    let known = Known::new(&world, &verdicts);
    let mut accounts = Vec::with_capacity(verdicts.len());
    for (entry, verdict) in facts.entries.iter().zip(verdicts) {
        if entry.kind == EntryKind::Directory {
            continue;
        }
        let verdict = match verdict {
            Some(listed) => second_look(&world, &known, entry, listed, &mut findings),
            None => unlisted::judge(&world, &known, entry, &mut findings),
        };
        accounts.push(verdict.into_account(entry));
    }
    accounts.extend(missing::find(&world, &mut findings));
    accounts.sort_by(|a, b| a.path.cmp(&b.path));
    findings.extend(hidden::find(&world, &accounts));
    allowed::apply(&world, &mut accounts, &mut findings);
    findings.sort();
    findings.dedup();
    (accounts, findings)
}

/// A file that a package lists without a digest may be one that a rule can check: a compiled Python module, the
/// loader's cache.
fn second_look(
    world: &World<'_>,
    known: &Known<'_>,
    entry: &TreeEntry,
    mut listed: Judgement,
    findings: &mut Vec<Finding>,
) -> Judgement {
    let is_file = matches!(entry.kind, EntryKind::File | EntryKind::HardLink);
    if !is_file || listed.status != Status::Intact || listed.tier != Tier::V0 {
        return listed;
    }
    let Some(explained) = generated::explain(world, known, entry) else { return listed };
    if explained.tier > listed.tier || !explained.findings.is_empty() {
        listed.tier = listed.tier.max(explained.tier);
        listed.reasons.push(reason(explained.rule, explained.detail, None));
        findings.extend(explained.findings);
    }
    listed
}

/// The verdict of one rule.
#[derive(Debug, Clone)]
pub(crate) struct Judgement {
    pub(crate) origin: Origin,
    pub(crate) owner: Option<PackageId>,
    pub(crate) status: Status,
    pub(crate) tier: Tier,
    pub(crate) confidence: Confidence,
    pub(crate) differences: Vec<Difference>,
    pub(crate) reasons: Vec<Reason>,
}

impl Judgement {
    /// A verdict for `rule`'s reason, of the lowest tier and without an owner.
    pub(crate) fn new(origin: Origin, status: Status, confidence: Confidence, reason: Reason) -> Self {
        Self {
            origin,
            owner: None,
            status,
            tier: Tier::V0,
            confidence,
            differences: Vec::new(),
            reasons: vec![reason],
        }
    }

    fn into_account(self, entry: &TreeEntry) -> FileAccount {
        FileAccount {
            path: entry.path.clone(),
            kind: entry.kind,
            bytes: entry.bytes(),
            executable: entry.is_executable(),
            layer: entry.layer,
            introduced: entry.introduced,
            owner: self.owner,
            origin: self.origin,
            status: self.status,
            tier: self.tier,
            confidence: self.confidence,
            differences: self.differences,
            reasons: self.reasons,
        }
    }
}

/// A reason, with the file that it was read from.
pub(crate) fn reason(rule: &str, detail: impl Into<String>, evidence: Option<Evidence>) -> Reason {
    Reason { rule: rule.to_owned(), detail: detail.into(), evidence }
}

/// What the first pass has settled, for the rules about what no package lists.
pub(crate) struct Known<'a> {
    /// Paths whose bytes are as their package lists them.
    verified: Vec<bool>,
    /// The first verified file with this SHA-256. Empty files are nobody's.
    contents: HashMap<&'a [u8; 32], usize>,
    owners: Vec<Option<(PackageId, Origin, Tier)>>,
    entries: &'a [TreeEntry],
}

impl<'a> Known<'a> {
    fn new(world: &World<'a>, verdicts: &[Option<Judgement>]) -> Self {
        let entries = world.facts.entries;
        let mut known = Self {
            verified: vec![false; entries.len()],
            contents: HashMap::new(),
            owners: vec![None; entries.len()],
            entries,
        };
        for (position, (entry, verdict)) in entries.iter().zip(verdicts).enumerate() {
            let Some(verdict) = verdict else { continue };
            if let (Some(slot), Some(owner)) = (known.owners.get_mut(position), verdict.owner) {
                *slot = Some((owner, verdict.origin, verdict.tier));
            }
            let is_verified = verdict.status == Status::Intact && verdict.tier >= Tier::V1;
            if let Some(slot) = known.verified.get_mut(position) {
                *slot = is_verified;
            }
            if let Some(content) = entry.content.as_ref().filter(|_| is_verified && entry.size > 0) {
                known.contents.entry(&content.sha256).or_insert(position);
            }
        }
        known
    }

    /// Whether the bytes at `path` are as its package lists them.
    pub(crate) fn is_verified(&self, world: &World<'_>, path: &str) -> bool {
        world.position(path).and_then(|at| self.verified.get(at)).is_some_and(|&verified| verified)
    }

    /// Whether a verified file has the bytes with this SHA-256.
    pub(crate) fn has_bytes(&self, sha256: &[u8; 32]) -> bool {
        self.contents.contains_key(sha256)
    }

    /// The package that answers for what is at `path`, its origin, and the tier.
    pub(crate) fn owner(&self, world: &World<'_>, path: &str) -> Option<(PackageId, Origin, Tier)> {
        self.owners.get(world.position(path)?).copied().flatten()
    }

    /// A verified file with the same bytes as `entry`, which is not empty, and who answers for it.
    pub(crate) fn same_bytes(&self, entry: &TreeEntry) -> Option<(&'a TreeEntry, (PackageId, Origin, Tier))> {
        let content = entry.content.as_ref().filter(|_| entry.size > 0)?;
        let position = *self.contents.get(&content.sha256)?;
        Some((self.entries.get(position)?, self.owners.get(position).copied().flatten()?))
    }
}
