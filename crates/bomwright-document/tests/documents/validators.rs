//! The reference validators: `cyclonedx-python-lib` (strict JSON Schema and XML Schema of every version of
//! CycloneDX), `spdx-tools` (semantics of SPDX 2.3), `pyshacl` (shapes of SPDX 3.0.1) and the JSON Schemas of SPDX and of our own format.
//!
//! The Python packages are taken from the virtual environment that `BOMWRIGHT_VALIDATORS` names, else from
//! `python3`; SPDX's schemas and shapes from `../shared/data` beside the repository, or from where `BOMWRIGHT_DATA`
//! says. Where they are absent the tests say so and pass, except under `CI`.

use std::path::{Path, PathBuf};
use std::process::Command;

use bomwright_document::{Format, Target, write};
use bomwright_model::FileChoice;

use crate::sample;

pub(crate) const SCRIPT: &str = r#"
import sys, logging
logging.disable(logging.CRITICAL)
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from cyclonedx.validation.xml import XmlValidator
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
bad = 0
for argument in sys.argv[1:]:
    version, path = argument.split("=", 1)
    if ".cdx." in path:
        validator = JsonStrictValidator if path.endswith("json") else XmlValidator
        fault = validator(SchemaVersion.from_version(version)).validate_str(open(path, encoding="utf-8").read())
        faults = [fault] if fault else []
    elif version == "2.3":
        faults = [m.validation_message for m in validate_full_spdx_document(parse_file(path))]
    else:
        continue
    for fault in faults[:3]:
        print(path, str(fault)[:1000])
    bad += bool(faults)
sys.exit(bad)
"#;

pub(crate) fn python() -> Option<PathBuf> {
    let python = match std::env::var_os("BOMWRIGHT_VALIDATORS") {
        Some(folder) => Path::new(&folder).join("bin/python"),
        None => PathBuf::from("python3"),
    };
    let probe = Command::new(&python)
        .args(["-c", "import cyclonedx.validation.json, spdx_tools, jsonschema, lxml"])
        .output();
    probe.is_ok_and(|output| output.status.success()).then_some(python)
}

pub(crate) fn skip(what: &str) {
    assert!(std::env::var_os("CI").is_none(), "{what}, which CI installs");
    eprintln!("skipped: {what}");
}

#[test]
fn reference_validators_accept_what_is_written() {
    let Some(python) = python() else {
        return skip("no python3 with cyclonedx-python-lib[json-validation,xml-validation] and spdx-tools");
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("validators");
    std::fs::create_dir_all(&folder).unwrap();
    let mut paths = Vec::new();
    for seed in 1..=8 {
        let inventory = sample::inventory(seed * 7919, 30, 3);
        for target in Target::all().filter(|target| !target.version().is_empty()) {
            let version = target.version();
            let choice = FileChoice::ALL[seed as usize % FileChoice::ALL.len()];
            let path = folder.join(format!("{seed}-{version}.{}", target.format().extension()));
            write(&inventory, target.with_files(choice), &mut std::fs::File::create(&path).unwrap()).unwrap();
            paths.push(format!("{version}={}", path.display()));
        }
    }
    let output = Command::new(python).arg("-c").arg(SCRIPT).args(&paths).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complained}");
    assert_eq!(said, "");
}

fn validate(schema: &Path, target: Target) {
    let schema = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for seed in 1..=8 {
        let mut document = Vec::new();
        let choice = FileChoice::ALL[seed as usize % FileChoice::ALL.len()];
        write(&sample::inventory(seed * 104_729, 30, 3), target.with_files(choice), &mut document).unwrap();
        let document = serde_json::from_slice(&document).unwrap();
        let faults: Vec<_> = validator
            .iter_errors(&document)
            .take(5)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

/// Where the data of the standards lies.
pub(crate) fn data(file: &str) -> Option<PathBuf> {
    let data = std::env::var_os("BOMWRIGHT_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    Some(data.join(file)).filter(|path| path.exists())
}

#[test]
fn spdx_documents_keep_to_the_schema() {
    for version in ["2.3", "3.0.1"] {
        let Some(schema) = data(&format!("spdx-{version}/schema.json")) else {
            skip("no schema.json of SPDX");
            continue;
        };
        validate(&schema, format!("spdx-json@{version}").parse().unwrap());
    }
}

#[test]
fn spdx_3_documents_keep_to_the_shapes() {
    let (Some(python), Some(model)) = (python(), data("spdx-3.0.1/model.ttl")) else {
        return skip("no python3 with pyshacl, or no model.ttl of SPDX 3.0.1");
    };
    let has_shacl = Command::new(&python).args(["-c", "import pyshacl"]).output().unwrap().status.success();
    if !has_shacl {
        return skip("no pyshacl");
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shapes");
    std::fs::create_dir_all(&folder).unwrap();
    let target: Target = "spdx-json@3.0.1".parse().unwrap();
    let paths = [1, 2].map(|seed| {
        let path = folder.join(format!("{seed}.spdx.json"));
        write(
            &sample::inventory(seed * 31, 8, 2),
            target.with_files(FileChoice::All),
            &mut std::fs::File::create(&path).unwrap(),
        )
        .unwrap();
        path
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scripts/spdx_shapes.py");
    let output = Command::new(python).arg(script).arg(model.parent().unwrap()).args(&paths).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn our_documents_keep_to_our_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    validate(&root.join("docs/bomwright-inventory-1.schema.json"), Format::Json.into());
}
