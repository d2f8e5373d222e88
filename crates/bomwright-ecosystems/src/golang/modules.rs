//! `go.mod` and `go.sum` (go.dev/ref/mod, sections "go.mod files" and "go.sum files").
//!
//! Since Go 1.17 a go.mod names every module that the build may need, in the version that is chosen, so it is a
//! lock file; which module needs which other one it does not say. go.sum has their checksums, and those of
//! versions that were only looked at.

use std::collections::BTreeMap;

use bomwright_model::{Code, PackageKind, Scope};

use super::NAME;
use crate::format::go_buildinfo::Module;
use crate::lock::Lock;
use crate::{FileView, Findings, Part};

/// What a go.mod says.
#[derive(Debug, Default)]
struct GoMod<'a> {
    module: &'a str,
    go: &'a str,
    toolchain: &'a str,
    /// Path, version, and whether only other modules need it.
    requires: Vec<(&'a str, &'a str, bool)>,
    /// Path and version (empty for every one) to path and version (empty for a directory).
    replaces: BTreeMap<(&'a str, &'a str), (&'a str, &'a str)>,
    odd: usize,
}

/// Reads a go.mod.
pub(super) fn read(file: &FileView<'_>, out: &mut Findings) {
    let text = crate::format::text(file, out);
    let parsed = GoMod::parse(&text);
    if parsed.odd > 0 {
        out.note(file, Code::MalformedRecord, format!("{} lines are none of a go.mod", parsed.odd));
    }
    let mut lock = Lock::new(file, NAME);
    let mut needs = Vec::new();
    for &(path, version, is_indirect) in &parsed.requires {
        let replacement = [(path, version), (path, "")].iter().find_map(|key| parsed.replaces.get(key));
        let replacement = replacement.map(|(path, version)| Module {
            path: (*path).to_owned(),
            version: (*version).to_owned(),
            ..Module::default()
        });
        let module = Module {
            path: path.to_owned(),
            version: version.to_owned(),
            replacement: replacement.map(Box::new),
            ..Module::default()
        };
        let mut package = super::module_package(&module);
        if is_indirect {
            package.set_property("indirect", "true");
        }
        let id = format!("{path}@{version}");
        let mut found = lock.found(package, &id);
        found
            .aliases
            .push(sum_key(file, &format!("{}@{}", found.package.full_name(), found.package.version)));
        needs.push(lock.needs(format!("{path} {version}"), &id, Scope::Runtime));
        if !lock.add(found, out) {
            return;
        }
    }
    if parsed.module.is_empty() {
        if !text.trim().is_empty() {
            out.note(file, Code::MalformedFile, "a go.mod without a module");
        }
        return;
    }
    let mut main = super::module_package(&Module { path: parsed.module.to_owned(), ..Module::default() });
    main.kind = PackageKind::Application;
    main.location = Some(file.parent().to_owned());
    main.set_property("main-module", "true");
    main.set_property("go-version", parsed.go);
    main.set_property("toolchain", parsed.toolchain);
    let mut found = lock.found(main, parsed.module);
    found.locked = needs;
    lock.add(found, out);
}

/// Reads a go.sum: one checksum a line, of a module or (with `/go.mod` behind its version) of its go.mod.
pub(super) fn read_sums(file: &FileView<'_>, out: &mut Findings) {
    let text = crate::format::text(file, out);
    let mut odd = 0_usize;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut words = line.split_ascii_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some(_), Some(version), Some(_)) if version.ends_with("/go.mod") => {}
            (Some(path), Some(version), Some(sum)) if sum.starts_with("h1:") => out.parts.push(Part {
                key: sum_key(file, &format!("{path}@{version}")),
                properties: vec![("h1".to_owned(), sum.to_owned())],
                ..Part::default()
            }),
            _ => odd += 1,
        }
    }
    if odd > 0 {
        out.note(file, Code::MalformedRecord, format!("{odd} lines are none of a go.sum"));
    }
}

/// What a go.sum calls a module of the go.mod beside it.
fn sum_key(file: &FileView<'_>, id: &str) -> String {
    format!("{}/go.sum {id}", file.parent())
}

impl<'a> GoMod<'a> {
    fn parse(text: &'a str) -> Self {
        let mut parsed = Self::default();
        let mut block = None;
        for line in text.lines() {
            let (code, comment) = line.split_once("//").unwrap_or((line, ""));
            let words: Vec<&str> =
                code.split_ascii_whitespace().map(|word| word.trim_matches(['"', '`'])).collect();
            match (block, words.as_slice()) {
                (_, []) => {}
                (Some(_), [")"]) => block = None,
                (None, [directive, "("]) => block = Some(*directive),
                (Some(directive), words) => parsed.directive(directive, words, comment),
                (None, [directive, words @ ..]) => parsed.directive(directive, words, comment),
            }
        }
        parsed
    }

    fn directive(&mut self, directive: &str, words: &[&'a str], comment: &str) {
        match (directive, words) {
            ("module", [path]) => self.module = path,
            ("go", [version]) => self.go = version,
            ("toolchain", [name]) => self.toolchain = name,
            ("require", [path, version]) => {
                let is_indirect = comment.trim().split(';').any(|part| part.trim() == "indirect");
                self.requires.push((path, version, is_indirect));
            }
            ("replace", [old, "=>", new]) => drop(self.replaces.insert((old, ""), (new, ""))),
            ("replace", [old, "=>", new, version]) => drop(self.replaces.insert((old, ""), (new, version))),
            ("replace", [old, of, "=>", new]) => drop(self.replaces.insert((old, of), (new, ""))),
            ("replace", [old, of, "=>", new, version]) => {
                self.replaces.insert((old, of), (new, version));
            }
            ("exclude" | "retract" | "godebug" | "tool" | "ignore", _) => {}
            _ => self.odd += 1,
        }
    }
}
