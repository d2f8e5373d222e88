//! Inventory to SPDX: as JSON of 2.3 here, as tag-value in `tag_value_out`, as a graph of 3.0.1 in `spdx3`. Packages and
//! relationships are made, written and forgotten one at a time.
//!
//! SPDX files need a SHA-1 and an analysed package to lie in, so files are written as packages whose purpose is `FILE`.

mod packages;
mod relationships;

use std::collections::BTreeMap;
use std::io;

use bomwright_model::{FileChoice, Inventory, License, LicenseKind, Tool};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::wire_out::{COMMENT, CreationInfo, ExtractedLicense};
use super::{NO_TIME, tag_value_out};
use crate::actor;
use crate::identity::{self, References};
use crate::license::{self, Extracted, Meanings};
use crate::relations::Relations;
use crate::root;
use crate::seq::Seq;
pub(crate) use relationships::{INCOMPLETE, NOT_ALL};

/// Writes `inventory` as JSON without blanks, with a line end at the end.
pub(crate) fn json(inventory: &Inventory, files: FileChoice, out: &mut dyn io::Write) -> io::Result<()> {
    with_document(inventory, files, false, |document| {
        serde_json::to_writer(&mut *out, document)?;
        out.write_all(b"\n")
    })
}

/// Writes `inventory` as SPDX 3.
pub(crate) fn graph(inventory: &Inventory, files: FileChoice, out: &mut dyn io::Write) -> io::Result<()> {
    with_document(inventory, files, false, |document| crate::spdx3::write(document, out))
}

/// Writes `inventory` as tag-value.
pub(crate) fn tag_value(inventory: &Inventory, files: FileChoice, out: &mut dyn io::Write) -> io::Result<()> {
    with_document(inventory, files, true, |document| tag_value_out::write(document, out))
}

fn with_document(
    inventory: &Inventory,
    files: FileChoice,
    is_tag_value: bool,
    write: impl FnOnce(&Document<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let references = References::of(inventory, files);
    let relations = Relations::of(inventory, &references);
    let tools: Vec<_> = inventory.tools.iter().map(creator).collect();
    let annotator = tools.first().cloned().unwrap_or_else(|| "Tool: bomwright".to_owned());
    let mut creators = if tools.is_empty() { vec![annotator.clone()] } else { tools };
    creators.extend(inventory.declared.author.as_deref().map(|text| actor::to_spdx("Organization", text)));
    write(&Document {
        inventory,
        files,
        is_tag_value,
        uuid: identity::uuid(inventory, files)?,
        created: inventory.timestamp.as_deref().map_or_else(|| NO_TIME.to_owned(), without_fraction),
        annotator,
        creators,
        meanings: Meanings::of_all(inventory),
        references: &references,
        relations: &relations,
    })
}

/// An inventory on its way into a document.
pub(crate) struct Document<'a> {
    inventory: &'a Inventory,
    files: FileChoice,
    is_tag_value: bool,
    uuid: String,
    pub(crate) created: String,
    annotator: String,
    /// The creators; never empty.
    pub(crate) creators: Vec<String>,
    meanings: Meanings<'a>,
    references: &'a References,
    relations: &'a Relations<'a>,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("Document", 10)?;
        document.serialize_field("spdxVersion", "SPDX-2.3")?;
        document.serialize_field("dataLicense", "CC0-1.0")?;
        document.serialize_field("SPDXID", "SPDXRef-DOCUMENT")?;
        document.serialize_field("name", self.name())?;
        document.serialize_field("documentNamespace", &self.namespace())?;
        let info = CreationInfo {
            created: &self.created,
            creators: &self.creators,
            license_list_version: license::LIST_VERSION,
            comment: COMMENT,
        };
        document.serialize_field("creationInfo", &info)?;
        document.serialize_field("packages", &Seq(|| self.packages()))?;
        let extracted = self.extracted();
        if !extracted.is_empty() {
            let list = Seq(|| {
                extracted.iter().map(|(id, one)| ExtractedLicense {
                    license_id: id,
                    extracted_text: &one.text,
                    name: &one.name,
                })
            });
            document.serialize_field("hasExtractedLicensingInfos", &list)?;
        }
        document.serialize_field("relationships", &Seq(|| self.relationships()))?;
        document.end()
    }
}

impl<'a> Document<'a> {
    /// The reference of what the document is about.
    pub(crate) fn root(&self) -> &'static str {
        self.references.root
    }

    pub(crate) fn name(&self) -> &'a str {
        root::name(self.inventory)
    }

    pub(crate) fn namespace(&self) -> String {
        format!("https://spdx.org/spdxdocs/bomwright-{}", self.uuid)
    }

    /// The text behind every licence reference.
    pub(crate) fn extracted(&self) -> BTreeMap<&str, &Extracted> {
        self.meanings.extracted()
    }

    fn expression(&self, licenses: &[License], kind: LicenseKind) -> String {
        let all = self.meanings.expression(licenses, kind);
        all.map_or_else(|| "NOASSERTION".to_owned(), |all| all.expression)
    }

    fn declared_license(&self, text: Option<&str>) -> String {
        let licenses: Vec<_> = text.map(License::declared).into_iter().collect();
        self.expression(&licenses, LicenseKind::Declared)
    }
}

fn creator(tool: &Tool) -> String {
    if tool.version.is_empty() {
        format!("Tool: {}", tool.name)
    } else {
        format!("Tool: {}-{}", tool.name, tool.version)
    }
}

/// Whether a creator's line tells the tool's name and version apart.
pub(crate) fn tells_apart(tool: &Tool) -> bool {
    super::read::split_tool(creator(tool).trim_start_matches("Tool: ")) == *tool
}

/// SPDX 2.3 (clause 6.9) wants whole seconds.
fn without_fraction(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, rest)) => {
            let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{seconds}{zone}")
        }
        None => time.to_owned(),
    }
}
