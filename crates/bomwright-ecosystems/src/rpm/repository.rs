//! Which repository a package was installed from, as the tools on top of rpm remember it.
//!
//! | file | whose |
//! |---|---|
//! | `var/lib/dnf/history.sqlite`, `usr/lib/sysimage/dnf/history.sqlite` | dnf 4 and microdnf: what each transaction brought in |
//! | `usr/lib/sysimage/libdnf5/nevras.toml` | dnf 5: `from_repo` of each package |
//! | `var/lib/yum/yumdb/*/*/from_repo` | yum; the directory is named `CHECKSUM-NAME-VERSION-RELEASE-ARCH` |
//! | `var/log/zypp/history` | zypper: lines of fields between `|` |
//!
//! Each is a part of the package with that name, epoch, version, release and architecture: the property `repository` with
//! the id that the repository has in the image's configuration. A claim like all the rest of what a build can write.
//! What lies only in a log that SQLite has not written back is not seen.

use std::collections::{BTreeMap, HashMap};

use bomwright_model::Code;
use serde::Deserialize;

use crate::format::binary::Fault;
use crate::format::{self, sqlite};
use crate::{FileView, Findings, Part};

const YUMDB: &str = "var/lib/yum/yumdb/";
/// Packages of one file that are kept.
const MOST: usize = 200_000;
/// Actions of dnf 4 that leave the package installed: install, downgrade, obsolete, upgrade, reinstall.
const BRINGS: [i64; 5] = [1, 2, 4, 6, 9];

/// How parts mean a package: `NAME-[EPOCH:]VERSION-RELEASE.ARCH`.
pub(super) fn key(name: &str, evr: &str, architecture: &str) -> String {
    format!("{name}-{evr}.{architecture}")
}

/// Whether `file` is one of those that are read here.
pub(super) fn is_record(file: &FileView<'_>) -> bool {
    let is_log = file.name() == "history" && file.parent() == "var/log/zypp";
    is_log || matches!(file.name(), "history.sqlite" | "nevras.toml" | "from_repo")
}

/// Reads one such file.
pub(super) fn read(file: &FileView<'_>, out: &mut Findings) {
    let found = match file.name() {
        "history.sqlite" => match dnf4(file.bytes) {
            Ok(found) => found,
            Err(fault) => {
                out.note(file, fault.code(), format!("{fault}"));
                return;
            }
        },
        "nevras.toml" => dnf5(file, out),
        "from_repo" => yum(file, out).into_iter().collect(),
        _ => zypp(&format::text(file, out)),
    };
    for (key, repository) in found.into_iter().take(MOST) {
        let properties = vec![("repository".to_owned(), repository)];
        out.parts.push(Part { key, properties, ..Part::default() });
    }
}

/// Package and repository; a later entry takes the place of an earlier one.
type Found = BTreeMap<String, String>;

fn dnf4(bytes: &[u8]) -> Result<Found, Fault> {
    if bytes.is_empty() {
        return Ok(Found::new());
    }
    let mut repositories = HashMap::new();
    let mut table = sqlite::table(bytes, "repo")?;
    while let Some(row) = table.row() {
        let row = row?;
        if let (Some(id), Some(name)) = (table.integer(&row, "id"), table.text(&row, "repoid")) {
            repositories.insert(id, name.to_owned());
        }
    }
    let mut packages = HashMap::new();
    let mut table = sqlite::table(bytes, "rpm")?;
    while let Some(row) = table.row() {
        let row = row?;
        let text = |name| table.text(&row, name);
        let (Some(id), Some(epoch)) = (table.integer(&row, "item_id"), table.integer(&row, "epoch")) else {
            continue;
        };
        if let (Some(name), Some(version), Some(release), Some(architecture)) =
            (text("name"), text("version"), text("release"), text("arch"))
        {
            let epoch = u64::try_from(epoch).unwrap_or_default();
            packages.insert(id, key(name, &super::evr(epoch, &format!("{version}-{release}")), architecture));
        }
    }
    let mut found = Found::new();
    let mut table = sqlite::table(bytes, "trans_item")?;
    while let Some(row) = table.row() {
        let row = row?;
        let integer = |name| table.integer(&row, name);
        if !integer("action").is_some_and(|action| BRINGS.contains(&action)) {
            continue;
        }
        let package = integer("item_id").and_then(|id| packages.get(&id));
        let repository = integer("repo_id").and_then(|id| repositories.get(&id));
        if let (Some(package), Some(repository)) = (package, repository) {
            found.insert(package.clone(), repository.clone());
        }
    }
    Ok(found)
}

fn dnf5(file: &FileView<'_>, out: &mut Findings) -> Found {
    #[derive(Deserialize)]
    struct State {
        #[serde(default)]
        nevras: BTreeMap<String, Nevra>,
    }
    #[derive(Deserialize)]
    struct Nevra {
        #[serde(default)]
        from_repo: String,
    }
    let text = format::text(file, out);
    match toml::from_str::<State>(&text) {
        Ok(state) => {
            let named = state.nevras.into_iter().filter(|(_, it)| !it.from_repo.is_empty());
            named.map(|(key, it)| (key, it.from_repo)).collect()
        }
        Err(error) => {
            out.note(file, Code::MalformedFile, error.message().to_owned());
            Found::new()
        }
    }
}

/// The directory leaves the epoch out, so the package is meant by an alias.
fn yum(file: &FileView<'_>, out: &mut Findings) -> Option<(String, String)> {
    let directory = file.parent().strip_prefix(YUMDB)?.split_once('/')?.1;
    let (_, package) = directory.split_once('-')?;
    let (package, architecture) = package.rsplit_once('-')?;
    let text = format::text(file, out);
    let repository = text.lines().next().map(str::trim).filter(|it| !it.is_empty())?;
    Some((format!("{package}.{architecture}"), repository.to_owned()))
}

/// `TIME|install|NAME|[EPOCH:]VERSION-RELEASE|ARCH|REQUESTER|REPOSITORY|CHECKSUM|…`
fn zypp(text: &str) -> Found {
    let mut found = Found::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('|').skip(1);
        if fields.next().map(str::trim) != Some("install") {
            continue;
        }
        let fields: Vec<_> = fields.collect();
        if let [name, edition, architecture, _, repository, ..] = fields.as_slice()
            && !repository.is_empty()
        {
            found.insert(key(name, edition, architecture), (*repository).to_owned());
        }
    }
    found
}
