//! YAML (1.2) of lock files, as a tree.
//!
//! The events come from `saphyr-parser`. Programs write lock files, so what only people write is refused:
//! aliases, which could unfold without a bound.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// Nesting of values.
const DEEPEST: usize = 64;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Yaml {
    /// Nothing: empty, `null` or `~`.
    Null,
    /// A scalar as text.
    Text(String),
    /// A sequence.
    List(Vec<Yaml>),
    /// A mapping in the order of the file; keys that are no scalars are left out.
    Map(Vec<(String, Yaml)>),
}

/// Why a document can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Fault {
    /// Line from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
    /// Whether it is at the end of the text.
    pub is_at_end: bool,
}

static NULL: Yaml = Yaml::Null;

impl Yaml {
    /// Reads the first document of `text`; an empty one is [`Yaml::Null`].
    ///
    /// # Errors
    /// [`Fault`] for what breaks the grammar (YAML 1.2.2), for aliases, and for more than 64 levels.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let lines = text.trim_end().lines().count();
        let fault = |line: usize, message: &str| Fault {
            line,
            message: message.to_owned(),
            is_at_end: line >= lines,
        };
        let mut open: Vec<Open> = Vec::new();
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| fault(error.marker().line(), error.info()))?;
            let line = span.start.line();
            let value = match event {
                Event::Alias(_) => return Err(fault(line, "an alias, which no lock file has")),
                Event::SequenceStart(..) | Event::MappingStart(..) if open.len() >= DEEPEST => {
                    return Err(fault(line, "values are nested too deeply"));
                }
                Event::SequenceStart(..) => {
                    open.push(Open::List(Vec::new()));
                    continue;
                }
                Event::MappingStart(..) => {
                    open.push(Open::Map(Vec::new(), None));
                    continue;
                }
                Event::Scalar(text, style, ..) => {
                    let is_null =
                        style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                    if is_null { Self::Null } else { Self::Text(text.into_owned()) }
                }
                Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                    Some(Open::List(items)) => Self::List(items),
                    Some(Open::Map(entries, _)) => Self::Map(entries),
                    None => continue,
                },
                Event::DocumentEnd => break,
                _ => continue,
            };
            match open.last_mut() {
                None => return Ok(value),
                Some(Open::List(items)) => items.push(value),
                Some(Open::Map(entries, key)) => match key.take() {
                    None => *key = Some(value),
                    Some(Self::Text(key)) => entries.push((key, value)),
                    Some(_) => {}
                },
            }
        }
        Ok(Self::Null)
    }

    /// The value of `key`; of several the last. Nothing where there is none.
    pub fn get(&self, key: &str) -> &Self {
        self.entries().rfind(|(name, _)| *name == key).map_or(&NULL, |(_, value)| value)
    }

    /// The scalar at `key` as text, else nothing.
    pub fn text_of(&self, key: &str) -> &str {
        self.get(key).text()
    }

    /// A scalar as text, else nothing.
    pub fn text(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }

    /// The entries of a mapping.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (&str, &Self)> {
        let entries = if let Self::Map(entries) = self { entries.as_slice() } else { &[] };
        entries.iter().map(|(key, value)| (key.as_str(), value))
    }
}

/// A collection that is not at its end.
enum Open {
    List(Vec<Yaml>),
    /// With the key whose value comes next.
    Map(Vec<(String, Yaml)>, Option<Yaml>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_as_lock_files_write_them() {
        // YAML 1.2.2, sections 7.3 (flow scalars), 7.4 (flow collections) and 8.2 (block collections).
        let tree =
            Yaml::parse("version: '9.0'\n\"a@^1, b\":\n  list: [x, 'y']\n  none:\n  map: {k: v}\n").unwrap();
        assert_eq!(tree.text_of("version"), "9.0");
        let entry = tree.get("a@^1, b");
        assert_eq!(entry.get("list"), &Yaml::List(vec![Yaml::Text("x".into()), Yaml::Text("y".into())]));
        assert_eq!((entry.get("none"), entry.get("map").text_of("k")), (&Yaml::Null, "v"));
        assert_eq!(entry.get("absent").entries().count(), 0);
        assert_eq!(Yaml::parse("# nothing\n"), Ok(Yaml::Null));
    }

    #[test]
    fn bombs_and_cuts_are_refused() {
        assert!(Yaml::parse("a: &a [x]\nb: *a\n").is_err());
        assert!(Yaml::parse(&"[".repeat(100)).is_err());
        assert!(Yaml::parse("a:\n  b: 'cut").unwrap_err().is_at_end);
        assert!(!Yaml::parse("a: [\nb: }\nc: 1\nd: 1\ne: 1\n").unwrap_err().is_at_end);
    }
}
