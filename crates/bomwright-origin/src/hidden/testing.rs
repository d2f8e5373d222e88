//! Small images for the tests of rules about files.

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::{
    Checksum, Confidence, Content, EntryKind, Evidence, FileAccount, FileFlags, Finding, Form, Image,
    Inventory, LayerId, Listed, Observation, Origin, Package, PackageId, Source, SourceKind, TreeEntry,
};

use super::Detector;
use crate::base::Base;
use crate::world::World;
use crate::{Backing, Claim, Policy, TreeFacts, classify};

/// An image that is made by hand.
pub(crate) struct Scene {
    pub(crate) inventory: Inventory,
    pub(crate) entries: Vec<TreeEntry>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) backing: BTreeMap<PackageId, Backing>,
    pub(crate) policy: Policy,
    pub(crate) bases: Vec<Base>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let mut inventory = Inventory::new(Source { kind: SourceKind::OciDir, name: "x".into() });
        inventory.image = Some(Image::default());
        Self {
            inventory,
            entries: Vec::new(),
            claims: Vec::new(),
            observations: Vec::new(),
            backing: BTreeMap::new(),
            policy: Policy::default(),
            bases: Vec::new(),
        }
    }

    /// Adds a package of version 1, read from `db/NAME`.
    pub(crate) fn package(&mut self, ecosystem: &str, name: &str) -> PackageId {
        let mut package = Package::new(ecosystem, name, "1");
        package.evidence.push(Evidence::new(format!("db/{name}"), ecosystem));
        self.insert(package)
    }

    pub(crate) fn insert(&mut self, package: Package) -> PackageId {
        self.inventory.packages.push(package);
        PackageId(u32::try_from(self.inventory.packages.len() - 1).unwrap())
    }

    pub(crate) fn add(&mut self, entry: TreeEntry) {
        self.entries.push(entry);
    }

    /// Adds a file that `package` lists with its digest, or a link with its target.
    pub(crate) fn own(&mut self, package: PackageId, entry: TreeEntry) {
        let mut listed = Listed::new(entry.path.clone());
        listed.digest = entry.content.as_ref().and_then(|it| it.md5).map(Checksum::Md5);
        listed.link.clone_from(&entry.link);
        self.claim(package, listed);
        self.add(entry);
    }

    /// Adds configuration of `package` that was changed since.
    pub(crate) fn own_changed(&mut self, package: PackageId, entry: TreeEntry) {
        let digest = Some(Checksum::Md5([0xee; 16]));
        let listed =
            Listed { flags: FileFlags::CONFIG, ..Listed::new(entry.path.clone()).with_digest(digest) };
        self.claim(package, listed);
        self.add(entry);
    }

    /// `package` lists a path; nothing need be there.
    pub(crate) fn claim(&mut self, package: PackageId, listed: Listed) {
        self.claims.push(Claim { path: listed.path.clone(), package, listed });
    }

    pub(crate) fn observe(&mut self, kind: &str, path: &str, values: &[&str]) {
        self.observations.push(Observation::new(kind, path, values.iter().copied()));
    }

    pub(crate) fn environment(&mut self, variables: &[&str]) {
        let environment = variables.iter().map(|it| (*it).to_owned()).collect();
        self.inventory.image = Some(Image { environment, ..Image::default() });
    }

    /// The account and every finding.
    pub(crate) fn account(mut self) -> (Vec<FileAccount>, Vec<Finding>) {
        let system = self.settle();
        crate::account(self.facts(&system))
    }

    /// What `detector` finds. Each finding must be of a rule that it lists.
    pub(crate) fn findings(mut self, detector: &Detector) -> Vec<Finding> {
        let system = self.settle();
        let (accounts, _) = crate::account(self.facts(&system));
        let mut findings = (detector.find)(&World::new(self.facts(&system)), &accounts);
        findings.sort();
        for finding in &findings {
            assert!(
                detector.rules.iter().any(|(id, _)| *id == finding.rule),
                "{} is not listed",
                finding.rule
            );
            assert!(!finding.message.is_empty());
        }
        findings
    }

    /// What `detector` finds, as `rule:subject severity`.
    pub(crate) fn find(self, detector: &Detector) -> Vec<String> {
        let findings = self.findings(detector);
        findings.iter().map(|finding| format!("{} {}", finding.id(), finding.severity.as_str())).collect()
    }

    fn settle(&mut self) -> BTreeSet<&'static str> {
        let system = BTreeSet::from(["alpm", "apk", "deb", "rpm"]);
        self.entries.sort_by(|a, b| a.path.cmp(&b.path));
        self.claims.sort();
        self.observations.sort();
        classify(&mut self.inventory, &self.policy, &system, &crate::Facts::new());
        // Whose packages are the vendor's is another rule's business.
        for package in self.inventory.packages.iter_mut().filter(|it| system.contains(it.ecosystem.as_str()))
        {
            if let Some(verdict) = &mut package.origin {
                verdict.origin = Origin::Vendor;
                verdict.confidence = Confidence::High;
            }
        }
        system
    }

    fn facts<'a>(&'a self, system: &'a BTreeSet<&'a str>) -> TreeFacts<'a> {
        TreeFacts {
            inventory: &self.inventory,
            entries: &self.entries,
            claims: &self.claims,
            observations: &self.observations,
            backing: &self.backing,
            system,
            policy: &self.policy,
            bases: &self.bases,
        }
    }
}

/// An ELF program with bytes of its own.
pub(crate) fn elf(path: &str) -> TreeEntry {
    TreeEntry { mode: 0o755, ..file(path, Form::Elf) }
}

/// A file of text.
pub(crate) fn text(path: &str) -> TreeEntry {
    file(path, Form::Other)
}

/// An executable script.
pub(crate) fn script(path: &str) -> TreeEntry {
    TreeEntry { mode: 0o755, ..file(path, Form::Script) }
}

/// A symbolic link to the existing `target`.
pub(crate) fn link(path: &str, target: &str) -> TreeEntry {
    let entry = TreeEntry { kind: EntryKind::Symlink, mode: 0o777, size: 0, content: None, ..text(path) };
    TreeEntry { link: Some(format!("/{target}")), leads_to: Some(target.to_owned()), ..entry }
}

/// A directory.
pub(crate) fn directory(path: &str) -> TreeEntry {
    TreeEntry { kind: EntryKind::Directory, mode: 0o755, size: 0, content: None, ..text(path) }
}

/// The same bytes as `original`, at another path.
pub(crate) fn copy(path: &str, original: &TreeEntry) -> TreeEntry {
    TreeEntry { path: path.to_owned(), ..original.clone() }
}

fn file(path: &str, form: Form) -> TreeEntry {
    // Not a digest, but as different as the paths are.
    let mut sha256 = [0_u8; 32];
    for (position, byte) in path.bytes().enumerate() {
        let slot = &mut sha256[position % 32];
        *slot = slot.wrapping_mul(31) ^ byte;
    }
    let md5 = sha256.first_chunk::<16>().copied();
    let content = Content { sha256, md5, sha1: None, mtime: 0, form, packed: false };
    TreeEntry {
        path: path.to_owned(),
        kind: EntryKind::File,
        size: 10,
        mode: 0o644,
        uid: 0,
        gid: 0,
        layer: Some(LayerId(1)),
        introduced: None,
        link: None,
        leads_to: None,
        content: Some(content),
        capabilities: None,
    }
}
