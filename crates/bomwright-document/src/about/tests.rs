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

#[test]
fn cyclonedx_in_xml_states_what_it_states_in_json() {
    let xml = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6" serialNumber="urn:uuid:x" version="1"><metadata>
        <timestamp>2024-01-01T00:00:00Z</timestamp><lifecycles><lifecycle><phase>build</phase></lifecycle></lifecycles>
        <tools><components><component type="application"><name>t</name><version>1</version></component></components></tools>
        <authors><author><name>A</name><email>a@b.example</email></author></authors>
        <component type="container" bom-ref="r"><name>r</name></component>
        <licenses><license><id>CC0-1.0</id></license></licenses></metadata>
        <components><component type="library" bom-ref="a">
        <supplier><name>NOASSERTION</name></supplier><name>a</name><version>unknown</version>
        <licenses><expression acknowledgement="concluded">MIT</expression></licenses>
        <swhid>swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2</swhid>
        <externalReferences><reference type="distribution"><url>https://a.example/a</url>
        <hashes><hash alg="SHA-512">00</hash></hashes></reference></externalReferences>
        </component></components>
        <dependencies><dependency ref="r"><dependency ref="a"/></dependency></dependencies>
        <compositions><composition><aggregate>unknown</aggregate><dependencies><dependency ref="a"/></dependencies></composition></compositions>
        <vulnerabilities><vulnerability><id>CVE-1</id></vulnerability></vulnerabilities></bom>"#;
    let facts = facts("d", xml.as_bytes()).unwrap();
    assert_eq!(facts.format, "CycloneDX 1.6");
    for field in [
        Field::DocumentId,
        Field::Timestamp,
        Field::Phase,
        Field::ToolVersion,
        Field::Author,
        Field::AuthorContact,
        Field::DataLicense,
        Field::Coverage,
    ] {
        assert_eq!(facts.fields.get(field), Presence::Present, "{field:?}");
    }
    assert_eq!(facts.fields.get(Field::NoVulnerabilities), Presence::Missing);
    assert_eq!(facts.fields.get(Field::Signature), Presence::Missing);
    let a = &facts.items.last().unwrap().fields;
    for field in
        [Field::LicenseConcluded, Field::Identifier, Field::Sha512, Field::Download, Field::Relationship]
    {
        assert_eq!(a.get(field), Presence::Present, "{field:?}");
    }
    for field in [Field::Supplier, Field::Version, Field::Completeness] {
        assert_eq!(a.get(field), Presence::Unknown, "{field:?}");
    }
    assert_eq!(a.get(Field::LicenseDeclared), Presence::Missing);
}

#[test]
fn spdx_as_tag_value_states_what_it_states_in_json() {
    let tags = "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentNamespace: https://a.example/d\n\
                Creator: Tool: t-1\nCreator: Organization: O (o@a.example)\nCreated: 2024-01-01T00:00:00Z\n\
                CreatorComment: <text>SBOM Type: build</text>\n\
                PackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1\nPackageFileName: a.tgz\nPackageSupplier: NOASSERTION\n\
                PackageDownloadLocation: NOASSERTION\nValidUntilDate: 2030-01-01T00:00:00Z\n\
                ExternalRef: SECURITY url https://a.example/security\n\
                Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a\nRelationship: SPDXRef-a DEPENDS_ON NOASSERTION\n";
    let facts = facts("d", tags.as_bytes()).unwrap();
    assert_eq!(facts.format, "SPDX 2.3");
    for field in [
        Field::DocumentId,
        Field::DataLicense,
        Field::Timestamp,
        Field::ToolVersion,
        Field::AuthorContact,
        Field::Phase,
        Field::Primary,
        Field::Coverage,
    ] {
        assert_eq!(facts.fields.get(field), Presence::Present, "{field:?}");
    }
    for (field, presence) in [
        (Field::FileName, Presence::Present),
        (Field::SupportEnd, Presence::Present),
        (Field::SecurityContact, Presence::Present),
        (Field::Supplier, Presence::Unknown),
        (Field::Dependencies, Presence::Unknown),
        (Field::Copyright, Presence::Missing),
    ] {
        assert_eq!(of(&facts, field), presence, "{field:?}");
    }
}

#[test]
fn a_graph_of_spdx_3_states_things_of_its_elements() {
    let graph = r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
        {"type":"CreationInfo","@id":"_:c","specVersion":"3.0.1","created":"2024-01-01T00:00:00Z","createdBy":["urn:p","urn:s"],"createdUsing":["urn:t"]},
        {"type":"Person","spdxId":"urn:p","creationInfo":"_:c","name":"P","externalIdentifier":[{"type":"ExternalIdentifier","externalIdentifierType":"email","identifier":"p@a.example"}]},
        {"type":"SoftwareAgent","spdxId":"urn:s","creationInfo":"_:c","name":"s"},
        {"type":"Tool","spdxId":"urn:t","creationInfo":"_:c","name":"t-1"},
        {"type":"SpdxDocument","spdxId":"urn:d","creationInfo":"_:c","rootElement":["urn:b"],"dataLicense":"https://spdx.org/licenses/CC0-1.0"},
        {"type":"software_Sbom","spdxId":"urn:b","creationInfo":"_:c","rootElement":["urn:r"],"software_sbomType":["build"]},
        {"type":"software_Package","spdxId":"urn:r","creationInfo":"_:c","name":"r"},
        {"type":"software_Package","spdxId":"urn:a","creationInfo":"_:c","name":"a","software_packageVersion":"1","suppliedBy":"urn:p",
         "validUntilTime":"2030-01-01T00:00:00Z",
         "externalIdentifier":[{"type":"ExternalIdentifier","externalIdentifierType":"cpe23","identifier":"cpe:2.3:a:b:c:1:*:*:*:*:*:*:*"}],
         "externalRef":[{"type":"ExternalRef","externalRefType":"vcs","locator":["https://a.example/a.git"]}],
         "verifiedUsing":[{"type":"Hash","algorithm":"sha512","hashValue":"00"}]},
        {"type":"Relationship","spdxId":"urn:1","creationInfo":"_:c","from":"urn:a","relationshipType":"hasDeclaredLicense","to":["https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertion"]},
        {"type":"Relationship","spdxId":"urn:2","creationInfo":"_:c","from":"urn:r","relationshipType":"dependsOn","to":["urn:a"],"completeness":"complete"},
        {"type":"Relationship","spdxId":"urn:3","creationInfo":"_:c","from":"urn:a","relationshipType":"dependsOn","to":["NoAssertionElement"],"completeness":"noAssertion"}]}"#;
    let facts = facts("d", graph.as_bytes()).unwrap();
    assert_eq!(facts.format, "SPDX 3.0.1");
    for field in [
        Field::DocumentId,
        Field::DataLicense,
        Field::Timestamp,
        Field::ToolVersion,
        Field::Author,
        Field::AuthorContact,
        Field::Phase,
        Field::Primary,
        Field::Coverage,
    ] {
        assert_eq!(facts.fields.get(field), Presence::Present, "{field:?}");
    }
    assert_eq!(of(&facts, Field::Completeness), Presence::Present, "the root comes first");
    let a = facts.items.iter().find(|item| item.label == "a 1").unwrap();
    for (field, presence) in [
        (Field::Supplier, Presence::Present),
        (Field::CreatorContact, Presence::Present),
        (Field::SupportEnd, Presence::Present),
        (Field::Identifier, Presence::Present),
        (Field::Source, Presence::Present),
        (Field::Sha512, Presence::Present),
        (Field::LicenseDeclared, Presence::Unknown),
        (Field::Dependencies, Presence::Unknown),
        (Field::Completeness, Presence::Unknown),
        (Field::LicenseConcluded, Presence::Missing),
    ] {
        assert_eq!(a.fields.get(field), presence, "{field:?}");
    }
}
