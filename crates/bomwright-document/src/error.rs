//! Why a document could not be written or read.

use std::io;

/// A document could not be written or read. Every reading error names the document and says where and why.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The bytes are of no format that is read here.
    #[error("{name}: no document that can be read: {reason}")]
    Unrecognized {
        /// The document, as the caller named it.
        name: String,
        /// What the bytes look like instead.
        reason: String,
    },
    /// The bytes break the format at a known place.
    #[error("{name}:{line}:{column}: {reason}")]
    Malformed {
        /// The document, as the caller named it.
        name: String,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The document is well formed but contradicts itself.
    #[error("{name}: {place}: {reason}")]
    Inconsistent {
        /// The document, as the caller named it.
        name: String,
        /// The value, as a path of keys and indexes, e.g. `packages[3].shippedBy`.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No format has that name.
    #[error("unknown format '{name}'")]
    UnknownFormat {
        /// The name.
        name: String,
    },
    /// The format is not written in that version.
    #[error("{} has no version '{version}' that is written", format.name())]
    UnknownVersion {
        /// The format.
        format: crate::Format,
        /// The version.
        version: String,
    },
    /// The document is of a format that no attestation holds.
    #[error("{name}: an attestation holds CycloneDX or SPDX in JSON, which this is not")]
    Predicate {
        /// The document, as the caller named it.
        name: String,
    },
    /// The text names no image and digest.
    #[error("'{text}' is no name and digest, such as registry.example/shop@sha256:…")]
    Subject {
        /// The text.
        text: String,
    },
    /// The document could not be written.
    #[error("cannot write the document")]
    Write(#[source] io::Error),
}

impl DocumentError {
    /// An error at the byte `at` of the document `name`.
    pub(crate) fn at(name: &str, bytes: &[u8], at: usize, reason: impl Into<String>) -> Self {
        let lines = bytes.get(..at).unwrap_or(bytes).split(|b| *b == b'\n');
        let (mut line, mut column) = (0, 1);
        for text in lines {
            line += 1;
            column = text.len() + 1;
        }
        Self::Malformed { name: name.to_owned(), line, column, reason: reason.into() }
    }

    /// The text of the document `name`, which must be UTF-8.
    pub(crate) fn utf8<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, Self> {
        std::str::from_utf8(bytes).map_err(|error| {
            let reason = "it is not UTF-8, nor UTF-16 with a byte order mark";
            Self::at(name, bytes, error.valid_up_to(), reason)
        })
    }

    /// The error of `serde_json` about the document `name`, without the position that it repeats in its text.
    pub(crate) fn json(name: &str, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
        Self::Malformed {
            name: name.to_owned(),
            line: error.line(),
            column: error.column(),
            reason: reason.to_owned(),
        }
    }
}
