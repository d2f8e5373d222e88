//! The edges that the fixtures of `maven`, `golang` and `cargo` must yield, by hand from the same facts that
//! their `expected.txt` states.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use bomwright_ecosystems::{Edges, FileView, Findings, Installed, find};
use bomwright_model::{Graph, Node};

/// Every edge of a fixture as `from kind to`. A package is its location, else its name and version.
fn edges(ecosystem: &str, case: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(ecosystem).join(case).join("root");
    let ecosystem = find(ecosystem).unwrap();
    let mut findings = Findings::default();
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(Result::unwrap) {
        if entry.file_type().is_file() {
            let bytes = std::fs::read(entry.path()).unwrap();
            let path = entry.path().strip_prefix(&root).unwrap().to_str().unwrap();
            ecosystem.read(&FileView::new(path, &bytes), &mut findings);
        }
    }
    let mut graph = Graph::new();
    let installed = Installed::new(&findings.packages, &[], &(), HashMap::new());
    ecosystem.relate(&installed, &mut Edges::new(&mut graph));
    let label = |node: &Node| match node {
        Node::Package(id) => {
            let package = installed.package(*id).unwrap();
            let name = || format!("{}@{}", package.full_name(), package.version);
            package.location.clone().unwrap_or_else(name)
        }
        Node::Unresolved(_, requirement) => format!("?{requirement}"),
        other => panic!("{other:?}"),
    };
    let line = |(from, to, edge): (&Node, &Node, &bomwright_model::Edge)| {
        format!("{} {} {} {}", label(from), edge.kind.as_str(), edge.scope.as_str(), label(to))
    };
    graph.edges().into_iter().map(line).collect()
}

fn assert_edges(actual: &BTreeSet<String>, expected: &[&str]) {
    let expected: BTreeSet<String> = expected.iter().map(|line| (*line).to_owned()).collect();
    let missing: Vec<_> = expected.difference(actual).collect();
    let extra: Vec<_> = actual.difference(&expected).collect();
    assert!(missing.is_empty() && extra.is_empty(), "missing: {missing:#?}\nnot expected: {extra:#?}");
}

#[test]
fn archives_hold_others_and_need_the_nearest() {
    assert_edges(
        &edges("maven", "good"),
        &[
            "opt/app/app.jar contains runtime opt/app/app.jar!/BOOT-INF/lib/aopalliance-1.0.jar",
            "opt/app/app.jar contains runtime opt/app/app.jar!/BOOT-INF/lib/javax.inject-1.jar",
            "opt/app/app.jar contains runtime opt/app/app.jar!/BOOT-INF/lib/jul-to-slf4j-2.0.9.jar",
            "opt/app/app.jar depends-on runtime opt/app/app.jar!/BOOT-INF/lib/aopalliance-1.0.jar",
            "opt/app/app.jar depends-on runtime opt/app/app.jar!/BOOT-INF/lib/javax.inject-1.jar",
            "opt/app/app.jar depends-on optional opt/app/shop.war!/WEB-INF/lib/apiguardian-api-1.1.2.jar",
            "opt/app/app.jar depends-on runtime ?org.example.absent:absent:9",
            "opt/app/app.jar!/BOOT-INF/lib/jul-to-slf4j-2.0.9.jar depends-on runtime ?org.slf4j:slf4j-api",
            "opt/app/shop.war contains runtime opt/app/shop.war!/WEB-INF/lib/apiguardian-api-1.1.2.jar",
            "opt/app/shop.war contains runtime opt/app/shop.war!/WEB-INF/lib/kotlin-stdlib-jdk8-1.8.21.jar",
            "opt/tools/uber-1.4.jar contains runtime opt/tools/uber-1.4.jar!/META-INF/maven/org.example.parts/child",
            "opt/tools/uber-1.4.jar contains runtime opt/tools/uber-1.4.jar!/META-INF/maven/org.example.parts/part",
            "opt/tools/uber-1.4.jar depends-on runtime opt/tools/uber-1.4.jar!/META-INF/maven/org.example.parts/part",
            "opt/tools/uber-1.4.jar depends-on runtime opt/app/app.jar!/BOOT-INF/lib/aopalliance-1.0.jar",
            "opt/tools/uber-1.4.jar depends-on runtime opt/app/shop.war!/WEB-INF/lib/apiguardian-api-1.1.2.jar",
            "opt/tools/uber-1.4.jar depends-on runtime opt/app/app.jar",
        ],
    );
}

#[test]
fn a_go_program_leads_to_every_module_in_it() {
    assert_edges(
        &edges("golang", "stripped"),
        &[
            "usr/bin/app depends-on runtime example.com/local@v1.2.3",
            "usr/bin/app depends-on runtime golang.org/x/text@v0.0.0-20170915032832-14c0d48ead0c",
            "usr/bin/app depends-on runtime rsc.io/quote@v1.5.2",
            "usr/bin/app depends-on runtime rsc.io/sampler@v1.3.1",
            "usr/bin/app depends-on runtime stdlib@1.26.8",
        ],
    );
}

#[test]
fn crates_lead_to_each_other_as_built() {
    assert_edges(
        &edges("cargo", "good"),
        &[
            "semver@1.0.28 depends-on runtime serde_core@1.0.229",
            "usr/bin/audited depends-on build autocfg@1.5.1",
            "usr/bin/audited depends-on runtime local-part@0.1.0",
            "usr/bin/audited depends-on runtime log@0.4.35",
            "usr/bin/audited depends-on runtime semver@1.0.28",
        ],
    );
}
