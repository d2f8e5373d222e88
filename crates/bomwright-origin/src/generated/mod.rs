//! Files that no package lists because a package's own tools made them when it was installed.
//!
//! Each rule is a row of [`table::RULES`]: whose files they are, where they lie, and the check that lifts "claimed" to
//! "made again from verified inputs". No rule ever explains a file that a kernel would run or that gives rights, nor an
//! archive of code, but for dpkg's maintainer scripts.

mod accounts;
mod bytecode;
mod certificates;
mod dpkg;
mod kernel;
mod loader;
mod plain;
mod rule;
mod secrets;
mod table;
#[cfg(test)]
mod tests;

use bomwright_model::{EntryKind, Finding, Form, Origin, PackageId, Tier, TreeEntry};

use crate::account::Known;
use crate::world::World;
use rule::{Case, Outcome};

/// What a rule says of a file.
#[derive(Debug)]
pub(crate) struct Explained {
    /// The rule's stable id.
    pub(crate) rule: &'static str,
    /// Where the package that made it came from.
    pub(crate) origin: Origin,
    /// The package that made it.
    pub(crate) owner: Option<PackageId>,
    /// [`Tier::V1d`] where the check passed, [`Tier::V1`] where a digest inside the image agrees, else [`Tier::V0`].
    pub(crate) tier: Tier,
    /// What the rule saw.
    pub(crate) detail: String,
    /// What the check found wrong.
    pub(crate) findings: Vec<Finding>,
}

/// The first rule that explains `entry`; `None` also where it says less of it than that it is a copy.
pub(crate) fn explain(world: &World<'_>, known: &Known<'_>, entry: &TreeEntry) -> Option<Explained> {
    if is_code(entry) && !is_plain_maintainer_script(entry) {
        return None;
    }
    let explained = rule::matching(&entry.path).filter(|rule| rule.is_for(entry.kind)).find_map(|rule| {
        let case = Case { world, known, entry, rule, maker: rule.maker(world)? };
        Some(explained(&case, (rule.check)(&case)?))
    })?;
    // What nothing vouches for but its place, and is a copy of a file that is intact, is better called that.
    let is_mere_claim = explained.tier == Tier::V0 && explained.findings.is_empty();
    let is_copy = is_mere_claim && known.same_bytes(entry).is_some();
    (!is_copy).then_some(explained)
}

fn explained(case: &Case<'_, '_>, outcome: Outcome) -> Explained {
    let (owner, origin) = outcome.whose.unwrap_or_else(|| case.maker.whose(case.world));
    Explained {
        rule: case.rule.id,
        origin,
        owner,
        tier: outcome.tier,
        detail: outcome.detail,
        findings: outcome.findings,
    }
}

/// Every rule's id and what its files are, in order; for the documentation.
pub fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    table::RULES.iter().map(|rule| (rule.id, rule.about))
}

/// Whether no rule may ever explain it: it can be run, gives rights, or is an archive that Java runs.
fn is_code(entry: &TreeEntry) -> bool {
    let is_file = matches!(entry.kind, EntryKind::File | EntryKind::HardLink);
    entry.is_executable() || (is_file && entry.content.as_ref().is_some_and(|it| it.form == Form::Zip))
}

/// A maintainer script that gives no rights.
fn is_plain_maintainer_script(entry: &TreeEntry) -> bool {
    let is_archive = entry.content.as_ref().is_some_and(|it| it.form == Form::Zip);
    let gives_rights = entry.mode & 0o6000 != 0 || entry.capabilities.is_some();
    is_maintainer_script(&entry.path) && !is_archive && !gives_rights
}

/// Whether `path` is a maintainer script in dpkg's database (Debian Policy 6.1).
pub(crate) fn is_maintainer_script(path: &str) -> bool {
    let Some(name) = path.strip_prefix("var/lib/dpkg/info/") else { return false };
    let kind = name.rsplit_once('.').map_or("", |(_, kind)| kind);
    !name.contains('/') && matches!(kind, "config" | "postinst" | "postrm" | "preinst" | "prerm")
}
