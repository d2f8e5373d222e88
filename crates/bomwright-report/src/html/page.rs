//! The page: its frame, its sections, its tables.

use bomwright_diff::Delta;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::paths::PathNode;
use super::summary::{banner, header, summary};
use super::view::{Bit, Cell, Kind, Row, Table, bytes, plain};
use super::{Content, ROWS, SCRIPT, STYLE, policy};

/// How many nodes of the graph are written for those who have no script.
const NODES: usize = 200;

pub(super) fn page(delta: &Delta, content: &Content) -> String {
    let title = format!("{} → {}", plain(&delta.old.name).text, plain(&delta.new.name).text);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content="bomwright";
                title { (title) " · what changed" }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (header(delta))
                (navigation(content))
                main #main tabindex="-1" {
                    (banner(delta))
                    (summary(delta))
                    (section(content, "findings", "Findings", ""))
                    (section(content, "packages", "Packages", &packages_note(delta)))
                    (section(content, "files", "Files", &files_note(delta)))
                    section #image aria-labelledby="image-title" {
                        h2 #image-title { "Image" }
                        h3 { "Statements" }
                        (table(content, "statements"))
                        h3 { "Layers" }
                        (layers(delta))
                        (table(content, "layers"))
                    }
                    (graph(content))
                }
                footer { p { "Made by bomwright, form " code { (plain(&delta.schema).text) } ". The page loads nothing and sends nothing." } }
                script #data type="application/json" { (PreEscaped(content.json())) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

fn navigation(content: &Content) -> Markup {
    let count = |id| content.table(id).map_or(0, |it| it.rows.len());
    html! {
        nav aria-label="Sections" {
            ul {
                li { a href="#summary" { "Summary" } }
                @for (id, name) in [("findings", "Findings"), ("packages", "Packages"), ("files", "Files")] {
                    li { a href={ "#" (id) } { (name) " " span.count { (count(id)) } } }
                }
                li { a href="#image" { "Image " span.count { (count("statements") + count("layers")) } } }
                li { a href="#graph" { "Graph" } }
            }
        }
    }
}

fn section(content: &Content, id: &str, title: &str, note: &str) -> Markup {
    html! {
        section id=(id) aria-labelledby={ (id) "-title" } {
            h2 id={ (id) "-title" } { (title) }
            @if !note.is_empty() { p.note { (note) } }
            (table(content, id))
        }
    }
}

fn packages_note(delta: &Delta) -> String {
    match delta.summary.explained {
        0 => String::new(),
        1 => "One change is the scanner's doing and is not counted.".to_owned(),
        many => format!("{many} changes are the scanner's doing and are not counted."),
    }
}

fn files_note(delta: &Delta) -> String {
    let mut words = Vec::new();
    if delta.summary.files_of_packages > 0 {
        words.push(format!("{} more differ as their packages explain", delta.summary.files_of_packages));
    }
    if delta.summary.files_of_no_note > 0 {
        words.push(format!("{} more differ that nothing singles out", delta.summary.files_of_no_note));
    }
    if words.is_empty() { String::new() } else { format!("{}.", words.join("; ")) }
}

fn table(content: &Content, id: &str) -> Markup {
    let Some(table) = content.table(id) else { return html! {} };
    if table.rows.is_empty() {
        return html! { p.empty { (table.empty) } };
    }
    html! {
        div.tool id={ (id) "-tool" } {}
        div.scroll {
            table role="table" id={ (id) "-table" } {
                caption { (table.caption) }
                thead role="rowgroup" {
                    tr role="row" {
                        @for name in table.columns { th role="columnheader" scope="col" { (name) } }
                    }
                }
                tbody role="rowgroup" {
                    @for it in table.rows.iter().take(ROWS) { (row(table, it)) }
                }
            }
        }
        @if table.rows.len() > ROWS {
            p.static { "The first " (ROWS) " of " (table.rows.len()) " rows: the others need JavaScript." }
        }
    }
}

fn row(table: &Table, row: &Row) -> Markup {
    html! {
        tr role="row" {
            @for ((at, cell), name) in row.cells.iter().enumerate().zip(table.columns) {
                @if at == table.head {
                    th role="rowheader" scope="row" data-label=(name) { span.cell { (bits(cell)) } }
                } @else {
                    td role="cell" data-label=(name) { span.cell { (bits(cell)) } }
                }
            }
        }
        @if !row.more.is_empty() {
            tr.more role="row" {
                td role="cell" colspan=(table.columns.len()) {
                    details {
                        summary { "More" }
                        dl {
                            @for item in &row.more {
                                div {
                                    dt { (item.label) }
                                    @for line in &item.lines { dd { (bits(line)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn bits(cell: &Cell) -> Markup {
    html! { @for it in cell { (bit(it)) } }
}

fn bit(bit: &Bit) -> Markup {
    html! {
        @match bit.kind {
            Kind::Plain => (bit.text),
            Kind::Code => code { (bit.text) },
            Kind::Faint | Kind::Badge(_) => span class=(bit.kind.class()) { (bit.text) },
            Kind::Bar(_) => (bar(&bit.kind.class(), &bit.text)),
            Kind::Copy => pre.copy { (bit.text) },
            Kind::Diff => pre.diff tabindex="0" { @for line in bit.text.lines() { (line_of_diff(line)) } },
        }
    }
}

/// A bar of `thousandths`. The policy lets no element have a style of its own, so it is drawn.
pub(super) fn bar(class: &str, thousandths: &str) -> Markup {
    html! {
        svg class=(class) viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
            rect.frame width="1000" height="10" {}
            rect.part width=(thousandths) height="10" {}
        }
    }
}

fn line_of_diff(line: &str) -> Markup {
    html! {
        @match line.as_bytes().first() {
            Some(b'+') => span.plus { (line) "\n" },
            Some(b'-') => span.minus { (line) "\n" },
            Some(b'@') => span.hunk { (line) "\n" },
            _ => span { (line) "\n" },
        }
    }
}

fn layers(delta: &Delta) -> Markup {
    let (left, came) = super::image::layer_bytes(delta);
    let whole = left.max(came);
    html! {
        @match delta.image.shared_layers {
            0 => {},
            1 => p.note { "The lowest layer is the same on both sides." },
            many => p.note { "The lowest " (many) " layers are the same on both sides." },
        }
        @if whole > 0 {
            dl.sizes {
                @for (name, word, size) in [("Left", "removed", left), ("Came", "added", came)] {
                    div { dt { (name) } dd { (bit(&super::view::bar(word, size, whole))) span { (bytes(size)) } } }
                }
            }
        }
    }
}

fn graph(content: &Content) -> Markup {
    html! {
        section #graph aria-labelledby="graph-title" {
            h2 #graph-title { "Graph" }
            p.note { "From the root to every package that differs, each on its shortest path." }
            @if content.left_out > 0 {
                p.note { (content.left_out) " changes have no room here; the table of packages has them all." }
            }
            @if content.paths.len() > 1 {
                div #tree {
                    ul.static { (branch(&content.paths)) }
                    @if content.paths.len() > NODES {
                        p.static { "The first " (NODES) " of " (content.paths.len()) " nodes: the others need JavaScript." }
                    }
                }
            } @else {
                p.empty { "No package differs." }
            }
            h3 { "Relations" }
            (table(content, "edges"))
        }
    }
}

/// The tree as lines, each with the node that leads to it.
fn branch(paths: &[PathNode]) -> Markup {
    html! {
        @for node in paths.iter().take(NODES).skip(1) {
            li {
                @if let Some(parent) = node.parent.and_then(|it| paths.get(it)) { span.faint { (parent.text) " → " } }
                code { (node.text) }
                @if let (Some(word), Some(mark)) = (node.change, node.mark) {
                    " " span class={ "badge " (word) } { (mark) }
                }
            }
        }
    }
}
