//! A format in one of its versions, `cyclonedx-json@1.5`, and which files it lists.

use std::fmt;
use std::str::FromStr;

use bomwright_model::{File, FileChoice};

use crate::{DocumentError, Format};

/// A format in one of the versions that are written, and which files a document of it lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    format: Format,
    /// Empty where the format has but one.
    version: &'static str,
    files: FileChoice,
}

impl Target {
    /// Every format in every version that is written.
    pub fn all() -> impl Iterator<Item = Self> {
        Format::ALL.iter().flat_map(|&format| {
            let versions = format.versions();
            let only = versions.is_empty().then_some("");
            versions.iter().copied().chain(only).map(move |version| Self {
                format,
                version,
                files: FileChoice::default(),
            })
        })
    }

    /// The same with another choice of files. Our own JSON lists every file and lists of package URLs none, whatever
    /// the choice.
    #[must_use]
    pub const fn with_files(self, files: FileChoice) -> Self {
        Self { files, ..self }
    }

    /// The format.
    pub const fn format(self) -> Format {
        self.format
    }

    /// The version; empty where the format has but one.
    pub const fn version(self) -> &'static str {
        self.version
    }

    /// Which files a document of CycloneDX or SPDX lists.
    pub const fn files(self) -> FileChoice {
        self.files
    }

    /// Whether a document lists `file`.
    pub(crate) fn lists(self, file: &File) -> bool {
        match self.format {
            Format::Json => true,
            Format::Purls => false,
            _ => self.files.holds(file),
        }
    }
}

impl From<Format> for Target {
    fn from(format: Format) -> Self {
        Self { format, version: format.default_version(), files: FileChoice::default() }
    }
}

impl FromStr for Target {
    type Err = DocumentError;

    /// Reads `FORMAT` or `FORMAT@VERSION`; the choice of files is the usual one.
    fn from_str(text: &str) -> Result<Self, DocumentError> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        let format =
            Format::from_name(name).ok_or_else(|| DocumentError::UnknownFormat { name: name.to_owned() })?;
        let Some(version) = version else { return Ok(format.into()) };
        let known = format.versions().iter().find(|known| **known == version);
        known
            .map(|version| Self { format, version, files: FileChoice::default() })
            .ok_or_else(|| DocumentError::UnknownVersion { format, version: version.to_owned() })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.format.name())?;
        if self.version.is_empty() { Ok(()) } else { write!(f, "@{}", self.version) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for target in Target::all() {
            assert_eq!(target.to_string().parse::<Target>().unwrap(), target);
        }
        assert_eq!("cyclonedx-json".parse::<Target>().unwrap().version(), "1.6");
    }

    #[test]
    fn what_is_not_written_is_said() {
        let said = |text: &str| text.parse::<Target>().unwrap_err().to_string();
        assert_eq!(said("cyclonedx-json@1.3"), "cyclonedx-json has no version '1.3' that is written");
        assert_eq!(said("purls@1"), "purls has no version '1' that is written");
        assert_eq!(said("cyclonedx@1.6"), "unknown format 'cyclonedx'");
    }
}
