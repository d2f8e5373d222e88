//! Rules about generated files in small worlds.

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::{
    Checksum, Confidence, Content, EntryKind, FileAccount, Finding, Form, Inventory, Listed, Observation,
    Origin, Package, PackageId, Reason, Source, SourceKind, Status, Tier, TreeEntry, Verdict,
};

use super::rule::{Kind, glob, matching};
use super::table::RULES;
use crate::{Claim, Policy, TreeFacts, account};

/// What an image holds, for [`Scene::account`].
#[derive(Default)]
struct Scene {
    packages: Vec<Package>,
    entries: Vec<TreeEntry>,
    claims: Vec<Claim>,
    observations: Vec<Observation>,
}

impl Scene {
    /// A scene with packages of Debian, all of them from the vendor.
    fn new(names: &[&str]) -> Self {
        let mut scene = Self::default();
        for name in names {
            scene.install("deb", name, Origin::Vendor);
        }
        scene
    }

    fn install(&mut self, ecosystem: &str, name: &str, origin: Origin) {
        let reason = Reason { rule: "test".into(), detail: String::new(), evidence: None };
        let verdict = Verdict { origin, confidence: Confidence::High, reasons: vec![reason] };
        self.packages.push(Package { origin: Some(verdict), ..Package::new(ecosystem, name, "1") });
    }

    /// A regular file, whose content is known by its path and size.
    fn file(&mut self, path: &str, size: u64) -> &mut TreeEntry {
        let mut entry = entry(path, EntryKind::File);
        entry.size = size;
        entry.content = Some(content(path, Form::Other));
        self.entries.push(entry);
        self.entries.last_mut().unwrap()
    }

    /// A file that the package at `package` lists with its digest.
    fn owned(&mut self, path: &str, size: u64, package: u32) -> &mut TreeEntry {
        let listed = Listed::new(path).with_digest(Some(Checksum::Sha256(digest(path))));
        self.claims.push(Claim { path: path.into(), package: PackageId(package), listed });
        self.file(path, size)
    }

    fn link(&mut self, path: &str, text: &str, leads_to: Option<&str>) {
        let link = Some(text.to_owned());
        let leads_to = leads_to.map(str::to_owned);
        self.entries.push(TreeEntry { link, leads_to, ..entry(path, EntryKind::Symlink) });
    }

    fn observe(&mut self, kind: &str, path: &str, values: &[&str]) {
        self.observations.push(Observation::new(kind, path, values.iter().copied()));
    }

    fn account(&mut self) -> (Vec<FileAccount>, Vec<Finding>) {
        self.entries.sort_by(|a, b| a.path.cmp(&b.path));
        self.claims.sort();
        self.observations.sort();
        let mut inventory = Inventory::new(Source { kind: SourceKind::Dir, name: "x".into() });
        inventory.packages.clone_from(&self.packages);
        account(TreeFacts {
            inventory: &inventory,
            entries: &self.entries,
            claims: &self.claims,
            observations: &self.observations,
            backing: &BTreeMap::new(),
            system: &BTreeSet::from(["alpm", "apk", "deb", "rpm"]),
            policy: &Policy::default(),
            bases: &[],
        })
    }

    /// The verdict on `path`, and the rules of the findings.
    fn verdict(&mut self, path: &str) -> (FileAccount, Vec<String>) {
        let (accounts, findings) = self.account();
        let account = accounts.into_iter().find(|it| it.path == path).unwrap();
        // What the detectors of hidden things say of such small images is tested beside them.
        let hidden: BTreeSet<_> = crate::detectors().map(|(id, _)| id).collect();
        let rules = findings.into_iter().map(|it| it.rule);
        // Host keys are told of by both: by the detector where no rule explains them.
        let is_ours = |it: &String| it == "ssh-host-key" || !hidden.contains(it.as_str());
        (account, rules.filter(is_ours).collect())
    }

    /// Status, origin, tier and deciding rule of `path`, and the findings, in one line.
    fn line(&mut self, path: &str) -> String {
        let (account, findings) = self.verdict(path);
        let words = [account.status.as_str(), account.origin.as_str(), account.tier.as_str()];
        let last = account.reasons.last().map(|it| it.rule.clone()).unwrap_or_default();
        let findings = findings.into_iter().map(|it| format!("!{it}"));
        [words.join(" "), last].into_iter().chain(findings).collect::<Vec<_>>().join(" ")
    }
}

fn entry(path: &str, kind: EntryKind) -> TreeEntry {
    TreeEntry {
        path: path.into(),
        kind,
        size: 0,
        mode: 0o644,
        uid: 0,
        gid: 0,
        layer: None,
        introduced: None,
        link: None,
        leads_to: None,
        content: None,
        capabilities: None,
    }
}

fn content(path: &str, form: Form) -> Content {
    Content { sha256: digest(path), md5: None, sha1: None, mtime: 1000, form, packed: false }
}

/// Another one for each path, which is all that matters here.
fn digest(path: &str) -> [u8; 32] {
    let mut bytes = [0_u8; 32];
    for (at, byte) in path.bytes().enumerate() {
        bytes[at % 32] = byte.wrapping_add(bytes[at % 32].wrapping_mul(31));
    }
    bytes
}

fn hex(bytes: [u8; 32]) -> String {
    Checksum::Sha256(bytes).hex()
}

/// A path that the glob is for.
fn example(glob: &str) -> String {
    let mut text = glob.to_owned();
    // Alternatives, the innermost ones first.
    while let Some(close) = text.find('}') {
        let open = text[..close].rfind('{').unwrap();
        let first = text[open + 1..close].split(',').next().unwrap().to_owned();
        text.replace_range(open..=close, &first);
    }
    text.replace("**", "x/y").replace("[0-9]", "0").replace(['*', '?'], "x")
}

#[test]
fn ids_are_unique_and_globs_are_globs() {
    let ids: BTreeSet<_> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        assert!(!rule.about.is_empty() && !rule.paths.is_empty(), "{}", rule.id);
        for path in rule.paths {
            assert!(!path.starts_with('/'), "{path}");
            assert!(glob(path).is_ok(), "{path}");
            let example = example(path);
            assert!(matching(&example).any(|it| it.id == rule.id), "{path} does not match {example}");
        }
    }
}

/// What a kernel runs or what gives rights stays unexplained wherever it lies: each rule is asked about each kind of
/// it, with every maker installed.
#[test]
fn no_rule_explains_what_can_be_run() {
    let mut names: Vec<String> = vec!["x".into()];
    names.extend(
        RULES.iter().flat_map(|rule| rule.makers).map(|maker| maker.trim_matches(['*', '@']).to_owned()),
    );
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let forms: &[fn(&mut TreeEntry)] = &[
        |it| it.content.as_mut().unwrap().form = Form::Elf,
        |it| it.content.as_mut().unwrap().form = Form::Pe,
        |it| it.content.as_mut().unwrap().form = Form::MachO,
        |it| it.content.as_mut().unwrap().form = Form::Script,
        |it| it.content.as_mut().unwrap().form = Form::Zip,
        |it| it.mode = 0o4755,
        |it| it.mode = 0o2755,
        |it| it.capabilities = Some(vec![1]),
    ];
    let mut asked = 0;
    for kind in [EntryKind::File, EntryKind::HardLink] {
        for (number, form) in forms.iter().enumerate() {
            let mut scene = Scene::new(&names);
            for ecosystem in ["rpm", "apk", "alpm"] {
                scene.install(ecosystem, "y", Origin::Vendor);
            }
            let mut paths = BTreeSet::new();
            for rule in RULES.iter().filter(|rule| rule.kind == Kind::File) {
                paths.extend(rule.paths.iter().map(|path| example(path)));
            }
            for script in ["config", "postinst", "postrm", "preinst", "prerm"] {
                paths.insert(format!("var/lib/dpkg/info/x.{script}"));
            }
            for path in &paths {
                let entry = scene.file(path, 1);
                entry.kind = kind;
                form(entry);
            }
            for account in scene.account().0 {
                let is_script = super::is_maintainer_script(&account.path);
                // Forms four and on are no code but archives and rights.
                let is_excused = is_script && number < 4;
                let expected = if is_excused { Status::Generated } else { Status::Added };
                assert_eq!(account.status, expected, "{} as form {number}", account.path);
                asked += 1;
            }
        }
    }
    assert!(asked > 16 * RULES.len(), "{asked}");
}

#[test]
fn rules_hold_only_where_their_maker_is() {
    let mut scene = Scene::new(&["dpkg"]);
    scene.file("var/cache/debconf/config.dat", 9);
    assert_eq!(scene.line("var/cache/debconf/config.dat"), "added unknown V0 no-owner");
    scene.install("deb", "debconf", Origin::Vendor);
    assert_eq!(scene.line("var/cache/debconf/config.dat"), "generated vendor V0 G01-debconf");
    // An upstream package of the same name is no maker.
    let mut scene = Scene::default();
    scene.install("npm", "debconf", Origin::Upstream);
    scene.file("var/cache/debconf/config.dat", 9);
    assert_eq!(scene.line("var/cache/debconf/config.dat"), "added unknown V0 no-owner");
}

#[test]
fn what_lies_beside_generated_files_is_not_one() {
    let mut scene = Scene::new(&["dpkg", "apt", "base-files"]);
    let paths = [
        "var/lib/dpkg/payload",
        "var/lib/dpkg/info/dpkg.payload",
        "var/lib/dpkg/info/x/dpkg.list",
        "var/lib/apt/lists/payload",
        "usr/sbin/policy-rc.d",
        "etc/hosts.d/x",
        "root/.dockerenv",
    ];
    for path in paths {
        scene.file(path, 9);
    }
    // Too large for a name of the network.
    scene.file("etc/hosts", 1 << 20);
    for account in scene.account().0 {
        assert_eq!(account.status, Status::Added, "{}", account.path);
    }
}

#[test]
fn records_of_dpkg_belong_to_installed_packages() {
    let mut scene = Scene::new(&["dpkg", "libc6"]);
    scene.file("var/lib/dpkg/info/libc6:amd64.md5sums", 9);
    assert_eq!(scene.line("var/lib/dpkg/info/libc6:amd64.md5sums"), "generated vendor V1d G01-dpkg-info");
    let script = scene.file("var/lib/dpkg/info/libc6:amd64.postinst", 9);
    script.content.as_mut().unwrap().form = Form::Script;
    assert_eq!(scene.line("var/lib/dpkg/info/libc6:amd64.postinst"), "generated vendor V0 G01-dpkg-info");
    assert_eq!(scene.verdict("var/lib/dpkg/info/libc6:amd64.postinst").0.owner, Some(PackageId(1)));

    let mut scene = Scene::new(&["dpkg"]);
    let script = scene.file("var/lib/dpkg/info/gone.postrm", 9);
    script.content.as_mut().unwrap().form = Form::Script;
    assert_eq!(scene.line("var/lib/dpkg/info/gone.postrm"), "added unknown V0 no-owner");
    scene.observe("dpkg-removed", "var/lib/dpkg/status", &["gone"]);
    assert_eq!(scene.line("var/lib/dpkg/info/gone.postrm"), "generated vendor V0 G01-dpkg-info");
    scene.file("var/lib/dpkg/info/other.list", 9);
    let line = scene.line("var/lib/dpkg/info/other.list");
    assert_eq!(line, "generated vendor V0 G01-dpkg-info !record-without-package");
}

#[test]
fn bytecode_belongs_to_its_source() {
    const PYC: &str = "usr/lib/python3/a/__pycache__/m.cpython-311.pyc";
    let scene = |flags: &str, time: &str, size: &str| {
        let mut scene = Scene::new(&["python3-minimal"]);
        scene.install("deb", "theirs", Origin::Upstream);
        scene.owned("usr/lib/python3/a/m.py", 20, 1);
        scene.file(PYC, 200);
        scene.observe("python-bytecode", PYC, &[flags, time, size, "usr/lib/python3/a/m.py"]);
        scene
    };
    assert_eq!(scene("0", "1000", "20").line(PYC), "generated upstream V1d G02-python-bytecode");
    assert_eq!(scene("0", "1000", "20").verdict(PYC).0.owner, Some(PackageId(1)));
    assert_eq!(scene("3", "-", "-").line(PYC), "generated upstream V0 G02-python-bytecode");
    let line = scene("1", "-", "-").line(PYC);
    assert_eq!(line, "generated upstream V0 G02-python-bytecode !unchecked-bytecode");
    for (time, size) in [("1001", "20"), ("1000", "21")] {
        let line = scene("0", time, size).line(PYC);
        assert_eq!(line, "generated upstream V0 G02-python-bytecode !unverified-bytecode");
    }
    // The source itself was changed: the header may well fit, and nothing is derived from it.
    let mut changed = scene("0", "1000", "20");
    changed.claims[0].listed.digest = Some(Checksum::Sha256([0; 32]));
    let (account, _) = changed.verdict(PYC);
    assert_eq!((account.tier, account.origin), (Tier::V0, Origin::Unknown));
    // A source that nobody answers for makes nothing known.
    let mut unknown = scene("0", "1000", "20");
    unknown.claims.clear();
    assert_eq!(unknown.line(PYC), "added unknown V0 no-owner");
    // No header was read.
    let mut broken = scene("0", "1000", "20");
    broken.observations.clear();
    assert_eq!(broken.line(PYC), "added unknown V0 no-owner");
    // No source is there.
    let mut orphan = scene("0", "1000", "20");
    orphan.entries.remove(0);
    orphan.claims.clear();
    assert_eq!(orphan.line(PYC), "generated unknown V0 G02-python-bytecode !orphan-bytecode");
}

#[test]
fn bytecode_that_a_package_lists_without_a_digest_is_looked_at() {
    const PYC: &str = "usr/lib/python3/a/__pycache__/m.cpython-311.pyc";
    let mut scene = Scene::new(&["dpkg"]);
    scene.install("pypi", "a", Origin::Upstream);
    scene.owned("usr/lib/python3/a/m.py", 20, 1);
    scene.file(PYC, 200);
    scene.claims.push(Claim { path: PYC.into(), package: PackageId(1), listed: Listed::new(PYC) });
    scene.observe("python-bytecode", PYC, &["0", "1000", "20", "usr/lib/python3/a/m.py"]);
    assert_eq!(scene.line(PYC), "intact upstream V1d G02-python-bytecode");
    scene.observations[0].values[2] = "21".into();
    assert_eq!(scene.line(PYC), "intact upstream V0 G02-python-bytecode !unverified-bytecode");
}

#[test]
fn the_loader_s_cache_leads_to_libraries_that_are_known() {
    const CACHE: &str = "etc/ld.so.cache";
    let mut scene = Scene::new(&["libc-bin", "libz"]);
    scene.owned("usr/lib/libz.so.1.2", 9, 1);
    scene.link("usr/lib/libz.so.1", "libz.so.1.2", Some("usr/lib/libz.so.1.2"));
    scene.link("lib", "usr/lib", Some("usr/lib"));
    scene.entries.push(entry("usr/lib", EntryKind::Directory));
    scene.file(CACHE, 99);
    scene.observe("ld-cache-entry", CACHE, &["libz.so.1", "lib/libz.so.1"]);
    assert_eq!(scene.line(CACHE), "generated vendor V1d G05-loader-cache");
    scene.observe("ld-cache-entry", CACHE, &["libgone.so", "usr/lib/libgone.so"]);
    assert_eq!(scene.line(CACHE), "generated vendor V0 G05-loader-cache");
    scene.file("opt/x/libz.so.1", 9);
    scene.observe("ld-cache-entry", CACHE, &["libz.so.1", "opt/x/libz.so.1"]);
    assert_eq!(scene.line(CACHE), "generated vendor V0 G05-loader-cache !loader-cache-foreign");
}

#[test]
fn bundles_are_made_again() {
    const BUNDLE: &str = "etc/ssl/certs/ca-certificates.crt";
    let scene = |bundle: &[&str]| {
        let mut scene = Scene::new(&["ca-certificates"]);
        scene.owned("usr/share/ca-certificates/m/A.crt", 9, 0);
        scene.owned("usr/share/ca-certificates/m/B.crt", 9, 0);
        scene.observe("certificates", "usr/share/ca-certificates/m/A.crt", &["textA", "keyA"]);
        scene.observe("certificates", "usr/share/ca-certificates/m/B.crt", &["textB", "keyB"]);
        scene.observe("certificate-selection", "etc/ca-certificates.conf", &["m/B.crt", "m/A.crt"]);
        scene.file(BUNDLE, 99);
        scene.observe("certificates", BUNDLE, bundle);
        scene
    };
    let detail = |scene: &mut Scene| scene.verdict(BUNDLE).0.reasons[0].detail.clone();
    let mut same = scene(&["textB", "keyB", "textA", "keyA"]);
    assert_eq!(same.line(BUNDLE), "generated vendor V1d G04-ca-bundle");
    assert!(detail(&mut same).starts_with("made again"), "{}", detail(&mut same));
    let mut other_order = scene(&["textA", "keyA", "textB", "keyB"]);
    assert_eq!(other_order.line(BUNDLE), "generated vendor V1d G04-ca-bundle");
    assert!(detail(&mut other_order).starts_with("each of its 2"), "{}", detail(&mut other_order));
    let extra = "generated vendor V0 G04-ca-bundle !extra-ca-certificate";
    assert_eq!(scene(&["textB", "keyB", "textC", "keyC"]).line(BUNDLE), extra);
    // One that was added by the book is still not the vendor's.
    let mut added = scene(&["textB", "keyB", "textA", "keyA", "textC", "keyC"]);
    added.file("usr/local/share/ca-certificates/C.crt", 9);
    added.observe("certificates", "usr/local/share/ca-certificates/C.crt", &["textC", "keyC"]);
    assert_eq!(added.line(BUNDLE), extra);
    // Nor is one in a file that pretends to be shipped.
    let mut planted = scene(&["textB", "keyB", "textC", "keyC"]);
    planted.file("usr/share/ca-certificates/m/C.crt", 9);
    planted.observe("certificates", "usr/share/ca-certificates/m/C.crt", &["textC", "keyC"]);
    assert_eq!(planted.line(BUNDLE), extra);
}

#[test]
fn accounts_are_compared_with_what_packages_declare() {
    let mut scene = Scene::new(&["base-passwd"]);
    scene.owned("usr/share/base-passwd/passwd.master", 9, 0);
    scene.observe("account-declared-user", "usr/share/base-passwd/passwd.master", &["root", "0"]);
    scene.file("etc/passwd", 9);
    scene.observe("account-user", "etc/passwd", &["root", "0", "0", "/root", "/bin/sh"]);
    assert_eq!(scene.line("etc/passwd"), "generated vendor V1d G06-users");
    scene.observe("account-user", "etc/passwd", &["app", "1000", "1000", "/", "/bin/sh"]);
    assert_eq!(scene.line("etc/passwd"), "generated vendor V0 G06-users");
    scene.observe("account-user", "etc/passwd", &["toor", "00", "0", "/", "/bin/sh"]);
    assert_eq!(scene.line("etc/passwd"), "generated vendor V0 G06-users !extra-root-account");
    scene.file("etc/shadow", 9);
    assert_eq!(scene.line("etc/shadow"), "generated vendor V0 G06-passwords !extra-root-account");
    scene.observe("account-password", "etc/shadow", &["root", "hash"]);
    scene.observe("account-password", "etc/shadow", &["app", "empty"]);
    let line = scene.line("etc/shadow");
    assert_eq!(line, "generated vendor V0 G06-passwords !extra-root-account !password-empty !password-set");
}

#[test]
fn a_first_root_file_system_holds_copies() {
    const INITRD: &str = "boot/initrd.img-6";
    let mut scene = Scene::new(&["initramfs-tools", "busybox"]);
    scene.owned("usr/bin/busybox", 9, 1).content.as_mut().unwrap().form = Form::Elf;
    scene.file(INITRD, 99);
    assert_eq!(scene.line(INITRD), "generated vendor V0 G11-initrd");
    scene.observe("initrd-member", INITRD, &["usr/bin/busybox", &hex(digest("usr/bin/busybox")), "9", "elf"]);
    scene.observe("initrd-member", INITRD, &["conf/a.conf", &hex([7; 32]), "9", "other"]);
    scene.observe("initrd-member", INITRD, &["usr/lib/modules/6/modules.dep", &hex([8; 32]), "9", "other"]);
    assert_eq!(scene.line(INITRD), "generated vendor V1d G11-initrd");
    scene.observe("initrd-member", INITRD, &["usr/share/x", &hex([9; 32]), "9", "other"]);
    assert_eq!(scene.line(INITRD), "generated vendor V0 G11-initrd");
    scene.observe("initrd-member", INITRD, &["conf/x", &hex([6; 32]), "9", "elf"]);
    assert_eq!(scene.line(INITRD), "generated vendor V0 G11-initrd !initrd-foreign-member");
}

#[test]
fn the_index_of_modules_is_made_of_modules() {
    let mut scene = Scene::new(&["kmod", "linux-image"]);
    scene.owned("usr/lib/modules/6/kernel/a.ko", 9, 1);
    scene.file("usr/lib/modules/6/modules.dep", 9);
    assert_eq!(scene.line("usr/lib/modules/6/modules.dep"), "generated vendor V1d G10-module-index");
    scene.file("usr/lib/modules/6/updates/rootkit.ko", 9);
    assert_eq!(scene.line("usr/lib/modules/6/modules.dep"), "generated vendor V0 G10-module-index");
}

#[test]
fn secrets_are_explained_and_told_of() {
    let mut scene = Scene::new(&["openssh-server", "base-files"]);
    scene.file("etc/ssh/ssh_host_rsa_key.pub", 9);
    assert_eq!(scene.line("etc/ssh/ssh_host_rsa_key.pub"), "generated vendor V0 G14-ssh-host-key");
    scene.file("etc/ssh/ssh_host_rsa_key", 9);
    scene.observe("ssh-host-key", "etc/ssh/ssh_host_rsa_key", &["rsa"]);
    let line = scene.line("etc/ssh/ssh_host_rsa_key");
    assert_eq!(line, "generated vendor V0 G14-ssh-host-key !ssh-host-key");
    let mut scene = Scene::new(&["base-files"]);
    scene.file("etc/machine-id", 33);
    assert_eq!(scene.line("etc/machine-id"), "generated vendor V0 G08-machine-id !machine-id-baked");
    scene.entries[0].size = 0;
    assert_eq!(scene.line("etc/machine-id"), "generated vendor V1d G08-machine-id");
}

#[test]
fn a_virtual_environment_is_told_by_its_configuration() {
    let mut scene = Scene::new(&["python3.11-minimal"]);
    scene.entries.push(entry("opt/venv/lib", EntryKind::Directory));
    scene.link("opt/venv/lib64", "lib", Some("opt/venv/lib"));
    scene.file("opt/venv/bin/activate", 9);
    assert_eq!(scene.line("opt/venv/lib64"), "added unknown V0 no-owner");
    assert_eq!(scene.line("opt/venv/bin/activate"), "added unknown V0 no-owner");
    scene.file("opt/venv/pyvenv.cfg", 9);
    assert_eq!(scene.line("opt/venv/lib64"), "generated vendor V1d G02-python-venv-lib64");
    assert_eq!(scene.line("opt/venv/bin/activate"), "generated vendor V0 G02-python-venv");
    assert_eq!(scene.line("opt/venv/pyvenv.cfg"), "generated vendor V0 G02-python-venv");
}

#[test]
fn a_copy_of_an_intact_file_is_called_one() {
    let mut scene = Scene::new(&["base-files"]);
    scene.owned("usr/share/base-files/motd", 9, 0);
    scene.file("etc/motd", 9);
    assert_eq!(scene.line("etc/motd"), "generated vendor V0 G08-local-settings");
    scene.entries[0].content = scene.entries[1].content.clone();
    assert_eq!(scene.line("etc/motd"), "copy vendor V1 copy-of-known");
}

#[test]
fn configuration_that_ucf_wrote_has_its_digest() {
    let mut scene = Scene::new(&["ucf", "postgresql-common"]);
    scene.file("etc/x.conf", 9).content.as_mut().unwrap().md5 = Some([0xab; 16]);
    assert_eq!(scene.line("etc/x.conf"), "added unknown V0 no-owner");
    scene.observe("ucf-owner", "var/lib/ucf/registry", &["postgresql-common", "etc/x.conf"]);
    scene.observe("ucf-digest", "var/lib/ucf/hashfile", &[&"ab".repeat(16), "etc/x.conf"]);
    assert_eq!(scene.line("etc/x.conf"), "generated vendor V1 G15-ucf");
    assert_eq!(scene.verdict("etc/x.conf").0.owner, Some(PackageId(1)));
    scene.entries[0].content.as_mut().unwrap().md5 = Some([0; 16]);
    assert_eq!(scene.line("etc/x.conf"), "generated vendor V0 G15-ucf");
}

#[test]
fn links_that_lead_to_nothing_listed() {
    let mut scene = Scene::new(&["dpkg", "base-files", "systemd"]);
    scene.entries.push(entry("var/mail", EntryKind::Directory));
    scene.link("var/spool/mail", "../mail", Some("var/mail"));
    scene.link("etc/mtab", "../proc/self/mounts", None);
    scene.link("dev/stdout", "/proc/self/fd/1", None);
    scene.link("etc/alternatives/awk.1.gz", "/usr/share/man/man1/mawk.1.gz", None);
    scene.link("usr/share/man/man1/awk.1.gz", "/etc/alternatives/awk.1.gz", None);
    scene.link("etc/systemd/system/x.service", "/dev/null", None);
    scene.link("usr/bin/loose", "/nowhere", None);
    scene.link("etc/mtab2", "/proc/mounts", None);
    let lines = [
        ("var/spool/mail", "generated vendor V1d L05-base-directory"),
        ("etc/mtab", "generated vendor V1d C03-mounted"),
        ("dev/stdout", "generated vendor V1d C03-mounted"),
        ("etc/alternatives/awk.1.gz", "generated vendor V0 L03-alternative"),
        ("usr/share/man/man1/awk.1.gz", "generated vendor V0 L04-to-alternative"),
        ("etc/systemd/system/x.service", "generated vendor V1d L01-masked-unit"),
        ("usr/bin/loose", "added unknown V0 no-owner"),
        ("etc/mtab2", "added unknown V0 no-owner"),
    ];
    for (path, line) in lines {
        assert_eq!(scene.line(path), line, "{path}");
    }
}

#[test]
fn devices_of_a_container_are_no_disks() {
    let mut scene = Scene::new(&["base-files"]);
    for path in ["dev/null", "dev/sda", "opt/null"] {
        scene.entries.push(entry(path, EntryKind::Device));
    }
    assert_eq!(scene.line("dev/null"), "generated vendor V0 C02-devices");
    assert_eq!(scene.line("dev/sda"), "added unknown V0 no-owner");
    assert_eq!(scene.line("opt/null"), "added unknown V0 no-owner");
}

#[test]
fn applets_of_busybox_belong_to_it() {
    let mut scene = Scene::default();
    scene.install("apk", "busybox", Origin::Vendor);
    scene.owned("bin/busybox", 9, 0).content.as_mut().unwrap().form = Form::Elf;
    scene.link("bin/ls", "/bin/busybox", Some("bin/busybox"));
    scene.file("lib/apk/db/scripts.tar", 9);
    assert_eq!(scene.line("bin/ls"), "generated vendor V1d A04-applet");
    assert_eq!(scene.line("lib/apk/db/scripts.tar"), "generated vendor V0 A01-apk-database");
}
