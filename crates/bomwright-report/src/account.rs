//! The account of an image's files, summed up: what both its renderings say.

use std::collections::BTreeMap;

use bomwright_model::{Count, FileAccount, Finding, Inventory, Origin, Status, Tier};

/// What verifying an image gave, as the renderings of it take it.
#[derive(Debug, Clone, Copy)]
pub struct Verification<'a> {
    /// The image.
    pub inventory: &'a Inventory,
    /// Every file and what is missing, sorted by path.
    pub accounts: &'a [FileAccount],
    /// What a person should look at.
    pub findings: &'a [Finding],
    /// Lines about the image as a whole: its distribution, its support, its base; each a name and a text.
    pub context: &'a [(String, String)],
    /// Whether every file is to be listed.
    pub all_files: bool,
}

/// Sums over the files that are there.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    pub(crate) total: Count,
    pub(crate) explained: Count,
    pub(crate) origins: BTreeMap<Origin, Count>,
    pub(crate) statuses: BTreeMap<Status, u64>,
    pub(crate) tiers: BTreeMap<Tier, Count>,
}

impl Sums {
    pub(crate) fn of(accounts: &[FileAccount]) -> Self {
        let mut sums = Self::default();
        for account in accounts {
            *sums.statuses.entry(account.status).or_default() += 1;
            sums.total.add(account);
            sums.origins.entry(account.origin).or_default().add(account);
            if account.origin != Origin::Unknown {
                sums.explained.add(account);
                sums.tiers.entry(account.tier).or_default().add(account);
            }
        }
        sums
    }
}

/// The share of `part` in `whole` in percent, of nothing 100.
#[expect(clippy::cast_precision_loss, reason = "a percentage for a person")]
pub(crate) fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 100.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// The findings, the worst first.
pub(crate) fn ranked(findings: &[Finding]) -> Vec<&Finding> {
    let mut ranked: Vec<_> = findings.iter().collect();
    ranked.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.cmp(b)));
    ranked
}
