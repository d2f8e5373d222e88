//! The action, the template and the recipes of the documentation: they hold together, and their scripts run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use bomwright_tests::{Compression, Flavour, Forge, Me};
use serde_json::Value;

use crate::command::{bomwright, program};
use crate::images::shop;
use crate::workspace::root;
use crate::yaml::{texts, yaml};

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// What stands in `${{ … }}`.
fn expressions(text: &str) -> Vec<String> {
    let parts = text.split("${{").skip(1);
    parts.map(|it| it.split("}}").next().unwrap().trim().to_owned()).collect()
}

/// The names after `prefix` in `text`, such as `old` in `inputs.old`.
fn names(text: &str, prefix: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.split(prefix).skip(1).map(|it| it.chars().take_while(|c| is_part(*c)).collect()).collect()
}

/// Whether a shell takes the script. A machine without that shell can't tell.
fn parses(shell: &str, script: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("script");
    fs::write(&file, script).unwrap();
    Command::new(shell).arg("-n").arg(file).status().is_ok_and(|it| it.success())
}

#[test]
fn the_action_declares_what_it_uses() {
    let action = yaml(&read("action.yml"));
    assert_eq!(action["runs"]["using"], "composite");
    let declared: BTreeSet<String> = action["inputs"].as_object().unwrap().keys().cloned().collect();
    let used: BTreeSet<String> = texts(&action)
        .iter()
        .flat_map(|(_, text)| expressions(text))
        .flat_map(|it| names(&it, "inputs."))
        .collect();
    assert_eq!(used, declared, "inputs that are used, and inputs that are declared");
    let steps = action["runs"]["steps"].as_array().unwrap();
    for (path, text) in texts(&action) {
        for expression in expressions(&text) {
            if let Some(rest) = expression.strip_prefix("steps.") {
                let (step, output) = rest.split_once(".outputs.").unwrap();
                let step =
                    steps.iter().find(|it| it["id"] == step).unwrap_or_else(|| panic!("{path}: {step}"));
                assert!(step["run"].as_str().unwrap().contains(&format!("{output}=")), "{path}: {output}");
            }
        }
    }
    for step in steps {
        let id = step["id"].as_str().unwrap();
        let script = step["run"].as_str().unwrap();
        assert!(step.get("uses").is_none() && step["shell"] == "bash", "{id}");
        assert!(expressions(script).is_empty(), "{id}: a value in a script is run, not read");
        assert!(script.starts_with("set -euo pipefail\n"), "{id}");
        assert!(parses("bash", script), "{id}");
        // Every variable comes from `env`, the runner, or the script itself.
        let env: BTreeSet<&str> = step["env"].as_object().unwrap().keys().map(String::as_str).collect();
        for name in
            names(script, "$").into_iter().filter(|it| it.starts_with(|c: char| c.is_ascii_uppercase()))
        {
            let given = name.starts_with("GITHUB_") || name.starts_with("RUNNER_");
            assert!(given || env.contains(name.as_str()), "{id}: {name}");
        }
    }
}

#[test]
fn the_template_declares_what_it_uses() {
    let template = yaml(&read("ci/gitlab/bomwright.gitlab-ci.yml"));
    let job = &template[".bomwright"];
    let declared: BTreeSet<String> = job["variables"].as_object().unwrap().keys().cloned().collect();
    let script = job["script"][0].as_str().unwrap();
    assert!(parses("sh", script));
    let mut used = names(script, "$BOMWRIGHT_");
    used.retain(|it| !it.is_empty());
    let used: BTreeSet<String> = used.into_iter().map(|it| format!("BOMWRIGHT_{it}")).collect();
    assert_eq!(used, declared);
}

/// The blocks of a page that are in `language`.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|it| it.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_recipes_are_yaml_whose_scripts_hold_no_text_of_an_event() {
    let blocks = blocks(&read("docs/pull-requests.md"), "yaml");
    assert!(blocks.len() >= 5);
    let inputs = yaml(&read("action.yml"))["inputs"].clone();
    let variables = yaml(&read("ci/gitlab/bomwright.gitlab-ci.yml"))[".bomwright"]["variables"].clone();
    for block in blocks {
        for (path, text) in texts(&yaml(&block)) {
            if path.ends_with("/run") || path.contains("/script") {
                assert!(expressions(&text).is_empty(), "{path}: {text}");
                assert!(parses("sh", &text), "{path}: {text}");
            }
            if let Some(name) = path.strip_prefix("/sbom/variables/") {
                assert!(variables.get(name).is_some(), "{name}");
            }
        }
        for step in yaml(&block)["jobs"]["sbom"]["steps"].as_array().into_iter().flatten() {
            if step["uses"].as_str().is_some_and(|it| it.starts_with("acme/bomwright")) {
                for name in step["with"].as_object().unwrap().keys() {
                    assert!(inputs.get(name).is_some(), "{name}");
                }
            }
        }
    }
}

#[test]
fn the_flags_that_the_page_names_exist() {
    let folder = tempfile::tempdir().unwrap();
    let help = bomwright(folder.path()).args(["comment", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let page = read("docs/pull-requests.md");
    let ours =
        ["forge", "api-url", "repository", "number", "comment-id", "dry-run", "when-empty", "allow-http"];
    for flag in ours.iter().chain(&["timeout", "head-sha"]) {
        assert!(page.contains(&format!("--{flag}")) && help.contains(&format!("--{flag}")), "{flag}");
    }
    for line in read("action.yml").lines().chain(read("ci/gitlab/bomwright.gitlab-ci.yml").lines()) {
        if line.contains(" comment ") && line.contains("\"$") {
            for flag in names(line, " --") {
                assert!(help.contains(&format!("--{flag}")), "{flag}");
            }
        }
    }
}

/// Runs the action's steps as the runner would: with `env` filled in, and outputs handed on.
struct Runner<'a> {
    folder: &'a Path,
    forge: &'a Forge,
    inputs: BTreeMap<String, String>,
    head: &'static str,
}

impl Runner<'_> {
    fn run(&self) -> (BTreeMap<String, Option<i32>>, String) {
        let action = yaml(&read("action.yml"));
        let mut values: BTreeMap<String, String> = action["inputs"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, it)| {
                (format!("inputs.{name}"), it["default"].as_str().unwrap_or_default().to_owned())
            })
            .collect();
        values.extend(self.inputs.iter().map(|(name, value)| (format!("inputs.{name}"), value.clone())));
        values.insert("github.event.pull_request.head.repo.full_name".into(), self.head.into());
        let (mut codes, mut printed) = (BTreeMap::new(), String::new());
        for step in action["runs"]["steps"].as_array().unwrap() {
            let id = step["id"].as_str().unwrap();
            let output = self.folder.join("output");
            fs::write(&output, "").unwrap();
            let mut command = Command::new("bash");
            command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"].as_str().unwrap()]);
            for (name, value) in step["env"].as_object().unwrap() {
                let value = expressions(value.as_str().unwrap())
                    .first()
                    .map(|it| values.get(it).unwrap_or_else(|| panic!("{id}: {it}")));
                command.env(name, value.unwrap());
            }
            let event = self.folder.join("event.json");
            fs::write(&event, r#"{"pull_request":{"number":7}}"#).unwrap();
            let done = command
                .current_dir(self.folder)
                .env("XDG_CACHE_HOME", self.folder.join("cache"))
                .env("RUNNER_TEMP", self.folder)
                .env("GITHUB_OUTPUT", &output)
                .env("GITHUB_STEP_SUMMARY", self.folder.join("summary"))
                .env("GITHUB_ACTIONS", "true")
                .env("GITHUB_API_URL", self.forge.url())
                .env("GITHUB_REPOSITORY", "acme/shop")
                .env("GITHUB_EVENT_PATH", event)
                .output()
                .unwrap();
            printed.push_str(&String::from_utf8(done.stdout).unwrap());
            printed.push_str(&String::from_utf8(done.stderr).unwrap());
            codes.insert(id.to_owned(), done.status.code());
            if !done.status.success() {
                break;
            }
            for line in fs::read_to_string(&output).unwrap().lines() {
                let (name, value) = line.split_once('=').unwrap();
                values.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
            }
        }
        (codes, printed)
    }
}

fn sides(folder: &Path) {
    shop().docker_archive(&folder.join("new image.tar")).unwrap();
    shop().oci_archive(&folder.join("same.tar"), Compression::Gzip).unwrap();
    fs::create_dir(folder.join("empty")).unwrap();
}

#[test]
fn the_action_compares_and_posts() {
    let folder = tempfile::tempdir().unwrap();
    sides(folder.path());
    let forge = Forge::start(Flavour::GitHub, Me::App).unwrap();
    let run = |old: &str, head, more: &[(&str, &str)]| {
        let given = [("old", old), ("new", "new image.tar"), ("token", "t0ken")];
        let mut inputs: BTreeMap<String, String> =
            given.iter().chain(more).map(|(name, value)| ((*name).into(), (*value).into())).collect();
        inputs.entry("binary".into()).or_insert_with(|| program().to_string_lossy().into_owned());
        Runner { folder: folder.path(), forge: &forge, inputs, head }.run()
    };
    let (codes, printed) = run("dir:empty", "acme/shop", &[]);
    assert_eq!(codes.get("judge"), Some(&Some(0)), "{printed}");
    let body = forge.state().comments[0].body.clone();
    let summary = fs::read_to_string(folder.path().join("summary")).unwrap();
    assert_eq!(body, format!("<!-- bomwright:sbom -->\n{}", summary.trim_end()));
    // Nothing differs: the comment goes.
    let (codes, printed) = run("same.tar", "acme/shop", &[]);
    assert_eq!(codes.get("judge"), Some(&Some(0)), "{printed}");
    assert!(forge.state().comments.is_empty());
    // From a fork: nothing is tried.
    let before = forge.state().log.len();
    let (codes, printed) = run("dir:empty", "fork/shop", &[]);
    assert_eq!(codes.get("judge"), Some(&Some(0)), "{printed}");
    assert!(printed.contains("posts no comment"), "{printed}");
    assert_eq!(forge.state().log.len(), before);
    // Trouble is trouble.
    assert_eq!(run("nothing.tar", "acme/shop", &[]).0.get("diff"), Some(&Some(2)));
}

#[test]
fn the_action_runs_nothing_that_it_can_not_check() {
    let folder = tempfile::tempdir().unwrap();
    let forge = Forge::start(Flavour::GitHub, Me::App).unwrap();
    for (url, sha) in [
        ("http://packages.example/bomwright", "0".repeat(64)),
        ("file:///bin/sh", "0".repeat(64)),
        ("", "0".repeat(64)),
        ("https://packages.example/bomwright", String::new()),
        ("https://packages.example/bomwright", format!("{}\n", "g".repeat(64))),
    ] {
        let inputs = BTreeMap::from([("binary-url".into(), url.into()), ("sha256".into(), sha)]);
        let (codes, printed) =
            Runner { folder: folder.path(), forge: &forge, inputs, head: "acme/shop" }.run();
        assert_eq!(codes, BTreeMap::from([("fetch".into(), Some(2))]), "{url}: {printed}");
        assert!(printed.contains("::error::"), "{printed}");
    }
}

#[test]
fn the_template_compares_and_posts() {
    let folder = tempfile::tempdir().unwrap();
    sides(folder.path());
    let forge = Forge::start(Flavour::GitLab, Me::Person).unwrap();
    let job = yaml(&read("ci/gitlab/bomwright.gitlab-ci.yml"))[".bomwright"].clone();
    let run = |old: &str, token: &str| {
        let mut command = Command::new("sh");
        command.arg("-c").arg(job["script"][0].as_str().unwrap()).current_dir(folder.path());
        for (name, value) in job["variables"].as_object().unwrap() {
            command.env(name, value.as_str().unwrap());
        }
        let done = command
            .env("XDG_CACHE_HOME", folder.path().join("cache"))
            .env("BOMWRIGHT_BINARY", program())
            .env("BOMWRIGHT_OLD", old)
            .env("BOMWRIGHT_NEW", "new image.tar")
            .env("GITLAB_CI", "true")
            .env("CI_API_V4_URL", forge.url())
            .env("CI_PROJECT_ID", "42")
            .env("CI_MERGE_REQUEST_IID", "7")
            .env("GITLAB_TOKEN", token)
            .output()
            .unwrap();
        (
            done.status.code(),
            String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap(),
        )
    };
    let (code, printed) = run("dir:empty", "t0ken");
    assert_eq!(code, Some(0), "{printed}");
    assert_eq!(forge.state().comments.len(), 1);
    assert_eq!(run("same.tar", "t0ken").0, Some(0));
    assert!(forge.state().comments.is_empty());
    let (code, printed) = run("dir:empty", "");
    assert!(code == Some(0) && printed.contains("no note is posted"), "{printed}");
    assert_eq!(run("nothing.tar", "t0ken").0, Some(2));
    assert!(matches!(job["artifacts"]["paths"][0], Value::String(_)));
}
