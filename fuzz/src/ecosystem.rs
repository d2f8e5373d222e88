//! One claimed file for the readers of ecosystems.
//!
//! An input is a path, a line feed and the file's bytes. The path decides who reads it, exactly as in a scan,
//! and is as hostile as the bytes. So a crash is a fixture once its first line is cut off.

use std::collections::{BTreeSet, HashMap};

use bomwright_ecosystems::{Ecosystem, Edges, FileView, Findings, Installed, find, registry};
use bomwright_model::{Graph, PackageId};

/// Shows the file to the ecosystem `name` if it claims it.
///
/// # Panics
/// If there is no such ecosystem, or the reader breaks a promise.
pub fn one(name: &str, input: &[u8]) {
    let ecosystem = find(name).expect("targets name ecosystems of the registry");
    if let Some(view) = split(input) {
        read(ecosystem, &view);
    }
}

/// Shows the file to every ecosystem that claims it.
///
/// # Panics
/// If a reader breaks a promise.
pub fn every(input: &[u8]) {
    let Some(view) = split(input) else { return };
    for &ecosystem in registry() {
        read(ecosystem, &view);
    }
}

fn split(input: &[u8]) -> Option<FileView<'_>> {
    let end = input.iter().position(|&byte| byte == b'\n')?;
    let (path, rest) = input.split_at(end);
    let path = std::str::from_utf8(path).ok()?;
    // The image gives no other paths to an ecosystem.
    let is_normal = path.split('/').all(|part| !matches!(part, "" | "." | "..")) && !path.contains('\0');
    is_normal.then(|| FileView { mode: 0o755, ..FileView::new(path, &rest[1..]) }.with_manifests().with_license_texts())
}

fn read(ecosystem: &dyn Ecosystem, view: &FileView<'_>) {
    let length = view.bytes.len() as u64;
    let is_claimed =
        ecosystem.claims().iter().any(|it| it.matches(view.path, view.bytes) && length <= it.limit);
    if !is_claimed {
        return;
    }
    let (mut found, mut again) = (Findings::default(), Findings::default());
    ecosystem.read(view, &mut found);
    ecosystem.read(view, &mut again);
    assert!(found == again, "{} says two things about the same file", ecosystem.name());
    // As if the file were large enough to be read as it passes; a hostile one may then say less, but not fail.
    if let Some(mut stream) = ecosystem.stream(&FileView { bytes: &[], ..*view }, u64::from(u32::MAX)) {
        view.bytes.chunks(61).for_each(|piece| stream.push(piece));
        stream.finish(&FileView { bytes: &[], ..*view }, &mut again);
    }
    for found in &found.packages {
        // Lock files list packages of the ecosystem that installs them.
        let of = find(&found.package.ecosystem).expect("a package is of an ecosystem of the registry");
        let _ = of.purl(&found.package, None);
    }
    relate(ecosystem, &found);
}

/// The second pass, with this file's packages as all that is installed and every path leading to itself.
fn relate(ecosystem: &dyn Ecosystem, findings: &Findings) {
    let packages = &findings.packages;
    let mut owners = HashMap::new();
    for (id, found) in (0..).map(PackageId).zip(packages) {
        owners.extend(found.owns.iter().map(|path| (path.as_str(), id)));
    }
    let tree = Paths(owners.keys().copied().collect());
    let installed = Installed::new(packages, &findings.files, &tree, owners);
    let mut graph = Graph::new();
    ecosystem.relate(&installed, &mut Edges::new(&mut graph));
    let _ = ecosystem.licenses(&installed);
    graph.anchor();
}

/// A tree of just these paths.
struct Paths<'a>(BTreeSet<&'a str>);

impl bomwright_ecosystems::Tree for Paths<'_> {
    fn resolve(&self, path: &str) -> Option<String> {
        self.0.get(path).map(|&path| path.to_owned())
    }
}
