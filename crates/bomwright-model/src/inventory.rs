//! Everything that is known about one image.

use crate::{
    Declared, Diagnostic, Distribution, File, FileId, Graph, Image, Layer, LayerId, Node, Package, PackageId,
    Source,
};

/// The program that made an inventory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tool {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
}

/// The result of a scan, or of reading a document: what every later stage works on.
///
/// Packages are sorted by ecosystem, name, version, architecture and location; files by path; diagnostics
/// by layer, path and code. [`PackageId`], [`FileId`] and [`LayerId`] are indexes into these lists.
#[derive(Debug, Clone)]
pub struct Inventory {
    /// What was scanned.
    pub source: Source,
    /// Who made this; several for documents that list several.
    pub tools: Vec<Tool>,
    /// RFC 3339 time of the document, seconds, UTC; `None` when nothing gives a reproducible one.
    pub timestamp: Option<String>,
    /// What the team declared by hand.
    pub declared: Declared,
    /// The image's own statements; `None` for directories and files.
    pub image: Option<Image>,
    /// The layers, bottom first.
    pub layers: Vec<Layer>,
    /// The distribution.
    pub distribution: Option<Distribution>,
    /// The packages.
    pub packages: Vec<Package>,
    /// Executables, libraries and scripts.
    pub files: Vec<File>,
    /// What leads to what.
    pub graph: Graph,
    /// What could not be read or was assumed.
    pub diagnostics: Vec<Diagnostic>,
}

impl Inventory {
    /// An inventory of `source` that holds nothing yet.
    pub fn new(source: Source) -> Self {
        Self {
            source,
            tools: Vec::new(),
            timestamp: None,
            declared: Declared::default(),
            image: None,
            layers: Vec::new(),
            distribution: None,
            packages: Vec::new(),
            files: Vec::new(),
            graph: Graph::new(),
            diagnostics: Vec::new(),
        }
    }

    /// The package with this id.
    pub fn package(&self, id: PackageId) -> Option<&Package> {
        self.packages.get(usize::try_from(id.0).ok()?)
    }

    /// The file with this id.
    pub fn file(&self, id: FileId) -> Option<&File> {
        self.files.get(usize::try_from(id.0).ok()?)
    }

    /// The layer with this id.
    pub fn layer(&self, id: LayerId) -> Option<&Layer> {
        self.layers.get(usize::try_from(id.0).ok()?)
    }

    /// Every package with its id.
    pub fn packages(&self) -> impl Iterator<Item = (PackageId, &Package)> {
        (0..).map(PackageId).zip(&self.packages)
    }

    /// Every file with its id.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &File)> {
        (0..).map(FileId).zip(&self.files)
    }

    /// Whether something may be missing: a diagnostic of severity warning was raised.
    pub fn is_incomplete(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity() == crate::Severity::Warning)
    }

    /// What a person calls `node`: name and version, path, or the requirement as written.
    pub fn label(&self, node: &Node) -> String {
        match node {
            Node::Root => self.source.name.clone(),
            Node::Package(id) => self.package(*id).map_or_else(String::new, |package| {
                let mut label = package.full_name();
                if !package.version.is_empty() {
                    label.push(' ');
                    label.push_str(&package.version);
                }
                label
            }),
            Node::File(id) => self.file(*id).map_or_else(String::new, |file| format!("/{}", file.path)),
            Node::Unresolved(_, requirement) => requirement.clone(),
        }
    }
}
