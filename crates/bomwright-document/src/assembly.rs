//! Puts an inventory together from the parts of a document: sorts them, resolves references, builds the graph.
//!
//! Documents of other tools name things twice, refer to things that are not there, and leave references out.
//! None of that stops the reading; each is noted.

mod edges;
mod layers;
mod order;

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::quality::RandomState;
use indexmap::IndexMap;
use petgraph::graph::NodeIndex;

use bomwright_model::{
    Digest, EdgeKind, File, Graph, Inventory, LayerId, Node, Package, PackageId, Scope, Source, SourceKind,
};

use crate::claims::Claims;
use crate::notes::Notes;

/// What a reference of the document stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Slot {
    Root,
    /// By its place in the document.
    Package(usize),
    /// By its place in the document.
    File(usize),
    /// Something that is in the inventory but not in its graph: the distribution, another document.
    Beside,
}

/// A dependency as the document states it, by the numbers of the references at its ends.
struct Link {
    from: u32,
    to: u32,
    kind: Option<EdgeKind>,
    scope: Option<Scope>,
}

/// The parts gathered so far.
pub(crate) struct Assembly<'a> {
    /// Everything but packages, files and graph, which [`Assembly::finish`] fills in.
    pub(crate) inventory: Inventory,
    pub(crate) notes: Notes,
    /// We wrote the document ourselves: edges from its root mean no more than that the root holds things.
    pub(crate) ours: bool,
    /// Every reference in the order in which they were met, with what it stands for. Two lookups for every edge call
    /// for a fast hash; its seed differs from run to run.
    references: IndexMap<Cow<'a, str>, Option<Slot>, RandomState>,
    packages: Vec<Package>,
    files: Vec<(File, Option<usize>)>,
    /// What facts state beyond the things themselves, of those that have such facts: the root, packages, files.
    claims: Vec<(Slot, Claims)>,
    scopes: HashMap<Slot, Scope>,
    links: Vec<Link>,
    inside: Vec<(usize, usize)>,
    layers: HashMap<Digest, LayerId>,
}

impl<'a> Assembly<'a> {
    /// Nothing gathered yet from the document called `name`.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            inventory: Inventory::new(Source { kind: SourceKind::Sbom, name: name.to_owned() }),
            notes: Notes::default(),
            ours: false,
            references: IndexMap::default(),
            packages: Vec::new(),
            files: Vec::new(),
            claims: Vec::new(),
            scopes: HashMap::new(),
            links: Vec::new(),
            inside: Vec::new(),
            layers: HashMap::new(),
        }
    }

    /// Lets `reference` stand for `slot`; the first to take a reference keeps it.
    pub(crate) fn refer(&mut self, reference: Cow<'a, str>, slot: Slot) {
        if reference.is_empty() {
            return;
        }
        let number = self.number(reference);
        let Some((reference, taken)) = self.references.get_index_mut(index_of(number)) else { return };
        match taken {
            None => *taken = Some(slot),
            Some(taken) if *taken == slot => {}
            Some(_) => self.notes.add("references stand for several things", reference),
        }
    }

    /// The number of a reference.
    fn number(&mut self, reference: Cow<'a, str>) -> u32 {
        let entry = self.references.entry(reference);
        let number = entry.index();
        entry.or_insert(None);
        // A document with so many references would not fit into memory.
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// What `reference` stands for.
    pub(crate) fn slot(&self, reference: &str) -> Option<Slot> {
        self.references.get(reference).copied().flatten()
    }

    /// Keeps the edges that the root's facts state.
    pub(crate) fn root_claims(&mut self, claims: Claims) {
        self.ours |= claims.ours;
        self.claim(Slot::Root, claims);
    }

    /// Adds a package.
    pub(crate) fn package(&mut self, mut package: Package, claims: Claims) -> Slot {
        // Lists of one have room for four, and there are many packages.
        package.licenses.shrink_to_fit();
        package.digests.shrink_to_fit();
        package.links.shrink_to_fit();
        package.evidence.shrink_to_fit();
        let slot = Slot::Package(self.packages.len());
        self.packages.push(package);
        self.claim(slot, claims);
        slot
    }

    /// Adds a file.
    pub(crate) fn file(&mut self, file: File, claims: Claims) -> Slot {
        let slot = Slot::File(self.files.len());
        self.files.push((file, None));
        self.claim(slot, claims);
        slot
    }

    fn claim(&mut self, slot: Slot, claims: Claims) {
        if claims.has_relations() {
            self.claims.push((slot, claims));
        }
    }

    /// Says which package owns a file.
    pub(crate) fn own(&mut self, file: usize, package: usize) {
        if let Some((_, owner)) = self.files.get_mut(file) {
            owner.get_or_insert(package);
        }
    }

    /// Says that what leads to `slot` does so in `scope`.
    pub(crate) fn wanted(&mut self, slot: Slot, scope: Scope) {
        self.scopes.insert(slot, scope);
    }

    /// Adds a dependency; without a kind it is the usual one.
    pub(crate) fn link(
        &mut self,
        from: Cow<'a, str>,
        to: Cow<'a, str>,
        kind: Option<EdgeKind>,
        scope: Option<Scope>,
    ) {
        let (from, to) = (self.number(from), self.number(to));
        self.links.push(Link { from, to, kind, scope });
    }

    /// Adds what one thing depends on.
    pub(crate) fn links(&mut self, from: Cow<'a, str>, to: impl Iterator<Item = Cow<'a, str>>) {
        let from = self.number(from);
        for to in to {
            let to = self.number(to);
            self.links.push(Link { from, to, kind: None, scope: None });
        }
    }

    /// Says that the package `inner` is shown inside `outer`, or that the file is, which `outer` owns then.
    pub(crate) fn nest(&mut self, outer: Slot, inner: Slot) {
        match (outer, inner) {
            (Slot::Package(outer), Slot::Package(inner)) => self.inside.push((outer, inner)),
            (Slot::Package(outer), Slot::File(inner)) => self.own(inner, outer),
            _ => {}
        }
    }

    /// The inventory. Everything that can be reached from nowhere hangs from the root.
    pub(crate) fn finish(mut self) -> Inventory {
        let package_ids = self.sort_packages();
        let file_ids = self.sort_files(&package_ids);
        let node = |slot: Slot| -> Option<Node> {
            Some(match slot {
                Slot::Root => Node::Root,
                Slot::Package(at) => Node::Package(*package_ids.get(at)?),
                Slot::File(at) => Node::File(*file_ids.get(at)?),
                Slot::Beside => return None,
            })
        };
        // Whatever nothing leads to will hang from the root.
        self.inventory.graph = Graph::with_capacity(self.inventory.packages.len(), self.links.len());
        let ids = (0..).map(PackageId).take(self.inventory.packages.len());
        let nodes: Vec<NodeIndex> = ids.map(|id| self.inventory.graph.add(Node::Package(id))).collect();
        let explained = self.claimed_edges(&node);
        let index = |slot: Slot| match slot {
            Slot::Package(at) => nodes.get(usize::try_from(package_ids.get(at)?.0).ok()?).copied(),
            _ => None,
        };
        self.stated_edges(&node, &index, &explained);
        for (outer, inner) in std::mem::take(&mut self.inside) {
            if let (Some(from), Some(to)) = (node(Slot::Package(outer)), node(Slot::Package(inner))) {
                self.connect(from, to, EdgeKind::Contains, Scope::Runtime);
            }
        }
        self.hold_scopes(&node);
        self.drop_unknown_layers();
        self.inventory.graph.anchor();
        self.inventory.diagnostics.extend(self.notes.into_diagnostics());
        self.inventory.diagnostics.sort();
        self.inventory
    }
}

fn index_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
