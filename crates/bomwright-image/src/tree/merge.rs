//! Layers on top of each other.

use bomwright_model::{Diagnostic, LayerId};

use super::layer::LayerTree;
use super::merged::{Aliases, MergedTree};
use super::replay::Replay;
use super::store::Store;
use crate::Limits;
use crate::diagnostics::Diagnostics;

/// Applies `layers`, bottom first, to each other; [`LayerId`]s are their positions.
///
/// The rules are those of the OCI image specification (v1.1, layer.md, "Applying Changesets"), and where it is
/// silent, those of the runtimes: entries below a link land where the link leads, a directory entry replaces a
/// link, later entries of a layer replace earlier ones.
pub fn merge(layers: Vec<LayerTree>, limits: &Limits) -> MergedTree {
    let mut layers = (0..).map(LayerId).zip(layers).peekable();
    let mut aliases = Aliases::default();
    let mut diagnostics = Vec::new();
    let mut merging = Diagnostics::new(limits.diagnostics);
    // Enough for every entry of an honest image, and a few seconds for any other.
    let mut budget = 16_000_000;
    let mut tree = match layers.next_if(|(_, layer)| layer.is_plain) {
        Some((id, layer)) => {
            let (mut store, found) = layer.into_parts();
            diagnostics.extend(found.into_iter().map(|diagnostic| diagnostic.in_layer(id)));
            store.reindex();
            store.limit(limits.entries, limits.name_bytes);
            store
        }
        None => Store::new(limits.entries, limits.name_bytes),
    };
    for (id, layer) in layers {
        let (store, found) = layer.into_parts();
        diagnostics.extend(found.into_iter().map(|diagnostic| diagnostic.in_layer(id)));
        let number = u16::try_from(id.0).unwrap_or(u16::MAX);
        Replay::new(&mut tree, &mut aliases, &mut merging, &mut budget, limits, (number, &store)).run();
    }
    diagnostics.extend(merging.into_list());
    sort(&mut diagnostics);
    MergedTree::new(tree, aliases, diagnostics)
}

fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort();
    diagnostics.dedup();
}
