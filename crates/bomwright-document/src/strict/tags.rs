//! SPDX tag-value, brought into the shape of its JSON and held against the same schema.
//!
//! What tag-value has and JSON has not is looked at on the way: tags that no clause knows, tags that stand twice where
//! one may, and values that don't fall into the parts that their tag wants.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{Complaint, MOST, schema};
use crate::spdx2::lines;

/// What a tag belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Document,
    Creation,
    Package,
    File,
    Snippet,
    License,
    Relationship,
    Annotation,
    Review,
}

/// How the value of a tag is read.
#[derive(Clone, Copy)]
enum As {
    Text,
    /// One of several texts.
    Item,
    Truth,
    /// A word whose hyphens JSON writes as low lines.
    Word,
    Checksum,
    Reference,
    /// Of the reference or relationship before it.
    Comment,
    Document,
    Code,
    Range(&'static str),
    /// Tags of old versions, which JSON has not.
    Nothing,
}

/// SPDX 2.3, clauses 6 to 13: tag, what it belongs to, its member, and how its value is read.
const TAGS: &[(&str, Of, &str, As)] = &[
    ("SPDXVersion", Of::Document, "spdxVersion", As::Text),
    ("DataLicense", Of::Document, "dataLicense", As::Text),
    ("DocumentName", Of::Document, "name", As::Text),
    ("DocumentNamespace", Of::Document, "documentNamespace", As::Text),
    ("ExternalDocumentRef", Of::Document, "externalDocumentRefs", As::Document),
    ("DocumentComment", Of::Document, "comment", As::Text),
    ("LicenseListVersion", Of::Creation, "licenseListVersion", As::Text),
    ("Creator", Of::Creation, "creators", As::Item),
    ("Created", Of::Creation, "created", As::Text),
    ("CreatorComment", Of::Creation, "comment", As::Text),
    ("PackageVersion", Of::Package, "versionInfo", As::Text),
    ("PackageFileName", Of::Package, "packageFileName", As::Text),
    ("PackageSupplier", Of::Package, "supplier", As::Text),
    ("PackageOriginator", Of::Package, "originator", As::Text),
    ("PackageDownloadLocation", Of::Package, "downloadLocation", As::Text),
    ("FilesAnalyzed", Of::Package, "filesAnalyzed", As::Truth),
    ("PackageVerificationCode", Of::Package, "packageVerificationCode", As::Code),
    ("PackageChecksum", Of::Package, "checksums", As::Checksum),
    ("PackageHomePage", Of::Package, "homepage", As::Text),
    ("PackageSourceInfo", Of::Package, "sourceInfo", As::Text),
    ("PackageLicenseConcluded", Of::Package, "licenseConcluded", As::Text),
    ("PackageLicenseInfoFromFiles", Of::Package, "licenseInfoFromFiles", As::Item),
    ("PackageLicenseDeclared", Of::Package, "licenseDeclared", As::Text),
    ("PackageLicenseComments", Of::Package, "licenseComments", As::Text),
    ("PackageCopyrightText", Of::Package, "copyrightText", As::Text),
    ("PackageSummary", Of::Package, "summary", As::Text),
    ("PackageDescription", Of::Package, "description", As::Text),
    ("PackageComment", Of::Package, "comment", As::Text),
    ("ExternalRef", Of::Package, "externalRefs", As::Reference),
    ("ExternalRefComment", Of::Package, "externalRefs", As::Comment),
    ("PackageAttributionText", Of::Package, "attributionTexts", As::Item),
    ("PrimaryPackagePurpose", Of::Package, "primaryPackagePurpose", As::Word),
    ("BuiltDate", Of::Package, "builtDate", As::Text),
    ("ReleaseDate", Of::Package, "releaseDate", As::Text),
    ("ValidUntilDate", Of::Package, "validUntilDate", As::Text),
    ("FileType", Of::File, "fileTypes", As::Item),
    ("FileChecksum", Of::File, "checksums", As::Checksum),
    ("LicenseConcluded", Of::File, "licenseConcluded", As::Text),
    ("LicenseInfoInFile", Of::File, "licenseInfoInFiles", As::Item),
    ("LicenseComments", Of::File, "licenseComments", As::Text),
    ("FileCopyrightText", Of::File, "copyrightText", As::Text),
    ("FileComment", Of::File, "comment", As::Text),
    ("FileNotice", Of::File, "noticeText", As::Text),
    ("FileContributor", Of::File, "fileContributors", As::Item),
    ("FileAttributionText", Of::File, "attributionTexts", As::Item),
    ("FileDependency", Of::File, "fileDependencies", As::Nothing),
    ("ArtifactOfProjectName", Of::File, "artifactOfs", As::Nothing),
    ("ArtifactOfProjectHomePage", Of::File, "artifactOfs", As::Nothing),
    ("ArtifactOfProjectURI", Of::File, "artifactOfs", As::Nothing),
    ("SnippetFromFileSPDXID", Of::Snippet, "snippetFromFile", As::Text),
    ("SnippetByteRange", Of::Snippet, "ranges", As::Range("offset")),
    ("SnippetLineRange", Of::Snippet, "ranges", As::Range("lineNumber")),
    ("SnippetLicenseConcluded", Of::Snippet, "licenseConcluded", As::Text),
    ("LicenseInfoInSnippet", Of::Snippet, "licenseInfoInSnippets", As::Item),
    ("SnippetLicenseComments", Of::Snippet, "licenseComments", As::Text),
    ("SnippetCopyrightText", Of::Snippet, "copyrightText", As::Text),
    ("SnippetComment", Of::Snippet, "comment", As::Text),
    ("SnippetName", Of::Snippet, "name", As::Text),
    ("SnippetAttributionText", Of::Snippet, "attributionTexts", As::Item),
    ("ExtractedText", Of::License, "extractedText", As::Text),
    ("LicenseName", Of::License, "name", As::Text),
    ("LicenseCrossReference", Of::License, "seeAlsos", As::Item),
    ("LicenseComment", Of::License, "comment", As::Text),
    ("RelationshipComment", Of::Relationship, "comment", As::Text),
    ("AnnotationDate", Of::Annotation, "annotationDate", As::Text),
    ("AnnotationType", Of::Annotation, "annotationType", As::Text),
    ("SPDXREF", Of::Annotation, "", As::Nothing),
    ("AnnotationComment", Of::Annotation, "comment", As::Text),
    ("ReviewDate", Of::Review, "reviewDate", As::Text),
    ("ReviewComment", Of::Review, "comment", As::Text),
];

/// Tags with which something begins: tag, what, the list that it goes to, the member that holds the value.
const BEGINNINGS: &[(&str, Of, &str, &str)] = &[
    ("PackageName", Of::Package, "packages", "name"),
    ("FileName", Of::File, "files", "fileName"),
    ("SnippetSPDXID", Of::Snippet, "snippets", "SPDXID"),
    ("LicenseID", Of::License, "hasExtractedLicensingInfos", "licenseId"),
    ("Annotator", Of::Annotation, "annotations", "annotator"),
    ("Reviewer", Of::Review, "revieweds", "reviewer"),
    ("Relationship", Of::Relationship, "relationships", ""),
];

/// The complaints about the tag-value document `text`.
pub(super) fn complaints(text: &str) -> Vec<Complaint> {
    let mut shape = Shape::default();
    // That the lines can be told apart was seen when it was read.
    let _ = lines(text, |at, tag, value| shape.take(at, tag, value));
    let Shape { mut document, mut creation, places, mut complaints, .. } = shape;
    if !creation.is_empty() {
        document.insert("creationInfo".to_owned(), Value::Object(std::mem::take(&mut creation)));
    }
    for snippet in list(&mut document, "snippets").into_iter().flatten() {
        if let Some(snippet) = snippet.as_object_mut() {
            // JSON wants it, tag-value does not.
            snippet.entry("name").or_insert_with(|| json!(""));
        }
    }
    for mut complaint in schema::spdx_value(&Value::Object(document)) {
        let mut place = complaint.place.as_str();
        while complaint.at.is_none() && !place.is_empty() {
            complaint.at = places.get(place).copied();
            place = place.rsplit_once('/').map_or("", |(outer, _)| outer);
        }
        complaints.push(complaint);
    }
    complaints.truncate(MOST);
    complaints
}

fn list<'d>(document: &'d mut Map<String, Value>, name: &str) -> Option<&'d mut Vec<Value>> {
    document.get_mut(name)?.as_array_mut()
}

#[derive(Default)]
struct Shape {
    document: Map<String, Value>,
    creation: Map<String, Value>,
    /// What began last, with the list that it went to.
    last: Option<(Of, &'static str)>,
    /// Where each member stands, by its JSON pointer.
    places: HashMap<String, usize>,
    complaints: Vec<Complaint>,
}

impl Shape {
    fn complain(&mut self, at: usize, tag: &str, reason: &str) {
        if self.complaints.len() < MOST {
            self.complaints.push(Complaint::new(Some(at), tag, reason));
        }
    }

    fn take(&mut self, at: usize, tag: &str, value: &str) {
        if let Some((_, of, list, member)) = BEGINNINGS.iter().find(|(name, ..)| *name == tag) {
            return self.begin(at, tag, value, (*of, list, member));
        }
        if tag == "SPDXID" {
            let of = self.last.map_or(Of::Document, |(of, _)| of);
            return self.put(at, tag, (of, "SPDXID", As::Text), value);
        }
        match TAGS.iter().find(|(name, ..)| *name == tag) {
            Some((_, of, member, form)) => self.put(at, tag, (*of, member, *form), value),
            None => self.complain(at, tag, "no version of SPDX 2 has this tag"),
        }
    }

    fn begin(
        &mut self,
        at: usize,
        tag: &str,
        value: &str,
        (of, name, member): (Of, &'static str, &'static str),
    ) {
        let mut item = Map::new();
        if of == Of::Relationship {
            let words: Vec<_> = value.split_whitespace().collect();
            let [from, kind, to] = words.as_slice() else {
                return self.complain(at, tag, "it is not two elements with a kind between them");
            };
            for (member, word) in
                [("spdxElementId", from), ("relationshipType", kind), ("relatedSpdxElement", to)]
            {
                item.insert(member.to_owned(), json!(word));
            }
        } else {
            item.insert(member.to_owned(), json!(value));
        }
        let Some(all) = self.document.entry(name).or_insert_with(|| json!([])).as_array_mut() else { return };
        self.places.insert(format!("/{name}/{}", all.len()), at);
        all.push(Value::Object(item));
        self.last = Some((of, name));
    }

    fn put(&mut self, at: usize, tag: &str, (of, member, form): (Of, &'static str, As), value: &str) {
        let (target, pointer) = match of {
            Of::Document => (Some(&mut self.document), String::new()),
            Of::Creation => (Some(&mut self.creation), "/creationInfo".to_owned()),
            _ => match self.last.filter(|(last, _)| *last == of) {
                Some((_, name)) => {
                    let all = list(&mut self.document, name);
                    let index = all.as_ref().map_or(0, |all| all.len().saturating_sub(1));
                    let last = all.and_then(|all| all.last_mut()).and_then(Value::as_object_mut);
                    (last, format!("/{name}/{index}"))
                }
                None => (None, String::new()),
            },
        };
        let Some(target) = target else {
            return self.complain(at, tag, "it belongs to nothing that began before it");
        };
        let fault = set(target, member, form, value).err();
        self.places.entry(format!("{pointer}/{member}")).or_insert(at);
        if let Some(reason) = fault {
            self.complain(at, tag, reason);
        }
    }
}

/// Sets `member` of `target` to what `value` says.
fn set(target: &mut Map<String, Value>, member: &str, form: As, value: &str) -> Result<(), &'static str> {
    let item = match form {
        As::Nothing => return Ok(()),
        As::Text | As::Word | As::Truth | As::Code => {
            let value = match form {
                As::Word => json!(value.replace('-', "_")),
                As::Truth => json!(truth(value).ok_or("it is neither true nor false")?),
                As::Code => code(value),
                _ => json!(value),
            };
            let is_new = target.insert(member.to_owned(), value).is_none();
            return if is_new { Ok(()) } else { Err("there is one already") };
        }
        As::Comment => {
            let last = list(target, member).and_then(|all| all.last_mut()).and_then(Value::as_object_mut);
            let last = last.ok_or("nothing is before it that it could be about")?;
            last.insert("comment".to_owned(), json!(value));
            return Ok(());
        }
        As::Item => json!(value),
        As::Checksum => checksum(value).ok_or("it is not an algorithm, a colon and a value")?,
        As::Reference => {
            let mut words = value.split_whitespace();
            match (words.next(), words.next(), words.next(), words.next()) {
                (Some(category), Some(kind), Some(locator), None) => {
                    json!({"referenceCategory": category, "referenceType": kind, "referenceLocator": locator})
                }
                _ => return Err("it is not a category, a type and a locator"),
            }
        }
        As::Document => {
            let mut words = value.splitn(3, char::is_whitespace);
            match (words.next(), words.next(), words.next().and_then(checksum)) {
                (Some(id), Some(uri), Some(checksum)) => {
                    json!({"externalDocumentId": id, "spdxDocument": uri, "checksum": checksum})
                }
                _ => return Err("it is not a name, an address and a checksum"),
            }
        }
        As::Range(unit) => {
            let ends = value.split_once(':').ok_or("it is not two numbers with a colon between them")?;
            let [start, end] = [ends.0, ends.1].map(|text| text.trim().parse::<u64>());
            let (Ok(start), Ok(end)) = (start, end) else {
                return Err("it is not two numbers with a colon between them");
            };
            let file = "SPDXRef-file";
            json!({"startPointer": {"reference": file, unit: start}, "endPointer": {"reference": file, unit: end}})
        }
    };
    if let Some(all) = target.entry(member).or_insert_with(|| json!([])).as_array_mut() {
        all.push(item);
    }
    Ok(())
}

fn truth(value: &str) -> Option<bool> {
    match value {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn checksum(value: &str) -> Option<Value> {
    let (algorithm, value) = value.split_once(':')?;
    Some(json!({"algorithm": algorithm.trim(), "checksumValue": value.trim()}))
}

/// A verification code, perhaps with the files that it leaves out behind it.
fn code(value: &str) -> Value {
    let (code, rest) = value.split_once('(').unwrap_or((value, ""));
    let files = rest.trim_end_matches(')').trim_start_matches("excludes:");
    let files: Vec<_> = files.split(',').map(str::trim).filter(|file| !file.is_empty()).collect();
    json!({"packageVerificationCodeValue": code.trim(), "packageVerificationCodeExcludedFiles": files})
}
