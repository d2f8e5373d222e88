//! Two inventories to a delta: data only, no matter how either was made and how it will be shown.
//!
//! Identity is the purl without its version (type, namespace, name, subpath); version, architecture, location and
//! everything else are attributes. Versions of one identity are a multiset: what both sides hold cancels, the
//! rest is paired by location, then by nearness of versions. Different names are never paired. What one side could
//! not see is no change of the other: see [`Comparability`].
//!
//! [`diff`] says what differs and what of it needs a decision; [`judge`] decides by a team's gates.

mod comparability;
mod delta;
mod dominators;
mod fields;
mod file_findings;
mod files;
mod findings;
mod graph;
mod hints;
mod image;
mod input;
mod judge;
mod licence;
mod matching;
mod packages;
mod reach;
mod seen;
mod side;
mod text;
mod version;

pub use delta::{
    Change, Comparability, Decision, Delta, DeltaFinding, EdgeChange, FieldChange, FieldKind, FileChange,
    FileRole, FileState, FindingSubject, Gap, GapKind, GraphDelta, Hint, HintKind, ImageChange, ImageDelta,
    Instances, LayerChange, LayerNote, Outcome, PackageChange, SCHEMA, Side, State, Step, Summary, TextDiff,
    UsedWaiver, Why,
};
pub use input::{BaseImage, Input, Lifecycle, Tree};
pub use judge::judge;

use comparability::Gaps;
use files::Files;
use matching::Groups;
use side::Known;

/// Compares two sides.
pub fn diff(old: &Input<'_>, new: &Input<'_>) -> Delta {
    let (old, new) = (Known::new(old), Known::new(new));
    let mut gaps = Gaps::between(&old, &new);
    let groups = Groups::of(old.inventory, new.inventory);
    let mut files = match gaps.files {
        Some(extent) => files::files(&old, &new, &groups, extent),
        None => Files::default(),
    };
    let mut found = packages::changes(&old, &new, &groups, &files.contents);
    gaps.explain(&mut found, &old, &new);
    hints::hints(&mut found, &files.same_content, &old, &new);
    let mut delta = Delta {
        schema: SCHEMA.to_owned(),
        old: old.describe(),
        new: new.describe(),
        files: std::mem::take(&mut files.changes),
        image: image::image(&old, &new),
        graph: if gaps.edges { graph::edges(&old, &new, &groups) } else { GraphDelta::default() },
        ..Delta::default()
    };
    delta.findings = findings::findings(&delta, &found, &files, &old, &new).sorted();
    delta.comparability = gaps.into_comparability();
    delta.packages = found.into_iter().map(|one| one.change).collect();
    delta.summary = summary(&delta, &files);
    delta
}

fn summary(delta: &Delta, files: &Files) -> Summary {
    let counted = || delta.real_packages().filter(|change| change.shipped_by.is_none());
    let count = |change| counted().filter(|it| it.change == change).count();
    let mut origins = std::collections::BTreeMap::new();
    for change in counted() {
        *origins.entry(change.origin.as_str().to_owned()).or_default() += 1;
    }
    let signed = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    Summary {
        added: count(Change::Added),
        removed: count(Change::Removed),
        upgraded: count(Change::Upgraded),
        downgraded: count(Change::Downgraded),
        rebuilt: count(Change::Rebuilt),
        moved: count(Change::Moved),
        changed: count(Change::Changed),
        licenses: counted().filter(|it| it.fields.iter().any(|field| field.field == "license")).count(),
        origins,
        explained: delta.packages.iter().filter(|change| change.explained_by.is_some()).count(),
        files: delta.files.len(),
        files_of_packages: files.of_packages,
        files_of_no_note: files.of_no_note,
        image: delta.image.fields.len(),
        edges_added: delta.graph.added.len(),
        edges_removed: delta.graph.removed.len(),
        size: delta.old.size.zip(delta.new.size).map(|(old, new)| signed(new) - signed(old)),
    }
}
