//! One thing that a profile asks for.

use bomwright_model::Field;

/// One thing that a profile asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// The fields of which one is enough; the first gives the requirement its name.
    pub fields: &'static [Field],
    /// Of what it is asked.
    pub scopes: &'static [Scope],
    /// How much it is wanted.
    pub level: Level,
    /// Whether it is enough to state that it is unknown.
    pub unknown_is_fine: bool,
    /// Where the text asks for it.
    pub section: &'static str,
    /// What the text asks for, in our words.
    pub words: &'static str,
}

impl Requirement {
    /// The field that gives it its name.
    pub fn field(&self) -> Field {
        self.fields.first().copied().unwrap_or(Field::Name)
    }
}

/// Of what something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The document.
    Document,
    /// What the document as a whole is about.
    Root,
    /// The distribution as a whole.
    System,
    /// Each package.
    Packages,
    /// Each single file.
    Files,
}

impl Scope {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Root => "root",
            Self::System => "distribution",
            Self::Packages => "packages",
            Self::Files => "files",
        }
    }
}

/// How much something is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Without it the document fails.
    Required,
    /// It should be there.
    Recommended,
    /// It must be there where it exists, which no document tells.
    IfKnown,
}

impl Level {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Recommended => "recommended",
            Self::IfKnown => "if-known",
        }
    }
}
