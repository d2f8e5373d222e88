//! The rules of the workspace, as ARCHITECTURE.md states them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Which crates of the workspace each may depend on. Whoever adds an edge here changes the architecture.
const ALLOWED: &[(&str, &[&str])] = &[
    ("bomwright-version", &[]),
    ("bomwright-model", &["version"]),
    ("bomwright-image", &["model"]),
    ("bomwright-ecosystems", &["model", "version"]),
    ("bomwright-origin", &["model"]),
    ("bomwright-trust", &["model"]),
    ("bomwright-extractor", &["image", "ecosystems", "origin", "trust", "model"]),
    ("bomwright-document", &["model"]),
    ("bomwright-diff", &["model", "version"]),
    ("bomwright-profile", &["model"]),
    ("bomwright-orchestration", &["model"]),
    ("bomwright-forge", &[]),
    ("bomwright-report", &["diff", "model", "orchestration", "profile"]),
];

/// Libraries that a stage must not know, because it must not do what they do.
const BANNED: &[(&str, &[&str])] = &[
    ("bomwright-model", &["serde_json", "walkdir", "flate2", "zip", "toml", "clap"]),
    ("bomwright-version", &["serde", "serde_json"]),
    ("bomwright-ecosystems", &["walkdir", "tar", "clap", "tempfile", "ureq"]),
    ("bomwright-diff", &["serde_json", "comfy-table"]),
    ("bomwright-profile", &["serde_json", "serde", "clap"]),
    ("bomwright-origin", &["serde_json", "walkdir"]),
    ("bomwright-trust", &["serde_json", "clap", "ureq"]),
    ("bomwright-orchestration", &["walkdir", "serde_json", "clap", "comfy-table"]),
    ("bomwright-forge", &["clap", "tempfile", "walkdir"]),
];

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    metadata
        .packages
        .iter()
        .map(|package| {
            let normal = package.dependencies.iter().filter(|it| it.kind == DependencyKind::Normal);
            (package.name.to_string(), normal.map(|it| it.name.clone()).collect())
        })
        .collect()
}

#[test]
fn crates_depend_only_on_what_the_architecture_allows() {
    let actual = dependencies();
    for (name, allowed) in ALLOWED {
        let allowed: BTreeSet<String> = allowed.iter().map(|it| format!("bomwright-{it}")).collect();
        let ours: BTreeSet<String> =
            actual[*name].iter().filter(|it| it.starts_with("bomwright")).cloned().collect();
        let extra: Vec<_> = ours.difference(&allowed).collect();
        assert!(extra.is_empty(), "{name} must not depend on {extra:?}");
    }
    for (name, found) in &actual {
        assert!(
            ALLOWED.iter().any(|(it, _)| it == name)
                || ["bomwright", "bomwright-tests", "xtask"].contains(&name.as_str()),
            "{name} is not in the table of allowed dependencies"
        );
        assert!(
            name == "bomwright-tests" || !found.contains("bomwright"),
            "{name} depends on the command line"
        );
    }
}

#[test]
fn stages_do_not_know_libraries_that_do_another_stage_s_work() {
    let actual = dependencies();
    for (name, banned) in BANNED {
        let found: Vec<_> = banned.iter().filter(|it| actual[*name].contains(**it)).collect();
        assert!(found.is_empty(), "{name} must not depend on {found:?}");
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let crates = walkdir::WalkDir::new(root().join("crates")).into_iter().map(Result::unwrap);
    crates
        .map(walkdir::DirEntry::into_path)
        .filter(|path| !path.components().any(|c| c.as_os_str() == "testdata"))
        .filter(|path| {
            path.extension().is_some_and(|it| it == "rs") && path.components().any(|c| c.as_os_str() == "src")
        })
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn every_module_says_why_it_exists() {
    for (path, text) in sources() {
        assert!(text.starts_with("//!"), "{} does not open with //!", path.display());
    }
}

#[test]
fn documents_and_reports_know_no_ecosystem() {
    let registry = root().join("crates/bomwright-ecosystems/src/registry.rs");
    assert!(registry.is_file());
    for (path, text) in sources() {
        let file = path.to_string_lossy().into_owned();
        if !(file.contains("bomwright-report/src") || file.contains("bomwright-diff/src")) {
            continue;
        }
        // Tests may name ecosystems; the code before them may not.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for name in ["\"deb\"", "\"rpm\"", "\"apk\"", "\"npm\"", "\"pypi\"", "\"maven\"", "\"golang\""] {
            assert!(!code.contains(name), "{file} switches on the ecosystem {name}");
        }
    }
}

/// Every invariant of ARCHITECTURE.md names the test that holds it, and that test exists.
#[test]
fn every_invariant_names_a_test_that_exists() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let mut code: String = sources().into_iter().map(|(_, text)| text).collect();
    for folder in ["tests/it", "crates"] {
        for entry in walkdir::WalkDir::new(root().join(folder)).into_iter().map(Result::unwrap) {
            if entry.path().extension().is_some_and(|it| it == "rs") {
                code.push_str(&fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    let section = text.split("\n## Invariants").nth(1).expect("a section on invariants");
    let section = section.split("\n## ").next().unwrap();
    let invariants: Vec<&str> =
        section.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_digit())).collect();
    assert!(invariants.len() >= 9, "only {} invariants", invariants.len());
    for invariant in invariants {
        let tests: Vec<&str> = invariant
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|word| word.contains('_') && code.contains(&format!("fn {word}(")))
            .collect();
        assert!(!tests.is_empty(), "names no test that exists: {invariant}");
    }
}
