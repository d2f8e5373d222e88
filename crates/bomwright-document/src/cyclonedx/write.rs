//! Inventory to CycloneDX. Components are made for the newest version, brought down to the wanted one, written
//! and forgotten, one at a time.

mod actors;
mod components;
mod dependencies;
mod metadata;

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;

use bomwright_model::{Digest, File, FileChoice, FileKind, Inventory, License, LicenseKind};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::version::Version;
use super::wire_out as wire;
use super::{ALGORITHMS, xml_out};
use crate::identity::{self, References};
use crate::inside::Inside;
use crate::license::{self, Meanings};
use crate::relations::Relations;
use crate::seq::Seq;

/// Writes `inventory` as JSON without blanks, with a line end at the end.
pub(crate) fn json(
    inventory: &Inventory,
    version: Version,
    files: FileChoice,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    with_document(inventory, version, files, |document| {
        serde_json::to_writer(&mut *out, document)?;
        out.write_all(b"\n")
    })
}

/// Writes `inventory` as XML.
pub(crate) fn xml(
    inventory: &Inventory,
    version: Version,
    files: FileChoice,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    with_document(inventory, version, files, |document| xml_out::write(document, out))
}

fn with_document(
    inventory: &Inventory,
    version: Version,
    files: FileChoice,
    write: impl FnOnce(&Document<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let references = References::of(inventory, files);
    let relations = Relations::of(inventory, &references);
    let packages = 0..inventory.packages.len();
    let shipped = Inside::of(packages.filter_map(|package| Some((relations.shipper(package)?, package))));
    let is_binary = |file: &&File| file.kind != FileKind::Script;
    write(&Document {
        inventory,
        version,
        files,
        serial: format!("urn:uuid:{}", identity::uuid(inventory, files)?),
        shipped,
        owned: Inside::of(references.owned_files(inventory)),
        meanings: Meanings::of_all(inventory),
        binaries: inventory.files.iter().filter(is_binary).map(|file| file.path.as_str()).collect(),
        references: &references,
        relations: &relations,
    })
}

/// An inventory on its way into a document.
pub(super) struct Document<'a> {
    inventory: &'a Inventory,
    pub(super) version: Version,
    files: FileChoice,
    pub(super) serial: String,
    /// Packages inside those that ship them.
    shipped: Inside,
    /// Files inside the packages that own them.
    owned: Inside,
    /// Paths of executables and libraries: what was read from them was read from a binary.
    binaries: HashSet<&'a str>,
    meanings: Meanings<'a>,
    references: &'a References,
    relations: &'a Relations<'a>,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("Bom", 9)?;
        let number = self.version.number();
        document
            .serialize_field("$schema", &format!("http://cyclonedx.org/schema/bom-{number}.schema.json"))?;
        document.serialize_field("bomFormat", "CycloneDX")?;
        document.serialize_field("specVersion", number)?;
        document.serialize_field("serialNumber", &self.serial)?;
        document.serialize_field("version", &1)?;
        document.serialize_field("metadata", &self.metadata())?;
        document.serialize_field("components", &Seq(|| self.components()))?;
        document.serialize_field("dependencies", &Seq(|| self.dependencies()))?;
        document.serialize_field("compositions", &self.compositions())?;
        document.end()
    }
}

impl Document<'_> {
    fn declared_license(&self, text: Option<&str>) -> Vec<wire::LicenseChoice<'static>> {
        let licenses: Vec<_> = text.map(License::declared).into_iter().collect();
        self.choices(&licenses, LicenseKind::Declared, Some("declared"))
    }

    /// What the package declares and what was found in its files.
    fn main_licenses(&self, licenses: &[License]) -> Vec<wire::LicenseChoice<'static>> {
        let mut all = self.choices(licenses, LicenseKind::Declared, Some("declared"));
        // Only 1.7 lets expressions stand beside each other.
        if all.is_empty() || self.version >= Version::V1_7 {
            all.extend(self.choices(licenses, LicenseKind::Found, Some("concluded")));
        }
        all
    }

    /// Either one licence with an id or a name, or one expression.
    fn choices(
        &self,
        licenses: &[License],
        kind: LicenseKind,
        acknowledgement: Option<&'static str>,
    ) -> Vec<wire::LicenseChoice<'static>> {
        let Some(all) = self.meanings.expression(licenses, kind) else { return Vec::new() };
        let single = |license| wire::LicenseChoice {
            license: Some(wire::License { acknowledgement, ..license }),
            ..wire::LicenseChoice::default()
        };
        if license::listed_id(&all.expression).is_some() {
            return vec![single(wire::License {
                id: Some(Cow::Owned(all.expression)),
                ..Default::default()
            })];
        }
        if let Some(one) = all.extracted.get(&all.expression) {
            let content = Some(Cow::Owned(one.text.clone())).filter(|text| **text != one.name);
            return vec![single(wire::License {
                name: Some(Cow::Owned(one.name.clone())),
                text: content.map(|text| wire::Attachment { content: Some(text) }),
                ..Default::default()
            })];
        }
        vec![wire::LicenseChoice {
            expression: Some(Cow::Owned(all.expression)),
            acknowledgement,
            license: None,
        }]
    }
}

fn present(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn hash(digest: &Digest) -> Option<wire::Hash<'_>> {
    let (_, name) = ALGORITHMS.iter().find(|(algorithm, _)| *algorithm == digest.algorithm())?;
    Some(wire::Hash { alg: Some(name), content: Some(digest.hex()) })
}
