//! The table of files that differ.

use std::collections::BTreeMap;

use bomwright_diff::{Change, Delta, FileChange, FileState};
use bomwright_model::Origin;

use super::packages::{layer, mark, pairs};
use super::view::{
    Cell, Facet, Item, Row, Table, badge, badge_of, bytes, code, faint, joined, lines_of_diff, plain, step,
};

pub(super) fn files(delta: &Delta) -> Table {
    Table {
        id: "files",
        caption: "Files that differ",
        empty: "No file to mention differs.",
        columns: &["Change", "Path", "Role", "Origin", "Size", "Layer"],
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
            Facet { key: "role", label: "Role", buttons: Vec::new() },
        ],
        rows: delta.files.iter().map(row).collect(),
    }
}

fn row(change: &FileChange) -> Row {
    let size = |state: &Option<FileState>| state.as_ref().and_then(|it| it.size);
    let (old, new) = (size(&change.old), size(&change.new));
    let mut name = vec![code(&format!("/{}", change.path))];
    if let Some(text) = &change.text {
        name.push(faint(&format!(" +{} −{} lines", text.added, text.removed)));
    }
    let sizes = sizes(old, new);
    let place = change.layer.as_ref().map(|it| plain(&it.index.to_string()));
    let mut numbers = BTreeMap::new();
    numbers.extend(new.or(old).map(|it| (4, it)));
    numbers.extend(change.layer.as_ref().map(|it| (5, u64::from(it.index))));
    Row {
        cells: vec![
            vec![badge_of(change.change.as_str(), mark(change.change))],
            name,
            joined(change.roles.iter().map(|it| badge(it.as_str())), " "),
            vec![badge(change.origin.as_str())],
            sizes,
            place.into_iter().collect(),
        ],
        facets: vec![
            vec![change.origin.as_str().to_owned()],
            vec![change.change.as_str().to_owned()],
            change.roles.iter().map(|it| it.as_str().to_owned()).collect(),
        ],
        more: more(change),
        numbers,
    }
}

/// One size, or both where they differ: in full where they would look the same.
fn sizes(old: Option<u64>, new: Option<u64>) -> Cell {
    match (old, new) {
        (Some(old), Some(new)) if old != new && bytes(old) == bytes(new) => {
            vec![plain(&format!("{old} → {new}\u{a0}B"))]
        }
        (Some(old), Some(new)) if old != new => vec![plain(&format!("{} → {}", bytes(old), bytes(new)))],
        (old, new) => new.or(old).map(|it| plain(&bytes(it))).into_iter().collect(),
    }
}

fn more(change: &FileChange) -> Vec<Item> {
    let mut items = Vec::new();
    if !change.fields.is_empty() {
        let line = |it: &bomwright_diff::FieldChange| {
            let mut line = vec![plain(&format!("{}: ", it.field))];
            line.extend(step(&it.old, &it.new));
            line
        };
        items.push(Item { label: "Differs in", lines: change.fields.iter().map(line).collect() });
    }
    items.extend(change.old.as_ref().map(|state| Item::line("Before", side(state))));
    items.extend(change.new.as_ref().map(|state| Item::line("Now", side(state))));
    items.extend(change.layer.as_ref().map(|note| Item::line("Layer", layer(note))));
    if let Some(text) = &change.text {
        let mut lines = vec![vec![lines_of_diff(&text.unified)]];
        if text.truncated {
            lines.push(vec![faint("Further lines were left out.")]);
        }
        items.push(Item { label: "Lines", lines });
    }
    items
}

fn side(state: &FileState) -> Cell {
    let (uid, gid) = (state.uid.map(|it| it.to_string()), state.gid.map(|it| it.to_string()));
    let size = state.size.map(|it| format!("{it} B"));
    pairs(&[
        ("kind", Some(state.kind.as_str())),
        ("mode", state.mode.as_deref()),
        ("uid", uid.as_deref()),
        ("gid", gid.as_deref()),
        ("size", size.as_deref()),
        ("link", state.link.as_deref()),
        ("capabilities", state.capabilities.as_deref()),
        ("owner", state.owner.as_deref()),
        ("status", state.status.map(bomwright_model::Status::as_str)),
        ("digest", state.digest.as_deref()),
    ])
}
