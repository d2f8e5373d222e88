//! The account of an image's files for a terminal.

use std::fmt::Write;

use bomwright_model::{Count, Finding, FindingSeverity, Inventory, Origin, Status, Subject, Tier};

use crate::account::{Sums, Verification, percent, ranked};
use crate::paint::{Paint, clean, severity_style};

/// Findings of the least severity are only counted, unless every file is listed.
const LEAST: FindingSeverity = FindingSeverity::Low;
/// Findings of one rule and severity that are shown, unless every file is listed.
const OF_ONE_RULE: usize = 5;
/// Characters of an instruction that are shown.
const INSTRUCTION: usize = 100;

/// Renders the account: the image, the sums by origin and tier, then the findings, the worst first.
pub fn account_text(verification: &Verification<'_>, paint: Paint) -> String {
    let mut out = String::new();
    for (name, text) in verification.context {
        let _ = writeln!(out, "{}: {}", clean(name), clean(text));
    }
    let sums = Sums::of(verification.accounts);
    let _ = writeln!(
        out,
        "\n{}",
        paint
            .heading(&format!("{:<12}{:>9}{:>17}{:>13}{:>17}", "", "files", "bytes", "executables", "bytes"))
    );
    for &origin in Origin::ALL {
        let count = sums.origins.get(&origin).copied().unwrap_or_default();
        let _ = writeln!(out, "{}", paint.origin(origin, &counts(origin.as_str(), &count)));
    }
    let _ = writeln!(out, "{}", counts("all", &sums.total));
    let _ = writeln!(out, "{}\n", shares("explained", &sums.explained, &sums.total));
    for &tier in Tier::ALL.iter().rev() {
        if let Some(count) = sums.tiers.get(&tier) {
            let _ = writeln!(out, "{}", shares(tier.as_str(), count, &sums.total));
        }
    }
    let statuses: Vec<_> =
        sums.statuses.iter().map(|(status, files)| format!("{files} {}", status.as_str())).collect();
    let _ = writeln!(out, "\n{}", statuses.join(", "));
    layers(&mut out, verification, paint);
    findings(&mut out, verification, paint);
    if verification.all_files {
        files(&mut out, verification, paint);
    }
    out
}

fn counts(name: &str, count: &Count) -> String {
    format!(
        "{name:<12}{:>9}{:>17}{:>13}{:>17}",
        count.files, count.bytes, count.executables, count.executable_bytes
    )
}

fn shares(name: &str, part: &Count, whole: &Count) -> String {
    format!(
        "{name:<12}{:>7.2} %{:>15.2} %{:>11.2} %{:>15.2} %",
        percent(part.files, whole.files),
        percent(part.bytes, whole.bytes),
        percent(part.executables, whole.executables),
        percent(part.executable_bytes, whole.executable_bytes)
    )
}

/// What each layer brought in and what it changed of those below, for images that have several.
fn layers(out: &mut String, verification: &Verification<'_>, paint: Paint) {
    let layers = &verification.inventory.layers;
    if layers.len() < 2 {
        return;
    }
    let mut counts = vec![(0_u64, 0_u64); layers.len()];
    for account in verification.accounts {
        let Some(layer) = account.layer.and_then(|layer| usize::try_from(layer.0).ok()) else { continue };
        if let Some((new, changed)) = counts.get_mut(layer) {
            let is_new = account.introduced == account.layer;
            *(if is_new { new } else { changed }) += 1;
        }
    }
    let heading = format!("{:<7}{:>9}{:>9}  {:<13}made by", "layer", "new", "changed", "part");
    let _ = writeln!(out, "\n{}", paint.heading(&heading));
    for (at, (layer, (new, changed))) in layers.iter().zip(counts).enumerate() {
        let part = layer.part.map_or("", bomwright_model::LayerPart::as_str);
        let made_by: String =
            clean(layer.created_by.as_deref().unwrap_or_default()).chars().take(INSTRUCTION).collect();
        let line = format!("{at:<7}{new:>9}{changed:>9}  {part:<13}{made_by}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn findings(out: &mut String, verification: &Verification<'_>, paint: Paint) {
    let ranked = ranked(verification.findings);
    let _ = writeln!(out, "\n{}", paint.heading(&format!("findings ({})", ranked.len())));
    let (shown, rest): (Vec<_>, Vec<_>) =
        ranked.into_iter().partition(|finding| verification.all_files || finding.severity >= LEAST);
    // The worst come first and those of one rule together, so that a rule's run can be cut short.
    for run in shown.chunk_by(|a, b| (a.severity, &a.rule) == (b.severity, &b.rule)) {
        let most = if verification.all_files { run.len() } else { OF_ONE_RULE };
        for finding in run.iter().take(most) {
            let word = severity(paint, finding.severity);
            let place = subject(verification.inventory, finding);
            let layer =
                finding.layer.map_or(String::new(), |layer| paint.faint(&format!("  (layer {})", layer.0)));
            let text = format!("{}  {}: {}", finding.rule, clean(&place), clean(&finding.message));
            let _ = writeln!(out, "  {word}  {text}{layer}");
        }
        if let (true, Some(first)) = (run.len() > most, run.first()) {
            let _ = writeln!(out, "            … and {} more of {}", run.len() - most, first.rule);
        }
    }
    if !rest.is_empty() {
        let _ = writeln!(out, "  … and {} for information; --all shows them", rest.len());
    }
}

fn severity(paint: Paint, severity: FindingSeverity) -> String {
    paint.apply(severity_style(severity), &format!("{:<8}", severity.as_str()))
}

/// What a finding is about, as a person calls it.
pub(crate) fn subject(inventory: &Inventory, finding: &Finding) -> String {
    match &finding.subject {
        Subject::Image => "image".to_owned(),
        Subject::Path(path) => format!("/{path}"),
        Subject::Package(id) => inventory.package(*id).map_or_else(String::new, |package| {
            format!("{} {} {}", package.ecosystem, package.full_name(), package.version)
        }),
    }
}

fn files(out: &mut String, verification: &Verification<'_>, paint: Paint) {
    let _ = writeln!(out, "\n{}", paint.heading("files"));
    for account in verification.accounts {
        let reason = account.reasons.first();
        let why = reason.map_or(String::new(), |it| format!("{}: {}", it.rule, it.detail));
        let line = format!(
            "{:<9}{:<15}{:<5}/{}",
            account.origin.as_str(),
            account.status.as_str(),
            account.tier.as_str(),
            clean(&account.path)
        );
        let line = if account.status == Status::Intact { line } else { paint.origin(account.origin, &line) };
        let _ = writeln!(out, "{line}  {}", paint.faint(&clean(&why)));
    }
}
