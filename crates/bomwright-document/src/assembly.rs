//! Puts an inventory together from the parts of a document: sorts them, resolves references, builds the graph.
//!
//! Documents of other tools name things twice, refer to things that are not there, and leave references out.
//! None of that stops the reading; each is noted.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use foldhash::quality::RandomState;
use indexmap::IndexMap;
use petgraph::graph::NodeIndex;

use bomwright_model::{
    Digest, Edge, EdgeKind, Evidence, File, FileId, Graph, Inventory, Layer, LayerId, Node, Package,
    PackageId, Scope, Source, SourceKind,
};

use crate::claims::Claims;
use crate::notes::Notes;
use crate::peers::Place;

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

    /// The layer whose `diff_id` this is. A layer that the document did not declare is added at the end.
    fn layer(&mut self, diff_id: Digest) -> LayerId {
        if self.layers.is_empty() {
            for (id, layer) in (0..).map(LayerId).zip(&self.inventory.layers) {
                if let Some(digest) = &layer.diff_id {
                    self.layers.entry(digest.clone()).or_insert(id);
                }
            }
        }
        if let Some(known) = self.layers.get(&diff_id) {
            return *known;
        }
        self.notes
            .add("layers are known only from packages in them, so their order is not", diff_id.as_str());
        let id = LayerId(u32::try_from(self.inventory.layers.len()).unwrap_or(u32::MAX));
        self.inventory.layers.push(Layer { diff_id: Some(diff_id.clone()), ..Layer::default() });
        self.layers.insert(diff_id, id);
        id
    }

    /// Evidence from the places that another tool names.
    pub(crate) fn evidence(&mut self, places: Vec<Place>, parser: &str) -> Vec<Evidence> {
        let mut all = Vec::with_capacity(places.len());
        for place in places {
            let layer = place.layer.map(|digest| self.layer(digest));
            all.push(Evidence { layer, path: place.path, parser: parser.to_owned() });
        }
        all
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

    /// Sorts the packages; the result leads from places in the document to ids. In documents of others, entries
    /// that agree in all that makes a package are one.
    fn sort_packages(&mut self) -> Vec<PackageId> {
        let mut packages = std::mem::take(&mut self.packages);
        let order = order_of(&packages);
        arrange(&mut packages, order.clone());
        // Copies of one package in several places are several packages.
        let is_same = |before: &Package, this: &Package| {
            let (before, this) = (key(before), key(this));
            before.0 == this.0 && (before.1 == this.1 || before.1.is_empty() || this.1.is_empty())
        };
        let pairs = packages.windows(2).map(|pair| matches!(pair, [a, b] if !self.ours && is_same(a, b)));
        let mut same = std::iter::once(false).chain(pairs).collect::<Vec<_>>().into_iter();
        let mut ids = vec![PackageId(u32::MAX); order.len()];
        let mut next = 0;
        for (at, same) in order.into_iter().zip(same.clone()) {
            next += u32::from(!same);
            if let Some(id) = ids.get_mut(at) {
                *id = PackageId(next - 1);
            }
        }
        same.next();
        packages.dedup_by(|package, kept| {
            let same = same.next().unwrap_or(false);
            if same {
                self.notes.add("packages are listed more than once", &package.full_name());
                merge(kept, std::mem::take(package));
            }
            same
        });
        for (slot, claims) in &self.claims {
            let (Slot::Package(at), Some(shipper)) = (slot, &claims.shipped_by) else { continue };
            let Some(Slot::Package(owner)) = self.slot(shipper) else { continue };
            let package = ids.get(*at).and_then(|id| packages.get_mut(usize::try_from(id.0).ok()?));
            if let (Some(owner), Some(package)) = (ids.get(owner), package) {
                package.shipped_by = Some(*owner);
            }
        }
        self.inventory.packages = packages;
        ids
    }

    fn sort_files(&mut self, packages: &[PackageId]) -> Vec<FileId> {
        let mut files = std::mem::take(&mut self.files);
        let mut order: Vec<usize> = (0..files.len()).collect();
        order.sort_by(|a, b| {
            let path = |at: &usize| files.get(*at).map(|(file, _)| &file.path);
            path(a).cmp(&path(b))
        });
        let mut ids = vec![FileId(u32::MAX); order.len()];
        for (id, at) in (0..).map(FileId).zip(&order) {
            if let Some(slot) = ids.get_mut(*at) {
                *slot = id;
            }
        }
        arrange(&mut files, order);
        let owned = |(file, owner): (File, Option<usize>)| {
            let owner = owner.and_then(|owner| packages.get(owner).copied());
            File { owner, ..file }
        };
        self.inventory.files = files.into_iter().map(owned).collect();
        ids
    }

    /// Connects what facts state. The result holds the pairs that need no usual edge besides.
    fn claimed_edges(&mut self, node: &impl Fn(Slot) -> Option<Node>) -> HashSet<(Slot, Slot), RandomState> {
        let mut explained = HashSet::default();
        for (slot, claims) in std::mem::take(&mut self.claims) {
            let Some(from) = node(slot) else { continue };
            for (kind, scope, reference) in claims.edges {
                let target = self.slot(&reference);
                match target.and_then(|target| Some((target, node(target)?))) {
                    Some((target, to)) => {
                        explained.insert((slot, target));
                        self.connect(from.clone(), to, kind, scope);
                    }
                    None => self.notes.add("edges lead to nothing", &reference),
                }
            }
            for (kind, scope, ecosystem, requirement) in claims.unresolved.into_values() {
                self.connect(from.clone(), Node::Unresolved(ecosystem, requirement), kind, scope);
            }
        }
        explained
    }

    /// Connects what the document's own relations state.
    fn stated_edges(
        &mut self,
        node: &impl Fn(Slot) -> Option<Node>,
        index: &impl Fn(Slot) -> Option<NodeIndex>,
        explained: &HashSet<(Slot, Slot), RandomState>,
    ) {
        let references = std::mem::take(&mut self.references);
        let slot = |number: u32| references.get_index(index_of(number)).and_then(|(_, slot)| *slot);
        for link in std::mem::take(&mut self.links) {
            let (Some(from), Some(to)) = (slot(link.from), slot(link.to)) else {
                let missing = if slot(link.from).is_none() { link.from } else { link.to };
                let missing = references.get_index(index_of(missing)).map_or("", |(reference, _)| reference);
                self.notes.add("dependencies name nothing that the document describes", missing);
                continue;
            };
            if !explained.is_empty() && explained.contains(&(from, to)) {
                continue;
            }
            let usual = if from == Slot::Root && self.ours { EdgeKind::Holds } else { EdgeKind::DependsOn };
            let kind = link.kind.unwrap_or(usual);
            let scope = link.scope.or_else(|| self.scopes.get(&to).copied()).unwrap_or_default();
            if let (Some(source), Some(target)) = (index(from), index(to)) {
                self.inventory.graph.connect_added(source, target, Edge::new(kind, scope));
            } else if let (Some(source), Some(target)) = (node(from), node(to)) {
                self.connect(source, target, kind, scope);
            }
        }
    }

    /// Lets the root hold what has a scope and no dependency that could carry it.
    fn hold_scopes(&mut self, node: &impl Fn(Slot) -> Option<Node>) {
        let scopes = std::mem::take(&mut self.scopes);
        let mut held: Vec<(Node, Scope)> =
            scopes.into_iter().filter_map(|(slot, scope)| Some((node(slot)?, scope))).collect();
        held.sort();
        for (target, scope) in held {
            let graph = self.inventory.graph.petgraph();
            let is_led_to = self.inventory.graph.find(&target).is_some_and(|index| {
                graph.neighbors_directed(index, petgraph::Direction::Incoming).next().is_some()
            });
            if !is_led_to {
                self.connect(Node::Root, target, EdgeKind::Holds, scope);
            }
        }
    }

    fn connect(&mut self, from: Node, to: Node, kind: EdgeKind, scope: Scope) {
        if self.inventory.graph.connect(from, to, Edge::new(kind, scope)).is_err() {
            self.notes.add("dependencies lead back to the document's own subject", kind.as_str());
        }
    }

    /// Layer numbers that lead nowhere are dropped.
    fn drop_unknown_layers(&mut self) {
        let count = self.inventory.layers.len();
        let notes = &mut self.notes;
        let mut check = |layer: &mut Option<LayerId>| {
            if let Some(id) = layer
                && usize::try_from(id.0).is_ok_and(|index| index >= count)
            {
                notes.add("layer numbers lead nowhere", &id.0.to_string());
                *layer = None;
            }
        };
        let verdicts = |verdict: &mut Option<bomwright_model::Verdict>,
                        check: &mut dyn FnMut(&mut Option<LayerId>)| {
            for reason in verdict.iter_mut().flat_map(|verdict| &mut verdict.reasons) {
                if let Some(evidence) = &mut reason.evidence {
                    check(&mut evidence.layer);
                }
            }
        };
        for package in &mut self.inventory.packages {
            package.evidence.iter_mut().for_each(|evidence| check(&mut evidence.layer));
            check(&mut package.introduced);
            check(&mut package.changed);
            verdicts(&mut package.origin, &mut check);
        }
        for file in &mut self.inventory.files {
            check(&mut file.layer);
            check(&mut file.introduced);
            verdicts(&mut file.origin, &mut check);
        }
        for diagnostic in &mut self.inventory.diagnostics {
            check(&mut diagnostic.layer);
        }
    }
}

/// The packages' places in the order of what they are. Most comparisons are settled by two numbers, without a look at
/// texts that lie all over the memory.
fn order_of(packages: &[Package]) -> Vec<usize> {
    let ecosystems: BTreeSet<&str> = packages.iter().map(|package| package.ecosystem.as_str()).collect();
    let ranks: HashMap<&str, usize> = ecosystems.into_iter().zip(0..).collect();
    let mut order: Vec<(Option<&usize>, u64, usize)> = packages
        .iter()
        .enumerate()
        .map(|(at, package)| {
            let mut head = [0; 8];
            for (to, from) in head.iter_mut().zip(package.name.bytes()) {
                *to = from;
            }
            (ranks.get(package.ecosystem.as_str()), u64::from_be_bytes(head), at)
        })
        .collect();
    let whole = |at: usize| packages.get(at).map(key);
    order.sort_unstable_by(|a, b| {
        (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| whole(a.2).cmp(&whole(b.2))).then_with(|| a.2.cmp(&b.2))
    });
    order.into_iter().map(|(.., at)| at).collect()
}

/// What makes a package of a document what it is, in the order of packages, and where it was found.
type Key<'p> = ((&'p str, &'p str, &'p str, [Option<&'p str>; 3]), &'p [Evidence]);

fn key(package: &Package) -> Key<'_> {
    let Package { ecosystem, name, version, architecture, location, namespace, evidence, .. } = package;
    let rest = [architecture.as_deref(), location.as_deref(), namespace.as_deref()];
    ((ecosystem, name, version, rest), evidence)
}

/// Puts `items` in this order, each number being a place where an item is now; nothing is copied.
fn arrange<T>(items: &mut [T], mut order: Vec<usize>) {
    for start in 0..order.len() {
        // Follow one cycle of the order until it closes.
        let mut at = start;
        while let Some(from) = order.get_mut(at).map(|from| std::mem::replace(from, at))
            && from != start
            && from < items.len()
        {
            items.swap(at, from);
            at = from;
        }
    }
}

fn index_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Adds to `kept` what `other`, the same package at another place of the document, says beyond it.
fn merge(kept: &mut Package, other: Package) {
    for evidence in other.evidence {
        if !kept.evidence.contains(&evidence) {
            kept.evidence.push(evidence);
        }
    }
    for license in other.licenses {
        if !kept.licenses.contains(&license) {
            kept.licenses.push(license);
        }
    }
    kept.licenses.sort();
    for (key, value) in other.properties {
        kept.properties.entry(key).or_insert(value);
    }
    kept.purl = kept.purl.take().or(other.purl);
    kept.supplier = kept.supplier.take().or(other.supplier);
    kept.description = kept.description.take().or(other.description);
    kept.source = kept.source.take().or(other.source);
}
