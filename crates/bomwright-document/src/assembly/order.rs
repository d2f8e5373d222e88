//! The order of packages and files, and what is one package though the document lists it twice.

use std::collections::{BTreeSet, HashMap};

use bomwright_model::{Evidence, File, FileId, Package, PackageId};

use super::{Assembly, Slot};

impl Assembly<'_> {
    /// Sorts the packages; the result leads from places in the document to ids. In documents of others, entries
    /// that agree in all that makes a package are one.
    pub(super) fn sort_packages(&mut self) -> Vec<PackageId> {
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

    pub(super) fn sort_files(&mut self, packages: &[PackageId]) -> Vec<FileId> {
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
