//! Runs every ecosystem over every layer of an image, once, and links what they find into one graph.
//!
//! Layers are independent of each other until they are merged, so they are read side by side; results are
//! put together by layer, never in the order in which they were finished.

mod assemble;
mod cache;
mod claims;
mod entries;
mod history;
mod layer;
mod link;
mod locks;
mod outside;
mod recover;
mod route;
mod schedule;
mod texts;
mod verify;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bomwright_ecosystems::{Ecosystem, Found, registry};
use bomwright_image::{ImageError, Limits, MergedTree, OpenImage, Progress, Reading, merge};
use bomwright_model::{Inventory, Layer, LayerId, Observation, Tool};
use bomwright_origin::Policy;

pub use cache::{Cache, Usage};
use layer::{LayerFacts, Reader};
pub use outside::Outside;
use route::Router;
use schedule::{Turn, schedule};
use texts::Texts;
pub use verify::{Verified, verify};

/// Why a scan can't go on.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The image can't be read.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Something that the user gave from outside can't be used.
    #[error(transparent)]
    Trust(#[from] bomwright_trust::TrustError),
    /// A thread ended without a result; never expected.
    #[error("layer {0} was not finished")]
    Unfinished(usize),
}

/// How to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads to use, at least one. Does not show in the result.
    pub threads: usize,
    /// Where results of layers are kept; `None` reads every layer.
    pub cache: Option<Cache>,
    /// What the team says is its own.
    pub policy: Policy,
    /// The limits that the merged tree keeps.
    pub limits: Limits,
    /// RFC 3339 time for the inventory; `None` takes the image's own.
    pub timestamp: Option<String>,
    /// Whether to recognise licence files by their text.
    pub license_texts: bool,
    /// Whether to keep texts whose lines will be compared; [`verify`] gives them back.
    pub texts: bool,
}

/// Reads all of `image` and says what is in it.
///
/// # Errors
/// Whatever makes a layer unreadable as a whole: input and output, a wrong digest, a corrupt archive.
pub fn extract(
    image: &OpenImage,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Inventory, ExtractError> {
    let mut inventory = read(image, options, progress, false)?.inventory;
    let facts = bomwright_origin::Facts::new();
    // What contradicts itself is told by `verify`, which looks at everything.
    let _ = bomwright_origin::classify(&mut inventory, &options.policy, &system_names(registry()), &facts);
    Ok(inventory)
}

/// The names of the ecosystems whose packages a distribution ships.
pub fn system_ecosystems() -> BTreeSet<&'static str> {
    system_names(registry())
}

/// An image as it was read.
struct Read {
    inventory: Inventory,
    /// The packages with what their databases state, in the inventory's order.
    found: Vec<Found>,
    tree: MergedTree,
    observations: Vec<Observation>,
    /// Texts to be compared, by path.
    texts: BTreeMap<String, String>,
    layered: bool,
}

fn read(
    image: &OpenImage,
    options: &Options,
    progress: &dyn Progress,
    verify: bool,
) -> Result<Read, ExtractError> {
    let registry = registry();
    let (mut trees, mut findings, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for (facts, texts) in read_layers(image, options, progress, registry, verify)? {
        trees.push(facts.tree);
        findings.push(facts.findings);
        kept.push(texts);
    }
    let tree = merge(trees, &options.limits);
    let texts = texts::surviving(kept, &tree);
    let layered = image.is_layered();
    locks::leave_out_of_roots(&mut findings, registry);
    let mut all = assemble::assemble(findings, &tree, layered, registry);
    let graph = link::link(&mut all, &tree, registry);

    let mut inventory = Inventory::new(image.source().clone());
    inventory.tools = vec![Tool { name: "bomwright".into(), version: env!("CARGO_PKG_VERSION").into() }];
    inventory.image = image.image().cloned();
    inventory.layers = if layered { image.layers().to_vec() } else { Vec::new() };
    inventory.timestamp = options.timestamp.clone().or_else(|| whole_seconds(image.time()?));
    inventory.graph = graph;
    inventory.packages = all.packages.iter_mut().map(|found| std::mem::take(&mut found.package)).collect();
    for package in &mut inventory.packages {
        let ecosystem = registry.iter().find(|ecosystem| ecosystem.name() == package.ecosystem);
        package.purl = ecosystem.and_then(|ecosystem| ecosystem.purl(package, all.distribution.as_ref()));
    }
    inventory.distribution = all.distribution;
    inventory.files = all.files;
    let mut diagnostics = all.diagnostics;
    diagnostics.extend(image.diagnostics().iter().chain(tree.diagnostics()).cloned());
    diagnostics.sort();
    diagnostics.dedup();
    inventory.diagnostics = diagnostics;
    Ok(Read { inventory, found: all.packages, tree, observations: all.observations, texts, layered })
}

fn system_names(registry: &[&'static dyn Ecosystem]) -> BTreeSet<&'static str> {
    registry.iter().filter(|ecosystem| ecosystem.is_system()).map(|ecosystem| ecosystem.name()).collect()
}

/// Facts of a layer, or why it can't be read.
type Outcome = Result<(LayerFacts, Texts), ImageError>;

/// Reads every layer, the largest first, on as many threads as there are layers and `options` allow.
fn read_layers(
    image: &OpenImage,
    options: &Options,
    progress: &dyn Progress,
    registry: &[&'static dyn Ecosystem],
    verify: bool,
) -> Result<Vec<(LayerFacts, Texts)>, ExtractError> {
    let router = Router::new(registry, verify, locks::are_wanted(image), options.license_texts);
    let reader = LayerReader { image, options, progress, registry, router: &router, verify };
    let layers = image.layers();
    let is_cached = |layer: &Layer| {
        let cache = options.cache.as_ref().filter(|_| !verify);
        cache.zip(layer.diff_id.as_ref()).is_some_and(|(cache, diff_id)| cache.has(diff_id))
    };
    // What is cached takes no time.
    let size = |layer: &Layer| if is_cached(layer) { 0 } else { layer.size };
    let sizes: Vec<u64> = layers.iter().map(size).collect();
    let order = schedule(&sizes, options.threads);
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<Outcome>>> = layers.iter().map(|_| Mutex::new(None)).collect();
    let work = || {
        while let Some(&Turn { layer, pipelined }) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Some(id) = u32::try_from(layer).ok().map(LayerId) else { return };
            let outcome = reader.read(id, pipelined);
            if let Some(Ok(mut slot)) = results.get(layer).map(Mutex::lock) {
                *slot = Some(outcome);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..options.threads.min(layers.len()) {
            scope.spawn(work);
        }
        work();
    });
    let finished = |(layer, slot): (usize, Mutex<Option<Outcome>>)| match slot.into_inner() {
        Ok(Some(outcome)) => outcome.map_err(ExtractError::from),
        _ => Err(ExtractError::Unfinished(layer)),
    };
    results.into_iter().enumerate().map(finished).collect()
}

/// What reading any layer needs.
struct LayerReader<'a> {
    image: &'a OpenImage,
    options: &'a Options,
    progress: &'a dyn Progress,
    registry: &'a [&'static dyn Ecosystem],
    router: &'a Router,
    verify: bool,
}

impl LayerReader<'_> {
    fn read(&self, id: LayerId, pipelined: bool) -> Outcome {
        let layer = usize::try_from(id.0).ok().and_then(|index| self.image.layers().get(index));
        let diff_id = layer.and_then(|layer| layer.diff_id.as_ref());
        // To verify is to look at every byte, not to believe what an earlier run saw.
        let cached = self.options.cache.as_ref().filter(|_| !self.verify).zip(diff_id);
        if let Some(facts) = cached.and_then(|(cache, diff_id)| cache.load(diff_id)) {
            self.progress.bytes(layer.map_or(0, |layer| layer.size));
            return Ok((facts, Texts::default()));
        }
        let mut reader = Reader::new(self.registry, self.router, self.verify, self.options.texts);
        let reading = Reading { pipelined, facts: self.verify };
        let tree = self.image.read_layer(id, reading, self.progress, &mut reader)?;
        let (findings, texts) = reader.into_parts();
        let facts = LayerFacts { tree, findings };
        if let Some((cache, diff_id)) = cached {
            // What can't be kept is made anew next time. It must not show in the result, which is the same with
            // and without a cache.
            let _ = cache.store(diff_id, &facts);
        }
        Ok((facts, texts))
    }
}

/// An RFC 3339 time in UTC without its fraction; `None` for any other spelling.
fn whole_seconds(time: &str) -> Option<String> {
    let (seconds, rest) = time.split_at_checked(19)?;
    let fraction = rest.strip_suffix('Z')?;
    let digits = fraction.strip_prefix('.').unwrap_or(fraction);
    let shape = |(index, byte): (usize, u8)| match index {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        13 | 16 => byte == b':',
        _ => byte.is_ascii_digit(),
    };
    let valid = seconds.bytes().enumerate().all(shape) && digits.bytes().all(|b| b.is_ascii_digit());
    valid.then(|| format!("{seconds}Z"))
}

#[cfg(test)]
mod tests {
    use super::whole_seconds;

    #[test]
    fn times_lose_their_fraction() {
        assert_eq!(whole_seconds("2026-01-02T03:04:05.678901234Z").as_deref(), Some("2026-01-02T03:04:05Z"));
        assert_eq!(whole_seconds("2026-01-02T03:04:05Z").as_deref(), Some("2026-01-02T03:04:05Z"));
        assert_eq!(whole_seconds("2026-01-02T03:04:05+02:00"), None);
        assert_eq!(whole_seconds("yesterday"), None);
    }
}
