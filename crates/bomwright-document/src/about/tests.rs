//! What documents written by hand state, and what they leave out.

use super::*;

fn cyclonedx(component: &str, rest: &str) -> DocumentFacts {
    let text = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{{"type":"library","bom-ref":"a","name":"a"{component}}}]{rest}}}"#
    );
    facts("d", text.as_bytes()).unwrap()
}

fn of(facts: &DocumentFacts, field: Field) -> Presence {
    facts.items.first().unwrap().fields.get(field)
}

#[test]
fn a_cyclonedx_component_states_a_field_or_not() {
    use Presence::{Declared, Missing, Present, Unknown};
    let own = r#","properties":[{"name":"bomwright:property:declared","value":"supplier"}]"#;
    for (json, field, presence) in [
        ("", Field::Version, Missing),
        (r#","version":"1""#, Field::Version, Present),
        (r#","version":"unknown""#, Field::Version, Unknown),
        (r#","supplier":{}"#, Field::Supplier, Missing),
        (r#","supplier":{"name":"NOASSERTION"}"#, Field::Supplier, Unknown),
        (r#","supplier":{"url":["https://a.example"]}"#, Field::Supplier, Present),
        (r#","supplier":{"url":["https://a.example"]}"#, Field::CreatorContact, Present),
        (r#","supplier":{"name":"A"}"#, Field::CreatorContact, Missing),
        (r#","manufacturer":{"contact":[{"email":"a@b.example"}]}"#, Field::Creator, Present),
        (r#","purl":"pkg:npm/a@1""#, Field::Identifier, Present),
        (r#","purl":"npm/a""#, Field::Identifier, Missing),
        (r#","cpe":"cpe:2.3:a:b:c:1:*:*:*:*:*:*:*""#, Field::Identifier, Present),
        (r#","hashes":[{"alg":"SHA-256","content":"00"}]"#, Field::Digest, Present),
        (r#","hashes":[{"alg":"SHA-256","content":"00"}]"#, Field::Sha512, Missing),
        (
            r#","externalReferences":[{"type":"distribution","url":"x","hashes":[{"alg":"SHA-512","content":"00"}]}]"#,
            Field::Sha512,
            Present,
        ),
        (r#","licenses":[{"license":{"id":"MIT"}}]"#, Field::LicenseDeclared, Present),
        (r#","licenses":[{"license":{"id":"MIT"}}]"#, Field::LicenseConcluded, Missing),
        (
            r#","licenses":[{"expression":"MIT","acknowledgement":"concluded"}]"#,
            Field::LicenseConcluded,
            Present,
        ),
        (r#","licenses":[]"#, Field::License, Missing),
        (r#","properties":[{"name":"bsi:component:filename","value":"a"}]"#, Field::FileName, Present),
        (r#","properties":[{"name":"bomwright:unknown","value":"digest version"}]"#, Field::Digest, Unknown),
    ] {
        assert_eq!(of(&cyclonedx(json, ""), field), presence, "{json} {field:?}");
    }
    let declared = cyclonedx(&format!(r#","supplier":{{"name":"A"}}{own}"#), "");
    assert_eq!(of(&declared, Field::Supplier), Declared);
    // What is not there can't have been declared.
    assert_eq!(of(&cyclonedx(own, ""), Field::Supplier), Missing);
}

#[test]
fn dependencies_and_their_completeness() {
    for (json, dependencies, completeness) in [
        ("", Presence::Missing, Presence::Missing),
        (r#","dependencies":[{"ref":"a"}]"#, Presence::Present, Presence::Missing),
        (
            r#","compositions":[{"aggregate":"unknown","dependencies":["a"]}]"#,
            Presence::Unknown,
            Presence::Unknown,
        ),
        (
            r#","dependencies":[{"ref":"a"}],"compositions":[{"aggregate":"complete","dependencies":["a"]}]"#,
            Presence::Present,
            Presence::Present,
        ),
    ] {
        let facts = cyclonedx("", json);
        assert_eq!(of(&facts, Field::Dependencies), dependencies, "{json}");
        assert_eq!(of(&facts, Field::Completeness), completeness, "{json}");
    }
}

#[test]
fn a_cyclonedx_document_states_things_of_itself() {
    for (json, field) in [
        (r#","serialNumber":"urn:uuid:x""#, Field::DocumentId),
        (r#","metadata":{"timestamp":"2024-01-01T00:00:00Z"}"#, Field::Timestamp),
        (r#","metadata":{"tools":[{"name":"t","version":"1"}]}"#, Field::ToolVersion),
        (r#","metadata":{"tools":{"components":[{"name":"t","version":"1"}]}}"#, Field::ToolVersion),
        (r#","metadata":{"authors":[{"name":"A"}]}"#, Field::Author),
        (r#","metadata":{"manufacturer":{"url":["https://a.example"]}}"#, Field::AuthorContact),
        (r#","metadata":{"lifecycles":[{"phase":"build"}]}"#, Field::Phase),
        (r#","metadata":{"component":{"name":"r"}}"#, Field::Primary),
        (r#","compositions":[{"aggregate":"incomplete"}]"#, Field::Coverage),
        (r#","signature":{"algorithm":"ES256"}"#, Field::Signature),
    ] {
        assert_eq!(cyclonedx("", json).fields.get(field), Presence::Present, "{json}");
        assert_eq!(cyclonedx("", "").fields.get(field), Presence::Missing, "{field:?}");
    }
    let clean = |json| cyclonedx("", json).fields.get(Field::NoVulnerabilities);
    assert_eq!(clean(""), Presence::Present);
    assert_eq!(clean(r#","vulnerabilities":[{"id":"CVE-1"}]"#), Presence::Missing);
}

#[test]
fn an_spdx_package_states_a_field_or_not() {
    use Presence::{Missing, Present, Unknown};
    for (json, field, presence) in [
        ("", Field::Supplier, Missing),
        (r#","supplier":"NOASSERTION""#, Field::Supplier, Unknown),
        (r#","supplier":"Organization: A (a@b.example)""#, Field::CreatorContact, Present),
        (r#","licenseConcluded":"NONE""#, Field::LicenseConcluded, Present),
        (r#","licenseConcluded":"NOASSERTION""#, Field::License, Unknown),
        (r#","downloadLocation":"git+https://a.example/b""#, Field::Source, Present),
        (r#","checksums":[{"algorithm":"SHA512","checksumValue":"00"}]"#, Field::Sha512, Present),
        (
            r#","externalRefs":[{"referenceType":"cpe23Type","referenceLocator":"x"}]"#,
            Field::Identifier,
            Present,
        ),
        (r#","validUntilDate":"2030-01-01T00:00:00Z""#, Field::SupportEnd, Present),
    ] {
        let text =
            format!(r#"{{"spdxVersion":"SPDX-2.3","packages":[{{"SPDXID":"SPDXRef-a","name":"a"{json}}}]}}"#);
        let facts = facts("d", text.as_bytes()).unwrap();
        assert_eq!(of(&facts, field), presence, "{json} {field:?}");
    }
}

#[test]
fn other_formats_are_read_into_an_inventory_first() {
    let facts = facts("d", b"pkg:npm/a@1\n").unwrap();
    assert_eq!(facts.format, "purls");
    let item = facts.items.iter().find(|item| item.label == "a 1").unwrap();
    assert_eq!(item.fields.get(Field::Identifier), Presence::Present);
    assert_eq!(item.fields.get(Field::Supplier), Presence::Missing);
    assert_eq!(facts.fields.get(Field::DocumentId), Presence::Missing);
}
