//! Documents that other tools write, in miniature: the names of members and properties are those that
//! syft 1.18, trivy 0.58 and cdxgen put into their outputs. What they mean was worked out by hand.

use bomwright_document::{Target, check, read, write};
use bomwright_model::{Code, EdgeKind, Inventory, LicenseKind, Node, Package, PackageId, Scope};

fn package<'a>(inventory: &'a Inventory, name: &str) -> (PackageId, &'a Package) {
    inventory.packages().find(|(_, package)| package.name == name).unwrap()
}

fn edge(inventory: &Inventory, from: &str, to: &str) -> Option<(EdgeKind, Scope)> {
    let from = Node::Package(package(inventory, from).0);
    let to = Node::Package(package(inventory, to).0);
    let edges = inventory.graph.dependencies(&from);
    edges.iter().find(|(node, _)| **node == to).map(|(_, edge)| (edge.kind, edge.scope))
}

fn complaints(inventory: &Inventory) -> Vec<&str> {
    assert!(inventory.diagnostics.iter().all(|one| one.code == Code::Assumed));
    inventory.diagnostics.iter().map(|one| one.message.as_str()).collect()
}

const LAYER: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

const SYFT: &str = r#"{
  "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
  "metadata": {
    "timestamp": "2024-05-01T14:30:00+02:00",
    "tools": {"components": [{"type": "application", "author": "anchore", "name": "syft", "version": "1.18.1"}]},
    "component": {"bom-ref": "abc", "type": "container", "name": "registry:5000/shop:1.2",
      "version": "sha256:2222222222222222222222222222222222222222222222222222222222222222"}
  },
  "components": [
    {"bom-ref": "pkg:deb/debian/libc6@2.36-9?package-id=1", "type": "library", "name": "libc6", "version": "2.36-9",
      "publisher": "GNU Libc Maintainers <debian-glibc@lists.debian.org>",
      "licenses": [{"license": {"id": "GPL-2.0-only"}}, {"license": {"name": "BSD"}}],
      "purl": "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc",
      "properties": [
        {"name": "syft:package:type", "value": "deb"},
        {"name": "syft:location:0:layerID", "value": "LAYER"},
        {"name": "syft:location:0:path", "value": "/var/lib/dpkg/status"},
        {"name": "syft:location:1:path", "value": "/usr/share/doc/libc6/copyright"}]},
    {"bom-ref": "npm1", "type": "library", "name": "@babel/core", "version": "7.0.0", "scope": "optional",
      "purl": "pkg:npm/%40babel/core@7.0.0"},
    {"bom-ref": "os", "type": "operating-system", "name": "debian", "version": "12",
      "description": "Debian GNU/Linux 12 (bookworm)"}
  ],
  "dependencies": [{"ref": "pkg:deb/debian/libc6@2.36-9?package-id=1", "dependsOn": ["npm1", "gone"]}]
}"#;

#[test]
fn syft_s_cyclonedx() {
    let inventory = read("syft.json", SYFT.replace("LAYER", LAYER).as_bytes()).unwrap();
    assert_eq!(inventory.timestamp.as_deref(), Some("2024-05-01T12:30:00Z"));
    assert_eq!(inventory.tools[0].name, "syft");
    let image = inventory.image.as_ref().unwrap();
    assert_eq!(
        (image.repository.as_deref(), image.tag.as_deref()),
        (Some("registry:5000/shop"), Some("1.2"))
    );
    assert!(image.digest.as_ref().unwrap().hex().starts_with("2222"));
    let distribution = inventory.distribution.as_ref().unwrap();
    assert_eq!((distribution.id.as_str(), distribution.version.as_deref()), ("debian", Some("12")));

    let libc = package(&inventory, "libc6").1;
    assert_eq!((libc.ecosystem.as_str(), libc.namespace.as_deref()), ("deb", Some("debian")));
    assert_eq!(libc.architecture.as_deref(), Some("amd64"));
    assert_eq!(libc.supplier.as_deref(), Some("GNU Libc Maintainers <debian-glibc@lists.debian.org>"));
    assert_eq!(libc.source.as_ref().unwrap().name, "glibc");
    assert_eq!(libc.licenses.len(), 2);
    assert_eq!(libc.evidence.len(), 2);
    assert_eq!(libc.evidence[0].path, "var/lib/dpkg/status");
    let layer = inventory.layer(libc.evidence[0].layer.unwrap()).unwrap();
    assert_eq!(layer.diff_id.as_ref().unwrap().as_str(), LAYER);

    let core = package(&inventory, "core").1;
    assert_eq!((core.namespace.as_deref(), core.version.as_str()), (Some("@babel"), "7.0.0"));
    assert_eq!(edge(&inventory, "libc6", "core"), Some((EdgeKind::DependsOn, Scope::Optional)));
    assert_eq!(
        complaints(&inventory),
        [
            "1 dependencies name nothing that the document describes: gone",
            &format!("1 layers are known only from packages in them, so their order is not: {LAYER}")[..],
        ]
    );
    let faults = check("syft.json", SYFT.as_bytes()).unwrap();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].place, "gone");
}

#[test]
fn trivy_s_cyclonedx() {
    let document = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {
      "tools": [{"vendor": "aquasecurity", "name": "trivy", "version": "0.58.0"}],
      "component": {"bom-ref": "r", "type": "container", "name": "alpine:3.15",
        "purl": "pkg:oci/alpine@sha256:3333333333333333333333333333333333333333333333333333333333333333?arch=amd64",
        "properties": [
          {"name": "aquasecurity:trivy:DiffID", "value": "LAYER"},
          {"name": "aquasecurity:trivy:RepoTag", "value": "alpine:3.15"},
          {"name": "aquasecurity:trivy:ImageID",
            "value": "sha256:4444444444444444444444444444444444444444444444444444444444444444"}]}},
      "components": [
        {"bom-ref": "a", "type": "library", "name": "zlib", "version": "1.2.11-r3",
          "licenses": [{"license": {"name": "Zlib"}}], "purl": "pkg:apk/alpine/zlib@1.2.11-r3?distro=3.15.0",
          "properties": [
            {"name": "aquasecurity:trivy:LayerDiffID", "value": "LAYER"},
            {"name": "aquasecurity:trivy:SrcName", "value": "zlib"},
            {"name": "aquasecurity:trivy:SrcVersion", "value": "1.2.11-r3"}]},
        {"bom-ref": "o", "type": "operating-system", "name": "alpine", "version": "3.15.0"}],
      "dependencies": [{"ref": "r", "dependsOn": ["o"]}, {"ref": "o", "dependsOn": ["a"]}]}"#;
    let inventory = read("trivy.json", document.replace("LAYER", LAYER).as_bytes()).unwrap();
    let image = inventory.image.as_ref().unwrap();
    assert_eq!(image.architecture, "amd64");
    assert!(image.digest.as_ref().unwrap().hex().starts_with("3333"));
    assert!(image.config_digest.as_ref().unwrap().hex().starts_with("4444"));
    assert_eq!(inventory.layers.len(), 1);
    let zlib = package(&inventory, "zlib").1;
    assert_eq!(zlib.evidence[0].layer.unwrap().0, 0);
    assert_eq!(zlib.source.as_ref().unwrap().version, "1.2.11-r3");
    assert_eq!(inventory.graph.dependencies(&Node::Root).len(), 1);
    assert!(complaints(&inventory).is_empty());
}

#[test]
fn cdxgen_s_cyclonedx_and_nested_components() {
    let document = r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "metadata": {"timestamp": "late"},
      "components": [
        {"type": "library", "group": "org.example", "name": "outer", "version": 2, "bom-ref": "x",
          "purl": "pkg:maven/org.example/outer@2", "licenses": [{"expression": "MIT OR ISC"}],
          "properties": [{"name": "SrcFile", "value": "/app/pom.xml"}],
          "components": [{"type": "library", "name": "inner", "version": "1", "purl": "not a purl"}]},
        {"type": "library", "name": "twin", "version": "1", "bom-ref": "x", "purl": "pkg:npm/twin@1"},
        {"type": "library", "name": "twin", "version": "1", "purl": "pkg:npm/twin@1"}]}"#;
    let inventory = read("cdxgen.json", document.as_bytes()).unwrap();
    assert_eq!(inventory.packages.len(), 3);
    let outer = package(&inventory, "outer").1;
    assert_eq!((outer.version.as_str(), outer.evidence[0].path.as_str()), ("2", "app/pom.xml"));
    assert_eq!(package(&inventory, "inner").1.ecosystem, "generic");
    assert_eq!(edge(&inventory, "outer", "inner"), Some((EdgeKind::Contains, Scope::Runtime)));
    let said = complaints(&inventory).join("; ");
    for expected in [
        "package urls are none: not a purl",
        "listed more than once: twin",
        "several things: x",
        "times are none: late",
    ] {
        assert!(said.contains(expected), "{expected} is not in {said}");
    }
}

/// A document of each version from 1.3 to 1.5 means the same to `cyclonedx-bom` as to us.
#[test]
fn cyclonedx_bom_reads_the_same_packages_and_dependencies() {
    for version in ["1.3", "1.4", "1.5"] {
        let document = SYFT.replace("\"1.6\"", &format!("{version:?}")).replace("LAYER", LAYER);
        let document = match version {
            "1.5" => document,
            _ => document.replace(
                r#"{"components": [{"type": "application", "author": "anchore", "name": "syft", "version": "1.18.1"}]}"#,
                r#"[{"vendor": "anchore", "name": "syft", "version": "1.18.1"}]"#,
            ),
        };
        let typed = cyclonedx_bom::prelude::Bom::parse_from_json(document.as_bytes()).unwrap();
        let ours = read("typed", document.as_bytes()).unwrap();
        let components = typed.components.unwrap().0;
        let mut theirs: Vec<_> = components
            .iter()
            .filter_map(|one| Some(one.purl.as_ref()?.to_string().parse::<bomwright_model::Purl>().unwrap()))
            .collect();
        theirs.sort();
        let mut purls: Vec<_> = ours.packages.iter().filter_map(|one| one.purl.clone()).collect();
        purls.sort();
        assert_eq!(purls, theirs, "{version}");
        assert_eq!(typed.dependencies.unwrap().0[0].dependencies, ["npm1", "gone"]);
        assert!(edge(&ours, "libc6", "core").is_some());
    }
}

#[test]
fn syft_s_and_trivy_s_spdx() {
    let document = r#"{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "alpine",
      "creationInfo": {"created": "2025-02-13T12:22:22Z",
        "creators": ["Organization: Anchore, Inc", "Tool: syft-1.18.1", "Tool: my-tool-v2-rc1"]},
      "packages": [
        {"SPDXID": "SPDXRef-root", "name": "alpine", "versionInfo": "3.15", "primaryPackagePurpose": "CONTAINER",
          "downloadLocation": "NOASSERTION"},
        {"SPDXID": "SPDXRef-os", "name": "alpine", "versionInfo": "3.15.11",
          "primaryPackagePurpose": "OPERATING-SYSTEM", "downloadLocation": "NOASSERTION"},
        {"SPDXID": "SPDXRef-a", "name": "musl", "versionInfo": "1.2.2-r9", "downloadLocation": "NONE",
          "supplier": "Person: Timo Teräs <timo.teras@iki.fi>", "sourceInfo": "built package from: musl 1.2.2-r9",
          "licenseConcluded": "MIT", "licenseDeclared": "LicenseRef-odd",
          "checksums": [{"algorithm": "SHA1", "checksumValue": "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"}],
          "externalRefs": [{"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl",
            "referenceLocator": "pkg:apk/alpine/musl@1.2.2-r9?arch=x86_64&distro=3.15.11"}],
          "annotations": [{"annotator": "Tool: trivy-0.58.0", "annotationDate": "2025-02-13T12:22:22Z",
            "annotationType": "OTHER", "comment": "LayerDiffID: LAYER"}]},
        {"SPDXID": "SPDXRef-b", "name": "busybox", "versionInfo": "1.34", "licenseDeclared": "NOASSERTION",
          "sourceInfo": "acquired package info from APK DB: /lib/apk/db/installed, /etc/x"}],
      "files": [
        {"SPDXID": "SPDXRef-f1", "fileName": "./bin/busybox", "fileTypes": ["BINARY"], "checksums": []},
        {"SPDXID": "SPDXRef-f2", "fileName": "/etc/x", "fileTypes": ["TEXT"], "checksums": []}],
      "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-odd", "extractedText": "NONE", "name": "Odd words"}],
      "relationships": [
        {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-root"},
        {"spdxElementId": "SPDXRef-root", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-b"},
        {"spdxElementId": "SPDXRef-a", "relationshipType": "DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-b"},
        {"spdxElementId": "SPDXRef-b", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-f1"},
        {"spdxElementId": "SPDXRef-b", "relationshipType": "OTHER", "relatedSpdxElement": "SPDXRef-f2"}]}"#;
    let inventory = read("spdx.json", document.replace("LAYER", LAYER).as_bytes()).unwrap();
    let tools: Vec<_> =
        inventory.tools.iter().map(|tool| (tool.name.as_str(), tool.version.as_str())).collect();
    assert_eq!(tools, [("syft", "1.18.1"), ("my-tool", "v2-rc1")]);
    assert_eq!(inventory.distribution.as_ref().unwrap().version.as_deref(), Some("3.15.11"));
    let musl = package(&inventory, "musl").1;
    assert_eq!(musl.supplier.as_deref(), Some("Timo Teräs <timo.teras@iki.fi>"));
    assert_eq!(musl.source.as_ref().unwrap().name, "musl");
    let licenses: Vec<_> = musl.licenses.iter().map(|one| (one.kind, one.text.as_str())).collect();
    assert_eq!(licenses, [(LicenseKind::Declared, "Odd words"), (LicenseKind::Found, "MIT")]);
    assert_eq!(musl.digests[0].as_str(), "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert_eq!(musl.evidence[0].layer.unwrap().0, 0);
    let (id, busybox) = package(&inventory, "busybox");
    let paths: Vec<_> = busybox.evidence.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(paths, ["lib/apk/db/installed", "etc/x"]);
    assert_eq!(edge(&inventory, "busybox", "musl"), Some((EdgeKind::DependsOn, Scope::Runtime)));
    assert_eq!(inventory.files.len(), 1);
    assert_eq!((inventory.files[0].path.as_str(), inventory.files[0].owner), ("bin/busybox", Some(id)));
}

#[test]
fn purl_lists() {
    let list = "# from somewhere\npkg:npm/%40a/b@1\n\npkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&epoch=2\nrubbish\n";
    let inventory = read("list.txt", list.as_bytes());
    // The first line is a comment, so nothing says that this is a list of purls.
    assert!(inventory.is_err());
    let inventory = read("list.txt", list.split_once('\n').unwrap().1.as_bytes()).unwrap();
    assert_eq!(package(&inventory, "curl").1.version, "2:7.50.3-1.fc25");
    assert_eq!(complaints(&inventory).len(), 1);
}

const OPEN: &str = "<bom xmlns='http://cyclonedx.org/schema/bom/1.5'>";

#[test]
fn errors_name_the_document_the_place_and_the_reason() {
    let error = |bytes: &[u8]| read("doc", bytes).unwrap_err().to_string();
    assert_eq!(
        error(br#"{"bomFormat":"CycloneDX","specVersion":"2.0"}"#),
        "doc: specVersion: '2.0' is not read; 1.2 to 1.7 are"
    );
    assert_eq!(
        error(b"{\"bomFormat\":\"CycloneDX\",\n\"specVersion\":\"1.6\",\n \"components\":[x]}"),
        "doc:3:16: expected value"
    );
    assert_eq!(error(b""), "doc: no document that can be read: it is empty");
    assert!(error(b"<project/>").contains("XML"));
    assert_eq!(
        error(format!("{OPEN}\n<components>\n  <component></name>").as_bytes()),
        "doc:3:14: ill-formed document: expected `</component>`, but `</name>` was found"
    );
    assert_eq!(error(format!("{OPEN}\n<metadata>").as_bytes()), "doc:2:11: it ends inside an element");
    let deep = format!("{OPEN}{}", "<components><component>".repeat(5000));
    assert!(error(deep.as_bytes()).contains("elements nest more than 128 deep"));
    let wide = format!("{OPEN}<metadata><timestamp>&lol;</timestamp></metadata></bom>");
    assert!(error(wide.as_bytes()).contains("the entity 'lol' is none of the five"));
    let bomb = format!(
        "<!DOCTYPE bom [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>{OPEN}<metadata>&b;</metadata></bom>"
    );
    assert!(error(bomb.as_bytes()).contains("declarations of document types are not read"));
    assert_eq!(
        error(b"SPDXVersion: SPDX-2.3\n# fine\nPackageComment: <text>a\nb\n</text>\n  what is this\n"),
        "doc:6:1: neither 'Tag: value', nor a comment, nor blank"
    );
    assert_eq!(error(b"SPDXVersion: SPDX-2.3\n PackageName: <text>a\nb"), "doc:2:2: nothing closes <text>");
    assert_eq!(
        error(b"SPDXVersion: SPDX-2.0\n"),
        "doc: spdxVersion: 'SPDX-2.0' is not read; SPDX-2.1 to SPDX-2.3 are"
    );
    let deep = format!(
        "{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":{}",
        "[{\"components\":".repeat(5000)
    );
    assert!(error(deep.as_bytes()).contains("recursion limit exceeded"));
}

const SYFT_JSON: &str = r#"{
  "artifacts": [
    {"id": "a1", "name": "libc6", "version": "2.36-9", "type": "deb",
      "locations": [{"path": "/var/lib/dpkg/status", "layerID": "LAYER"}],
      "licenses": [{"value": "GPL-2", "spdxExpression": "GPL-2.0-only", "type": "declared"}],
      "purl": "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc",
      "metadataType": "dpkg-db-entry", "metadata": {"maintainer": "GNU Libc Maintainers", "source": "glibc"}},
    {"id": "a2", "name": "zlib1g", "version": "1:1.2.13", "type": "deb", "locations": [], "licenses": [],
      "purl": "pkg:deb/debian/zlib1g@1:1.2.13?arch=amd64&distro=debian-12"}
  ],
  "artifactRelationships": [
    {"parent": "a1", "child": "a2", "type": "dependency-of"},
    {"parent": "a1", "child": "f1", "type": "contains"},
    {"parent": "a1", "child": "f2", "type": "evident-by"}
  ],
  "files": [
    {"id": "f1", "location": {"path": "/usr/bin/ldd", "layerID": "LAYER"},
      "metadata": {"mode": 755, "type": "RegularFile", "userID": 0, "groupID": 0, "size": 5},
      "digests": [{"algorithm": "sha256", "value": "3333333333333333333333333333333333333333333333333333333333333333"}],
      "executable": {"format": "elf", "hasExports": false, "hasEntrypoint": true}},
    {"id": "f2", "location": {"path": "/var/lib/dpkg/status", "layerID": "LAYER"}}
  ],
  "source": {"id": "x", "type": "image", "metadata": {"userInput": "shop.tar", "imageID": "LAYER",
    "manifestDigest": "LAYER", "tags": ["registry:5000/shop:1.2"], "layers": [{"digest": "LAYER", "size": 10}]}},
  "distro": {"id": "debian", "versionID": "12", "prettyName": "Debian GNU/Linux 12 (bookworm)"},
  "descriptor": {"name": "syft", "version": "1.18.1"},
  "schema": {"version": "16.0.18", "url": "https://example.com/schema-16.0.18.json"}
}"#;

#[test]
fn syft_s_own_json() {
    let inventory = read("syft.json", SYFT_JSON.replace("LAYER", LAYER).as_bytes()).unwrap();
    assert_eq!((inventory.tools[0].name.as_str(), inventory.tools[0].version.as_str()), ("syft", "1.18.1"));
    let image = inventory.image.as_ref().unwrap();
    assert_eq!(
        (image.repository.as_deref(), image.tag.as_deref()),
        (Some("registry:5000/shop"), Some("1.2"))
    );
    assert_eq!(image.config_digest.as_ref().unwrap().as_str(), LAYER);
    assert_eq!(inventory.distribution.as_ref().unwrap().version.as_deref(), Some("12"));
    let (id, libc) = package(&inventory, "libc6");
    assert_eq!((libc.ecosystem.as_str(), libc.namespace.as_deref()), ("deb", Some("debian")));
    assert_eq!(libc.source.as_ref().unwrap().name, "glibc");
    assert_eq!(libc.licenses[0].text, "GPL-2.0-only");
    assert_eq!(libc.evidence[0].path, "var/lib/dpkg/status");
    // A dependency of something is needed by it.
    assert_eq!(edge(&inventory, "zlib1g", "libc6"), Some((EdgeKind::DependsOn, Scope::Runtime)));
    let [file] = inventory.files.as_slice() else { panic!("{:?}", inventory.files) };
    assert_eq!((file.path.as_str(), file.mode, file.owner), ("usr/bin/ldd", 0o755, Some(id)));
    assert_eq!(package(&inventory, "zlib1g").1.version, "1:1.2.13");
}

/// Written by hand after the XML schema of CycloneDX 1.4.
#[test]
fn cyclonedx_xml_of_others() {
    let document = r#"<?xml version="1.0" encoding="UTF-8"?>
      <!-- prefixes, comments and white space are free -->
      <b:bom xmlns:b="http://cyclonedx.org/schema/bom/1.4" version="1">
        <b:metadata>
          <b:timestamp>2024-05-01T14:30:00+02:00</b:timestamp>
          <b:tools><b:tool><b:vendor>v</b:vendor><b:name>maker</b:name><b:version>2</b:version></b:tool></b:tools>
          <b:component type="container" bom-ref="r"><b:name>shop:1</b:name></b:component>
        </b:metadata>
        <b:components>
          <b:component type="library" bom-ref="a">
            <b:supplier><b:name>S &amp; Co</b:name></b:supplier>
            <b:author>Jane</b:author><b:group>org.example</b:group><b:name>a</b:name><b:version>1</b:version>
            <b:description><![CDATA[<b>bold</b> & ]]>&#x41;</b:description>
            <b:hashes><b:hash alg="SHA-1">DA39A3EE5E6B4B0D3255BFEF95601890AFD80709</b:hash></b:hashes>
            <b:licenses><b:expression>MIT OR ISC</b:expression></b:licenses>
            <b:purl>pkg:maven/org.example/a@1</b:purl>
            <b:externalReferences><b:reference type="vcs"><b:url>https://example.org/a.git</b:url></b:reference></b:externalReferences>
            <b:properties><b:property name="SrcFile">/app/pom.xml</b:property></b:properties>
            <b:components>
              <b:component type="library"><b:name>b</b:name><b:purl>pkg:npm/b@2</b:purl>
                <b:licenses><b:license><b:id>MIT</b:id></b:license><b:license><b:name>Own words</b:name></b:license></b:licenses>
              </b:component>
            </b:components>
          </b:component>
          <b:component type="library" bom-ref="c"><b:name>c</b:name><b:purl>pkg:npm/c@3</b:purl></b:component>
        </b:components>
        <b:dependencies><b:dependency ref="a"><b:dependency ref="c"/></b:dependency></b:dependencies>
      </b:bom>"#;
    let inventory = read("other.xml", document.as_bytes()).unwrap();
    assert_eq!(inventory.timestamp.as_deref(), Some("2024-05-01T12:30:00Z"));
    assert_eq!((inventory.tools[0].name.as_str(), inventory.tools[0].version.as_str()), ("maker", "2"));
    assert_eq!(inventory.image.as_ref().unwrap().tag.as_deref(), Some("1"));
    let a = package(&inventory, "a").1;
    assert_eq!(a.description.as_deref(), Some("<b>bold</b> & A"));
    assert_eq!((a.supplier.as_deref(), a.originator.as_deref()), (Some("S & Co"), Some("Jane")));
    assert_eq!(a.digests[0].as_str(), "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert_eq!(
        (a.links[0].url.as_str(), a.evidence[0].path.as_str()),
        ("https://example.org/a.git", "app/pom.xml")
    );
    assert_eq!(a.licenses[0].text, "MIT OR ISC");
    assert_eq!(package(&inventory, "b").1.licenses.len(), 2);
    assert_eq!(edge(&inventory, "a", "b"), Some((EdgeKind::Contains, Scope::Runtime)));
    assert_eq!(edge(&inventory, "a", "c"), Some((EdgeKind::DependsOn, Scope::Runtime)));
    assert!(complaints(&inventory).is_empty());
    assert_eq!(check("other.xml", document.as_bytes()).unwrap(), []);
}

/// Written by hand after SPDX 2.3, clauses 6 to 12, with the order and the spellings that they allow.
#[test]
fn spdx_tag_value_of_others() {
    let document = "# made by hand\r\nSPDXVersion: SPDX-2.3\r\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\n\
        DocumentName: shop\nDocumentNamespace: https://example.org/shop\nCreator: Tool: maker-2\n\
        Created: 2024-05-01T12:30:00Z\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-root\n\
        Relationship: SPDXRef-os DEPENDENCY_OF SPDXRef-root\n\n\
        PackageName: shop\nSPDXID: SPDXRef-root\nPrimaryPackagePurpose: CONTAINER\n\n\
        PackageName: debian\nSPDXID: SPDXRef-os\nPackageVersion: 12\nPrimaryPackagePurpose: OPERATING-SYSTEM\n\n\
        PackageName: musl\nSPDXID: SPDXRef-a\nPackageVersion: 1.2.2-r9\nPackageSupplier: Person: Timo (timo@example.org)\n\
        PackageChecksum: SHA1: DA39A3EE5E6B4B0D3255BFEF95601890AFD80709\n\
        PackageLicenseDeclared: LicenseRef-odd\nPackageLicenseConcluded: NOASSERTION\n\
        PackageDescription: <text>Two\nlines: and # no comment</text>\nUnknownTag: x\n\
        ExternalRef: PACKAGE-MANAGER purl pkg:apk/alpine/musl@1.2.2-r9?arch=x86_64\n\
        ExternalRefComment: <text>PackageName: none</text>\n\
        FileName: ./lib/ld-musl.so.1\nSPDXID: SPDXRef-f\nFileType: BINARY\n\
        FileChecksum: SHA1: da39a3ee5e6b4b0d3255bfef95601890afd80709\n\n\
        LicenseID: LicenseRef-odd\nExtractedText: <text>Do what\nyou like</text>\nLicenseName: Odd words\n\
        Annotator: Person: Jane\nAnnotationDate: 2024-05-01T12:30:00Z\nAnnotationType: REVIEW\n\
        SPDXREF: SPDXRef-a\nAnnotationComment: <text>LayerDiffID: LAYER</text>\n";
    let inventory = read("other.spdx", document.replace("LAYER", LAYER).as_bytes()).unwrap();
    assert_eq!(inventory.tools[0].name, "maker");
    assert_eq!(inventory.image.as_ref().unwrap().repository.as_deref(), Some("shop"));
    assert_eq!(inventory.distribution.as_ref().unwrap().version.as_deref(), Some("12"));
    let (id, musl) = package(&inventory, "musl");
    assert_eq!(musl.description.as_deref(), Some("Two\nlines: and # no comment"));
    assert_eq!(musl.supplier.as_deref(), Some("Timo <timo@example.org>"));
    assert_eq!(musl.licenses[0].text, "Odd words");
    assert_eq!(musl.architecture.as_deref(), Some("x86_64"));
    assert_eq!(musl.digests.len(), 1);
    assert_eq!(
        inventory.layer(musl.evidence[0].layer.unwrap()).unwrap().diff_id.as_ref().unwrap().as_str(),
        LAYER
    );
    assert_eq!(inventory.files.len(), 1);
    assert_eq!((inventory.files[0].path.as_str(), inventory.files[0].owner), ("lib/ld-musl.so.1", Some(id)));
    assert!(check("other.spdx", document.as_bytes()).unwrap().is_empty());
}

/// Written by hand after SPDX 3.0.1, as other tools order and name elements.
#[test]
fn spdx_3_of_others() {
    let document = r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
      {"type": "software_Package", "spdxId": "https://example.org/a", "creationInfo": "_:c", "name": "musl",
        "software_packageVersion": "1.2.2-r9", "suppliedBy": "https://example.org/timo",
        "verifiedUsing": [{"type": "Hash", "algorithm": "sha1", "hashValue": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}],
        "externalIdentifier": [{"type": "ExternalIdentifier", "externalIdentifierType": "packageUrl",
          "identifier": "pkg:apk/alpine/musl@1.2.2-r9?arch=x86_64"}]},
      {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2024-05-01T12:30:00Z",
        "createdBy": ["https://example.org/timo"], "createdUsing": ["https://example.org/tool"]},
      {"type": "Tool", "spdxId": "https://example.org/tool", "creationInfo": "_:c", "name": "maker-2.1"},
      {"type": "Person", "spdxId": "https://example.org/timo", "creationInfo": "_:c", "name": "Timo",
        "externalIdentifier": [{"type": "ExternalIdentifier", "externalIdentifierType": "email", "identifier": "timo@example.org"}],
        "externalRef": [{"type": "ExternalRef", "externalRefType": "chat", "locator": ["https://chat.example.org/timo"]},
          {"type": "ExternalRef", "externalRefType": "altWebPage", "locator": ["https://timo.example.org/"]}]},
      {"type": "SpdxDocument", "spdxId": "https://example.org/doc", "creationInfo": "_:c", "rootElement": ["https://example.org/sbom"]},
      {"type": "software_Sbom", "spdxId": "https://example.org/sbom", "creationInfo": "_:c", "rootElement": ["https://example.org/root"]},
      {"type": "software_Package", "spdxId": "https://example.org/root", "creationInfo": "_:c", "name": "shop:1",
        "software_primaryPurpose": "container"},
      {"type": "software_Package", "spdxId": "https://example.org/b", "creationInfo": "_:c", "name": "busybox",
        "software_packageUrl": "pkg:apk/alpine/busybox@1.34"},
      {"type": "software_File", "spdxId": "https://example.org/f", "creationInfo": "_:c", "name": "/bin/busybox"},
      {"type": "Relationship", "spdxId": "https://example.org/r1", "creationInfo": "_:c", "from": "https://example.org/b",
        "relationshipType": "dependsOn", "to": ["https://example.org/a", "https://example.org/gone"]},
      {"type": "Relationship", "spdxId": "https://example.org/r2", "creationInfo": "_:c", "from": "https://example.org/b",
        "relationshipType": "contains", "to": ["https://example.org/f"]},
      {"type": "Relationship", "spdxId": "https://example.org/r3", "creationInfo": "_:c", "from": "https://example.org/a",
        "relationshipType": "hasDeclaredLicense", "to": ["https://example.org/l"]},
      {"type": "Relationship", "spdxId": "https://example.org/r4", "creationInfo": "_:c", "from": "https://example.org/a",
        "relationshipType": "dependsOn", "completeness": "noAssertion", "to": ["NoAssertionElement"]},
      {"type": "simplelicensing_LicenseExpression", "spdxId": "https://example.org/l", "creationInfo": "_:c",
        "simplelicensing_licenseExpression": "LicenseRef-odd", "simplelicensing_customIdToUri": [
          {"type": "DictionaryEntry", "key": "LicenseRef-odd", "value": "https://example.org/t"}]},
      {"type": "simplelicensing_SimpleLicensingText", "spdxId": "https://example.org/t", "creationInfo": "_:c",
        "simplelicensing_licenseText": "Odd words"}]}"#;
    let inventory = read("other.spdx.json", document.as_bytes()).unwrap();
    assert_eq!(inventory.timestamp.as_deref(), Some("2024-05-01T12:30:00Z"));
    assert_eq!((inventory.tools[0].name.as_str(), inventory.tools[0].version.as_str()), ("maker", "2.1"));
    assert_eq!(inventory.image.as_ref().unwrap().tag.as_deref(), Some("1"));
    let musl = package(&inventory, "musl").1;
    assert_eq!(musl.supplier.as_deref(), Some("Timo <timo@example.org> <https://timo.example.org/>"));
    assert_eq!((musl.ecosystem.as_str(), musl.architecture.as_deref()), ("apk", Some("x86_64")));
    assert_eq!(musl.digests[0].as_str(), "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert_eq!(musl.licenses[0].text, "Odd words");
    let (id, _) = package(&inventory, "busybox");
    assert_eq!(edge(&inventory, "busybox", "musl"), Some((EdgeKind::DependsOn, Scope::Runtime)));
    assert_eq!((inventory.files[0].path.as_str(), inventory.files[0].owner), ("bin/busybox", Some(id)));
    let gone = "1 dependencies name nothing that the document describes: https://example.org/gone";
    assert_eq!(complaints(&inventory), [gone]);
    let faults = check("other.spdx.json", document.as_bytes()).unwrap();
    assert_eq!((faults.len(), faults[0].place.as_str()), (1, "https://example.org/gone"));
    let later = document.replace("3.0.1\", \"created", "3.1\", \"created");
    let error = read("later", later.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "later: specVersion: '3.1' is not read; 3.0 and 3.0.1 are");
}

/// Elements inside elements, and scopes, written by hand after SPDX 3.0.1 (JSON-LD 1.1, section 3.3: node objects may
/// stand wherever their names may).
#[test]
fn spdx_3_elements_inside_others() {
    let document = r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "type": "SpdxDocument",
      "spdxId": "https://example.org/doc",
      "creationInfo": {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2024-05-01T12:30:00Z",
        "createdBy": ["https://example.org/timo"],
        "createdUsing": [{"type": "Tool", "spdxId": "https://example.org/t", "creationInfo": "_:c", "name": "maker-2.1"}]},
      "rootElement": [{"type": "software_Sbom", "spdxId": "https://example.org/sbom", "creationInfo": "_:c",
        "rootElement": [{"type": "software_Package", "spdxId": "https://example.org/root", "creationInfo": "_:c", "name": "shop"}],
        "element": [
          {"type": "LifecycleScopedRelationship", "creationInfo": "_:c", "relationshipType": "dependsOn", "scope": "test",
            "from": {"type": "software_Package", "spdxId": "https://example.org/a", "creationInfo": "_:c", "name": "a",
              "suppliedBy": {"type": "Person", "spdxId": "https://example.org/timo", "creationInfo": "_:c", "name": "Timo"}},
            "to": [{"type": "software_Package", "creationInfo": "_:c", "name": "nameless"}]},
          {"type": "LifecycleScopedRelationship", "creationInfo": "_:c", "relationshipType": "dependsOn", "scope": "build",
            "from": "https://example.org/a", "to": [{"type": "software_Package", "spdxId": "https://example.org/b",
              "creationInfo": "_:c", "name": "b"}]},
          {"type": "LifecycleScopedRelationship", "creationInfo": "_:c", "relationshipType": "dependsOn", "scope": "runtime",
            "from": "https://example.org/b", "to": ["https://example.org/a"]},
          {"type": "Relationship", "creationInfo": "_:c", "relationshipType": "hasOptionalDependency",
            "from": "https://example.org/root", "to": ["https://example.org/b"]}]}]}"#;
    let inventory = read("inside.spdx.json", document.as_bytes()).unwrap();
    assert_eq!(inventory.tools[0].name, "maker");
    assert_eq!(package(&inventory, "a").1.supplier.as_deref(), Some("Timo"));
    assert_eq!(edge(&inventory, "a", "nameless"), Some((EdgeKind::DependsOn, Scope::Development)));
    assert_eq!(edge(&inventory, "a", "b"), Some((EdgeKind::DependsOn, Scope::Build)));
    assert_eq!(edge(&inventory, "b", "a"), Some((EdgeKind::DependsOn, Scope::Runtime)));
    assert!(complaints(&inventory).is_empty());
    // And what is written says the same without our own facts.
    let mut written = Vec::new();
    write(&inventory, "spdx-json@3.0.1".parse::<Target>().unwrap(), &mut written).unwrap();
    let graph: serde_json::Value = serde_json::from_slice(&written).unwrap();
    let elements = graph["@graph"].as_array().unwrap();
    let limited = || elements.iter().filter(|it| it["type"] == "LifecycleScopedRelationship");
    let scopes: Vec<_> = limited().map(|it| it["scope"].as_str().unwrap()).collect();
    assert_eq!(scopes.len(), 2);
    assert!(scopes.contains(&"build") && scopes.contains(&"development"), "{scopes:?}");
    for element in limited() {
        assert_eq!(element["relationshipType"], "dependsOn");
        assert_eq!(element["to"].as_array().unwrap().len(), 1);
    }
}

const TEXT: &str = "Copies may be made\non Sundays.";

fn texts(inventory: &Inventory) -> Vec<(&str, &str)> {
    let (_, package) = package(inventory, "a");
    let wordings = package.licenses.iter().flat_map(|license| &license.wordings);
    wordings.map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

#[test]
fn the_text_of_a_licence_that_no_list_has_goes_from_one_format_into_the_others() {
    let json = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","bom-ref":"a","name":"a",
        "licenses":[{"license":{"name":"Sunday License","text":{"content":"Copies may be made\r\non Sundays.\n"}}}]}]}"#;
    let xml = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components><component type="library" bom-ref="a"><name>a</name>
        <licenses><license><name>Sunday License</name><text>Copies may be made
on Sundays.</text></license></licenses></component></components></bom>"#;
    let spdx = r#"{"spdxVersion":"SPDX-2.3","packages":[{"SPDXID":"SPDXRef-a","name":"a","licenseDeclared":"LicenseRef-7"}],
        "hasExtractedLicensingInfos":[{"licenseId":"LicenseRef-7","name":"Sunday License","extractedText":"Copies may be made\non Sundays."}]}"#;
    let tags = "SPDXVersion: SPDX-2.3\nPackageName: a\nSPDXID: SPDXRef-a\nPackageLicenseDeclared: LicenseRef-7\n\
        LicenseID: LicenseRef-7\nExtractedText: <text>Copies may be made\non Sundays.</text>\nLicenseName: Sunday License\n";
    for document in [json, xml, spdx, tags] {
        let inventory = read("foreign", document.as_bytes()).unwrap();
        assert_eq!(texts(&inventory), [("Sunday License", TEXT)], "{document}");
        for target in Target::all().filter(|target| !target.version().is_empty()) {
            let mut written = Vec::new();
            write(&inventory, target, &mut written).unwrap();
            assert!(
                check("written", &written).unwrap().iter().all(|fault| fault.place == "metadata.component")
            );
            assert_eq!(texts(&read("written", &written).unwrap()), [("Sunday License", TEXT)], "{target}");
        }
        // Where the format has a place for the text, it is there and not only among our facts.
        let mut written = Vec::new();
        write(&inventory, "spdx-json".parse::<Target>().unwrap(), &mut written).unwrap();
        let written: serde_json::Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(written["hasExtractedLicensingInfos"][0]["extractedText"], TEXT);
    }
}

#[test]
fn a_reference_within_an_expression_keeps_its_text() {
    let spdx = r#"{"spdxVersion":"SPDX-2.3","packages":[{"SPDXID":"SPDXRef-a","name":"a","licenseDeclared":"MIT OR LicenseRef-7"}],
        "hasExtractedLicensingInfos":[{"licenseId":"LicenseRef-7","extractedText":"Copies may be made\non Sundays."}]}"#;
    let inventory = read("foreign", spdx.as_bytes()).unwrap();
    let license = &package(&inventory, "a").1.licenses[0];
    assert_eq!(license.text, "MIT OR LicenseRef-7");
    assert_eq!(texts(&inventory), [("LicenseRef-7", TEXT)]);
}

#[test]
fn texts_count_in_a_comparison_where_both_sides_have_them() {
    let side = |text: Option<&str>| {
        let text = text.map_or(String::new(), |text| format!(r#","text":{{"content":"{text}"}}"#));
        let json = format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{{"type":"library","bom-ref":"a","name":"a",
            "licenses":[{{"license":{{"name":"Sunday License"{text}}}}}]}}]}}"#
        );
        read("side", json.as_bytes()).unwrap()
    };
    for (before, after, is_same) in [
        (None, Some("One."), true),
        (Some("One."), None, true),
        (Some("One."), Some("One."), true),
        (Some("One."), Some("Two."), false),
    ] {
        let (mut before, mut after) = (side(before), side(after));
        bomwright_document::normalize_licenses(&mut before, &mut after);
        let [before, after] = [&before, &after].map(|side| &package(side, "a").1.licenses);
        assert_eq!(before == after, is_same, "{before:?} {after:?}");
    }
}
