//! Python's order, PEP 440, by the `pep440_rs` crate.

use std::cmp::Ordering;
use std::str::FromStr;

use crate::scheme::Version;

/// `[v][epoch!]release[pre][post][dev][+local]`; no number may exceed `u64::MAX`.
pub(crate) struct Pep440(pep440_rs::Version);

impl Version<'_> for Pep440 {
    fn parse(text: &str) -> Option<Self> {
        pep440_rs::Version::from_str(text).ok().map(Self)
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        Some(self.0.cmp(&other.0))
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Less};

    use crate::Scheme::Pep440;

    /// The example of PEP 440, "Summary of permitted suffixes and relative ordering", and its epoch example.
    #[test]
    fn follows_the_specification() {
        let rising = [
            "1.dev0",
            "1.0.dev456",
            "1.0a1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            "1.0rc1",
            "1.0",
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            "1.0.post456.dev34",
            "1.0.post456",
            "1.0.15",
            "1.1.dev1",
            "2014.04",
            "1!1.0",
        ];
        for pair in rising.windows(2) {
            assert_eq!(Pep440.compare(pair[0], pair[1]), Some(Less), "{pair:?}");
        }
        assert_eq!(Pep440.compare("v1.0-ALPHA_1", "1a1"), Some(Equal));
    }
}
