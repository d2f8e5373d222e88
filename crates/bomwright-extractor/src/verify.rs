//! The account of every file: one pass over the bytes with their digests, then the rules.

use std::collections::BTreeMap;

use bomwright_ecosystems::registry;
use bomwright_image::{OpenImage, Progress};
use bomwright_model::{
    Evidence, FileAccount, Finding, FindingSeverity, Inventory, LayerPart, Observation, Subject, TreeEntry,
    Verdict,
};
use bomwright_origin::base::{Base, base_layers, find_bases};
use bomwright_origin::lifecycle::{Status, Support, Surroundings, assess, check_distribution, installed};
use bomwright_origin::{Host, Module, TreeFacts};

use bomwright_trust::{KeySource, Keyring};

use crate::claims::claims;
use crate::entries::entries;
use crate::outside::vouch;
use crate::{ExtractError, Options, Outside, Read, read, system_names};

/// What verifying an image gives.
#[derive(Debug)]
pub struct Verified {
    /// The inventory; its files carry the verdicts of the account.
    pub inventory: Inventory,
    /// Every file, link and device of the merged tree and what is missing from it, sorted by path.
    pub accounts: Vec<FileAccount>,
    /// The merged tree itself, sorted by path.
    pub entries: Vec<TreeEntry>,
    /// Texts whose lines can be compared, by path; none unless [`Options::texts`] asks for them.
    pub texts: BTreeMap<String, String>,
    /// What a person should look at, sorted.
    pub findings: Vec<Finding>,
    /// The phase of its life that the distribution is in.
    pub support: Support,
    /// What the image may be built upon, the surest first.
    pub bases: Vec<Base>,
    /// Kernels, and what they enforce: for images of machines rather than of containers.
    pub host: Host,
}

/// Reads all of `image`, every digest included, holds it against what is known from `outside`, and accounts for every
/// file in it.
///
/// # Errors
/// As [`crate::extract`]; [`ExtractError::Trust`] when an archive of the anchors can't be read.
pub fn verify(
    image: &OpenImage,
    options: &Options,
    outside: &Outside,
    progress: &dyn Progress,
) -> Result<Verified, ExtractError> {
    let Read { mut inventory, found, tree, observations, texts, layered } =
        read(image, options, progress, true)?;
    let system = system_names(registry());
    let keyring = keyring(outside, &observations);
    let vouched = vouch(&inventory, &found, &keyring, &outside.anchors)?;
    let mut findings = bomwright_origin::classify(&mut inventory, &options.policy, &system, &vouched.facts);
    let bases = inventory.image.as_ref().map(|it| find_bases(it, image.layers(), &outside.bases));
    let bases = bases.unwrap_or_default();
    part(&mut inventory, &bases);
    let claims = claims(&found, &tree, &observations);
    drop(found);
    let entries = entries(&tree, layered);
    drop(tree);
    let facts = TreeFacts {
        inventory: &inventory,
        entries: &entries,
        claims: &claims,
        observations: &observations,
        backing: &vouched.backing,
        system: &system,
        policy: &options.policy,
        bases: &bases,
    };
    let (accounts, found) = bomwright_origin::account(facts);
    findings.extend(found);
    let support = distribution(&inventory, &observations, outside, &mut findings);
    let host = bomwright_origin::host(&observations);
    findings.extend(host.out_of_tree_modules.iter().map(foreign_module));
    carry_over(&accounts, &mut inventory);
    findings.sort();
    findings.dedup();
    Ok(Verified { inventory, accounts, entries, texts, findings, support, bases, host })
}

/// Says of each layer whether it is the base's.
fn part(inventory: &mut Inventory, bases: &[Base]) {
    let Some(base) = base_layers(bases) else { return };
    for (at, layer) in inventory.layers.iter_mut().enumerate() {
        layer.part = Some(if at < base { LayerPart::Base } else { LayerPart::Application });
    }
}

/// The user's keys, and those that lie in the image, which are marked as such and prove no more than that the image
/// agrees with itself.
fn keyring(outside: &Outside, observations: &[Observation]) -> Keyring {
    let mut keyring = outside.keyring.clone();
    for key in observations.iter().filter(|it| it.kind == "openpgp-key") {
        // What is no key there was already reported by its reader.
        let _ = keyring.add(key.value(1).as_bytes(), &KeySource::Image(key.path.clone()));
    }
    keyring
}

/// Whether the distribution is the one that it says it is, and how long it is supported.
fn distribution(
    inventory: &Inventory,
    observations: &[Observation],
    outside: &Outside,
    findings: &mut Vec<Finding>,
) -> Support {
    let packages = installed(inventory);
    let surroundings = Surroundings { packages: &packages, observations };
    let stated = inventory.distribution.as_ref();
    let check = check_distribution(stated, &surroundings, &outside.lifecycle);
    if let Some(reason) = check.finding() {
        let finding = Finding::new(reason.rule, FindingSeverity::High, Subject::Image, reason.detail);
        findings.push(finding.seen_in(reason.evidence));
    }
    let support = assess(stated.or(check.likely.as_ref()), &surroundings, &outside.lifecycle, outside.today);
    if support.status == Status::EndOfLife {
        let detail = support.reasons.first().map_or(String::new(), |reason| reason.detail.clone());
        let place = stated.map(|it| Evidence::new(it.path.as_str(), "os-release"));
        let finding = Finding::new("end-of-life", FindingSeverity::Medium, Subject::Image, detail);
        findings.push(finding.seen_in(place));
    }
    support
}

/// A module that was not built with its kernel runs with all its rights.
fn foreign_module(module: &Module) -> Finding {
    let subject = Subject::Path(module.path.clone());
    let message = format!("a kernel module from outside of the kernel's tree: {}", module.values.join(", "));
    Finding::new("out-of-tree-module", FindingSeverity::Medium, subject, message)
}

/// Gives the inventory's files the verdicts of their accounts. Both lists are sorted by path.
fn carry_over(accounts: &[FileAccount], inventory: &mut Inventory) {
    for file in &mut inventory.files {
        let at = accounts.binary_search_by(|account| account.path.as_str().cmp(&file.path));
        let Some(account) = at.ok().and_then(|at| accounts.get(at)) else { continue };
        file.origin = Some(Verdict {
            origin: account.origin,
            confidence: account.confidence,
            reasons: account.reasons.clone(),
        });
        file.status = Some(account.status);
        file.tier = Some(account.tier);
    }
}
