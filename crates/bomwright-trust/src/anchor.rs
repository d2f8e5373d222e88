//! The archives and indexes that the user gave, and what they say about one package.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::deb::{self, AnchoredManifest, Identity};
use crate::index::{self, Index};
use crate::release::{self, Release};
use crate::walk::{self, Kind};
use crate::{Keyring, Outcome, Signer, TrustError};

/// What an archive or index is worth.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// V2: the user gave it, and nothing else vouches for it.
    Given,
    /// V3: a key that the user gave has signed the release that lists it.
    Signed(Signer),
}

impl Tier {
    /// `V2` or `V3`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Given => "V2",
            Self::Signed(_) => "V3",
        }
    }
}

/// That an index lists a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The SHA-256 of the package's archive.
    pub sha256: [u8; 32],
    /// The index.
    pub index: PathBuf,
    /// `Suite` of the release that lists the index, e.g. `stable`; this and the next three are `None` when no
    /// release does.
    pub suite: Option<String>,
    /// `Codename`, e.g. `bookworm`.
    pub codename: Option<String>,
    /// `Origin`, e.g. `Debian`.
    pub origin: Option<String>,
    /// `Label`, e.g. `Debian-Security`.
    pub label: Option<String>,
    /// What the index is worth.
    pub tier: Tier,
}

/// Archives and indexes that vouch for packages.
#[derive(Debug, Default)]
pub struct Anchors {
    archives: BTreeMap<Identity, Vec<PathBuf>>,
    /// By package: the SHA-256 of its archive and which index says so.
    listed: BTreeMap<Identity, Vec<([u8; 32], usize)>>,
    sources: Vec<Source>,
    releases: Vec<(PathBuf, Outcome)>,
}

/// An index, without its packages.
#[derive(Debug)]
struct Source {
    path: PathBuf,
    suite: Option<String>,
    codename: Option<String>,
    origin: Option<String>,
    label: Option<String>,
    tier: Tier,
}

impl Anchors {
    /// Looks at `paths`: `.deb` archives, `Packages` indexes (plain, gzip, xz, zstd), and directories of such.
    /// The `InRelease`, or `Release` and `Release.gpg`, of an index may lie beside it or above it as in a mirror;
    /// which release lists an index is told from its SHA-256, not from its name. Of archives only the control
    /// part is read here.
    ///
    /// # Errors
    /// When one can't be read or is damaged, when a path leads to nothing of the kind, or when the signature of
    /// a release is bad. A release that no key of `keyring` signed is no error.
    pub fn load(paths: &[PathBuf], keyring: &Keyring) -> Result<Self, TrustError> {
        let (mut anchors, mut indexes, mut releases) = (Self::default(), BTreeSet::new(), BTreeSet::new());
        for path in paths {
            let mut found = false;
            for file in walk::files(path)? {
                found |= match Kind::of(&file) {
                    Some(Kind::Deb) => {
                        anchors.archives.entry(deb::identity(&file)?).or_default().push(file);
                        true
                    }
                    Some(Kind::Index) => {
                        releases.extend(walk::releases_for(&file)?);
                        indexes.insert(file)
                    }
                    Some(Kind::Release) => {
                        releases.insert(file);
                        false
                    }
                    None => false,
                };
            }
            if !found {
                return Err(TrustError::NothingThere { path: path.clone() });
            }
        }
        let releases =
            releases.iter().map(|path| release::read(path, keyring)).collect::<Result<Vec<_>, _>>()?;
        for path in &indexes {
            anchors.add_index(index::read(path)?, &releases);
        }
        anchors.releases = releases.into_iter().map(|it| (it.path, it.outcome)).collect();
        Ok(anchors)
    }

    fn add_index(&mut self, index: Index, releases: &[Release]) {
        let lists = |release: &&Release| index.digests.iter().any(|digest| release.indexes.contains(digest));
        // The signed one first.
        let release = releases.iter().filter(lists).min_by_key(|release| !release.outcome.is_trusted());
        let tier = match release.map(|release| &release.outcome) {
            Some(Outcome::Good(signer)) if signer.source.is_trusted() => Tier::Signed(signer.clone()),
            _ => Tier::Given,
        };
        let number = self.sources.len();
        let of = |field: fn(&Release) -> &Option<String>| release.and_then(|it| field(it).clone());
        self.sources.push(Source {
            path: index.path,
            suite: of(|it| &it.suite),
            codename: of(|it| &it.codename),
            origin: of(|it| &it.origin),
            label: of(|it| &it.label),
            tier,
        });
        for (identity, sha256) in index.packages {
            self.listed.entry(identity).or_default().push((sha256, number));
        }
    }

    /// Whether nothing vouches for any package.
    pub fn is_empty(&self) -> bool {
        self.archives.is_empty() && self.listed.is_empty()
    }

    /// The releases that were found, and what their signatures are worth; sorted by path.
    pub fn releases(&self) -> impl Iterator<Item = (&Path, &Outcome)> {
        self.releases.iter().map(|(path, outcome)| (path.as_path(), outcome))
    }

    /// What the archive of the package holds; `None` when no such archive was given. It is read now, and again
    /// with every call. Of several archives the first that a signed index lists counts, else the first.
    ///
    /// # Errors
    /// When the archive can't be read or is damaged.
    pub fn manifest(
        &self,
        name: &str,
        version: &str,
        architecture: &str,
    ) -> Result<Option<AnchoredManifest>, TrustError> {
        let identity = (name.to_owned(), version.to_owned(), architecture.to_owned());
        let mut best: Option<AnchoredManifest> = None;
        for path in self.archives.get(&identity).into_iter().flatten() {
            let manifest = deb::manifest(path, |identity, sha256| self.tier(identity, sha256))?;
            // The archive may have been exchanged since its control part was read.
            if (&manifest.name, &manifest.version, &manifest.architecture)
                != (&identity.0, &identity.1, &identity.2)
            {
                return Err(TrustError::malformed(path, "the archive has changed while it was used"));
            }
            if matches!(manifest.tier, Tier::Signed(_)) {
                return Ok(Some(manifest));
            }
            best = best.or(Some(manifest));
        }
        Ok(best)
    }

    /// That an index lists the package; `None` when none does. Of several the first signed one counts, else the
    /// first.
    pub fn listed(&self, name: &str, version: &str, architecture: &str) -> Option<Listing> {
        let identity = (name.to_owned(), version.to_owned(), architecture.to_owned());
        let all = self.listed.get(&identity)?.iter();
        let all = all.filter_map(|(sha256, number)| Some((*sha256, self.sources.get(*number)?)));
        let (sha256, source) = all.min_by_key(|(_, source)| source.tier == Tier::Given)?;
        let Source { path, suite, codename, origin, label, tier } = source;
        Some(Listing {
            sha256,
            index: path.clone(),
            suite: suite.clone(),
            codename: codename.clone(),
            origin: origin.clone(),
            label: label.clone(),
            tier: tier.clone(),
        })
    }

    /// The indexes that were given, in a fixed order.
    pub fn indexes(&self) -> impl Iterator<Item = &Path> {
        self.sources.iter().map(|source| source.path.as_path())
    }

    /// The versions, sorted as texts, in which the indexes list a package of this name and architecture.
    pub fn versions(&self, name: &str, architecture: &str) -> impl Iterator<Item = &str> {
        let first: Identity = (name.to_owned(), String::new(), String::new());
        let named = self.listed.range(first..).take_while(move |((listed, ..), _)| listed == name);
        let fits = move |identity: &&Identity| identity.2 == architecture;
        named.map(|(identity, _)| identity).filter(fits).map(|identity| identity.1.as_str())
    }

    /// What an archive with this SHA-256 is worth.
    fn tier(&self, identity: &Identity, sha256: &[u8; 32]) -> Tier {
        let all = self.listed.get(identity).into_iter().flatten().filter(|(listed, _)| listed == sha256);
        let tiers = all.filter_map(|(_, number)| self.sources.get(*number)).map(|source| &source.tier);
        tiers.max().cloned().unwrap_or(Tier::Given)
    }
}
