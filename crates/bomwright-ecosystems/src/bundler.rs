//! `bundler`: the Ruby gems that a `Gemfile.lock` or `gems.locked` pins (bundler.io, "Gemfile.lock"), as
//! packages of `gem`.
//!
//! The same file tells `gem` where installed gems came from, which counts in images too; what it pins counts
//! only in source trees. Hence two ecosystems.
//!
//! Sections begin at the margin. `GEM`, `GIT` and `PATH` name a `remote:` and below `specs:` each gem as
//! `name (version)`, with what it needs two columns further; `DEPENDENCIES` lists what the project itself needs,
//! `CHECKSUMS` the digests. A gem that is locked for several platforms is one package.

use std::collections::BTreeMap;

use bomwright_model::{Code, Package, PackageKind, Scope};

use crate::format::url::without_credentials;
use crate::lock::Lock;
use crate::{Claim, Ecosystem, FileView, Findings};

/// Its own name: the packages are `gem`'s.
const NAME: &str = "bundler";
const GEM: &str = "gem";

/// What a lock file of Bundler pins.
#[derive(Debug)]
pub(crate) struct Bundler;

impl Ecosystem for Bundler {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "Ruby gems that Gemfile.lock pins, and what they need"
    }

    fn claims(&self) -> &'static [Claim] {
        const { &[Claim::name("Gemfile.lock").lock(), Claim::name("gems.locked").lock()] }
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let text = crate::format::text(file, out);
        let parsed = Parsed::of(&text);
        if !parsed.has_sections && !text.trim().is_empty() {
            out.note(file, Code::MalformedFile, "a lock file without sections");
        }
        let mut lock = Lock::new(file, NAME);
        for spec in &parsed.specs {
            let mut package = Package::new(GEM, spec.name, spec.version);
            spec.section.describe(&mut package);
            if parsed.direct.contains(&spec.name) {
                package.set_property("direct", "true");
            }
            let digest = parsed.checksums.get(&(spec.name, spec.version));
            package.digests.extend(digest.and_then(|digest| digest.replacen('=', ":", 1).parse().ok()));
            let mut found = lock.found(package, spec.name);
            found.locked = spec
                .needs
                .iter()
                .map(|need| lock.needs(*need, need.split(' ').next().unwrap_or_default(), Scope::Runtime))
                .collect();
            if !lock.add(found, out) {
                return;
            }
        }
    }
}

/// Where the gems of a section come from.
#[derive(Debug, Clone, Default)]
struct Section<'a> {
    name: &'a str,
    remotes: Vec<&'a str>,
    revision: &'a str,
}

impl Section<'_> {
    fn describe(&self, package: &mut Package) {
        match (self.name, self.remotes.as_slice()) {
            // The project's own gem.
            ("PATH", ["."]) => {
                package.kind = PackageKind::Application;
                package.set_property("root", "true");
            }
            ("PATH", [directory, ..]) => package.set_property("installed-from-directory", directory),
            // Of several remotes none is known to be the one.
            ("GIT" | "GEM", [remote]) => {
                package.set_property("remote", without_credentials(remote));
                package.set_property("vcs-revision", self.revision);
            }
            _ => {}
        }
    }
}

#[derive(Debug)]
struct Spec<'a> {
    name: &'a str,
    version: &'a str,
    section: Section<'a>,
    needs: Vec<&'a str>,
}

#[derive(Debug, Default)]
struct Parsed<'a> {
    has_sections: bool,
    specs: Vec<Spec<'a>>,
    direct: Vec<&'a str>,
    checksums: BTreeMap<(&'a str, &'a str), &'a str>,
}

impl<'a> Parsed<'a> {
    fn of(text: &'a str) -> Self {
        let mut parsed = Self::default();
        let mut section = Section::default();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let indent = line.len() - line.trim_start().len();
            let words = line.trim();
            match (indent, section.name, words.split_once(": ")) {
                (0, ..) => {
                    parsed.has_sections = true;
                    section = Section { name: words, ..Section::default() };
                }
                (2, _, Some(("remote", remote))) => section.remotes.push(remote.trim()),
                (2, _, Some(("revision", revision))) => section.revision = revision.trim(),
                (2, "DEPENDENCIES", _) => {
                    parsed.direct.extend(words.split([' ', '!']).next());
                }
                (2, "CHECKSUMS", _) => {
                    let (gem, digest) = words.split_once(") ").unwrap_or((words, ""));
                    parsed.checksums.extend(gem.split_once(" (").map(|gem| (gem, digest)));
                }
                (4, "GEM" | "GIT" | "PATH", _) => {
                    let (name, version) = words.split_once(" (").unwrap_or((words, ""));
                    // A platform follows the version after a hyphen, which no version has.
                    let version = version.trim_end_matches(')').split('-').next().unwrap_or_default();
                    parsed.specs.push(Spec { name, version, section: section.clone(), needs: Vec::new() });
                }
                (6, "GEM" | "GIT" | "PATH", _) => {
                    if let Some(spec) = parsed.specs.last_mut() {
                        spec.needs.push(words);
                    }
                }
                _ => {}
            }
        }
        parsed
    }
}
