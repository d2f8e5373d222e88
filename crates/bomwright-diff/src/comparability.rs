//! What stands between two inventories that is the scanners' doing and not the build's.
//!
//! Two scans of one image by different tools differ: one reads jars, the other does not; one lists what is needed for
//! tests. Whatever such a gap explains goes into a bucket of its own, so that it neither hides nor fakes a change.

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::{Inventory, Package, Scope};

use crate::graph::has_edges;
use crate::packages::Found;
use crate::seen::Extent;
use crate::side::Known;
use crate::{Change, Comparability, FieldChange, Gap, GapKind};

/// The gaps between two sides, and what each explains.
pub(crate) struct Gaps {
    found: BTreeMap<String, Gap>,
    /// How much of the files both sides know; `None` where one knows none.
    pub(crate) files: Option<Extent>,
    /// Whether edges can be compared.
    pub(crate) edges: bool,
    same_image: bool,
    /// Whether different tools made the sides.
    foreign: bool,
}

/// Fields of a package that every tool states in its own way.
const MATTERS_OF_STYLE: &[&str] =
    &["license", "location", "origin", "relation", "scope", "supplier", "type", "vcs", "download-host"];

impl Gaps {
    pub(crate) fn between(old: &Known<'_>, new: &Known<'_>) -> Self {
        let mut gaps = Self {
            found: BTreeMap::new(),
            files: Some(Extent::All),
            edges: true,
            same_image: false,
            foreign: false,
        };
        let (was, is) = (makers(old.inventory), makers(new.inventory));
        // Another version of one tool may look for more, but states what it finds in the same way.
        let names = |makers: &BTreeSet<(String, String)>| -> BTreeSet<String> {
            makers.iter().map(|(name, _)| name.clone()).collect()
        };
        let foreign = names(&was) != names(&is);
        gaps.foreign = foreign;
        gaps.images(old, new, was != is);
        if was != is {
            gaps.catalogers(old.inventory, new.inventory);
            gaps.scopes(old, new);
            gaps.nested(old.inventory, new.inventory);
        }
        gaps.files(old, new, foreign);
        gaps.edges(old, new, foreign);
        for side in [old, new].into_iter().filter(|side| side.inventory.is_incomplete()) {
            let name = &side.inventory.source.name;
            let message = format!("{name} says that not everything in it could be read");
            gaps.add(GapKind::Incomplete, &format!("incomplete:{name}"), message);
        }
        gaps
    }

    fn add(&mut self, kind: GapKind, id: &str, message: String) {
        self.found.insert(id.to_owned(), Gap { id: id.to_owned(), kind, message, explains: 0 });
    }

    /// What both sides say to be one image can't differ.
    fn images(&mut self, old: &Known<'_>, new: &Known<'_>, foreign: bool) {
        let (Some(was), Some(is)) = (&old.inventory.image, &new.inventory.image) else { return };
        let ids = |side: &Known<'_>| -> Option<Vec<_>> {
            let layers = &side.inventory.layers;
            layers
                .iter()
                .map(|layer| layer.diff_id.clone())
                .collect::<Option<Vec<_>>>()
                .filter(|it| !it.is_empty())
        };
        let (left, right) = (ids(old), ids(new));
        if foreign
            && (both_are(was.digest.as_ref(), is.digest.as_ref())
                || both_are(was.config_digest.as_ref(), is.config_digest.as_ref())
                || both_are(left.as_ref(), right.as_ref()))
        {
            self.same_image = true;
            let message =
                "both sides describe the same image, made by different tools: the image explains nothing";
            self.add(GapKind::SameImage, "same-image", message.to_owned());
        }
    }

    fn catalogers(&mut self, old: &Inventory, new: &Inventory) {
        fn ecosystems(inventory: &Inventory) -> BTreeSet<&str> {
            inventory.packages.iter().map(|package| package.ecosystem.as_str()).collect()
        }
        let (left, right) = (ecosystems(old), ecosystems(new));
        // A side without any package is a finding, not a gap.
        if left.is_empty() || right.is_empty() {
            return;
        }
        for ecosystem in left.symmetric_difference(&right) {
            let name = if left.contains(ecosystem) { &new.source.name } else { &old.source.name };
            let message = format!("{name} lists no {ecosystem} packages, and another tool made it");
            self.add(GapKind::Catalogers, &format!("catalogers:{ecosystem}"), message);
        }
    }

    fn scopes(&mut self, old: &Known<'_>, new: &Known<'_>) {
        let counts = |side: &Known<'_>| side.inventory.packages().any(|(id, _)| is_extra(side, id));
        let (left, right) = (counts(old), counts(new));
        if left != right {
            let name = if left { &new.inventory.source.name } else { &old.inventory.source.name };
            let message = format!("{name} lists nothing that is needed only to develop, test or build");
            self.add(GapKind::Scope, "scope", message);
        }
    }

    fn nested(&mut self, old: &Inventory, new: &Inventory) {
        let (left, right) = (old.packages.iter().any(is_nested), new.packages.iter().any(is_nested));
        if left != right {
            let name = if left { &new.source.name } else { &old.source.name };
            self.add(GapKind::Nested, "nested", format!("{name} lists no packages inside of others"));
        }
    }

    fn files(&mut self, old: &Known<'_>, new: &Known<'_>, foreign: bool) {
        let (left, right) = (FileData::of(old), FileData::of(new));
        self.files = match (left, right) {
            (FileData::Tree, FileData::Tree) => Some(Extent::All),
            (FileData::None, FileData::None) => None,
            (FileData::None, _) | (_, FileData::None) => {
                let name = if left == FileData::None {
                    &old.inventory.source.name
                } else {
                    &new.inventory.source.name
                };
                self.add(GapKind::Files, "files", format!("{name} lists no files, so none are compared"));
                None
            }
            _ if foreign => {
                self.add(
                    GapKind::Files,
                    "files",
                    "different tools list different files, so none are compared".into(),
                );
                None
            }
            (FileData::Unowned, FileData::Unowned) => Some(Extent::Unowned),
            (FileData::Unowned, _) | (_, FileData::Unowned) => {
                let message = "one side lists only programs that no package owns, so only those are compared";
                self.add(GapKind::Files, "files", message.to_owned());
                Some(Extent::Unowned)
            }
            (FileData::Listed, FileData::Listed) => Some(Extent::Listed),
            _ => {
                let message =
                    "one side lists only programs, libraries and scripts, so only those are compared";
                self.add(GapKind::Files, "files", message.to_owned());
                Some(Extent::Listed)
            }
        };
    }

    fn edges(&mut self, old: &Known<'_>, new: &Known<'_>, foreign: bool) {
        let (left, right) = (has_edges(old.inventory), has_edges(new.inventory));
        let packages = |side: &Known<'_>| !side.inventory.packages.is_empty();
        if left != right
            && packages(old)
            && packages(new)
            && (foreign || old.input.tree.is_some() != new.input.tree.is_some())
        {
            let name = if left { &new.inventory.source.name } else { &old.inventory.source.name };
            self.add(GapKind::Edges, "edges", format!("{name} states no dependencies, so none are compared"));
            self.edges = false;
        } else if left && right && foreign {
            let message = "different tools find different dependencies, so none are compared";
            self.add(GapKind::Edges, "edges", message.to_owned());
            self.edges = false;
        }
    }

    /// Marks the changes that a gap explains.
    pub(crate) fn explain(&mut self, found: &mut [Found], old: &Known<'_>, new: &Known<'_>) {
        for one in found {
            if self.foreign && !self.same_image && (self.strip(one) || self.is_a_copy(one)) {
                continue;
            }
            let Some(id) = self.explanation(one, old, new) else { continue };
            if let Some(gap) = self.found.get_mut(&id) {
                gap.explains += 1;
            }
            one.change.explained_by = Some(id);
        }
    }

    /// Takes from a change what only the style of the tools explains; true if nothing else is left of it, and then
    /// it is marked as explained.
    fn strip(&mut self, one: &mut Found) -> bool {
        let change = &mut one.change;
        let is_style = |field: &FieldChange| MATTERS_OF_STYLE.contains(&field.field.as_str());
        if change.old.is_none() || change.new.is_none() || !change.fields.iter().any(is_style) {
            return false;
        }
        self.count_style();
        let only =
            matches!(change.change, Change::Changed | Change::Moved) && change.fields.iter().all(is_style);
        let same = change.old.as_ref().map(|it| &it.version) == change.new.as_ref().map(|it| &it.version);
        if only && same {
            change.explained_by = Some("fields".to_owned());
            return true;
        }
        change.fields.retain(|field| !is_style(field));
        false
    }

    /// Whether a row tells of one more copy of a version that both sides have, and then it is marked as explained: one tool
    /// lists each place of a package, another one does not, or takes a file inside of it for one more.
    fn is_a_copy(&mut self, one: &mut Found) -> bool {
        let state = match one.change.change {
            Change::Added => &one.change.new,
            Change::Removed => &one.change.old,
            _ => return false,
        };
        let (Some(state), Some(instances)) = (state, &one.change.instances) else { return false };
        let is_copy = instances.old.contains(&state.version) && instances.new.contains(&state.version);
        if is_copy {
            self.count_style();
            one.change.explained_by = Some("fields".to_owned());
        }
        is_copy
    }

    /// Counts a row of which the style of the tools explains something.
    fn count_style(&mut self) {
        let message = "different tools state licences, kinds and places in different ways".to_owned();
        let gap = self.found.entry("fields".to_owned());
        gap.or_insert(Gap { id: "fields".to_owned(), kind: GapKind::Fields, message, explains: 0 })
            .explains += 1;
    }

    fn explanation(&self, one: &Found, old: &Known<'_>, new: &Known<'_>) -> Option<String> {
        if self.same_image {
            return Some("same-image".to_owned());
        }
        let (side, id) = match one.change.change {
            Change::Added => (new, one.new?),
            Change::Removed => (old, one.old?),
            _ => return None,
        };
        let package = side.inventory.package(id)?;
        let cataloger = format!("catalogers:{}", package.ecosystem);
        let holds = |id: &str| self.found.contains_key(id);
        if holds(&cataloger) {
            Some(cataloger)
        } else if holds("scope") && is_extra(side, id) {
            Some("scope".to_owned())
        } else if holds("nested") && is_nested(package) {
            Some("nested".to_owned())
        } else {
            None
        }
    }

    pub(crate) fn into_comparability(self) -> Comparability {
        Comparability { gaps: self.found.into_values().collect() }
    }
}

/// Whether both are known and the same.
fn both_are<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
    a.is_some() && a == b
}

/// Who made an inventory.
fn makers(inventory: &Inventory) -> BTreeSet<(String, String)> {
    inventory.tools.iter().map(|tool| (tool.name.to_lowercase(), tool.version.clone())).collect()
}

/// Whether something is needed only to develop, test or build.
fn is_extra(side: &Known<'_>, id: bomwright_model::PackageId) -> bool {
    matches!(side.reach.scope(id), Some((Scope::Development | Scope::Build, _)))
}

/// Whether a package lies inside of another one, or of an archive.
fn is_nested(package: &Package) -> bool {
    package.shipped_by.is_some()
        || package.location.as_deref().is_some_and(|location| location.contains("!/"))
}

/// What a side knows of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileData {
    None,
    Unowned,
    Listed,
    Tree,
}

impl FileData {
    fn of(side: &Known<'_>) -> Self {
        let files = &side.inventory.files;
        let ours = side.inventory.tools.iter().any(|tool| tool.name == "bomwright");
        match side.input.tree {
            Some(_) => Self::Tree,
            None if files.is_empty() && !ours => Self::None,
            None if files.iter().any(|file| file.owner.is_some()) => Self::Listed,
            None => Self::Unowned,
        }
    }
}
