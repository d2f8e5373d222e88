//! The lock files of yarn: version 1 (a format of its own, classic.yarnpkg.com, "yarn.lock") and those of
//! berry, which are YAML (yarnpkg.com, "Lockfile").
//!
//! Each entry stands under the ranges that it satisfies, `name@range`, and needs others by such ranges. They
//! are the packages' handles, by which a package.json of the project means them too. Entries have no place.

use std::borrow::Cow;

use bomwright_model::{Code, Package, Scope};

use super::{NAME, package};
use crate::format::yaml::Yaml;
use crate::format::{below, integrity};
use crate::lock::{Lock, is_archive, is_repository, resolve};
use crate::{FileView, Findings, Part};

/// What a descriptor of berry says in front of a range of the registry.
const REGISTRY: &str = "npm:";

/// Reads either kind.
pub(super) fn read(file: &FileView<'_>, out: &mut Findings) {
    let text = crate::format::text(file, out);
    if text.lines().any(|line| line.starts_with("__metadata:")) {
        match Yaml::parse(&text) {
            Ok(tree) => berry(file, &tree, out),
            Err(fault) => {
                let code = if fault.is_at_end { Code::Truncated } else { Code::MalformedFile };
                out.note(file, code, format!("yarn.lock is no yaml: {fault}"));
            }
        }
    } else {
        classic(file, &text, out);
    }
}

/// The name in front of the range of `descriptor`; an `@` at its beginning belongs to the name.
fn split(descriptor: &str) -> Option<(&str, &str)> {
    let at = descriptor.char_indices().skip(1).find(|(_, c)| *c == '@')?.0;
    Some((descriptor.get(..at)?, descriptor.get(at + 1..)?))
}

/// An entry of version 1.
#[derive(Debug, Default)]
struct Entry<'a> {
    descriptors: Vec<Cow<'a, str>>,
    fields: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    needs: Vec<(Cow<'a, str>, Cow<'a, str>, Scope)>,
}

fn classic(file: &FileView<'_>, text: &str, out: &mut Findings) {
    let mut lock = Lock::new(file, NAME);
    let mut entry = Entry::default();
    let mut scope = None;
    let mut odd = 0_usize;
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let words = words(line.trim());
        match (indent, words.as_slice(), line.trim_end().ends_with(':')) {
            (0, _, true) => {
                if !finish(&mut lock, &std::mem::take(&mut entry), out) {
                    return;
                }
                entry.descriptors = words;
                scope = None;
            }
            (2, [group], true) => {
                scope = match &**group {
                    "dependencies" => Some(Scope::Runtime),
                    "optionalDependencies" => Some(Scope::Optional),
                    _ => None,
                }
            }
            (2, [key, value], false) => entry.fields.push((key.clone(), value.clone())),
            (4, [name, range], false) => {
                entry.needs.extend(scope.map(|scope| (name.clone(), range.clone(), scope)));
            }
            _ => odd += 1,
        }
    }
    let is_cut = !entry.descriptors.is_empty() && !entry.fields.iter().any(|(key, _)| key == "version");
    if is_cut {
        out.note(file, Code::Truncated, "the last entry has no version");
    } else {
        finish(&mut lock, &entry, out);
    }
    if odd > 0 {
        let is_cut = !text.ends_with('\n');
        let code = if is_cut { Code::Truncated } else { Code::MalformedRecord };
        out.note(file, code, format!("{odd} lines are none of a lock file"));
    }
}

/// The words of a line: bare, or in quotes as JSON has them; commas and the last colon are no words.
fn words(line: &str) -> Vec<Cow<'_, str>> {
    let mut words = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', ',', ':']);
        if rest.is_empty() {
            return words;
        }
        if rest.starts_with('"') {
            let mut quoted = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            let word = quoted.next();
            rest = rest.get(quoted.byte_offset()..).unwrap_or_default();
            match word {
                Some(Ok(word)) => words.push(Cow::Owned(word)),
                _ => return Vec::new(),
            }
        } else {
            let end = rest.find([' ', ',']).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            words.push(Cow::Borrowed(word.strip_suffix(':').unwrap_or(word)));
            rest = after;
        }
    }
}

/// Adds an entry of version 1 that is complete.
fn finish(lock: &mut Lock<'_, '_>, entry: &Entry<'_>, out: &mut Findings) -> bool {
    let field = |name: &str| entry.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value);
    let Some((name, range)) = entry.descriptors.first().and_then(|it| split(it)) else { return true };
    // `old-ms@npm:ms@^1.0.0` installs ms under another name.
    let alias = range.strip_prefix(REGISTRY).and_then(split);
    let mut package = package(alias.map_or(name, |(real, _)| real), field("version"));
    if alias.is_some() {
        package.set_property("alias", name);
    }
    // The digest behind the address is the archive's SHA-1.
    let (address, sha1) = field("resolved").split_once('#').unwrap_or((field("resolved"), ""));
    let is_digest = sha1.len() == 40 && !address.starts_with("git") && !is_repository(address);
    match range.strip_prefix("file:").or_else(|| range.strip_prefix("link:")) {
        Some(path) if address.is_empty() && !is_archive(path) => {
            package.set_property("installed-from-directory", path);
        }
        _ => resolve(&mut package, if is_digest { address } else { field("resolved") }),
    }
    package.digests = integrity::digests(field("integrity"));
    if package.digests.is_empty() && is_digest {
        package.digests.extend(format!("sha1:{sha1}").parse().ok());
    }
    let mut found = lock.found(package, &entry.descriptors.first().cloned().unwrap_or_default());
    found.provides.extend(entry.descriptors.iter().skip(1).map(|it| lock.handle(it)));
    found.locked = entry
        .needs
        .iter()
        .map(|(name, range, scope)| {
            let text = format!("{name}@{range}");
            lock.needs(text.clone(), &text, *scope)
        })
        .collect();
    lock.add(found, out)
}

fn berry(file: &FileView<'_>, tree: &Yaml, out: &mut Findings) {
    let mut lock = Lock::new(file, NAME);
    for (key, entry) in tree.entries().filter(|(key, _)| *key != "__metadata") {
        let descriptors: Vec<&str> = key.split(", ").collect();
        let handles = descriptors.iter().flat_map(|it| [Some((*it).to_owned()), plain(it)]).flatten();
        let handles: Vec<String> = handles.map(|it| lock.handle(&it)).collect();
        let Some((name, place)) = split(entry.text_of("resolution")) else {
            out.note(file, Code::MalformedRecord, format!("'{key}' has no resolution"));
            continue;
        };
        if let Some(directory) = place.strip_prefix("workspace:") {
            // Its package.json tells of the package; the links to it come from here.
            let home = below(file.parent(), directory).unwrap_or_default();
            let installed = if matches!(directory, "." | "") { "" } else { directory };
            let properties = vec![("installed-from-directory".to_owned(), installed.to_owned())];
            let properties = properties.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            out.parts.push(Part { key: home, properties, provides: handles, ..Part::default() });
            continue;
        }
        let mut package = package(name, entry.text_of("version"));
        came_from(&mut package, place);
        if let Some((directory, _)) =
            descriptors.first().and_then(|it| split(it)).filter(|(it, _)| *it != name)
        {
            package.set_property("alias", directory);
        }
        // Of yarn's own archive of the package, not of the registry's.
        package.set_property("yarn-checksum", entry.text_of("checksum"));
        let mut found = lock.found(package, entry.text_of("resolution"));
        found.provides.extend(handles);
        found.locked = needs(&lock, entry);
        if !lock.add(found, out) {
            return;
        }
    }
}

fn needs(lock: &Lock<'_, '_>, entry: &Yaml) -> Vec<crate::Requirement> {
    let is_optional = |name: &str| entry.get("dependenciesMeta").get(name).text_of("optional") == "true";
    let dependencies = entry.get("dependencies").entries();
    dependencies
        .map(|(name, range)| {
            let scope = if is_optional(name) { Scope::Optional } else { Scope::Runtime };
            let id = format!("{name}@{}", range.text());
            lock.needs(plain(&id).unwrap_or_else(|| id.clone()), &id, scope)
        })
        .collect()
}

/// A descriptor of the registry as a package.json writes it, `name@range`.
fn plain(descriptor: &str) -> Option<String> {
    let (name, range) = split(descriptor)?;
    Some(format!("{name}@{}", range.strip_prefix(REGISTRY)?))
}

/// Notes where a package of berry comes from: `npm:1.0.0`, `patch:…`, `link:../x::locator=…`, or an address.
fn came_from(package: &mut Package, place: &str) {
    let (place, bound) = place.split_once("::").unwrap_or((place, ""));
    let directory = place.strip_prefix("link:").or_else(|| place.strip_prefix("portal:"));
    let local = place.strip_prefix("file:").filter(|path| !is_archive(path));
    if let Some(directory) = directory.or(local) {
        package.set_property("installed-from-directory", directory.split('#').next().unwrap_or_default());
    } else if place.starts_with("patch:") {
        package.set_property("patched", "true");
    } else if !place.starts_with(REGISTRY) {
        resolve(package, place);
    } else if let Some(archive) = bound.strip_prefix("__archiveUrl=") {
        resolve(package, &archive.replace("%3A", ":").replace("%2F", "/").replace("%40", "@"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_begin_with_a_name_that_may_have_a_scope() {
        assert_eq!(split("@babel/core@^7.0.0"), Some(("@babel/core", "^7.0.0")));
        assert_eq!(split("old-ms@npm:ms@^1.0.0"), Some(("old-ms", "npm:ms@^1.0.0")));
        assert_eq!(split("@babel/core"), None);
        assert_eq!(split(""), None);
    }

    #[test]
    fn lines_of_version_1_in_words() {
        assert_eq!(words("\"@a/b@^1.0.0\", c@2:"), ["@a/b@^1.0.0", "c@2"]);
        assert_eq!(
            words("resolved \"https://registry.example/c.tgz#01\""),
            ["resolved", "https://registry.example/c.tgz#01"]
        );
        assert!(words("\"cut").is_empty());
    }
}
