//! A delta for a terminal: what stands between the sides, what needs a decision, packages by origin, files, the image, the
//! graph, what only the scanner explains, and the verdict at the end, where the eye is.

use anstyle::{AnsiColor, Style};
use bomwright_diff::{Change, Delta, DeltaFinding, Outcome, Side};
use bomwright_model::Origin;

use super::line::{Line, pad, widest};
use super::phrase::Phrase;
use super::rows::{ORIGINS, PackageRow, explained_rows, real_rows};
use super::text_parts::{files, graph, image};
use super::words::{self, plural};
use super::{RenderError, RenderOptions, says_nothing};
use crate::Paint;
use crate::paint::{change_style, clean, color, origin_style, severity_style};

/// Changes that only the scanner explains and that are listed nevertheless.
const EXPLAINED: usize = 10;

/// Where lines go.
pub(super) struct Page {
    pub(super) out: String,
    paint: Paint,
    width: Option<usize>,
}

impl Page {
    pub(super) fn line(&mut self, line: Line) {
        line.write(&mut self.out, self.paint, self.width);
    }

    pub(super) fn heading(&mut self, style: Style, text: String) {
        self.out.push('\n');
        self.line(Line::default().add(style.bold(), text));
    }
}

/// Renders `delta`.
#[expect(clippy::unnecessary_wraps, reason = "every format has this form")]
pub(super) fn render(delta: &Delta, options: &RenderOptions) -> Result<String, RenderError> {
    if says_nothing(delta) {
        return Ok(String::new());
    }
    let mut page = Page { out: String::new(), paint: options.paint, width: options.width };
    page.line(Line::default().faint(describe("old", &delta.old)));
    page.line(Line::default().faint(describe("new", &delta.new)));
    gaps(&mut page, delta);
    if delta.is_empty() {
        page.line(Line::default().plain("nothing differs"));
    }
    findings(&mut page, delta);
    let rows = real_rows(delta);
    for origin in ORIGINS {
        packages(&mut page, &rows, origin);
    }
    files(&mut page, delta);
    if !delta.is_empty() {
        image(&mut page, delta);
    }
    graph(&mut page, delta);
    explained(&mut page, delta);
    verdict(&mut page, delta, options);
    Ok(page.out)
}

fn describe(word: &str, side: &Side) -> String {
    let distribution =
        side.distribution.as_deref().map_or(String::new(), |text| format!(", {}", clean(text)));
    let incomplete = if side.incomplete { ", incomplete" } else { "" };
    let packages = plural(side.packages, "package", "packages");
    format!("{word}: {} ({packages}{distribution}{incomplete})", clean(&side.name))
}

fn gaps(page: &mut Page, delta: &Delta) {
    let yellow = color(AnsiColor::Yellow);
    if !delta.comparability.is_full() {
        page.heading(yellow, "the two sides can only be compared in part".to_owned());
    }
    for gap in &delta.comparability.gaps {
        let explains = match gap.explains {
            0 => String::new(),
            count => format!(", explains {}", plural(count, "change", "changes")),
        };
        page.line(
            Line::default()
                .add(yellow, format!("  ! {}: ", clean(&gap.id)))
                .plain(clean(&gap.message))
                .faint(explains),
        );
    }
}

fn findings(page: &mut Page, delta: &Delta) {
    if delta.findings.is_empty() {
        return;
    }
    page.heading(Style::new(), format!("findings ({})", delta.findings.len()));
    let rule = widest(delta.findings.iter().map(|it| it.rule.as_str()), 30);
    for finding in ranked(&delta.findings) {
        let mark = if finding.gate && finding.waived.is_none() { "✗ " } else { "  " };
        page.line(
            Line::default()
                .add(severity_style(finding.severity), format!("{mark}{:<9}", finding.severity.as_str()))
                .plain(format!("{}  {}: ", pad(&clean(&finding.rule), rule), clean(&finding.subject.name())))
                .plain(clean(&finding.message)),
        );
        let waived = words::waiver(delta, finding).plain();
        let waived = if waived.is_empty() { waived } else { format!("  {waived}") };
        let place =
            if finding.place.is_empty() { String::new() } else { format!("  {}", clean(&finding.place)) };
        page.line(Line::default().faint(format!("           {}{waived}{place}", clean(&finding.id))));
    }
}

/// What trips a gate first, then the worst; what is waived last.
pub(super) fn ranked(findings: &[DeltaFinding]) -> Vec<&DeltaFinding> {
    let mut ranked: Vec<_> = findings.iter().collect();
    ranked.sort_by_key(|it| (it.waived.is_some(), !it.gate, std::cmp::Reverse(it.severity)));
    ranked
}

fn packages(page: &mut Page, rows: &[PackageRow<'_>], origin: Origin) {
    let rows: Vec<_> = rows.iter().filter(|row| row.first.origin == origin).collect();
    if rows.is_empty() {
        return;
    }
    let count: usize = rows.iter().map(|row| row.members.len()).sum();
    page.heading(origin_style(origin), format!("{} ({count})", origin.as_str()));
    let names: Vec<_> = rows.iter().map(|row| words::name(row).plain()).collect();
    // Names don't push everything else out of a narrow terminal.
    let name = widest(names.iter().map(String::as_str), page.width.map_or(44, |width| (width / 3).min(44)));
    let ecosystem = widest(rows.iter().map(|row| row.first.ecosystem.as_str()), 16);
    for (row, title) in rows.iter().zip(&names) {
        package(page, row, &pad(title, name), ecosystem);
    }
}

fn package(page: &mut Page, row: &PackageRow<'_>, title: &str, ecosystem: usize) {
    let ecosystem = pad(&clean(&row.first.ecosystem), ecosystem);
    let main = format!("  {} {ecosystem}  {title}  {}", mark(row.change()), words::versions(row).plain());
    let license = words::license(row).plain();
    let license = if license.is_empty() { license } else { format!("  {license}") };
    let word = if row.change() == Change::Downgraded { "downgrade" } else { "" };
    let why = Phrase::join([Phrase::of(word), words::why(row)], "; ").plain();
    let why = if why.is_empty() { why } else { format!("  ({why})") };
    let shown = if row.relicensed() { color(AnsiColor::Yellow) } else { Style::new().dimmed() };
    page.line(Line::default().add(change_style(row.change()), main).add(shown, license).faint(why));
}

/// One character for a change.
pub(super) const fn mark(change: Change) -> char {
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

fn explained(page: &mut Page, delta: &Delta) {
    let rows = explained_rows(delta);
    if rows.is_empty() {
        return;
    }
    let count: usize = rows.iter().map(|row| row.members.len()).sum();
    page.heading(Style::new(), format!("explained by the scanner and not by the build ({count})"));
    for row in rows.iter().take(EXPLAINED) {
        let gap = clean(row.first.explained_by.as_deref().unwrap_or_default());
        let name = words::name(row).plain();
        let text = format!(
            "  {} {}  {name}  {}",
            mark(row.change()),
            row.first.ecosystem,
            words::versions(row).plain()
        );
        page.line(Line::default().faint(format!("{}  ({gap})", clean(&text))));
    }
    if rows.len() > EXPLAINED {
        page.line(
            Line::default().faint(format!("  … and {} more (-o json lists them)", rows.len() - EXPLAINED)),
        );
    }
}

fn verdict(page: &mut Page, delta: &Delta, options: &RenderOptions) {
    let summary = &delta.summary;
    let mut parts = vec![words::counts(summary)];
    for (count, one, many) in [
        (summary.licenses, "licence", "licences"),
        (summary.files, "file", "files"),
        (summary.image, "statement of the image", "statements of the image"),
    ] {
        if count > 0 {
            parts.push(plural(count, one, many));
        }
    }
    parts.extend(summary.size.filter(|size| *size != 0).map(words::size_change));
    parts.retain(|part| !part.is_empty());
    page.out.push('\n');
    if !parts.is_empty() {
        page.line(Line::default().plain(parts.join("; ")));
    }
    let waived = delta.verdict.waivers.len();
    let waived = if waived == 0 { String::new() } else { format!(", {waived} waived") };
    match delta.verdict.outcome {
        Outcome::Pass if delta.verdict.fail_on.is_empty() => {
            page.line(Line::default().plain(format!("verdict: pass, no gate is set{waived}")));
        }
        Outcome::Pass => {
            page.line(Line::default().add(color(AnsiColor::Green).bold(), format!("verdict: pass{waived}")));
        }
        Outcome::Fail => {
            page.line(Line::default().add(color(AnsiColor::Red).bold(), format!("verdict: fail{waived}")));
            for reason in &delta.verdict.reasons {
                page.line(Line::default().add(color(AnsiColor::Red), format!("  {}", clean(reason))));
            }
            let id = delta.findings.iter().find(|it| it.gate && it.waived.is_none());
            if let (Some(finding), false) = (id, options.command.is_empty()) {
                let command = options.command.replace("{id}", &clean(&finding.id));
                page.line(Line::default().faint(format!("  to accept one: {command}")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use unicode_width::UnicodeWidthStr;

    fn text(options: &RenderOptions) -> String {
        render(&sample::delta(), options).unwrap()
    }

    #[test]
    fn everything_has_its_section_and_the_verdict_is_last() {
        let text = text(&RenderOptions { command: "accept {id}".into(), ..RenderOptions::default() });
        let sections = ["in part", "findings (", "\nunknown (", "\nin-house (", "\nupstream (", "\nvendor ("];
        let rest =
            ["\nfiles (", "\nimage", "\ngraph: ", "explained by the scanner", "verdict: fail", "accept F-"];
        let places: Vec<_> = sections.iter().chain(&rest).map(|it| text.find(it).expect(it)).collect();
        assert!(places.is_sorted(), "{places:?}\n{text}");
        for part in
            ["openssl (libssl3, openssl)", "42.0.5 ↓ 41.0.7", "MIT → GPL-3.0-only", "via shop › axios"]
        {
            assert!(text.contains(part), "no {part} in\n{text}");
        }
        assert!(text.contains("+new line") && text.contains("user: app → root"), "{text}");
    }

    #[test]
    fn plain_text_has_no_escapes_and_colours_change_nothing_else() {
        let plain = text(&RenderOptions::default());
        assert!(!plain.contains('\x1b') && !plain.contains('\u{202e}'));
        let colored = text(&RenderOptions { paint: Paint::Colored, ..RenderOptions::default() });
        let mut stripped = String::new();
        for (index, part) in colored.split('\x1b').enumerate() {
            stripped.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
        }
        assert_eq!(stripped, plain);
        assert_ne!(colored, plain);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [20, 40, 80, 120] {
            let text = text(&RenderOptions { width: Some(width), ..RenderOptions::default() });
            assert!(text.lines().all(|line| line.width() <= width), "{width}\n{text}");
        }
    }

    #[test]
    fn of_nothing_nothing_is_said_unless_the_sides_were_not_looked_at_alike() {
        let mut delta = Delta::default();
        assert_eq!(render(&delta, &RenderOptions::default()).unwrap(), "");
        delta.comparability.gaps = super::super::sample::delta().comparability.gaps;
        let text = render(&delta, &RenderOptions::default()).unwrap();
        assert!(text.contains("nothing differs") && text.contains("verdict: pass"), "{text}");
    }
}
