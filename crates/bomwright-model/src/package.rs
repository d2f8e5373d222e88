//! A package, whatever its ecosystem.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Digest, Evidence, LayerId, License, PackageId as Id, Purl, Verdict};

/// Index of a package in [`crate::Inventory::packages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PackageId(pub u32);

/// An installed package, or a part of one that has a name of its own (a nested jar, a Go module in a binary).
///
/// Its identity is `(ecosystem, namespace, name)`; version, architecture and location are attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Name of the ecosystem that read it: the purl type where one exists, e.g. `deb`.
    pub ecosystem: String,
    /// Namespace as the purl type defines it (`@scope` of npm, group of Maven, distribution of deb).
    pub namespace: Option<String>,
    /// Name as the ecosystem writes it.
    pub name: String,
    /// Version as the ecosystem writes it, epoch included; empty when nothing states one.
    pub version: String,
    /// Architecture as the ecosystem writes it, e.g. `amd64`, `noarch`.
    pub architecture: Option<String>,
    /// What it is.
    pub kind: PackageKind,
    /// The canonical purl; `None` where the ecosystem has no purl type or the name makes no valid one.
    pub purl: Option<Purl>,
    /// Where it is installed when that is part of what it is: a directory or an archive, without a leading
    /// slash; a path inside an archive follows after `!/`.
    pub location: Option<String>,
    /// The source package that it was built from.
    pub source: Option<SourcePackage>,
    /// Who supplies it: maintainer, vendor or author, as written.
    pub supplier: Option<String>,
    /// Who wrote it first, as written.
    pub originator: Option<String>,
    /// One line about it.
    pub description: Option<String>,
    /// Licence statements, sorted.
    pub licenses: Vec<License>,
    /// Copyright lines.
    pub copyright: Option<String>,
    /// Digests of the package's archive or file where the evidence holds them, sorted.
    pub digests: Vec<Digest>,
    /// Home page, repository, download location, sorted.
    pub links: Vec<Link>,
    /// Bytes when installed, where stated.
    pub size: Option<u64>,
    /// Everything else that the evidence states and an origin rule or a reader may want; keys are
    /// `kebab-case`, values as written.
    pub properties: BTreeMap<String, String>,
    /// Where it was read, the strongest first. Never empty for a scanned image.
    pub evidence: Vec<Evidence>,
    /// The layer since which a package of this name has been there, in whatever version.
    pub introduced: Option<LayerId>,
    /// The layer since which it has been there in this version.
    pub changed: Option<LayerId>,
    /// The OS package that ships this one, so that it is not counted twice.
    pub shipped_by: Option<Id>,
    /// Where it came from.
    pub origin: Option<Verdict>,
}

impl Package {
    /// The property that names who supplies the package where its metadata have no field for that: concluded from what else
    /// they say, `name` or `name <address>`.
    pub const SUPPLIER_CONCLUDED: &'static str = "supplier-concluded";

    /// The property that says from what [`Self::SUPPLIER_CONCLUDED`] was concluded.
    pub const SUPPLIER_FROM: &'static str = "supplier-concluded-from";

    /// Who supplies it: as stated, else as concluded.
    pub fn any_supplier(&self) -> Option<&str> {
        self.supplier.as_deref().or_else(|| Some(self.properties.get(Self::SUPPLIER_CONCLUDED)?.as_str()))
    }

    /// A package with its identity and version; everything else is empty.
    pub fn new(ecosystem: &str, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            ecosystem: ecosystem.to_owned(),
            name: name.into(),
            version: version.into(),
            ..Self::default()
        }
    }

    /// Namespace and name joined by `/`, for people.
    pub fn full_name(&self) -> String {
        match &self.namespace {
            Some(namespace) if !namespace.is_empty() => format!("{namespace}/{}", self.name),
            _ => self.name.clone(),
        }
    }

    /// Adds a property unless the value is blank.
    pub fn set_property(&mut self, key: &str, value: impl AsRef<str>) {
        let value = value.as_ref().trim();
        if !value.is_empty() {
            self.properties.insert(key.to_owned(), value.to_owned());
        }
    }

    /// Adds a link unless the address is blank or already there.
    pub fn add_link(&mut self, kind: LinkKind, url: impl AsRef<str>) {
        let url = url.as_ref().trim();
        let link = Link { kind, url: url.to_owned() };
        if !url.is_empty() && !self.links.contains(&link) {
            self.links.push(link);
        }
    }
}

/// What a package is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackageKind {
    /// Something that others build upon; also the default where nothing says more.
    #[default]
    Library,
    /// Something that is run.
    Application,
    /// The distribution itself.
    OperatingSystem,
    /// A platform that runs others: an interpreter, a virtual machine.
    Platform,
    /// Firmware, drivers and kernels.
    Firmware,
}

impl PackageKind {
    /// Every kind.
    pub const ALL: &'static [Self] =
        &[Self::Library, Self::Application, Self::OperatingSystem, Self::Platform, Self::Firmware];

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Application => "application",
            Self::OperatingSystem => "operating-system",
            Self::Platform => "platform",
            Self::Firmware => "firmware",
        }
    }
}

/// The source package that a binary package was built from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourcePackage {
    /// Name.
    pub name: String,
    /// Version; the binary package's own where the database leaves it out.
    pub version: String,
}

/// An address outside the image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Link {
    /// What is there.
    pub kind: LinkKind,
    /// The address as written.
    pub url: String,
}

/// What an address leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LinkKind {
    /// The project's page.
    Home,
    /// The source repository.
    Vcs,
    /// The archive that was installed.
    Download,
    /// Where to report faults.
    Issues,
}

impl LinkKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Home, Self::Vcs, Self::Download, Self::Issues];

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Vcs => "vcs",
            Self::Download => "download",
            Self::Issues => "issues",
        }
    }
}
