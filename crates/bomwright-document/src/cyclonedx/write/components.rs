//! The components: the distribution, packages with what they ship and own inside them, files that nobody owns.

use std::borrow::Cow;

use bomwright_model::{Digest, Evidence, File, LicenseKind, Package, PackageKind, Scope};

use super::actors::{contact, creator, entity};
use super::{Document, hash, present};
use crate::cyclonedx::version::Version;
use crate::cyclonedx::wire_out as wire;
use crate::cyclonedx::{LINKS, lower};
use crate::facts::Facts;
use crate::identity::Subject;
use crate::{address, place, silent};

impl<'a> Document<'a> {
    pub(crate) fn components(&self) -> impl Iterator<Item = wire::Component<'a>> {
        let packages = self.inventory.packages.iter().enumerate();
        let outer = packages.filter(|(index, _)| self.relations.shipper(*index).is_none());
        let files = self.inventory.files.iter().enumerate();
        let outer_files = files.filter(|(index, file)| file.owner.is_none() && self.is_listed(*index));
        self.distribution()
            .into_iter()
            .chain(outer.map(|(index, package)| self.package(index, package, true)))
            .chain(outer_files.map(|(index, file)| self.file(index, file)))
            .map(|component| lower::component(component, self.version))
    }

    fn distribution(&self) -> Option<wire::Component<'a>> {
        let distribution = self.inventory.distribution.as_ref()?;
        let home = distribution.home_url.as_deref().filter(|url| address::is_uri_reference(url));
        Some(wire::Component {
            r#type: Some("operating-system"),
            bom_ref: self.references.distribution.as_deref(),
            name: Some(Cow::Borrowed(&distribution.id)),
            version: distribution.version.as_deref().map(Cow::Borrowed),
            description: distribution.pretty_name.as_deref(),
            supplier: Some(match self.inventory.declared.distribution.as_deref() {
                Some(declared) => entity(declared),
                None => wire::Entity { url: home.into_iter().collect(), ..entity(&distribution.id) },
            }),
            cpe: distribution.cpe.as_deref().filter(|cpe| is_cpe(cpe)),
            external_references: home
                .map(|url| wire::Reference { r#type: Some("website"), url: Some(url) })
                .into_iter()
                .collect(),
            properties: Facts::of_distribution(&self.inventory.declared, distribution).sorted(),
            ..wire::Component::default()
        })
    }

    fn package(&self, index: usize, package: &'a Package, outer: bool) -> wire::Component<'a> {
        let mut facts = Facts::of_package(
            self.inventory,
            self.references,
            self.relations,
            &self.meanings,
            index,
            package,
        );
        if self.version < Version::V1_6 {
            // Occurrences say no more than the path.
            facts.evidence(&package.evidence);
        }
        let hashes = hashes(&package.digests, &mut facts);
        let mut links = Vec::with_capacity(package.links.len());
        for link in &package.links {
            if address::is_uri_reference(&link.url) {
                let known = LINKS.iter().find(|(kind, _)| *kind == link.kind);
                links.push(wire::Reference { r#type: known.map(|(_, name)| *name), url: Some(&link.url) });
            } else {
                facts.put(&format!("link:{}", link.kind.as_str()), &link.url);
            }
        }
        wire::Component {
            r#type: Some(match package.kind {
                PackageKind::Library => "library",
                PackageKind::Application => "application",
                PackageKind::OperatingSystem => "operating-system",
                PackageKind::Platform => "platform",
                PackageKind::Firmware => "firmware",
            }),
            mime_type: None,
            bom_ref: self.references.get(Subject::Package(index)),
            supplier: package.any_supplier().map(entity),
            manufacturer: creator(package),
            authors: package.originator.as_deref().map(contact).into_iter().collect(),
            author: None,
            group: package.namespace.as_deref().and_then(present),
            name: Some(Cow::Borrowed(&package.name)),
            version: present(&package.version).map(Cow::Borrowed),
            description: package.description.as_deref(),
            scope: match self.relations.wanted(index) {
                None | Some(Scope::Runtime) => None,
                Some(Scope::Optional) => Some("optional"),
                Some(Scope::Development | Scope::Build) => Some("excluded"),
            },
            hashes,
            licenses: self.main_licenses(&package.licenses),
            copyright: package.copyright.as_deref(),
            cpe: None,
            purl: package.purl.as_ref().map(|purl| Cow::Borrowed(purl.as_str())),
            external_references: links,
            components: self.inside(index, outer),
            evidence: self.evidence(package),
            properties: facts.sorted(),
        }
    }

    /// The packages that the package with the index `owner` ships, unless it is shipped itself, and its files.
    fn inside(&self, owner: usize, outer: bool) -> Vec<wire::Component<'a>> {
        let shipped = self.shipped.of_outer(owner).filter(|_| outer);
        let shipped =
            shipped.filter_map(|index| Some(self.package(index, self.inventory.packages.get(index)?, false)));
        let files = self.owned.of_outer(owner);
        let files = files.filter_map(|index| Some(self.file(index, self.inventory.files.get(index)?)));
        shipped.chain(files).collect()
    }

    fn is_listed(&self, file: usize) -> bool {
        self.references.get(Subject::File(file)).is_some()
    }

    fn file(&self, index: usize, file: &'a File) -> wire::Component<'a> {
        let mut facts = Facts::of_file(self.inventory, self.relations, index, file);
        let hashes = hashes(&file.digests, &mut facts);
        wire::Component {
            r#type: Some("file"),
            bom_ref: self.references.get(Subject::File(index)),
            name: Some(Cow::Owned(format!("/{}", file.path))),
            version: silent::version_of(file),
            hashes,
            supplier: silent::supplier_of(self.inventory, file).map(entity),
            licenses: self.declared_license(file.declared.license.as_deref()),
            properties: facts.sorted(),
            ..wire::Component::default()
        }
    }

    fn evidence(&self, package: &'a Package) -> Option<wire::Evidence<'a>> {
        let licenses = self.choices(&package.licenses, LicenseKind::Found, None);
        if package.evidence.is_empty() && licenses.is_empty() {
            return None;
        }
        let method = |evidence: &'a Evidence| wire::Method {
            technique: Some(if self.binaries.contains(evidence.path.as_str()) {
                "binary-analysis"
            } else {
                "manifest-analysis"
            }),
            confidence: Some(1),
            value: Some(Cow::Owned(format!("/{}", evidence.path))),
        };
        let occurrence = |evidence: &'a Evidence| wire::Occurrence {
            location: Some(Cow::Owned(format!("/{}", evidence.path))),
            additional_context: Some(Cow::Owned(place::context(evidence))),
        };
        let purl = package.purl.as_ref().map(bomwright_model::Purl::as_str);
        let identity = wire::Identity {
            field: Some(if purl.is_some() { "purl" } else { "name" }),
            confidence: Some(1),
            concluded_value: purl,
            methods: package.evidence.iter().map(method).collect(),
        };
        Some(wire::Evidence {
            identity: wire::Identities {
                all: if package.evidence.is_empty() { Vec::new() } else { vec![identity] },
                is_list: true,
            },
            occurrences: package.evidence.iter().map(occurrence).collect(),
            licenses,
        })
    }
}

/// The digests by algorithms that CycloneDX has; facts keep the others.
fn hashes<'a>(digests: &'a [Digest], facts: &mut Facts<'a>) -> Vec<wire::Hash<'a>> {
    for digest in digests.iter().filter(|digest| hash(digest).is_none()) {
        facts.put("digest", digest.as_str());
    }
    digests.iter().filter_map(hash).collect()
}

/// Whether `text` is a CPE name that every reading of the schema's pattern accepts.
fn is_cpe(text: &str) -> bool {
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-~".contains(&b));
    if let Some(rest) = text.strip_prefix("cpe:2.3:") {
        let parts: Vec<_> = rest.split(':').collect();
        return parts.len() == 11
            && parts.first().is_some_and(|part| ["a", "h", "o"].contains(part))
            && parts
                .iter()
                .all(|part| *part == "*" || (!part.is_empty() && plain(part) && !part.contains('~')));
    }
    text.strip_prefix("cpe:/").is_some_and(|rest| {
        let parts: Vec<_> = rest.split(':').collect();
        parts.len() <= 7
            && parts.first().is_some_and(|part| ["a", "h", "o"].contains(part))
            && parts.iter().all(|part| plain(part))
    })
}
