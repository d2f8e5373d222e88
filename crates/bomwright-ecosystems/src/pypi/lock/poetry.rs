//! `poetry.lock` (python-poetry.org, "Basic usage", and poetry's `Locker`), versions 1 and 2.
//!
//! Packages name what they need; the project itself stands in pyproject.toml and is not seen.

use bomwright_model::Scope;
use toml::Value;

use super::{Need, Origin, Pin};
use crate::lock::{Loose, toml};
use crate::{FileView, Findings};

pub(super) fn read(file: &FileView<'_>, out: &mut Findings) -> Vec<Pin> {
    let Some(table) = toml(file, out) else { return Vec::new() };
    // Version 1.0 kept the files apart.
    let files = table.at("metadata").and_then(|metadata| metadata.at("files"));
    let pin = |entry: &Value| {
        let name = entry.text("name");
        let own = entry.list("files");
        let list = if own.is_empty() { files.map_or(&[][..], |files| files.list(name)) } else { own };
        Pin {
            name: name.to_owned(),
            version: entry.text("version").to_owned(),
            scope: scope(entry),
            description: entry.text("description").to_owned(),
            is_root: false,
            origin: origin(entry),
            files: list.iter().map(|it| (it.text("file").to_owned(), it.text("hash").to_owned())).collect(),
            needs: entry.entries("dependencies").map(|(name, wanted)| need(name, wanted)).collect(),
        }
    };
    table.list("package").iter().map(pin).collect()
}

/// By the groups that want it; poetry 1 had two categories.
fn scope(entry: &Value) -> Scope {
    let groups = entry.list("groups");
    let is_main = groups.is_empty() || groups.iter().any(|group| group.as_str() == Some("main"));
    if entry.text("category") == "dev" || !is_main {
        Scope::Development
    } else if entry.at("optional").and_then(Value::as_bool) == Some(true) {
        Scope::Optional
    } else {
        Scope::Runtime
    }
}

fn origin(entry: &Value) -> Origin {
    let Some(source) = entry.at("source") else { return Origin::Unstated };
    let url = source.text("url").to_owned();
    match source.text("type") {
        "git" => {
            let revision = [source.text("resolved_reference"), source.text("reference")];
            let revision = revision.into_iter().find(|it| !it.is_empty()).unwrap_or_default();
            Origin::Repository("git".to_owned(), url, revision.to_owned())
        }
        "directory" => Origin::Directory(url),
        "url" | "file" => Origin::Archive(url),
        _ => Origin::Index(url),
    }
}

/// `name = "range"`, a table, or a list of tables for different environments.
fn need(name: &str, wanted: &Value) -> Need {
    let all = wanted.as_array().map_or(std::slice::from_ref(wanted), Vec::as_slice);
    let is_optional =
        all.iter().all(|it| it.at("optional").and_then(Value::as_bool) == Some(true)) && !all.is_empty();
    let scope = if is_optional { Scope::Optional } else { Scope::Runtime };
    let is_conditional = all.iter().all(|it| !it.text("markers").is_empty() || !it.text("python").is_empty());
    Need { is_conditional, ..Need::new(name, scope) }
}
