//! Why a key, an archive or an index that the user named could not be used.

use std::path::{Path, PathBuf};

/// What went wrong, and with which file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// A file or directory could not be opened or read.
    #[error("can't read {}", path.display())]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file breaks its format.
    #[error("{}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// At which part of the format.
        reason: String,
    },
    /// What was given as public keys holds none.
    #[error("{place}: {reason}")]
    NoKey {
        /// Where the bytes came from.
        place: String,
        /// Why no key could be read.
        reason: String,
    },
    /// A path holds nothing that could vouch for a package.
    #[error("{} holds no .deb archive and no Packages index", path.display())]
    NothingThere {
        /// The file or directory.
        path: PathBuf,
    },
    /// A key of the keyring says to have signed a file, and it has not.
    #[error("the signature of {} is bad: {reason}", path.display())]
    BadSignature {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A limit was reached.
    #[error("{}: {reason}", path.display())]
    Limit {
        /// The file or directory.
        path: PathBuf,
        /// Which limit.
        reason: String,
    },
}

impl TrustError {
    pub(crate) fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        |source| Self::Unreadable { path: path.to_owned(), source }
    }

    pub(crate) fn malformed(path: &Path, reason: impl Into<String>) -> Self {
        Self::Malformed { path: path.to_owned(), reason: reason.into() }
    }
}
