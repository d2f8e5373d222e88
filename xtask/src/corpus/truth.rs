//! `truth.json`: the packages of an image as the reference tools list them.
//!
//! ```json
//! {"image": "debian", "packages": {"deb": [{"name": "apt", "version": "2.6.1", "arch": "amd64"}]},
//!  "sources": {"deb": "dpkg-query --show on the image's database"},
//!  "origins": [{"path": "/app", "origin": "in-house"}], "tree": "tree.tsv"}
//! ```
//!
//! Lists are sorted and free of repetition. A package that is there but has no name that anybody could check is called `*`. `path` is where a package lies in the image, with `!/` between an archive
//! and what is inside it; it is there only when the tool tells it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use super::recipe::Recipe;

/// One package that a reference tool named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<String>,
}

/// What one collector found: an ecosystem (a purl type), who was asked, and the answer.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) ecosystem: &'static str,
    pub(super) source: String,
    pub(super) packages: Vec<Package>,
}

#[derive(Debug, Serialize)]
struct Truth<'a> {
    image: &'a str,
    packages: BTreeMap<&'static str, BTreeSet<Package>>,
    sources: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    origins: Vec<PlacedBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tree: Option<&'static str>,
}

/// What a recipe itself put at a path, and whose it is.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct PlacedBy {
    path: String,
    origin: String,
}

impl Package {
    pub(super) fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { name: name.into(), version: version.into(), arch: None, path: None }
    }

    pub(super) fn arch(mut self, arch: impl Into<String>) -> Self {
        self.arch = Some(arch.into());
        self
    }

    /// `path` is absolute in the image.
    pub(super) fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// A line of a list that a recipe wrote: name, version, architecture, path.
    pub(super) fn from_line(line: &str) -> Result<Self> {
        let mut fields = line.split('\t');
        let mut next = || fields.next().filter(|field| !field.is_empty()).map(str::to_owned);
        let name = next().with_context(|| format!("no name in `{line}`"))?;
        let version = next().with_context(|| format!("no version in `{line}`"))?;
        Ok(Self { name, version, arch: next(), path: next() })
    }
}

/// Asks every collector of `recipe` about the unpacked image at `root` and writes the answers to `file`.
///
/// `facts` is the folder in which the recipe left its own lists; an image that isn't unpacked has only those.
pub(super) fn record(recipe: &Recipe, root: Option<&Path>, facts: &Path, file: &Path) -> Result<()> {
    let mut truth = Truth {
        image: recipe.name,
        packages: BTreeMap::new(),
        sources: BTreeMap::new(),
        origins: origins(facts)?,
        tree: root.map(|_| "tree.tsv"),
    };
    for collector in recipe.truth {
        let Collected { ecosystem, source, packages } =
            collector.collect(root, facts).with_context(|| format!("asking {collector:?}"))?;
        eprintln!("{}: {} {ecosystem} ({source})", recipe.name, packages.len());
        truth.packages.entry(ecosystem).or_default().extend(packages);
        let sources = truth.sources.entry(ecosystem).or_default();
        if !sources.is_empty() {
            sources.push_str("; ");
        }
        sources.push_str(&source);
    }
    let mut json = serde_json::to_string_pretty(&truth)?;
    json.push('\n');
    fs::write(file, json).with_context(|| format!("writing {}", file.display()))
}

fn origins(facts: &Path) -> Result<Vec<PlacedBy>> {
    let Ok(text) = fs::read_to_string(facts.join("origins.tsv")) else {
        return Ok(Vec::new());
    };
    let mut origins = text
        .lines()
        .map(|line| {
            let (path, origin) = line.split_once('\t').with_context(|| format!("no origin in `{line}`"))?;
            Ok(PlacedBy { path: path.to_owned(), origin: origin.to_owned() })
        })
        .collect::<Result<Vec<_>>>()?;
    origins.sort();
    Ok(origins)
}
