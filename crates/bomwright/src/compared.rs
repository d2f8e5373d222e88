//! One side of a comparison: read whole where it is an image, as it stands where it is a document.

use std::collections::BTreeMap;

use bomwright_diff::{BaseImage, Input, Lifecycle, Tree};
use bomwright_extractor::{Outside, Verified};
use bomwright_model::{
    Confidence, FileAccount, Finding, Inventory, Origin, PackageId, SourceKind, TreeEntry,
};
use bomwright_origin::Policy;
use bomwright_origin::base::{Base, find_bases};
use bomwright_origin::lifecycle::{Status, Support, Surroundings, assess, installed};

use crate::args::Reading;
use crate::exit::Failure;
use crate::progress::Verbosity;

/// One side with all that is known of it.
pub(crate) struct Compared {
    inventory: Inventory,
    files: Option<Files>,
    base: Option<BaseImage>,
    lifecycle: Option<Lifecycle>,
}

/// Every file of an image.
struct Files {
    entries: Vec<TreeEntry>,
    accounts: Vec<FileAccount>,
    findings: Vec<Finding>,
    texts: BTreeMap<String, String>,
}

impl Compared {
    /// Reads the source or document that `text` names; with `packages_only` no more of an image than a scan does.
    pub(crate) fn read(
        text: &str,
        packages_only: bool,
        outside: &Outside,
        policy: &Policy,
        reading: &Reading,
        verbosity: Verbosity,
    ) -> Result<Self, Failure> {
        let kind = crate::load::kind(&crate::load::spec(text, reading), reading)?;
        Ok(if packages_only || matches!(kind, SourceKind::Sbom | SourceKind::File) {
            let inventory = crate::load::inventory(text, reading, verbosity)?;
            let surroundings = Surroundings { packages: &installed(&inventory), observations: &[] };
            let stated = inventory.distribution.as_ref();
            let support = assess(stated, &surroundings, &outside.lifecycle, outside.today);
            let lifecycle = stated.map(|_| lifecycle(&support));
            let layers = &inventory.layers;
            let image = inventory.image.as_ref();
            let bases = image.map(|image| find_bases(image, layers, &outside.bases)).unwrap_or_default();
            Self { base: base(bases), inventory, files: None, lifecycle }
        } else {
            Self::of(crate::load::with_texts(text, reading, outside, policy.clone(), verbosity)?)
        })
    }

    /// Gives both sides one spelling of licences, whoever wrote them.
    pub(crate) fn align(before: &mut Self, after: &mut Self) {
        bomwright_document::normalize_licenses(&mut before.inventory, &mut after.inventory);
    }

    fn of(verified: Verified) -> Self {
        let Verified { inventory, accounts, entries, texts, findings, support, bases, .. } = verified;
        let base = base(bases);
        let lifecycle = inventory.distribution.is_some().then(|| lifecycle(&support));
        Self { inventory, files: Some(Files { entries, accounts, findings, texts }), base, lifecycle }
    }

    /// Whether nobody said where its packages come from.
    pub(crate) fn is_unjudged(&self) -> bool {
        self.inventory.packages.iter().all(|package| package.origin.is_none())
    }

    /// What was read.
    pub(crate) fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// The side as the comparison takes it.
    pub(crate) fn input<'a>(&'a self, judge: Option<&'a dyn Fn(PackageId) -> Origin>) -> Input<'a> {
        let tree = self.files.as_ref().map(|files| Tree {
            entries: &files.entries,
            accounts: &files.accounts,
            findings: &files.findings,
            texts: &files.texts,
        });
        Input {
            inventory: &self.inventory,
            tree,
            base: self.base.as_ref(),
            lifecycle: self.lifecycle.as_ref(),
            judge,
        }
    }
}

/// The base that something sure enough names.
fn base(bases: Vec<Base>) -> Option<BaseImage> {
    let base = bases.into_iter().find(|base| base.confidence >= Confidence::Medium)?;
    let digest = base.digest.map(|digest| digest.to_string());
    Some(BaseImage { name: base.name, digest, layers: base.layers })
}

fn lifecycle(support: &Support) -> Lifecycle {
    Lifecycle {
        phase: support.status.as_str().to_owned(),
        until: support.until.map(|day| day.to_string()),
        ended: support.status == Status::EndOfLife,
    }
}
