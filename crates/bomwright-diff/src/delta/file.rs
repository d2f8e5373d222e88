//! One file that differs and that a person should know of.

use bomwright_model::{Origin, Status};
use serde::{Deserialize, Serialize};

use super::{Change, FieldChange, LayerNote};

/// A file that differs. Files whose package explains their change are only counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileChange {
    /// How: added, removed or changed.
    pub change: Change,
    /// Path inside the image, without a leading slash.
    pub path: String,
    /// What it is to the system; several where a file is more than one thing. Sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<FileRole>,
    /// Where it comes from: on the newer side where it is there.
    pub origin: Origin,
    /// On the older side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<FileState>,
    /// On the newer side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<FileState>,
    /// What differs, sorted by field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
    /// The layer that brought the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<LayerNote>,
    /// The lines that differ, of texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<TextDiff>,
}

/// A file on one side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileState {
    /// What it is: `executable`, `library`, `script`, `object`, `file`, `symlink`, `hard-link`, `device`, `special`.
    pub kind: String,
    /// Bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Permission bits in octal, e.g. `4755`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u64>,
    /// Group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gid: Option<u64>,
    /// SHA-256, `sha256:` and hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// File capabilities, the raw attribute in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<String>,
    /// Where a symbolic link leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The package that lists it, name and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How it stands to what that package states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

/// What a file is to the system that it is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileRole {
    /// A kernel or interpreter runs it.
    Executable,
    /// It runs with its owner's or group's rights.
    Setuid,
    /// It runs with capabilities of its own.
    Capabilities,
    /// Everybody may write it.
    WorldWritable,
    /// A shell.
    Shell,
    /// A certificate authority that is trusted.
    Certificate,
    /// Keys that may log in.
    AuthorizedKeys,
    /// Run by the clock.
    Cron,
    /// A unit of systemd.
    SystemdUnit,
    /// Rights of other users.
    Sudoers,
    /// The database of a package manager.
    PackageDatabase,
    /// Configuration below `etc`.
    Configuration,
    /// Text outside of what packages own: the team's own scripts and sources.
    Source,
}

impl FileRole {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Executable => "executable",
            Self::Setuid => "setuid",
            Self::Capabilities => "capabilities",
            Self::WorldWritable => "world-writable",
            Self::Shell => "shell",
            Self::Certificate => "certificate",
            Self::AuthorizedKeys => "authorized-keys",
            Self::Cron => "cron",
            Self::SystemdUnit => "systemd-unit",
            Self::Sudoers => "sudoers",
            Self::PackageDatabase => "package-database",
            Self::Configuration => "configuration",
            Self::Source => "source",
        }
    }
}

/// The lines that differ between two texts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextDiff {
    /// A unified diff without its file header; what looks like a secret is masked.
    pub unified: String,
    /// Lines added.
    pub added: usize,
    /// Lines removed.
    pub removed: usize,
    /// Whether lines were left out at the end.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub truncated: bool,
}
