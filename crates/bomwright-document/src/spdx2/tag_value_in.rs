//! SPDX 2.2 and 2.3 tag-value, read into the same values as JSON.
//!
//! A line is `Tag: value`, a comment that starts with `#`, or blank. A value that starts with `<text>` goes on to
//! `</text>`, over any number of lines. What a tag belongs to is the last package, file, relationship, annotation,
//! licence or snippet that was begun; tags that are not known are passed over.

use std::borrow::Cow;
use std::collections::HashMap;

use super::wire_in::{
    Annotation, Checksum, CreationInfo, Document, ExternalRef, ExtractedLicense, Relationship, SpdxFile,
    SpdxPackage,
};
use crate::DocumentError;
use crate::lenient::{List, Text};

const OPEN: &str = "<text>";
const CLOSE: &str = "</text>";

/// Reads the document `name`.
pub(crate) fn parse<'a>(name: &str, bytes: &'a [u8]) -> Result<Document<'a>, DocumentError> {
    let text = DocumentError::utf8(name, bytes)?;
    let mut parts = Parts { creation: CreationInfo::default(), ..Parts::default() };
    lines(text, |_, tag, value| parts.take(tag, value)).map_err(|(line, column, reason)| {
        DocumentError::Malformed { name: name.to_owned(), line, column, reason }
    })?;
    Ok(parts.finish())
}

/// Shows the first byte, the tag and the value of every line of `text` to `each`. The error is a line, a column and a
/// reason.
pub(crate) fn lines<'a>(
    text: &'a str,
    mut each: impl FnMut(usize, &'a str, &'a str),
) -> Result<(), (usize, usize, String)> {
    let mut rest = text;
    let mut number = 0;
    while !rest.is_empty() {
        number += 1;
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            rest = after;
            continue;
        }
        let Some((tag, value)) = line.split_once(':') else {
            return Err((number, 1, "neither 'Tag: value', nor a comment, nor blank".to_owned()));
        };
        let at = text.len() - rest.len();
        let value = value.trim();
        let Some(opened) = value.strip_prefix(OPEN) else {
            each(at, tag.trim(), value);
            rest = after;
            continue;
        };
        // From behind `<text>` on, as far as it goes.
        let start = opened.as_ptr() as usize - rest.as_ptr() as usize;
        let block = rest.get(start..).unwrap_or_default();
        let Some((inner, after)) = block.split_once(CLOSE) else {
            let column = line.len() - line.trim_start().len() + 1;
            return Err((number, column, format!("nothing closes {OPEN}")));
        };
        each(at, tag.trim(), inner);
        number += inner.matches('\n').count();
        rest = after.split_once('\n').map_or("", |(_, after)| after);
    }
    Ok(())
}

/// What the last tags were about.
#[derive(Default)]
enum About {
    #[default]
    Document,
    Package,
    File,
    Annotation,
    License,
    /// Relationships, snippets, reviews: nothing more of them is read.
    Other,
}

#[derive(Default)]
struct Parts<'a> {
    about: About,
    version: &'a str,
    data_license: &'a str,
    namespace: &'a str,
    creation: CreationInfo<'a>,
    packages: Vec<SpdxPackage<'a>>,
    files: Vec<SpdxFile<'a>>,
    relationships: Vec<Relationship<'a>>,
    licenses: Vec<ExtractedLicense<'a>>,
    /// What each annotation is about, and its comment.
    annotations: Vec<(&'a str, &'a str)>,
}

fn text(value: &str) -> Text<'_> {
    Text(Cow::Borrowed(value))
}

impl<'a> Parts<'a> {
    fn take(&mut self, tag: &str, value: &'a str) {
        match tag {
            "SPDXVersion" => self.version = value,
            "DataLicense" => self.data_license = value,
            "DocumentNamespace" => self.namespace = value,
            "CreatorComment" => self.creation.comment = text(value),
            "Created" => self.creation.created = text(value),
            "Creator" => self.creation.creators.0.push(text(value)),
            "PackageName" => {
                self.about = About::Package;
                self.packages.push(SpdxPackage { name: text(value), ..SpdxPackage::default() });
            }
            "FileName" => {
                self.about = About::File;
                self.files.push(SpdxFile { file_name: text(value), ..SpdxFile::default() });
            }
            "LicenseID" => {
                self.about = About::License;
                self.licenses.push(ExtractedLicense { license_id: text(value), ..Default::default() });
            }
            "Annotator" => {
                self.about = About::Annotation;
                self.annotations.push(("", ""));
            }
            "SPDXREF" => self.annotations.last_mut().map_or((), |one| one.0 = value),
            "AnnotationComment" => self.annotations.last_mut().map_or((), |one| one.1 = value),
            "Relationship" => self.relationship(value),
            "SnippetSPDXID" | "Reviewer" => self.about = About::Other,
            _ => match self.about {
                About::Package => self.package(tag, value),
                About::File => self.file(tag, value),
                About::License => self.license(tag, value),
                About::Document | About::Annotation | About::Other => {}
            },
        }
    }

    fn relationship(&mut self, value: &'a str) {
        self.about = About::Other;
        let mut words = value.split_whitespace();
        if let (Some(from), Some(kind), Some(to)) = (words.next(), words.next(), words.next()) {
            self.relationships.push(Relationship {
                spdx_element_id: text(from),
                relationship_type: text(kind),
                related_spdx_element: text(to),
                ..Relationship::default()
            });
        }
    }

    fn package(&mut self, tag: &str, value: &'a str) {
        let Some(package) = self.packages.last_mut() else { return };
        let member = match tag {
            "SPDXID" => &mut package.id,
            "PackageVersion" => &mut package.version_info,
            "PrimaryPackagePurpose" => &mut package.primary_package_purpose,
            "PackageFileName" => &mut package.package_file_name,
            "ValidUntilDate" => &mut package.valid_until_date,
            "PackageSupplier" => &mut package.supplier,
            "PackageOriginator" => &mut package.originator,
            "PackageDownloadLocation" => &mut package.download_location,
            "PackageHomePage" => &mut package.homepage,
            "PackageSourceInfo" => &mut package.source_info,
            "PackageLicenseConcluded" => &mut package.license_concluded,
            "PackageLicenseDeclared" => &mut package.license_declared,
            "PackageCopyrightText" => &mut package.copyright_text,
            "PackageDescription" => &mut package.description,
            "PackageSummary" => &mut package.summary,
            "PackageChecksum" => return package.checksums.0.extend(checksum(value)),
            "PackageAttributionText" => return package.attribution_texts.0.push(text(value)),
            "ExternalRef" => {
                let mut words = value.splitn(3, char::is_whitespace);
                if let (Some(category), Some(kind), Some(locator)) =
                    (words.next(), words.next(), words.next())
                {
                    package.external_refs.0.push(ExternalRef {
                        reference_category: text(category),
                        reference_type: text(kind),
                        reference_locator: text(locator.trim()),
                    });
                }
                return;
            }
            _ => return,
        };
        *member = text(value);
    }

    fn file(&mut self, tag: &str, value: &'a str) {
        let Some(file) = self.files.last_mut() else { return };
        match tag {
            "SPDXID" => {
                file.id = text(value);
                // A file that follows a package lies in it (clause 8.1).
                if let Some(package) = self.packages.last_mut() {
                    package.has_files.0.push(text(value));
                }
            }
            "FileType" => file.file_types.0.push(text(value)),
            "FileChecksum" => file.checksums.0.extend(checksum(value)),
            _ => {}
        }
    }

    fn license(&mut self, tag: &str, value: &'a str) {
        let Some(license) = self.licenses.last_mut() else { return };
        match tag {
            "ExtractedText" => license.extracted_text = text(value),
            "LicenseName" => license.name = text(value),
            _ => {}
        }
    }

    fn finish(mut self) -> Document<'a> {
        let places: HashMap<String, usize> =
            self.packages.iter().enumerate().map(|(at, package)| (package.id.to_string(), at)).collect();
        for (about, comment) in self.annotations {
            let package = places.get(about).and_then(|at| self.packages.get_mut(*at));
            if let Some(package) = package {
                package.annotations.0.push(Annotation { comment: text(comment) });
            }
        }
        Document {
            spdx_version: text(self.version),
            data_license: text(self.data_license),
            document_namespace: text(self.namespace),
            creation_info: Some(self.creation),
            document_describes: List::default(),
            packages: List(self.packages),
            files: List(self.files),
            relationships: List(self.relationships),
            has_extracted_licensing_infos: List(self.licenses),
        }
    }
}

fn checksum(value: &str) -> Option<Checksum<'_>> {
    let (algorithm, value) = value.split_once(':')?;
    Some(Checksum { algorithm: text(algorithm.trim()), checksum_value: text(value.trim()) })
}
