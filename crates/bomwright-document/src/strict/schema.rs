//! What the schemas say of a document.

use std::collections::HashMap;

use jsonschema::{Registry, Validator};
use serde_json::Value;
use uppsala::xsd::XsdValidator;

use super::{Complaint, MOST, text};

/// The schemas of one version of CycloneDX.
struct Schemas {
    version: &'static str,
    json: &'static str,
    xml: &'static str,
}

macro_rules! schemas {
    ($($version:literal)+) => {
        &[$(Schemas {
            version: $version,
            json: include_str!(concat!("../../schemas/bom-", $version, ".schema.json")),
            xml: include_str!(concat!("../../schemas/bom-", $version, ".xsd")),
        },)+]
    };
}

const CYCLONEDX: &[Schemas] = schemas!("1.2" "1.3" "1.4" "1.5" "1.6" "1.7");

/// What they refer to.
const SHARED: &[&str] = &[
    LICENSES,
    include_str!("../../schemas/jsf-0.82.schema.json"),
    include_str!("../../schemas/cryptography-defs.schema.json"),
];

/// The identifiers of the SPDX license list; the XML schema's are the same, so they are taken from here.
const LICENSES: &str = include_str!("../../schemas/spdx.schema.json");

const SPDX_2: &str = include_str!("../../schemas/spdx-2.json");

/// What stands before the version in the name space of CycloneDX.
const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

/// The complaints about CycloneDX in JSON.
pub(super) fn cyclonedx_json(text: &str) -> Vec<Complaint> {
    with_json(text, |document| {
        let version = document.get("specVersion").and_then(Value::as_str).unwrap_or_default();
        let schemas = CYCLONEDX.iter().find(|it| it.version == version);
        schemas.map(|it| json_validator(it.json, SHARED)).ok_or_else(|| unknown(version))?
    })
}

/// The complaints about SPDX 2 in JSON.
pub(super) fn spdx_json(text: &str) -> Vec<Complaint> {
    with_json(text, |_| json_validator(SPDX_2, &[]))
}

/// The complaints about what a document of SPDX 2 would be in JSON, with their JSON pointers as places.
pub(super) fn spdx_value(document: &Value) -> Vec<Complaint> {
    match json_validator(SPDX_2, &[]) {
        Ok(validator) => complaints(&validator, document),
        Err(reason) => vec![unusable(reason)],
    }
}

fn with_json(text: &str, validator: impl FnOnce(&Value) -> Result<Validator, String>) -> Vec<Complaint> {
    let document: Value = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => {
            let at = text::offset(text, error.line(), error.column());
            return vec![Complaint::new(Some(at), "", error.to_string())];
        }
    };
    let mut all = match validator(&document) {
        Ok(validator) => complaints(&validator, &document),
        Err(reason) => vec![unusable(reason)],
    };
    let mut wanted: HashMap<&str, usize> = all.iter().map(|it| (it.place.as_str(), 0)).collect();
    let twice = text::walk(text, |path, at| {
        if let Some(place) = wanted.get_mut(path) {
            *place = at;
        }
    });
    let places: Vec<_> = all.iter().map(|it| wanted.get(it.place.as_str()).copied()).collect();
    for (complaint, at) in all.iter_mut().zip(places) {
        complaint.at = at;
    }
    let twice = twice.into_iter().take(MOST);
    all.extend(twice.map(|(at, path)| Complaint::new(Some(at), path, "the object has this key already")));
    all
}

fn complaints(validator: &Validator, document: &Value) -> Vec<Complaint> {
    // Values are left out of the reasons: they may be as large as the document.
    let errors = validator.iter_errors(document).take(MOST);
    let one = |error: jsonschema::ValidationError<'_>| {
        Complaint::new(None, error.instance_path().as_str(), error.masked_with("the value").to_string())
    };
    errors.map(one).collect()
}

fn json_validator(schema: &str, shared: &[&str]) -> Result<Validator, String> {
    let parse = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
    let mut registry = Registry::new();
    for text in shared {
        let schema = parse(text)?;
        let id = schema.get("$id").and_then(Value::as_str).unwrap_or_default().to_owned();
        registry = registry.add(id, schema).map_err(|error| error.to_string())?;
    }
    let registry = registry.prepare().map_err(|error| error.to_string())?;
    let options = jsonschema::options().should_validate_formats(true).with_registry(&registry);
    options.build(&parse(schema)?).map_err(|error| error.to_string())
}

/// The complaints about CycloneDX in XML.
pub(super) fn cyclonedx_xml(text: &str) -> Vec<Complaint> {
    let version = text.split_once(NAMESPACE).map_or("", |(_, rest)| rest);
    let version = version.split(['"', '\'']).next().unwrap_or_default();
    let validator = match CYCLONEDX.iter().find(|it| it.version == version) {
        Some(schemas) => xml_validator(schemas.xml),
        None => Err(unknown(version)),
    };
    let validator = match validator {
        Ok(validator) => validator,
        Err(reason) => return vec![unusable(reason)],
    };
    let document = match uppsala::parse(text) {
        Ok(document) => document,
        Err(error) => return vec![Complaint::new(None, "", error.to_string())],
    };
    let errors = validator.validate(&document).into_iter().take(MOST);
    let one = |error: uppsala::ValidationError| {
        let at = error.line.map(|line| text::offset(text, line, error.column.unwrap_or(1)));
        Complaint::new(at, "", error.message)
    };
    errors.map(one).collect()
}

/// The schema with the identifiers of licences in it: it imports a second file that says nothing else, and here are no
/// files.
fn xml_validator(schema: &str) -> Result<XsdValidator, String> {
    let list: Value = serde_json::from_str(LICENSES).map_err(|error| error.to_string())?;
    let mut licenses =
        String::from("<xs:simpleType name=\"listedLicense\"><xs:restriction base=\"xs:string\">\n");
    for id in list.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        licenses.push_str("<xs:enumeration value=\"");
        licenses.push_str(id);
        licenses.push_str("\"/>\n");
    }
    licenses.push_str("</xs:restriction></xs:simpleType>\n</xs:schema>");
    let schema = schema.replace("\"spdx:licenseId\"", "\"bom:listedLicense\"");
    let schema = schema.replace("</xs:schema>", &licenses);
    let schema = uppsala::parse(&schema).map_err(|error| error.to_string())?;
    XsdValidator::from_schema(&schema).map_err(|error| error.to_string())
}

fn unknown(version: &str) -> String {
    format!("there is no schema of version '{version}'")
}

fn unusable(reason: String) -> Complaint {
    Complaint::new(None, "", reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_can_be_used() {
        for schemas in CYCLONEDX {
            assert!(json_validator(schemas.json, SHARED).is_ok(), "{}", schemas.version);
            assert!(xml_validator(schemas.xml).is_ok(), "{}", schemas.version);
        }
        assert!(json_validator(SPDX_2, &[]).is_ok());
    }

    #[test]
    fn licences_are_those_of_the_list() {
        let document = |id: &str| {
            format!(
                "<bom xmlns='{NAMESPACE}1.6'><components><component type='library'><name>a</name>\
                 <licenses><license><id>{id}</id></license></licenses></component></components></bom>"
            )
        };
        assert!(cyclonedx_xml(&document("MIT")).is_empty());
        let [complaint] = &cyclonedx_xml(&document("MYT"))[..] else { panic!("one complaint") };
        assert!(complaint.at.is_some());
    }
}
