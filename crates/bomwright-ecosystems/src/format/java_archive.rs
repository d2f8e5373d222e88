//! Java archives with all that is nested in them: `.jar`, `.war`, `.ear` and the like.
//!
//! Of every archive only the manifest, Maven's descriptors, the marks of libraries that have none and further
//! archives are read (JAR File Specification; Maven Archiver, "pom.properties content"), and licence files where
//! those are asked for. Limits hold for one file with everything inside.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bomwright_model::{Code, Diagnostic, Digest};

use super::jar_hash::JarHash;
use super::jar_identity::{Descriptor, Identity, own_descriptor};
use super::jar_manifest::Manifest;
use super::jar_marks::{self, Mark};
use super::jar_name::{ARCHIVES, JarName};
use super::jar_sieve::Sifted;
use super::license_file::{self, LicenseFile};
use super::pom::Pom;
use super::sparse::View;
use super::zip_archive::{Archive, Budget, Content, Unreadable};

const MIB: u64 = 1 << 20;
/// Archives within archives; an enterprise archive with web archives with libraries needs three.
pub const MAX_DEPTH: usize = 8;
/// Inflated bytes: of nested archives, of all descriptors, and of one descriptor.
const MAX_NESTED: u64 = 1024 * MIB;
const MAX_DESCRIPTORS: u64 = 64 * MIB;
const MAX_DESCRIPTOR: u64 = 4 * MIB;
/// The same of licence files.
const MAX_LICENSES: u64 = 64 * MIB;
/// Archives and shaded packages.
pub const MAX_PACKAGES: usize = 20_000;
/// Letters of what Java packages of any number of projects begin with.
const LONGEST_TOP: usize = 3;
const MANIFEST: &str = "META-INF/MANIFEST.MF";
/// Files in which Maven leaves the coordinates.
const DESCRIPTORS: [&str; 2] = ["pom.properties", "pom.xml"];

/// One archive.
#[derive(Debug, Clone, Default)]
pub struct Jar {
    /// Path of the file; for a nested archive its own path follows after `!/`.
    pub location: String,
    /// Who it is.
    pub identity: Identity,
    /// The descriptor of the archive itself.
    pub own: Option<Descriptor>,
    /// Descriptors of what was shaded into it.
    pub parts: Vec<Descriptor>,
    /// Its manifest; empty where there is none.
    pub manifest: Manifest,
    /// What the file name says after the version, e.g. `sources`; or empty.
    pub classifier: String,
    /// The licence files that are certain to be its own, or those of one of its parts.
    pub licenses: Vec<LicenseFile>,
    /// Whether further archives lie in it.
    pub has_nested: bool,
    /// SHA-1, by which repositories know artifacts, and SHA-256.
    pub digests: Vec<Digest>,
}

/// Reads the archive `bytes` at `path` and all that is nested in it, outer archives first, and says what
/// could not be read. Licence files are read where `license_texts` is.
pub fn read(path: &str, bytes: &[u8], license_texts: bool) -> (Vec<Jar>, Vec<Diagnostic>) {
    let mut walk = Walk { license_texts, ..Walk::default() };
    walk.archive(path, View::Whole(bytes), JarHash::of(bytes), 0);
    (walk.jars, walk.diagnostics)
}

/// The same for what is left of an archive that streamed by.
pub fn read_sifted(path: &str, archive: Sifted) -> (Vec<Jar>, Vec<Diagnostic>) {
    let license_texts = archive.license_texts;
    let mut walk = Walk { hashed: archive.nested, license_texts, ..Walk::default() };
    walk.archive(path, View::of(&archive.file), archive.digests, 0);
    (walk.jars, walk.diagnostics)
}

/// What a member is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// The manifest.
    Manifest,
    /// `pom.properties` or `pom.xml`, by its position in `DESCRIPTORS`.
    Descriptor(usize),
    /// A further archive.
    Nested,
    /// A file by which a library can be known.
    Mark(&'static Mark),
    /// A licence file.
    License,
}

/// What the member `name` is read for, if it is; licence files where `license_texts` is.
pub fn use_of(name: &str, license_texts: bool) -> Option<Use> {
    // Most members are classes, and every member of every archive passes here, twice where it streams by.
    if name.strip_suffix(".class").is_some() {
        return jar_marks::mark(name).map(Use::Mark);
    }
    if name.eq_ignore_ascii_case(MANIFEST) {
        return Some(Use::Manifest);
    }
    if let Some((directory, file)) = name.rsplit_once('/')
        && directory.starts_with("META-INF/maven/")
        && let Some(slot) = DESCRIPTORS.iter().position(|it| *it == file)
    {
        return Some(Use::Descriptor(slot));
    }
    if ARCHIVES.iter().any(|ending| name.ends_with(ending)) {
        return Some(Use::Nested);
    }
    if license_texts && license_file::is_own_license(name) {
        return Some(Use::License);
    }
    jar_marks::mark(name).map(Use::Mark)
}

struct Walk {
    jars: Vec<Jar>,
    diagnostics: Vec<Diagnostic>,
    /// How many more packages there may be.
    packages: usize,
    nested: Budget,
    descriptors: Budget,
    licenses: Budget,
    license_texts: bool,
    /// Digests of archives whose bytes are not all there, by the ranges of the file that they take.
    hashed: BTreeMap<(u64, u64), Vec<Digest>>,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            jars: Vec::new(),
            diagnostics: Vec::new(),
            packages: MAX_PACKAGES,
            nested: Budget(MAX_NESTED),
            descriptors: Budget(MAX_DESCRIPTORS),
            licenses: Budget(MAX_LICENSES),
            license_texts: false,
            hashed: BTreeMap::new(),
        }
    }
}

/// The members of an archive that matter, by their position.
#[derive(Default)]
struct Members {
    manifest: Option<usize>,
    /// `pom.properties` and `pom.xml` by their directory.
    descriptors: BTreeMap<String, [Option<usize>; 2]>,
    nested: Vec<(usize, String)>,
    licenses: Vec<(usize, String)>,
    marks: Vec<(usize, &'static Mark)>,
    /// The package, with dots, that holds all classes; empty where they have none in common.
    classes: String,
    has_classes: bool,
}

impl Walk {
    fn archive(&mut self, location: &str, view: View<'_>, digests: Vec<Digest>, depth: usize) {
        let mut archive = match Archive::open(view) {
            Ok(archive) => archive,
            Err(problem) => return self.note(location, problem),
        };
        let members = Members::of(&archive, self.license_texts);
        let manifest = members.manifest.and_then(|at| self.descriptor(&mut archive, at, location, MANIFEST));
        let manifest = manifest.map(|bytes| Manifest::parse(&bytes)).unwrap_or_default();
        let mut parts = self.read_descriptors(&mut archive, &members, location);
        let Some(left) = self.packages.checked_sub(1 + parts.len()) else {
            return self.limit(location, format!("more than {MAX_PACKAGES} packages in one file"));
        };
        self.packages = left;
        let name = JarName::parse(location);
        let own = own_descriptor(&parts, &name, &manifest).map(|index| parts.remove(index));
        let identity = Identity::of_archive(own.as_ref(), &name, &manifest, &members.classes);
        let marked = self.read_marks(&mut archive, &members, location, &identity, &parts);
        parts.extend(marked);
        let licenses = self.read_licenses(&mut archive, &members, location, own.as_ref(), &identity, &parts);
        self.jars.push(Jar {
            location: location.to_owned(),
            identity,
            own,
            parts,
            manifest,
            classifier: name.classifier.to_owned(),
            licenses,
            has_nested: !members.nested.is_empty(),
            digests,
        });
        for (index, member) in &members.nested {
            let place = format!("{location}!/{member}");
            if depth == MAX_DEPTH {
                return self.limit(&place, format!("archives are nested more than {MAX_DEPTH} deep"));
            }
            match archive.content(*index, MAX_NESTED, &mut self.nested) {
                Ok(Content::Stored(view)) => {
                    let digests = self.digests(view);
                    self.archive(&place, view, digests, depth + 1);
                }
                Ok(Content::Inflated(bytes)) => {
                    self.archive(&place, View::Whole(&bytes), JarHash::of(&bytes), depth + 1);
                }
                Err(problem) => self.note(&place, problem),
            }
        }
    }

    fn read_descriptors(
        &mut self,
        archive: &mut Archive<'_>,
        members: &Members,
        location: &str,
    ) -> Vec<Descriptor> {
        let mut descriptors = Vec::new();
        for (directory, [properties, pom]) in &members.descriptors {
            let mut descriptor = Descriptor::new(directory);
            if let Some(bytes) = properties.and_then(|at| self.descriptor(archive, at, location, directory)) {
                descriptor.read_properties(&bytes);
            }
            if let Some(bytes) = pom.and_then(|at| self.descriptor(archive, at, location, directory)) {
                match Pom::parse(&bytes) {
                    Ok(pom) => descriptor.pom = Some(pom),
                    Err(message) => {
                        let place = format!("{location}!/{directory}/pom.xml");
                        self.note(&place, Unreadable { code: Code::MalformedRecord, message });
                    }
                }
            }
            descriptors.push(descriptor);
        }
        descriptors
    }

    /// The libraries that only a mark tells of: neither the archive itself nor one with a descriptor.
    fn read_marks(
        &mut self,
        archive: &mut Archive<'_>,
        members: &Members,
        location: &str,
        own: &Identity,
        parts: &[Descriptor],
    ) -> Vec<Descriptor> {
        let mut found = Vec::new();
        for &(at, mark) in &members.marks {
            if mark.is_all(&members.classes) || mark.means(own) || parts.iter().any(|it| mark.is_of(it)) {
                continue;
            }
            let bytes = self.descriptor(archive, at, location, mark.member);
            found.extend(bytes.map(|bytes| mark.descriptor(&bytes)));
        }
        found
    }

    /// The licence files of the one package that the archive is, and those that lie beside a descriptor. Where several
    /// packages were made one archive, nobody knows whose the others are.
    fn read_licenses(
        &mut self,
        archive: &mut Archive<'_>,
        members: &Members,
        location: &str,
        own: Option<&Descriptor>,
        identity: &Identity,
        parts: &[Descriptor],
    ) -> Vec<LicenseFile> {
        let is_one = own.is_some() || (!identity.version.is_empty() && !members.is_mixed());
        let mut found = Vec::new();
        for (at, member) in &members.licenses {
            let directory = member.rsplit_once('/').map_or("", |(directory, _)| directory);
            let is_whose = if directory.contains('/') {
                own.into_iter().chain(parts).any(|it| it.directory == directory)
            } else {
                is_one && parts.is_empty()
            };
            if !is_whose {
                continue;
            }
            match archive.read(*at, license_file::LONGEST as u64, &mut self.licenses) {
                Ok(bytes) => found.extend(LicenseFile::read(format!("{location}!/{member}"), &bytes)),
                // Longer files hold more than a licence.
                Err(problem) if problem.code == Code::LimitExceeded && self.licenses.0 > 0 => {}
                Err(problem) => self.note(&format!("{location}!/{member}"), problem),
            }
        }
        found
    }

    fn digests(&self, view: View<'_>) -> Vec<Digest> {
        let known = match view {
            View::Part(_, start, end) => self.hashed.get(&(start, end)).cloned(),
            View::Whole(_) => None,
        };
        known.or_else(|| view.bytes().map(JarHash::of)).unwrap_or_default()
    }

    fn descriptor<'a>(
        &mut self,
        archive: &mut Archive<'a>,
        index: usize,
        location: &str,
        member: &str,
    ) -> Option<Cow<'a, [u8]>> {
        match archive.read(index, MAX_DESCRIPTOR, &mut self.descriptors) {
            Ok(bytes) => Some(bytes),
            Err(problem) => {
                self.note(&format!("{location}!/{member}"), problem);
                None
            }
        }
    }

    fn limit(&mut self, place: &str, message: String) {
        self.note(place, Unreadable { code: Code::LimitExceeded, message });
    }

    fn note(&mut self, place: &str, problem: Unreadable) {
        self.diagnostics.push(Diagnostic::new(problem.code, problem.message).at(place));
    }
}

impl Members {
    /// Whether the classes are of packages that have no more in common than `org` or `com`.
    fn is_mixed(&self) -> bool {
        self.has_classes && !self.classes.contains('.') && self.classes.len() <= LONGEST_TOP
    }

    fn of(archive: &Archive<'_>, license_texts: bool) -> Self {
        let mut members = Self::default();
        let mut classes: Option<String> = None;
        for (index, name) in archive.members() {
            match use_of(&name, license_texts) {
                Some(Use::Manifest) => members.manifest = Some(index),
                Some(Use::Descriptor(slot)) => {
                    let directory = name.rsplit_once('/').map_or("", |(directory, _)| directory);
                    let slots = members.descriptors.entry(directory.to_owned()).or_default();
                    if let Some(slot) = slots.get_mut(slot) {
                        *slot = Some(index);
                    }
                }
                Some(Use::Nested) => {
                    members.nested.push((index, name.into_owned()));
                    continue;
                }
                Some(Use::License) => members.licenses.push((index, name.to_string())),
                Some(Use::Mark(mark)) => members.marks.push((index, mark)),
                None => {}
            }
            if let Some((package, _)) = class_of(&name) {
                match &mut classes {
                    Some(common) => keep_common(common, package),
                    None => classes = Some(package.to_owned()),
                }
            }
        }
        members.has_classes = classes.is_some();
        members.classes = classes.unwrap_or_default().replace('/', ".");
        members
    }
}

/// The package, with slashes, and the name of the class in the member `name`. Classes of packed applications
/// and those for newer versions of Java lie below `BOOT-INF` and the like; they are left out.
fn class_of(name: &str) -> Option<(&str, &str)> {
    name.strip_suffix(".class")?.rsplit_once('/').filter(|(package, _)| !package.contains("-INF"))
}

/// Cuts the package `common` to what it has in common with `package`.
fn keep_common(common: &mut String, package: &str) {
    let same = common.split('/').zip(package.split('/')).take_while(|(a, b)| a == b);
    let length = same.map(|(part, _)| part.len() + 1).sum::<usize>().saturating_sub(1);
    common.truncate(length);
}
