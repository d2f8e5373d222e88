//! The JSON documents of images, read leniently: what is not needed may be missing, null or anything else
//! (OCI image-spec v1.1: descriptor.md, image-index.md, manifest.md, config.md; Moby image-spec v1.2).

use std::collections::BTreeMap;

use bomwright_model::{Digest, HistoryEntry, Image};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::{ImageError, Platform};

pub(super) const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
pub(super) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";

/// A reference to a blob.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    #[serde(default, deserialize_with = "nullable")]
    pub(super) media_type: String,
    #[serde(deserialize_with = "digest")]
    pub(super) digest: Digest,
    pub(super) size: Option<u64>,
    pub(super) platform: Option<PlatformDocument>,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) annotations: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct PlatformDocument {
    #[serde(default, deserialize_with = "nullable")]
    pub(super) os: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) architecture: String,
    pub(super) variant: Option<String>,
}

impl PlatformDocument {
    pub(super) fn to_platform(&self) -> Platform {
        let variant = self.variant.clone().filter(|variant| !variant.is_empty());
        Platform { os: self.os.clone(), architecture: self.architecture.clone(), variant }
    }
}

/// An index or a manifest: which of them, its fields tell.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    #[serde(default, deserialize_with = "nullable")]
    pub(super) manifests: Vec<Descriptor>,
    pub(super) config: Option<Descriptor>,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) layers: Vec<Descriptor>,
    /// Only in manifests of schema version 1.
    pub(super) fs_layers: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) annotations: BTreeMap<String, String>,
}

/// An entry of `manifest.json` in a docker archive.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DockerManifest {
    pub(super) config: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) repo_tags: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) layers: Vec<String>,
    /// Descriptors by diff id; only newer versions write them.
    #[serde(default, deserialize_with = "nullable")]
    pub(super) layer_sources: BTreeMap<String, Descriptor>,
}

/// An image configuration.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    #[serde(default, deserialize_with = "nullable")]
    os: String,
    #[serde(default, deserialize_with = "nullable")]
    architecture: String,
    variant: Option<String>,
    created: Option<String>,
    #[serde(rename = "config", default, deserialize_with = "nullable")]
    execution: Execution,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) rootfs: RootFs,
    #[serde(default, deserialize_with = "nullable")]
    history: Vec<History>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct RootFs {
    #[serde(default, deserialize_with = "digests")]
    pub(super) diff_ids: Vec<Digest>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Execution {
    user: Option<String>,
    working_dir: Option<String>,
    #[serde(default, deserialize_with = "strings")]
    env: Vec<String>,
    #[serde(default, deserialize_with = "strings")]
    entrypoint: Vec<String>,
    #[serde(default, deserialize_with = "strings")]
    cmd: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "nullable")]
    exposed_ports: BTreeMap<String, Value>,
    #[serde(default, deserialize_with = "nullable")]
    volumes: BTreeMap<String, Value>,
    /// Docker's own; OCI has none (Docker image specification v1.2, section "Image JSON Field Descriptions").
    #[serde(default, deserialize_with = "nullable")]
    healthcheck: HealthCheck,
    stop_signal: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HealthCheck {
    #[serde(default, deserialize_with = "strings")]
    test: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct History {
    created_by: Option<String>,
    created: Option<String>,
    comment: Option<String>,
    author: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    empty_layer: bool,
}

impl Descriptor {
    pub(super) fn is_index(&self) -> bool {
        self.media_type == OCI_INDEX || self.media_type == DOCKER_LIST
    }

    /// Whether it is a signature, an attestation or the like and no image.
    pub(super) fn is_attachment(&self) -> bool {
        let unknown =
            |platform: &PlatformDocument| platform.os == "unknown" && platform.architecture == "unknown";
        self.annotations.contains_key("vnd.docker.reference.type")
            || self.platform.as_ref().is_some_and(unknown)
    }

    /// Whether it can be the configuration of an image.
    pub(super) fn is_image_config(&self) -> bool {
        matches!(self.media_type.as_str(), "" | OCI_CONFIG | DOCKER_CONFIG)
    }
}

impl Config {
    pub(super) fn platform(&self) -> Platform {
        let variant = self.variant.clone().filter(|variant| !variant.is_empty());
        Platform { os: self.os.clone(), architecture: self.architecture.clone(), variant }
    }

    /// The facts of the configuration; names, digests and annotations are the caller's.
    pub(super) fn into_image(self) -> Image {
        let some = |text: Option<String>| text.filter(|text| !text.is_empty());
        let execution = self.execution;
        Image {
            os: self.os,
            architecture: self.architecture,
            variant: some(self.variant),
            created: some(self.created),
            labels: execution.labels,
            user: some(execution.user),
            entrypoint: execution.entrypoint,
            command: execution.cmd,
            environment: execution.env,
            working_dir: some(execution.working_dir),
            ports: execution.exposed_ports.into_keys().collect(),
            volumes: execution.volumes.into_keys().collect(),
            health_check: execution.healthcheck.test,
            stop_signal: some(execution.stop_signal),
            history: self.history.into_iter().map(History::into_entry).collect(),
            ..Image::default()
        }
    }
}

impl History {
    /// The same in the model; empty text says nothing. The configuration's size bounds how many there are.
    fn into_entry(self) -> HistoryEntry {
        let some = |text: Option<String>| text.filter(|text| !text.is_empty());
        HistoryEntry {
            created_by: some(self.created_by),
            created: some(self.created),
            comment: some(self.comment),
            author: some(self.author),
            empty_layer: self.empty_layer,
        }
    }
}

/// The instruction that made each layer; `None` where the history does not have one for each.
pub(crate) fn history_of(config: &Config) -> Option<Vec<Option<String>>> {
    let made: Vec<_> = config
        .history
        .iter()
        .filter(|entry| !entry.empty_layer)
        .map(|entry| entry.created_by.clone())
        .collect();
    (made.len() == config.rootfs.diff_ids.len()).then_some(made)
}

impl Config {
    /// Whether there is a history at all; it is optional.
    pub(super) fn has_history(&self) -> bool {
        !self.history.is_empty()
    }
}

/// Reads a document.
pub(super) fn parse<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, ImageError> {
    serde_json::from_slice(bytes).map_err(|source| ImageError::Json { what: what.to_owned(), source })
}

/// `null` means the default.
fn nullable<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A list of strings; old builders wrote a bare string.
fn strings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Lenient {
        List(Vec<String>),
        One(String),
    }
    Ok(match Option::deserialize(deserializer)? {
        Some(Lenient::List(list)) => list,
        Some(Lenient::One(text)) => vec![text],
        None => Vec::new(),
    })
}

fn digest<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Digest, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

fn digests<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Digest>, D::Error> {
    let texts: Option<Vec<String>> = Option::deserialize(deserializer)?;
    let texts = texts.unwrap_or_default();
    texts.iter().map(|text| text.parse().map_err(serde::de::Error::custom)).collect()
}
