//! The tables of the image itself: its statements, its layers, its edges.

use std::collections::BTreeMap;

use bomwright_diff::{Change, Delta, EdgeChange, LayerChange};

use super::packages::mark;
use super::view::{Facet, Item, Row, Table, badge_of, bar, bytes, code, faint, plain};

pub(super) fn statements(delta: &Delta) -> Table {
    let side = |text: &Option<String>| match text {
        Some(text) => vec![code(text)],
        None => vec![faint("not set")],
    };
    let key = |text: &str| if text.is_empty() { Vec::new() } else { vec![code(text)] };
    let rows = delta.image.fields.iter().map(|it| Row {
        cells: vec![vec![plain(it.field.as_str())], key(&it.key), side(&it.old), side(&it.new)],
        facets: vec![vec![it.field.as_str().to_owned()]],
        ..Row::default()
    });
    Table {
        id: "statements",
        caption: "What the image says of itself",
        empty: "The image says the same of itself.",
        columns: &["Statement", "Name", "Before", "Now"],
        head: 0,
        facets: vec![Facet { key: "statement", label: "Statement", buttons: Vec::new() }],
        rows: rows.collect(),
    }
}

pub(super) fn layers(delta: &Delta) -> Table {
    let whole = delta.image.layers.iter().map(|it| it.size).max().unwrap_or(0);
    Table {
        id: "layers",
        caption: "Layers that only one side has, the lowest first",
        empty: "Both sides have the same layers.",
        columns: &["Change", "Layer", "Made by", "Size", "Compared with the largest"],
        head: 1,
        facets: Vec::new(),
        rows: delta.image.layers.iter().map(|it| layer(it, whole)).collect(),
    }
}

fn layer(it: &LayerChange, whole: u64) -> Row {
    let made_by = match &it.instruction {
        Some(text) => code(text),
        None => faint("unknown"),
    };
    Row {
        cells: vec![
            vec![badge_of(it.change.as_str(), mark(it.change))],
            vec![plain(&it.index.to_string())],
            vec![made_by],
            vec![plain(&bytes(it.size))],
            vec![bar(it.change.as_str(), it.size, whole)],
        ],
        more: it.diff_id.iter().map(|id| Item::line("Digest of its tar", vec![code(id)])).collect(),
        numbers: BTreeMap::from([(1, u64::from(it.index)), (3, it.size), (4, it.size)]),
        ..Row::default()
    }
}

/// Bytes of the layers that left and of those that came.
pub(super) fn layer_bytes(delta: &Delta) -> (u64, u64) {
    let sum = |change: Change| {
        let those = delta.image.layers.iter().filter(|it| it.change == change);
        those.fold(0_u64, |sum, it| sum.saturating_add(it.size))
    };
    (sum(Change::Removed), sum(Change::Added))
}

pub(super) fn edges(delta: &Delta) -> Table {
    let row = |change: Change, it: &EdgeChange| Row {
        cells: vec![
            vec![badge_of(change.as_str(), mark(change))],
            vec![code(&it.from)],
            vec![plain(it.kind.as_str())],
            vec![code(&it.to)],
            vec![plain(it.scope.as_str())],
        ],
        facets: vec![
            vec![change.as_str().to_owned()],
            vec![it.kind.as_str().to_owned()],
            vec![it.scope.as_str().to_owned()],
        ],
        ..Row::default()
    };
    let added = delta.graph.added.iter().map(|it| row(Change::Added, it));
    let removed = delta.graph.removed.iter().map(|it| row(Change::Removed, it));
    Table {
        id: "edges",
        caption: "Relations between packages that only one side has",
        empty: "The same packages need each other.",
        columns: &["Change", "From", "Relation", "To", "Needed at"],
        head: 1,
        facets: vec![
            Facet { key: "change", label: "Change", buttons: vec!["added", "removed"] },
            Facet { key: "relation", label: "Relation", buttons: Vec::new() },
            Facet { key: "scope", label: "Needed at", buttons: Vec::new() },
        ],
        rows: added.chain(removed).collect(),
    }
}
