//! What facts state of the whole: the source, the image, its layers, its distribution, diagnostics.

use std::collections::BTreeMap;

use bomwright_model::{
    Code, Declared, Diagnostic, Distribution, HistoryEntry, Image, Layer, LayerId, LayerPart, Material,
    Source, SourceKind,
};

use super::{Claims, numbered};

/// What an image states as lists.
const IMAGE_LISTS: &[&str] = &["entrypoint", "command", "environment", "port", "volume", "health-check"];

/// What the facts on the root say.
#[derive(Default)]
pub(crate) struct RootClaims {
    pub(crate) shared: Claims,
    /// What the team declared by hand.
    pub(crate) declared: Declared,
    kind: Option<SourceKind>,
    name: Option<String>,
    image: Option<Image>,
    history: BTreeMap<u32, HistoryEntry>,
    provenance: BTreeMap<u32, Material>,
    layers: BTreeMap<u32, Layer>,
    diagnostics: BTreeMap<u32, (Option<Code>, Diagnostic)>,
}

impl RootClaims {
    /// Takes the fact `name` (without prefix).
    pub(crate) fn about_root(&mut self, name: &str, value: &str) {
        self.shared.ours = true;
        match name.split_once(':') {
            Some(("source", "kind")) => {
                self.kind = SourceKind::ALL.iter().copied().find(|kind| kind.as_str() == value);
            }
            Some(("source", "name")) => self.name = Some(value.to_owned()),
            Some(("declared", key)) => self.declared.set(key, value),
            Some(("image", key)) => self.about_image(key, value),
            Some(("layer", rest)) => {
                let Some((number, key)) = numbered(rest) else { return };
                let layer = self.layers.entry(number).or_default();
                match key {
                    "size" => layer.size = value.parse().unwrap_or_default(),
                    "diffId" => layer.diff_id = value.parse().ok(),
                    "digest" => layer.digest = value.parse().ok(),
                    "mediaType" => layer.media_type = Some(value.to_owned()),
                    "createdBy" => layer.created_by = Some(value.to_owned()),
                    "part" => layer.part = LayerPart::from_name(value),
                    _ => {}
                }
            }
            Some(("diagnostic", rest)) => {
                let Some((number, key)) = numbered(rest) else { return };
                let blank = || (None, Diagnostic::new(Code::Assumed, ""));
                let (code, diagnostic) = self.diagnostics.entry(number).or_insert_with(blank);
                match key {
                    "code" => *code = Code::ALL.iter().copied().find(|code| code.as_str() == value),
                    "message" => value.clone_into(&mut diagnostic.message),
                    "path" => diagnostic.path = Some(value.to_owned()),
                    "layer" => diagnostic.layer = value.parse().ok().map(LayerId),
                    _ => {}
                }
            }
            Some((group, rest)) => self.shared.shared(group, rest, value),
            None => {}
        }
    }

    fn about_image(&mut self, key: &str, value: &str) {
        let image = self.image.get_or_insert_with(Image::default);
        let text = || Some(value.to_owned());
        match key {
            "repository" => image.repository = text(),
            "tag" => image.tag = text(),
            "digest" => image.digest = value.parse().ok(),
            "id" => image.config_digest = value.parse().ok(),
            "os" => value.clone_into(&mut image.os),
            "architecture" => value.clone_into(&mut image.architecture),
            "variant" => image.variant = text(),
            "created" => image.created = text(),
            "user" => image.user = text(),
            "working-dir" => image.working_dir = text(),
            "stop-signal" => image.stop_signal = text(),
            _ => match key.split_once(':') {
                Some(("label", label)) => {
                    image.labels.insert(label.to_owned(), value.to_owned());
                }
                Some(("annotation", annotation)) => {
                    image.annotations.insert(annotation.to_owned(), value.to_owned());
                }
                Some(("history", rest)) => self.about_history(rest, value),
                Some(("provenance", rest)) => self.about_provenance(rest, value),
                _ => {
                    self.shared.list(IMAGE_LISTS, key, value);
                }
            },
        }
    }

    fn about_history(&mut self, rest: &str, value: &str) {
        let Some((number, key)) = numbered(rest) else { return };
        let entry = self.history.entry(number).or_default();
        let text = Some(value.to_owned());
        match key {
            "emptyLayer" => entry.empty_layer = value == "true",
            "createdBy" => entry.created_by = text,
            "created" => entry.created = text,
            "comment" => entry.comment = text,
            "author" => entry.author = text,
            _ => {}
        }
    }

    fn about_provenance(&mut self, rest: &str, value: &str) {
        let Some((number, key)) = numbered(rest) else { return };
        let blank = || Material { uri: String::new(), digest: None };
        let material = self.provenance.entry(number).or_insert_with(blank);
        match key {
            "uri" => value.clone_into(&mut material.uri),
            "digest" => material.digest = value.parse().ok(),
            _ => {}
        }
    }

    /// The source that was scanned, if the facts name one.
    pub(crate) fn source(&mut self) -> Option<Source> {
        Some(Source { kind: self.kind?, name: self.name.take().unwrap_or_default() })
    }

    /// The image's own statements, if there are any.
    pub(crate) fn image(&mut self) -> Option<Image> {
        let mut image = self.image.take()?;
        image.entrypoint = self.shared.take_list("entrypoint");
        image.command = self.shared.take_list("command");
        image.environment = self.shared.take_list("environment");
        image.ports = self.shared.take_list("port");
        image.volumes = self.shared.take_list("volume");
        image.health_check = self.shared.take_list("health-check");
        image.history = std::mem::take(&mut self.history).into_values().collect();
        image.provenance = std::mem::take(&mut self.provenance).into_values().collect();
        Some(image)
    }

    /// The layers, bottom first.
    pub(crate) fn layers(&mut self) -> Vec<Layer> {
        std::mem::take(&mut self.layers).into_values().collect()
    }

    /// What the scan could not read.
    pub(crate) fn diagnostics(&mut self) -> Vec<Diagnostic> {
        let all = std::mem::take(&mut self.diagnostics).into_values();
        all.map(|(code, diagnostic)| Diagnostic { code: code.unwrap_or(diagnostic.code), ..diagnostic })
            .collect()
    }
}

/// Takes the fact `name` (without prefix) about the distribution.
pub(crate) fn about_distribution(distribution: &mut Distribution, name: &str, value: &str) {
    let Some(key) = name.strip_prefix("distribution:") else { return };
    let text = || Some(value.to_owned());
    match key {
        "id" => value.clone_into(&mut distribution.id),
        "path" => value.clone_into(&mut distribution.path),
        "codename" => distribution.codename = text(),
        "pretty-name" => distribution.pretty_name = text(),
        "cpe" => distribution.cpe = text(),
        "home-url" => distribution.home_url = text(),
        "support-end" => distribution.support_end = text(),
        // Distributions name one or two; the facts are sorted by number below ten.
        _ if key.starts_with("id-like:") => distribution.id_like.push(value.to_owned()),
        _ => {}
    }
}
