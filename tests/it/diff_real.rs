//! Real trees that differ: a Debian, an npm tree and a Python environment, judged by dpkg, npm and pip.
//!
//! `tests/scripts/real_pair.py` makes both sides from the corpus and says from the words of those tools what differs;
//! nothing of ours has a part in it. Each pair is compared as trees, as documents of every form, mixed, and as syft's
//! documents against ours. Without `BOMWRIGHT_CORPUS` these tests say that they are skipped; without syft that part is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use bomwright_tests::Image;
use serde_json::Value;

use crate::account::corpus;
use crate::command::bomwright;
use crate::workspace::root;

/// Every rule that a gate can be about.
const GATES: &str = "new-upstream,new-in-house,new-vendor,unknown-origin,downgrade,same-version-content,setuid,\
    capabilities,world-writable,unowned-executable,vendor-modified,package-database,shell,certificate,\
    authorized-keys,cron,systemd-unit,sudoers,licence-change,licence-denied,licence-unknown,package-denied,\
    supplier-change,repository-change,patch-adds-dependency,lookalike,user-root,base-change,eol,new-finding,any";

/// Name, version, place.
type Row = (String, String, String);

/// A pair of trees in a folder, and what differs between them.
struct Pair {
    folder: tempfile::TempDir,
    ecosystem: &'static str,
    /// Whether the place is part of what a package is.
    placed: bool,
    truth: Value,
}

impl Pair {
    fn make(kind: &str, ecosystem: &'static str, images: &[&str]) -> Option<Self> {
        let found: Option<Vec<_>> = images.iter().map(|image| corpus(image)).collect();
        let archive = found?.pop()?;
        let folder = tempfile::tempdir().unwrap();
        let script = Command::new("python3")
            .arg(root().join("tests/scripts/real_pair.py"))
            .arg(kind)
            .arg(archive.parent().and_then(Path::parent).unwrap())
            .arg(folder.path())
            .output()
            .unwrap();
        assert!(script.status.success(), "{}", String::from_utf8_lossy(&script.stderr));
        let truth = serde_json::from_slice(&fs::read(folder.path().join("truth.json")).unwrap()).unwrap();
        let pair = Self { folder, ecosystem, placed: ecosystem == "npm", truth };
        for side in ["old", "new"] {
            let outputs = [("cyclonedx-json", "cdx"), ("spdx-json", "spdx"), ("json", "bomwright")]
                .map(|(format, end)| format!("{format}={side}.{end}.json"));
            let mut scan = bomwright(pair.folder.path());
            scan.args(["scan", &format!("rootfs:{side}.tar"), "--quiet"]);
            scan.args(outputs.iter().flat_map(|output| ["-o", output]));
            let scan = scan.output().unwrap();
            assert!(scan.status.success(), "{}", String::from_utf8_lossy(&scan.stderr));
        }
        Some(pair)
    }

    fn diff(&self, old: &str, new: &str, more: &[&str]) -> (i32, Value) {
        let output = bomwright(self.folder.path())
            .args(["diff", old, new, "--quiet", "-o", "json", "--now", "2026-11-25"])
            .args(more)
            .output()
            .unwrap();
        let code = output.status.code().unwrap();
        assert!(code != 2, "{old} {new}: {}", String::from_utf8_lossy(&output.stderr));
        (code, serde_json::from_slice(&output.stdout).unwrap())
    }

    fn side(&self, key: &str, placed: bool) -> BTreeMap<Row, i32> {
        let mut counts = BTreeMap::new();
        for row in self.truth[key].as_array().unwrap() {
            let [name, version, place] = [0, 1, 2].map(|at| row[at].as_str().unwrap().to_owned());
            *counts.entry((name, version, if placed { place } else { String::new() })).or_default() += 1;
        }
        counts
    }

    /// Name of a row as the truth spells it.
    fn name(&self, row: &Value) -> String {
        let name = row["name"].as_str().unwrap();
        match self.ecosystem {
            "deb" => name.rsplit('/').next().unwrap().to_owned(),
            "pypi" => name.to_lowercase().replace(['_', '.'], "-"),
            _ => name.to_owned(),
        }
    }

    /// Every way in which the packages of `delta` are not exactly what differs.
    fn wrong_packages(&self, delta: &Value, placed: bool) -> Vec<String> {
        let (old, new) = (self.side("old", placed), self.side("new", placed));
        let mut wrong = Vec::new();
        let mut applied = old.clone();
        let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for row in delta["packages"].as_array().unwrap() {
            if row["explainedBy"].is_string() {
                continue;
            }
            if row["ecosystem"] != self.ecosystem {
                wrong.push(format!("of another ecosystem: {row}"));
                continue;
            }
            let name = self.name(row);
            let count = counts.entry(name.clone()).or_default();
            for (side, sign) in [("old", -1), ("new", 1)] {
                if row[side].is_null() {
                    continue;
                }
                let text = |key: &str| row[side][key].as_str().unwrap_or_default().to_owned();
                let place = if placed { text("location") } else { String::new() };
                *applied.entry((name.clone(), text("version"), place)).or_default() += sign;
            }
            count.0 += usize::from(row["new"].is_null());
            count.1 += usize::from(row["old"].is_null());
            wrong.extend(self.wrong_direction(&name, row));
        }
        applied.retain(|_, count| *count != 0);
        if applied != new {
            let stray = applied.iter().filter(|(row, count)| new.get(*row) != Some(*count));
            let missing = new.iter().filter(|(row, count)| applied.get(*row) != Some(*count));
            wrong.push(format!(
                "applied to the old side it gives {:?} instead of {:?}",
                stray.collect::<Vec<_>>(),
                missing.collect::<Vec<_>>()
            ));
        }
        // What is left of a name when equal ones have cancelled: one side is paired as a whole, the rest is one-sided.
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).map(|(name, ..)| name).collect();
        for name in names {
            let left = |a: &BTreeMap<Row, i32>, b: &BTreeMap<Row, i32>| -> usize {
                let of_name = a.iter().filter(|((it, ..), _)| it == name);
                of_name
                    .map(|(row, count)| count - b.get(row).copied().unwrap_or_default())
                    .filter(|count| *count > 0)
                    .map(|count| usize::try_from(count).unwrap())
                    .sum()
            };
            let (gone, came) = (left(&old, &new), left(&new, &old));
            let wanted = (gone.saturating_sub(came), came.saturating_sub(gone));
            let found = counts.get(name).copied().unwrap_or_default();
            if found != wanted {
                wrong.push(format!("{name}: {found:?} removed and added, not {wanted:?}"));
            }
        }
        wrong
    }

    fn wrong_direction(&self, name: &str, row: &Value) -> Option<String> {
        let version = |side: &str| row[side]["version"].as_str();
        let (old, new) = (version("old")?, version("new")?);
        // Debian developer's reference, 5.10.2.1: `+bN` is a rebuild of the same source.
        let source = |version: &str| match version.rsplit_once("+b") {
            Some((source, number)) if number.bytes().all(|it| it.is_ascii_digit()) => source.to_owned(),
            _ => version.to_owned(),
        };
        let wanted: &[&str] = match self.truth["order"][format!("{old} {new}")].as_i64() {
            None => &["changed", "moved"],
            Some(_) if self.ecosystem == "deb" && source(old) == source(new) => &["rebuilt"],
            // 5.7-0.5~deb12u1 and 5.7-0.5 are builds of one upstream version for two releases.
            Some(-1) if old.contains('~') => &["upgraded", "rebuilt"],
            Some(-1) => &["upgraded"],
            Some(1) => &["downgraded"],
            Some(_) => &["changed"],
        };
        let right = wanted.iter().any(|it| row["change"] == *it);
        (!right).then(|| format!("{name} {old} -> {new} is {}, not {wanted:?}", row["change"]))
    }

    /// Compares every form of the two sides and lists what is wrong with each.
    fn judge_forms(&self) {
        let mut report = Vec::new();
        let forms = [
            ("rootfs:old.tar", "rootfs:new.tar"),
            ("old.cdx.json", "new.cdx.json"),
            ("old.spdx.json", "new.spdx.json"),
            ("old.bomwright.json", "new.bomwright.json"),
            ("old.spdx.json", "new.cdx.json"),
            ("rootfs:old.tar", "new.cdx.json"),
            ("old.bomwright.json", "rootfs:new.tar"),
        ];
        for (old, new) in forms {
            let (code, delta) = self.diff(old, new, &[]);
            assert_eq!(code, 0, "{old} {new}");
            let wrong = self.wrong_packages(&delta, self.placed);
            report.extend(wrong.into_iter().map(|it| format!("{old} {new}: {it}")));
        }
        for (old, new) in [
            ("rootfs:old.tar", "rootfs:old.tar"),
            ("old.cdx.json", "old.spdx.json"),
            ("new.bomwright.json", "new.cdx.json"),
            ("rootfs:new.tar", "new.spdx.json"),
        ] {
            report.extend(self.differences_of_one_tree(old, new));
        }
        assert!(report.is_empty(), "{} faults:\n{}", report.len(), report.join("\n"));
    }

    /// Two looks at one tree: nothing differs, and no gate trips.
    fn differences_of_one_tree(&self, old: &str, new: &str) -> Option<String> {
        let (code, delta) = self.diff(old, new, &["--exit-code", "--fail-on", GATES]);
        let same_form = old == new;
        let explained = |row: &Value| row["explainedBy"].is_string() && !same_form;
        let rows = delta["packages"].as_array().unwrap().iter().filter(|it| !explained(it)).count();
        let empty = rows == 0
            && ["files", "findings"].iter().all(|key| delta[*key].as_array().is_none_or(Vec::is_empty))
            && delta["image"]["fields"].is_null()
            && delta["graph"]["added"].is_null()
            && delta["graph"]["removed"].is_null();
        let shown: String = delta.to_string().chars().take(1500).collect();
        (code != 0 || !empty).then(|| format!("{old} {new}, one tree: exit {code}, {shown}"))
    }

    /// syft's documents of both sides, if syft is there.
    fn syft(&self) -> bool {
        for side in ["old", "new"] {
            let layer = fs::read(self.folder.path().join(format!("{side}.tar"))).unwrap();
            let archive = format!("{side}.docker.tar");
            Image::new([layer]).docker_archive(&self.folder.path().join(&archive)).unwrap();
            let run = Command::new("syft")
                .current_dir(self.folder.path())
                .args(["scan", &format!("docker-archive:{archive}"), "--quiet"])
                .args(["-o", &format!("cyclonedx-json={side}.syft.cdx.json")])
                .args(["-o", &format!("spdx-json={side}.syft.spdx.json")])
                .env("SYFT_CHECK_FOR_APP_UPDATE", "false")
                .output();
            let Ok(run) = run else {
                eprintln!("skipped: there is no syft");
                return false;
            };
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        }
        true
    }

    fn judge_syft(&self) {
        if !self.syft() {
            return;
        }
        let mut report = Vec::new();
        for (old, new) in [
            ("old.syft.cdx.json", "new.syft.cdx.json"),
            ("old.syft.spdx.json", "new.syft.spdx.json"),
            ("old.syft.cdx.json", "new.cdx.json"),
            ("old.cdx.json", "new.syft.spdx.json"),
            ("rootfs:old.tar", "new.syft.cdx.json"),
        ] {
            let (_, delta) = self.diff(old, new, &[]);
            // syft names the file that it read and no place of a package.
            let wrong = self.wrong_packages(&delta, false);
            report.extend(wrong.into_iter().map(|it| format!("{old} {new}: {it}")));
        }
        for (old, new) in [
            ("old.syft.cdx.json", "old.cdx.json"),
            ("new.spdx.json", "new.syft.spdx.json"),
            ("old.syft.cdx.json", "old.syft.spdx.json"),
        ] {
            report.extend(self.differences_of_one_tree(old, new));
        }
        assert!(report.is_empty(), "{} faults:\n{}", report.len(), report.join("\n"));
    }
}

#[test]
fn two_debian_trees_differ_as_dpkg_says() {
    let Some(pair) = Pair::make("debian", "deb", &["python-a", "debian"]) else { return };
    pair.judge_forms();

    let (_, delta) = pair.diff("rootfs:old.tar", "rootfs:new.tar", &[]);
    let files: BTreeMap<&str, &str> = delta["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["path"].as_str().unwrap(), it["change"].as_str().unwrap()))
        .collect();
    let wanted: BTreeMap<&str, &str> = pair.truth["files"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str().unwrap()))
        .collect();
    assert_eq!(files, wanted);
    let findings: BTreeSet<(&str, &str)> = delta["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| Some((it["rule"].as_str()?, it["subject"]["path"].as_str()?)))
        .collect();
    for wanted in [
        ("setuid", "usr/local/bin/acme-suid"),
        ("unowned-executable", "usr/local/bin/acme-suid"),
        ("unowned-executable", "opt/acme/bin/acme-agent"),
        ("vendor-modified", "usr/bin/gunzip"),
    ] {
        assert!(findings.contains(&wanted), "{wanted:?} is missing in {findings:?}");
    }
    for rule in ["setuid", "unowned-executable", "vendor-modified", "downgrade", "new-vendor"] {
        assert_eq!(pair.diff("rootfs:old.tar", "rootfs:new.tar", &["--fail-on", rule]).0, 1, "{rule}");
    }
    for rule in ["capabilities", "user-root", "shell", "licence-change", "new-in-house", "package-database"] {
        assert_eq!(pair.diff("rootfs:old.tar", "rootfs:new.tar", &["--fail-on", rule]).0, 0, "{rule}");
    }
}

#[test]
fn two_npm_trees_differ_as_npm_says() {
    let Some(pair) = Pair::make("node", "npm", &["node-a", "node-b"]) else { return };
    pair.judge_forms();
}

#[test]
fn two_python_environments_differ_as_pip_says() {
    let Some(pair) = Pair::make("python", "pypi", &["python-a", "python-b"]) else { return };
    pair.judge_forms();
}

#[test]
fn documents_of_syft_compare_with_ours_on_debian() {
    let Some(pair) = Pair::make("debian", "deb", &["python-a", "debian"]) else { return };
    pair.judge_syft();
}

#[test]
fn documents_of_syft_compare_with_ours_on_npm() {
    let Some(pair) = Pair::make("node", "npm", &["node-a", "node-b"]) else { return };
    pair.judge_syft();
}

#[test]
fn documents_of_syft_compare_with_ours_on_python() {
    let Some(pair) = Pair::make("python", "pypi", &["python-a", "python-b"]) else { return };
    pair.judge_syft();
}

#[test]
fn the_same_tree_twice_says_nothing() {
    let Some(pair) = Pair::make("debian", "deb", &["python-a", "debian"]) else { return };
    for format in ["text", "markdown"] {
        let output = bomwright(pair.folder.path())
            .args(["diff", "rootfs:old.tar", "rootfs:old.tar", "--quiet", "-o", format, "--exit-code"])
            .args(["--strict-evidence", "--fail-on", GATES])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{format}: {said}");
        assert!(said.is_empty(), "{format}: {said}");
    }
}
