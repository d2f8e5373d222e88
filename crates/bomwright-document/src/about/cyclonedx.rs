//! What a CycloneDX document states (ECMA-424 and its predecessors, 1.2 to 1.7).

use std::collections::HashMap;

use bomwright_model::{DocumentFacts, Field, FieldSet, Item, ItemKind, Presence, Purl};

use super::{is_contact, label, own_fact, stated};
use crate::cyclonedx::{ReadBom as Bom, ReadComponent as Component, ReadEntity as Entity, ReadHash as Hash};
use crate::{claims, time};

/// The facts of the document `name`.
pub(super) fn facts(name: &str, bom: &Bom<'_>) -> DocumentFacts {
    let relations = relations(bom);
    let metadata = bom.metadata.as_ref();
    let mut reader = Reader { relations, fields: of_document(bom), items: Vec::new() };
    if let Some(root) = metadata.and_then(|metadata| metadata.component.as_ref()) {
        reader.component(root, ItemKind::Root);
    }
    for property in metadata.iter().flat_map(|metadata| metadata.properties.iter()) {
        if let Some(name) = claims::own_name(&property.name) {
            own_fact(&mut reader.fields, &mut FieldSet::default(), name, &property.value);
        }
    }
    for component in bom.components.iter() {
        reader.component(component, ItemKind::Package);
    }
    DocumentFacts {
        name: name.to_owned(),
        format: format!("CycloneDX {}", &*bom.spec_version),
        fields: reader.fields,
        items: reader.items,
    }
}

fn of_document(bom: &Bom<'_>) -> FieldSet {
    let mut set = FieldSet::default();
    let mut put = |field, is: bool| set.raise(field, Presence::of(is));
    put(Field::DocumentId, bom.serial_number.some().is_some());
    put(Field::Signature, bom.signature.is_some());
    put(Field::Coverage, bom.compositions.iter().any(|one| one.aggregate.some().is_some()));
    put(Field::NoVulnerabilities, bom.vulnerabilities.is_empty());
    let Some(metadata) = &bom.metadata else { return set };
    put(Field::Timestamp, time::to_utc(&metadata.timestamp).is_some());
    let nested = metadata.tools.iter().flat_map(|tool| tool.components.iter().chain(tool.services.iter()));
    for tool in metadata.tools.iter().chain(nested) {
        put(Field::ToolName, tool.name.some().is_some());
        put(Field::ToolVersion, tool.name.some().and(tool.version.some()).is_some());
    }
    put(Field::Phase, metadata.lifecycles.iter().any(|it| it.phase.some().or(it.name.some()).is_some()));
    put(Field::DataLicense, !metadata.licenses.is_empty());
    put(Field::Primary, metadata.component.is_some());
    for contact in metadata.authors.iter() {
        put(Field::Author, contact.name.some().or(contact.email.some()).is_some());
        put(Field::AuthorContact, is_contact(&contact.email) || is_contact(&contact.name));
    }
    if let Some(entity) = &metadata.manufacturer {
        put(Field::Author, is_named(entity));
        put(Field::AuthorContact, can_be_reached(entity));
    }
    set
}

fn is_named(entity: &Entity<'_>) -> bool {
    entity_stated(entity) == Presence::Present
}

fn entity_stated(entity: &Entity<'_>) -> Presence {
    let people = entity.contact.iter().flat_map(|contact| [&contact.name, &contact.email]);
    let texts = std::iter::once(&entity.name).chain(entity.url.iter()).chain(people);
    texts.map(|text| stated(text)).max().unwrap_or_default()
}

fn can_be_reached(entity: &Entity<'_>) -> bool {
    let mails = entity.contact.iter().map(|contact| &contact.email);
    entity.url.iter().chain(mails).chain([&entity.name]).any(|text| is_contact(text))
}

/// How a reference takes part in relations.
#[derive(Default, Clone, Copy)]
struct Part {
    related: bool,
    dependencies: Presence,
    completeness: Presence,
}

fn relations<'a>(bom: &'a Bom<'_>) -> HashMap<&'a str, Part> {
    let mut all: HashMap<&str, Part> = HashMap::new();
    for dependency in bom.dependencies.iter() {
        let part = all.entry(&dependency.reference).or_default();
        part.dependencies = Presence::Present;
        part.related |= !dependency.depends_on.is_empty();
        for target in dependency.depends_on.iter() {
            all.entry(target).or_default().related = true;
        }
    }
    for composition in bom.compositions.iter() {
        let presence = match &*composition.aggregate {
            "" => continue,
            "unknown" | "not_specified" => Presence::Unknown,
            _ => Presence::Present,
        };
        for reference in composition.dependencies.iter().chain(composition.assemblies.iter()) {
            let part = all.entry(reference).or_default();
            part.completeness = part.completeness.max(presence);
        }
        for reference in composition.dependencies.iter() {
            let part = all.entry(reference).or_default();
            part.dependencies = part.dependencies.max(presence);
        }
    }
    all
}

struct Reader<'a> {
    relations: HashMap<&'a str, Part>,
    fields: FieldSet,
    items: Vec<Item>,
}

impl Reader<'_> {
    /// Adds `component` and those inside it. `serde_json` has bounded how deep they nest.
    fn component(&mut self, one: &Component<'_>, kind: ItemKind) {
        let is_file = &*one.kind == "file" && kind != ItemKind::Root;
        let mut fields = FieldSet::default();
        identity(one, &mut fields);
        people(one, &mut fields);
        content(one, &mut fields);
        let part = self.relations.get(&*one.bom_ref).copied().unwrap_or_default();
        // Whatever lies in the list of components is held by the root.
        fields.raise(
            Field::Relationship,
            Presence::of(part.related || !one.components.is_empty() || kind != ItemKind::Root),
        );
        fields.raise(Field::Dependencies, part.dependencies);
        fields.raise(Field::Completeness, part.completeness);
        for property in one.properties.iter() {
            if let Some(name) = claims::own_name(&property.name) {
                own_fact(&mut self.fields, &mut fields, name, &property.value);
            }
        }
        let reference = one.bom_ref.owned().unwrap_or_else(|| format!("components[{}]", self.items.len()));
        let name = match one.group.some() {
            Some(group) => format!("{group}/{}", &*one.name),
            None => one.name.0.clone().into_owned(),
        };
        let is_system = &*one.kind == "operating-system" && one.purl.some().is_none();
        let kind = match kind {
            ItemKind::Root => kind,
            _ if is_file => ItemKind::File,
            _ if is_system => ItemKind::System,
            _ => kind,
        };
        // The version of a file is the time of its last change.
        let version = if kind == ItemKind::File { "" } else { &*one.version };
        self.items.push(Item { kind, reference, label: label(&name, version), fields });
        for inner in one.components.iter() {
            self.component(inner, ItemKind::Package);
        }
    }
}

fn identity(one: &Component<'_>, fields: &mut FieldSet) {
    fields.raise(Field::Name, stated(&one.name));
    fields.raise(Field::Version, stated(&one.version));
    fields.raise(Field::Reference, Presence::of(one.bom_ref.some().is_some()));
    let tagged = one.swid.as_ref().is_some_and(|swid| swid.tag_id.some().is_some());
    let listed = !one.swhid.is_empty() || !one.omnibor_id.is_empty();
    let purl = one.purl.some().is_some_and(|purl| purl.parse::<Purl>().is_ok());
    fields.raise(Field::Identifier, Presence::of(purl || one.cpe.some().is_some() || tagged || listed));
}

fn people(one: &Component<'_>, fields: &mut FieldSet) {
    for (field, entity) in [(Field::Supplier, &one.supplier), (Field::Creator, &one.manufacturer)] {
        let Some(entity) = entity else { continue };
        fields.raise(field, entity_stated(entity));
        fields.raise(Field::CreatorContact, Presence::of(can_be_reached(entity)));
    }
    for contact in one.authors.iter() {
        fields.raise(Field::Creator, stated(&contact.name).max(stated(&contact.email)));
        fields.raise(Field::CreatorContact, Presence::of(is_contact(&contact.email)));
    }
    for (field, text) in [(Field::Creator, &one.author), (Field::Supplier, &one.publisher)] {
        fields.raise(field, stated(text));
        fields.raise(Field::CreatorContact, Presence::of(is_contact(text)));
    }
    fields.raise(Field::Copyright, stated(&one.copyright));
}

fn content(one: &Component<'_>, fields: &mut FieldSet) {
    let mut hash = |hash: &Hash<'_>| {
        let is = hash.content.some().is_some();
        fields.raise(Field::Digest, Presence::of(is));
        fields.raise(Field::Sha512, Presence::of(is && &*hash.alg == "SHA-512"));
    };
    one.hashes.iter().for_each(&mut hash);
    let files = one.external_references.iter().filter(|it| &*it.kind == "distribution");
    files.flat_map(|it| it.hashes.iter()).for_each(&mut hash);
    for reference in one.external_references.iter().filter(|it| it.url.some().is_some()) {
        let field = match &*reference.kind {
            "distribution" | "distribution-intake" => Field::Download,
            "vcs" | "source-distribution" => Field::Source,
            "security-contact" | "rfc-9116" | "vulnerability-disclosure" => Field::SecurityContact,
            _ => continue,
        };
        fields.raise(field, Presence::Present);
    }
    for choice in one.licenses.iter() {
        let license = choice.license.as_ref();
        let name = license.map(|it| stated(&it.id).max(stated(&it.name))).unwrap_or_default();
        let presence = stated(&choice.expression).max(name);
        fields.raise(Field::License, presence);
        let acknowledged = license.map_or(&choice.acknowledgement, |it| &it.acknowledgement);
        let concluded = &**acknowledged == "concluded";
        fields.raise(if concluded { Field::LicenseConcluded } else { Field::LicenseDeclared }, presence);
    }
    for property in one.properties.iter() {
        let field = match &*property.name {
            "bsi:component:filename" => Field::FileName,
            "bsi:component:executable" => Field::Executable,
            "bsi:component:archive" => Field::Archive,
            "bsi:component:structured" => Field::Structured,
            "cdx:lifecycle:milestone:endOfSupport" => Field::SupportEnd,
            _ => continue,
        };
        fields.raise(field, stated(&property.value));
    }
}
