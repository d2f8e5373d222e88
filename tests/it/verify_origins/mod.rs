//! Where files came from, for images of languages and package managers other than Debian's, and what a key, an archive
//! or a policy from outside changes about it.
//!
//! Tools that had no part in bomwright make what is verified: pip installs, rpmbuild and rpmsign sign, rpm installs,
//! dpkg-deb builds. What must come out is said by the tables of `docs/origins.md`, and each tool's own rules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::command::bomwright;

mod packages;
mod policy;
mod programs;
mod python;

/// Whether every one of `tools` can be run; CI has them all.
fn has(tools: &[&str]) -> bool {
    let is_missing = |tool: &&&str| Command::new(tool).arg("--version").output().is_err();
    let missing: Vec<_> = tools.iter().filter(is_missing).collect();
    assert!(missing.is_empty() || std::env::var_os("CI").is_none(), "CI must have {missing:?}");
    if !missing.is_empty() {
        eprintln!("skipped: {missing:?} not installed");
    }
    missing.is_empty()
}

/// Runs `command`, which must succeed.
fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&output.stdout));
    output
}

/// The account of `source` with every file in it.
fn verify(folder: &Path, source: &str, more: &[&str]) -> Value {
    let mut command = bomwright(folder);
    let output =
        command.args(["verify", source, "--all", "--quiet", "-o", "json"]).args(more).output().unwrap();
    assert!(output.status.code().unwrap() < 2, "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn file<'a>(account: &'a Value, path: &str) -> &'a Value {
    let files = account["files"].as_array().unwrap();
    files.iter().find(|it| it["path"] == path).unwrap_or_else(|| panic!("no account of {path}"))
}

/// Origin, status and tier of the file at `path`.
fn state<'a>(account: &'a Value, path: &str) -> [&'a str; 3] {
    let file = file(account, path);
    ["origin", "status", "tier"].map(|key| file[key].as_str().unwrap())
}

/// The details of all reasons for the verdict on `path`.
fn reasons(account: &Value, path: &str) -> String {
    let reasons = file(account, path)["reasons"].as_array().unwrap();
    reasons.iter().map(|it| it["detail"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

/// Every finding as `rule severity`, by its subject.
fn findings(account: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in account["findings"].as_array().unwrap() {
        let [rule, severity, subject] =
            ["rule", "severity", "subject"].map(|key| finding[key].as_str().unwrap());
        found.entry(subject.to_owned()).or_default().insert(format!("{rule} {severity}"));
    }
    found
}

/// Origin, confidence and deciding rule of each package of one ecosystem, by full name.
fn origins(inventory: &Value, ecosystem: &str) -> BTreeMap<String, [String; 3]> {
    let packages = inventory["packages"].as_array().unwrap().iter().filter(|it| it["ecosystem"] == ecosystem);
    let one = |package: &Value| {
        let name = package["name"].as_str().unwrap();
        let name = package["namespace"].as_str().map_or(name.to_owned(), |it| format!("{it}/{name}"));
        let origin = &package["origin"];
        let verdict = [&origin["origin"], &origin["confidence"], &origin["reasons"][0]["rule"]];
        (name, verdict.map(|it| it.as_str().unwrap().to_owned()))
    };
    packages.map(one).collect()
}

fn says(words: [&str; 3]) -> [String; 3] {
    words.map(str::to_owned)
}
