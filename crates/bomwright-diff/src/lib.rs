//! Two inventories to a delta: data only, no matter how either was made and how it will be shown.
//!
//! Identity is the purl without its version (type, namespace, name); version, architecture, location and
//! everything else are attributes. Versions of one identity are a multiset: what both sides hold cancels, the
//! rest is paired by location, then by nearness of versions. Different names are never paired.

mod delta;
mod input;
mod matching;
mod why;

pub use delta::{
    Change, Comparability, Decision, Delta, DeltaFinding, EdgeChange, FieldChange, FieldKind, FileChange,
    FileRole, FileState, FindingSubject, Gap, GapKind, GraphDelta, Hint, HintKind, ImageChange, ImageDelta,
    Instances, LayerChange, LayerNote, Outcome, PackageChange, SCHEMA, Side, State, Step, Summary, TextDiff,
    UsedWaiver, Why,
};
pub use input::{BaseImage, Input, Lifecycle, Tree};

use std::cmp::Ordering;

use bomwright_model::{Inventory, Origin, Package, PackageId};
use bomwright_version::Scheme;

use matching::{Pair, pairs};
use why::Paths;

/// Compares two sides.
pub fn diff(old: &Input<'_>, new: &Input<'_>) -> Delta {
    let (old, new) = (old.inventory, new.inventory);
    let (old_paths, new_paths) = (Paths::new(old), Paths::new(new));
    let mut packages: Vec<PackageChange> = pairs(old, new)
        .into_iter()
        .filter_map(|pair| match pair {
            Pair::Removed(id) => Some(one_sided(Change::Removed, old, id, &old_paths)),
            Pair::Added(id) => Some(one_sided(Change::Added, new, id, &new_paths)),
            Pair::Both(before, after) => both_sided(old, before, new, after, &new_paths),
        })
        .collect();
    packages.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    Delta {
        schema: SCHEMA.to_owned(),
        old: side(old),
        new: side(new),
        summary: summary(&packages),
        packages,
        ..Delta::default()
    }
}

fn one_sided(change: Change, inventory: &Inventory, id: PackageId, paths: &Paths) -> PackageChange {
    let package = inventory.package(id).cloned().unwrap_or_default();
    let state = State::of(&package);
    let (old, new) = if change == Change::Removed { (Some(state), None) } else { (None, Some(state)) };
    PackageChange {
        change,
        name: package.full_name(),
        origin: origin(&package),
        shipped_by: shipper(inventory, &package),
        ecosystem: package.ecosystem,
        purl: state_purl(old.as_ref().or(new.as_ref())),
        step: None,
        source: None,
        old,
        new,
        fields: Vec::new(),
        instances: None,
        why: Why { path: paths.to(inventory, id), ..Why::default() },
        new_dependencies: Vec::new(),
        layer: None,
        hints: Vec::new(),
        explained_by: None,
    }
}

fn state_purl(state: Option<&State>) -> Option<String> {
    state.and_then(|state| state.purl.clone())
}

fn side(inventory: &Inventory) -> Side {
    Side {
        name: inventory.source.name.clone(),
        kind: inventory.source.kind.as_str().to_owned(),
        distribution: inventory.distribution.as_ref().map(|it| {
            format!("{} {}", it.id, it.version.as_deref().unwrap_or_default()).trim_end().to_owned()
        }),
        packages: inventory.packages.iter().filter(|package| package.shipped_by.is_none()).count(),
        incomplete: inventory.is_incomplete(),
        ..Side::default()
    }
}

fn summary(changes: &[PackageChange]) -> Summary {
    let count = |change| changes.iter().filter(|it| it.change == change && it.shipped_by.is_none()).count();
    Summary {
        added: count(Change::Added),
        removed: count(Change::Removed),
        upgraded: count(Change::Upgraded),
        downgraded: count(Change::Downgraded),
        changed: count(Change::Changed),
        ..Summary::default()
    }
}

impl PackageChange {
    fn sort_key(&self) -> impl Ord + '_ {
        (self.origin, &self.ecosystem, &self.name, self.change, &self.old, &self.new)
    }
}

impl State {
    fn of(package: &Package) -> Self {
        let mut licenses: Vec<_> = package.licenses.iter().map(|license| license.text.clone()).collect();
        licenses.sort();
        licenses.dedup();
        Self {
            version: package.version.clone(),
            architecture: package.architecture.clone(),
            location: package.location.clone(),
            purl: package.purl.as_ref().map(ToString::to_string),
            licenses,
            ..Self::default()
        }
    }
}

fn both_sided(
    old: &Inventory,
    before: PackageId,
    new: &Inventory,
    after: PackageId,
    paths: &Paths,
) -> Option<PackageChange> {
    let (from, to) = (old.package(before)?, new.package(after)?);
    let fields = changed_fields(from, to);
    let change = if from.version == to.version {
        if fields.is_empty() {
            return None;
        }
        Change::Changed
    } else {
        direction(from, to)
    };
    Some(PackageChange {
        change,
        ecosystem: to.ecosystem.clone(),
        name: to.full_name(),
        origin: origin(to),
        shipped_by: shipper(new, to),
        purl: to.purl.as_ref().map(ToString::to_string),
        step: None,
        source: None,
        old: Some(State::of(from)),
        new: Some(State::of(to)),
        fields,
        instances: None,
        why: Why { path: paths.to(new, after), ..Why::default() },
        new_dependencies: Vec::new(),
        layer: None,
        hints: Vec::new(),
        explained_by: None,
    })
}

/// The direction of a change of version in the ecosystem's own order. An order that is not known, or that
/// finds two spellings of one version, gives `Changed`: never a guess.
fn direction(from: &Package, to: &Package) -> Change {
    let order = scheme(to).and_then(|scheme| scheme.compare(&from.version, &to.version));
    match order {
        Some(Ordering::Less) => Change::Upgraded,
        Some(Ordering::Greater) => Change::Downgraded,
        Some(Ordering::Equal) | None => Change::Changed,
    }
}

/// The version scheme of a package: its purl's type, else its ecosystem's name.
pub(crate) fn scheme(package: &Package) -> Option<Scheme> {
    let purl = package.purl.as_ref().map_or(package.ecosystem.as_str(), |purl| kind(purl.as_str()));
    Scheme::for_purl_type(purl)
}

/// The type of a purl.
pub(crate) fn kind(purl: &str) -> &str {
    purl.strip_prefix("pkg:").and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

/// Where a package lies, its own version in the path left out: `a-1.0.dist-info` and `a-1.1.dist-info` are
/// one place.
pub(crate) fn place(package: &Package) -> String {
    let location = package.location.as_deref().unwrap_or_default();
    if package.version.is_empty() { location.to_owned() } else { location.replace(&package.version, "*") }
}

fn origin(package: &Package) -> Origin {
    package.origin.as_ref().map_or(Origin::Unknown, |verdict| verdict.origin)
}

fn shipper(inventory: &Inventory, package: &Package) -> Option<String> {
    Some(inventory.package(package.shipped_by?)?.full_name())
}

/// What else differs. Something that only one side knows is no change: the other tool did not look.
fn changed_fields(from: &Package, to: &Package) -> Vec<FieldChange> {
    let licenses = |package: &Package| {
        let mut texts: Vec<_> =
            package.licenses.iter().map(|license| license.text.trim().to_owned()).collect();
        texts.sort();
        texts.dedup();
        texts.join(", ")
    };
    let origin =
        |package: &Package| package.origin.as_ref().map(|verdict| verdict.origin.as_str().to_owned());
    let shared = from.digests.iter().find_map(|a| {
        let b = to.digests.iter().find(|b| b.algorithm() == a.algorithm())?;
        Some((a.to_string(), b.to_string()))
    });
    let content = shared.filter(|_| from.version == to.version);
    let moved = place(from) != place(to);
    let candidates = [
        ("architecture", from.architecture.clone(), to.architecture.clone()),
        ("content", content.clone().map(|(a, _)| a), content.map(|(_, b)| b)),
        ("license", Some(licenses(from)), Some(licenses(to))),
        (
            "location",
            moved.then(|| from.location.clone()).flatten(),
            moved.then(|| to.location.clone()).flatten(),
        ),
        ("origin", origin(from), origin(to)),
        ("supplier", from.supplier.clone(), to.supplier.clone()),
    ];
    candidates
        .into_iter()
        .filter_map(|(field, old, new)| {
            let (old, new) = (old.filter(|text| !text.is_empty())?, new.filter(|text| !text.is_empty())?);
            (old != new).then(|| FieldChange { field: field.to_owned(), old, new })
        })
        .collect()
}
