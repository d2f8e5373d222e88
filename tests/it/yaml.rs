//! YAML as JSON values, so that tests can look into recipes. Every scalar is text.

use saphyr_parser::{Event, Parser};
use serde_json::{Map, Value};

/// The one document of `text`.
pub(crate) fn yaml(text: &str) -> Value {
    let mut open: Vec<(Value, Option<String>)> = Vec::new();
    let mut document = None;
    for event in Parser::new_from_str(text) {
        let done = match event.unwrap().0 {
            Event::Scalar(text, ..) => Value::String(text.into_owned()),
            Event::SequenceStart(..) => {
                open.push((Value::Array(Vec::new()), None));
                continue;
            }
            Event::MappingStart(..) => {
                open.push((Value::Object(Map::new()), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().unwrap().0,
            Event::Alias(_) => panic!("no aliases in recipes"),
            _ => continue,
        };
        match open.last_mut() {
            None => assert!(document.replace(done).is_none(), "one document"),
            Some((Value::Array(items), _)) => items.push(done),
            Some((Value::Object(entries), key)) => match key.take() {
                None => *key = Some(done.as_str().unwrap().to_owned()),
                Some(name) => {
                    assert!(entries.insert(name.clone(), done).is_none(), "{name} stands there twice");
                }
            },
            Some(_) => unreachable!(),
        }
    }
    document.unwrap()
}

/// Every text in `value`, with the path that leads to it.
pub(crate) fn texts(value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), value)];
    while let Some((path, value)) = open.pop() {
        match value {
            Value::String(text) => found.push((path, text.clone())),
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, it)| (format!("{path}/{index}"), it)));
            }
            Value::Object(entries) => {
                open.extend(entries.iter().map(|(key, it)| (format!("{path}/{key}"), it)));
            }
            _ => {}
        }
    }
    found
}
