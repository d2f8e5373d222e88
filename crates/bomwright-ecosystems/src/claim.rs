//! Which files an ecosystem wants to see, as data.

/// One kind of file that an ecosystem reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Where it lies or how it begins.
    pub place: Place,
    /// The most bytes of it that are worth reading; a larger file is reported and left out.
    pub limit: u64,
    /// Whether its reader wants the SHA-256 of the file; then it is taken on the way, where it costs less.
    pub hashed: bool,
    /// Whether it is a lock file: it says what was asked for, not what is installed, so it counts only in the
    /// source tree of a project.
    pub is_lock: bool,
}

/// How a claimed file is recognised. Paths have no leading slash and use `/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Exactly this path.
    Path(&'static str),
    /// This file name, in any directory.
    Name(&'static str),
    /// A file name that ends so, in any directory, e.g. `.jar`.
    Suffix(&'static str),
    /// A file directly in this directory whose name ends so (`""` for any).
    In(&'static str, &'static str),
    /// A file directly in this directory whose name begins so.
    Beginning(&'static str, &'static str),
    /// This file name in a directory whose own name ends so, e.g. `METADATA` in `.dist-info`.
    Inside(&'static str, &'static str),
    /// A file name that ends so in a directory whose own name ends so, e.g. `.pth` in `-packages`.
    SuffixInside(&'static str, &'static str),
    /// A file whose own name begins so, in any case.
    NamedLike(&'static str),
    /// A regular file that begins with these bytes.
    Magic(&'static [u8]),
}

const MIB: u64 = 1 << 20;

impl Claim {
    /// The file at exactly `path`.
    pub const fn path(path: &'static str) -> Self {
        Self { place: Place::Path(path), limit: 64 * MIB, hashed: false, is_lock: false }
    }

    /// Files named `name`.
    pub const fn name(name: &'static str) -> Self {
        Self { place: Place::Name(name), limit: 16 * MIB, hashed: false, is_lock: false }
    }

    /// Files whose name ends with `suffix`.
    pub const fn suffix(suffix: &'static str) -> Self {
        Self { place: Place::Suffix(suffix), limit: 16 * MIB, hashed: false, is_lock: false }
    }

    /// Files whose name begins with `prefix`, in any case.
    pub const fn named_like(prefix: &'static str) -> Self {
        Self { place: Place::NamedLike(prefix), limit: 16 * MIB, hashed: false, is_lock: false }
    }

    /// Files directly in `directory` whose name ends with `suffix`.
    pub const fn within(directory: &'static str, suffix: &'static str) -> Self {
        Self { place: Place::In(directory, suffix), limit: 16 * MIB, hashed: false, is_lock: false }
    }

    /// Files directly in `directory` whose name begins with `prefix`.
    pub const fn beginning(directory: &'static str, prefix: &'static str) -> Self {
        Self { place: Place::Beginning(directory, prefix), limit: 16 * MIB, hashed: false, is_lock: false }
    }

    /// Files named `name` in a directory whose name ends with `parent_suffix`.
    pub const fn inside(name: &'static str, parent_suffix: &'static str) -> Self {
        Self { place: Place::Inside(name, parent_suffix), limit: 16 * MIB, hashed: false, is_lock: false }
    }

    /// Files whose name ends with `suffix` in a directory whose name ends with `parent_suffix`.
    pub const fn suffix_inside(suffix: &'static str, parent_suffix: &'static str) -> Self {
        Self {
            place: Place::SuffixInside(suffix, parent_suffix),
            limit: 16 * MIB,
            hashed: false,
            is_lock: false,
        }
    }

    /// Files that begin with `bytes` (at most 16 of them).
    pub const fn magic(bytes: &'static [u8]) -> Self {
        Self { place: Place::Magic(bytes), limit: 512 * MIB, hashed: false, is_lock: false }
    }

    /// The same claim for files of up to `mebibytes`.
    #[must_use]
    pub const fn up_to(mut self, mebibytes: u64) -> Self {
        self.limit = mebibytes * MIB;
        self
    }

    /// The same claim of a reader that calls [`FileView::sha256`](crate::FileView::sha256).
    #[must_use]
    pub const fn hashed(mut self) -> Self {
        self.hashed = true;
        self
    }

    /// The same claim for lock files of up to 64 MiB.
    #[must_use]
    pub const fn lock(mut self) -> Self {
        self.is_lock = true;
        self.up_to(64)
    }

    /// Whether the file at `path` (no leading slash) that begins with `head` is meant.
    pub fn matches(&self, path: &str, head: &[u8]) -> bool {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        match self.place {
            Place::Path(wanted) => path == wanted,
            Place::Name(wanted) => name == wanted,
            Place::Suffix(suffix) => name.ends_with(suffix),
            Place::In(directory, suffix) => parent == directory && name.ends_with(suffix),
            Place::Beginning(directory, prefix) => parent == directory && name.starts_with(prefix),
            Place::Inside(wanted, parent_suffix) => name == wanted && parent.ends_with(parent_suffix),
            Place::SuffixInside(suffix, parent_suffix) => {
                name.ends_with(suffix) && parent.ends_with(parent_suffix)
            }
            Place::NamedLike(prefix) => {
                name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            }
            Place::Magic(magic) => head.starts_with(magic),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_match_whole_components() {
        assert!(Claim::path("var/lib/dpkg/status").matches("var/lib/dpkg/status", b""));
        assert!(!Claim::path("var/lib/dpkg/status").matches("old/var/lib/dpkg/status", b""));
        assert!(Claim::within("var/lib/dpkg/info", ".list").matches("var/lib/dpkg/info/bash.list", b""));
        assert!(!Claim::within("var/lib/dpkg/info", ".list").matches("var/lib/dpkg/info/x/bash.list", b""));
        assert!(Claim::beginning("boot", "config-").matches("boot/config-6.1", b""));
        assert!(!Claim::beginning("boot", "config-").matches("boot/x/config-6.1", b""));
        assert!(Claim::inside("METADATA", ".dist-info").matches("opt/a-1.dist-info/METADATA", b""));
        assert!(Claim::suffix_inside(".pth", "-packages").matches("usr/lib/site-packages/a.pth", b""));
        assert!(!Claim::suffix_inside(".pth", "-packages").matches("models/a.pth", b""));
        assert!(!Claim::suffix_inside(".pth", "-packages").matches("site-packages/b/a.pth", b""));
        assert!(Claim::named_like("license").matches("opt/a/LICENSE.md", b""));
        assert!(!Claim::named_like("license").matches("opt/license/a", b""));
        assert!(Claim::magic(b"\x7fELF").matches("bin/ls", b"\x7fELF\x02\x01"));
        assert!(!Claim::name("package.json").matches("a/xpackage.json", b""));
    }
}
