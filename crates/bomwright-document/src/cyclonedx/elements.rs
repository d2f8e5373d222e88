//! XML as elements, attributes and text, with limits.
//!
//! Declarations of document types are refused, and so is every entity but the five of XML 1.0: nothing here
//! can grow. Elements nest at most [`DEEPEST`] deep.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use crate::DocumentError;
use crate::lenient::{List, Text};

/// How deep elements may nest; as deep as `serde_json` lets values nest.
const DEEPEST: usize = 128;

/// What reading gives.
pub(super) type Read<T> = Result<T, DocumentError>;
/// The start of an element.
pub(super) type Tag<'a> = BytesStart<'a>;

/// Reads elements one after the other; nothing of the document is copied but what holds references.
pub(super) struct Parser<'a, 'n> {
    reader: Reader<&'a [u8]>,
    name: &'n str,
    bytes: &'a [u8],
    depth: usize,
}

impl<'a, 'n> Parser<'a, 'n> {
    /// A parser at the start of the document `name`.
    pub(super) fn new(name: &'n str, bytes: &'a [u8]) -> Read<Self> {
        let mut reader = Reader::from_str(DocumentError::utf8(name, bytes)?);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader, name, bytes, depth: 0 })
    }

    /// The start of the outermost element, which must be called `name`.
    pub(super) fn outermost(&mut self, name: &str) -> Read<Tag<'a>> {
        loop {
            match self.event()? {
                Event::Start(tag) if tag.local_name().as_ref() == name => return Ok(tag),
                Event::Decl(declaration) => self.encoding(&declaration)?,
                Event::Start(_) => return Err(self.error(format!("the outermost element is not '{name}'"))),
                Event::Eof => return Err(self.error("it ends before its first element")),
                _ => {}
            }
        }
    }

    fn error(&self, reason: impl Into<String>) -> DocumentError {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        DocumentError::at(self.name, self.bytes, at, reason)
    }

    fn event(&mut self) -> Read<Event<'a>> {
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => Err(self.error("declarations of document types are not read")),
            Ok(event) => Ok(event),
            Err(error) => {
                let at = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
                Err(DocumentError::at(self.name, self.bytes, at, error.to_string()))
            }
        }
    }

    /// What the declaration calls the encoding must be one that was read as such.
    fn encoding(&self, declaration: &BytesDecl<'_>) -> Read<()> {
        let known = ["utf-8", "utf8", "us-ascii", "utf-16", "utf-16le", "utf-16be"];
        match declaration.encoding() {
            Some(Ok(stated)) if !known.contains(&stated.to_lowercase().as_str()) => {
                Err(self.error(format!("the encoding '{stated}' is not read; UTF-8 and UTF-16 are")))
            }
            _ => Ok(()),
        }
    }

    /// Nothing but comments and blanks comes after the outermost element.
    pub(super) fn end(&mut self) -> Read<()> {
        loop {
            match self.event()? {
                Event::Eof => return Ok(()),
                Event::Comment(_) | Event::PI(_) => {}
                Event::Text(text) if text.xml10_content().trim().is_empty() => {}
                _ => return Err(self.error("something follows the outermost element")),
            }
        }
    }

    /// Shows every element inside the one that was just opened to `each`, which must read it to its end.
    pub(super) fn children(&mut self, mut each: impl FnMut(&mut Self, &Tag<'a>) -> Read<()>) -> Read<()> {
        self.enter()?;
        loop {
            match self.event()? {
                Event::Start(tag) => each(self, &tag)?,
                Event::End(_) => break,
                Event::Eof => return Err(self.error("it ends inside an element")),
                Event::GeneralRef(reference) => drop(self.resolve(&reference)?),
                _ => {}
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn enter(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error(format!("elements nest more than {DEEPEST} deep")));
        }
        Ok(())
    }

    pub(super) fn skip(&mut self) -> Read<()> {
        self.children(|parser, _| parser.skip())
    }

    /// The text of the element that was just opened. Elements inside it are passed over.
    pub(super) fn text(&mut self) -> Read<Text<'a>> {
        self.enter()?;
        let mut all: Cow<'a, str> = Cow::Borrowed("");
        let add = |all: &mut Cow<'a, str>, piece: Cow<'a, str>| {
            if all.is_empty() {
                *all = piece;
            } else {
                all.to_mut().push_str(&piece);
            }
        };
        loop {
            match self.event()? {
                Event::Text(text) => add(&mut all, text.xml10_content()),
                Event::CData(text) => add(&mut all, text.xml10_content()),
                Event::GeneralRef(reference) => {
                    add(&mut all, Cow::Owned(self.resolve(&reference)?.to_string()));
                }
                Event::Start(_) => self.skip()?,
                Event::End(_) => break,
                Event::Eof => return Err(self.error("it ends inside an element")),
                _ => {}
            }
        }
        self.depth -= 1;
        Ok(Text(all))
    }

    fn resolve(&self, reference: &BytesRef<'_>) -> Read<char> {
        if let Some(c) = reference.resolve_char_ref().map_err(|error| self.error(error.to_string()))? {
            return Ok(c);
        }
        match reference.xml10_content().as_ref() {
            "amp" => Ok('&'),
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            other => Err(self.error(format!("the entity '{other}' is none of the five that XML has"))),
        }
    }

    /// The value of an attribute, empty where there is none.
    pub(super) fn attribute(&self, tag: &Tag<'a>, key: &str) -> Read<Text<'a>> {
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.error(error.to_string()))?;
            if attribute.key.local_name().as_ref() == key {
                let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0);
                let value = value.map_err(|error| self.error(error.to_string()))?;
                return Ok(Text(Cow::Owned(value.into_owned())));
            }
        }
        Ok(Text::default())
    }

    /// What `read` makes of each element called `item`.
    pub(super) fn list<T>(
        &mut self,
        item: &str,
        mut read: impl FnMut(&mut Self, &Tag<'a>) -> Read<T>,
    ) -> Read<List<T>> {
        let mut all = Vec::new();
        self.children(|parser, tag| {
            if tag.local_name().as_ref() == item {
                all.push(read(parser, tag)?);
                return Ok(());
            }
            parser.skip()
        })?;
        Ok(List(all))
    }
}
