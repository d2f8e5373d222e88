//! `docs/bomwright-delta-1.schema.json` and `docs/delta.md` against the deltas that they describe.

use bomwright_diff::{Change, Delta, FieldKind, FileRole, FindingSubject, GapKind, HintKind, Outcome, Step};
use bomwright_model::{EdgeKind, FindingSeverity, Origin, Scope, Status};
use serde_json::{Map, Value, json};

use super::{read_delta, sample};

const SCHEMA: &str = include_str!("../../../../docs/bomwright-delta-1.schema.json");
const PAGE: &str = include_str!("../../../../docs/delta.md");

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

fn faults(delta: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    validator.iter_errors(delta).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

/// Everything that occurs occurs in the sample; subjects of each kind are added.
fn rich() -> Value {
    let delta = sample::delta();
    assert!(delta.findings.iter().any(|it| matches!(it.subject, FindingSubject::Image(_))));
    serde_json::to_value(delta).unwrap()
}

#[test]
fn deltas_keep_to_the_schema() {
    assert_eq!(faults(&rich()), [""; 0]);
    let empty = Delta { schema: bomwright_diff::SCHEMA.into(), ..Delta::default() };
    assert_eq!(faults(&serde_json::to_value(empty).unwrap()), [""; 0]);
}

/// The example of the documentation is a delta, for the schema and for the reader.
#[test]
fn the_example_is_a_delta() {
    let section = PAGE.split("## An example").nth(1).unwrap().split("\n## ").next().unwrap();
    assert_eq!(faults(&serde_json::from_str(section).unwrap()), [""; 0]);
    assert_eq!(read_delta(section).unwrap().packages.len(), 1);
    let finding = PAGE.split("## Findings").nth(1).unwrap().split("\nThe `id`").next().unwrap();
    let mut delta = rich();
    delta["findings"] = json!([serde_json::from_str::<Value>(finding).unwrap()]);
    assert_eq!(faults(&delta), [""; 0]);
    read_delta(&delta.to_string()).unwrap();
}

/// Calls `change` with every object below `value`, each in a copy of the whole.
fn each_object(whole: &Value, change: &dyn Fn(&mut Map<String, Value>), check: &mut dyn FnMut(&str, &Value)) {
    let mut pointers = vec![String::new()];
    while let Some(pointer) = pointers.pop() {
        let below: Vec<String> = match whole.pointer(&pointer).unwrap() {
            Value::Object(map) => map.keys().cloned().collect(),
            Value::Array(items) => (0..items.len()).map(|it| it.to_string()).collect(),
            _ => continue,
        };
        pointers.extend(below.iter().map(|it| format!("{pointer}/{it}")));
        let mut copy = whole.clone();
        if let Some(map) = copy.pointer_mut(&pointer).and_then(Value::as_object_mut) {
            change(map);
            check(&pointer, &copy);
        }
    }
}

#[test]
fn an_unknown_key_is_refused_everywhere() {
    let mut objects = 0;
    let add = |map: &mut Map<String, Value>| {
        map.insert("surprise".into(), json!(1));
    };
    each_object(&rich(), &add, &mut |pointer, delta| {
        objects += 1;
        assert!(!faults(delta).is_empty(), "the schema takes an unknown key in '{pointer}'");
        if pointer != "/summary/origins" {
            assert!(
                read_delta(&delta.to_string()).is_err(),
                "the reader takes an unknown key in '{pointer}'"
            );
        }
    });
    assert!(objects > 60, "{objects}");
}

/// A key that the schema knows and no delta has would never be seen to be wrong.
#[test]
fn the_sample_has_every_key_of_the_schema() {
    let text = rich().to_string();
    let mut missing = Vec::new();
    each_object(&schema(), &|_| (), &mut |pointer, schema| {
        if pointer.ends_with("/properties") {
            let keys = schema.pointer(pointer).unwrap().as_object().unwrap().keys();
            missing.extend(keys.filter(|key| !text.contains(&format!("\"{key}\":"))).cloned());
        }
    });
    assert_eq!(missing, [""; 0]);
}

#[test]
fn the_words_are_those_of_the_types() {
    let schema = schema();
    let check = |pointer: &str, words: Vec<String>| {
        let stated = &schema["$defs"].pointer(pointer).unwrap_or_else(|| panic!("{pointer}"))["enum"];
        assert!(words.len() > 1, "{pointer}: {words:?}");
        assert_eq!(*stated, json!(words), "{pointer}");
    };
    check("/change", variants::<Change>());
    check("/origin", variants::<Origin>());
    check("/scope", variants::<Scope>());
    check("/edge/properties/kind", variants::<EdgeKind>());
    check("/finding/properties/severity", variants::<FindingSeverity>());
    check("/fileState/properties/status", variants::<Status>());
    check("/package/properties/step", variants::<Step>());
    check("/hint/properties/kind", variants::<HintKind>());
    check("/file/properties/roles/items", variants::<FileRole>());
    check("/image/properties/fields/items/properties/field", variants::<FieldKind>());
    check("/gap/properties/kind", variants::<GapKind>());
    check("/verdict/properties/outcome", variants::<Outcome>());
}

/// The words of an enum, as its reader lists them when it is given another one.
fn variants<T: serde::de::DeserializeOwned>() -> Vec<String> {
    let Err(error) = serde_json::from_value::<T>(json!("?")) else { return Vec::new() };
    error.to_string().split('`').skip(3).step_by(2).map(ToOwned::to_owned).collect()
}
