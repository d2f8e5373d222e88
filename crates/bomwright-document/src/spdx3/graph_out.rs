//! Inventory to SPDX 3.0.1. Elements are made, written and forgotten one at a time; actors and licences, which many
//! packages share, are written before the first that needs them.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use bomwright_model::Scope;

use super::{CONTEXT, KINDS, SCOPES};
use crate::license;
use crate::spdx2::{Document, INCOMPLETE, REFERENCE, Relationship, SpdxPackage};

/// The one description of how the document was made, which every element names.
const CREATION: &str = "_:creation";

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

/// An element of any class, with the members that are written of them.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are called as the format calls them")]
struct Element<'a> {
    r#type: &'static str,
    #[serde(rename = "@id", skip_serializing_if = "Option::is_none")]
    id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spdx_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_info: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spec_version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    created_by: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    created_using: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    verified_using: Vec<Hash<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_identifier: Vec<ExternalIdentifier<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extension: Vec<Extension<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    originated_by: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplied_by: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    root_element: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    profile_conformance: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relationship_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completeness: Option<&'static str>,
    #[serde(rename = "software_sbomType", skip_serializing_if = "Vec::is_empty")]
    sbom_type: Vec<&'static str>,
    #[serde(rename = "software_primaryPurpose", skip_serializing_if = "Option::is_none")]
    primary_purpose: Option<String>,
    #[serde(rename = "software_packageVersion", skip_serializing_if = "Option::is_none")]
    package_version: Option<&'a str>,
    #[serde(rename = "software_downloadLocation", skip_serializing_if = "Option::is_none")]
    download_location: Option<&'a str>,
    #[serde(rename = "software_homePage", skip_serializing_if = "Option::is_none")]
    home_page: Option<&'a str>,
    #[serde(rename = "software_packageUrl", skip_serializing_if = "Option::is_none")]
    package_url: Option<&'a str>,
    #[serde(rename = "software_sourceInfo", skip_serializing_if = "Option::is_none")]
    source_info: Option<&'a str>,
    #[serde(rename = "software_copyrightText", skip_serializing_if = "Option::is_none")]
    copyright_text: Option<&'a str>,
    #[serde(rename = "simplelicensing_licenseExpression", skip_serializing_if = "Option::is_none")]
    license_expression: Option<&'a str>,
    #[serde(rename = "simplelicensing_licenseListVersion", skip_serializing_if = "Option::is_none")]
    license_list_version: Option<String>,
    #[serde(rename = "simplelicensing_customIdToUri", skip_serializing_if = "Vec::is_empty")]
    custom_id_to_uri: Vec<Entry<'a>>,
    #[serde(rename = "simplelicensing_licenseText", skip_serializing_if = "Option::is_none")]
    license_text: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are called as the format calls them")]
struct Hash<'a> {
    r#type: &'static str,
    algorithm: String,
    hash_value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are called as the format calls them")]
struct ExternalIdentifier<'a> {
    r#type: &'static str,
    external_identifier_type: &'static str,
    identifier: &'a str,
}

#[derive(Serialize)]
struct Extension<'a> {
    r#type: &'static str,
    #[serde(rename = "extension_cdxProperty")]
    properties: Vec<Property<'a>>,
}

#[derive(Serialize)]
struct Property<'a> {
    r#type: &'static str,
    #[serde(rename = "extension_cdxPropName")]
    name: &'a str,
    #[serde(rename = "extension_cdxPropValue")]
    value: &'a str,
}

#[derive(Serialize)]
struct Entry<'a> {
    r#type: &'static str,
    key: &'a str,
    value: String,
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
        let creators = self.document.creators.iter();
        let tools: Vec<_> = creators.filter_map(|creator| creator.strip_prefix("Tool: ")).collect();
        let name = |index: usize| format!("tool-{index}");
        out.serialize_element(&Element {
            r#type: "CreationInfo",
            id: Some(CREATION),
            spec_version: Some("3.0.1"),
            created: Some(&self.document.created),
            created_by: vec![self.iri("creator")],
            created_using: (0..tools.len()).map(|index| self.iri(&name(index))).collect(),
            ..Element::default()
        })?;
        let creator = self.element("SoftwareAgent", "creator");
        out.serialize_element(&Element { name: tools.first().copied(), ..creator })?;
        for (index, tool) in tools.iter().enumerate() {
            out.serialize_element(&Element { name: Some(tool), ..self.element("Tool", &name(index)) })?;
        }
        let profiles = || vec!["core", "software", "simpleLicensing"];
        out.serialize_element(&Element {
            name: Some(self.document.name()),
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
            external_identifier: purl.into_iter().map(|purl| identifier("packageUrl", purl)).collect(),
            extension: if extension.properties.is_empty() { Vec::new() } else { vec![extension] },
            originated_by: originated_by.into_iter().collect(),
            supplied_by,
            primary_purpose: package.primary_package_purpose.map(purpose),
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
        let Some((kind, text)) = actor.and_then(|actor| actor.split_once(": ")) else { return Ok(None) };
        let id = shared("actor", &[kind, text]);
        if self.seen.borrow_mut().insert(id.clone()) {
            let class = if kind == "Person" { "Person" } else { "Organization" };
            let line = crate::actor::from_spdx(text).unwrap_or_else(|| text.to_owned());
            let (name, email) = crate::actor::split(&line);
            out.serialize_element(&Element {
                name: Some(name),
                external_identifier: email.into_iter().map(|email| identifier("email", email)).collect(),
                ..self.element(class, &id)
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

    /// One relationship for all that the same element leads to in the same way, where they stand together.
    fn relationships<S: SerializeSeq>(&self, out: &mut S) -> Result<(), S::Error> {
        let mut open: Vec<Element<'_>> = Vec::new();
        let mut count = 0_usize;
        for one in self.document.relationships() {
            let Some((class, kind, scope)) = kind(&one) else { continue };
            let from = self.iri(&one.spdx_element_id);
            if open.first().is_some_and(|group| group.from.as_deref() != Some(from.as_str())) {
                finish(&mut open, out)?;
            }
            let fits = |group: &Element<'_>| group.relationship_type == Some(kind) && group.scope == scope;
            let at = open.iter().position(fits).unwrap_or_else(|| {
                count += 1;
                open.push(Element {
                    from: Some(from),
                    relationship_type: Some(kind),
                    scope,
                    ..self.element(class, &format!("relationship-{count}"))
                });
                open.len() - 1
            });
            if let Some(group) = open.get_mut(at) {
                self.extend(group, &one);
            }
        }
        finish(&mut open, out)
    }

    fn extend<'e>(&self, group: &mut Element<'e>, one: &Relationship<'e>) {
        if one.related_spdx_element == "NOASSERTION" {
            group.completeness =
                Some(if one.comment == Some(INCOMPLETE) { "incomplete" } else { "noAssertion" });
            group.comment = one.comment;
        } else {
            group.to.push(self.iri(&one.related_spdx_element));
        }
    }
}

/// The class of a relationship, its kind, and the scope that its class lets it have.
fn kind(one: &Relationship<'_>) -> Option<(&'static str, &'static str, Option<&'static str>)> {
    let (kind, ..) = KINDS.iter().find(|(_, old, _)| *old == one.relationship_type)?;
    if *kind != "dependsOn" {
        return Some(("Relationship", kind, None));
    }
    Some(match one.scope {
        Scope::Runtime => ("Relationship", kind, None),
        Scope::Optional => ("Relationship", "hasOptionalDependency", None),
        Scope::Development | Scope::Build => {
            let (scope, ..) = SCOPES.iter().rev().find(|(_, _, ours)| *ours == one.scope)?;
            ("LifecycleScopedRelationship", kind, Some(*scope))
        }
    })
}

/// Writes the relationships of one element. Each must lead somewhere.
fn finish<S: SerializeSeq>(open: &mut Vec<Element<'_>>, out: &mut S) -> Result<(), S::Error> {
    // What is said of completeness is said of everything that the element needs.
    let is_complete = open.iter().all(|group| group.completeness.is_none());
    for mut group in open.drain(..) {
        if group.to.is_empty() {
            group.to.push("NoAssertionElement".to_owned());
        }
        let needs = matches!(group.relationship_type, Some("dependsOn" | "hasOptionalDependency"));
        if is_complete && needs {
            group.completeness = Some("complete");
        }
        out.serialize_element(&group)?;
    }
    Ok(())
}

fn identifier<'a>(kind: &'static str, identifier: &'a str) -> ExternalIdentifier<'a> {
    ExternalIdentifier { r#type: "ExternalIdentifier", external_identifier_type: kind, identifier }
}

fn hash<'a>(checksum: &crate::spdx2::Checksum<'a>) -> Hash<'a> {
    Hash {
        r#type: "Hash",
        algorithm: checksum.algorithm.to_ascii_lowercase(),
        hash_value: checksum.checksum_value,
    }
}

/// `OPERATING_SYSTEM` as SPDX 3 spells it: `operatingSystem`.
fn purpose(old: &str) -> String {
    let mut words = old.split('_').map(str::to_ascii_lowercase);
    let mut out = words.next().unwrap_or_default();
    for word in words {
        let mut letters = word.chars();
        out.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
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
