//! Which digests a layer's files need, by the package manager that its paths show.
//!
//! dpkg holds MD5 of its files, apk SHA-1, rpm and pacman SHA-256. SHA-256 is made anyway; the other two cost
//! time, MD5 more than everything else together. A layer is read once and must not depend on the layers
//! below it, so all are made until a path says which system this is. A layer that shows no sign, such as one
//! that only adds an application, gets both: its files may replace files of a package.

use crate::hash::Algorithms;

/// The package managers by the digests that they need besides SHA-256.
#[derive(Debug, Clone, Copy)]
enum Needs {
    Md5,
    Sha1,
    Nothing,
}

/// Paths that only a system with that package manager has: each itself, and everything below it.
///
/// Sorted by system: rpm, pacman, dpkg, apk.
const SIGNS: &[(&str, Needs)] = &[
    ("var/lib/rpm", Needs::Nothing),
    ("usr/lib/sysimage/rpm", Needs::Nothing),
    ("etc/rpm", Needs::Nothing),
    ("etc/dnf", Needs::Nothing),
    ("etc/redhat-release", Needs::Nothing),
    ("var/lib/pacman", Needs::Nothing),
    ("etc/pacman.conf", Needs::Nothing),
    ("etc/dpkg", Needs::Md5),
    ("var/lib/dpkg", Needs::Md5),
    ("etc/debian_version", Needs::Md5),
    ("etc/apk", Needs::Sha1),
    ("lib/apk", Needs::Sha1),
    ("usr/lib/apk", Needs::Sha1),
];

/// What a layer has shown so far.
#[derive(Debug, Default)]
pub(super) struct Signs {
    md5: bool,
    sha1: bool,
    nothing: bool,
}

impl Signs {
    /// Takes a normalised path of the layer into account.
    pub(super) fn see(&mut self, path: &[u8]) {
        let is_at = |sign: &str| {
            path.strip_prefix(sign.as_bytes()).is_some_and(|rest| matches!(rest, [] | [b'/', ..]))
        };
        for (_, needs) in SIGNS.iter().filter(|(sign, _)| is_at(sign)) {
            match needs {
                Needs::Md5 => self.md5 = true,
                Needs::Sha1 => self.sha1 = true,
                Needs::Nothing => self.nothing = true,
            }
        }
    }

    /// What the files that follow need: everything, unless the signs agree.
    pub(super) fn needed(&self) -> Algorithms {
        match (self.md5, self.sha1, self.nothing) {
            (true, false, false) => Algorithms { md5: true, sha1: false },
            (false, true, false) => Algorithms { md5: false, sha1: true },
            (false, false, true) => Algorithms { md5: false, sha1: false },
            _ => Algorithms { md5: true, sha1: true },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(paths: &[&str]) -> (bool, bool) {
        let mut signs = Signs::default();
        for path in paths {
            signs.see(path.as_bytes());
        }
        let Algorithms { md5, sha1 } = signs.needed();
        (md5, sha1)
    }

    #[test]
    fn systems_show_themselves() {
        assert_eq!(after(&[]), (true, true));
        assert_eq!(after(&["etc/passwd", "var/lib/dpkg-other/status", "etc/apk-new"]), (true, true));
        assert_eq!(after(&["etc/dpkg/origins/debian"]), (true, false));
        assert_eq!(after(&["etc/debian_version", "var/lib/dpkg/status"]), (true, false));
        assert_eq!(after(&["lib/apk"]), (false, true));
        assert_eq!(after(&["var/lib/rpm/rpmdb.sqlite", "etc/redhat-release"]), (false, false));
        assert_eq!(after(&["etc/pacman.conf"]), (false, false));
    }

    #[test]
    fn contradictions_need_everything() {
        assert_eq!(after(&["etc/dpkg", "etc/apk"]), (true, true));
        assert_eq!(after(&["etc/rpm", "etc/dpkg"]), (true, true));
        assert_eq!(after(&["etc/rpm", "etc/apk/world"]), (true, true));
    }
}
