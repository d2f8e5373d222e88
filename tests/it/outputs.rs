//! What `scan`, `convert` and `attest` write beside the documents that other tests look at.

use std::fs;
use std::path::Path;
use std::process::Command;

use bomwright_tests::{Compression, Image, Layer};
use serde_json::Value;

use crate::command::{bomwright, json};

const STATUS: &str = "Package: base\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n\
    Maintainer: A Distribution <dist@example.com>\nDescription: base\n";
/// The MD5 of no file here.
const OTHER: &str = "d41d8cd98f00b204e9800998ecf8427e";
/// The MD5 of `#!/bin/sh\n`.
const SHEBANG: &str = "3e2b31c72181b87149ff995e7202c0e3";
const SHA: &str = "ddc951f4b1293222421f2c8df679786153acf689";

/// Two programs that a package owns, one of them changed, and one that nobody owns.
fn image(folder: &Path) {
    let sums = format!("{SHEBANG}  usr/bin/intact\n{OTHER}  usr/bin/changed\n");
    let layer = Layer::new()
        .file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file("var/lib/dpkg/status", STATUS)
        .file("var/lib/dpkg/info/base.list", "/.\n/usr/bin/intact\n/usr/bin/changed\n")
        .file("var/lib/dpkg/info/base.md5sums", sums)
        .program("usr/bin/intact", "#!/bin/sh\n")
        .program("usr/bin/changed", "#!/bin/sh\nexit 1\n")
        .program("opt/run", "#!/bin/sh\nexit 2\n");
    let image = Image::new([layer.tar()]);
    image.oci_archive(&folder.join("a.oci.tar"), Compression::Gzip).unwrap();
    image.oci_dir(&folder.join("layout"), Compression::Gzip).unwrap();
    image.docker_archive(&folder.join("a.docker.tar")).unwrap();
}

/// The program without what a workflow of GitHub sets.
fn program(folder: &Path) -> Command {
    let mut command = bomwright(folder);
    for name in ["SHA", "REF", "RUN_ID", "WORKFLOW", "JOB"] {
        command.env_remove(format!("GITHUB_{name}"));
    }
    command
}

/// The paths of all files of a document, each behind the package that it lies in.
fn listed(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for outer in document["components"].as_array().unwrap() {
        let inner = outer["components"].as_array().into_iter().flatten().map(|one| (one, &outer["name"]));
        for (one, owner) in inner.chain([(outer, &Value::Null)]).filter(|(one, _)| one["type"] == "file") {
            let owner = owner.as_str().map_or_else(String::new, |name| format!("{name}: "));
            found.push(format!("{owner}{}", one["name"].as_str().unwrap()));
            assert!(one["hashes"].as_array().is_some_and(|it| !it.is_empty()), "{one}");
        }
    }
    found.sort();
    found
}

#[test]
fn files_are_listed_as_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    image(folder.path());
    let of = |arguments: &[&str]| {
        let scan = ["scan", "a.oci.tar", "-q", "-o", "cyclonedx-json"];
        listed(&json(program(folder.path()).args(scan).args(arguments)))
    };
    let all = ["/opt/run", "base: /usr/bin/changed", "base: /usr/bin/intact"];
    assert_eq!(of(&["--files", "none"]), [""; 0]);
    assert_eq!(of(&[]), ["/opt/run"], "the default");
    assert_eq!(of(&["--verify"]), ["/opt/run", "base: /usr/bin/changed"], "verifying finds what was changed");
    assert_eq!(of(&["--files", "owned"]), all);
    assert_eq!(of(&["--files", "all"]), all);
}

/// A package's supplier answers for its files, but not for what somebody changed.
#[test]
fn owned_files_have_the_supplier_of_their_package() {
    let folder = tempfile::tempdir().unwrap();
    image(folder.path());
    let scan = ["scan", "a.oci.tar", "-q", "-o", "spdx-json", "--files", "all", "--verify"];
    let document = json(program(folder.path()).args(scan));
    let packages = document["packages"].as_array().unwrap();
    let supplier =
        |name: &str| packages.iter().find(|it| it["name"] == name).unwrap()["supplier"].as_str().unwrap();
    assert_eq!(supplier("usr/bin/intact"), supplier("base"));
    assert!(supplier("base").contains("dist@example.com"), "{}", supplier("base"));
    assert_eq!(supplier("usr/bin/changed"), "NOASSERTION");
    assert_eq!(supplier("opt/run"), "NOASSERTION");
}

#[test]
fn converting_keeps_every_file_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    image(folder.path());
    let scan = ["scan", "a.oci.tar", "-q", "-o", "json=a.json"];
    assert!(program(folder.path()).args(scan).status().unwrap().success());
    let convert = |arguments: &[&str]| {
        let output = program(folder.path()).args(["convert", "a.json"]).args(arguments).output().unwrap();
        assert!(output.status.success());
        (output.stdout, String::from_utf8(output.stderr).unwrap())
    };
    let (document, said) = convert(&["-o", "cyclonedx-json"]);
    assert_eq!(listed(&serde_json::from_slice(&document).unwrap()).len(), 3);
    assert!(!said.contains("files"), "{said}");
    let (document, said) = convert(&["-o", "cyclonedx-json", "--files", "none"]);
    assert_eq!(listed(&serde_json::from_slice(&document).unwrap()).len(), 0);
    assert!(said.contains("does not carry files that a package owns: 2"), "{said}");
    assert!(said.contains("scripts and kernel modules that no package owns: 1"), "{said}");
    // There and back by SPDX.
    convert(&["-o", "spdx-json=a.spdx.json"]);
    let scan = ["convert", "a.spdx.json", "-q", "-o", "json"];
    let back = json(program(folder.path()).args(scan));
    let there: Value = serde_json::from_slice(&fs::read(folder.path().join("a.json")).unwrap()).unwrap();
    assert_eq!(back["files"], there["files"]);
}

#[test]
fn tables_and_rows_go_to_files_too() {
    let folder = tempfile::tempdir().unwrap();
    image(folder.path());
    let scan = ["scan", "a.oci.tar", "-o", "table=a.txt", "-o", "csv=a.csv", "-o", "json=a.json"];
    let output = program(folder.path()).args(scan).args(["--files", "all"]).output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty());
    let table = fs::read_to_string(folder.path().join("a.txt")).unwrap();
    assert!(table.contains("base") && !table.contains('\u{1b}'), "{table}");
    let rows = fs::read_to_string(folder.path().join("a.csv")).unwrap();
    let kinds: Vec<_> = rows.split("\r\n").flat_map(|row| row.lines()).map(|row| &row[..6]).collect();
    assert_eq!(kinds, ["\"kind\"", "\"packa", "\"file\"", "\"file\"", "\"file\""]);
    // A document gives the same rows as the image that it was made from.
    let convert = ["convert", "a.json", "-o", "csv"];
    let output = program(folder.path()).args(convert).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), rows);
}

#[test]
fn a_snapshot_needs_a_job() {
    let folder = tempfile::tempdir().unwrap();
    image(folder.path());
    let scan = ["scan", "a.oci.tar", "-q", "-o", "github-snapshot"];
    let said = |arguments: &[&str]| {
        let output = program(folder.path()).args(scan).args(arguments).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&[]).contains("needs --github-sha, or GITHUB_SHA"), "{}", said(&[]));
    let sha = ["--github-sha", SHA];
    assert!(said(&sha).contains("needs --github-ref, or GITHUB_REF"), "{}", said(&sha));
    let wrong =
        [&sha[..], &["--github-ref", "main", "--github-job-id", "1", "--github-correlator", "c"]].concat();
    assert!(said(&wrong).contains("'main' is no full ref"), "{}", said(&wrong));
    let mut workflow = program(folder.path());
    workflow.args(scan).env("GITHUB_SHA", SHA).env("GITHUB_REF", "refs/heads/main");
    workflow.env("GITHUB_RUN_ID", "7").env("GITHUB_WORKFLOW", "build").env("GITHUB_JOB", "shop");
    let snapshot = json(&mut workflow);
    assert_eq!(snapshot["job"], serde_json::json!({"id": "7", "correlator": "build shop"}));
    let manifests = snapshot["manifests"].as_object().unwrap();
    let base = manifests.values().next().unwrap()["resolved"].as_object().unwrap();
    assert_eq!(base.values().next().unwrap()["relationship"], "direct");
    let flags = json(workflow.args(["--github-correlator", "mine"]));
    assert_eq!(flags["job"]["correlator"], "mine", "a flag goes before the environment");
}

#[test]
fn an_attestation_is_about_the_manifest() {
    let folder = tempfile::tempdir().unwrap();
    image(folder.path());
    // The same image as a layout: its index names the manifest.
    let index: Value =
        serde_json::from_slice(&fs::read(folder.path().join("layout/index.json")).unwrap()).unwrap();
    let digest = index["manifests"][0]["digest"].as_str().unwrap().trim_start_matches("sha256:").to_owned();
    let statement = json(program(folder.path()).args(["attest", "a.oci.tar", "--as", "spdx-json@3.0.1"]));
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://spdx.dev/Document/v3");
    assert_eq!(statement["subject"][0]["digest"]["sha256"], digest);
    // An image and its document give the same statement.
    let scan = ["scan", "a.oci.tar", "-q", "-o", "cyclonedx-json=a.cdx.json"];
    assert!(program(folder.path()).args(scan).status().unwrap().success());
    let of = |source: &str| program(folder.path()).args(["attest", source]).output().unwrap().stdout;
    assert_eq!(of("a.oci.tar"), of("a.cdx.json"));
    let document = fs::read_to_string(folder.path().join("a.cdx.json")).unwrap();
    assert!(String::from_utf8(of("a.cdx.json")).unwrap().contains(document.trim_end()));
    // A docker archive has no manifest as registries know it.
    let output = program(folder.path()).args(["attest", "a.docker.tar"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("--subject NAME@sha256:"), "{said}");
    let subject = format!("registry.example/a@sha256:{}", "ab".repeat(32));
    let attest = ["attest", "a.docker.tar", "--subject", &subject, "-o", "statement.json"];
    assert!(program(folder.path()).args(attest).status().unwrap().success());
    let text = fs::read_to_string(folder.path().join("statement.json")).unwrap();
    let statement: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(statement["subject"][0]["name"], "registry.example/a");
}
