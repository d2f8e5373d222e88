//! The table of packages that differ.

use bomwright_diff::{Change, Delta, Hint, LayerNote, PackageChange, State};
use bomwright_model::Origin;

use super::view::{Cell, Facet, Item, Row, Table, badge, badge_of, bytes, code, faint, joined, plain, step};

/// What the filter calls a package without a licence.
const NO_LICENCE: &str = "none stated";

pub(super) fn packages(delta: &Delta) -> Table {
    Table {
        id: "packages",
        caption: "Packages that differ",
        empty: "No package differs.",
        columns: &["Change", "Package", "Version", "Licence", "Origin", "Pulled in by"],
        head: 1,
        facets: vec![
            Facet {
                key: "origin",
                label: "Origin",
                buttons: Origin::ALL.iter().map(|it| it.as_str()).collect(),
            },
            Facet {
                key: "change",
                label: "Change",
                buttons: Change::ALL.iter().map(|it| it.as_str()).collect(),
            },
            Facet { key: "ecosystem", label: "Ecosystem", buttons: Vec::new() },
            Facet { key: "licence", label: "Licence", buttons: Vec::new() },
        ],
        rows: delta.packages.iter().map(|change| row(delta, change)).collect(),
    }
}

/// A mark for each change, so that nothing is said by colour alone.
pub(super) const fn mark(change: Change) -> &'static str {
    match change {
        Change::Added => "+ added",
        Change::Removed => "− removed",
        Change::Upgraded => "↑ upgraded",
        Change::Downgraded => "↓ downgraded",
        Change::Rebuilt => "= rebuilt",
        Change::Moved => "› moved",
        Change::Changed => "~ changed",
    }
}

fn row(delta: &Delta, change: &PackageChange) -> Row {
    let mut what = vec![badge_of(change.change.as_str(), mark(change.change))];
    what.extend(change.step.map(|step| faint(&format!(" {}", step.as_str()))));
    let mut name = vec![faint(&format!("{} ", change.ecosystem)), code(&change.name)];
    if change.shipped_by.is_some() {
        name.push(faint(" shipped"));
    }
    if change.explained_by.is_some() {
        name.push(badge_of("gap", "explained by the scanner"));
    }
    let licenses: Vec<String> = current(change).map(|it| it.licenses.clone()).unwrap_or_default();
    let shown = if licenses.is_empty() {
        vec![faint(NO_LICENCE)]
    } else {
        joined(licenses.iter().map(|it| plain(it)), ", ")
    };
    let named = if licenses.is_empty() { vec![NO_LICENCE.to_owned()] } else { licenses };
    Row {
        cells: vec![what, name, versions(change), shown, vec![badge(change.origin.as_str())], reason(change)],
        facets: vec![
            vec![change.origin.as_str().to_owned()],
            vec![change.change.as_str().to_owned()],
            vec![plain(&change.ecosystem).text],
            named.iter().map(|it| plain(it).text).collect(),
        ],
        more: more(delta, change),
        ..Row::default()
    }
}

/// The newer side where it is there.
fn current(change: &PackageChange) -> Option<&State> {
    change.new.as_ref().or(change.old.as_ref())
}

/// Name and version, as the paths of the delta name a package.
pub(super) fn label(change: &PackageChange) -> String {
    match current(change) {
        Some(state) if !state.version.is_empty() => format!("{} {}", change.name, state.version),
        _ => change.name.clone(),
    }
}

fn versions(change: &PackageChange) -> Cell {
    let version = |state: &State| {
        if state.version.is_empty() { faint("no version") } else { code(&state.version) }
    };
    match (&change.old, &change.new) {
        (Some(old), Some(new)) if old.version != new.version => {
            vec![version(old), plain(" → "), version(new)]
        }
        _ => current(change).map(version).into_iter().collect(),
    }
}

/// What pulled it in, in a few words.
fn reason(change: &PackageChange) -> Cell {
    let why = &change.why;
    let mut out = Cell::new();
    if let Some(gone) = &why.gone_because {
        return vec![plain("left with "), code(gone)];
    }
    if current(change).is_some_and(|state| state.direct) {
        out.push(badge("direct"));
    }
    if let Some(last) = why.path.last() {
        if !out.is_empty() {
            out.push(plain(" "));
        }
        out.push(code(last));
        if why.introducers > 1 {
            out.push(faint(&format!(" and {} more", why.introducers - 1)));
        }
    }
    out
}

fn more(delta: &Delta, change: &PackageChange) -> Vec<Item> {
    let mut items = Vec::new();
    if let Some(id) = &change.explained_by {
        let gap = delta.comparability.gaps.iter().find(|gap| gap.id == *id);
        let message = gap.map_or(id.as_str(), |gap| gap.message.as_str());
        items.push(Item::line("Explained by the scanner", vec![plain(message)]));
    }
    items.extend(change.purl.as_ref().map(|purl| Item::line("Purl", vec![code(purl)])));
    if !change.fields.is_empty() {
        let line = |it: &bomwright_diff::FieldChange| {
            let mut line = vec![plain(&format!("{}: ", it.field))];
            line.extend(step(&it.old, &it.new));
            line
        };
        items.push(Item { label: "Also differs", lines: change.fields.iter().map(line).collect() });
    }
    items.extend(change.old.as_ref().map(|state| Item::line("Before", side(state))));
    items.extend(change.new.as_ref().map(|state| Item::line("Now", side(state))));
    if let Some(all) = &change.instances {
        let list = |versions: &[String]| versions.join(", ");
        items.push(Item::line("All versions", step(&list(&all.old), &list(&all.new))));
    }
    items.extend(change.source.as_ref().map(|it| Item::line("Source package", vec![code(it)])));
    items.extend(change.shipped_by.as_ref().map(|it| Item::line("Shipped by", vec![code(it)])));
    items.push(Item::line("Path from the root", path(change)));
    items.extend(change.why.sole.as_ref().map(|it| Item::line("Only because of", vec![code(it)])));
    if change.why.introducers > 0 {
        let count = change.why.introducers.to_string();
        items.push(Item::line("Packages that ask for it", vec![plain(&count)]));
    }
    items.extend(change.why.gone_because.as_ref().map(|it| Item::line("Gone because of", vec![code(it)])));
    if !change.new_dependencies.is_empty() {
        let list = joined(change.new_dependencies.iter().map(|it| code(it)), ", ");
        items.push(Item::line("Needs now, and did not before", list));
    }
    items.extend(change.layer.as_ref().map(|note| Item::line("Layer", layer(note))));
    if !change.hints.is_empty() {
        items.push(Item { label: "May be", lines: change.hints.iter().map(hint).collect() });
    }
    items
}

fn path(change: &PackageChange) -> Cell {
    let inner = change.why.path.iter().map(|it| code(it));
    joined([faint("root")].into_iter().chain(inner).chain([code(&label(change))]), " → ")
}

fn side(state: &State) -> Cell {
    let licenses = state.licenses.join(", ");
    let size = state.size.map(bytes);
    let facts = [
        ("version", Some(state.version.as_str()).filter(|it| !it.is_empty())),
        ("architecture", state.architecture.as_deref()),
        ("location", state.location.as_deref()),
        ("licence", Some(licenses.as_str()).filter(|it| !it.is_empty())),
        ("scope", state.scope.map(bomwright_model::Scope::as_str)),
        ("size", size.as_deref()),
        ("asked for by", state.direct.then_some("the root itself")),
    ];
    pairs(&facts)
}

/// `name value, name value`, of the values that are known.
pub(super) fn pairs(facts: &[(&str, Option<&str>)]) -> Cell {
    let mut out = Cell::new();
    for (name, value) in facts {
        let Some(value) = value else { continue };
        out.push(faint(&format!("{}{name} ", if out.is_empty() { "" } else { " · " })));
        out.push(code(value));
    }
    out
}

pub(super) fn layer(note: &LayerNote) -> Cell {
    let mut out = vec![plain(&format!("layer {}", note.index))];
    match note.base {
        Some(true) => out.push(faint(" of the base image")),
        Some(false) => out.push(faint(" of this build")),
        None => {}
    }
    if let Some(instruction) = &note.instruction {
        out.push(plain(": "));
        out.push(code(instruction));
    }
    out
}

fn hint(hint: &Hint) -> Cell {
    vec![
        plain(&format!("{} of ", hint.kind.as_str())),
        code(&hint.other),
        faint(&format!(" ({})", hint.evidence)),
    ]
}
