//! What the elements hold and need. SPDX 2 has one relationship for each pair of them, SPDX 3 one for each kind.

use bomwright_model::Scope;
use serde::ser::SerializeSeq;

use super::Graph;
use crate::spdx2::{INCOMPLETE, Relationship};
use crate::spdx3::wire_out::Element;
use crate::spdx3::{KINDS, SCOPES};

impl Graph<'_, '_> {
    /// One relationship for all that the same element leads to in the same way, where they stand together.
    pub(super) fn relationships<S: SerializeSeq>(&self, out: &mut S) -> Result<(), S::Error> {
        let mut open: Vec<Element<'_>> = Vec::new();
        let mut count = 0_usize;
        for one in self.document.relationships() {
            let Some((class, kind, scope)) = kind(&one) else { continue };
            let from = self.iri(&one.spdx_element_id);
            if open.first().is_some_and(|group| group.from.as_deref() != Some(from.as_str())) {
                finish(&mut open, out)?;
            }
            let fits = |group: &Element<'_>| group.relationship_type == Some(kind) && group.scope == scope;
            let at = open.iter().position(fits).unwrap_or_else(|| {
                count += 1;
                open.push(Element {
                    from: Some(from),
                    relationship_type: Some(kind),
                    scope,
                    ..self.element(class, &format!("relationship-{count}"))
                });
                open.len() - 1
            });
            if let Some(group) = open.get_mut(at) {
                self.extend(group, &one);
            }
        }
        finish(&mut open, out)
    }

    fn extend<'e>(&self, group: &mut Element<'e>, one: &Relationship<'e>) {
        if one.related_spdx_element == "NOASSERTION" {
            group.completeness =
                Some(if one.comment == Some(INCOMPLETE) { "incomplete" } else { "noAssertion" });
            group.comment = one.comment;
        } else {
            group.to.push(self.iri(&one.related_spdx_element));
        }
    }
}

/// The class of a relationship, its kind, and the scope that its class lets it have.
fn kind(one: &Relationship<'_>) -> Option<(&'static str, &'static str, Option<&'static str>)> {
    let (kind, ..) = KINDS.iter().find(|(_, old, _)| *old == one.relationship_type)?;
    if *kind != "dependsOn" {
        return Some(("Relationship", kind, None));
    }
    Some(match one.scope {
        Scope::Runtime => ("Relationship", kind, None),
        Scope::Optional => ("Relationship", "hasOptionalDependency", None),
        Scope::Development | Scope::Build => {
            let (scope, ..) = SCOPES.iter().rev().find(|(_, _, ours)| *ours == one.scope)?;
            ("LifecycleScopedRelationship", kind, Some(*scope))
        }
    })
}

/// Writes the relationships of one element. Each must lead somewhere.
fn finish<S: SerializeSeq>(open: &mut Vec<Element<'_>>, out: &mut S) -> Result<(), S::Error> {
    // What is said of completeness is said of everything that the element needs.
    let is_complete = open.iter().all(|group| group.completeness.is_none());
    for mut group in open.drain(..) {
        if group.to.is_empty() {
            group.to.push("NoAssertionElement".to_owned());
        }
        let needs = matches!(group.relationship_type, Some("dependsOn" | "hasOptionalDependency"));
        if is_complete && needs {
            group.completeness = Some("complete");
        }
        out.serialize_element(&group)?;
    }
    Ok(())
}
