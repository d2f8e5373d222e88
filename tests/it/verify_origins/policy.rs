//! What the day and the policy say.

use std::fs;
use std::path::Path;

use bomwright_tests::{Image, Layer};

use super::{findings, state, verify};
use crate::command::bomwright;

/// The phase that a root with this `os-release` is in on `day`, and the findings about the image.
fn on(folder: &Path, os_release: &str, day: &str) -> (String, Vec<String>) {
    let root = folder.join("root/etc");
    fs::create_dir_all(&root).unwrap();
    fs::write(root.join("os-release"), os_release).unwrap();
    let account = verify(folder, "dir:root", &["--now", day]);
    let support = account["context"]["support"][0].as_str().unwrap();
    let phase = support.split([' ', ';']).next().unwrap().to_owned();
    let image = findings(&account).remove("image").unwrap_or_default();
    (phase, image.into_iter().filter(|it| it.starts_with("end-of-life")).collect())
}

/// Dates from the distributions' own announcements: Debian 12's regular support ends on 2026-06-10 and its LTS on
/// 2028-06-30.
#[test]
fn support_is_judged_by_the_day_that_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let on = |os_release: &str, day| on(folder.path(), os_release, day);
    let none: Vec<String> = Vec::new();
    let debian = "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n";
    assert_eq!(on(debian, "2026-01-01"), ("supported".into(), none.clone()));
    assert_eq!(on(debian, "2027-01-01"), ("lts".into(), none.clone()));
    assert_eq!(on(debian, "2028-06-30"), ("lts".into(), none.clone()));
    let (phase, told) = on(debian, "2028-07-01");
    assert_eq!((phase.as_str(), told.len()), ("end-of-life", 1), "{told:?}");
    // What is not known is not supported, and not at its end either.
    assert_eq!(on("ID=hannah\nVERSION_ID=1\n", "2026-01-01"), ("unknown".into(), none.clone()));
    assert_eq!(on("ID=debian\nVERSION_ID=\"99\"\n", "2026-01-01"), ("unknown".into(), none.clone()));
    assert_eq!(on("ID=arch\nBUILD_ID=rolling\n", "2040-01-01"), ("rolling".into(), none.clone()));
    // A release that no table knows may say itself when it ends (os-release(5), SUPPORT_END).
    let fedora = "ID=fedora\nVERSION_ID=99\nSUPPORT_END=2055-05-13\n";
    assert_eq!(on(fedora, "2055-05-13"), ("supported".into(), none));
    let (phase, told) = on(fedora, "2055-05-14");
    assert_eq!((phase.as_str(), told.len()), ("end-of-life", 1), "{told:?}");
}

#[test]
fn an_unknown_program_may_be_allowed_for_a_reason_and_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let layer = Layer::new()
        .program("opt/agent/run", "#!/bin/sh\necho agent\n")
        .program("opt/other/run", "#!/bin/sh\necho other\n")
        .program("tmp/run", "#!/bin/sh\necho hidden\n");
    Image::new([layer.tar()]).docker_archive(&folder.join("app.tar")).unwrap();
    let policy = "[[allow-unknown]]\npath = '/opt/agent/**'\nreason = 'licensed from a partner'\nexpires = 2026-03-31\n\
                  [[allow-unknown]]\npath = '/tmp/*'\nreason = 'who knows'\nexpires = 2026-03-31\n";
    fs::write(folder.join("bomwright.toml"), policy).unwrap();

    let account = verify(folder, "app.tar", &["--now", "2026-03-31"]);
    let told = findings(&account);
    // It stays what it is: nothing says who made it.
    assert_eq!(state(&account, "opt/agent/run")[..2], ["unknown", "added"]);
    assert_eq!(told["/opt/agent/run"].iter().collect::<Vec<_>>(), ["allowed-unknown info"]);
    let used =
        account["findings"].as_array().unwrap().iter().find(|it| it["subject"] == "/opt/agent/run").unwrap();
    let message = used["message"].as_str().unwrap();
    assert!(message.contains("licensed from a partner") && message.contains("2026-03-31"), "{message}");
    assert!(told["/opt/other/run"].contains("unowned-executable medium"), "{told:?}");
    // No allowance makes a directory for temporary files a place for programs.
    assert!(told["/tmp/run"].contains("executable-in-temporary-directory high"), "{told:?}");
    assert!(!told["image"].iter().any(|it| it.starts_with("allowance-expired")), "{told:?}");

    let account = verify(folder, "app.tar", &["--now", "2026-04-01"]);
    let told = findings(&account);
    assert_eq!(told["/opt/agent/run"].iter().collect::<Vec<_>>(), ["unowned-executable medium"]);
    assert!(told["image"].contains("allowance-expired medium"), "{told:?}");
}

#[test]
fn a_policy_with_a_key_that_is_not_known_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    Image::new([Layer::new().file("x", "x").tar()]).docker_archive(&folder.join("app.tar")).unwrap();
    let wrong = [
        ("[in-house]\n\npath = ['/app']\n", 3, "path"),
        ("# ours\n[in-house]\nsnap = ['acme']\n", 3, "snap"),
        ("trusted-key = ['a']\n", 1, "trusted-key"),
        ("[[allow-unknown]]\npath = '/opt/x'\nreason = 'y'\nuntil = 2026-01-01\n", 4, "until"),
    ];
    for (text, line, key) in wrong {
        fs::write(folder.join("acme.toml"), text).unwrap();
        let output = bomwright(folder).args(["verify", "app.tar", "--policy", "acme.toml"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(&format!("acme.toml:{line}:")), "{said}");
        assert!(said.contains(&format!("'{key}'")), "{said}");
        assert!(output.stdout.is_empty());
    }
}
