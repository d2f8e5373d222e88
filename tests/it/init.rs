//! `bomwright init`, and what the policy file that it writes does.

use std::fs;

use bomwright_tests::{Image, Layer};

use crate::command::{bomwright, scan};

fn image() -> Image {
    let package = r#"{"name": "@acme/shop", "version": "1.0.0", "private": true}"#;
    let direct = r#"{"url": "file:///src/acme-app", "dir_info": {}}"#;
    let home = "usr/lib/python3/site-packages/acme_app-1.0.dist-info";
    Image::new([Layer::new()
        .file("app/package.json", package)
        .file(&format!("{home}/METADATA"), "Metadata-Version: 2.1\nName: acme-app\nVersion: 1.0\n")
        .file(&format!("{home}/direct_url.json"), direct)
        .program("opt/tool/run", "#!/bin/sh\n")
        .tar()])
}

#[test]
fn init_explains_every_key_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| bomwright(folder.path()).arg("init").args(arguments).output().unwrap();
    let file = folder.path().join("bomwright.toml");

    let printed = run(&["-"]);
    assert_eq!(printed.status.code(), Some(0));
    assert!(!file.exists(), "- prints");
    assert_eq!(run(&["-o", "-"]).stdout, printed.stdout);
    assert_eq!(run(&[]).status.code(), Some(0));
    assert_eq!(fs::read(&file).unwrap(), printed.stdout);

    fs::write(&file, "precious").unwrap();
    let refused = run(&[]);
    assert_eq!(refused.status.code(), Some(2));
    let words = String::from_utf8(refused.stderr).unwrap();
    assert!(words.contains("bomwright.toml: is there already") && words.contains("--force"), "{words}");
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    // The policy that is to be replaced may be broken.
    image().docker_archive(&folder.path().join("a.tar")).unwrap();
    assert_eq!(run(&["a.tar", "--force"]).status.code(), Some(0));
    let written = fs::read_to_string(&file).unwrap();
    assert!(written.contains("PROPOSED from a.tar"), "{written}");
    assert!(written.lines().any(|line| line == r#"npm = ["@acme"]"#), "{written}");
    assert!(written.lines().any(|line| line == r#"pypi = ["acme-app"]"#), "{written}");
    assert!(written.lines().any(|line| line == "#paths = [\"/opt/tool\"]"), "{written}");
}

#[test]
fn what_init_proposes_takes_effect() {
    let folder = tempfile::tempdir().unwrap();
    image().docker_archive(&folder.path().join("a.tar")).unwrap();
    let rules = |name: &str| {
        let inventory = scan(folder.path(), "a.tar");
        let packages = inventory["packages"].as_array().unwrap().clone();
        let package = packages.into_iter().find(|it| it["name"] == name).unwrap();
        let reasons = package["origin"]["reasons"].as_array().unwrap().clone();
        assert_eq!(package["origin"]["origin"], "in-house");
        reasons.into_iter().map(|it| it["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rules("acme-app"), ["installed-from-directory"]);
    assert!(bomwright(folder.path()).args(["init", "a.tar", "--quiet"]).status().unwrap().success());
    assert_eq!(rules("acme-app"), ["policy-namespace", "installed-from-directory"]);
    assert_eq!(rules("shop"), ["policy-namespace", "private-package"]);
}

#[test]
fn a_bad_policy_names_its_line() {
    let folder = tempfile::tempdir().unwrap();
    image().docker_archive(&folder.path().join("a.tar")).unwrap();
    for (text, message) in [
        ("[in-house]\nnpm = ['@acme']\npath = ['/app']\n", "bomwright.toml:3: [in-house] has no key 'path'"),
        ("[in-house]\npaths = ['/app/[']\n", "bomwright.toml:2: paths: '/app/['"),
        (
            "\n[[allow-unknown]]\npath = '/x'\nreason = 'r'\nexpires = 'soon'\n",
            "bomwright.toml:5: expires: 'soon' is not a date",
        ),
    ] {
        fs::write(folder.path().join("bomwright.toml"), text).unwrap();
        let output = bomwright(folder.path()).args(["scan", "a.tar"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(words.contains(message), "{words}");
    }
}
