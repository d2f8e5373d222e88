//! YAML (1.2, and so JSON) as a tree in which every value knows its line.
//!
//! The events come from `saphyr-parser`; the tree is ours, because of what has to be bounded: the depth, the
//! number of values, and what aliases would expand to ("billion laughs"). An alias shares the value that it
//! names, and counts with its full weight. Merge keys (`<<`, yaml.org/type/merge.html) are applied, as the
//! tools that read these files do.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

/// Nesting of values.
const DEEPEST: usize = 128;
/// Values of a document, those behind aliases counted as often as they are named.
const MOST_VALUES: usize = 1_000_000;

/// A value with its place.
#[derive(Debug)]
pub(crate) struct Node {
    /// Line in the file, from 1.
    pub(crate) line: usize,
    /// Column in characters, from 1.
    pub(crate) column: usize,
    /// The value itself.
    pub(crate) value: Value,
    weight: usize,
    height: usize,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Value {
    /// Nothing: empty, `null` or `~`.
    Null,
    /// A scalar as text, and whether it is a literal or folded block.
    Text(String, bool),
    /// A sequence.
    List(Vec<Rc<Node>>),
    /// A mapping in the order of the file; keys that are no scalars are left out.
    Map(Vec<(String, Rc<Node>)>),
}

/// Why a document can't be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
    /// Whether it is a limit and not the grammar that was broken.
    pub(crate) is_limit: bool,
}

impl Node {
    fn new(place: Place, value: Value) -> Self {
        let below: Box<dyn Iterator<Item = &Rc<Node>>> = match &value {
            Value::Null | Value::Text(..) => Box::new(std::iter::empty()),
            Value::List(items) => Box::new(items.iter()),
            Value::Map(entries) => Box::new(entries.iter().map(|(_, node)| node)),
        };
        let (weight, height) = below.fold((1_usize, 0_usize), |(weight, height), node| {
            (weight.saturating_add(node.weight), height.max(node.height))
        });
        Self { line: place.line, column: place.column, value, weight, height: height + 1 }
    }

    /// A value that was read from another format.
    pub(crate) fn leaf(line: usize, column: usize, value: Value) -> Self {
        Self::new(Place { line, column }, value)
    }

    /// The value of `key`; of several the last, as in every reader that lets them pass.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().rfind(|(name, _)| *name == key).map(|(_, node)| node)
    }

    /// The value at the end of `keys`.
    pub(crate) fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text of the scalar at `key`.
    pub(crate) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::text)
    }

    /// The text of a scalar that is not null.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text, _) => Some(text),
            _ => None,
        }
    }

    /// Whether it is a literal or folded block, which may hold a document of its own.
    pub(crate) fn is_block(&self) -> bool {
        matches!(self.value, Value::Text(_, true))
    }

    /// The entries of a mapping; none for anything else.
    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = (&str, &Self)> {
        let entries: &[(String, Rc<Self>)] =
            if let Value::Map(entries) = &self.value { entries } else { &[] };
        entries.iter().map(|(name, node)| (name.as_str(), node.as_ref()))
    }

    /// The items of a sequence; none for anything else.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Self> {
        let items: &[Rc<Self>] = if let Value::List(items) = &self.value { items } else { &[] };
        items.iter().map(AsRef::as_ref)
    }

    /// Whether it is a mapping.
    pub(crate) fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }
}

#[derive(Debug, Clone, Copy)]
struct Place {
    line: usize,
    column: usize,
}

/// A collection that is not closed yet.
struct Open {
    place: Place,
    anchor: usize,
    key: Option<String>,
    entries: Vec<(String, Rc<Node>)>,
    items: Vec<Rc<Node>>,
    is_map: bool,
    /// The next value is a key.
    wants_key: bool,
}

struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Rc<Node>>,
    documents: Vec<Rc<Node>>,
    values: usize,
    /// Lines before the text that is parsed.
    before: usize,
}

/// The documents of `text`, which begins at line `before + 1` of its file.
pub(crate) fn parse(text: &str, before: usize) -> Result<Vec<Rc<Node>>, Fault> {
    let mut builder =
        Builder { open: Vec::new(), anchors: HashMap::new(), documents: Vec::new(), values: 0, before };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Fault {
            line: before + error.marker().line(),
            column: error.marker().col() + 1,
            message: error.info().to_owned(),
            is_limit: false,
        })?;
        builder.event(event, span)?;
    }
    Ok(builder.documents)
}

impl Builder {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Fault> {
        let place = Place { line: self.before + span.start.line(), column: span.start.col() + 1 };
        match event {
            Event::DocumentStart(_) => self.anchors.clear(),
            Event::Scalar(text, style, anchor, tag) => {
                let reset = tag.is_some_and(|tag| tag.suffix == "reset");
                let null =
                    style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                // The place of a block is its first line of text; the empty ones before it belong to it too.
                let empty = text.bytes().take_while(|b| block && *b == b'\n').count();
                let place = Place { line: place.line.saturating_sub(empty), ..place };
                let value = if null || reset { Value::Null } else { Value::Text(text.into_owned(), block) };
                self.value(Rc::new(Node::new(place, value)), anchor, place)?;
            }
            Event::Alias(id) => match self.anchors.get(&id).cloned() {
                Some(node) => self.value(node, 0, place)?,
                None => return Err(fault(place, "an alias lies inside the value that it names", false)),
            },
            Event::SequenceStart(anchor, _) => self.start(place, anchor, false)?,
            Event::MappingStart(anchor, _) => self.start(place, anchor, true)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let (place, anchor) = (open.place, open.anchor);
                    let value =
                        if open.is_map { Value::Map(merged(open.entries)) } else { Value::List(open.items) };
                    self.value(Rc::new(Node::new(place, value)), anchor, place)?;
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn start(&mut self, place: Place, anchor: usize, is_map: bool) -> Result<(), Fault> {
        if self.open.len() >= DEEPEST {
            return Err(fault(place, "values are nested too deeply", true));
        }
        self.open.push(Open {
            place,
            anchor,
            key: None,
            entries: Vec::new(),
            items: Vec::new(),
            is_map,
            wants_key: is_map,
        });
        Ok(())
    }

    /// Puts a finished value where it belongs.
    fn value(&mut self, node: Rc<Node>, anchor: usize, place: Place) -> Result<(), Fault> {
        self.values += 1;
        if node.weight > MOST_VALUES || self.values > MOST_VALUES {
            return Err(fault(
                place,
                "more than 1000000 values, those behind aliases counted each time",
                true,
            ));
        }
        if self.open.len() + node.height > DEEPEST + 1 {
            return Err(fault(place, "values are nested too deeply", true));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some(open) if open.wants_key => {
                open.key = node.text().map(str::to_owned);
                open.wants_key = false;
            }
            Some(open) if open.is_map => {
                if let Some(key) = open.key.take() {
                    open.entries.push((key, node));
                }
                open.wants_key = true;
            }
            Some(open) => open.items.push(node),
        }
        Ok(())
    }
}

fn fault(place: Place, message: &str, is_limit: bool) -> Fault {
    Fault { line: place.line, column: place.column, message: message.to_owned(), is_limit }
}

/// The entries with those of `<<` added where the mapping itself has none of that name.
fn merged(entries: Vec<(String, Rc<Node>)>) -> Vec<(String, Rc<Node>)> {
    if !entries.iter().any(|(key, _)| key == "<<") {
        return entries;
    }
    let (merges, mut own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| key == "<<");
    let mut names: BTreeSet<String> = own.iter().map(|(key, _)| key.clone()).collect();
    for (_, node) in &merges {
        let maps: Vec<&Node> = if node.is_map() { vec![node.as_ref()] } else { node.items().collect() };
        for map in maps {
            let Value::Map(entries) = &map.value else { continue };
            for (key, value) in entries {
                if names.insert(key.clone()) {
                    own.push((key.clone(), Rc::clone(value)));
                }
            }
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Rc<Node> {
        parse(text, 0).unwrap().remove(0)
    }

    #[test]
    fn values_know_their_place() {
        let tree = one("a:\n  - b: x\n    c: \"y\"\n");
        let c = tree.get("a").unwrap().items().next().unwrap().get("c").unwrap();
        assert_eq!((c.line, c.column, c.text()), (3, 8, Some("y")));
        let tree = parse("{\"a\":\"b\",\n\t\"c\":[1,2]}", 10).unwrap().remove(0);
        assert_eq!(tree.get("c").unwrap().line, 12);
        assert_eq!(tree.text_of("a"), Some("b"));
        // A block's place is that of its first line of text.
        let tree = one("k: |\n  one\n  two\n");
        assert_eq!((tree.get("k").unwrap().line, tree.text_of("k")), (2, Some("one\ntwo\n")));
        let tree = one("k: |\n\n  one\n");
        assert_eq!((tree.get("k").unwrap().line, tree.text_of("k")), (2, Some("\none\n")));
    }

    #[test]
    fn nothing_is_null_and_the_last_key_counts() {
        let tree = one("a:\nb: null\nc: 'null'\nd: 1\nd: 2\ne: !reset null\n");
        assert!(tree.text_of("a").is_none() && tree.text_of("b").is_none() && tree.text_of("e").is_none());
        assert_eq!((tree.text_of("c"), tree.text_of("d")), (Some("null"), Some("2")));
    }

    #[test]
    fn merge_keys_give_what_is_not_there() {
        // The example of yaml.org/type/merge.html: own keys win, then the earlier mapping.
        let tree = one("- &a {x: 1, y: 2}\n- &b {r: 10, x: 3}\n- {<<: [*a, *b], y: 9}\n");
        let last = tree.items().last().unwrap();
        let value = |key| last.text_of(key).unwrap().to_owned();
        assert_eq!([value("x"), value("y"), value("r")], ["1", "9", "10"]);
    }

    #[test]
    fn bombs_are_stopped() {
        let mut laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for n in 1..12 {
            let names = vec![format!("*a{}", n - 1); 10].join(",");
            laughs.extend([format!("a{n}: &a{n} [{names}]\n")]);
        }
        assert!(parse(&laughs, 0).unwrap_err().is_limit);
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert!(parse(&deep, 0).unwrap_err().is_limit);
        let mut chain = "a0: &a0 [x]\n".to_owned();
        for n in 1..200 {
            chain.extend([format!("a{n}: &a{n} [*a{}]\n", n - 1)]);
        }
        assert!(parse(&chain, 0).unwrap_err().is_limit);
        assert!(parse("a: &a [*a]", 0).is_err());
        let wide = format!("[{}]", "a,".repeat(1_100_000));
        assert!(parse(&wide, 0).unwrap_err().is_limit);
    }

    #[test]
    fn faults_name_their_line() {
        let fault = parse("a: 1\nb: [\nc: 2\n", 7).unwrap_err();
        assert!(fault.line >= 9 && !fault.is_limit, "{fault:?}");
        assert!(parse("a: *nowhere", 0).is_err());
    }
}
