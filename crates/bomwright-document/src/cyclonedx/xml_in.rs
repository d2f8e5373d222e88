//! CycloneDX XML 1.2 to 1.7, read into the same values as JSON. Prefixes of name spaces are passed over.

use std::borrow::Cow;

use super::elements::{Parser, Read, Tag};
use super::wire_in as wire;
use super::xml_out::NAMESPACE;
use crate::lenient::{List, Text};

/// Reads the document `name`.
pub(crate) fn parse<'a>(name: &str, bytes: &'a [u8]) -> Read<wire::Bom<'a>> {
    let mut parser = Parser::new(name, bytes)?;
    let tag = parser.outermost("bom")?;
    let bom = parser.bom(&tag)?;
    parser.end().map(|()| bom)
}

impl<'a> Parser<'a, '_> {
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
                "compositions" => bom.compositions = parser.list("composition", Self::composition)?,
                "vulnerabilities" => bom.vulnerabilities = parser.list("vulnerability", Self::anything)?,
                "Signature" => bom.signature = Some(parser.anything(tag)?),
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(bom)
    }

    fn anything(&mut self, _: &Tag<'a>) -> Read<wire::Anything<'a>> {
        self.skip().map(|()| wire::Anything::default())
    }

    /// What the attribute `ref` of an element without content names.
    fn named(&mut self, tag: &Tag<'a>) -> Read<Text<'a>> {
        let reference = self.attribute(tag, "ref")?;
        self.skip().map(|()| reference)
    }

    fn composition(&mut self, _: &Tag<'a>) -> Read<wire::Composition<'a>> {
        let mut it = wire::Composition::default();
        self.children(|parser, tag| {
            match tag.local_name().as_ref() {
                "aggregate" => it.aggregate = parser.text()?,
                "assemblies" => it.assemblies = parser.list("assembly", Self::named)?,
                "dependencies" => it.dependencies = parser.list("dependency", Self::named)?,
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(it)
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
        let depends_on = self.list("dependency", Self::named)?;
        Ok(wire::Dependency { reference, depends_on })
    }

    fn metadata(&mut self) -> Read<wire::Metadata<'a>> {
        let mut metadata = wire::Metadata::default();
        self.children(|parser, tag| {
            match tag.local_name().as_ref() {
                "timestamp" => metadata.timestamp = parser.text()?,
                "tools" => metadata.tools = parser.tools()?,
                "lifecycles" => {
                    metadata.lifecycles = parser.list("lifecycle", |parser, _| parser.lifecycle())?;
                }
                "authors" => metadata.authors = parser.list("author", |parser, _| parser.contact())?,
                "manufacturer" => metadata.manufacturer = Some(parser.entity()?),
                "licenses" => metadata.licenses = parser.licenses()?,
                "component" => metadata.component = Some(parser.component(tag)?),
                "properties" => metadata.properties = parser.list("property", Self::property)?,
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(metadata)
    }

    fn lifecycle(&mut self) -> Read<wire::Lifecycle<'a>> {
        let mut lifecycle = wire::Lifecycle::default();
        self.children(|parser, tag| {
            match tag.local_name().as_ref() {
                "phase" => lifecycle.phase = parser.text()?,
                "name" => lifecycle.name = parser.text()?,
                _ => parser.skip()?,
            }
            Ok(())
        })?;
        Ok(lifecycle)
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
                    "swid" => {
                        it.swid = Some(wire::Swid { tag_id: self.attribute(tag, "tagId")? });
                        self.skip()?;
                    }
                    "swhid" => it.swhid.0.push(self.text()?),
                    "omniborId" => it.omnibor_id.0.push(self.text()?),
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
                "url" => entity.url.0.push(parser.text()?),
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
                "hashes" => reference.hashes = parser.list("hash", Self::hash)?,
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
                            "text" => {
                                let encoding = parser.attribute(tag, "encoding")?;
                                license.text = Some(wire::Attachment { content: parser.text()?, encoding });
                            }
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
