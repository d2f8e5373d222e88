//! Whatever the input is, reading it neither panics nor takes long, and does not depend on the order of files.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use bomwright_orchestration::{Found, Input, ProblemCode, find};

/// The folder that the end-to-end tests read too.
fn manifests() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/manifests");
    let mut files: Vec<_> = walkdir::WalkDir::new(&root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    assert!(files.len() > 10);
    files
}

fn run<'a>(files: impl IntoIterator<Item = &'a (String, String)>) -> Found {
    let inputs: Vec<_> = files.into_iter().map(|(path, text)| Input { path, text }).collect();
    find(&inputs)
}

fn one(path: &str, text: &str) -> Found {
    find(&[Input { path, text }])
}

#[test]
fn damaged_manifests_never_panic() {
    let files = manifests();
    for (path, text) in &files {
        let step = (text.len() / 40).max(1);
        for at in (0..text.len()).step_by(step).filter(|at| text.is_char_boundary(*at)) {
            one(path, &text[..at]);
            for odd in ["\0", "\t", "{{", "*x", "&", "[", "'", "\n---\n", "${"] {
                one(path, &format!("{}{odd}{}", &text[..at], &text[at..]));
            }
        }
    }
}

#[test]
fn the_order_of_files_does_not_matter() {
    let files = manifests();
    assert_eq!(run(&files), run(files.iter().rev()));
}

#[test]
fn kustomizations_that_take_each_other_in_end() {
    let text =
        |other: &str| format!("resources: [../{other}, ../{other}]\nimages: [{{name: a, newTag: b}}]\n");
    let files: Vec<_> = (0..200)
        .map(|n| (format!("k{n}/kustomization.yaml"), text(&format!("k{}", (n + 1) % 200))))
        .collect();
    assert!(run(&files).references.is_empty());
}

#[test]
fn services_that_extend_each_other_end() {
    let text =
        "services: {a: {extends: b}, b: {extends: a}, c: {image: x, extends: {file: c.yaml, service: c}}}";
    assert_eq!(one("c.yaml", text).references.len(), 1);
}

#[test]
fn long_inputs_are_read_in_linear_time_and_bounded() {
    let start = Instant::now();
    let pod = "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: 'a:1'}]}\n---\n";
    let found = one("many.yaml", &pod.repeat(20_000));
    assert_eq!(found.references.len(), 20_000);
    // Names that aliases repeat: bounded by the number of values, not by what they would expand to.
    let images = vec!["*i"; 200_000].join(",");
    let text = format!(
        "apiVersion: a.b/v1\nkind: X\nname: &i {}\nspec: {{images: [{images}]}}\n",
        "a/".repeat(5_000)
    );
    assert!(one("aliases.yaml", &text).references.is_empty());
    let many = format!("apiVersion: a.b/v1\nkind: X\nspec: {{images: [{}]}}\n", "a,".repeat(150_000));
    let found = one("more.yaml", &many);
    assert_eq!(found.references.len(), 100_000);
    assert!(found.problems.iter().any(|it| it.code == ProblemCode::LimitExceeded));
    let long = "a: b\n".repeat(4 << 20);
    assert_eq!(one("long.yaml", &long).problems[0].code, ProblemCode::LimitExceeded);
    let flow = format!("{{\"apiVersion\": \"v1\", \"x\": [{}1]}}", "{\"a\": \"b\"}, ".repeat(100_000));
    assert!(one("flow.json", &flow).problems.is_empty());
    assert!(start.elapsed() < Duration::from_mins(2), "{:?}", start.elapsed());
}
