//! How a document stands to profiles, for people and programs.

mod json;
mod sarif;
mod text;

use std::fmt;

use bomwright_model::{DocumentFacts, ItemKind};
use bomwright_profile::Score;

use crate::Paint;

/// What is reported of a document.
#[derive(Debug, Clone, Copy)]
pub struct Checked<'a> {
    /// What it states.
    pub facts: &'a DocumentFacts,
    /// What is wrong with it whatever the profile: a place and a reason each.
    pub faults: &'a [(String, String)],
    /// How it stands to each profile.
    pub scores: &'a [Score],
}

/// The forms of a report on a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckedFormat {
    /// For a terminal.
    Text,
    /// `bomwright-check/1`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

impl CheckedFormat {
    /// Every form.
    pub const ALL: &'static [Self] = &[Self::Text, Self::Json, Self::Sarif];

    /// The word used on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Sarif => "sarif",
        }
    }

    /// The form named `text`.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.as_str() == text)
    }
}

impl Checked<'_> {
    /// Whether nothing is wrong with the document and it passes every profile.
    pub fn passed(&self) -> bool {
        self.faults.is_empty() && self.scores.iter().all(Score::passed)
    }

    /// The report in `format`.
    pub fn render(&self, format: CheckedFormat, paint: Paint) -> String {
        match format {
            CheckedFormat::Text => text::render(self, paint),
            CheckedFormat::Json => pretty(&json::render(self)),
            CheckedFormat::Sarif => pretty(&sarif::render(self)),
        }
    }
}

/// `value` with a line end; what `Display` writes of a value can't fail.
fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

/// How many things of each kind there are, as words.
struct Counted<'a>(&'a DocumentFacts);

impl fmt::Display for Counted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |kind| self.0.items.iter().filter(|item| item.kind == kind).count();
        let (packages, files) = (of(ItemKind::System) + of(ItemKind::Package), of(ItemKind::File));
        let root = if of(ItemKind::Root) == 0 { "no root" } else { "a root" };
        write!(f, "{root}, {packages} packages, {files} files")
    }
}

/// The word for a kind of item.
const fn word(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Root => "root",
        ItemKind::System => "distribution",
        ItemKind::Package => "package",
        ItemKind::File => "file",
    }
}

#[cfg(test)]
mod schema;
#[cfg(test)]
mod tests;
