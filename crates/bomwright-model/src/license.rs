//! Licences as each ecosystem states them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A licence statement about a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct License {
    /// Who says so.
    pub kind: LicenseKind,
    /// The statement as written: an SPDX expression, an ecosystem's own name, or free words.
    pub text: String,
    /// The file that it was read from, without a leading slash, where it is not the package's own evidence.
    pub path: Option<String>,
    /// How much of the file's text agrees with that of the licence, in percent; only where it was recognised by that.
    pub confidence: Option<u8>,
    /// The texts of licences that `text` names and no list has, by those names, each one line.
    pub wordings: BTreeMap<String, String>,
}

/// How a licence is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LicenseKind {
    /// The package's own metadata field states it.
    Declared,
    /// Found in a licence or copyright file.
    Found,
}

impl License {
    /// A licence from the package's own metadata field.
    pub fn declared(text: impl Into<String>) -> Self {
        Self {
            kind: LicenseKind::Declared,
            text: text.into(),
            path: None,
            confidence: None,
            wordings: BTreeMap::new(),
        }
    }

    /// A licence from the file at `path`.
    pub fn found(text: impl Into<String>, path: impl Into<String>) -> Self {
        Self { kind: LicenseKind::Found, path: Some(path.into()), ..Self::declared(text) }
    }
}
