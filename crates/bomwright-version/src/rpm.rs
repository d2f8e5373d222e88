//! RPM's order, rpm-version(7): epoch, version, release, each by `rpmvercmp`.
//!
//! The `rpm-version` crate compares one part. The split is done here, because rpm takes the release after the **last**
//! hyphen, and because a missing release sorts before every release, even before `~`. rpm orders any text, so any
//! visible ASCII is accepted.

use std::cmp::Ordering;

use rpm_version::Evr;

use crate::scheme::Version;
use crate::syntax::{compare_numbers, is_number, is_visible_ascii};

/// `[epoch:]version[-release]`.
pub(crate) struct Rpm<'a> {
    epoch: &'a str,
    version: Evr<'a>,
    release: Option<Evr<'a>>,
}

impl<'a> Version<'a> for Rpm<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if !is_visible_ascii(text) {
            return None;
        }
        let (epoch, rest) = text.split_once(':').filter(|(epoch, _)| is_number(epoch)).unwrap_or(("", text));
        let (version, release) =
            rest.rsplit_once('-').map_or((rest, None), |(version, release)| (version, Some(release)));
        let part = |text: &'a str| Evr::new("", text, "");
        Some(Self { epoch, version: part(version), release: release.map(part) })
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        Some(
            compare_numbers(self.epoch, other.epoch)
                .then_with(|| self.version.cmp(&other.version))
                .then_with(|| self.release.cmp(&other.release)),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Less};

    use crate::Scheme::Rpm;

    /// From the examples of rpm-version(7) and rpm's own documentation of `~` and `^`.
    #[test]
    fn tilde_is_before_and_caret_after() {
        let rising = ["1.0~rc1-1", "1.0", "1.0-1", "1.0^20160101-1", "1.0^20160102-1", "1.0.1-1", "1:0.1-1"];
        for pair in rising.windows(2) {
            assert_eq!(Rpm.compare(pair[0], pair[1]), Some(Less), "{pair:?}");
        }
        assert_eq!(Rpm.compare("0:1.0-1", "1_0-01"), Some(Equal));
    }
}
