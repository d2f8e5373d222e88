//! Debian packages as dpkg records them.
//!
//! | file | what is read |
//! |---|---|
//! | `var/lib/dpkg/status` | installed packages and their relations (deb822(5), dpkg(1), Debian Policy 7) |
//! | `var/lib/dpkg/status.d/NAME` | the same for images built without dpkg, one package a file |
//! | `var/lib/dpkg/status.d/NAME.md5sums` | which files those packages own |
//! | `var/lib/dpkg/info/NAME[:ARCH].list` | which files a package owns |
//! | `var/lib/dpkg/info/NAME[:ARCH].md5sums` | their digests (deb-md5sums(5)); only for manifests |
//! | `var/lib/dpkg/{diversions,statoverride}`, `var/lib/dpkg/alternatives/NAME` | observations; only with manifests |
//! | `var/lib/dpkg/info/NAME[:ARCH].postinst`, … | the package's own maintainer scripts (Debian Policy 6.1) |
//! | `usr/share/doc/NAME/copyright` | licences (copyright-format 1.0, with the texts of own names where those are asked for; else pointers to common licences) |
//!
//! Edges: `Depends` and `Pre-Depends` at run time, `Recommends` and `Suggests` as optional, through virtual
//! packages too. An edge goes to the first alternative that is installed; versions are not compared. The root
//! holds what is `Essential`: every system must have it, so no package states that it needs it (Policy 3.8).
//!
//! It can't see diverted files under their new names: they are owned as their packages name them.
//!
//! Observations, with paths that have no leading slash:
//!
//! | kind | values |
//! |---|---|
//! | `dpkg-diversion` | the path, the path that it is diverted to, the package that diverts it (`:` when the administrator does) |
//! | `dpkg-statoverride` | user, group, mode in octal digits, path (dpkg-statoverride(1)) |
//! | `dpkg-alternative` | name below `etc/alternatives`, link, `auto` or `manual`, then the paths that it may lead to (update-alternatives(1)) |

use bomwright_model::{
    Checksum, Code, Distribution, EdgeKind, FileFlags, License, Listed, Node, Package, PackageId, Purl,
};

use crate::format::{self, control, copyright, copyright_texts};
use crate::{Claim, Ecosystem, Edges, FileView, Findings, Installed, Part};

mod observations;

/// Longer copyright files are not kept as the text of a licence.
const LONGEST_TEXT: usize = 32 << 10;

const NAME: &str = "deb";
const STATUS: &str = "var/lib/dpkg/status";
const STATUS_D: &str = "var/lib/dpkg/status.d";
const INFO: &str = "var/lib/dpkg/info";
const DIVERSIONS: &str = "var/lib/dpkg/diversions";
const STATOVERRIDE: &str = "var/lib/dpkg/statoverride";
const ALTERNATIVES: &str = "var/lib/dpkg/alternatives";
const DOC: &str = "usr/share/doc";

/// See the module.
pub(crate) struct Deb;

impl Ecosystem for Deb {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "Debian packages from dpkg's database, with their files, licences and the relations they state"
    }

    fn claims(&self) -> &'static [Claim] {
        const {
            &[
                Claim::path(STATUS).up_to(256),
                Claim::within(STATUS_D, ""),
                Claim::within(INFO, ".list").up_to(64),
                Claim::within(INFO, ".md5sums").up_to(64),
                Claim::within(INFO, ".config"),
                Claim::within(INFO, ".postinst"),
                Claim::within(INFO, ".postrm"),
                Claim::within(INFO, ".preinst"),
                Claim::within(INFO, ".prerm"),
                Claim::path(DIVERSIONS),
                Claim::path(STATOVERRIDE),
                Claim::within(ALTERNATIVES, ""),
                Claim::name("copyright").up_to(4),
            ]
        }
    }

    fn is_system(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        match (file.parent(), file.name()) {
            (INFO, name) => match name.rsplit_once('.') {
                Some((key, "list")) => read_list(key, file, out),
                Some((key, "md5sums")) if file.manifests => read_md5sums(key, file, out),
                Some((_, "md5sums")) | None => {}
                Some((key, _)) => own_script(key, file, out),
            },
            (STATUS_D, name) => match name.strip_suffix(".md5sums") {
                Some(package) => read_md5sums(package, file, out),
                None => read_database(file, out),
            },
            (ALTERNATIVES, _) => observations::alternative(file, out),
            _ if file.path == DIVERSIONS => observations::diversions(file, out),
            _ if file.path == STATOVERRIDE => observations::overrides(file, out),
            (_, "copyright") => read_copyright(file, out),
            _ => read_database(file, out),
        }
    }

    fn relate(&self, installed: &Installed<'_>, out: &mut Edges<'_>) {
        installed.relate_by_name(NAME, out);
        for (id, found) in installed.of(NAME) {
            if found.package.properties.get("essential").is_some_and(|value| value == "yes") {
                let evidence = found.package.evidence.first().cloned();
                out.relate(Node::Root, Node::Package(id), EdgeKind::Holds, "Essential: yes", evidence);
            }
        }
    }

    /// Debian Policy 12.5 lets a package's directory of documents be a link to that of another package from
    /// the same source, whose copyright file then speaks for both.
    fn licenses(&self, installed: &Installed<'_>) -> Vec<(PackageId, License)> {
        let mut all = Vec::new();
        for (id, found) in installed.of(NAME).filter(|(_, found)| found.package.licenses.is_empty()) {
            let path = installed.resolve(&format!("{DOC}/{}/copyright", found.package.name));
            let Some(path) = path else { continue };
            let Some(package) = documented(&path) else { continue };
            let others = installed.providers(NAME, package).iter().filter_map(|id| installed.package(*id));
            let other = others.into_iter().find(|it| it.name == package);
            let licenses = other.into_iter().flat_map(|it| &it.licenses);
            let licenses = licenses.filter(|license| license.path.as_ref() == Some(&path));
            all.extend(licenses.map(|license| (id, license.clone())));
        }
        all
    }

    fn purl(&self, package: &Package, distribution: Option<&Distribution>) -> Option<Purl> {
        format::distribution_purl(NAME, "debian", package, distribution)
    }
}

fn read_database(file: &FileView<'_>, out: &mut Findings) {
    control::read_packages(file, out, NAME, file.path == STATUS, |stanza, found| {
        let package = &mut found.package;
        package.source = Some(control::source(stanza.get("Source"), package));
        package.size = installed_size(stanza.get("Installed-Size"));
        let architecture = package.architecture.as_deref().unwrap_or_default();
        found.key = format!("{}:{architecture}", package.name);
        found.aliases = vec![package.name.clone()];
        if file.manifests {
            found.manifest = conffiles(stanza.get("Conffiles").unwrap_or_default());
        }
    });
}

/// The field `Conffiles`: path, MD5 (or `newconffile` before there is one) and words about it, one a line.
fn conffiles(field: &str) -> Vec<Listed> {
    let mut all = Vec::new();
    for line in field.lines() {
        // The path may have blanks; the digest and the words behind it have none.
        let words: Vec<_> = line.trim().split(' ').collect();
        let digest = words.iter().rposition(|it| *it == "newconffile" || Checksum::from_hex(it).is_some());
        let Some((path, [digest, words @ ..])) = digest.and_then(|at| words.split_at_checked(at)) else {
            continue;
        };
        let Some(path) = control::owned(&path.join(" ")) else { continue };
        let mut listed = Listed::new(path).with_digest(Checksum::from_hex(digest));
        listed.flags = FileFlags::CONFIG;
        for word in [digest].into_iter().chain(words) {
            listed.flags = listed.flags.with(match *word {
                "newconffile" => FileFlags::NEW_CONFFILE,
                "obsolete" => FileFlags::OBSOLETE,
                "remove-on-upgrade" => FileFlags::REMOVE_ON_UPGRADE,
                _ => FileFlags::NONE,
            });
        }
        all.push(listed);
    }
    all
}

/// `Installed-Size` counts KiB (Debian Policy 5.6.20).
fn installed_size(field: Option<&str>) -> Option<u64> {
    field?.parse::<u64>().ok()?.checked_mul(1024)
}

fn read_list(key: &str, file: &FileView<'_>, out: &mut Findings) {
    let text = format::text(file, out);
    let owns = text.lines().filter_map(control::owned).collect();
    out.parts.push(Part { key: key.to_owned(), owns, ..Part::default() });
}

/// A maintainer script is the package's own, though its list of files does not name it.
fn own_script(key: &str, file: &FileView<'_>, out: &mut Findings) {
    out.parts.push(Part { key: key.to_owned(), owns: vec![file.path.to_owned()], ..Part::default() });
}

/// Digests of files. Where dpkg's own list of files is missing, they also say which there are.
fn read_md5sums(package: &str, file: &FileView<'_>, out: &mut Findings) {
    let text = format::text(file, out);
    let mut skipped = format::Skipped::default();
    let (mut owns, mut manifest) = (Vec::new(), Vec::new());
    for (line, number) in text.lines().zip(1..) {
        // md5sum(1): 32 digits, a blank, a blank or an asterisk, the path.
        match line.split_once(' ') {
            Some((digest, path)) if digest.len() == 32 => {
                let path = control::owned(path.trim_start_matches([' ', '*']));
                if manifest.len() == format::MOST_LISTED {
                    out.note(file, Code::LimitExceeded, "the list of digests is longer than is read");
                    break;
                }
                if file.manifests {
                    let listed = path.clone().map(Listed::new);
                    manifest.extend(listed.map(|it| it.with_digest(Checksum::from_hex(digest))));
                }
                owns.extend(path);
            }
            _ if skipped.is_full() => break,
            _ => skipped.add(file, out, format!("line {number} is not 'digest  path'")),
        }
    }
    if file.parent() == INFO {
        owns.clear();
    }
    out.parts.push(Part { key: package.to_owned(), owns, manifest, ..Part::default() });
}

fn read_copyright(file: &FileView<'_>, out: &mut Findings) {
    let Some(package) = documented(file.path) else { return };
    let text = format::text(file, out);
    let mut licenses: Vec<License> = Vec::new();
    if file.license_texts {
        licenses.extend(copyright_texts::licenses(&text, file.path));
    }
    if licenses.is_empty() {
        let named = copyright::licenses(&text).into_iter();
        licenses.extend(named.map(|license| License::found(license, file.path)));
    }
    // Prose that points to nothing is the licence itself.
    let whole = text.trim();
    let is_short = whole.len() <= LONGEST_TEXT && !whole.is_empty();
    if licenses.is_empty() && is_short && !copyright::is_machine_readable(whole) {
        licenses.push(License::found(whole, file.path));
    }
    if !licenses.is_empty() {
        out.parts.push(Part { key: package.to_owned(), licenses, ..Part::default() });
    }
}

/// The package whose copyright file `path` is.
fn documented(path: &str) -> Option<&str> {
    let package = path.strip_prefix(DOC)?.strip_prefix('/')?.strip_suffix("/copyright")?;
    (!package.contains('/')).then_some(package)
}
