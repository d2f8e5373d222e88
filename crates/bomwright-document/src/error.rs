//! Why a document could not be written or read.

use std::fmt::{self, Write as _};
use std::io;

use crate::strict::position;

/// A document could not be written or read. Every reading error names the document and says where and why.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The bytes are of no format that is read here.
    #[error("{name}: no document that can be read: {}", Shown(reason))]
    Unrecognized {
        /// The document, as the caller named it.
        name: String,
        /// What the bytes look like instead.
        reason: String,
    },
    /// The bytes break the format at a known place.
    #[error("{name}:{line}:{column}: {}", Shown(reason))]
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
    #[error("{name}: {place}: {}", Shown(reason))]
    Inconsistent {
        /// The document, as the caller named it.
        name: String,
        /// The value, as a path of keys and indexes, e.g. `packages[3].shippedBy`.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The document can be read, but not strictly.
    #[error("{name}: strict reading refuses it for {}", listed(name, *total, first))]
    Refused {
        /// The document, as the caller named it.
        name: String,
        /// How many complaints there are.
        total: usize,
        /// The first of them, by position.
        first: Vec<Refusal>,
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
        let (line, column) = position(bytes, at);
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

/// One thing for which strict reading refuses a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Line and column, both from 1, the column in bytes; `None` where it is about the document as a whole.
    pub position: Option<(usize, usize)>,
    /// The member or reference that it is about; may be empty.
    pub place: String,
    /// What is wrong, as a lowercase fragment.
    pub reason: String,
}

impl Refusal {
    /// How many of them an error holds.
    pub(crate) const SHOWN: usize = 10;
}

/// The complaints, each in a line of its own.
fn listed(name: &str, total: usize, first: &[Refusal]) -> String {
    let word = if total == 1 { "one reason" } else { "reasons" };
    let mut out = if total == 1 { word.to_owned() } else { format!("{total} {word}") };
    for Refusal { position, place, reason } in first {
        // Writing to a String cannot fail.
        let _ = write!(out, "\n  {name}");
        if let Some((line, column)) = position {
            let _ = write!(out, ":{line}:{column}");
        }
        if !place.is_empty() {
            let _ = write!(out, ": {}", Shown(place));
        }
        let _ = write!(out, ": {}", Shown(reason));
    }
    if total > first.len() {
        let _ = write!(out, "\n  … and {} more", total - first.len());
    }
    out
}

/// Text that a document may have a part in: not longer than a few lines, and without control characters, which would
/// steer a terminal.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 300;
        for c in self.0.chars().take(LONGEST) {
            f.write_char(if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })?;
        }
        if self.0.chars().nth(LONGEST).is_some() { f.write_str(" …") } else { Ok(()) }
    }
}
