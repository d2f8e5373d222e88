//! Layers, which other tools name by digest where they found something.

use bomwright_model::{Digest, Evidence, Layer, LayerId};

use super::Assembly;
use crate::peers::Place;

impl Assembly<'_> {
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

    /// Layer numbers that lead nowhere are dropped.
    pub(super) fn drop_unknown_layers(&mut self) {
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
