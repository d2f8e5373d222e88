//! The example documents of the standards, as PyPI packages hold them; `tests/scripts/suites.py fetch FOLDER` gets them.
//!
//! `BOMWRIGHT_SUITES` names the folder. Where it is absent the tests say so and pass, except under `CI`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use bomwright_document::{Format, Target, check, check_strict, detect, losses, read, read_strict, write};
use bomwright_model::{Code, FileChoice, Inventory};
use serde_json::Value;

use crate::law::visible_edges;
use crate::validators::{SCRIPT, data, python, skip};

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("BOMWRIGHT_SUITES").map(PathBuf::from);
    if folder.is_none() {
        skip("BOMWRIGHT_SUITES names no folder that tests/scripts/suites.py filled");
    }
    folder
}

/// Every file below `folder` whose name ends in one of `ends`, sorted.
fn files(folder: &Path, ends: &[&str]) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                open.push(path);
            } else if ends.iter().any(|end| name.ends_with(end)) {
                all.push(path);
            }
        }
    }
    all.sort();
    all
}

/// A document of the specification of CycloneDX.
struct Case {
    name: String,
    version: String,
    form: &'static str,
    is_valid: bool,
    bytes: Vec<u8>,
}

fn cyclonedx(folder: &Path) -> Vec<Case> {
    let root = folder.join("cyclonedx-python-lib/tests/_data/schemaTestData");
    let mut all = Vec::new();
    for version in ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"] {
        for (form, end) in [("json", ".json"), ("xml", ".xml")] {
            for path in files(&root.join(version), &[end]) {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                // `informal-` and `skip_` are documents that the schema's authors would like to be invalid.
                let is_valid = name.starts_with("valid-");
                if is_valid || name.starts_with("invalid-") {
                    let (version, bytes) = (version.to_owned(), std::fs::read(&path).unwrap());
                    all.push(Case { name: format!("{version}/{name}"), version, form, is_valid, bytes });
                }
            }
        }
    }
    assert!(all.len() > 700, "the suite has {} documents", all.len());
    all
}

fn written(inventory: &Inventory, target: Target) -> Vec<u8> {
    let mut out = Vec::new();
    write(inventory, target.with_files(FileChoice::All), &mut out).unwrap();
    out
}

/// What strict reading says of a document beyond what lenient reading assumed and `check` found.
fn of_the_schema(name: &str, bytes: &[u8]) -> Vec<String> {
    let assumed = read(name, bytes).unwrap().diagnostics;
    let known: BTreeSet<String> = assumed
        .into_iter()
        .filter(|it| it.code == Code::Assumed)
        .map(|it| it.message)
        .chain(check(name, bytes).unwrap().into_iter().map(|fault| fault.reason))
        .collect();
    let all = check_strict(name, bytes).unwrap().into_iter();
    all.filter(|fault| !known.contains(&fault.reason)).map(|fault| fault.to_string()).collect()
}

#[test]
fn strict_reading_agrees_with_every_verdict_of_the_specification() {
    let Some(folder) = folder() else { return };
    let mut wrong = Vec::new();
    let mut refused = BTreeMap::new();
    for case in cyclonedx(&folder) {
        let Case { name, is_valid, bytes, .. } = &case;
        if *is_valid {
            if let Err(error) = read_strict(name, bytes) {
                refused.insert(name.clone(), error.to_string());
            }
            let complaints = of_the_schema(name, bytes);
            if !complaints.is_empty() {
                wrong.push(format!("{name} is valid: {}", complaints.join("; ")));
            }
        } else if let Ok(inventory) = read_strict(name, bytes) {
            wrong.push(format!("{name} is invalid and was read: {} packages", inventory.packages.len()));
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    // Some valid ones leave something to be assumed all the same: that two components of the same name and version are
    // one package, and that a file is a program.
    eprintln!("strict reading refuses {} of the valid documents", refused.len());
    let assumed = [" packages are listed more than once: ", " files are taken for executables, "];
    for (name, error) in refused {
        let reasons = error.lines().skip(1);
        let odd: Vec<_> = reasons.filter(|line| !assumed.iter().any(|it| line.contains(it))).collect();
        assert!(odd.is_empty(), "{name}: {odd:#?}");
    }
}

/// What of the table of losses the documents of the suites have. Whatever else is lost is a fault.
const LOST: &[&str] = &[
    // SPDX 2 puts name and version of a tool into one word.
    "tools whose name and version the form name-version does not tell apart",
];

/// An inventory as JSON without what the table of losses says.
fn carried(inventory: &Inventory, target: Target, has_tools: bool) -> Value {
    let mut value: Value = serde_json::from_slice(&written(inventory, Format::Json.into())).unwrap();
    for (loss, _) in losses(inventory, target.with_files(FileChoice::All)) {
        assert!(LOST.contains(&loss.what), "no document of the suites was known to have {}", loss.what);
    }
    let object = value.as_object_mut().unwrap();
    if !has_tools {
        object.remove("tools");
    }
    // Positions of files change with what is left out, so edges are told by names.
    object.insert("edges".to_owned(), format!("{:?}", visible_edges(inventory, FileChoice::All)).into());
    object.retain(|_, member| member.as_array().is_none_or(|all| !all.is_empty()));
    value
}

/// The first place where the two differ.
fn difference(a: &Value, b: &Value, place: &str) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<_> = a.keys().chain(b.keys()).collect();
            keys.into_iter().find_map(|key| {
                let none = Value::Null;
                let (a, b) = (a.get(key).unwrap_or(&none), b.get(key).unwrap_or(&none));
                difference(a, b, &format!("{place}.{key}"))
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(index, (a, b))| difference(a, b, &format!("{place}[{index}]")))
        }
        _ if a == b => None,
        _ => Some(format!("{place}: {a} became {b}")),
    }
}

/// Reads, writes in `target`, reads again. What was written, and what went wrong.
fn round_trip(name: &str, bytes: &[u8], target: Target) -> Result<Vec<u8>, String> {
    let first = read(name, bytes).map_err(|error| error.to_string())?;
    let document = written(&first, target);
    let faults = check(name, &document).map_err(|error| format!("{name}: {error}"))?;
    if let Some(fault) = faults.first() {
        return Err(format!("{name}: what was written has a fault: {fault}"));
    }
    let second = read(name, &document).map_err(|error| format!("{name}: what was written: {error}"))?;
    // Documents of SPDX must say who made them: where nothing did, we did.
    let is_spdx = matches!(target.format(), Format::SpdxJson | Format::SpdxTagValue);
    let is_anonymous = is_spdx && first.tools.is_empty();
    let has_tools =
        !is_anonymous && !losses(&first, target).iter().any(|(loss, _)| LOST.contains(&loss.what));
    // In tag-value a package begins with its name: one that has none gets one, and with it another place.
    let is_named = first.packages.iter().all(|package| !package.name.is_empty());
    if target.format() == Format::SpdxTagValue && !is_named {
        assert_eq!(first.packages.len(), second.packages.len(), "{name}");
        return Ok(document);
    }
    let [first, second] = [first, second].map(|it| carried(&it, target, has_tools));
    match difference(&first, &second, "") {
        Some(difference) => Err(format!("{name}: {difference}")),
        None => Ok(document),
    }
}

/// The reference validators on all of `documents` at once.
fn validate(documents: &[(String, Target, Vec<u8>)], folder: &str) {
    let Some(python) = python() else { return skip("no python3 with the validators") };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut arguments = Vec::new();
    for (index, (_, target, bytes)) in documents.iter().enumerate() {
        let path = folder.join(format!("{index}.{}", target.format().extension()));
        std::fs::write(&path, bytes).unwrap();
        arguments.push(format!("{}={}", target.version(), path.display()));
    }
    let output = Command::new(python).arg("-c").arg(SCRIPT).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complained}");
    assert_eq!(said, "");
}

#[test]
fn valid_documents_of_cyclonedx_are_read_and_come_back() {
    let Some(folder) = folder() else { return };
    let (mut wrong, mut documents) = (Vec::new(), Vec::new());
    let mut count = BTreeMap::new();
    let cases = cyclonedx(&folder);
    for case in cases.iter().filter(|case| case.is_valid) {
        *count.entry((case.version.as_str(), case.form)).or_insert(0) += 1;
        // Versions that are not written come back in the oldest that is.
        let version = if case.version.as_str() < "1.4" { "1.4" } else { &case.version };
        let target: Target = format!("cyclonedx-{}@{version}", case.form).parse().unwrap();
        match round_trip(&case.name, &case.bytes, target) {
            Ok(document) => documents.push((case.name.clone(), target, document)),
            Err(reason) => wrong.push(reason),
        }
    }
    eprintln!("{count:?}");
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    validate(&documents, "suites-cyclonedx");
}

/// Documents of SPDX in a form that is read: JSON, tag-value, and JSON-LD of 3.0.
fn spdx(folder: &Path) -> Vec<(String, Target, Vec<u8>)> {
    let mut all = Vec::new();
    for package in ["spdx-tools", "ntia-conformance-checker"] {
        for path in files(&folder.join(package).join("tests"), &[".json", ".spdx", ".tag"]) {
            let bytes = std::fs::read(&path).unwrap();
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            let text = String::from_utf8_lossy(&bytes);
            let is_new = text.contains("spdx.org/rdf/3.0");
            // Some are the scanners' own results, beside the documents that were made from them.
            let plain = text.replace('\0', "");
            if !is_new && !plain.contains("spdxVersion") && !plain.contains("SPDXVersion") {
                continue;
            }
            let is_tags = !text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
                && !bytes.starts_with(b"\xff\xfe{")
                && !bytes.starts_with(b"\xfe\xff\0{");
            let target = match (is_new, is_tags) {
                (true, _) => "spdx-json@3.0.1",
                (false, true) => "spdx-tag-value@2.3",
                (false, false) => "spdx-json@2.3",
            };
            all.push((name, target.parse().unwrap(), bytes));
        }
    }
    assert!(all.len() > 90, "the suites have {} documents of SPDX", all.len());
    all
}

/// Whether a document only looks like SPDX: a template without values, what Python prints of bytes, or the tree of a
/// spreadsheet.
fn is_no_document(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start();
    text.contains("SPDXVersion: spdxVersion")
        || text.starts_with("b'SPDXVersion")
        || (text.starts_with('{') && text.contains("\"Document\": {"))
}

#[test]
fn documents_of_spdx_are_read_and_come_back() {
    let Some(folder) = folder() else { return };
    let (mut wrong, mut documents) = (Vec::new(), Vec::new());
    let graphs = data("spdx-3.0.1/schema.json").map(|path| {
        let schema = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    for (name, target, bytes) in spdx(&folder) {
        match round_trip(&name, &bytes, target) {
            Err(_) if is_no_document(&bytes) => {}
            Ok(_) if is_no_document(&bytes) => wrong.push(format!("{name} was read")),
            // `spdx-tools` needs a time that grows with the square of the packages.
            Ok(document) if document.len() > 200_000 => {}
            Ok(document) if target.version() == "3.0.1" => {
                let schema = graphs
                    .as_ref()
                    .map(|it| it.iter_errors(&serde_json::from_slice(&document).unwrap()).count());
                assert!(schema.is_none_or(|faults| faults == 0), "{name}");
            }
            Ok(document) => documents.push((name, target, document)),
            Err(reason) => wrong.push(reason),
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    validate(&documents, "suites-spdx");
}

/// Says which of the documents `spdx-tools` does not accept.
const REFUSED: &str = r"
import sys, logging
logging.disable(logging.CRITICAL)
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
for path in sys.argv[1:]:
    try:
        faults = validate_full_spdx_document(parse_file(path))
    except Exception:
        faults = True
    if faults:
        print(path)
";

#[test]
fn strict_reading_refuses_what_spdx_tools_refuses() {
    let Some(folder) = folder() else { return };
    let Some(python) = python() else { return skip("no python3 with the validators") };
    let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join("suites-refused");
    std::fs::create_dir_all(&copies).unwrap();
    let mut all = BTreeMap::new();
    for (index, (name, target, bytes)) in spdx(&folder).into_iter().enumerate() {
        if target.version() == "2.3" && bytes.len() < 100_000 {
            // It goes by the end of the name.
            let copy = copies.join(format!("{index}.{}", target.format().extension()));
            std::fs::write(&copy, &bytes).unwrap();
            all.insert(copy.to_string_lossy().into_owned(), (name, bytes));
        }
    }
    let output = Command::new(python).arg("-c").arg(REFUSED).args(all.keys()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let refused: Vec<_> = said.lines().map(|path| &all[path]).collect();
    eprintln!("spdx-tools refuses {} of {}", refused.len(), all.len());
    assert!(refused.len() > 5);
    let read = refused.into_iter().filter(|(name, bytes)| read_strict(name, bytes).is_ok());
    let read: Vec<_> = read.map(|(name, _)| name).collect();
    assert!(read.is_empty(), "{read:#?}");
}

/// What the official JSON Schemas refuse, strict reading refuses too.
#[test]
fn strict_reading_refuses_what_the_schemas_of_spdx_refuse() {
    let (Some(folder), Some(old), Some(new)) =
        (folder(), data("spdx-2.3/schema.json"), data("spdx-3.0.1/schema.json"))
    else {
        return skip("no schemas of SPDX");
    };
    let [old, new] = [old, new].map(|path| {
        let schema = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    let mut wrong = Vec::new();
    let mut count = [0; 4];
    for (name, target, bytes) in spdx(&folder) {
        let Ok(document) = serde_json::from_slice::<Value>(&bytes) else { continue };
        let is_new = target.version() == "3.0.1";
        if is_new && document["@context"] == "https://spdx.org/rdf/3.0.0/spdx-context.jsonld" {
            // It is of 3.0.0, the schema of 3.0.1.
            continue;
        }
        let refused = if is_new { &new } else { &old }.iter_errors(&document).next();
        let complaints = if read(&name, &bytes).is_ok() { of_the_schema(&name, &bytes) } else { continue };
        count[usize::from(is_new) * 2 + usize::from(refused.is_some())] += 1;
        match refused {
            Some(error) if complaints.is_empty() => {
                wrong.push(format!("{name}: {}: {:.200}", error.instance_path(), error.to_string()));
            }
            None if !complaints.is_empty() => {
                eprintln!("stricter than the schema: {name}: {}", complaints[0]);
            }
            _ => {}
        }
    }
    eprintln!("accepted and refused by the schemas of SPDX 2.3 and 3.0.1: {count:?}");
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

/// The schemas for strict reading are those of the package, without documentation.
#[test]
fn the_schemas_are_those_of_cyclonedx() {
    let Some(folder) = folder() else { return };
    let Some(python) = python() else { return skip("no python3 with the validators") };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemas");
    let mut command = Command::new(python);
    command.arg(root.join("../../tests/scripts/suites.py")).arg("schemas").arg(folder).arg(&out);
    assert!(command.status().unwrap().success());
    let made = files(&out, &[".json", ".xsd"]);
    assert_eq!(made.len(), 15);
    for path in made {
        let kept = root.join("schemas").join(path.file_name().unwrap());
        assert!(std::fs::read(&path).unwrap() == std::fs::read(&kept).unwrap(), "{} differs", kept.display());
    }
}

#[test]
fn formats_of_the_suites_are_recognised() {
    let Some(folder) = folder() else { return };
    for case in cyclonedx(&folder).iter().filter(|case| case.is_valid) {
        let wanted = if case.form == "json" { Format::CycloneDxJson } else { Format::CycloneDxXml };
        let found = detect(&case.bytes);
        assert!(found.is_none_or(|found| found == wanted), "{}: {found:?}", case.name);
    }
}
