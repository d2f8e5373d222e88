//! What CycloneDX documents should hold to beyond their schema.

use std::collections::HashSet;

use cyclonedx_bom::models::bom::SpecVersion;
use cyclonedx_bom::prelude::{Bom, Validate};
use cyclonedx_bom::validation::ValidationErrorsKind;

use super::{read, wire_in as wire, xml_in};
use crate::DocumentError;
use crate::check::{Fault, Faults};

/// The place of the fault that a document has no root. Its schema lets it have none.
pub(crate) const ROOT: &str = "metadata.component";

/// The faults of the JSON document `name`.
pub(crate) fn check_json(name: &str, bytes: &[u8]) -> Result<Vec<Fault>, DocumentError> {
    let bom = read::parse_json(name, bytes)?;
    let typed = is_typed(&bom).then(|| Bom::parse_from_json(bytes).map_err(|error| error.to_string()));
    Ok(check(&bom, typed))
}

/// The faults of the XML document `name`.
pub(crate) fn check_xml(name: &str, bytes: &[u8]) -> Result<Vec<Fault>, DocumentError> {
    let bom = xml_in::parse(name, bytes)?;
    let typed = |version| Bom::parse_from_xml_with_version(bytes, version).map_err(|error| error.to_string());
    let has_prefixes = !bytes.windows(4).any(|window| window == b"<bom");
    let typed = match &*bom.spec_version {
        // `cyclonedx-bom` looks for the name space where prefixes don't put it.
        _ if has_prefixes => None,
        "1.3" => Some(typed(SpecVersion::V1_3)),
        "1.4" => Some(typed(SpecVersion::V1_4)),
        "1.5" => Some(typed(SpecVersion::V1_5)),
        _ => None,
    };
    Ok(check(&bom, typed))
}

/// Whether `cyclonedx-bom` knows the version.
fn is_typed(bom: &wire::Bom<'_>) -> bool {
    matches!(&*bom.spec_version, "1.3" | "1.4" | "1.5")
}

fn check(bom: &wire::Bom<'_>, typed: Option<Result<Bom, String>>) -> Vec<Fault> {
    let mut faults = Faults::default();
    let mut seen = HashSet::new();
    let metadata = bom.metadata.as_ref();
    match metadata.and_then(|metadata| metadata.component.as_ref()) {
        Some(root) => component(root, &mut seen, &mut faults),
        None => faults.add(ROOT, "nothing says what the document is about"),
    }
    for one in bom.components.iter() {
        component(one, &mut seen, &mut faults);
    }
    services(&bom.services, &mut seen, &mut faults);
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
    match typed {
        None => {}
        Some(Err(error)) => faults.add("cyclonedx-bom", error),
        Some(Ok(typed)) => {
            for (member, kind) in typed.validate().errors() {
                complaints(&member, kind, &mut faults);
            }
        }
    }
    faults.0
}

/// Adds what `cyclonedx-bom` says of the member at `place`. It takes line ends in text for faults, which they are
/// not: JSON allows them, and XML's type `normalizedString` makes blanks of them.
fn complaints(place: &str, kind: ValidationErrorsKind, faults: &mut Faults) {
    match kind {
        ValidationErrorsKind::Struct(inner) => {
            for (member, kind) in inner.errors() {
                let inside = if member == "inner" { place.to_owned() } else { format!("{place}.{member}") };
                complaints(&inside, kind, faults);
            }
        }
        ValidationErrorsKind::List(items) => {
            for (index, item) in items {
                for (member, kind) in item.errors() {
                    complaints(&format!("{place}[{index}].{member}"), kind, faults);
                }
            }
        }
        ValidationErrorsKind::Field(errors) | ValidationErrorsKind::Custom(errors) => {
            for error in errors.iter().filter(|error| !is_about_line_ends(&error.message)) {
                faults.add(place, error.message.clone());
            }
        }
        ValidationErrorsKind::Enum(error) if is_about_line_ends(&error.message) => {}
        ValidationErrorsKind::Enum(error) => faults.add(place, error.message),
    }
}

fn is_about_line_ends(message: &str) -> bool {
    message.starts_with("NormalizedString ")
}

fn services<'a>(all: &'a [wire::Service<'_>], seen: &mut HashSet<&'a str>, faults: &mut Faults) {
    for one in all {
        if let Some(reference) = one.bom_ref.some() {
            faults.unique(seen, reference);
        }
        services(&one.services, seen, faults);
    }
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
