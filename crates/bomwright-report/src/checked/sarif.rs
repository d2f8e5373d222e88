//! The report as SARIF 2.1.0 (OASIS, 2020): one result for each requirement that is not met, and one for each fault.
//!
//! A result names the packages that lack something as logical locations, a few of them; `bomwright-check/1` has all.

use bomwright_profile::{Level, Row, Score};
use serde_json::{Value, json};

use super::text::advice;
use super::{Checked, word};
use crate::delta::sarif::{message, uri};
use crate::paint::clean;

/// Packages that are named in a result.
const NAMES: usize = 20;
/// The rule of faults.
const FAULT: &str = "document-fault";

/// Renders `checked`.
pub(super) fn render(checked: &Checked<'_>) -> Value {
    let mut rules = Vec::new();
    let mut results = Vec::new();
    if !checked.faults.is_empty() {
        rules.push(json!({
            "id": FAULT,
            "shortDescription": { "text": "A fault that the format's schema does not see." },
            "defaultConfiguration": { "level": "error" },
        }));
    }
    for (place, reason) in checked.faults {
        let text = message(&format!("{place}: {reason}"));
        results.push(result(checked, FAULT, "error", &text, &[]));
    }
    for score in checked.scores {
        for row in score.rows.iter().filter(|row| !row.is_met()) {
            let id = id(score, row);
            let known = rules.iter().any(|rule: &Value| rule.get("id").and_then(Value::as_str) == Some(&id));
            if !known {
                rules.push(rule(&id, score, row));
            }
            let items = row.gaps.iter().filter_map(|at| checked.facts.items.get(*at)).take(NAMES);
            let logical: Vec<_> = items
                .map(|item| {
                    let (name, full) = (clean(&item.label), clean(&item.reference));
                    json!({ "name": name, "fullyQualifiedName": full, "kind": word(item.kind) })
                })
                .collect();
            results.push(result(checked, &id, level(row), &text(row), &logical));
        }
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "bomwright", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "automationDetails": { "id": "bomwright/check/" },
            "results": results,
        }],
    })
}

fn id(score: &Score, row: &Row) -> String {
    format!("{}/{}", score.profile.as_str(), row.requirement.field().as_str())
}

const fn level(row: &Row) -> &'static str {
    match row.requirement.level {
        Level::Required => "error",
        Level::Recommended => "warning",
        Level::IfKnown => "note",
    }
}

/// A reportingDescriptor (section 3.49).
fn rule(id: &str, score: &Score, row: &Row) -> Value {
    let requirement = row.requirement;
    let help = format!(
        "{}, {}: {}. To fix it: {}",
        score.profile.title(),
        requirement.section,
        requirement.words,
        advice(row)
    );
    json!({
        "id": id,
        "shortDescription": { "text": message(requirement.field().about()) },
        "help": { "text": message(&help) },
        "defaultConfiguration": { "level": level(row) },
        "properties": { "tags": ["sbom", score.profile.as_str()] },
    })
}

fn text(row: &Row) -> String {
    let requirement = row.requirement;
    message(&format!(
        "{}: {} of {} ({}: {}). To fix it: {}",
        requirement.field().as_str(),
        row.met(),
        row.asked,
        requirement.section,
        requirement.words,
        advice(row)
    ))
}

/// A result (section 3.27).
fn result(checked: &Checked<'_>, rule: &str, level: &str, text: &str, logical: &[Value]) -> Value {
    let mut location = json!({
        "physicalLocation": { "artifactLocation": { "uri": uri(&checked.facts.name) } },
    });
    if let (Some(map), false) = (location.as_object_mut(), logical.is_empty()) {
        map.insert("logicalLocations".to_owned(), json!(logical));
    }
    json!({ "ruleId": rule, "level": level, "message": { "text": text }, "locations": [location] })
}
