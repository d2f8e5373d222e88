//! Signatures over the headers in a database that rpm itself wrote, for packages that rpmsign signed with keys
//! that gpg made. rpm and gpg say independently what must come out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::format_collect,
    unreachable_pub,
    reason = "a test may fail"
)]

mod vendor;

use std::fs;
use std::path::Path;

use bomwright_ecosystems::{Ecosystem, FileView, Findings, Found, rpm::Rpm};
use bomwright_model::HeaderIntegrity;
use bomwright_trust::{KeySource, Keyring, Outcome};
use vendor::{Vendor, has, rpm, run};

const TOOLS: &[&str] = &["gpg", "rpm", "rpmbuild", "rpmsign"];

fn read(database: &[u8]) -> Findings {
    let mut out = Findings::default();
    Rpm.read(&FileView::new("var/lib/rpm/rpmdb.sqlite", database).with_manifests(), &mut out);
    out
}

fn package<'a>(findings: &'a Findings, name: &str) -> &'a Found {
    findings.packages.iter().find(|found| found.package.name == name).expect(name)
}

fn keyring(keys: &[&[u8]]) -> Keyring {
    let mut keyring = Keyring::new();
    for key in keys {
        keyring.add(key, &KeySource::User("keys.asc".to_owned())).unwrap();
    }
    keyring
}

fn outcome(keyring: &Keyring, found: &Found) -> Outcome {
    keyring.verify(found.signature.as_ref().expect("every header is looked at"))
}

/// What `rpm -K` says of an archive with the key of `root` known.
fn rpm_checks(root: &Path, archive: &Path) -> String {
    let output = rpm(root).args(["-Kv", "--nodigest"]).arg(archive).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn signatures_of_every_kind_of_key_verify_as_rpm_says() {
    if !has(TOOLS) {
        return;
    }
    let vendor = Vendor::new();
    for kind in ["rsa3072", "ed25519", "dsa2048"] {
        let user = format!("Vendor {kind}");
        let fingerprint = vendor.make_key(&user, kind);
        let archive = vendor.build_rpm(&format!("by-{kind}"));
        vendor.sign_rpm(&archive, &user);
        let root = vendor.path(kind);
        let database = vendor.install_rpms(kind, &[&archive]);
        let findings = read(&fs::read(&database).unwrap());
        let found = package(&findings, &format!("by-{kind}"));
        let header = found.signature.as_ref().unwrap();
        assert_eq!(header.integrity, HeaderIntegrity::Intact, "{kind}");
        // The digest of the signed part is the one that the builder wrote.
        let stated = run(rpm(&root).args(["-q", "--qf", "%{SHA256HEADER}", &found.package.name])).stdout;
        let computed = header.sha256.unwrap().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(computed, String::from_utf8(stated).unwrap(), "{kind}");
        // With the key it is good for us and for rpm, without it unknown to both.
        assert!(
            matches!(&header.signatures[..], [one] if one.issuer.as_ref() == Some(&fingerprint)),
            "{kind}"
        );
        let unknown = outcome(&Keyring::new(), found);
        assert_eq!(unknown, Outcome::UnknownKey(fingerprint.clone()), "{kind}");
        assert!(rpm_checks(&root, &archive).contains("NOKEY"), "{kind}");
        let key = vendor.public_key(&user);
        match outcome(&keyring(&[&key]), found) {
            Outcome::Good(signer) => {
                assert_eq!((signer.fingerprint, signer.user_id), (fingerprint, user), "{kind}");
                assert!(signer.source.is_trusted() && signer.revoked.is_none() && signer.expires.is_none());
            }
            other => panic!("{kind}: {other:?}"),
        }
        let file = vendor.path(&format!("{kind}.asc"));
        fs::write(&file, key).unwrap();
        run(rpm(&root).arg("--import").arg(&file));
        let theirs = rpm_checks(&root, &archive);
        assert!(theirs.contains("Header V4") && theirs.contains(": OK"), "{kind}: {theirs}");
    }
}

/// A forger has the database, not the key.
#[test]
fn altered_headers_are_bad_whatever_else_is_forged() {
    if !has(TOOLS) {
        return;
    }
    let vendor = Vendor::new();
    vendor.make_key("Vendor", "rsa3072");
    let (archive, unsigned) = (vendor.build_rpm("program"), vendor.build_rpm("unsigned"));
    vendor.sign_rpm(&archive, "Vendor");
    let database = fs::read(vendor.install_rpms("root", &[&archive, &unsigned])).unwrap();
    let keyring = keyring(&[&vendor.public_key("Vendor")]);
    let findings = read(&database);
    assert_eq!(outcome(&keyring, package(&findings, "unsigned")), Outcome::Unsigned);
    assert!(outcome(&keyring, package(&findings, "program")).is_trusted());
    assert_eq!(findings.diagnostics, []);

    // The digest of a file, in place: the digest that the database states of the header does not fit.
    let digest = package(&findings, "program").manifest.iter().find(|it| it.path == "usr/bin/program");
    let digest = digest.and_then(|it| it.digest.as_ref()).unwrap().hex();
    let forged = digest.chars().rev().collect::<String>();
    let altered = replace(&database, digest.as_bytes(), forged.as_bytes());
    let found = read(&altered);
    let codes: Vec<_> = found.diagnostics.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["altered-header"], "{:?}", found.diagnostics);
    assert!(matches!(outcome(&keyring, package(&found, "program")), Outcome::Bad(_)));
    assert_eq!(outcome(&Keyring::new(), package(&found, "unsigned")), Outcome::Unsigned);

    // And with that digest forged as well: only the signature shows it.
    let (before, after) = (package(&findings, "program"), package(&found, "program"));
    let sha256 = |found: &Found| {
        found
            .signature
            .as_ref()
            .unwrap()
            .sha256
            .unwrap()
            .iter()
            .map(|it| format!("{it:02x}"))
            .collect::<String>()
    };
    let forged = read(&replace(&altered, sha256(before).as_bytes(), sha256(after).as_bytes()));
    assert_eq!(forged.diagnostics, []);
    let found = package(&forged, "program");
    assert_eq!(found.signature.as_ref().unwrap().integrity, HeaderIntegrity::Intact);
    assert!(matches!(outcome(&keyring, found), Outcome::Bad(why) if why.contains("does not fit")));

    // A signature that is replaced by nothing readable is no unsigned package.
    let packet = &package(&findings, "program").signature.as_ref().unwrap().signatures[0].packet;
    let found = read(&replace(&database, packet, &vec![0; packet.len()]));
    assert!(matches!(outcome(&keyring, package(&found, "program")), Outcome::Bad(_)));
}

fn replace(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut bytes = bytes.to_vec();
    let at: Vec<_> =
        bytes.windows(old.len()).enumerate().filter(|(_, it)| *it == old).map(|(at, _)| at).collect();
    assert!(!at.is_empty(), "what is to be replaced is there");
    for at in at {
        bytes[at..at + new.len()].copy_from_slice(new);
    }
    bytes
}

#[test]
fn expired_and_revoked_keys_are_told() {
    if !has(TOOLS) {
        return;
    }
    let vendor = Vendor::new();
    let signed_by = |user: &str| {
        let name = user.to_ascii_lowercase();
        let archive = vendor.build_rpm(&name);
        vendor.sign_rpm(&archive, user);
        let database = fs::read(vendor.install_rpms(&name, &[&archive])).unwrap();
        package(&read(&database), &name).clone()
    };
    vendor.make_key("Compromised", "ed25519");
    let compromised = signed_by("Compromised");
    vendor.revoke("Compromised", "1");
    assert!(matches!(
        outcome(&keyring(&[&vendor.public_key("Compromised")]), &compromised),
        Outcome::Bad(why) if why.contains("compromised")
    ));
    vendor.make_key("Retired", "ed25519");
    let retired = signed_by("Retired");
    // A revocation has a resolution of seconds.
    std::thread::sleep(std::time::Duration::from_secs(2));
    vendor.revoke("Retired", "3");
    match outcome(&keyring(&[&vendor.public_key("Retired")]), &retired) {
        Outcome::Good(signer) => assert!(signer.revoked.unwrap().contains("no longer used")),
        other => panic!("{other:?}"),
    }
    // Valid for a day when it signed.
    vendor.gpg(&["--quick-generate-key", "Short", "ed25519", "sign", "1d"]);
    let short = signed_by("Short");
    let Outcome::Good(signer) = outcome(&keyring(&[&vendor.public_key("Short")]), &short) else {
        panic!("the key had not expired")
    };
    let (made, expires) = (signer.signed_at.unwrap(), signer.expires.unwrap());
    assert!((86_000..=86_400).contains(&(expires - made)), "{made} {expires}");
    // Its owner had let it expire long before it signed.
    let then = |time: &str| format!("--faked-system-time={time}T000000");
    vendor.gpg(&[&then("20240101"), "--quick-generate-key", "Late", "ed25519", "sign", "never"]);
    let late = signed_by("Late");
    assert!(outcome(&keyring(&[&vendor.public_key("Late")]), &late).is_trusted());
    vendor.gpg(&[&then("20240201"), "--quick-set-expire", &vendor.fingerprint("Late"), "1d"]);
    assert!(matches!(
        outcome(&keyring(&[&vendor.public_key("Late")]), &late),
        Outcome::Bad(why) if why.contains("expired when it signed")
    ));
}

#[test]
fn keys_come_in_any_form_and_the_user_s_come_first() {
    if !has(TOOLS) {
        return;
    }
    let vendor = Vendor::new();
    vendor.make_key("One", "ed25519");
    vendor.make_key("Two", "rsa3072");
    let archive = vendor.build_rpm("program");
    vendor.sign_rpm(&archive, "Two");
    let root = vendor.path("root");
    let file = vendor.path("two.asc");
    fs::write(&file, vendor.public_key("Two")).unwrap();
    fs::create_dir_all(root.join("var/lib/rpm")).unwrap();
    run(rpm(&root).arg("--import").arg(&file));
    let findings = read(&fs::read(vendor.install_rpms("root", &[&archive])).unwrap());
    let found = package(&findings, "program");

    // The key that the database itself holds.
    let [key] = &findings.observations[..] else { panic!("{:?}", findings.observations) };
    assert_eq!(key.kind, "openpgp-key");
    let image = KeySource::Image(key.path.clone());
    let mut keyring = Keyring::new();
    assert_eq!(keyring.add(key.values[1].as_bytes(), &image).unwrap().certificates, 1);
    let Outcome::Good(signer) = outcome(&keyring, found) else { panic!("rpm trusts this key") };
    assert_eq!(signer.source, image);
    assert!(!outcome(&keyring, found).is_trusted());

    // Keys in files of the image, armored and not.
    for bytes in [vendor.public_key("Two"), vendor.gpg(&["--export", "Two"]).stdout] {
        let mut out = Findings::default();
        Rpm.read(&FileView::new("etc/pki/rpm-gpg/TWO", &bytes).with_manifests(), &mut out);
        let mut keyring = Keyring::new();
        keyring.add(out.observations[0].values[1].as_bytes(), &image).unwrap();
        assert!(matches!(outcome(&keyring, found), Outcome::Good(_)));
    }

    // Two blocks with text around them, one block of two keys, and two keys without armor.
    let both = vendor.gpg(&["--armor", "--export"]).stdout;
    let apart = [b"Keys:\r\n", &vendor.public_key("One")[..], b"and\n", &vendor.public_key("Two")].concat();
    for (form, bytes) in [("together", both), ("apart", apart), ("binary", vendor.gpg(&["--export"]).stdout)]
    {
        let mut keyring = keyring.clone();
        let added = keyring.add(&bytes, &KeySource::User(form.to_owned())).unwrap();
        assert_eq!((added.certificates, added.unreadable), (2, 0), "{form}");
        let Outcome::Good(signer) = outcome(&keyring, found) else { panic!("{form}") };
        assert_eq!(signer.source, KeySource::User(form.to_owned()));
    }
    for nothing in [&b""[..], b"no key", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n", &[0x99, 1, 2]] {
        assert!(Keyring::new().add(nothing, &image).is_err(), "{nothing:?}");
    }
}
