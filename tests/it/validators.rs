//! The official validators on what is written for the samples, and for the corpus images that are there.
//!
//! `BOMWRIGHT_VALIDATORS` names a Python environment with `cyclonedx-python-lib[json-validation,xml-validation]`,
//! `spdx-tools` and `pyshacl`; `BOMWRIGHT_CORPUS` a folder that `cargo xtask corpus` filled. The schema and the shapes of SPDX
//! 3.0.1 are looked for in `../shared/data` beside the repository, or where `BOMWRIGHT_DATA` says.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::bomwright;
use crate::workspace::root;

const CYCLONEDX: &str = "\
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from cyclonedx.validation.xml import XmlValidator
for version in '1.4', '1.5', '1.6', '1.7':
    for validator, end in (JsonStrictValidator, 'json'), (XmlValidator, 'xml'):
        path = f'{sys.argv[1]}/image-{version}.cdx.{end}'
        error = validator(SchemaVersion.from_version(version)).validate_str(open(path, encoding='utf-8').read())
        if error:
            sys.exit(f'{path}: {error}')
";

fn environment() -> Option<PathBuf> {
    let found = std::env::var_os("BOMWRIGHT_VALIDATORS").map(PathBuf::from);
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "CI must set BOMWRIGHT_VALIDATORS");
    if found.is_none() {
        eprintln!("skipped: BOMWRIGHT_VALIDATORS is not set");
    }
    found
}

fn images() -> Vec<PathBuf> {
    let samples = root().join("samples");
    let mut images = vec![samples.join("shop-1.4.0.oci.tar"), samples.join("shop-1.5.0.oci.tar")];
    if let Some(corpus) = std::env::var_os("BOMWRIGHT_CORPUS") {
        for entry in std::fs::read_dir(corpus).unwrap().map(Result::unwrap) {
            images.extend(Some(entry.path().join("image.oci.tar")).filter(|it| it.is_file()));
        }
    }
    images.sort();
    images
}

/// Where the data of SPDX 3.0.1 lies.
fn spdx_3() -> Option<PathBuf> {
    let data =
        std::env::var_os("BOMWRIGHT_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let found = Some(data.join("spdx-3.0.1")).filter(|folder| folder.join("schema.json").is_file());
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "CI must have the data of SPDX 3.0.1");
    if found.is_none() {
        eprintln!("skipped: no schema and no shapes of SPDX 3.0.1");
    }
    found
}

fn accepted(command: &mut Command, image: &Path) {
    let output = command.output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {said}", image.display());
}

#[test]
fn the_official_validators_accept_every_document() {
    let Some(environment) = environment() else { return };
    let folder = tempfile::tempdir().unwrap();
    let spdx_3 = spdx_3();
    let schema = spdx_3.as_ref().map(|data| {
        let schema = serde_json::from_slice(&std::fs::read(data.join("schema.json")).unwrap()).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    // With every file too where that is quick: spdx-tools takes the square of what is described.
    let samples = root().join("samples");
    let all = images().into_iter().filter(|it| it.starts_with(&samples)).map(|it| (it, "all"));
    for (image, files) in images().into_iter().map(|it| (it, "executables")).chain(all) {
        let mut scan = bomwright(folder.path());
        scan.arg("scan").arg(&image).args(["--files", files, "--quiet", "-o", "spdx-json=image.spdx.json"]);
        scan.args(["-o", "spdx-tag-value=image.spdx", "-o", "spdx-json@3.0.1=image.spdx3.json"]);
        for version in ["1.4", "1.5", "1.6", "1.7"] {
            for form in ["json", "xml"] {
                scan.args(["-o", &format!("cyclonedx-{form}@{version}=image-{version}.cdx.{form}")]);
            }
        }
        let scan = scan.output().unwrap();
        assert!(scan.status.success(), "{}", String::from_utf8_lossy(&scan.stderr));
        let python = environment.join("bin/python");
        accepted(Command::new(&python).args(["-c", CYCLONEDX]).arg(folder.path()), &image);
        if let (Some(data), Some(schema)) = (&spdx_3, &schema) {
            let path = folder.path().join("image.spdx3.json");
            let document = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let faults: Vec<_> = schema.iter_errors(&document).take(3).map(|it| it.to_string()).collect();
            assert!(faults.is_empty(), "{}: {faults:?}", image.display());
            let script = root().join("tests/scripts/spdx_shapes.py");
            accepted(Command::new(&python).arg(script).arg(data).arg(&path), &image);
        }
        for name in ["image.spdx.json", "image.spdx"] {
            let spdx = environment.join("bin/pyspdxtools");
            accepted(Command::new(spdx).arg("-i").arg(folder.path().join(name)), &image);
        }
        eprintln!("accepted: {} with {files} files", image.display());
    }
}
