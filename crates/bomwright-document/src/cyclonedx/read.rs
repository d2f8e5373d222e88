//! CycloneDX 1.2 to 1.7 to inventory.

use std::collections::HashSet;
use std::fmt;

use bomwright_model::{
    Digest, Distribution, Evidence, Image, Inventory, License, LicenseKind, Package, PackageKind, Scope, Tool,
};
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::wire_in as wire;
use super::{ALGORITHMS, LINKS, xml_in};
use crate::assembly::{Assembly, Slot};
use crate::claims::{self, Claims, RootClaims};
use crate::identify::Named;
use crate::lenient::{Each, Text};
use crate::peers::{self, PeerClaims};
use crate::{DocumentError, actor, identify, place, time};

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

    /// Adds `component` and those inside it. `serde_json` has bounded how deep they nest.
    fn component(&mut self, component: &mut wire::Component<'a>, outer: Option<Slot>) {
        let inner = std::mem::take(&mut component.components);
        let reference = component.bom_ref.0.clone();
        let has_purl = component.purl.some().is_some();
        let slot = match &*component.kind {
            "operating-system" if !has_purl && self.distribution(component) => Slot::Beside,
            "file" if !has_purl => self.file(component),
            _ => self.package(component),
        };
        self.assembly.refer(reference, slot);
        if let Some(outer) = outer {
            self.assembly.nest(outer, slot);
        }
        for mut component in inner {
            self.component(&mut component, Some(slot));
        }
    }

    /// Lets dependencies name a service, which is no package, and those inside it.
    fn service(&mut self, service: wire::Service<'a>) {
        self.assembly.refer(service.bom_ref.0, Slot::Beside);
        for inner in service.services {
            self.service(inner);
        }
    }

    /// Whether `component` is the distribution: ours says so, of another document the first is taken.
    fn distribution(&mut self, component: &wire::Component<'a>) -> bool {
        let facts = || {
            component.properties.iter().filter_map(|one| Some((claims::own_name(&one.name)?, &*one.value)))
        };
        let is_package = facts().any(|(name, _)| name == "ecosystem");
        if is_package || self.assembly.inventory.distribution.is_some() {
            return false;
        }
        let mut distribution = Distribution {
            id: component.name.to_lowercase(),
            version: component.version.owned(),
            pretty_name: component.description.owned(),
            cpe: component.cpe.owned(),
            ..Distribution::default()
        };
        if facts().next().is_some() {
            distribution.pretty_name = None;
            distribution.cpe = None;
        }
        for (name, value) in facts() {
            claims::about_distribution(&mut distribution, name, value);
        }
        self.assembly.inventory.distribution = Some(distribution);
        true
    }

    fn file(&mut self, component: &wire::Component<'a>) -> Slot {
        let mut file = identify::file(&component.name);
        let mut claims = Claims::default();
        for property in component.properties.iter() {
            if let Some(name) = claims::own_name(&property.name) {
                claims.about_file(&mut file, name, &property.value);
            }
        }
        if !claims.ours {
            self.assembly
                .notes
                .add("files are taken for executables, which the document does not say", &file.path);
        }
        claims.finish_file(&mut file);
        file.digests.extend(component.hashes.iter().filter_map(digest));
        file.digests.sort();
        self.assembly.file(file, claims)
    }

    fn package(&mut self, component: &wire::Component<'a>) -> Slot {
        let named = identify::purl(&component.purl, &mut self.assembly.notes);
        let mut package = Package {
            name: (*component.name).to_owned(),
            version: (*component.version).to_owned(),
            namespace: component.group.owned(),
            kind: kind(&component.kind),
            supplier: component.supplier.as_ref().and_then(entity),
            originator: component.authors.first().and_then(person).or_else(|| component.author.owned()),
            description: component.description.owned(),
            copyright: component.copyright.owned(),
            digests: Vec::with_capacity(component.hashes.len()),
            licenses: licenses(&component.licenses),
            ..Package::default()
        };
        package.digests.extend(component.hashes.iter().filter_map(digest));
        for reference in component.external_references.iter() {
            if let Some((kind, _)) = LINKS.iter().find(|(_, name)| *name == &*reference.kind) {
                package.add_link(*kind, &*reference.url);
            }
        }
        let mut claims = Claims::default();
        let mut peers = PeerClaims::default();
        for property in component.properties.iter() {
            match claims::own_name(&property.name) {
                Some(name) => claims.about_package(&mut package, name, &property.value),
                None => peers.about_package(&property.name, &property.value),
            }
        }
        package.links.sort();
        package.digests.sort();
        if claims.ours {
            package.purl = named.map(|named| named.purl);
            package.evidence = component
                .evidence
                .iter()
                .flat_map(|all| all.occurrences.iter())
                .filter_map(own_evidence)
                .collect();
            claims.finish_package(&mut package);
            return self.assembly.package(package, claims);
        }
        package.supplier = package
            .supplier
            .or_else(|| component.manufacturer.as_ref().and_then(entity))
            .or_else(|| component.publisher.owned());
        let places = peers.places(&mut package);
        identify::from_purl(&mut package, named, &mut self.guessed);
        package.evidence = self.assembly.evidence(places, &package.ecosystem);
        if package.evidence.is_empty() {
            package.evidence = foreign_evidence(component.evidence.as_ref(), &package.ecosystem);
        }
        let scope = match &*component.scope {
            "optional" => Some(Scope::Optional),
            "excluded" => Some(Scope::Development),
            _ => None,
        };
        let slot = self.assembly.package(package, claims);
        if let Some(scope) = scope {
            self.assembly.wanted(slot, scope);
        }
        slot
    }
}

fn kind(text: &str) -> PackageKind {
    match text {
        "application" | "container" => PackageKind::Application,
        "operating-system" => PackageKind::OperatingSystem,
        "platform" => PackageKind::Platform,
        "firmware" | "device-driver" => PackageKind::Firmware,
        _ => PackageKind::Library,
    }
}

fn entity(entity: &wire::Entity<'_>) -> Option<String> {
    let contact = entity.contact.first();
    let email = contact.and_then(|contact| contact.email.some());
    let name = entity.name.some().or_else(|| contact.and_then(|contact| contact.name.some()));
    actor::join(name.unwrap_or_default(), email)
}

fn person(contact: &wire::Contact<'_>) -> Option<String> {
    actor::join(&contact.name, contact.email.some())
}

fn digest(hash: &wire::Hash<'_>) -> Option<Digest> {
    let (algorithm, _) = ALGORITHMS.iter().find(|(_, name)| *name == &*hash.alg)?;
    Digest::from_hex(algorithm, &hash.content).ok()
}

/// Statements as the document's licence fields make them; facts, where there are any, replace them.
fn licenses(choices: &[wire::LicenseChoice<'_>]) -> Vec<License> {
    let mut all = Vec::with_capacity(choices.len());
    all.extend(choices.iter().filter_map(|choice| {
        let inner = choice.license.as_ref();
        let text = choice
            .expression
            .some()
            .or_else(|| inner.and_then(|license| license.id.some().or_else(|| license.name.some())))?;
        let acknowledged = inner.map_or(&choice.acknowledgement, |license| &license.acknowledgement);
        let kind = if &**acknowledged == "concluded" { LicenseKind::Found } else { LicenseKind::Declared };
        Some(License { kind, ..License::declared(text) })
    }));
    all.sort();
    all.dedup();
    all
}

fn own_evidence(occurrence: &wire::Occurrence<'_>) -> Option<Evidence> {
    let path = occurrence.location.strip_prefix('/').unwrap_or(&occurrence.location);
    place::read_context(&occurrence.additional_context, path)
}

/// Occurrences, else the values of the methods by which the component was identified, which are paths with
/// the tools that write them.
fn foreign_evidence(evidence: Option<&wire::Evidence<'_>>, parser: &str) -> Vec<Evidence> {
    let Some(evidence) = evidence else { return Vec::new() };
    let mut paths: Vec<&str> = evidence.occurrences.iter().map(|one| &*one.location).collect();
    if paths.is_empty() {
        let methods = evidence.identity.iter().flat_map(|identity| identity.methods.iter());
        paths.extend(methods.map(|method| &*method.value));
    }
    let mut all: Vec<_> = paths
        .into_iter()
        .map(|path| path.trim_start_matches('/'))
        .filter(|path| !path.is_empty())
        .map(|path| Evidence::new(path, parser))
        .collect();
    all.dedup();
    all
}
