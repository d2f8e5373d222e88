//! Until when a distribution is maintained, and whether it is the distribution that it says it is.
//!
//! Nothing here knows what day it is: the caller says so, so that a result can be made again. The dates are one
//! table in the repository, `data/lifecycle.toml`, which a user's own table can override. A release that the
//! table does not know is `unknown`, never `supported`.

mod assess;
mod check;
mod paid;
mod says;
mod table;
#[cfg(test)]
mod tests;

use bomwright_model::{Inventory, Observation};

pub use assess::{Dates, STALE_DAYS, Status, Support, assess};
pub use check::{DistributionCheck, Outcome, Statement, check_distribution};
pub(crate) use check::{family_of_id, is_known, kin_of_packages};
pub use table::{LifecycleError, Release, Table, parse_table};
/// A calendar day.
pub use time::Date;

/// A package as far as the distribution is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Installed<'a> {
    /// The ecosystem, e.g. `deb`.
    pub ecosystem: &'a str,
    /// Name.
    pub name: &'a str,
    /// Version as the ecosystem writes it.
    pub version: &'a str,
}

/// What the image holds beside its `os-release`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// The packages of the distribution's own package manager; others do no harm.
    pub packages: &'a [Installed<'a>],
    /// What single files state. The kinds that count here are `debian-version`, `redhat-release`,
    /// `alpine-release` (the file's lines), `apt-source` (`ADDRESS SUITE COMPONENT…`), `apk-repository`
    /// (addresses), `yum-repository` (ids) and `content-set` (names of Red Hat's content sets).
    pub observations: &'a [Observation],
}

impl<'a> Surroundings<'a> {
    /// All values of the observations of this kind, with the path of each.
    fn values(&self, kind: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let all = self.observations.iter().filter(move |observation| observation.kind == kind);
        all.flat_map(|observation| {
            observation.values.iter().map(|value| (observation.path.as_str(), value.as_str()))
        })
    }
}

/// The packages of `inventory` in the form that is wanted here.
pub fn installed(inventory: &Inventory) -> Vec<Installed<'_>> {
    let all = inventory.packages.iter().filter(|package| package.shipped_by.is_none());
    all.map(|package| Installed {
        ecosystem: &package.ecosystem,
        name: &package.name,
        version: &package.version,
    })
    .collect()
}
