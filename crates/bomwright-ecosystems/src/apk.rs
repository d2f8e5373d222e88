//! Alpine packages as apk-tools record them (apk-installed(5), the text database of apk-tools 2 and 3).
//!
//! Files: `lib/apk/db/installed`, and `usr/lib/apk/db/installed` where `/lib` is merged into `/usr`. A record
//! is a run of `X:value` lines that a blank line ends; `F:` opens a directory and `R:` names a file in it.
//!
//! Edges: `D:` through names, `so:`, `cmd:` and `pc:` capabilities and paths, at run time. Conflicts (`!name`)
//! give none; versions are not compared.
//!
//! `etc/apk/repositories` tells the address behind a tag that a package is pinned to.
//!
//! It can't see the repository of packages that are not pinned, links that triggers made
//! (the applets of busybox), and the binary database `installed.adb`.

use bomwright_model::{
    Account, Checksum, Code, Distribution, License, LinkKind, Listed, Package, Purl, Scope, SourcePackage,
};

use crate::format::{self, Skipped, base64};
use crate::{Claim, Ecosystem, FileView, Findings, Found, Part, Requirement};

const NAME: &str = "apk";
const REPOSITORIES: &str = "etc/apk/repositories";

/// Longest directory (`PATH_MAX`) that files are put below.
const LONGEST_DIRECTORY: usize = 4096;

/// How many bytes of paths a database may unfold to for each of its own: a long directory with many short
/// names in it would otherwise fill the memory.
const UNFOLDING: usize = 16;

/// See the module.
pub(crate) struct Apk;

impl Ecosystem for Apk {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "Alpine packages from apk's database, with their files, licences and the relations they state"
    }

    fn claims(&self) -> &'static [Claim] {
        const {
            &[
                Claim::path("lib/apk/db/installed"),
                Claim::path("usr/lib/apk/db/installed"),
                Claim::path(REPOSITORIES).up_to(1),
            ]
        }
    }

    fn is_system(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let text = format::text(file, out);
        if file.path == REPOSITORIES {
            out.parts.extend(tagged(&text));
            return;
        }
        if !text.is_empty() && !text.ends_with('\n') {
            out.note(file, Code::Truncated, "the last line has no end");
        }
        let budget = text.len().saturating_mul(UNFOLDING);
        let mut reader =
            Reader { file, skipped: Skipped::default(), budget, listed_left: format::MOST_LISTED };
        let mut record = Record::default();
        for (line, number) in text.lines().zip(1..) {
            if line.is_empty() {
                reader.close(std::mem::take(&mut record), out);
            } else {
                record.start = if record.start == 0 { number } else { record.start };
                reader.line(line, number, &mut record, out);
            }
            if reader.skipped.is_full() {
                return;
            }
        }
        reader.close(record, out);
    }

    fn purl(&self, package: &Package, distribution: Option<&Distribution>) -> Option<Purl> {
        format::distribution_purl(NAME, "alpine", package, distribution)
    }
}

/// The repositories with a tag, each meant for the packages that are pinned to it (apk-repositories(5)).
fn tagged(text: &str) -> impl Iterator<Item = Part> {
    text.lines().filter_map(|line| {
        let (tag, address) =
            line.trim().split_once(char::is_whitespace).filter(|(tag, _)| tag.starts_with('@'))?;
        let properties = vec![("repository".to_owned(), address.trim().to_owned())];
        Some(Part { key: tag.to_owned(), properties, ..Part::default() })
    })
}

/// What is carried from record to record.
struct Reader<'a> {
    file: &'a FileView<'a>,
    skipped: Skipped,
    /// Bytes of paths that may still be unfolded.
    budget: usize,
    /// Files that may still be listed in manifests.
    listed_left: usize,
}

/// The record being read.
#[derive(Default)]
struct Record<'a> {
    /// The number of its first line; 0 before that.
    start: usize,
    found: Found,
    source: Option<&'a str>,
    /// The tag of the repository that it was pinned to.
    tag: Option<&'a str>,
    directory: &'a str,
    /// Whether files were left out of its manifest.
    is_cut: bool,
}

impl Reader<'_> {
    fn line<'t>(&mut self, line: &'t str, number: usize, record: &mut Record<'t>, out: &mut Findings) {
        let Some((key, value)) = line.split_once(':').filter(|(key, _)| key.len() == 1) else {
            self.skipped.add(self.file, out, format!("line {number} is not 'X:value'"));
            return;
        };
        let package = &mut record.found.package;
        match key {
            "P" => value.clone_into(&mut package.name),
            "V" => value.clone_into(&mut package.version),
            "A" => package.architecture = Some(value.to_owned()),
            "I" => package.size = value.parse().ok(),
            "T" => package.description = Some(value.to_owned()),
            "U" => package.add_link(LinkKind::Home, value),
            "L" if !value.trim().is_empty() => package.licenses.push(License::declared(value)),
            "m" if !value.trim().is_empty() => package.supplier = Some(value.to_owned()),
            "o" => record.source = Some(value).filter(|name| !name.is_empty()),
            "C" => package.set_property("checksum", value),
            "S" => package.set_property("archive-size", value),
            "t" => package.set_property("build-time", value),
            "c" => package.set_property("commit", value),
            "k" => package.set_property("provider-priority", value),
            "i" => package.set_property("install-if", value),
            "r" => package.set_property("replaces", value),
            "s" => {
                package.set_property("repository-tag", value);
                record.tag = Some(value.trim()).filter(|tag| !tag.is_empty());
            }
            "f" => package.set_property("broken", value),
            "D" => record.found.requires.extend(value.split_ascii_whitespace().filter_map(requirement)),
            "p" => record.found.provides.extend(value.split_ascii_whitespace().map(name).map(str::to_owned)),
            "F" => {
                record.directory = value.trim_matches('/');
                if self.file.manifests && !record.directory.is_empty() {
                    let listed = Listed::new(record.directory);
                    self.list(with_access(listed, DIRECTORY, "0:0:755"), record, out);
                }
            }
            "R" => self.own(value, number, record, out),
            "M" | "a" | "Z" if record.is_cut => {}
            "M" => access(&mut record.found.manifest, DIRECTORY, value),
            "a" => access(&mut record.found.manifest, 0, value),
            "Z" => {
                let last = record.found.manifest.last_mut();
                if let Some(file) = last.filter(|it| it.mode.is_none_or(|mode| mode & DIRECTORY == 0)) {
                    file.digest = checksum(value);
                }
            }
            // q: priority of replacing.
            _ => {}
        }
    }

    /// Whether so many bytes of a path may be kept.
    fn spend(&mut self, length: usize, out: &mut Findings) -> bool {
        if let Some(left) = self.budget.checked_sub(length) {
            self.budget = left;
            return true;
        }
        if self.budget > 0 {
            self.budget = 0;
            out.note(
                self.file,
                Code::LimitExceeded,
                "too many bytes of paths; the other files were left out",
            );
        }
        false
    }

    /// Adds to the manifest, as long as it is no longer than is read.
    fn list(&mut self, listed: Listed, record: &mut Record<'_>, out: &mut Findings) {
        if self.listed_left > 0 && self.spend(listed.path.len(), out) {
            self.listed_left -= 1;
            record.found.manifest.push(listed);
            if self.listed_left == 0 {
                out.note(self.file, Code::LimitExceeded, "the other files are in no manifest");
            }
        } else {
            // What is stated next is not about the last path.
            record.is_cut = true;
        }
    }

    fn own(&mut self, name: &str, number: usize, record: &mut Record<'_>, out: &mut Findings) {
        let directory = record.directory;
        let length = directory.len() + 1 + name.len();
        if directory.len() > LONGEST_DIRECTORY || name.is_empty() {
            self.skipped.add(self.file, out, format!("line {number} names no possible file"));
        } else if self.spend(length, out) {
            let path = if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") };
            if self.file.manifests {
                self.list(with_access(Listed::new(path.as_str()), 0, "0:0:644"), record, out);
            }
            record.found.owns.push(path);
        }
    }

    fn close(&mut self, record: Record<'_>, out: &mut Findings) {
        let Record { start, mut found, source, tag, .. } = record;
        if start == 0 {
            return;
        }
        let package = &mut found.package;
        if package.name.is_empty() || package.version.is_empty() {
            self.skipped.add(self.file, out, format!("the record at line {start} lacks its P or V"));
            return;
        }
        let source = source.unwrap_or(&package.name).to_owned();
        package.source = Some(SourcePackage { name: source, version: package.version.clone() });
        NAME.clone_into(&mut package.ecosystem);
        let Found { requires, provides, owns, manifest, package, .. } = found;
        let key = package.name.clone();
        let found = Found::new(package, self.file, NAME);
        let aliases = tag.map(|tag| format!("@{tag}")).into_iter().collect();
        out.packages.push(Found { key, aliases, requires, provides, owns, manifest, ..found });
    }
}

/// The bits of a directory in a mode (`S_IFDIR` of stat(2)). Of files the database states only permissions.
const DIRECTORY: u32 = 0o040_000;

/// Sets the access of the last path, if it is of that kind.
fn access(manifest: &mut [Listed], kind: u32, value: &str) {
    if let Some(last) = manifest.last_mut().filter(|it| it.mode.is_none_or(|mode| mode & DIRECTORY == kind)) {
        *last = with_access(std::mem::take(last), kind, value);
    }
}

/// The same path with the access `uid:gid:mode`; what else follows is a digest of extended attributes. A
/// database leaves out the access 0:0:755 of directories and 0:0:644 of files.
fn with_access(mut listed: Listed, kind: u32, value: &str) -> Listed {
    let mut parts = value.split(':');
    let mut id = || parts.next().and_then(|id| id.parse().ok()).map(Account::Id);
    (listed.owner, listed.group) = (id(), id());
    let mode = parts.next().and_then(|mode| u32::from_str_radix(mode, 8).ok());
    listed.mode = mode.map(|mode| mode & 0o7777 | kind);
    listed
}

/// A digest: `Q1` and the base64 of a SHA-1, `Q2` and that of a SHA-256, or the digits of an MD5 of old.
fn checksum(value: &str) -> Option<Checksum> {
    match value.split_at_checked(2) {
        Some(("Q1", encoded)) => base64::decode(encoded)?.try_into().ok().map(Checksum::Sha1),
        Some(("Q2", encoded)) => base64::decode(encoded)?.try_into().ok().map(Checksum::Sha256),
        _ => Checksum::from_hex(value),
    }
}

fn requirement(text: &str) -> Option<Requirement> {
    let name = name(text);
    (!text.starts_with('!') && !name.is_empty()).then(|| Requirement {
        text: text.to_owned(),
        names: vec![name.to_owned()],
        scope: Scope::Runtime,
    })
}

/// A dependency's or capability's name: without `=version`, `<version`, `>version`, `~version` and `@pin`.
fn name(text: &str) -> &str {
    text.split(['=', '<', '>', '~', '@']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_database_does_not_unfold_to_a_huge_one() {
        let mut text = format!("P:a\nV:1\nF:{}\n", "d".repeat(4000));
        text.push_str(&"R:x\n".repeat(100_000));
        let mut out = Findings::default();
        Apk.read(&FileView::new("lib/apk/db/installed", text.as_bytes()), &mut out);
        let unfolded: usize = out.packages.iter().flat_map(|it| &it.owns).map(String::len).sum();
        assert!(unfolded <= text.len() * UNFOLDING, "{unfolded}");
        assert_eq!(out.diagnostics.iter().map(|it| it.code).collect::<Vec<_>>(), [Code::LimitExceeded]);
    }
}
