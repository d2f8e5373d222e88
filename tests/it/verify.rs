//! Every file of real images gets the right verdict, judged by dpkg, rpm and a script that shares no code with the program.
//!
//! `BOMWRIGHT_CORPUS` names a folder that `cargo xtask corpus` filled; without it these tests say that they are skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use bomwright_tests::{Image, Layer};
use serde_json::Value;

use crate::account::{content, corpus, file, layers, rules, verify};
use crate::workspace::root;

/// Unpacks the layers with tar, which knows no whiteouts: for one layer, or layers without any.
fn unpack(layers: &[Vec<u8>], folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for layer in layers {
        let file = folder.with_extension("layer");
        fs::write(&file, layer).unwrap();
        let tar = Command::new("tar").arg("-xpf").arg(&file).arg("-C").arg(folder).status().unwrap();
        assert!(tar.success());
        fs::remove_file(&file).unwrap();
    }
}

fn paths<'a>(account: &'a Value, wanted: impl Fn(&Value) -> bool + 'a) -> BTreeSet<String> {
    let files = account["files"].as_array().unwrap().iter().filter(move |it| wanted(it));
    files.map(|it| it["path"].as_str().unwrap().to_owned()).collect()
}

fn is_regular(file: &Value) -> bool {
    file["status"] != "missing" && (file["kind"] == "file" || file["kind"] == "hard-link")
}

/// What the independent script says of an unpacked root.
fn independent(root_directory: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let script = root().join("tests/scripts/dpkg_account.py");
    let output = Command::new("python3").arg(script).arg(root_directory).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_value::<BTreeMap<String, BTreeSet<String>>>(
        serde_json::from_slice(&output.stdout).unwrap(),
    )
    .unwrap()
}

#[test]
fn every_file_of_a_debian_base_is_explained_as_an_independent_account_has_it() {
    let Some(archive) = corpus("debian") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (code, account) = verify(folder.path(), archive.to_str().unwrap(), &[]);
    assert_eq!(code, 0, "{}", account["findings"]);
    let unpacked = folder.path().join("root");
    unpack(&layers(&archive), &unpacked);
    let truth = independent(&unpacked);

    let verified = paths(&account, |it| is_regular(it) && it["status"] == "intact" && it["tier"] == "V1");
    let expected: BTreeSet<String> = truth["intact"].union(&truth["conffile"]).cloned().collect();
    assert!(expected.len() > 6000, "the script verified only {} files", expected.len());
    assert_eq!(verified, expected);
    assert_eq!(paths(&account, |it| it["status"] == "modified"), truth["modified"]);
    assert_eq!(paths(&account, |it| it["status"] == "missing"), truth["missing"]);
    assert_eq!(paths(&account, |it| it["origin"] == "unknown"), BTreeSet::new());
    let rest = paths(&account, |it| is_regular(it) && !(it["status"] == "intact" && it["tier"] == "V1"));
    let unverified: BTreeSet<String> = truth["claimed"].union(&truth["unlisted"]).cloned().collect();
    assert_eq!(rest, unverified);

    // Bytes: every inode of a regular file once.
    let mut seen = BTreeSet::new();
    let walk = walkdir::WalkDir::new(&unpacked).into_iter().map(|entry| entry.unwrap().metadata().unwrap());
    let bytes: u64 = walk.filter(|it| it.is_file() && seen.insert(it.ino())).map(|it| it.len()).sum();
    assert_eq!(account["summary"]["total"]["bytes"], bytes);
    let origins = account["summary"]["origins"].as_object().unwrap();
    assert_eq!(origins.values().map(|it| it["bytes"].as_u64().unwrap()).sum::<u64>(), bytes);
}

/// The tampering of a Debian base that dpkg partly sees.
fn tampered(base: &[u8]) -> Vec<u8> {
    let mut ls = content(base, "usr/bin/ls");
    ls.push(b'\n');
    let mut bashrc = content(base, "etc/bash.bashrc");
    bashrc.extend_from_slice(b"# changed\n");
    let (truth, find) = (content(base, "usr/bin/true"), content(base, "usr/bin/find"));
    let mut list = content(base, "var/lib/dpkg/info/coreutils.list");
    list.extend_from_slice(b"/usr/bin/evil2\n");
    Layer::new()
        .program("usr/bin/ls", ls)
        .file("usr/bin/.wh.who", "")
        .file("etc/bash.bashrc", bashrc)
        .with_mode("usr/bin/find", 0o4755, find)
        .program("usr/bin/evil", &truth)
        .program("usr/bin/evil2", &truth)
        .file("var/lib/dpkg/info/coreutils.list", list)
        .tar()
}

#[test]
fn tampering_with_a_debian_base_is_found_as_dpkg_finds_it_and_beyond() {
    let Some(archive) = corpus("debian") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut layers = layers(&archive);
    let changed = tampered(&layers[0]);
    layers.push(changed);
    Image::new(layers.clone()).docker_archive(&folder.path().join("bad.tar")).unwrap();
    let (code, account) = verify(folder.path(), "bad.tar", &[]);
    assert_eq!(code, 1);

    let state = |path: &str| {
        let file = file(&account, path);
        (file["origin"].as_str().unwrap().to_owned(), file["status"].as_str().unwrap().to_owned())
    };
    let pair = |origin: &str, status: &str| (origin.to_owned(), status.to_owned());
    assert_eq!(state("usr/bin/ls"), pair("unknown", "modified"));
    assert_eq!(state("usr/bin/who"), pair("vendor", "missing"));
    assert_eq!(state("etc/bash.bashrc"), pair("vendor", "config-changed"));
    assert_eq!(state("usr/bin/evil"), pair("vendor", "copy"));
    assert_eq!(state("usr/bin/evil2"), pair("vendor", "copy"));
    assert!(rules(&account, "/usr/bin/ls").contains("file-modified"));
    assert!(rules(&account, "/usr/bin/who").contains("file-missing"));
    assert!(
        rules(&account, "/usr/bin/find").contains("setuid-added"),
        "{:?}",
        rules(&account, "/usr/bin/find")
    );
    assert!(
        rules(&account, "/usr/bin/evil").contains("copied-executable"),
        "{:?}",
        rules(&account, "/usr/bin/evil")
    );
    assert!(rules(&account, "/usr/bin/evil2").contains("listed-without-digest"));
    let changed = paths(&account, |it| it["layer"] == 1);
    assert_eq!(changed.len(), 6, "{changed:?}");

    // dpkg itself: `??5??????` for another digest, `c` for a conffile.
    let unpacked = folder.path().join("root");
    unpack(&layers, &unpacked);
    fs::remove_file(unpacked.join("usr/bin/who")).unwrap();
    let dpkg = Command::new("dpkg").arg("--root").arg(&unpacked).arg("--verify").output().unwrap();
    let said = String::from_utf8_lossy(&dpkg.stdout).into_owned();
    let named: BTreeSet<String> = said
        .lines()
        .filter_map(|line| line.split_whitespace().last())
        .map(|path| {
            fs::canonicalize(unpacked.join(&path[1..])).map_or_else(
                |_| path[1..].replacen("bin/", "usr/bin/", usize::from(path.starts_with("/bin/"))),
                |real| real.strip_prefix(&unpacked).unwrap().display().to_string(),
            )
        })
        .collect();
    let ours = paths(&account, |it| {
        ["modified", "missing", "config-changed"].contains(&it["status"].as_str().unwrap())
    });
    assert_eq!(ours, named, "{said}");
}

#[test]
fn a_forged_manifest_is_no_more_than_self_consistent() {
    let Some(archive) = corpus("debian") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut layers = layers(&archive);
    let mut cat = content(&layers[0], "usr/bin/cat");
    cat.push(0);
    let file_with_cat = folder.path().join("cat");
    fs::write(&file_with_cat, &cat).unwrap();
    let digest = Command::new("md5sum").arg(&file_with_cat).output().unwrap().stdout;
    let digest = String::from_utf8(digest).unwrap()[..32].to_owned();
    let sums = String::from_utf8(content(&layers[0], "var/lib/dpkg/info/coreutils.md5sums")).unwrap();
    let mut forged = String::new();
    for line in sums.lines() {
        let (old, path) = line.split_once("  ").unwrap();
        let digest = if path == "bin/cat" || path == "usr/bin/cat" { &digest } else { old };
        forged.extend([digest, "  ", path, "\n"]);
    }
    assert_ne!(forged, sums);
    let top = Layer::new().program("usr/bin/cat", &cat).file("var/lib/dpkg/info/coreutils.md5sums", forged);
    layers.push(top.tar());
    Image::new(layers).docker_archive(&folder.path().join("forged.tar")).unwrap();
    let (_, account) = verify(folder.path(), "forged.tar", &[]);
    let cat = file(&account, "usr/bin/cat");
    // The documented limit: without anything from outside nobody can tell.
    assert_eq!((cat["status"].as_str(), cat["tier"].as_str()), (Some("intact"), Some("V1")));
}

/// `rpm -Va` as path to letters, e.g. `S.5....T.`; `missing` for what is not there.
fn rpm_verifies(root_directory: &Path) -> BTreeMap<String, String> {
    let output = Command::new("rpm")
        .arg("--root")
        .arg(root_directory)
        // Debian's rpm looks below the user's home unless it is told.
        .args(["--dbpath", "/var/lib/rpm", "-Va", "--nodeps", "--noscripts"])
        .output();
    let said = String::from_utf8(output.unwrap().stdout).unwrap();
    let lines = said.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let path = words.iter().find(|word| word.starts_with('/'))?.trim_start_matches('/');
        Some((path.to_owned(), (*words.first()?).to_owned()))
    });
    lines.collect()
}

#[test]
fn rpm_and_verify_agree_file_by_file() {
    let Some(archive) = corpus("rpm") else { return };
    let folder = tempfile::tempdir().unwrap();
    let layers = layers(&archive);
    let unpacked = folder.path().join("root");
    unpack(&layers, &unpacked);
    let (_, clean) = verify(folder.path(), archive.to_str().unwrap(), &[]);
    // Some files to tamper with: those that are verified, regular and not configuration.
    let some: Vec<String> =
        paths(&clean, |it| is_regular(it) && it["status"] == "intact" && it["tier"] == "V1")
            .into_iter()
            .filter(|path| path.starts_with("usr/bin/"))
            .take(3)
            .collect();
    let [changed, removed, chmodded] = some.as_slice() else { panic!("too few files: {some:?}") };
    fs::write(unpacked.join(changed), "something else").unwrap();
    fs::remove_file(unpacked.join(removed)).unwrap();
    let chmod = Command::new("chmod").arg("4755").arg(unpacked.join(chmodded)).status().unwrap();
    assert!(chmod.success());

    let (code, account) = verify(folder.path(), "dir:root", &[]);
    assert_eq!(code, 1);
    let letters = [
        ("content", '5'),
        ("size", 'S'),
        ("mode", 'M'),
        ("owner", 'U'),
        ("group", 'G'),
        ("link", 'L'),
        ("time", 'T'),
    ];
    let mut ours: BTreeMap<String, String> = BTreeMap::new();
    for file in account["files"].as_array().unwrap() {
        let path = file["path"].as_str().unwrap().to_owned();
        let differences: Vec<&str> =
            file["differences"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let found: BTreeSet<char> = letters
            .iter()
            .filter(|(word, _)| differences.contains(word))
            .map(|(_, letter)| *letter)
            .collect();
        if file["status"] == "missing" {
            ours.insert(path, "missing".into());
        } else if !found.is_empty() {
            ours.insert(path, found.into_iter().collect());
        }
    }
    let theirs: BTreeMap<String, String> = rpm_verifies(&unpacked)
        .into_iter()
        .map(|(path, said)| {
            let found: BTreeSet<char> =
                said.chars().filter(|it| it.is_ascii_uppercase() || *it == '5').collect();
            (path, if said == "missing" { said } else { found.into_iter().collect() })
        })
        .filter(|(path, said)| !said.is_empty() && !unpacked.join(path).is_dir())
        .collect();
    assert!(theirs.len() >= 3, "{theirs:?}");
    assert_eq!(ours, theirs);
}
