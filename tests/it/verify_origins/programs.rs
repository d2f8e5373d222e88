//! Packages of npm, and programs of Go and Rust that carry their modules.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use bomwright_tests::{Image, Layer};

use super::{file, findings, has, origins, run, says, state, verify};
use crate::command::scan;
use crate::workspace::root;

fn shop() -> Vec<u8> {
    let lock = r#"{"name": "shop", "lockfileVersion": 3, "requires": true, "packages": {
        "node_modules/ms": {"version": "2.1.3", "resolved": "https://registry.example/ms/-/ms-2.1.3.tgz"},
        "node_modules/depd": {"version": "2.0.0"},
        "node_modules/@acme/util": {"resolved": "packages/util", "link": true},
        "node_modules/@acme/tgz": {"name": "@acme/packed", "version": "1.0.0", "resolved": "file:packed.tgz"},
        "packages/util": {"name": "@acme/util", "version": "1.0.0"}}}"#;
    let manifest = |name: &str, version: &str| format!(r#"{{"name": "{name}", "version": "{version}"}}"#);
    Layer::new()
        .file("srv/shop/package.json", r#"{"name": "shop", "version": "1.0.0", "private": true}"#)
        .file("srv/shop/node_modules/.package-lock.json", lock)
        .file("srv/shop/node_modules/ms/package.json", manifest("ms", "2.1.3"))
        .file("srv/shop/node_modules/ms/index.js", "module.exports = 1\n")
        .file("srv/shop/node_modules/depd/package.json", manifest("depd", "2.0.0"))
        .file("srv/shop/node_modules/@acme/tgz/package.json", manifest("@acme/packed", "1.0.0"))
        .file("srv/shop/node_modules/@acme/tgz/index.js", "module.exports = 2\n")
        .symlink("srv/shop/node_modules/@acme/util", "../../packages/util")
        .file("srv/shop/packages/util/package.json", manifest("@acme/util", "1.0.0"))
        .file("srv/shop/packages/util/index.js", "module.exports = 3\n")
        .tar()
}

#[test]
fn npm_packages_come_from_where_the_lock_file_says() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    Image::new([shop()]).docker_archive(&folder.join("shop.tar")).unwrap();
    let inventory = scan(folder, "shop.tar");
    let found = origins(&inventory, "npm");
    let is = |name: &str, words| assert_eq!(found.get(name), Some(&says(words)), "{name}: {found:?}");
    // Whether that registry is one where anybody may publish, only the policy says.
    is("ms", ["upstream", "medium", "recorded-registry"]);
    is("depd", ["upstream", "low", "source-not-recorded"]);
    is("@acme/util", ["in-house", "medium", "installed-from-directory"]);
    is("@acme/packed", ["in-house", "low", "local-archive"]);
    is("shop", ["in-house", "medium", "private-package"]);
    assert_eq!(found.len(), 5, "{found:?}");
    // The name in the manifest counts, and the directory is recorded as it is.
    let packages = inventory["packages"].as_array().unwrap();
    let packed = packages.iter().find(|it| it["name"] == "packed").unwrap();
    assert_eq!(packed["location"], "srv/shop/node_modules/@acme/tgz");

    let account = verify(folder, "shop.tar", &[]);
    for (path, origin) in [
        ("node_modules/ms", "upstream"),
        ("node_modules/@acme/tgz", "in-house"),
        ("packages/util", "in-house"),
    ] {
        // No digest of any file is recorded: nothing is more than a claim.
        let [of, _, tier] = state(&account, &format!("srv/shop/{path}/index.js"));
        assert_eq!([of, tier], [origin, "V0"], "{path}");
    }
    assert_eq!(state(&account, "srv/shop/node_modules/@acme/util")[0], "in-house");

    let policy = "[in-house]\nnpm = ['@acme', 'ms']\n[registries]\npublic = ['registry.example']\n";
    fs::write(folder.join("bomwright.toml"), policy).unwrap();
    let found = origins(&scan(folder, "shop.tar"), "npm");
    for name in ["@acme/util", "@acme/packed"] {
        assert_eq!(found[name][..2], ["in-house", "high"], "{name}");
    }
    // A name of the team's that a public registry has is no proof, it is a finding.
    let account = verify(folder, "shop.tar", &[]);
    let all: BTreeSet<String> = findings(&account).into_values().flatten().collect();
    assert!(all.contains("dependency-confusion high"), "{all:?}");
}

#[test]
fn programs_are_in_house_only_where_the_policy_or_their_host_says_so() {
    let fixtures = root().join("crates/bomwright-ecosystems/testdata");
    let read = |path: &str| fs::read(fixtures.join(path)).unwrap();
    let go = read("golang/good/root/usr/bin/app-new");
    let dirty = read("golang/good/root/usr/bin/app-mips");
    // The same program of a module on a host of a private network: another name of the same length.
    let (public, private) = (b"example.com/fixture/app", b"git.acme.internal/x/app");
    let mut internal = go.clone();
    let at: Vec<_> =
        go.windows(public.len()).enumerate().filter(|(_, it)| it == public).map(|(at, _)| at).collect();
    assert!(!at.is_empty(), "the fixture names its module");
    for at in at {
        internal[at..at + public.len()].copy_from_slice(private);
    }
    let layer = Layer::new()
        .program("app/svc", &go)
        .program("app/dirty", dirty)
        .program("app/internal", internal)
        .program("app/rusty", read("cargo/good/root/usr/bin/audited"))
        .tar();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    Image::new([layer]).docker_archive(&folder.join("app.tar")).unwrap();

    let account = verify(folder, "app.tar", &[]);
    for path in ["app/svc", "app/dirty", "app/rusty"] {
        // "Local" is what cargo install and a build of a checkout record as well.
        assert_eq!(state(&account, path)[..2], ["unknown", "added"], "{path}");
    }
    let internal = file(&account, "app/internal");
    assert_eq!([&internal["origin"], &internal["confidence"]], ["in-house", "medium"], "{internal}");
    let dirty: Vec<_> =
        findings(&account).into_iter().filter(|(_, it)| it.contains("modified-checkout low")).collect();
    assert!(matches!(&dirty[..], [(subject, _)] if subject.contains("+dirty")), "{dirty:?}");
    let crates = origins(&scan(folder, "app.tar"), "cargo");
    assert_eq!(crates["log"][..2], ["upstream", "high"]);
    assert_eq!(crates["audited"][0], "unknown");

    fs::write(
        folder.join("bomwright.toml"),
        "[in-house]\ngolang = ['example.com/fixture']\ncargo = ['audited']\n",
    )
    .unwrap();
    let account = verify(folder, "app.tar", &[]);
    for path in ["app/svc", "app/rusty"] {
        let file = file(&account, path);
        assert_eq!([&file["origin"], &file["confidence"]], ["in-house", "high"], "{path}");
    }
    assert_eq!(origins(&scan(folder, "app.tar"), "cargo")["log"][..2], ["upstream", "high"]);
}

/// I8, built here: a program of C without symbols, and one that Go was given as a file, so that it names no module.
#[test]
fn programs_that_say_nothing_of_themselves_are_nobody_s() {
    if !has(&["gcc", "strip", "go"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("tool.c"), "int main(void) { return 0; }\n").unwrap();
    run(Command::new("gcc").current_dir(folder).args(["-o", "tool", "tool.c"]));
    run(Command::new("strip").current_dir(folder).arg("tool"));
    fs::write(folder.join("tool.go"), "package main\n\nfunc main() {}\n").unwrap();
    let mut go = Command::new("go");
    go.current_dir(folder).env("GOCACHE", folder.join("cache")).env("GOFLAGS", "").env("CGO_ENABLED", "0");
    run(go.args(["build", "-o", "service", "tool.go"]));
    let said = run(Command::new("go").args(["version", "-m"]).arg(folder.join("service"))).stdout;
    assert!(String::from_utf8_lossy(&said).contains("path\tcommand-line-arguments"));

    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let layer = Layer::new().program("opt/tool", read("tool")).program("opt/service", read("service")).tar();
    Image::new([layer]).docker_archive(&folder.join("app.tar")).unwrap();
    let account = verify(folder, "app.tar", &[]);
    let found = findings(&account);
    assert_eq!(state(&account, "opt/tool"), ["unknown", "added", "V0"]);
    assert!(found["/opt/tool"].contains("unowned-executable medium"), "{found:?}");
    // A checkout somewhere: a hint that somebody here wrote it, and no more.
    let service = file(&account, "opt/service");
    assert_eq!([&service["origin"], &service["confidence"]], ["in-house", "low"], "{service}");
}
