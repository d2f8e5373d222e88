//! What somebody reads first: the two sides, the verdict, what can't be compared, the numbers.

use bomwright_diff::{Delta, GapKind, Outcome, Side};
use bomwright_model::Origin;
use maud::{Markup, html};

use super::page::bar;
use super::show::show;
use super::view::{self, bytes, plain, signed_bytes};

pub(super) fn header(delta: &Delta) -> Markup {
    html! {
        header {
            h1 {
                "What changed"
                span.sides { code { (plain(&delta.old.name).text) } " → " code { (plain(&delta.new.name).text) } }
            }
            (verdict(delta))
        }
    }
}

fn verdict(delta: &Delta) -> Markup {
    let decision = &delta.verdict;
    let (class, text) = match decision.outcome {
        Outcome::Fail => ("verdict fail", "✗ Stopped: a gate tripped"),
        Outcome::Pass if !decision.fail_on.is_empty() => ("verdict pass", "✓ Passed: no gate tripped"),
        Outcome::Pass if delta.is_empty() => ("verdict pass", "✓ Nothing differs"),
        Outcome::Pass => ("verdict none", "• Something differs; no gate was set"),
    };
    html! {
        div class=(class) {
            p { strong { (text) } }
            @if !decision.reasons.is_empty() {
                ul { @for reason in &decision.reasons { li { (show(reason)) } } }
            }
            @if !decision.fail_on.is_empty() {
                p { "Gates: " @for gate in &decision.fail_on { code { (show(gate)) } " " } }
            }
            @if !decision.waivers.is_empty() {
                details {
                    summary { "Waivers used: " (decision.waivers.len()) }
                    ul {
                        @for it in &decision.waivers {
                            li {
                                code { (show(&it.id)) } " " (show(&it.reason))
                                @if let Some(day) = &it.expires { span.faint { " until " (show(day)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is not the build's doing. It stands above everything else, because it changes what the rest means.
pub(super) fn banner(delta: &Delta) -> Markup {
    if delta.comparability.is_full() {
        return html! {};
    }
    html! {
        aside.banner aria-labelledby="gaps-title" {
            h2 #gaps-title { "The two sides were not looked at in the same way" }
            ul {
                @for gap in &delta.comparability.gaps {
                    li {
                        span.badge.gap { (GapKind::as_str(gap.kind)) } " " (show(&gap.message))
                        @if gap.explains > 0 { span.faint { " It explains " (gap.explains) " of the changes." } }
                    }
                }
            }
        }
    }
}

pub(super) fn summary(delta: &Delta) -> Markup {
    html! {
        section #summary aria-labelledby="summary-title" {
            h2 #summary-title { "Summary" }
            (numbers(delta))
            div.pair {
                (origins(delta))
                (sides(delta))
            }
        }
    }
}

fn numbers(delta: &Delta) -> Markup {
    let it = &delta.summary;
    let changes = [
        ("added", it.added),
        ("removed", it.removed),
        ("upgraded", it.upgraded),
        ("downgraded", it.downgraded),
        ("rebuilt", it.rebuilt),
        ("moved", it.moved),
        ("changed", it.changed),
    ];
    html! {
        ul.tiles {
            @for (word, count) in changes {
                li class=(word) {
                    a href="#packages" data-filter={ "packages.change=" (word) } { strong { (count) } " " (word) }
                }
            }
            li { a href="#packages" { strong { (it.licenses) } " licences" } }
            li { a href="#files" { strong { (it.files) } " files" } }
            li { a href="#image" { strong { (it.image) } " statements" } }
            li { a href="#graph" { strong { "+" (it.edges_added) " −" (it.edges_removed) } " relations" } }
            @if let Some(size) = it.size { li { span { strong { (signed_bytes(size)) } " size" } } }
        }
    }
}

fn origins(delta: &Delta) -> Markup {
    let counts = &delta.summary.origins;
    let most = counts.values().copied().max().unwrap_or(0);
    let thousandths = |count: usize| view::bar("", count as u64, most as u64).text;
    html! {
        table.plain {
            caption { "Changed packages by origin" }
            thead { tr { th scope="col" { "Origin" } th scope="col" { "Packages" } th scope="col" { span.hidden { "Share" } } } }
            tbody {
                @for word in Origin::ALL.iter().map(|it| it.as_str()) {
                    @let count = counts.get(word).copied().unwrap_or(0);
                    tr {
                        th scope="row" {
                            a href="#packages" data-filter={ "packages.origin=" (word) } {
                                span class={ "badge " (word) } { (word) }
                            }
                        }
                        td.number { (count) }
                        td.wide { (bar(&format!("bar {word}"), &thousandths(count))) }
                    }
                }
            }
        }
    }
}

fn sides(delta: &Delta) -> Markup {
    let (old, new) = (&delta.old, &delta.new);
    let text = |side: &Option<String>| side.as_deref().map_or_else(|| "unknown".to_owned(), show);
    let size = |side: &Side| side.size.map_or_else(|| "unknown".to_owned(), bytes);
    let whole = |side: &Side| if side.incomplete { "something may be missing" } else { "yes" };
    let rows: [(&str, String, String); 8] = [
        ("Name", show(&old.name), show(&new.name)),
        ("Read as", show(&old.kind), show(&new.kind)),
        ("Digest", text(&old.digest), text(&new.digest)),
        ("Distribution", text(&old.distribution), text(&new.distribution)),
        ("Packages, files", counted(old), counted(new)),
        ("Size", size(old), size(new)),
        ("Complete", whole(old).to_owned(), whole(new).to_owned()),
        ("Listed by", show(&old.tools.join(", ")), show(&new.tools.join(", "))),
    ];
    html! {
        table.plain {
            caption { "The two sides" }
            thead { tr { th scope="col" { span.hidden { "Fact" } } th scope="col" { "Before" } th scope="col" { "Now" } } }
            tbody {
                @for (name, old, new) in &rows {
                    tr { th scope="row" { (name) } td { (old) } td { (new) } }
                }
            }
        }
    }
}

fn counted(side: &Side) -> String {
    format!("{}, {}", side.packages, side.files)
}
