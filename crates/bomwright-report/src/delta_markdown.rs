//! A delta as a comment on a pull request (GitHub-flavoured Markdown).
//!
//! Everything from an image is escaped: a package's name must not become a heading, a link or a mention.

use std::fmt::Write;

use bomwright_diff::{Change, Delta, PackageChange};
use bomwright_model::Origin;

use crate::delta_text::{reason, versions};
use crate::paint::clean;

/// Renders `delta`, one table for each origin.
pub fn delta_markdown(delta: &Delta) -> String {
    let mut out = String::from("## Changes in the image\n\n");
    let _ = writeln!(out, "{} → {}\n", code(&delta.old.name), code(&delta.new.name));
    for side in [&delta.old, &delta.new].into_iter().filter(|side| side.incomplete) {
        let _ = writeln!(out, "> {} is incomplete: not everything in it could be read.\n", code(&side.name));
    }
    if delta.packages.is_empty() {
        out.push_str("No package differs.\n");
        return out;
    }
    let summary = &delta.summary;
    let _ = writeln!(
        out,
        "**{} added, {} removed, {} upgraded, {} downgraded, {} changed**",
        summary.added, summary.removed, summary.upgraded, summary.downgraded, summary.changed
    );
    for &origin in Origin::ALL {
        let changes: Vec<_> =
            delta.packages.iter().filter(|it| it.origin == origin && it.shipped_by.is_none()).collect();
        if changes.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n### {} ({})\n", title(origin), changes.len());
        out.push_str("| | package | version | notes |\n|---|---|---|---|\n");
        for change in changes {
            row(&mut out, change);
        }
    }
    out
}

const fn title(origin: Origin) -> &'static str {
    match origin {
        Origin::Vendor => "Vendor",
        Origin::Upstream => "Upstream",
        Origin::InHouse => "In-house",
        Origin::Unknown => "Unknown origin",
    }
}

fn row(out: &mut String, change: &PackageChange) {
    let mut notes: Vec<String> = change
        .fields
        .iter()
        .map(|it| format!("{} {} → {}", it.field, code(&it.old), code(&it.new)))
        .collect();
    if change.change == Change::Added {
        notes.push(escape(&reason(change)));
    }
    let _ = writeln!(
        out,
        "| {} | {} {} | {} | {} |",
        change.change.as_str(),
        escape(&change.ecosystem),
        code(&change.name),
        code(&versions(change)),
        notes.join("; ")
    );
}

/// `text` as inline code: the only characters that matter there are backticks and, in a table, bars.
fn code(text: &str) -> String {
    format!("`{}`", clean(text).replace('`', "'").replace('|', "\\|"))
}

/// `text` as plain words: everything that Markdown, HTML or a mention could be made of is escaped.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A zero-width joiner would be invisible but copied; the entity is neither.
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '|' | '!' | '~' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_not_become_markup() {
        let hostile = "a|x](http://evil) <img src=x> @octocat\n## Approved `";
        let text = escape(hostile);
        assert!(!text.contains("<img") && !text.contains('@') && !text.contains('\n'), "{text}");
        assert!(text.contains("\\|x\\]\\("), "{text}");
        let inline = code(hostile);
        assert_eq!(inline.matches('`').count(), 2, "{inline}");
        assert!(!inline.contains('\n') && inline.contains("\\|"), "{inline}");
    }
}
