//! What dpkg's own tools print of a database, beside what the ecosystem reads of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use bomwright_ecosystems::{FileView, Findings, find};
use bomwright_model::{Checksum, FileFlags};

/// Whether `tool` is there to be asked. A test may return only where it is not, and it must be in CI.
fn has(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok();
    assert!(found || env::var_os("CI").is_none(), "CI installs {tool}");
    if !found {
        eprintln!("\n*** NOT TESTED: {tool} is not installed ***\n");
    }
    found
}

fn output(command: &mut Command) -> String {
    let output = command.env("LC_ALL", "C").output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A copy of the database of the case `deb/manifests`: the tools must be free to write.
fn database() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/deb/manifests/root");
    for entry in walkdir::WalkDir::new(&fixture).into_iter().map(Result::unwrap) {
        let to = directory.path().join(entry.path().strip_prefix(&fixture).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).unwrap();
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
    directory
}

/// What the ecosystem reads of the files `names` below `var/lib/dpkg` of `root`.
fn read(root: &Path, names: &[&str]) -> Findings {
    let mut out = Findings::default();
    for name in names {
        let path = format!("var/lib/dpkg/{name}");
        let bytes = fs::read(root.join(&path)).unwrap();
        find("deb").unwrap().read(&FileView::new(&path, &bytes).with_manifests(), &mut out);
    }
    assert_eq!(out.diagnostics, []);
    out
}

fn conffiles(findings: &Findings) -> BTreeSet<String> {
    let files = findings.packages.iter().flat_map(|found| {
        let name = found.package.name.as_str();
        found.manifest.iter().map(move |it| {
            assert!(it.flags.contains(FileFlags::CONFIG));
            let digest = it.digest.as_ref().map_or("newconffile".to_owned(), Checksum::hex);
            let words = it.flags.words().filter(|word| !["config", "newconffile"].contains(word));
            let mut line = vec![format!("{name} /{} {digest}", it.path)];
            line.extend(words.map(|word| (*word).to_owned()));
            line.join(" ")
        })
    });
    files.collect()
}

/// The conffiles that dpkg-query prints of packages that are there.
fn conffiles_of_dpkg(admin: &Path) -> BTreeSet<String> {
    let format = "${db:Status-Status}|${Package}\n${Conffiles}\n";
    let text = output(
        Command::new("dpkg-query").arg(format!("--admindir={}", admin.display())).args(["-W", "-f", format]),
    );
    let (mut all, mut package) = (BTreeSet::new(), None);
    for line in text.lines().filter(|line| !line.is_empty()) {
        match (line.split_once('|'), line.strip_prefix(' ')) {
            (_, Some(file)) => all.extend(package.map(|name| format!("{name} {file}"))),
            (Some((status, name)), None) => {
                package = Some(name).filter(|_| !["config-files", "not-installed"].contains(&status));
            }
            _ => panic!("{line}"),
        }
    }
    all
}

#[test]
fn dpkg_query_prints_the_same_conffiles() {
    if !has("dpkg-query") {
        return;
    }
    let database = database();
    let admin = database.path().join("var/lib/dpkg");
    let ours = conffiles(&read(database.path(), &["status"]));
    assert_eq!(ours, conffiles_of_dpkg(&admin));
    assert_eq!(ours.len(), 4);
    // And of this very machine, where dpkg manages it.
    let admin = PathBuf::from("/var/lib/dpkg");
    if admin.join("status").is_file() {
        let ours = conffiles(&read(Path::new("/"), &["status"]));
        assert_eq!(ours, conffiles_of_dpkg(&admin));
        eprintln!("{} conffiles of this machine", ours.len());
    }
}

fn observed(findings: &Findings, kind: &str) -> Vec<Vec<String>> {
    findings.observations.iter().filter(|it| it.kind == kind).map(|it| it.values.clone()).collect()
}

#[test]
fn dpkg_lists_the_same_diversions_and_overrides() {
    if !has("dpkg-divert") || !has("dpkg-statoverride") {
        return;
    }
    let database = database();
    let admin = database.path().join("var/lib/dpkg");
    let findings = read(database.path(), &["diversions", "statoverride"]);
    let diversions: Vec<_> = observed(&findings, "dpkg-diversion")
        .iter()
        .map(|it| match it[2].as_str() {
            ":" => format!("local diversion of /{} to /{}", it[0], it[1]),
            by => format!("diversion of /{} to /{} by {by}", it[0], it[1]),
        })
        .collect();
    let theirs = output(Command::new("dpkg-divert").arg("--admindir").arg(&admin).arg("--list"));
    assert_eq!(diversions, theirs.lines().collect::<Vec<_>>());
    let overrides = observed(&findings, "dpkg-statoverride");
    let overrides: Vec<_> =
        overrides.iter().map(|it| format!("{} {} {} /{}", it[0], it[1], it[2], it[3])).collect();
    let theirs = output(Command::new("dpkg-statoverride").arg("--admindir").arg(&admin).arg("--list"));
    assert_eq!(overrides, theirs.lines().collect::<Vec<_>>());
}

/// Names with a link or a target of each.
type Pairs = BTreeSet<(String, String)>;

/// The lines of `update-alternatives --query` for one group: link, name and target of every link.
fn links_of(query: &str) -> (String, Pairs, Pairs) {
    let (mut status, mut links, mut targets) = (String::new(), Pairs::new(), Pairs::new());
    let (mut name, mut in_alternative) = (String::new(), false);
    for line in query.lines() {
        let slash = |path: &str| path.trim_start_matches('/').to_owned();
        match line.split_once(": ") {
            Some(("Name", value)) => value.clone_into(&mut name),
            Some(("Link", value)) => drop(links.insert((name.clone(), slash(value)))),
            Some(("Status", value)) => value.clone_into(&mut status),
            Some(("Alternative", value)) => {
                in_alternative = true;
                targets.insert((name.clone(), slash(value)));
            }
            _ => {
                let Some((slave, path)) = line.strip_prefix(' ').and_then(|it| it.split_once(' ')) else {
                    continue;
                };
                let pair = (slave.to_owned(), slash(path));
                if in_alternative {
                    targets.insert(pair)
                } else {
                    links.insert(pair)
                };
            }
        }
    }
    (status, links, targets)
}

#[test]
fn update_alternatives_tells_of_the_same_links() {
    if !has("update-alternatives") {
        return;
    }
    let database = database();
    for group in ["awk", "pager"] {
        let findings = read(database.path(), &[&format!("alternatives/{group}")]);
        let ours = observed(&findings, "dpkg-alternative");
        let admin = database.path().join("var/lib/dpkg/alternatives");
        let mut command = Command::new("update-alternatives");
        let (status, links, targets) =
            links_of(&output(command.arg("--admindir").arg(admin).args(["--query", group])));
        assert!(ours.iter().all(|it| it[2] == status));
        assert_eq!(ours.iter().map(|it| (it[0].clone(), it[1].clone())).collect::<BTreeSet<_>>(), links);
        let pairs = ours.iter().flat_map(|it| it[3..].iter().map(|target| (it[0].clone(), target.clone())));
        assert_eq!(pairs.collect::<BTreeSet<_>>(), targets, "{group}");
    }
}
