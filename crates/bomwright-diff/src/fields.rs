//! What else differs between two states of one package.

use bomwright_model::{LicenseKind, LinkKind, Package};

use crate::FieldChange;
use crate::licence::{is_silent, same};
use crate::matching::place;
use crate::packages::address;

/// Every field that differs. Something that only one side knows is no change: the other tool did not look.
pub(crate) fn changed_fields(from: &Package, to: &Package, same_version: bool) -> Vec<FieldChange> {
    let mut fields = Vec::new();
    let mut push = |field: &str, old: Option<&str>, new: Option<&str>| {
        if let (Some(old), Some(new)) = (old, new)
            && old != new
            && !(old.is_empty() || new.is_empty())
        {
            fields.push(FieldChange { field: field.to_owned(), old: old.to_owned(), new: new.to_owned() });
        }
    };
    push("architecture", from.architecture.as_deref(), to.architecture.as_deref());
    if same_version && let Some((old, new)) = other_digests(from, to) {
        push("content", Some(old), Some(new));
    }
    // Most packages say the same on both sides; what they say is looked at only where it is not.
    if from.licenses != to.licenses {
        let (old, new) = licenses(from, to);
        if !(is_silent(&old) || is_silent(&new) || same(&old, &new)) {
            push("license", Some(&old), Some(&new));
        }
    }
    if place(from) != place(to) {
        push("location", from.location.as_deref(), to.location.as_deref());
    }
    let origin = |it: &Package| it.origin.as_ref().map(|verdict| verdict.origin.as_str());
    push("origin", origin(from), origin(to));
    if from.supplier != to.supplier && !same_person(from.supplier.as_deref(), to.supplier.as_deref()) {
        push("supplier", from.supplier.as_deref(), to.supplier.as_deref());
    }
    if from.links != to.links {
        let addresses = |kind| (address(from, kind), address(to, kind));
        let (old, new) = addresses(LinkKind::Vcs);
        push("vcs", old.as_deref(), new.as_deref());
        let (old, new) = addresses(LinkKind::Download);
        push("download-host", old.as_deref().and_then(host), new.as_deref().and_then(host));
    }
    push("type", Some(from.kind.as_str()), Some(to.kind.as_str()));
    fields
}

fn host(address: &str) -> Option<&str> {
    address.split('/').next()
}

/// A digest of each by the same algorithm, unless they are the same.
fn other_digests<'p>(from: &'p Package, to: &'p Package) -> Option<(&'p str, &'p str)> {
    let shared = from.digests.iter().rev().find_map(|a| {
        let b = to.digests.iter().find(|b| b.algorithm() == a.algorithm())?;
        Some((a.as_str(), b.as_str()))
    });
    shared.filter(|(a, b)| a != b)
}

/// What both declare; where one of them declares nothing, what was found in both. A conclusion is not held against a
/// declaration.
fn licenses(from: &Package, to: &Package) -> (String, String) {
    let [declared, found] =
        [LicenseKind::Declared, LicenseKind::Found].map(|kind| (statement(from, kind), statement(to, kind)));
    if declared.0.is_empty() || declared.1.is_empty() { found } else { declared }
}

fn statement(package: &Package, kind: LicenseKind) -> String {
    let such = package.licenses.iter().filter(|license| license.kind == kind);
    let mut texts: Vec<_> = such.map(|license| license.text.trim()).collect();
    texts.retain(|text| !is_silent(text));
    texts.sort_unstable();
    texts.dedup();
    match texts.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        several => several.iter().map(|text| format!("({text})")).collect::<Vec<_>>().join(" AND "),
    }
}

/// Whether two suppliers are one: documents write `Organization: ` before a name, and leave addresses out.
fn same_person(a: Option<&str>, b: Option<&str>) -> bool {
    let bare = |text: &str| {
        let text = text.trim();
        let text =
            ["Organization:", "Person:", "Tool:"].iter().find_map(|it| text.strip_prefix(it)).unwrap_or(text);
        let (name, address) = text.split_once(['<', '(']).unwrap_or((text, ""));
        let address = address.trim_end_matches(['>', ')', ' ']).to_lowercase();
        (name.trim().to_lowercase(), address)
    };
    let (Some(a), Some(b)) = (a.map(bare), b.map(bare)) else { return true };
    let agree = |a: &str, b: &str| a.is_empty() || b.is_empty() || a == b;
    agree(&a.0, &b.0) && agree(&a.1, &b.1)
}
