//! The versions of CycloneDX that are written.

/// A version of the specification; later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// 1.4, of January 2022.
    V1_4,
    /// 1.5, of June 2023.
    V1_5,
    /// 1.6, which is ECMA-424, first edition.
    V1_6,
    /// 1.7, which is ECMA-424, second edition.
    V1_7,
}

impl Version {
    /// Every version, the oldest first.
    const ALL: &'static [Self] = &[Self::V1_4, Self::V1_5, Self::V1_6, Self::V1_7];

    /// The number, as `specVersion` has it.
    pub(crate) const fn number(self) -> &'static str {
        match self {
            Self::V1_4 => "1.4",
            Self::V1_5 => "1.5",
            Self::V1_6 => "1.6",
            Self::V1_7 => "1.7",
        }
    }

    /// The version with this number.
    pub(crate) fn from_number(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|version| version.number() == text)
    }
}
