//! What packages state about paths, brought to where those paths lie in the merged tree.

use std::collections::HashMap;

use bomwright_ecosystems::Found;
use bomwright_image::{MergedTree, NodeKind};
use bomwright_model::{Listed, Observation, PackageId};
use bomwright_origin::Claim;

/// Every statement of a package about a path, sorted by path and package, one for each pair. Left out is what
/// states nothing but a directory.
pub(crate) fn claims(found: &[Found], tree: &MergedTree, observations: &[Observation]) -> Vec<Claim> {
    let diversions = diversions(observations);
    let mut places = Places { tree, directories: HashMap::new() };
    let mut claims = Vec::new();
    for (package, found) in (0..).map(PackageId).zip(found) {
        let owns = found.owns.iter().map(|path| Listed::new(path.as_str()));
        for listed in found.manifest.iter().cloned().chain(owns) {
            let diverted = diversions.get(listed.path.as_str()).filter(|(_, by)| *by != found.package.name);
            let path = places.real(diverted.map_or(listed.path.as_str(), |(to, _)| to));
            if is_of_use(tree, &path, &listed) {
                claims.push(Claim { path, package, listed });
            }
        }
    }
    unite(claims)
}

/// Where dpkg moved paths to, and for which package it did not (dpkg-divert(1)).
fn diversions(observations: &[Observation]) -> HashMap<&str, (&str, &str)> {
    let all = observations.iter().filter(|it| it.kind == "dpkg-diversion");
    all.map(|it| (it.value(0).trim_start_matches('/'), (it.value(1).trim_start_matches('/'), it.value(2))))
        .collect()
}

/// A directory is of use where its rights are stated; what is not there, where anything is.
fn is_of_use(tree: &MergedTree, path: &str, listed: &Listed) -> bool {
    let stated = listed.digest.is_some() || listed.mode.is_some() || listed.link.is_some();
    match tree.get(path) {
        Some(node) => stated || node.kind != NodeKind::Directory,
        None => stated,
    }
}

/// Sorts, and makes one of a package's statements about the same path, such as dpkg's list, its digests and its
/// configuration files.
fn unite(mut claims: Vec<Claim>) -> Vec<Claim> {
    claims.sort();
    let mut united: Vec<Claim> = Vec::with_capacity(claims.len());
    for claim in claims {
        match united.last_mut() {
            Some(last) if last.path == claim.path && last.package == claim.package => {
                let (old, new) = (&mut last.listed, claim.listed);
                if old.digest.is_none() && new.digest.is_some() {
                    // The manifest's spelling is that of the package's archive.
                    old.path = new.path;
                }
                old.digest = old.digest.take().or(new.digest);
                old.mode = old.mode.or(new.mode);
                old.owner = old.owner.take().or(new.owner);
                old.group = old.group.take().or(new.group);
                old.size = old.size.or(new.size);
                old.mtime = old.mtime.or(new.mtime);
                old.link = old.link.take().or(new.link);
                old.flags = old.flags.with(new.flags);
            }
            _ => united.push(claim),
        }
    }
    united
}

/// Resolves directories, each once: databases list files directory by directory.
struct Places<'a> {
    tree: &'a MergedTree,
    directories: HashMap<String, String>,
}

impl Places<'_> {
    fn real(&mut self, path: &str) -> String {
        let Some((parent, name)) = path.rsplit_once('/') else { return path.to_owned() };
        if !self.directories.contains_key(parent) {
            let real = self.tree.resolve(parent).unwrap_or_else(|| self.nearest(parent));
            self.directories.insert(parent.to_owned(), real);
        }
        match self.directories.get(parent).map(String::as_str) {
            Some("") | None => name.to_owned(),
            Some(real) => format!("{real}/{name}"),
        }
    }

    /// Where a directory that is not there would be: the nearest one above it that is, resolved.
    fn nearest(&self, path: &str) -> String {
        let mut directory = path;
        while let Some((parent, _)) = directory.rsplit_once('/') {
            if let Some(real) = self.tree.resolve(parent) {
                let rest = path.strip_prefix(parent).unwrap_or_default().trim_start_matches('/');
                return if real.is_empty() { rest.to_owned() } else { format!("{real}/{rest}") };
            }
            directory = parent;
        }
        path.to_owned()
    }
}
