//! What an SPDX 2 document states (SPDX 2.3, clauses 6 to 12).

use std::collections::{HashMap, HashSet};

use bomwright_model::{DocumentFacts, Field, FieldSet, Item, ItemKind, Presence};

use super::{is_contact, label, of_taxonomy, own_fact, stated};
use crate::spdx2::{
    ReadDocument as Document, ReadFact as Fact, ReadPackage as Package, ReadRelationship as Relationship,
};
use crate::{claims, time};

/// How the document refers to itself (clause 6.3).
const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// The facts of the document `name`.
pub(super) fn facts(name: &str, document: &Document<'_>) -> DocumentFacts {
    let described = described(document);
    let is_described = |package: &&Package<'_>| described.contains(&*package.id);
    let mut fields = of_document(document);
    let only = document.packages.iter().filter(is_described).count() == 1;
    fields
        .raise(Field::Primary, Presence::of(document.packages.iter().any(|package| is_described(&package))));
    let parts = relations(document);
    let mut items = Vec::with_capacity(document.packages.len());
    for package in document.packages.iter() {
        let kind = match &*package.primary_package_purpose {
            _ if only && is_described(&package) => ItemKind::Root,
            "FILE" => ItemKind::File,
            "OPERATING_SYSTEM" | "OPERATING-SYSTEM" if !has_purl(package) => ItemKind::System,
            _ => ItemKind::Package,
        };
        let part = parts.get(&*package.id).copied().unwrap_or_default();
        items.push(item(package, kind, part, &mut fields));
    }
    items.sort_by_key(|item| item.kind != ItemKind::Root);
    let version = document.spdx_version.strip_prefix("SPDX-").unwrap_or(&document.spdx_version);
    DocumentFacts { name: name.to_owned(), format: format!("SPDX {version}"), fields, items }
}

/// The elements that the document says it describes (clause 11.1).
fn described<'a>(document: &'a Document<'_>) -> HashSet<&'a str> {
    let stated = document.relationships.iter().filter_map(|one| match &*one.relationship_type {
        "DESCRIBES" if &*one.spdx_element_id == DOCUMENT => Some(&*one.related_spdx_element),
        "DESCRIBED_BY" if &*one.related_spdx_element == DOCUMENT => Some(&*one.spdx_element_id),
        _ => None,
    });
    document.document_describes.iter().map(|id| &**id).chain(stated).collect()
}

fn has_purl(package: &Package<'_>) -> bool {
    package.external_refs.iter().any(|one| &*one.reference_type == "purl")
}

fn of_document(document: &Document<'_>) -> FieldSet {
    let mut set = FieldSet::default();
    let mut put = |field, is: bool| set.raise(field, Presence::of(is));
    put(Field::DocumentId, document.document_namespace.some().is_some());
    put(Field::DataLicense, document.data_license.some().is_some());
    // SPDX 2 has no element for vulnerabilities.
    put(Field::NoVulnerabilities, true);
    let says = |one: &Relationship<'_>| {
        matches!(&*one.related_spdx_element, "NONE" | "NOASSERTION") || one.completeness.some().is_some()
    };
    put(Field::Coverage, document.relationships.iter().any(says));
    let Some(info) = &document.creation_info else { return set };
    put(Field::Timestamp, time::to_utc(&info.created).is_some() && &*info.created != "1970-01-01T00:00:00Z");
    put(Field::Phase, info.comment.to_ascii_lowercase().contains("sbom type"));
    for creator in info.creators.iter() {
        let (kind, who) = creator.split_once(':').unwrap_or_default();
        let named = stated(who) == Presence::Present;
        match kind.trim() {
            "Tool" => {
                put(Field::ToolName, named);
                put(Field::ToolVersion, who.contains('-'));
            }
            "Organization" | "Person" => {
                put(Field::Author, named);
                put(Field::AuthorContact, is_contact(who));
            }
            _ => {}
        }
    }
    set
}

/// How an element takes part in relationships.
#[derive(Default, Clone, Copy)]
struct Part {
    related: bool,
    dependencies: Presence,
    completeness: Presence,
}

fn relations<'a>(document: &'a Document<'_>) -> HashMap<&'a str, Part> {
    let mut all: HashMap<&str, Part> = HashMap::new();
    for one in document.relationships.iter() {
        let (from, to) = (&*one.spdx_element_id, &*one.related_spdx_element);
        let kind = &*one.relationship_type;
        let open = match to {
            "NONE" => Presence::Present,
            "NOASSERTION" => Presence::Unknown,
            _ => Presence::Missing,
        };
        let stated = match &*one.completeness {
            "" => open,
            "noAssertion" => Presence::Unknown,
            _ => Presence::Present,
        };
        // What is said of completeness is said of the element that depends on others.
        let is_needed = kind.ends_with("DEPENDENCY_OF");
        let (of_from, of_to) =
            if is_needed { (Presence::Missing, stated) } else { (stated, Presence::Missing) };
        let part = all.entry(from).or_default();
        part.related = true;
        part.completeness = part.completeness.max(of_from);
        if matches!(kind, "DEPENDS_ON" | "CONTAINS" | "DYNAMIC_LINK" | "STATIC_LINK" | "HAS_PREREQUISITE") {
            let presence = if open == Presence::Missing { Presence::Present } else { open };
            part.dependencies = part.dependencies.max(presence);
        }
        let part = all.entry(to).or_default();
        part.related = true;
        part.completeness = part.completeness.max(of_to);
        if is_needed || kind == "CONTAINED_BY" || kind == "PREREQUISITE_FOR" {
            part.dependencies = Presence::Present;
        }
    }
    for id in document.document_describes.iter() {
        all.entry(id).or_default().related = true;
    }
    all
}

fn item(package: &Package<'_>, kind: ItemKind, part: Part, document: &mut FieldSet) -> Item {
    let mut fields = FieldSet::default();
    let mut put = |field, presence| fields.raise(field, presence);
    put(Field::Name, stated(&package.name));
    put(Field::Version, stated(&package.version_info));
    put(Field::Reference, stated(&package.id));
    put(Field::Supplier, stated(&package.supplier));
    put(Field::Creator, stated(&package.originator));
    put(
        Field::CreatorContact,
        Presence::of(
            [&package.supplier, &package.originator]
                .into_iter()
                .chain(package.contacts.iter())
                .any(|text| is_contact(text)),
        ),
    );
    put(Field::Download, stated(&package.download_location));
    put(Field::FileName, stated(&package.package_file_name));
    put(Field::Copyright, stated(&package.copyright_text));
    put(Field::LicenseDeclared, stated(&package.license_declared));
    put(Field::LicenseConcluded, stated(&package.license_concluded));
    put(Field::License, stated(&package.license_declared).max(stated(&package.license_concluded)));
    put(Field::SupportEnd, stated(&package.valid_until_date));
    if ["git+", "hg+", "svn+", "bzr+", "git:"]
        .iter()
        .any(|start| package.download_location.starts_with(start))
    {
        put(Field::Source, Presence::Present);
    }
    for checksum in package.checksums.iter().filter(|it| it.checksum_value.some().is_some()) {
        put(Field::Digest, Presence::Present);
        put(Field::Sha512, Presence::of(&*checksum.algorithm == "SHA512"));
    }
    for external in package.external_refs.iter().filter(|it| it.reference_locator.some().is_some()) {
        match (&*external.reference_category, &*external.reference_type) {
            (_, "purl" | "cpe22Type" | "cpe23Type" | "swid" | "swh" | "gitoid") => {
                put(Field::Identifier, Presence::Present);
            }
            ("SECURITY", "url") => put(Field::SecurityContact, Presence::Present),
            (_, "vcs") => put(Field::Source, Presence::Present),
            _ => {}
        }
    }
    put(Field::Relationship, Presence::of(part.related || !package.has_files.is_empty()));
    put(Field::Dependencies, part.dependencies);
    put(Field::Completeness, part.completeness);
    let mut take = |fact: &Fact<'_>| match claims::own_name(&fact.name) {
        Some(name) => own_fact(document, &mut fields, name, &fact.value),
        None => of_taxonomy(&mut fields, &fact.name, &fact.value),
    };
    package.facts.iter().for_each(&mut take);
    for annotation in package.annotations.iter().filter(|it| it.comment.starts_with('{')) {
        serde_json::from_str(&annotation.comment).iter().for_each(&mut take);
    }
    let reference = package.id.0.clone().into_owned();
    let version = if kind == ItemKind::File { "" } else { &*package.version_info };
    Item { kind, reference, label: label(&package.name, version), fields }
}
