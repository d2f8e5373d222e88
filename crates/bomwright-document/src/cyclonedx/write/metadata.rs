//! What a document says of itself, and its subject: the image, the directory, the file.

use std::borrow::Cow;

use super::actors::{contact, entity};
use super::{Document, hash, present};
use crate::address;
use crate::cyclonedx::lower;
use crate::cyclonedx::wire_out::{self as wire, Lower};
use crate::facts::{Fact, Facts};
use crate::root::{self, RootKind};

impl<'a> Document<'a> {
    pub(crate) fn metadata(&self) -> wire::Metadata<'a> {
        let tool = |tool: &'a bomwright_model::Tool| wire::Component {
            r#type: Some("application"),
            name: Some(Cow::Borrowed(&tool.name)),
            version: present(&tool.version).map(Cow::Borrowed),
            ..wire::Component::default()
        };
        let tools: Vec<_> = self.inventory.tools.iter().map(tool).collect();
        let author = self.inventory.declared.author.as_deref();
        let (diagnostics, properties) = Facts::of_root(self.inventory, self.relations)
            .sorted()
            .into_iter()
            .partition(|fact| fact.name.starts_with("bomwright:diagnostic:"));
        let root = wire::Component { properties: self.with_milestones(properties), ..self.root() };
        let mut metadata = wire::Metadata {
            timestamp: self.inventory.timestamp.as_deref(),
            lifecycles: vec![wire::Lifecycle { phase: Some("post-build") }],
            tools: (!tools.is_empty()).then_some(wire::Tools { components: tools, is_list: false }),
            authors: author.map(contact).into_iter().collect(),
            component: Some(lower::component(root, self.version)),
            manufacturer: author.map(entity),
            supplier: self.inventory.declared.supplier.as_deref().map(entity),
            properties: diagnostics,
        };
        metadata.lower(self.version);
        metadata
    }

    fn root(&self) -> wire::Component<'a> {
        let image = self.inventory.image.as_ref();
        let digests = image.and_then(|image| image.digest.as_ref());
        let contact = self.inventory.declared.security_contact.as_deref();
        let contact = contact.filter(|url| address::is_uri_reference(url));
        let (kind, mime_type) = match root::kind(self.inventory) {
            RootKind::Container => ("container", Some("application/vnd.oci.image.manifest.v1+json")),
            RootKind::Application => ("application", None),
            RootKind::File => ("file", None),
        };
        wire::Component {
            r#type: Some(kind),
            mime_type,
            bom_ref: Some(self.references.root),
            name: Some(Cow::Borrowed(root::name(self.inventory))),
            version: image.and_then(root::version).map(Cow::Borrowed),
            purl: image.and_then(root::purl).map(|purl| Cow::Owned(purl.as_str().to_owned())),
            hashes: digests.into_iter().filter_map(hash).collect(),
            supplier: root::supplier(self.inventory).map(entity),
            licenses: self.declared_license(root::license(self.inventory)),
            external_references: contact
                .map(|url| wire::Reference { r#type: Some("security-contact"), url: Some(url) })
                .into_iter()
                .collect(),
            ..wire::Component::default()
        }
    }

    /// The last day of support under the name that CycloneDX's own taxonomy gives it, where the team declares one.
    fn with_milestones(&self, mut properties: Vec<Fact<'a>>) -> Vec<Fact<'a>> {
        let end = self.inventory.declared.support_end.as_deref();
        properties.extend(end.map(|day| Fact {
            name: "cdx:lifecycle:milestone:endOfSupport".to_owned(),
            value: Cow::Borrowed(day),
        }));
        properties
    }
}
