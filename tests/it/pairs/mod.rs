//! One-trick pairs: two documents or images that differ in one thing, and what a differ must say of them.
//!
//! The cases are data, in `tests/pairs/*.json`; `tests/pairs/README.md` explains their form. Every expectation comes
//! from a rule that the case names, never from the program's output. All cases run through the program, and every
//! failure is listed at once.

mod expand;
mod forms;
mod judge;
mod waive;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::command::bomwright;
use crate::workspace::root;

/// The day on which the comparisons take place, unless a case names another.
const TODAY: &str = "2026-11-25";

/// One case with the name of its file.
struct Case {
    theme: String,
    data: Value,
}

impl Case {
    fn name(&self) -> String {
        format!("{}/{}", self.theme, self.data["name"].as_str().unwrap_or("?"))
    }
}

fn cases() -> Vec<Case> {
    let mut files: Vec<_> = fs::read_dir(root().join("tests/pairs")).unwrap().map(Result::unwrap).collect();
    files.sort_by_key(fs::DirEntry::path);
    let mut all = Vec::new();
    for file in files.iter().map(fs::DirEntry::path) {
        if file.extension().is_none_or(|it| it != "json") {
            continue;
        }
        let theme = file.file_stem().unwrap().to_string_lossy().into_owned();
        let list: Vec<Value> = serde_json::from_slice(&fs::read(&file).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        all.extend(list.into_iter().map(|data| Case { theme: theme.clone(), data }));
    }
    all
}

/// What a run of `bomwright diff` gave.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Run {
    fn delta(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or(Value::Null)
    }
}

fn run(folder: &Path, sides: &[String; 2], more: &[&str]) -> Run {
    let mut command = bomwright(folder);
    command.arg("diff").args(sides).args(["-o", "json", "--quiet"]).args(more);
    if !more.contains(&"--now") {
        command.args(["--now", TODAY]);
    }
    let output = command.output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// Every way in which the program fails `case`.
fn failures(case: &Value) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let sides = ["old", "new"].map(|side| expand::write(folder.path(), side, &case[side]));
    let policy = case["policy"].as_str().unwrap_or_default();
    fs::write(folder.path().join("bomwright.toml"), policy).unwrap();
    let expect = &case["expect"];
    let more = words(case["args"].as_str().unwrap_or_default());

    let first = run(folder.path(), &sides, &more);
    let delta = first.delta();
    let wanted = case["exit"].as_i64().unwrap_or(0);
    if delta.is_null() {
        return vec![format!("no delta: exit {:?}, {}", first.code, first.stderr.trim())];
    }
    let mut failures = judge::delta(&delta, expect);
    if first.code.map(i64::from) != Some(wanted) {
        failures.push(format!("exit {:?}, not {wanted} {}", first.code, first.stderr.trim()));
    }
    for text in expect["never"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if first.stdout.contains(text) {
            failures.push(format!("'{text}' is shown"));
        }
    }
    let nothing = judge::expects_nothing(expect);
    let mut gates: Vec<Value> = expect["gates"].as_array().cloned().unwrap_or_default();
    if expect["exitCode"] != "any" {
        gates.push(serde_json::json!({"args": "--exit-code", "exit": i32::from(!nothing)}));
    }
    if nothing {
        gates.push(serde_json::json!({"args": "--fail-on any --exit-code", "exit": 0}));
    }
    for gate in &gates {
        let more: Vec<&str> =
            more.iter().copied().chain(words(gate["args"].as_str().unwrap_or_default())).collect();
        if gate["waive"].is_object() {
            failures.extend(waive::failures(folder.path(), &sides, policy, &more, gate));
            continue;
        }
        let after = run(folder.path(), &sides, &more);
        failures.extend(judge::gate(&after, gate));
    }
    failures
}

#[test]
fn every_one_trick_pair_is_judged_right() {
    let only = std::env::var("PAIRS").unwrap_or_default();
    let (mut report, mut failed, mut count) = (String::new(), 0, 0);
    for case in cases().iter().filter(|case| case.name().contains(&only)) {
        count += 1;
        let found = failures(&case.data);
        if found.is_empty() {
            continue;
        }
        failed += 1;
        let _ = writeln!(report, "\n{}\n  rule: {}", case.name(), case.data["rule"].as_str().unwrap_or("-"));
        for failure in found {
            let _ = writeln!(report, "  - {failure}");
        }
    }
    assert!(failed == 0, "{failed} of {count} pairs are judged wrong:\n{report}");
}

#[test]
fn the_table_of_pairs_is_complete() {
    let cases = cases();
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    let names: BTreeSet<String> = cases.iter().map(Case::name).collect();
    assert_eq!(names.len(), cases.len(), "names are unique");
    // The cases by which other tools were measured, each with its number.
    let page: BTreeSet<u64> = cases.iter().filter_map(|case| case.data["decisive"].as_u64()).collect();
    assert_eq!(page, (1..=31).collect());
    for case in &cases {
        let known = ["name", "decisive", "rule", "old", "new", "args", "policy", "exit", "expect"];
        let stray = case.data.as_object().unwrap().keys().find(|key| !known.contains(&key.as_str()));
        assert!(stray.is_none(), "{}: unknown key {stray:?}", case.name());
        let rule = case.data["rule"].as_str().unwrap_or_default();
        assert!(rule.len() > 20, "{}: no rule", case.name());
        judge::known_keys(&case.name(), &case.data["expect"]);
    }
}
