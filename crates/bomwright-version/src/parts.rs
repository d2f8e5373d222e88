//! The parts of a version that matter to who reads a change: what the software's authors call it, and what its
//! packagers add.

use crate::Scheme;

/// How far two versions are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distance {
    /// The same sources built once more.
    Build,
    /// The same version of the software in another package.
    Packaging,
    /// The third number or something later.
    Patch,
    /// The second number.
    Minor,
    /// The first number.
    Major,
    /// The packager's own override of the order.
    Epoch,
}

/// A version taken apart. Every part but the release may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Parts<'a> {
    epoch: &'a str,
    release: &'a str,
    packaging: &'a str,
    build: &'a str,
}

impl Scheme {
    /// Whether both are spellings of one version: an epoch of zero, a leading `v`, and whatever else the scheme's
    /// owner says means nothing. Build metadata names a build, so it counts.
    pub fn same(self, left: &str, right: &str) -> bool {
        if left == right {
            return true;
        }
        match self {
            // PEP 440, section "Version comparison": zeros at the end and letter case don't count.
            Self::Pep440 => self.compare(left, right).is_some_and(std::cmp::Ordering::is_eq),
            _ => self.parts(left) == self.parts(right),
        }
    }

    /// How far apart two versions of this scheme are; `None` where one of them is none, or they are the same.
    pub fn distance(self, left: &str, right: &str) -> Option<Distance> {
        if !(self.accepts(left) && self.accepts(right)) || self.same(left, right) {
            return None;
        }
        let (left, right) = (self.parts(left), self.parts(right));
        Some(if left.epoch != right.epoch {
            Distance::Epoch
        } else if left.release != right.release {
            numbers(left.release, right.release)
        } else if left.packaging != right.packaging {
            Distance::Packaging
        } else {
            Distance::Build
        })
    }

    fn parts(self, text: &str) -> Parts<'_> {
        match self {
            // deb-version(7); `+bN` is what binary-only uploads add (Debian developer's reference, 5.10.2.1).
            Self::Deb => {
                let (rest, build) = rebuild(text);
                with_epoch(rest, ':', |rest| rest.rsplit_once('-').unwrap_or((rest, "")), build)
            }
            Self::Rpm | Self::Alpm => {
                with_epoch(text, ':', |rest| rest.rsplit_once('-').unwrap_or((rest, "")), "")
            }
            Self::Apk => with_epoch(text, '\0', |rest| rest.rsplit_once("-r").unwrap_or((rest, "")), ""),
            Self::Pep440 => with_epoch(text, '!', |rest| rest.split_once('+').unwrap_or((rest, "")), ""),
            Self::Semver | Self::Npm | Self::Pub | Self::NuGet | Self::Composer => {
                let (rest, build) = text.split_once('+').unwrap_or((text, ""));
                with_epoch(without_v(rest), '\0', |rest| (rest, ""), build)
            }
            Self::Go | Self::Generic => with_epoch(without_v(text), '\0', |rest| (rest, ""), ""),
            Self::Maven | Self::Gem => with_epoch(text, '\0', |rest| (rest, ""), ""),
        }
    }
}

fn with_epoch<'a>(
    text: &'a str,
    mark: char,
    split: impl Fn(&'a str) -> (&'a str, &'a str),
    build: &'a str,
) -> Parts<'a> {
    let (epoch, rest) = text.split_once(mark).unwrap_or(("", text));
    let (release, packaging) = split(rest);
    Parts { epoch: if epoch == "0" { "" } else { epoch }, release, packaging, build }
}

fn without_v(text: &str) -> &str {
    text.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(text)
}

/// Cuts `+bN` off the end.
fn rebuild(text: &str) -> (&str, &str) {
    match text.rsplit_once("+b") {
        Some((rest, number)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
            (rest, number)
        }
        _ => (text, ""),
    }
}

/// Which number differs first.
fn numbers(left: &str, right: &str) -> Distance {
    let split = |text| str::split(text, ['.', '-', '+', '~', '_']);
    let position = split(left).zip(split(right)).position(|(a, b)| a != b);
    match position {
        Some(0) => Distance::Major,
        Some(1) => Distance::Minor,
        _ => Distance::Patch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_version() {
        for (scheme, a, b) in [
            (Scheme::Deb, "0:1.0-1", "1.0-1"),
            (Scheme::Npm, "v1.2.3", "1.2.3"),
            (Scheme::Go, "v1.2.3", "1.2.3"),
            (Scheme::Pep440, "1.0", "1.0.0"),
            (Scheme::Pep440, "1.0RC1", "1.0rc1"),
        ] {
            assert!(scheme.same(a, b), "{scheme}: {a} {b}");
            assert_eq!(scheme.distance(a, b), None);
        }
        for (scheme, a, b) in [
            (Scheme::Deb, "1:1.0-1", "1.0-1"),
            (Scheme::Semver, "1.0.0+a", "1.0.0+b"),
            (Scheme::Maven, "1.0", "1.0.0"),
            (Scheme::Generic, "vista", "ista"),
        ] {
            assert!(!scheme.same(a, b), "{scheme}: {a} {b}");
        }
    }

    #[test]
    fn what_differs_first_is_the_distance() {
        for (scheme, a, b, distance) in [
            (Scheme::Deb, "5.2.15-2+b7", "5.2.15-2+b8", Distance::Build),
            (Scheme::Deb, "5.2.15-2", "5.2.15-2+b8", Distance::Build),
            (Scheme::Deb, "3.0.15-1~deb12u1", "3.0.15-1~deb12u2", Distance::Packaging),
            (Scheme::Deb, "2.0-1", "1:1.0-1", Distance::Epoch),
            (Scheme::Rpm, "1.2.3-1.el9", "1.2.3-2.el9", Distance::Packaging),
            (Scheme::Apk, "1.2.3-r0", "1.2.3-r1", Distance::Packaging),
            (Scheme::Npm, "1.2.3", "1.2.4", Distance::Patch),
            (Scheme::Npm, "1.2.3", "1.3.0", Distance::Minor),
            (Scheme::Npm, "1.2.3", "2.0.0", Distance::Major),
            (Scheme::Npm, "1.2.3-rc.1", "1.2.3", Distance::Patch),
            (Scheme::Semver, "1.0.0+a", "1.0.0+b", Distance::Build),
            (Scheme::Pep440, "2.1", "2.1.1", Distance::Patch),
            (Scheme::Pep440, "2.1+cpu", "2.1+cu12", Distance::Packaging),
        ] {
            assert_eq!(scheme.distance(a, b), Some(distance), "{scheme}: {a} {b}");
            assert_eq!(scheme.distance(b, a), Some(distance), "{scheme}: {b} {a}");
        }
        assert_eq!(Scheme::Npm.distance("junk", "1.0.0"), None);
    }
}
