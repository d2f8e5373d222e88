//! What CycloneDX documents should hold to beyond their schema.

use std::collections::HashSet;

use cyclonedx_bom::prelude::{Bom, Validate};

use super::wire_in as wire;
use crate::DocumentError;
use crate::check::{Fault, Faults};

/// The faults of the document `name`.
pub(crate) fn check(name: &str, bytes: &[u8]) -> Result<Vec<Fault>, DocumentError> {
    let bom: wire::Bom<'_> =
        serde_json::from_slice(bytes).map_err(|error| DocumentError::json(name, &error))?;
    let mut faults = Faults::default();
    let mut seen = HashSet::new();
    let metadata = bom.metadata.as_ref();
    match metadata.and_then(|metadata| metadata.component.as_ref()) {
        Some(root) => component(root, &mut seen, &mut faults),
        None => faults.add("metadata.component", "nothing says what the document is about"),
    }
    for one in bom.components.iter() {
        component(one, &mut seen, &mut faults);
    }
    let mut entries = HashSet::new();
    for dependency in bom.dependencies.iter() {
        let from = &*dependency.reference;
        if !entries.insert(from) {
            faults.add(from, "it has more than one entry in dependencies");
        }
        for reference in dependency.depends_on.iter().map(|text| &**text).chain([from]) {
            if !seen.contains(reference) {
                faults.add(reference, "a dependency names it, and nothing has that reference");
            }
        }
    }
    if matches!(&*bom.spec_version, "1.3" | "1.4" | "1.5") {
        match Bom::parse_from_json(bytes) {
            Err(error) => faults.add("cyclonedx-bom", error.to_string()),
            Ok(typed) => {
                for (member, kind) in typed.validate().errors() {
                    faults.add(&member, format!("{kind:?}"));
                }
            }
        }
    }
    Ok(faults.0)
}

fn component<'a>(one: &'a wire::Component<'_>, seen: &mut HashSet<&'a str>, faults: &mut Faults) {
    let place = one.bom_ref.some().unwrap_or(&one.name);
    if let Some(reference) = one.bom_ref.some() {
        faults.unique(seen, reference);
    }
    if let Some(purl) = one.purl.some() {
        faults.purl(place, purl);
    }
    let observed = one.evidence.iter().flat_map(|evidence| evidence.licenses.iter());
    for choice in one.licenses.iter().chain(observed) {
        if let Some(expression) = choice.expression.some() {
            faults.expression(place, expression);
        }
    }
    for inner in one.components.iter() {
        component(inner, seen, faults);
    }
}
