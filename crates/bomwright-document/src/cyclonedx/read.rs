//! CycloneDX 1.2 to 1.7 to inventory.

use std::borrow::Cow;

use bomwright_model::{
    Digest, Distribution, Evidence, Image, Inventory, License, LicenseKind, Package, PackageKind, Scope, Tool,
};

use super::wire_in as wire;
use super::{ALGORITHMS, LINKS, xml_in};
use crate::assembly::{Assembly, Slot};
use crate::claims::{self, Claims, RootClaims};
use crate::peers::{self, PeerClaims};
use crate::{DocumentError, actor, identify, place, time};

/// Reads the JSON document `name`.
pub(crate) fn read_json(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    inventory(name, serde_json::from_slice(bytes).map_err(|error| DocumentError::json(name, &error))?)
}

/// Reads the XML document `name`.
pub(crate) fn read_xml(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    inventory(name, xml_in::parse(name, bytes)?)
}

fn inventory(name: &str, bom: wire::Bom<'_>) -> Result<Inventory, DocumentError> {
    if !matches!(&*bom.spec_version, "1.2" | "1.3" | "1.4" | "1.5" | "1.6" | "1.7") {
        return Err(DocumentError::Inconsistent {
            name: name.to_owned(),
            place: "specVersion".to_owned(),
            reason: format!("'{}' is not read; 1.2 to 1.7 are", &*bom.spec_version),
        });
    }
    let mut reader = Reader { assembly: Assembly::new(name), guessed: None };
    let metadata = bom.metadata.unwrap_or_default();
    reader.metadata(metadata);
    for component in bom.components {
        reader.component(*component, None);
    }
    for dependency in bom.dependencies {
        for target in dependency.depends_on {
            reader.assembly.link(dependency.reference.0.clone(), target.0, None, None);
        }
    }
    let Reader { mut assembly, guessed } = reader;
    if assembly.inventory.distribution.is_none() {
        assembly.inventory.distribution = guessed;
    }
    Ok(assembly.finish())
}

struct Reader<'a> {
    assembly: Assembly<'a>,
    /// The distribution that purls name, for documents that describe none.
    guessed: Option<Distribution>,
}

impl<'a> Reader<'a> {
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
        for inner in root.components {
            self.component(inner, None);
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
        if let Some(purl) = identify::purl(&root.purl, &mut self.assembly.notes)
            && let Ok(parts) = purl.parse()
        {
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
    fn component(&mut self, mut component: wire::Component<'a>, outer: Option<Slot>) {
        let inner = std::mem::take(&mut component.components);
        let reference = component.bom_ref.0.clone();
        let has_purl = component.purl.some().is_some();
        let slot = match &*component.kind {
            "operating-system" if !has_purl && self.distribution(&component) => Slot::Beside,
            "file" if !has_purl => self.file(&component),
            _ => self.package(component),
        };
        self.assembly.refer(reference, slot);
        if let Some(outer) = outer {
            self.assembly.nest(outer, slot);
        }
        for component in inner {
            self.component(component, Some(slot));
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

    fn package(&mut self, component: wire::Component<'a>) -> Slot {
        let mut package = Package {
            name: component.name.0.into_owned(),
            version: component.version.0.into_owned(),
            namespace: component.group.owned(),
            kind: kind(&component.kind),
            purl: identify::purl(&component.purl, &mut self.assembly.notes),
            supplier: component.supplier.as_ref().and_then(entity),
            originator: component.authors.first().and_then(person).or_else(|| component.author.owned()),
            description: component.description.owned(),
            copyright: component.copyright.owned(),
            digests: component.hashes.iter().filter_map(digest).collect(),
            licenses: licenses(&component.licenses),
            ..Package::default()
        };
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
        identify::from_purl(&mut package, &mut self.guessed);
        package.evidence = self.assembly.evidence(places, &package.ecosystem);
        if package.evidence.is_empty() {
            package.evidence = foreign_evidence(component.evidence.unwrap_or_default(), &package.ecosystem);
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
    format!("{algorithm}:{}", hash.content.to_ascii_lowercase()).parse().ok()
}

/// Statements as the document's licence fields make them; facts, where there are any, replace them.
fn licenses(choices: &[wire::LicenseChoice<'_>]) -> Vec<License> {
    let mut all: Vec<_> = choices
        .iter()
        .filter_map(|choice| {
            let inner = choice.license.as_ref();
            let text = choice
                .expression
                .some()
                .or_else(|| inner.and_then(|license| license.id.some().or_else(|| license.name.some())))?;
            let acknowledged = inner.map_or(&choice.acknowledgement, |license| &license.acknowledgement);
            let kind =
                if &**acknowledged == "concluded" { LicenseKind::Found } else { LicenseKind::Declared };
            Some(License { kind, text: text.to_owned(), path: None, confidence: None })
        })
        .collect();
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
fn foreign_evidence(evidence: wire::Evidence<'_>, parser: &str) -> Vec<Evidence> {
    let mut paths: Vec<Cow<'_, str>> = evidence.occurrences.into_iter().map(|one| one.location.0).collect();
    if paths.is_empty() {
        let methods = evidence.identity.into_iter().flat_map(|identity| identity.methods);
        paths.extend(methods.map(|method| method.value.0));
    }
    let mut all: Vec<_> = paths
        .iter()
        .map(|path| path.trim_start_matches('/'))
        .filter(|path| !path.is_empty())
        .map(|path| Evidence::new(path, parser))
        .collect();
    all.dedup();
    all
}
