//! `requirements.txt` (pip.pypa.io, "Requirements File Format"), as far as it pins: `name==version`, or an
//! address. What is not pinned says nothing about what gets installed; it is counted and left out.
//!
//! `pip-compile` and `uv pip compile` remark below each package which ones it is there for (`# via x`): edges.

use std::collections::BTreeMap;

use bomwright_model::{Code, Scope};

use super::{Need, Origin, Pin};
use crate::format::pep508::{Dependency, normalise};
use crate::lock::is_archive;
use crate::{FileView, Findings};

pub(super) fn read(file: &FileView<'_>, out: &mut Findings) -> Vec<Pin> {
    let text = crate::format::text(file, out);
    let mut pins: Vec<Pin> = Vec::new();
    // By the name of the package that needs it.
    let mut via: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut loose, mut is_via) = (0_usize, false);
    // Whether the last requirement is a pin, which remarks belong to.
    let mut is_pinned = false;
    for line in lines(&text) {
        let (code, comment) = parted(&line);
        if !code.is_empty() {
            is_via = false;
            let found = pin(code);
            is_pinned = found.is_some();
            loose += usize::from(!is_pinned && !code.starts_with('-'));
            pins.extend(found);
        }
        let remark = match comment.strip_prefix("via") {
            Some(rest) if rest.is_empty() || rest.starts_with(' ') => {
                is_via = true;
                rest.trim()
            }
            _ if is_via => comment,
            _ => continue,
        };
        for name in remark.split(',').map(str::trim).filter(|name| !name.is_empty() && !name.starts_with('-'))
        {
            // With extras it is still the same package; `x (pyproject.toml)` is none.
            let name = name.split('[').next().unwrap_or_default();
            if let Some(pin) = pins.last().filter(|_| is_pinned && !name.contains(' ')) {
                via.entry(normalise(name)).or_default().push(pin.name.clone());
            }
        }
    }
    if loose > 0 {
        out.note(file, Code::Assumed, format!("{loose} requirements without an exact version were left out"));
    }
    for pin in &mut pins {
        let needs = via.remove(&normalise(&pin.name)).unwrap_or_default();
        pin.needs = needs.iter().map(|name| Need::new(name, Scope::Runtime)).collect();
    }
    pins
}

/// The lines, those with a backslash at the end joined with the next.
fn lines(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        let (kept, continues) = match line.strip_suffix('\\') {
            Some(kept) => (kept, true),
            None => (line, false),
        };
        match all.last_mut().filter(|_| is_open) {
            Some(last) => last.push_str(kept),
            None => all.push(kept.to_owned()),
        }
        is_open = continues;
    }
    all
}

/// A line's requirement and its comment, which begins at its start or behind a blank.
fn parted(line: &str) -> (&str, &str) {
    let start = line.match_indices('#').map(|(at, _)| at).find(|at| {
        line.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace))
    });
    let (code, comment) = start.and_then(|at| line.split_at_checked(at)).unwrap_or((line, ""));
    (code.trim(), comment.trim_start_matches('#').trim())
}

fn pin(code: &str) -> Option<Pin> {
    let (code, options) = match code.find(" --") {
        Some(at) => code.split_at_checked(at)?,
        None => (code, ""),
    };
    let hashes = options.split_ascii_whitespace().filter_map(|option| option.strip_prefix("--hash="));
    let files = hashes.map(|hash| (String::new(), hash.to_owned())).collect();
    let editable = code.strip_prefix("-e ").or_else(|| code.strip_prefix("--editable "));
    let bare = editable.unwrap_or(code).trim();
    // An address may name its package behind the hash.
    if let Some((address, fragment)) = bare.split_once('#').filter(|(address, _)| address.contains("://")) {
        let name = fragment.split('&').find_map(|part| part.strip_prefix("egg="));
        if let Some(name) = name.filter(|_| !address.contains(" @ ")) {
            let name = name.split('[').next().unwrap_or_default().to_owned();
            return Some(Pin { name, origin: origin(address), files, ..Pin::default() });
        }
    }
    let dependency = Dependency::parse(bare)?;
    let wanted = dependency.wanted.trim();
    if let Some(address) = wanted.strip_prefix('@') {
        return Some(Pin { name: dependency.name, origin: origin(address.trim()), files, ..Pin::default() });
    }
    let version = wanted.strip_prefix("===").or_else(|| wanted.strip_prefix("=="))?.trim();
    let is_exact = !version.is_empty() && !version.contains(['*', ',', ' ']);
    is_exact.then(|| Pin { name: dependency.name, version: version.to_owned(), files, ..Pin::default() })
}

/// `git+https://forge.example/a.git@revision`, or the address of an archive or a directory.
fn origin(address: &str) -> Origin {
    let address = address.split('#').next().unwrap_or_default();
    if let Some((kind, rest)) = address.split_once('+').filter(|(kind, _)| kind.len() <= 3) {
        let (scheme, place) = rest.split_once("://").unwrap_or_default();
        // The first `@` may be of a user.
        let (host, path) = place.split_once('/').unwrap_or((place, ""));
        let (path, revision) = path.rsplit_once('@').unwrap_or((path, ""));
        return Origin::Repository(kind.to_owned(), format!("{scheme}://{host}/{path}"), revision.to_owned());
    }
    match address.strip_prefix("file://") {
        Some(path) if !is_archive(path) => Origin::Directory(path.to_owned()),
        _ => Origin::Archive(address.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pins_and_what_does_not() {
        // pip.pypa.io, "Requirements File Format", and PEP 440, "Version specifiers".
        for (line, version) in [
            ("a==1.0", Some("1.0")),
            ("a[x,y] == 1.0 ; python_version < \"3.9\"", Some("1.0")),
            ("a===1.0+local", Some("1.0+local")),
            ("a==1.*", None),
            ("a>=1", None),
            ("a==1,!=2", None),
            ("a", None),
            ("-r other.txt", None),
            ("./here", None),
        ] {
            assert_eq!(pin(line).map(|pin| pin.version).as_deref(), version, "{line}");
        }
        let address = pin("-e git+https://git@forge.example/a/b.git@v1#egg=b").unwrap();
        let place = "https://git@forge.example/a/b.git".to_owned();
        assert_eq!(address.origin, Origin::Repository("git".into(), place, "v1".into()));
        assert_eq!(pin("b @ https://packages.example/b-1.whl").unwrap().name, "b");
    }
}
