//! Rules about executable files: they follow the package that they belong to, else the policy's places.

use std::collections::HashMap;

use bomwright_model::{Confidence, Evidence, File, Inventory, Origin, PackageId, Verdict};

use super::context::Context;
use super::verdict;

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
    let files = context.inventory.files.iter();
    files.map(|file| judge_one(file, context, described.get(file.path.as_str()).copied())).collect()
}

/// For each file that is the location of a package (a program that carries its module list), that package.
fn described(inventory: &Inventory) -> HashMap<&str, PackageId> {
    inventory.packages().filter_map(|(id, package)| Some((package.location.as_deref()?, id))).collect()
}

fn judge_one(file: &File, context: &Context<'_>, described: Option<PackageId>) -> Verdict {
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
        .unwrap_or_else(|| {
            let detail = "no package lists it and no policy names its directory".to_owned();
            verdict(Origin::Unknown, Confidence::High, "no-owner", detail, place.clone())
        })
}
