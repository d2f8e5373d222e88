//! `bomwright check`: agreement with the NTIA conformance checker, what an image can tell, and what a team declares.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::command::bomwright;
use crate::workspace::root;

/// Asks `ntia-conformance-checker` (PyPI, of the SPDX project) for what each field lacks, by SPDX id.
const CHECKER: &str = "\
import json, logging, sys
from ntia_conformance_checker import SbomChecker
logging.disable(logging.CRITICAL)
c = SbomChecker(sys.argv[1], compliance='ntia', sbom_spec='spdx2')
ids = lambda pairs: sorted(i for _, i in pairs)
print(json.dumps({'conformant': bool(c.compliant), 'author': c.doc_author, 'timestamp': c.doc_timestamp,
    'primary': c.dependency_relationships, 'name': ids(c.components_without_names),
    'version': ids(c.components_without_versions), 'reference': ids(c.components_without_identifiers),
    'supplier': ids(c.components_without_suppliers), 'messages': len(c.validation_messages), 'parsing': list(c.parsing_errors)}))
";

/// Where the checker and we differ: the document, the field, what only we find lacking, and why we keep to it.
const ONLY_OURS: &[(&str, &str, &str, &str)] = &[
    (
        "floating",
        "supplier",
        "SPDXRef-floating",
        "the checker passes over packages that no relationship leads to",
    ),
    (
        "floating",
        "relationship",
        "SPDXRef-floating",
        "such a package has no relationship, which is a data field too",
    ),
    (
        "npm-11",
        "supplier",
        "SPDXRef-Package-ms-2.1.3",
        "npm writes DEPENDENCY_OF, from the one that is needed to the one that needs it; the checker follows it the wrong way",
    ),
    ("version-unknown", "version", "SPDXRef-ms", "the checker takes the word NOASSERTION for a version"),
];

/// Runs the program in a folder of its own; the exit code and standard output.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = bomwright(folder).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.code() != Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), text)
}

/// The report on `document` for one profile, and its exit code.
fn checked(folder: &Path, document: &Path, profile: &str) -> (Option<i32>, Value) {
    let (code, text) =
        run(folder, &["check", &document.to_string_lossy(), "--profile", profile, "-o", "json", "-q"]);
    (code, serde_json::from_str(&text).unwrap())
}

/// The references that lack what is required, by field.
fn lacking(report: &Value, field: &str) -> BTreeSet<String> {
    let rows = report["profiles"][0]["requirements"].as_array().unwrap();
    let row = rows.iter().find(|row| row["field"] == field).unwrap();
    row["gaps"].as_array().unwrap().iter().map(|gap| gap["reference"].as_str().unwrap().to_owned()).collect()
}

/// The names of the required fields that are not met.
fn failing(report: &Value) -> Vec<String> {
    let rows = report["profiles"][0]["requirements"].as_array().unwrap().iter();
    let failed = rows.filter(|row| row["level"] == "required" && row["met"] == false);
    failed.map(|row| row["field"].as_str().unwrap().to_owned()).collect()
}

fn documents() -> Vec<PathBuf> {
    let folder = fs::read_dir(root().join("tests/profiles")).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = folder.filter(|path| path.extension().is_some_and(|it| it == "json")).collect();
    all.extend(["1.4.0", "1.5.0"].map(|version| root().join(format!("samples/shop-{version}.spdx.json"))));
    all.sort();
    all
}

#[test]
fn the_ntia_conformance_checker_agrees_field_by_field() {
    let Some(environment) = std::env::var_os("BOMWRIGHT_VALIDATORS").map(PathBuf::from) else {
        assert!(std::env::var_os("CI").is_none(), "CI must set BOMWRIGHT_VALIDATORS");
        eprintln!("skipped: BOMWRIGHT_VALIDATORS is not set");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let documents = documents();
    assert!(documents.len() >= 16);
    for document in documents {
        let name = document.file_name().unwrap().to_string_lossy().replace(".spdx.json", "");
        // The checker's parser refuses fractions of seconds and licence lists with a patch level, which two of the tools write.
        let text = fs::read_to_string(&document).unwrap();
        let copy = folder.path().join("copy.spdx.json");
        fs::write(&copy, text.replace(".126Z\"", "Z\"").replace("\"3.28.0\"", "\"3.28\"")).unwrap();
        let python = environment.join("bin/python");
        let output = Command::new(python).args(["-c", CHECKER]).arg(&copy).output().unwrap();
        let theirs: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{name}: {error}: {}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(theirs["parsing"].as_array().unwrap().len(), 0, "{name}: {}", theirs["parsing"]);
        let (_, ours) = checked(folder.path(), &copy, "ntia");
        let parsed: Value = serde_json::from_str(&text).unwrap();
        let files: BTreeSet<String> = parsed["packages"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|package| package["primaryPackagePurpose"] == "FILE")
            .map(|package| package["SPDXID"].as_str().unwrap().to_owned())
            .collect();
        for field in ["name", "version", "identifier", "supplier"] {
            let key = if field == "identifier" { "reference" } else { field };
            let mut expected: BTreeSet<String> =
                theirs[key].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
            if field == "version" {
                // The checker asks a version of a single file too; its digest says which one it is.
                expected.retain(|id| !files.contains(id));
            }
            let ours_alone = ONLY_OURS.iter().filter(|it| it.0 == name && it.1 == field);
            expected.extend(ours_alone.map(|it| it.2.to_owned()));
            assert_eq!(lacking(&ours, field), expected, "{name}: {field}");
        }
        let failed = failing(&ours);
        for field in ["author", "timestamp", "primary"] {
            assert_eq!(!failed.contains(&field.to_owned()), theirs[field], "{name}: {field}");
        }
        // What its validator finds besides is no matter of the profile: `check` lists faults apart.
        let valid = theirs["messages"] == 0 || failed.contains(&"primary".to_owned());
        let differs = ONLY_OURS.iter().any(|it| it.0 == name) || !files.is_empty();
        if !differs && valid {
            assert_eq!(ours["profiles"][0]["passed"], theirs["conformant"], "{name}");
        }
        eprintln!("agreed: {name}{}", if differs { ", but for what is listed" } else { "" });
    }
}

/// The scan of a sample as `format`, by the policy `policy` of the samples.
fn scanned(folder: &Path, policy: &str, format: &str) -> PathBuf {
    let path = folder.join(format!("{policy}.{format}"));
    let (sample, policy) = (root().join("samples/shop-1.5.0.oci.tar"), root().join("samples").join(policy));
    let output = format!("{format}={}", path.display());
    let arguments =
        ["scan", &sample.to_string_lossy(), "--policy", &policy.to_string_lossy(), "-o", &output, "-q"];
    assert_eq!(run(folder, &arguments).0, Some(0));
    path
}

#[test]
fn our_documents_state_what_an_image_tells_and_lack_what_a_team_declares() {
    let folder = tempfile::tempdir().unwrap();
    // By hand: what no image tells, for each profile.
    let team: &[(&str, &str, &[&str])] = &[
        ("cisa-2026", "cyclonedx-json", &["author"]),
        ("cisa-2026", "spdx-json", &["author"]),
        ("fsct", "cyclonedx-json", &[]),
        ("fsct", "spdx-json", &[]),
        ("telco", "spdx-json", &["author"]),
        ("cra", "cyclonedx-json", &["supplier", "creator-contact", "security-contact", "support-end"]),
        ("cra", "spdx-json", &["supplier", "creator-contact", "security-contact", "support-end"]),
    ];
    for (profile, format, lacks) in team {
        let (code, report) =
            checked(folder.path(), &scanned(folder.path(), "bomwright.toml", format), profile);
        assert_eq!(report["faults"].as_array().unwrap().len(), 0, "{profile} {format}: {}", report["faults"]);
        assert_eq!(failing(&report), *lacks, "{profile} {format}");
        assert_eq!(code, Some(i32::from(!lacks.is_empty())), "{profile} {format}");
        let rows = report["profiles"][0]["requirements"].as_array().unwrap();
        for row in rows.iter().filter(|row| row["level"] == "required" && row["met"] == false) {
            assert!(row["declare"].is_string(), "{profile} {format}: {row}");
        }

        let (code, report) =
            checked(folder.path(), &scanned(folder.path(), "declared.toml", format), profile);
        assert_eq!(failing(&report), [""; 0], "{profile} {format} with what is declared");
        assert_eq!((code, &report["profiles"][0]["percent"]), (Some(0), &100.into()), "{profile} {format}");
        let rows = report["profiles"][0]["requirements"].as_array().unwrap();
        for field in *lacks {
            let row = rows.iter().find(|row| row["field"] == *field).unwrap();
            assert!(
                *field == "creator-contact" || row["declared"].as_u64() > Some(0),
                "{profile} {format}: {row}"
            );
        }
    }
}

#[test]
fn what_is_declared_is_in_both_formats_and_marked() {
    let folder = tempfile::tempdir().unwrap();
    let read = |path: &Path| -> Value { serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap() };
    let document = read(&scanned(folder.path(), "declared.toml", "cyclonedx-json"));
    let metadata = &document["metadata"];
    assert_eq!(metadata["manufacturer"]["name"], "The Shop Ltd");
    assert_eq!(metadata["authors"][0]["email"], "sbom@shop.example");
    assert_eq!(metadata["component"]["supplier"]["name"], "The Shop Ltd");
    let references = &metadata["component"]["externalReferences"][0];
    assert_eq!(references["type"], "security-contact");
    let marks = |component: &Value| -> Vec<(String, String)> {
        let properties = component["properties"].as_array().unwrap().iter();
        let pair = |it: &Value| Some((it["name"].as_str()?.to_owned(), it["value"].as_str()?.to_owned()));
        properties.filter_map(pair).filter(|(name, _)| name.contains("declared")).collect()
    };
    assert_eq!(marks(&metadata["component"]).len(), 5);
    let ours: Vec<_> =
        document["components"].as_array().unwrap().iter().filter(|it| !marks(it).is_empty()).collect();
    let names: Vec<_> = ours.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"web"), "{names:?}");
    assert!(!names.contains(&"requests"), "{names:?}");

    let document = read(&scanned(folder.path(), "declared.toml", "spdx-json"));
    let creators = document["creationInfo"]["creators"].as_array().unwrap();
    assert!(creators.contains(&"Organization: The Shop Ltd (sbom@shop.example)".into()), "{creators:?}");
    let image = &document["packages"][0];
    assert_eq!(image["supplier"], "Organization: The Shop Ltd (sbom@shop.example)");
    assert_eq!(image["licenseDeclared"], "LicenseRef-Shop-Proprietary");
    assert_eq!(image["validUntilDate"], "2028-12-31T23:59:59Z");
    assert_eq!(image["externalRefs"].as_array().unwrap().last().unwrap()["referenceCategory"], "SECURITY");

    // Converting keeps it: SPDX to CycloneDX and to our own JSON.
    let spdx = folder.path().join("declared.toml.spdx-json");
    let (_, text) = run(folder.path(), &["scan", &spdx.to_string_lossy(), "-o", "json", "-q"]);
    let converted: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(converted["declared"]["author"], "The Shop Ltd <sbom@shop.example>");
    assert_eq!(converted["declared"]["supportEnd"], "2028-12-31");
}

#[test]
fn an_image_is_checked_as_the_document_that_a_scan_writes() {
    let folder = tempfile::tempdir().unwrap();
    let document = scanned(folder.path(), "bomwright.toml", "cyclonedx-json");
    let (_, ours) = checked(folder.path(), &document, "bsi-2.1");
    let sample = root().join("samples/shop-1.5.0.oci.tar");
    let policy = root().join("samples/bomwright.toml");
    let (code, text) = run(
        folder.path(),
        &[
            "check",
            &sample.to_string_lossy(),
            "--policy",
            &policy.to_string_lossy(),
            "--profile",
            "bsi-2.1",
            "-o",
            "json",
            "-q",
        ],
    );
    let direct: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &direct["profiles"]), (Some(1), &ours["profiles"]));
}

#[test]
fn exit_codes_tell_faults_and_failing_profiles_from_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| root().join("tests/profiles").join(name).to_string_lossy().into_owned();
    let code = |arguments: &[&str]| bomwright(folder.path()).args(arguments).output().unwrap().status.code();
    let good = path("conformant.spdx.json");
    assert_eq!(code(&["check", &good]), Some(0));
    assert_eq!(code(&["check", &good, "--profile", "ntia"]), Some(0));
    assert_eq!(code(&["check", &good, "--profile", "ntia,fsct"]), Some(1));
    assert_eq!(code(&["check", &good, "--profile", "ntia", "--profile", "bsi-2.1"]), Some(1));
    assert_eq!(code(&["check", &path("nothing-described.spdx.json")]), Some(1));
    assert_eq!(code(&["check", &good, "--profile", "best"]), Some(2));
    assert_eq!(code(&["check", &good, "-o", "html"]), Some(2));
    assert_eq!(code(&["check", "nowhere.json"]), Some(2));
}

#[test]
fn sarif_and_json_say_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let document = root().join("tests/profiles/image-scanner.spdx.json");
    let (_, report) = checked(folder.path(), &document, "ntia");
    let (_, text) =
        run(folder.path(), &["check", &document.to_string_lossy(), "--profile", "ntia", "-o", "sarif", "-q"]);
    let sarif: Value = serde_json::from_str(&text).unwrap();
    let errors = sarif["runs"][0]["results"].as_array().unwrap().iter().filter(|it| it["level"] == "error");
    let rules: Vec<_> = errors.map(|it| it["ruleId"].as_str().unwrap().replace("ntia/", "")).collect();
    assert_eq!(rules, failing(&report));
}
