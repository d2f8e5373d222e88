//! Python packages as installers leave them in an image.
//!
//! Files: `*.dist-info/{METADATA,RECORD,INSTALLER,REQUESTED,direct_url.json}` (packaging.python.org,
//! "Recording installed projects" and "Core metadata specifications"; PEP 610, 627, 639), and what setuptools
//! left before: `*.egg-info` as one file or as a directory with `PKG-INFO`, `requires.txt` and
//! `installed-files.txt`, `EGG-INFO` in unpacked eggs, and `*.egg-link` of development installs.
//!
//! In source trees the lock files of poetry, uv, pdm, pipenv and pip too: see [`lock`].
//!
//! Edges: `Requires-Dist` to what the same interpreter would import, with markers evaluated against the
//! version of Python that the path or the interpreter tells and extras that some installed package asks
//! for; to the interpreter (`runs-on`); from a package to those that it carries in a vendored directory.
//!
//! Not seen: packages whose metadata was deleted, zipped eggs, wheels that are not installed, and whether a
//! `pyvenv.cfg` lets its environment see the system's packages: a virtual environment is searched first, then
//! the system, since an installer leaves a requirement out only where the system's copy can be seen.

mod lock;
mod sites;

use std::collections::BTreeSet;

use bomwright_model::{Checksum, Code, Distribution, License, LinkKind, Listed, Package, Purl, Scope};
use serde_json::Value;

use crate::format::email_headers::Headers;
use crate::format::pep508::{Dependency, Environment, Extras, Truth, normalise};
use crate::format::url::without_credentials;
use crate::format::{base64, below};
use crate::{Claim, Ecosystem, Edges, FileView, Findings, Found, Installed, Part, Requirement};

/// Python packages.
pub(crate) struct PyPi;

const NAME: &str = "pypi";

/// How many bytes of paths a list of files may unfold to: so many for each of its own, and so many for any.
const UNFOLDING: usize = 16;
const UNFOLDED: usize = 1 << 20;

impl Ecosystem for PyPi {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "installed Python packages (dist-info, egg-info), their requirements and the interpreter they run on"
    }

    fn claims(&self) -> &'static [Claim] {
        const {
            &[
                Claim::inside("METADATA", ".dist-info"),
                Claim::inside("RECORD", ".dist-info"),
                Claim::inside("INSTALLER", ".dist-info").up_to(1),
                Claim::inside("REQUESTED", ".dist-info").up_to(1),
                Claim::inside("direct_url.json", ".dist-info").up_to(1),
                Claim::inside("PKG-INFO", ".egg-info"),
                Claim::inside("PKG-INFO", "EGG-INFO"),
                Claim::inside("requires.txt", ".egg-info"),
                Claim::inside("requires.txt", "EGG-INFO"),
                Claim::inside("installed-files.txt", ".egg-info"),
                Claim::suffix(".egg-info"),
                Claim::suffix(".egg-link").up_to(1),
                Claim::name("poetry.lock").lock(),
                Claim::name("uv.lock").lock(),
                Claim::name("pdm.lock").lock(),
                Claim::name("pylock.toml").lock(),
                Claim::name("Pipfile.lock").lock(),
                Claim::suffix("requirements.txt").lock(),
                Claim::name("requirements-dev.txt").lock(),
                Claim::name("requirements-test.txt").lock(),
                Claim::name("requirements-prod.txt").lock(),
                Claim::suffix_inside(".txt", "requirements").lock(),
            ]
        }
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        if lock::read(file, out) {
            return;
        }
        let text = String::from_utf8_lossy(file.bytes);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            out.note(file, Code::Encoding, "not valid utf-8");
        }
        let home = file.parent();
        match file.name() {
            "METADATA" | "PKG-INFO" => read_metadata(file, home, &text, out),
            "RECORD" => read_record(file, home, &text, out),
            "INSTALLER" => {
                let installer = text.lines().next().unwrap_or_default().trim();
                add_properties(home, [("installer", installer)], out);
            }
            "REQUESTED" => add_properties(home, [("requested", "true")], out),
            "direct_url.json" => read_direct_url(file, home, out),
            "requires.txt" => read_requires(file, home, &text, out),
            "installed-files.txt" => {
                let mut owned = Owned::new(file);
                text.lines().all(|line| owned.add(home, line.trim(), out));
                let owns = owned.paths;
                out.parts.push(Part { key: home.to_owned(), owns, ..Part::default() });
            }
            name if name.ends_with(".egg-link") => read_egg_link(name, &text, out),
            _ => read_metadata(file, file.path, &text, out),
        }
    }

    fn relate(&self, installed: &Installed<'_>, out: &mut Edges<'_>) {
        sites::relate(installed, out);
    }

    fn purl(&self, package: &Package, _: Option<&Distribution>) -> Option<Purl> {
        let property = |key: &str| package.properties.get(key).map_or("", String::as_str);
        let (url, revision) = (property("direct-url"), property("vcs-revision"));
        let from_vcs = match revision {
            "" => String::new(),
            revision => format!("{}+{url}@{revision}", property("vcs")),
        };
        let from_archive =
            if property("archive-digest").is_empty() || url.starts_with("file:") { "" } else { url };
        let qualifiers = [("vcs_url", from_vcs.as_str()), ("download_url", from_archive)];
        Purl::build(NAME, None, &normalise(&package.name), &package.version, &qualifiers, None).ok()
    }
}

/// Reads core metadata of the package whose metadata directory (or single file) is `home`.
fn read_metadata(file: &FileView<'_>, home: &str, text: &str, out: &mut Findings) {
    let headers = Headers::parse(text);
    let (named, versioned) = named_by(home);
    let (name, version) = (headers.get("Name"), headers.get("Version"));
    // Without a version the name may be cut off as well.
    let Some(full_name) = name.filter(|_| version.is_some()).or(named).or(name) else {
        return out.note(file, Code::MalformedFile, "core metadata without a name");
    };
    if name.is_none() || version.is_none() {
        let code = if headers.ended { Code::MalformedFile } else { Code::Truncated };
        out.note(file, code, "core metadata without name or version: taken from the directory's name");
    } else if headers.broken_lines > 0 {
        out.note(file, Code::MalformedRecord, format!("{} lines are no header", headers.broken_lines));
    }
    let mut package = Package::new(NAME, full_name, version.or(versioned).unwrap_or_default());
    package.location = Some(home.to_owned());
    package.description = headers.get("Summary").map(|text| first_line(text).to_owned());
    package.originator = author(&headers);
    package.licenses = licenses(&headers);
    let files: Vec<_> = headers.all("License-File").collect();
    package.set_property("license-files", files.join(", "));
    add_links(&mut package, &headers);
    let normal = normalise(&package.name);
    let mut found = Found::new(package, file, NAME);
    if normal != found.package.name {
        found.provides.push(normal);
    }
    home.clone_into(&mut found.key);
    found.owns.push(file.path.to_owned());
    for text in headers.all("Requires-Dist") {
        add_requirement(file, text, &mut found.requires, out);
    }
    out.packages.push(found);
}

/// The author, else the maintainer: as the field of the address has it where that names somebody, else name and address put
/// together (core metadata specification, `Author` and `Author-email`).
fn author(headers: &Headers<'_>) -> Option<String> {
    [("Author", "Author-email"), ("Maintainer", "Maintainer-email")].into_iter().find_map(
        |(name, address)| {
            let line =
                |field| headers.get(field).map(first_line).map(str::trim).filter(|text| !text.is_empty());
            match (line(name), line(address)) {
                (None, other) | (other, None) => other.map(str::to_owned),
                (Some(_), Some(address)) if address.contains('<') => Some(address.to_owned()),
                (Some(name), Some(address)) if address.contains('@') && !address.contains([' ', ',']) => {
                    Some(format!("{name} <{address}>"))
                }
                (Some(name), Some(_)) => Some(name.to_owned()),
            }
        },
    )
}

/// Name and version in the name of a metadata directory: `name-version.dist-info`, and for `egg-info` with
/// more fields behind. Both have their own hyphens replaced by underscores.
fn named_by(home: &str) -> (Option<&str>, Option<&str>) {
    let mut parents = home.rsplit('/');
    let own = parents.next().unwrap_or_default();
    let own = if own == "EGG-INFO" { parents.next().unwrap_or_default() } else { own };
    let stem = own.rsplit_once('.').map_or(own, |(stem, _)| stem);
    let mut fields = stem.split('-').filter(|field| !field.is_empty());
    (fields.next(), fields.next())
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim()
}

/// The SPDX expression (PEP 639); else the `License` field, unless it holds a whole text; else classifiers.
fn licenses(headers: &Headers<'_>) -> Vec<License> {
    if let Some(expression) = headers.get("License-Expression") {
        return vec![License::declared(expression)];
    }
    if let Some(text) = headers.get("License").filter(|text| !text.contains('\n') && text.len() <= 120) {
        return vec![License::declared(text)];
    }
    headers
        .all("Classifier")
        .filter_map(|classifier| classifier.strip_prefix("License ::"))
        .filter_map(|classifier| classifier.rsplit("::").next())
        .map(str::trim)
        // The parent of all approved licences names none of them.
        .filter(|name| !name.is_empty() && *name != "OSI Approved")
        .map(License::declared)
        .collect()
}

/// Home page and project addresses; labels as in packaging.python.org, "Well-known project URLs".
fn add_links(package: &mut Package, headers: &Headers<'_>) {
    let mut add = |kind, url: &str| package.add_link(kind, without_credentials(url));
    headers.all("Home-page").for_each(|url| add(LinkKind::Home, url));
    headers.all("Download-URL").for_each(|url| add(LinkKind::Download, url));
    for entry in headers.all("Project-URL") {
        let Some((label, url)) = entry.split_once(',') else { continue };
        let label: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
        match label.to_ascii_lowercase().as_str() {
            "homepage" => add(LinkKind::Home, url.trim()),
            "source" | "repository" | "sourcecode" | "github" | "code" => add(LinkKind::Vcs, url.trim()),
            "issues" | "bugs" | "issue" | "tracker" | "issuetracker" | "bugtracker" | "bugreports" => {
                add(LinkKind::Issues, url.trim());
            }
            "download" => add(LinkKind::Download, url.trim()),
            _ => {}
        }
    }
}

fn add_requirement(file: &FileView<'_>, text: &str, into: &mut Vec<Requirement>, out: &mut Findings) {
    let Some(dependency) = Dependency::parse(text) else {
        return out.note(file, Code::MalformedRecord, "a requirement is no dependency specifier");
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let holds = |extras| dependency.applies(&Environment::default(), extras) != Truth::No;
    let none = BTreeSet::new();
    let is_extra = !holds(Extras::Only(&none)) && holds(Extras::Any);
    let scope = if is_extra { Scope::Optional } else { Scope::Runtime };
    into.push(Requirement::new(text, normalise(&dependency.name)).in_scope(scope));
}

/// Reads the list of installed files: CSV of path, digest and size, paths relative to `home`'s parent.
fn read_record(file: &FileView<'_>, home: &str, text: &str, out: &mut Findings) {
    let site = home.rsplit_once('/').map_or("", |(site, _)| site);
    let mut owned = Owned::new(file);
    let mut manifest = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let row = match line.strip_prefix('"') {
            Some(quoted) => quoted.split_once("\",").map(|(path, rest)| (path.replace("\"\"", "\""), rest)),
            None => line.split_once(',').map(|(path, rest)| (path.to_owned(), rest)),
        };
        let Some((path, stated)) = row else {
            out.note(file, Code::MalformedRecord, "a line of RECORD has no comma");
            break;
        };
        if !owned.add(site, &path, out) {
            break;
        }
        if let (true, Some(path)) = (file.manifests, owned.paths.last()) {
            manifest.extend(record_row(path, stated));
        }
    }
    out.parts.push(Part { key: home.to_owned(), owns: owned.paths, manifest, ..Part::default() });
}

/// What a row of RECORD states about `path`: `sha256=DIGEST,SIZE`, the digest in base64 with the alphabet for
/// addresses and without padding (packaging.python.org, "Recording installed projects", the RECORD file).
/// Rows without a digest, and those of other algorithms, state nothing that can be compared.
fn record_row(path: &str, stated: &str) -> Option<Listed> {
    let (digest, size) = stated.split_once(',').unwrap_or((stated, ""));
    let digest = digest.strip_prefix("sha256=")?.replace('-', "+").replace('_', "/");
    let digest: [u8; 32] = base64::decode(&digest)?.try_into().ok()?;
    let listed = Listed::new(path).with_digest(Some(Checksum::Sha256(digest)));
    Some(Listed { size: size.trim().parse().ok(), ..listed })
}

/// The files that a list claims. Each path is longer than its line by the directory that it is seen from, so
/// that a long directory and many short lines would fill the memory without a bound.
struct Owned<'a> {
    file: &'a FileView<'a>,
    paths: Vec<String>,
    /// Bytes of paths that may still be added.
    budget: usize,
}

impl<'a> Owned<'a> {
    fn new(file: &'a FileView<'a>) -> Self {
        let budget = file.bytes.len().saturating_mul(UNFOLDING).saturating_add(UNFOLDED);
        Self { file, paths: Vec::new(), budget }
    }

    /// Adds `path` as seen from `directory`; false, and a note in `out`, when the list is too long.
    fn add(&mut self, directory: &str, path: &str, out: &mut Findings) -> bool {
        let Some(left) = self.budget.checked_sub(directory.len() + 1 + path.len()) else {
            let message = "too many bytes of paths; the other files were left out";
            out.note(self.file, Code::LimitExceeded, message);
            return false;
        };
        self.budget = left;
        self.paths.extend(below(directory, path));
        true
    }
}

/// Reads where a package was installed from when not from an index (PEP 610).
fn read_direct_url(file: &FileView<'_>, home: &str, out: &mut Findings) {
    let Ok(json) = serde_json::from_slice::<Value>(file.bytes) else {
        return out.note(file, Code::MalformedFile, "direct_url.json is no json");
    };
    let text = |pointer: &str| json.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let url = without_credentials(text("/url"));
    let editable = json.pointer("/dir_info/editable").and_then(Value::as_bool).unwrap_or_default();
    let digest = match text("/archive_info/hashes/sha256") {
        "" => text("/archive_info/hash").replacen('=', ":", 1),
        hex => format!("sha256:{hex}"),
    };
    // PEP 610: `dir_info` stands there exactly when a directory was installed.
    let directory =
        if json.get("dir_info").is_some() { url.strip_prefix("file://").unwrap_or(&url) } else { "" };
    let properties = [
        ("direct-url", url.as_str()),
        ("installed-from-directory", directory),
        ("editable", if editable { "true" } else { "" }),
        ("vcs", text("/vcs_info/vcs")),
        ("vcs-revision", text("/vcs_info/commit_id")),
        ("archive-digest", &digest),
    ];
    add_properties(home, properties, out);
}

fn add_properties<const N: usize>(key: &str, properties: [(&str, &str); N], out: &mut Findings) {
    let properties: Vec<_> = properties
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    if !properties.is_empty() {
        out.parts.push(Part { key: key.to_owned(), properties, ..Part::default() });
    }
}

/// Reads setuptools' requirements: one a line, under `[extra]`, `[:marker]` or `[extra:marker]`. Each becomes
/// the dependency specifier that says the same.
fn read_requires(file: &FileView<'_>, home: &str, text: &str, out: &mut Findings) {
    let mut requires = Vec::new();
    let mut condition = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            condition = match section.split_once(':') {
                Some(("", marker)) => marker.to_owned(),
                Some((extra, marker)) => format!("({marker}) and extra == \"{extra}\""),
                None => format!("extra == \"{section}\""),
            };
        } else if condition.is_empty() {
            add_requirement(file, line, &mut requires, out);
        } else {
            add_requirement(file, &format!("{line}; {condition}"), &mut requires, out);
        }
    }
    out.parts.push(Part { key: home.to_owned(), requires, ..Part::default() });
}

/// Reads the pointer that a development install leaves: the first line is the source directory, in which
/// `<project>.egg-info` lies.
fn read_egg_link(name: &str, text: &str, out: &mut Findings) {
    let project = name.trim_end_matches(".egg-link").replace('-', "_");
    if let Some(source) = text.lines().next().and_then(|line| below("", line.trim())) {
        let properties = [("editable", "true"), ("installed-from-directory", source.as_str())];
        add_properties(&format!("{source}/{project}.egg-info"), properties, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_record_stay_in_the_image() {
        let site = "usr/lib/python3.11/site-packages";
        assert_eq!(below(site, "a/b.py").as_deref(), Some("usr/lib/python3.11/site-packages/a/b.py"));
        assert_eq!(below(site, "../../../bin/a").as_deref(), Some("usr/bin/a"));
        assert_eq!(below(site, "/etc/a").as_deref(), Some("etc/a"));
        assert_eq!(below(site, "../../../../../../../etc/passwd"), None);
    }

    #[test]
    fn a_small_list_does_not_unfold_to_a_huge_one() {
        let site = "d/".repeat(2000);
        for (path, line) in [("a-1.dist-info/RECORD", "x,,\n"), ("a.egg-info/installed-files.txt", "x\n")] {
            let (path, text) = (format!("{site}{path}"), line.repeat(100_000));
            let mut out = Findings::default();
            PyPi.read(&FileView::new(&path, text.as_bytes()), &mut out);
            let unfolded: usize = out.parts.iter().flat_map(|it| &it.owns).map(String::len).sum();
            assert!(unfolded <= UNFOLDED + text.len() * UNFOLDING, "{unfolded}");
            assert_eq!(out.diagnostics.iter().map(|it| it.code).collect::<Vec<_>>(), [Code::LimitExceeded]);
        }
    }

    #[test]
    fn purls_say_where_else_a_package_came_from() {
        // purl-spec, types/pypi-definition.json: lowercase, `_` becomes `-`.
        let mut package = Package::new(NAME, "Flask_SQL.Alchemy", "1.0");
        let purl = |package: &Package| PyPi.purl(package, None).unwrap().to_string();
        assert_eq!(purl(&package), "pkg:pypi/flask-sql-alchemy@1.0");
        package.set_property("direct-url", "https://git.example/x.git");
        package.set_property("vcs", "git");
        package.set_property("vcs-revision", "0123abcd");
        let vcs = package.purl.clone().or(PyPi.purl(&package, None)).unwrap();
        let parsed = vcs.parse().unwrap();
        let url = parsed.qualifiers().get("vcs_url").map(ToString::to_string);
        assert_eq!(url.as_deref(), Some("git+https://git.example/x.git@0123abcd"));
    }
}
