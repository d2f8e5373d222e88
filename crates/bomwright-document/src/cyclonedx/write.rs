//! Inventory to CycloneDX. Components are made for the newest version, brought down to the wanted one, written
//! and forgotten, one at a time.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;

use bomwright_model::{
    Digest, Evidence, File, FileChoice, FileKind, Inventory, License, LicenseKind, LinkKind, Package,
    PackageKind, Scope,
};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::version::Version;
use super::wire_out::{self as wire, Lower};
use super::{ALGORITHMS, LINKS, lower, xml_out};
use crate::facts::{Fact, Facts};
use crate::identity::{self, References, Subject};
use crate::inside::Inside;
use crate::license::{self, Meanings};
use crate::relations::{Completeness, Relations};
use crate::root::{self, RootKind};
use crate::seq::Seq;
use crate::{actor, address, place, silent};

/// Writes `inventory` as JSON without blanks, with a line end at the end.
pub(crate) fn json(
    inventory: &Inventory,
    version: Version,
    files: FileChoice,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    with_document(inventory, version, files, |document| {
        serde_json::to_writer(&mut *out, document)?;
        out.write_all(b"\n")
    })
}

/// Writes `inventory` as XML.
pub(crate) fn xml(
    inventory: &Inventory,
    version: Version,
    files: FileChoice,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    with_document(inventory, version, files, |document| xml_out::write(document, out))
}

fn with_document(
    inventory: &Inventory,
    version: Version,
    files: FileChoice,
    write: impl FnOnce(&Document<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let references = References::of(inventory, files);
    let relations = Relations::of(inventory, &references);
    let packages = 0..inventory.packages.len();
    let shipped = Inside::of(packages.filter_map(|package| Some((relations.shipper(package)?, package))));
    let is_binary = |file: &&File| file.kind != FileKind::Script;
    write(&Document {
        inventory,
        version,
        files,
        serial: format!("urn:uuid:{}", identity::uuid(inventory, files)?),
        shipped,
        owned: Inside::of(references.owned_files(inventory)),
        meanings: Meanings::of_all(inventory),
        binaries: inventory.files.iter().filter(is_binary).map(|file| file.path.as_str()).collect(),
        references: &references,
        relations: &relations,
    })
}

/// An inventory on its way into a document.
pub(super) struct Document<'a> {
    inventory: &'a Inventory,
    pub(super) version: Version,
    files: FileChoice,
    pub(super) serial: String,
    /// Packages inside those that ship them.
    shipped: Inside,
    /// Files inside the packages that own them.
    owned: Inside,
    /// Paths of executables and libraries: what was read from them was read from a binary.
    binaries: HashSet<&'a str>,
    meanings: Meanings<'a>,
    references: &'a References,
    relations: &'a Relations<'a>,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("Bom", 9)?;
        let number = self.version.number();
        document
            .serialize_field("$schema", &format!("http://cyclonedx.org/schema/bom-{number}.schema.json"))?;
        document.serialize_field("bomFormat", "CycloneDX")?;
        document.serialize_field("specVersion", number)?;
        document.serialize_field("serialNumber", &self.serial)?;
        document.serialize_field("version", &1)?;
        document.serialize_field("metadata", &self.metadata())?;
        document.serialize_field("components", &Seq(|| self.components()))?;
        document.serialize_field("dependencies", &Seq(|| self.dependencies()))?;
        document.serialize_field("compositions", &self.compositions())?;
        document.end()
    }
}

impl<'a> Document<'a> {
    pub(super) fn metadata(&self) -> wire::Metadata<'a> {
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

    fn declared_license(&self, text: Option<&str>) -> Vec<wire::LicenseChoice<'static>> {
        let licenses: Vec<_> = text.map(License::declared).into_iter().collect();
        self.choices(&licenses, LicenseKind::Declared, Some("declared"))
    }

    pub(super) fn components(&self) -> impl Iterator<Item = wire::Component<'a>> {
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
        let mut hashes = Vec::with_capacity(package.digests.len());
        for digest in &package.digests {
            match hash(digest) {
                Some(hash) => hashes.push(hash),
                None => facts.put("digest", digest.as_str()),
            }
        }
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
        for digest in file.digests.iter().filter(|digest| hash(digest).is_none()) {
            facts.put("digest", digest.as_str());
        }
        wire::Component {
            r#type: Some("file"),
            bom_ref: self.references.get(Subject::File(index)),
            name: Some(Cow::Owned(format!("/{}", file.path))),
            version: silent::version_of(file),
            hashes: file.digests.iter().filter_map(hash).collect(),
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

    /// What the package declares and what was found in its files.
    fn main_licenses(&self, licenses: &[License]) -> Vec<wire::LicenseChoice<'static>> {
        let mut all = self.choices(licenses, LicenseKind::Declared, Some("declared"));
        // Only 1.7 lets expressions stand beside each other.
        if all.is_empty() || self.version >= Version::V1_7 {
            all.extend(self.choices(licenses, LicenseKind::Found, Some("concluded")));
        }
        all
    }

    /// Either one licence with an id or a name, or one expression.
    fn choices(
        &self,
        licenses: &[License],
        kind: LicenseKind,
        acknowledgement: Option<&'static str>,
    ) -> Vec<wire::LicenseChoice<'static>> {
        let Some(all) = self.meanings.expression(licenses, kind) else { return Vec::new() };
        let single = |license| wire::LicenseChoice {
            license: Some(wire::License { acknowledgement, ..license }),
            ..wire::LicenseChoice::default()
        };
        if license::listed_id(&all.expression).is_some() {
            return vec![single(wire::License {
                id: Some(Cow::Owned(all.expression)),
                ..Default::default()
            })];
        }
        if let Some(one) = all.extracted.get(&all.expression) {
            let content = Some(Cow::Owned(one.text.clone())).filter(|text| **text != one.name);
            return vec![single(wire::License {
                name: Some(Cow::Owned(one.name.clone())),
                text: content.map(|text| wire::Attachment { content: Some(text) }),
                ..Default::default()
            })];
        }
        vec![wire::LicenseChoice {
            expression: Some(Cow::Owned(all.expression)),
            acknowledgement,
            license: None,
        }]
    }

    /// Every subject that has an entry, the root first.
    fn subjects(&self) -> impl Iterator<Item = Subject> {
        let packages = (0..self.inventory.packages.len()).map(Subject::Package);
        let files = (0..self.inventory.files.len()).map(Subject::File);
        std::iter::once(Subject::Root)
            .chain(packages)
            .chain(files.filter(|file| self.references.get(*file).is_some()))
    }

    /// Exactly one entry for each component and the root.
    pub(super) fn dependencies(&self) -> impl Iterator<Item = wire::Dependency<'a>> {
        let distribution = self.references.distribution.as_deref();
        let of_subject = move |subject| {
            let mut depends_on = self.relations.targets(subject);
            if subject == Subject::Root {
                depends_on.extend(distribution);
                depends_on.sort_unstable();
            }
            Some(wire::Dependency { r#ref: self.references.get(subject)?, depends_on })
        };
        self.subjects()
            .filter_map(of_subject)
            .chain(distribution.map(|name| wire::Dependency { r#ref: name, depends_on: Vec::new() }))
    }

    pub(super) fn compositions(&self) -> Vec<wire::Composition<'a>> {
        let mut all = vec![wire::Composition {
            aggregate: Some(if crate::is_complete(self.inventory, self.files) {
                "complete"
            } else {
                "incomplete"
            }),
            assemblies: vec![self.references.root],
            dependencies: Vec::new(),
        }];
        for (aggregate, completeness) in [
            ("complete", Completeness::Complete),
            ("incomplete", Completeness::Incomplete),
            ("unknown", Completeness::Unknown),
        ] {
            let such = self.subjects().filter(|subject| {
                *subject != Subject::Root && self.relations.completeness(*subject) == completeness
            });
            let mut dependencies: Vec<_> = such.filter_map(|subject| self.references.get(subject)).collect();
            if completeness == Completeness::Unknown {
                dependencies.extend(self.references.distribution.as_deref());
            }
            dependencies.sort_unstable();
            if !dependencies.is_empty() {
                all.push(wire::Composition {
                    aggregate: Some(aggregate),
                    assemblies: Vec::new(),
                    dependencies,
                });
            }
        }
        all
    }
}

fn present(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn hash(digest: &Digest) -> Option<wire::Hash<'_>> {
    let (_, name) = ALGORITHMS.iter().find(|(algorithm, _)| *algorithm == digest.algorithm())?;
    Some(wire::Hash { alg: Some(name), content: Some(digest.hex()) })
}

fn contact(text: &str) -> wire::Contact<'_> {
    let (name, email) = actor::split(text);
    wire::Contact { name: Some(name), email }
}

fn entity(text: &str) -> wire::Entity<'_> {
    let (name, page) = actor::split_web(text);
    let (name, email) = actor::split(name);
    let contact = email.map(|email| wire::Contact { name: None, email: Some(email) });
    wire::Entity { name: Some(name), url: page.into_iter().collect(), contact: contact.into_iter().collect() }
}

/// Who can be asked about a package, where BSI TR-03183-2 looks for it (section 8.2): its author by address, else the
/// project's page, else the supplier by address. It says again what other members say.
fn creator(package: &Package) -> Option<wire::Entity<'_>> {
    let reachable = |text| Some(entity(text)).filter(|one| !(one.url.is_empty() && one.contact.is_empty()));
    let author = package.originator.as_deref();
    let page = || {
        let of = |kind| {
            let links = package.links.iter().filter(move |link| link.kind == kind);
            // npm writes `git+https://…`.
            let mut pages = links.map(|link| link.url.strip_prefix("git+").unwrap_or(&link.url));
            pages.find(|page| address::is_web_page(page))
        };
        let page = of(LinkKind::Home).or_else(|| of(LinkKind::Vcs))?;
        Some(wire::Entity { name: author, url: vec![page], contact: Vec::new() })
    };
    author.and_then(reachable).or_else(page).or_else(|| package.any_supplier().and_then(reachable))
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
