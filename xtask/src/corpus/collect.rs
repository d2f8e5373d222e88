//! The reference tools: how each is asked what is in an unpacked image, and how its answer reads.
//!
//! The tools run on the host wherever they can look into a foreign root, so that an image needs none of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::truth::{Collected, Package};

/// A reference tool and what it is pointed at. Paths are relative to the image's root.
#[derive(Debug)]
pub(super) enum Collector {
    /// `dpkg-query` on `var/lib/dpkg`: what is installed, not what left its configuration behind.
    Dpkg,
    /// `pip list` on each of these folders of installed distributions.
    Pip(&'static [&'static str]),
    /// `npm ls` in each of these projects; each installed folder counts once.
    Npm(&'static [&'static str]),
    /// `gem list` by the image's own Ruby.
    Gem,
    /// `go version -m` on everything in the image.
    Go,
    /// A list that the recipe wrote for this ecosystem, and by what means.
    Listed(&'static str, &'static str),
}

impl Collector {
    /// Asks the tool about the image at `root`, or reads the recipe's list in `facts`.
    pub(super) fn collect(&self, root: Option<&Path>, facts: &Path) -> Result<Collected> {
        let unpacked = || root.context("this collector needs the image unpacked");
        let (ecosystem, source, packages) = match *self {
            Self::Dpkg => ("deb", "dpkg-query --show on var/lib/dpkg".to_owned(), dpkg(unpacked()?)?),
            Self::Pip(folders) => {
                ("pypi", format!("pip list --path on {}", folders.join(", ")), pip(unpacked()?, folders)?)
            }
            Self::Npm(projects) => (
                "npm",
                format!("npm ls --all --long in {}", projects.join(", ")),
                npm(unpacked()?, projects)?,
            ),
            Self::Gem => ("gem", "gem list --local in the image".to_owned(), gem(unpacked()?)?),
            Self::Go => ("golang", "go version -m on the whole tree".to_owned(), go(unpacked()?)?),
            Self::Listed(ecosystem, source) => (ecosystem, source.to_owned(), listed(facts, ecosystem)?),
        };
        ensure!(!packages.is_empty(), "it lists nothing");
        Ok(Collected { ecosystem, source, packages })
    }
}

fn dpkg(root: &Path) -> Result<Vec<Package>> {
    let text = output(Command::new("dpkg-query").arg("--admindir").arg(root.join("var/lib/dpkg")).args([
        "--show",
        "--showformat",
        "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\n",
    ]))?;
    // `config-files` and `not-installed` are memories of packages, not packages.
    text.lines()
        .filter_map(|line| line.split_once('\t'))
        .filter(|(status, _)| !matches!(*status, "config-files" | "not-installed"))
        .map(|(_, package)| Package::from_line(package))
        .collect()
}

fn pip(root: &Path, folders: &[&str]) -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Listed {
        name: String,
        version: String,
    }
    let mut packages = Vec::new();
    for folder in folders {
        let place = root.join(folder);
        ensure!(place.is_dir(), "{folder} isn't in the image");
        let text = output(Command::new("pip").args(["list", "--format", "json", "--path"]).arg(place))?;
        let listed: Vec<Listed> = serde_json::from_str(&text).context("reading pip's answer")?;
        packages.extend(
            listed.into_iter().map(|one| Package::new(one.name, one.version).path(format!("/{folder}"))),
        );
    }
    Ok(packages)
}

#[derive(Deserialize)]
struct NpmNode {
    name: Option<String>,
    version: Option<String>,
    path: Option<String>,
    #[serde(default)]
    dependencies: BTreeMap<String, NpmNode>,
}

impl NpmNode {
    /// Nodes that lack a path are wishes: missing optional or peer packages. A workspace is named by its link, so the
    /// place is where that leads to.
    fn flatten(self, root: &Path, packages: &mut Vec<Package>) {
        if let (Some(name), Some(path)) = (self.name, self.path)
            && let Ok(place) = fs::canonicalize(path)
            && let Ok(place) = place.strip_prefix(root)
        {
            packages.push(
                Package::new(name, self.version.unwrap_or_default()).path(format!("/{}", place.display())),
            );
        }
        for node in self.dependencies.into_values() {
            node.flatten(root, packages);
        }
    }
}

fn npm(root: &Path, projects: &[&str]) -> Result<Vec<Package>> {
    let mut packages = Vec::new();
    for project in projects {
        // npm's exit code tells of unmet peers too, so only its answer counts.
        let answer = Command::new("npm")
            .args(["ls", "--all", "--json", "--long"])
            .current_dir(root.join(project))
            .output()
            .context("starting npm")?;
        let tree: NpmNode = serde_json::from_slice(&answer.stdout).context("reading npm's answer")?;
        tree.flatten(root, &mut packages);
    }
    packages.sort();
    packages.dedup();
    Ok(packages)
}

/// Lines such as `rake (default: 13.0.6, 12.3.3)` and `nokogiri (1.13.10 x86_64-linux)`.
fn gem(root: &Path) -> Result<Vec<Package>> {
    let text = output(Command::new("chroot").arg(root).args(["gem", "list", "--local", "--quiet"]))?;
    let mut packages = Vec::new();
    for line in text.lines() {
        let Some((name, versions)) = line.strip_suffix(')').and_then(|line| line.split_once(" (")) else {
            continue;
        };
        for version in versions.split(", ") {
            let version = version.strip_prefix("default: ").unwrap_or(version);
            packages.push(match version.split_once(' ') {
                Some((version, platform)) => Package::new(name, version).arch(platform),
                None => Package::new(name, version),
            });
        }
    }
    Ok(packages)
}

/// An unindented `path: go1.x` opens a binary; tab-indented `mod`, `dep` and `=>` follow. An arrow names the module that
/// took the place of the one before; where that is a folder of the build machine, the module keeps its name.
fn go(root: &Path) -> Result<Vec<Package>> {
    let text = output(Command::new("go").args(["version", "-m"]).arg(root))?;
    let prefix = root.to_str().context("the scratch folder's name isn't UTF-8")?;
    let mut packages = Vec::new();
    let mut binary = "";
    for line in text.lines() {
        let mut fields = line.trim_start().split('\t');
        match (line.starts_with('\t'), fields.next(), fields.next(), fields.next()) {
            (false, Some(header), ..) => {
                let (path, version) = header.rsplit_once(": ").context("a binary without a Go version")?;
                binary = path.strip_prefix(prefix).unwrap_or(path);
                let version = version.strip_prefix("go").unwrap_or(version);
                packages.push(Package::new("stdlib", version).path(binary));
            }
            (true, Some("mod" | "dep"), Some(name), Some(version)) => {
                packages.push(Package::new(name, version).path(binary));
            }
            (true, Some("=>"), Some(name), Some(version)) if !name.starts_with(['.', '/']) => {
                packages.pop();
                packages.push(Package::new(name, version).path(binary));
            }
            _ => {}
        }
    }
    Ok(packages)
}

fn listed(facts: &Path, ecosystem: &str) -> Result<Vec<Package>> {
    let file = facts.join(format!("{ecosystem}.tsv"));
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    text.lines().map(Package::from_line).collect()
}

fn output(command: &mut Command) -> Result<String> {
    let answer = command.output().with_context(|| format!("starting {command:?}"))?;
    ensure!(
        answer.status.success(),
        "{command:?} ended with {}: {}",
        answer.status,
        String::from_utf8_lossy(&answer.stderr).trim()
    );
    String::from_utf8(answer.stdout).context("the answer isn't UTF-8")
}
