//! Inventory to JSON: each item is turned into its wire form, written and forgotten.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use bomwright_model as model;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::SCHEMA;
use super::wire;
use super::word::Word;
use crate::seq::Seq;

/// Writes `inventory` without blanks, with a line end at the end.
pub(crate) fn encode(inventory: &model::Inventory, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &Document(inventory))?;
    out.write_all(b"\n")
}

struct Document<'a>(&'a model::Inventory);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inventory = self.0;
        let mut document = serializer.serialize_struct("Document", 12)?;
        document.serialize_field("schema", SCHEMA)?;
        let source = &inventory.source;
        document
            .serialize_field("source", &wire::Source { kind: Word(source.kind), name: text(&source.name) })?;
        document.serialize_field("tools", &Seq(|| inventory.tools.iter().map(tool)))?;
        if let Some(timestamp) = &inventory.timestamp {
            document.serialize_field("timestamp", timestamp)?;
        }
        if !inventory.declared.is_empty() {
            document.serialize_field("declared", &declared(&inventory.declared))?;
        }
        if let Some(found) = &inventory.image {
            document.serialize_field("image", &image(found))?;
        }
        document.serialize_field("layers", &Seq(|| inventory.layers.iter().map(layer)))?;
        if let Some(found) = &inventory.distribution {
            document.serialize_field("distribution", &distribution(found))?;
        }
        document.serialize_field("packages", &Seq(|| inventory.packages.iter().map(package)))?;
        document.serialize_field("files", &Seq(|| inventory.files.iter().map(file)))?;
        document.serialize_field("edges", &Seq(|| inventory.graph.edges().into_iter().map(edge)))?;
        document.serialize_field("diagnostics", &Seq(|| inventory.diagnostics.iter().map(diagnostic)))?;
        document.end()
    }
}

fn text(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

fn some(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(|text| Cow::Borrowed(text.as_str()))
}

fn texts(list: &[String]) -> Vec<Cow<'_, str>> {
    list.iter().map(|item| text(item)).collect()
}

fn digests(list: &[model::Digest]) -> Vec<Cow<'_, str>> {
    list.iter().map(|digest| text(digest.as_str())).collect()
}

fn digest(digest: Option<&model::Digest>) -> Option<Cow<'_, str>> {
    digest.map(|digest| text(digest.as_str()))
}

fn map(map: &BTreeMap<String, String>) -> BTreeMap<Cow<'_, str>, Cow<'_, str>> {
    map.iter().map(|(key, value)| (text(key), text(value))).collect()
}

fn tool(tool: &model::Tool) -> wire::Tool<'_> {
    wire::Tool { name: text(&tool.name), version: text(&tool.version) }
}

fn declared(declared: &model::Declared) -> wire::Declared<'_> {
    wire::Declared {
        author: some(declared.author.as_ref()),
        distribution: some(declared.distribution.as_ref()),
        license: some(declared.license.as_ref()),
        security_contact: some(declared.security_contact.as_ref()),
        supplier: some(declared.supplier.as_ref()),
        support_end: some(declared.support_end.as_ref()),
    }
}

fn image(image: &model::Image) -> wire::Image<'_> {
    wire::Image {
        repository: some(image.repository.as_ref()),
        tag: some(image.tag.as_ref()),
        digest: digest(image.digest.as_ref()),
        id: digest(image.config_digest.as_ref()),
        os: text(&image.os),
        architecture: text(&image.architecture),
        variant: some(image.variant.as_ref()),
        created: some(image.created.as_ref()),
        labels: map(&image.labels),
        annotations: map(&image.annotations),
        user: some(image.user.as_ref()),
        entrypoint: texts(&image.entrypoint),
        command: texts(&image.command),
        environment: texts(&image.environment),
        working_dir: some(image.working_dir.as_ref()),
        ports: texts(&image.ports),
        volumes: texts(&image.volumes),
        health_check: texts(&image.health_check),
        stop_signal: some(image.stop_signal.as_ref()),
        history: image.history.iter().map(history_entry).collect(),
        provenance: image.provenance.iter().map(material).collect(),
    }
}

fn history_entry(entry: &model::HistoryEntry) -> wire::HistoryEntry<'_> {
    wire::HistoryEntry {
        created_by: some(entry.created_by.as_ref()),
        created: some(entry.created.as_ref()),
        comment: some(entry.comment.as_ref()),
        author: some(entry.author.as_ref()),
        empty_layer: entry.empty_layer,
    }
}

fn material(material: &model::Material) -> wire::Material<'_> {
    wire::Material { uri: text(&material.uri), digest: digest(material.digest.as_ref()) }
}

fn layer(layer: &model::Layer) -> wire::Layer<'_> {
    wire::Layer {
        diff_id: digest(layer.diff_id.as_ref()),
        digest: digest(layer.digest.as_ref()),
        media_type: some(layer.media_type.as_ref()),
        size: layer.size,
        created_by: some(layer.created_by.as_ref()),
        part: layer.part.map(Word),
    }
}

fn distribution(distribution: &model::Distribution) -> wire::Distribution<'_> {
    wire::Distribution {
        id: text(&distribution.id),
        id_like: texts(&distribution.id_like),
        version: some(distribution.version.as_ref()),
        codename: some(distribution.codename.as_ref()),
        pretty_name: some(distribution.pretty_name.as_ref()),
        cpe: some(distribution.cpe.as_ref()),
        home_url: some(distribution.home_url.as_ref()),
        support_end: some(distribution.support_end.as_ref()),
        path: text(&distribution.path),
    }
}

fn evidence(evidence: &model::Evidence) -> wire::Evidence<'_> {
    wire::Evidence {
        layer: evidence.layer.map(|layer| layer.0),
        path: text(&evidence.path),
        parser: text(&evidence.parser),
    }
}

fn verdict(verdict: &model::Verdict) -> wire::Verdict<'_> {
    wire::Verdict {
        origin: Word(verdict.origin),
        confidence: Word(verdict.confidence),
        reasons: verdict.reasons.iter().map(reason).collect(),
    }
}

fn reason(reason: &model::Reason) -> wire::Reason<'_> {
    wire::Reason {
        rule: text(&reason.rule),
        detail: text(&reason.detail),
        evidence: reason.evidence.as_ref().map(evidence),
    }
}

fn license(license: &model::License) -> wire::License<'_> {
    wire::License {
        kind: Word(license.kind),
        text: text(&license.text),
        path: some(license.path.as_ref()),
        confidence: license.confidence,
        wordings: map(&license.wordings),
    }
}

fn link(link: &model::Link) -> wire::Link<'_> {
    wire::Link { kind: Word(link.kind), url: text(&link.url) }
}

fn source(source: &model::SourcePackage) -> wire::SourcePackage<'_> {
    wire::SourcePackage { name: text(&source.name), version: text(&source.version) }
}

fn elf(elf: &model::Elf) -> wire::Elf<'_> {
    wire::Elf {
        soname: some(elf.soname.as_ref()),
        needed: texts(&elf.needed),
        runpath: texts(&elf.runpath),
        build_id: some(elf.build_id.as_ref()),
        machine: text(&elf.machine),
    }
}

fn package(package: &model::Package) -> wire::Package<'_> {
    wire::Package {
        ecosystem: text(&package.ecosystem),
        namespace: some(package.namespace.as_ref()),
        name: text(&package.name),
        version: text(&package.version),
        architecture: some(package.architecture.as_ref()),
        kind: Word(package.kind),
        purl: package.purl.as_ref().map(|purl| text(purl.as_str())),
        location: some(package.location.as_ref()),
        source: package.source.as_ref().map(source),
        supplier: some(package.supplier.as_ref()),
        originator: some(package.originator.as_ref()),
        description: some(package.description.as_ref()),
        licenses: package.licenses.iter().map(license).collect(),
        copyright: some(package.copyright.as_ref()),
        digests: digests(&package.digests),
        links: package.links.iter().map(link).collect(),
        size: package.size,
        properties: map(&package.properties),
        evidence: package.evidence.iter().map(evidence).collect(),
        introduced: package.introduced.map(|layer| layer.0),
        changed: package.changed.map(|layer| layer.0),
        shipped_by: package.shipped_by.map(|id| id.0),
        origin: package.origin.as_ref().map(verdict),
    }
}

fn file(file: &model::File) -> wire::File<'_> {
    wire::File {
        path: text(&file.path),
        kind: Word(file.kind),
        size: file.size,
        mode: file.mode,
        uid: file.uid,
        gid: file.gid,
        modified: file.modified,
        digests: digests(&file.digests),
        layer: file.layer.map(|layer| layer.0),
        introduced: file.introduced.map(|layer| layer.0),
        owner: file.owner.map(|owner| owner.0),
        interpreter: some(file.interpreter.as_ref()),
        elf: file.elf.as_ref().map(elf),
        status: file.status.map(Word),
        tier: file.tier.map(Word),
        origin: file.origin.as_ref().map(verdict),
        declared: (!file.declared.is_empty()).then(|| declared_part(&file.declared)),
    }
}

fn declared_part(part: &model::DeclaredPart) -> wire::DeclaredPart<'_> {
    wire::DeclaredPart {
        license: some(part.license.as_ref()),
        supplier: some(part.supplier.as_ref()),
        version: some(part.version.as_ref()),
    }
}

fn edge<'a>((from, to, edge): (&'a model::Node, &'a model::Node, &'a model::Edge)) -> wire::Edge<'a> {
    wire::Edge {
        from: node(from),
        to: node(to),
        kind: Word(edge.kind),
        scope: Word(edge.scope),
        requirement: text(edge.requirement()),
        evidence: edge.evidence().map(evidence),
    }
}

fn node(node: &model::Node) -> wire::Node<'_> {
    match node {
        model::Node::Root => wire::Node::Root,
        model::Node::Package(id) => wire::Node::Package(id.0),
        model::Node::File(id) => wire::Node::File(id.0),
        model::Node::Unresolved(ecosystem, requirement) => {
            wire::Node::Unresolved { ecosystem: text(ecosystem), requirement: text(requirement) }
        }
    }
}

fn diagnostic(diagnostic: &model::Diagnostic) -> wire::Diagnostic<'_> {
    wire::Diagnostic {
        code: Word(diagnostic.code),
        layer: diagnostic.layer.map(|layer| layer.0),
        path: some(diagnostic.path.as_ref()),
        message: text(&diagnostic.message),
    }
}
