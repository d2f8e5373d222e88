//! What a package is, when only its purl and a few words say so: documents of other tools, and plain purls.

use bomwright_model::{Distribution, File, FileKind, Package, Purl, SourcePackage};
use packageurl::PackageUrl;

use crate::notes::Notes;

/// The ecosystem of packages of which nothing says one; purl's own name for that.
const GENERIC: &str = "generic";

/// A purl with its parts, so that it is taken apart only once.
pub(crate) struct Named<'t> {
    pub(crate) purl: Purl,
    pub(crate) parts: PackageUrl<'t>,
}

/// Gives `package` its purl, and fills in from that what the document leaves open. Ecosystem, namespace and name are
/// the purl's, since tools differ in how they spell a scope or a group beside it.
pub(crate) fn from_purl(
    package: &mut Package,
    named: Option<Named<'_>>,
    distribution: &mut Option<Distribution>,
) {
    let Some(Named { purl, parts }) = named else {
        if package.ecosystem.is_empty() {
            GENERIC.clone_into(&mut package.ecosystem);
        }
        return;
    };
    package.purl = Some(purl);
    parts.ty().clone_into(&mut package.ecosystem);
    package.namespace = parts.namespace().map(str::to_owned);
    parts.name().clone_into(&mut package.name);
    let stated = parts.version().unwrap_or_default();
    if package.version.is_empty() {
        stated.clone_into(&mut package.version);
    }
    for (key, value) in parts.qualifiers() {
        match key.as_ref() {
            "arch" => package.architecture = Some(value.clone().into_owned()),
            // Versions are held with their epoch, as package managers print them.
            "epoch" if value != "0" && !package.version.contains(':') && !package.version.is_empty() => {
                package.version = format!("{value}:{}", package.version);
            }
            "upstream" if package.source.is_none() => {
                let (name, version) = match value.split_once('@') {
                    Some((name, version)) => (name, version),
                    None => (value.as_ref(), package.version.as_str()),
                };
                package.source = Some(SourcePackage { name: name.to_owned(), version: version.to_owned() });
            }
            "distro" if distribution.is_none() => {
                let (id, version) = match value.split_once('-') {
                    Some((id, version)) => (id, Some(version)),
                    None => (value.as_ref(), None),
                };
                *distribution = Some(Distribution {
                    id: id.to_owned(),
                    version: version.map(str::to_owned),
                    ..Distribution::default()
                });
            }
            _ => {}
        }
    }
}

/// The purl that `text` spells; garbage is noted.
pub(crate) fn purl<'t>(text: &'t str, notes: &mut Notes) -> Option<Named<'t>> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let Ok((purl, parts)) = Purl::read(text) else {
        notes.add("package urls are none", text);
        return None;
    };
    Some(Named { purl, parts })
}

/// A file of which the document tells only the path.
pub(crate) fn file(path: &str) -> File {
    let path = path.trim_start_matches("./").trim_start_matches('/');
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let kind = match extension {
        "so" => FileKind::Library,
        "o" | "ko" => FileKind::Object,
        "sh" | "py" | "pl" | "rb" => FileKind::Script,
        _ if name.contains(".so.") => FileKind::Library,
        _ => FileKind::Executable,
    };
    File::new(path, kind)
}
