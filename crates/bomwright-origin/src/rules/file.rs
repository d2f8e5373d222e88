//! Rules about executable files: they follow the package that they belong to, else the policy's places.

use std::collections::HashMap;

use bomwright_model::{Confidence, Evidence, File, Inventory, Origin, PackageId, Verdict};

use super::context::Context;
use super::verdict;
use crate::hints::{self, Hint};

/// Ids and meanings, in the order in which they are asked.
pub(super) const RULES: &[(&str, &str)] = &[
    ("policy-file-digest", "the policy names its digest as in-house"),
    ("owned-by-package", "a package lists it as its own"),
    ("describes-package", "a package was read from it"),
    ("policy-path", "it lies in a place that the policy names as in-house"),
    ("no-owner", "no package lists it and no policy names it"),
];

/// Every file's verdict; the packages' are in `context`.
pub(super) fn judge(context: &Context<'_>) -> Vec<Verdict> {
    let described = described(context.inventory);
    // The base is not known here, so only instructions speak.
    let hints = hints::of_layers(&context.inventory.layers, &[], context.policy);
    let files = context.inventory.files.iter();
    files
        .map(|file| {
            let layer = file.layer.and_then(|layer| usize::try_from(layer.0).ok());
            let hint = layer.and_then(|layer| hints.get(layer)?.as_ref());
            judge_one(file, context, described.get(file.path.as_str()).copied(), hint)
        })
        .collect()
}

/// For each file that is the location of a package (a program that carries its module list), that package.
fn described(inventory: &Inventory) -> HashMap<&str, PackageId> {
    inventory.packages().filter_map(|(id, package)| Some((package.location.as_deref()?, id))).collect()
}

fn judge_one(
    file: &File,
    context: &Context<'_>,
    described: Option<PackageId>,
    hint: Option<&Hint>,
) -> Verdict {
    let place = Some(Evidence { layer: file.layer, path: file.path.clone(), parser: "file".to_owned() });
    let in_house =
        |rule: &str, detail: String| verdict(Origin::InHouse, Confidence::High, rule, detail, place.clone());
    let follow = |rule: &str, verb: &str, id: PackageId| {
        let (package, found) = (context.inventory.package(id)?, context.verdict(id)?);
        let detail = format!("{verb} {} {}", package.full_name(), package.version);
        Some(verdict(found.origin, found.confidence, rule, detail.trim_end().to_owned(), place.clone()))
    };
    context
        .policy
        .digest_among(&file.digests)
        .map(|digest| in_house("policy-file-digest", format!("the policy names {digest} as in-house")))
        .or_else(|| file.owner.and_then(|id| follow("owned-by-package", "listed by", id)))
        .or_else(|| described.and_then(|id| follow("describes-package", "holds", id)))
        .or_else(|| {
            let entry = context.policy.place_holding(&file.path)?;
            Some(in_house("policy-path", format!("the policy names '{entry}' as in-house")))
        })
        .or_else(|| {
            let reasons = vec![hint?.reason(&file.path, file.layer)];
            Some(Verdict { origin: hint?.origin?, confidence: hint?.confidence, reasons })
        })
        .unwrap_or_else(|| {
            let detail = "no package lists it and no policy names its directory".to_owned();
            let mut none = verdict(Origin::Unknown, Confidence::High, "no-owner", detail, place.clone());
            none.reasons.extend(hint.map(|hint| hint.reason(&file.path, file.layer)));
            none
        })
}
