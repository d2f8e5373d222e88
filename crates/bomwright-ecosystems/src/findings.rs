//! What reading one file yields.

use bomwright_model::{
    Code, Diagnostic, Digest, Distribution, Evidence, File, License, Listed, Observation, Package, Scope,
    SignedHeader,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A claimed file, as the extractor shows it to an ecosystem.
#[derive(Debug, Clone, Copy)]
pub struct FileView<'a> {
    /// Path inside the image, without a leading slash.
    pub path: &'a str,
    /// The whole content.
    pub bytes: &'a [u8],
    /// Permission bits (07777).
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Seconds since 1970 when it was last changed; `None` where that is not known.
    pub mtime: Option<i64>,
    /// The SHA-256 of the content where it is known already; [`FileView::sha256`] gives it in any case.
    pub known_sha256: Option<[u8; 32]>,
    /// Whether readers fill [`Found::manifest`], [`Part::manifest`] and [`Findings::observations`], which only
    /// verifying needs and which take more memory than all the rest.
    pub manifests: bool,
    /// Whether licences are recognised by their texts, also of those inside of other files.
    pub license_texts: bool,
}

impl<'a> FileView<'a> {
    /// A view of `bytes` at `path` with mode 0644; for tests and for members of archives.
    pub fn new(path: &'a str, bytes: &'a [u8]) -> Self {
        Self {
            path,
            bytes,
            mode: 0o644,
            uid: 0,
            gid: 0,
            mtime: None,
            known_sha256: None,
            manifests: false,
            license_texts: false,
        }
    }

    /// The same view for a reader that is to keep what verifying files needs.
    #[must_use]
    pub fn with_manifests(mut self) -> Self {
        self.manifests = true;
        self
    }

    /// The same view for a reader that is to recognise licences by their texts.
    #[must_use]
    pub fn with_license_texts(mut self) -> Self {
        self.license_texts = true;
        self
    }

    /// The SHA-256 of the content.
    pub fn sha256(&self) -> Digest {
        let digest = self.known_sha256.unwrap_or_else(|| Sha256::digest(self.bytes).into());
        Digest::from_bytes("sha256", &digest)
    }

    /// The directory that the file lies in, `""` at the top.
    pub fn parent(&self) -> &'a str {
        self.path.rsplit_once('/').map_or("", |(parent, _)| parent)
    }

    /// The file's own name.
    pub fn name(&self) -> &'a str {
        self.path.rsplit_once('/').map_or(self.path, |(_, name)| name)
    }
}

/// Everything that one file told an ecosystem.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Packages.
    pub packages: Vec<Found>,
    /// More about packages that another file tells of.
    pub parts: Vec<Part>,
    /// Executables, libraries and scripts; only the `elf` and `script` ecosystems fill this.
    pub files: Vec<File>,
    /// The distribution; only the `os-release` ecosystem fills this.
    pub distribution: Option<Distribution>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
    /// What is neither a package nor a file of one and yet tells something about the image.
    pub observations: Vec<Observation>,
}

impl Findings {
    /// Notes something about `file`.
    pub fn note(&mut self, file: &FileView<'_>, code: Code, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(code, message).at(file.path));
    }

    /// Records something that was seen in `file`.
    pub fn observe(&mut self, file: &FileView<'_>, kind: &str, values: Vec<String>) {
        self.observations.push(Observation { kind: kind.to_owned(), path: file.path.to_owned(), values });
    }

    /// Whether nothing was found, not even a diagnostic.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
            && self.parts.is_empty()
            && self.files.is_empty()
            && self.distribution.is_none()
            && self.diagnostics.is_empty()
            && self.observations.is_empty()
    }
}

/// A package as one file tells of it, with what is needed to relate it to others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The package itself; its `evidence` is filled by [`Found::new`].
    pub package: Package,
    /// The name by which [`Part`]s of the same ecosystem mean this package: `bash:amd64`, a `.dist-info`
    /// directory, … Must be unique within the ecosystem and the image; empty where no part ever does.
    pub key: String,
    /// More names by which parts may mean it. Unlike keys they may be shared: a part that names an alias is
    /// meant for every package that has it, unless some package has it as its key. (dpkg records the licence
    /// of `libc6` once, for `libc6:amd64` and `libc6:i386`.)
    pub aliases: Vec<String>,
    /// What it needs.
    pub requires: Vec<Requirement>,
    /// Names under which others may require it, besides its own: virtual packages, `so:` and file
    /// capabilities, and what lock files call it ([`crate::lock::handle`]). The package's own name is understood.
    pub provides: Vec<String>,
    /// What a lock file says that it needs. Each names exactly one package, by the handle that the same lock
    /// file gives it, so that nothing is left to be resolved.
    pub locked: Vec<Requirement>,
    /// Paths that it claims as its own, without a leading slash. Directories may be among them.
    pub owns: Vec<String>,
    /// What the database states about its files; only where [`FileView::manifests`] is set. Not every path in
    /// it is in `owns`: files that were never installed are listed here alone.
    pub manifest: Vec<Listed>,
    /// The signed header of the package, where its database keeps one; only `rpm` does.
    pub signature: Option<SignedHeader>,
}

impl Found {
    /// A package read from `file` by `parser`, the ecosystem's name.
    pub fn new(mut package: Package, file: &FileView<'_>, parser: &str) -> Self {
        package.evidence.push(Evidence::new(file.path, parser));
        Self { package, ..Self::default() }
    }
}

/// More about a package that another file tells of: its file list, its licence, where it was installed from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The [`Found::key`] of the package that is meant, in the same ecosystem, else one of [`Found::aliases`].
    pub key: String,
    /// Paths that the package claims as its own, without a leading slash.
    pub owns: Vec<String>,
    /// What the database states about its files, as [`Found::manifest`].
    pub manifest: Vec<Listed>,
    /// What it needs.
    pub requires: Vec<Requirement>,
    /// Licence statements.
    pub licenses: Vec<License>,
    /// Digests of the package's archive.
    pub digests: Vec<Digest>,
    /// Properties to set on the package.
    pub properties: Vec<(String, String)>,
    /// More names under which others may require it.
    pub provides: Vec<String>,
    /// A better identity than the package's own file states.
    pub identity: Option<Identity>,
}

/// Who a package is by the word of another file than its own. Of several, the one that the package states
/// itself counts, else the first in their order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identity {
    /// As [`Package::namespace`].
    pub namespace: Option<String>,
    /// As [`Package::name`].
    pub name: String,
    /// As [`Package::version`].
    pub version: String,
    /// The file that says so.
    pub evidence: Evidence,
    /// The property, if any, by which the package's own file marks its word as a guess; it is taken away.
    pub settles: String,
}

/// Something that a package needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Requirement {
    /// As written, e.g. `libc6 (>= 2.34) | libc6-udeb`.
    pub text: String,
    /// The names of which any one suffices, the preferred one first, without versions.
    pub names: Vec<String>,
    /// When it is needed.
    pub scope: Scope,
}

impl Requirement {
    /// A run-time requirement of one name.
    pub fn new(text: impl Into<String>, name: impl Into<String>) -> Self {
        Self { text: text.into(), names: vec![name.into()], scope: Scope::Runtime }
    }

    /// The same requirement in another scope.
    #[must_use]
    pub fn in_scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }
}
