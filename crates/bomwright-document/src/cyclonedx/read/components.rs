//! Components: the distribution, files and packages.

use bomwright_model::{Digest, Distribution, Evidence, License, LicenseKind, Package, PackageKind, Scope};

use super::Reader;
use crate::assembly::Slot;
use crate::claims::{self, Claims};
use crate::cyclonedx::{ALGORITHMS, LINKS, wire_in as wire};
use crate::lenient::Text;
use crate::peers::PeerClaims;
use crate::{actor, address, identify, license, place};

impl<'a> Reader<'a> {
    /// Adds `component` and those inside it. `serde_json` has bounded how deep they nest.
    pub(super) fn component(&mut self, component: &mut wire::Component<'a>, outer: Option<Slot>) {
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
    // One address is enough, and one that can be written to is better.
    let page = || entity.url.iter().filter_map(Text::some).find(|page| address::is_web_address(page));
    actor::join(name.unwrap_or_default(), email.or_else(page))
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
        let wording = inner.and_then(|license| {
            let text = license.text.as_ref().filter(|text| text.encoding.is_empty())?;
            license::wording(license.name.some()?, &text.content)
        });
        Some(License { kind, wordings: wording.into_iter().collect(), ..License::declared(text) })
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
