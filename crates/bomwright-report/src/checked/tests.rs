//! The three forms on a document with one bad package.

use bomwright_model::{Declared, Field, FieldSet, Item, Presence};
use bomwright_profile::{Profile, check};
use serde_json::Value;

use super::*;

fn facts() -> DocumentFacts {
    let all = Field::ALL.iter().fold(FieldSet::default(), |set, field| set.with(*field, Presence::Present));
    let item = |kind, label: &str, fields| Item {
        kind,
        reference: format!("ref {label}"),
        label: label.into(),
        fields,
    };
    let blank = FieldSet::default().with(Field::Name, Presence::Present);
    DocumentFacts {
        name: "a b.cdx.json".into(),
        format: "CycloneDX 1.6".into(),
        fields: all,
        items: vec![
            item(ItemKind::Root, "image", all),
            item(ItemKind::Package, "good 1", all),
            item(ItemKind::Package, "bad\u{202e}[x](y) 2", blank.with(Field::Supplier, Presence::Unknown)),
        ],
    }
}

fn rendered(format: CheckedFormat) -> String {
    let facts = facts();
    let scores = [check(&facts, Profile::Ntia, &Declared::default())];
    let faults = [("x".to_owned(), "dangles".to_owned())];
    Checked { facts: &facts, faults: &faults, scores: &scores }.render(format, Paint::Plain)
}

#[test]
fn text_names_what_lacks_and_how_to_fix_it() {
    let text = rendered(CheckedFormat::Text);
    assert!(
        text.starts_with("a b.cdx.json: CycloneDX 1.6, a root, 2 packages, 0 files\n1 fault\n  x: dangles\n"),
        "{text}"
    );
    assert!(text.contains("supplier: 2 of 3, 1 stated to be unknown\n"), "{text}");
    assert!(text.contains("lacking: bad\u{fffd}[x](y) 2\n"), "{text}");
    assert!(text.contains("fix: what is yours"), "{text}");
}

#[test]
fn json_has_every_gap() {
    let value: Value = serde_json::from_str(&rendered(CheckedFormat::Json)).unwrap();
    assert_eq!(value["passed"], false);
    let rows = value["profiles"][0]["requirements"].as_array().unwrap();
    assert_eq!(rows.len(), Profile::Ntia.requirements().len());
    let supplier = rows.iter().find(|row| row["field"] == "supplier").unwrap();
    assert_eq!((&supplier["present"], &supplier["unknown"]), (&2.into(), &1.into()));
    assert_eq!(supplier["gaps"][0]["presence"], "unknown");
    assert_eq!(supplier["gaps"][0]["reference"], "ref bad\u{202e}[x](y) 2");
    assert!(supplier["fix"].is_string());
    assert!(rows.iter().find(|row| row["field"] == "author").unwrap().get("fix").is_none());
}

#[test]
fn sarif_has_a_rule_for_each_result_and_no_links() {
    let text = rendered(CheckedFormat::Sarif);
    let value: Value = serde_json::from_str(&text).unwrap();
    let run = &value["runs"][0];
    let rules: Vec<_> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
    let results = run["results"].as_array().unwrap();
    assert!(results.iter().all(|result| rules.contains(&&result["ruleId"])));
    assert!(results.iter().any(|result| result["ruleId"] == "ntia/supplier" && result["level"] == "error"));
    assert_eq!(results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a%20b.cdx.json");
    assert!(!text.contains('\u{202e}'));
}

#[test]
fn what_the_policy_declares_already_only_needs_another_scan() {
    let mut facts = facts();
    facts.items.truncate(2);
    facts.items[0].fields = FieldSet::default();
    let declared = Declared { supplier: Some("Acme".into()), ..Declared::default() };
    let scores = [check(&facts, Profile::Ntia, &declared)];
    let text =
        Checked { facts: &facts, faults: &[], scores: &scores }.render(CheckedFormat::Text, Paint::Plain);
    assert!(text.contains("fix: bomwright.toml declares `supplier`: scan again"), "{text}");
}
