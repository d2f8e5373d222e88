//! The image itself: its source, its configuration, its layers, its distribution.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Digest;

/// Index of a layer in [`crate::Inventory::layers`], bottom layer first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LayerId(pub u32);

/// What was scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// How it was read.
    pub kind: SourceKind,
    /// The name that the user gave: a path, without the kind's prefix. A git revision is followed by the commit
    /// that it stood for.
    pub name: String,
}

/// The kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A tar written by `docker save` or `podman save`.
    DockerArchive,
    /// A directory in the OCI image layout.
    OciDir,
    /// A tar of an OCI image layout.
    OciArchive,
    /// A directory: a root file system or a source tree.
    Dir,
    /// One file.
    File,
    /// A tar of a root file system.
    Rootfs,
    /// The tree of a git revision.
    Git,
    /// An SBOM that some tool wrote.
    Sbom,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::DockerArchive,
        Self::OciDir,
        Self::OciArchive,
        Self::Dir,
        Self::File,
        Self::Rootfs,
        Self::Git,
        Self::Sbom,
    ];

    /// The prefix that selects it on the command line, without the colon.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DockerArchive => "docker-archive",
            Self::OciDir => "oci-dir",
            Self::OciArchive => "oci-archive",
            Self::Dir => "dir",
            Self::File => "file",
            Self::Rootfs => "rootfs",
            Self::Git => "git",
            Self::Sbom => "sbom",
        }
    }
}

/// What the image says of itself: its manifest and configuration
/// (OCI image-spec v1.1, manifest.md and config.md).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Repository name from the archive's tag or the index's annotation, e.g. `example.com/shop`.
    pub repository: Option<String>,
    /// Tag.
    pub tag: Option<String>,
    /// Digest of the manifest; `None` for docker archives, which have none.
    pub digest: Option<Digest>,
    /// Digest of the configuration, the image id.
    pub config_digest: Option<Digest>,
    /// `linux`, …
    pub os: String,
    /// GOARCH name, e.g. `amd64`.
    pub architecture: String,
    /// CPU variant, e.g. `v8`.
    pub variant: Option<String>,
    /// RFC 3339 time at which the image was built, as written.
    pub created: Option<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the manifest.
    pub annotations: BTreeMap<String, String>,
    /// `User`.
    pub user: Option<String>,
    /// `Entrypoint`.
    pub entrypoint: Vec<String>,
    /// `Cmd`.
    pub command: Vec<String>,
    /// `Env`, as written.
    pub environment: Vec<String>,
    /// `WorkingDir`.
    pub working_dir: Option<String>,
    /// `ExposedPorts`, sorted.
    pub ports: Vec<String>,
    /// `Volumes`, sorted.
    pub volumes: Vec<String>,
    /// `Healthcheck.Test`: `NONE`, or how to run it and what.
    pub health_check: Vec<String>,
    /// `StopSignal`.
    pub stop_signal: Option<String>,
    /// `history` of the configuration, oldest first, with the entries that made no layer.
    pub history: Vec<HistoryEntry>,
    /// What an attached provenance statement says that the build used, sorted by URI and digest. A claim:
    /// nobody's signature was verified.
    pub provenance: Vec<Material>,
}

/// One step of the image's history (OCI image-spec v1.1, config.md, `history`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The instruction.
    pub created_by: Option<String>,
    /// RFC 3339 time, as written.
    pub created: Option<String>,
    /// What the builder remarked, e.g. `buildkit.dockerfile.v0`.
    pub comment: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// Whether it changed only the configuration, so that no layer belongs to it.
    pub empty_layer: bool,
}

/// Something that a build used (SLSA provenance v0.2 `materials`, v1 `resolvedDependencies`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Material {
    /// What it is, e.g. `pkg:docker/debian@bookworm?platform=linux%2Famd64`.
    pub uri: String,
    /// Its strongest digest of a known algorithm.
    pub digest: Option<Digest>,
}

/// One layer of the image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Digest of the uncompressed tar; verified while it was read. `None` for directories.
    pub diff_id: Option<Digest>,
    /// Digest of the blob as stored; verified while it was read.
    pub digest: Option<Digest>,
    /// Media type as declared.
    pub media_type: Option<String>,
    /// Bytes of the blob as stored.
    pub size: u64,
    /// The instruction that made it, from the image's history.
    pub created_by: Option<String>,
    /// Whether it is of the base image; `None` where nothing sure says so.
    pub part: Option<LayerPart>,
}

/// The two parts of an image that was built on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LayerPart {
    /// The image that it was built on.
    Base,
    /// What was built on that.
    Application,
}

impl LayerPart {
    /// Both, from the bottom.
    pub const ALL: &'static [Self] = &[Self::Base, Self::Application];

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Application => "application",
        }
    }

    /// The part named `text`, as [`Self::as_str`] writes it.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|part| part.as_str() == text)
    }
}

/// The distribution, from `os-release` (freedesktop.org, os-release(5)).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// `ID`, e.g. `debian`.
    pub id: String,
    /// `ID_LIKE`, split at blanks.
    pub id_like: Vec<String>,
    /// `VERSION_ID`, e.g. `12`.
    pub version: Option<String>,
    /// `VERSION_CODENAME`, e.g. `bookworm`.
    pub codename: Option<String>,
    /// `PRETTY_NAME`.
    pub pretty_name: Option<String>,
    /// `CPE_NAME`.
    pub cpe: Option<String>,
    /// `HOME_URL`.
    pub home_url: Option<String>,
    /// `SUPPORT_END`, the last day of support, as written (`YYYY-MM-DD`).
    pub support_end: Option<String>,
    /// The path that it was read from, without a leading slash.
    pub path: String,
}
