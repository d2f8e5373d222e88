//! A delta as one HTML file that needs nothing else: no network, no server, not even a script.
//!
//! The first rows of every table are written as HTML. A script of our own (`table.js`, `graph.js`, `report.js`) adds what paper can't do:
//! filters, order, rows to open, further rows, the graph. It makes every node with `textContent` and is given data, not
//! markup. A content security policy lets nothing run or load but that script and the style, by their hashes.
//! Elements are written with `maud`, which escapes whatever it is given: nobody can forget to.

mod files;
mod findings;
mod image;
mod packages;
mod page;
mod paths;
mod show;
mod summary;
mod view;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bomwright_diff::Delta;
use sha2::{Digest, Sha256};

use view::Table;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = concat!(include_str!("table.js"), include_str!("graph.js"), include_str!("report.js"));

/// How many rows of a table are written as HTML, and how many the script adds at a time.
const ROWS: usize = 500;

/// Renders `delta` as a page of HTML, the same bytes for the same delta. The page loads nothing.
pub fn delta_html(delta: &Delta) -> String {
    page::page(delta, &Content::new(delta))
}

/// Everything below the summary, for the page and for its script.
#[derive(serde::Serialize)]
struct Content {
    page: usize,
    tables: Vec<Table>,
    paths: Vec<paths::PathNode>,
    /// Changes that the tree of paths has no room for.
    #[serde(skip)]
    left_out: usize,
}

impl Content {
    fn new(delta: &Delta) -> Self {
        let tables = vec![
            findings::findings(delta),
            packages::packages(delta),
            files::files(delta),
            image::statements(delta),
            image::layers(delta),
            image::edges(delta),
        ];
        let (paths, left_out) = paths::paths(delta);
        Self { page: ROWS, tables, paths, left_out }
    }

    fn table(&self, id: &str) -> Option<&Table> {
        self.tables.iter().find(|it| it.id == id)
    }

    /// As JSON that can stand inside of a `script` element: nothing in it ends the element or opens a comment
    /// (HTML Living Standard, 4.12.1.3 "Restrictions for contents of script elements").
    fn json(&self) -> String {
        // Strings, numbers and lists always have a form in JSON.
        let text = serde_json::to_string(self).unwrap_or_default();
        let mut out = String::with_capacity(text.len() + text.len() / 8);
        for c in text.chars() {
            match c {
                '<' => out.push_str("\\u003c"),
                '>' => out.push_str("\\u003e"),
                '&' => out.push_str("\\u0026"),
                '\u{2028}' => out.push_str("\\u2028"),
                '\u{2029}' => out.push_str("\\u2029"),
                _ => out.push(c),
            }
        }
        out
    }
}

/// What the page may do: run this script, use this style (Content Security Policy Level 3, 2.3.1 "Source lists").
fn policy() -> String {
    format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests;
