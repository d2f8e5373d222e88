//! What a stanza of a Debian control file says about a binary package (Debian Policy, chapters 5 and 7;
//! deb-control(5)). dpkg and opkg databases share it.

use bomwright_model::{Code, License, LinkKind, Package, Scope, SourcePackage};

use crate::format::deb822::{Stanza, stanzas};
use crate::format::{Skipped, text};
use crate::{FileView, Findings, Found, Requirement};

/// Fields kept as properties under their lower-case names.
const PROPERTIES: &[&str] = &[
    "Section",
    "Priority",
    "Essential",
    "Protected",
    "Important",
    "Multi-Arch",
    "Origin",
    "Vendor",
    "Build-Ids",
    "Built-Using",
    "Static-Built-Using",
];

/// Reads the packages of `file` whose files are there, each completed by `complete`.
///
/// In a database (`is_database`) a record without `Status` is malformed; a lone control file has none, and
/// that it is there means that its package is.
pub(crate) fn read_packages(
    file: &FileView<'_>,
    out: &mut Findings,
    ecosystem: &str,
    is_database: bool,
    complete: impl Fn(&Stanza<'_>, &mut Found),
) {
    let text = text(file, out);
    if is_database && !text.is_empty() && !text.ends_with('\n') {
        out.note(file, Code::Truncated, "the last line has no end");
    }
    let mut skipped = Skipped::default();
    for stanza in stanzas(&text) {
        let present = stanza.get("Status").map_or(!is_database, is_present);
        if stanza.has("Status") && !present {
            continue;
        }
        if let Some(mut found) = found(&stanza, file, ecosystem).filter(|_| present) {
            complete(&stanza, &mut found);
            out.packages.push(found);
        } else {
            let message = "lacks its Package, Version or Status";
            skipped.add(file, out, format!("the record at line {} {message}", stanza.line));
        }
        if let Some(line) = stanza.malformed {
            skipped.add(file, out, format!("line {line} is neither a field nor a continuation"));
        }
        if skipped.is_full() {
            break;
        }
    }
}

/// The package that `stanza` describes, without what dpkg and opkg disagree on: source, size and key.
/// `None` when it has no name or no version.
fn found(stanza: &Stanza<'_>, file: &FileView<'_>, ecosystem: &str) -> Option<Found> {
    let mut package = Package::new(ecosystem, stanza.get("Package")?, stanza.get("Version")?);
    package.architecture = stanza.get("Architecture").map(str::to_owned);
    package.supplier = stanza.get("Maintainer").map(str::to_owned);
    package.originator = stanza.get("Original-Maintainer").map(str::to_owned);
    package.description =
        stanza.get("Description").and_then(|text| text.lines().next()).map(|line| line.trim().to_owned());
    // Not a field of Debian's: opkg and makers of third-party packages write it.
    package.licenses.extend(stanza.first_line("License").map(License::declared));
    package.add_link(LinkKind::Home, stanza.get("Homepage").unwrap_or_default());
    package.add_link(LinkKind::Issues, stanza.get("Bugs").unwrap_or_default());
    for field in PROPERTIES {
        package.set_property(&field.to_ascii_lowercase(), stanza.get(field).unwrap_or_default());
    }
    if let Some(status) = stanza.get("Status").filter(|status| *status != "install ok installed") {
        package.set_property("status", status);
    }
    let conffiles = stanza.get("Conffiles").unwrap_or_default();
    let lines: Vec<_> = conffiles.lines().map(str::trim).collect();
    package.set_property("conffiles", lines.join(", "));

    let mut found = Found::new(package, file, ecosystem);
    for (field, scope) in [
        ("Pre-Depends", Scope::Runtime),
        ("Depends", Scope::Runtime),
        ("Recommends", Scope::Optional),
        ("Suggests", Scope::Optional),
    ] {
        found.requires.extend(requirements(stanza.get(field).unwrap_or_default(), scope));
    }
    let provides = stanza.get("Provides").unwrap_or_default();
    found.provides =
        provides.split(',').map(name).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    found.owns = lines.iter().filter_map(|line| line.split(' ').next()).filter_map(owned).collect();
    Some(found)
}

/// Whether the third word of a `Status` field means that files of the package are there. Packages that are
/// only half there (`unpacked`, `half-configured`, `triggers-pending`, …) count.
fn is_present(status: &str) -> bool {
    match status.split_ascii_whitespace().nth(2) {
        None | Some("not-installed" | "config-files") => false,
        Some(_) => true,
    }
}

/// The source package, from `name` or `name (version)`; what is left out is the binary package's own.
pub(crate) fn source(field: Option<&str>, package: &Package) -> SourcePackage {
    let field = field.unwrap_or(&package.name);
    let (name, version) = field.split_once('(').unwrap_or((field, ""));
    let version = version.trim().trim_end_matches(')').trim();
    let version = if version.is_empty() { &package.version } else { version };
    SourcePackage { name: name.trim().to_owned(), version: version.to_owned() }
}

/// A path of a package's file list as an inventory writes it; `None` for the root itself.
pub(crate) fn owned(path: &str) -> Option<String> {
    let path = path.strip_prefix("./").unwrap_or(path).trim_matches('/');
    (!path.is_empty() && path != ".").then(|| path.to_owned())
}

/// The requirements of a relationship field: comma for "and", bar for "or" (Debian Policy 7.1).
fn requirements(field: &str, scope: Scope) -> impl Iterator<Item = Requirement> {
    field.split(',').filter_map(move |words| {
        let text = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let names: Vec<_> = text.split('|').map(name).filter(|n| !n.is_empty()).map(str::to_owned).collect();
        (!names.is_empty()).then_some(Requirement { text, names, scope })
    })
}

/// The name of one alternative: without version, architecture qualifier and restrictions.
fn name(alternative: &str) -> &str {
    let alternative = alternative.trim();
    let end = alternative.find(|c: char| c.is_whitespace() || "(:[<".contains(c));
    alternative.get(..end.unwrap_or(alternative.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relationship_fields() {
        // The syntax of Debian Policy 7.1, taken apart by hand.
        let all: Vec<_> = requirements(
            "libc6 (>= 2.36), perl:any | perl5,\n debconf (>= 0.5)  | debconf-2.0,",
            Scope::Runtime,
        )
        .collect();
        let texts: Vec<_> = all.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(texts, ["libc6 (>= 2.36)", "perl:any | perl5", "debconf (>= 0.5) | debconf-2.0"]);
        let names: Vec<_> = all.iter().flat_map(|it| &it.names).collect();
        assert_eq!(names, ["libc6", "perl", "perl5", "debconf", "debconf-2.0"]);
    }

    #[test]
    fn states_in_which_files_are_there() {
        // The package states of dpkg(1).
        for status in ["install ok installed", "hold ok installed", "install reinstreq half-installed"] {
            assert!(is_present(status), "{status}");
        }
        for status in ["deinstall ok config-files", "purge ok not-installed", "install ok", ""] {
            assert!(!is_present(status), "{status}");
        }
    }

    #[test]
    fn sources() {
        let package = Package::new("deb", "libc6", "2.36-9+deb12u10");
        let of = |field| {
            let SourcePackage { name, version } = source(field, &package);
            format!("{name} {version}")
        };
        assert_eq!(of(None), "libc6 2.36-9+deb12u10");
        assert_eq!(of(Some("glibc")), "glibc 2.36-9+deb12u10");
        assert_eq!(of(Some("bash (5.2.15-2)")), "bash 5.2.15-2");
    }
}
