//! SPDX 2.1 to 2.3 to inventory.

mod licenses;
mod packages;

use std::borrow::Cow;
use std::collections::HashMap;

use bomwright_model::{Distribution, EdgeKind, Inventory, Scope, Tool};

use super::wire_in::{CreationInfo, Document, Relationship, SpdxPackage};
use super::{NO_TIME, REFERENCE, tag_value_in};
use crate::assembly::{Assembly, Slot};
use crate::lenient::Text;
use crate::license::Extracted;
use crate::{DocumentError, time};
use licenses::extracted;

/// Reads the JSON document `name`.
pub(crate) fn read_json(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    of_version_2(name, parse_json(name, bytes)?)
}

/// All of the JSON document `name`, for those who ask what it says rather than what it means.
pub(crate) fn parse_json<'a>(name: &str, bytes: &'a [u8]) -> Result<Document<'a>, DocumentError> {
    serde_json::from_slice(bytes).map_err(|error| DocumentError::json(name, &error))
}

/// Reads the tag-value document `name`.
pub(crate) fn read_tag_value(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    of_version_2(name, tag_value_in::parse(name, bytes)?)
}

/// Reads the document `name` of SPDX 3.
pub(crate) fn read_graph(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    Ok(inventory(name, crate::spdx3::parse(name, bytes)?))
}

fn of_version_2(name: &str, document: Document<'_>) -> Result<Inventory, DocumentError> {
    // What 2.1 has is the same in 2.2.
    if !matches!(&*document.spdx_version, "SPDX-2.1" | "SPDX-2.2" | "SPDX-2.3") {
        return Err(DocumentError::Inconsistent {
            name: name.to_owned(),
            place: "spdxVersion".to_owned(),
            reason: format!("'{}' is not read; SPDX-2.1 to SPDX-2.3 are", &*document.spdx_version),
        });
    }
    Ok(inventory(name, document))
}

fn inventory(name: &str, document: Document<'_>) -> Inventory {
    let mut reader = Reader {
        assembly: Assembly::new(name),
        guessed: None,
        texts: document
            .has_extracted_licensing_infos
            .iter()
            .map(|one| ((*one.license_id).to_owned(), extracted(one)))
            .collect(),
        owned: Vec::new(),
    };
    reader.creation(document.creation_info.unwrap_or_default());
    let root = root_of(&document.document_describes, &document.relationships, &document.packages);
    // The root comes first: it says whether the document is ours.
    let (roots, others): (Vec<_>, Vec<_>) =
        document.packages.into_iter().partition(|package| Some(&*package.id) == root.as_deref());
    for package in roots {
        reader.root(package);
    }
    for package in others {
        reader.package(package);
    }
    for file in document.files {
        reader.file(file);
    }
    for (owner, file) in std::mem::take(&mut reader.owned) {
        if let (Slot::Package(owner), Some(Slot::File(file))) = (owner, reader.assembly.slot(&file)) {
            reader.assembly.own(file, owner);
        }
    }
    for relationship in document.relationships {
        reader.relationship(relationship);
    }
    let Reader { mut assembly, guessed, .. } = reader;
    if assembly.inventory.distribution.is_none() {
        assembly.inventory.distribution = guessed;
    }
    assembly.finish()
}

/// The one package that the document describes. Where it describes several, all are packages like others.
fn root_of(
    describes: &[Text<'_>],
    relationships: &[Relationship<'_>],
    packages: &[SpdxPackage<'_>],
) -> Option<String> {
    let stated = relationships.iter().filter_map(|one| match &*one.relationship_type {
        "DESCRIBES" if &*one.spdx_element_id == "SPDXRef-DOCUMENT" => Some(&*one.related_spdx_element),
        "DESCRIBED_BY" if &*one.related_spdx_element == "SPDXRef-DOCUMENT" => Some(&*one.spdx_element_id),
        _ => None,
    });
    let mut all: Vec<&str> = describes.iter().map(|id| &**id).chain(stated).collect();
    all.sort_unstable();
    all.dedup();
    match all.as_slice() {
        [only] if packages.iter().any(|package| &*package.id == *only) => Some((*only).to_owned()),
        _ => None,
    }
}

struct Reader<'a> {
    assembly: Assembly<'a>,
    /// The distribution that purls name, for documents that describe none.
    guessed: Option<Distribution>,
    /// The statement behind each licence reference.
    texts: HashMap<String, Extracted>,
    /// Packages and the files that they say they have, which are described further down.
    owned: Vec<(Slot, Cow<'a, str>)>,
}

impl<'a> Reader<'a> {
    fn creation(&mut self, info: CreationInfo<'a>) {
        if let Some(created) = info.created.some().filter(|created| *created != NO_TIME) {
            self.assembly.inventory.timestamp = time::to_utc(created);
            if self.assembly.inventory.timestamp.is_none() {
                self.assembly.notes.add("times are none", created);
            }
        }
        for creator in info.creators {
            if let Some(tool) = creator.trim().strip_prefix("Tool:") {
                self.assembly.inventory.tools.push(split_tool(tool.trim()));
            }
        }
    }

    fn relationship(&mut self, relationship: Relationship<'a>) {
        let Relationship { spdx_element_id: from, relationship_type: kind, related_spdx_element: to, .. } =
            relationship;
        if matches!(&*to, "NONE" | "NOASSERTION")
            || &*from == "SPDXRef-DOCUMENT"
            || &*to == "SPDXRef-DOCUMENT"
        {
            return;
        }
        let Some((kind, scope, forward)) = meaning(&kind) else { return };
        let (from, to) = (reference(from), reference(to));
        let (from, to) = if forward { (from, to) } else { (to, from) };
        match (kind, self.assembly.slot(&from), self.assembly.slot(&to)) {
            (Some(EdgeKind::Contains), Some(Slot::Package(owner)), Some(Slot::File(file))) => {
                self.assembly.own(file, owner);
            }
            (Some(EdgeKind::Contains), Some(Slot::Root), _) => {
                self.assembly.link(from, to, Some(EdgeKind::Holds), None);
            }
            _ => self.assembly.link(from, to, kind, scope),
        }
    }
}

/// What a type of relationship (SPDX 2.3, clause 11.1) means for us: the kind of edge, its scope, and whether
/// it points from the one that needs to the one that is needed. `None` for those that are no dependency.
fn meaning(kind: &str) -> Option<(Option<EdgeKind>, Option<Scope>, bool)> {
    Some(match kind {
        "DEPENDS_ON" | "HAS_PREREQUISITE" => (None, None, true),
        "DEPENDENCY_OF" | "RUNTIME_DEPENDENCY_OF" | "PREREQUISITE_FOR" | "PROVIDED_DEPENDENCY_OF" => {
            (None, None, false)
        }
        "OPTIONAL_DEPENDENCY_OF" => (None, Some(Scope::Optional), false),
        "DEV_DEPENDENCY_OF" | "TEST_DEPENDENCY_OF" => (None, Some(Scope::Development), false),
        "BUILD_DEPENDENCY_OF" | "BUILD_TOOL_OF" => (None, Some(Scope::Build), false),
        "DYNAMIC_LINK" | "STATIC_LINK" => (Some(EdgeKind::Links), None, true),
        "CONTAINS" => (Some(EdgeKind::Contains), None, true),
        "CONTAINED_BY" => (Some(EdgeKind::Contains), None, false),
        _ => return None,
    })
}

/// The reference without what stands before all of them.
fn reference(id: Text<'_>) -> Cow<'_, str> {
    match id.0 {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix(REFERENCE).unwrap_or(text)),
        Cow::Owned(text) => Cow::Owned(text.strip_prefix(REFERENCE).map(str::to_owned).unwrap_or(text)),
    }
}

/// `name-version`, split where a version begins: at the first hyphen before a digit, else at the last.
pub(super) fn split_tool(text: &str) -> Tool {
    let starts_version = |at: usize| {
        let rest = text.get(at + 1..).unwrap_or_default();
        rest.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit())
    };
    let hyphens = || text.match_indices('-').map(|(at, _)| at);
    let at = hyphens().find(|at| starts_version(*at)).or_else(|| hyphens().next_back());
    let (name, version) = match at {
        Some(at) => (text.get(..at).unwrap_or(text), text.get(at + 1..).unwrap_or_default()),
        None => (text, ""),
    };
    Tool { name: name.to_owned(), version: version.to_owned() }
}
