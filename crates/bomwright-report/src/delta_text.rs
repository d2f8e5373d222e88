//! A delta for a terminal.

use std::fmt::Write;

use bomwright_diff::{Change, Delta, PackageChange, Side};
use bomwright_model::Origin;

use crate::paint::{Paint, clean};

/// Renders `delta`, grouped by origin, one line a package.
pub fn delta_text(delta: &Delta, paint: Paint) -> String {
    let mut out = String::new();
    for (word, side) in [("old", &delta.old), ("new", &delta.new)] {
        let _ = writeln!(out, "{}", paint.faint(&describe(word, side)));
    }
    if delta.packages.is_empty() {
        let _ = writeln!(out, "no package differs");
        return out;
    }
    for &origin in Origin::ALL {
        group(&mut out, delta, origin, paint);
    }
    let summary = &delta.summary;
    let _ = writeln!(
        out,
        "\n{} added, {} removed, {} upgraded, {} downgraded, {} changed",
        summary.added, summary.removed, summary.upgraded, summary.downgraded, summary.changed
    );
    out
}

fn describe(word: &str, side: &Side) -> String {
    let distribution =
        side.distribution.as_deref().map_or(String::new(), |text| format!(", {}", clean(text)));
    let incomplete = if side.incomplete { ", incomplete" } else { "" };
    format!("{word}: {} ({} packages{distribution}{incomplete})", clean(&side.name), side.packages)
}

fn group(out: &mut String, delta: &Delta, origin: Origin, paint: Paint) {
    let changes: Vec<_> =
        delta.packages.iter().filter(|it| it.origin == origin && it.shipped_by.is_none()).collect();
    if changes.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\n{}",
        paint.origin(origin, &paint.heading(&format!("{} ({})", origin.as_str(), changes.len())))
    );
    let name = changes.iter().map(|it| it.name.chars().count()).max().unwrap_or(0).min(48);
    let ecosystem = changes.iter().map(|it| it.ecosystem.len()).max().unwrap_or(0);
    for change in changes {
        let line = format!(
            "  {} {:ecosystem$}  {:name$}  {}",
            mark(change.change),
            clean(&change.ecosystem),
            clean(&change.name),
            versions(change)
        );
        let _ =
            writeln!(out, "{}{}", paint.change(change.change, line.trim_end()), paint.faint(&notes(change)));
    }
}

const fn mark(change: Change) -> char {
    match change {
        Change::Added => '+',
        Change::Removed => '-',
        Change::Upgraded => '^',
        Change::Downgraded => 'v',
        Change::Rebuilt => '=',
        Change::Moved => '>',
        Change::Changed => '~',
    }
}

/// The version or versions of a change, e.g. `1.0 -> 1.1`.
pub(crate) fn versions(change: &PackageChange) -> String {
    let version = |state: &bomwright_diff::State| {
        clean(if state.version.is_empty() { "(no version)" } else { &state.version })
    };
    match (&change.old, &change.new) {
        (Some(old), Some(new)) if old.version == new.version => version(new),
        (Some(old), Some(new)) => format!("{} -> {}", version(old), version(new)),
        (Some(only), None) | (None, Some(only)) => version(only),
        (None, None) => String::new(),
    }
}

/// Everything else that is worth a word: a downgrade, changed fields, what pulled it in.
pub(crate) fn notes(change: &PackageChange) -> String {
    let mut words = Vec::new();
    if change.change == Change::Downgraded {
        words.push("downgrade".to_owned());
    }
    for field in &change.fields {
        words.push(format!("{} {} -> {}", field.field, clean(&field.old), clean(&field.new)));
    }
    if matches!(change.change, Change::Added) {
        words.push(reason(change));
    }
    if words.is_empty() { String::new() } else { format!("  ({})", words.join("; ")) }
}

/// What pulled an added package in.
pub(crate) fn reason(change: &PackageChange) -> String {
    if change.why.path.is_empty() {
        return "nothing else needs it".to_owned();
    }
    let path: Vec<_> = change.why.path.iter().map(|label| clean(label)).collect();
    format!("via {}", path.join(" > "))
}
