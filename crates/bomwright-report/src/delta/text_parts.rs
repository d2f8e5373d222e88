//! The parts of a delta below its packages, for a terminal: files, the image, the graph.

use anstyle::{AnsiColor, Style};
use bomwright_diff::{Change, Delta, TextDiff};

use super::line::{Line, widest};
use super::text::{Page, mark};
use super::words::{self, bytes};
use crate::paint::{change_style, clean, color};

/// Lines of one text's diff.
const LINES: usize = 40;

/// The files that differ, each with its lines.
pub(super) fn files(page: &mut Page, delta: &Delta) {
    let summary = &delta.summary;
    if delta.files.is_empty() && summary.files_of_packages == 0 && summary.files_of_no_note == 0 {
        return;
    }
    page.heading(Style::new(), format!("files ({})", delta.files.len()));
    let width = widest(delta.files.iter().map(|it| it.path.as_str()), 48);
    for file in &delta.files {
        let path = super::line::pad(&clean(&file.path), width);
        let layer =
            file.layer.as_ref().map_or(String::new(), |it| format!("  ({})", words::layer(it).plain()));
        page.line(
            Line::default()
                .add(change_style(file.change), format!("  {} /{path}", mark(file.change)))
                .plain(format!("  {}", words::file(file).plain()))
                .faint(layer),
        );
        if let Some(text) = &file.text {
            lines(page, text);
        }
    }
    for (count, what) in [
        (summary.files_of_packages, "as the change of their package explains"),
        (summary.files_of_no_note, "that no package owns and no rule singles out"),
    ] {
        if count > 0 {
            page.line(Line::default().faint(format!("  and {count} more {what}")));
        }
    }
}

fn lines(page: &mut Page, text: &TextDiff) {
    for line in text.unified.lines().take(LINES) {
        let style = match line.chars().next() {
            Some('+') => color(AnsiColor::Green),
            Some('-') => color(AnsiColor::Red),
            Some('@') => color(AnsiColor::Cyan),
            _ => Style::new().dimmed(),
        };
        page.line(Line::default().plain("      ").add(style, clean(&line.replace('\t', "    "))));
    }
    if text.truncated || text.unified.lines().nth(LINES).is_some() {
        let all = format!("      … {} in all", words::lines(text));
        page.line(Line::default().faint(all));
    }
}

/// What the image says of itself, and its layers.
pub(super) fn image(page: &mut Page, delta: &Delta) {
    let image = &delta.image;
    if image.fields.is_empty() && image.layers.is_empty() {
        return;
    }
    page.heading(Style::new(), "image".to_owned());
    for field in &image.fields {
        page.line(
            Line::default()
                .add(color(AnsiColor::Yellow), format!("  {}: ", words::statement(field).plain()))
                .plain(words::values(field).plain()),
        );
    }
    page.line(Line::default().faint(format!(
        "  {} shared from the bottom",
        words::plural(image.shared_layers, "layer", "layers")
    )));
    for layer in &image.layers {
        let instruction = clean(layer.instruction.as_deref().unwrap_or_default());
        let size = bytes(u128::from(layer.size));
        let mark = if layer.change == Change::Removed { '-' } else { '+' };
        page.line(Line::default().faint(format!("  {mark} layer {}  {size}  {instruction}", layer.index)));
    }
}

/// One line on edges: the graph itself is for programs.
pub(super) fn graph(page: &mut Page, delta: &Delta) {
    if delta.graph.is_empty() {
        return;
    }
    page.out.push('\n');
    let edges = words::plural(delta.graph.added.len(), "edge", "edges");
    page.line(
        Line::default().plain(format!(
            "graph: {edges} added, {} removed (-o json lists them)",
            delta.graph.removed.len()
        )),
    );
}
