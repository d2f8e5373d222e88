//! CycloneDX as XML: the same values as in JSON, in the order that the XML schema of each version asks for.
//!
//! Characters that XML 1.0 has no way to hold (production 2, `Char`) become U+FFFD.

use std::borrow::Cow;
use std::io;

use quick_xml::Writer;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::QName;

use super::wire_out as wire;
use super::write::Document;
use crate::facts::Fact;

/// The name space of every version, up to the number.
pub(super) const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

/// Writes `document` without blanks between elements, with a line end at the end.
pub(super) fn write(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut xml = Xml(Writer::new(out));
    xml.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let namespace = format!("{NAMESPACE}{}", document.version.number());
    let attributes = [
        ("xmlns", Some(namespace.as_str())),
        ("serialNumber", Some(document.serial.as_str())),
        ("version", Some("1")),
    ];
    xml.within("bom", &attributes, |xml| {
        xml.metadata(&document.metadata())?;
        xml.within("components", &[], |xml| {
            document.components().try_for_each(|component| xml.component("component", &component))
        })?;
        xml.within("dependencies", &[], |xml| {
            document.dependencies().try_for_each(|dependency| {
                xml.within("dependency", &[("ref", Some(dependency.r#ref))], |xml| {
                    xml.references("dependency", &dependency.depends_on)
                })
            })
        })?;
        xml.each("compositions", "composition", &document.compositions(), Xml::composition)
    })?;
    xml.0.get_mut().write_all(b"\n")
}

/// The attributes of an element; those without a value are left out.
type Attributes<'v> = [(&'static str, Option<&'v str>)];

struct Xml<'w>(Writer<&'w mut dyn io::Write>);

impl Xml<'_> {
    /// An element with `attributes` around what `inner` writes.
    fn within(
        &mut self,
        name: &str,
        attributes: &Attributes<'_>,
        inner: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let present = attributes.iter().filter_map(|(key, value)| {
            Some(Attribute { key: QName(key), value: escaped(value.as_ref()?, true) })
        });
        self.0.write_event(Event::Start(BytesStart::new(name).with_attributes(present)))?;
        inner(self)?;
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element that holds `text`.
    fn text(&mut self, name: &str, attributes: &Attributes<'_>, text: &str) -> io::Result<()> {
        self.within(name, attributes, |xml| {
            xml.0.write_event(Event::Text(BytesText::from_escaped(escaped(text, false))))
        })
    }

    /// The same, if there is text.
    fn some(&mut self, name: &str, text: Option<&str>) -> io::Result<()> {
        text.map_or(Ok(()), |text| self.text(name, &[], text))
    }

    /// A list: an element `list` with an element `item` for each of `items`, or nothing without items.
    fn each<T>(
        &mut self,
        list: &str,
        item: &str,
        items: &[T],
        write: impl Fn(&mut Self, &str, &T) -> io::Result<()>,
    ) -> io::Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        self.within(list, &[], |xml| items.iter().try_for_each(|one| write(xml, item, one)))
    }

    fn references(&mut self, name: &str, references: &[&str]) -> io::Result<()> {
        references.iter().try_for_each(|one| self.within(name, &[("ref", Some(one))], |_| Ok(())))
    }

    fn metadata(&mut self, metadata: &wire::Metadata<'_>) -> io::Result<()> {
        self.within("metadata", &[], |xml| {
            xml.some("timestamp", metadata.timestamp)?;
            xml.each("lifecycles", "lifecycle", &metadata.lifecycles, |xml, name, one| {
                xml.within(name, &[], |xml| xml.some("phase", one.phase))
            })?;
            if let Some(tools) = &metadata.tools {
                xml.tools(tools)?;
            }
            xml.each("authors", "author", &metadata.authors, Xml::contact)?;
            if let Some(component) = &metadata.component {
                xml.component("component", component)?;
            }
            xml.entity("manufacturer", metadata.manufacturer.as_ref())?;
            xml.entity("supplier", metadata.supplier.as_ref())?;
            xml.properties(&metadata.properties)
        })
    }

    fn tools(&mut self, tools: &wire::Tools<'_>) -> io::Result<()> {
        if tools.is_list {
            return self.each("tools", "tool", &tools.components, Xml::component);
        }
        self.within("tools", &[], |xml| {
            xml.each("components", "component", &tools.components, Xml::component)
        })
    }

    fn component(&mut self, name: &str, it: &wire::Component<'_>) -> io::Result<()> {
        let attributes = [("type", it.r#type), ("mime-type", it.mime_type), ("bom-ref", it.bom_ref)];
        self.within(name, &attributes, |xml| {
            xml.entity("supplier", it.supplier.as_ref())?;
            xml.entity("manufacturer", it.manufacturer.as_ref())?;
            xml.each("authors", "author", &it.authors, Xml::contact)?;
            xml.some("author", it.author.as_deref())?;
            xml.some("group", it.group)?;
            xml.some("name", it.name.as_deref())?;
            xml.some("version", it.version.as_deref())?;
            xml.some("description", it.description)?;
            xml.some("scope", it.scope)?;
            xml.each("hashes", "hash", &it.hashes, |xml, name, hash| {
                xml.text(name, &[("alg", hash.alg)], hash.content.unwrap_or_default())
            })?;
            xml.licenses(&it.licenses)?;
            xml.some("copyright", it.copyright)?;
            xml.some("cpe", it.cpe)?;
            xml.some("purl", it.purl.as_deref())?;
            xml.each("externalReferences", "reference", &it.external_references, |xml, name, one| {
                xml.within(name, &[("type", one.r#type)], |xml| xml.some("url", one.url))
            })?;
            xml.properties(&it.properties)?;
            xml.each("components", "component", &it.components, Xml::component)?;
            it.evidence.as_ref().map_or(Ok(()), |evidence| xml.evidence(evidence))
        })
    }

    fn entity(&mut self, name: &str, entity: Option<&wire::Entity<'_>>) -> io::Result<()> {
        let Some(entity) = entity else { return Ok(()) };
        self.within(name, &[], |xml| {
            xml.some("name", entity.name)?;
            entity.url.iter().try_for_each(|url| xml.text("url", &[], url))?;
            entity.contact.iter().try_for_each(|contact| xml.contact("contact", contact))
        })
    }

    fn contact(&mut self, name: &str, contact: &wire::Contact<'_>) -> io::Result<()> {
        self.within(name, &[], |xml| {
            xml.some("name", contact.name)?;
            xml.some("email", contact.email)
        })
    }

    fn licenses(&mut self, choices: &[wire::LicenseChoice<'_>]) -> io::Result<()> {
        if choices.is_empty() {
            return Ok(());
        }
        self.within("licenses", &[], |xml| {
            choices.iter().try_for_each(|choice| {
                if let Some(expression) = &choice.expression {
                    return xml.text(
                        "expression",
                        &[("acknowledgement", choice.acknowledgement)],
                        expression,
                    );
                }
                let Some(license) = &choice.license else { return Ok(()) };
                xml.within("license", &[("acknowledgement", license.acknowledgement)], |xml| {
                    xml.some("id", license.id.as_deref())?;
                    xml.some("name", license.name.as_deref())?;
                    xml.some("text", license.text.as_ref().and_then(|text| text.content.as_deref()))
                })
            })
        })
    }

    fn evidence(&mut self, evidence: &wire::Evidence<'_>) -> io::Result<()> {
        self.within("evidence", &[], |xml| {
            for identity in &evidence.identity.all {
                xml.within("identity", &[], |xml| {
                    xml.some("field", identity.field)?;
                    xml.number("confidence", identity.confidence)?;
                    xml.some("concludedValue", identity.concluded_value)?;
                    xml.each("methods", "method", &identity.methods, |xml, name, method| {
                        xml.within(name, &[], |xml| {
                            xml.some("technique", method.technique)?;
                            xml.number("confidence", method.confidence)?;
                            xml.some("value", method.value.as_deref())
                        })
                    })
                })?;
            }
            xml.each("occurrences", "occurrence", &evidence.occurrences, |xml, name, one| {
                xml.within(name, &[], |xml| {
                    xml.some("location", one.location.as_deref())?;
                    xml.some("additionalContext", one.additional_context.as_deref())
                })
            })?;
            xml.licenses(&evidence.licenses)
        })
    }

    fn number(&mut self, name: &str, number: Option<u8>) -> io::Result<()> {
        number.map_or(Ok(()), |number| self.text(name, &[], &number.to_string()))
    }

    fn properties(&mut self, facts: &[Fact<'_>]) -> io::Result<()> {
        self.each("properties", "property", facts, |xml, name, fact| {
            xml.text(name, &[("name", Some(&fact.name))], &fact.value)
        })
    }

    fn composition(&mut self, name: &str, one: &wire::Composition<'_>) -> io::Result<()> {
        self.within(name, &[], |xml| {
            xml.some("aggregate", one.aggregate)?;
            for (list, item, references) in [
                ("assemblies", "assembly", &one.assemblies),
                ("dependencies", "dependency", &one.dependencies),
            ] {
                if !references.is_empty() {
                    xml.within(list, &[], |xml| xml.references(item, references))?;
                }
            }
            Ok(())
        })
    }
}

/// `text` as it stands between tags, or in quotes. What a reader would turn into blanks or line ends
/// (clauses 2.11 and 3.3.3) is written as a reference.
fn escaped(text: &str, in_attribute: bool) -> Cow<'_, str> {
    let reference = |c: char| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '\r' => Some("&#13;"),
        '"' if in_attribute => Some("&quot;"),
        '\n' if in_attribute => Some("&#10;"),
        '\t' if in_attribute => Some("&#9;"),
        '\n' | '\t' => None,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => Some("\u{fffd}"),
        _ => None,
    };
    let Some((first, _)) = text.char_indices().find(|(_, c)| reference(*c).is_some()) else {
        return Cow::Borrowed(text);
    };
    let (plain, rest) = text.split_at(first);
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(plain);
    for c in rest.chars() {
        match reference(c) {
            Some(written) => out.push_str(written),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_would_change_is_escaped() {
        // Right sides after XML 1.0, clauses 2.2, 2.4, 2.11 and 3.3.3.
        assert_eq!(escaped("a<b>&\"c\"\n\t\r", false), "a&lt;b&gt;&amp;\"c\"\n\t&#13;");
        assert_eq!(escaped("\"\n\t\r", true), "&quot;&#10;&#9;&#13;");
        assert_eq!(escaped("\u{1b}[31m\u{ffff}", false), "\u{fffd}[31m\u{fffd}");
        assert!(matches!(escaped("plain ü", true), Cow::Borrowed("plain ü")));
    }
}
