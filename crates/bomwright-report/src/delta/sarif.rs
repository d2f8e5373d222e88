//! A delta as SARIF 2.1.0 (OASIS, 2020), for code scanning: one result for each finding.
//!
//! A path of the image is an artifact below the base `IMAGE`; a package that lies somewhere is found there, and otherwise only
//! named by its purl. Findings that were waived are results with a suppression.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use bomwright_diff::{Delta, DeltaFinding, FindingSubject, PackageChange};
use bomwright_model::FindingSeverity;
use serde_json::{Value, json};

use super::{RenderError, RenderOptions, words};
use crate::paint::clean;

/// Renders the findings of `delta`.
pub(super) fn render(delta: &Delta, options: &RenderOptions) -> Result<String, RenderError> {
    let mut worst: BTreeMap<&str, FindingSeverity> = BTreeMap::new();
    for finding in &delta.findings {
        let severity = worst.entry(&finding.rule).or_insert(finding.severity);
        *severity = finding.severity.max(*severity);
    }
    let index: HashMap<&str, usize> = worst.keys().enumerate().map(|(index, rule)| (*rule, index)).collect();
    let packages: HashMap<String, &PackageChange> = delta
        .packages
        .iter()
        .flat_map(|change| words::subjects(change).map(move |subject| (subject, change)))
        .collect();
    let rules: Vec<Value> = worst.iter().map(|(id, severity)| rule(id, *severity, options)).collect();
    let results: Vec<Value> = delta.findings.iter().map(|it| result(it, &index, &packages)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "bomwright",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "automationDetails": { "id": "bomwright/diff/" },
            "originalUriBaseIds": {
                "IMAGE": { "description": { "text": "The root directory of the newer image." } },
            },
            "properties": {
                "old": clean(&delta.old.name),
                "new": clean(&delta.new.name),
            },
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log)?;
    text.push('\n');
    Ok(text)
}

/// A reportingDescriptor (section 3.49). GitHub sorts by `security-severity`, a number from 0 to 10.
fn rule(id: &str, severity: FindingSeverity, options: &RenderOptions) -> Value {
    let told = options.rules.iter().find(|(rule, _)| rule == id).map(|(_, about)| about.clone());
    let about = told.unwrap_or_else(|| format!("A change of the kind '{id}'."));
    let mut help = format!("{about}\n\nWith `--fail-on {id}` such a change stops a build.");
    if !options.command.is_empty() {
        let _ = write!(
            help,
            " A finding that may pass is waived with `{}`.",
            options.command.replace("{id}", "ID")
        );
    }
    let mut properties = json!({ "tags": ["security", "supply-chain"] });
    let score = match severity {
        FindingSeverity::Critical => Some("9.5"),
        FindingSeverity::High => Some("8.0"),
        FindingSeverity::Medium => Some("5.5"),
        FindingSeverity::Low => Some("2.0"),
        FindingSeverity::Info => None,
    };
    if let (Some(score), Some(map)) = (score, properties.as_object_mut()) {
        map.insert("security-severity".to_owned(), json!(score));
    }
    json!({
        "id": clean(id),
        "shortDescription": { "text": message(&about) },
        "help": { "text": message(&help) },
        "defaultConfiguration": { "level": level(severity) },
        "properties": properties,
    })
}

/// A result (section 3.27). All have `suppressions`, because either all results of a run have it or none.
fn result(
    finding: &DeltaFinding,
    rules: &HashMap<&str, usize>,
    packages: &HashMap<String, &PackageChange>,
) -> Value {
    let subject = finding.subject.name();
    let place = if finding.place.is_empty() { String::new() } else { format!(" ({})", finding.place) };
    let suppressions: Vec<Value> = finding
        .waived
        .iter()
        .map(|reason| json!({ "kind": "external", "status": "accepted", "justification": clean(reason) }))
        .collect();
    let mut result = json!({
        "ruleId": clean(&finding.rule),
        "level": level(finding.severity),
        "message": { "text": message(&format!("{subject}: {}{place}", finding.message)) },
        "locations": [location(finding, packages)],
        "partialFingerprints": { "bomwrightFinding/v1": clean(&finding.id) },
        "suppressions": suppressions,
        "properties": {
            "severity": finding.severity.as_str(),
            "gate": finding.gate,
        },
    });
    if let (Some(index), Some(map)) = (rules.get(finding.rule.as_str()), result.as_object_mut()) {
        map.insert("ruleIndex".to_owned(), json!(index));
    }
    result
}

/// Where it is (section 3.28).
fn location(finding: &DeltaFinding, packages: &HashMap<String, &PackageChange>) -> Value {
    let logical = |name: &str, full: &str, kind: &str| json!([{ "name": clean(name), "fullyQualifiedName": clean(full), "kind": kind }]);
    match &finding.subject {
        FindingSubject::Path(path) => json!({ "physicalLocation": physical(path) }),
        FindingSubject::Image(text) => json!({ "logicalLocations": logical(text, text, "resource") }),
        FindingSubject::Package(text) => {
            let Some(package) = packages.get(text) else {
                return json!({ "logicalLocations": logical(text, text, "package") });
            };
            let purl = package.purl.as_deref().unwrap_or(text);
            let mut location = json!({ "logicalLocations": logical(&package.name, purl, "package") });
            let state = package.new.as_ref().or(package.old.as_ref());
            if let (Some(path), Some(map)) =
                (state.and_then(|it| it.location.as_deref()), location.as_object_mut())
            {
                map.insert("physicalLocation".to_owned(), physical(path));
            }
            location
        }
    }
}

fn physical(path: &str) -> Value {
    json!({ "artifactLocation": { "uri": uri(path), "uriBaseId": "IMAGE" } })
}

/// `path` as a relative reference (RFC 3986, section 4.2): everything but unreserved characters and slashes is escaped.
pub(crate) fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.trim_start_matches('/').bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

const fn level(severity: FindingSeverity) -> &'static str {
    match severity {
        FindingSeverity::Critical | FindingSeverity::High => "error",
        FindingSeverity::Medium => "warning",
        FindingSeverity::Low | FindingSeverity::Info => "note",
    }
}

/// `text` as a message: brackets would make a link (section 3.11.6), braces a placeholder (section 3.11.5).
pub(crate) fn message(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '[' | ']' | '\\' => out.extend(['\\', c]),
            '{' | '}' => out.extend([c, c]),
            '\n' => out.push(c),
            _ => out.push_str(&clean(c.encode_utf8(&mut [0; 4]))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn log(delta: &Delta) -> Value {
        serde_json::from_str(&render(delta, &RenderOptions::default()).unwrap()).unwrap()
    }

    #[test]
    fn results_have_places_levels_fingerprints_and_suppressions() {
        let delta = sample::delta();
        let log = log(&delta);
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), delta.findings.len());
        assert_eq!(results[0]["level"], "error");
        let place = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uri"], "usr/local/bin/acme-suid");
        let downgrade = &results[2]["locations"][0];
        assert_eq!(downgrade["logicalLocations"][0]["fullyQualifiedName"], "pkg:pypi/cryptography@41.0.7");
        let path = "opt/venv/cryptography-41.0.7.dist-info";
        assert_eq!(downgrade["physicalLocation"]["artifactLocation"]["uri"], path);
        assert_eq!(results[3]["suppressions"][0]["justification"], "reviewed by the team");
        assert_eq!(results[0]["suppressions"], json!([]));
        for (result, finding) in results.iter().zip(&delta.findings) {
            assert_eq!(result["partialFingerprints"]["bomwrightFinding/v1"], finding.id);
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], finding.rule);
        }
    }

    #[test]
    fn a_message_holds_no_link_and_a_path_is_one_reference() {
        assert_eq!(message("[a](http://evil.example) {0} \\"), "\\[a\\](http://evil.example) {{0}} \\\\");
        assert_eq!(uri("/a b/%2e?x#y:ü"), "a%20b/%252e%3Fx%23y%3A%C3%BC");
    }

    /// Against the schema of OASIS, which is not ours to ship.
    #[test]
    fn the_official_schema_accepts_it() {
        let data = std::env::var_os("BOMWRIGHT_DATA").map(std::path::PathBuf::from);
        let schema = data.and_then(|data| std::fs::read(data.join("sarif-2.1.0/schema.json")).ok());
        let Some(schema) = schema else {
            eprintln!("skipped: no sarif-2.1.0/schema.json below $BOMWRIGHT_DATA");
            return;
        };
        let mut schema: Value = serde_json::from_slice(&schema).unwrap();
        // The pattern of a language has a stray bracket, which ECMA 262 does not take. No language is written here.
        for of in ["run", "toolComponent"] {
            schema["definitions"][of]["properties"]["language"].as_object_mut().unwrap().remove("pattern");
        }
        let validator = jsonschema::validator_for(&schema).unwrap();
        for delta in [Delta::default(), sample::delta()] {
            let log = log(&delta);
            let faults: Vec<_> = validator.iter_errors(&log).map(|it| it.to_string()).collect();
            assert!(faults.is_empty(), "{faults:#?}");
        }
    }
}
