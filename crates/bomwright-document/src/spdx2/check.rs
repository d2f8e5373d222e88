//! What SPDX 2.x documents should hold to beyond their schema.

use std::collections::HashSet;

use spdx_rs::models::SPDX;

use super::wire_in::Document;
use super::{read, tag_value_in};
use crate::DocumentError;
use crate::check::{Fault, Faults};

/// The faults of the JSON document `name`.
pub(crate) fn check_json(name: &str, bytes: &[u8]) -> Result<Vec<Fault>, DocumentError> {
    let mut faults = check(&read::parse_json(name, bytes)?);
    if let Err(error) = serde_json::from_slice::<SPDX>(bytes) {
        faults.add("spdx-rs", error.to_string());
    }
    Ok(faults.0)
}

/// The faults of the tag-value document `name`. `spdx-rs` is not asked: it panics on licences that it can't parse.
pub(crate) fn check_tag_value(name: &str, bytes: &[u8]) -> Result<Vec<Fault>, DocumentError> {
    Ok(check(&tag_value_in::parse(name, bytes)?).0)
}

/// The faults of the document `name` of SPDX 3.
pub(crate) fn check_graph(name: &str, bytes: &[u8]) -> Result<Vec<Fault>, DocumentError> {
    Ok(check(&crate::spdx3::parse(name, bytes)?).0)
}

fn check(document: &Document<'_>) -> Faults {
    let mut faults = Faults::default();
    let mut seen = HashSet::from(["SPDXRef-DOCUMENT"]);
    let licenses: HashSet<&str> =
        document.has_extracted_licensing_infos.iter().map(|one| &*one.license_id).collect();
    for package in document.packages.iter() {
        faults.unique(&mut seen, &package.id);
        for reference in package.external_refs.iter().filter(|one| &*one.reference_type == "purl") {
            faults.purl(&package.id, &reference.reference_locator);
        }
        for text in [&package.license_declared, &package.license_concluded] {
            let Some(text) = text.some().filter(|text| !matches!(*text, "NOASSERTION" | "NONE")) else {
                continue;
            };
            faults.expression(&package.id, text);
            let words = text.split([' ', '(', ')']).filter(|word| word.starts_with("LicenseRef-"));
            for word in words.filter(|word| !licenses.contains(word)) {
                faults.add(&package.id, format!("nothing says what {word} is"));
            }
        }
    }
    for file in document.files.iter() {
        faults.unique(&mut seen, &file.id);
    }
    let mut described = document.document_describes.len();
    for one in document.relationships.iter() {
        let (from, to) = (&*one.spdx_element_id, &*one.related_spdx_element);
        described += usize::from(from == "SPDXRef-DOCUMENT" && &*one.relationship_type == "DESCRIBES");
        let ends = [from, to].into_iter().filter(|end| {
            // Elements of other documents are theirs to define.
            !matches!(*end, "NONE" | "NOASSERTION") && !end.starts_with("DocumentRef-")
        });
        for end in ends.filter(|end| !seen.contains(end)) {
            faults.add(end, "a relationship names it, and nothing has that identifier");
        }
    }
    if described == 0 {
        faults.add("SPDXRef-DOCUMENT", "nothing says what the document is about");
    }
    faults
}
