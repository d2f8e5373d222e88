//! The report for programs, `bomwright-check/1`: every requirement, and everything that does not meet it.

use bomwright_profile::{Row, Score, fix};
use serde_json::{Value, json};

use super::text::standing;
use super::{Checked, word};

/// Renders `checked`.
pub(super) fn render(checked: &Checked<'_>) -> Value {
    let faults: Vec<_> =
        checked.faults.iter().map(|(place, reason)| json!({ "place": place, "reason": reason })).collect();
    let profiles: Vec<_> = checked.scores.iter().map(|score| self::score(checked, score)).collect();
    json!({
        "schema": "bomwright-check/1",
        "document": checked.facts.name,
        "format": checked.facts.format,
        "passed": checked.passed(),
        "faults": faults,
        "profiles": profiles,
    })
}

fn score(checked: &Checked<'_>, score: &Score) -> Value {
    json!({
        "profile": score.profile.as_str(),
        "title": score.profile.title(),
        "passed": score.passed(),
        "percent": score.percent(),
        "toldPercent": score.told(),
        "requirements": score.rows.iter().map(|row| self::row(checked, row)).collect::<Vec<_>>(),
    })
}

fn row(checked: &Checked<'_>, row: &Row) -> Value {
    let requirement = row.requirement;
    let gaps: Vec<_> = row
        .gaps
        .iter()
        .filter_map(|at| checked.facts.items.get(*at))
        .map(|item| {
            json!({
                "reference": item.reference,
                "label": item.label,
                "kind": word(item.kind),
                "presence": standing(row, |field| item.fields.get(field)).as_str(),
            })
        })
        .collect();
    let mut value = json!({
        "field": requirement.field().as_str(),
        "fields": requirement.fields.iter().map(|field| field.as_str()).collect::<Vec<_>>(),
        "about": requirement.field().about(),
        "of": requirement.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>(),
        "level": requirement.level.as_str(),
        "unknownIsFine": requirement.unknown_is_fine,
        "section": requirement.section,
        "words": requirement.words,
        "met": row.is_met(),
        "asked": row.asked,
        "present": row.present,
        "declared": row.declared,
        "unknown": row.unknown,
        "missing": row.missing,
        "gaps": gaps,
    });
    if let Some(object) = value.as_object_mut().filter(|_| !row.is_met()) {
        object.insert("fix".to_owned(), json!(fix(requirement.field())));
        if let Some(key) = row.key {
            object.insert("declare".to_owned(), json!(key));
            object.insert("isInPolicy".to_owned(), json!(row.is_in_policy));
        }
    }
    value
}
