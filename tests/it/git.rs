//! Git revisions as sources, in repositories that the `git` program makes.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::command::{bomwright, json};

/// Runs git in `folder`, without the settings of this machine.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs([("GIT_AUTHOR_NAME", "a"), ("GIT_AUTHOR_EMAIL", "a@example.com")])
        .envs([("GIT_COMMITTER_NAME", "a"), ("GIT_COMMITTER_EMAIL", "a@example.com")])
        .envs([
            ("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z"),
            ("GIT_COMMITTER_DATE", "2026-01-02T05:04:05+02:00"),
        ])
        .args(["-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false"])
        .args(arguments)
        .output()
        .expect("the git program is installed");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn lock(version: &str) -> String {
    format!(
        r#"{{"name":"shop","version":"1.0.0","lockfileVersion":3,"packages":{{
        "":{{"name":"shop","version":"1.0.0","dependencies":{{"left":"^1"}}}},
        "node_modules/left":{{"version":"{version}","license":"MIT","resolved":"https://packages.example/left.tgz"}}}}}}"#
    )
}

/// Two commits on `main`, the first one tagged `v1`; a branch `packed` whose objects lie in a pack.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    git(root, &["init", "--quiet", "--initial-branch=main"]);
    put(root, "web/package-lock.json", &lock("1.3.0"));
    put(root, "run.sh", "#!/bin/sh\necho shop\n");
    fs::set_permissions(root.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    symlink("run.sh", root.join("start")).unwrap();
    put(root, "a.txt", "a");
    put(root, "a/b.txt", "b");
    put(root, "a/deeper/ä.txt", "c");
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "--message=one"]);
    git(root, &["tag", "--annotate", "--message=x", "v1"]);
    git(root, &["repack", "-adq"]);
    put(root, "web/package-lock.json", &lock("1.4.0"));
    git(root, &["commit", "--quiet", "--all", "--message=two"]);
    folder
}

/// What is in a folder, with its times.
fn listing(folder: &Path) -> BTreeSet<String> {
    let all = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    all.map(|it| format!("{} {:?}", it.path().display(), it.metadata().unwrap().modified().unwrap()))
        .collect()
}

#[test]
fn a_revision_has_the_files_that_git_lists() {
    let folder = repository();
    let before = listing(&folder.path().join(".git"));
    for revision in ["main", "v1", "HEAD~1"] {
        let listed =
            git(folder.path(), &["-c", "core.quotePath=false", "ls-tree", "-r", "-t", "--long", revision]);
        let expected: BTreeSet<String> = listed
            .lines()
            .map(|line| {
                let (about, path) = line.split_once('\t').unwrap();
                let words: Vec<_> = about.split_ascii_whitespace().collect();
                match words[0] {
                    "040000" => format!("d 0755 0 /{path}"),
                    "120000" => format!("l 0777 0 /{path} -> run.sh"),
                    mode => format!("- 0{} {} /{path}", &mode[3..], words[3]),
                }
            })
            .collect();
        assert_eq!(expected.len(), 9, "{expected:?}");
        let output = bomwright(folder.path()).args(["files", &format!("git:{revision}")]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let actual: BTreeSet<String> =
            text.lines().map(|line| line.replace(" 0:0 ", " ").replace('\t', " ")).collect();
        assert_eq!(actual, expected, "{revision}");
    }
    assert_eq!(listing(&folder.path().join(".git")), before, "something was written");
}

fn without(document: &Value, keys: &[&str]) -> Value {
    let mut document = document.clone();
    for key in keys {
        document.as_object_mut().unwrap().remove(*key);
    }
    document
}

#[test]
fn a_revision_is_scanned_as_its_checkout_is() {
    let folder = repository();
    let checkout = tempfile::tempdir().unwrap();
    let clone = checkout.path().join("clone");
    git(folder.path(), &["worktree", "add", "--quiet", clone.to_str().unwrap(), "v1"]);
    let (from_git, from_dir) = (
        json(bomwright(folder.path()).args(["scan", "git:v1", "-o", "json"])),
        json(bomwright(checkout.path()).args(["scan", "dir:clone", "-o", "json"])),
    );
    let differs = ["source", "timestamp", "files"];
    assert_eq!(without(&from_git, &differs), without(&from_dir, &differs));
    // The owner of a file is nobody's in git.
    let paths = |document: &Value| -> Vec<String> {
        document["files"].as_array().unwrap().iter().map(|it| it["path"].to_string()).collect()
    };
    assert_eq!(paths(&from_git), paths(&from_dir));
    assert_eq!(from_git["packages"].as_array().unwrap().len(), 2);
    let commit = git(folder.path(), &["rev-parse", "v1^{commit}"]);
    assert_eq!(from_git["source"]["name"], format!("v1 (commit {commit})"));
    assert_eq!(from_git["timestamp"], "2026-01-02T03:04:05Z");
    // A linked worktree is a repository too, and so is a directory in one.
    let sub = json(bomwright(&clone.join("web")).args(["scan", "git:main~1:web", "-o", "json"]));
    assert_eq!(sub["packages"][0]["evidence"][0]["path"], "package-lock.json");
    let one =
        ["scan", "git:main:web/package-lock.json", "--repository", clone.to_str().unwrap(), "-o", "json"];
    let one = json(bomwright(checkout.path()).args(one));
    assert_eq!(one["packages"][0]["version"], "1.4.0");
    assert_eq!(one["packages"].as_array().unwrap().len(), 2);
}

#[test]
fn revisions_are_compared() {
    let folder = repository();
    let diff = |old: &str, new: &str| {
        bomwright(folder.path()).args(["diff", old, new, "--exit-code"]).output().unwrap()
    };
    let output = diff("git:v1", "git:main");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("left") && text.contains("1.3.0") && text.contains("1.4.0"), "{text}");
    assert_eq!(diff("git:v1", "git:main~1").status.code(), Some(0));
    // With what is not committed yet.
    put(folder.path(), "web/package-lock.json", &lock("2.0.0"));
    assert_eq!(diff("git:main", "dir:.").status.code(), Some(1));
}

#[test]
fn what_cannot_be_read_says_what_to_do() {
    let folder = repository();
    let elsewhere = tempfile::tempdir().unwrap();
    let shallow = elsewhere.path().join("shallow");
    let url = format!("file://{}", folder.path().display());
    git(elsewhere.path(), &["clone", "--quiet", "--depth=1", &url, shallow.to_str().unwrap()]);
    let told = |folder: &Path, source: &str| {
        let output = bomwright(folder).args(["scan", source]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{source}");
        String::from_utf8(output.stderr).unwrap()
    };
    for (folder, source, words) in [
        (folder.path(), "git:nothing", &["no revision 'nothing'", "git fetch"][..]),
        (folder.path(), "git:", &["no revision ''"]),
        (folder.path(), "git:main:nowhere", &["'main' has no path 'nowhere'", "git ls-tree"]),
        (&shallow, "git:HEAD~1", &["no revision 'HEAD~1'", "fetch-depth: 0"]),
        (elsewhere.path(), "git:main", &["in no git repository", "--repository"]),
    ] {
        let told = told(folder, source);
        assert!(words.iter().all(|word| told.contains(word)), "{source}: {told}");
    }
    // What was cut off does not matter to what is there.
    assert!(bomwright(&shallow).args(["scan", "git:HEAD"]).output().unwrap().status.success());
}

#[test]
fn a_missing_object_and_a_submodule_are_told_of() {
    let folder = repository();
    let id = "0123456789012345678901234567890123456789";
    git(folder.path(), &["update-index", "--add", "--cacheinfo", &format!("160000,{id},lib/other")]);
    git(folder.path(), &["commit", "--quiet", "--message=three"]);
    let document = json(bomwright(folder.path()).args(["scan", "git:HEAD", "--quiet", "-o", "json"]));
    let diagnostic = &document["diagnostics"][0];
    assert_eq!(diagnostic["path"], "lib/other");
    assert!(diagnostic["message"].as_str().unwrap().contains(id), "{diagnostic}");
    assert_eq!(document["packages"].as_array().unwrap().len(), 2);

    let blob = git(folder.path(), &["rev-parse", "HEAD:web/package-lock.json"]);
    fs::remove_file(folder.path().join(".git/objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    let output = bomwright(folder.path()).args(["scan", "git:HEAD"]).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains(&blob) && told.contains("git fsck"), "{told}");
}

#[test]
fn trees_that_unfold_without_end_are_stopped() {
    // A tree of ten trees, each of ten trees, …: thirty levels of one small object each.
    let folder = repository();
    let mut tree = git(folder.path(), &["rev-parse", "HEAD:a"]);
    for _ in 0..30 {
        let list: Vec<_> = (0..10).map(|n| format!("040000 tree {tree}\td{n}\n")).collect();
        fs::write(folder.path().join("list"), list.concat()).unwrap();
        let input = fs::File::open(folder.path().join("list")).unwrap();
        let output =
            Command::new("git").current_dir(folder.path()).arg("mktree").stdin(input).output().unwrap();
        tree = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    }
    let scan = ["scan", &format!("git:{tree}"), "--quiet", "-o", "json", "--max-entries", "2000"];
    let document = json(bomwright(folder.path()).args(scan));
    let codes = document["diagnostics"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap());
    assert!(codes.clone().any(|code| code == "limit-exceeded"), "{:?}", codes.collect::<Vec<_>>());
    // A tree has no commit, and so no time.
    assert!(document["timestamp"].is_null());
}

#[test]
fn small_limits_are_told_of() {
    let folder = repository();
    let scan = ["scan", "git:HEAD", "--quiet", "-o", "json", "--max-file-bytes", "100"];
    let document = json(bomwright(folder.path()).args(scan));
    let diagnostic = &document["diagnostics"][0];
    assert_eq!(
        (&diagnostic["code"], &diagnostic["path"]),
        (&"limit-exceeded".into(), &"web/package-lock.json".into())
    );
}
