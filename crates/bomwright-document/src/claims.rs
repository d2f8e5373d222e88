//! Reads back what the module `facts` writes. Names that are not known, say from a later release, are passed
//! over; so are values that break their form.

mod root;

use std::collections::BTreeMap;

use bomwright_model::{
    Confidence, Digest, EdgeKind, Elf, Evidence, File, FileKind, LayerId, License, LicenseKind, Origin,
    Package, PackageKind, Reason, Scope, SourcePackage, Status, Tier, Verdict,
};

use crate::facts::PREFIX;
use crate::place;
pub(crate) use root::{RootClaims, about_distribution};

/// What the facts on one package or file say beyond its own fields.
#[derive(Default)]
pub(crate) struct Claims {
    /// Any fact of ours was there.
    pub(crate) ours: bool,
    pub(crate) shipped_by: Option<String>,
    /// Edges that are not plain dependencies, with the reference that they lead to.
    pub(crate) edges: Vec<(EdgeKind, Scope, String)>,
    /// Kind, scope, ecosystem and requirement, by number.
    pub(crate) unresolved: BTreeMap<u32, (EdgeKind, Scope, String, String)>,
    licenses: BTreeMap<u32, License>,
    evidence: BTreeMap<u32, Evidence>,
    origin: Option<Origin>,
    confidence: Option<Confidence>,
    reasons: BTreeMap<u32, Reason>,
    lists: BTreeMap<(&'static str, u32), String>,
}

impl Claims {
    /// Whether anything here leads to other things.
    pub(crate) fn has_relations(&self) -> bool {
        self.shipped_by.is_some() || !self.edges.is_empty() || !self.unresolved.is_empty()
    }

    /// Takes the fact `name` (without prefix) about `package`.
    pub(crate) fn about_package(&mut self, package: &mut Package, name: &str, value: &str) {
        self.ours = true;
        let text = || Some(value.to_owned());
        match name {
            "ecosystem" => value.clone_into(&mut package.ecosystem),
            "name" => value.clone_into(&mut package.name),
            "version" => value.clone_into(&mut package.version),
            "description" => package.description = text(),
            "copyright" => package.copyright = text(),
            "namespace" => package.namespace = text(),
            "arch" => package.architecture = text(),
            "location" => package.location = text(),
            "kind" => {
                let kind = PackageKind::ALL.iter().find(|kind| kind.as_str() == value);
                package.kind = kind.copied().unwrap_or_default();
            }
            "source:name" => value.clone_into(&mut source(package).name),
            "source:version" => value.clone_into(&mut source(package).version),
            "size" => package.size = value.parse().ok(),
            "supplier" => package.supplier = text(),
            "originator" => package.originator = text(),
            "introduced" => package.introduced = value.parse().ok().map(LayerId),
            "changed" => package.changed = value.parse().ok().map(LayerId),
            "shipped-by" => self.shipped_by = text(),
            "digest" => package.digests.extend(value.parse::<Digest>().ok()),
            _ => match name.split_once(':') {
                Some(("property", key)) => {
                    package.properties.insert(key.to_owned(), value.to_owned());
                }
                Some(("link", kind)) => {
                    let kinds = bomwright_model::LinkKind::ALL;
                    if let Some(kind) = kinds.iter().find(|known| known.as_str() == kind) {
                        package.add_link(*kind, value);
                    }
                }
                Some((group, rest)) => self.shared(group, rest, value),
                None if name == "origin" => self.origin = Origin::from_name(value),
                None => {}
            },
        }
    }

    /// Takes the fact `name` (without prefix) about `file`.
    pub(crate) fn about_file(&mut self, file: &mut File, name: &str, value: &str) {
        self.ours = true;
        match name {
            "origin" => self.origin = Origin::from_name(value),
            "digest" => file.digests.extend(value.parse::<Digest>().ok()),
            _ => {}
        }
        let Some((group, rest)) = name.split_once(':') else { return };
        if group != "file" {
            return self.shared(group, rest, value);
        }
        match rest {
            "path" => value.clone_into(&mut file.path),
            "kind" => file.kind = file_kind(value).unwrap_or(file.kind),
            "size" => file.size = value.parse().unwrap_or_default(),
            "mode" => file.mode = u32::from_str_radix(value, 8).unwrap_or_default(),
            "uid" => file.uid = value.parse().unwrap_or_default(),
            "gid" => file.gid = value.parse().unwrap_or_default(),
            "modified" => file.modified = value.parse().ok(),
            "layer" => file.layer = value.parse().ok().map(LayerId),
            "introduced" => file.introduced = value.parse().ok().map(LayerId),
            "interpreter" => file.interpreter = Some(value.to_owned()),
            "status" => file.status = Status::from_name(value),
            "tier" => file.tier = Tier::from_name(value),
            _ => {
                if let Some(key) = rest.strip_prefix("declared:") {
                    return file.declared.set(key, value);
                }
                let Some(key) = rest.strip_prefix("elf:") else { return };
                let elf = file.elf.get_or_insert_with(Elf::default);
                match key {
                    "machine" => value.clone_into(&mut elf.machine),
                    "soname" => elf.soname = Some(value.to_owned()),
                    "build-id" => elf.build_id = Some(value.to_owned()),
                    _ => self.list(&["needed", "runpath"], key, value),
                }
            }
        }
    }

    /// Takes a fact that packages, files and the root share: edges, licences, evidence, the origin.
    pub(crate) fn shared(&mut self, group: &str, rest: &str, value: &str) {
        match group {
            "edge" => {
                if let Some((kind, scope)) = manner(rest) {
                    self.edges.push((kind, scope, value.to_owned()));
                }
            }
            "unresolved" => {
                let (number, manner_) = rest.split_once(':').unwrap_or((rest, ""));
                let how = if manner_.is_empty() {
                    Some((EdgeKind::DependsOn, Scope::Runtime))
                } else {
                    manner(manner_)
                };
                if let (Ok(number), Some((kind, scope)), Some((ecosystem, requirement))) =
                    (number.parse(), how, value.split_once(": "))
                {
                    self.unresolved
                        .insert(number, (kind, scope, ecosystem.to_owned(), requirement.to_owned()));
                }
            }
            "license" => {
                let Some((number, key)) = numbered(rest) else { return };
                let license = self.licenses.entry(number).or_insert_with(|| License::declared(""));
                match key {
                    "declared" => value.clone_into(&mut license.text),
                    "found" => {
                        license.kind = LicenseKind::Found;
                        value.clone_into(&mut license.text);
                    }
                    "path" => license.path = Some(value.to_owned()),
                    "confidence" => license.confidence = value.parse().ok(),
                    // The first line is the name.
                    _ if key.starts_with("wording:") => {
                        let (name, text) = value.split_once('\n').unwrap_or((value, ""));
                        license.wordings.insert(name.to_owned(), text.to_owned());
                    }
                    _ => {}
                }
            }
            "evidence" => {
                if let (Ok(number), Some(evidence)) = (rest.parse(), place::read(value)) {
                    self.evidence.insert(number, evidence);
                }
            }
            "origin" => self.about_origin(rest, value),
            _ => {}
        }
    }

    fn about_origin(&mut self, rest: &str, value: &str) {
        if rest == "confidence" {
            self.confidence = Confidence::from_name(value);
            return;
        }
        let Some(rest) = rest.strip_prefix("reason:") else { return };
        let (number, key) = rest.split_once(':').unwrap_or((rest, ""));
        let Ok(number) = number.parse() else { return };
        let blank = || Reason { rule: String::new(), detail: String::new(), evidence: None };
        let reason = self.reasons.entry(number).or_insert_with(blank);
        if key == "evidence" {
            reason.evidence = place::read(value);
        } else if key.is_empty() {
            let (rule, detail) = value.split_once(": ").unwrap_or((value, ""));
            rule.clone_into(&mut reason.rule);
            detail.clone_into(&mut reason.detail);
        }
    }

    fn list(&mut self, names: &[&'static str], key: &str, value: &str) {
        if let Some((name, number)) = key.split_once(':')
            && let Some(name) = names.iter().find(|known| **known == name)
            && let Ok(number) = number.parse()
        {
            self.lists.insert((name, number), value.to_owned());
        }
    }

    fn take_list(&mut self, name: &'static str) -> Vec<String> {
        let taken = self.lists.range((name, 0)..=(name, u32::MAX)).map(|(_, value)| value.clone());
        taken.collect()
    }

    /// Puts into `package` what was gathered under numbers.
    pub(crate) fn finish_package(&mut self, package: &mut Package) {
        if !self.licenses.is_empty() {
            package.licenses = std::mem::take(&mut self.licenses).into_values().collect();
        }
        if !self.evidence.is_empty() {
            package.evidence = std::mem::take(&mut self.evidence).into_values().collect();
        }
        if package.properties.contains_key(Package::SUPPLIER_CONCLUDED) {
            // The document names it as supplier; the metadata of the package do not.
            package.supplier = None;
        }
        package.origin = self.verdict();
    }

    /// The same for `file`.
    pub(crate) fn finish_file(&mut self, file: &mut File) {
        file.origin = self.verdict();
        if file.elf.is_some() {
            let (needed, runpath) = (self.take_list("needed"), self.take_list("runpath"));
            if let Some(elf) = &mut file.elf {
                elf.needed = needed;
                elf.runpath = runpath;
            }
        }
    }

    fn verdict(&mut self) -> Option<Verdict> {
        Some(Verdict {
            origin: self.origin?,
            confidence: self.confidence.unwrap_or(Confidence::Low),
            reasons: std::mem::take(&mut self.reasons).into_values().collect(),
        })
    }
}

/// A name without our prefix; `None` for the facts of others.
pub(crate) fn own_name(name: &str) -> Option<&str> {
    name.strip_prefix(PREFIX)
}

/// The kind of file that is called `text`.
pub(crate) fn file_kind(text: &str) -> Option<FileKind> {
    [FileKind::Executable, FileKind::Library, FileKind::Script, FileKind::Object]
        .into_iter()
        .find(|kind| kind.as_str() == text)
}

fn source(package: &mut Package) -> &mut SourcePackage {
    package.source.get_or_insert_with(|| SourcePackage { name: String::new(), version: String::new() })
}

fn numbered(text: &str) -> Option<(u32, &str)> {
    let (number, key) = text.split_once(':')?;
    Some((number.parse().ok()?, key))
}

fn manner(text: &str) -> Option<(EdgeKind, Scope)> {
    let (kind, scope) = text.split_once(':').unwrap_or((text, Scope::Runtime.as_str()));
    Some((
        EdgeKind::ALL.iter().copied().find(|known| known.as_str() == kind)?,
        Scope::ALL.iter().copied().find(|known| known.as_str() == scope)?,
    ))
}
