//! What a document states of itself and of everything in it, which an inventory does not keep.
//!
//! An inventory holds values and drops what says nothing, such as a supplier `NOASSERTION`. A profile asks just for that, so
//! the readers' own values are looked at here, for presence only.

mod cyclonedx;
mod spdx2;

use bomwright_model::{DocumentFacts, Field, FieldSet, Inventory, Presence};

use crate::format::{self, Format, Readable};
use crate::{DocumentError, cyclonedx as wire, lenient, spdx2 as spdx, spdx3};

/// What the document `name` states, field by field.
///
/// CycloneDX and SPDX are looked at themselves. Any other format is read into an inventory first; there it can't be told whether
/// something is missing or explicitly unknown.
///
/// # Errors
/// [`DocumentError`] when the bytes are no document that is read here, or break their format.
pub fn facts(name: &str, bytes: &[u8]) -> Result<DocumentFacts, DocumentError> {
    let bytes = &*lenient::utf8(name, bytes)?;
    Ok(match format::of(name, bytes)? {
        Readable::Format(Format::CycloneDxJson) => cyclonedx::facts(name, &wire::parse_json(name, bytes)?),
        Readable::Format(Format::CycloneDxXml) => cyclonedx::facts(name, &wire::parse_xml(name, bytes)?),
        Readable::Format(Format::SpdxJson) => spdx2::facts(name, &spdx::parse_json(name, bytes)?),
        Readable::Format(Format::SpdxTagValue) => spdx2::facts(name, &spdx::parse_tag_value(name, bytes)?),
        Readable::Spdx3 => spdx2::facts(name, &spdx3::parse(name, bytes)?),
        Readable::Format(format) => of_inventory(name, format.name(), &crate::read(name, bytes)?)?,
        Readable::Syft => of_inventory(name, "syft-json", &crate::read(name, bytes)?)?,
    })
}

/// What an inventory that was read from the document `name` holds, by way of the CycloneDX that would be written of it.
fn of_inventory(name: &str, format: &str, inventory: &Inventory) -> Result<DocumentFacts, DocumentError> {
    let mut written = Vec::new();
    crate::write(inventory, Format::CycloneDxJson, &mut written)?;
    let mut facts = cyclonedx::facts(name, &wire::parse_json(name, &written)?);
    // What the writer adds is not in the document that was asked about.
    let keep = [
        Field::Author,
        Field::AuthorContact,
        Field::Timestamp,
        Field::ToolName,
        Field::ToolVersion,
        Field::Primary,
    ];
    let none = FieldSet::default().with(Field::NoVulnerabilities, Presence::Present);
    facts.fields = keep.into_iter().fold(none, |set, field| set.with(field, facts.fields.get(field)));
    facts.items.iter_mut().for_each(|item| item.fields = without_unknown(&item.fields));
    format.clone_into(&mut facts.format);
    Ok(facts)
}

/// The same without what our own writer says to be unknown.
fn without_unknown(fields: &FieldSet) -> FieldSet {
    let all = Field::ALL.iter().map(|field| (*field, fields.get(*field)));
    let stated = all.filter(|(_, presence)| *presence != Presence::Unknown);
    stated.fold(FieldSet::default(), |set, (field, presence)| set.with(field, presence))
}

/// How a text stands: blank, a word for "not known", or something.
fn stated(text: &str) -> Presence {
    let text = text.trim();
    if text.is_empty() {
        Presence::Missing
    } else if ["noassertion", "unknown"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
        Presence::Unknown
    } else {
        Presence::Present
    }
}

/// Whether `text` holds an e-mail address or a web address.
fn is_contact(text: &str) -> bool {
    let is_mail =
        |word: &str| word.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
    text.split([' ', '<', '>', '(', ')', ','])
        .any(|word| is_mail(word) || word.starts_with("https://") || word.starts_with("http://"))
}

/// Takes a fact of ours, without its prefix: which fields are unknown, and which a person declared.
fn own_fact(document: &mut FieldSet, item: &mut FieldSet, name: &str, value: &str) {
    match name {
        "unknown" => {
            for field in value.split(' ').filter_map(Field::from_name) {
                item.raise(field, Presence::Unknown);
            }
        }
        // A file has no version but the time of its last change.
        "file:modified" => item.raise(Field::Version, Presence::Present),
        "property:declared" => {
            for key in value.split(' ') {
                declared(document, item, key);
            }
        }
        _ => {
            if let Some(key) = name.strip_prefix("declared:") {
                declared(document, item, key);
            }
        }
    }
}

/// Marks as declared what is there because the team declared `key`.
fn declared(document: &mut FieldSet, item: &mut FieldSet, key: &str) {
    let (set, fields): (_, &[Field]) = match key {
        "author" => (document, &[Field::Author, Field::AuthorContact]),
        "supplier" => (item, &[Field::Supplier, Field::CreatorContact]),
        "licence" => (item, &[Field::License, Field::LicenseDeclared, Field::LicenseConcluded]),
        "security-contact" => (item, &[Field::SecurityContact]),
        "version" => (item, &[Field::Version]),
        "support-end" => (item, &[Field::SupportEnd]),
        _ => return,
    };
    for field in fields {
        if set.get(*field) == Presence::Present {
            set.raise(*field, Presence::Declared);
        }
    }
}

/// What a person calls a thing with this name and version.
fn label(name: &str, version: &str) -> String {
    if stated(version) == Presence::Present { format!("{name} {version}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests;
