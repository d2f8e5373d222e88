//! `bomwright check` on documents of others, and on our own of real images.
//!
//! `BOMWRIGHT_SUITES` names a folder that holds the unpacked source archive of `ntia-conformance-checker`, whose `tests/doc_fest` are documents
//! of a dozen vendors; `BOMWRIGHT_VALIDATORS` an environment with the checker itself; `BOMWRIGHT_CORPUS` a folder that `cargo xtask corpus`
//! filled. Without them these tests say that they are skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::command::bomwright;
use crate::workspace::root;

/// What the checker finds lacking in each of the documents, one line of JSON each; nothing of those that it can't parse.
const CHECKER: &str = "\
import json, logging, sys
from ntia_conformance_checker import SbomChecker
logging.disable(logging.CRITICAL)
ids = lambda pairs: sorted(i for _, i in pairs)
for path in sys.argv[1:]:
    try:
        c = SbomChecker(path, compliance='ntia', sbom_spec='spdx2')
    except Exception:
        continue
    if c.parsing_errors:
        continue
    print(json.dumps({'path': path, 'author': c.doc_author, 'timestamp': c.doc_timestamp, 'primary': c.dependency_relationships,
        'name': ids(c.components_without_names), 'version': ids(c.components_without_versions),
        'identifier': ids(c.components_without_identifiers), 'supplier': ids(c.components_without_suppliers)}))
";

fn folder(variable: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_dir());
    if found.is_none() {
        eprintln!("skipped: {variable} names no folder");
    }
    found
}

/// Runs the program in `place`; standard output. Exit code 1 is an answer.
fn run(place: &Path, arguments: &[&str]) -> String {
    let output = bomwright(place).args(arguments).output().unwrap();
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1)), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// How `document` stands to `profile`, and its requirements by field.
fn checked(place: &Path, document: &str, profile: &str) -> (Value, BTreeMap<String, Value>) {
    let report: Value =
        serde_json::from_str(&run(place, &["check", document, "--profile", profile, "-o", "json", "-q"]))
            .unwrap();
    let score = report["profiles"][0].clone();
    let rows = score["requirements"].as_array().unwrap().clone();
    let rows = rows.into_iter().map(|row| (row["field"].as_str().unwrap().to_owned(), row)).collect();
    (score, rows)
}

fn gaps(row: &Value) -> BTreeSet<String> {
    row["gaps"].as_array().unwrap().iter().map(|gap| gap["reference"].as_str().unwrap().to_owned()).collect()
}

/// The elements that the relationships of an SPDX document lead to, from the document on.
fn reached(document: &Value) -> BTreeSet<String> {
    let list = |key: &str| document[key].as_array().cloned().unwrap_or_default();
    let pairs: Vec<(String, String)> = list("relationships")
        .iter()
        .map(|one| {
            let end = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
            (end("spdxElementId"), end("relatedSpdxElement"))
        })
        .collect();
    let mut reached: BTreeSet<String> = BTreeSet::from(["SPDXRef-DOCUMENT".to_owned()]);
    reached.extend(list("documentDescribes").iter().filter_map(|id| Some(id.as_str()?.to_owned())));
    loop {
        let before = reached.len();
        let next: Vec<String> =
            pairs.iter().filter(|(from, _)| reached.contains(from)).map(|(_, to)| to.clone()).collect();
        reached.extend(next);
        if reached.len() == before {
            return reached;
        }
    }
}

#[test]
fn the_ntia_checker_agrees_on_documents_of_other_tools() {
    let (Some(suites), Some(validators)) = (folder("BOMWRIGHT_SUITES"), folder("BOMWRIGHT_VALIDATORS"))
    else {
        return;
    };
    let fest = suites.join("ntia-conformance-checker/tests/doc_fest");
    let files = walkdir::WalkDir::new(&fest).into_iter().filter_map(Result::ok);
    let mut documents: Vec<PathBuf> = files
        .filter(|entry| entry.path().extension().is_some_and(|it| it == "json"))
        .filter(|entry| entry.metadata().is_ok_and(|it| it.len() < 3_000_000))
        .map(walkdir::DirEntry::into_path)
        .collect();
    documents.sort();
    if documents.is_empty() {
        eprintln!("skipped: {} holds no documents", fest.display());
        return;
    }
    let output =
        Command::new(validators.join("bin/python")).args(["-c", CHECKER]).args(&documents).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let place = tempfile::tempdir().unwrap();
    let mut vendors: BTreeSet<String> = BTreeSet::new();
    let mut compared = 0;
    for theirs in text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let path = theirs["path"].as_str().unwrap();
        let (_, ours) = checked(place.path(), path, "ntia");
        let reached = reached(&serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap());
        for field in ["name", "version", "identifier", "supplier"] {
            let expected: BTreeSet<String> =
                theirs[field].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
            let found = gaps(&ours[field]);
            let theirs_alone: Vec<_> = expected.difference(&found).collect();
            assert!(theirs_alone.is_empty(), "{path}: {field}: only the checker: {theirs_alone:?}");
            // The one difference: the checker passes over what no relationship leads to, which is in the document all the same.
            let ours_alone: Vec<_> =
                found.difference(&expected).filter(|id| reached.contains(id.as_str())).collect();
            assert!(ours_alone.is_empty(), "{path}: {field}: only we: {ours_alone:?}");
        }
        for field in ["author", "timestamp", "primary"] {
            assert_eq!(ours[field]["met"], theirs[field], "{path}: {field}");
        }
        compared += 1;
        let vendor = Path::new(path).strip_prefix(&fest).unwrap().components().next().unwrap();
        vendors.insert(vendor.as_os_str().to_string_lossy().into_owned());
    }
    eprintln!("agreed on {compared} documents of {vendors:?}");
    assert!(compared >= 10 && vendors.len() >= 4, "{compared} documents of {vendors:?}");
}

/// What the team that makes the images declares of all of them.
const DECLARED: &str = "\
[declared]
supplier = 'The Corpus Ltd <sbom@corpus.example>'
author = 'The Corpus Ltd <sbom@corpus.example>'
licence = 'LicenseRef-Corpus'
";

/// The parts that close the gaps which `check` lists, and no more, by what the document calls the things.
fn parts(document: &Value, rows: &BTreeMap<String, Value>) -> String {
    let mut components: BTreeMap<&str, &Value> = BTreeMap::new();
    let mut open: Vec<&Value> = document["components"].as_array().unwrap().iter().collect();
    while let Some(component) = open.pop() {
        components.insert(component["bom-ref"].as_str().unwrap(), component);
        open.extend(component["components"].as_array().into_iter().flatten());
    }
    let mut wanted: BTreeMap<(bool, String), BTreeSet<&str>> = BTreeMap::new();
    for (field, key) in [
        ("creator-contact", "supplier"),
        ("supplier", "supplier"),
        ("licence-concluded", "licence"),
        ("version", "version"),
    ] {
        for reference in rows.get(field).map(gaps).unwrap_or_default() {
            let Some(component) = components.get(reference.as_str()) else { continue };
            let name = component["name"].as_str().unwrap();
            let name = match component["group"].as_str() {
                Some(group) => format!("{group}/{name}"),
                None => name.to_owned(),
            };
            if component["type"] != "operating-system" || component["purl"].is_string() {
                wanted.entry((component["type"] == "file", name)).or_default().insert(key);
            }
        }
    }
    let mut text = String::new();
    for ((is_file, name), keys) in wanted {
        let target = if is_file { "path" } else { "package" };
        writeln!(text, "[[declared.part]]\n{target} = '{name}'").unwrap();
        for key in keys {
            let value = match key {
                "supplier" => "Somebody <https://somebody.example>",
                "licence" => "LicenseRef-Somebody",
                _ => "1.0.0",
            };
            writeln!(text, "{key} = '{value}'").unwrap();
        }
    }
    text
}

/// Scans `image` by a policy with this text; the document's path and the document.
fn scanned(place: &Path, image: &Path, policy: &str) -> (String, Value) {
    fs::write(place.join("policy.toml"), policy).unwrap();
    let path = place.join("scan.cdx.json");
    let output = format!("cyclonedx-json={}", path.display());
    run(place, &["scan", &image.to_string_lossy(), "--policy", "policy.toml", "-o", &output, "-q"]);
    let document = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    (path.to_string_lossy().into_owned(), document)
}

fn told(score: &Value) -> u64 {
    score["toldPercent"].as_u64().unwrap()
}

fn stands(name: &str, image: &Path) {
    let place = tempfile::tempdir().unwrap();
    let (path, document) = scanned(place.path(), image, DECLARED);
    // All that an image can tell is told; what is left is stated to be unknown, which CISA takes for an answer.
    let (ntia, mut open) = checked(place.path(), &path, "ntia");
    assert_eq!(told(&ntia), 100, "{name}: {ntia}");
    let (cisa, _) = checked(place.path(), &path, "cisa-2026");
    assert_eq!((&cisa["percent"], &cisa["passed"]), (&100.into(), &true.into()), "{name}: {cisa}");
    // What BSI lacks is what a team can declare, and once that is declared nothing is lacking, for NTIA neither.
    let (_, rows) = checked(place.path(), &path, "bsi-2.1");
    let failed: Vec<_> =
        rows.values().filter(|row| row["level"] == "required" && row["met"] == false).collect();
    for row in failed {
        assert!(row["declare"].is_string(), "{name}: nothing says how to close {row}");
    }
    open.extend(rows);
    let system = "distribution = 'Makers of the distribution <https://distribution.example>'\n";
    let (path, _) = scanned(place.path(), image, &format!("{DECLARED}{system}{}", parts(&document, &open)));
    // So it is in every format that a profile takes; BSI takes no SPDX 2.
    let place = place.path();
    for (format, other) in [
        ("cyclonedx-json@1.7", "scan.1.7.cdx.json"),
        ("cyclonedx-xml", "scan.cdx.xml"),
        ("spdx-json@3.0.1", "scan.spdx3.json"),
        ("spdx-json", "scan.spdx.json"),
        ("spdx-tag-value", "scan.spdx"),
    ] {
        run(place, &["convert", &path, "-q", "-o", &format!("{format}={other}")]);
    }
    let all = ["scan.1.7.cdx.json", "scan.cdx.xml", "scan.spdx3.json"];
    let of_bsi = all.into_iter().chain([path.as_str()]).map(|document| (document, "bsi-2.1"));
    let documents = all.into_iter().chain([path.as_str(), "scan.spdx.json", "scan.spdx"]);
    let of_others = documents.flat_map(|document| [(document, "ntia"), (document, "cisa-2026")]);
    for (document, profile) in of_bsi.chain(of_others) {
        let (score, _) = checked(place, document, profile);
        assert_eq!(
            (&score["percent"], &score["passed"]),
            (&100.into(), &true.into()),
            "{name} {document} {profile}: {score}"
        );
    }
    // So says the checker of the SPDX project.
    let Some(validators) = folder("BOMWRIGHT_VALIDATORS") else { return };
    for (specification, document) in [("spdx2", "scan.spdx.json"), ("spdx3", "scan.spdx3.json")] {
        let mut checker = Command::new(validators.join("bin/ntia-checker"));
        checker.current_dir(place).args(["--sbom-spec", specification, "--comply", "ntia", document]);
        let output = checker.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("Conformant: True"), "{name} {document}: {said}");
    }
}

#[test]
fn documents_of_the_samples_are_whole_with_what_check_asks_to_declare() {
    for version in ["1.4.0", "1.5.0"] {
        let name = format!("samples/shop-{version}.oci.tar");
        stands(&name, &root().join(&name));
    }
}

#[test]
fn documents_of_real_images_are_whole_with_what_check_asks_to_declare() {
    let Some(corpus) = folder("BOMWRIGHT_CORPUS") else { return };
    for name in ["apk", "debian", "rpm", "python-a", "node-a", "java-a", "go-a"] {
        let image = corpus.join(name).join("image.oci.tar");
        if image.is_file() {
            stands(name, &image);
            eprintln!("whole: {name}");
        } else {
            eprintln!("skipped: there is no image {name}");
        }
    }
}

/// A package with this `package.json` and the licence file of the fixtures.
fn npm_package(place: &Path, name: &str, manifest: &str, license: Option<&str>) {
    let folder = place.join("tree/srv/node_modules").join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("package.json"), manifest).unwrap();
    if let Some(license) = license {
        fs::write(folder.join("LICENSE"), license).unwrap();
    }
}

#[test]
fn licence_files_are_recognised_where_that_is_asked_for() {
    let place = tempfile::tempdir().unwrap();
    let fixtures =
        root().join("crates/bomwright-ecosystems/testdata/license-text/good/root/srv/node_modules");
    let text = |path: &str| fs::read_to_string(fixtures.join(path)).unwrap();
    // What the packages themselves declare, as on the registry.
    npm_package(
        place.path(),
        "code-frame",
        r#"{"name":"code-frame","version":"7.0.0","license":"MIT"}"#,
        Some(&text("@babel/code-frame/LICENSE")),
    );
    npm_package(place.path(), "isexe", r#"{"name":"isexe","version":"2.0.0"}"#, Some(&text("isexe/LICENSE")));
    npm_package(
        place.path(),
        "own",
        r#"{"name":"own","version":"1.0.0"}"#,
        Some("You may look,\non Sundays.\n"),
    );
    npm_package(place.path(), "bare", r#"{"name":"bare","version":"1.0.0","license":"ISC"}"#, None);
    let scan = |arguments: &[&str]| {
        let mut all = vec!["scan", "dir:tree", "-q", "-o", "cyclonedx-json@1.7"];
        all.extend(arguments);
        run(place.path(), &all)
    };
    let plain: Value = serde_json::from_str(&scan(&[])).unwrap();
    let found = |document: &Value, name: &str| -> Value {
        let components = document["components"].as_array().unwrap();
        components.iter().find(|it| it["name"] == name).unwrap()["evidence"]["licenses"].clone()
    };
    assert_eq!(found(&plain, "code-frame"), Value::Null);
    let written = scan(&["--licence-texts", "--threads", "1"]);
    assert_eq!(written, scan(&["--licence-texts", "--threads", "8"]));
    let document: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(found(&document, "code-frame")[0]["license"]["id"], "MIT");
    assert_eq!(found(&document, "isexe")[0]["license"]["id"], "ISC");
    assert_eq!(found(&document, "own")[0]["license"]["text"]["content"], "You may look,\non Sundays.");
    assert_eq!(found(&document, "bare"), Value::Null);
    // The file and how sure it is stand beside it, and both formats keep them.
    let back = |format: &str| -> Value {
        fs::write(place.path().join("a.json"), scan(&["--licence-texts"])).unwrap();
        let output = format!("{format}=b.json");
        run(place.path(), &["convert", "a.json", "-q", "-o", &output]);
        serde_json::from_str(&run(place.path(), &["scan", "b.json", "-q", "-o", "json"])).unwrap()
    };
    for format in ["cyclonedx-json", "spdx-json", "spdx-json@3.0.1"] {
        let inventory = back(format);
        let packages = inventory["packages"].as_array().unwrap();
        let isexe = packages.iter().find(|it| it["name"] == "isexe").unwrap();
        let expected = serde_json::json!([
            { "kind": "found", "text": "ISC", "path": "srv/node_modules/isexe/LICENSE", "confidence": 100 }
        ]);
        assert_eq!(isexe["licenses"], expected, "{format}");
    }
}
