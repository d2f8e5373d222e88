//! SPDX 3.0 graphs, brought into the values of SPDX 2.
//!
//! Elements are told apart by their class, whether its profile stands before it (`software_Package`) or the context
//! leaves it out. Elements that are referred to may stand anywhere in the graph, or inside the element that names
//! them, as JSON-LD allows; a document of one element has no graph at all. `flat` brings all of them side by side.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::flat::{Named, flatten};
use super::wire_in::{Element, Entry, Hash, Root};
use super::{IDENTIFIERS, KINDS, NAMESPACE, PAGE, SCOPES};
use crate::lenient::{List, Text};
use crate::spdx2::{
    CreationInfo, ExternalRef, ExtractedLicense, ReadChecksum as Checksum, ReadDocument as Document,
    ReadFact as Fact, ReadPackage as SpdxPackage, ReadRelationship as Relationship, SpdxFile,
};
use crate::{DocumentError, actor, address};

/// What stands before the line of an agent that is no person and no organization.
const AGENT: &str = "Tool: ";

/// Types of external references that say something of a package, and ours in the values of SPDX 2.
const LINKS: &[(&str, &str)] = &[("vcs", "vcs"), ("securityPolicy", "url"), ("securityOther", "url")];

/// Reads the document `name`.
pub(crate) fn parse<'a>(name: &str, bytes: &'a [u8]) -> Result<Document<'a>, DocumentError> {
    let malformed = |error: serde_json::Error| DocumentError::json(name, &error);
    let root: Root<'a> = serde_json::from_slice(bytes).map_err(malformed)?;
    let elements = match root.graph {
        Some(graph) => graph.0,
        None => vec![serde_json::from_slice(bytes).map_err(malformed)?],
    };
    let elements = flatten(elements);
    let creation = elements.iter().find(|one| one.spec_version.some().is_some());
    let version = creation.map_or("", |one| &*one.spec_version);
    if !version.starts_with("3.0") {
        return Err(DocumentError::Inconsistent {
            name: name.to_owned(),
            place: "specVersion".to_owned(),
            reason: format!("'{version}' is not read; 3.0 and 3.0.1 are"),
        });
    }
    let version = format!("SPDX-{version}");
    let created = creation.map(|one| one.created.clone()).unwrap_or_default();
    let creators: Vec<_> =
        creation.iter().flat_map(|one| one.created_by.iter().map(|one| one.id().clone())).collect();
    let document = Graph::of(elements).document(created, &creators);
    Ok(Document { spdx_version: Text(Cow::Owned(version)), ..document })
}

/// Somebody, as SPDX 2 has them in a line.
struct Actor {
    line: String,
    is_named: bool,
}

/// The elements by class.
#[derive(Default)]
struct Graph<'a> {
    packages: Vec<Element<'a>>,
    files: Vec<Element<'a>>,
    relationships: Vec<Element<'a>>,
    tools: Vec<Text<'a>>,
    roots: Vec<Text<'a>>,
    /// The name of the document, its licence, and what its parts say of the kind of SBOM that they are.
    name: Text<'a>,
    data_license: Text<'a>,
    types: Vec<Text<'a>>,
    /// The line of each actor, the expression of each licence and each text, by their names.
    actors: HashMap<Cow<'a, str>, Actor>,
    expressions: HashMap<Cow<'a, str>, Text<'a>>,
    texts: HashMap<Cow<'a, str>, Text<'a>>,
    entries: Vec<Entry<'a>>,
}

impl<'a> Graph<'a> {
    fn of(elements: Vec<Element<'a>>) -> Self {
        let mut graph = Self::default();
        for element in elements {
            let kind = element.kind.0.clone();
            let class = kind.rsplit(['_', '/']).next().unwrap_or(&kind);
            match class {
                "Package" => graph.packages.push(element),
                "File" => graph.files.push(element),
                "Relationship" | "LifecycleScopedRelationship" => graph.relationships.push(element),
                "Tool" => graph.tools.push(Text(Cow::Owned(format!("Tool: {}", &*element.name)))),
                "SpdxDocument" | "Sbom" | "Bom" | "Bundle" => {
                    if class == "SpdxDocument" {
                        graph.name = element.spdx_id;
                        graph.data_license = element.data_license.into_id();
                    }
                    graph.types.extend(element.sbom_type);
                    graph.roots.extend(element.root_element.into_iter().map(Named::into_id));
                }
                "Agent" | "Person" | "Organization" | "SoftwareAgent" => {
                    let kind = match class {
                        "Person" | "Organization" => class,
                        _ if class == "SoftwareAgent" => "Tool",
                        _ => "Organization",
                    };
                    let line = actor::to_spdx(kind, &line(&element));
                    let is_named = element.name.some().is_some();
                    graph.actors.insert(element.spdx_id.0, Actor { line, is_named });
                }
                "LicenseExpression" => {
                    graph.expressions.insert(element.spdx_id.0, element.license_expression);
                    graph.entries.extend(element.custom_id_to_uri);
                }
                "SimpleLicensingText" => {
                    graph.texts.insert(element.spdx_id.0, element.license_text);
                }
                _ => {}
            }
        }
        graph
    }

    /// The document that was `created` then by the agents called `creators`.
    fn document(mut self, created: Text<'a>, creators: &[Text<'a>]) -> Document<'a> {
        let creation_info = self.creation(created, creators);
        let licenses = self.licenses();
        let mut extracted: HashMap<Cow<'a, str>, ExtractedLicense<'a>> = HashMap::new();
        for entry in std::mem::take(&mut self.entries) {
            let text = self.texts.get(&entry.value.0).cloned().unwrap_or_default();
            let name = text.clone();
            extracted.entry(entry.key.0.clone()).or_insert(ExtractedLicense {
                license_id: entry.key,
                extracted_text: text,
                name,
            });
        }
        let mut packages = Vec::with_capacity(self.packages.len());
        for element in std::mem::take(&mut self.packages) {
            packages.push(self.package(element, &licenses));
        }
        let mut files = Vec::new();
        for element in std::mem::take(&mut self.files) {
            // Files of ours have facts; those of others are no more than paths and hashes.
            if element.extension.iter().any(|one| !one.properties.is_empty()) {
                packages.push(self.package(element, &licenses));
            } else {
                files.push(SpdxFile {
                    id: own(element.spdx_id),
                    file_name: element.name,
                    file_types: List::default(),
                    checksums: checksums(element.verified_using),
                });
            }
        }
        let relationships = self.relationships.into_iter().flat_map(relationships).collect();
        // Roots that are collections lead on to their own roots, which are here too.
        let ids: HashSet<&str> = packages.iter().map(|package| &*package.id).collect();
        let describes = self.roots.into_iter().map(own).filter(|id| ids.contains(&**id)).collect();
        Document {
            spdx_version: Text::default(),
            data_license: self.data_license,
            document_namespace: self.name,
            creation_info: Some(creation_info),
            document_describes: List(describes),
            packages: List(packages),
            files: List(files),
            relationships: List(relationships),
            has_extracted_licensing_infos: List(extracted.into_values().collect()),
        }
    }

    fn creation(&mut self, created: Text<'a>, creators: &[Text<'a>]) -> CreationInfo<'a> {
        let mut all = std::mem::take(&mut self.tools);
        let actors = creators.iter().filter_map(|id| self.actors.get(&id.0));
        // Programs as creators are tools, which are there already.
        let people = actors.map(|actor| &actor.line).filter(|line| !line.starts_with(AGENT));
        all.extend(people.map(|line| Text(Cow::Owned(line.clone()))));
        let types: Vec<_> = self.types.iter().map(|one| &**one).collect();
        let comment =
            if types.is_empty() { String::new() } else { format!("SBOM type: {}", types.join(", ")) };
        CreationInfo { created, creators: List(all), comment: Text(Cow::Owned(comment)) }
    }

    /// Declared and concluded expression of each element.
    fn licenses(&self) -> HashMap<String, [Text<'a>; 2]> {
        let mut all: HashMap<String, [Text<'a>; 2]> = HashMap::new();
        for one in &self.relationships {
            let place = match &*one.relationship_type {
                "hasDeclaredLicense" => 0,
                "hasConcludedLicense" => 1,
                _ => continue,
            };
            let Some(to) = one.to.first().map(Named::id) else { continue };
            let expression = self.expressions.get(&to.0).cloned();
            let slots = all.entry(one.from.id().to_string()).or_default();
            if let (Some(expression), Some(slot)) = (expression.or_else(|| silence(to)), slots.get_mut(place))
            {
                *slot = expression;
            }
        }
        all
    }

    fn package(&self, element: Element<'a>, licenses: &HashMap<String, [Text<'a>; 2]>) -> SpdxPackage<'a> {
        let actor = |actor: &Named<'a>| self.actors.get(&actor.id().0);
        let line = |actor: &Actor| Text(Cow::Owned(actor.line.clone()));
        // Who has no name is there for the address.
        let makers = || element.originated_by.iter().filter_map(actor);
        let originator = makers().find(|one| one.is_named).map(line).unwrap_or_default();
        let contacts = makers().filter(|one| !one.is_named).map(line).collect();
        let [declared, concluded] = licenses.get(&*element.spdx_id).cloned().unwrap_or_default();
        let named =
            element.external_identifier.iter().find(|one| &*one.external_identifier_type == "packageUrl");
        let purl = element.package_url.some().or_else(|| named.and_then(|one| one.identifier.some()));
        let purl = purl.map(|purl| reference("purl", Text(Cow::Owned(purl.to_owned()))));
        let identifiers = element.external_identifier.iter().filter_map(|one| {
            let (_, kind) = IDENTIFIERS.iter().find(|(new, _)| *new == &*one.external_identifier_type)?;
            Some(reference(kind, one.identifier.clone()))
        });
        let links = element.external_ref.iter().filter_map(|one| {
            let (_, kind) = LINKS.iter().find(|(new, _)| *new == &*one.external_ref_type)?;
            Some(reference(kind, one.locator.first()?.clone()))
        });
        let external_refs = purl.into_iter().chain(identifiers).chain(links).collect();
        SpdxPackage {
            supplier: actor(&element.supplied_by).map(line).unwrap_or_default(),
            originator,
            contacts: List(contacts),
            license_declared: declared,
            license_concluded: concluded,
            external_refs: List(external_refs),
            valid_until_date: element.valid_until_time,
            primary_package_purpose: Text(Cow::Owned(purpose(&element.primary_purpose))),
            id: own(element.spdx_id),
            name: element.name,
            version_info: element.package_version,
            download_location: element.download_location,
            homepage: element.home_page,
            checksums: checksums(element.verified_using),
            source_info: element.source_info,
            copyright_text: element.copyright_text,
            description: element.description,
            summary: element.summary,
            facts: List(
                element
                    .extension
                    .into_iter()
                    .flat_map(|one| one.properties)
                    .map(|one| Fact { name: one.name, value: one.value })
                    .collect(),
            ),
            ..SpdxPackage::default()
        }
    }
}

/// An agent as one line: its name, its e-mail address, its page.
fn line(agent: &Element<'_>) -> String {
    let email = agent.external_identifier.iter().find(|one| &*one.external_identifier_type == "email");
    let pages = agent.external_ref.iter().filter(|one| &*one.external_ref_type == PAGE);
    let pages = pages.filter_map(|one| one.locator.first());
    // As BSI TR-03183-2 has them.
    let others = agent.external_identifier.iter();
    let others = others.filter(|one| matches!(&*one.external_identifier_type, "other" | "urlScheme"));
    let mut pages = pages.chain(others.map(|one| &one.identifier)).filter_map(Text::some);
    let page = pages.find(|page| address::is_web_address(page));
    let line = actor::join(&agent.name, email.and_then(|one| one.identifier.some()));
    actor::join(&line.unwrap_or_default(), page).unwrap_or_default()
}

fn reference<'a>(kind: &'static str, locator: Text<'a>) -> ExternalRef<'a> {
    let category = if kind == "url" { "SECURITY" } else { "" };
    ExternalRef {
        reference_category: Text(Cow::Borrowed(category)),
        reference_type: Text(Cow::Borrowed(kind)),
        reference_locator: locator,
    }
}

/// The word of SPDX 2 for an individual that stands for nothing or for no statement (`NoneElement`, `NoAssertionLicense`, or the
/// IRI that the context has for it).
fn silence<'a>(id: &Text<'_>) -> Option<Text<'a>> {
    let last = id.rsplit(['/', '#', '_']).next().unwrap_or_default();
    let word = match last {
        "NoAssertionElement" | "NoAssertionLicense" | "NoAssertion" => "NOASSERTION",
        "NoneElement" | "NoneLicense" | "None" => "NONE",
        _ => return None,
    };
    Some(Text(Cow::Borrowed(word)))
}

/// A name of ours without the part that all share; a name of others as it is.
fn own(id: Text<'_>) -> Text<'_> {
    let fragment = |id: &str| {
        let (_, fragment) = id.strip_prefix(NAMESPACE)?.split_once('#')?;
        Some(id.len() - fragment.len())
    };
    match (fragment(&id), id.0) {
        (None, id) => Text(id),
        (Some(at), Cow::Borrowed(id)) => Text(Cow::Borrowed(id.get(at..).unwrap_or(id))),
        (Some(at), Cow::Owned(id)) => Text(Cow::Owned(id.get(at..).unwrap_or(&id).to_owned())),
    }
}

fn checksums(hashes: List<Hash<'_>>) -> List<Checksum<'_>> {
    let one = |hash: Hash<'_>| Checksum {
        algorithm: Text(Cow::Owned(hash.algorithm.to_ascii_uppercase())),
        checksum_value: Text(Cow::Owned(hash.hash_value.0.into_owned())),
    };
    List(hashes.into_iter().map(one).collect())
}

/// One relationship of SPDX 2 for everything that one of SPDX 3 leads to.
fn relationships(one: Element<'_>) -> Vec<Relationship<'_>> {
    let kind = &*one.relationship_type;
    let scoped = SCOPES.iter().find(|(new, ..)| kind == "dependsOn" && *new == &*one.scope);
    let known = KINDS.iter().find(|(new, ..)| *new == kind).map(|(_, old, is_forward)| (*old, *is_forward));
    let Some((kind, is_forward)) = scoped.map(|(_, old, _)| (*old, false)).or(known) else {
        return Vec::new();
    };
    let from = own(one.from.into_id());
    let completeness = one.completeness;
    let pair = |to: Text<'_>| {
        let (kind, from, to) = match silence(&to) {
            // Nothing points at an element, so the element is the one that points.
            Some(word) => (if is_forward { kind } else { "DEPENDS_ON" }, from.clone(), word),
            None if is_forward => (kind, from.clone(), own(to)),
            None => (kind, own(to), from.clone()),
        };
        Relationship {
            spdx_element_id: Text(Cow::Owned(from.0.into_owned())),
            relationship_type: Text(Cow::Borrowed(kind)),
            related_spdx_element: Text(Cow::Owned(to.0.into_owned())),
            completeness: Text(Cow::Owned(completeness.to_string())),
        }
    };
    one.to.into_iter().map(Named::into_id).map(pair).collect()
}

/// `operatingSystem` as SPDX 2 spells it: `OPERATING_SYSTEM`.
fn purpose(new: &str) -> String {
    let mut out = String::with_capacity(new.len() + 1);
    for c in new.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}
