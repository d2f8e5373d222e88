//! What is there against what a package states.

use bomwright_model::{Account, Checksum, Content, Difference, EntryKind, FileFlags, Listed, TreeEntry};
use sha1::{Digest, Sha1};

use crate::world::World;

/// `S_IFMT` of POSIX `<sys/stat.h>`, and the types below it.
const TYPE_BITS: u32 = 0o170_000;
const TYPE_LINK: u32 = 0o120_000;
const TYPE_FILE: u32 = 0o100_000;
const TYPE_DIRECTORY: u32 = 0o040_000;
const PERMISSIONS: u32 = 0o7777;

/// What a comparison gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Comparison {
    /// In what they differ, sorted.
    pub(super) differences: Vec<Difference>,
    /// The content was compared and is the same: of a file by digest, of a link by its target.
    pub(super) content_agrees: bool,
}

impl Comparison {
    /// Whether nothing that matters to the content differs.
    pub(super) fn is_same_content(&self) -> bool {
        let content = [Difference::Type, Difference::Content, Difference::Size, Difference::Link];
        !self.differences.iter().any(|difference| content.contains(difference))
    }

    /// Whether permission bits or owners differ.
    pub(super) fn has_other_rights(&self) -> bool {
        let rights = [Difference::Mode, Difference::Owner, Difference::Group];
        self.differences.iter().any(|difference| rights.contains(difference))
    }
}

/// Compares `entry` with what is `listed` about it, as far as that goes.
pub(super) fn compare(world: &World<'_>, entry: &TreeEntry, listed: &Listed) -> Comparison {
    let mut found = Comparison::default();
    if is_other_type(entry, listed) {
        found.differences.push(Difference::Type);
        return found;
    }
    // Ghosts are the package's, but what is in them is made later.
    let is_ghost = listed.flags.contains(FileFlags::GHOST);
    match entry.kind {
        EntryKind::File | EntryKind::HardLink if !is_ghost => content(entry, listed, &mut found),
        EntryKind::Symlink if !is_ghost => link(entry, listed, &mut found),
        _ => {}
    }
    if entry.kind != EntryKind::Symlink
        && let Some(mode) = listed.mode
        && (mode ^ entry.mode) & PERMISSIONS != 0
    {
        found.differences.push(Difference::Mode);
    }
    if is_other_account(world, "account-user", listed.owner.as_ref(), entry.uid) {
        found.differences.push(Difference::Owner);
    }
    if is_other_account(world, "account-group", listed.group.as_ref(), entry.gid) {
        found.differences.push(Difference::Group);
    }
    if !is_ghost
        && let (Some(listed), Some(content)) = (listed.mtime, &entry.content)
        && listed != content.mtime
    {
        found.differences.push(Difference::Time);
    }
    found.differences.sort_unstable();
    found
}

fn is_other_type(entry: &TreeEntry, listed: &Listed) -> bool {
    let stated = listed.mode.map_or(0, |mode| mode & TYPE_BITS);
    match entry.kind {
        EntryKind::File | EntryKind::HardLink => {
            (stated != 0 && stated != TYPE_FILE) || (stated == 0 && listed.link.is_some())
        }
        EntryKind::Symlink => {
            let link_digest = listed.link.is_none() && listed.digest.is_some() && stated == 0;
            // apk states the digest of a link's target as if it were content.
            (stated != 0 && stated != TYPE_LINK) || (link_digest && !is_sha1(listed.digest.as_ref()))
        }
        EntryKind::Directory => stated != 0 && stated != TYPE_DIRECTORY,
        EntryKind::Device | EntryKind::Special => [TYPE_FILE, TYPE_LINK, TYPE_DIRECTORY].contains(&stated),
    }
}

fn is_sha1(digest: Option<&Checksum>) -> bool {
    matches!(digest, Some(Checksum::Sha1(_)))
}

fn content(entry: &TreeEntry, listed: &Listed, found: &mut Comparison) {
    if listed.size.is_some_and(|size| size != entry.size) {
        found.differences.push(Difference::Size);
    }
    let (Some(digest), Some(content)) = (&listed.digest, &entry.content) else { return };
    match agrees(digest, content) {
        Some(true) => found.content_agrees = true,
        Some(false) => found.differences.push(Difference::Content),
        None => {}
    }
}

/// Whether `content` has the digest; `None` where it was not computed.
pub(super) fn agrees(digest: &Checksum, content: &Content) -> Option<bool> {
    match digest {
        Checksum::Md5(digest) => content.md5.map(|md5| md5 == *digest),
        Checksum::Sha1(digest) => content.sha1.map(|sha1| sha1 == *digest),
        Checksum::Sha256(digest) => Some(content.sha256 == *digest),
        Checksum::Sha512(_) | Checksum::Other(..) => None,
    }
}

fn link(entry: &TreeEntry, listed: &Listed, found: &mut Comparison) {
    let Some(target) = &entry.link else { return };
    if let Some(stated) = &listed.link {
        if stated == target {
            found.content_agrees = true;
        } else {
            found.differences.push(Difference::Link);
        }
    } else if let Some(Checksum::Sha1(stated)) = &listed.digest {
        // apk states the digest of the target, without a NUL (apk-tools, src/io.c).
        if <[u8; 20]>::from(Sha1::digest(target.as_bytes())) == *stated {
            found.content_agrees = true;
        } else {
            found.differences.push(Difference::Link);
        }
    }
}

/// Whether the number that a name of the image's own accounts has is another; names that it does not have are
/// not compared.
fn is_other_account(world: &World<'_>, kind: &str, stated: Option<&Account>, actual: u64) -> bool {
    match stated {
        None => false,
        Some(Account::Id(id)) => u64::from(*id) != actual,
        Some(Account::Name(name)) if name == "root" => actual != 0,
        Some(Account::Name(name)) => {
            let mut known = world.observations(kind).iter().filter(|it| it.value(0) == name).peekable();
            known.peek().is_some() && !known.any(|it| it.value(1).parse() == Ok(actual))
        }
    }
}
