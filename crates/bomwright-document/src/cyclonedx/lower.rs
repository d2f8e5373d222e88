//! Components in the words of older versions: what the newest version says in a member that an older one
//! lacks is said in the older way, where there is one; the rest is taken away by the table of `wire_out`.

use std::borrow::Cow;

use super::version::Version;
use super::wire_out::{Component, Lower};
use crate::actor;

/// `component` as `version` has it.
pub(crate) fn component(mut component: Component<'_>, version: Version) -> Component<'_> {
    if version < Version::V1_7 {
        reword(&mut component, version);
        component.lower(version);
    }
    component
}

fn reword(component: &mut Component<'_>, version: Version) {
    for inner in &mut component.components {
        reword(inner, version);
    }
    if version < Version::V1_6
        && let Some(author) = component.authors.first()
    {
        component.author = actor::join(author.name.unwrap_or_default(), author.email).map(Cow::Owned);
    }
    if version < Version::V1_5 {
        // Kinds of references that came with 1.5.
        component.external_references.retain(|one| one.r#type != Some("security-contact"));
        if component.r#type == Some("platform") {
            component.r#type = Some("framework");
        }
        // Licences are all the evidence that 1.4 knows.
        if component.evidence.as_ref().is_some_and(|evidence| evidence.licenses.is_empty()) {
            component.evidence = None;
        }
    }
}
