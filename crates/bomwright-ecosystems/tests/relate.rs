//! What the operating system's ecosystems say leads to what, on small roots and on a real one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bomwright_ecosystems::{Ecosystem, Edges, FileView, Findings, Found, Installed, Tree, find};
use bomwright_model::{EdgeKind, Graph, Node, PackageId};

/// A root file system on disk; links are followed within it, as the extractor follows them in an image.
struct Root(PathBuf);

impl Tree for Root {
    fn resolve(&self, path: &str) -> Option<String> {
        let mut left: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        let (mut done, mut followed) = (Vec::<String>::new(), 0);
        while let Some(part) = left.pop() {
            match part.as_str() {
                "" | "." => continue,
                ".." => {
                    done.pop();
                    continue;
                }
                _ => done.push(part),
            }
            let here = self.0.join(done.join("/"));
            if let Ok(target) = fs::read_link(&here) {
                followed += 1;
                if followed > 40 {
                    return None;
                }
                let target = target.to_str()?.to_owned();
                done.pop();
                if target.starts_with('/') {
                    done.clear();
                }
                left.extend(target.split('/').rev().map(str::to_owned));
            } else if !here.exists() {
                return None;
            }
        }
        Some(done.join("/"))
    }
}

/// What `ecosystems` read in a root and relate, with the nodes under names a person would use.
struct Related {
    all: Findings,
    edges: BTreeSet<(String, EdgeKind, String, String)>,
    /// Packages with the licences that they take from others.
    inherited: BTreeSet<(String, String)>,
}

fn relate(root: &Path, ecosystems: &[&str]) -> Related {
    use std::os::unix::fs::PermissionsExt;
    let ecosystems: Vec<&dyn Ecosystem> = ecosystems.iter().map(|name| find(name).unwrap()).collect();
    let mut all = Findings::default();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok) {
        if !entry.file_type().is_file() {
            continue;
        }
        let bytes = fs::read(entry.path()).unwrap();
        let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o7777;
        let view = FileView { mode, ..FileView::new(path, &bytes) };
        for ecosystem in &ecosystems {
            if ecosystem.claims().iter().any(|claim| claim.matches(path, &bytes)) {
                ecosystem.read(&view, &mut all);
            }
        }
    }
    for part in std::mem::take(&mut all.parts) {
        let is_meant = |key: &String| *key == part.key;
        let has_key = all.packages.iter().any(|found| is_meant(&found.key));
        for found in &mut all.packages {
            if is_meant(&found.key) || !has_key && found.aliases.iter().any(is_meant) {
                found.owns.extend(part.owns.iter().cloned());
                found.package.licenses.extend(part.licenses.iter().cloned());
            }
        }
    }
    all.files.sort_by(|a, b| a.path.cmp(&b.path));
    let tree = Root(root.to_owned());
    let owned: Vec<(String, PackageId)> = (0..)
        .map(PackageId)
        .zip(&all.packages)
        .flat_map(|(id, found)| found.owns.iter().map(move |path| (path, id)))
        .filter_map(|(path, id)| Some((tree.resolve(path)?, id)))
        .collect();
    let owners: HashMap<&str, PackageId> = owned.iter().map(|(path, id)| (path.as_str(), *id)).collect();
    let installed = Installed::new(&all.packages, &all.files, &tree, owners);
    let mut graph = Graph::new();
    let mut inherited = Vec::new();
    for ecosystem in &ecosystems {
        inherited.extend(ecosystem.licenses(&installed));
        ecosystem.relate(&installed, &mut Edges::new(&mut graph));
    }
    let label = |node: &Node| match node {
        Node::Root => "the root".to_owned(),
        Node::Package(id) => installed.package(*id).unwrap().name.clone(),
        Node::File(id) => format!("/{}", installed.file(*id).unwrap().path),
        Node::Unresolved(ecosystem, text) => format!("?{ecosystem} {text}"),
    };
    let edges = graph
        .edges()
        .into_iter()
        .map(|(from, to, edge)| (label(from), edge.kind, label(to), edge.requirement().to_owned()))
        .collect();
    let inherited = inherited
        .into_iter()
        .map(|(id, it)| (installed.package(id).unwrap().name.clone(), it.text))
        .collect();
    Related { all, edges, inherited }
}

fn shown(related: &Related, kind: EdgeKind) -> Vec<String> {
    let edges = related.edges.iter().filter(|(_, other, ..)| *other == kind);
    edges.map(|(from, _, to, words)| format!("{from} -> {to}: {words}")).collect()
}

fn fixture(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(case).join("root")
}

#[test]
fn apk_relates_by_names_and_capabilities() {
    // By hand from the D: and p: lines of the fixture.
    let related = relate(&fixture("apk/good"), &["apk"]);
    assert_eq!(
        shown(&related, EdgeKind::DependsOn),
        [
            "busybox -> musl: musl>=1.2.3_git20230424",
            "ssl_client -> ?apk openssl@edge>3: openssl@edge>3",
            "ssl_client -> ?apk pc:libssl~3.1: pc:libssl~3.1",
            "ssl_client -> ?apk so:libcrypto.so.3: so:libcrypto.so.3",
            "ssl_client -> busybox: /bin/sh",
        ]
    );
}

#[test]
fn unowned_programs_link_to_files_and_to_what_is_missing() {
    // By hand: libhello.so.1 has no link of its soname, so only the soname leads to it; nothing here holds
    // the dynamic loader.
    let related = relate(&fixture("elf/good"), &["elf"]);
    let library = "/usr/lib/x86_64-linux-gnu/libhello.so.1.0";
    let missing = "?elf /lib64/ld-linux-x86-64.so.2: /lib64/ld-linux-x86-64.so.2";
    assert_eq!(
        shown(&related, EdgeKind::Links),
        [
            format!("/opt/app/bin/hello -> {library}: libhello.so.1"),
            format!("/opt/app/bin/hello -> {missing}"),
            format!("/opt/app/bin/old -> {library}: libhello.so.1"),
            format!("/opt/app/bin/old -> {missing}"),
        ]
    );
    assert_eq!(
        shown(&related, EdgeKind::Contains),
        ["/opt/app/bin/hello -> hello: package note", "/usr/lib/debug/hello.debug -> hello: package note",]
    );
}

/// A merged-`/usr` root: `hello` and `libhello1` are packages, `opt/app/bin/old` and a script are not.
fn owned_root() -> tempfile::TempDir {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let root = tempfile::tempdir().unwrap();
    let put = |path: &str, bytes: &[u8]| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    let elf = |path: &str| fs::read(fixture("elf/good").join(path)).unwrap();
    let record = |name: &str, more: &str| {
        format!("Package: {name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n{more}\n")
    };
    let status = [
        record("libhello1", "Multi-Arch: same\n"),
        record("hello", "Depends: libhello-virtual (>= 1) | nothing, hello-data\nSuggests: missing\n"),
        record("loader", "Provides: libhello-virtual (= 1)\n"),
    ];
    put("var/lib/dpkg/status", status.concat().as_bytes());
    let info = "var/lib/dpkg/info";
    put(&format!("{info}/libhello1:amd64.list"), b"/.\n/lib\n/lib/x86_64-linux-gnu/libhello.so.1.0\n");
    put(&format!("{info}/hello.list"), b"/usr/bin\n/usr/bin/hello\n");
    put(&format!("{info}/loader.list"), b"/lib64/ld-linux-x86-64.so.2\n/usr/bin/interp\n");
    let library = "usr/lib/x86_64-linux-gnu/libhello.so.1.0";
    put(library, &elf(library));
    put("usr/lib64/ld-linux-x86-64.so.2", &elf(library));
    put("usr/bin/hello", &elf("opt/app/bin/hello"));
    put("opt/app/bin/old", &elf("opt/app/bin/old"));
    put("usr/bin/interp", &elf("sbin/static"));
    put("srv/run", b"#!/usr/bin/env -S interp --flag\n");
    put("srv/lost", b"#!/usr/bin/absent\n");
    put("usr/share/doc/libhello1/copyright", b"See /usr/share/common-licenses/GPL-3.\n");
    for (link, target) in [
        ("lib", "usr/lib"),
        ("lib64", "usr/lib64"),
        ("usr/lib/x86_64-linux-gnu/libhello.so.1", "libhello.so.1.0"),
        ("usr/share/doc/hello", "libhello1"),
    ] {
        symlink(target, root.path().join(link)).unwrap();
    }
    root
}

#[test]
fn owners_stand_for_their_files() {
    // By hand from the files above.
    let root = owned_root();
    let related = relate(root.path(), &["deb", "elf", "script"]);
    assert_eq!(
        shown(&related, EdgeKind::Links),
        [
            "/opt/app/bin/old -> libhello1: libhello.so.1",
            "/opt/app/bin/old -> loader: /lib64/ld-linux-x86-64.so.2",
            "/srv/lost -> ?script /usr/bin/absent: /usr/bin/absent",
            "/srv/run -> loader: /usr/bin/env -S interp --flag",
            "hello -> libhello1: libhello.so.1",
            "hello -> loader: /lib64/ld-linux-x86-64.so.2",
        ]
    );
    assert_eq!(
        shown(&related, EdgeKind::DependsOn),
        ["hello -> ?deb hello-data: hello-data", "hello -> loader: libhello-virtual (>= 1) | nothing"]
    );
    let taken = related.inherited.iter().map(|(name, license)| format!("{name} {license}"));
    assert_eq!(taken.collect::<Vec<_>>(), ["hello GPL-3"]);
}

/// The package that `Depends` leads to from each package, directly or not.
fn closure<'a>(edges: &'a Related, from: &'a str) -> HashSet<&'a str> {
    let mut seen = HashSet::new();
    let mut stack = vec![from];
    while let Some(name) = stack.pop() {
        let depends = edges.edges.iter().filter(|(a, kind, ..)| a == name && *kind == EdgeKind::DependsOn);
        stack.extend(depends.map(|(_, _, to, _)| to.as_str()).filter(|to| seen.insert(*to)));
    }
    seen
}

/// `BOMWRIGHT_DEBIAN_ROOTFS` names a root file system as mmdebstrap makes it.
#[test]
fn a_debian_root_file_system_agrees_with_dpkg() {
    let Some(root) = std::env::var_os("BOMWRIGHT_DEBIAN_ROOTFS").map(PathBuf::from) else {
        eprintln!("skipped: BOMWRIGHT_DEBIAN_ROOTFS names no root file system");
        return;
    };
    let related = relate(&root, &["deb", "elf", "script", "os-release"]);
    let packages: Vec<_> = related.all.packages.iter().filter(|it| it.package.ecosystem == "deb").collect();

    let admin = format!("--admindir={}", root.join("var/lib/dpkg").display());
    let mut query = Command::new("dpkg-query");
    query.args([&admin, "-W", "-f=${db:Status-Status} ${Package} ${Version} ${Architecture}\n"]);
    let query = String::from_utf8(query_output(&mut query)).unwrap();
    let expected: BTreeSet<&str> = query.lines().filter_map(|line| line.strip_prefix("installed ")).collect();
    let lines: Vec<_> = packages
        .iter()
        .map(|it| &it.package)
        .map(|it| format!("{} {} {}", it.name, it.version, it.architecture.as_deref().unwrap()))
        .collect();
    assert_eq!(lines.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected);

    // apt would not have left a Depends open.
    let unresolved: Vec<_> = related.edges.iter().filter(|(_, _, to, _)| to.starts_with('?')).collect();
    assert!(unresolved.is_empty(), "{unresolved:?}");

    // dpkg-shlibdeps made Depends of what each program links to, so every link must be implied by them, but
    // for those of packages that Debian gave too few: `readelf -d` shows libcom_err.so.2 in libext2fs.so.2.
    let omitted = ("libext2fs2", "libcom-err2");
    let surprising: Vec<_> = related
        .edges
        .iter()
        .filter(|(from, kind, ..)| *kind == EdgeKind::Links && !from.starts_with('/'))
        .filter(|(from, _, to, _)| (from.as_str(), to.as_str()) != omitted)
        .filter(|(from, _, to, _)| !closure(&related, from).contains(to.as_str()))
        .collect();
    assert!(surprising.is_empty(), "{surprising:?}");
    // Debian Policy 12.5: every package has a copyright file. A few in prose point to no common licence.
    let takes = |name: &str| related.inherited.iter().any(|(it, _)| it == name);
    let bare = |found: &&&Found| found.package.licenses.is_empty() && !takes(&found.package.name);
    let bare: Vec<_> = packages.iter().filter(bare).map(|it| &it.package.name).collect();
    assert!(bare.len() * 20 < packages.len(), "{bare:?}");
    eprintln!(
        "{} packages, without a licence {bare:?}, {} depends, {} links, {} files, {} diagnostics",
        packages.len(),
        shown(&related, EdgeKind::DependsOn).len(),
        shown(&related, EdgeKind::Links).len(),
        related.all.files.len(),
        related.all.diagnostics.len(),
    );
    for diagnostic in &related.all.diagnostics {
        eprintln!("{diagnostic:?}");
    }
}

fn query_output(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("dpkg-query is installed where the variable is set");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
