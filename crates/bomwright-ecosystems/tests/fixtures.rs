//! Every fixture of every ecosystem, driven by the registry.
//!
//! A case is a folder `testdata/<ecosystem>/<case>/` with the files of an image below `root/` and the facts
//! that they must yield in `expected.txt`, one a line. The first line is a comment that says where those
//! facts come from (a specification, a reference tool, a hand count): never from our own output.
//!
//! ```text
//! # from: dpkg-query -W on a Debian 12 root file system
//! package bash 5.2.15-2+b7 amd64
//! requires bash libc6 (>= 2.36)
//! locked send debug@2.6.9
//! location debug srv/shop/node_modules/debug
//! digest debug sha512:…
//! link debug download https://packages.example/debug-4.4.3.tgz
//! license bash GPL-3+
//! property bash section shells
//! provides bash sh
//! owns bash bin/bash
//! part bash:amd64 bin/bash
//! listed bash:amd64 etc/bash.bashrc digest=md5:… mode=100644 flags=config
//! observed dpkg-diversion bin/sh|bin/sh.distrib|:
//! part-identity usr/share/maven-repo/g/a/1/a-1.jar g/a 1
//! part-digest app/node_modules/a sha512:…
//! file usr/bin/ls executable
//! needed usr/bin/ls libc.so.6
//! interpreter usr/bin/ls /lib64/ld-linux-x86-64.so.2
//! distribution debian 12 bookworm
//! observation selinux-config etc/selinux/config SELINUX=permissive SELINUXTYPE=default
//! observation ld-cache-entry etc/ld.so.cache libc.so.6 lib/x86_64-linux-gnu/libc.so.6
//! diagnostic malformed-record var/lib/dpkg/status
//! ```
//!
//! `package`, `file`, `distribution` and `diagnostic` lines must be complete (and `observation` lines of readers that only
//! serve verifying); of every other kind only those kinds that a case
//! mentions at all are compared, and then completely.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bomwright_ecosystems::{Ecosystem, FileView, Findings, registry};
use bomwright_model::{FileKind, Listed};

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

fn files_below(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = walkdir::WalkDir::new(root)
        .into_iter()
        .map(|entry| entry.expect("fixture folders can be walked"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let relative = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            (relative, fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn read_case(ecosystem: &dyn Ecosystem, root: &Path) -> Findings {
    let mut all = Findings::default();
    for (path, bytes) in files_below(root) {
        if ecosystem.claims().iter().any(|claim| claim.matches(&path, &bytes)) {
            let view = FileView { mode: 0o755, ..FileView::new(&path, &bytes) };
            ecosystem.read(&view.with_manifests(), &mut all);
            let mut plain = Findings::default();
            ecosystem.read(&view, &mut plain);
            if !ecosystem.only_to_verify() {
                assert!(is_without_manifests(&plain), "{path} has a manifest though none was wanted");
            }
            // What a machine is, a plain scan tells too; what only verifying needs, it does not.
            if ecosystem.is_system() {
                assert!(plain.observations.is_empty(), "{path} has observations though none were wanted");
            }
        }
    }
    all
}

fn is_without_manifests(found: &Findings) -> bool {
    let packages = found.packages.iter().map(|it| &it.manifest);
    let mut all = packages.chain(found.parts.iter().map(|it| &it.manifest));
    all.all(Vec::is_empty)
}

fn listed(key: &str, file: &Listed) -> String {
    let mut words = vec!["listed".to_owned(), key.to_owned(), file.path.clone()];
    words.extend(file.digest.as_ref().map(|it| format!("digest={it}")));
    words.extend(file.mode.map(|it| format!("mode={it:o}")));
    words.extend(file.owner.as_ref().map(|it| format!("owner={it}")));
    words.extend(file.group.as_ref().map(|it| format!("group={it}")));
    words.extend(file.size.map(|it| format!("size={it}")));
    words.extend(file.mtime.map(|it| format!("mtime={it}")));
    words.extend(file.link.as_ref().map(|it| format!("link={it}")));
    let flags: Vec<_> = file.flags.words().collect();
    words.extend((!flags.is_empty()).then(|| format!("flags={}", flags.join(","))));
    words.join(" ")
}

fn facts(found: &Findings) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let mut line = |words: &[&str]| {
        lines.insert(words.join(" ").trim().to_owned());
    };
    for found in &found.packages {
        let package = &found.package;
        let name = &package.full_name();
        line(&["package", name, &package.version, package.architecture.as_deref().unwrap_or_default()]);
        found.requires.iter().for_each(|it| line(&["requires", name, &it.text]));
        found.locked.iter().for_each(|it| line(&["locked", name, &it.text]));
        package.location.iter().for_each(|it| line(&["location", name, it]));
        package.digests.iter().for_each(|it| line(&["digest", name, it.as_str()]));
        package.links.iter().for_each(|it| line(&["link", name, it.kind.as_str(), &it.url]));
        found.provides.iter().for_each(|it| line(&["provides", name, it]));
        found.owns.iter().for_each(|it| line(&["owns", name, it]));
        package.licenses.iter().for_each(|it| line(&["license", name, &it.text]));
        package.properties.iter().for_each(|(key, value)| line(&["property", name, key, value]));
        let key = if found.key.is_empty() { name } else { &found.key };
        found.manifest.iter().for_each(|it| line(&[&listed(key, it)]));
    }
    for part in &found.parts {
        part.owns.iter().for_each(|it| line(&["part", &part.key, it]));
        part.manifest.iter().for_each(|it| line(&[&listed(&part.key, it)]));
        part.requires.iter().for_each(|it| line(&["part-requires", &part.key, &it.text]));
        part.provides.iter().for_each(|it| line(&["part-provides", &part.key, it]));
        if let Some(it) = &part.identity {
            let name = format!("{}/{}", it.namespace.as_deref().unwrap_or_default(), it.name);
            line(&["part-identity", &part.key, &name, &it.version]);
        }
        part.licenses.iter().for_each(|it| line(&["part-license", &part.key, &it.text]));
        part.digests.iter().for_each(|it| line(&["part-digest", &part.key, it.as_str()]));
        part.properties.iter().for_each(|(key, value)| line(&["part-property", &part.key, key, value]));
    }
    for file in &found.files {
        line(&["file", &file.path, file.kind.as_str()]);
        file.interpreter.iter().for_each(|it| line(&["interpreter", &file.path, it]));
        let Some(elf) = file.elf.as_ref().filter(|_| file.kind != FileKind::Script) else { continue };
        elf.needed.iter().for_each(|it| line(&["needed", &file.path, it]));
        line(&["machine", &file.path, &elf.machine]);
        elf.runpath.iter().for_each(|it| line(&["runpath", &file.path, it]));
        elf.soname.iter().for_each(|it| line(&["soname", &file.path, it]));
        elf.build_id.iter().for_each(|it| line(&["build-id", &file.path, it]));
    }
    if let Some(it) = &found.distribution {
        let version = it.version.as_deref().unwrap_or("-");
        line(&[
            "distribution",
            &it.id,
            version,
            it.codename.as_deref().unwrap_or("-"),
            &it.id_like.join(","),
        ]);
    }
    for observation in &found.observations {
        line(&["observation", &observation.kind, &observation.path, &observation.values.join(" ")]);
    }
    for diagnostic in &found.diagnostics {
        line(&["diagnostic", diagnostic.code.as_str(), diagnostic.path.as_deref().unwrap_or_default()]);
    }
    lines
}

fn kind(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

fn check_case(ecosystem: &dyn Ecosystem, case: &Path) -> Result<(), String> {
    let text = fs::read_to_string(case.join("expected.txt")).map_err(|e| format!("expected.txt: {e}"))?;
    if !text.starts_with("# from: ") {
        return Err("expected.txt does not say where its facts come from".into());
    }
    let expected: BTreeSet<String> =
        text.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()).map(str::to_owned).collect();
    let mut kinds: BTreeSet<&str> = expected.iter().map(|line| kind(line)).collect();
    kinds.extend(["package", "file", "distribution", "diagnostic"]);
    // A file that holds nothing but observations is nothing without them.
    if ecosystem.only_to_verify() {
        kinds.insert("observation");
    }
    let actual: BTreeSet<String> = facts(&read_case(ecosystem, &case.join("root")))
        .into_iter()
        .filter(|line| kinds.contains(kind(line)))
        .collect();
    let missing: Vec<_> = expected.difference(&actual).collect();
    let extra: Vec<_> = actual.difference(&expected).collect();
    if missing.is_empty() && extra.is_empty() {
        return Ok(());
    }
    Err(format!("\n  missing: {missing:#?}\n  not expected: {extra:#?}"))
}

#[test]
fn every_fixture_yields_the_expected_facts() {
    let mut failures = Vec::new();
    for ecosystem in registry() {
        let folder = testdata().join(ecosystem.name());
        let cases = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for case in cases.map(|entry| entry.unwrap().path()) {
            if let Err(problem) = check_case(*ecosystem, &case) {
                failures.push(format!("{}: {problem}", case.strip_prefix(testdata()).unwrap().display()));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_ecosystem_has_the_four_cases() {
    for ecosystem in registry() {
        for case in ["good", "empty", "malformed", "truncated"] {
            let folder = testdata().join(ecosystem.name()).join(case);
            assert!(folder.join("expected.txt").is_file(), "{} is missing", folder.display());
        }
    }
}

/// Whatever part of a real file is left, reading it must neither panic nor take long: every reader meets
/// its own fixtures cut at many places, and with single bytes changed.
#[test]
fn damaged_fixtures_never_panic() {
    for ecosystem in registry() {
        for (path, bytes) in files_below(&testdata().join(ecosystem.name())) {
            let Some((_, path)) = path.split_once("/root/") else { continue };
            let step = (bytes.len() / 64).max(1);
            for cut in (0..bytes.len()).step_by(step) {
                let mut out = Findings::default();
                ecosystem.read(&FileView::new(path, &bytes[..cut]).with_manifests(), &mut out);
                let mut flipped = bytes.clone();
                flipped[cut] ^= 0xff;
                ecosystem.read(&FileView::new(path, &flipped).with_manifests(), &mut out);
            }
        }
    }
}
