//! What detectors ask of one path and its verdict.

use bomwright_model::{
    Evidence, FileAccount, Finding, FindingSeverity, Origin, PackageId, Status, Subject, TreeEntry,
};

use crate::hints;
use crate::world::World;

/// Whether nobody answers for the file: neither a package, nor a rule, nor the policy. Its bytes may be known from
/// elsewhere.
pub(super) fn is_unexplained(account: &FileAccount) -> bool {
    account.status == Status::Copy || is_added(account)
}

/// Whether nobody answers for the file, nor for its bytes.
pub(super) fn is_added(account: &FileAccount) -> bool {
    match account.status {
        Status::Added => account.origin == Origin::Unknown || hints::is_guess(account),
        // What a package lists may be as it should be, though its bytes were not read.
        Status::Opaque => account.owner.is_none(),
        _ => false,
    }
}

/// Whether what the file says is not what a package put there: it was added or changed.
pub(super) fn is_foreign(account: &FileAccount) -> bool {
    matches!(account.status, Status::Modified | Status::ConfigChanged) || is_added(account)
}

/// Whether a distribution's package lists the path.
pub(super) fn is_of_system(world: &World<'_>, path: &str) -> bool {
    world.owner(path).is_some_and(|owner| world.is_system(owner))
}

/// The verdict on `path`; `accounts` are sorted by path.
pub(super) fn account_of<'a>(accounts: &'a [FileAccount], path: &str) -> Option<&'a FileAccount> {
    let position = accounts.binary_search_by(|account| account.path.as_str().cmp(path)).ok()?;
    accounts.get(position)
}

/// What the deciding rule saw.
pub(super) fn why(account: &FileAccount) -> &str {
    account.reasons.first().map_or("", |reason| reason.detail.as_str())
}

/// A finding about a file of the tree.
pub(super) fn about(
    account: &FileAccount,
    rule: &str,
    severity: FindingSeverity,
    message: impl Into<String>,
) -> Finding {
    let evidence = Evidence { layer: account.layer, path: account.path.clone(), parser: "file".to_owned() };
    Finding::new(rule, severity, Subject::Path(account.path.clone()), message)
        .in_layer(account.layer)
        .seen_in([evidence])
}

/// A finding about an entry of the tree, directories among them.
pub(super) fn about_entry(
    entry: &TreeEntry,
    rule: &str,
    severity: FindingSeverity,
    message: impl Into<String>,
) -> Finding {
    Finding::new(rule, severity, Subject::Path(entry.path.clone()), message)
        .in_layer(entry.layer)
        .seen_in([place(entry)])
}

/// The entry as what something was seen in.
pub(super) fn place(entry: &TreeEntry) -> Evidence {
    Evidence { layer: entry.layer, path: entry.path.clone(), parser: "file".to_owned() }
}

/// What a person calls a package.
pub(super) fn label(world: &World<'_>, id: PackageId) -> String {
    let package = world.package(id);
    package.map_or_else(String::new, |it| format!("{} {}", it.full_name(), it.version).trim_end().to_owned())
}
