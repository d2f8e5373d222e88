//! Where Bundler took gems from, in `Gemfile.lock` (bundler.io, "Gemfile.lock"; `gems.locked` is the same).
//!
//! Sections begin at the margin. `GEM` names the `remote:` of a registry and below `specs:` its gems as
//! `name (version)`; `GIT` names a repository and its `revision:`, whose first twelve digits end the name of
//! the directory that Bundler unpacks it in.

use std::collections::BTreeSet;

use bomwright_model::Code;

use crate::format::url::without_credentials;
use crate::{FileView, Findings, Part};

/// Digits of a revision in the name of a directory.
const SHORT_REVISION: usize = 12;
/// Directories whose lock files are those of somebody's tests, or of gems' own developers.
const DATA: [&str; 6] = ["gems", "spec", "test", "tests", "fixtures", "examples"];

/// Whether `path` is the lock file of an application.
pub(super) fn is_lock(file: &FileView<'_>) -> bool {
    let is_named = matches!(file.name(), "Gemfile.lock" | "gems.locked");
    is_named && !file.parent().split('/').any(|part| DATA.contains(&part))
}

/// Tells each gem of the lock file where it came from.
pub(super) fn read(file: &FileView<'_>, text: &str, out: &mut Findings) {
    let mut section = Section::default();
    let mut sections = 0_usize;
    let mut places = BTreeSet::new();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        match (indent, line.trim().split_once(": ")) {
            _ if line.trim().is_empty() => {}
            (0, _) => {
                section.close(&mut places);
                section = Section { name: line.trim(), ..Section::default() };
                sections += 1;
            }
            (2, Some(("remote", remote))) => section.remotes.push(remote.trim()),
            (2, Some(("revision", revision))) => section.revision = revision.trim(),
            // What a gem needs stands two columns further.
            (4, _) => section.specs.push(line.trim()),
            _ => {}
        }
    }
    section.close(&mut places);
    if sections == 0 && !text.trim().is_empty() {
        out.note(file, Code::MalformedFile, "a lock file without sections");
    }
    out.parts.extend(places.into_iter().map(|(key, remote)| Part {
        key,
        properties: vec![("remote".to_owned(), remote)],
        ..Part::default()
    }));
}

#[derive(Debug, Default)]
struct Section<'a> {
    name: &'a str,
    remotes: Vec<&'a str>,
    revision: &'a str,
    specs: Vec<&'a str>,
}

impl Section<'_> {
    /// Adds what the section says: the alias of each gem and its remote. Of several remotes none is known to
    /// be the one that a gem came from.
    fn close(&self, places: &mut BTreeSet<(String, String)>) {
        let [remote] = self.remotes.as_slice() else { return };
        let address = without_credentials(remote);
        match self.name {
            "GEM" => places.extend(self.specs.iter().filter_map(|spec| {
                let (name, version) = spec.split_once(" (")?;
                Some((format!("{name}-{}", version.strip_suffix(')')?), address.clone()))
            })),
            "GIT" => {
                let repository = remote.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
                let repository = repository.strip_suffix(".git").unwrap_or(repository);
                if let Some(revision) = self.revision.get(..SHORT_REVISION) {
                    places.insert((format!("{repository}-{revision}"), address));
                }
            }
            _ => {}
        }
    }
}
