//! ELF programs, libraries and objects, whatever installed them.
//!
//! Files: all that begin with `\x7fELF`. Of each its headers are read (System V gABI) and its SHA-256 taken; a
//! `.note.package` ("Package Metadata for Executable Files", UAPI group) gives a package: the source package
//! that the file was built from. Where an OS package ships the file, that is the same thing said twice.
//!
//! Edges: `DT_NEEDED` and `PT_INTERP`, resolved much as ld.so(8) would: run path, then the directories of the
//! machine, then any listed library of that soname, for `ld.so.conf` is not read. They go from the owner of
//! the file, or from the file where nothing owns it, to the owner of the library or to the library. What an
//! unowned program needs in vain is an unresolved node.
//!
//! It can't see libraries that are loaded with `dlopen`, `LD_LIBRARY_PATH`, or run paths that a library
//! inherits from the program that loads it.

use std::collections::HashMap;

use bomwright_model::{
    Code, Digest, Distribution, EdgeKind, Evidence, File, FileId, FileKind, Node, Package, Purl,
    SourcePackage,
};

use sha2::{Digest as _, Sha512};

use crate::format;
use crate::{Claim, Ecosystem, Edges, FileView, Findings, Found, Installed};

const NAME: &str = "elf";

/// Longest packaging note that is parsed; real ones have about 200 bytes.
const LONGEST_NOTE: usize = 64 << 10;

/// The fields of the packaging note that are kept as properties, and the properties' names.
const NOTE_PROPERTIES: &[(&str, &str)] = &[
    ("type", "note-type"),
    ("os", "os"),
    ("osVersion", "os-version"),
    ("osCpe", "os-cpe"),
    ("appCpe", "cpe"),
    ("debugInfoUrl", "debug-info-url"),
];

/// See the module.
pub(crate) struct Elf;

impl Ecosystem for Elf {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "ELF programs and libraries, with what they link to and the package notes they carry"
    }

    fn claims(&self) -> &'static [Claim] {
        const { &[Claim::magic(b"\x7fELF").hashed()] }
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let headers = match format::elf::headers(file.bytes) {
            Ok(headers) => headers,
            Err(error) => {
                out.note(file, Code::MalformedFile, error.0);
                out.files.push(listed(file, FileKind::Object));
                return;
            }
        };
        if headers.truncated {
            out.note(file, Code::Truncated, "a segment or the section table ends beyond the file");
        }
        if headers.limited {
            out.note(file, Code::LimitExceeded, "too many needed libraries or run paths");
        }
        if let Some(note) = headers.package_note {
            read_note(note, file, out);
        }
        let interpreter = headers.interpreter;
        out.files.push(File { interpreter, elf: Some(headers.elf), ..listed(file, headers.kind) });
    }

    fn relate(&self, installed: &Installed<'_>, out: &mut Edges<'_>) {
        let mut linker = Linker::new(installed);
        for (id, file) in installed.files() {
            linker.link(id, file, out);
        }
        for (id, found) in installed.of(NAME) {
            for evidence in &found.package.evidence {
                if let Some((file, _)) = installed.file_at(&evidence.path) {
                    let from = installed.owner(&evidence.path).map_or(Node::File(file), Node::Package);
                    let words = "package note";
                    out.relate(from, Node::Package(id), EdgeKind::Contains, words, Some(evidence.clone()));
                }
            }
        }
    }

    /// A note names the source package, so the purl is a source package's of the type that the note names;
    /// `generic` where that is no purl type.
    fn purl(&self, package: &Package, distribution: Option<&Distribution>) -> Option<Purl> {
        let property = |key| package.properties.get(key).map(String::as_str);
        match property("note-type") {
            Some(kind @ ("deb" | "rpm" | "apk" | "alpm")) => {
                let named = property("os").map(|os| Distribution {
                    id: os.to_owned(),
                    version: property("os-version").map(str::to_owned),
                    ..Distribution::default()
                });
                let architecture = match kind {
                    "deb" => Some("source".to_owned()),
                    "rpm" => Some("src".to_owned()),
                    _ => package.architecture.clone(),
                };
                let source =
                    Package { architecture, ..Package::new(NAME, &*package.name, &*package.version) };
                format::distribution_purl(kind, kind, &source, named.as_ref().or(distribution))
            }
            _ => Purl::build("generic", None, &package.name, &package.version, &[], None).ok(),
        }
    }
}

/// `file` as an inventory lists it.
pub(crate) fn listed(file: &FileView<'_>, kind: FileKind) -> File {
    let mut digests = vec![file.sha256()];
    if is_deployed_by_hand(file.path) {
        digests.push(Digest::from_bytes("sha512", &Sha512::digest(file.bytes)));
    }
    File {
        size: u64::try_from(file.bytes.len()).unwrap_or(u64::MAX),
        mode: file.mode,
        uid: file.uid,
        gid: file.gid,
        modified: file.mtime,
        digests,
        ..File::new(file.path, kind)
    }
}

/// Directories that distributions fill; usr-merged or not.
const SYSTEM: &[&str] = &["bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec", "share"];
/// Directories whose files language packages own.
const PACKAGES: &[&str] = &["node_modules", "site-packages", "dist-packages", "gems"];

/// Whether a file at `path` is likely one that no package owns. BSI TR-03183-2 wants the SHA-512 of such, and taking it of every
/// file would cost more than all the rest.
fn is_deployed_by_hand(path: &str) -> bool {
    let below = path.strip_prefix("usr/").unwrap_or(path);
    let (first, _) = below.split_once('/').unwrap_or((below, ""));
    !SYSTEM.contains(&first) && !path.split('/').any(|part| PACKAGES.contains(&part))
}

fn read_note(note: &[u8], file: &FileView<'_>, out: &mut Findings) {
    // The JSON text is padded with NUL.
    let end = memchr::memchr(0, note).unwrap_or(note.len());
    let text = note.get(..end).filter(|text| text.len() <= LONGEST_NOTE).unwrap_or_default();
    let fields: serde_json::Map<String, serde_json::Value> = match serde_json::from_slice(text) {
        Ok(fields) => fields,
        Err(error) => {
            return out.note(
                file,
                Code::MalformedRecord,
                format!("the package note is no JSON object: {error}"),
            );
        }
    };
    let field = |name| fields.get(name).and_then(serde_json::Value::as_str).map(str::trim);
    let Some(name) = field("name").filter(|name| !name.is_empty()) else {
        return out.note(file, Code::MalformedRecord, "the package note names no package");
    };
    let mut package = Package::new(NAME, name, field("version").unwrap_or_default());
    package.source = Some(SourcePackage { name: name.to_owned(), version: package.version.clone() });
    package.architecture = field("architecture").filter(|it| !it.is_empty()).map(str::to_owned);
    for (name, property) in NOTE_PROPERTIES {
        package.set_property(property, field(name).unwrap_or_default());
    }
    out.packages.push(Found::new(package, file, NAME));
}

/// Resolves what ELF files need.
struct Linker<'i, 'a> {
    installed: &'i Installed<'a>,
    /// Whether libraries in `/usr/local` come first, as Debian's `ld.so.conf` has it.
    local_first: bool,
    /// The first library of a machine and soname.
    sonames: HashMap<(&'a str, &'a str), FileId>,
    /// What the directories of a machine hold under a name; so each is looked up once.
    found: HashMap<(&'a str, &'a str), Option<FileId>>,
}

impl<'i, 'a> Linker<'i, 'a> {
    fn new(installed: &'i Installed<'a>) -> Self {
        let mut sonames = HashMap::new();
        for (id, file) in installed.files().filter(|(_, file)| file.kind == FileKind::Library) {
            if let Some(elf) = &file.elf {
                let name = file.path.rsplit_once('/').map_or(file.path.as_str(), |(_, name)| name);
                let soname = elf.soname.as_deref().unwrap_or(name);
                sonames.entry((elf.machine.as_str(), soname)).or_insert(id);
            }
        }
        let local_first = installed.of("deb").next().is_some();
        Self { installed, local_first, sonames, found: HashMap::new() }
    }

    fn link(&mut self, id: FileId, file: &'a File, out: &mut Edges<'_>) {
        let Some(elf) = &file.elf else { return };
        let owner = self.installed.owner(&file.path);
        let from = owner.map_or(Node::File(id), Node::Package);
        let evidence = || {
            let evidence = Evidence::new(file.path.as_str(), NAME);
            Some(Evidence { layer: file.layer, ..evidence })
        };
        let needed: Vec<_> = file.interpreter.iter().chain(&elf.needed).collect();
        for name in needed {
            let to = match self.resolve(file, elf, name) {
                Some(library) => library,
                None if owner.is_none() && file.kind == FileKind::Executable => {
                    Node::Unresolved(NAME.to_owned(), name.clone())
                }
                None => continue,
            };
            out.relate(from.clone(), to, EdgeKind::Links, name, evidence());
        }
    }

    /// The owner of the library or interpreter `name` that `file` needs, else that file itself.
    fn resolve(&mut self, file: &'a File, elf: &'a bomwright_model::Elf, name: &'a str) -> Option<Node> {
        let machine = elf.machine.as_str();
        let id = if let Some(path) = name.strip_prefix('/') {
            self.at(path, machine)
        } else {
            let parent = file.path.rsplit_once('/').map_or("", |(parent, _)| parent);
            let mut directories = elf.runpath.iter().filter_map(|directory| expand(directory, parent));
            directories
                .find_map(|directory| self.at(&format!("{directory}/{name}"), machine))
                .or_else(|| self.by_default(machine, name))
        }?;
        let owner = self.installed.file(id).and_then(|file| self.installed.owner(&file.path));
        Some(owner.map_or(Node::File(id), Node::Package))
    }

    fn by_default(&mut self, machine: &'a str, name: &'a str) -> Option<FileId> {
        if let Some(known) = self.found.get(&(machine, name)) {
            return *known;
        }
        let triplet = triplet(machine);
        let system = [
            format!("lib/{triplet}"),
            format!("usr/lib/{triplet}"),
            "lib64".to_owned(),
            "usr/lib64".to_owned(),
            "lib".to_owned(),
            "usr/lib".to_owned(),
        ];
        let local =
            ["usr/local/lib".to_owned(), format!("usr/local/lib/{triplet}"), "usr/local/lib64".to_owned()];
        let (first, last) =
            if self.local_first { (&local[..], &system[..]) } else { (&system[..], &local[..]) };
        let found = first
            .iter()
            .chain(last)
            .find_map(|directory| self.at(&format!("{directory}/{name}"), machine))
            .or_else(|| self.sonames.get(&(machine, name)).copied());
        self.found.insert((machine, name), found);
        found
    }

    /// The ELF file of `machine` that `path` leads to.
    fn at(&self, path: &str, machine: &str) -> Option<FileId> {
        let path = self.installed.resolve(path)?;
        let (id, file) = self.installed.file_at(&path)?;
        file.elf.as_ref().filter(|elf| elf.machine == machine).map(|_| id)
    }
}

/// A directory of a run path with `$ORIGIN` put in and `..` taken out, without a leading slash; `None` when it
/// is relative or needs another variable.
fn expand(directory: &str, origin: &str) -> Option<String> {
    let rest = directory.strip_prefix("$ORIGIN").or_else(|| directory.strip_prefix("${ORIGIN}"));
    let path = match rest {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{origin}{rest}"),
        Some(_) => return None,
        None => directory.strip_prefix('/')?.to_owned(),
    };
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ if part.contains('$') => return None,
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The directory name of a machine in Debian's multiarch layout.
fn triplet(machine: &str) -> String {
    match machine {
        "x86" => "i386-linux-gnu".to_owned(),
        "x32" => "x86_64-linux-gnux32".to_owned(),
        "arm" => "arm-linux-gnueabihf".to_owned(),
        "ppc64le" => "powerpc64le-linux-gnu".to_owned(),
        "ppc64" => "powerpc64-linux-gnu".to_owned(),
        "mips64el" => "mips64el-linux-gnuabi64".to_owned(),
        other => format!("{other}-linux-gnu"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_paths_are_expanded_as_ld_so_does() {
        // ld.so(8), section "Rpath token expansion".
        assert_eq!(expand("$ORIGIN/../lib", "opt/app/bin").as_deref(), Some("opt/app/lib"));
        assert_eq!(expand("${ORIGIN}", "opt/app").as_deref(), Some("opt/app"));
        assert_eq!(expand("/opt//x/./y/", "bin").as_deref(), Some("opt/x/y"));
        assert_eq!(expand("$ORIGIN/../../../..", "a/b").as_deref(), Some(""));
        for other in ["lib", "$ORIGINAL/lib", "/opt/$LIB", "."] {
            assert_eq!(expand(other, "bin"), None, "{other}");
        }
    }
}
