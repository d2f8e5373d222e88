//! Release notes in Markdown: what a customer reads of a delivery, so that gates, ids and severities are not in it.

use std::fmt::Write;

use bomwright_diff::{Change, Delta};

use super::phrase::Phrase;
use super::rows::{PackageRow, real_rows};
use super::words::{self, plural};
use super::{RenderError, RenderOptions};
use crate::hostile::{Place, code};

/// The sections on packages: title, which changes, whether licence and reason are told.
const SECTIONS: &[(&str, &[Change], bool)] = &[
    ("New parts", &[Change::Added], true),
    ("Updated", &[Change::Upgraded], false),
    ("Back to an earlier version", &[Change::Downgraded], false),
    ("Changed", &[Change::Changed, Change::Moved], false),
    ("Built again", &[Change::Rebuilt], false),
    ("Removed", &[Change::Removed], false),
];

/// Renders `delta`.
#[expect(clippy::unnecessary_wraps, reason = "every format has this form")]
pub(super) fn render(delta: &Delta, _: &RenderOptions) -> Result<String, RenderError> {
    let (old, new) = (code(&delta.old.name, Place::Line), code(&delta.new.name, Place::Line));
    let mut out = format!("## What changed in {new} since {old}\n\n");
    if delta.is_empty() {
        out.push_str("Nothing changed.\n");
        return Ok(out);
    }
    let _ = writeln!(out, "{}", opening(delta));
    let rows = real_rows(delta);
    for (title, changes, full) in SECTIONS {
        let rows: Vec<_> = rows.iter().filter(|row| changes.contains(&row.change())).collect();
        let count = rows.iter().map(|row| row.members.len()).sum();
        section(&mut out, title, count, rows.into_iter().map(|row| part(row, *full)));
    }
    let relicensed: Vec<_> = rows.iter().filter(|row| row.relicensed()).collect();
    section(&mut out, "Licences", relicensed.len(), relicensed.into_iter().map(license));
    let settings =
        delta.image.fields.iter().map(|it| words::statement(it).ours(": ").then(words::values(it)));
    section(&mut out, "Image", delta.image.fields.len(), settings);
    let files = delta.files.iter().map(|file| {
        let path = Phrase::default().theirs(&format!("/{}", file.path));
        path.ours(&format!(" {}", file.change.as_str()))
    });
    section(&mut out, "Files", delta.files.len(), files);
    Ok(out)
}

fn opening(delta: &Delta) -> String {
    let mut parts = vec![words::counts(&delta.summary)];
    parts.retain(|part| !part.is_empty());
    let mut text = if parts.is_empty() {
        "The packages are the same.".to_owned()
    } else {
        format!("Packages: {}.", parts.join(", "))
    };
    let _ = write!(text, " It holds {}", plural(delta.new.packages, "package", "packages"));
    if let Some(size) = delta.summary.size.filter(|size| *size != 0) {
        let word = if size > 0 { "more" } else { "less" };
        let _ = write!(text, " and its files take {} {word}", words::bytes(u128::from(size.unsigned_abs())));
    }
    text.push('.');
    if delta.old.distribution != delta.new.distribution {
        let name = |text: &Option<String>| code(text.as_deref().unwrap_or_default(), Place::Line);
        let _ = write!(
            text,
            " Distribution: {} → {}.",
            name(&delta.old.distribution),
            name(&delta.new.distribution)
        );
    }
    if !delta.comparability.is_full() {
        text.push_str(
            " The two sides were not read in the same way, and what only that explains is not listed.",
        );
    }
    text
}

fn section(out: &mut String, title: &str, count: usize, lines: impl Iterator<Item = Phrase>) {
    if count == 0 {
        return;
    }
    let _ = write!(out, "\n### {title} ({count})\n\n");
    for line in lines {
        let _ = writeln!(out, "- {}", line.markdown(Place::Line));
    }
}

fn part(row: &PackageRow<'_>, full: bool) -> Phrase {
    let head = Phrase::join([words::title(row), words::versions(row)], " ");
    // That nothing asks for a part is a matter of its makers.
    let asked =
        row.members.iter().any(|it| !it.why.is_empty() || it.new.as_ref().is_some_and(|new| new.direct));
    let reason = if asked { words::reason(row) } else { Phrase::default() };
    if full { Phrase::join([head, words::license(row), reason], ", ") } else { head }
}

fn license(row: &PackageRow<'_>) -> Phrase {
    words::name(row).ours(": ").then(words::license(row))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_delivery_is_told_without_its_gates() {
        let text = render(&sample::delta(), &RenderOptions::default()).unwrap();
        let titles: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(
            titles,
            [
                "## What changed in `shop:1.5.0` since `shop:1.4.0`",
                "### New parts (4)",
                "### Updated (3)",
                "### Back to an earlier version (1)",
                "### Changed (2)",
                "### Built again (1)",
                "### Removed (1)",
                "### Licences (1)",
                "### Image (2)",
                "### Files (3)",
            ]
        );
        assert!(text.contains("- npm `axios` `1.7.2`, `MIT`, via `shop`\n"), "{text}");
        assert!(text.contains("- user: `app` → `root`\n"), "{text}");
        for word in ["gate", "verdict", "F-0000", "waive", "setuid"] {
            assert!(!text.contains(&format!(" {word}")), "{word} in\n{text}");
        }
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let text = render(&Delta::default(), &RenderOptions::default()).unwrap();
        assert!(text.ends_with("Nothing changed.\n"));
    }
}
