//! Which ecosystems want to see a file, decided from its path and first bytes alone.
//!
//! Every file of an image passes here, so the claims of all ecosystems are compiled once into hash maps:
//! the cost of a file does not grow with the number of ecosystems.

use std::collections::HashMap;

use bomwright_ecosystems::{Claim, Ecosystem, Place};
use foldhash::fast::RandomState;

use crate::locks;

/// Wishes by what the path or head must be. Its keys are ours, so that no file can make them collide, and six
/// lookups for every file call for a fast hash.
type Index<K> = HashMap<K, Vec<Wish>, RandomState>;

/// The claims of every ecosystem, indexed.
pub(crate) struct Router {
    paths: Index<&'static str>,
    names: Index<&'static str>,
    extensions: Index<&'static str>,
    directories: Index<&'static str>,
    magic: Index<[u8; 2]>,
    /// Suffixes without a dot, and beginnings of names: rare, so simply tried one after the other.
    odd: Vec<Wish>,
    license_texts: bool,
}

/// One claim of the ecosystem at this position of the registry.
#[derive(Clone, Copy)]
struct Wish {
    ecosystem: usize,
    claim: &'static Claim,
}

/// What the router says of one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Claimants {
    /// Positions in the registry, ascending, without repetition.
    pub(crate) ecosystems: Vec<usize>,
    /// The most bytes that any of them wants to read.
    pub(crate) limit: u64,
    /// Whether any of them wants the file's SHA-256.
    pub(crate) hashed: bool,
}

impl Router {
    /// Compiles the claims of `registry`; those of ecosystems that only serve verifying when `verify` is set, and
    /// those of lock files when `locks` is, and those of licence files when `license_texts` is.
    pub(crate) fn new(
        registry: &[&'static dyn Ecosystem],
        verify: bool,
        locks: bool,
        license_texts: bool,
    ) -> Self {
        let mut router = Self {
            paths: Index::default(),
            names: Index::default(),
            extensions: Index::default(),
            directories: Index::default(),
            magic: Index::default(),
            odd: Vec::new(),
            license_texts,
        };
        let is_wanted = |it: &dyn Ecosystem| {
            (verify || !it.only_to_verify()) && (license_texts || !it.only_for_license_texts())
        };
        for (ecosystem, entry) in registry.iter().enumerate().filter(|(_, it)| is_wanted(**it)) {
            for claim in entry.claims().iter().filter(|claim| locks || !claim.is_lock) {
                router.slot(claim).push(Wish { ecosystem, claim });
            }
        }
        router
    }

    /// Whether licences are to be recognised by their texts.
    pub(crate) fn license_texts(&self) -> bool {
        self.license_texts
    }

    fn slot(&mut self, claim: &'static Claim) -> &mut Vec<Wish> {
        match claim.place {
            Place::Path(path) => self.paths.entry(path).or_default(),
            Place::Name(name) | Place::Inside(name, _) => self.names.entry(name).or_default(),
            Place::In(directory, _) | Place::Beginning(directory, _) => {
                self.directories.entry(directory).or_default()
            }
            Place::Suffix(suffix) | Place::SuffixInside(suffix, _) => match extension(suffix) {
                Some(extension) => self.extensions.entry(extension).or_default(),
                None => &mut self.odd,
            },
            Place::NamedLike(_) => &mut self.odd,
            Place::Magic(magic) => self.magic.entry(first_two(magic).unwrap_or_default()).or_default(),
        }
    }

    /// The ecosystems that want the regular file at `path` (no leading slash) that begins with `head`.
    pub(crate) fn claimants(&self, path: &str, head: &[u8]) -> Claimants {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let wishes = [
            self.paths.get(path),
            self.names.get(name),
            self.directories.get(parent),
            extension(name).and_then(|extension| self.extensions.get(extension)),
            first_two(head).and_then(|two| self.magic.get(&two)),
            Some(&self.odd),
        ];
        let mut found = Claimants::default();
        for wish in wishes.into_iter().flatten().flatten() {
            if wish.claim.matches(path, head) && !(wish.claim.is_lock && locks::is_of_others(parent)) {
                found.ecosystems.push(wish.ecosystem);
                found.limit = found.limit.max(wish.claim.limit);
                found.hashed |= wish.claim.hashed;
            }
        }
        found.ecosystems.sort_unstable();
        found.ecosystems.dedup();
        found
    }
}

/// What follows the last dot of `name`.
fn extension(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, extension)| extension)
}

fn first_two(bytes: &[u8]) -> Option<[u8; 2]> {
    bytes.first_chunk::<2>().copied()
}

#[cfg(test)]
mod tests {
    use bomwright_ecosystems::{FileView, Findings};
    use proptest::prelude::*;

    use super::*;

    struct All;

    const CLAIMS: &[Claim] = &[
        Claim::path("var/lib/db"),
        Claim::name("package.json"),
        Claim::suffix(".jar"),
        Claim::suffix("copyright"),
        Claim::within("info", ".list"),
        Claim::beginning("info", "z"),
        Claim::inside("METADATA", ".dist-info"),
        Claim::suffix_inside(".md", "x"),
        Claim::named_like("b.L"),
        Claim::magic(b"\x7fELF"),
    ];

    impl Ecosystem for All {
        fn name(&self) -> &'static str {
            "all"
        }
        fn about(&self) -> &'static str {
            "one claim of each kind, for this test"
        }
        fn claims(&self) -> &'static [Claim] {
            CLAIMS
        }
        fn read(&self, _: &FileView<'_>, _: &mut Findings) {}
    }

    proptest! {
        /// The indexes must answer exactly as the claims themselves do.
        #[test]
        fn the_router_agrees_with_the_claims(
            path in "(info|var/lib|a\\.dist-info|x)?/?(db|package\\.json|b\\.jar|b\\.list|b\\.md|METADATA|copyright|z)",
            head in prop::sample::select(vec![&b"\x7fELF\x02"[..], b"\x7fEL", b"", b"#!"]),
        ) {
            let router = Router::new(&[&All], false, true, false);
            let wanted = CLAIMS.iter().any(|claim| claim.matches(&path, head));
            prop_assert_eq!(!router.claimants(&path, head).ecosystems.is_empty(), wanted);
        }
    }
}
