//! Licence files inside of Java archives, and whose they are.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::HashMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use bomwright_ecosystems::{FileView, Findings, Found, Installed, Tree, find};
use bomwright_model::{License, Observation, Package};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Nothing leads anywhere.
struct Nowhere;

impl Tree for Nowhere {
    fn resolve(&self, _path: &str) -> Option<String> {
        None
    }
}

fn jar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn mit() -> Vec<u8> {
    let path = "testdata/license-text/good/root/srv/node_modules/@babel/code-frame/LICENSE";
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The licences found for each package, as `name: licence (confidence) path`.
fn found(path: &str, bytes: &[u8]) -> Vec<String> {
    let mut findings = Findings::default();
    find("maven").unwrap().read(&FileView::new(path, bytes).with_license_texts(), &mut findings);
    let mut plain = Findings::default();
    find("maven").unwrap().read(&FileView::new(path, bytes), &mut plain);
    assert_eq!(plain.observations, [], "nobody asked");
    assert_eq!((&plain.packages, &plain.diagnostics), (&findings.packages, &findings.diagnostics));
    let installed = Installed::new(&findings.packages, &[], &Nowhere, HashMap::new());
    let installed = installed.with_observations(&findings.observations);
    let licenses = find("license-text").unwrap().licenses(&installed);
    let mut lines: Vec<_> = licenses
        .into_iter()
        .map(|(id, License { text, path, confidence, .. })| {
            let name = &installed.package(id).unwrap().name;
            format!("{name}: {text} {} {}", confidence.unwrap_or_default(), path.unwrap())
        })
        .collect();
    lines.sort();
    lines
}

fn properties(artifact: &str) -> (String, Vec<u8>) {
    let text = format!("groupId=g\nartifactId={artifact}\nversion=1\n");
    (format!("META-INF/maven/g/{artifact}/pom.properties"), text.into_bytes())
}

#[test]
fn the_licence_of_an_archive_is_its_package_s() {
    let mit = mit();
    let (descriptor, text) = properties("a");
    let inner = jar(&[(&descriptor, &text), ("META-INF/LICENSE.txt", &mit), ("META-INF/NOTICE", b"By us.")]);
    assert_eq!(found("lib/a-1.jar", &inner), ["a: MIT 100 lib/a-1.jar!/META-INF/LICENSE.txt"]);
    // Without a descriptor the manifest or the file's name say who it is.
    let bare = jar(&[("LICENSE", &mit), ("b/c/A.class", b"x")]);
    assert_eq!(found("lib/b-2.jar", &bare), ["b: MIT 100 lib/b-2.jar!/LICENSE"]);
    // Of one that is nested the package inside, and of a text that is nobody's the text.
    let outer =
        jar(&[("WEB-INF/lib/a-1.jar", &inner), ("META-INF/LICENSE", b"You may look,\non Sundays.\n")]);
    assert_eq!(
        found("lib/shop-3.war", &outer),
        [
            "a: MIT 100 lib/shop-3.war!/WEB-INF/lib/a-1.jar!/META-INF/LICENSE.txt",
            "shop: You may look,\non Sundays. 0 lib/shop-3.war!/META-INF/LICENSE"
        ]
    );
}

#[test]
fn of_several_packages_in_one_archive_nobody_knows_whose_a_licence_is() {
    let mit = mit();
    let ((own, own_text), (part, part_text)) = (properties("own"), properties("part"));
    let shaded = jar(&[
        (&own, &own_text),
        (&part, &part_text),
        ("META-INF/LICENSE", &mit),
        ("LICENSE.txt", &mit),
        ("META-INF/maven/g/part/LICENSE", &mit),
    ]);
    assert_eq!(
        found("lib/own-1.jar", &shaded),
        ["part: MIT 100 lib/own-1.jar!/META-INF/maven/g/part/LICENSE"],
        "only what lies beside what tells who a part is"
    );
    let shaded = jar(&[(&own, &own_text), (&part, &part_text), ("META-INF/maven/g/own/LICENSE", &mit)]);
    assert_eq!(found("lib/own-1.jar", &shaded), ["own: MIT 100 lib/own-1.jar!/META-INF/maven/g/own/LICENSE"]);
    // Nor where descriptors were left out, or nothing says what the archive is.
    let merged = jar(&[("LICENSE", &mit), ("org/a/A.class", b"x"), ("com/b/B.class", b"x")]);
    assert!(found("lib/all-1.jar", &merged).is_empty());
    assert!(found("lib/app.jar", &jar(&[("LICENSE", &mit), ("b/c/A.class", b"x")])).is_empty());
}

#[test]
fn licence_files_that_are_too_long_are_left_alone() {
    let (descriptor, text) = properties("a");
    let long = jar(&[(&descriptor, &text), ("LICENSE", &vec![b'a'; (256 << 10) + 1])]);
    assert!(found("lib/a-1.jar", &long).is_empty());
}

#[test]
fn a_gnu_text_is_the_version_that_the_package_states() {
    for (stated, expected) in [
        (Some("GPL-3.0-or-later"), "GPL-3.0-or-later"),
        (Some("GPLv3+"), "GPL-3.0-or-later"),
        (Some("GPL-2.0-or-later"), "GPL-3.0-only"),
        (None, "GPL-3.0-only"),
    ] {
        let mut package = Package::new("npm", "a", "1");
        package.location = Some("srv/node_modules/a".to_owned());
        package.licenses = stated.map(License::declared).into_iter().collect();
        let packages = [Found { package, ..Found::default() }];
        let seen = [Observation {
            kind: "license-text".to_owned(),
            path: "srv/node_modules/a/LICENSE".to_owned(),
            values: vec!["GPL-3.0-only".to_owned(), "100".to_owned()],
        }];
        let installed = Installed::new(&packages, &[], &Nowhere, HashMap::new()).with_observations(&seen);
        let licenses = find("license-text").unwrap().licenses(&installed);
        let found: Vec<_> = licenses.iter().map(|(_, it)| (it.text.as_str(), it.confidence)).collect();
        assert_eq!(found, [(expected, Some(100))], "{stated:?}");
    }
}
