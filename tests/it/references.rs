//! `bomwright images` on a folder of manifests, and from standard input.
//!
//! What is expected was written by hand from the folder `tests/manifests` and the documentation of Kubernetes
//! (API reference of `PodSpec`), Kustomize (`images`), Compose (interpolation, merge, extends, include), Helm and
//! Quadlet. Everything in the folder that must not be taken for a reference is called `never`.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::command::{bomwright, json};
use crate::workspace::root;

/// File and line, reference, what binds it, confidence, kind.
const EXPECTED: &[&str] = &[
    // The base is built on by two overlays: both rename `api`, and only one gives `redis` another tag.
    "base/deployment.yaml:10 docker.io/library/api:dev superseded high container",
    "base/deployment.yaml:12 docker.io/library/redis:7 mutable-tag high container",
    // Kustomize's transformer does not go to ephemeral containers.
    "base/deployment.yaml:15 docker.io/library/api:dev mutable-tag high ephemeral-container",
    "base/kustomization.yaml:6 registry.example/shop/api:dev mutable-tag high kustomize",
    "overlays/prod/kustomization.yaml:4 registry.example/shop/api@sha256:4* pinned high kustomize",
    "overlays/prod/kustomization.yaml:6 docker.io/library/redis:7.4.1 mutable-tag high kustomize",
    "overlays/staging/kustomization.yaml:11 registry.example/tools/trace:1 mutable-tag medium patch",
    // After a document that breaks the grammar the next one is read.
    "broken/broken.yaml:13 registry.example/after/damage:1 mutable-tag high container",
    "compose/common.yaml:3 registry.example/shop/engine:8 mutable-tag high compose-service",
    // Two services merge the defaults, where the image is written once.
    "compose/compose.yaml:5 registry.example/shop/worker:3.2 mutable-tag high compose-service",
    "compose/compose.yaml:9 registry.example/shop/web variable high compose-service",
    "compose/compose.yaml:20 docker.io/library/alpine:3.20 mutable-tag high compose-build",
    "compose/compose.yaml:23 registry.example/shop/engine:8 mutable-tag high compose-service",
    "compose/database.yaml:3 docker.io/library/postgres:17@sha256:5* pinned high compose-service",
    "compose/database.yaml:6 registry.example/data/seed:1 mutable-tag high image-volume",
    "helm/rendered.yaml:12 registry.example/shop/shop:1.5.0 mutable-tag high container",
    "helm/rendered.yaml:24 registry.example/shop/queue:6 mutable-tag high container",
    "helm/shop/Chart.yaml:7 registry.example/shop/shop:1.5.0 mutable-tag medium chart-annotation",
    "helm/shop/values.yaml:2 registry.example/shop/shop no-tag low helm-values",
    "helm/shop/values.yaml:8 registry.example/tools/metrics:0.9 mutable-tag low helm-values",
    "kubernetes/custom.yaml:8 registry.example/monitoring/prometheus:v3.1.0 mutable-tag medium custom-resource",
    "kubernetes/custom.yaml:10 registry.example/monitoring/sidecar:v0.37 mutable-tag medium custom-resource",
    "kubernetes/custom.yaml:15 registry.example/monitoring/exporter:1.8@sha256:3* pinned medium custom-resource",
    "kubernetes/custom.yaml:19 registry.example/monitoring/rules:1 mutable-tag medium custom-resource",
    "kubernetes/custom.yaml:26 registry.example/monitoring/extra:5 mutable-tag medium custom-resource",
    "kubernetes/custom.yaml:27 registry.example/monitoring/reloader:v0.79 mutable-tag low flag",
    "kubernetes/list.json:10 registry.example/shop/app:4 mutable-tag high container",
    "kubernetes/list.json:11 registry.example/tools/debug:1 mutable-tag high ephemeral-container",
    "kubernetes/list.json:17 registry.example/tools/agent:9 mutable-tag high container",
    "kubernetes/workloads.yaml:16 registry.example/shop/migrate@sha256:1* pinned high init-container",
    "kubernetes/workloads.yaml:19 docker.io/library/nginx:1.27.2 mutable-tag high container",
    "kubernetes/workloads.yaml:22 docker.io/envoyproxy/envoy no-tag high container",
    "kubernetes/workloads.yaml:24 registry.example/tools/reloader:v0.7 mutable-tag low flag",
    "kubernetes/workloads.yaml:29 registry.example/tools/sidecar:v2 mutable-tag low environment",
    "kubernetes/workloads.yaml:35 registry.example/models/small:v3 mutable-tag high image-volume",
    "kubernetes/workloads.yaml:52 docker.io/library/busybox:latest latest high init-container",
    "kubernetes/workloads.yaml:55 registry.example:5000/shop/report:2.1@sha256:2* pinned high container",
    "kubernetes/workloads.yaml:78 docker.io/library/bash:5.2 mutable-tag high container",
    "quadlet/web.container:6 registry.example/shop/web:1 mutable-tag high quadlet",
];

fn manifests() -> Value {
    json(bomwright(&root().join("tests/manifests")).args(["images", ".", "--quiet", "-o", "json"]))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The references of `document` as [`EXPECTED`] writes them.
fn lines(document: &Value) -> BTreeSet<String> {
    let line = |it: &Value| {
        // 64 times the same digit.
        let mut reference = text(it, "reference").to_owned();
        if let Some((name, hex)) = reference.split_once("@sha256:") {
            assert!(hex.len() == 64 && hex.bytes().all(|b| b == hex.as_bytes()[0]), "{hex}");
            reference = format!("{name}@sha256:{}*", &hex[..1]);
        }
        let pin = if it["superseded"] == true { "superseded" } else { text(it, "pin") };
        let file = text(it, "file").trim_start_matches("./");
        format!("{file}:{} {reference} {pin} {} {}", it["line"], text(it, "confidence"), text(it, "kind"))
    };
    document["references"].as_array().unwrap().iter().map(line).collect()
}

fn piped(arguments: &[&str], input: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command: Command = bomwright(folder.path());
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_folder_of_manifests_gives_exactly_its_references() {
    let document = manifests();
    let expected: BTreeSet<String> = EXPECTED.iter().map(|line| (*line).to_owned()).collect();
    let actual = lines(&document);
    let missing: Vec<_> = expected.difference(&actual).collect();
    let extra: Vec<_> = actual.difference(&expected).collect();
    assert!(missing.is_empty() && extra.is_empty(), "missing: {missing:#?}\nnot expected: {extra:#?}");
    assert!(!document.to_string().contains("never/"), "a decoy was taken for a reference");
}

#[test]
fn references_say_where_they_stand_and_what_is_asked_for() {
    let document = manifests();
    let all = document["references"].as_array().unwrap();
    let at = |file: &str, line: u64| {
        all.iter().find(|it| text(it, "file").ends_with(file) && it["line"] == line).unwrap()
    };
    let web = at("kubernetes/workloads.yaml", 19);
    assert_eq!(text(web, "path"), "spec.template.spec.containers[0].image");
    assert_eq!(text(web, "resource"), "Deployment shop/web");
    assert_eq!(text(web, "pullPolicy"), "IfNotPresent");
    assert_eq!(text(web, "platform"), "linux/arm64");
    assert_eq!((text(web, "written"), &web["column"]), ("nginx:1.27.2", &Value::from(18)));
    let cron = at("kubernetes/workloads.yaml", 52);
    assert_eq!(text(cron, "path"), "spec.jobTemplate.spec.template.spec.initContainers[0].image");
    assert_eq!(text(at("kubernetes/list.json", 10), "path"), "items[0].spec.containers[0].image");
    assert_eq!(text(at("kubernetes/workloads.yaml", 35), "pullPolicy"), "Always");
    assert_eq!(text(at("helm/rendered.yaml", 24), "template"), "shop/charts/queue/templates/job.yaml");
    assert_eq!(text(at("helm/shop/Chart.yaml", 7), "platform"), "linux/amd64,linux/arm64");
    let web = at("compose/compose.yaml", 9);
    assert_eq!((text(web, "platform"), text(web, "build")), ("linux/amd64", "./web"));
    assert_eq!(web["variables"], serde_json::json!(["TAG"]));
    assert_eq!(text(at("quadlet/web.container", 6), "pullPolicy"), "newer");
    let result = at("overlays/prod/kustomization.yaml", 4);
    assert_eq!(text(result, "path"), "images[0]");
    assert_eq!(text(&result["replaces"], "written"), "api:dev");
    let workers: BTreeSet<_> = all
        .iter()
        .filter(|it| text(it, "repository") == "shop/worker")
        .map(|it| (text(it, "path"), text(it, "pullPolicy")))
        .collect();
    let expected = [("services.mailer.image", "always"), ("services.worker.image", "always")];
    assert_eq!(workers, BTreeSet::from(expected));
}

#[test]
fn what_can_t_be_read_is_told_with_its_line() {
    let document = manifests();
    let problems: BTreeSet<String> = document["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            format!("{} {}:{}", text(it, "code"), text(it, "file").trim_start_matches("./"), it["line"])
        })
        .collect();
    let expected = [
        "built-without-name compose/compose.yaml:17",
        "invalid-reference broken/broken.yaml:14",
        "malformed-file broken/broken.yaml:5",
        "missing-file compose/compose.yaml:3",
        "unrendered-template helm/shop/templates/deployment.yaml:7",
        "unresolved-variable compose/compose.yaml:26",
    ];
    assert_eq!(problems, expected.iter().map(|it| (*it).to_owned()).collect());
    let folder = root().join("tests/manifests");
    let output = bomwright(&folder).args(["images", "helm/shop/templates"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("helm template"), "says what to do");
}

#[test]
fn standard_input_the_table_and_the_exit_codes() {
    let rendered = fs::read_to_string(root().join("tests/manifests/helm/rendered.yaml")).unwrap();
    let output = piped(&["images", "-"], &rendered);
    let table = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(table.contains("registry.example/shop/queue:6") && table.contains("<stdin>:24"), "{table}");
    assert!(table.contains("2 references to 2 images, 2 of them not pinned by digest"), "{table}");
    let code = |arguments: &[&str], input: &str| piped(arguments, input).status.code();
    assert_eq!(code(&["images", "-", "--fail-on-mutable"], &rendered), Some(1));
    let hex = "6".repeat(64);
    let pinned = format!("apiVersion: v1\nkind: Pod\nspec: {{containers: [{{image: 'a@sha256:{hex}'}}]}}\n");
    assert_eq!(code(&["images", "-", "--fail-on-mutable"], &pinned), Some(0));
    // A weak hit counts only as long as it is wanted.
    let weak = pinned.replace("}]}", ", args: ['--image=b:1']}]}");
    assert_eq!(code(&["images", "-", "--fail-on-mutable"], &weak), Some(1));
    assert_eq!(code(&["images", "-", "--fail-on-mutable", "--min-confidence", "medium"], &weak), Some(0));
    assert_eq!(code(&["images", "no-such-file.yaml"], ""), Some(2));
    assert_eq!(code(&["images", "-", "-o", "nonsense"], ""), Some(2));
    assert_eq!(code(&["images"], ""), Some(2));
}

/// One image of `tests/it`'s own making stands in two manifests' stead; the other image is not mapped.
#[test]
fn images_of_a_deployment_join_in_one_document() {
    let folder = tempfile::tempdir().unwrap();
    let status = |version: &str| {
        format!("Package: shop\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n")
    };
    for (name, version) in [("one.tar", "1.0"), ("two.tar", "2.0")] {
        let layer = bomwright_tests::Layer::new().file("var/lib/dpkg/status", status(version)).tar();
        bomwright_tests::Image::new([layer]).docker_archive(&folder.path().join(name)).unwrap();
    }
    let pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers: [{image: 'one:1'}, {image: 'r.example/two:2'}, {image: c}]\n";
    fs::write(folder.path().join("pod.yaml"), pod).unwrap();
    let maps = ["--image-map", "docker.io/library/one:1=one.tar", "--image-map", "r.example/two:2=two.tar"];
    let run = || {
        let mut command = bomwright(folder.path());
        command.args(["images", "pod.yaml", "--quiet", "-o", "cyclonedx-json"]).args(maps);
        json(&mut command)
    };
    let document = run();
    assert_eq!(document, run(), "the same input gives the same document");
    let components = document["components"].as_array().unwrap();
    let named = |name: &str, version: &str| {
        let found = components.iter().find(|it| text(it, "name") == name && text(it, "version") == version);
        text(found.unwrap_or_else(|| panic!("{name} {version} is missing")), "bom-ref").to_owned()
    };
    let depends = |from: &str| -> BTreeSet<String> {
        let all = document["dependencies"].as_array().unwrap();
        let found = all.iter().find(|it| text(it, "ref") == from).unwrap();
        let targets = found["dependsOn"].as_array().into_iter().flatten();
        targets
            .chain(found["provides"].as_array().into_iter().flatten())
            .map(|it| it.as_str().unwrap().to_owned())
            .collect()
    };
    let (one, two) = (named("docker.io/library/one", "1"), named("r.example/two", "2"));
    let bare = named("docker.io/library/c", "");
    let root = text(&document["metadata"]["component"], "bom-ref").to_owned();
    assert_eq!(depends(&root), BTreeSet::from([one.clone(), two.clone(), bare.clone()]));
    assert_eq!(depends(&one), BTreeSet::from([named("shop", "1.0")]));
    assert_eq!(depends(&two), BTreeSet::from([named("shop", "2.0")]));
    let code = |arguments: &[&str]| {
        let output = bomwright(folder.path()).args(["images", "pod.yaml"]).args(arguments).output().unwrap();
        output.status.code()
    };
    assert_eq!(code(&maps[..2]), Some(2), "a table holds no images");
    assert_eq!(code(&["-o", "spdx-json", "--image-map", "other:1=one.tar"]), Some(2));
    assert_eq!(code(&["-o", "spdx-json", "--image-map", "one:1"]), Some(2));
    assert_eq!(code(&["-o", "spdx-json"]), Some(0));
}
