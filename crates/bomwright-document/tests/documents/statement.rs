//! Statements hold to what in-toto says of them, and the document inside is the one that went in.

use bomwright_document::{Attested, DocumentError, Target, read, statement, write};
use bomwright_model::Image;
use serde_json::{Value, json};

use crate::sample;

const DIGEST: &str = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn document(target: Target) -> Vec<u8> {
    let mut inventory = sample::inventory(11, 6, 2);
    inventory.image = Some(Image {
        repository: Some("registry.example/shop".into()),
        digest: DIGEST.parse().ok(),
        ..Image::default()
    });
    let mut out = Vec::new();
    write(&inventory, target, &mut out).unwrap();
    out
}

fn made(document: &[u8], subject: &Attested, predicate_type: Option<&str>) -> Result<String, DocumentError> {
    let mut out = Vec::new();
    statement("a.json", document, subject, predicate_type, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

/// After the fields of in-toto's Statement v1 (spec/v1/statement.md).
fn schema() -> Value {
    json!({
        "type": "object",
        "required": ["_type", "subject", "predicateType", "predicate"],
        "additionalProperties": false,
        "properties": {
            "_type": {"const": "https://in-toto.io/Statement/v1"},
            "subject": {"type": "array", "minItems": 1, "items": {
                "type": "object", "required": ["digest"], "additionalProperties": false,
                "properties": {
                    "name": {"type": "string"},
                    "digest": {
                        "type": "object", "minProperties": 1, "additionalProperties": false,
                        "properties": {"sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
                    },
                },
            }},
            "predicateType": {"type": "string", "format": "uri"},
            "predicate": {"type": "object"},
        },
    })
}

#[test]
fn the_document_is_the_predicate_and_its_format_the_type() {
    let validator = jsonschema::options().should_validate_formats(true).build(&schema()).unwrap();
    // in-toto/attestation, spec/predicates/{cyclonedx,spdx2,spdx3}.md.
    for (target, kind) in [
        ("cyclonedx-json@1.4", "https://cyclonedx.org/bom"),
        ("cyclonedx-json@1.7", "https://cyclonedx.org/bom"),
        ("spdx-json@2.3", "https://spdx.dev/Document/v2.3"),
        ("spdx-json@3.0.1", "https://spdx.dev/Document/v3"),
    ] {
        let document = document(target.parse().unwrap());
        let subject = Attested::of(&read("a.json", &document).unwrap()).unwrap();
        let text = made(&document, &subject, None).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let faults: Vec<_> = validator.iter_errors(&value).map(|fault| fault.to_string()).collect();
        assert_eq!(faults, [""; 0], "{target}");
        assert_eq!(value["predicateType"], kind);
        assert_eq!(value["predicate"], serde_json::from_slice::<Value>(&document).unwrap());
        let digest = DIGEST.trim_start_matches("sha256:");
        assert_eq!(
            value["subject"],
            json!([{"name": "registry.example/shop", "digest": {"sha256": digest}}])
        );
        let verbatim = String::from_utf8(document).unwrap();
        assert!(text.contains(verbatim.trim_end()), "byte by byte");
    }
}

#[test]
fn what_others_wrote_stays_as_it_is() {
    let subject: Attested = format!("shop@{DIGEST}").parse().unwrap();
    let foreign = b"\xef\xbb\xbf{\n  \"spdxVersion\" : \"SPDX-2.2\",\n  \"x\": 1.0e2, \"packages\": [] }\n\n";
    let text = made(foreign, &subject, None).unwrap();
    assert!(text.ends_with(
        "\"predicate\":{\n  \"spdxVersion\" : \"SPDX-2.2\",\n  \"x\": 1.0e2, \"packages\": [] }}\n"
    ));
    assert!(text.contains("\"predicateType\":\"https://spdx.dev/Document\""));
    let text = made(foreign, &subject, Some("https://policy.example/\"sbom\"")).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["predicateType"], "https://policy.example/\"sbom\"");
}

#[test]
fn what_is_no_json_document_or_subject_is_refused() {
    let subject: Attested = format!("shop@{DIGEST}").parse().unwrap();
    for target in Target::all() {
        let is_json = ["cyclonedx-json", "spdx-json"].contains(&target.format().name());
        assert_eq!(made(&document(target), &subject, None).is_ok(), is_json, "{target}");
    }
    let two = b"{\"bomFormat\":\"CycloneDX\"},\"subject\":[]";
    assert!(made(two, &subject, None).is_err(), "nothing breaks out of the predicate");
    for text in ["shop", "shop@sha256:12", "@sha256:9f", "shop:1.0", &format!("@{DIGEST}")] {
        assert!(text.parse::<Attested>().is_err(), "{text}");
    }
}
