//! SPDX 2.3 as tag-value: the same packages and relationships as in JSON, one tag in a line.
//!
//! A value is one line, or lies between `<text>` and `</text>`, which nothing can escape (clause 4, "Format of
//! multiple line text"). What fits neither loses its line ends, and is kept as a fact besides. Annotations follow
//! their package; relationships come last, since some readers take what follows a package for a part of it.

use std::borrow::Cow;
use std::io;

use super::REFERENCE;
use super::wire_out::{COMMENT, SpdxPackage, json_text};
use super::write::Document;
use crate::{license, time};

const OPEN: &str = "<text>";
const CLOSE: &str = "</text>";

/// Whether a reader takes `text` from a line as it is.
pub(super) fn is_line(text: &str) -> bool {
    !text.contains(['\n', '\r']) && text.trim() == text && !text.contains(OPEN) && !text.contains(CLOSE)
}

/// Whether a reader takes `text` from between `<text>` and `</text>` as it is.
pub(super) fn is_text(text: &str) -> bool {
    !text.contains(CLOSE) && !text.contains('\r')
}

/// Writes `document`.
pub(super) fn write(document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut tags = Tags(out);
    tags.line("SPDXVersion", "SPDX-2.3")?;
    tags.line("DataLicense", "CC0-1.0")?;
    tags.line("SPDXID", "SPDXRef-DOCUMENT")?;
    tags.line("DocumentName", document.name())?;
    tags.line("DocumentNamespace", &document.namespace())?;
    tags.line("LicenseListVersion", license::LIST_VERSION)?;
    for tool in &document.creators {
        tags.line("Creator", tool)?;
    }
    tags.line("Created", &document.created)?;
    tags.text("CreatorComment", COMMENT)?;
    document.packages().try_for_each(|package| tags.package(&package))?;
    for (id, one) in document.extracted() {
        tags.blank()?;
        tags.line("LicenseID", id)?;
        tags.text("ExtractedText", &one.text)?;
        tags.line("LicenseName", &one.name)?;
    }
    tags.blank()?;
    for one in document.relationships() {
        let (from, to) = (&one.spdx_element_id, &one.related_spdx_element);
        tags.line("Relationship", &format!("{from} {} {to}", one.relationship_type))?;
        if let Some(comment) = one.comment {
            tags.text("RelationshipComment", comment)?;
        }
    }
    Ok(())
}

struct Tags<'w>(&'w mut dyn io::Write);

impl Tags<'_> {
    fn blank(&mut self) -> io::Result<()> {
        self.0.write_all(b"\n")
    }

    /// A value that must stay in its line.
    fn line(&mut self, tag: &str, value: &str) -> io::Result<()> {
        let value = if is_line(value) { Cow::Borrowed(value) } else { Cow::Owned(one_line(value)) };
        writeln!(self.0, "{tag}: {value}")
    }

    /// A value that may have several lines.
    fn text(&mut self, tag: &str, value: &str) -> io::Result<()> {
        if is_text(value) {
            return writeln!(self.0, "{tag}: {OPEN}{value}{CLOSE}");
        }
        let value = one_line(value);
        writeln!(self.0, "{tag}: {OPEN}{value}{CLOSE}")
    }

    fn package(&mut self, package: &SpdxPackage<'_>) -> io::Result<()> {
        self.blank()?;
        // Nothing may stand without a name.
        self.line("PackageName", if package.name.trim().is_empty() { "unnamed" } else { package.name })?;
        self.line("SPDXID", &package.id)?;
        // What reads as a time is no version to spdx-tools. A fact keeps it.
        if !package.version_info.trim().is_empty() && !is_time(&package.version_info) {
            self.line("PackageVersion", &package.version_info)?;
        }
        for (tag, actor) in
            [("PackageSupplier", &package.supplier), ("PackageOriginator", &package.originator)]
        {
            if let Some(actor) = actor {
                let is_nameless = one_line(actor).ends_with(':');
                self.line(tag, if is_nameless { "NOASSERTION" } else { actor })?;
            }
        }
        self.line("PackageDownloadLocation", package.download_location)?;
        self.line("FilesAnalyzed", if package.files_analyzed { "true" } else { "false" })?;
        for checksum in &package.checksums {
            self.line("PackageChecksum", &format!("{}: {}", checksum.algorithm, checksum.checksum_value))?;
        }
        if let Some(home) = package.homepage {
            self.line("PackageHomePage", home)?;
        }
        if let Some(info) = &package.source_info {
            self.text("PackageSourceInfo", info)?;
        }
        self.line("PackageLicenseConcluded", &package.license_concluded)?;
        self.line("PackageLicenseDeclared", &package.license_declared)?;
        match package.copyright_text {
            word @ ("NOASSERTION" | "NONE") => self.line("PackageCopyrightText", word)?,
            text => self.text("PackageCopyrightText", text)?,
        }
        if let Some(description) = package.description {
            self.text("PackageDescription", description)?;
        }
        for one in &package.external_refs {
            let value =
                format!("{} {} {}", one.reference_category, one.reference_type, one.reference_locator);
            self.line("ExternalRef", &value)?;
        }
        if let Some(purpose) = package.primary_package_purpose {
            // Tag-value spells it with a hyphen (clause 7.24).
            self.line("PrimaryPackagePurpose", &purpose.replace('_', "-"))?;
        }
        if let Some(day) = &package.valid_until_date {
            self.line("ValidUntilDate", day)?;
        }
        for annotation in &package.annotations {
            self.line("Annotator", annotation.annotator)?;
            self.line("AnnotationDate", annotation.annotation_date)?;
            self.line("AnnotationType", annotation.annotation_type)?;
            self.line("SPDXREF", &package.id)?;
            // JSON has another way to write a slash.
            self.text("AnnotationComment", &json_text(&annotation.comment).replace(CLOSE, "<\\/text>"))?;
        }
        debug_assert!(package.id.starts_with(REFERENCE), "every reference has its prefix");
        Ok(())
    }
}

/// Whether `version` is a date and a time.
pub(super) fn is_time(version: &str) -> bool {
    time::to_utc(version).is_some()
}

/// `value` in one line, without the words that open and close texts.
fn one_line(value: &str) -> String {
    let plain = value.replace(OPEN, "").replace(CLOSE, "");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
