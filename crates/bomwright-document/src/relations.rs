//! The graph as CycloneDX and SPDX show it: between subjects of the document, without unresolved nodes.
//!
//! Both formats know one kind of dependency. What an edge is beyond `depends-on` at run time is kept as facts
//! on the subject that it leaves. The edge from an OS package to a package that it ships is shown by nesting
//! in CycloneDX and by `CONTAINS` in SPDX.

use bomwright_model::{EdgeKind, Inventory, Node, Scope};

use crate::identity::{References, Subject};

/// An edge between two subjects of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Link {
    from: Subject,
    to: Subject,
    kind: EdgeKind,
    scope: Scope,
}

/// A requirement of a subject that nothing satisfies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unresolved<'a> {
    pub(crate) from: Subject,
    pub(crate) kind: EdgeKind,
    pub(crate) scope: Scope,
    pub(crate) ecosystem: &'a str,
    pub(crate) requirement: &'a str,
}

/// The relations of every subject.
pub(crate) struct Relations<'a> {
    references: &'a References,
    links: Vec<Link>,
    unresolved: Vec<Unresolved<'a>>,
    /// The packages that ship each package: `shipped_by`, where the document can nest it.
    shippers: Vec<Option<usize>>,
    /// The most pressing scope in which anything asks for a package; `None` where nothing does.
    wanted: Vec<Option<Scope>>,
}

/// How much is known of what a subject depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Completeness {
    /// Every requirement of its metadata was found in the image.
    Complete,
    /// Some requirement was not.
    Incomplete,
    /// Nothing says what it depends on, or that it depends on nothing.
    Unknown,
}

impl<'a> Relations<'a> {
    /// The relations of `inventory`, whose references are `references`.
    pub(crate) fn of(inventory: &'a Inventory, references: &'a References) -> Self {
        let mut links = Vec::new();
        let mut unresolved = Vec::new();
        let mut wanted = vec![None; inventory.packages.len()];
        let graph = inventory.graph.petgraph();
        for edge in graph.edge_indices() {
            let ends = graph.edge_endpoints(edge);
            let Some((from, to)) =
                ends.and_then(|(from, to)| Some((graph.node_weight(from)?, graph.node_weight(to)?)))
            else {
                continue;
            };
            let (Some(from), Some(edge)) = (references.subject(inventory, from), graph.edge_weight(edge))
            else {
                continue;
            };
            if let Node::Unresolved(ecosystem, requirement) = to {
                unresolved.push(Unresolved {
                    from,
                    kind: edge.kind,
                    scope: edge.scope,
                    ecosystem,
                    requirement,
                });
                continue;
            }
            let Some(to) = references.subject(inventory, to) else { continue };
            // Nothing leads to the root, which stands for files that are not listed.
            if from == to
                || to == Subject::Root
                || references.get(from).is_none()
                || references.get(to).is_none()
            {
                continue;
            }
            if let (Subject::Package(index), true) = (to, edge.kind != EdgeKind::Holds)
                && let Some(scope) = wanted.get_mut(index)
            {
                *scope = Some(scope.map_or(edge.scope, |old: Scope| old.min(edge.scope)));
            }
            links.push(Link { from, to, kind: edge.kind, scope: edge.scope });
        }
        links.sort_unstable();
        links.dedup();
        unresolved.sort_unstable();
        unresolved.dedup();
        Self { references, links, unresolved, shippers: shippers(inventory), wanted }
    }

    /// What `subject` depends on: sorted references without repetition.
    pub(crate) fn targets(&self, subject: Subject) -> Vec<&'a str> {
        let mut targets: Vec<_> =
            self.pairs(subject).filter_map(|pair| self.references.get(pair.first()?.to)).collect();
        targets.sort_unstable();
        targets
    }

    /// The same, each with the most pressing scope in which it is needed.
    pub(crate) fn scoped_targets(&self, subject: Subject) -> Vec<(&'a str, Scope)> {
        let mut targets: Vec<_> = self
            .pairs(subject)
            .filter_map(|pair| {
                let scope = pair.iter().map(|link| link.scope).min()?;
                Some((self.references.get(pair.first()?.to)?, scope))
            })
            .collect();
        targets.sort_unstable();
        targets
    }

    /// Each edge that leaves `subject` and is not the one that [`Relations::targets`] alone would be read as.
    pub(crate) fn remarkable(&self, subject: Subject) -> impl Iterator<Item = (EdgeKind, Scope, &'a str)> {
        let usual = if subject == Subject::Root { EdgeKind::Holds } else { EdgeKind::DependsOn };
        self.pairs(subject)
            .filter(move |pair| !matches!(pair, [only] if only.kind == usual && only.scope == Scope::Runtime))
            .flatten()
            .filter_map(|link| Some((link.kind, link.scope, self.references.get(link.to)?)))
    }

    /// Whether the root leads to `target` for no other reason than that it holds it.
    pub(crate) fn root_only_holds(&self) -> impl Iterator<Item = (bool, &'a str)> {
        self.pairs(Subject::Root).filter_map(|pair| {
            let holds = pair.iter().all(|link| link.kind == EdgeKind::Holds);
            Some((holds, self.references.get(pair.first()?.to)?))
        })
    }

    /// The requirements of `subject` that nothing satisfies.
    pub(crate) fn unresolved(&self, subject: Subject) -> &[Unresolved<'a>] {
        let start = self.unresolved.partition_point(|entry| entry.from < subject);
        let end = self.unresolved.partition_point(|entry| entry.from <= subject);
        self.unresolved.get(start..end).unwrap_or_default()
    }

    /// The package inside whose entry the package with this index is shown.
    pub(crate) fn shipper(&self, package: usize) -> Option<usize> {
        self.shippers.get(package).copied().flatten()
    }

    /// The most pressing scope in which anything but the root asks for the package; `None` where nothing does.
    pub(crate) fn wanted(&self, package: usize) -> Option<Scope> {
        self.wanted.get(package).copied().flatten()
    }

    /// How much is known of what `subject` depends on.
    pub(crate) fn completeness(&self, subject: Subject) -> Completeness {
        if !self.unresolved(subject).is_empty() {
            Completeness::Incomplete
        } else if self.outgoing(subject).iter().any(|link| link.kind == EdgeKind::DependsOn) {
            Completeness::Complete
        } else {
            Completeness::Unknown
        }
    }

    fn outgoing(&self, subject: Subject) -> &[Link] {
        let start = self.links.partition_point(|link| link.from < subject);
        let end = self.links.partition_point(|link| link.from <= subject);
        self.links.get(start..end).unwrap_or_default()
    }

    /// The edges that leave `subject`, one slice for each target; without the edge that nesting shows.
    fn pairs(&self, subject: Subject) -> impl Iterator<Item = &[Link]> {
        self.outgoing(subject).chunk_by(|a, b| a.to == b.to).filter_map(|pair| match pair {
            [only] if self.is_nesting(only) => None,
            pair => Some(pair),
        })
    }

    fn is_nesting(&self, link: &Link) -> bool {
        match (link.from, link.to) {
            (Subject::Package(from), Subject::Package(to)) => {
                link.kind == EdgeKind::Contains
                    && link.scope == Scope::Runtime
                    && self.shipper(to) == Some(from)
            }
            _ => false,
        }
    }
}

/// One level of nesting and no more: a chain of shippers may be a circle.
fn shippers(inventory: &Inventory) -> Vec<Option<usize>> {
    let ships = |index: usize| {
        let owner = usize::try_from(inventory.packages.get(index)?.shipped_by?.0).ok()?;
        (owner != index && inventory.packages.get(owner)?.shipped_by.is_none()).then_some(owner)
    };
    (0..inventory.packages.len()).map(ships).collect()
}
