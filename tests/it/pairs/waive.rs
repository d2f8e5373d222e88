//! Waivers: a finding that a gate trips over may pass for a while, with a reason.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{Run, judge, run};

/// Waives every finding that the gate trips over, and judges what happens then.
pub(super) fn failures(
    folder: &Path,
    sides: &[String; 2],
    policy: &str,
    more: &[&str],
    gate: &Value,
) -> Vec<String> {
    let before = run(folder, sides, more);
    let tripped = tripped(&before);
    if before.code != Some(1) || tripped.is_empty() {
        return vec![format!(
            "nothing to waive: exit {:?}, findings {tripped:?} {}",
            before.code, before.stderr
        )];
    }
    let expires = gate["waive"]["expires"].as_str().expect("a day on which the waiver expires");
    let mut text = policy.to_owned();
    for id in &tripped {
        let _ = writeln!(
            text,
            "\n[[waiver]]\nid = \"{id}\"\nreason = \"reviewed by security\"\nexpires = {expires}"
        );
    }
    fs::write(folder.join("bomwright.toml"), text).unwrap();
    let after = run(folder, sides, more);
    fs::write(folder.join("bomwright.toml"), policy).unwrap();

    let mut failures = judge::gate(&after, gate);
    let delta = after.delta();
    let waived: Vec<&str> =
        delta["findings"].as_array().into_iter().flatten().filter_map(|it| it["waived"].as_str()).collect();
    let used = delta["verdict"]["waivers"].as_array().map_or(0, Vec::len);
    if gate["exit"] == 0 {
        // What is waived is still told, with its reason.
        let all = waived.iter().all(|reason| *reason == "reviewed by security");
        if waived.len() != tripped.len() || !all || used != tripped.len() {
            failures.push(format!("{} findings, but {waived:?} are waived by {used} waivers", tripped.len()));
        }
    } else if !waived.is_empty() || used != 0 {
        failures.push(format!("a waiver that counts no more was used: {waived:?}"));
    }
    failures
}

fn tripped(run: &Run) -> Vec<String> {
    let delta = run.delta();
    let rows = delta["findings"].as_array().cloned().unwrap_or_default();
    rows.iter()
        .filter(|it| it["gate"] == true)
        .filter_map(|it| it["id"].as_str().map(str::to_owned))
        .collect()
}
