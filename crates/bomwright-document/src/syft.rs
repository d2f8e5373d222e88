//! syft's own JSON (`schema.url` ends in `schema-N.json`, N from 3 to 16): read, not written.

use bomwright_model::{
    Digest, Distribution, FileKind, Image, Inventory, Layer, License, LicenseKind, Package, Tool,
};

use crate::assembly::{Assembly, Slot};
use crate::claims::Claims;
use crate::lenient::{List, Text, lenient};
use crate::peers::{self, PeerClaims, Place};
use crate::{DocumentError, identify};

lenient! {
    struct Document {
        artifacts: List<Artifact<'a>>,
        artifact_relationships: List<Relationship<'a>>,
        files: List<FileEntry<'a>>,
        source: Source<'a>,
        distro: Distro<'a>,
        descriptor: Descriptor<'a>,
    }

    struct Artifact {
        id: Text<'a>,
        name: Text<'a>,
        version: Text<'a>,
        #[serde(rename = "type")]
        kind: Text<'a>,
        locations: List<Location<'a>>,
        licenses: List<LicenseEntry<'a>>,
        purl: Text<'a>,
        metadata: Metadata<'a>,
    }

    /// What some catalogers add.
    struct Metadata {
        maintainer: Text<'a>,
        vendor: Text<'a>,
        source: Text<'a>,
        source_version: Text<'a>,
        origin_package: Text<'a>,
    }

    struct Location {
        path: Text<'a>,
        #[serde(rename = "layerID")]
        layer: Text<'a>,
    }

    struct LicenseEntry {
        value: Text<'a>,
        spdx_expression: Text<'a>,
        #[serde(rename = "type")]
        kind: Text<'a>,
    }

    struct Relationship {
        parent: Text<'a>,
        child: Text<'a>,
        #[serde(rename = "type")]
        kind: Text<'a>,
    }

    struct FileEntry {
        id: Text<'a>,
        location: Location<'a>,
        metadata: Option<FileMetadata<'a>>,
        digests: List<FileDigest<'a>>,
        executable: Option<Executable<'a>>,
    }

    struct FileMetadata {
        mode: Text<'a>,
        #[serde(rename = "userID")]
        user: Text<'a>,
        #[serde(rename = "groupID")]
        group: Text<'a>,
        size: Text<'a>,
    }

    struct FileDigest {
        algorithm: Text<'a>,
        value: Text<'a>,
    }

    struct Executable {
        has_exports: Text<'a>,
        has_entrypoint: Text<'a>,
    }

    struct Source {
        #[serde(rename = "type")]
        kind: Text<'a>,
        metadata: SourceMetadata<'a>,
    }

    /// Of images an object; of directories it may be a text, which then says nothing.
    struct SourceMetadata {
        user_input: Text<'a>,
        #[serde(rename = "imageID")]
        image_id: Text<'a>,
        manifest_digest: Text<'a>,
        tags: List<Text<'a>>,
        layers: List<LayerEntry<'a>>,
        architecture: Text<'a>,
        os: Text<'a>,
    }

    struct LayerEntry {
        digest: Text<'a>,
        size: Text<'a>,
    }

    struct Distro {
        id: Text<'a>,
        #[serde(rename = "versionID")]
        version: Text<'a>,
        version_codename: Text<'a>,
        pretty_name: Text<'a>,
    }

    struct Descriptor {
        name: Text<'a>,
        version: Text<'a>,
    }
}

/// Reads the document `name`.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    let document: Document<'_> =
        serde_json::from_slice(bytes).map_err(|error| DocumentError::json(name, &error))?;
    let mut assembly = Assembly::new(name);
    let inventory = &mut assembly.inventory;
    let Descriptor { name: tool, version } = document.descriptor;
    inventory.tools = vec![Tool { name: tool.0.into_owned(), version: version.0.into_owned() }];
    image(inventory, &document.source);
    let distribution = document.distro;
    inventory.distribution = distribution.id.owned().map(|id| Distribution {
        id,
        version: distribution.version.owned(),
        codename: distribution.version_codename.owned(),
        pretty_name: distribution.pretty_name.owned(),
        ..Distribution::default()
    });
    for artifact in document.artifacts {
        let reference = artifact.id.0.clone();
        let slot = package(&mut assembly, artifact);
        assembly.refer(reference, slot);
    }
    for entry in document.files {
        let reference = entry.id.0.clone();
        if let Some(slot) = file(&mut assembly, &entry) {
            assembly.refer(reference, slot);
        }
    }
    for relationship in document.artifact_relationships {
        relate(&mut assembly, relationship);
    }
    Ok(assembly.finish())
}

fn image(inventory: &mut Inventory, source: &Source<'_>) {
    if &*source.kind != "image" {
        return;
    }
    let metadata = &source.metadata;
    let (repository, tag) = peers::split_tag(metadata.tags.first().map_or("", |tag| &**tag));
    inventory.image = Some(Image {
        repository: Some(repository.to_owned()).filter(|name| !name.is_empty()),
        tag: tag.map(str::to_owned),
        digest: metadata.manifest_digest.parse().ok(),
        config_digest: metadata.image_id.parse().ok(),
        architecture: metadata.architecture.0.clone().into_owned(),
        ..Image::default()
    });
    // syft names layers by their diff ids.
    let layer = |layer: &LayerEntry<'_>| Layer {
        diff_id: layer.digest.parse().ok(),
        size: layer.size.parse().unwrap_or(0),
        ..Layer::default()
    };
    inventory.layers = metadata.layers.iter().map(layer).collect();
}

fn package<'a>(assembly: &mut Assembly<'a>, artifact: Artifact<'a>) -> Slot {
    let metadata = artifact.metadata;
    let mut package = Package {
        ecosystem: artifact.kind.0.into_owned(),
        name: artifact.name.0.into_owned(),
        version: artifact.version.0.into_owned(),
        supplier: metadata.maintainer.owned().or_else(|| metadata.vendor.owned()),
        licenses: artifact.licenses.iter().filter_map(license).collect(),
        ..Package::default()
    };
    package.licenses.sort();
    package.licenses.dedup();
    let mut peers = PeerClaims::default();
    for (name, value) in [
        ("syft:metadata:source", &metadata.source),
        ("syft:metadata:originPackage", &metadata.origin_package),
        ("syft:metadata:sourceVersion", &metadata.source_version),
    ] {
        if let Some(value) = value.some() {
            peers.about_package(name, value);
        }
    }
    let _ = peers.places(&mut package);
    let mut guessed = None;
    identify::from_purl(&mut package, identify::purl(&artifact.purl, &mut assembly.notes), &mut guessed);
    let places = artifact.locations.iter().map(|place| Place {
        path: place.path.trim_start_matches('/').to_owned(),
        layer: place.layer.parse().ok(),
    });
    package.evidence = assembly.evidence(places.collect(), &package.ecosystem);
    assembly.package(package, Claims::default())
}

fn license(entry: &LicenseEntry<'_>) -> Option<License> {
    let text = entry.spdx_expression.some().or_else(|| entry.value.some())?;
    let kind = if &*entry.kind == "concluded" { LicenseKind::Found } else { LicenseKind::Declared };
    Some(License { kind, ..License::declared(text) })
}

/// A program or library; other files of the document only carry digests of evidence.
fn file<'a>(assembly: &mut Assembly<'a>, entry: &FileEntry<'a>) -> Option<Slot> {
    let executable = entry.executable.as_ref()?;
    let mut file = identify::file(&entry.location.path);
    let is_library = &*executable.has_exports == "true" && &*executable.has_entrypoint != "true";
    file.kind = if is_library { FileKind::Library } else { FileKind::Executable };
    if let Some(metadata) = &entry.metadata {
        file.size = metadata.size.parse().unwrap_or(0);
        // The mode's octal digits, written as a decimal number.
        file.mode = u32::from_str_radix(&metadata.mode, 8).unwrap_or(0);
        file.uid = metadata.user.parse().unwrap_or(0);
        file.gid = metadata.group.parse().unwrap_or(0);
    }
    let digests = entry.digests.iter();
    file.digests =
        digests.filter_map(|it| format!("{}:{}", it.algorithm.0, it.value.0).parse().ok()).collect();
    file.digests.sort_by(|a: &Digest, b| a.as_str().cmp(b.as_str()));
    Some(assembly.file(file, Claims::default()))
}

fn relate<'a>(assembly: &mut Assembly<'a>, relationship: Relationship<'a>) {
    let Relationship { parent, child, kind } = relationship;
    match &*kind {
        "dependency-of" => assembly.link(child.0, parent.0, None, None),
        "contains" | "ownership-by-file-overlap" => match (assembly.slot(&parent), assembly.slot(&child)) {
            (Some(Slot::Package(package)), Some(Slot::File(file))) => assembly.own(file, package),
            (Some(outer @ Slot::Package(_)), Some(inner @ Slot::Package(_))) => assembly.nest(outer, inner),
            _ => {}
        },
        _ => {}
    }
}
