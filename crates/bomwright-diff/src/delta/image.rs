//! What the image says of itself.

use serde::{Deserialize, Serialize};

/// The statements that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageDelta {
    /// Single statements, sorted by field and key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<ImageChange>,
    /// Layers that only one side has, bottom first, the older side's first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<LayerChange>,
    /// How many layers, counted from the bottom, both sides share.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub shared_layers: usize,
}

impl ImageDelta {
    /// Whether nothing differs that a person must know of: other layers with the same content are nothing.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

/// One statement that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageChange {
    /// What it is about.
    pub field: FieldKind,
    /// Of labels, variables, ports and volumes: which one. Else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// On the older side; `None` where it was not there. What looks like a secret is masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// On the newer side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// What an image states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// The base image.
    Base,
    /// The distribution and its version.
    Distribution,
    /// The phase of the distribution's life.
    Lifecycle,
    /// Operating system, architecture, variant.
    Platform,
    /// Who runs it.
    User,
    /// `Entrypoint`.
    Entrypoint,
    /// `Cmd`.
    Command,
    /// `WorkingDir`.
    WorkingDir,
    /// One variable.
    Environment,
    /// One port.
    Port,
    /// One volume.
    Volume,
    /// One label.
    Label,
    /// `Healthcheck`.
    HealthCheck,
    /// `StopSignal`.
    StopSignal,
}

impl FieldKind {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Distribution => "distribution",
            Self::Lifecycle => "lifecycle",
            Self::Platform => "platform",
            Self::User => "user",
            Self::Entrypoint => "entrypoint",
            Self::Command => "command",
            Self::WorkingDir => "working-dir",
            Self::Environment => "environment",
            Self::Port => "port",
            Self::Volume => "volume",
            Self::Label => "label",
            Self::HealthCheck => "health-check",
            Self::StopSignal => "stop-signal",
        }
    }
}

/// A layer that only one side has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LayerChange {
    /// `added` or `removed`.
    pub change: super::Change,
    /// Its number on its side, the lowest is 0.
    pub index: u32,
    /// Digest of its uncompressed tar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff_id: Option<String>,
    /// Bytes of the blob as stored.
    pub size: u64,
    /// The instruction that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction: Option<String>,
}
