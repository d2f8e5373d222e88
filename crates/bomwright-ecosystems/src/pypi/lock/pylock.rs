//! `pylock.toml` (PEP 751; packaging.python.org, "pylock.toml Specification").

use bomwright_model::Scope;
use toml::Value;

use super::{Need, Origin, Pin};
use crate::lock::{Loose, toml};
use crate::{FileView, Findings};

pub(super) fn read(file: &FileView<'_>, out: &mut Findings) -> Vec<Pin> {
    let Some(table) = toml(file, out) else { return Vec::new() };
    table.list("packages").iter().map(pin).collect()
}

fn pin(entry: &Value) -> Pin {
    let archive = entry.at("archive");
    let origin = match (entry.at("vcs"), entry.at("directory"), archive) {
        (Some(vcs), ..) => Origin::Repository(
            vcs.text("type").to_owned(),
            place(vcs).to_owned(),
            vcs.text("commit-id").to_owned(),
        ),
        (_, Some(directory), _) => Origin::Directory(directory.text("path").to_owned()),
        (.., Some(archive)) => Origin::Archive(place(archive).to_owned()),
        _ => Some(entry.text("index"))
            .filter(|it| !it.is_empty())
            .map_or(Origin::Unstated, |index| Origin::Index(index.to_owned())),
    };
    let files = entry.at("sdist").into_iter().chain(entry.list("wheels")).chain(archive);
    let need = |it: &Value| Need {
        version: it.text("version").to_owned(),
        ..Need::new(it.text("name"), Scope::Runtime)
    };
    Pin {
        name: entry.text("name").to_owned(),
        version: entry.text("version").to_owned(),
        is_root: origin == Origin::Directory(".".to_owned()),
        origin,
        files: files.map(|it| (place(it).to_owned(), digest(it))).collect(),
        needs: entry.list("dependencies").iter().map(need).collect(),
        ..Pin::default()
    }
}

fn place(entry: &Value) -> &str {
    let places = [entry.text("url"), entry.text("path"), entry.text("name")];
    places.into_iter().find(|place| !place.is_empty()).unwrap_or_default()
}

/// The best of `hashes`.
fn digest(entry: &Value) -> String {
    let hashes = entry.at("hashes");
    let of = |algorithm: &str| Some(hashes?.text(algorithm)).filter(|hex| !hex.is_empty());
    let best = ["sha256", "sha512", "sha384"].into_iter().find_map(|it| Some((it, of(it)?)));
    best.map_or(String::new(), |(algorithm, hex)| format!("{algorithm}:{hex}"))
}
