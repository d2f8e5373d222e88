//! What a document states and leaves out, field by field, whoever wrote it and in whatever format.
//!
//! An [`Inventory`](crate::Inventory) holds what later stages work on and drops the rest: who wrote a document, that a supplier
//! is explicitly unknown, that a CPE is there. Whoever judges a document needs just that, and no values.

/// Declares the fields, each with its word and what it is.
macro_rules! fields {
    ($($name:ident, $word:literal, $about:literal;)+) => {
        /// Something that a document can state of itself or of what it describes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $(#[doc = $about] $name,)+
        }

        impl Field {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word used in every output.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// What it is, as a sentence.
            pub const fn about(self) -> &'static str {
                match self {
                    $(Self::$name => $about,)+
                }
            }
        }

        /// How many fields there are.
        const COUNT: usize = [$(Field::$name,)+].len();
    };
}

fields! {
    Format, "format", "A format for SBOMs, in a version that the profile takes.";
    Author, "author", "The person or organisation that made the document.";
    AuthorContact, "author-contact", "An e-mail address or a web address of the author.";
    Timestamp, "timestamp", "When the document was made.";
    ToolName, "tool-name", "The program that made the document.";
    ToolVersion, "tool-version", "The version of that program.";
    DocumentId, "document-id", "What names this document and no other.";
    Phase, "phase", "In which phase of the software's life the document was made.";
    Signature, "signature", "The author's signature.";
    DataLicense, "data-licence", "The licence of the document itself.";
    Coverage, "coverage", "Whether the document says of itself how complete it is.";
    NoVulnerabilities, "no-vulnerabilities", "That the document holds no vulnerabilities.";
    Primary, "primary", "What the document as a whole is about.";
    Name, "name", "The name.";
    Version, "version", "The version.";
    Reference, "reference", "What the document calls it.";
    Supplier, "supplier", "Who supplies it.";
    Creator, "creator", "Who made it.";
    CreatorContact, "creator-contact", "An e-mail address or a web address of whoever made or supplies it.";
    Identifier, "identifier", "A purl, a CPE or a SWID tag.";
    Digest, "digest", "A digest and its algorithm.";
    Sha512, "sha512", "The SHA-512 of the file that is deployed.";
    License, "licence", "Any licence, declared or concluded.";
    LicenseDeclared, "licence-declared", "The licence that its makers declare.";
    LicenseConcluded, "licence-concluded", "The licence that whoever analysed it concluded.";
    Copyright, "copyright", "Who holds the copyright.";
    Download, "download", "Where it can be had.";
    Source, "source", "Where its source code is.";
    FileName, "file-name", "The name of its file.";
    Executable, "executable", "Whether its file can be run.";
    Archive, "archive", "Whether its file is an archive.";
    Structured, "structured", "Whether the parts of its file can still be told apart.";
    Relationship, "relationship", "How it stands to the rest: what it contains, what it depends on, or what holds it.";
    Dependencies, "dependencies", "What it depends on, or that this is nothing or unknown.";
    Completeness, "completeness", "Whether its list of dependencies is complete.";
    SecurityContact, "security-contact", "Where to report vulnerabilities.";
    SupportEnd, "support-end", "Until when it gets security updates.";
}

impl Field {
    /// The field named `text`, as [`Self::as_str`] writes it.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.as_str() == text)
    }
}

/// How a document stands to one field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// It says nothing.
    #[default]
    Missing,
    /// It says that this is not known.
    Unknown,
    /// It states it.
    Present,
    /// It states it, and that a person declared it.
    Declared,
}

impl Presence {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::Present => "present",
            Self::Declared => "declared",
        }
    }

    /// Present where `stated`.
    pub const fn of(stated: bool) -> Self {
        if stated { Self::Present } else { Self::Missing }
    }
}

/// The presence of every field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSet([Presence; COUNT]);

impl Default for FieldSet {
    fn default() -> Self {
        Self([Presence::Missing; COUNT])
    }
}

impl FieldSet {
    /// How `field` stands.
    pub fn get(&self, field: Field) -> Presence {
        self.0.get(field as usize).copied().unwrap_or_default()
    }

    /// Raises `field` to `presence`; what is known already stays.
    pub fn raise(&mut self, field: Field, presence: Presence) {
        if let Some(old) = self.0.get_mut(field as usize) {
            *old = presence.max(*old);
        }
    }

    /// The same, and the set, for building.
    #[must_use]
    pub fn with(mut self, field: Field, presence: Presence) -> Self {
        self.raise(field, presence);
        self
    }
}

/// What an item of a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// What the document as a whole is about.
    Root,
    /// The distribution as a whole, whose packages are items of their own.
    System,
    /// A package.
    Package,
    /// A single file.
    File,
}

/// Something that a document describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// What the document calls it: `bom-ref` or SPDX id; its place where it has none.
    pub reference: String,
    /// What a person calls it: name and version, or a path.
    pub label: String,
    /// What is stated of it.
    pub fields: FieldSet,
}

/// What a document states of itself and of everything that it describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFacts {
    /// The document's name: a path or whatever the user calls it.
    pub name: String,
    /// Format and version, e.g. `CycloneDX 1.6`.
    pub format: String,
    /// What is stated of the document.
    pub fields: FieldSet,
    /// What it describes, in its order, the root first.
    pub items: Vec<Item>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_stays() {
        let mut set = FieldSet::default().with(Field::Version, Presence::Present);
        set.raise(Field::Version, Presence::Unknown);
        assert_eq!(set.get(Field::Version), Presence::Present);
        assert_eq!(set.get(Field::SupportEnd), Presence::Missing);
    }

    #[test]
    fn words_lead_back() {
        for field in Field::ALL {
            assert_eq!(Field::from_name(field.as_str()), Some(*field));
        }
    }
}
