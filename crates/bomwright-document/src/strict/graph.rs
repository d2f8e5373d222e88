//! What the model of SPDX 3.0.1 says of a graph.
//!
//! Every object is held against its class: members that are unknown, missing, one where there may be many or the other
//! way round, words that are none, objects of a class that does not belong there. What needs more than one element at
//! a time (which kinds of relationships lead to what) is for SHACL, which needs an RDF engine.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::{Complaint, MOST, text};

/// Classes, members and words; see `tests/scripts/spdx_model.py`.
const MODEL: &str = include_str!("../../schemas/spdx-3.txt");

/// The contexts of SPDX 3.0, which a document names as plain text.
const CONTEXTS: &[&str] =
    &["https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "https://spdx.org/rdf/3.0.0/spdx-context.jsonld"];

struct Member {
    is_required: bool,
    is_list: bool,
    kind: &'static str,
}

struct Class {
    parent: Option<&'static str>,
    members: HashMap<&'static str, Member>,
}

struct Model {
    classes: HashMap<&'static str, Class>,
    words: HashMap<&'static str, HashSet<&'static str>>,
}

impl Model {
    fn read() -> Self {
        let mut model = Self { classes: HashMap::new(), words: HashMap::new() };
        let mut last = "";
        for line in MODEL.lines() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("class") => {
                    last = words.next().unwrap_or_default();
                    model.classes.insert(last, Class { parent: words.next(), members: HashMap::new() });
                }
                Some("words") => {
                    model.words.insert(words.next().unwrap_or_default(), words.collect());
                }
                Some(name) => {
                    let is_required = words.next() != Some("0");
                    let is_list = words.next() == Some("*");
                    let member = Member { is_required, is_list, kind: words.next().unwrap_or_default() };
                    if let Some(class) = model.classes.get_mut(last) {
                        class.members.insert(name, member);
                    }
                }
                None => {}
            }
        }
        model
    }

    /// A class and those that it is a kind of.
    fn line<'m>(&'m self, class: &str) -> impl Iterator<Item = (&'static str, &'m Class)> {
        let known = |name: &str| self.classes.get_key_value(name).map(|(name, class)| (*name, class));
        std::iter::successors(known(class), move |(_, class)| known(class.parent?))
    }

    fn is_a(&self, class: &str, wanted: &str) -> bool {
        self.line(class).any(|(name, _)| name == wanted)
    }
}

/// The complaints about the document `text` of SPDX 3.
pub(super) fn complaints(text: &str) -> Vec<Complaint> {
    let Ok(Value::Object(root)) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut checker = Checker { model: Model::read(), found: Vec::new(), names: HashSet::new() };
    if !root.get("@context").and_then(Value::as_str).is_some_and(|it| CONTEXTS.contains(&it)) {
        checker.add("/@context", "it is not the text that names the context of SPDX 3.0");
    }
    match root.get("@graph") {
        Some(Value::Array(elements)) => {
            for key in root.keys().filter(|key| !matches!(key.as_str(), "@context" | "@graph")) {
                checker.add(&pointer("", key), "beside a graph there is nothing but the context");
            }
            for (index, element) in elements.iter().enumerate() {
                checker.value(element, "", &format!("/@graph/{index}"));
            }
        }
        Some(_) => checker.add("/@graph", "it is not a list"),
        None => checker.value(&Value::Object(root), "", ""),
    }
    let mut found = checker.found;
    found.truncate(MOST);
    let mut places: HashMap<String, usize> = found.iter().map(|(place, _)| (place.clone(), 0)).collect();
    let twice = text::walk(text, |path, at| {
        if let Some(place) = places.get_mut(path) {
            *place = at;
        }
    });
    let all =
        found.into_iter().map(|(place, reason)| Complaint::new(places.get(&place).copied(), place, reason));
    let twice = twice.into_iter().take(MOST);
    all.chain(twice.map(|(at, path)| Complaint::new(Some(at), path, "the object has this key already")))
        .collect()
}

fn pointer(outer: &str, key: &str) -> String {
    format!("{outer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

struct Checker {
    model: Model,
    found: Vec<(String, String)>,
    /// The names of elements so far.
    names: HashSet<String>,
}

impl Checker {
    fn add(&mut self, place: &str, reason: impl Into<String>) {
        if self.found.len() < MOST {
            self.found.push((place.to_owned(), reason.into()));
        }
    }

    /// An object of the class `wanted`; of any where that is empty. `serde_json` has bounded how deep objects nest.
    fn value(&mut self, value: &Value, wanted: &str, place: &str) {
        let Value::Object(object) = value else { return self.add(place, "it is not an object") };
        let stated = object.get("type").or_else(|| object.get("@type")).and_then(Value::as_str);
        let Some(class) = stated else { return self.add(place, "nothing says what type it is") };
        if !self.model.classes.contains_key(class) {
            // Extensions have classes of their own, which have addresses.
            if !class.contains(':') {
                self.add(place, format!("SPDX 3.0 has no class '{class}'"));
            }
            return;
        }
        if !wanted.is_empty() && !self.model.is_a(class, wanted) {
            self.add(place, format!("'{class}' is no kind of '{wanted}'"));
        }
        if self.model.is_a(class, "Element") {
            self.name(object, place);
        }
        let mut missing = Vec::new();
        for (_, class) in self.model.line(class) {
            let required = class.members.iter().filter(|(_, member)| member.is_required);
            missing.extend(required.map(|(name, _)| *name).filter(|name| !object.contains_key(*name)));
        }
        missing.sort_unstable();
        for name in missing {
            self.add(place, format!("it has no '{name}', which '{class}' must have"));
        }
        for (key, value) in object {
            self.member(class, key, value, &pointer(place, key));
        }
    }

    fn name(&mut self, object: &Map<String, Value>, place: &str) {
        let name = object.get("spdxId").or_else(|| object.get("@id")).and_then(Value::as_str);
        match name {
            None => self.add(place, "it has no 'spdxId'"),
            Some(name) if !name.contains(':') || name.contains(char::is_whitespace) => {
                self.add(&pointer(place, "spdxId"), "it is not an address (IRI)");
            }
            Some(name) => {
                if !self.names.insert(name.to_owned()) {
                    self.add(&pointer(place, "spdxId"), "the name stands for more than one element");
                }
            }
        }
    }

    fn member(&mut self, class: &str, key: &str, value: &Value, place: &str) {
        if matches!(key, "type" | "@type" | "spdxId" | "@id" | "@context") {
            return;
        }
        let found = self.model.line(class).find_map(|(_, class)| class.members.get(key));
        let Some(&Member { is_list, kind, .. }) = found else {
            return self.add(place, format!("'{class}' has no such member"));
        };
        match (value, is_list) {
            (Value::Array(items), true) => {
                if items.is_empty() {
                    self.add(place, "the list is empty");
                }
                for (index, item) in items.iter().enumerate() {
                    self.item(kind, item, &format!("{place}/{index}"));
                }
            }
            (Value::Array(_), false) => self.add(place, "it is a list, where only one is allowed"),
            (_, true) => self.add(place, "it is not a list"),
            (value, false) => self.item(kind, value, place),
        }
    }

    fn item(&mut self, kind: &str, item: &Value, place: &str) {
        if let Some(words) = self.model.words.get(kind) {
            if !item.as_str().is_some_and(|word| words.contains(word)) {
                self.add(place, format!("it is none of the words of '{kind}'"));
            }
            return;
        }
        let fits = match kind {
            "text" => item.is_string(),
            "truth" => item.is_boolean(),
            "count" => item.is_u64(),
            // JSON-LD may have decimals as text, so that they stay exact.
            "number" => item.is_number() || item.as_str().is_some_and(|text| text.parse::<f64>().is_ok()),
            "time" => item.as_str().is_some_and(|text| crate::time::to_utc(text).as_deref() == Some(text)),
            class => {
                match item {
                    Value::String(name) if name.is_empty() => self.add(place, "the name is empty"),
                    Value::String(_) => {}
                    inner => self.value(inner, class, place),
                }
                true
            }
        };
        if !fits {
            let what = if kind == "time" { "time in UTC with whole seconds" } else { kind };
            self.add(place, format!("it is no {what}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(graph: &str) -> Vec<String> {
        let text = format!("{{\"@context\":\"{}\",\"@graph\":[{graph}]}}", CONTEXTS[0]);
        complaints(&text).into_iter().map(|it| format!("{}: {}", it.place, it.reason)).collect()
    }

    #[test]
    fn objects_are_what_their_class_says() {
        let creation = r#"{"type":"CreationInfo","@id":"_:c","specVersion":"3.0.1","created":"2024-05-01T12:30:00Z","createdBy":["https://a.example/x"]}"#;
        assert_eq!(reasons(creation), [""; 0]);
        assert_eq!(
            reasons(&creation.replace("createdBy", "madeBy")),
            [
                "/@graph/0: it has no 'createdBy', which 'CreationInfo' must have",
                "/@graph/0/madeBy: 'CreationInfo' has no such member"
            ]
        );
        let tool = r#"{"type":"Tool","spdxId":"https://a.example/x","creationInfo":{"type":"Tool","spdxId":"x","creationInfo":"_:c"},"name":["a"]}"#;
        assert_eq!(
            reasons(tool),
            [
                "/@graph/0/creationInfo: 'Tool' is no kind of 'CreationInfo'",
                "/@graph/0/creationInfo/spdxId: it is not an address (IRI)",
                "/@graph/0/name: it is a list, where only one is allowed"
            ]
        );
    }
}
