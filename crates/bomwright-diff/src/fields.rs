//! What else differs between two states of one package.

use bomwright_model::{LicenseKind, LinkKind, Package};

use crate::FieldChange;
use crate::licence::{is_silent, same};
use crate::matching::place;
use crate::packages::address;

/// Every field that differs. Something that only one side knows is no change: the other tool did not look.
pub(crate) fn changed_fields(from: &Package, to: &Package, same_version: bool) -> Vec<FieldChange> {
    let mut fields = Vec::new();
    let mut push = |field: &str, old: Option<String>, new: Option<String>| {
        let (Some(old), Some(new)) = (old.filter(|it| !it.is_empty()), new.filter(|it| !it.is_empty()))
        else {
            return;
        };
        if old != new {
            fields.push(FieldChange { field: field.to_owned(), old, new });
        }
    };
    push("architecture", from.architecture.clone(), to.architecture.clone());
    if same_version && let Some((old, new)) = shared_digest(from, to) {
        push("content", Some(old), Some(new));
    }
    let (old, new) = licenses(from, to);
    if !(is_silent(&old) || is_silent(&new) || same(&old, &new)) {
        push("license", Some(old), Some(new));
    }
    if place(from) != place(to) {
        push("location", from.location.clone(), to.location.clone());
    }
    let origin = |it: &Package| it.origin.as_ref().map(|verdict| verdict.origin.as_str().to_owned());
    push("origin", origin(from), origin(to));
    if !same_person(from.supplier.as_deref(), to.supplier.as_deref()) {
        push("supplier", from.supplier.clone(), to.supplier.clone());
    }
    push("vcs", address(from, LinkKind::Vcs), address(to, LinkKind::Vcs));
    let host = |it: &Package| {
        let address = address(it, LinkKind::Download)?;
        Some(address.split('/').next().unwrap_or_default().to_owned())
    };
    push("download-host", host(from), host(to));
    push("type", Some(from.kind.as_str().to_owned()), Some(to.kind.as_str().to_owned()));
    fields
}

/// A digest of each by the same algorithm.
fn shared_digest(from: &Package, to: &Package) -> Option<(String, String)> {
    from.digests.iter().rev().find_map(|a| {
        let b = to.digests.iter().find(|b| b.algorithm() == a.algorithm())?;
        Some((a.to_string(), b.to_string()))
    })
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
