//! The report for a terminal: what is missing, for which packages, and how to fix it.

use std::fmt::Write;

use anstyle::AnsiColor;
use bomwright_model::{Field, Presence};
use bomwright_profile::{Level, Row, Score, fix};

use super::{Checked, Counted};
use crate::paint::{Paint, clean, color};

/// Names of packages that are shown of one requirement; JSON has all.
const NAMES: usize = 5;
/// Faults that are shown.
const FAULTS: usize = 20;

/// Renders `checked`.
pub(super) fn render(checked: &Checked<'_>, paint: Paint) -> String {
    let mut out = String::new();
    let facts = checked.facts;
    let _ = writeln!(out, "{}: {}, {}", clean(&facts.name), clean(&facts.format), Counted(facts));
    faults(&mut out, checked, paint);
    for score in checked.scores {
        self::score(&mut out, checked, score, paint);
    }
    out
}

fn faults(out: &mut String, checked: &Checked<'_>, paint: Paint) {
    let all = checked.faults;
    if all.is_empty() {
        out.push_str("no faults: references are unique and lead somewhere, purls and licences are valid\n");
        return;
    }
    let _ = writeln!(
        out,
        "{}",
        paint.apply(
            color(AnsiColor::Red),
            &format!("{} fault{}", all.len(), if all.len() == 1 { "" } else { "s" })
        )
    );
    for (place, reason) in all.iter().take(FAULTS) {
        let _ = writeln!(out, "  {}: {}", clean(place), clean(reason));
    }
    if all.len() > FAULTS {
        let _ = writeln!(out, "  … and {} more; `-o json` lists all", all.len() - FAULTS);
    }
}

fn score(out: &mut String, checked: &Checked<'_>, score: &Score, paint: Paint) {
    let (word, hue) = if score.passed() { ("passed", AnsiColor::Green) } else { ("failed", AnsiColor::Red) };
    let _ = writeln!(
        out,
        "\n{} {}: {} % of what is required, {} % with what is stated to be unknown",
        paint.heading(score.profile.as_str()),
        paint.apply(color(hue), word),
        score.percent(),
        score.told(),
    );
    let _ = writeln!(out, "{}", paint.faint(score.profile.title()));
    let met: Vec<_> = score.rows.iter().filter(|row| row.is_met() && row.asked > 0).map(name).collect();
    if !met.is_empty() {
        let _ = writeln!(out, "  met: {}", met.join(", "));
    }
    for row in score.rows.iter().filter(|row| row.fails()) {
        gap(out, checked, row, paint);
    }
    let open: Vec<_> = score
        .rows
        .iter()
        .filter(|row| row.requirement.level != Level::Required && !row.is_met())
        .map(|row| {
            format!("{} ({} of {}, {})", name(row), row.met(), row.asked, row.requirement.level.as_str())
        })
        .collect();
    if !open.is_empty() {
        let _ = writeln!(out, "  not required: {}", open.join(", "));
    }
}

/// The field's name, with how much of it a person declared.
fn name(row: &Row) -> String {
    let field = row.requirement.field().as_str();
    match row.declared {
        0 => field.to_owned(),
        _ if row.declared == row.asked => format!("{field} (declared)"),
        declared => format!("{field} ({declared} declared)"),
    }
}

fn gap(out: &mut String, checked: &Checked<'_>, row: &Row, paint: Paint) {
    let requirement = row.requirement;
    let mut counts = vec![format!("{} of {}", row.met(), row.asked)];
    if !requirement.unknown_is_fine && row.unknown > 0 {
        counts.push(format!("{} stated to be unknown", row.unknown));
    }
    let head = format!("  {}: {}", name(row), counts.join(", "));
    let _ = writeln!(out, "{}", paint.apply(color(AnsiColor::Red), &head));
    let _ = writeln!(out, "    asked by {}: {}", requirement.section, requirement.words);
    let items: Vec<_> = row.gaps.iter().filter_map(|at| checked.facts.items.get(*at)).collect();
    if !items.is_empty() {
        let mut names: Vec<_> = items.iter().take(NAMES).map(|item| clean(&item.label)).collect();
        if items.len() > NAMES {
            names.push(format!("… and {} more", items.len() - NAMES));
        }
        let _ = writeln!(out, "    lacking: {}", names.join(", "));
    }
    let _ = writeln!(out, "    fix: {}", advice(row));
}

/// What to do about a gap, as one line.
pub(super) fn advice(row: &Row) -> String {
    let text = fix(row.requirement.field());
    match row.key {
        Some(key) if row.is_in_policy => {
            format!("bomwright.toml declares `{key}`: scan again, and the new document states it")
        }
        _ => text.to_owned(),
    }
}

/// How an item stands to a requirement: the best of its fields.
pub(super) fn standing(row: &Row, of: impl Fn(Field) -> Presence) -> Presence {
    row.requirement.fields.iter().map(|field| of(*field)).max().unwrap_or_default()
}
