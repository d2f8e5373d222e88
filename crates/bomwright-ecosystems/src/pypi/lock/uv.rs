//! `uv.lock` (docs.astral.sh, uv, "Project structure: The lockfile").
//!
//! The project and the members of its workspace are packages too, with groups of what they need to develop.

use bomwright_model::Scope;
use toml::Value;

use super::{Need, Origin, Pin};
use crate::lock::{Loose, toml};
use crate::{FileView, Findings};

pub(super) fn read(file: &FileView<'_>, out: &mut Findings) -> Vec<Pin> {
    let Some(table) = toml(file, out) else { return Vec::new() };
    table.list("package").iter().map(pin).collect()
}

fn pin(entry: &Value) -> Pin {
    let source = entry.at("source");
    let from = |key: &str| source.map_or("", |source| source.text(key)).to_owned();
    let local = ["editable", "virtual", "directory"].into_iter().map(from).find(|path| !path.is_empty());
    let archive = [from("url"), from("path")].into_iter().find(|it| !it.is_empty());
    let origin = match (from("git"), &local, archive) {
        (git, ..) if !git.is_empty() => repository(&git),
        (_, Some(path), _) => Origin::Directory(path.clone()),
        (.., Some(archive)) => Origin::Archive(archive),
        _ => Some(from("registry")).filter(|it| !it.is_empty()).map_or(Origin::Unstated, Origin::Index),
    };
    let file = |it: &Value| {
        let places = [it.text("url"), it.text("path"), it.text("filename")];
        let place = places.into_iter().find(|place| !place.is_empty()).unwrap_or_default();
        (place.to_owned(), it.text("hash").to_owned())
    };
    Pin {
        name: entry.text("name").to_owned(),
        version: entry.text("version").to_owned(),
        is_root: local.as_deref() == Some("."),
        origin,
        files: entry.at("sdist").into_iter().chain(entry.list("wheels")).map(file).collect(),
        needs: needs(entry),
        ..Pin::default()
    }
}

fn needs(entry: &Value) -> Vec<Need> {
    let need = |it: &Value, scope| Need {
        version: it.text("version").to_owned(),
        ..Need::new(it.text("name"), scope)
    };
    let of = |list: &[Value], scope| list.iter().map(|it| need(it, scope)).collect::<Vec<_>>();
    let mut needs = of(entry.list("dependencies"), Scope::Runtime);
    for (groups, scope) in
        [("optional-dependencies", Scope::Optional), ("dev-dependencies", Scope::Development)]
    {
        for (_, group) in entry.entries(groups) {
            needs.extend(of(group.as_array().map_or(&[], Vec::as_slice), scope));
        }
    }
    needs
}

/// `https://forge.example/a.git?rev=main#<commit>`.
fn repository(address: &str) -> Origin {
    let (address, commit) = address.split_once('#').unwrap_or((address, ""));
    let address = address.split('?').next().unwrap_or_default();
    Origin::Repository("git".to_owned(), address.to_owned(), commit.to_owned())
}
