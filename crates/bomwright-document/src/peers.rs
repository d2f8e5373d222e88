//! What other generators say in properties and annotations: syft, trivy, cdxgen.
//!
//! Only what our inventories have a place for is read: where a package was found, in which layer, from which
//! source package it was built, and what image it was. Names are those of the tools' own outputs.

use std::collections::BTreeMap;

use bomwright_model::{Digest, Image, Layer, Package, SourcePackage};

/// What one component's properties say.
#[derive(Default)]
pub(crate) struct PeerClaims {
    /// Path and layer, by syft's number; cdxgen and trivy name one.
    places: BTreeMap<u32, Place>,
    source_name: Option<String>,
    source_version: Option<String>,
    source_release: Option<String>,
    package_type: Option<String>,
}

/// A place of a package: path without a leading slash, and the `diff_id` of its layer.
#[derive(Default, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) layer: Option<Digest>,
}

impl PeerClaims {
    /// Takes the property `name`.
    pub(crate) fn about_package(&mut self, name: &str, value: &str) {
        let text = || Some(value.to_owned());
        match name {
            "SrcFile" | "aquasecurity:trivy:FilePath" => {
                value.trim_start_matches('/').clone_into(&mut self.places.entry(0).or_default().path);
            }
            "aquasecurity:trivy:LayerDiffID" => self.places.entry(0).or_default().layer = value.parse().ok(),
            "aquasecurity:trivy:SrcName" | "syft:metadata:source" | "syft:metadata:originPackage" => {
                self.source_name = text();
            }
            "aquasecurity:trivy:SrcVersion" | "syft:metadata:sourceVersion" => self.source_version = text(),
            "aquasecurity:trivy:SrcRelease" => self.source_release = text(),
            "syft:package:type" => self.package_type = text(),
            _ => {
                let Some((number, key)) =
                    name.strip_prefix("syft:location:").and_then(|rest| rest.split_once(':'))
                else {
                    return;
                };
                let Ok(number) = number.parse() else { return };
                let place: &mut Place = self.places.entry(number).or_default();
                match key {
                    "path" => value.trim_start_matches('/').clone_into(&mut place.path),
                    "layerID" => place.layer = value.parse().ok(),
                    _ => {}
                }
            }
        }
    }

    /// The places, in the tool's order.
    pub(crate) fn places(self, package: &mut Package) -> Vec<Place> {
        if package.source.is_none()
            && let Some(name) = self.source_name
        {
            let version = match (self.source_version, self.source_release) {
                (Some(version), Some(release)) => format!("{version}-{release}"),
                (version, _) => version.unwrap_or_else(|| package.version.clone()),
            };
            package.source = Some(SourcePackage { name, version });
        }
        if package.ecosystem.is_empty()
            && let Some(kind) = self.package_type
        {
            package.ecosystem = kind;
        }
        self.places.into_values().collect()
    }
}

/// Takes the property `name` of the image; layers are appended in the order in which they are named.
pub(crate) fn about_image(image: &mut Image, layers: &mut Vec<Layer>, name: &str, value: &str) {
    let Some(key) = name.strip_prefix("aquasecurity:trivy:") else {
        if let Some(label) = name.strip_prefix("syft:image:labels:") {
            image.labels.insert(label.to_owned(), value.to_owned());
        }
        return;
    };
    match key {
        "ImageID" => image.config_digest = value.parse().ok(),
        "DiffID" => layers.push(Layer { diff_id: value.parse().ok(), ..Layer::default() }),
        "RepoDigest" => {
            if let Some((_, digest)) = value.rsplit_once('@') {
                image.digest = digest.parse().ok();
            }
        }
        "RepoTag" => {
            let (repository, tag) = split_tag(value);
            image.repository = Some(repository.to_owned());
            image.tag = tag.map(str::to_owned);
        }
        _ => {
            if let Some(label) = key.strip_prefix("Labels:") {
                image.labels.insert(label.to_owned(), value.to_owned());
            }
        }
    }
}

/// The repository and the tag of an image's name. A colon before the last slash is a port.
pub(crate) fn split_tag(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') && !repository.is_empty() => (repository, Some(tag)),
        _ => (name, None),
    }
}
