//! The table of what needs a decision.

use std::collections::BTreeMap;

use bomwright_diff::{Delta, DeltaFinding, FindingSubject};
use bomwright_model::FindingSeverity;

use super::view::{Cell, Facet, Item, Row, Table, badge, code, copy, faint, plain};

pub(super) fn findings(delta: &Delta) -> Table {
    Table {
        id: "findings",
        caption: "What needs a decision, the worst first",
        empty: "Nothing needs a decision.",
        columns: &["Severity", "Rule", "Subject", "What was seen", "Where or why", "State", "Id"],
        head: 2,
        facets: vec![
            Facet {
                key: "severity",
                label: "Severity",
                buttons: FindingSeverity::ALL.iter().rev().map(|it| it.as_str()).collect(),
            },
            Facet { key: "state", label: "State", buttons: vec![STOPS, WAIVED, NOTED] },
            Facet { key: "rule", label: "Rule", buttons: Vec::new() },
        ],
        rows: delta.findings.iter().map(row).collect(),
    }
}

const STOPS: &str = "blocking";
const WAIVED: &str = "waived";
const NOTED: &str = "noted";

fn row(finding: &DeltaFinding) -> Row {
    let state = match (&finding.waived, finding.gate) {
        (Some(_), _) => WAIVED,
        (None, true) => STOPS,
        (None, false) => NOTED,
    };
    let subject: Cell = match &finding.subject {
        FindingSubject::Image(text) => vec![faint("image "), code(text)],
        FindingSubject::Package(_) | FindingSubject::Path(_) => vec![code(&finding.subject.name())],
    };
    let mut what = vec![plain(&finding.message)];
    if let Some(reason) = &finding.waived {
        what.push(faint(&format!(" Waived: {reason}")));
    }
    Row {
        cells: vec![
            vec![badge(finding.severity.as_str())],
            vec![code(&finding.rule)],
            subject,
            what,
            vec![plain(&finding.place)],
            vec![badge(state)],
            vec![code(&finding.id)],
        ],
        facets: vec![
            vec![finding.severity.as_str().to_owned()],
            vec![state.to_owned()],
            vec![code(&finding.rule).text],
        ],
        more: more(finding),
        numbers: BTreeMap::from([(0, rank(finding.severity))]),
    }
}

/// The worst severity first.
fn rank(severity: FindingSeverity) -> u64 {
    FindingSeverity::ALL.iter().rev().zip(0..).find(|(it, _)| **it == severity).map_or(0, |(_, rank)| rank)
}

fn more(finding: &DeltaFinding) -> Vec<Item> {
    if let Some(reason) = &finding.waived {
        return vec![Item::line("Waived because", vec![plain(reason)])];
    }
    // Only an id of the known form goes into a command that somebody may copy.
    let digits = finding.id.strip_prefix("F-").unwrap_or_default();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Vec::new();
    }
    let command =
        format!("bomwright waive delta.json {} --reason 'why it may pass' --until YYYY-MM-DD\n", finding.id);
    vec![Item::line("To let it pass", vec![copy(&command)])]
}
