//! One side with what is worked out of it once.

use bomwright_model::{Inventory, LayerId, Origin, Package, PackageId};

use crate::reach::Reach;
use crate::{Input, LayerNote, Side, State};

/// One side.
pub(crate) struct Known<'a> {
    pub(crate) input: Input<'a>,
    pub(crate) inventory: &'a Inventory,
    pub(crate) reach: Reach<'a>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(input: &Input<'a>) -> Self {
        Self { input: *input, inventory: input.inventory, reach: Reach::new(input.inventory) }
    }

    /// The layer as a person knows it.
    pub(crate) fn layer(&self, id: Option<LayerId>) -> Option<LayerNote> {
        let id = id?;
        let layer = self.inventory.layer(id)?;
        let index = usize::try_from(id.0).ok()?;
        let base = self.input.base.and_then(|base| base.layers).map(|layers| index < layers);
        Some(LayerNote { index: id.0, instruction: layer.created_by.clone(), base })
    }

    /// The layer from which the package was read.
    pub(crate) fn layer_of(&self, package: &Package) -> Option<LayerNote> {
        self.layer(package.evidence.first().and_then(|evidence| evidence.layer))
    }

    /// Where a package comes from.
    pub(crate) fn origin(&self, id: PackageId, package: &Package) -> Origin {
        let judged = || self.input.judge.map(|judge| judge(id));
        package.origin.as_ref().map(|verdict| verdict.origin).or_else(judged).unwrap_or(Origin::Unknown)
    }

    /// The package that ships `package`.
    pub(crate) fn shipper(&self, package: &Package) -> Option<String> {
        Some(self.inventory.package(package.shipped_by?)?.full_name())
    }

    /// `package` as a row shows it.
    pub(crate) fn state(&self, id: PackageId, package: &Package) -> State {
        let mut licenses: Vec<_> = package.licenses.iter().map(|license| license.text.clone()).collect();
        licenses.sort();
        licenses.dedup();
        State {
            version: package.version.clone(),
            architecture: package.architecture.clone(),
            location: package.location.clone(),
            purl: package.purl.as_ref().map(ToString::to_string),
            licenses,
            direct: self.reach.is_direct(id).unwrap_or(false),
            scope: self.reach.scope(id).filter(|(_, stated)| *stated).map(|(scope, _)| scope),
            size: package.size,
        }
    }

    /// The side as the delta describes it.
    pub(crate) fn describe(&self) -> Side {
        let inventory = self.inventory;
        let image = inventory.image.as_ref();
        let digest = image.and_then(|image| image.digest.as_ref().or(image.config_digest.as_ref()));
        let tools = inventory.tools.iter().map(|tool| format!("{} {}", tool.name, tool.version));
        let files = self.input.tree.map_or(inventory.files.len(), |tree| tree.accounts.len());
        Side {
            name: inventory.source.name.clone(),
            kind: inventory.source.kind.as_str().to_owned(),
            tools: tools.map(|text| text.trim_end().to_owned()).collect(),
            digest: digest.map(ToString::to_string),
            distribution: distribution(inventory),
            packages: inventory.packages.iter().filter(|package| package.shipped_by.is_none()).count(),
            files,
            size: self.input.tree.map(|tree| tree.accounts.iter().map(|account| account.bytes).sum()),
            incomplete: inventory.is_incomplete(),
        }
    }
}

/// The distribution, e.g. `debian 12`.
pub(crate) fn distribution(inventory: &Inventory) -> Option<String> {
    let distribution = inventory.distribution.as_ref()?;
    let version = distribution.version.as_deref().unwrap_or_default();
    Some(format!("{} {version}", distribution.id).trim_end().to_owned())
}
