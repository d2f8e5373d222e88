//! CycloneDX 1.2 to 1.7 to inventory.

mod components;

use std::collections::HashSet;
use std::fmt;

use bomwright_model::{Distribution, Image, Inventory, Tool};
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::wire_in as wire;
use super::xml_in;
use crate::assembly::{Assembly, Slot};
use crate::claims::{self, RootClaims};
use crate::identify::Named;
use crate::lenient::{Each, Text};
use crate::peers;
use crate::{DocumentError, identify, time};

/// Reads the JSON document `name`.
pub(crate) fn read_json(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    let mut reader = Reader::new(name);
    // As text it is checked once, and not again for each string in it.
    let mut json = serde_json::Deserializer::from_str(DocumentError::utf8(name, bytes)?);
    let whole = Members(&mut reader).deserialize(&mut json).and_then(|()| json.end());
    whole.map_err(|error| DocumentError::json(name, &error))?;
    reader.finish(name)
}

/// All of the JSON document `name`, for those who ask what it says rather than what it means.
pub(crate) fn parse_json<'a>(name: &str, bytes: &'a [u8]) -> Result<wire::Bom<'a>, DocumentError> {
    serde_json::from_slice(bytes).map_err(|error| DocumentError::json(name, &error))
}

/// Reads the XML document `name`.
pub(crate) fn read_xml(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    let bom = xml_in::parse(name, bytes)?;
    let mut reader = Reader::new(name);
    reader.spec_version = bom.spec_version;
    reader.metadata(bom.metadata.unwrap_or_default());
    for mut component in bom.components {
        reader.component(&mut component, None);
    }
    for service in bom.services {
        reader.service(service);
    }
    for dependency in bom.dependencies {
        reader.dependency(dependency);
    }
    reader.finish(name)
}

/// The members of a JSON document. Components and dependencies are taken one by one, so that no more than one of
/// them is held beside what is kept of it.
struct Members<'r, 'a>(&'r mut Reader<'a>);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Member {
    SpecVersion,
    Metadata,
    Components,
    Services,
    Dependencies,
    #[serde(other)]
    Other,
}

impl Member {
    /// The name of a member that may be there only once.
    const fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::SpecVersion => "specVersion",
            Self::Metadata => "metadata",
            Self::Components => "components",
            Self::Services => "services",
            Self::Dependencies => "dependencies",
            Self::Other => return None,
        })
    }
}

impl<'de: 'a, 'a> DeserializeSeed<'de> for Members<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de: 'a, 'a> Visitor<'de> for Members<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CycloneDX document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self(reader) = self;
        let mut seen = HashSet::new();
        // What is known of layers comes before what refers to them, in whatever order the document has both.
        let mut early: Option<Vec<Box<wire::Component<'a>>>> = Some(Vec::new());
        while let Some(member) = members.next_key::<Member>()? {
            if let Some(name) = member.name()
                && !seen.insert(name)
            {
                return Err(A::Error::duplicate_field(name));
            }
            match member {
                Member::SpecVersion => reader.spec_version = members.next_value()?,
                Member::Metadata => {
                    reader.metadata(members.next_value::<Option<_>>()?.unwrap_or_default());
                    for mut component in early.take().unwrap_or_default() {
                        reader.component(&mut component, None);
                    }
                }
                Member::Components => {
                    let take = |mut component: wire::Component<'a>| match &mut early {
                        Some(early) => early.push(Box::new(component)),
                        None => reader.component(&mut component, None),
                    };
                    members.next_value_seed(Each::new(take))?;
                }
                Member::Services => members.next_value_seed(Each::new(|it| reader.service(it)))?,
                Member::Dependencies => members.next_value_seed(Each::new(|it| reader.dependency(it)))?,
                Member::Other => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        for mut component in early.unwrap_or_default() {
            reader.component(&mut component, None);
        }
        Ok(())
    }
}

struct Reader<'a> {
    assembly: Assembly<'a>,
    spec_version: Text<'a>,
    /// The distribution that purls name, for documents that describe none.
    guessed: Option<Distribution>,
}

impl<'a> Reader<'a> {
    fn new(name: &str) -> Self {
        Self { assembly: Assembly::new(name), spec_version: Text::default(), guessed: None }
    }

    fn dependency(&mut self, dependency: wire::Dependency<'a>) {
        let targets = dependency.depends_on.into_iter().map(|target| target.0);
        self.assembly.links(dependency.reference.0, targets);
    }

    fn finish(self, name: &str) -> Result<Inventory, DocumentError> {
        let Self { mut assembly, spec_version, guessed } = self;
        if !matches!(&*spec_version, "1.2" | "1.3" | "1.4" | "1.5" | "1.6" | "1.7") {
            return Err(DocumentError::Inconsistent {
                name: name.to_owned(),
                place: "specVersion".to_owned(),
                reason: format!("'{}' is not read; 1.2 to 1.7 are", &*spec_version),
            });
        }
        if assembly.inventory.distribution.is_none() {
            assembly.inventory.distribution = guessed;
        }
        Ok(assembly.finish())
    }

    fn metadata(&mut self, metadata: wire::Metadata<'a>) {
        let inventory = &mut self.assembly.inventory;
        if let Some(text) = metadata.timestamp.some() {
            inventory.timestamp = time::to_utc(text);
            if inventory.timestamp.is_none() {
                self.assembly.notes.add("times are none", text);
            }
        }
        for entry in metadata.tools {
            let nested = entry.components.into_iter().chain(entry.services);
            for (name, version) in std::iter::once((entry.name, entry.version))
                .chain(nested.map(|tool| (tool.name, tool.version)))
            {
                if name.some().is_some() {
                    let tool = Tool { name: name.0.into_owned(), version: version.0.into_owned() };
                    self.assembly.inventory.tools.push(tool);
                }
            }
        }
        let mut claims = RootClaims::default();
        let mut peers: Vec<wire::Property<'a>> = Vec::new();
        let mut root = metadata.component;
        let own_properties =
            root.as_mut().map(|root| std::mem::take(&mut root.properties)).unwrap_or_default();
        for property in metadata.properties.into_iter().chain(own_properties) {
            match claims::own_name(&property.name) {
                Some(name) => claims.about_root(name, &property.value),
                None => peers.push(property),
            }
        }
        let inventory = &mut self.assembly.inventory;
        if let Some(source) = claims.source() {
            inventory.source = source;
        }
        inventory.declared = std::mem::take(&mut claims.declared);
        inventory.image = claims.image();
        inventory.layers = claims.layers();
        inventory.diagnostics = claims.diagnostics();
        let ours = claims.shared.ours;
        self.assembly.root_claims(claims.shared);
        let Some(root) = root else { return };
        if !ours && matches!(&*root.kind, "container") {
            self.foreign_image(&root, &peers);
        }
        self.assembly.refer(root.bom_ref.0.clone(), Slot::Root);
        for mut inner in root.components {
            self.component(&mut inner, None);
        }
    }

    fn foreign_image(&mut self, root: &wire::Component<'a>, peers: &[wire::Property<'a>]) {
        let (repository, tag) = peers::split_tag(&root.name);
        let mut image = Image {
            repository: Some(repository.to_owned()).filter(|name| !name.is_empty()),
            tag: tag.map(str::to_owned),
            digest: root.version.parse().ok(),
            ..Image::default()
        };
        if let Some(Named { parts, .. }) = identify::purl(&root.purl, &mut self.assembly.notes) {
            if let Some(digest) = parts.version().and_then(|version| version.parse().ok()) {
                image.digest = Some(digest);
            }
            if let Some(architecture) = parts.qualifiers().get("arch") {
                image.architecture = architecture.clone().into_owned();
            }
        }
        let layers = &mut self.assembly.inventory.layers;
        for property in peers {
            peers::about_image(&mut image, layers, &property.name, &property.value);
        }
        if image.tag.is_none() && image.digest.is_none() {
            image.tag = root.version.owned();
        }
        self.assembly.inventory.image = Some(image);
    }

    /// Lets dependencies name a service, which is no package, and those inside it.
    fn service(&mut self, service: wire::Service<'a>) {
        self.assembly.refer(service.bom_ref.0, Slot::Beside);
        for inner in service.services {
            self.service(inner);
        }
    }
}
