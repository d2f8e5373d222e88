//! Snapshots against what GitHub's documentation says of them.

use bomwright_model::{
    Confidence, Edge, EdgeKind, Evidence, Image, Inventory, Node, Origin, Package, PackageId, Scope, Source,
    SourceKind, Verdict,
};
use serde_json::{Value, json};

use super::*;

const SHA: &str = "ddc951f4b1293222421f2c8df679786153acf689";

fn job() -> Job {
    Job::new("7", "build shop", SHA, "refs/heads/main").unwrap()
}

/// The package `TYPE/NAME` in version 1.0.
fn package(text: &str, paths: &[&str]) -> Package {
    let (ecosystem, name) = text.split_once('/').unwrap();
    let mut package = Package::new(ecosystem, name, "1.0");
    package.purl = format!("pkg:{text}@1.0").parse().ok();
    package.evidence = paths.iter().map(|path| Evidence::new(*path, ecosystem)).collect();
    package
}

fn inventory(kind: SourceKind, packages: Vec<Package>, edges: &[(Option<u32>, u32, Scope)]) -> Inventory {
    let mut inventory = Inventory::new(Source { kind, name: "shop".to_owned() });
    for id in 0..packages.len() {
        inventory.graph.add(Node::Package(PackageId(u32::try_from(id).unwrap())));
    }
    inventory.packages = packages;
    for (from, to, scope) in edges {
        let from = from.map_or(Node::Root, |id| Node::Package(PackageId(id)));
        let kind = if from == Node::Root { EdgeKind::Holds } else { EdgeKind::DependsOn };
        let edge = Edge::new(kind, *scope);
        inventory.graph.connect(from, Node::Package(PackageId(*to)), edge).unwrap();
    }
    inventory.graph.anchor();
    inventory
}

/// A source tree: a project that asks for two packages, for one of them to develop, which asks for a third.
fn tree() -> Inventory {
    let lock = ["app/package-lock.json"];
    let packages = ["npm/left", "npm/right", "npm/shop", "npm/tool"]
        .map(|name| package(name, &lock))
        .into_iter()
        .collect();
    let edges = [
        (None, 2, Scope::Runtime),
        (Some(2), 0, Scope::Runtime),
        (Some(2), 3, Scope::Development),
        (Some(3), 1, Scope::Runtime),
    ];
    inventory(SourceKind::Git, packages, &edges)
}

fn value(inventory: &Inventory) -> Value {
    let value: Value = serde_json::from_str(&snapshot(inventory, &job())).unwrap();
    let schema = serde_json::from_str(include_str!("schema.json")).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let faults: Vec<_> =
        validator.iter_errors(&value).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    value
}

#[test]
fn a_lock_file_is_a_manifest() {
    let value = value(&tree());
    assert_eq!(value["job"], json!({"id": "7", "correlator": "build shop"}));
    assert_eq!((&value["sha"], &value["ref"]), (&json!(SHA), &json!("refs/heads/main")));
    assert_eq!(value["version"], 0);
    let manifests = value["manifests"].as_object().unwrap();
    assert_eq!(manifests.keys().collect::<Vec<_>>(), ["app/package-lock.json"]);
    let manifest = &manifests["app/package-lock.json"];
    assert_eq!(manifest["file"]["source_location"], "app/package-lock.json");
    let of = |name: &str| {
        let one = &manifest["resolved"][format!("pkg:npm/{name}@1.0")];
        (one["relationship"].as_str().unwrap(), one["scope"].as_str().unwrap(), one["dependencies"].clone())
    };
    assert_eq!(of("shop"), ("direct", "runtime", json!(["pkg:npm/left@1.0", "pkg:npm/tool@1.0"])));
    assert_eq!(of("left"), ("direct", "runtime", json!([])));
    assert_eq!(of("tool"), ("direct", "development", json!(["pkg:npm/right@1.0"])));
    assert_eq!(of("right"), ("indirect", "development", json!([])), "only the tool needs it");
}

#[test]
fn an_image_has_manifests_for_databases_and_ecosystems() {
    let packages = vec![
        package("deb/bash", &["var/lib/dpkg/status", "usr/share/doc/bash/copyright"]),
        package("deb/libc6", &["var/lib/dpkg/status"]),
        package("npm/left", &["app/node_modules/left/package.json"]),
        package("npm/shop", &["app/package.json"]),
        Package { purl: None, ..package("npm/nameless", &[]) },
    ];
    let edges = [(None, 0, Scope::Runtime), (Some(0), 1, Scope::Runtime), (Some(3), 2, Scope::Runtime)];
    let mut image = inventory(SourceKind::OciArchive, packages, &edges);
    image.image =
        Some(Image { repository: Some("x/shop".into()), tag: Some("2".into()), ..Image::default() });
    image.timestamp = Some("2024-05-01T12:30:00Z".to_owned());
    let own = Verdict { origin: Origin::InHouse, confidence: Confidence::High, reasons: Vec::new() };
    image.packages[3].origin = Some(own);
    let value = value(&image);
    assert_eq!(value["scanned"], "2024-05-01T12:30:00Z");
    let manifests = value["manifests"].as_object().unwrap();
    assert_eq!(manifests.keys().collect::<Vec<_>>(), ["x/shop:2:/var/lib/dpkg/status", "x/shop:2:npm"]);
    assert!(manifests.values().all(|manifest| manifest.get("file").is_none()), "no path of the repository");
    let relation = |manifest: &str, purl: &str| manifests[manifest]["resolved"][purl]["relationship"].clone();
    assert_eq!(relation("x/shop:2:/var/lib/dpkg/status", "pkg:deb/bash@1.0"), "direct");
    assert_eq!(relation("x/shop:2:/var/lib/dpkg/status", "pkg:deb/libc6@1.0"), "indirect");
    assert_eq!(relation("x/shop:2:npm", "pkg:npm/left@1.0"), "direct", "the team's own package asks for it");
    assert_eq!(manifests["x/shop:2:npm"]["resolved"].as_object().unwrap().len(), 2);
}

/// The same package in two places is told once, with the closer relationship.
#[test]
fn what_is_there_twice_is_told_once() {
    let packages = vec![
        package("npm/left", &["a.lock"]),
        package("npm/left", &["a.lock"]),
        package("npm/right", &["a.lock"]),
        package("npm/shop", &["a.lock"]),
    ];
    let edges = [
        (None, 3, Scope::Runtime),
        (Some(3), 2, Scope::Runtime),
        (Some(2), 1, Scope::Development),
        (Some(3), 0, Scope::Runtime),
    ];
    let value = value(&inventory(SourceKind::Dir, packages, &edges));
    let left = &value["manifests"]["a.lock"]["resolved"]["pkg:npm/left@1.0"];
    assert_eq!((&left["relationship"], &left["scope"]), (&json!("direct"), &json!("runtime")));
}

/// `value` as JSON with sorted keys.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let members: std::collections::BTreeMap<_, _> = map.iter().collect();
            let members = members.iter().map(|(key, value)| format!("{}:{}", json!(key), sorted(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(sorted).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

#[test]
fn keys_are_sorted_and_the_bytes_are_always_the_same() {
    let text = snapshot(&tree(), &job());
    assert_eq!(text, snapshot(&tree(), &job()));
    assert_eq!(text, format!("{}\n", sorted(&serde_json::from_str(&text).unwrap())));
}

#[test]
fn what_github_refuses_is_said() {
    let said =
        |id, correlator, sha, reference| Job::new(id, correlator, sha, reference).unwrap_err().to_string();
    assert_eq!(said("7", "x", "main", "refs/heads/main"), "'main' is no commit: 40 hexadecimal digits are");
    assert!(said("7", "x", SHA, "main").contains("refs/heads/main"));
    assert_eq!(said("", "x", SHA, "refs/heads/main"), "the id of the job is empty");
    assert_eq!(said("7", " ", SHA, "refs/heads/main"), "the correlator of the job is empty");
}
