//! The acceptance cases of the origins: packages as the readers hand them over, and the verdict that each
//! must get. What a package says of itself is as the named tools write it.

use bomwright_model::{
    Distribution, File, FileKind, FindingSeverity, License, PackageId, Source, SourceKind,
};

use super::*;
use crate::facts::{IndexTier, Listing, ListingFact, PackageFacts, SignatureFact};

const SYSTEM: &[&str] = &["deb", "rpm", "apk", "alpm", "opkg"];
const KNOWN: &[&str] = &["npm", "golang", "pypi", "cargo", "maven", "deb"];

fn inventory(distribution: &str, packages: Vec<Package>) -> Inventory {
    let mut inventory = Inventory::new(Source { kind: SourceKind::Dir, name: "x".into() });
    inventory.packages = packages;
    let mut words = distribution.split(' ').map(str::to_owned);
    inventory.distribution = words.next().filter(|id| !id.is_empty()).map(|id| Distribution {
        id,
        id_like: words.collect(),
        ..Distribution::default()
    });
    inventory
}

/// Classifies and returns `origin confidence rule` for each package, and the findings' rules.
fn verdicts(inventory: &mut Inventory, policy: &str, facts: &Facts) -> (Vec<String>, Vec<Finding>) {
    let policy = Policy::parse("p", policy, KNOWN).unwrap();
    let findings = classify(inventory, &policy, &SYSTEM.iter().copied().collect(), facts);
    let told = inventory.packages.iter().map(|package| {
        let it = package.origin.as_ref().unwrap();
        format!("{} {} {}", it.origin.as_str(), it.confidence.as_str(), it.reasons[0].rule)
    });
    (told.collect(), findings)
}

/// The verdict on one package, followed by the rules of the findings.
fn verdict_on(distribution: &str, package: Package, policy: &str) -> String {
    let mut inventory = inventory(distribution, vec![package]);
    let (told, findings) = verdicts(&mut inventory, policy, &Facts::new());
    let rules = findings.iter().map(|it| format!(" !{}", it.rule));
    told.into_iter().chain(rules).collect()
}

fn with(mut package: Package, properties: &[(&str, &str)]) -> Package {
    for (key, value) in properties {
        package.set_property(key, value);
    }
    package
}

/// A package as dpkg-buildpackage makes it.
fn deb(version: &str, maintainer: &str) -> Package {
    let mut package = Package::new("deb", "x", version);
    package.supplier = Some(maintainer.into());
    with(package, &[("section", "libs"), ("priority", "optional")])
}

fn rpm(version: &str, vendor: &str) -> Package {
    let mut package = Package::new("rpm", "x", version);
    package.supplier = Some(vendor.to_owned()).filter(|it| !it.is_empty());
    package
}

fn npm(scope: &str, name: &str, properties: &[(&str, &str)]) -> Package {
    let mut package = with(Package::new("npm", name, "1"), properties);
    package.namespace = Some(scope.to_owned()).filter(|it| !it.is_empty());
    package
}

fn module(path: &str, properties: &[(&str, &str)]) -> Package {
    let (namespace, name) = path.rsplit_once('/').map_or((None, path), |(space, name)| (Some(space), name));
    let mut package = with(Package::new("golang", name, ""), properties);
    package.namespace = namespace.map(str::to_owned);
    if package.properties.contains_key("main-module") {
        package.kind = PackageKind::Application;
        package.location = Some("bin/svc".into());
    }
    package.evidence = vec![Evidence::new("bin/svc", "golang")];
    package
}

fn crate_(name: &str, source: &str, root: bool) -> Package {
    let mut package = with(Package::new("cargo", name, "1.0.0"), &[("source", source)]);
    if root {
        package.kind = PackageKind::Application;
        package.location = Some("bin/app".into());
    }
    package.evidence = vec![Evidence::new("bin/app", "cargo")];
    package
}

/// Being local, unlisted or nobody else's is no evidence; elimination gives `unknown` or a weak `upstream`.
#[test]
fn in_house_needs_positive_evidence() {
    let main = [("main-module", "true")];
    let mut boot = Package::new("maven", "web", "1");
    boot.kind = PackageKind::Application;
    let wheel = with(Package::new("pypi", "x", "1"), &[("direct-url", "file:///tmp/x.whl")]);
    let without = vec![
        module("forge.example/acme/shop", &main),
        crate_("acme-app", "local", true),
        crate_("acme-core", "local", false),
        wheel,
        boot,
        npm("@acme", "util", &[]),
        Package::new("gem", "acme", "1"),
        deb("1.0-1", "Acme <ops@acme.example>"),
        rpm("1-1", "Acme"),
    ];
    let mut inventory = inventory("debian", without);
    inventory.files = vec![file("app/x", None)];
    verdicts(&mut inventory, "", &Facts::new());
    let packages = inventory.packages.iter().map(|it| (it.name.as_str(), it.origin.as_ref()));
    let files = inventory.files.iter().map(|it| (it.path.as_str(), it.origin.as_ref()));
    for (name, verdict) in packages.chain(files) {
        assert_ne!(verdict.unwrap().origin, Origin::InHouse, "{name}");
    }
}

const OWN: &str = "vendor medium os-package-database";
const UNKNOWN: &str = "unknown medium unknown-packager";

#[test]
fn a_distribution_s_own_debian_packages_are_its_own() {
    // Maintainers with addresses of their own are the normal case.
    for maintainer in
        ["Theodore Y. Ts'o <tytso@mit.edu>", "GNU Libc Maintainers <debian-glibc@lists.debian.org>"]
    {
        assert_eq!(verdict_on("debian", deb("2.36-9+deb12u7", maintainer), ""), OWN);
    }
    let ubuntu = deb("3.0.2-0ubuntu1.15", "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>");
    assert_eq!(verdict_on("ubuntu debian", ubuntu.clone(), ""), OWN);
    assert_eq!(verdict_on("linuxmint ubuntu debian", ubuntu, ""), OWN);
    let universe = with(deb("1.0-1", "A <a@b.example>"), &[("section", "universe/net")]);
    assert_eq!(verdict_on("ubuntu debian", universe, ""), OWN);
    assert_eq!(verdict_on("", deb("1.0-1", "A <a@b.example>"), ""), "vendor low os-package-database");
}

#[test]
fn third_party_debian_packages_are_not_the_distribution_s() {
    let docker = deb("5:27.0.3-1~debian.12~bookworm", "Docker <support@docker.com>");
    assert_eq!(verdict_on("debian", docker.clone(), ""), "upstream medium third-party-publisher");
    // fpm and electron-builder write Vendor and License; fpm's section is `default`.
    let fpm = with(deb("1.0", "<builder@ci>"), &[("vendor", "builder@ci"), ("section", "default")]);
    assert_eq!(verdict_on("debian", fpm.clone(), ""), UNKNOWN);
    let mut licensed = deb("1.0", "App <app@app.example>");
    licensed.licenses.push(License::declared("MIT"));
    assert_eq!(verdict_on("debian", licensed, ""), UNKNOWN);
    // dpkg-deb --build on a control file by hand.
    let mut plain = Package::new("deb", "acme-tool", "1.0");
    plain.supplier = Some("Acme <ops@acme.example>".into());
    assert_eq!(verdict_on("debian", plain.clone(), ""), UNKNOWN);
    let policy = "[in-house]\ndeb-maintainers = ['@acme.example']";
    assert_eq!(verdict_on("debian", plain, policy), "in-house high policy-packager");
    let elaborate = deb("1.0-1", "Acme <ops@acme.example>");
    assert_eq!(verdict_on("debian", elaborate, policy), "in-house high policy-packager");
    let named = "[in-house]\ndeb = ['x']";
    assert_eq!(
        verdict_on("debian", deb("1.0-1", "A <a@b.example>"), named),
        "in-house high policy-namespace"
    );
    let publisher = "[[third-party-publisher]]\nname = 'Widgets'\nmaintainer = '@widgets.example'";
    let widgets = deb("1.0-1", "W <w@Widgets.example>");
    assert_eq!(verdict_on("debian", widgets, publisher), "upstream medium third-party-publisher");
    let pgdg = deb("16.3-1.pgdg120+1", "Debian PostgreSQL Maintainers <team+postgresql@tracker.debian.org>");
    assert_eq!(verdict_on("debian", pgdg, ""), "upstream medium third-party-publisher");
}

#[test]
fn an_fpm_package_in_the_team_s_own_place_is_the_team_s() {
    let fpm = with(deb("1.0", "<builder@ci>"), &[("vendor", "builder@ci")]);
    let mut inventory = inventory("debian", vec![fpm]);
    inventory.files = vec![file("opt/acme/bin/x", Some(PackageId(0)))];
    let (told, _) = verdicts(&mut inventory, "[in-house]\npaths = ['/opt/acme']", &Facts::new());
    assert_eq!(told, ["in-house medium policy-path-package"]);
}

#[test]
fn packages_of_another_distribution_are_found() {
    let ubuntu = deb("3.0.2-0ubuntu1.15", "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>");
    let expected = "unknown medium foreign-distribution !foreign-distribution";
    assert_eq!(verdict_on("debian", ubuntu, ""), expected);
    assert_eq!(verdict_on("rocky rhel centos fedora", rpm("1-1.amzn2", "Amazon Linux"), ""), expected);
    // That a third party published it decides; that it is for another distribution is told nevertheless.
    let docker = deb("5:24.0.7-1~ubuntu.22.04~jammy", "Docker <support@docker.com>");
    assert_eq!(
        verdict_on("debian", docker, ""),
        "upstream medium third-party-publisher !foreign-distribution"
    );
}

#[test]
fn rpm_packages_by_their_vendor() {
    assert_eq!(verdict_on("rhel fedora", rpm("1-1.el9", "Red Hat, Inc."), ""), OWN);
    assert_eq!(
        verdict_on("rhel fedora", rpm("1-1.el9", "Fedora Project"), ""),
        "upstream medium third-party-publisher"
    );
    assert_eq!(verdict_on("fedora", rpm("1-1.fc40", "Fedora Project"), ""), OWN);
    assert_eq!(verdict_on("fedora", rpm("1-1.fc40", "Fedora Copr - user x"), ""), UNKNOWN);
    assert_eq!(verdict_on("rhel fedora", rpm("1-1", ""), ""), UNKNOWN);
    assert_eq!(verdict_on("azurelinux", rpm("1-1.azl3", "Microsoft Corporation"), ""), OWN);
    assert_eq!(
        verdict_on("rhel fedora", rpm("1-1", "Microsoft Corporation"), ""),
        "upstream medium third-party-publisher"
    );
    assert_eq!(verdict_on("rhel fedora", rpm("1-1", "Example Shop Ltd"), ""), UNKNOWN);
    let policy = "[in-house]\nrpm-vendors = ['Example Shop']";
    assert_eq!(
        verdict_on("rhel fedora", rpm("1-1", "Example Shop Ltd"), policy),
        "in-house high policy-packager"
    );
    assert_eq!(verdict_on("rhel fedora", rpm("1-1", "No Example Shop"), policy), UNKNOWN);
}

#[test]
fn a_package_without_signature_among_signed_ones_is_not_the_vendor_s() {
    let signed = with(rpm("1-1", "Red Hat, Inc."), &[("signature-key-id", "199e2f91fd431d51")]);
    let mut inventory = inventory("rhel fedora", vec![signed, rpm("1-1", "Red Hat, Inc.")]);
    let (told, findings) = verdicts(&mut inventory, "", &Facts::new());
    assert_eq!(told, [OWN, "unknown medium unsigned-among-signed"]);
    assert_eq!(findings.len(), 1);
}

#[test]
fn alpine_and_arch_packages() {
    let commit = [("commit", "2c5a2f6e8a3f1f9e7b0c2d4e6f8091a2b3c4d5e6")];
    let alpine = with(Package::new("apk", "musl", "1.2.4-r2"), &commit);
    assert_eq!(verdict_on("alpine", alpine.clone(), ""), OWN);
    assert_eq!(verdict_on("debian", alpine, ""), UNKNOWN);
    let dirty = [("commit", "2c5a2f6e8a3f1f9e7b0c2d4e6f8091a2b3c4d5e6-dirty")];
    assert_eq!(verdict_on("alpine", with(Package::new("apk", "x", "1"), &dirty), ""), UNKNOWN);
    assert_eq!(verdict_on("alpine", Package::new("apk", ".build-deps", "20240115.1"), ""), UNKNOWN);
    let arch = |packager: &str, validation: &str| {
        let mut package = Package::new("alpm", "x", "1-1");
        package.supplier = Some(packager.into());
        verdict_on("arch", with(package, &[("validation", validation)]), "")
    };
    assert_eq!(arch("Levente Polyak <anthraxx@archlinux.org>", "pgp"), OWN);
    assert_eq!(arch("Levente Polyak <anthraxx@archlinux.org>", "none"), UNKNOWN);
    assert_eq!(arch("Unknown Packager", "none"), UNKNOWN);
}

/// The verdict on one package of which something is known from outside.
fn with_facts(package: Package, facts: PackageFacts, policy: &str) -> String {
    let mut inventory = inventory("rhel fedora", vec![package]);
    let facts = Facts::from([(PackageId(0), facts)]);
    let (told, findings) = verdicts(&mut inventory, policy, &facts);
    told.into_iter().chain(findings.iter().map(|it| format!(" !{}", it.rule))).collect()
}

#[test]
fn signatures() {
    let key = "567e347ad0044ade55ba8a5f199e2f91fd431d51".to_owned();
    let of = |vendor: &str, signature: SignatureFact, policy: &str| {
        let facts = PackageFacts { signature: Some(signature), listing: None };
        with_facts(rpm("1-1", vendor), facts, policy)
    };
    let trusted = |owner: &str| SignatureFact::Trusted { key: key.clone(), owner: owner.into() };
    let in_image = |owner: &str| SignatureFact::InImage { key: key.clone(), owner: owner.into() };
    let vendor = "vendor high verified-signature";
    assert_eq!(
        of("Red Hat, Inc.", trusted("Red Hat, Inc. (release key 2) <security@redhat.com>"), ""),
        vendor
    );
    assert_eq!(of("", trusted("Test Vendor"), ""), vendor);
    assert_eq!(
        of("Docker", trusted("Docker Release (CE rpm) <docker@docker.com>"), ""),
        "upstream high verified-signature"
    );
    let policy = format!("[in-house]\nsigners = ['{key}']");
    assert_eq!(of("Acme", in_image("Acme"), &policy), "in-house high verified-signature");
    assert_eq!(
        of("Red Hat, Inc.", in_image("Red Hat, Inc. (release key 2)"), ""),
        "vendor medium verified-signature"
    );
    // The image's own key says nothing by itself.
    assert_eq!(of("Acme", in_image("Acme"), ""), UNKNOWN);
    assert_eq!(of("Red Hat, Inc.", SignatureFact::UnknownKey { key: "01".into() }, ""), OWN);
    let bad = SignatureFact::Bad { reason: "digest differs".into() };
    assert_eq!(of("Red Hat, Inc.", bad, ""), "unknown high signature-invalid !signature-invalid");
}

#[test]
fn indexes() {
    let of = |vendor: &str, publisher: &str, outcome: Listing| {
        let listing = ListingFact {
            index: "base".into(),
            publisher: publisher.into(),
            tier: IndexTier::Signed,
            outcome,
            other_versions: Vec::new(),
        };
        with_facts(rpm("1-1", vendor), PackageFacts { signature: None, listing: Some(listing) }, "")
    };
    assert_eq!(of("Red Hat, Inc.", "", Listing::Listed), "vendor high listed-in-index");
    assert_eq!(of("", "Red Hat", Listing::Listed), "vendor high listed-in-index");
    assert_eq!(of("", "Widgets", Listing::Listed), "upstream high listed-in-index");
    assert_eq!(of("Red Hat, Inc.", "", Listing::OtherDigest), "unknown high index-mismatch !index-mismatch");
}

#[test]
fn python_packages_by_what_pip_records() {
    let of = |properties: &[(&str, &str)], policy: &str| {
        let mut package = with(Package::new("pypi", "acme-app", "1"), properties);
        if policy.is_empty() && properties.is_empty() {
            "idna".clone_into(&mut package.name);
        }
        verdict_on("debian", package, policy)
    };
    let directory = [("direct-url", "file:///src"), ("installed-from-directory", "/src")];
    let vcs = [("direct-url", "https://git.acme.example/x.git"), ("vcs", "git")];
    let wheel = [("direct-url", "file:///tmp/acme_app-1-py3-none-any.whl")];
    assert_eq!(of(&[], ""), "upstream low source-not-recorded");
    assert_eq!(of(&directory, ""), "in-house medium installed-from-directory");
    assert_eq!(of(&vcs, ""), "upstream low recorded-repository-of-others");
    assert_eq!(of(&vcs, "[in-house]\nvcs-hosts = ['git.acme.example']"), "in-house high policy-vcs-host");
    assert_eq!(
        of(&vcs, "[in-house]\nvcs-hosts = ['git.other.example']"),
        "upstream medium recorded-repository-of-others"
    );
    assert_eq!(of(&wheel, ""), "upstream low local-archive");
    // From an index of the team's, which leaves no record.
    let names = "[in-house]\npypi = ['acme-']";
    assert_eq!(of(&[("installer", "pip")], names), "in-house high policy-namespace");
    assert_eq!(of(&wheel, names), "in-house high policy-namespace");
}

#[test]
fn node_packages_by_what_npm_records() {
    let on = |package| verdict_on("debian", package, "");
    let public = [("resolved", "https://registry.example/ms/-/ms-2.1.3.tgz")];
    assert_eq!(on(npm("", "ms", &[])), "upstream low source-not-recorded");
    assert_eq!(on(npm("", "ms", &public)), "upstream medium recorded-registry");
    let known = "[registries]\npublic = ['registry.example']";
    assert_eq!(verdict_on("", npm("", "ms", &public), known), "upstream high recorded-registry");
    let link = [("link", "true"), ("installed-from-directory", "packages/util")];
    assert_eq!(on(npm("@acme", "util", &link)), "in-house medium installed-from-directory");
    assert_eq!(
        on(npm("@acme", "util", &[("resolved", "file:../util-1.tgz"), ("alias", "tgz")])),
        "in-house low local-archive"
    );
    assert_eq!(on(npm("", "shop", &[("private", "true")])), "in-house medium private-package");
    let mut unlicensed = npm("", "shop", &[]);
    unlicensed.licenses.push(License::declared("UNLICENSED"));
    assert_eq!(on(unlicensed), "in-house low private-package");
    // What a registry served was published, whatever it says.
    let published = npm("", "x", &[("private", "true"), public[0]]);
    assert_eq!(on(published), "upstream medium recorded-registry");
    let mirror = "[in-house]\nregistries = ['registry.example']";
    assert_eq!(verdict_on("", npm("", "ms", &public), mirror), "upstream low policy-registry");
}

#[test]
fn names_of_the_team_from_registries_of_others_are_found() {
    let from = |host: &str, policy: &str| {
        let url = format!("https://{host}/@acme/util/-/util-1.tgz");
        verdict_on(
            "",
            npm("@acme", "util", &[("resolved", &url)]),
            &format!("[in-house]\nnpm = ['@acme']\n{policy}"),
        )
    };
    let own = "registries = ['packages.acme.example']";
    let confused = "unknown medium dependency-confusion !dependency-confusion";
    assert_eq!(from("packages.acme.example", own), "in-house high policy-namespace");
    assert_eq!(from("registry.example", own), confused);
    assert_eq!(from("registry.example", "[registries]\npublic = ['registry.example']"), confused);
    // A policy that says nothing of registries accuses none.
    assert_eq!(from("registry.example", ""), "in-house medium policy-namespace");
    let crate_ = |policy: &str| verdict_on("", crate_("acme-core", "registry-name.example", false), policy);
    let names = "[in-house]\ncargo = ['acme-']";
    assert_eq!(crate_(&format!("{names}\nregistries = ['crates.acme.example']")), confused);
    assert_eq!(crate_(names), "in-house medium policy-namespace");
}

#[test]
fn programs_of_rust() {
    let program = || {
        vec![
            crate_("acme-app", "local", true),
            crate_("acme-core", "local", false),
            crate_("acme-git", "git", false),
            crate_("itoa", "registry-name.example", false),
        ]
    };
    let told = |policy: &str| verdicts(&mut inventory("debian", program()), policy, &Facts::new()).0;
    let rest = ["upstream low recorded-repository-of-others", "upstream high recorded-registry"];
    // `cargo install` of a published program looks just like this: never in-house by itself.
    let bare = told("");
    assert_eq!(bare[..2], ["unknown medium application-without-namespace", "unknown low built-with-main"]);
    assert_eq!(bare[2..], rest);
    let named = told("[in-house]\ncargo = ['acme-app', 'acme-core']");
    assert_eq!(named[..2], ["in-house high policy-namespace", "in-house high policy-namespace"]);
    // The parts of the same source tree follow.
    assert_eq!(told("[in-house]\ncargo = ['acme-app']")[1], "in-house low built-with-main");
}

#[test]
fn programs_of_go() {
    let main = [("main-module", "true")];
    let on = |package, policy| verdict_on("", package, policy);
    let fetched = [("main-module", "true"), ("h1", "h1:abc=")];
    assert_eq!(
        on(module("forge.example/acme/shop", &main), ""),
        "unknown medium application-without-namespace"
    );
    assert_eq!(on(module("forge.example/acme/shop", &fetched), ""), "upstream medium fetched-main-module");
    assert_eq!(on(module("git.acme.internal/svc", &main), ""), "in-house medium private-module-host");
    let dirty = [("main-module", "true"), ("vcs-modified", "true"), ("vcs-revision", "01")];
    assert_eq!(
        on(module("git.acme.internal/svc", &dirty), ""),
        "in-house medium private-module-host !modified-checkout"
    );
    assert_eq!(
        on(module("command-line-arguments", &[("main-module", "true"), ("no-module", "true")]), ""),
        "in-house low built-from-files"
    );
    assert_eq!(on(module("github.com/someone/tool", &main), ""), "upstream low public-forge");
    assert_eq!(
        on(module("github.com/someone/tool", &dirty), ""),
        "unknown medium application-without-namespace !modified-checkout"
    );
    assert_eq!(
        on(module("github.com/acme/tool", &main), "[in-house]\nvcs-hosts = ['github.com/acme']"),
        "in-house high policy-vcs-host"
    );
    assert_eq!(
        on(module("github.com/pkg/errors", &[("h1", "h1:x=")]), ""),
        "upstream medium module-checksum"
    );
    let named = "[in-house]\ngolang = ['github.com/acme']";
    assert_eq!(
        on(module("github.com/acme/lib", &[("h1", "h1:x=")]), named),
        "in-house high policy-namespace"
    );
    assert_eq!(on(module("github.com/acme/tool", &fetched), named), "in-house high policy-namespace");
    assert_eq!(on(module("stdlib", &[]), ""), "upstream medium standard-library");
    // A module that a directory of the build replaced follows its program.
    let replaced = module("github.com/pkg/errors", &[("replaced-by", "../errors")]);
    let mut whole = inventory("", vec![module("git.acme.internal/svc", &main), replaced]);
    assert_eq!(verdicts(&mut whole, "", &Facts::new()).0[1], "in-house low built-with-main");
}

#[test]
fn java_applications_need_a_named_group() {
    let mut boot = Package::new("maven", "web", "1");
    boot.namespace = Some("com.acme.shop".into());
    boot.kind = PackageKind::Application;
    assert_eq!(verdict_on("", boot.clone(), ""), "unknown medium application-without-namespace");
    assert_eq!(verdict_on("", boot, "[in-house]\nmaven = ['com.acme']"), "in-house high policy-namespace");
}

#[test]
fn what_a_package_ships_follows_it() {
    let docker = deb("5:27.0.3-1", "Docker <support@docker.com>");
    let mut program = module("git.acme.internal/cli", &[("main-module", "true"), ("vcs-modified", "true")]);
    program.shipped_by = Some(PackageId(0));
    let mut library = with(Package::new("pypi", "requests", "2"), &[("installed-from-directory", "/build")]);
    library.shipped_by = Some(PackageId(1));
    let packages = vec![docker, deb("2-1", "Debian"), program, library];
    let (told, findings) = verdicts(&mut inventory("debian", packages), "", &Facts::new());
    assert_eq!(told[2..], ["upstream medium shipped-by-os-package", "vendor medium shipped-by-os-package"]);
    assert_eq!(findings, []);
}

#[test]
fn all_that_speaks_is_kept_and_contradictions_are_told() {
    // The policy's prefix is too wide: the distribution ships a package of that name.
    let mut shipped = Package::new("pypi", "acme-core", "1");
    shipped.shipped_by = Some(PackageId(0));
    let mut inventory = inventory("debian", vec![deb("1-1", "Debian"), shipped]);
    let (told, findings) = verdicts(&mut inventory, "[in-house]\npypi = ['acme-']", &Facts::new());
    assert_eq!(told[1], "in-house high policy-namespace");
    let reasons = &inventory.packages[1].origin.as_ref().unwrap().reasons;
    let rules: Vec<_> = reasons.iter().map(|it| it.rule.as_str()).collect();
    assert_eq!(rules, ["policy-namespace", "shipped-by-os-package"]);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!(
        (finding.rule.as_str(), finding.severity),
        ("contradicting-evidence", FindingSeverity::Medium)
    );
    assert_eq!(finding.key(&inventory), "contradicting-evidence:pypi/acme-core@1");
}

fn file(path: &str, owner: Option<PackageId>) -> File {
    File { size: 1, mode: 0o755, owner, ..File::new(path, FileKind::Executable) }
}

#[test]
fn files_follow_their_packages_else_are_unknown() {
    let mut inventory = inventory("debian", vec![deb("5-1", "Debian")]);
    let digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let mut released = file("tmp/y", None);
    released.digests = vec![digest.parse().unwrap()];
    inventory.files =
        vec![file("bin/bash", Some(PackageId(0))), file("app/x", None), file("tmp/x", None), released];
    let policy = format!("[in-house]\npaths = ['/app']\ndigests = ['{digest}']");
    verdicts(&mut inventory, &policy, &Facts::new());
    let origins: Vec<_> = inventory.files.iter().map(|f| f.origin.as_ref().unwrap().origin).collect();
    assert_eq!(origins, [Origin::Vendor, Origin::InHouse, Origin::Unknown, Origin::InHouse]);
}

#[test]
fn allowances_are_reported_and_end_with_their_day() {
    let text = "[[allow-unknown]]\npath = '/opt/**'\nreason = 'asked'\nexpires = 2026-06-30\n\
                [[allow-unknown]]\npackage = 'deb:x'\nreason = 'asked'\nexpires = 2026-12-31";
    let told = |today: &str| {
        let mut plain = Package::new("deb", "x", "1.0");
        plain.supplier = Some("Acme <ops@acme.example>".into());
        let mut inventory = inventory("debian", vec![plain]);
        inventory.files = vec![file("opt/x", None), file("tmp/x", None)];
        let mut policy = Policy::parse("p", text, KNOWN).unwrap();
        if let Some(today) = crate::policy::day(today) {
            policy = policy.as_of(today);
        }
        let findings = classify(&mut inventory, &policy, &BTreeSet::from(["deb"]), &Facts::new());
        let reasons = |verdict: &Option<Verdict>| verdict.as_ref().unwrap().reasons.len();
        assert!(inventory.files.iter().all(|it| it.origin.as_ref().unwrap().origin == Origin::Unknown));
        let files: Vec<_> = inventory.files.iter().map(|it| reasons(&it.origin)).collect();
        (findings.iter().map(Finding::id).collect::<Vec<_>>(), files, reasons(&inventory.packages[0].origin))
    };
    let package = "allowed-unknown:package-0".to_owned();
    let both = vec![package.clone(), "allowed-unknown:/opt/x".into()];
    assert_eq!(told("2026-06-30"), (both, vec![2, 1], 2));
    let expired = "allowance-expired:image".to_owned();
    assert_eq!(told("2026-07-01"), (vec![expired.clone(), package], vec![1, 1], 2));
    // Nothing says what day it is.
    assert_eq!(told(""), (vec![expired], vec![1, 1], 1));
}

#[test]
fn rule_ids_are_unique_kebab_case_and_described() {
    let ids: BTreeSet<_> = rules().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), rules().count());
    for (id, about) in rules() {
        assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{id}");
        assert!(about.len() > 20, "{id}");
    }
}

/// Nine packages that an index lists and one that it does not.
#[test]
fn an_index_speaks_against_what_it_does_not_list_only_where_it_lists_the_rest() {
    let told = |listed: usize, maintainer: &str, versions: &[&str]| {
        let debian = "Someone <someone@debian.org>";
        let mut packages = vec![deb("5-1", debian); listed];
        packages.push(deb("6-1", maintainer));
        let mut inventory = inventory("debian", packages);
        let fact = |outcome, versions: &[&str]| PackageFacts {
            signature: None,
            listing: Some(ListingFact {
                index: "Packages".into(),
                publisher: String::new(),
                tier: IndexTier::Given,
                outcome,
                other_versions: versions.iter().map(|&it| it.to_owned()).collect(),
            }),
        };
        let mut facts: Facts =
            (0..).map(PackageId).map(|id| (id, fact(Listing::Listed, &[]))).take(listed).collect();
        facts.insert(PackageId(u32::try_from(listed).unwrap()), fact(Listing::NotListed, versions));
        let (told, findings) = verdicts(&mut inventory, "", &facts);
        let rules: Vec<_> = findings.into_iter().map(|it| format!(" !{}", it.rule)).collect();
        format!("{}{}", told[listed], rules.concat())
    };
    let debian = "Someone <someone@debian.org>";
    // Who copies the vendor's name is not in its index.
    assert_eq!(told(9, debian, &[]), "unknown medium not-in-index !not-in-index");
    assert_eq!(told(8, debian, &[]), "vendor medium os-package-database");
    // It may be an update of a suite whose index was not given.
    assert_eq!(told(9, debian, &["5-1"]), "vendor medium os-package-database !other-version-in-index");
    // A third party's is not expected there, nor counted.
    assert_eq!(told(9, "Docker <support@docker.com>", &[]), "upstream medium third-party-publisher");
}

/// Debian's base files under the name of a distribution that nobody knows.
#[test]
fn packages_speak_for_a_distribution_that_nobody_knows() {
    let told = |distribution: &str, base: &str, package: Package| {
        let mut base = Package { name: "base-files".into(), ..deb(base, "Someone <someone@debian.org>") };
        base.ecosystem = "deb".into();
        let mut inventory = inventory(distribution, vec![base, package]);
        let (told, findings) = verdicts(&mut inventory, "", &Facts::new());
        let rules: Vec<_> = findings.into_iter().map(|it| it.rule).collect();
        format!("{} {}", told[1], rules.join(" ")).trim_end().to_owned()
    };
    let own = || deb("5-1+deb12u2", "Someone <someone@debian.org>");
    for unknown in ["Linux", "linux", "acmeos", "acmeos acme"] {
        assert_eq!(told(unknown, "12.4+deb12u5", own()), "vendor low os-package-database", "{unknown}");
        // Third parties stay what they are.
        let docker = deb("5:24.0.7-1~debian.12~bookworm", "Docker <support@docker.com>");
        assert_eq!(
            told(unknown, "12.4+deb12u5", docker),
            "upstream medium third-party-publisher",
            "{unknown}"
        );
        let foreign = deb("1.2-3ubuntu1", "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>");
        assert_eq!(
            told(unknown, "12.4+deb12u5", foreign),
            "unknown medium foreign-distribution foreign-distribution",
            "{unknown}"
        );
        // A derivative of Ubuntu, as its base files say.
        let ubuntu = deb("1.2-3ubuntu1", "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>");
        assert_eq!(told(unknown, "12ubuntu4.6", ubuntu), "vendor low os-package-database", "{unknown}");
    }
    assert_eq!(told("acmeos debian", "12.4+deb12u5", own()), "vendor medium os-package-database");
    // A name that nobody knows, and packages that do not help.
    assert_eq!(verdict_on("acmeos", deb("5-1", "Someone"), ""), "unknown medium unknown-packager");
    assert_eq!(verdict_on("Linux", deb("5-1", "Someone"), ""), "vendor low os-package-database");
}

#[test]
fn the_release_package_speaks_for_a_distribution_of_rpm_that_nobody_knows() {
    let release = Package { name: "redhat-release".into(), ..rpm("9.4-0.5.el9", "Red Hat, Inc.") };
    let told = |package: Package| {
        let mut inventory = inventory("acmeos", vec![release.clone(), package]);
        verdicts(&mut inventory, "", &Facts::new()).0[1].clone()
    };
    assert_eq!(told(rpm("5.1.8-9.el9", "Red Hat, Inc.")), "vendor low os-package-database");
    assert_eq!(told(rpm("5.1.8-9.el9", "Example Shop Ltd")), "unknown medium unknown-packager");
    assert_eq!(told(rpm("5.1.8-9.fc40", "Red Hat, Inc.")), "unknown medium foreign-distribution");
}

#[test]
fn a_recorded_repository_tells_third_parties_apart() {
    let on = |distribution: &str, vendor: &str, repository: &str| {
        verdict_on(distribution, with(rpm("1-1.el9", vendor), &[("repository", repository)]), "")
    };
    assert_eq!(on("rhel", "Red Hat, Inc.", "ubi-9-baseos-rpms"), "vendor medium os-package-database");
    // A repository of the distribution supports, but does not make, a vendor.
    assert_eq!(on("rhel", "Example", "ubi-9-baseos-rpms"), "unknown medium unknown-packager");
    assert_eq!(on("rhel", "Fedora Project", "epel"), "upstream medium recorded-repository");
    assert_eq!(on("rhel", "Example", "@commandline"), "unknown medium unknown-packager");
    let own = with(rpm("1-1.el9", "Example"), &[("repository", "https://rpm.acme.example/el9")]);
    let policy = "[in-house]\nregistries = ['rpm.acme.example']";
    assert_eq!(verdict_on("rhel", own, policy), "in-house high recorded-repository");
}
