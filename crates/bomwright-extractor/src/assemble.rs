//! From what each layer's files say to one list of packages.
//!
//! Only what survives in the merged tree counts. What a package's other files say of it is joined to it, and
//! packages that agree in identity, version, architecture and location become one with all their evidence.

use std::collections::{HashMap, HashSet};

use bomwright_ecosystems::{Found, Part};
use bomwright_image::MergedTree;
use bomwright_model::{Diagnostic, Distribution, Evidence, File, LayerId, Package, PackageKind};

use crate::layer::FileFindings;

/// What all layers say together, sorted as an inventory is.
#[derive(Debug, Default)]
pub(crate) struct Assembled {
    pub(crate) packages: Vec<Found>,
    pub(crate) files: Vec<File>,
    pub(crate) distribution: Option<Distribution>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Joins the findings of all layers, bottom first. `layered` is false for sources that have no layers, whose
/// evidence then names none.
pub(crate) fn assemble(layers: Vec<Vec<FileFindings>>, tree: &MergedTree, layered: bool) -> Assembled {
    let mut all = Assembled::default();
    let mut parts = Vec::new();
    // The ecosystem's position and key of each package, for the parts that belong to it.
    let mut keys: HashMap<(usize, String), Vec<usize>> = HashMap::new();
    let mut aliases: HashMap<(usize, String), Vec<usize>> = HashMap::new();
    for (layer, files) in (0..).map(LayerId).zip(layers) {
        for mut file in files {
            let Some(landed) = tree.landed(layer, &file.path) else { continue };
            rebase(&mut file, &landed);
            let layer = layered.then_some(layer);
            for mut found in file.findings.packages {
                found.package.evidence.iter_mut().for_each(|evidence| evidence.layer = layer);
                let position = all.packages.len();
                if !found.key.is_empty() {
                    keys.entry((file.ecosystem, std::mem::take(&mut found.key))).or_default().push(position);
                }
                for alias in found.aliases.drain(..) {
                    aliases.entry((file.ecosystem, alias)).or_default().push(position);
                }
                all.packages.push(found);
            }
            parts.extend(file.findings.parts.into_iter().map(|part| (file.ecosystem, part)));
            all.files.extend(file.findings.files.into_iter().map(|found| File { layer, ..found }));
            all.distribution = preferred(all.distribution.take(), file.findings.distribution);
            all.diagnostics.extend(file.findings.diagnostics.into_iter().map(|mut diagnostic| {
                diagnostic.layer = layer;
                diagnostic
            }));
        }
    }
    for (ecosystem, part) in parts {
        let key = (ecosystem, part.key.clone());
        let found = keys.get(&key).or_else(|| aliases.get(&key)).map_or(&[][..], Vec::as_slice);
        for &index in found {
            if let Some(found) = all.packages.get_mut(index) {
                join(found, &part);
            }
        }
    }
    all.packages = unite(all.packages);
    all.files.sort_by(|a, b| a.path.cmp(&b.path));
    all
}

/// `etc/os-release` is the administrator's word and goes before `usr/lib/os-release` (os-release(5)).
fn preferred(old: Option<Distribution>, new: Option<Distribution>) -> Option<Distribution> {
    match (old, new) {
        (Some(old), Some(new)) if old.path.starts_with("etc/") && !new.path.starts_with("etc/") => Some(old),
        (old, new) => new.or(old),
    }
}

/// Where a layer wrote through a symbolic link of a lower layer (`lib/x` into `usr/lib/x`), every path that
/// the reader derived from the file's own is moved along.
fn rebase(file: &mut FileFindings, landed: &str) {
    if file.path == landed {
        return;
    }
    let directory =
        |path: &str| path.rsplit_once('/').map_or(String::new(), |(parent, _)| format!("{parent}/"));
    let (old, new) = (directory(&file.path), directory(landed));
    let moved = |text: &mut String| {
        if let Some(rest) = text.strip_prefix(old.as_str()) {
            *text = format!("{new}{rest}");
        }
    };
    for found in &mut file.findings.packages {
        found.package.evidence.iter_mut().for_each(|evidence| moved(&mut evidence.path));
        found.package.location.iter_mut().for_each(moved);
        moved(&mut found.key);
    }
    file.findings.parts.iter_mut().for_each(|part| moved(&mut part.key));
    file.findings.files.iter_mut().for_each(|found| moved(&mut found.path));
    file.findings.distribution.iter_mut().for_each(|found| moved(&mut found.path));
    file.findings.diagnostics.iter_mut().filter_map(|found| found.path.as_mut()).for_each(moved);
}

fn join(found: &mut Found, part: &Part) {
    found.owns.extend_from_slice(&part.owns);
    found.requires.extend_from_slice(&part.requires);
    found.package.licenses.extend_from_slice(&part.licenses);
    found.package.digests.extend_from_slice(&part.digests);
    for (key, value) in &part.properties {
        found.package.properties.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

type Identity<'a> = (&'a str, &'a str, Option<&'a str>, &'a str, Option<&'a str>, Option<&'a str>);

fn identity(package: &Package) -> Identity<'_> {
    (
        &package.ecosystem,
        &package.name,
        package.namespace.as_deref(),
        &package.version,
        package.architecture.as_deref(),
        package.location.as_deref(),
    )
}

/// Sorts, and makes one of those that are the same.
fn unite(mut packages: Vec<Found>) -> Vec<Found> {
    packages.sort_by(|a, b| {
        let key = |found: &Found| found.package.evidence.clone();
        identity(&a.package).cmp(&identity(&b.package)).then_with(|| key(a).cmp(&key(b)))
    });
    let mut united: Vec<Found> = Vec::with_capacity(packages.len());
    for found in packages {
        match united.last_mut() {
            Some(last) if identity(&last.package) == identity(&found.package) => absorb(last, found),
            _ => united.push(found),
        }
    }
    for found in &mut united {
        tidy(found);
    }
    united
}

fn absorb(into: &mut Found, other: Found) {
    let (old, new) = (&mut into.package, other.package);
    old.evidence.extend(new.evidence);
    old.licenses.extend(new.licenses);
    old.digests.extend(new.digests);
    old.links.extend(new.links);
    for (key, value) in new.properties {
        old.properties.entry(key).or_insert(value);
    }
    if new.kind == PackageKind::Application {
        old.kind = new.kind;
    }
    old.source = old.source.take().or(new.source);
    old.supplier = old.supplier.take().or(new.supplier);
    old.originator = old.originator.take().or(new.originator);
    old.description = old.description.take().or(new.description);
    old.copyright = old.copyright.take().or(new.copyright);
    old.size = old.size.or(new.size);
    into.requires.extend(other.requires);
    into.provides.extend(other.provides);
    into.owns.extend(other.owns);
}

fn tidy(found: &mut Found) {
    let package = &mut found.package;
    let mut seen: HashSet<Evidence> = HashSet::new();
    package.evidence.retain(|evidence| seen.insert(evidence.clone()));
    package.licenses.sort();
    package.licenses.dedup();
    package.digests.sort();
    package.digests.dedup();
    package.links.sort();
    package.links.dedup();
    found.requires.sort();
    found.requires.dedup();
    found.provides.sort();
    found.provides.dedup();
}
