//! The command line on images made by hand.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bomwright_tests::{Compression, Image, Layer};
use serde_json::Value;

use crate::command::{bomwright, json, scan};

const STATUS: &str = "Package: shop-base\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2.0-1\n\
    Section: libs\nPriority: optional\nMaintainer: A Distribution <dist@example.com>\nDescription: base\n\n\
    Package: shop-lib\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.1-3\n\
    Section: libs\nPriority: optional\nMaintainer: A Distribution <dist@example.com>\n\
    Depends: shop-base (>= 2), not-there | also-not-there\nDescription: lib\n";

const PACKAGE_JSON: &str = r#"{"name":"shop","version":"1.0.0","private":true,"dependencies":{"left":"^1"}}"#;
const LEFT: &str = r#"{"name":"left","version":"1.3.0","license":"MIT"}"#;

/// Two layers: a distribution, and an application that replaces and removes some of it.
pub(crate) fn shop() -> Image {
    let base = Layer::new()
        .dir("usr/lib")
        .symlink("lib", "usr/lib")
        .file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file("var/lib/dpkg/status", STATUS)
        .file("var/lib/dpkg/info/shop-lib.list", "/.\n/lib\n/lib/tool.sh\n")
        .file("opt/old/package.json", r#"{"name":"old","version":"0.1.0"}"#)
        .program("usr/lib/tool.sh", "#!/bin/sh\n");
    let app = Layer::new()
        .file("app/package.json", PACKAGE_JSON)
        .file("app/node_modules/left/package.json", LEFT)
        .program("app/run.sh", "#!/bin/sh\necho shop\n")
        .file("opt/.wh.old", "");
    Image::new([base.tar(), app.tar()])
}

fn names(document: &Value) -> BTreeSet<String> {
    let packages = document["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|it| format!("{} {}", it["name"].as_str().unwrap(), it["version"].as_str().unwrap()))
        .collect()
}

#[test]
fn threads_and_archive_forms_do_not_show() {
    let folder = tempfile::tempdir().unwrap();
    let image = shop();
    let path = |name: &str| folder.path().join(name);
    image.docker_archive(&path("shop.docker.tar")).unwrap();
    image.oci_archive(&path("shop.oci.tar"), Compression::Gzip).unwrap();
    image.oci_archive(&path("shop.zst.tar"), Compression::Zstd).unwrap();
    image.oci_dir(&path("shop"), Compression::Gzip).unwrap();
    let mut packages = BTreeSet::new();
    for source in ["shop.docker.tar", "shop.oci.tar", "shop.zst.tar", "shop"] {
        let mut outputs = BTreeSet::new();
        for threads in ["1", "2", "8", "1", "2", "8"] {
            let output = bomwright(folder.path())
                .args(["scan", source, "-o", "json", "--no-cache", "--threads", threads])
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            outputs.insert(output.stdout);
        }
        assert_eq!(outputs.len(), 1, "{source}: runs differ");
        let document: Value = serde_json::from_slice(outputs.first().unwrap()).unwrap();
        packages.insert(document["packages"].to_string());
    }
    assert_eq!(packages.len(), 1, "the forms of the archive show in the packages");
}

#[test]
fn layers_are_merged_before_packages_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    shop().docker_archive(&folder.path().join("shop.tar")).unwrap();
    let found = names(&scan(folder.path(), "shop.tar"));
    let expected = ["left 1.3.0", "shop 1.0.0", "shop-base 1:2.0-1", "shop-lib 1.1-3"];
    assert_eq!(found, expected.map(str::to_owned).into(), "opt/old was removed by the second layer");
}

#[test]
fn a_cached_scan_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    shop().docker_archive(&folder.path().join("shop.tar")).unwrap();
    let run = || {
        let output = bomwright(folder.path()).args(["scan", "shop.tar", "-o", "json"]).output().unwrap();
        assert!(output.status.success());
        output.stdout
    };
    let (cold, warm) = (run(), run());
    let cached = fs::read_dir(folder.path().join("cache/bomwright")).unwrap().count();
    assert_eq!(cached, 2, "one file for each layer");
    assert_eq!(cold, warm);
    // A damaged cache entry is made anew.
    for entry in fs::read_dir(folder.path().join("cache/bomwright")).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        fs::write(path, bytes).unwrap();
    }
    assert_eq!(cold, run());
}

/// What a limit cut off in one scan must not come out of the cache in the next.
#[test]
fn other_limits_are_another_result() {
    let folder = tempfile::tempdir().unwrap();
    shop().docker_archive(&folder.path().join("shop.tar")).unwrap();
    let cut = json(bomwright(folder.path()).args([
        "scan",
        "shop.tar",
        "-q",
        "--max-file-bytes",
        "100",
        "-o",
        "json",
    ]));
    let whole = scan(folder.path(), "shop.tar");
    assert!(names(&cut).len() < names(&whole).len(), "{:?}", names(&cut));
    assert!(cut["diagnostics"].to_string().contains("limit-exceeded"));
}

#[test]
fn a_scan_writes_nothing_but_its_output() {
    let folder = tempfile::tempdir().unwrap();
    shop().oci_archive(&folder.path().join("shop.tar"), Compression::Gzip).unwrap();
    let output = bomwright(folder.path())
        .args(["scan", "shop.tar", "--no-cache", "-o", "json=out.json"])
        .env("TMPDIR", folder.path())
        .output()
        .unwrap();
    assert!(output.status.success());
    let files: BTreeSet<PathBuf> = walkdir::WalkDir::new(folder.path())
        .into_iter()
        .map(|it| it.unwrap().into_path())
        .filter(|it| it.is_file())
        .map(|it| it.strip_prefix(folder.path()).unwrap().to_owned())
        .collect();
    assert_eq!(files, ["out.json", "shop.tar"].map(PathBuf::from).into());
}

#[test]
fn every_claim_has_evidence() {
    let folder = tempfile::tempdir().unwrap();
    shop().docker_archive(&folder.path().join("shop.tar")).unwrap();
    let document = scan(folder.path(), "shop.tar");
    for package in document["packages"].as_array().unwrap() {
        let evidence = package["evidence"].as_array().unwrap();
        assert!(!evidence.is_empty(), "{package}");
        assert!(
            evidence
                .iter()
                .all(|it| it["path"].is_string() && it["parser"].is_string() && it["layer"].is_u64())
        );
        assert!(!package["origin"]["reasons"].as_array().unwrap().is_empty(), "{package}");
    }
    let text = document.to_string();
    assert!(text.contains("not-there | also-not-there"), "the unresolved requirement is explicit");
}

#[test]
fn origins_follow_the_evidence() {
    let folder = tempfile::tempdir().unwrap();
    shop().docker_archive(&folder.path().join("shop.tar")).unwrap();
    let document = scan(folder.path(), "shop.tar");
    let origin = |name: &str| {
        let packages = document["packages"].as_array().unwrap();
        let package = packages.iter().find(|it| it["name"] == name).unwrap();
        package["origin"]["origin"].as_str().unwrap().to_owned()
    };
    assert_eq!(["shop-lib", "left", "shop"].map(origin), ["vendor", "upstream", "in-house"]);
    let files = document["files"].as_array().unwrap();
    let file = |path: &str| files.iter().find(|it| it["path"] == path).unwrap()["origin"]["origin"].clone();
    assert_eq!(file("usr/lib/tool.sh"), "vendor", "listed as /lib/tool.sh, which a link leads to");
    assert_eq!(file("app/run.sh"), "unknown");
}

#[test]
fn damage_is_reported_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let layer = Layer::new()
        .file("app/node_modules/broken/package.json", "{\"name\": \"broken\", ")
        .file("app/node_modules/left/package.json", LEFT);
    Image::new([layer.tar()]).docker_archive(&folder.path().join("shop.tar")).unwrap();
    let output = bomwright(folder.path()).args(["scan", "shop.tar", "-o", "json"]).output().unwrap();
    assert!(output.status.success());
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(names(&document), ["left 1.3.0".to_owned()].into());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("/app/node_modules/broken/package.json"), "{stderr}");
    assert!(stderr.starts_with("warning[truncated]"), "{stderr}");
    let cdx = json(bomwright(folder.path()).args(["scan", "shop.tar", "-q", "-o", "cyclonedx-json"]));
    assert!(cdx["compositions"].to_string().contains("incomplete"), "{}", cdx["compositions"]);
}

fn refused(folder: &Path, source: &str) -> String {
    let output = bomwright(folder).args(["scan", source]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{source}: {stderr}");
    assert!(output.stdout.is_empty(), "{source}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    stderr
}

#[test]
fn a_wrong_digest_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    shop().oci_dir(&folder.path().join("shop"), Compression::Plain).unwrap();
    let blobs = folder.path().join("shop/blobs/sha256");
    let largest = fs::read_dir(&blobs)
        .unwrap()
        .map(|it| it.unwrap().path())
        .max_by_key(|it| fs::metadata(it).unwrap().len());
    let path = largest.unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&path, bytes).unwrap();
    let message = refused(folder.path(), "shop");
    let digest = path.file_name().unwrap().to_str().unwrap();
    assert!(message.contains(digest), "names the digest that was promised: {message}");
}

#[test]
fn hostile_images_give_errors_not_panics() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("empty.tar", b"");
    write("noise.tar", &[0x5a; 4096]);
    write("cut.json", b"{\"bomFormat\": \"CycloneDX\", \"specVersion\": ");
    shop().docker_archive(&folder.path().join("whole.tar")).unwrap();
    let whole = fs::read(folder.path().join("whole.tar")).unwrap();
    write("half.tar", &whole[..whole.len() / 2]);
    for source in [
        "empty.tar",
        "noise.tar",
        "cut.json",
        "half.tar",
        "missing.tar",
        "oci-dir:.",
        "docker-archive:noise.tar",
    ] {
        let message = refused(folder.path(), source);
        let name = source.split_once(':').map_or(source, |(_, name)| name);
        assert!(message.contains(name), "{source}: the message does not name the file: {message}");
    }
}

#[test]
fn hostile_paths_stay_inside() {
    let folder = tempfile::tempdir().unwrap();
    let layer = Layer::new()
        .file("../../etc/evil", "x")
        .file("/abs/evil", "x")
        .symlink("loop", "loop")
        .symlink("out", "../../../..")
        .file("out/etc/through", "x")
        .hardlink("dangling", "nowhere");
    Image::new([layer.tar()]).docker_archive(&folder.path().join("evil.tar")).unwrap();
    let output = bomwright(folder.path()).args(["files", "evil.tar"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listing = String::from_utf8(output.stdout).unwrap();
    let paths: BTreeSet<&str> =
        listing.lines().filter_map(|line| line.split('\t').nth(1)?.split(" -> ").next()).collect();
    assert!(paths.iter().all(|it| it.starts_with('/') && !it.contains("/../")), "{paths:?}");
    assert!(paths.contains("/etc/through"), "the link leads to the root, not out of it: {paths:?}");
}
