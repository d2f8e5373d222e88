//! Images that hide what they hold, as section 3 of the reference on origins lists the tricks: each has its own finding.
//!
//! The tricks are those of "Malicious Compliance" (a talk of 2023) and of the container obfuscation benchmark, made
//! again on a real Debian and on small npm and PyPI packages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::Path;

use bomwright_tests::{Compression, Image, Layer};
use serde_json::Value;

use crate::account::{content, corpus, file, layers, rules, verify};
use crate::command::{bomwright, json};

/// The packages of the small Debian: shell, tools, TLS and what they stand on.
const SMALL: &[&str] = &[
    "base-files",
    "bash",
    "ca-certificates",
    "coreutils",
    "libacl1",
    "libattr1",
    "libc6",
    "libselinux1",
    "libssl3",
    "libtinfo6",
    "openssl",
];
const SITE: &str = "usr/local/lib/python3.11/site-packages";
const BUNDLE: &str = "etc/ssl/certs/ca-certificates.crt";
/// A day on which Debian 12 is supported, so that no finding depends on today.
const NOW: &[&str] = &["--now", "2026-11-25"];

fn base() -> Option<Vec<u8>> {
    let mut layers = layers(&corpus("debian")?);
    assert_eq!(layers.len(), 1, "the corpus image is one layer");
    layers.pop()
}

fn text(layer: &[u8], path: &str) -> String {
    String::from_utf8(content(layer, path)).unwrap()
}

/// The value of a field of a stanza that is on one line.
fn field<'a>(stanza: &'a str, name: &str) -> Option<&'a str> {
    stanza.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// The files of some packages of a Debian, and the records of these.
fn small_debian(base: &[u8]) -> Vec<u8> {
    let status = text(base, "var/lib/dpkg/status");
    let stanzas: Vec<&str> = status
        .split_inclusive("\n\n")
        .filter(|stanza| field(stanza, "Package").is_some_and(|name| SMALL.contains(&name)))
        .collect();
    assert_eq!(stanzas.len(), SMALL.len());
    let info = |path: &str| {
        let name = path.strip_prefix("var/lib/dpkg/info/").and_then(|it| it.rsplit_once('.'));
        name.is_some_and(|(name, _)| SMALL.contains(&name.split(':').next().unwrap()))
    };
    let mut listed = BTreeSet::new();
    let mut tar = tar::Archive::new(base);
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().display().to_string();
        let is_list = path.rsplit_once('.').is_some_and(|(_, ending)| ending == "list");
        if is_list && info(path.trim_start_matches("./")) {
            let mut list = String::new();
            entry.read_to_string(&mut list).unwrap();
            for path in list.lines().map(|path| path.trim_start_matches('/').to_owned()) {
                // Debian 12 has /bin, /lib and /sbin as links to those below /usr, where the files lie.
                listed.insert(format!("usr/{path}"));
                listed.insert(path);
            }
        }
    }
    let more = ["bin", "lib", "lib64", "sbin", "etc/ca-certificates.conf", BUNDLE];
    Layer::new()
        .entries_of(base, |path| listed.contains(path) || more.contains(&path) || info(path))
        .unwrap()
        .file("var/lib/dpkg/status", stanzas.concat())
        .tar()
}

/// A Node.js application with one package, and a Python package.
fn applications() -> Layer {
    let lock = r#"{"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {
        "": {"name": "shop", "version": "1.0.0", "dependencies": {"ms": "2.1.3"}},
        "node_modules/ms": {"version": "2.1.3", "resolved": "https://registry.example/ms/-/ms-2.1.3.tgz",
        "integrity": "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="}}}"#;
    let record = "idna/__init__.py,,\nidna/core.py,,\nidna-3.7.dist-info/METADATA,,\n\
        idna-3.7.dist-info/INSTALLER,,\nidna-3.7.dist-info/RECORD,,\n";
    Layer::new()
        .file("app/package.json", r#"{"name": "shop", "version": "1.0.0", "dependencies": {"ms": "2.1.3"}}"#)
        .file("app/package-lock.json", lock)
        .file("app/node_modules/ms/package.json", r#"{"name": "ms", "version": "2.1.3", "license": "MIT"}"#)
        .file("app/node_modules/ms/index.js", "module.exports = 1;\n")
        .file(&format!("{SITE}/idna/__init__.py"), "from .core import encode\n")
        .file(&format!("{SITE}/idna/core.py"), "def encode(name):\n    return name\n")
        .file(
            &format!("{SITE}/idna-3.7.dist-info/METADATA"),
            "Metadata-Version: 2.1\nName: idna\nVersion: 3.7\n",
        )
        .file(&format!("{SITE}/idna-3.7.dist-info/INSTALLER"), "pip\n")
        .file(&format!("{SITE}/idna-3.7.dist-info/RECORD"), record)
}

/// Writes the layers as an image into `folder`, verifies it, and gives exit code and account.
fn account_of(folder: &Path, layers: &[&[u8]]) -> (i32, Value) {
    let image = folder.join("image.tar");
    Image::new(layers.iter().map(|layer| layer.to_vec())).docker_archive(&image).unwrap();
    let (code, account) = verify(folder, "image.tar", NOW);
    fs::remove_file(image).unwrap();
    (code, account)
}

/// The rules of all findings.
fn all_rules(account: &Value) -> BTreeSet<String> {
    let findings = account["findings"].as_array().unwrap().iter();
    findings.map(|it| it["rule"].as_str().unwrap().to_owned()).collect()
}

fn explained(account: &Value, what: &str) -> f64 {
    account["summary"]["explainedPercent"][what].as_f64().unwrap()
}

/// What `FROM scratch` and `COPY --from=builder / .` make of the layers: one layer with what is left of them.
fn flattened(layers: &[&[u8]]) -> Vec<u8> {
    let mut hidden: Vec<BTreeSet<String>> = Vec::new();
    let mut above = BTreeSet::new();
    for layer in layers.iter().rev() {
        hidden.push(above.clone());
        for entry in tar::Archive::new(*layer).entries().unwrap() {
            let entry = entry.unwrap();
            if entry.header().entry_type().is_dir() {
                continue;
            }
            let path = entry.path().unwrap().display().to_string();
            let path = path.trim_start_matches("./");
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
            above.insert(match name.strip_prefix(".wh.") {
                Some(name) => format!("{parent}/{name}"),
                None => path.to_owned(),
            });
        }
    }
    let mut merged = Layer::new();
    for (layer, hidden) in layers.iter().zip(hidden.iter().rev()) {
        let is_hidden = |path: &str| {
            let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
            ends.into_iter().any(|end| hidden.contains(&path[..end]))
        };
        let keep = |path: &str| !is_hidden(path) && !path.split('/').any(|name| name.starts_with(".wh."));
        merged = merged.entries_of(layer, keep).unwrap();
    }
    merged.tar()
}

const FAKE_RELEASE: &str = "NAME=\"Linux\"\nID=Linux\nPRETTY_NAME=\"Linux\"\n";
const LIBRARY: &str = "usr/lib/x86_64-linux-gnu/libperl.so.5.36.0";

/// Step 4: programs as an executable packer leaves them, and a library under another name.
fn packed(base: &[u8], library: Option<&str>) -> (Vec<u8>, usize) {
    let mut layer = Layer::new();
    let mut count = 0;
    for entry in tar::Archive::new(base).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().display().to_string();
        let path = path.trim_start_matches("./");
        let is_program = path.starts_with("usr/bin/") && entry.header().mode().unwrap() & 0o111 != 0;
        // Perl has a second name by a hard link, which goes on leading to the old bytes.
        if !entry.header().entry_type().is_file() || !is_program || path.starts_with("usr/bin/perl") {
            continue;
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if bytes.starts_with(b"\x7fELF") {
            // UPX writes its `l_info` with this magic right behind the two program headers of its stub.
            bytes.truncate(2000);
            bytes[180..184].copy_from_slice(b"UPX!");
            layer = layer.program(path, &bytes);
            count += 1;
        }
    }
    if let Some(library) = library {
        let (parent, name) = library.rsplit_once('/').unwrap();
        let moved = format!("{parent}/libq.so.1");
        layer = layer.file(&format!("{parent}/.wh.{name}"), "").file(&moved, content(base, library));
    }
    (layer.tar(), count)
}

/// I10. Each step keeps what the earlier ones did.
#[test]
fn malicious_compliance_explains_less_with_every_step_and_never_passes() {
    let Some(base) = base() else { return };
    let folder = tempfile::tempdir().unwrap();
    let release = Layer::new().file("usr/lib/os-release", FAKE_RELEASE).file("etc/.wh.debian_version", "");
    let database = Layer::new().file("var/lib/.wh.dpkg", "").file("var/lib/.wh.apt", "");
    let lock = content(&applications().tar(), "app/package-lock.json");
    let languages = Layer::new()
        .file("app/package-lock.json-orig", lock)
        .symlink("app/package-lock.json", "package-lock.json-orig")
        .file("app/node_modules/ms/.wh.package.json", "")
        .file(&format!("{SITE}/.wh.idna-3.7.dist-info"), "");
    let (programs, packed) = packed(&base, Some(LIBRARY));
    assert!(packed > 100, "only {packed} programs of /usr/bin were packed");
    let tops = [applications().tar(), release.tar(), database.tar(), languages.tar(), programs];
    let mut image: Vec<&[u8]> = vec![&base];
    let mut steps = Vec::new();
    for top in &tops {
        image.push(top);
        steps.push(account_of(folder.path(), &image));
    }
    let shell = Layer::new().program("usr/bin/bash", r"X5O!P%@AP[4\PZX54(P^)7CC)7}").tar();
    image.push(&shell);
    let one = flattened(&image);
    drop(image);
    steps.push(account_of(folder.path(), &[&one]));

    let shares: Vec<_> = steps
        .iter()
        .map(|(code, it)| (explained(it, "files"), explained(it, "executables"), *code))
        .collect();

    // What pip and npm installed is nothing to fail a build for.
    assert_eq!(steps[0].0, 0, "{}", steps[0].1["findings"]);
    assert!(steps[2..].iter().all(|(code, _)| *code == 1), "{shares:?}");
    for (before, after) in shares.iter().zip(&shares[1..]) {
        assert!(after.1 <= before.1, "more programs are explained than before: {shares:?}");
        // Of the files only some devices and links of every image are explained from step 1 on, a fraction of a percent
        // of a total that shrinks with the deleted records.
        assert!(after.0 <= before.0 + 0.5, "more files are explained than before: {shares:?}");
    }
    // The last step leaves no lower layer to read the database from.
    let last = shares[5];
    assert!(last.0 < 5.0 && last.1 < 5.0, "{shares:?}");

    let rules_of: Vec<BTreeSet<String>> = steps.iter().map(|(_, account)| all_rules(account)).collect();
    let expect = |step: usize, rule: &str| {
        assert!(rules_of[step].contains(rule), "step {step} lacks {rule}: {:?}", rules_of[step]);
    };
    for step in 1..=5 {
        expect(step, "distribution-conflicting");
    }
    for step in 2..=4 {
        // The database is read from the lower layer, so that each file still has an owner that can be compared
        // with; only the last step really takes it away.
        expect(step, "package-database-deleted");
    }
    for step in 3..=5 {
        for rule in
            ["manifest-behind-symlink", "node-package-without-manifest", "python-package-without-metadata"]
        {
            expect(step, rule);
        }
    }
    expect(4, "packed-executable");
    expect(5, "packed-executable");
    expect(5, "package-database-missing");
    assert!(rules_of[5].contains("nothing-explained") || rules_of[5].contains("low-coverage"));
    let fourth = &steps[4].1;
    assert!(rules(fourth, "/usr/bin/ls").contains("packed-executable"));
    assert!(rules(fourth, "/usr/bin/ls").contains("file-modified"));
    assert!(rules(fourth, &format!("/{LIBRARY}")).contains("file-missing"));
    assert!(rules(fourth, "/usr/lib/x86_64-linux-gnu/libq.so.1").contains("unowned-executable"));
    let count = |account: &Value, rule: &str| {
        account["findings"].as_array().unwrap().iter().filter(|it| it["rule"] == rule).count()
    };
    assert_eq!(count(fourth, "packed-executable"), packed);
    assert_eq!(count(&steps[5].1, "packed-executable"), packed - 1, "all but bash, which is no program now");
}

/// The same without the lie about the distribution, with which nobody can say any more whose packages they are: then
/// what each step takes away shows by itself.
#[test]
fn without_a_false_os_release_each_step_takes_away_what_it_hides() {
    let Some(base) = base() else { return };
    let small = small_debian(&base);
    let folder = tempfile::tempdir().unwrap();
    let applications = applications().tar();
    let database = Layer::new().file("var/lib/.wh.dpkg", "").tar();
    let (programs, packed) = packed(&small, None);
    assert!(packed > 50, "{packed}");
    let mut image: Vec<&[u8]> = vec![&small, &applications];
    let (_, clean) = account_of(folder.path(), &image);
    image.push(&database);
    let (code, deleted) = account_of(folder.path(), &image);
    assert_eq!(code, 1);
    image.push(&programs);
    let (code, hidden) = account_of(folder.path(), &image);
    assert_eq!(code, 1);
    let one = flattened(&image);
    let (code, flat) = account_of(folder.path(), &[&one]);
    assert_eq!(code, 1);

    let programs = |account: &Value, which: &str| account["summary"][which]["executables"].as_u64().unwrap();
    // The records are scripts too, and are gone; every other program is still compared with what dpkg recorded.
    let unexplained = |account: &Value| programs(account, "total") - programs(account, "explained");
    assert_eq!(unexplained(&clean), 0);
    assert_eq!(unexplained(&deleted), 0);
    assert_eq!(file(&deleted, "usr/bin/ls")["status"], "intact");
    assert_eq!(unexplained(&hidden), packed as u64, "those that were packed, and only they");
    assert!(explained(&flat, "executables") < 5.0, "{}", flat["summary"]);
    assert!(all_rules(&flat).contains("package-database-missing"));
}

/// A removal, the subject of the finding that it must give, and the finding's rule.
fn removals(small: &[u8]) -> Vec<(&'static str, Layer, String, &'static str)> {
    let mut bashrc = content(small, "etc/bash.bashrc");
    bashrc.extend_from_slice(b"alias openssl=/file.txt\n");
    let openssl = || content(small, "usr/bin/openssl");
    let lock = content(&applications().tar(), "app/package-lock.json");
    let manifest = content(&applications().tar(), "app/node_modules/ms/package.json");
    let renamed = || Layer::new().file("usr/bin/.wh.openssl", "").program("file.txt", openssl());
    vec![
        (
            "os",
            Layer::new().file("usr/lib/.wh.os-release", "").file("etc/.wh.os-release", ""),
            "image".into(),
            "os-release-missing",
        ),
        ("ospkg", Layer::new().file("var/lib/.wh.dpkg", ""), "image".into(), "package-database-deleted"),
        (
            "pkg",
            Layer::new().file(&format!("{SITE}/.wh.idna-3.7.dist-info"), ""),
            format!("/{SITE}/idna/__init__.py"),
            "python-package-without-metadata",
        ),
        (
            "dep",
            Layer::new().file("app/node_modules/ms/.wh.package.json", ""),
            "/app/node_modules/ms/index.js".into(),
            "node-package-without-manifest",
        ),
        ("alias", Layer::new().file("etc/bash.bashrc", bashrc), "/etc/bash.bashrc".into(), "shell-override"),
        (
            "link of a lock file",
            Layer::new().file("app/x", lock).symlink("app/package-lock.json", "x"),
            "/app/package-lock.json".into(),
            "manifest-behind-symlink",
        ),
        (
            "link of a manifest",
            Layer::new()
                .file("app/node_modules/ms/package.json-orig", manifest)
                .symlink("app/node_modules/ms/package.json", "package.json-orig"),
            "/app/node_modules/ms/package.json".into(),
            "manifest-behind-symlink",
        ),
        ("program moved away", renamed(), "/usr/bin/openssl".into(), "file-missing"),
        ("program under another name", renamed(), "/file.txt".into(), "unowned-executable"),
        (
            "program copied",
            Layer::new().program("file.txt", openssl()),
            "/file.txt".into(),
            "copied-executable",
        ),
        (
            "link in place of a program",
            renamed().symlink("usr/bin/openssl", "/file.txt"),
            "/usr/bin/openssl".into(),
            "file-modified",
        ),
        (
            "all but the digests",
            without_stanza(small),
            "/var/lib/dpkg/info/openssl.list".into(),
            "files-without-stanza",
        ),
    ]
}

/// The status file without the stanza of openssl.
fn without_stanza(small: &[u8]) -> Layer {
    let status = text(small, "var/lib/dpkg/status");
    let left = status.split_inclusive("\n\n").filter(|it| field(it, "Package") != Some("openssl"));
    Layer::new().file("var/lib/dpkg/status", left.collect::<String>())
}

/// I11.
#[test]
fn each_thing_that_is_taken_away_has_a_finding_of_its_own() {
    let Some(base) = base() else { return };
    let small = small_debian(&base);
    let folder = tempfile::tempdir().unwrap();
    let applications = applications().tar();
    let (code, clean) = account_of(folder.path(), &[&small, &applications]);
    assert_eq!(code, 0, "{}", clean["findings"]);
    let before = all_rules(&clean);
    let mut wrong = Vec::new();
    for (name, layer, subject, rule) in removals(&small) {
        let layer = layer.tar();
        let (code, account) = account_of(folder.path(), &[&small, &applications, &layer]);
        assert!(!before.contains(rule), "{rule} is found without {name} too");
        if !rules(&account, &subject).contains(rule) {
            wrong.push(format!("{name}: no {rule} about {subject}, but {}", account["findings"]));
        }
        if name == "os" || name == "ospkg" {
            assert_eq!(code, 1, "{name}");
            // A lower layer still has the database: coverage may fall by a hundredth, as the reference asks.
            let (was, is) = (explained(&clean, "files"), explained(&account, "files"));
            assert!(is >= was - 1.0, "{name}: {is} of {was} percent");
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// I11, the combinations: each two of six things that are taken away, all but one of them, and all.
#[test]
fn what_is_taken_away_together_is_found_one_by_one() {
    const INDEPENDENT: &[&str] = &["os", "ospkg", "pkg", "dep", "alias", "program under another name"];
    let Some(base) = base() else { return };
    let small = small_debian(&base);
    let applications = applications().tar();
    let removals: Vec<_> = removals(&small)
        .into_iter()
        .filter(|(name, ..)| INDEPENDENT.contains(name))
        .map(|(name, layer, subject, rule)| (name, layer.tar(), subject, rule))
        .collect();
    assert_eq!(removals.len(), INDEPENDENT.len());
    let all = (1_u32 << removals.len()) - 1;
    let wanted = |set: &u32| set.count_ones() == 2 || set.count_ones() as usize >= removals.len() - 1;
    let sets: Vec<u32> = (0..=all).filter(wanted).collect();
    assert_eq!(sets.len(), 22);
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for set in sets {
        let taken: Vec<_> =
            removals.iter().enumerate().filter(|(at, _)| set & 1 << at != 0).map(|(_, it)| it).collect();
        let mut layers: Vec<&[u8]> = vec![&small, &applications];
        layers.extend(taken.iter().map(|(_, layer, ..)| layer.as_slice()));
        let (_, account) = account_of(folder.path(), &layers);
        for (name, _, subject, rule) in &taken {
            if !rules(&account, subject).contains(*rule) {
                let names: Vec<_> = taken.iter().map(|(name, ..)| *name).collect();
                wrong.push(format!("{names:?}: no {rule} about {subject} for {name}"));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

const KEY: &str = "org.opencontainers.image.base.name";

/// The lines of the account that speak of bases.
fn bases(folder: &Path, source: &str, more: &[&str]) -> Vec<String> {
    let (_, account) = verify(folder, source, more);
    let lines = account["context"]["base"].as_array().map(Vec::as_slice).unwrap_or_default();
    lines.iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}

/// The digest of the one manifest of an OCI layout.
fn manifest_digest(layout: &Path) -> String {
    let index: Value = serde_json::from_slice(&fs::read(layout.join("index.json")).unwrap()).unwrap();
    index["manifests"][0]["digest"].as_str().unwrap().to_owned()
}

/// I14. Needs no corpus: what is in the layers does not matter.
#[test]
fn a_base_is_found_by_its_layers_by_annotations_and_weakly_by_labels() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, image: &Image, compression| {
        image.oci_dir(&folder.path().join(name), compression).unwrap();
    };
    let lower = Layer::new().file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n").tar();
    let upper = Layer::new().file("app/data", "ours").tar();
    let child = || Image::new([lower.clone(), upper.clone()]);
    let base = Image::new([lower.clone()]);
    // Stored in another way than the child's: only the diff ids are the same.
    write("base", &base, Compression::Gzip);
    write("other", &Image::new([upper.clone()]), Compression::Plain);
    let digest = manifest_digest(&folder.path().join("base"));
    let find = |image: &Image, more: &[&str]| {
        write("child", image, Compression::Zstd);
        let found = bases(folder.path(), "oci-dir:child", more);
        fs::remove_dir_all(folder.path().join("child")).unwrap();
        found
    };
    let known = ["--base", "oci-dir:base"];
    let only = |found: Vec<String>, words: &[&str]| {
        let [line] = found.as_slice() else { panic!("{found:?}") };
        assert!(words.iter().all(|word| line.contains(word)), "{line}");
    };

    only(find(&child(), &known), &["oci-dir:base", "layer-prefix, high"]);
    assert_eq!(find(&child(), &["--base", "oci-dir:other"]), [""; 0], "shares no layer at the bottom");
    let annotated = || child().annotation(KEY, "debian:12");
    only(find(&annotated(), &[]), &["debian:12", "annotation, medium"]);
    only(find(&child().label(KEY, "debian:12"), &[]), &["debian:12", "label, low"]);
    let squashed =
        Image::new([Layer::new().file("etc/os-release", "ID=debian\n").file("app/data", "ours").tar()]);
    assert_eq!(find(&squashed, &known), [""; 0]);

    // The surest first, and none is lost.
    let both = annotated().annotation("org.opencontainers.image.base.digest", &digest);
    let found = find(&both, &known);
    let [first, second] = found.as_slice() else { panic!("{found:?}") };
    assert!(first.contains("layer-prefix, high"), "{found:?}");
    assert!(second.contains("debian:12") && second.contains("annotation"), "{found:?}");

    // The base carries the same label: it names the base's own base.
    write("labelled", &Image::new([lower.clone()]).label(KEY, "debootstrap"), Compression::Plain);
    let found = find(&child().label(KEY, "debootstrap"), &["--base", "oci-dir:labelled"]);
    only(found, &["oci-dir:labelled", "layer-prefix, high"]);
}

/// What a package that does not come from the distribution says of itself.
fn stanza(name: &str, version: &str, maintainer: &str, more: &str) -> String {
    format!(
        "Package: {name}\nStatus: install ok installed\nPriority: optional\nSection: net\nInstalled-Size: 4\n\
         Maintainer: {maintainer}\nArchitecture: amd64\n{more}Version: {version}\nDescription: {name}\n\n"
    )
}

/// I9.
#[test]
fn packages_of_third_parties_are_not_the_distributions() {
    let Some(base) = base() else { return };
    let small = small_debian(&base);
    let folder = tempfile::tempdir().unwrap();
    let others = [
        stanza("docker-ce", "5:27.3.1-1~debian.12~bookworm", "Docker <support@docker.com>", ""),
        stanza("fpm-made", "1.0", "<root@build>", "Vendor: root@build\nLicense: unknown\n"),
        stanza("acme-agent", "2.0-1", "Acme Builders <build@acme.example>", ""),
        stanza("foreign", "1.2-3ubuntu4", "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>", ""),
    ];
    let names = ["docker-ce", "fpm-made", "acme-agent", "foreign"];
    let status = text(&small, "var/lib/dpkg/status") + &others.concat();
    let mut layer = Layer::new().file("var/lib/dpkg/status", status);
    for name in names {
        let program = format!("opt/{name}/run");
        layer = layer
            .program(&program, format!("#!/bin/sh\necho {name}\n"))
            .file(&format!("var/lib/dpkg/info/{name}.list"), format!("/.\n/opt\n/opt/{name}\n/{program}\n"));
    }
    let image = folder.path().join("shop.tar");
    Image::new([small, layer.tar()]).docker_archive(&image).unwrap();
    fs::write(folder.path().join("policy.toml"), "[in-house]\ndeb-maintainers = [\"@acme.example\"]\n")
        .unwrap();

    let origins = |more: &[&str]| -> BTreeMap<String, String> {
        let scan =
            json(bomwright(folder.path()).args(["scan", "shop.tar", "--quiet", "-o", "json"]).args(more));
        let packages = scan["packages"].as_array().unwrap().iter().filter(|it| it["ecosystem"] == "deb");
        let told = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
        packages.map(|it| (told(it, "name"), told(&it["origin"], "origin"))).collect()
    };
    let with_policy = origins(&["--policy", "policy.toml"]);
    assert_eq!(with_policy.len(), SMALL.len() + names.len());
    for name in SMALL {
        assert_eq!(with_policy[*name], "vendor", "{name}");
    }
    assert_eq!(with_policy["docker-ce"], "upstream");
    assert_eq!(with_policy["fpm-made"], "unknown");
    assert_eq!(with_policy["acme-agent"], "in-house");
    assert_eq!(with_policy["foreign"], "unknown");

    let (_, account) = verify(folder.path(), "shop.tar", NOW);
    let foreign =
        account["findings"].as_array().unwrap().iter().filter(|it| it["rule"] == "foreign-distribution");
    let subjects: Vec<&str> = foreign.map(|it| it["subject"].as_str().unwrap()).collect();
    assert!(matches!(subjects.as_slice(), [one] if one.contains("foreign")), "{subjects:?}");
    // A file is of the package that lists it, and of that package's origin.
    assert_eq!(file(&account, "opt/docker-ce/run")["origin"], "upstream");
    assert_eq!(file(&account, "opt/fpm-made/run")["origin"], "unknown");
}

/// An image with a package that claims Debian's own maintainers, and an index of Debian that does not list it.
fn forged(folder: &Path, small: Vec<u8>) {
    let own = text(&small, "var/lib/dpkg/status");
    let forged = stanza("coreutils-extra", "9.1-1", "Debian QA Group <packages@qa.debian.org>", "");
    let layer = Layer::new()
        .file("var/lib/dpkg/status", own.clone() + &forged)
        .file("var/lib/dpkg/info/coreutils-extra.list", "/.\n/opt\n/opt/extra\n")
        .program("opt/extra", "#!/bin/sh\nexit 0\n")
        .tar();
    Image::new([small, layer]).docker_archive(&folder.join("shop.tar")).unwrap();
    let mut index = String::new();
    for stanza in own.split_inclusive("\n\n") {
        let told = |name: &str| field(stanza, name).unwrap();
        let (name, version, architecture) = (told("Package"), told("Version"), told("Architecture"));
        let described = format!("Package: {name}\nVersion: {version}\nArchitecture: {architecture}\n");
        index.extend([&described, "Filename: pool/x.deb\nSize: 1\nSHA256: ", &"0".repeat(64), "\n\n"]);
    }
    fs::write(folder.join("Packages"), index).unwrap();
}

/// I9, the last of its packages. The documented limit: nothing inside the image tells it from Debian's own. But its file
/// is only claimed, for no digest is recorded.
#[test]
fn without_an_index_a_forged_maintainer_passes() {
    let Some(base) = base() else { return };
    let folder = tempfile::tempdir().unwrap();
    forged(folder.path(), small_debian(&base));
    let (_, account) = verify(folder.path(), "shop.tar", NOW);
    let extra = file(&account, "opt/extra");
    assert_eq!((extra["origin"].as_str(), extra["tier"].as_str()), (Some("vendor"), Some("V0")));
}

/// I9, the last of its packages.
#[test]
fn an_index_of_the_distribution_gives_a_forged_maintainer_away() {
    let Some(base) = base() else { return };
    let folder = tempfile::tempdir().unwrap();
    forged(folder.path(), small_debian(&base));
    let (_, account) = verify(folder.path(), "shop.tar", &[NOW, &["--anchor", "Packages"]].concat());
    assert_eq!(file(&account, "opt/extra")["origin"], "unknown");
    assert_eq!(file(&account, "usr/bin/ls")["origin"], "vendor");
    let found: Vec<&Value> =
        account["findings"].as_array().unwrap().iter().filter(|it| it["rule"] == "not-in-index").collect();
    let is_about = |it: &&Value| it["subject"].as_str().unwrap().contains("coreutils-extra");
    assert!(found.len() == 1 && found.iter().all(is_about), "{found:?}");
}

/// I15, as far as bundles and keys go.
#[test]
fn one_more_authority_and_a_host_key_are_findings() {
    let Some(base) = base() else { return };
    let small = small_debian(&base);
    let folder = tempfile::tempdir().unwrap();
    let bundle = text(&small, BUNDLE);
    let (_, clean) = account_of(folder.path(), &[&small]);
    assert_eq!(file(&clean, BUNDLE)["tier"], "V1d");
    assert_eq!(rules(&clean, &format!("/{BUNDLE}")), BTreeSet::new());

    let marks = ["-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n"];
    let extra = format!("{}MIIBszCCAVmgAwIBAgIUMTIzNDU2Nzg5MDEyMzQ1Njc4OTA=\n{}", marks[0], marks[1]);
    let label = "OPENSSH PRIVATE KEY";
    let key = format!("-----BEGIN {label}-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU=\n-----END {label}-----\n");
    let layer = Layer::new()
        .file(BUNDLE, format!("{bundle}{extra}"))
        .with_mode("etc/ssh/ssh_host_ed25519_key", 0o600, key)
        .tar();
    let (code, account) = account_of(folder.path(), &[&small, &layer]);
    assert_eq!(code, 1);
    assert_eq!(rules(&account, &format!("/{BUNDLE}")), BTreeSet::from(["extra-ca-certificate".to_owned()]));
    assert_eq!(file(&account, BUNDLE)["tier"], "V0");
    let found = rules(&account, "/etc/ssh/ssh_host_ed25519_key");
    // No package of an SSH server is there: it is a key of nobody, and no less a secret.
    assert!(found.contains("ssh-host-key"), "{found:?}");
    // One certificate less, or the same in another order, adds no authority.
    let (first, rest) = bundle.split_at(bundle.find(marks[1]).unwrap() + marks[1].len());
    for harmless in [rest.to_owned(), format!("{rest}{first}")] {
        let layer = Layer::new().file(BUNDLE, harmless).tar();
        let (_, account) = account_of(folder.path(), &[&small, &layer]);
        assert_eq!(rules(&account, &format!("/{BUNDLE}")), BTreeSet::new());
    }
}

#[test]
fn layers_say_whether_they_are_the_base_s_or_the_application_s() {
    let folder = tempfile::tempdir().unwrap();
    let lower = Layer::new().file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n").tar();
    let upper = Layer::new().file("app/data", "ours").tar();
    Image::new([lower.clone()]).docker_archive(&folder.path().join("base.tar")).unwrap();
    Image::new([lower, upper]).docker_archive(&folder.path().join("child.tar")).unwrap();
    let parts = |more: &[&str]| {
        let (_, account) = verify(folder.path(), "child.tar", more);
        let layers = account["layers"].as_array().unwrap().clone();
        layers.iter().map(|layer| layer["part"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let known = parts(&["--base", "docker-archive:base.tar"]);
    assert_eq!(known, [Some("base".to_owned()), Some("application".to_owned())]);
    assert_eq!(parts(&[]), [None, None]);
}

#[test]
fn what_a_scan_would_not_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    Image::new([Layer::new().file("a", "b").tar()]).docker_archive(&folder.path().join("a.tar")).unwrap();
    let scan = |more: &[&str]| {
        let output = crate::command::bomwright(folder.path()).args(["scan", "a.tar"]).args(more).output();
        let output = output.unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = scan(&["--now", "2026-01-01"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("--verify"), "{said}");
    assert_eq!(scan(&["--now", "2026-01-01", "--verify"]).0, Some(0));
}
