//! A delta as a comment on a pull request (GitHub-flavoured Markdown).
//!
//! The verdict is the first line, at most seven lines stand before the first fold, and what does not fit the budget is left
//! out from the lowest rank up. A delta may come from a job that nobody trusts, so that every text in it goes through
//! [`crate::hostile`]; only numbers and words of fixed sets are written as they are.

mod budget;
mod sections;

use std::fmt::Write;

use bomwright_diff::{Change, Delta, DeltaFinding, Outcome};
use bomwright_model::FindingSeverity;

use self::budget::Comment;
use super::phrase::Phrase;
use super::rows::ORIGINS;
use super::text::ranked;
use super::words::{plural, size_change};
use super::{RenderError, RenderOptions, says_nothing};
use crate::hostile::{Place, code, prose};

/// Bullets between the counts and the first fold: with heading, counts and an empty line that makes seven lines.
const BULLETS: usize = 4;

/// Renders `delta`; nothing at all where there is nothing to say. The marker that finds the comment again is not in it.
#[expect(clippy::unnecessary_wraps, reason = "every format has this form")]
pub(super) fn render(delta: &Delta, options: &RenderOptions) -> Result<String, RenderError> {
    if says_nothing(delta) {
        return Ok(String::new());
    }
    let verdict = verdict(delta);
    let names =
        format!("{} since {}", code(&delta.new.name, Place::Line), code(&delta.old.name, Place::Line));
    let mut head = format!("### {verdict}: {names}\n{}\n", counts(delta));
    for bullet in bullets(delta) {
        let _ = writeln!(head, "- {bullet}");
    }
    let comment = Comment { head, sections: sections::all(delta), foot: foot(delta, options) };
    let more = options.report_url.as_deref().and_then(link);
    Ok(comment.within(options.budget, more.as_deref()).unwrap_or_else(|| format!("### {verdict}\n")))
}

/// Findings that stop a build.
fn stopping(delta: &Delta) -> usize {
    delta.findings.iter().filter(|it| it.gate && it.waived.is_none()).count()
}

fn verdict(delta: &Delta) -> String {
    let open = delta.findings.iter().filter(|it| it.waived.is_none()).count();
    match (delta.verdict.outcome, stopping(delta)) {
        (Outcome::Fail, 0) => "🔴 A limit is exceeded".to_owned(),
        (Outcome::Fail, 1) => "🔴 1 change needs a decision".to_owned(),
        (Outcome::Fail, count) => format!("🔴 {count} changes need a decision"),
        (Outcome::Pass, _) if open > 0 => {
            format!("🟡 Passed, {} to look at", plural(open, "finding", "findings"))
        }
        (Outcome::Pass, _) if delta.is_empty() => "🟢 Nothing differs".to_owned(),
        (Outcome::Pass, _) => "🟢 Nothing needs a decision".to_owned(),
    }
}

/// One line of numbers; what is not there is not mentioned.
fn counts(delta: &Delta) -> String {
    let summary = &delta.summary;
    let new = |origin| {
        let of = |it: &&bomwright_diff::PackageChange| {
            it.change == Change::Added && it.origin == origin && it.shipped_by.is_none()
        };
        delta.real_packages().filter(of).count()
    };
    let origins: Vec<_> = ORIGINS
        .iter()
        .map(|origin| (new(*origin), origin.as_str()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, title)| format!("{count} {title}"))
        .collect();
    let mut parts = Vec::new();
    if summary.added > 0 {
        let origins = if origins.is_empty() { String::new() } else { format!(" ({})", origins.join(", ")) };
        parts.push(format!("**{} new**{origins}", summary.added));
    }
    for (count, word) in [
        (summary.downgraded, "**downgraded**"),
        (summary.upgraded, "upgraded"),
        (summary.removed, "removed"),
        (summary.changed, "changed"),
        (summary.moved, "moved"),
        (summary.rebuilt, "rebuilt"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    for (count, one, many) in [
        (summary.licenses, "licence", "licences"),
        (summary.files, "file", "files"),
        (summary.image, "image setting", "image settings"),
    ] {
        if count > 0 {
            parts.push(plural(count, one, many));
        }
    }
    parts.extend(summary.size.filter(|size| *size != 0).map(size_change));
    if parts.is_empty() { "No package, file or setting differs.".to_owned() } else { parts.join(" · ") }
}

/// What must be seen without unfolding anything.
fn bullets(delta: &Delta) -> Vec<String> {
    let mut bullets = Vec::new();
    if let Some(first) = delta.comparability.gaps.first() {
        let more = delta.comparability.gaps.len() - 1;
        let more =
            if more > 0 { format!(" (and {} more)", plural(more, "gap", "gaps")) } else { String::new() };
        let explains = match delta.summary.explained {
            0 => String::new(),
            count => format!(" {} explained by the scanner.", plural(count, "change is", "changes are")),
        };
        bullets
            .push(format!("⚠️ Comparable in part: {}{more}.{explains}", prose(&first.message, Place::Line)));
    }
    let open: Vec<_> = ranked(&delta.findings).into_iter().filter(|it| it.waived.is_none()).collect();
    let limits = if stopping(delta) == 0 { delta.verdict.reasons.as_slice() } else { &[] };
    let lines = limits
        .iter()
        .map(|reason| format!("🔴 {}", prose(reason, Place::Line)))
        .chain(open.iter().map(|finding| bullet(finding)));
    let (total, room) = (limits.len() + open.len(), BULLETS - bullets.len());
    let shown = if total > room { room - 1 } else { total };
    bullets.extend(lines.take(shown));
    if total > shown {
        bullets.push(format!("… and {} below", plural(total - shown, "more", "more")));
    }
    bullets
}

fn bullet(finding: &DeltaFinding) -> String {
    let place = if finding.place.is_empty() {
        Phrase::default()
    } else {
        Phrase::of(" (").sentence(&finding.place).ours(")")
    };
    let phrase = Phrase::of(severity_mark(finding.severity))
        .ours(" ")
        .theirs(&finding.subject.name())
        .ours(": ")
        .sentence(&finding.message)
        .then(place)
        .ours(", ")
        .theirs(&finding.rule);
    phrase.markdown(Place::Line)
}

/// A sign that the eye finds.
const fn severity_mark(severity: FindingSeverity) -> &'static str {
    match severity {
        FindingSeverity::Critical | FindingSeverity::High => "🔴",
        FindingSeverity::Medium => "🟠",
        FindingSeverity::Low => "🟡",
        FindingSeverity::Info => "🔵",
    }
}

/// What the two sides are, and what a reader can do.
fn foot(delta: &Delta, options: &RenderOptions) -> String {
    let mut lines = Vec::new();
    let tools = |side: &bomwright_diff::Side| match side.tools.as_slice() {
        [] => String::new(),
        [first, ..] => format!(" by {}", code(first, Place::Line)),
    };
    lines.push(format!(
        "Compared: {} of the older side{}, {} of the newer side{}.",
        plural(delta.old.packages, "package", "packages"),
        tools(&delta.old),
        plural(delta.new.packages, "package", "packages"),
        tools(&delta.new)
    ));
    for side in [&delta.old, &delta.new].into_iter().filter(|side| side.incomplete) {
        let name = code(&side.name, Place::Line);
        lines.push(format!("{name} is incomplete: not everything in it could be read."));
    }
    let graph = &delta.graph;
    if !graph.is_empty() {
        let added = plural(graph.added.len(), "edge", "edges");
        lines.push(format!("Dependency graph: {added} added, {} removed.", graph.removed.len()));
    }
    if let Some(link) = options.report_url.as_deref().and_then(link) {
        lines.push(format!("{link}."));
    }
    let id = ranked(&delta.findings).into_iter().find(|it| it.gate && it.waived.is_none());
    if let (Some(finding), false) = (id, options.command.is_empty()) {
        let command = options.command.replace("{id}", &finding.id);
        lines.push(format!("To let one pass: {}", code(&command, Place::Line)));
    }
    lines.join("\n")
}

/// A link to the full report. An address with other characters than those of RFC 3986 is not linked.
fn link(url: &str) -> Option<String> {
    let scheme = url.starts_with("https://") || url.starts_with("http://");
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&*+,;=%".contains(c);
    (scheme && url.len() < 2000 && url.chars().all(fits)).then(|| format!("[Full report](<{url}>)"))
}

#[cfg(test)]
mod tests;
