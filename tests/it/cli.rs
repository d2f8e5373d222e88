//! What the command line promises: exit codes, streams, help.

use std::collections::BTreeSet;

use bomwright_tests::Compression;

use crate::command::{bomwright, json};
use crate::images::shop;

#[test]
fn exit_codes_are_what_the_help_says() {
    let folder = tempfile::tempdir().unwrap();
    shop().docker_archive(&folder.path().join("a.tar")).unwrap();
    shop().oci_archive(&folder.path().join("b.tar"), Compression::Gzip).unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let code = |arguments: &[&str]| bomwright(folder.path()).args(arguments).output().unwrap().status.code();
    assert_eq!(code(&["scan", "a.tar"]), Some(0));
    assert_eq!(code(&["diff", "a.tar", "b.tar"]), Some(0), "the same packages in another archive");
    assert_eq!(code(&["diff", "dir:empty", "a.tar"]), Some(0), "no gate is set");
    assert_eq!(code(&["diff", "dir:empty", "a.tar", "--exit-code"]), Some(1));
    assert_eq!(code(&["diff", "dir:empty", "a.tar", "--fail-on", "new-upstream"]), Some(1));
    assert_eq!(code(&["diff", "a.tar", "b.tar", "--exit-code", "--fail-on", "any"]), Some(0));
    assert_eq!(code(&["diff", "a.tar", "b.tar", "--fail-on", "nothing"]), Some(2));
    assert_eq!(code(&["scan", "nothing.tar"]), Some(2));
    assert_eq!(code(&["scan"]), Some(2), "bad usage");
    assert_eq!(code(&["scan", "a.tar", "-o", "xml"]), Some(2));
    assert_eq!(code(&["scan", "a.tar", "-o", "json", "-o", "table"]), Some(2), "two outputs, one stream");
    assert_eq!(code(&["version-compare", "deb", "1", "2"]), Some(0));
    assert_eq!(code(&["version-compare", "nothing", "1", "2"]), Some(2));
    assert_eq!(code(&["why", "nothing", "a.tar"]), Some(2));
}

#[test]
fn data_and_words_go_to_different_streams() {
    let folder = tempfile::tempdir().unwrap();
    shop().docker_archive(&folder.path().join("a.tar")).unwrap();
    let output = bomwright(folder.path()).args(["scan", "a.tar", "-o", "purls"]).output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert!(lines.contains(&"pkg:npm/left@1.3.0".to_owned()), "{lines:?}");
    assert!(
        lines.contains(&"pkg:deb/debian/shop-base@1:2.0-1?arch=amd64&distro=debian-12".to_owned()),
        "{lines:?}"
    );
}

#[test]
fn colours_appear_only_where_they_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    shop().docker_archive(&folder.path().join("a.tar")).unwrap();
    let colored = |arguments: &[&str]| {
        let output = bomwright(folder.path()).args(arguments).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!colored(&["scan", "a.tar"]), "standard output is no terminal here");
    assert!(colored(&["scan", "a.tar", "--color", "always"]));
    assert!(!colored(&["scan", "a.tar", "--color", "never"]));
}

#[test]
fn a_diff_says_what_came_and_what_pulled_it_in() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    shop().docker_archive(&folder.path().join("a.tar")).unwrap();
    let output =
        bomwright(folder.path()).args(["diff", "dir:empty", "a.tar", "-o", "json"]).output().unwrap();
    let delta: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(delta["schema"], "bomwright-delta/1");
    assert_eq!(delta["summary"]["added"], 4);
    let left = delta["packages"].as_array().unwrap().iter().find(|it| it["name"] == "left").unwrap();
    assert_eq!(left["change"], "added");
    assert_eq!(left["origin"], "upstream");
    assert_eq!(
        left["why"],
        serde_json::json!({"path": ["shop 1.0.0"], "sole": "shop 1.0.0", "introducers": 1})
    );
}

#[test]
fn an_image_and_its_own_documents_do_not_differ() {
    let folder = tempfile::tempdir().unwrap();
    shop().docker_archive(&folder.path().join("a.tar")).unwrap();
    for (format, name) in [("json", "a.json"), ("cyclonedx-json", "a.cdx.json"), ("spdx-json", "a.spdx.json")]
    {
        let output = format!("{format}={name}");
        let scan = bomwright(folder.path()).args(["scan", "a.tar", "-o", &output]).output().unwrap();
        assert!(scan.status.success());
        let diff = bomwright(folder.path()).args(["diff", "a.tar", name, "--exit-code"]).output().unwrap();
        assert_eq!(diff.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&diff.stdout));
    }
}

#[test]
fn documents_hold_no_dangling_reference() {
    let folder = tempfile::tempdir().unwrap();
    shop().docker_archive(&folder.path().join("a.tar")).unwrap();
    let cdx = json(bomwright(folder.path()).args(["scan", "a.tar", "-o", "cyclonedx-json"]));
    let mut refs = vec![cdx["metadata"]["component"]["bom-ref"].as_str().unwrap().to_owned()];
    let mut open: Vec<_> = cdx["components"].as_array().unwrap().iter().collect();
    while let Some(component) = open.pop() {
        refs.push(component["bom-ref"].as_str().unwrap().to_owned());
        open.extend(component["components"].as_array().into_iter().flatten());
    }
    let unique: BTreeSet<&String> = refs.iter().collect();
    assert_eq!(unique.len(), refs.len(), "every reference is unique");
    for dependency in cdx["dependencies"].as_array().unwrap() {
        let targets = dependency["dependsOn"].as_array().into_iter().flatten().chain([&dependency["ref"]]);
        for target in targets {
            assert!(unique.contains(&target.as_str().unwrap().to_owned()), "dangling: {target}");
        }
    }
    let spdx = json(bomwright(folder.path()).args(["scan", "a.tar", "-o", "spdx-json"]));
    let ids: BTreeSet<&str> =
        spdx["packages"].as_array().unwrap().iter().map(|it| it["SPDXID"].as_str().unwrap()).collect();
    for relation in spdx["relationships"].as_array().unwrap() {
        for end in ["spdxElementId", "relatedSpdxElement"] {
            let id = relation[end].as_str().unwrap();
            let known = ids.contains(id) || ["SPDXRef-DOCUMENT", "NONE", "NOASSERTION"].contains(&id);
            assert!(known, "dangling: {id}");
        }
    }
}

#[test]
fn completions_and_the_manual_page_come_from_the_arguments() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let output = bomwright(folder.path()).args(["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(script.contains("version-compare"), "{shell}");
    }
    let output = bomwright(folder.path()).arg("man").output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().starts_with(".ie"), "roff");
}

#[test]
fn documents_are_written_in_the_version_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    shop().docker_archive(&folder.path().join("a.tar")).unwrap();
    let run = |arguments: &[&str]| bomwright(folder.path()).args(arguments).output().unwrap();
    for version in ["1.4", "1.5", "1.6", "1.7"] {
        let output = run(&["scan", "a.tar", "-o", &format!("cyclonedx-json@{version}")]);
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["specVersion"], version);
    }
    let output = run(&["scan", "a.tar", "-o", "cyclonedx-xml@1.3"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("no version '1.3'") && said.contains("1.4, 1.5, 1.6, 1.7"), "{said}");
}

#[test]
fn converting_keeps_packages_and_says_what_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    shop().docker_archive(&folder.path().join("a.tar")).unwrap();
    let run = |arguments: &[&str]| {
        let output = bomwright(folder.path()).args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), said)
    };
    let (_, purls, _) = run(&["scan", "a.tar", "-o", "json=0.json", "-o", "purls"]);
    let mut source = "0.json".to_owned();
    for (number, target) in
        ["cyclonedx-xml@1.4", "spdx-tag-value", "cyclonedx-json@1.7", "spdx-json", "cyclonedx-xml"]
            .iter()
            .enumerate()
    {
        let (code, _, said) = run(&["convert", &source, "-o", &format!("{target}={number}.out")]);
        assert_eq!(code, Some(0), "{said}");
        // Our own JSON alone holds the wordings of dependencies. Files stay.
        assert_eq!(said.contains("wordings and evidences"), number == 0, "{target}: {said}");
        assert!(!said.contains("files"), "{target}: {said}");
        source = format!("{number}.out");
    }
    assert_eq!(run(&["convert", &source, "-o", "purls"]).1, purls);
    let (code, _, said) = run(&["convert", "a.tar", "-o", "purls"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("bomwright scan"), "{said}");
}
