//! Package databases that a later layer deleted or emptied.
//!
//! What such a database says is still true of the files that it left behind, and that it was taken away is a thing to
//! report. So where an image has no package of a distribution's ecosystem left, but a lower layer had some, the topmost
//! version of each hidden file of that ecosystem is read after all.

use std::collections::{BTreeMap, BTreeSet};

use bomwright_ecosystems::Ecosystem;
use bomwright_model::{Code, Diagnostic, LayerId, Observation};

use crate::layer::FileFindings;

/// The property of a package that says from which layer it was recovered.
pub(crate) const RECOVERED: &str = "recovered-from-layer";

/// What later layers hide of the databases of distributions.
pub(crate) struct Hidden {
    /// Positions of distributions' ecosystems in the registry, with their names.
    system: BTreeMap<usize, &'static str>,
    /// Those of which a package is left.
    living: BTreeSet<usize>,
    /// The topmost hidden version of each file.
    files: BTreeMap<(usize, String), (LayerId, FileFindings)>,
}

/// What was recovered.
#[derive(Default)]
pub(crate) struct Recovered {
    /// Files with their layers, in a fixed order.
    pub(crate) files: Vec<(LayerId, FileFindings)>,
    /// One for each database.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// `recovered-database`: ecosystem, layer, number of packages.
    pub(crate) observations: Vec<Observation>,
}

impl Hidden {
    /// Nothing is hidden yet.
    pub(crate) fn new(registry: &[&'static dyn Ecosystem]) -> Self {
        let system = registry.iter().enumerate().filter(|(_, it)| it.is_system());
        let system = system.map(|(position, it)| (position, it.name())).collect();
        Self { system, living: BTreeSet::new(), files: BTreeMap::new() }
    }

    /// Takes note of a file that is in the merged tree.
    pub(crate) fn lives(&mut self, file: &FileFindings) {
        if !file.findings.packages.is_empty() {
            self.living.insert(file.ecosystem);
        }
    }

    /// Takes a file that a later layer deleted or replaced; call in the order of the layers.
    pub(crate) fn add(&mut self, layer: LayerId, file: FileFindings) {
        let is_of_use = !file.findings.packages.is_empty() || !file.findings.parts.is_empty();
        if is_of_use && self.system.contains_key(&file.ecosystem) {
            self.files.insert((file.ecosystem, file.path.clone()), (layer, file));
        }
    }

    /// The files to read after all, as if they were still there.
    pub(crate) fn recover(self) -> Recovered {
        let mut recovered = Recovered::default();
        let has_packages = |file: &FileFindings| !file.findings.packages.is_empty();
        let lost: BTreeSet<usize> = self
            .files
            .values()
            .filter(|(_, file)| has_packages(file) && !self.living.contains(&file.ecosystem))
            .map(|(_, file)| file.ecosystem)
            .collect();
        for ((ecosystem, path), (layer, file)) in self.files {
            let Some(name) = self.system.get(&ecosystem).filter(|_| lost.contains(&ecosystem)) else {
                continue;
            };
            let packages = file.findings.packages.len();
            if packages > 0 {
                let message =
                    format!("a later layer deleted or emptied it; {packages} {name} packages were recovered");
                let diagnostic = Diagnostic::new(Code::RecoveredDatabase, message);
                recovered.diagnostics.push(diagnostic.at(path.as_str()).in_layer(layer));
                let values = [(*name).to_owned(), layer.0.to_string(), packages.to_string()];
                recovered.observations.push(Observation::new("recovered-database", path, values));
            }
            recovered.files.push((layer, file));
        }
        recovered
    }
}
