//! Packages of rpm, dpkg and apk against keys, archives and changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bomwright_tests::{Image, Layer};

use super::{file, findings, has, reasons, run, state, verify};

/// A vendor with a key, who builds and signs packages.
struct Vendor {
    directory: tempfile::TempDir,
    fingerprint: String,
}

impl Drop for Vendor {
    fn drop(&mut self) {
        let home = self.path("gpg");
        let _ = Command::new("gpgconf").arg("--homedir").arg(home).args(["--kill", "all"]).output();
    }
}

impl Vendor {
    fn new() -> Self {
        // The socket of gpg's agent lies in its home, and the path of a socket has at most 108 bytes.
        let directory = tempfile::Builder::new().prefix("bw").tempdir_in("/tmp").unwrap();
        fs::create_dir(directory.path().join("gpg")).unwrap();
        run(Command::new("chmod").arg("700").arg(directory.path().join("gpg")));
        let mut vendor = Self { directory, fingerprint: String::new() };
        run(vendor.gpg().args(["--quick-generate-key", "Test Vendor", "ed25519", "sign", "never"]));
        let listed = run(vendor.gpg().args(["--with-colons", "--list-keys"])).stdout;
        let listed = String::from_utf8(listed).unwrap();
        let line = listed.lines().find_map(|line| line.strip_prefix("fpr:")).unwrap();
        vendor.fingerprint = line.trim_matches(':').to_ascii_lowercase();
        fs::write(vendor.path("key.asc"), run(vendor.gpg().args(["--armor", "--export"])).stdout).unwrap();
        vendor
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn gpg(&self) -> Command {
        let mut command = Command::new("gpg");
        let options = ["--batch", "--yes", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""];
        command.arg("--homedir").arg(self.path("gpg")).args(options);
        command
    }

    fn rpm(&self) -> Command {
        let mut command = Command::new("rpm");
        // Debian's rpm keeps its database in the home of whoever runs it, unlike the distributions that use it.
        let options = ["--define", "_db_backend sqlite", "--define", "_dbpath /var/lib/rpm"];
        command.env("LC_ALL", "C").arg("--root").arg(self.path("root")).args(options);
        command
    }

    fn build(&self, name: &str) -> PathBuf {
        let spec = self.path(&format!("{name}.spec"));
        let text = format!(
            "Name: {name}\nVersion: 1.0\nRelease: 1\nSummary: What is called {name} here\nLicense: MIT\n\
             Vendor: Test Vendor\nBuildArch: noarch\n%description\nA test.\n%install\n\
             mkdir -p %{{buildroot}}/usr/bin %{{buildroot}}/etc\necho program {name} > %{{buildroot}}/usr/bin/{name}\n\
             chmod 755 %{{buildroot}}/usr/bin/{name}\necho setting > %{{buildroot}}/etc/{name}.conf\n\
             %files\n/usr/bin/{name}\n%config(noreplace) /etc/{name}.conf\n%ghost /etc/{name}.ghost\n"
        );
        fs::write(&spec, text).unwrap();
        let top = format!("_topdir {}", self.path("build").display());
        run(Command::new("rpmbuild").args(["-bb", "--quiet", "--define", &top]).arg(&spec));
        self.path(&format!("build/RPMS/noarch/{name}-1.0-1.noarch.rpm"))
    }

    /// Two signed packages and one that is not, installed.
    fn install(&self) {
        let archives = ["first", "second", "plain"].map(|name| self.build(name));
        let home = format!("_gpg_path {}", self.path("gpg").display());
        let mut sign = Command::new("rpmsign");
        sign.args(["--addsign", "--define", "_gpg_name Test Vendor", "--define", &home]);
        run(sign.args(["--define", "__gpg /usr/bin/gpg"]).args(&archives[..2]));
        run(self.rpm().args(["-i", "--nodeps", "--nosignature"]).args(&archives));
        fs::write(self.path("root/etc/first.ghost"), "made later\n").unwrap();
    }

    fn database(&self) -> PathBuf {
        let all = walkdir::WalkDir::new(self.path("root")).into_iter().map(|it| it.unwrap().into_path());
        all.into_iter().find(|it| it.ends_with("rpmdb.sqlite")).expect("rpm keeps its database in SQLite")
    }

    fn verify(&self, more: &[&str]) -> serde_json::Value {
        verify(self.directory.path(), "dir:root", more)
    }
}

const TRUSTED: &[&str] = &["--trusted-key", "key.asc"];
const RPM_TOOLS: &[&str] = &["gpg", "rpm", "rpmbuild", "rpmsign"];

#[test]
fn files_of_rpm_packages_are_as_good_as_the_key_that_signed_them() {
    if !has(RPM_TOOLS) {
        return;
    }
    let vendor = Vendor::new();
    vendor.install();
    let signed = ["usr/bin/first", "etc/first.conf", "usr/bin/second", "etc/second.conf"];

    // A key that the user gives.
    let account = vendor.verify(TRUSTED);
    for path in signed {
        assert_eq!(state(&account, path), ["vendor", "intact", "V3"], "{path}");
        assert!(reasons(&account, path).contains("Test Vendor"), "{}", reasons(&account, path));
    }
    // A ghost is in the list, but the signature says nothing of its content.
    assert_eq!(state(&account, "etc/first.ghost"), ["vendor", "intact", "V0"]);
    // The unsigned package has the vendor's name like the others.
    assert_eq!(state(&account, "usr/bin/plain"), ["unknown", "intact", "V1"]);
    let told = findings(&account);
    let unsigned: Vec<_> =
        told.iter().filter(|(_, it)| it.iter().any(|it| it.starts_with("unsigned-among-signed "))).collect();
    assert!(matches!(&unsigned[..], [(subject, _)] if subject.contains("plain")), "{told:?}");

    // A key that the policy names, as seen from the policy's own directory.
    std::fs::create_dir(vendor.path("team")).unwrap();
    std::fs::copy(vendor.path("key.asc"), vendor.path("team/key.asc")).unwrap();
    std::fs::write(vendor.path("team/policy.toml"), "trusted-keys = ['key.asc']\n").unwrap();
    let account = vendor.verify(&["--policy", "team/policy.toml"]);
    assert_eq!(state(&account, "usr/bin/first"), ["vendor", "intact", "V3"]);

    // Nobody's key: the same digests, and the number of the key for whoever wants to look for it.
    let account = vendor.verify(&[]);
    let key = &vendor.fingerprint[24..];
    for path in signed {
        assert_eq!(state(&account, path)[1..], ["intact", "V1"], "{path}");
        let reasons = reasons(&account, path).to_lowercase();
        assert!(reasons.contains(key), "{reasons}");
    }

    // A key that lies in the database of the image: whoever forged a package could have put it there.
    run(vendor.rpm().arg("--import").arg(vendor.path("key.asc")));
    let account = vendor.verify(&[]);
    for path in signed {
        assert_eq!(state(&account, path)[1..], ["intact", "V1"], "{path}");
        let reasons = reasons(&account, path);
        assert!(reasons.contains("Test Vendor") && reasons.contains("in the image itself"), "{reasons}");
    }
    // The user's own still counts.
    assert_eq!(state(&vendor.verify(TRUSTED), "usr/bin/first")[2], "V3");
}

#[test]
fn a_signature_does_not_cover_what_was_changed() {
    if !has(RPM_TOOLS) {
        return;
    }
    let vendor = Vendor::new();
    vendor.install();
    // One byte of the same length.
    fs::write(vendor.path("root/usr/bin/first"), "program fir5t\n").unwrap();
    fs::write(vendor.path("root/etc/first.conf"), "another setting\n").unwrap();
    let account = vendor.verify(TRUSTED);
    assert_eq!(state(&account, "usr/bin/first")[..2], ["unknown", "modified"]);
    assert_eq!(state(&account, "etc/first.conf")[..2], ["vendor", "config-changed"]);
    assert_ne!(state(&account, "etc/first.conf")[2], "V3");
    assert_eq!(state(&account, "usr/bin/second"), ["vendor", "intact", "V3"]);
    let told = findings(&account);
    assert!(told["/usr/bin/first"].contains("file-modified high"), "{told:?}");
    assert!(!told.values().flatten().any(|it| it.starts_with("signature-invalid")), "{told:?}");

    // A forger makes the header fit the program. rpm says by itself that the header is damaged.
    let database = fs::read(vendor.database()).unwrap();
    let (summary, forged) = (b"What is called second here", b"What is called sec0nd here");
    let at: Vec<_> = database
        .windows(summary.len())
        .enumerate()
        .filter(|(_, it)| it == summary)
        .map(|(at, _)| at)
        .collect();
    assert!(!at.is_empty(), "the header is in the database in one piece");
    let mut altered = database;
    for at in at {
        altered[at..at + forged.len()].copy_from_slice(forged);
    }
    fs::write(vendor.database(), altered).unwrap();
    let account = vendor.verify(TRUSTED);
    let told = findings(&account);
    let invalid: Vec<_> = told.iter().filter(|(_, it)| it.contains("signature-invalid critical")).collect();
    assert!(matches!(&invalid[..], [(subject, _)] if subject.contains("second")), "{told:?}");
    let [origin, _, tier] = state(&account, "usr/bin/second");
    assert_eq!(origin, "unknown");
    assert!(["V0", "V1"].contains(&tier), "{tier}");
    assert_eq!(state(&account, "usr/bin/first")[1], "modified");
}

// dpkg

/// A package of two programs, built by dpkg-deb and unpacked into `folder/root` with its record.
fn deb_root(folder: &Path) {
    let tree = folder.join("tree");
    fs::create_dir_all(tree.join("DEBIAN")).unwrap();
    fs::create_dir_all(tree.join("usr/bin")).unwrap();
    for name in ["one", "two"] {
        fs::write(tree.join("usr/bin").join(name), format!("#!/bin/sh\necho {name}\n")).unwrap();
        run(Command::new("chmod").arg("755").arg(tree.join("usr/bin").join(name)));
    }
    let control = "Package: acme-tools\nVersion: 1.0\nArchitecture: all\nMaintainer: Acme <a@acme.example>\n\
                   Description: tools\n";
    fs::write(tree.join("DEBIAN/control"), control).unwrap();
    let sums = run(Command::new("md5sum").current_dir(&tree).args(["usr/bin/one", "usr/bin/two"])).stdout;
    fs::write(tree.join("DEBIAN/md5sums"), &sums).unwrap();
    fs::create_dir(folder.join("debs")).unwrap();
    let archive = folder.join("debs/acme-tools_1.0_all.deb");
    run(Command::new("dpkg-deb").args(["--root-owner-group", "--build"]).arg(&tree).arg(&archive));
    let (root, info) = (folder.join("root"), folder.join("root/var/lib/dpkg/info"));
    fs::create_dir_all(&info).unwrap();
    run(Command::new("dpkg-deb").arg("--extract").arg(&archive).arg(&root));
    let status = control.replace("Version:", "Status: install ok installed\nVersion:");
    fs::write(root.join("var/lib/dpkg/status"), status).unwrap();
    fs::write(info.join("acme-tools.list"), "/.\n/usr\n/usr/bin\n/usr/bin/one\n/usr/bin/two\n").unwrap();
    fs::write(info.join("acme-tools.md5sums"), sums).unwrap();
}

#[test]
fn a_forged_manifest_of_dpkg_stands_until_the_archive_is_at_hand() {
    if !has(&["dpkg-deb", "md5sum"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    deb_root(folder);
    fs::write(folder.join("root/usr/bin/one"), "#!/bin/sh\necho evil\n").unwrap();
    let sums =
        run(Command::new("md5sum").current_dir(folder.join("root")).args(["usr/bin/one", "usr/bin/two"]));
    fs::write(folder.join("root/var/lib/dpkg/info/acme-tools.md5sums"), sums.stdout).unwrap();

    // The documented limit: in itself the image is consistent.
    let account = verify(folder, "dir:root", &[]);
    assert_eq!(state(&account, "usr/bin/one")[1..], ["intact", "V1"]);
    assert_eq!(state(&account, "usr/bin/two")[1..], ["intact", "V1"]);

    let account = verify(folder, "dir:root", &["--anchor", "debs"]);
    assert_eq!(state(&account, "usr/bin/one")[..2], ["unknown", "modified"]);
    let told = findings(&account);
    assert!(told["/usr/bin/one"].contains("manifest-forged critical"), "{told:?}");
    assert_eq!(state(&account, "usr/bin/two")[1..], ["intact", "V2"]);
    assert!(reasons(&account, "usr/bin/two").contains("acme-tools_1.0_all.deb"));
    assert!(!told.contains_key("/usr/bin/two"), "{told:?}");
}

// apk

/// The layers of the corpus image, which the test of dpkg's reads in the same way.
fn apk_layers() -> Option<Vec<Vec<u8>>> {
    let corpus = std::env::var_os("BOMWRIGHT_CORPUS");
    let archive = corpus.map(|it| Path::new(&it).join("apk/image.docker.tar")).filter(|it| it.is_file());
    let Some(archive) = archive else {
        assert!(std::env::var_os("CI").is_none(), "CI must build the corpus image apk");
        eprintln!("skipped: BOMWRIGHT_CORPUS has no image apk");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    run(Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(folder.path()));
    let manifest = fs::read(folder.path().join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let names = manifest[0]["Layers"].as_array().unwrap().iter();
    Some(names.map(|name| fs::read(folder.path().join(name.as_str().unwrap())).unwrap()).collect())
}

/// Every path with a `Z:` line, and that digest; an own reader of apk's database (APKINDEX format of apk-tools 2).
fn stated(layer: &[u8]) -> Vec<(String, String)> {
    let database = run_tar(layer, "lib/apk/db/installed");
    let (mut directory, mut name, mut found) = ("", "", Vec::new());
    for line in database.lines() {
        match line.split_once(':') {
            Some(("F", it)) => directory = it,
            Some(("R", it)) => name = it,
            Some(("Z", it)) => {
                found.push((format!("{directory}/{name}").trim_start_matches('/').to_owned(), it.to_owned()));
            }
            _ => {}
        }
    }
    found
}

fn run_tar(layer: &[u8], path: &str) -> String {
    let mut archive = tar::Archive::new(layer);
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.path().unwrap().ends_with(path) {
            return std::io::read_to_string(&mut entry).unwrap();
        }
    }
    panic!("the layer has no {path}")
}

#[test]
fn files_of_apk_packages_have_the_digests_of_its_database() {
    let Some(mut layers) = apk_layers() else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let expected = stated(&layers[0]);
    assert!(expected.len() > 20, "{expected:?}");
    Image::new(layers.clone()).docker_archive(&folder.join("clean.tar")).unwrap();
    let account = verify(folder, "clean.tar", &[]);
    for (path, digest) in &expected {
        // Of a link it is the target that has the digest.
        assert_eq!(state(&account, path), ["vendor", "intact", "V1"], "{path} {digest}");
    }
    // Nobody lists the commands of busybox: its trigger makes them.
    for path in ["bin/cat", "bin/cp", "bin/grep"] {
        assert_eq!(state(&account, path), ["vendor", "generated", "V1d"], "{path}");
    }

    let top = Layer::new().program("bin/busybox", "other").symlink("bin/sh", "/tmp/shell");
    layers.push(top.program("tmp/shell", "#!/bin/cat\n").symlink("bin/cp", "/tmp/shell").tar());
    Image::new(layers).docker_archive(&folder.join("changed.tar")).unwrap();
    let account = verify(folder, "changed.tar", &[]);
    let told = findings(&account);
    for path in ["bin/busybox", "bin/sh"] {
        assert_eq!(state(&account, path)[..2], ["unknown", "modified"], "{path}");
        assert!(told[&format!("/{path}")].contains("file-modified high"), "{told:?}");
    }
    // A command that leads elsewhere is none of busybox's.
    assert_eq!(file(&account, "bin/cp")["origin"], "unknown");
    assert_eq!(file(&account, "tmp/shell")["origin"], "unknown");
}

// Repositories

/// The database of the rpm fixture, whose packages `rpm -qa` lists beside it, and what dnf 5 remembers of one; and an
/// Alpine with a package that is pinned to a tagged repository.
#[test]
fn packages_say_from_which_repository_they_came() {
    let folder = tempfile::tempdir().unwrap();
    let data = crate::workspace::root().join("crates/bomwright-ecosystems/testdata");
    let database = fs::read(data.join("rpm/good/root/usr/lib/sysimage/rpm/rpmdb.sqlite")).unwrap();
    let state = "version = \"1.0\"\n[nevras]\n\"alpha-2:1.2-3.fx1.x86_64\" = {from_repo = \"epel\"}\n";
    let read = |path: &str| fs::read(data.join("apk/pinned/root").join(path)).unwrap();
    let layer = Layer::new()
        .file("usr/lib/sysimage/rpm/rpmdb.sqlite", database)
        .file("usr/lib/sysimage/libdnf5/nevras.toml", state)
        .file("var/lib/yum/yumdb/g/0a1b2c3d-gamma-4.0-1.fx1-x86_64/from_repo", "baseos")
        .file("lib/apk/db/installed", read("lib/apk/db/installed"))
        .file("etc/apk/repositories", read("etc/apk/repositories"));
    Image::new([layer.tar()]).docker_archive(&folder.path().join("image.tar")).unwrap();
    let inventory = crate::command::scan(folder.path(), "image.tar");
    let packages = inventory["packages"].as_array().unwrap().iter();
    let found: Vec<_> = packages
        .filter_map(|it| Some((it["name"].as_str()?, it["properties"]["repository"].as_str()?)))
        .collect();
    let edge = "https://mirror.example/alpine/edge/main";
    assert_eq!(found, [("curl", edge), ("alpha", "epel"), ("gamma", "baseos")]);
    let alpha = inventory["packages"].as_array().unwrap().iter().find(|it| it["name"] == "alpha").unwrap();
    assert_eq!(alpha["origin"]["origin"], "upstream");
    assert_eq!(alpha["origin"]["reasons"][0]["rule"], "recorded-repository");
}
