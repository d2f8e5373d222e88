//! What the packages of a fixture lead to.
//!
//! A case with an `edges.txt` beside its `expected.txt` states every edge that its ecosystem must find in
//! it, one a line, after a first comment that says where they come from:
//!
//! ```text
//! # from: pip show on the same environment
//! requests 2.32.3 depends-on idna 3.10
//! requests 2.32.3 optional chardet 5.2.0
//! requests 2.32.3 unresolved PySocks!=1.5.7
//! requests 2.32.3 runs-on /usr/bin/python3.11
//! ```
//!
//! Packages are named with their versions, and with `(location)` where a case holds several of the same
//! name and version. Every regular file in a `bin` directory counts as listed; symbolic links are followed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use bomwright_ecosystems::{Ecosystem, Edges, FileView, Findings, Found, Installed, Tree, registry};
use bomwright_model::{EdgeKind, File, FileKind, Graph, Node, PackageId, Scope};

/// A folder that stands for the root of an image.
struct Folder(PathBuf);

impl Tree for Folder {
    fn resolve(&self, path: &str) -> Option<String> {
        let mut todo: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        let mut done: Vec<String> = Vec::new();
        for _ in 0..1000 {
            let Some(part) = todo.pop() else { return Some(done.join("/")) };
            match part.as_str() {
                "" | "." => continue,
                ".." => {
                    done.pop();
                    continue;
                }
                _ => {}
            }
            let here = self.0.join(done.join("/")).join(&part);
            if fs::symlink_metadata(&here).ok()?.file_type().is_symlink() {
                let target = fs::read_link(&here).ok()?.to_str()?.to_owned();
                if target.starts_with('/') {
                    done.clear();
                }
                todo.extend(target.split('/').rev().map(str::to_owned));
            } else {
                done.push(part);
            }
        }
        None
    }
}

/// Reads everything below `root` and joins it as the extractor does.
fn read(ecosystem: &dyn Ecosystem, root: &Path) -> (Vec<Found>, Vec<File>) {
    let (mut all, mut files) = (Findings::default(), Vec::new());
    for entry in walkdir::WalkDir::new(root).sort_by_file_name().into_iter().map(Result::unwrap) {
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let bytes = fs::read(entry.path()).unwrap();
        if ecosystem.claims().iter().any(|claim| claim.matches(&path, &bytes)) {
            ecosystem.read(&FileView::new(&path, &bytes), &mut all);
        }
        if path.starts_with("bin/") || path.contains("/bin/") {
            files.push(listed(path));
        }
    }
    for part in all.parts {
        for found in all.packages.iter_mut().filter(|found| found.key == part.key) {
            found.owns.extend(part.owns.clone());
            found.requires.extend(part.requires.clone());
            found.provides.extend(part.provides.clone());
            found.package.properties.extend(part.properties.clone());
        }
    }
    let key = |found: &Found| {
        let package = &found.package;
        (package.name.clone(), package.namespace.clone(), package.version.clone(), package.location.clone())
    };
    all.packages.sort_by_key(key);
    let mut united: Vec<Found> = Vec::new();
    for found in all.packages {
        match united.last_mut().filter(|last| key(last) == key(&found)) {
            Some(last) => {
                last.requires.extend(found.requires);
                last.provides.extend(found.provides);
                last.locked.extend(found.locked);
                last.package.properties.extend(found.package.properties);
            }
            None => united.push(found),
        }
    }
    (united, files)
}

fn listed(path: String) -> File {
    File { mode: 0o755, ..File::new(path, FileKind::Executable) }
}

/// Every edge as a line.
fn edges(ecosystem: &dyn Ecosystem, root: &Path) -> BTreeSet<String> {
    let (packages, files) = read(ecosystem, root);
    let owners: HashMap<&str, PackageId> = (0..)
        .map(PackageId)
        .zip(&packages)
        .flat_map(|(id, found)| found.owns.iter().map(move |path| (path.as_str(), id)))
        .collect();
    let tree = Folder(root.to_owned());
    let installed = Installed::new(&packages, &files, &tree, owners);
    let mut graph = Graph::new();
    ecosystem.relate(&installed, &mut Edges::new(&mut graph));
    installed.relate_locked(&mut Edges::new(&mut graph));
    let label = |id: PackageId| {
        let package = &packages[id.0 as usize].package;
        format!("{} {}", package.full_name(), package.version).trim().to_owned()
    };
    let mut count: HashMap<String, usize> = HashMap::new();
    (0..).map(PackageId).zip(&packages).for_each(|(id, _)| *count.entry(label(id)).or_default() += 1);
    let name = |node: &Node| match node {
        Node::Package(id) => match packages[id.0 as usize].package.location.as_deref() {
            Some(location) if count[&label(*id)] > 1 => format!("{} ({location})", label(*id)),
            _ => label(*id),
        },
        Node::File(id) => format!("/{}", files[id.0 as usize].path),
        Node::Unresolved(_, text) => text.clone(),
        Node::Root => "root".to_owned(),
    };
    let line = |(from, to, edge): (&Node, &Node, &bomwright_model::Edge)| {
        let word = match (to, edge.kind, edge.scope) {
            (Node::Unresolved(..), _, _) => "unresolved",
            (_, EdgeKind::DependsOn, Scope::Runtime) => "depends-on",
            (_, EdgeKind::DependsOn, scope) => scope.as_str(),
            (_, kind, _) => kind.as_str(),
        };
        format!("{} {word} {}", name(from), name(to))
    };
    graph.edges().into_iter().map(line).collect()
}

#[test]
fn every_fixture_yields_the_expected_edges() {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut failures = Vec::new();
    for ecosystem in registry() {
        let Ok(cases) = fs::read_dir(testdata.join(ecosystem.name())) else { continue };
        for case in cases.map(|entry| entry.unwrap().path()) {
            let Ok(text) = fs::read_to_string(case.join("edges.txt")) else { continue };
            assert!(text.starts_with("# from: "), "{} names no source", case.display());
            let expected: BTreeSet<String> =
                text.lines().filter(|it| !it.starts_with('#') && !it.is_empty()).map(str::to_owned).collect();
            let actual = edges(*ecosystem, &case.join("root"));
            let missing: Vec<_> = expected.difference(&actual).collect();
            let extra: Vec<_> = actual.difference(&expected).collect();
            if !missing.is_empty() || !extra.is_empty() {
                let case = case.strip_prefix(&testdata).unwrap().display();
                failures.push(format!("{case}\n  missing: {missing:#?}\n  not expected: {extra:#?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
