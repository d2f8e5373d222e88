//! The packages that differ.

use std::collections::{BTreeSet, HashMap};

use bomwright_model::{LinkKind, Package, PackageId};

use crate::fields::changed_fields;
use crate::matching::{Group, Groups, Member, Pair, identity};
use crate::side::Known;
use crate::version::{direction, same_version};
use crate::{Change, FieldChange, Instances, PackageChange, State, Step, Why};

/// A changed package with where it stands on both sides.
pub(crate) struct Found {
    pub(crate) change: PackageChange,
    pub(crate) old: Option<PackageId>,
    pub(crate) new: Option<PackageId>,
}

/// Contents that differ although neither the version nor the package's own list says why, by the packages of both
/// sides: what to say of the older and of the newer one.
pub(crate) type Contents = HashMap<(PackageId, PackageId), (String, String)>;

/// Every package that differs, sorted.
pub(crate) fn changes(
    old: &Known<'_>,
    new: &Known<'_>,
    groups: &Groups<'_>,
    contents: &Contents,
) -> Vec<Found> {
    let mut found = Vec::new();
    for (group, pair) in groups.pairs() {
        let one = match pair {
            Pair::Removed(id) => Some(one_sided(Change::Removed, old, id)),
            Pair::Added(id) => Some(one_sided(Change::Added, new, id)),
            Pair::Both(before, after) => both_sided(old, before, new, after, contents),
        };
        if let Some(mut one) = one {
            one.change.instances = instances(group, one.change.change);
            found.push(one);
        }
    }
    explain(&mut found, old, new);
    found.sort_by(|a, b| sort_key(&a.change).cmp(&sort_key(&b.change)));
    found
}

fn sort_key(change: &PackageChange) -> impl Ord + '_ {
    (change.origin, &change.ecosystem, &change.name, change.change, &change.old, &change.new)
}

fn one_sided(change: Change, side: &Known<'_>, id: PackageId) -> Found {
    let package = side.inventory.package(id).cloned().unwrap_or_default();
    let state = side.state(id, &package);
    let mut found = PackageChange { old: None, new: None, ..blank(change, side, id, &package) };
    found.why =
        Why { path: side.reach.path(id), introducers: side.reach.introducers(id).len(), ..Why::default() };
    if change == Change::Removed {
        found.old = Some(state);
        Found { change: found, old: Some(id), new: None }
    } else {
        found.new = Some(state);
        Found { change: found, old: None, new: Some(id) }
    }
}

/// A change of `package` that says no more than what it is about.
fn blank(change: Change, side: &Known<'_>, id: PackageId, package: &Package) -> PackageChange {
    let source = package.source.as_ref().map(|source| source.name.clone());
    PackageChange {
        change,
        step: None,
        purl: package.purl.as_ref().map(ToString::to_string),
        ecosystem: package.ecosystem.clone(),
        name: package.full_name(),
        origin: side.origin(id, package),
        source: source.filter(|source| *source != package.name),
        shipped_by: side.shipper(package),
        old: None,
        new: None,
        fields: Vec::new(),
        instances: None,
        why: Why::default(),
        new_dependencies: Vec::new(),
        layer: side.layer_of(package),
        hints: Vec::new(),
        explained_by: None,
    }
}

fn both_sided(
    old: &Known<'_>,
    before: PackageId,
    new: &Known<'_>,
    after: PackageId,
    contents: &Contents,
) -> Option<Found> {
    let (from, to) = (old.inventory.package(before)?, new.inventory.package(after)?);
    let same = same_version(from, to);
    let mut fields = changed_fields(from, to, same);
    fields.extend(graph_fields(old, before, new, after));
    if same
        && !fields.iter().any(|field| field.field == "content")
        && let Some((was, is)) = contents.get(&(before, after))
    {
        fields.push(FieldChange { field: "content".to_owned(), old: was.clone(), new: is.clone() });
    }
    fields.sort();
    let (change, step) = match (same, fields.as_slice()) {
        (true, []) => return None,
        (true, [only]) if only.field == "location" => (Change::Moved, None),
        (true, _) => (Change::Changed, None),
        (false, _) => direction(from, to),
    };
    let mut found = blank(change, new, after, to);
    found.step = step;
    found.old = Some(old.state(before, from));
    found.new = Some(new.state(after, to));
    found.fields = fields;
    found.why.path = new.reach.path(after);
    if matches!(step, Some(Step::Patch | Step::Rebuild)) && change == Change::Upgraded {
        found.new_dependencies = new_dependencies(old, before, new, after);
    }
    Some(Found { change: found, old: Some(before), new: Some(after) })
}

/// What differs in how the graph reaches a package, as far as both graphs can say.
fn graph_fields(old: &Known<'_>, before: PackageId, new: &Known<'_>, after: PackageId) -> Vec<FieldChange> {
    let mut fields = Vec::new();
    let mut push = |field: &str, old: &str, new: &str| {
        if old != new {
            fields.push(FieldChange { field: field.to_owned(), old: old.to_owned(), new: new.to_owned() });
        }
    };
    if let (Some((was, stated)), Some((is, also))) = (old.reach.scope(before), new.reach.scope(after))
        && stated == also
    {
        push("scope", was.as_str(), is.as_str());
    }
    if let (Some(was), Some(is)) = (old.reach.is_direct(before), new.reach.is_direct(after)) {
        let word = |direct| if direct { "direct" } else { "transitive" };
        push("relation", word(was), word(is));
    }
    fields
}

/// What the newer side's package needs and the older side's did not.
fn new_dependencies(old: &Known<'_>, before: PackageId, new: &Known<'_>, after: PackageId) -> Vec<String> {
    let names = |side: &Known<'_>, id| -> BTreeSet<String> {
        let needs = side.reach.needs(id).into_iter().filter_map(|id| side.inventory.package(id));
        needs.map(|package| identity(package).into_owned()).collect()
    };
    let known = names(old, before);
    // A side without any edges of its own says nothing of what was needed.
    let mut added: Vec<String> = new
        .reach
        .needs(after)
        .into_iter()
        .filter_map(|id| new.inventory.package(id))
        .filter(|package| !known.contains(&*identity(package)))
        .map(label)
        .collect();
    added.sort();
    added.dedup();
    added
}

/// What a person calls a package.
pub(crate) fn label(package: &Package) -> String {
    format!("{} {}", package.full_name(), package.version).trim_end().to_owned()
}

/// The versions of a group where one of them alone would not tell the whole.
fn instances(group: Group<'_, '_>, change: Change) -> Option<Instances> {
    let one_more = match change {
        Change::Added => !group.old.is_empty(),
        Change::Removed => !group.new.is_empty(),
        _ => false,
    };
    (one_more || group.old.len() > 1 || group.new.len() > 1).then(|| {
        let versions =
            |members: &[Member<'_>]| members.iter().map(|(_, package)| package.version.clone()).collect();
        Instances { old: versions(group.old), new: versions(group.new) }
    })
}

/// Says of what is new without whom it would not be there, and of what left why it could leave.
fn explain(found: &mut [Found], old: &Known<'_>, new: &Known<'_>) {
    let is = |change| move |one: &&Found| one.change.change == change;
    if found.iter().any(|one| is(Change::Added)(&one)) {
        let moved: BTreeSet<PackageId> =
            found.iter().filter(|one| has_moved(one)).filter_map(|one| one.new).collect();
        let dominators = new.reach.dominators();
        for one in found.iter_mut().filter(|one| one.change.change == Change::Added) {
            let Some(id) = one.new else { continue };
            one.change.why.sole = new.reach.sole(&dominators, id, |other| moved.contains(&other));
        }
    }
    if found.iter().any(|one| is(Change::Removed)(&one)) {
        let moved: BTreeSet<PackageId> =
            found.iter().filter(|one| has_moved(one)).filter_map(|one| one.old).collect();
        let gone: BTreeSet<PackageId> =
            found.iter().filter(|one| one.new.is_none()).filter_map(|one| one.old).collect();
        let dominators = old.reach.dominators();
        for one in found.iter_mut().filter(|one| one.change.change == Change::Removed) {
            let Some(id) = one.old else { continue };
            let left = old.reach.sole(&dominators, id, |other| gone.contains(&other));
            let sole = left.or_else(|| old.reach.sole(&dominators, id, |other| moved.contains(&other)));
            let any = || {
                let asked = old.reach.introducers(id).into_iter().filter(|other| moved.contains(other));
                asked.filter_map(|other| old.inventory.package(other)).map(label).min()
            };
            one.change.why.gone_because = sole.or_else(any);
        }
    }
}

/// Whether a package came, left, or has another version: only that can change what others are there.
fn has_moved(found: &Found) -> bool {
    let version = |state: &Option<State>| state.as_ref().map(|state| state.version.clone());
    version(&found.change.old) != version(&found.change.new)
}

/// The repository of a package as one may compare it: without scheme, account, ending and fragment.
pub(crate) fn address(package: &Package, kind: LinkKind) -> Option<String> {
    let url = &package.links.iter().find(|link| link.kind == kind)?.url;
    let url = url.split(['#', '?']).next().unwrap_or_default();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.strip_prefix("git@").unwrap_or(rest);
    let (authority, path) = rest.split_once(['/', ':']).unwrap_or((rest, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase();
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    Some(format!("{host}/{path}")).filter(|address| address.len() > 1)
}
