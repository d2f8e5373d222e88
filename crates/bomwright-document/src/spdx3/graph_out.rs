//! Inventory to SPDX 3.0.1. Elements are made, written and forgotten one at a time; actors and licences, which many
//! packages share, are written before the first that needs them.

mod relationships;

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::wire_out::{
    Element, Entry, Extension, ExternalIdentifier, ExternalRef, Property, hash, identifier, reference,
};
use super::{CONTEXT, IDENTIFIERS, PAGE};
use crate::spdx2::{Document, REFERENCE, SpdxPackage};
use crate::spelling::camel;
use crate::{actor, license};

/// The one description of how the document was made, which every element names.
const CREATION: &str = "_:creation";

/// The licence of the document itself, as SPDX 2 (clause 6.2) has it.
const DATA_LICENSE: &str = "CC0-1.0";

/// Writes `document` without blanks, with a line end at the end.
pub(crate) fn write(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let graph = Graph { document, base: format!("{}#", document.namespace()), seen: RefCell::default() };
    serde_json::to_writer(&mut *out, &Root { context: CONTEXT, graph: &graph })?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Root<'g, 'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@graph")]
    graph: &'g Graph<'g, 'a>,
}

struct Graph<'d, 'a> {
    document: &'d Document<'a>,
    base: String,
    /// Shared elements that are written already.
    seen: RefCell<HashSet<String>>,
}

impl Serialize for Graph<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_seq(None)?;
        self.seen.borrow_mut().clear();
        self.creation(&mut out)?;
        for (id, one) in self.document.extracted() {
            let name = Some(if one.name == one.text { id } else { one.name.as_str() });
            let license_text = Some(one.text.as_str());
            let element = self.element("simplelicensing_SimpleLicensingText", id);
            out.serialize_element(&Element { name, license_text, ..element })?;
        }
        for package in self.document.packages() {
            self.package(&mut out, &package)?;
        }
        self.relationships(&mut out)?;
        out.end()
    }
}

impl Graph<'_, '_> {
    fn iri(&self, id: &str) -> String {
        format!("{}{id}", self.base)
    }

    /// An element of which nothing is known but its class and its name within the document.
    fn element<'e>(&self, class: &'static str, id: &str) -> Element<'e> {
        Element {
            r#type: class,
            spdx_id: Some(self.iri(id)),
            creation_info: Some(CREATION),
            ..Element::default()
        }
    }

    fn creation<S: SerializeSeq>(&self, out: &mut S) -> Result<(), S::Error> {
        let creators = || self.document.creators.iter();
        let tools: Vec<_> = creators().filter_map(|creator| creator.strip_prefix("Tool: ")).collect();
        let authors = || creators().filter(|creator| !creator.starts_with("Tool: "));
        let author_ids = authors().filter_map(|author| actor_id(author));
        let name = |index: usize| format!("tool-{index}");
        out.serialize_element(&Element {
            r#type: "CreationInfo",
            id: Some(CREATION),
            spec_version: Some("3.0.1"),
            created: Some(&self.document.created),
            created_by: author_ids.chain(["creator".to_owned()]).map(|id| self.iri(&id)).collect(),
            created_using: (0..tools.len()).map(|index| self.iri(&name(index))).collect(),
            ..Element::default()
        })?;
        let creator = self.element("SoftwareAgent", "creator");
        out.serialize_element(&Element { name: tools.first().copied(), ..creator })?;
        for (index, tool) in tools.iter().enumerate() {
            out.serialize_element(&Element { name: Some(tool), ..self.element("Tool", &name(index)) })?;
        }
        for author in authors() {
            self.actor(out, Some(author))?;
        }
        let profiles = || vec!["core", "software", "simpleLicensing"];
        let data_license = Some(self.license(out, DATA_LICENSE)?);
        out.serialize_element(&Element {
            name: Some(self.document.name()),
            data_license,
            root_element: vec![self.iri("sbom")],
            profile_conformance: profiles(),
            ..self.element("SpdxDocument", "document")
        })?;
        out.serialize_element(&Element {
            root_element: vec![self.iri(&format!("{REFERENCE}{}", self.document.root()))],
            profile_conformance: profiles(),
            sbom_type: vec!["analyzed"],
            ..self.element("software_Sbom", "sbom")
        })
    }

    fn package<S: SerializeSeq>(&self, out: &mut S, package: &SpdxPackage<'_>) -> Result<(), S::Error> {
        let supplied_by = self.actor(out, package.supplier.as_deref())?;
        let originated_by = self.actor(out, package.originator.as_deref())?;
        let asked_at = self.page(out, package.page)?;
        let is_file = package.id.strip_prefix(REFERENCE).is_some_and(|id| id.starts_with("file-"));
        let stated = |text| Some(text).filter(|text| !matches!(*text, "NOASSERTION" | "NONE" | ""));
        let purl = package.external_refs.iter().find(|one| one.reference_type == "purl");
        let purl = purl.map(|one| &*one.reference_locator);
        let facts = package.annotations.iter().map(|annotation| Property {
            r#type: "extension_CdxPropertyEntry",
            name: &annotation.comment.name,
            value: &annotation.comment.value,
        });
        let extension = Extension { r#type: "extension_CdxPropertiesExtension", properties: facts.collect() };
        out.serialize_element(&Element {
            name: Some(package.name),
            description: package.description,
            verified_using: package.checksums.iter().map(hash).collect(),
            external_identifier: identifiers(package),
            extension: if extension.properties.is_empty() { Vec::new() } else { vec![extension] },
            originated_by: originated_by.into_iter().chain(asked_at).collect(),
            external_ref: links(package),
            valid_until_time: package.valid_until_date.as_deref(),
            supplied_by,
            additional_purpose: if runs(package) { vec!["executable"] } else { Vec::new() },
            primary_purpose: package.primary_package_purpose.map(|old| camel(&old.to_ascii_lowercase())),
            // A file has no version here; its facts keep it.
            package_version: Some(&*package.version_info).filter(|version| !is_file && !version.is_empty()),
            download_location: stated(package.download_location),
            home_page: package.homepage,
            package_url: purl,
            source_info: package.source_info.as_deref(),
            copyright_text: stated(package.copyright_text),
            ..self.element(if is_file { "software_File" } else { "software_Package" }, &package.id)
        })?;
        for (kind, expression) in [
            ("hasDeclaredLicense", &package.license_declared),
            ("hasConcludedLicense", &package.license_concluded),
        ] {
            let Some(expression) = stated(expression) else { continue };
            let license = self.license(out, expression)?;
            out.serialize_element(&Element {
                from: Some(self.iri(&package.id)),
                relationship_type: Some(kind),
                to: vec![license],
                ..self.element("Relationship", &format!("{}-{kind}", package.id))
            })?;
        }
        Ok(())
    }

    /// Writes an actor of SPDX 2, as `Organization: name (address)`, unless it is there; the result is its name.
    fn actor<S: SerializeSeq>(&self, out: &mut S, actor: Option<&str>) -> Result<Option<String>, S::Error> {
        let Some(actor) = actor else { return Ok(None) };
        let Some(id) = actor_id(actor) else { return Ok(None) };
        if self.seen.borrow_mut().insert(id.clone()) {
            let class = if actor.starts_with("Person: ") { "Person" } else { "Organization" };
            let line = actor::from_spdx(actor).unwrap_or_default();
            let (rest, page) = actor::split_web(&line);
            let (name, email) = actor::split(rest);
            out.serialize_element(&Element {
                name: Some(name),
                // BSI TR-03183-2 (section 8.2) looks for an address among the identifiers, be it a page.
                external_identifier: email
                    .map(|email| identifier("email", email))
                    .into_iter()
                    .chain(page.map(|page| identifier("other", page)))
                    .collect(),
                external_ref: page.into_iter().map(|page| reference(PAGE, page)).collect(),
                ..self.element(class, &id)
            })?;
        }
        Ok(Some(self.iri(&id)))
    }

    /// Writes whoever can be asked at `page`, unless it is there; the result is the element's name.
    fn page<S: SerializeSeq>(&self, out: &mut S, page: Option<&str>) -> Result<Option<String>, S::Error> {
        let Some(page) = page else { return Ok(None) };
        let id = shared("actor", &["page", page]);
        if self.seen.borrow_mut().insert(id.clone()) {
            out.serialize_element(&Element {
                external_identifier: vec![identifier("other", page)],
                external_ref: vec![reference(PAGE, page)],
                ..self.element("Organization", &id)
            })?;
        }
        Ok(Some(self.iri(&id)))
    }

    fn license<S: SerializeSeq>(&self, out: &mut S, expression: &str) -> Result<String, S::Error> {
        let id = shared("license", &[expression]);
        if self.seen.borrow_mut().insert(id.clone()) {
            let mut references: Vec<_> =
                expression.split([' ', '(', ')']).filter(|word| word.starts_with("LicenseRef-")).collect();
            references.sort_unstable();
            references.dedup();
            let entry = |key| Entry { r#type: "DictionaryEntry", key, value: self.iri(key) };
            out.serialize_element(&Element {
                license_expression: Some(expression),
                // The schema wants three numbers.
                license_list_version: Some(format!("{}.0", license::LIST_VERSION)),
                custom_id_to_uri: references.into_iter().map(entry).collect(),
                ..self.element("simplelicensing_LicenseExpression", &id)
            })?;
        }
        Ok(self.iri(&id))
    }
}

/// The purl and the CPEs.
fn identifiers<'a>(package: &'a SpdxPackage<'_>) -> Vec<ExternalIdentifier<'a>> {
    let kind = |old: &str| match old {
        "purl" => Some("packageUrl"),
        _ => IDENTIFIERS.iter().find(|(_, known)| *known == old).map(|(new, _)| *new),
    };
    let all = package.external_refs.iter();
    all.filter_map(|one| Some(identifier(kind(one.reference_type)?, &one.reference_locator))).collect()
}

/// Where the source is kept, and where to report what is wrong with it.
fn links<'a>(package: &'a SpdxPackage<'_>) -> Vec<ExternalRef<'a>> {
    let security = package.external_refs.iter();
    let security = security.filter(|one| (one.reference_category, one.reference_type) == ("SECURITY", "url"));
    let security = security.map(|one| reference("securityOther", &one.reference_locator));
    package.vcs.map(|url| reference("vcs", url)).into_iter().chain(security).collect()
}

/// Whether it is a file that can be run.
fn runs(package: &SpdxPackage<'_>) -> bool {
    let facts = package.annotations.iter().map(|annotation| &annotation.comment);
    facts.into_iter().any(|fact| fact.name == "bsi:component:executable" && fact.value == "executable")
}

/// The name of the element for an actor of SPDX 2; none where it says nothing.
fn actor_id(actor: &str) -> Option<String> {
    let (kind, text) = actor.split_once(": ")?;
    Some(shared("actor", &[kind, text]))
}

/// A name for something that several elements share: the same for the same `parts`.
fn shared(prefix: &str, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut text = format!("{prefix}-");
    for byte in hash.finalize().iter().take(8) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
