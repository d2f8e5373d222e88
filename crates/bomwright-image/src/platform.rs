//! Operating system and processor of an image.

use std::fmt;
use std::str::FromStr;

/// A platform as in an OCI index: `os/architecture[/variant]` with Go's names
/// (OCI image-spec, image-index.md, "platform").
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Platform {
    /// GOOS, e.g. `linux`.
    pub os: String,
    /// GOARCH, e.g. `arm64`.
    pub architecture: String,
    /// E.g. `v8`; none matches every variant.
    pub variant: Option<String>,
}

/// A text is no platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no platform (expected os/arch or os/arch/variant, e.g. linux/arm64)")]
pub struct InvalidPlatform(String);

impl Platform {
    /// How well this platform serves the `wanted` one: `None` not at all, else lower is better.
    pub(crate) fn distance(&self, wanted: &Self) -> Option<u8> {
        if self.os != wanted.os || self.architecture != wanted.architecture {
            return None;
        }
        let variant = self.variant.as_deref();
        match wanted.variant.as_deref() {
            Some(wanted) if Some(wanted) == variant => Some(0),
            // These are the variants that a missing one means.
            Some("v8") if self.architecture == "arm64" && variant.is_none() => Some(0),
            Some("v7") if self.architecture == "arm" && variant.is_none() => Some(0),
            Some(_) => None,
            None if variant.is_none() => Some(0),
            None if variant == Some(if self.architecture == "arm" { "v7" } else { "v8" }) => Some(1),
            None => Some(2),
        }
    }
}

impl Default for Platform {
    /// `linux/amd64`.
    fn default() -> Self {
        Self { os: "linux".to_owned(), architecture: "amd64".to_owned(), variant: None }
    }
}

impl FromStr for Platform {
    type Err = InvalidPlatform;

    /// Also takes the kernel's names `x86_64` and `aarch64`.
    fn from_str(text: &str) -> Result<Self, InvalidPlatform> {
        let mut parts = text.split('/').map(str::to_owned);
        let (Some(os), Some(architecture), variant, None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidPlatform(text.to_owned()));
        };
        if os.is_empty() || architecture.is_empty() || variant.as_deref() == Some("") {
            return Err(InvalidPlatform(text.to_owned()));
        }
        let architecture = match architecture.as_str() {
            "x86_64" => "amd64".to_owned(),
            "aarch64" => "arm64".to_owned(),
            _ => architecture,
        };
        Ok(Self { os, architecture, variant })
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.as_ref().map_or(Ok(()), |variant| write!(f, "/{variant}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(text: &str) -> Platform {
        text.parse().unwrap()
    }

    #[test]
    fn texts_are_checked() {
        assert_eq!(platform("linux/arm/v7").to_string(), "linux/arm/v7");
        assert_eq!(platform("linux/x86_64"), Platform::default());
        for bad in ["", "linux", "linux/", "/amd64", "linux/arm/", "a/b/c/d"] {
            assert!(bad.parse::<Platform>().is_err(), "{bad}");
        }
    }

    #[test]
    fn variants_match_as_the_index_means_them() {
        let near = |have: &str, wanted: &str| platform(have).distance(&platform(wanted));
        assert_eq!(near("linux/amd64", "linux/arm64"), None);
        assert_eq!(near("linux/arm64", "linux/arm64/v8"), Some(0));
        assert_eq!(near("linux/arm64/v8", "linux/arm64"), Some(1));
        assert_eq!(near("linux/arm/v6", "linux/arm/v7"), None);
        assert!(near("linux/arm/v7", "linux/arm") < near("linux/arm/v6", "linux/arm"));
    }
}
