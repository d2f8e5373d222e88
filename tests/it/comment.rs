//! `bomwright comment` on the command line, against a forge made by hand.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use bomwright_tests::{Action, Flavour, Forge, Me};

use crate::command::bomwright;

/// The program without anything that this machine's own CI may have set.
fn program(folder: &Path) -> Command {
    let mut command = bomwright(folder);
    for (name, _) in std::env::vars() {
        let ci = ["GITHUB_", "GITLAB_", "CI_", "GITEA_", "FORGEJO_"].iter().any(|it| name.starts_with(it));
        if ci || name == "BOMWRIGHT_TOKEN" {
            command.env_remove(name);
        }
    }
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What GitHub's CI sets for pull request 7.
fn in_github(folder: &Path, forge: &Forge) -> Command {
    let event = folder.join("event.json");
    std::fs::write(&event, r#"{"action":"opened","number":7,"pull_request":{"number":7}}"#).unwrap();
    let mut command = program(folder);
    command
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_API_URL", forge.url())
        .env("GITHUB_REPOSITORY", "acme/shop")
        .env("GITHUB_EVENT_PATH", event)
        .env("GITHUB_TOKEN", "t0ken");
    command
}

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), text(&stdout), text(&stderr))
}

#[test]
fn a_workflow_of_github_posts_updates_and_takes_away() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::start(Flavour::GitHub, Me::App).unwrap();
    let file = folder.path().join("delta.md");
    let post = |body: &str, more: &[&str]| {
        std::fs::write(&file, body).unwrap();
        run(in_github(folder.path(), &forge).args(["comment", "delta.md"]).args(more))
    };
    let url = "https://git.example/acme/shop/pull/7#issuecomment-1";
    assert_eq!(post("one", &[]), (Some(0), format!("acme/shop#7: created {url}\n"), String::new()));
    assert_eq!(post("two\n", &[]).1, format!("acme/shop#7: updated {url}\n"));
    assert_eq!(post("two\n", &[]).1, format!("acme/shop#7: unchanged {url}\n"));
    assert_eq!(forge.state().comments[0].body, "<!-- bomwright:sbom -->\ntwo");
    assert_eq!(post("x", &["--comment-id", "web", "--dry-run"]).1, "acme/shop#7: would create the comment\n");
    assert_eq!(post("x", &["--comment-id", "web"]).0, Some(0));
    assert_eq!(forge.state().comments.len(), 2);
    assert_eq!(
        post("x", &["--empty", "--when-empty", "minimise"]).1,
        format!("acme/shop#7: shortened {url}\n")
    );
    assert_eq!(post("  \n", &[]).1, "acme/shop#7: deleted the comment\n");
    assert_eq!(
        post("", &[]),
        (Some(0), "acme/shop#7: nothing to say, and no comment\n".into(), String::new())
    );
    assert_eq!(forge.state().comments.len(), 1, "the other one stays");
}

#[test]
fn a_workflow_that_follows_another_finds_the_pull_request_by_its_commit() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::start(Flavour::GitHub, Me::App).unwrap();
    let sha = "0123456789abcdef0123456789abcdef01234567";
    std::fs::write(folder.path().join("delta.md"), "one").unwrap();
    let post = || {
        let mut command = in_github(folder.path(), &forge);
        let event = serde_json::json!({ "action": "completed", "workflow_run": {
            "head_sha": sha, "head_branch": "main", "event": "pull_request", "pull_requests": [],
            "head_repository": { "full_name": "fork/shop" },
        }});
        std::fs::write(folder.path().join("event.json"), event.to_string()).unwrap();
        run(command.env("GITHUB_REF", "refs/heads/main").args(["comment", "delta.md"]))
    };
    let (code, out, err) = post();
    assert_eq!((code, out.as_str()), (Some(0), ""));
    assert!(err.contains("nothing is posted"), "{err}");
    forge.state().open.push((7, sha.into(), "fork/shop".into()));
    forge.state().open.push((8, sha.into(), "evil/shop".into()));
    assert_eq!(post().0, Some(0));
    assert_eq!(forge.state().comments.len(), 1);
}

#[test]
fn gitlab_and_gitea_are_known_from_their_environment() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("delta.md"), "one").unwrap();
    let lab = Forge::start(Flavour::GitLab, Me::Person).unwrap();
    let post = program(folder.path())
        .env("GITLAB_CI", "true")
        .env("CI_API_V4_URL", lab.url())
        .env("CI_PROJECT_ID", "42")
        .env("CI_MERGE_REQUEST_IID", "7")
        .env("GITLAB_TOKEN", "t0ken")
        .args(["comment", "delta.md"])
        .output()
        .unwrap();
    assert_eq!(text(&post.stdout), "42#7: created the comment\n", "{}", text(&post.stderr));
    let tea = Forge::start(Flavour::Gitea, Me::Person).unwrap();
    let mut command = in_github(folder.path(), &tea);
    let (code, _, err) = run(command.env("GITEA_ACTIONS", "true").args(["comment", "delta.md"]));
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(tea.state().comments[0].body, lab.state().comments[0].body);
}

#[test]
fn standard_input_and_flags_are_enough() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::start(Flavour::Gitea, Me::Person).unwrap();
    let url = forge.url();
    let mut child = program(folder.path())
        .args([
            "comment",
            "-",
            "--forge",
            "forgejo",
            "--repository",
            "acme/shop",
            "--number",
            "7",
            "--api-url",
        ])
        .arg(&url)
        .env("FORGEJO_TOKEN", "t0ken")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"from a pipe").unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
    assert_eq!(forge.state().comments[0].body, "<!-- bomwright:sbom -->\nfrom a pipe");
}

#[test]
fn errors_say_what_to_do_and_the_exit_code_is_2() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("delta.md"), "one").unwrap();
    std::fs::write(folder.path().join("long.md"), "x".repeat(70_000)).unwrap();
    std::fs::write(folder.path().join("bytes.md"), [0xff, 0xfe]).unwrap();
    let forge = Forge::start(Flavour::GitHub, Me::Person).unwrap();
    let fails = |command: &mut Command, arguments: &[&str], words: &[&str]| {
        let (code, out, err) = run(command.arg("comment").args(arguments));
        assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
        for word in words {
            assert!(err.contains(word), "{word}: {err}");
        }
        assert!(!err.contains("t0ken"), "{err}");
    };
    let hub = || in_github(folder.path(), &forge);
    fails(&mut program(folder.path()), &["delta.md"], &["which forge", "--forge"]);
    fails(&mut program(folder.path()), &[], &["FILE"]);
    fails(&mut hub(), &["nothing.md"], &["nothing.md"]);
    fails(&mut hub(), &["bytes.md"], &["bytes.md", "UTF-8"]);
    fails(&mut hub(), &["long.md"], &["70024 characters", "65536", "-o markdown"]);
    fails(&mut hub(), &["delta.md", "--comment-id", "a-->b"], &["--comment-id"]);
    fails(hub().env_remove("GITHUB_TOKEN"), &["delta.md"], &["no token", "GITHUB_TOKEN", "fork"]);
    fails(hub().env("GITHUB_TOKEN", "wrong"), &["delta.md"], &["answered 401", "GITHUB_TOKEN"]);
    fails(hub().env_remove("GITHUB_EVENT_PATH"), &["delta.md"], &["number is not known", "--head-sha"]);
    fails(
        hub().env("GITHUB_API_URL", "http://git.example/api"),
        &["delta.md"],
        &["not encrypted", "--allow-http"],
    );
    forge.fault("POST", "/comments", Action::Answer(403, vec![], r#"{"message":"Resource not accessible"}"#));
    fails(&mut hub(), &["delta.md"], &["answered 403", "pull-requests: write", "docs/pull-requests.md"]);
    forge.fault("GET", "/comments", Action::Answer(429, vec![("retry-after", "900".into())], ""));
    fails(&mut hub(), &["delta.md", "--timeout", "5"], &["answered 429", "900 s", "--timeout"]);
    assert!(forge.state().comments.is_empty());
}

#[test]
fn a_short_limit_is_really_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("delta.md"), "one").unwrap();
    let forge = Forge::start(Flavour::GitHub, Me::Person).unwrap();
    forge.fault("POST", "/comments", Action::Answer(429, vec![("retry-after", "1".into())], ""));
    let start = std::time::Instant::now();
    assert_eq!(run(in_github(folder.path(), &forge).args(["comment", "delta.md"])).0, Some(0));
    assert!(start.elapsed().as_millis() >= 1000);
}
