//! `docs/bomwright-check-1.schema.json` against the reports that it describes.

use bomwright_model::{Declared, Field, FieldSet, Item, Presence};
use bomwright_profile::{Level, Profile, Scope, check};
use serde_json::{Map, Value, json};

use super::*;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../../docs/bomwright-check-1.schema.json")).unwrap()
}

fn faults(report: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    validator.iter_errors(report).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

/// A report on every profile, of a document in which everything states `presence`.
fn report(presence: Presence, declared: &Declared, wrong: &[(String, String)]) -> Value {
    let fields = Field::ALL.iter().fold(FieldSet::default(), |set, field| set.with(*field, presence));
    let item = |kind| Item { kind, reference: "r".into(), label: "l".into(), fields };
    let facts = DocumentFacts {
        name: "a.cdx.json".into(),
        format: "CycloneDX 1.6".into(),
        fields,
        items: [ItemKind::Root, ItemKind::System, ItemKind::Package, ItemKind::File].map(item).into(),
    };
    let scores: Vec<_> = Profile::ALL.iter().map(|profile| check(&facts, *profile, declared)).collect();
    let checked = Checked { facts: &facts, faults: wrong, scores: &scores };
    serde_json::from_str(&checked.render(CheckedFormat::Json, Paint::Plain)).unwrap()
}

fn rich() -> Value {
    let supplier = Declared { supplier: Some("Acme <info@acme.example>".into()), ..Declared::default() };
    report(Presence::Missing, &supplier, &[("x".to_owned(), "dangles".to_owned())])
}

#[test]
fn reports_keep_to_the_schema() {
    for presence in [Presence::Missing, Presence::Unknown, Presence::Present, Presence::Declared] {
        assert_eq!(faults(&report(presence, &Declared::default(), &[])), [""; 0], "{presence:?}");
    }
    assert_eq!(faults(&rich()), [""; 0]);
}

/// Every object of the report, by its pointer.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            found.push(at.to_owned());
            map.iter().for_each(|(key, value)| objects(value, &format!("{at}/{key}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(key, value)| objects(value, &format!("{at}/{key}"), found));
        }
        _ => {}
    }
}

#[test]
fn the_schema_takes_no_unknown_key_and_misses_none() {
    let mut report = rich();
    // One profile is enough to look at closely.
    report["profiles"].as_array_mut().unwrap().truncate(1);
    let mut pointers = Vec::new();
    objects(&report, "", &mut pointers);
    assert!(pointers.len() > 10, "{pointers:?}");
    for pointer in pointers {
        let changed = |change: &dyn Fn(&mut Map<String, Value>)| {
            let mut copy = report.clone();
            change(copy.pointer_mut(&pointer).unwrap().as_object_mut().unwrap());
            faults(&copy)
        };
        assert!(!changed(&|map| drop(map.insert("surprise".into(), json!(1)))).is_empty(), "{pointer}");
        for key in report.pointer(&pointer).unwrap().as_object().unwrap().keys() {
            // What a requirement that is not met has besides.
            let is_optional = ["fix", "declare"].contains(&key.as_str());
            let faults = changed(&|map| drop(map.remove(key)));
            assert!(is_optional || !faults.is_empty(), "{pointer}/{key} may be missing");
        }
    }
}

/// A key that the schema knows and no report has would never be seen to be wrong.
#[test]
fn the_report_has_every_key_of_the_schema() {
    let (schema, text) = (schema(), rich().to_string());
    let mut pointers = Vec::new();
    objects(&schema, "", &mut pointers);
    for pointer in pointers.iter().filter(|pointer| pointer.ends_with("/properties")) {
        for key in schema.pointer(pointer).unwrap().as_object().unwrap().keys() {
            assert!(text.contains(&format!("\"{key}\":")), "{pointer}/{key}");
        }
    }
}

#[test]
fn the_words_are_those_of_the_types() {
    let schema = schema();
    let check = |pointer: &str, words: Vec<&str>| {
        let stated = &schema["$defs"].pointer(pointer).unwrap_or_else(|| panic!("{pointer}"))["enum"];
        assert_eq!(*stated, json!(words), "{pointer}");
    };
    check("/field", Field::ALL.iter().map(|field| field.as_str()).collect());
    check("/profile/properties/profile", Profile::ALL.iter().map(|profile| profile.as_str()).collect());
    let levels = [Level::Required, Level::Recommended, Level::IfKnown];
    check("/requirement/properties/level", levels.map(Level::as_str).into());
    let scopes = [Scope::Document, Scope::Root, Scope::System, Scope::Packages, Scope::Files];
    check("/requirement/properties/of/items", scopes.map(Scope::as_str).into());
    let kinds = [ItemKind::Root, ItemKind::System, ItemKind::Package, ItemKind::File];
    check("/gap/properties/kind", kinds.map(word).into());
    let keys = ["author", "distribution", "licence", "security-contact", "supplier", "support-end"];
    let mut declared = Declared::default();
    for key in keys {
        declared.set(key, "x");
    }
    assert_eq!(declared.entries().map(|(key, _)| key).collect::<Vec<_>>(), keys);
    // Single parts are a table of their own.
    check("/requirement/properties/declare", keys.into_iter().chain(["part"]).collect());
}
