//! When lock files count: in source trees, and not where it can be seen what is installed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use bomwright_tests::{Image, Layer};
use serde_json::Value;

use crate::command::scan;

const LOCK: &str = r#"{"name":"shop","version":"1.0.0","lockfileVersion":3,"packages":{
    "":{"name":"shop","version":"1.0.0","dependencies":{"left":"^1"}},
    "node_modules/left":{"version":"1.3.0"}}}"#;
const YARN: &str = "# yarn lockfile v1\n\n\nleft@^1:\n  version \"1.3.0\"\n  dependencies:\n    right \"^2\"\n\n\
    right@^2:\n  version \"2.0.0\"\n";

fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Packages with the files that tell of them.
fn packages(document: &Value) -> BTreeSet<String> {
    let packages = document["packages"].as_array().unwrap().iter();
    packages
        .map(|it| {
            let evidence = it["evidence"].as_array().unwrap().iter();
            let paths: Vec<_> = evidence.map(|it| it["path"].as_str().unwrap()).collect();
            format!("{} {}", it["name"].as_str().unwrap(), paths.join(" "))
        })
        .collect()
}

#[test]
fn lock_files_count_in_source_trees_only() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "tree/app/package-lock.json", LOCK);
    let locked = ["left app/package-lock.json", "shop app/package-lock.json"].map(str::to_owned);
    assert_eq!(packages(&scan(folder.path(), "dir:tree")), BTreeSet::from(locked));
    let alone = packages(&scan(folder.path(), "file:tree/app/package-lock.json"));
    assert_eq!(alone.len(), 2);

    // What others made has lock files for its own development.
    put(folder.path(), "tree/app/node_modules/x/package-lock.json", &LOCK.replace("left", "other"));
    assert_eq!(packages(&scan(folder.path(), "dir:tree")).len(), 2);

    // The same tree as the root of a system.
    put(folder.path(), "tree/etc/os-release", "ID=debian\n");
    assert_eq!(packages(&scan(folder.path(), "dir:tree")), BTreeSet::new());

    // In an image and in a tar of a root file system they never count.
    let layer = Layer::new().dir("app").file("app/package-lock.json", LOCK).tar();
    fs::write(folder.path().join("root.tar"), &layer).unwrap();
    Image::new([layer]).docker_archive(&folder.path().join("image.tar")).unwrap();
    for source in ["docker-archive:image.tar", "rootfs:root.tar"] {
        assert_eq!(packages(&scan(folder.path(), source)), BTreeSet::new(), "{source}");
    }
}

#[test]
fn what_is_locked_and_installed_is_one_package() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = r#"{"name":"shop","version":"1.0.0","dependencies":{"left":"^1"}}"#;
    put(folder.path(), "app/package.json", manifest);
    put(folder.path(), "app/yarn.lock", YARN);
    put(folder.path(), "app/node_modules/left/package.json", r#"{"name":"left","version":"1.3.0"}"#);
    // Not of this project.
    put(folder.path(), "app2/node_modules/left/package.json", r#"{"name":"left","version":"1.3.0"}"#);
    let document = scan(folder.path(), "dir:.");
    let expected = [
        "left app/node_modules/left/package.json app/yarn.lock",
        "left app2/node_modules/left/package.json",
        "right app/yarn.lock",
        "shop app/package.json",
    ];
    assert_eq!(packages(&document), BTreeSet::from(expected.map(str::to_owned)));

    // npm's lock file names the very place.
    fs::remove_file(folder.path().join("app/yarn.lock")).unwrap();
    put(folder.path(), "app/package-lock.json", LOCK);
    let document = scan(folder.path(), "dir:app");
    let expected =
        ["left node_modules/left/package.json package-lock.json", "shop package-lock.json package.json"];
    assert_eq!(packages(&document), BTreeSet::from(expected.map(str::to_owned)));
}
