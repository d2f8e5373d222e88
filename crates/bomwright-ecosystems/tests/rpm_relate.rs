//! The second pass of the rpm ecosystem, on the packages of its fixture, and the purls that it gives.
//!
//! Which package provides what is the answer of `rpm 4.18 -q --whatprovides` for each name, on the database
//! of the fixture and a file system on which `/bin` leads to `usr/bin`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use bomwright_ecosystems::{
    Ecosystem, Edges, FileView, Findings, Found, Installed, Requirement, Tree, rpm::Rpm,
};
use bomwright_model::{Distribution, Graph, Node, Package, PackageId};

struct Merged;

impl Tree for Merged {
    fn resolve(&self, path: &str) -> Option<String> {
        Some(path.strip_prefix("bin/").map_or_else(|| path.to_owned(), |name| format!("usr/bin/{name}")))
    }
}

fn fixture() -> Vec<Found> {
    let path = "testdata/rpm/good/root/usr/lib/sysimage/rpm/rpmdb.sqlite";
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let mut findings = Findings::default();
    Rpm.read(&FileView::new("usr/lib/sysimage/rpm/rpmdb.sqlite", &bytes), &mut findings);
    findings.packages
}

/// Every edge as `from -> to`.
fn relations(packages: &[Found]) -> BTreeSet<String> {
    let owners: HashMap<&str, PackageId> = (0..)
        .map(PackageId)
        .zip(packages)
        .flat_map(|(id, found)| found.owns.iter().map(move |path| (path.as_str(), id)))
        .collect();
    let installed = Installed::new(packages, &[], &Merged, owners);
    let mut graph = Graph::new();
    Rpm.relate(&installed, &mut Edges::new(&mut graph));
    let name = |node: &Node| match node {
        Node::Package(id) => installed.package(*id).unwrap().name.clone(),
        Node::Unresolved(_, text) => format!("?{text}"),
        other => format!("{other:?}"),
    };
    graph.edges().into_iter().map(|(from, to, _)| format!("{} -> {}", name(from), name(to))).collect()
}

#[test]
fn requirements_lead_to_what_rpm_says_provides_them() {
    let expected = ["alpha -> ?missing-thing", "alpha -> beta", "alpha -> gamma", "alpha -> gamma-libs"];
    assert_eq!(relations(&fixture()), expected.map(str::to_owned).into());
}

#[test]
fn the_own_architecture_is_preferred() {
    let package = |name: &str, architecture: &str| {
        let mut package = Package::new("rpm", name, "1-1");
        package.architecture = Some(architecture.to_owned());
        Found::new(package, &FileView::new("var/lib/rpm/rpmdb.sqlite", b""), "rpm")
    };
    let mut needy = package("needy", "i686");
    needy.requires.push(Requirement::new("capability", "capability"));
    let mut packages = vec![needy, package("wide", "x86_64"), package("narrow", "i686")];
    packages.iter_mut().skip(1).for_each(|it| it.provides.push("capability".to_owned()));
    assert_eq!(relations(&packages), ["needy -> narrow".to_owned()].into());
    packages.truncate(2);
    assert_eq!(relations(&packages), ["needy -> wide".to_owned()].into());
}

#[test]
fn purls_are_those_of_the_specification() {
    // purl-spec, types-doc/rpm-definition.md: the namespace is the vendor, the epoch a qualifier.
    let packages = fixture();
    let purl = |name: &str, id: &str, version: Option<&str>| {
        let found = packages.iter().find(|found| found.package.name == name).unwrap();
        let distribution = Distribution {
            id: id.to_owned(),
            version: version.map(str::to_owned),
            ..Distribution::default()
        };
        Rpm.purl(&found.package, Some(&distribution)).unwrap().to_string()
    };
    assert_eq!(
        purl("alpha", "fedora", Some("41")),
        "pkg:rpm/fedora/alpha@1.2-3.fx1?arch=x86_64&distro=fedora-41&epoch=2&upstream=alpha-1.2-3.fx1.src.rpm"
    );
    let gamma = "gamma-libs@4.0-1.fx1?arch=x86_64&distro";
    assert!(
        purl("gamma-libs", "rhel", Some("9.4")).starts_with(&format!("pkg:rpm/redhat/{gamma}=rhel-9.4&"))
    );
    assert!(
        purl("gamma-libs", "opensuse-tumbleweed", None)
            .starts_with(&format!("pkg:rpm/opensuse/{gamma}=opensuse-tumbleweed&"))
    );
    let beta = packages.iter().find(|found| found.package.name == "beta").unwrap();
    assert_eq!(
        Rpm.purl(&beta.package, None).unwrap().as_str(),
        "pkg:rpm/beta@1.0~rc1-1?arch=noarch&upstream=beta-1.0~rc1-1.src.rpm"
    );
}
