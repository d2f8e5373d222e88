//! JSON to inventory, with every position checked.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bomwright_model as model;
use model::{FileId, LayerId, PackageId};

use super::SCHEMA;
use super::wire;
use crate::{DocumentError, time};

/// Reads the document `name`.
pub(crate) fn decode(name: &str, bytes: &[u8]) -> Result<model::Inventory, DocumentError> {
    let document: wire::Document<'_> =
        serde_json::from_slice(bytes).map_err(|error| DocumentError::json(name, &error))?;
    let bounds = Bounds {
        document: name,
        layers: document.layers.len(),
        packages: document.packages.len(),
        files: document.files.len(),
    };
    if document.schema != SCHEMA {
        let reason = format!("'{}' is not read by this release, which reads '{SCHEMA}'", document.schema);
        return Err(bounds.error("schema".to_owned(), reason));
    }
    let source = model::Source { kind: document.source.kind.0, name: document.source.name.into_owned() };
    let mut inventory = model::Inventory::new(source);
    inventory.tools = document
        .tools
        .into_iter()
        .map(|tool| model::Tool { name: tool.name.into_owned(), version: tool.version.into_owned() })
        .collect();
    inventory.timestamp = owned(document.timestamp);
    let is_time = |text: &&str| time::to_utc(text).as_deref() == Some(*text);
    if let Some(text) = inventory.timestamp.as_deref().filter(|text| !is_time(text)) {
        let reason = format!("'{text}' is no time in UTC with whole seconds, such as 2026-01-02T03:04:05Z");
        return Err(bounds.error("timestamp".to_owned(), reason));
    }
    inventory.declared = document.declared.map(declared).unwrap_or_default();
    inventory.image = document.image.map(|image| bounds.image(image)).transpose()?;
    inventory.layers = numbered(document.layers, |at, layer| bounds.layer(at, layer))?;
    inventory.distribution = document.distribution.map(distribution);
    inventory.packages = numbered(document.packages, |at, package| bounds.package(at, package))?;
    inventory.files = numbered(document.files, |at, file| bounds.file(at, file))?;
    inventory.diagnostics = numbered(document.diagnostics, |at, found| {
        Ok(model::Diagnostic {
            layer: bounds.layer_id(found.layer, || format!("diagnostics[{at}].layer"))?,
            path: owned(found.path),
            code: found.code.0,
            message: found.message.into_owned(),
        })
    })?;
    for (id, _) in (0..).map(PackageId).zip(&inventory.packages) {
        inventory.graph.add(model::Node::Package(id));
    }
    for (at, edge) in document.edges.into_iter().enumerate() {
        bounds.edge(at, edge, &mut inventory.graph)?;
    }
    inventory.graph.anchor();
    Ok(inventory)
}

fn numbered<W, T>(
    items: Vec<W>,
    convert: impl Fn(usize, W) -> Result<T, DocumentError>,
) -> Result<Vec<T>, DocumentError> {
    items.into_iter().enumerate().map(|(at, item)| convert(at, item)).collect()
}

fn owned(text: Option<Cow<'_, str>>) -> Option<String> {
    text.map(Cow::into_owned)
}

fn all_owned(list: Vec<Cow<'_, str>>) -> Vec<String> {
    list.into_iter().map(Cow::into_owned).collect()
}

fn map(map: BTreeMap<Cow<'_, str>, Cow<'_, str>>) -> BTreeMap<String, String> {
    map.into_iter().map(|(key, value)| (key.into_owned(), value.into_owned())).collect()
}

fn declared(found: wire::Declared<'_>) -> model::Declared {
    model::Declared {
        author: owned(found.author),
        distribution: owned(found.distribution),
        license: owned(found.license),
        security_contact: owned(found.security_contact),
        supplier: owned(found.supplier),
        support_end: owned(found.support_end),
    }
}

fn declared_part(found: wire::DeclaredPart<'_>) -> model::DeclaredPart {
    model::DeclaredPart {
        supplier: owned(found.supplier),
        license: owned(found.license),
        version: owned(found.version),
    }
}

fn distribution(found: wire::Distribution<'_>) -> model::Distribution {
    model::Distribution {
        id: found.id.into_owned(),
        id_like: all_owned(found.id_like),
        version: owned(found.version),
        codename: owned(found.codename),
        pretty_name: owned(found.pretty_name),
        cpe: owned(found.cpe),
        home_url: owned(found.home_url),
        support_end: owned(found.support_end),
        path: found.path.into_owned(),
    }
}

fn history_entry(entry: wire::HistoryEntry<'_>) -> model::HistoryEntry {
    model::HistoryEntry {
        created_by: owned(entry.created_by),
        created: owned(entry.created),
        comment: owned(entry.comment),
        author: owned(entry.author),
        empty_layer: entry.empty_layer,
    }
}

/// How far positions may go.
struct Bounds<'a> {
    document: &'a str,
    layers: usize,
    packages: usize,
    files: usize,
}

impl Bounds<'_> {
    fn error(&self, place: String, reason: String) -> DocumentError {
        DocumentError::Inconsistent { name: self.document.to_owned(), place, reason }
    }

    fn check(&self, id: u32, count: usize, place: impl Fn() -> String) -> Result<u32, DocumentError> {
        if usize::try_from(id).is_ok_and(|index| index < count) {
            Ok(id)
        } else {
            Err(self.error(place(), format!("there is no item {id}; there are {count}")))
        }
    }

    fn layer_id(
        &self,
        id: Option<u32>,
        place: impl Fn() -> String,
    ) -> Result<Option<LayerId>, DocumentError> {
        id.map(|id| self.check(id, self.layers, &place).map(LayerId)).transpose()
    }

    fn digest(&self, text: &str, place: impl Fn() -> String) -> Result<model::Digest, DocumentError> {
        text.parse().map_err(|error: model::InvalidDigest| self.error(place(), error.to_string()))
    }

    fn image(&self, image: wire::Image<'_>) -> Result<model::Image, DocumentError> {
        let digest = |text: Option<Cow<'_, str>>, key: &str| {
            text.map(|text| self.digest(&text, || format!("image.{key}"))).transpose()
        };
        Ok(model::Image {
            repository: owned(image.repository),
            tag: owned(image.tag),
            digest: digest(image.digest, "digest")?,
            config_digest: digest(image.id, "id")?,
            os: image.os.into_owned(),
            architecture: image.architecture.into_owned(),
            variant: owned(image.variant),
            created: owned(image.created),
            labels: map(image.labels),
            annotations: map(image.annotations),
            user: owned(image.user),
            entrypoint: all_owned(image.entrypoint),
            command: all_owned(image.command),
            environment: all_owned(image.environment),
            working_dir: owned(image.working_dir),
            ports: all_owned(image.ports),
            volumes: all_owned(image.volumes),
            health_check: all_owned(image.health_check),
            stop_signal: owned(image.stop_signal),
            history: image.history.into_iter().map(history_entry).collect(),
            provenance: numbered(image.provenance, |at, material| {
                let place = || format!("image.provenance[{at}].digest");
                Ok(model::Material {
                    uri: material.uri.into_owned(),
                    digest: material.digest.map(|text| self.digest(&text, place)).transpose()?,
                })
            })?,
        })
    }

    fn layer(&self, at: usize, layer: wire::Layer<'_>) -> Result<model::Layer, DocumentError> {
        let digest = |text: Option<Cow<'_, str>>, key: &str| {
            text.map(|text| self.digest(&text, || format!("layers[{at}].{key}"))).transpose()
        };
        Ok(model::Layer {
            diff_id: digest(layer.diff_id, "diffId")?,
            digest: digest(layer.digest, "digest")?,
            media_type: owned(layer.media_type),
            size: layer.size,
            created_by: owned(layer.created_by),
            part: layer.part.map(|word| word.0),
        })
    }

    fn evidence(
        &self,
        found: wire::Evidence<'_>,
        place: impl Fn() -> String,
    ) -> Result<model::Evidence, DocumentError> {
        Ok(model::Evidence {
            layer: self.layer_id(found.layer, || format!("{}.layer", place()))?,
            path: found.path.into_owned(),
            parser: found.parser.into_owned(),
        })
    }

    fn verdict(
        &self,
        found: Option<wire::Verdict<'_>>,
        place: impl Fn() -> String,
    ) -> Result<Option<model::Verdict>, DocumentError> {
        let Some(found) = found else { return Ok(None) };
        let reasons = numbered(found.reasons, |at, reason| {
            let place = || format!("{}.origin.reasons[{at}].evidence", place());
            Ok(model::Reason {
                rule: reason.rule.into_owned(),
                detail: reason.detail.into_owned(),
                evidence: reason.evidence.map(|found| self.evidence(found, place)).transpose()?,
            })
        })?;
        Ok(Some(model::Verdict { origin: found.origin.0, confidence: found.confidence.0, reasons }))
    }

    fn package(&self, at: usize, package: wire::Package<'_>) -> Result<model::Package, DocumentError> {
        let place = || format!("packages[{at}]");
        let purl = package.purl.map(|text| {
            let parsed = text.parse::<model::Purl>();
            parsed.map_err(|error| self.error(format!("{}.purl", place()), error.to_string()))
        });
        let license = |license: wire::License<'_>| model::License {
            kind: license.kind.0,
            text: license.text.into_owned(),
            path: owned(license.path),
            confidence: license.confidence,
            wordings: map(license.wordings),
        };
        let link = |link: wire::Link<'_>| model::Link { kind: link.kind.0, url: link.url.into_owned() };
        let shipper = package
            .shipped_by
            .map(|id| self.check(id, self.packages, || format!("{}.shippedBy", place())).map(PackageId));
        Ok(model::Package {
            ecosystem: package.ecosystem.into_owned(),
            namespace: owned(package.namespace),
            name: package.name.into_owned(),
            version: package.version.into_owned(),
            architecture: owned(package.architecture),
            kind: package.kind.0,
            purl: purl.transpose()?,
            location: owned(package.location),
            source: package.source.map(|source| model::SourcePackage {
                name: source.name.into_owned(),
                version: source.version.into_owned(),
            }),
            supplier: owned(package.supplier),
            originator: owned(package.originator),
            description: owned(package.description),
            licenses: package.licenses.into_iter().map(license).collect(),
            copyright: owned(package.copyright),
            digests: numbered(package.digests, |index, text| {
                self.digest(&text, || format!("{}.digests[{index}]", place()))
            })?,
            links: package.links.into_iter().map(link).collect(),
            size: package.size,
            properties: map(package.properties),
            evidence: numbered(package.evidence, |index, found| {
                self.evidence(found, || format!("{}.evidence[{index}]", place()))
            })?,
            introduced: self.layer_id(package.introduced, || format!("{}.introduced", place()))?,
            changed: self.layer_id(package.changed, || format!("{}.changed", place()))?,
            shipped_by: shipper.transpose()?,
            origin: self.verdict(package.origin, place)?,
        })
    }

    fn file(&self, at: usize, file: wire::File<'_>) -> Result<model::File, DocumentError> {
        let place = || format!("files[{at}]");
        let owner = file
            .owner
            .map(|id| self.check(id, self.packages, || format!("{}.owner", place())).map(PackageId));
        Ok(model::File {
            path: file.path.into_owned(),
            kind: file.kind.0,
            size: file.size,
            mode: file.mode,
            uid: file.uid,
            gid: file.gid,
            modified: file.modified,
            digests: numbered(file.digests, |index, text| {
                self.digest(&text, || format!("{}.digests[{index}]", place()))
            })?,
            layer: self.layer_id(file.layer, || format!("{}.layer", place()))?,
            introduced: self.layer_id(file.introduced, || format!("{}.introduced", place()))?,
            owner: owner.transpose()?,
            interpreter: owned(file.interpreter),
            elf: file.elf.map(|elf| model::Elf {
                soname: owned(elf.soname),
                needed: all_owned(elf.needed),
                runpath: all_owned(elf.runpath),
                build_id: owned(elf.build_id),
                machine: elf.machine.into_owned(),
            }),
            status: file.status.map(|word| word.0),
            tier: file.tier.map(|word| word.0),
            origin: self.verdict(file.origin, place)?,
            declared: file.declared.map(declared_part).unwrap_or_default(),
        })
    }

    fn edge(&self, at: usize, edge: wire::Edge<'_>, graph: &mut model::Graph) -> Result<(), DocumentError> {
        let place = |key: &str| format!("edges[{at}].{key}");
        let from = self.node(edge.from, || place("from"))?;
        let to = self.node(edge.to, || place("to"))?;
        let found = edge.evidence.map(|found| self.evidence(found, || place("evidence"))).transpose()?;
        let edge = model::Edge::stated(edge.kind.0, edge.scope.0, edge.requirement, found);
        graph.connect(from, to, edge).map_err(|error| self.error(place("to"), error.to_string()))
    }

    fn node(&self, node: wire::Node<'_>, place: impl Fn() -> String) -> Result<model::Node, DocumentError> {
        Ok(match node {
            wire::Node::Root => model::Node::Root,
            wire::Node::Package(id) => {
                model::Node::Package(PackageId(self.check(id, self.packages, place)?))
            }
            wire::Node::File(id) => model::Node::File(FileId(self.check(id, self.files, place)?)),
            wire::Node::Unresolved { ecosystem, requirement } => {
                model::Node::Unresolved(ecosystem.into_owned(), requirement.into_owned())
            }
        })
    }
}
