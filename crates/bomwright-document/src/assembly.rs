//! Puts an inventory together from the parts of a document: sorts them, resolves references, builds the graph.
//!
//! Documents of other tools name things twice, refer to things that are not there, and leave references out.
//! None of that stops the reading; each is noted.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use foldhash::quality::RandomState;

use bomwright_model::{
    Digest, Edge, EdgeKind, Evidence, File, FileId, Inventory, Layer, LayerId, Node, Package, PackageId,
    Scope, Source, SourceKind,
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

/// A dependency as the document states it.
struct Link<'a> {
    from: Cow<'a, str>,
    to: Cow<'a, str>,
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
    /// Two lookups for every edge call for a fast hash; its seed differs from run to run.
    slots: HashMap<Cow<'a, str>, Slot, RandomState>,
    /// Boxed, so that putting them in order moves little, and what was moved out is free for what comes next.
    packages: Vec<(Box<Package>, Claims)>,
    files: Vec<(File, Claims, Option<usize>)>,
    scopes: HashMap<Slot, Scope>,
    links: Vec<Link<'a>>,
    inside: Vec<(usize, usize)>,
    root_claims: Claims,
    layers: HashMap<Digest, LayerId>,
}

impl<'a> Assembly<'a> {
    /// Nothing gathered yet from the document called `name`.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            inventory: Inventory::new(Source { kind: SourceKind::Sbom, name: name.to_owned() }),
            notes: Notes::default(),
            ours: false,
            slots: HashMap::default(),
            packages: Vec::new(),
            files: Vec::new(),
            scopes: HashMap::new(),
            links: Vec::new(),
            inside: Vec::new(),
            root_claims: Claims::default(),
            layers: HashMap::new(),
        }
    }

    /// Lets `reference` stand for `slot`; the first to take a reference keeps it.
    pub(crate) fn refer(&mut self, reference: Cow<'a, str>, slot: Slot) {
        if reference.is_empty() {
            return;
        }
        if let Some(taken) = self.slots.get(&reference) {
            if *taken != slot {
                self.notes.add("references stand for several things", &reference);
            }
        } else {
            self.slots.insert(reference, slot);
        }
    }

    /// What `reference` stands for.
    pub(crate) fn slot(&self, reference: &str) -> Option<Slot> {
        self.slots.get(reference).copied()
    }

    /// Keeps the edges that the root's facts state.
    pub(crate) fn root_claims(&mut self, claims: Claims) {
        self.ours |= claims.ours;
        self.root_claims = claims;
    }

    /// Adds a package.
    pub(crate) fn package(&mut self, package: Package, claims: Claims) -> Slot {
        self.packages.push((Box::new(package), claims));
        Slot::Package(self.packages.len() - 1)
    }

    /// Adds a file.
    pub(crate) fn file(&mut self, file: File, claims: Claims) -> Slot {
        self.files.push((file, claims, None));
        Slot::File(self.files.len() - 1)
    }

    /// Says which package owns a file.
    pub(crate) fn own(&mut self, file: usize, package: usize) {
        if let Some((_, _, owner)) = self.files.get_mut(file) {
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
        self.links.push(Link { from, to, kind, scope });
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
        for id in (0..).map(PackageId).take(self.inventory.packages.len()) {
            self.inventory.graph.add(Node::Package(id));
        }
        let explained = self.claimed_edges(&node);
        self.stated_edges(&node, &explained);
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
        let mut order: Vec<usize> = (0..self.packages.len()).collect();
        let key = |at: &usize| {
            self.packages.get(*at).map(|(package, _)| {
                let Package { ecosystem, name, version, architecture, location, namespace, evidence, .. } =
                    &**package;
                ((ecosystem, name, version, architecture, location, namespace), evidence)
            })
        };
        order.sort_by(|a, b| key(a).cmp(&key(b)));
        let same: Vec<bool> = order
            .iter()
            .enumerate()
            .map(|(index, at)| {
                let before = index.checked_sub(1).and_then(|before| order.get(before));
                // Copies of one package in several places are several packages.
                let is_same = |before: &usize| {
                    let (before, this) = (key(before), key(at));
                    let unplaced =
                        |key: Option<(_, &Vec<Evidence>)>| key.is_some_and(|(_, it)| it.is_empty());
                    before.map(|it| it.0) == this.map(|it| it.0)
                        && (before.map(|it| it.1) == this.map(|it| it.1)
                            || unplaced(before)
                            || unplaced(this))
                };
                !self.ours && before.is_some_and(is_same)
            })
            .collect();
        let mut ids = vec![PackageId(u32::MAX); order.len()];
        let mut sorted: Vec<Package> = Vec::with_capacity(order.len());
        for (at, same) in order.into_iter().zip(same) {
            let Some((package, _)) = self.packages.get_mut(at) else { continue };
            let package = std::mem::take(&mut **package);
            match sorted.last_mut().filter(|_| same) {
                Some(kept) => {
                    self.notes.add("packages are listed more than once", &package.full_name());
                    merge(kept, package);
                }
                None => sorted.push(package),
            }
            if let (Some(id), Ok(last)) = (ids.get_mut(at), u32::try_from(sorted.len().saturating_sub(1))) {
                *id = PackageId(last);
            }
        }
        let by_reference: HashMap<&str, usize> = self
            .slots
            .iter()
            .filter_map(|(reference, slot)| match slot {
                Slot::Package(at) => Some((reference.as_ref(), *at)),
                _ => None,
            })
            .collect();
        for (at, (_, claims)) in self.packages.iter().enumerate() {
            let Some(shipper) = &claims.shipped_by else { continue };
            let owner = by_reference.get(shipper.as_str()).and_then(|owner| ids.get(*owner));
            let package = ids.get(at).and_then(|id| sorted.get_mut(usize::try_from(id.0).ok()?));
            if let (Some(owner), Some(package)) = (owner, package) {
                package.shipped_by = Some(*owner);
            }
        }
        self.inventory.packages = sorted;
        ids
    }

    fn sort_files(&mut self, packages: &[PackageId]) -> Vec<FileId> {
        let mut order: Vec<usize> = (0..self.files.len()).collect();
        order.sort_by(|a, b| {
            let path = |at: &usize| self.files.get(*at).map(|(file, ..)| &file.path);
            path(a).cmp(&path(b))
        });
        let mut ids = vec![FileId(u32::MAX); order.len()];
        for (id, at) in (0..).map(FileId).zip(order) {
            if let (Some(slot), Some((file, _, owner))) = (ids.get_mut(at), self.files.get(at)) {
                *slot = id;
                let owner = owner.and_then(|owner| packages.get(owner).copied());
                self.inventory.files.push(File { owner, ..file.clone() });
            }
        }
        ids
    }

    /// Connects what facts state. The result holds the pairs that need no usual edge besides.
    fn claimed_edges(&mut self, node: &impl Fn(Slot) -> Option<Node>) -> HashSet<(Slot, Slot), RandomState> {
        let packages = std::mem::take(&mut self.packages);
        let files = std::mem::take(&mut self.files);
        let root = (Slot::Root, std::mem::take(&mut self.root_claims));
        let packages = packages.into_iter().enumerate().map(|(at, (_, claims))| (Slot::Package(at), claims));
        let files = files.into_iter().enumerate().map(|(at, (_, claims, _))| (Slot::File(at), claims));
        let mut explained = HashSet::default();
        for (slot, claims) in std::iter::once(root).chain(packages).chain(files) {
            let Some(from) = node(slot) else { continue };
            for (kind, scope, reference) in claims.edges {
                let target = self.slots.get(reference.as_str()).copied();
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
        explained: &HashSet<(Slot, Slot), RandomState>,
    ) {
        for link in std::mem::take(&mut self.links) {
            let (Some(from), Some(to)) = (self.slot(&link.from), self.slot(&link.to)) else {
                let missing = if self.slot(&link.from).is_none() { &link.from } else { &link.to };
                self.notes.add("dependencies name nothing that the document describes", missing);
                continue;
            };
            if explained.contains(&(from, to)) {
                continue;
            }
            let (Some(source), Some(target)) = (node(from), node(to)) else { continue };
            let usual = if from == Slot::Root && self.ours { EdgeKind::Holds } else { EdgeKind::DependsOn };
            let scope = link.scope.or_else(|| self.scopes.get(&to).copied()).unwrap_or_default();
            self.connect(source, target, link.kind.unwrap_or(usual), scope);
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
        let edge = Edge { kind, scope, requirement: String::new(), evidence: None };
        if self.inventory.graph.connect(from, to, edge).is_err() {
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
