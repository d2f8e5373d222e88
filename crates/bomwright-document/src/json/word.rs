//! The model's enumerations as the words that every output uses.

use std::fmt;
use std::marker::PhantomData;

use bomwright_model::{
    Code, Confidence, EdgeKind, FileKind, LayerPart, LicenseKind, LinkKind, Origin, PackageKind, Scope,
    SourceKind, Status, Tier,
};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An enumeration with a word for each of its values.
pub(crate) trait Words: Copy + 'static {
    /// What one value is called in errors.
    const WHAT: &'static str;
    /// The word for this value.
    fn word(self) -> &'static str;
    /// The value for this word.
    fn from_word(word: &str) -> Option<Self>;
}

/// A value that is written and read as its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word<T>(pub(crate) T);

impl<T: Words> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<'de, T: Words> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<T: Words> Visitor<'_> for Reader<T> {
            type Value = Word<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "the name of {}", T::WHAT)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Word<T>, E> {
                T::from_word(text).map(Word).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Reader(PhantomData))
    }
}

macro_rules! words {
    ($($type:ty = $what:literal, $all:expr;)+) => {$(
        impl Words for $type {
            const WHAT: &'static str = $what;
            fn word(self) -> &'static str {
                self.as_str()
            }
            fn from_word(word: &str) -> Option<Self> {
                $all.iter().copied().find(|value| value.as_str() == word)
            }
        }
    )+};
}

words! {
    Code = "a diagnostic", Self::ALL;
    Confidence = "a confidence", [Self::Low, Self::Medium, Self::High];
    Status = "a status", Self::ALL;
    Tier = "a tier", Self::ALL;
    EdgeKind = "a kind of edge", Self::ALL;
    FileKind = "a kind of file", [Self::Executable, Self::Library, Self::Script, Self::Object];
    LayerPart = "a part of an image", Self::ALL;
    LinkKind = "a kind of link", Self::ALL;
    Origin = "an origin", Self::ALL;
    PackageKind = "a kind of package", Self::ALL;
    Scope = "a scope", Self::ALL;
    SourceKind = "a kind of source", Self::ALL;
}

impl Words for LicenseKind {
    const WHAT: &'static str = "a kind of licence statement";

    fn word(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Found => "found",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Declared, Self::Found].into_iter().find(|kind| kind.word() == word)
    }
}
