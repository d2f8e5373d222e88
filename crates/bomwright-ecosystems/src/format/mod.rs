//! File formats that more than one ecosystem, or more than one file of an ecosystem, is written in.

pub(crate) mod base64;
pub mod bdb;
pub mod binary;
pub(crate) mod control;
pub(crate) mod copyright;
pub(crate) mod copyright_texts;
pub(crate) mod cpio;
pub(crate) mod deb822;
pub(crate) mod elf;
pub mod email_headers;
pub(crate) mod gnu;
pub mod go_buildinfo;
pub mod integrity;
pub mod jar_group;
pub mod jar_hash;
pub mod jar_identity;
pub mod jar_manifest;
pub mod jar_marks;
pub mod jar_name;
pub mod jar_sieve;
pub mod java_archive;
pub mod java_class;
pub mod license_file;
pub(crate) mod mtree;
pub mod ndb;
pub mod openpgp;
pub mod pep508;
pub mod pom;
pub(crate) mod recognise;
pub mod rpm_database;
pub mod rpm_dependency;
pub mod rpm_header;
pub mod rpm_signature;
pub mod ruby_gemspec;
pub(crate) mod shell;
pub mod sparse;
pub mod sqlite;
pub mod url;
pub mod yaml;
pub mod zip_archive;

use std::borrow::Cow;

use bomwright_model::{Code, Distribution, Package, Purl};

use crate::{FileView, Findings};

/// The most files that the manifest of one database is read of: a line of four bytes may name one, and what is
/// kept of it takes some 200. Debian's and Alpine's largest packages have some 30 000.
pub(crate) const MOST_LISTED: usize = 1_000_000;

/// Counts the records of one file that were skipped, so that a file of nothing but rubbish raises no more
/// diagnostics than a person would read.
#[derive(Debug, Default)]
pub(crate) struct Skipped(usize);

impl Skipped {
    const MOST: usize = 50;

    /// Notes that a record of `file` was skipped; the last one that is told says that reading stops.
    pub(crate) fn add(&mut self, file: &FileView<'_>, out: &mut Findings, message: String) {
        self.0 += 1;
        if self.0 <= Self::MOST {
            out.note(file, Code::MalformedRecord, message);
        }
        if self.0 == Self::MOST {
            out.note(file, Code::MalformedFile, "too many malformed records; the rest was not read");
        }
    }

    /// Whether reading should stop.
    pub(crate) fn is_full(&self) -> bool {
        self.0 >= Self::MOST
    }
}

/// The text of `file`; bytes that are not UTF-8 are replaced and noted.
pub(crate) fn text<'a>(file: &FileView<'a>, out: &mut Findings) -> Cow<'a, str> {
    let text = String::from_utf8_lossy(file.bytes);
    if matches!(text, Cow::Owned(_)) {
        out.note(file, Code::Encoding, "not UTF-8; the odd bytes were replaced");
    }
    text
}

/// The purl of a distribution's package, as the types `deb`, `apk` and `rpm` define it: the distribution's
/// `ID` (else `fallback`) as namespace, `arch`, and `distro` as `ID-VERSION_ID`.
pub(crate) fn distribution_purl(
    kind: &str,
    fallback: &str,
    package: &Package,
    distribution: Option<&Distribution>,
) -> Option<Purl> {
    let distribution = distribution.filter(|it| !it.id.is_empty());
    let namespace = distribution.map_or(fallback, |it| it.id.as_str());
    let release = distribution.map(|it| match it.version.as_ref().or(it.codename.as_ref()) {
        Some(version) => format!("{}-{version}", it.id),
        None => it.id.clone(),
    });
    let qualifiers = [
        ("arch", package.architecture.as_deref().unwrap_or_default()),
        ("distro", release.as_deref().unwrap_or_default()),
    ];
    Purl::build(kind, Some(namespace), &package.name, &package.version, &qualifiers, None).ok()
}

/// `path` as seen from `directory`, without `.` and `..`; `None` when it leads out of the image or nowhere.
pub(crate) fn below(directory: &str, path: &str) -> Option<String> {
    let base = if path.starts_with('/') { "" } else { directory };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!path.is_empty()).then(|| parts.join("/"))
}

/// The beginning of `text`, cut where a line that only a machine wrote would flood a person.
pub(crate) fn clipped(text: &str) -> String {
    /// Characters that are kept.
    const MOST: usize = 160;
    let mut characters = text.chars();
    let mut kept: String = characters.by_ref().take(MOST).collect();
    if characters.next().is_some() {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purls_of_distributions() {
        // purl-spec, deb-definition.md and apk-definition.md; `distro` as os-release has it.
        let distribution = |id: &str, version: Option<&str>, codename: Option<&str>| Distribution {
            id: id.to_owned(),
            version: version.map(str::to_owned),
            codename: codename.map(str::to_owned),
            ..Distribution::default()
        };
        let purl = |kind, fallback, name, version, distribution: Option<&Distribution>| {
            let architecture = Some("amd64".to_owned());
            let package = Package { architecture, ..Package::new(kind, name, version) };
            distribution_purl(kind, fallback, &package, distribution).unwrap().to_string()
        };
        let bookworm = distribution("debian", Some("12"), Some("bookworm"));
        assert_eq!(
            purl("deb", "debian", "attr", "1:2.5.1-4", Some(&bookworm)),
            "pkg:deb/debian/attr@1:2.5.1-4?arch=amd64&distro=debian-12"
        );
        let testing = distribution("debian", None, Some("forky"));
        assert_eq!(
            purl("deb", "debian", "libstdc++6", "14", Some(&testing)),
            "pkg:deb/debian/libstdc%2B%2B6@14?arch=amd64&distro=debian-forky"
        );
        assert_eq!(
            purl("apk", "alpine", "musl", "1.2.4-r2", None),
            "pkg:apk/alpine/musl@1.2.4-r2?arch=amd64"
        );
    }

    #[test]
    fn rubbish_is_told_of_only_so_often() {
        let file = FileView::new("x", b"");
        let (mut out, mut skipped) = (Findings::default(), Skipped::default());
        for _ in 0..1000 {
            skipped.add(&file, &mut out, String::new());
        }
        assert!(skipped.is_full());
        assert_eq!(out.diagnostics.len(), Skipped::MOST + 1);
    }
}
