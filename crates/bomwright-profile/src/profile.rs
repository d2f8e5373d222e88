//! The profiles by name.

use crate::Requirement;
use crate::tables::{BSI, CISA, CRA, FSCT, NTIA, TELCO};

/// A set of requirements that somebody published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// NTIA, The Minimum Elements for a Software Bill of Materials, July 2021.
    Ntia,
    /// CISA and others, Minimum Elements for a Software Bill of Materials, v2.1, July 2026.
    Cisa,
    /// BSI TR-03183-2, Cyber Resilience Requirements, Part 2: SBOM, v2.1.0, August 2025.
    Bsi,
    /// CISA, Framing Software Component Transparency, third edition, 2024.
    Fsct,
    /// `OpenChain` Telco SBOM Guide, v1.1.
    Telco,
    /// Regulation (EU) 2024/2847, Cyber Resilience Act.
    Cra,
}

impl Profile {
    /// Every profile.
    pub const ALL: &'static [Self] = &[Self::Ntia, Self::Cisa, Self::Bsi, Self::Fsct, Self::Telco, Self::Cra];

    /// The word used on the command line and in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ntia => "ntia",
            Self::Cisa => "cisa-2026",
            Self::Bsi => "bsi-2.1",
            Self::Fsct => "fsct",
            Self::Telco => "telco",
            Self::Cra => "cra",
        }
    }

    /// The profile named `text`, as [`Self::as_str`] writes it.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|profile| profile.as_str() == text)
    }

    /// The title of the text that it is made from.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Ntia => "NTIA, The Minimum Elements for an SBOM (2021)",
            Self::Cisa => "CISA, Minimum Elements for an SBOM, v2.1 (2026)",
            Self::Bsi => "BSI TR-03183-2, v2.1.0 (2025)",
            Self::Fsct => {
                "CISA, Framing Software Component Transparency, third edition (2024), minimum expected"
            }
            Self::Telco => "OpenChain Telco SBOM Guide, v1.1",
            Self::Cra => "Cyber Resilience Act, Regulation (EU) 2024/2847",
        }
    }

    /// What it asks for.
    pub const fn requirements(self) -> &'static [Requirement] {
        match self {
            Self::Ntia => NTIA,
            Self::Cisa => CISA,
            Self::Bsi => BSI,
            Self::Fsct => FSCT,
            Self::Telco => TELCO,
            Self::Cra => CRA,
        }
    }

    /// Whether it takes documents of `format`, e.g. `CycloneDX 1.6`.
    pub fn takes(self, format: &str) -> bool {
        let Some((family, version)) = format.split_once(' ') else { return false };
        let number =
            |text: &str| text.split('.').map(|part| part.parse::<u32>().unwrap_or(0)).collect::<Vec<_>>();
        let least = |wanted: &str| number(version) >= number(wanted);
        match (self, family) {
            (Self::Bsi, "CycloneDX") => least("1.6"),
            (Self::Bsi, "SPDX") => least("3.0.1"),
            (Self::Telco, "SPDX") => matches!(version, "2.2" | "2.3"),
            (Self::Telco, _) => false,
            (_, "CycloneDX" | "SPDX") => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_profiles_take() {
        for (profile, format, takes) in [
            (Profile::Ntia, "CycloneDX 1.4", true),
            (Profile::Ntia, "purls", false),
            (Profile::Bsi, "CycloneDX 1.5", false),
            (Profile::Bsi, "CycloneDX 1.6", true),
            (Profile::Bsi, "CycloneDX 1.10", true),
            (Profile::Bsi, "SPDX 2.3", false),
            (Profile::Bsi, "SPDX 3.0", false),
            (Profile::Bsi, "SPDX 3.0.1", true),
            (Profile::Telco, "SPDX 2.3", true),
            (Profile::Telco, "CycloneDX 1.6", false),
        ] {
            assert_eq!(profile.takes(format), takes, "{} {format}", profile.as_str());
        }
    }

    #[test]
    fn names_lead_back() {
        for profile in Profile::ALL {
            assert_eq!(Profile::from_name(profile.as_str()), Some(*profile));
        }
        assert_eq!(Profile::from_name("bsi"), None);
    }
}
