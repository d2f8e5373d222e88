//! RPM: what the databases of rpm say is installed.
//!
//! **Files.** `rpmdb.sqlite` (SQLite, since rpm 4.16), `Packages.db` (NDB, SUSE) and `Packages` (Berkeley DB,
//! up to rpm 4.16), each below `var/lib/rpm`, `usr/lib/sysimage/rpm` or `usr/share/rpm`; which format it is
//! is told from the bytes. Azure Linux images without a database keep the text of an `rpm -qa` in
//! `var/lib/rpmmanifest/container-manifest-2`.
//!
//! **Formats.** modules [`sqlite`], [`ndb`], [`bdb`] and [`rpm_header`] of [`crate::format`].
//!
//! [`sqlite`]: crate::format::sqlite
//! [`ndb`]: crate::format::ndb
//! [`bdb`]: crate::format::bdb
//! [`rpm_header`]: crate::format::rpm_header
//!
//! **Edges.** Requires, Recommends and Suggests, rich ones included, to whichever package has or provides
//! the name; a path goes to the package that owns the file that it leads to.
//!
//! **Blind spots.** Changes in an `rpmdb.sqlite-wal` that were not checkpointed (reported). The public keys
//! that rpm lists as `gpg-pubkey` are no packages and are left out. Files that rpm knows it did not install
//! (excluded documentation, other colours) or that another package has replaced are not owned.
//!
//! **Signatures.** What a signature over a header covers is digested here ([`rpm_signature`]); whether the
//! signature is good takes keys, which `bomwright-trust` has. Public keys are observations of the kind
//! `openpgp-key` with the values name and armor: those in the database, and those in
//! `etc/pki/rpm-gpg` (Fedora, Red Hat) and `usr/lib/rpm/gnupg/keys` (SUSE).
//!
//! [`rpm_signature`]: crate::format::rpm_signature
//!
//! **Repositories.** What dnf, yum and zypper remember of where packages came from (`repository`).

mod keys;
mod relate;
mod repository;

use std::borrow::Cow;
use std::collections::BTreeMap;

use bomwright_model::{
    Code, Distribution, HeaderIntegrity, License, LinkKind, Listed, Package, Purl, Scope, SignedHeader,
    SourcePackage,
};

use crate::format::binary::{Fault, hex};
use crate::format::rpm_header::{Header, Tag};
use crate::format::{openpgp, rpm_database, rpm_dependency, rpm_signature};
use crate::{Claim, Ecosystem, Edges, FileView, Findings, Found, Installed, Requirement};

/// Packages of rpm.
#[derive(Debug, Clone, Copy)]
pub struct Rpm;

const NAME: &str = "rpm";
const MANIFEST: &str = "var/lib/rpmmanifest/container-manifest-2";

/// Databases of large installations take some hundred MiB.
const fn database(path: &'static str) -> Claim {
    Claim::path(path).up_to(1024)
}

impl Ecosystem for Rpm {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "rpm databases (SQLite, NDB, Berkeley DB) and Azure's manifest; \
         edges from Requires, Recommends and Suggests by name, capability and path"
    }

    fn claims(&self) -> &'static [Claim] {
        const CLAIMS: &[Claim] = &[
            database("var/lib/rpm/rpmdb.sqlite"),
            database("var/lib/rpm/rpmdb.sqlite-wal"),
            database("var/lib/rpm/Packages.db"),
            database("var/lib/rpm/Packages"),
            database("usr/lib/sysimage/rpm/rpmdb.sqlite"),
            database("usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
            database("usr/lib/sysimage/rpm/Packages.db"),
            database("usr/lib/sysimage/rpm/Packages"),
            database("usr/share/rpm/rpmdb.sqlite"),
            database("usr/share/rpm/rpmdb.sqlite-wal"),
            database("usr/share/rpm/Packages.db"),
            database("usr/share/rpm/Packages"),
            Claim::path("var/lib/dnf/history.sqlite").up_to(256),
            Claim::path("usr/lib/sysimage/dnf/history.sqlite").up_to(256),
            Claim::path("usr/lib/sysimage/libdnf5/nevras.toml"),
            Claim::path("var/log/zypp/history"),
            Claim::name("from_repo").up_to(1),
            Claim::path(MANIFEST),
            Claim::within("etc/pki/rpm-gpg", "").up_to(1),
            Claim::within("usr/lib/rpm/gnupg/keys", "").up_to(1),
        ];
        CLAIMS
    }

    fn is_system(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let mut reader = Reader::new(file, out);
        if file.name() == "container-manifest-2" {
            reader.manifest();
        } else if keys::DIRECTORIES.contains(&file.parent()) {
            keys::in_a_file(file, reader.out);
        } else if repository::is_record(file) {
            repository::read(file, reader.out);
        } else {
            reader.database();
        }
        reader.finish();
    }

    fn relate(&self, installed: &Installed<'_>, out: &mut Edges<'_>) {
        for (id, found) in installed.of(NAME) {
            for requirement in &found.requires {
                match relate::provider(installed, id, found, requirement) {
                    Some(provider) => out.depends(id, &found.package, provider, requirement),
                    None => out.unresolved(id, &found.package, requirement),
                }
            }
        }
    }

    /// The type `rpm` of the purl specification: the epoch is a qualifier, the namespace the vendor.
    fn purl(&self, package: &Package, distribution: Option<&Distribution>) -> Option<Purl> {
        let (epoch, version) = package.version.split_once(':').unwrap_or(("", &package.version));
        let distro = distribution.map(|it| match &it.version {
            Some(version) => format!("{}-{version}", it.id),
            None => it.id.clone(),
        });
        let qualifiers = [
            ("arch", package.architecture.as_deref().unwrap_or_default()),
            ("epoch", epoch),
            ("upstream", package.properties.get("source-rpm").map_or("", String::as_str)),
            ("distro", distro.as_deref().unwrap_or_default()),
        ];
        let vendor = package.namespace.as_deref().or_else(|| distribution.map(|it| vendor(&it.id)));
        Purl::build(NAME, vendor, &package.name, version, &qualifiers, None).ok()
    }
}

/// The namespace of a purl for packages of the distribution `id`: the names that the vendors use themselves.
fn vendor(id: &str) -> &str {
    match id {
        "rhel" => "redhat",
        _ if id.starts_with("opensuse") => "opensuse",
        _ if id.starts_with("sle") || id == "sl-micro" => "suse",
        _ => id,
    }
}

/// Reads one file and keeps count of what it has yielded.
struct Reader<'r> {
    file: &'r FileView<'r>,
    out: &'r mut Findings,
    /// How often each fault was met: a damaged database must not yield a diagnostic for each of its rows.
    faults: BTreeMap<Fault, usize>,
    packages_left: usize,
    /// Requirements, capabilities and paths that may still be read.
    items_left: usize,
    /// Altered headers that may still be told of one by one.
    altered_left: usize,
}

impl<'r> Reader<'r> {
    /// More packages than any distribution has are not read, nor more items than a full installation of one.
    fn new(file: &'r FileView<'r>, out: &'r mut Findings) -> Self {
        Self {
            file,
            out,
            faults: BTreeMap::new(),
            packages_left: 200_000,
            items_left: 4_000_000,
            altered_left: 20,
        }
    }

    fn fault(&mut self, fault: Fault) {
        *self.faults.entry(fault).or_default() += 1;
    }

    fn finish(self) {
        for (fault, count) in self.faults {
            let times = if count > 1 { format!(" ({count} times)") } else { String::new() };
            self.out.note(self.file, fault.code(), format!("{fault}{times}"));
        }
    }

    fn add(&mut self, found: Found) {
        match self.packages_left.checked_sub(1) {
            Some(left) => {
                self.packages_left = left;
                self.out.packages.push(found);
            }
            None => self.fault(Fault::Limit("the database has more packages than are read")),
        }
    }

    /// Whether one more requirement, capability or path may be kept.
    fn may_keep(&mut self) -> bool {
        let left = self.items_left.checked_sub(1);
        self.items_left = left.unwrap_or_default();
        if left.is_none() {
            self.fault(Fault::Limit("the database has more dependencies and files than are read"));
        }
        left.is_some()
    }

    /// A database in whichever format its first bytes show.
    fn database(&mut self) {
        let bytes = self.file.bytes;
        if bytes.is_empty() {
            // An empty file is an empty database for rpm, and an empty log is one without changes.
            return;
        }
        if self.file.name().ends_with("-wal") {
            return self.fault(Fault::Unsupported(
                "changes in a log that may not be written back to the database are not read",
            ));
        }
        match rpm_database::headers(bytes) {
            Ok(headers) => headers.for_each(|blob| self.record(blob)),
            Err(fault) => self.fault(fault),
        }
    }

    /// One package header.
    fn record(&mut self, blob: Result<Cow<'_, [u8]>, Fault>) {
        let read = blob.and_then(|blob| {
            let header = Header::parse(&blob)?;
            if header.is_damaged() {
                self.fault(Fault::Record("a tag of a package header breaks the format"));
            }
            let found = self.package(&header)?;
            Ok(found.map(|found| Found { signature: Some(self.signature(&blob, &header, &found)), ..found }))
        });
        match read {
            Ok(Some(found)) => self.add(found),
            Ok(None) => {}
            Err(fault) => self.fault(fault),
        }
    }

    /// The signed part of the header of `found`, which is told of where it was altered.
    fn signature(&mut self, blob: &[u8], header: &Header<'_>, found: &Found) -> SignedHeader {
        let signed = rpm_signature::signed_header(blob, header);
        if let HeaderIntegrity::Altered(how) = &signed.integrity {
            let left = self.altered_left.checked_sub(1);
            self.altered_left = left.unwrap_or_default();
            match left {
                Some(_) => {
                    let message = format!("the header of {} was altered: {how}", found.package.name);
                    self.out.note(self.file, Code::AlteredHeader, message);
                }
                None => self.fault(Fault::Record("more headers of packages were altered")),
            }
        }
        signed
    }

    /// What a header tells of its package; `None` for the key of a signer.
    fn package(&mut self, header: &Header<'_>) -> Result<Option<Found>, Fault> {
        let mut text = |tag| {
            let text = header.text(tag).unwrap_or(Cow::Borrowed(""));
            // Only a replacement makes the text another than the bytes of the header.
            if matches!(text, Cow::Owned(_)) {
                self.fault(Fault::Encoding("a package header is not UTF-8"));
            }
            text
        };
        let (name, version, release) = (text(Tag::NAME), text(Tag::VERSION), text(Tag::RELEASE));
        if name == "gpg-pubkey" {
            let label = format!("{name}-{version}-{release}");
            keys::imported(header, label, self.file, self.out);
            return Ok(None);
        }
        if name.is_empty() || version.is_empty() {
            return Err(Fault::Record("a package header has no name or no version"));
        }
        let epoch = header.number(Tag::EPOCH).unwrap_or_default();
        let mut package = Package::new(NAME, name, evr(epoch, &format!("{version}-{release}")));
        package.architecture = stated(&text(Tag::ARCH));
        package.description = stated(&text(Tag::SUMMARY));
        package.supplier = stated(&text(Tag::VENDOR));
        package.licenses.extend(stated(&text(Tag::LICENSE)).map(License::declared));
        package.add_link(LinkKind::Home, text(Tag::URL));
        package.size = header.number(Tag::LONGSIZE).or_else(|| header.number(Tag::SIZE));
        set_source(&mut package, &text(Tag::SOURCERPM));
        for (key, tag) in [
            ("packager", Tag::PACKAGER),
            ("distribution", Tag::DISTRIBUTION),
            ("build-host", Tag::BUILDHOST),
            ("module", Tag::MODULARITYLABEL),
            ("header-sha256", Tag::SHA256HEADER),
        ] {
            package.set_property(key, text(tag));
        }
        for (key, tag) in [("build-time", Tag::BUILDTIME), ("install-time", Tag::INSTALLTIME)] {
            package.set_property(key, header.number(tag).map(|time| time.to_string()).unwrap_or_default());
        }
        package.set_property("signature-md5", hex(header.bytes(Tag::SIGMD5).unwrap_or_default()));
        package.set_property("signature-key-id", signer(header).unwrap_or_default());
        let architecture = package.architecture.as_deref().unwrap_or_default();
        let key = repository::key(&package.name, &package.version, architecture);
        // yum leaves the epoch out.
        let bare = package.version.split_once(':').map_or(&*package.version, |(_, bare)| bare);
        let alias = repository::key(&package.name, bare, architecture);
        let mut found = Found::new(package, self.file, NAME);
        found.aliases.extend((alias != key).then_some(alias));
        found.key = key;
        found.requires = self.requires(header);
        found.provides = self.provides(header, &found.package.name);
        found.owns = self.owns(header);
        found.manifest = self.listed(header);
        Ok(Some(found))
    }

    /// Every dependency, sorted, each once.
    fn requires(&mut self, header: &Header<'_>) -> Vec<Requirement> {
        let mut requires = Vec::new();
        for (names, flags, versions, scope) in [
            (Tag::REQUIRENAME, Tag::REQUIREFLAGS, Tag::REQUIREVERSION, Scope::Runtime),
            (Tag::RECOMMENDNAME, Tag::RECOMMENDFLAGS, Tag::RECOMMENDVERSION, Scope::Optional),
            (Tag::SUGGESTNAME, Tag::SUGGESTFLAGS, Tag::SUGGESTVERSION, Scope::Optional),
        ] {
            let (mut flags, mut versions) = (header.numbers(flags), header.texts(versions));
            for name in header.texts(names).take_while(|_| self.may_keep()) {
                let (flags, version) =
                    (flags.next().unwrap_or_default(), versions.next().unwrap_or_default());
                requires.extend(rpm_dependency::requirements(&name, flags, &version, scope));
            }
        }
        requires.sort_unstable();
        requires.dedup();
        requires
    }

    /// Every capability but the package's own name, sorted, each once.
    fn provides(&mut self, header: &Header<'_>, own: &str) -> Vec<String> {
        let names = header.texts(Tag::PROVIDENAME).take_while(|_| self.may_keep());
        let mut provides: Vec<_> = names.filter(|name| name != own).map(Cow::into_owned).collect();
        provides.sort_unstable();
        provides.dedup();
        provides
    }

    /// The paths of the files that rpm has installed and not replaced since, without a leading slash.
    fn owns(&mut self, header: &Header<'_>) -> Vec<String> {
        let mut owns = Vec::new();
        for file in header.files() {
            match file {
                Ok(file) if file.is_installed() && !file.path.is_empty() => {
                    if !self.may_keep() {
                        break;
                    }
                    if file.path.contains(char::REPLACEMENT_CHARACTER) {
                        self.fault(Fault::Encoding("the path of a file is not UTF-8"));
                    }
                    owns.push(file.path);
                }
                Ok(_) => {}
                Err(fault) => self.fault(fault),
            }
        }
        owns
    }

    /// What the header states about its files, those that were not installed included; nothing in a plain scan.
    fn listed(&mut self, header: &Header<'_>) -> Vec<Listed> {
        let mut all = Vec::new();
        if self.file.manifests {
            // Faults were counted when the owned paths were read.
            for listed in header.listed().filter_map(Result::ok).filter(|it| !it.path.is_empty()) {
                if !self.may_keep() {
                    break;
                }
                all.push(listed);
            }
        }
        all
    }

    /// The lines of `container-manifest-2`: `rpm -qa` with the fields name, version-release, time of
    /// installation, time of build, vendor, epoch or `(none)`, size, architecture, epoch or 0, source.
    fn manifest(&mut self) {
        let text = String::from_utf8_lossy(self.file.bytes);
        if matches!(text, Cow::Owned(_)) {
            self.fault(Fault::Encoding("the manifest is not UTF-8"));
        }
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let fields: Vec<&str> = line.splitn(11, '\t').collect();
            let [name, version, installed, built, vendor, _, size, architecture, epoch, source] = fields[..]
            else {
                self.fault(Fault::Record("a line of the manifest has not ten fields"));
                continue;
            };
            if name == "gpg-pubkey" {
                continue;
            }
            let mut package = Package::new(NAME, name, evr(epoch.parse().unwrap_or_default(), version));
            package.architecture = stated(architecture);
            package.supplier = stated(vendor);
            package.size = size.parse().ok();
            package.set_property("install-time", installed);
            package.set_property("build-time", built);
            set_source(&mut package, source);
            self.add(Found::new(package, self.file, NAME));
        }
    }
}

/// `[epoch:]version-release`; an epoch of 0 is the same as none.
fn evr(epoch: u64, version: &str) -> String {
    if epoch == 0 { version.to_owned() } else { format!("{epoch}:{version}") }
}

/// The text, unless it is blank or what rpm prints for an absent tag.
fn stated(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty() && *text != "(none)").map(str::to_owned)
}

/// The source package, from the name of its file: `name-version-release.src.rpm`.
fn set_source(package: &mut Package, file: &str) {
    let Some(file) = stated(file) else { return };
    let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"));
    let parts = stem.and_then(|stem| {
        let (rest, release) = stem.rsplit_once('-')?;
        let (name, version) = rest.rsplit_once('-')?;
        Some(SourcePackage { name: name.to_owned(), version: format!("{version}-{release}") })
    });
    package.source = parts;
    package.set_property("source-rpm", file);
}

/// The id of the key that signed the header, else of the one that signed the whole package.
fn signer(header: &Header<'_>) -> Option<String> {
    [Tag::RSAHEADER, Tag::DSAHEADER, Tag::SIGPGP, Tag::SIGGPG]
        .into_iter()
        .find_map(|tag| openpgp::issuer(header.bytes(tag)?))
}
