//! `cargo xtask corpus --check`: compares a scan of every image with the truth beside it.
//!
//! For each ecosystem that the truth tells of: recall and precision over names and versions (and, where the
//! reference tool tells it, architectures), packages listed twice, and the share of packages without an edge.
//! An edge from the root counts only when a file states it; that everything hangs from the root is no merit.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// `rpm -qa` lists keys as packages.
const SIGNING_KEY: &str = "gpg-pubkey";
/// What the goal of every row is.
const GOAL: f64 = 0.99;
const ORPHANS: f64 = 0.01;
/// Stands in the truth for the name and version of a package that has none which could be checked.
const NAMELESS: &str = "*";

const INTRODUCTION: &str = "\
# The corpus against its truth

Made by `cargo xtask corpus --check --write`. Each image is built by real package managers; its truth is what the reference
tools (`dpkg-query`, `rpm -qa`, `pip list`, `npm ls`, `gem list`, `go version -m`, lockfiles) say of it, recorded when it was
built. Left out of the comparison: signing keys, which `rpm -qa` lists as packages; Go programs built without modules, which have
no module line; Python packages vendored inside another, which `pip list` does not see. A jar that nobody published has no right
coordinates (the JDK's own, Debian's tool for certificates, an in-house one): it must be found at its place, under whatever name.
Of the libraries poured into a shaded jar those count that put code there; Kotlin's `okio`, `kotlin-stdlib-common`,
`kotlin-stdlib-jdk7` and `-jdk8` are published as jars without any. What is missed there is `okio-jvm`: no file of it states its version. *Without edge*: packages that no file relates to anything. *Twice*: packages listed twice at one place.

";
const HEADER: &str = "\
| image | ecosystem | truth | found | recall | precision | twice | without edge |
|---|---|---|---|---|---|---|---|
";

/// Checks the images `names` below `corpus`; true when every goal is met.
pub(super) fn run(corpus: &Path, names: &[&str], write: bool, program: Option<&Path>) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = match program {
        Some(program) => program.to_owned(),
        None => release_build(&root)?,
    };
    let (mut table, mut missed) = (String::from(HEADER), Vec::new());
    let (mut packages, mut alone) = (0, 0);
    for name in names {
        let folder = corpus.join(name);
        let Ok(truth) = fs::read(folder.join("truth.json")) else {
            eprintln!("skipped: {name} has no truth");
            continue;
        };
        let truth: Value = serde_json::from_slice(&truth).context("truth.json")?;
        if truth.pointer("/packages").and_then(Value::as_object).is_none_or(serde_json::Map::is_empty) {
            continue;
        }
        let scan = scan(&program, &folder)?;
        for row in rows(name, &truth, &scan) {
            print!("{}", row.text);
            table.push_str(&row.text);
            packages += row.packages;
            alone += row.alone;
            missed.extend(row.missed);
        }
    }
    let share = ratio(alone, packages);
    let total = format!("| all | | | {packages} | | | | {alone} ({:.2} %) |\n", share * 100.0);
    print!("{total}");
    table.push_str(&total);
    if share >= ORPHANS {
        missed.push(format!("{alone} of {packages} packages without edge"));
    }
    if write {
        fs::write(root.join("docs/corpus.md"), format!("{INTRODUCTION}{table}"))?;
    }
    for line in &missed {
        eprintln!("missed: {line}");
    }
    ensure!(missed.is_empty(), "{} goals were missed", missed.len());
    Ok(())
}

fn release_build(root: &Path) -> Result<PathBuf> {
    let mut build = Command::new("cargo");
    build.args(["build", "--quiet", "--release", "--package", "bomwright"]);
    let status = build.current_dir(root).status()?;
    ensure!(status.success(), "the release build failed");
    Ok(root.join("target/release/bomwright"))
}

fn scan(program: &Path, folder: &Path) -> Result<Value> {
    let output = Command::new(program)
        .arg("scan")
        .arg(folder.join("image.docker.tar"))
        .args(["--no-cache", "--quiet", "-o", "json"])
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

struct Row {
    text: String,
    packages: usize,
    alone: usize,
    missed: Vec<String>,
}

type Key = (String, String, Option<String>);

fn rows(image: &str, truth: &Value, scan: &Value) -> Vec<Row> {
    let mut rows = Vec::new();
    let (related, contained) = (related(scan), contained(scan));
    let dangling = dangling(scan);
    for (ecosystem, expected) in truth["packages"].as_object().into_iter().flatten() {
        let expected = expected.as_array().map_or(&[][..], Vec::as_slice);
        let with_arch = expected.iter().any(|it| it["arch"].is_string());
        let want: BTreeSet<Key> = expected
            .iter()
            .filter(|it| it["name"] != SIGNING_KEY)
            .map(|it| match it["path"].as_str() {
                Some(place) if it["name"] == NAMELESS => {
                    (NAMELESS.to_owned() + place, NAMELESS.to_owned(), None)
                }
                _ => key(ecosystem, it, it["name"].as_str(), it["arch"].as_str(), with_arch),
            })
            .collect();
        let all: Vec<(usize, &Value)> = scan["packages"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .filter(|(_, it)| it["ecosystem"] == ecosystem.as_str())
            .collect();
        let listed = all
            .iter()
            .filter(|(id, it)| !contained.contains(id) && it.pointer("/properties/no-module").is_none());
        let nameless: BTreeSet<&str> = expected
            .iter()
            .filter(|it| it["name"] == NAMELESS)
            .filter_map(|it| it["path"].as_str())
            .collect();
        let have: BTreeSet<Key> = listed
            .map(|(_, it)| {
                let place = it["location"].as_str().map(|place| format!("/{place}"));
                match place.filter(|place| nameless.contains(place.as_str())) {
                    Some(place) => (NAMELESS.to_owned() + &place, NAMELESS.to_owned(), None),
                    None => found_key(ecosystem, it, with_arch),
                }
            })
            .collect();
        let hit = want.intersection(&have).count();
        let (recall, precision) = (ratio(hit, want.len()), ratio(hit, have.len()));
        let twice = all.len() - all.iter().map(|(_, it)| place(it)).collect::<BTreeSet<_>>().len();
        let alone: Vec<_> = all.iter().filter(|(id, _)| !related.contains(id)).collect();
        let mut missed = Vec::new();
        let mut goal = |met: bool, what: String| {
            if !met {
                missed.push(format!("{image}, {ecosystem}: {what}"));
            }
        };
        goal(
            recall >= GOAL,
            format!("recall {recall:.4}, lacks {:?}", want.difference(&have).take(5).collect::<Vec<_>>()),
        );
        goal(
            precision >= GOAL,
            format!(
                "precision {precision:.4}, too many {:?}",
                have.difference(&want).take(5).collect::<Vec<_>>()
            ),
        );
        goal(twice == 0, format!("{twice} packages twice"));
        goal(dangling == 0, format!("{dangling} dangling references"));
        let names: Vec<_> =
            alone.iter().take(5).map(|(_, it)| it["name"].as_str().unwrap_or_default()).collect();
        if !alone.is_empty() {
            eprintln!("without edge in {image}, {ecosystem}: {names:?}");
        }
        let mut text = String::new();
        let _ = writeln!(
            text,
            "| {image} | {ecosystem} | {} | {} | {recall:.4} | {precision:.4} | {twice} | {} |",
            want.len(),
            have.len(),
            alone.len()
        );
        rows.push(Row { text, packages: all.len(), alone: alone.len(), missed });
    }
    rows
}

/// How the reference tool names a package.
fn key(ecosystem: &str, package: &Value, name: Option<&str>, arch: Option<&str>, with_arch: bool) -> Key {
    let name = name.unwrap_or_default();
    // PEP 503: case and runs of `-_.` do not count in names of Python packages.
    let name =
        if ecosystem == "pypi" { name.to_lowercase().replace(['_', '.'], "-") } else { name.to_owned() };
    // What `go version -m` prints where there is no version.
    let version = package["version"].as_str().filter(|it| *it != "(devel)").unwrap_or_default().to_owned();
    (name, version, if with_arch { arch.map(str::to_owned) } else { None })
}

/// The same for a package of ours: groups and scopes are joined as the ecosystem joins them.
fn found_key(ecosystem: &str, package: &Value, with_arch: bool) -> Key {
    let name = package["name"].as_str().unwrap_or_default();
    let joined = match (package["namespace"].as_str(), ecosystem) {
        (Some(namespace), "maven") => format!("{namespace}:{name}"),
        (Some(namespace), "npm" | "golang") => format!("{namespace}/{name}"),
        _ => name.to_owned(),
    };
    key(ecosystem, package, Some(&joined), package["architecture"].as_str(), with_arch)
}

fn place(package: &Value) -> String {
    format!("{}|{}|{}|{}", package["namespace"], package["name"], package["version"], package["location"])
        + &package["architecture"].to_string()
}

/// Positions of the packages that some file relates to something.
fn related(scan: &Value) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for edge in scan["edges"].as_array().into_iter().flatten() {
        if edge["from"] == "root" && edge["evidence"].is_null() {
            continue;
        }
        let ends = ["/from/package", "/to/package"].into_iter().filter_map(|end| edge.pointer(end)?.as_u64());
        found.extend(ends.filter_map(|id| usize::try_from(id).ok()));
    }
    found
}

/// Positions of Python packages that another carries in a vendored directory, which `pip list` does not look
/// into. (Those inside archives are listed by the truth.)
fn contained(scan: &Value) -> BTreeSet<usize> {
    let package = |end: &Value| usize::try_from(end["package"].as_u64()?).ok();
    let ecosystem = |id: usize| scan["packages"].get(id).map(|it| &it["ecosystem"]);
    let edges = scan["edges"].as_array().into_iter().flatten().filter(|it| it["kind"] == "contains");
    edges
        .filter_map(|it| Some((package(&it["from"])?, package(&it["to"])?)))
        .filter(|(from, to)| {
            ecosystem(*from) == ecosystem(*to) && ecosystem(*to).is_some_and(|it| it == "pypi")
        })
        .map(|(_, to)| to)
        .collect()
}

fn dangling(scan: &Value) -> usize {
    let length = |list: &str| scan[list].as_array().map_or(0, Vec::len) as u64;
    let (packages, files) = (length("packages"), length("files"));
    let bad = |end: &Value| {
        end["package"].as_u64().is_some_and(|id| id >= packages)
            || end["file"].as_u64().is_some_and(|id| id >= files)
    };
    scan["edges"].as_array().into_iter().flatten().filter(|it| bad(&it["from"]) || bad(&it["to"])).count()
}

#[expect(clippy::cast_precision_loss, reason = "numbers of packages are small")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}
