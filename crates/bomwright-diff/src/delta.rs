//! What changed between two inventories, as data.

use bomwright_model::{Distribution, Inventory, Origin, Package};

/// Everything that differs between two inventories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// The older side.
    pub old: Side,
    /// The newer side.
    pub new: Side,
    /// How many of each.
    pub summary: Summary,
    /// The packages that differ, sorted by origin, ecosystem, name and change.
    pub packages: Vec<PackageChange>,
}

impl Delta {
    /// Whether nothing differs that a person must know of: the packages and the distribution.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty() && self.distribution_change().is_none()
    }

    /// The distributions of both sides where both are known and differ.
    pub fn distribution_change(&self) -> Option<(&str, &str)> {
        let (old, new) = (self.old.distribution.as_deref()?, self.new.distribution.as_deref()?);
        (old != new).then_some((old, new))
    }
}

/// One of the two inventories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Its name, as the user gave it.
    pub name: String,
    /// Its distribution, e.g. `debian 12`.
    pub distribution: Option<String>,
    /// How many packages it holds, those that others ship not counted.
    pub packages: usize,
    /// Whether it says of itself that something may be missing.
    pub incomplete: bool,
}

impl Side {
    pub(crate) fn of(inventory: &Inventory) -> Self {
        let distribution = |it: &Distribution| {
            let version = it.version.as_deref().unwrap_or_default();
            format!("{} {version}", it.id).trim_end().to_owned()
        };
        Self {
            name: inventory.source.name.clone(),
            distribution: inventory.distribution.as_ref().map(distribution),
            packages: inventory.packages.iter().filter(|package| package.shipped_by.is_none()).count(),
            incomplete: inventory.is_incomplete(),
        }
    }
}

/// Numbers of changed packages; those that another package ships are not counted, as they move with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Only on the newer side.
    pub added: usize,
    /// Only on the older side.
    pub removed: usize,
    /// To a later version.
    pub upgraded: usize,
    /// To an earlier version.
    pub downgraded: usize,
    /// Otherwise.
    pub changed: usize,
}

impl Summary {
    pub(crate) fn of(changes: &[PackageChange]) -> Self {
        let count =
            |change| changes.iter().filter(|it| it.change == change && it.shipped_by.is_none()).count();
        Self {
            added: count(Change::Added),
            removed: count(Change::Removed),
            upgraded: count(Change::Upgraded),
            downgraded: count(Change::Downgraded),
            changed: count(Change::Changed),
        }
    }
}

/// How a package changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Only the newer side holds it.
    Added,
    /// Only the older side holds it.
    Removed,
    /// Its version is later.
    Upgraded,
    /// Its version is earlier.
    Downgraded,
    /// Its version has no known order, or something else differs.
    Changed,
}

impl Change {
    /// Every change, in the order in which reports list them.
    pub const ALL: &'static [Self] =
        &[Self::Added, Self::Removed, Self::Upgraded, Self::Downgraded, Self::Changed];

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Upgraded => "upgraded",
            Self::Downgraded => "downgraded",
            Self::Changed => "changed",
        }
    }

    /// What it is when the sides are swapped.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Added => Self::Removed,
            Self::Removed => Self::Added,
            Self::Upgraded => Self::Downgraded,
            Self::Downgraded => Self::Upgraded,
            Self::Changed => Self::Changed,
        }
    }
}

/// One package that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageChange {
    /// How.
    pub change: Change,
    /// Its ecosystem.
    pub ecosystem: String,
    /// Namespace and name.
    pub name: String,
    /// Where it comes from: on the newer side where it is there.
    pub origin: Origin,
    /// The OS package that ships it, if one does.
    pub shipped_by: Option<String>,
    /// On the older side.
    pub old: Option<State>,
    /// On the newer side.
    pub new: Option<State>,
    /// What else differs, sorted by field.
    pub fields: Vec<FieldChange>,
    /// The shortest path from the root to it, the root and itself left out: what pulled it in. Empty when
    /// the root holds it.
    pub why: Vec<String>,
}

impl PackageChange {
    pub(crate) fn sort_key(&self) -> impl Ord + '_ {
        (self.origin, &self.ecosystem, &self.name, self.change, &self.old, &self.new)
    }
}

/// A package on one side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct State {
    /// Version; empty when unknown.
    pub version: String,
    /// Architecture.
    pub architecture: Option<String>,
    /// Location.
    pub location: Option<String>,
    /// The purl.
    pub purl: Option<String>,
    /// Licences, sorted.
    pub licenses: Vec<String>,
}

impl State {
    pub(crate) fn of(package: &Package) -> Self {
        let mut licenses: Vec<_> = package.licenses.iter().map(|license| license.text.clone()).collect();
        licenses.sort();
        licenses.dedup();
        Self {
            version: package.version.clone(),
            architecture: package.architecture.clone(),
            location: package.location.clone(),
            purl: package.purl.as_ref().map(ToString::to_string),
            licenses,
        }
    }
}

/// One field of a package that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Its name, e.g. `license`.
    pub field: String,
    /// On the older side.
    pub old: String,
    /// On the newer side.
    pub new: String,
}
