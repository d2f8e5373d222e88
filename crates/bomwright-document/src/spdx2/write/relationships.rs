//! The relationships: what the root, packages and files hold and need, and how complete that is.

use bomwright_model::Scope;

use super::Document;
use crate::identity::Subject;
use crate::relations::Completeness;
use crate::spdx2::REFERENCE;
use crate::spdx2::wire_out::Relationship;

impl<'a> Document<'a> {
    pub(crate) fn relationships(&'a self) -> impl Iterator<Item = Relationship<'a>> {
        let describes = relationship("DOCUMENT", "DESCRIBES", self.references.root);
        let contains_os = self
            .references
            .distribution
            .as_deref()
            .map(|os| relationship(self.references.root, "CONTAINS", os));
        let held = self.relations.root_only_holds().map(|(holds, target)| {
            let kind = if holds { "CONTAINS" } else { "DEPENDS_ON" };
            relationship(self.references.root, kind, target)
        });
        let packages = (0..self.inventory.packages.len()).map(Subject::Package);
        let files = (0..self.inventory.files.len()).map(Subject::File);
        let shipped = (0..self.inventory.packages.len()).filter_map(|index| {
            let shipper = Subject::Package(self.relations.shipper(index)?);
            let inner = self.references.get(Subject::Package(index))?;
            Some(relationship(self.references.get(shipper)?, "CONTAINS", inner))
        });
        let owned = self.references.owned_files(self.inventory).filter_map(|(owner, file)| {
            let owner = self.references.get(Subject::Package(owner))?;
            Some(relationship(owner, "CONTAINS", self.references.get(Subject::File(file))?))
        });
        std::iter::once(describes)
            .chain(contains_os)
            .chain(held)
            .chain(shipped)
            .chain(owned)
            .chain(packages.chain(files).flat_map(|subject| self.dependencies(subject)))
    }

    fn dependencies(&'a self, subject: Subject) -> Vec<Relationship<'a>> {
        let Some(from) = self.references.get(subject) else { return Vec::new() };
        let targets = self.relations.scoped_targets(subject).into_iter();
        let mut all: Vec<_> = targets
            .map(|(to, scope)| Relationship { scope, ..relationship(from, "DEPENDS_ON", to) })
            .collect();
        let comment = match self.relations.completeness(subject) {
            Completeness::Complete => return all,
            Completeness::Incomplete => INCOMPLETE,
            Completeness::Unknown => "nothing states what it depends on",
        };
        all.push(Relationship {
            spdx_element_id: format!("{REFERENCE}{from}"),
            relationship_type: "DEPENDS_ON",
            related_spdx_element: "NOASSERTION".to_owned(),
            comment: Some(comment),
            scope: Scope::Runtime,
        });
        all
    }
}

/// What is said of dependencies of which some are missing.
pub(crate) const INCOMPLETE: &str = "some requirements are met by nothing in the image";

fn relationship<'a>(from: &str, kind: &'static str, to: &str) -> Relationship<'a> {
    Relationship {
        spdx_element_id: format!("{REFERENCE}{from}"),
        relationship_type: kind,
        related_spdx_element: format!("{REFERENCE}{to}"),
        comment: None,
        scope: Scope::Runtime,
    }
}
