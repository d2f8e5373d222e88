//! `pdm.lock` (pdm-project.org, "Lock file"): like a poetry.lock, with dependency specifiers.

use bomwright_model::Scope;
use toml::Value;

use super::{Need, Origin, Pin, joined};
use crate::format::pep508::Dependency;
use crate::lock::{Loose, is_archive, toml};
use crate::{FileView, Findings};

pub(super) fn read(file: &FileView<'_>, out: &mut Findings) -> Vec<Pin> {
    let Some(table) = toml(file, out) else { return Vec::new() };
    joined(table.list("package").iter().map(pin).collect())
}

fn pin(entry: &Value) -> Pin {
    let groups = entry.list("groups");
    let is_default = groups.is_empty() || groups.iter().any(|group| group.as_str() == Some("default"));
    let origin = match ["git", "path", "url"].map(|key| entry.text(key)) {
        ["", "", ""] => Origin::Unstated,
        ["", "", url] => Origin::Archive(url.to_owned()),
        ["", path, _] if is_archive(path) => Origin::Archive(path.to_owned()),
        ["", path, _] => Origin::Directory(path.to_owned()),
        [git, ..] => Origin::Repository("git".to_owned(), git.to_owned(), entry.text("revision").to_owned()),
    };
    let file = |it: &Value| {
        let place = if it.text("url").is_empty() { it.text("file") } else { it.text("url") };
        (place.to_owned(), it.text("hash").to_owned())
    };
    let own = super::normalise(entry.text("name"));
    let need = |it: &Value| {
        let dependency = Dependency::parse(it.as_str()?)?;
        // With extras a package needs itself without.
        (super::normalise(&dependency.name) != own).then(|| Need {
            is_conditional: dependency.marker.is_some(),
            ..Need::new(&dependency.name, Scope::Runtime)
        })
    };
    Pin {
        name: entry.text("name").to_owned(),
        version: entry.text("version").to_owned(),
        scope: if is_default { Scope::Runtime } else { Scope::Development },
        description: entry.text("summary").to_owned(),
        is_root: false,
        origin,
        files: entry.list("files").iter().map(file).collect(),
        needs: entry.list("dependencies").iter().filter_map(need).collect(),
    }
}
