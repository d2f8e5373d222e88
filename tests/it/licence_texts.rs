//! `--licence-texts` from the files to every document: members of Java archives, and the texts of Debian's copyright files.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::command::bomwright;
use crate::workspace::root;

fn run(place: &Path, arguments: &[&str]) -> String {
    let output = bomwright(place).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn scan(place: &Path, arguments: &[&str]) -> Value {
    let mut all = vec!["scan", "dir:tree", "-q"];
    all.extend(arguments);
    serde_json::from_str(&run(place, &all)).unwrap()
}

fn write(place: &Path, path: &str, bytes: &[u8]) {
    let path = place.join("tree").join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn text(path: &str) -> String {
    let fixtures = root().join("crates/bomwright-ecosystems/testdata/license-text/good/root/srv");
    fs::read_to_string(fixtures.join("node_modules").join(path)).unwrap()
}

/// The licences of the package `name` in our own JSON.
fn licenses(inventory: &Value, name: &str) -> Value {
    let packages = inventory["packages"].as_array().unwrap();
    packages.iter().find(|it| it["name"] == name).unwrap()["licenses"].clone()
}

/// An archive with a licence, `padding` bytes that don't matter, and an archive that is stored in it.
fn jar(artifact: &str, license: &str, padding: usize, nested: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, bytes: &[u8], method| {
        writer.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    };
    let properties = format!("groupId=org.example\nartifactId={artifact}\nversion=1\n");
    let descriptor = format!("META-INF/maven/org.example/{artifact}/pom.properties");
    add(&descriptor, properties.as_bytes(), CompressionMethod::Deflated);
    add("data.bin", &vec![7; padding], CompressionMethod::Stored);
    add("META-INF/LICENSE.txt", license.as_bytes(), CompressionMethod::Deflated);
    if let Some((name, bytes)) = nested {
        add(name, bytes, CompressionMethod::Stored);
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn licences_in_java_archives_are_recognised_however_these_are_read() {
    let place = tempfile::tempdir().unwrap();
    let inner = jar("inner", &text("isexe/LICENSE"), 0, None);
    // Archives of more than 1 MiB are read as they pass.
    for (name, padding) in [("small", 0), ("large", 2 << 20)] {
        let outer = jar(name, &text("@babel/code-frame/LICENSE"), padding, Some(("lib/inner-1.jar", &inner)));
        write(place.path(), &format!("opt/{name}-1.jar"), &outer);
        let found = scan(place.path(), &["--licence-texts", "-o", "json"]);
        let expected = json!([{ "kind": "found", "text": "MIT", "confidence": 100,
            "path": format!("opt/{name}-1.jar!/META-INF/LICENSE.txt") }]);
        assert_eq!(licenses(&found, name), expected);
        let expected = json!([{ "kind": "found", "text": "ISC", "confidence": 100,
            "path": format!("opt/{name}-1.jar!/lib/inner-1.jar!/META-INF/LICENSE.txt") }]);
        assert_eq!(licenses(&found, "inner"), expected);
        assert_eq!(licenses(&scan(place.path(), &["-o", "json"]), name), Value::Null, "nobody asked");
        fs::remove_file(place.path().join(format!("tree/opt/{name}-1.jar"))).unwrap();
    }
}

#[test]
fn texts_of_licences_that_no_list_has_reach_every_document() {
    let place = tempfile::tempdir().unwrap();
    let status = "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nMaintainer: M <m@m.example>\n";
    write(place.path(), "var/lib/dpkg/status", status.as_bytes());
    let mit: String = text("@babel/code-frame/LICENSE")
        .lines()
        .map(|line| if line.is_empty() { " .\n".to_owned() } else { format!(" {line}\n") })
        .collect();
    // By the rules of copyright-format 1.0: one text in its field, one for a name that two statements share.
    let copyright = format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n\
         Files: *\nCopyright: 2020 A\nLicense: GPL-2+ or Mine\n\n\
         Files: b\nCopyright: 2020 B\nLicense: BSD-like\n Be like us,\n .\n whoever you are.\n\n\
         License: Mine\n{mit}"
    );
    write(place.path(), "usr/share/doc/a/copyright", copyright.as_bytes());
    let path = "usr/share/doc/a/copyright";
    let expected = json!([
        { "kind": "found", "text": "BSD-like", "path": path,
            "wordings": { "BSD-like": "Be like us,\n\nwhoever you are." } },
        { "kind": "found", "text": "GPL-2+ or MIT", "path": path, "confidence": 100 },
    ]);
    let scanned = scan(place.path(), &["--licence-texts", "-o", "json"]);
    assert_eq!(licenses(&scanned, "a"), expected);
    for format in ["cyclonedx-json", "cyclonedx-xml", "spdx-json", "spdx-tag-value", "spdx-json@3.0.1"] {
        run(place.path(), &["scan", "dir:tree", "-q", "--licence-texts", "-o", &format!("{format}=b.out")]);
        let document = fs::read_to_string(place.path().join("b.out")).unwrap();
        assert!(document.contains("whoever you are."), "{format}");
        let back = run(place.path(), &["scan", "b.out", "-q", "-o", "json"]);
        assert_eq!(licenses(&serde_json::from_str(&back).unwrap(), "a"), expected, "{format}");
    }
    let spdx = scan(place.path(), &["--licence-texts", "-o", "spdx-json"]);
    let texts = spdx["hasExtractedLicensingInfos"].as_array().unwrap();
    assert_eq!(texts.len(), 1);
    assert_eq!(texts[0]["name"], "BSD-like");
    assert_eq!(texts[0]["extractedText"], "Be like us,\n\nwhoever you are.");
    let id = texts[0]["licenseId"].as_str().unwrap();
    let packages = spdx["packages"].as_array().unwrap();
    let concluded = &packages.iter().find(|it| it["name"] == "a").unwrap()["licenseConcluded"];
    assert_eq!(*concluded, format!("{id} AND (GPL-2.0-or-later OR MIT)"));
    // Where nobody asks, the names are all that is told.
    let plain = scan(place.path(), &["-o", "spdx-json"]);
    let names: Vec<_> = plain["hasExtractedLicensingInfos"].as_array().unwrap().iter().collect();
    assert!(names.iter().all(|it| it["extractedText"] == it["name"]), "{names:?}");
}

#[test]
fn one_licence_of_one_text_is_a_name_and_a_text_in_cyclonedx() {
    let place = tempfile::tempdir().unwrap();
    write(
        place.path(),
        "var/lib/dpkg/status",
        b"Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n",
    );
    write(
        place.path(),
        "usr/share/doc/a/copyright",
        b"Format: x\n\nFiles: *\nCopyright: 2020 A\nLicense: public-domain\n No rights are reserved.\n",
    );
    let document = scan(place.path(), &["--licence-texts", "-o", "cyclonedx-json"]);
    let component = document["components"].as_array().unwrap().iter().find(|it| it["name"] == "a").unwrap();
    let license = &component["evidence"]["licenses"][0]["license"];
    assert_eq!(license["name"], "public-domain");
    assert_eq!(license["text"]["content"], "No rights are reserved.");
}
