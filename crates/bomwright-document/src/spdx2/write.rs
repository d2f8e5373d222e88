//! Inventory to SPDX: as JSON of 2.3 here, as tag-value in `tag_value_out`, as a graph of 3.0.1 in `spdx3`. Packages and relationships are made,
//! written and forgotten one at a time.
//!
//! SPDX files need a SHA-1 and an analysed package to lie in, so files are written as packages whose purpose is `FILE`.

use std::collections::BTreeMap;
use std::io;

use bomwright_model::{
    Digest, File, FileChoice, Inventory, License, LicenseKind, LinkKind, Package, PackageKind, Scope, Tool,
};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::wire_out::{
    Annotation, COMMENT, Checksum, CreationInfo, ExternalRef, ExtractedLicense, Relationship, SpdxPackage,
};
use super::{ALGORITHMS, NO_TIME, REFERENCE, tag_value_out};
use crate::facts::Facts;
use crate::identity::{self, References, Subject};
use crate::license::{self, Extracted, Meanings};
use crate::relations::{Completeness, Relations};
use crate::root::{self, RootKind};
use crate::seq::Seq;
use crate::{actor, address, silent, time};

/// Writes `inventory` as JSON without blanks, with a line end at the end.
pub(crate) fn json(inventory: &Inventory, files: FileChoice, out: &mut dyn io::Write) -> io::Result<()> {
    with_document(inventory, files, false, |document| {
        serde_json::to_writer(&mut *out, document)?;
        out.write_all(b"\n")
    })
}

/// Writes `inventory` as SPDX 3.
pub(crate) fn graph(inventory: &Inventory, files: FileChoice, out: &mut dyn io::Write) -> io::Result<()> {
    with_document(inventory, files, false, |document| crate::spdx3::write(document, out))
}

/// Writes `inventory` as tag-value.
pub(crate) fn tag_value(inventory: &Inventory, files: FileChoice, out: &mut dyn io::Write) -> io::Result<()> {
    with_document(inventory, files, true, |document| tag_value_out::write(document, out))
}

fn with_document(
    inventory: &Inventory,
    files: FileChoice,
    is_tag_value: bool,
    write: impl FnOnce(&Document<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let references = References::of(inventory, files);
    let relations = Relations::of(inventory, &references);
    let tools: Vec<_> = inventory.tools.iter().map(creator).collect();
    let annotator = tools.first().cloned().unwrap_or_else(|| "Tool: bomwright".to_owned());
    let mut creators = if tools.is_empty() { vec![annotator.clone()] } else { tools };
    creators.extend(inventory.declared.author.as_deref().map(|text| actor::to_spdx("Organization", text)));
    write(&Document {
        inventory,
        is_tag_value,
        uuid: identity::uuid(inventory, files)?,
        created: inventory.timestamp.as_deref().map_or_else(|| NO_TIME.to_owned(), without_fraction),
        annotator,
        creators,
        meanings: Meanings::of_all(inventory),
        references: &references,
        relations: &relations,
    })
}

/// An inventory on its way into a document.
pub(crate) struct Document<'a> {
    inventory: &'a Inventory,
    is_tag_value: bool,
    uuid: String,
    pub(crate) created: String,
    annotator: String,
    /// The creators; never empty.
    pub(crate) creators: Vec<String>,
    meanings: Meanings<'a>,
    references: &'a References,
    relations: &'a Relations<'a>,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("Document", 10)?;
        document.serialize_field("spdxVersion", "SPDX-2.3")?;
        document.serialize_field("dataLicense", "CC0-1.0")?;
        document.serialize_field("SPDXID", "SPDXRef-DOCUMENT")?;
        document.serialize_field("name", self.name())?;
        document.serialize_field("documentNamespace", &self.namespace())?;
        let info = CreationInfo {
            created: &self.created,
            creators: &self.creators,
            license_list_version: license::LIST_VERSION,
            comment: COMMENT,
        };
        document.serialize_field("creationInfo", &info)?;
        document.serialize_field("packages", &Seq(|| self.packages()))?;
        let extracted = self.extracted();
        if !extracted.is_empty() {
            let list = Seq(|| {
                extracted.iter().map(|(id, one)| ExtractedLicense {
                    license_id: id,
                    extracted_text: &one.text,
                    name: &one.name,
                })
            });
            document.serialize_field("hasExtractedLicensingInfos", &list)?;
        }
        document.serialize_field("relationships", &Seq(|| self.relationships()))?;
        document.end()
    }
}

impl<'a> Document<'a> {
    /// The reference of what the document is about.
    pub(crate) fn root(&self) -> &'static str {
        self.references.root
    }

    pub(crate) fn name(&self) -> &'a str {
        root::name(self.inventory)
    }

    pub(crate) fn namespace(&self) -> String {
        format!("https://spdx.org/spdxdocs/bomwright-{}", self.uuid)
    }

    /// The text behind every licence reference.
    pub(crate) fn extracted(&self) -> BTreeMap<&str, &Extracted> {
        self.meanings.extracted()
    }

    pub(crate) fn packages(&'a self) -> impl Iterator<Item = SpdxPackage<'a>> {
        let packages = self.inventory.packages.iter().enumerate();
        let files = self.inventory.files.iter().enumerate();
        let listed = files.filter(|(index, _)| self.references.get(Subject::File(*index)).is_some());
        std::iter::once(self.root_package())
            .chain(self.distribution())
            .chain(packages.map(|(index, package)| self.package(index, package)))
            .chain(listed.map(|(index, file)| self.file(index, file)))
    }

    fn root_package(&'a self) -> SpdxPackage<'a> {
        let image = self.inventory.image.as_ref();
        let digest = image.and_then(|image| image.digest.as_ref());
        let declared = &self.inventory.declared;
        let is_url = |url: &&str| address::is_uri_reference(url) && url.contains("://");
        let contact = declared.security_contact.as_deref().filter(is_url);
        SpdxPackage {
            name: root::name(self.inventory),
            version_info: image.and_then(root::version).unwrap_or_default().into(),
            primary_package_purpose: Some(match root::kind(self.inventory) {
                RootKind::Container => "CONTAINER",
                RootKind::Application => "APPLICATION",
                RootKind::File => "FILE",
            }),
            checksums: digest.into_iter().filter_map(checksum).collect(),
            supplier: Some(actor_or_no_assertion("Organization", root::supplier(self.inventory))),
            license_declared: self.declared_license(root::license(self.inventory)),
            valid_until_date: declared
                .support_end
                .as_deref()
                .and_then(|day| time::to_utc(&format!("{day}T23:59:59Z"))),
            external_refs: image
                .and_then(root::purl)
                .map(|purl| purl_reference(purl.as_str().to_owned()))
                .into_iter()
                .chain(contact.map(security_reference))
                .collect(),
            annotations: self.annotations(Facts::of_root(self.inventory, self.relations)),
            ..Self::blank(self.references.root)
        }
    }

    fn distribution(&'a self) -> Option<SpdxPackage<'a>> {
        let distribution = self.inventory.distribution.as_ref()?;
        Some(SpdxPackage {
            name: &distribution.id,
            version_info: distribution.version.as_deref().unwrap_or_default().into(),
            primary_package_purpose: Some("OPERATING_SYSTEM"),
            homepage: distribution.home_url.as_deref().filter(|url| address::is_web_page(url)),
            description: distribution.pretty_name.as_deref(),
            supplier: Some(actor_or_no_assertion(
                "Organization",
                self.inventory.declared.distribution.as_deref().or(Some(&distribution.id)),
            )),
            annotations: self.annotations(Facts::of_distribution(&self.inventory.declared, distribution)),
            ..Self::blank(self.references.distribution.as_deref()?)
        })
    }

    fn package(&'a self, index: usize, package: &'a Package) -> SpdxPackage<'a> {
        let mut facts = Facts::of_package(
            self.inventory,
            self.references,
            self.relations,
            &self.meanings,
            index,
            package,
        );
        facts.evidence(&package.evidence);
        for (name, text) in [("version", Some(&package.version)), ("copyright", package.copyright.as_ref())] {
            facts.put_some(name, text.filter(|text| says_nothing(text)).map(String::as_str));
        }
        if self.is_tag_value {
            // What a tag can't hold as it is.
            let holds = |text: &String| tag_value_out::is_line(text) && !tag_value_out::is_time(text);
            for (name, text) in [("name", &package.name), ("version", &package.version)] {
                facts.put_some(name, Some(text).filter(|text| !holds(text)).map(String::as_str));
            }
            for (name, text) in [("description", &package.description), ("copyright", &package.copyright)] {
                let text = text.as_deref().filter(|text| !tag_value_out::is_text(text));
                facts.put_some(name, text);
            }
        }
        let mut homepage = None;
        let mut download = None;
        for link in &package.links {
            let web = address::is_web_page(&link.url);
            match link.kind {
                LinkKind::Home if web && homepage.is_none() => homepage = Some(link.url.as_str()),
                LinkKind::Download if web && download.is_none() => download = Some(link.url.as_str()),
                kind => facts.put(&format!("link:{}", kind.as_str()), &link.url),
            }
        }
        let shown = package.evidence.first().map(|evidence| &evidence.path);
        SpdxPackage {
            name: &package.name,
            version_info: package.version.as_str().into(),
            primary_package_purpose: Some(match package.kind {
                PackageKind::Library => "LIBRARY",
                PackageKind::Application => "APPLICATION",
                PackageKind::OperatingSystem => "OPERATING_SYSTEM",
                PackageKind::Platform => "FRAMEWORK",
                PackageKind::Firmware => "FIRMWARE",
            }),
            supplier: Some(actor_or_no_assertion("Organization", package.any_supplier())),
            originator: package.originator.as_deref().map(|text| actor_or_no_assertion("Person", Some(text))),
            download_location: download.unwrap_or("NOASSERTION"),
            homepage,
            checksums: package.digests.iter().filter_map(checksum).collect(),
            source_info: shown.map(|path| format!("read from /{path}")),
            license_declared: self.expression(&package.licenses, LicenseKind::Declared),
            license_concluded: self.expression(&package.licenses, LicenseKind::Found),
            copyright_text: package.copyright.as_deref().unwrap_or("NOASSERTION"),
            description: package.description.as_deref(),
            external_refs: package
                .purl
                .as_ref()
                .map(|purl| purl_reference(purl.as_str()))
                .into_iter()
                .collect(),
            annotations: self.annotations(facts),
            ..Self::blank(self.references.get(Subject::Package(index)).unwrap_or_default())
        }
    }

    fn file(&'a self, index: usize, file: &'a File) -> SpdxPackage<'a> {
        SpdxPackage {
            name: &file.path,
            version_info: silent::version_of(file).unwrap_or_default(),
            primary_package_purpose: Some("FILE"),
            checksums: file.digests.iter().filter_map(checksum).collect(),
            supplier: Some(actor_or_no_assertion("Organization", silent::supplier_of(self.inventory, file))),
            license_declared: self.declared_license(file.declared.license.as_deref()),
            annotations: self.annotations(Facts::of_file(self.inventory, self.relations, index, file)),
            ..Self::blank(self.references.get(Subject::File(index)).unwrap_or_default())
        }
    }

    /// A package of which nothing is known but its reference.
    fn blank(reference: &str) -> SpdxPackage<'a> {
        SpdxPackage {
            id: format!("{REFERENCE}{reference}"),
            download_location: "NOASSERTION",
            license_concluded: "NOASSERTION".to_owned(),
            license_declared: "NOASSERTION".to_owned(),
            copyright_text: "NOASSERTION",
            supplier: Some("NOASSERTION".to_owned()),
            ..SpdxPackage::default()
        }
    }

    /// Facts as annotations whose comment is a JSON object with the members `name` and `value`.
    fn annotations(&'a self, facts: Facts<'a>) -> Vec<Annotation<'a>> {
        let annotation = |comment| Annotation {
            annotation_date: &self.created,
            annotation_type: "OTHER",
            annotator: &self.annotator,
            comment,
        };
        facts.sorted().into_iter().map(annotation).collect()
    }

    fn expression(&self, licenses: &[License], kind: LicenseKind) -> String {
        let all = self.meanings.expression(licenses, kind);
        all.map_or_else(|| "NOASSERTION".to_owned(), |all| all.expression)
    }

    fn declared_license(&self, text: Option<&str>) -> String {
        let licenses: Vec<_> = text.map(License::declared).into_iter().collect();
        self.expression(&licenses, LicenseKind::Declared)
    }

    pub(crate) fn relationships(&'a self) -> impl Iterator<Item = Relationship<'a>> {
        let describes = relationship("DOCUMENT", "DESCRIBES", self.references.root);
        let contains_os = self
            .references
            .distribution
            .as_deref()
            .map(|os| relationship(self.references.root, "CONTAINS", os));
        let held = self.relations.root_only_holds().map(|(holds, target)| {
            let kind = if holds { "CONTAINS" } else { "DEPENDS_ON" };
            relationship(self.references.root, kind, target)
        });
        let packages = (0..self.inventory.packages.len()).map(Subject::Package);
        let files = (0..self.inventory.files.len()).map(Subject::File);
        let shipped = (0..self.inventory.packages.len()).filter_map(|index| {
            let shipper = Subject::Package(self.relations.shipper(index)?);
            let inner = self.references.get(Subject::Package(index))?;
            Some(relationship(self.references.get(shipper)?, "CONTAINS", inner))
        });
        let owned = self.references.owned_files(self.inventory).filter_map(|(owner, file)| {
            let owner = self.references.get(Subject::Package(owner))?;
            Some(relationship(owner, "CONTAINS", self.references.get(Subject::File(file))?))
        });
        std::iter::once(describes)
            .chain(contains_os)
            .chain(held)
            .chain(shipped)
            .chain(owned)
            .chain(packages.chain(files).flat_map(|subject| self.dependencies(subject)))
    }

    fn dependencies(&'a self, subject: Subject) -> Vec<Relationship<'a>> {
        let Some(from) = self.references.get(subject) else { return Vec::new() };
        let targets = self.relations.scoped_targets(subject).into_iter();
        let mut all: Vec<_> = targets
            .map(|(to, scope)| Relationship { scope, ..relationship(from, "DEPENDS_ON", to) })
            .collect();
        let comment = match self.relations.completeness(subject) {
            Completeness::Complete => return all,
            Completeness::Incomplete => INCOMPLETE,
            Completeness::Unknown => "nothing states what it depends on",
        };
        all.push(Relationship {
            spdx_element_id: format!("{REFERENCE}{from}"),
            relationship_type: "DEPENDS_ON",
            related_spdx_element: "NOASSERTION".to_owned(),
            comment: Some(comment),
            scope: Scope::Runtime,
        });
        all
    }
}

/// What is said of dependencies of which some are missing.
pub(crate) const INCOMPLETE: &str = "some requirements are met by nothing in the image";

fn relationship<'a>(from: &str, kind: &'static str, to: &str) -> Relationship<'a> {
    Relationship {
        spdx_element_id: format!("{REFERENCE}{from}"),
        relationship_type: kind,
        related_spdx_element: format!("{REFERENCE}{to}"),
        comment: None,
        scope: Scope::Runtime,
    }
}

fn purl_reference<'a>(purl: impl Into<std::borrow::Cow<'a, str>>) -> ExternalRef<'a> {
    ExternalRef {
        reference_category: "PACKAGE-MANAGER",
        reference_type: "purl",
        reference_locator: purl.into(),
    }
}

/// Where to report vulnerabilities (SPDX 2.3, annex F.2.4).
fn security_reference(url: &str) -> ExternalRef<'_> {
    ExternalRef { reference_category: "SECURITY", reference_type: "url", reference_locator: url.into() }
}

fn checksum(digest: &Digest) -> Option<Checksum<'_>> {
    let (_, name) = ALGORITHMS.iter().find(|(algorithm, _)| *algorithm == digest.algorithm())?;
    Some(Checksum { algorithm: name, checksum_value: digest.hex() })
}

fn actor_or_no_assertion(kind: &str, text: Option<&str>) -> String {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => actor::to_spdx(kind, text),
        None => "NOASSERTION".to_owned(),
    }
}

fn creator(tool: &Tool) -> String {
    if tool.version.is_empty() {
        format!("Tool: {}", tool.name)
    } else {
        format!("Tool: {}-{}", tool.name, tool.version)
    }
}

/// Whether SPDX takes `text` for a statement that there is none.
fn says_nothing(text: &str) -> bool {
    !text.is_empty() && matches!(text.trim(), "" | "NOASSERTION" | "NONE")
}

/// Whether a creator's line tells the tool's name and version apart.
pub(crate) fn tells_apart(tool: &Tool) -> bool {
    super::read::split_tool(creator(tool).trim_start_matches("Tool: ")) == *tool
}

/// SPDX 2.3 (clause 6.9) wants whole seconds.
fn without_fraction(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, rest)) => {
            let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{seconds}{zone}")
        }
        None => time.to_owned(),
    }
}
