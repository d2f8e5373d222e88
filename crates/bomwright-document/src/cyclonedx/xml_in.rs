//! CycloneDX XML 1.2 to 1.7, read into the same values as JSON.
//!
//! Declarations of document types are refused, and so is every entity but the five of XML 1.0: nothing here
//! can grow. Elements nest at most [`DEEPEST`] deep. Prefixes of name spaces are passed over.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use super::wire_in as wire;
use super::xml_out::NAMESPACE;
use crate::DocumentError;
use crate::lenient::{List, Text};

/// How deep elements may nest; as deep as `serde_json` lets values nest.
const DEEPEST: usize = 128;

type Read<T> = Result<T, DocumentError>;
type Tag<'a> = BytesStart<'a>;

/// Reads the document `name`.
pub(super) fn parse<'a>(name: &str, bytes: &'a [u8]) -> Read<wire::Bom<'a>> {
    let text = DocumentError::utf8(name, bytes)?;
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut parser = Parser { reader, name, bytes, depth: 0 };
    loop {
        match parser.event()? {
            Event::Start(tag) if tag.local_name().as_ref() == "bom" => {
                let bom = parser.bom(&tag)?;
                return parser.end().map(|()| bom);
            }
            Event::Decl(declaration) => parser.encoding(&declaration)?,
            Event::Start(_) => return Err(parser.error("the outermost element is not 'bom'")),
            Event::Eof => return Err(parser.error("it ends before its first element")),
            _ => {}
        }
    }
}

struct Parser<'a, 'n> {
    reader: Reader<&'a [u8]>,
    name: &'n str,
    bytes: &'a [u8],
    depth: usize,
}

impl<'a> Parser<'a, '_> {
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
    fn end(&mut self) -> Read<()> {
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
    fn children(&mut self, mut each: impl FnMut(&mut Self, &Tag<'a>) -> Read<()>) -> Read<()> {
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

    fn skip(&mut self) -> Read<()> {
        self.children(|parser, _| parser.skip())
    }

    /// The text of the element that was just opened. Elements inside it are passed over.
    fn text(&mut self) -> Read<Text<'a>> {
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
    fn attribute(&self, tag: &Tag<'a>, key: &str) -> Read<Text<'a>> {
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
    fn list<T>(&mut self, item: &str, mut read: impl FnMut(&mut Self, &Tag<'a>) -> Read<T>) -> Read<List<T>> {
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

    fn bom(&mut self, tag: &Tag<'a>) -> Read<wire::Bom<'a>> {
        let mut bom =
            wire::Bom { serial_number: self.attribute(tag, "serialNumber")?, ..wire::Bom::default() };
        for attribute in tag.attributes().with_checks(false).flatten() {
            if let Some(version) = attribute.value.strip_prefix(NAMESPACE) {
                bom.spec_version = Text(Cow::Owned(version.to_owned()));
            }
        }
        self.children(|parser, tag| {
            match tag.local_name().as_ref() {
                "metadata" => bom.metadata = Some(parser.metadata()?),
                "components" => {
                    bom.components =
                        parser.list("component", |parser, tag| parser.component(tag).map(Box::new))?;
                }
                "services" => bom.services = parser.list("service", Self::service)?,
                "dependencies" => bom.dependencies = parser.list("dependency", Self::dependency)?,
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(bom)
    }

    fn service(&mut self, tag: &Tag<'a>) -> Read<wire::Service<'a>> {
        let mut it = wire::Service { bom_ref: self.attribute(tag, "bom-ref")?, ..wire::Service::default() };
        self.children(|parser, tag| {
            if tag.local_name().as_ref() == "services" {
                it.services = parser.list("service", Self::service)?;
                return Ok(());
            }
            parser.skip()
        })?;
        Ok(it)
    }

    fn dependency(&mut self, tag: &Tag<'a>) -> Read<wire::Dependency<'a>> {
        let reference = self.attribute(tag, "ref")?;
        let depends_on = self.list("dependency", |parser, tag| {
            let reference = parser.attribute(tag, "ref")?;
            parser.skip()?;
            Ok(reference)
        })?;
        Ok(wire::Dependency { reference, depends_on })
    }

    fn metadata(&mut self) -> Read<wire::Metadata<'a>> {
        let mut metadata = wire::Metadata::default();
        self.children(|parser, tag| {
            match tag.local_name().as_ref() {
                "timestamp" => metadata.timestamp = parser.text()?,
                "tools" => metadata.tools = parser.tools()?,
                "component" => metadata.component = Some(parser.component(tag)?),
                "properties" => metadata.properties = parser.list("property", Self::property)?,
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(metadata)
    }

    /// Tools stand on their own up to 1.4, and as components or services since 1.5.
    fn tools(&mut self) -> Read<List<wire::ToolEntry<'a>>> {
        let mut all = Vec::new();
        self.children(|parser, tag| {
            match tag.local_name().as_ref() {
                "tool" => all.push(parser.tool()?),
                "components" => all.extend(parser.list("component", |parser, _| parser.tool())?),
                "services" => all.extend(parser.list("service", |parser, _| parser.tool())?),
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(List(all))
    }

    fn tool(&mut self) -> Read<wire::ToolEntry<'a>> {
        let mut entry = wire::ToolEntry::default();
        self.children(|parser, tag| {
            match tag.local_name().as_ref() {
                "name" => entry.name = parser.text()?,
                "version" => entry.version = parser.text()?,
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(entry)
    }

    fn component(&mut self, tag: &Tag<'a>) -> Read<wire::Component<'a>> {
        let mut it = wire::Component {
            kind: self.attribute(tag, "type")?,
            bom_ref: self.attribute(tag, "bom-ref")?,
            ..wire::Component::default()
        };
        self.children(|parser, tag| parser.component_member(&mut it, tag))?;
        Ok(it)
    }

    fn component_member(&mut self, it: &mut wire::Component<'a>, tag: &Tag<'a>) -> Read<()> {
        let text = match tag.local_name().as_ref() {
            "author" => &mut it.author,
            "publisher" => &mut it.publisher,
            "group" => &mut it.group,
            "name" => &mut it.name,
            "version" => &mut it.version,
            "description" => &mut it.description,
            "scope" => &mut it.scope,
            "copyright" => &mut it.copyright,
            "cpe" => &mut it.cpe,
            "purl" => &mut it.purl,
            name => {
                match name {
                    "supplier" => it.supplier = Some(self.entity()?),
                    "manufacturer" => it.manufacturer = Some(self.entity()?),
                    "authors" => it.authors = self.list("author", |parser, _| parser.contact())?,
                    "hashes" => it.hashes = self.list("hash", Self::hash)?,
                    "licenses" => it.licenses = self.licenses()?,
                    "externalReferences" => {
                        it.external_references = self.list("reference", Self::reference)?;
                    }
                    "components" => it.components = self.list("component", Self::component)?,
                    "evidence" => it.evidence = Some(self.evidence()?),
                    "properties" => it.properties = self.list("property", Self::property)?,
                    _ => self.skip()?,
                }
                return Ok(());
            }
        };
        *text = self.text()?;
        Ok(())
    }

    fn entity(&mut self) -> Read<wire::Entity<'a>> {
        let mut entity = wire::Entity::default();
        self.children(|parser, tag| {
            match tag.local_name().as_ref() {
                "name" => entity.name = parser.text()?,
                "contact" => entity.contact.0.push(parser.contact()?),
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(entity)
    }

    fn contact(&mut self) -> Read<wire::Contact<'a>> {
        let mut contact = wire::Contact::default();
        self.children(|parser, tag| {
            match tag.local_name().as_ref() {
                "name" => contact.name = parser.text()?,
                "email" => contact.email = parser.text()?,
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(contact)
    }

    fn hash(&mut self, tag: &Tag<'a>) -> Read<wire::Hash<'a>> {
        Ok(wire::Hash { alg: self.attribute(tag, "alg")?, content: self.text()? })
    }

    fn property(&mut self, tag: &Tag<'a>) -> Read<wire::Property<'a>> {
        Ok(wire::Property { name: self.attribute(tag, "name")?, value: self.text()? })
    }

    fn reference(&mut self, tag: &Tag<'a>) -> Read<wire::Reference<'a>> {
        let mut reference =
            wire::Reference { kind: self.attribute(tag, "type")?, ..wire::Reference::default() };
        self.children(|parser, tag| {
            match tag.local_name().as_ref() {
                "url" => reference.url = parser.text()?,
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(reference)
    }

    fn licenses(&mut self) -> Read<List<wire::LicenseChoice<'a>>> {
        let mut all = Vec::new();
        self.children(|parser, tag| {
            let acknowledgement = parser.attribute(tag, "acknowledgement")?;
            match tag.local_name().as_ref() {
                "expression" => {
                    let expression = parser.text()?;
                    all.push(wire::LicenseChoice { license: None, expression, acknowledgement });
                }
                "license" => {
                    let mut license = wire::License { acknowledgement, ..wire::License::default() };
                    parser.children(|parser, tag| {
                        match tag.local_name().as_ref() {
                            "id" => license.id = parser.text()?,
                            "name" => license.name = parser.text()?,
                            _ => parser.skip()?,
                        }
                        Ok(())
                    })?;
                    all.push(wire::LicenseChoice {
                        license: Some(license),
                        ..wire::LicenseChoice::default()
                    });
                }
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(List(all))
    }

    fn evidence(&mut self) -> Read<wire::Evidence<'a>> {
        let mut evidence = wire::Evidence::default();
        self.children(|parser, tag| {
            match tag.local_name().as_ref() {
                "identity" => {
                    let mut identity = wire::Identity::default();
                    parser.children(|parser, tag| {
                        if tag.local_name().as_ref() == "methods" {
                            identity.methods = parser.list("method", |parser, _| parser.method())?;
                            return Ok(());
                        }
                        parser.skip()
                    })?;
                    evidence.identity.0.push(identity);
                }
                "occurrences" => {
                    evidence.occurrences = parser.list("occurrence", |parser, _| parser.occurrence())?;
                }
                "licenses" => evidence.licenses = parser.licenses()?,
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(evidence)
    }

    fn method(&mut self) -> Read<wire::Method<'a>> {
        let mut method = wire::Method::default();
        self.children(|parser, tag| {
            match tag.local_name().as_ref() {
                "value" => method.value = parser.text()?,
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(method)
    }

    fn occurrence(&mut self) -> Read<wire::Occurrence<'a>> {
        let mut occurrence = wire::Occurrence::default();
        self.children(|parser, tag| {
            match tag.local_name().as_ref() {
                "location" => occurrence.location = parser.text()?,
                "additionalContext" => occurrence.additional_context = parser.text()?,
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(occurrence)
    }
}
