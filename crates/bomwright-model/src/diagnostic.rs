//! What could not be read or had to be assumed, as data with stable codes.

use serde::{Deserialize, Serialize};

use crate::LayerId;

/// One thing that a reader wants a person to know; it never stops the scan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The layer in which it was met, where there is one.
    pub layer: Option<LayerId>,
    /// The path inside the image, without a leading slash, where there is one.
    pub path: Option<String>,
    /// What kind of thing it is; stable over releases.
    pub code: Code,
    /// What exactly was seen, as a lowercase fragment.
    pub message: String,
}

impl Diagnostic {
    /// A diagnostic without a place; `at` and `in_layer` add one.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { layer: None, path: None, code, message: message.into() }
    }

    /// The same, about the file at `path` (no leading slash).
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The same, in `layer`.
    #[must_use]
    pub fn in_layer(mut self, layer: LayerId) -> Self {
        self.layer = Some(layer);
        self
    }

    /// How much it matters.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Worth knowing; nothing is missing because of it.
    Note,
    /// Something may be missing from the result: the document says that it is incomplete.
    Warning,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $severity:ident;)+) => {
        /// Stable, kebab-case names of every kind of diagnostic.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Code { $($(#[doc = $doc])+ $variant,)+ }

        impl Code {
            /// Every code, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name, e.g. `malformed-record`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// How much a diagnostic with this code matters.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }

            /// One line that says what the code means.
            pub fn description(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

codes! {
    /// A record of a database or manifest breaks its format and was skipped.
    MalformedRecord = "malformed-record", Warning;
    /// A file breaks its format so badly that nothing after the place was read.
    MalformedFile = "malformed-file", Warning;
    /// A file ends before its format says that it does.
    Truncated = "truncated", Warning;
    /// A version or variant of a format that is not read.
    Unsupported = "unsupported", Warning;
    /// Text that is not valid UTF-8 was read with replacement characters.
    Encoding = "encoding", Note;
    /// A limit was reached; what lies behind it was not read.
    LimitExceeded = "limit-exceeded", Warning;
    /// A reader failed unexpectedly on this file; the rest was read.
    ReaderFailed = "reader-failed", Warning;
    /// A layer holds the same path more than once; the last one counts.
    DuplicateEntry = "duplicate-entry", Note;
    /// A path that leads out of the image, or is absolute, was brought back inside.
    PathEscape = "path-escape", Warning;
    /// A hard link names no earlier file.
    DanglingLink = "dangling-link", Warning;
    /// A tar entry of a type that is not known.
    UnknownEntry = "unknown-entry", Note;
    /// A layer's media type says one compression and its bytes another.
    MediaTypeMismatch = "media-type-mismatch", Note;
    /// The image declares something about itself that its bytes contradict.
    InconsistentImage = "inconsistent-image", Warning;
    /// A file or directory could not be opened or read.
    Unreadable = "unreadable", Warning;
    /// A package database names files that the image does not hold, or the other way round.
    InconsistentDatabase = "inconsistent-database", Note;
    /// A package database that a later layer deleted or emptied was read from the layer that had it.
    RecoveredDatabase = "recovered-database", Warning;
    /// A document written by another tool left something out or broke its format; the reader assumed.
    Assumed = "assumed", Note;
    /// The header of a package in a database is not the one that was signed or digested.
    AlteredHeader = "altered-header", Note;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_kebab_case_and_described() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        for (name, code) in names.iter().zip(Code::ALL) {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
            assert!(code.description().ends_with('.'), "{name}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
