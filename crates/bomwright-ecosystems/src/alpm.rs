//! Arch Linux packages as pacman records them (alpm-db-desc(5), alpm-db-files(5), alpm-package-relation(7)).
//!
//! Files: `var/lib/pacman/local/NAME-VERSION/desc`, and `files` and `mtree` beside it. A section is a line
//! `%NAME%`, the lines of its values, and a blank line; `mtree` is compressed with gzip (alpm-mtree(5)) and read
//! only where manifests are wanted.
//!
//! Edges: `%DEPENDS%` at run time and `%OPTDEPENDS%` as optional, through `%PROVIDES%` (names and sonames) too;
//! versions are not compared.
//!
//! It can't see the repository that a package came from: pacman does not record it.

use std::io::Read;

use bomwright_model::{
    Checksum, Code, Distribution, FileFlags, License, LinkKind, Listed, Package, Purl, Scope, SourcePackage,
};
use flate2::read::GzDecoder;

use crate::format::{self, mtree};
use crate::{Claim, Ecosystem, FileView, Findings, Found, Part, Requirement};

const NAME: &str = "alpm";
const LOCAL: &str = "var/lib/pacman/local";

/// See the module.
pub(crate) struct Alpm;

impl Ecosystem for Alpm {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "Arch Linux packages from pacman's local database, with their files, licences and relations"
    }

    fn claims(&self) -> &'static [Claim] {
        const { &[Claim::name("desc"), Claim::name("files"), Claim::name("mtree")] }
    }

    fn is_system(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let entry = file.parent();
        if entry.rsplit_once('/').is_none_or(|(parent, _)| parent != LOCAL) {
            return;
        }
        if file.name() == "mtree" {
            return read_mtree(entry, file, out);
        }
        let text = format::text(file, out);
        if !text.is_empty() && !text.ends_with('\n') {
            out.note(file, Code::Truncated, "the last line has no end");
        }
        if file.name() == "files" {
            let owns = sections(&text).filter(|(name, _)| *name == "FILES").map(|(_, path)| path);
            // Directories end with a slash; they belong to many.
            let owns = owns.filter(|path| !path.ends_with('/')).map(str::to_owned).collect();
            let manifest = if file.manifests { backups(&text) } else { Vec::new() };
            out.parts.push(Part { key: entry.to_owned(), owns, manifest, ..Part::default() });
        } else {
            read_desc(&text, entry, file, out);
        }
    }

    fn purl(&self, package: &Package, distribution: Option<&Distribution>) -> Option<Purl> {
        format::distribution_purl(NAME, "arch", package, distribution)
    }
}

/// The most bytes that an `mtree` may unfold to: that of the largest package has some ten million.
const LARGEST_MTREE: u64 = 128 << 20;

fn read_mtree(entry: &str, file: &FileView<'_>, out: &mut Findings) {
    if !file.manifests {
        return;
    }
    let mut bytes = Vec::new();
    let read = GzDecoder::new(file.bytes).take(LARGEST_MTREE).read_to_end(&mut bytes);
    if let Err(error) = read {
        out.note(file, Code::MalformedFile, format!("not a whole gzip stream: {error}"));
    }
    let (mut manifest, malformed) = mtree::files(&String::from_utf8_lossy(&bytes), format::MOST_LISTED);
    let is_cut = u64::try_from(bytes.len()).is_ok_and(|len| len == LARGEST_MTREE);
    if is_cut || manifest.len() == format::MOST_LISTED {
        out.note(file, Code::LimitExceeded, "the list of files is longer than is read");
    }
    if malformed > 0 {
        out.note(file, Code::MalformedRecord, format!("{malformed} lines specify no file"));
    }
    // What describes the package itself is not installed: .PKGINFO, .BUILDINFO, .INSTALL, .CHANGELOG.
    manifest.retain(|it| !it.path.starts_with('.') || it.path.contains('/'));
    out.parts.push(Part { key: entry.to_owned(), manifest, ..Part::default() });
}

/// The section `%BACKUP%`: configuration, each line a path, a tab and the MD5 that the package ships.
fn backups(text: &str) -> Vec<Listed> {
    let lines = sections(text).filter(|(name, _)| *name == "BACKUP");
    let files = lines.filter_map(|(_, line)| line.split_once('\t'));
    files
        .map(|(path, digest)| Listed {
            flags: FileFlags::CONFIG,
            ..Listed::new(path).with_digest(Checksum::from_hex(digest))
        })
        .collect()
}

fn read_desc(text: &str, entry: &str, file: &FileView<'_>, out: &mut Findings) {
    let mut found = Found::new(Package::new(NAME, "", ""), file, NAME);
    entry.clone_into(&mut found.key);
    let mut base = None;
    for (section, value) in sections(text) {
        let package = &mut found.package;
        match section {
            "NAME" => value.clone_into(&mut package.name),
            "VERSION" => value.clone_into(&mut package.version),
            "BASE" => base = Some(value),
            "DESC" => package.description = Some(value.to_owned()),
            "URL" => package.add_link(LinkKind::Home, value),
            "ARCH" => package.architecture = Some(value.to_owned()),
            "PACKAGER" => package.supplier = Some(value.to_owned()),
            "SIZE" => package.size = value.parse().ok(),
            "LICENSE" => package.licenses.push(License::declared(value)),
            "VALIDATION" => package.set_property("validation", value),
            "BUILDDATE" => package.set_property("build-time", value),
            "REASON" => package.set_property("installed-as-dependency", value),
            "DEPENDS" => found.requires.push(Requirement::new(value, name(value))),
            "OPTDEPENDS" => {
                // `name: why one would want it`
                let wanted = value.split(':').next().unwrap_or(value);
                found.requires.push(Requirement::new(value, name(wanted)).in_scope(Scope::Optional));
            }
            "PROVIDES" => found.provides.push(name(value).to_owned()),
            _ => {}
        }
    }
    let package = &mut found.package;
    if package.name.is_empty() || package.version.is_empty() {
        return out.note(file, Code::MalformedRecord, "a package without name or version");
    }
    package.source =
        base.map(|name| SourcePackage { name: name.to_owned(), version: package.version.clone() });
    out.packages.push(found);
}

/// Every value with the name of its section.
fn sections(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut section = "";
    text.lines().map(str::trim_end).filter_map(move |line| {
        if let Some(name) = line.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')) {
            section = name;
            return None;
        }
        (!line.is_empty() && !section.is_empty()).then_some((section, line))
    })
}

/// The name in a relation: `glibc>=2.33`, `libcurl.so=4-64`, `sh`.
fn name(relation: &str) -> &str {
    relation.split(['<', '>', '=']).next().unwrap_or(relation).trim()
}
