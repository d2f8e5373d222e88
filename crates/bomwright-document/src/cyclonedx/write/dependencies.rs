//! Who depends on whom, and how complete that is.

use super::Document;
use crate::cyclonedx::wire_out as wire;
use crate::identity::Subject;
use crate::relations::Completeness;

impl<'a> Document<'a> {
    /// Every subject that has an entry, the root first.
    fn subjects(&self) -> impl Iterator<Item = Subject> {
        let packages = (0..self.inventory.packages.len()).map(Subject::Package);
        let files = (0..self.inventory.files.len()).map(Subject::File);
        std::iter::once(Subject::Root)
            .chain(packages)
            .chain(files.filter(|file| self.references.get(*file).is_some()))
    }

    /// Exactly one entry for each component and the root.
    pub(crate) fn dependencies(&self) -> impl Iterator<Item = wire::Dependency<'a>> {
        let distribution = self.references.distribution.as_deref();
        let of_subject = move |subject| {
            let mut depends_on = self.relations.targets(subject);
            if subject == Subject::Root {
                depends_on.extend(distribution);
                depends_on.sort_unstable();
            }
            Some(wire::Dependency { r#ref: self.references.get(subject)?, depends_on })
        };
        self.subjects()
            .filter_map(of_subject)
            .chain(distribution.map(|name| wire::Dependency { r#ref: name, depends_on: Vec::new() }))
    }

    pub(crate) fn compositions(&self) -> Vec<wire::Composition<'a>> {
        let mut all = vec![wire::Composition {
            aggregate: Some(if crate::is_complete(self.inventory, self.files) {
                "complete"
            } else {
                "incomplete"
            }),
            assemblies: vec![self.references.root],
            dependencies: Vec::new(),
        }];
        for (aggregate, completeness) in [
            ("complete", Completeness::Complete),
            ("incomplete", Completeness::Incomplete),
            ("unknown", Completeness::Unknown),
        ] {
            let such = self.subjects().filter(|subject| {
                *subject != Subject::Root && self.relations.completeness(*subject) == completeness
            });
            let mut dependencies: Vec<_> = such.filter_map(|subject| self.references.get(subject)).collect();
            if completeness == Completeness::Unknown {
                dependencies.extend(self.references.distribution.as_deref());
            }
            dependencies.sort_unstable();
            if !dependencies.is_empty() {
                all.push(wire::Composition {
                    aggregate: Some(aggregate),
                    assemblies: Vec::new(),
                    dependencies,
                });
            }
        }
        all
    }
}
