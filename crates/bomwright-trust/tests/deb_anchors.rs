//! Manifests of archives that dpkg-deb built, compared with what dpkg-deb unpacks, and indexes that gpg signed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::format_push_string,
    clippy::format_collect,
    unreachable_pub,
    dead_code,
    reason = "a test may fail"
)]

mod vendor;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use bomwright_trust::{AnchoredManifest, Anchors, KeySource, Keyring, Outcome, Tier, TrustError};
use vendor::{Vendor, has, run};

const TOOLS: &[&str] = &["dpkg-deb", "gpg", "gzip", "md5sum", "sha256sum", "xz"];

/// Builds `demo_VERSION_all.deb` with dpkg-deb; it lays out every kind of file that a package may have.
fn build_deb(vendor: &Vendor, version: &str, compression: &str) -> PathBuf {
    let tree = vendor.path(&format!("tree-{version}"));
    let _ = fs::remove_dir_all(&tree);
    let write = |path: &str, text: &str, mode: u32| {
        let path = tree.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    };
    write("usr/bin/demo", &format!("#!/bin/sh\necho {version}\n"), 0o755);
    write("usr/bin/raised", "x", 0o4755);
    write("etc/demo/demo.conf", "a = b\n", 0o644);
    write("usr/share/demo/with blank and ä", "", 0o600);
    write(&format!("usr/share/demo/{}", "long".repeat(60)), "long name\n", 0o644);
    symlink("demo", tree.join("usr/bin/demo-link")).unwrap();
    fs::hard_link(tree.join("usr/bin/demo"), tree.join("usr/bin/zz-hard")).unwrap();
    let control = format!(
        "Package: demo\nVersion: {version}\nArchitecture: all\nMaintainer: Test <t@example.org>\nDescription: x\n y\n"
    );
    write("DEBIAN/control", &control, 0o644);
    write("DEBIAN/conffiles", "/etc/demo/demo.conf\n", 0o644);
    write("DEBIAN/postinst", "#!/bin/sh\nexit 0\n", 0o755);
    let files = Command::new("sh")
        .current_dir(&tree)
        .args(["-c", "find usr -type f -print0 | sort -z | xargs -0 md5sum"])
        .output();
    let sums = String::from_utf8(files.unwrap().stdout).unwrap();
    write("DEBIAN/md5sums", &sums, 0o644);
    let archive = vendor.path(&format!("pool/demo_{version}_all.deb"));
    fs::create_dir_all(archive.parent().unwrap()).unwrap();
    run(Command::new("dpkg-deb")
        .arg(format!("-Z{compression}"))
        .args(["--root-owner-group", "--build"])
        .arg(&tree)
        .arg(&archive));
    archive
}

/// What `sum` prints for the file at `path`.
fn digest(sum: &str, path: &Path) -> String {
    let output = run(Command::new(sum).arg("--").arg(path)).stdout;
    String::from_utf8(output).unwrap().trim_start_matches('\\').split(' ').next().unwrap().to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every file, directory and link below `root`: mode, size, digests and target.
fn unpacked(root: &Path, directory: &Path, all: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let metadata = fs::symlink_metadata(&path).unwrap();
        let mut line = format!("{:o}", metadata.mode());
        if metadata.is_file() {
            line +=
                &format!(" {} {} {}", metadata.len(), digest("sha256sum", &path), digest("md5sum", &path));
        } else if metadata.is_symlink() {
            line += &format!(" -> {}", fs::read_link(&path).unwrap().display());
        }
        all.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), line);
        if metadata.is_dir() {
            unpacked(root, &path, all);
        }
    }
}

fn listed(manifest: &AnchoredManifest) -> BTreeMap<String, String> {
    let line = |file: &bomwright_trust::AnchoredFile| {
        let mut line = format!("{:o}", file.mode);
        if let (Some(sha256), Some(md5)) = (file.sha256, file.md5) {
            line += &format!(" {} {} {}", file.size, hex(&sha256), hex(&md5));
        } else if let Some(link) = &file.link {
            line += &format!(" -> {link}");
        }
        line
    };
    manifest.files.iter().map(|(path, file)| (path.clone(), line(file))).collect()
}

/// Compares the manifest of `archive` with what dpkg-deb takes out of it.
fn compare(vendor: &Vendor, archive: &Path, manifest: &AnchoredManifest) {
    let (data, control) = (vendor.path("data"), vendor.path("control"));
    for directory in [&data, &control] {
        let _ = fs::remove_dir_all(directory);
    }
    run(Command::new("dpkg-deb").arg("-x").arg(archive).arg(&data));
    run(Command::new("dpkg-deb").arg("-e").arg(archive).arg(&control));
    let mut theirs = BTreeMap::new();
    unpacked(&data, &data, &mut theirs);
    assert_eq!(listed(manifest), theirs, "{}", archive.display());
    let mut theirs = BTreeMap::new();
    for entry in fs::read_dir(&control).unwrap() {
        let path = entry.unwrap().path();
        theirs.insert(path.file_name().unwrap().to_str().unwrap().to_owned(), digest("sha256sum", &path));
    }
    let ours: BTreeMap<_, _> =
        manifest.control.iter().map(|(name, digest)| (name.clone(), hex(digest))).collect();
    assert_eq!(ours, theirs);
    assert_eq!(hex(&manifest.sha256), digest("sha256sum", archive));
    // What md5sums lists is what the files have.
    for (path, md5) in &manifest.md5sums {
        assert_eq!(manifest.files[path].md5.as_ref(), Some(md5), "{path}");
    }
}

#[test]
fn manifests_hold_what_dpkg_deb_unpacks() {
    if !has(TOOLS) {
        return;
    }
    let vendor = Vendor::new();
    for (compression, version) in [("gzip", "1.0-1"), ("xz", "1:2.0"), ("zstd", "3~rc1"), ("none", "4")] {
        let archive = build_deb(&vendor, version, compression);
        let anchors = Anchors::load(std::slice::from_ref(&archive), &Keyring::new()).unwrap();
        let manifest = anchors.manifest("demo", version, "all").unwrap().expect(compression);
        assert_eq!(manifest.tier, Tier::Given);
        assert_eq!(manifest.conffiles, ["etc/demo/demo.conf"]);
        assert_eq!(manifest.md5sums.len(), 5, "{:?}", manifest.md5sums.keys());
        assert!(manifest.files.values().all(|it| (it.uid, it.gid) == (0, 0)));
        compare(&vendor, &archive, &manifest);
        for other in [("demo", "9", "all"), ("demo", version, "amd64"), ("emo", version, "all")] {
            assert_eq!(anchors.manifest(other.0, other.1, other.2).unwrap(), None);
        }
    }
}

/// With `BOMWRIGHT_DEBS`, a directory of archives of a distribution; and, with `BOMWRIGHT_KEYS`, a file of its
/// keys, which must have signed an index in that directory that lists every archive.
#[test]
fn archives_of_a_distribution_too() {
    let Some(directory) = std::env::var_os("BOMWRIGHT_DEBS").map(PathBuf::from) else { return };
    let mut keyring = Keyring::new();
    let keys = std::env::var_os("BOMWRIGHT_KEYS");
    if let Some(keys) = &keys {
        keyring.add(&fs::read(keys).unwrap(), &KeySource::User("keys".to_owned())).unwrap();
    }
    let anchors = Anchors::load(std::slice::from_ref(&directory), &keyring).unwrap();
    anchors.releases().for_each(|(path, outcome)| eprintln!("{}: {outcome:?}", path.display()));
    let vendor = Vendor::new();
    for archive in
        vendor::walk(&directory).into_iter().filter(|it| it.extension().is_some_and(|it| it == "deb"))
    {
        let mut show = Command::new("dpkg-deb");
        let show =
            run(show.args(["--showformat", "${Package} ${Version} ${Architecture}", "-W"]).arg(&archive));
        let text = String::from_utf8(show.stdout).unwrap();
        let [name, version, architecture] = text.split(' ').collect::<Vec<_>>()[..] else { panic!("{text}") };
        let manifest = anchors.manifest(name, version, architecture).unwrap().expect(name);
        compare(&vendor, &archive, &manifest);
        let listing = anchors.listed(name, version, architecture);
        assert!(
            keys.is_none() || (manifest.tier.as_str() == "V3" && listing.is_some()),
            "{text}: {listing:?}"
        );
        eprintln!("{text}: {} files, {:?}", manifest.files.len(), listing.map(|it| (it.suite, it.label)));
    }
}

/// A repository: `pool/` with two packages and `dists/test/main/binary-all/Packages.xz`.
fn build_repository(vendor: &Vendor) {
    let mut packages = String::new();
    for version in ["1.0", "2.0"] {
        let archive = build_deb(vendor, version, "xz");
        packages += &format!(
            "Package: demo\nArchitecture: all\nVersion: {version}\nFilename: pool/x\nSHA256: {}\nDescription: x\n y: z\n\n",
            digest("sha256sum", &archive)
        );
    }
    let index = vendor.path("dists/test/main/binary-all/Packages");
    fs::create_dir_all(index.parent().unwrap()).unwrap();
    fs::write(&index, packages).unwrap();
    write_release(vendor);
    run(Command::new("xz").arg(&index));
}

/// Lists the index in a release of the fields that Debian's have.
fn write_release(vendor: &Vendor) {
    let index = vendor.path("dists/test/main/binary-all/Packages");
    let release = format!(
        "Origin: Demo\nLabel: Demo-Security\nSuite: stable\nCodename: test\nDate: Thu, 01 Jan 2026 00:00:00 UTC\n\
         MD5Sum:\n {} 1 main/binary-all/Packages\nSHA256:\n {} 1 main/binary-all/Packages\n {} 2 main/source/Sources\n",
        digest("md5sum", &index),
        digest("sha256sum", &index),
        "0".repeat(64)
    );
    fs::write(vendor.path("dists/test/Release"), release).unwrap();
}

fn sign(vendor: &Vendor, how: &str, output: &str, user: &str) {
    let (release, output) = (vendor.path("dists/test/Release"), vendor.path(&format!("dists/test/{output}")));
    let (release, output) = (release.to_str().unwrap(), output.to_str().unwrap());
    vendor.gpg(&["--local-user", user, "--armor", "--output", output, how, release]);
}

#[test]
fn a_signed_index_makes_an_anchor_of_the_third_tier() {
    if !has(TOOLS) {
        return;
    }
    for (kind, how, output) in [
        ("rsa3072", "--clearsign", "InRelease"),
        ("nistp256", "--clearsign", "InRelease"),
        ("ed25519", "--detach-sign", "Release.gpg"),
        ("nistp521", "--detach-sign", "Release.gpg"),
    ] {
        let vendor = Vendor::new();
        let fingerprint = vendor.make_key("Archive", kind);
        build_repository(&vendor);
        sign(&vendor, how, output, "Archive");
        let key = vendor.public_key("Archive");
        let load = |paths: &[PathBuf], source: Option<KeySource>| {
            let mut keyring = Keyring::new();
            if let Some(source) = source {
                keyring.add(&key, &source).unwrap();
            }
            Anchors::load(paths, &keyring)
        };
        let user = || Some(KeySource::User("archive.asc".to_owned()));
        let everything = [vendor.path("dists"), vendor.path("pool")];
        let index = [vendor.path("dists/test/main/binary-all/Packages.xz")];

        let anchors = load(&everything, user()).unwrap();
        let listing = anchors.listed("demo", "2.0", "all").unwrap();
        assert!(matches!(&listing.tier, Tier::Signed(signer) if signer.fingerprint == fingerprint), "{kind}");
        let stated =
            [&listing.origin, &listing.label, &listing.suite, &listing.codename].map(|it| it.as_deref());
        assert_eq!(stated, [Some("Demo"), Some("Demo-Security"), Some("stable"), Some("test")]);
        assert_eq!(listing.index, index[0]);
        let manifest = anchors.manifest("demo", "2.0", "all").unwrap().unwrap();
        assert_eq!((manifest.sha256, manifest.tier.as_str()), (listing.sha256, "V3"));
        assert_eq!(anchors.listed("demo", "3.0", "all"), None);
        assert_eq!(anchors.versions("demo", "all").collect::<Vec<_>>(), ["1.0", "2.0"]);
        assert_eq!(anchors.versions("dem", "all").count() + anchors.versions("demo", "amd64").count(), 0);
        assert_eq!(anchors.indexes().collect::<Vec<_>>(), [index[0].as_path()]);

        // The index alone, whose release lies above it; a key that is not known; a key of the image.
        let alone = load(&index, user()).unwrap();
        assert_eq!(alone.listed("demo", "1.0", "all").unwrap().tier.as_str(), "V3");
        assert_eq!(alone.manifest("demo", "1.0", "all").unwrap(), None);
        for source in [None, Some(KeySource::Image("usr/share/keyrings/a".to_owned()))] {
            let anchors = load(&everything, source.clone()).unwrap();
            assert_eq!(anchors.listed("demo", "1.0", "all").unwrap().tier, Tier::Given);
            assert_eq!(anchors.manifest("demo", "1.0", "all").unwrap().unwrap().tier, Tier::Given);
            let signed = anchors.releases().any(|(_, outcome)| match outcome {
                Outcome::Good(signer) => source.as_ref() == Some(&signer.source),
                Outcome::UnknownKey(id) => source.is_none() && *id == fingerprint,
                _ => false,
            });
            assert!(signed, "{kind}: {:?}", anchors.releases().collect::<Vec<_>>());
        }

        // A package that no index lists, under the name of one that is.
        build_deb(&vendor, "2.0", "gzip");
        let anchors = load(&everything, user()).unwrap();
        let manifest = anchors.manifest("demo", "2.0", "all").unwrap().unwrap();
        assert_eq!(manifest.tier, Tier::Given);
        assert_ne!(manifest.sha256, anchors.listed("demo", "2.0", "all").unwrap().sha256);

        // An index that the release does not list, and a release that is not what was signed.
        run(Command::new("xz").arg("-dk").arg(&index[0]));
        let plain = vendor.path("dists/test/main/binary-all/Packages");
        let text = fs::read_to_string(&plain).unwrap();
        fs::remove_file(&index[0]).unwrap();
        fs::write(
            &plain,
            text.replacen("SHA256: ", "SHA256: 0", 1).replacen("Version: 1.0", "Version: 1.1", 1),
        )
        .unwrap();
        assert_eq!(
            load(&everything, user()).unwrap().listed("demo", "2.0", "all").unwrap().tier,
            Tier::Given
        );
        let signed =
            vendor.path(if output == "InRelease" { "dists/test/InRelease" } else { "dists/test/Release" });
        let text = fs::read_to_string(&signed).unwrap();
        fs::write(&signed, text.replace("Suite: stable", "Suite: Stable")).unwrap();
        assert!(matches!(load(&everything, user()), Err(TrustError::BadSignature { .. })), "{kind}");
    }
}

#[test]
fn what_can_t_be_read_is_named() {
    if !has(TOOLS) {
        return;
    }
    let vendor = Vendor::new();
    let archive = build_deb(&vendor, "1", "xz");
    let bytes = fs::read(&archive).unwrap();
    let load = |path: &Path| Anchors::load(&[path.to_owned()], &Keyring::new());
    // Cut anywhere, it is an error at the latest when it is read, and names the file.
    for cut in [0, 7, 70, 100, 200, 400, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&archive, &bytes[..cut]).unwrap();
        let result = load(&archive).and_then(|anchors| anchors.manifest("demo", "1", "all"));
        let error = result.expect_err(&format!("cut at {cut} of {}", bytes.len())).to_string();
        assert!(error.contains("demo_1_all.deb"), "{error}");
    }
    // Bits that flip must never panic; xz itself checks sums, so most are errors.
    for at in (0..bytes.len()).step_by(7) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x10;
        fs::write(&archive, &bytes).unwrap();
        let _ = load(&archive).and_then(|anchors| anchors.manifest("demo", "1", "all"));
    }
    let empty = vendor.path("empty");
    fs::create_dir(&empty).unwrap();
    assert!(matches!(load(&empty), Err(TrustError::NothingThere { .. })));
    assert!(matches!(load(&vendor.path("absent")), Err(TrustError::Unreadable { .. })));
    let text = vendor.path("notes.txt");
    fs::write(&text, "x").unwrap();
    assert!(matches!(load(&text), Err(TrustError::NothingThere { .. })));
}
