//! The account of every file: one pass over the bytes with their digests, then the rules.

use std::collections::BTreeMap;

use bomwright_ecosystems::registry;
use bomwright_image::{OpenImage, Progress};
use bomwright_model::{FileAccount, Finding, Inventory, Verdict};
use bomwright_origin::TreeFacts;

use crate::claims::claims;
use crate::entries::entries;
use crate::{ExtractError, Options, Read, read, system_names};

/// What verifying an image gives.
#[derive(Debug)]
pub struct Verified {
    /// The inventory; its files carry the verdicts of the account.
    pub inventory: Inventory,
    /// Every file, link and device of the merged tree and what is missing from it, sorted by path.
    pub accounts: Vec<FileAccount>,
    /// What a person should look at, sorted.
    pub findings: Vec<Finding>,
}

/// Reads all of `image`, every digest included, and accounts for every file in it.
///
/// # Errors
/// As [`crate::extract`].
pub fn verify(
    image: &OpenImage,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Verified, ExtractError> {
    let Read { mut inventory, found, tree, observations, layered } = read(image, options, progress, true)?;
    let system = system_names(registry());
    bomwright_origin::classify(&mut inventory, &options.policy, &system);
    let claims = claims(&found, &tree, &observations);
    drop(found);
    let entries = entries(&tree, layered);
    drop(tree);
    let backing = BTreeMap::new();
    let facts = TreeFacts {
        inventory: &inventory,
        entries: &entries,
        claims: &claims,
        observations: &observations,
        backing: &backing,
        system: &system,
        policy: &options.policy,
    };
    let (accounts, findings) = bomwright_origin::account(facts);
    carry_over(&accounts, &mut inventory);
    Ok(Verified { inventory, accounts, findings })
}

/// Gives the inventory's files the verdicts of their accounts. Both lists are sorted by path.
fn carry_over(accounts: &[FileAccount], inventory: &mut Inventory) {
    for file in &mut inventory.files {
        let Ok(at) = accounts.binary_search_by(|account| account.path.as_str().cmp(&file.path)) else {
            continue;
        };
        let Some(account) = accounts.get(at) else { continue };
        file.origin = Some(Verdict {
            origin: account.origin,
            confidence: account.confidence,
            reasons: account.reasons.clone(),
        });
        file.status = Some(account.status);
        file.tier = Some(account.tier);
    }
}
