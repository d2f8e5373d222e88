//! What people and bots read of a delta: one table of formats, one function that renders.
//!
//! Wording is shared: `words` says once why a package is there or what differs in a file, as a [`phrase::Phrase`] that
//! knows which of its parts came out of an image. Each format then makes those parts harmless in its own way.

mod csv;
mod json;
mod line;
mod markdown;
mod notes;
mod phrase;
mod rows;
#[cfg(test)]
mod sample;
pub(crate) mod sarif;
#[cfg(test)]
mod schema;
mod text;
mod text_parts;
mod words;

pub use json::{DeltaError, delta_json, read_delta};

use bomwright_diff::{Delta, Outcome};

use crate::Paint;
use crate::html::delta_html;

/// The most characters of a Markdown comment: GitHub takes 65,536, and the command that posts it adds a few.
pub const COMMENT_BUDGET: usize = 60_000;

/// A format in which a delta can be written.
#[derive(Debug)]
pub struct DeltaFormat {
    /// Its name on the command line.
    pub name: &'static str,
    /// One line of help.
    pub about: &'static str,
    render: fn(&Delta, &RenderOptions) -> Result<String, RenderError>,
}

/// Every format, the default first.
pub const DELTA_FORMATS: &[DeltaFormat] = &[
    DeltaFormat {
        name: "text",
        about: "for a terminal, coloured and cut to its width",
        render: text::render,
    },
    DeltaFormat {
        name: "markdown",
        about: "a comment for a pull request, kept below the size that forges take; empty if nothing differs",
        render: markdown::render,
    },
    DeltaFormat {
        name: "notes",
        about: "release notes in Markdown: what changed since the last delivery",
        render: notes::render,
    },
    DeltaFormat { name: "json", about: "bomwright-delta/1, lossless, for programs", render: json::render },
    DeltaFormat {
        name: "csv",
        about: "one row for each change and finding, for a spreadsheet",
        render: csv::render,
    },
    DeltaFormat {
        name: "html",
        about: "one self-contained page with filters and the graph",
        render: |delta, _| Ok(delta_html(delta) + "\n"),
    },
    DeltaFormat { name: "sarif", about: "SARIF 2.1.0: one result for each finding", render: sarif::render },
];

/// How to render.
#[derive(Debug, Clone)]
pub struct RenderOptions {
    /// Colours, of text.
    pub paint: Paint,
    /// Columns of the terminal, of text; without it no line is cut.
    pub width: Option<usize>,
    /// The most characters of the comment.
    pub budget: usize,
    /// Where the full report is, `https://…` or `http://…`.
    pub report_url: Option<String>,
    /// The command that waives a finding; `{id}` in it stands for the finding's id. Empty: not told.
    pub command: String,
    /// What each rule looks for, by its id, as a sentence; SARIF passes it on.
    pub rules: Vec<(String, String)>,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self {
            paint: Paint::Plain,
            width: None,
            budget: COMMENT_BUDGET,
            report_url: None,
            command: String::new(),
            rules: Vec::new(),
        }
    }
}

/// Whether nothing differs, the sides were looked at alike, and no gate tripped: then a terminal and a comment stay empty.
fn says_nothing(delta: &Delta) -> bool {
    let explained = delta.summary.explained > 0 || !delta.comparability.is_full();
    delta.is_empty() && !explained && delta.verdict.outcome != Outcome::Fail
}

/// Why a delta could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// No such format.
    #[error("unknown format '{0}'")]
    Unknown(String),
    /// It has no form in JSON; no delta does that.
    #[error("a delta as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// It has no form in CSV; no delta does that.
    #[error("a delta as CSV: {0}")]
    Csv(String),
}

/// Renders `delta` in the format that is called `format`. The same delta and options give the same characters.
///
/// # Errors
/// [`RenderError::Unknown`] for a format that [`DELTA_FORMATS`] does not hold.
pub fn render(delta: &Delta, format: &str, options: &RenderOptions) -> Result<String, RenderError> {
    let known = DELTA_FORMATS.iter().find(|it| it.name == format);
    let known = known.ok_or_else(|| RenderError::Unknown(format.to_owned()))?;
    (known.render)(delta, options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_names_of_their_own_and_all_render() {
        for (index, format) in DELTA_FORMATS.iter().enumerate() {
            assert!(DELTA_FORMATS.iter().skip(index + 1).all(|it| it.name != format.name));
            for delta in [Delta::default(), sample::delta()] {
                let options = RenderOptions::default();
                let text = render(&delta, format.name, &options).unwrap();
                assert_eq!(text, render(&delta, format.name, &options).unwrap());
                assert!(text.is_empty() || text.ends_with('\n'), "{}", format.name);
            }
        }
        assert!(matches!(
            render(&Delta::default(), "pdf", &RenderOptions::default()),
            Err(RenderError::Unknown(name)) if name == "pdf"
        ));
    }
}
