//! SBOMs of others on the command line: from standard input, and read strictly.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::command::bomwright;
use crate::workspace::root;

/// A dependency that leads nowhere, which is assumed to be a slip, and a type that is none.
const ODD: &str = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
"metadata": {"component": {"type": "application", "bom-ref": "r", "name": "shop"}},
"components": [{"type": "wares", "bom-ref": "a", "name": "a", "version": "1"}],
"dependencies": [{"ref": "a", "dependsOn": ["gone"]}]}
"#;

fn fed(command: &mut Command, input: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that refuses its arguments reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(root().join("samples").join(name)).unwrap()
}

#[test]
fn every_command_that_reads_an_sbom_takes_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let new = sample("shop-1.5.0.cdx.json");
    std::fs::write(folder.path().join("new.cdx.json"), &new).unwrap();
    let run = |arguments: &[&str], input: &[u8]| fed(bomwright(folder.path()).args(arguments), input);
    let converted = run(&["convert", "-", "-o", "spdx-json", "--quiet"], &new);
    assert!(converted.status.success(), "{}", words(&converted));
    assert!(converted.stdout.starts_with(b"{\"spdxVersion\":\"SPDX-2.3\""));
    for arguments in [&["scan", "-"][..], &["check", "-"], &["tree", "-"]] {
        let output = run(arguments, &new);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", words(&output));
    }
    let same = run(&["diff", "-", "new.cdx.json", "--exit-code"], &new);
    assert_eq!(same.status.code(), Some(0), "{}", words(&same));
    let other = run(&["diff", "new.cdx.json", "-", "--exit-code"], &sample("shop-1.4.0.cdx.json"));
    assert_eq!(other.status.code(), Some(1), "{}", words(&other));
    let both = run(&["diff", "-", "-"], &new);
    assert_eq!(both.status.code(), Some(2));
    assert!(words(&both).contains("only one of the two sides"), "{}", words(&both));
    let image = run(&["convert", "-", "-o", "purls"], &sample("shop-1.5.0.oci.tar"));
    assert_eq!(image.status.code(), Some(2));
    assert!(words(&image).contains("error: -: ") && words(&image).contains("hint: "), "{}", words(&image));
    let broken = run(&["convert", "-", "-o", "purls"], b"{\"bomFormat\":\"CycloneDX\",\n oh");
    assert!(words(&broken).contains("error: -:2:2: "), "{}", words(&broken));
    let verified = run(&["verify", "-"], &new);
    assert!(words(&verified).contains("an SBOM holds no files to verify"), "{}", words(&verified));
}

fn strict(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = bomwright(folder).args(arguments).arg("--strict").output().unwrap();
    (output.status.code(), words(&output))
}

#[test]
fn strict_reading_refuses_what_lenient_reading_assumes() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("odd.json"), ODD).unwrap();
    std::fs::write(folder.path().join("good.json"), sample("shop-1.5.0.cdx.json")).unwrap();
    let lenient = bomwright(folder.path()).args(["convert", "odd.json", "-o", "purls"]).output().unwrap();
    assert!(lenient.status.success(), "{}", words(&lenient));
    for arguments in [
        &["convert", "odd.json", "-o", "purls"][..],
        &["scan", "odd.json"],
        &["diff", "odd.json", "good.json"],
        &["diff", "good.json", "odd.json"],
        &["tree", "odd.json"],
    ] {
        let (code, words) = strict(folder.path(), arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {words}");
        assert!(words.contains("error: odd.json: strict reading refuses it for 3 reasons"), "{words}");
        assert!(words.contains("\n  odd.json:3:25: /components/0/type: "), "{words}");
        assert!(words.contains("\n  odd.json:4:46: gone: a dependency names it"), "{words}");
        assert!(words.contains("\nhint: without --strict it is read"), "{words}");
    }
    for arguments in [&["convert", "good.json", "-o", "purls"][..], &["check", "good.json"]] {
        let (code, words) = strict(folder.path(), arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {words}");
    }
    // A check lists everything, and finding something is its purpose.
    let check =
        bomwright(folder.path()).args(["check", "odd.json", "--strict", "-o", "json"]).output().unwrap();
    assert_eq!(check.status.code(), Some(1), "{}", words(&check));
    let said = String::from_utf8(check.stdout).unwrap();
    assert!(said.contains("3:25 /components/0/type"), "{said}");
    let lenient = bomwright(folder.path()).args(["check", "odd.json", "-o", "json"]).output().unwrap();
    assert!(!String::from_utf8(lenient.stdout).unwrap().contains("/components/0/type"));
}
