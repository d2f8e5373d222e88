//! The merged tree, against what `umoci unpack` makes of the same layers.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use bomwright_tests::{Compression, Image, Layer};

use crate::command::bomwright;

/// Layers that do everything that the OCI layer specification (layer.md) speaks of.
fn layers() -> Vec<Vec<u8>> {
    let mut layers = vec![
        Layer::new()
            .dir("etc")
            .dir("usr")
            .dir("usr/lib")
            .symlink("lib", "usr/lib")
            .file("etc/kept", "kept")
            .file("etc/gone", "gone")
            .file("etc/file-then-dir", "x")
            .dir("etc/dir-then-file")
            .file("etc/dir-then-file/inside", "x")
            .dir("opaque")
            .file("opaque/old", "old")
            .dir("opaque/deep")
            .file("opaque/deep/old", "old"),
        Layer::new()
            .file("etc/.wh.gone", "")
            .file("lib/through", "through a link")
            .hardlink("etc/hard", "etc/kept")
            .file("opaque/new", "new")
            .file("opaque/.wh..wh..opq", ""),
        Layer::new()
            .dir("etc/file-then-dir")
            .file("etc/file-then-dir/new", "new")
            .file("etc/.wh.dir-then-file", "")
            .program("usr/tool", "#!/bin/sh\n"),
        Layer::new()
            .file("etc/dir-then-file", "now a file")
            .file("etc/.wh.kept", "")
            .symlink("usr/link", "../etc"),
    ];
    for n in 0..36 {
        layers.push(
            Layer::new().dir("var").file(&format!("var/{n}"), n.to_string()).file("var/last", n.to_string()),
        );
    }
    layers.into_iter().map(Layer::tar).collect()
}

/// Type, mode, size and target of every path below `root`, as `bomwright files` writes them.
fn unpacked(root: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root).min_depth(1).into_iter().map(Result::unwrap) {
        let metadata = fs::symlink_metadata(entry.path()).unwrap();
        let mode = metadata.permissions().mode() & 0o7777;
        let words = if metadata.is_symlink() {
            format!("l -> {}", fs::read_link(entry.path()).unwrap().display())
        } else if metadata.is_dir() {
            format!("d {mode:04o}")
        } else {
            format!("- {mode:04o} {}", metadata.size())
        };
        all.insert(format!("/{}", entry.path().strip_prefix(root).unwrap().display()), words);
    }
    all
}

fn listed(folder: &Path) -> BTreeMap<String, String> {
    let output = bomwright(folder).args(["files", "oci-dir:image"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |line: &str| {
        let (facts, path) = line.split_once('\t').unwrap();
        let facts: Vec<&str> = facts.split(' ').collect();
        match facts[0] {
            "l" => {
                let (path, target) = path.split_once(" -> ").unwrap();
                (path.to_owned(), format!("l -> {target}"))
            }
            "d" => (path.to_owned(), format!("d {}", facts[1])),
            _ => (path.to_owned(), format!("- {} {}", facts[1], facts[3])),
        }
    };
    text.lines().map(line).filter(|(path, _)| path != "/").collect()
}

#[test]
fn forty_layers_merge_as_umoci_unpacks_them() {
    if Command::new("umoci").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "CI must install umoci");
        eprintln!("skipped: umoci is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let layers = layers();
    assert_eq!(layers.len(), 40);
    Image::new(layers).oci_dir(&folder.path().join("image"), Compression::Gzip).unwrap();
    let mut unpack = Command::new("umoci");
    unpack.current_dir(folder.path()).args(["unpack", "--image", "image:1", "bundle"]);
    let home = fs::metadata(folder.path()).unwrap();
    if home.uid() != 0 {
        unpack.arg("--rootless");
    }
    let output = unpack.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (ours, theirs) = (listed(folder.path()), unpacked(&folder.path().join("bundle/rootfs")));
    assert!(theirs.len() > 50, "umoci unpacked only {} paths", theirs.len());
    assert_eq!(ours, theirs);
}
