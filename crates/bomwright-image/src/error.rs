//! What makes going on impossible.

use std::io;
use std::path::PathBuf;

use crate::{Platform, TarError};

/// Why a source or a layer could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// A file or directory could not be opened or read.
    #[error("cannot read {}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The source is not what its prefix says, or nothing that is known.
    #[error("{} is no {expected}", path.display())]
    WrongKind {
        /// The source.
        path: PathBuf,
        /// What it should have been.
        expected: &'static str,
    },
    /// The source is an SBOM: it has no layers to read.
    #[error("{} is an SBOM, not an image", .0.display())]
    Sbom(PathBuf),
    /// Something that the image refers to is not there.
    #[error("{what} '{name}' is missing")]
    Missing {
        /// What kind of thing.
        what: &'static str,
        /// Its name or digest.
        name: String,
    },
    /// A manifest, index or configuration is no valid JSON or lacks a field.
    #[error("malformed {what}")]
    Json {
        /// Which document.
        what: String,
        /// Where and why.
        source: serde_json::Error,
    },
    /// The image contradicts itself in a way that leaves nothing to trust.
    #[error("{0}")]
    Inconsistent(String),
    /// Bytes do not have the digest by which the image names them.
    #[error("{what} has digest {actual}, expected {expected}")]
    DigestMismatch {
        /// What was read, e.g. `layer 3 (uncompressed)`.
        what: String,
        /// The digest in the manifest or configuration.
        expected: String,
        /// The digest of the bytes.
        actual: String,
    },
    /// A blob is not as large as its descriptor says.
    #[error("{what} has {actual} bytes, expected {expected}")]
    SizeMismatch {
        /// What was read.
        what: String,
        /// The size in the descriptor.
        expected: u64,
        /// The size of the blob.
        actual: u64,
    },
    /// No image for the wanted platform.
    #[error("no image for platform {wanted}; there are: {}", available.join(", "))]
    Platform {
        /// What was asked for, or the default.
        wanted: Platform,
        /// What there is, in the order of the index.
        available: Vec<String>,
    },
    /// Several images, and nothing that says which.
    #[error("several images; choose one of: {}", available.join(", "))]
    Ambiguous {
        /// Their names.
        available: Vec<String>,
    },
    /// A layer's tar cannot be read any further.
    #[error("{what} cannot be read")]
    Tar {
        /// Which layer or archive.
        what: String,
        /// Why.
        source: TarError,
    },
    /// A layer's compressed bytes are broken.
    #[error("{what}: {reason}")]
    Corrupt {
        /// Which layer.
        what: String,
        /// Why.
        reason: String,
    },
    /// A limit behind which nothing can be read.
    #[error("{what} exceeds the limit of {limit}")]
    Limit {
        /// What is too large.
        what: String,
        /// The limit.
        limit: u64,
    },
    /// No git repository, or none that can be opened.
    #[error("{} lies in no git repository: {reason}", path.display())]
    NoRepository {
        /// Where it was looked for, from there upwards.
        path: PathBuf,
        /// What the library says.
        reason: String,
    },
    /// A git revision that the repository does not have.
    #[error("the git repository of {} has no revision '{revision}': {reason}", repository.display())]
    UnknownRevision {
        /// As the user wrote it, without a path.
        revision: String,
        /// A directory in the repository.
        repository: PathBuf,
        /// What the library says.
        reason: String,
        /// Whether only a part of the history was fetched.
        is_shallow: bool,
    },
    /// A git object that a revision needs and the repository does not have.
    #[error("the git repository lacks {what}")]
    MissingObject {
        /// Which.
        what: String,
        /// Whether only a part of the history was fetched.
        is_shallow: bool,
    },
    /// A path that a git revision does not have.
    #[error("the git revision '{revision}' has no path '{path}'")]
    NoSuchPath {
        /// As the user wrote it.
        revision: String,
        /// As the user wrote it.
        path: String,
    },
    /// A format that is known but not read.
    #[error("{0} is not supported")]
    Unsupported(String),
}

impl ImageError {
    pub(crate) fn io(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }

    /// What a person can do about it, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::WrongKind { .. } => Some(
                "leave the prefix out to have the kind recognised, or see the list of sources in the help",
            ),
            Self::Platform { .. } => Some("choose one with --platform os/arch[/variant]"),
            Self::Ambiguous { .. } => Some("append the name or tag to the source, after a colon"),
            Self::DigestMismatch { .. } | Self::SizeMismatch { .. } | Self::Corrupt { .. } => {
                Some("the image is damaged or was tampered with: fetch it again")
            }
            Self::Sbom(_) => Some("read it as an SBOM"),
            Self::NoRepository { .. } => Some("name a directory of the repository with --repository DIR"),
            Self::UnknownRevision { is_shallow: true, .. } | Self::MissingObject { is_shallow: true, .. } => {
                Some(
                    "the clone is shallow: fetch the rest with `git fetch --unshallow`, or set `fetch-depth: 0` where CI checks out",
                )
            }
            Self::UnknownRevision { .. } => Some(
                "see `git branch --all` and `git tag`; a branch that only the remote has is named origin/BRANCH, after `git fetch`",
            ),
            Self::MissingObject { .. } => {
                Some("the clone is partial or damaged: fetch it whole, without --filter, or see `git fsck`")
            }
            Self::NoSuchPath { .. } => Some(
                "paths start at the top of the repository; `git ls-tree -r --name-only REVISION` lists them",
            ),
            Self::Unsupported(what) if what.starts_with("an image archive") => Some("decompress it first"),
            _ => None,
        }
    }
}
