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

use crate::account::large_corpus;
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
        let found: Option<Vec<_>> = images.iter().map(|image| large_corpus(image)).collect();
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
            // Names of npm have no capitals.
            _ => name.to_lowercase(),
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
    fn faults_of_forms(&self) -> Vec<String> {
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
            report.extend(self.differences_of_one_tree(old, new, &BTreeSet::new()));
        }
        report
    }

    /// Two looks at one tree: nothing differs, and no gate trips. Names that one tool misread are left out.
    fn differences_of_one_tree(&self, old: &str, new: &str, misread: &BTreeSet<String>) -> Option<String> {
        let (code, delta) = self.diff(old, new, &["--exit-code", "--fail-on", GATES]);
        let rows = |list: &Value| list.as_array().cloned().unwrap_or_default();
        let mut shown: Vec<String> = rows(&delta["packages"])
            .iter()
            .filter(|row| old == new || row["explainedBy"].is_null())
            .filter(|row| !misread.contains(&self.name(row)))
            .map(|row| format!("{} {} {}", row["change"], row["name"], row["fields"]))
            .collect();
        let lists = [
            &delta["files"],
            &delta["image"]["fields"],
            &delta["graph"]["added"],
            &delta["graph"]["removed"],
        ];
        shown.extend(lists.into_iter().flat_map(rows).map(|row| row.to_string()));
        let findings = rows(&delta["findings"]);
        let about = |row: &Value| row["subject"]["package"].as_str().unwrap_or_default().to_lowercase();
        let of_misread = |row: &Value| misread.iter().any(|name| about(row).contains(&format!("/{name}@")));
        shown.extend(
            findings
                .iter()
                .filter(|row| !of_misread(row))
                .map(|row| format!("{} {} {}", row["rule"], row["subject"], row["message"])),
        );
        if shown.is_empty() && (code == 0 || !misread.is_empty()) {
            return None;
        }
        let count = shown.len();
        shown.truncate(4);
        Some(format!("{old} {new}, one tree: exit {code}, {count} things differ: {}", shown.join("; ")))
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

    /// Versions by name that syft lists of a side, read from its document with nothing of ours.
    fn versions_of_syft(&self, side: &str) -> BTreeMap<String, BTreeSet<String>> {
        let bytes = fs::read(self.folder.path().join(format!("{side}.syft.cdx.json"))).unwrap();
        let document: Value = serde_json::from_slice(&bytes).unwrap();
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for component in document["components"].as_array().unwrap() {
            let purl = component["purl"].as_str().unwrap_or_default();
            let Some(rest) = purl.strip_prefix(&format!("pkg:{}/", self.ecosystem)) else { continue };
            let rest = rest.split('?').next().unwrap().replace("%40", "@").replace("%2B", "+");
            let version = component["version"].as_str().unwrap_or_default();
            // A package without a version has a purl without one. Names of npm have no capitals.
            let name = rest.strip_suffix(&format!("@{version}")).unwrap_or(&rest).to_lowercase();
            let name = if self.ecosystem == "deb" { name.rsplit('/').next().unwrap() } else { &name };
            found.entry(name.to_owned()).or_default().insert(version.to_owned());
        }
        found
    }

    /// Names that syft lists otherwise than the ecosystem's own tool, on either side: it takes any `package.json`
    /// inside a package for one more package.
    fn misread_by_syft(&self) -> BTreeSet<String> {
        let mut misread = BTreeSet::new();
        for side in ["old", "new"] {
            let mut truth: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (name, version, _) in self.side(side, false).into_keys() {
                truth.entry(name).or_default().insert(version);
            }
            let found = self.versions_of_syft(side);
            let names: BTreeSet<&String> = truth.keys().chain(found.keys()).collect();
            misread.extend(names.into_iter().filter(|name| truth.get(*name) != found.get(*name)).cloned());
        }
        misread
    }

    /// Every way in which the versions in `delta` are not those that differ. A tool may list each copy of a version or
    /// only one of them; a copy that comes or goes must do so in truth.
    fn wrong_versions(&self, delta: &Value, misread: &BTreeSet<String>) -> Vec<String> {
        let (old, new) = (self.side("old", false), self.side("new", false));
        let key = |name: &str, version: &str| (name.to_owned(), version.to_owned(), String::new());
        let (mut gone, mut came, mut wrong) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        let mut phantoms = BTreeSet::new();
        for row in delta["packages"].as_array().unwrap().iter().filter(|row| row["explainedBy"].is_null()) {
            let name = self.name(row);
            if misread.contains(&name) {
                continue;
            }
            let count = |side: &BTreeMap<Row, i32>, version: &str| {
                side.get(&key(&name, version)).copied().unwrap_or_default()
            };
            for (side, seen, more, less) in [("old", &mut gone, &old, &new), ("new", &mut came, &new, &old)] {
                let Some(version) = row[side]["version"].as_str() else { continue };
                seen.insert(key(&name, version));
                if count(more, version) <= count(less, version) {
                    phantoms.insert(format!("{} {name} {version}", row["change"].as_str().unwrap()));
                }
            }
            wrong.extend(self.wrong_direction(&name, row));
        }
        let only = |these: &BTreeMap<Row, i32>, those: &BTreeMap<Row, i32>| -> BTreeSet<Row> {
            let only = these.keys().filter(|it| !those.contains_key(*it) && !misread.contains(&it.0));
            only.cloned().collect()
        };
        for (word, wanted, found) in [("gone", only(&old, &new), gone), ("new", only(&new, &old), came)] {
            let missing: Vec<&Row> = wanted.difference(&found).collect();
            if !missing.is_empty() {
                wrong.push(format!("not told as {word}: {missing:?}"));
            }
        }
        if !phantoms.is_empty() {
            let some: Vec<&String> = phantoms.iter().take(5).collect();
            wrong.push(format!("{} rows about what did not change: {some:?}", phantoms.len()));
        }
        wrong
    }

    /// Compares syft's documents with each other and with ours, and lists what is wrong.
    fn faults_with_syft(&self) -> Vec<String> {
        let mut report = Vec::new();
        if !self.syft() {
            return report;
        }
        let misread = self.misread_by_syft();
        let names: BTreeSet<String> = self.side("old", false).into_keys().map(|(name, ..)| name).collect();
        assert!(
            misread.len() * 20 < names.len(),
            "syft misreads {} of {}: {misread:?}",
            misread.len(),
            names.len()
        );
        for (old, new) in [
            ("old.syft.cdx.json", "new.syft.cdx.json"),
            ("old.syft.spdx.json", "new.syft.spdx.json"),
            ("old.syft.cdx.json", "new.cdx.json"),
            ("old.cdx.json", "new.syft.spdx.json"),
            ("rootfs:old.tar", "new.syft.cdx.json"),
        ] {
            let (_, delta) = self.diff(old, new, &[]);
            let wrong = self.wrong_versions(&delta, &misread);
            report.extend(wrong.into_iter().map(|it| format!("{old} {new}: {it}")));
        }
        for (old, new) in [
            ("old.syft.cdx.json", "old.cdx.json"),
            ("new.spdx.json", "new.syft.spdx.json"),
            ("old.syft.cdx.json", "old.syft.spdx.json"),
        ] {
            report.extend(self.differences_of_one_tree(old, new, &misread));
        }
        report
    }

    fn judge(&self) {
        let faults = [self.faults_of_forms(), self.faults_with_syft()].concat();
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    }
}

#[test]
fn two_debian_trees_differ_as_dpkg_says() {
    let Some(pair) = Pair::make("debian", "deb", &["python-a", "debian"]) else { return };
    let mut faults = [pair.faults_of_forms(), pair.faults_with_syft()].concat();
    faults.extend(wrong_files(&pair));
    for rule in ["setuid", "unowned-executable", "vendor-modified", "downgrade", "new-vendor"] {
        if pair.diff("rootfs:old.tar", "rootfs:new.tar", &["--fail-on", rule]).0 != 1 {
            faults.push(format!("--fail-on {rule} does not trip"));
        }
    }
    let others = "capabilities,user-root,shell,licence-change,new-in-house,package-database,eol,sudoers";
    if pair.diff("rootfs:old.tar", "rootfs:new.tar", &["--fail-on", others]).0 != 0 {
        faults.push(format!("--fail-on {others} trips"));
    }
    for format in ["text", "markdown"] {
        let output = bomwright(pair.folder.path())
            .args(["diff", "rootfs:old.tar", "rootfs:old.tar", "--quiet", "-o", format, "--exit-code"])
            .args(["--strict-evidence", "--fail-on", GATES])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        if output.status.code() != Some(0) || !said.is_empty() {
            faults.push(format!("one tree twice, {format}: {:?} {said}", output.status.code()));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// What was done to files, and nothing else, is told of files.
fn wrong_files(pair: &Pair) -> Vec<String> {
    let (_, delta) = pair.diff("rootfs:old.tar", "rootfs:new.tar", &[]);
    let rows = |key: &str| delta[key].as_array().cloned().unwrap_or_default();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let files: BTreeMap<String, String> =
        rows("files").iter().map(|row| (text(row, "path"), text(row, "change"))).collect();
    let wanted: BTreeMap<String, String> = serde_json::from_value(pair.truth["files"].clone()).unwrap();
    let mut faults = Vec::new();
    if files != wanted {
        faults.push(format!("files: {files:?}, not {wanted:?}"));
    }
    let findings: BTreeSet<(String, String)> =
        rows("findings").iter().map(|row| (text(row, "rule"), text(&row["subject"], "path"))).collect();
    for (rule, path) in [
        ("setuid", "usr/local/bin/acme-suid"),
        ("unowned-executable", "usr/local/bin/acme-suid"),
        ("unowned-executable", "opt/acme/bin/acme-agent"),
        ("vendor-modified", "usr/bin/gunzip"),
    ] {
        if !findings.contains(&(rule.to_owned(), path.to_owned())) {
            faults.push(format!("no finding {rule} about {path} in {findings:?}"));
        }
    }
    faults
}

#[test]
fn two_npm_trees_differ_as_npm_says() {
    let Some(pair) = Pair::make("node", "npm", &["node-a", "node-b"]) else { return };
    pair.judge();
}

#[test]
fn two_python_environments_differ_as_pip_says() {
    let Some(pair) = Pair::make("python", "pypi", &["python-a", "python-b"]) else { return };
    pair.judge();
}
