//! What the report shows, as data: tables of rows of cells.
//!
//! The page is written twice, as HTML here and by the script when somebody filters or asks for more rows. Both are
//! made from these values and know nothing of packages or files, so they can't tell different stories. All text in
//! them has gone through [`show`].

use std::collections::BTreeMap;

use serde::ser::{Serialize, Serializer};

use super::show::{show, show_lines};

/// One table: what stands in it and how it can be narrowed.
#[derive(Debug, serde::Serialize)]
pub(super) struct Table {
    /// Part of the elements' ids and of the address, e.g. `packages`.
    pub(super) id: &'static str,
    /// What it lists, for those who hear the page.
    pub(super) caption: &'static str,
    /// What stands there instead of no row.
    pub(super) empty: &'static str,
    /// Column headings.
    pub(super) columns: &'static [&'static str],
    /// The column that names the row.
    pub(super) head: usize,
    /// What rows can be picked by.
    pub(super) facets: Vec<Facet>,
    /// The rows, in the delta's order.
    pub(super) rows: Vec<Row>,
}

/// One property by which rows can be picked.
#[derive(Debug, serde::Serialize)]
pub(super) struct Facet {
    /// Its name in the address, e.g. `origin`.
    pub(super) key: &'static str,
    /// Its name for a person.
    pub(super) label: &'static str,
    /// The values that get a button each, in this order. Empty: a list to choose from, made of the rows.
    pub(super) buttons: Vec<&'static str>,
}

/// One row.
#[derive(Debug, Default, serde::Serialize)]
pub(super) struct Row {
    /// One for each column.
    #[serde(rename = "c")]
    pub(super) cells: Vec<Cell>,
    /// For each facet the values that the row has.
    #[serde(rename = "f")]
    pub(super) facets: Vec<Vec<String>>,
    /// What is shown when the row is opened.
    #[serde(rename = "m")]
    pub(super) more: Vec<Item>,
    /// Columns that are sorted by a number.
    #[serde(rename = "n", skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) numbers: BTreeMap<usize, u64>,
}

/// What stands in one cell, or on one line.
pub(super) type Cell = Vec<Bit>;

/// One statement about a row.
#[derive(Debug, serde::Serialize)]
pub(super) struct Item {
    /// What it is about.
    #[serde(rename = "l")]
    pub(super) label: &'static str,
    /// One or several lines.
    #[serde(rename = "v")]
    pub(super) lines: Vec<Cell>,
}

impl Item {
    pub(super) fn line(label: &'static str, line: Cell) -> Self {
        Self { label, lines: vec![line] }
    }
}

/// A piece of text and how it looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bit {
    pub(super) kind: Kind,
    pub(super) text: String,
}

/// How a piece of text looks. The words come from enumerations, never from an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// A name, version or path.
    Code,
    /// Matters less.
    Faint,
    /// A coloured word.
    Badge(&'static str),
    /// A bar; the text is its length in thousandths of the longest.
    Bar(&'static str),
    /// Lines to be copied.
    Copy,
    /// A unified diff.
    Diff,
}

impl Kind {
    /// Its class in the page.
    pub(super) fn class(self) -> String {
        match self {
            Self::Plain => String::new(),
            Self::Code => "code".to_owned(),
            Self::Faint => "faint".to_owned(),
            Self::Badge(word) => format!("badge {word}"),
            Self::Bar(word) => format!("bar {word}"),
            Self::Copy => "copy".to_owned(),
            Self::Diff => "diff".to_owned(),
        }
    }
}

/// Plain text is a string, everything else a pair of class and text.
impl Serialize for Bit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.kind {
            Kind::Plain => serializer.serialize_str(&self.text),
            kind => (kind.class(), &self.text).serialize(serializer),
        }
    }
}

pub(super) fn plain(text: &str) -> Bit {
    Bit { kind: Kind::Plain, text: show(text) }
}

pub(super) fn code(text: &str) -> Bit {
    Bit { kind: Kind::Code, text: show(text) }
}

pub(super) fn faint(text: &str) -> Bit {
    Bit { kind: Kind::Faint, text: show(text) }
}

pub(super) fn badge(word: &'static str) -> Bit {
    Bit { kind: Kind::Badge(word), text: word.to_owned() }
}

pub(super) fn badge_of(word: &'static str, text: &str) -> Bit {
    Bit { kind: Kind::Badge(word), text: show(text) }
}

pub(super) fn bar(word: &'static str, part: u64, whole: u64) -> Bit {
    let thousandths = part.saturating_mul(1000).checked_div(whole).unwrap_or(0).min(1000);
    Bit { kind: Kind::Bar(word), text: thousandths.to_string() }
}

pub(super) fn copy(text: &str) -> Bit {
    Bit { kind: Kind::Copy, text: show_lines(text) }
}

pub(super) fn lines_of_diff(text: &str) -> Bit {
    Bit { kind: Kind::Diff, text: show_lines(text) }
}

/// `old → new`, where an empty side is one that is not there.
pub(super) fn step(old: &str, new: &str) -> Cell {
    let side = |text: &str| if text.is_empty() { faint("none") } else { code(text) };
    vec![side(old), plain(" → "), side(new)]
}

/// `parts` with `between` between them.
pub(super) fn joined(parts: impl IntoIterator<Item = Bit>, between: &str) -> Cell {
    let mut out = Cell::new();
    for part in parts {
        if !out.is_empty() {
            out.push(plain(between));
        }
        out.push(part);
    }
    out
}

/// A number of bytes, as a person reads it: three digits at most before the unit, which stays on the same line.
pub(super) fn bytes(count: u64) -> String {
    const UNITS: &[&str] = &["kB", "MB", "GB", "TB", "PB", "EB"];
    if count < 1000 {
        return format!("{count}\u{a0}B");
    }
    let mut tenths = count / 100;
    for unit in UNITS {
        if tenths < 10_000 {
            return format!("{}.{}\u{a0}{unit}", tenths / 10, tenths % 10);
        }
        tenths /= 1000;
    }
    format!("{count}\u{a0}B")
}

/// A difference of bytes with its sign.
pub(super) fn signed_bytes(difference: i64) -> String {
    let sign = if difference < 0 { "−" } else { "+" };
    format!("{sign}{}", bytes(difference.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_readable() {
        let cases =
            [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_999, "999.9 kB"), (4_100_000, "4.1 MB")];
        for (count, text) in cases {
            assert_eq!(bytes(count), text.replace(' ', "\u{a0}"));
        }
        assert_eq!(bytes(u64::MAX), "18.4\u{a0}EB");
        assert_eq!(signed_bytes(i64::MIN), "−9.2\u{a0}EB");
    }

    #[test]
    fn a_bar_never_leaves_its_frame() {
        assert_eq!(bar("added", 5, 0).text, "0");
        assert_eq!(bar("added", 5, 10).text, "500");
        assert_eq!(bar("added", u64::MAX, 1).text, "1000");
    }
}
