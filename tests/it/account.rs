//! What the tests of `bomwright verify` share: corpus images, their layers, and questions to an account.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::bomwright;

/// The plain docker archive of a corpus image.
pub(crate) fn corpus(name: &str) -> Option<PathBuf> {
    let found = large_corpus(name);
    let ci = std::env::var_os("CI").is_some();
    assert!(found.is_some() || !ci, "CI must build the corpus image {name}");
    found
}

/// The same of an image that takes too long to build for CI: there the test is skipped, and says so.
pub(crate) fn large_corpus(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("BOMWRIGHT_CORPUS")
        .map(|corpus| Path::new(&corpus).join(name).join("image.docker.tar"))
        .filter(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: BOMWRIGHT_CORPUS has no image {name}");
    }
    found
}

/// The layers of a plain docker archive, bottom first.
pub(crate) fn layers(archive: &Path) -> Vec<Vec<u8>> {
    let mut members = BTreeMap::new();
    let mut tar = tar::Archive::new(fs::File::open(archive).unwrap());
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        members.insert(name, bytes);
    }
    let manifest: Value = serde_json::from_slice(&members["manifest.json"]).unwrap();
    let names = manifest[0]["Layers"].as_array().unwrap().iter();
    names.map(|name| members.remove(name.as_str().unwrap()).unwrap()).collect()
}

/// The content of `path` in a layer.
pub(crate) fn content(layer: &[u8], path: &str) -> Vec<u8> {
    let mut tar = tar::Archive::new(layer);
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.path().unwrap().strip_prefix(".").is_ok_and(|it| it == Path::new(path))
            || entry.path().unwrap() == Path::new(path)
        {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            return bytes;
        }
    }
    panic!("the layer has no {path}")
}

/// Verifies `source` in `folder`; the exit code and the account with every file in it.
pub(crate) fn verify(folder: &Path, source: &str, more: &[&str]) -> (i32, Value) {
    let output = bomwright(folder)
        .args(["verify", source, "--all", "--quiet", "-o", "json"])
        .args(more)
        .output()
        .unwrap();
    let code = output.status.code().unwrap();
    assert!(code < 2, "{}", String::from_utf8_lossy(&output.stderr));
    (code, serde_json::from_slice(&output.stdout).unwrap())
}

/// The account of `path`.
pub(crate) fn file<'a>(account: &'a Value, path: &str) -> &'a Value {
    let files = account["files"].as_array().unwrap();
    files.iter().find(|it| it["path"] == path).unwrap_or_else(|| panic!("no account of {path}"))
}

/// The rules of the findings about `subject`.
pub(crate) fn rules(account: &Value, subject: &str) -> BTreeSet<String> {
    let findings = account["findings"].as_array().unwrap().iter().filter(|it| it["subject"] == subject);
    findings.map(|it| it["rule"].as_str().unwrap().to_owned()).collect()
}
