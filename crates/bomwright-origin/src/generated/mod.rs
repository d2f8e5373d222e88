//! Files that no package lists because a package's own tools made them when it was installed.
//!
//! Each rule is a row of [`RULES`]: whose files they are, where they lie, and the check that lifts "claimed" to
//! "made again from verified inputs". No rule ever explains a file that a kernel would run or that gives rights, but
//! for dpkg's maintainer scripts.

use bomwright_model::{Finding, Origin, PackageId, Tier, TreeEntry};

use crate::account::Known;
use crate::world::World;

/// What a rule says of a file.
#[derive(Debug)]
pub(crate) struct Explained {
    /// The rule's stable id.
    pub(crate) rule: &'static str,
    /// Where the package that made it came from.
    pub(crate) origin: Origin,
    /// The package that made it.
    pub(crate) owner: Option<PackageId>,
    /// [`Tier::V1d`] where the check passed, else [`Tier::V0`].
    pub(crate) tier: Tier,
    /// What the rule saw.
    pub(crate) detail: String,
    /// What the check found wrong.
    pub(crate) findings: Vec<Finding>,
}

/// The first rule that explains `entry`.
pub(crate) fn explain(_world: &World<'_>, _known: &Known<'_>, _entry: &TreeEntry) -> Option<Explained> {
    None
}

/// Whether `path` is a maintainer script in dpkg's database (Debian Policy 6.1).
pub(crate) fn is_maintainer_script(path: &str) -> bool {
    let Some(name) = path.strip_prefix("var/lib/dpkg/info/") else { return false };
    let kind = name.rsplit_once('.').map_or("", |(_, kind)| kind);
    !name.contains('/') && matches!(kind, "config" | "postinst" | "postrm" | "preinst" | "prerm")
}
