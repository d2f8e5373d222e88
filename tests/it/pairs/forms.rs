//! The form does not matter: one inventory in each form that we write is the same inventory.

use std::fs;

use super::{cases, expand, run};
use crate::command::bomwright;

#[test]
fn an_inventory_is_the_same_in_every_form() {
    let mut faults = Vec::new();
    let cases = cases();
    let sides = cases.iter().flat_map(|case| ["old", "new"].map(|side| (case.name(), &case.data[side])));
    let mut count = 0;
    for (name, side) in sides.filter(|(_, side)| side["json"].is_object()) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("bomwright.toml"), "").unwrap();
        let source = expand::write(folder.path(), "own", side);
        let scan = bomwright(folder.path())
            .args(["scan", &source, "--quiet", "-o", "json=a.json"])
            .args(["-o", "cyclonedx-json=a.cdx.json", "-o", "spdx-json=a.spdx.json"])
            .output()
            .unwrap();
        assert!(scan.status.success(), "{name}: {}", String::from_utf8_lossy(&scan.stderr));
        for (old, new) in
            [(source.as_str(), "a.json"), ("a.json", "a.cdx.json"), ("a.cdx.json", "a.spdx.json")]
        {
            count += 1;
            let run =
                run(folder.path(), &[old.to_owned(), new.to_owned()], &["--exit-code", "--fail-on", "any"]);
            let delta = run.delta();
            if run.code != Some(0) {
                let shown: String = delta.to_string().chars().take(700).collect();
                faults.push(format!(
                    "{name}, {old} and {new}: exit {:?} {} {shown}",
                    run.code,
                    run.stderr.trim()
                ));
            }
        }
    }
    assert!(count > 100, "only {count} comparisons");
    faults.dedup();
    assert!(faults.is_empty(), "{} of {count} comparisons differ:\n{}", faults.len(), faults.join("\n"));
}
