//! Which layer brought in a file or a package, which one changed it last, and which of them are the base's.
//!
//! What must come out follows from the layers as they are written here.

use std::fs;
use std::path::Path;

use bomwright_tests::{Image, Layer};
use serde_json::Value;

use crate::account::{file, verify};
use crate::command::{bomwright, json, scan};

/// A dpkg database of packages with these names and versions.
fn status(packages: &[(&str, &str)]) -> String {
    let stanza = |(name, version): &(&str, &str)| {
        format!(
            "Package: {name}\nStatus: install ok installed\nPriority: optional\nSection: utils\n\
             Maintainer: Someone <someone@debian.org>\nArchitecture: amd64\nVersion: {version}\n\
             Description: a test\n\n"
        )
    };
    packages.iter().map(stanza).collect()
}

fn release() -> Layer {
    Layer::new().file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
}

fn database(packages: &[(&str, &str)]) -> Layer {
    Layer::new().file("var/lib/dpkg/status", status(packages))
}

fn archive(folder: &Path, image: &Image) {
    image.docker_archive(&folder.join("image.tar")).unwrap();
}

/// `name version introduced changed` of each package.
fn ages(inventory: &Value) -> Vec<String> {
    let packages = inventory["packages"].as_array().unwrap();
    let one = |it: &Value| {
        let word = |key: &str| it[key].as_str().unwrap().to_owned();
        format!("{} {} {} {}", word("name"), word("version"), it["introduced"], it["changed"])
    };
    packages.iter().map(one).collect()
}

#[test]
fn packages_are_as_old_as_the_first_database_that_lists_them() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = |version: &str| format!(r#"{{"name": "ms", "version": "{version}"}}"#);
    let layers = [
        release().entries_of(&database(&[("bash", "5.1-1"), ("dash", "0.5-1")]).tar(), |_| true).unwrap(),
        database(&[("bash", "5.2-1"), ("curl", "8-1"), ("dash", "0.5-1")])
            .file("app/node_modules/ms/package.json", manifest("2.0.0")),
        database(&[("bash", "5.2-1"), ("dash", "0.5-1")]),
        database(&[("bash", "5.2-1"), ("curl", "8-1"), ("dash", "0.5-1")])
            .file("app/node_modules/ms/package.json", manifest("2.1.3")),
        Layer::new().file("var/lib/dpkg/lock", ""),
    ];
    archive(folder.path(), &Image::new(layers.map(Layer::tar)));
    let inventory = scan(folder.path(), "image.tar");
    assert_eq!(ages(&inventory), ["bash 5.2-1 0 1", "curl 8-1 3 3", "dash 0.5-1 0 0", "ms 2.1.3 1 3"]);
    // What was kept of the layers says the same.
    assert_eq!(ages(&scan(folder.path(), "image.tar")), ages(&inventory));
    assert_eq!(
        ages(&json(bomwright(folder.path()).args([
            "scan",
            "image.tar",
            "--quiet",
            "--no-cache",
            "-o",
            "json"
        ]))),
        ages(&inventory)
    );
}

#[test]
fn a_package_whose_files_carry_its_version_is_as_old_as_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let desc = |version: &str| format!("%NAME%\nbash\n\n%VERSION%\n{version}\n\n%ARCH%\nx86_64\n\n");
    let layers = [
        Layer::new().file("var/lib/pacman/local/bash-5.1-1/desc", desc("5.1-1")),
        Layer::new()
            .file("var/lib/pacman/local/.wh.bash-5.1-1", "")
            .file("var/lib/pacman/local/bash-5.2-1/desc", desc("5.2-1")),
    ];
    archive(folder.path(), &Image::new(layers.map(Layer::tar)));
    assert_eq!(ages(&scan(folder.path(), "image.tar")), ["bash 5.2-1 0 1"]);
}

#[test]
fn a_database_that_was_deleted_and_made_again_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let both = [("bash", "5.1-1"), ("dash", "0.5-1")];
    let layers = [database(&both), Layer::new().file("var/lib/.wh.dpkg", ""), database(&both)];
    archive(folder.path(), &Image::new(layers.map(Layer::tar)));
    assert_eq!(ages(&scan(folder.path(), "image.tar")), ["bash 5.1-1 2 2", "dash 0.5-1 2 2"]);
}

#[test]
fn files_and_layers_say_where_they_belong_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let script = |text: &str| format!("#!/bin/sh\n{text}\n");
    let base = release()
        .entries_of(&database(&[("bash", "5.1-1")]).tar(), |_| true)
        .unwrap()
        .program("usr/bin/changed", script("one"))
        .program("usr/bin/kept", script("kept"))
        .tar();
    let top =
        Layer::new().program("usr/bin/changed", script("two")).program("usr/bin/new", script("new")).tar();
    Image::new([base.clone()]).docker_archive(&folder.path().join("base.tar")).unwrap();
    let steps = ["ADD rootfs.tar / # buildkit", "RUN /bin/sh -c make install # buildkit"];
    archive(folder.path(), &Image::new([base, top]).made_by(steps));

    let (_, account) = verify(folder.path(), "image.tar", &["--base", "base.tar"]);
    let layers =
        |path: &str| [&file(&account, path)["introduced"], &file(&account, path)["layer"]].map(Value::as_u64);
    assert_eq!(layers("usr/bin/changed"), [Some(0), Some(1)]);
    assert_eq!(layers("usr/bin/kept"), [Some(0), Some(0)]);
    assert_eq!(layers("usr/bin/new"), [Some(1), Some(1)]);
    let parts: Vec<_> =
        account["layers"].as_array().unwrap().iter().map(|it| it["part"].as_str().unwrap()).collect();
    assert_eq!(parts, ["base", "application"]);

    let text = bomwright(folder.path())
        .args(["verify", "image.tar", "--base", "base.tar", "--quiet"])
        .output()
        .unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("\n1              1        1  application  RUN /bin/sh -c make install"), "{text}");

    let formats = ["json=x.json", "cyclonedx-json=x.cdx.json", "spdx-json=x.spdx.json"];
    let outputs = formats.iter().flat_map(|format| ["-o", format]);
    let status = bomwright(folder.path())
        .args(["scan", "image.tar", "--verify", "--base", "base.tar", "--quiet"])
        .args(outputs)
        .status()
        .unwrap();
    assert!(status.success());
    let read = |name: &str| -> Value {
        serde_json::from_slice(&fs::read(folder.path().join(name)).unwrap()).unwrap()
    };
    let own = read("x.json");
    assert_eq!(own["layers"][1]["part"], "application");
    let changed = own["files"].as_array().unwrap().iter().find(|it| it["path"] == "usr/bin/changed").unwrap();
    assert_eq!((&changed["introduced"], &changed["layer"]), (&0.into(), &1.into()));
    for name in ["x.cdx.json", "x.spdx.json"] {
        let again =
            json(bomwright(folder.path()).args(["scan", &format!("sbom:{name}"), "--quiet", "-o", "json"]));
        assert_eq!(again["layers"], own["layers"], "{name}");
        assert_eq!(ages(&again), ages(&own), "{name}");
        let files = |it: &Value| -> Vec<[Value; 3]> {
            let files = it["files"].as_array().unwrap().iter();
            files.map(|it| ["path", "introduced", "layer"].map(|key| it[key].clone())).collect()
        };
        assert_eq!(files(&again), files(&own), "{name}");
    }
}
