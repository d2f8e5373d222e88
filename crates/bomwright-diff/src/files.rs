//! The files that differ: those that a person should know of, one by one; the others as numbers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bomwright_model::{Origin, PackageId, Status};

use crate::matching::{Groups, Pair};
use crate::packages::Contents;
use crate::seen::{Extent, Seen, seen};
use crate::side::Known;
use crate::{Change, FieldChange, FileChange, FileRole, text};

/// What comparing the files gives.
#[derive(Default)]
pub(crate) struct Files {
    /// Those to know of, sorted by path.
    pub(crate) changes: Vec<FileChange>,
    /// How many differ as the change of their package explains.
    pub(crate) of_packages: usize,
    /// How many others differ.
    pub(crate) of_no_note: usize,
    /// Packages of one version whose files differ all the same.
    pub(crate) contents: Contents,
    /// Files of packages that left, which are still there and belong to nobody: how many, by package.
    pub(crate) left_behind: BTreeMap<PackageId, (usize, usize)>,
    /// Packages that left and new ones with the same content.
    pub(crate) same_content: BTreeSet<(PackageId, PackageId)>,
    /// Whether either side has a shell: the older, the newer.
    pub(crate) shells: (bool, bool),
}

/// Who is whose partner, from the newer side's package to the older one's.
type Partners = HashMap<PackageId, PackageId>;

/// Compares the files of both sides within `extent`.
pub(crate) fn files(old: &Known<'_>, new: &Known<'_>, groups: &Groups<'_>, extent: Extent) -> Files {
    let mut partners = Partners::new();
    for (_, pair) in groups.pairs() {
        if let Pair::Both(before, after) = pair {
            partners.insert(after, before);
        }
    }
    let mut work = Work { old, new, partners, files: Files::default(), repacked: BTreeMap::new() };
    let (before, after) = (seen(old, extent), seen(new, extent));
    work.files.same_content = same_content(&before, &after, &work.partners);
    let has_shell = |files: &[Seen<'_>]| files.iter().any(|file| file.roles().contains(&FileRole::Shell));
    work.files.shells = (has_shell(&before), has_shell(&after));
    let (mut left, mut right) = (before.iter().peekable(), after.iter().peekable());
    loop {
        match (left.peek(), right.peek()) {
            (None, None) => break,
            (Some(a), Some(b)) if a.path == b.path => {
                work.both(a, b);
                left.next();
                right.next();
            }
            (Some(a), b) if b.is_none_or(|b| a.path < b.path) => {
                work.one(Change::Removed, a);
                left.next();
            }
            (_, Some(b)) => {
                work.one(Change::Added, b);
                right.next();
            }
            (Some(_), None) => {
                left.next();
            }
        }
    }
    work.finish()
}

struct Work<'w, 'a> {
    old: &'w Known<'a>,
    new: &'w Known<'a>,
    partners: Partners,
    files: Files,
    /// Of packages of one version: the first file that differs on both sides, and how many do.
    repacked: BTreeMap<(PackageId, PackageId), (String, String, usize)>,
}

/// Roles that matter wherever a file comes from.
const ALWAYS: &[FileRole] = &[FileRole::Setuid, FileRole::Capabilities, FileRole::WorldWritable];

impl Work<'_, '_> {
    fn one(&mut self, change: Change, file: &Seen<'_>) {
        let roles = file.roles();
        let special = roles.iter().any(|role| ALWAYS.contains(role));
        let side = if change == Change::Removed { self.old } else { self.new };
        let known_text = || text(side, file.path).is_some();
        let listed = special || (!file.is_as_packaged() && (!roles.is_empty() || known_text()));
        if !listed {
            self.count(file);
            return;
        }
        let state = file.state(side);
        let text = text(side, file.path).filter(|_| !file.is_as_packaged());
        let text = match (change, text) {
            (Change::Removed, Some(text)) => text::compare(text, ""),
            (_, Some(text)) => text::compare("", text),
            _ => None,
        };
        let (old, new) = if change == Change::Removed { (Some(state), None) } else { (None, Some(state)) };
        self.files.changes.push(FileChange {
            change,
            path: file.path.to_owned(),
            roles: with_source(roles, side, file),
            origin: file.origin,
            old,
            new,
            fields: Vec::new(),
            layer: side.layer(file.layer),
            text,
        });
    }

    fn both(&mut self, from: &Seen<'_>, to: &Seen<'_>) {
        self.note_left_behind(from, to);
        let fields = fields(from, to);
        if fields.is_empty() {
            return;
        }
        let content = fields.iter().any(|field| field.field == "content");
        let roles = to.roles();
        let rights =
            fields.iter().any(|it| matches!(it.field.as_str(), "mode" | "capabilities" | "owner-id"));
        let special = rights && roles.iter().chain(&from.roles()).any(|role| ALWAYS.contains(role));
        let status = from.status != to.status || (content && to.status == Some(Status::Modified));
        let broken = status && !to.is_as_packaged() && to.owner.is_some();
        let texts = (text(self.old, from.path), text(self.new, to.path));
        let restored = from.owner.is_some()
            && !from.is_as_packaged()
            && to.is_as_packaged()
            && content
            && self.has_same_version(from, to);
        // A database that is still there says itself what changed in it.
        let unowned = !to.is_as_packaged()
            && (roles.iter().any(|role| *role != FileRole::PackageDatabase)
                || matches!(texts, (Some(_), Some(_))));
        if !(special || broken || restored || (unowned && to.owner.is_none()) || (content && unowned)) {
            self.repacked(from, to, content);
            self.count(to);
            return;
        }
        let text = texts.0.zip(texts.1).and_then(|(old, new)| text::compare(old, new));
        let (old, new) = (from.state(self.old), to.state(self.new));
        self.files.changes.push(FileChange {
            change: Change::Changed,
            path: to.path.to_owned(),
            roles: with_source(roles, self.new, to),
            origin: to.origin,
            old: Some(old),
            new: Some(new),
            fields,
            layer: self.new.layer(to.layer),
            text,
        });
    }

    /// Whether the package of both files has one version, so that it explains no other content.
    fn has_same_version(&self, from: &Seen<'_>, to: &Seen<'_>) -> bool {
        let package = |side: &Known<'_>, owner: Option<PackageId>| {
            side.inventory.package(owner?).map(|package| package.version.clone())
        };
        let (was, is) = (package(self.old, from.owner), package(self.new, to.owner));
        was.is_some() && was == is
    }

    fn count(&mut self, file: &Seen<'_>) {
        if file.is_as_packaged() && file.owner.is_some() {
            self.files.of_packages += 1;
        } else {
            self.files.of_no_note += 1;
        }
    }

    /// Remembers that a package of one version has another content.
    fn repacked(&mut self, from: &Seen<'_>, to: &Seen<'_>, content: bool) {
        let (Some(before), Some(after)) = (from.owner, to.owner) else { return };
        let intact = |file: &Seen<'_>| matches!(file.status, None | Some(Status::Intact));
        if !content || !intact(from) || !intact(to) || self.partners.get(&after) != Some(&before) {
            return;
        }
        let text = |file: &Seen<'_>| format!("/{} {}", file.path, file.digest().unwrap_or_default());
        let entry = self.repacked.entry((before, after)).or_insert_with(|| (text(from), text(to), 0));
        entry.2 += 1;
    }

    /// Counts the files of packages that are gone: how many there were, and how many are still there as they were.
    fn note_left_behind(&mut self, from: &Seen<'_>, to: &Seen<'_>) {
        if let Some(owner) = from.owner
            && to.owner.is_none()
            && from.sha256.is_some()
            && from.sha256 == to.sha256
        {
            self.files.left_behind.entry(owner).or_default().0 += 1;
        }
    }

    fn finish(mut self) -> Files {
        let owned = seen_owners(self.old);
        self.files.left_behind.retain(|owner, _| self.partners.values().all(|partner| partner != owner));
        for (owner, (_, all)) in &mut self.files.left_behind {
            *all = owned.get(owner).copied().unwrap_or(0);
        }
        let more =
            |count: usize| if count > 1 { format!(" and {} more files", count - 1) } else { String::new() };
        let contents = self.repacked.into_iter().map(|(pair, (old, new, count))| {
            (pair, (format!("{old}{}", more(count)), format!("{new}{}", more(count))))
        });
        self.files.contents = contents.collect();
        self.files
    }
}

/// A text that nobody's package explains and that has no other role is the team's own.
fn with_source(mut roles: Vec<FileRole>, side: &Known<'_>, file: &Seen<'_>) -> Vec<FileRole> {
    let is_text = text(side, file.path).is_some();
    if is_text && file.is_unowned() && roles.iter().all(|role| *role == FileRole::Executable) {
        roles.push(FileRole::Source);
    }
    roles
}

/// Pairs of a package that left and one that is new, which share most of their content: at least four files in five.
fn same_content(
    before: &[Seen<'_>],
    after: &[Seen<'_>],
    partners: &Partners,
) -> BTreeSet<(PackageId, PackageId)> {
    let kept: BTreeSet<PackageId> = partners.values().copied().collect();
    let mut owners: HashMap<[u8; 32], BTreeSet<PackageId>> = HashMap::new();
    let mut counts: HashMap<PackageId, usize> = HashMap::new();
    for file in before {
        if let (Some(owner), Some(sha256)) = (file.owner.filter(|id| !kept.contains(id)), file.sha256)
            && file.size != Some(0)
        {
            owners.entry(sha256).or_default().insert(owner);
            *counts.entry(owner).or_default() += 1;
        }
    }
    let mut shared: BTreeMap<(PackageId, PackageId), BTreeSet<[u8; 32]>> = BTreeMap::new();
    for file in after {
        let (Some(owner), Some(sha256)) = (file.owner.filter(|id| !partners.contains_key(id)), file.sha256)
        else {
            continue;
        };
        for &left in owners.get(&sha256).into_iter().flatten() {
            shared.entry((left, owner)).or_default().insert(sha256);
        }
    }
    let most = |((left, _), files): &(&(PackageId, PackageId), &BTreeSet<[u8; 32]>)| {
        files.len() * 5 >= counts.get(left).copied().unwrap_or(usize::MAX / 5) * 4
    };
    shared.iter().filter(most).map(|(pair, _)| *pair).collect()
}

/// The text at a path whose lines can be compared.
fn text<'t>(side: &Known<'t>, path: &str) -> Option<&'t str> {
    side.input.tree?.texts.get(path).map(String::as_str)
}

/// How many files with content each package of a side owns.
fn seen_owners(side: &Known<'_>) -> HashMap<PackageId, usize> {
    let extent = if side.input.tree.is_some() { Extent::All } else { Extent::Listed };
    let mut counts = HashMap::new();
    for owner in seen(side, extent).iter().filter(|file| file.sha256.is_some()).filter_map(|file| file.owner)
    {
        *counts.entry(owner).or_default() += 1;
    }
    counts
}

/// What differs. What only one side knows is no change.
fn fields(from: &Seen<'_>, to: &Seen<'_>) -> Vec<FieldChange> {
    let mut fields = Vec::new();
    let mut push = |field: &str, old: Option<String>, new: Option<String>| {
        if let (Some(old), Some(new)) = (old, new)
            && old != new
        {
            fields.push(FieldChange { field: field.to_owned(), old, new });
        }
    };
    if from.sha256.is_some() && to.sha256.is_some() && from.sha256 != to.sha256 {
        push("content", from.digest(), to.digest());
    }
    let both = from.mode.is_some() && to.mode.is_some();
    let capabilities = |file: &Seen<'_>| both.then(|| file.capability_text().unwrap_or_default());
    push("capabilities", capabilities(from), capabilities(to));
    let kind = |file: &Seen<'_>| (!matches!(file.kind, "hard-link")).then(|| file.kind.to_owned());
    push("kind", kind(from), kind(to));
    push("link", from.link.map(str::to_owned), to.link.map(str::to_owned));
    push("mode", from.mode.map(|mode| format!("{mode:04o}")), to.mode.map(|mode| format!("{mode:04o}")));
    let owner = |file: &Seen<'_>| Some(format!("{}:{}", file.uid?, file.gid?));
    push("owner-id", owner(from), owner(to));
    let status = |file: &Seen<'_>| file.status.map(|status| status.as_str().to_owned());
    push("status", status(from), status(to));
    let origin = |file: &Seen<'_>| {
        (file.origin != Origin::Unknown || file.status.is_some()).then(|| file.origin.as_str().to_owned())
    };
    push("origin", origin(from), origin(to));
    fields.sort();
    fields
}
