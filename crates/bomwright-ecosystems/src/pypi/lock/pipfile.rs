//! `Pipfile.lock` (pipenv.pypa.io, "Pipfile & Pipfile.lock"): flat lists, of which package needs which it says
//! nothing.

use bomwright_model::{Code, Scope};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Origin, Pin};
use crate::lock::json;
use crate::{FileView, Findings};

#[derive(Deserialize)]
struct Document {
    #[serde(flatten)]
    groups: Map<String, Value>,
}

pub(super) fn read(file: &FileView<'_>, out: &mut Findings) -> Vec<Pin> {
    let Some(document) = json::<Document>(file, out) else { return Vec::new() };
    let indexes = document.groups.get("_meta").and_then(|meta| meta.get("sources")).and_then(Value::as_array);
    let index = |name: &str| {
        let is_it = |it: &&Value| it.get("name").and_then(Value::as_str) == Some(name);
        indexes?.iter().find(is_it)?.get("url")?.as_str()
    };
    let mut pins = Vec::new();
    for (group, packages) in document.groups.iter().filter(|(group, _)| *group != "_meta") {
        let Some(packages) = packages.as_object() else {
            out.note(file, Code::MalformedRecord, format!("'{group}' is no group of packages"));
            continue;
        };
        let scope = if group == "default" { Scope::Runtime } else { Scope::Development };
        for (name, entry) in packages {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
            let hashes = entry.get("hashes").and_then(Value::as_array);
            let origin = match ["git", "path", "file"].map(text) {
                ["", "", ""] => {
                    index(text("index")).map_or(Origin::Unstated, |url| Origin::Index(url.to_owned()))
                }
                ["", "", archive] => Origin::Archive(archive.to_owned()),
                ["", path, _] => Origin::Directory(path.to_owned()),
                [git, ..] => Origin::Repository("git".to_owned(), git.to_owned(), text("ref").to_owned()),
            };
            pins.push(Pin {
                name: name.clone(),
                version: text("version").trim_start_matches('=').trim().to_owned(),
                scope,
                origin,
                // The names of the files are not stated.
                files: hashes
                    .into_iter()
                    .flatten()
                    .filter_map(|hash| Some((String::new(), hash.as_str()?.to_owned())))
                    .collect(),
                ..Pin::default()
            });
        }
    }
    super::joined(pins)
}
