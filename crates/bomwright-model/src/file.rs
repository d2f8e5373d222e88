//! Files that matter on their own: executables, libraries and scripts.

use serde::{Deserialize, Serialize};

use crate::{DeclaredPart, Digest, LayerId, PackageId, Status, Tier, Verdict};

/// Index of a file in [`crate::Inventory::files`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// An executable file of the merged tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Path inside the image, without a leading slash.
    pub path: String,
    /// What kind of file it is.
    pub kind: FileKind,
    /// Bytes.
    pub size: u64,
    /// Permission bits (07777), as in the tar header or the file system.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Seconds since 1970 when it was last changed, as in the tar header or the file system.
    pub modified: Option<i64>,
    /// Digests of the content; SHA-256 where the content was read.
    pub digests: Vec<Digest>,
    /// The layer whose copy is the one in the merged tree: the one that changed it last.
    pub layer: Option<LayerId>,
    /// The layer since which the path has been there without a gap.
    pub introduced: Option<LayerId>,
    /// The package that lists the file as its own.
    pub owner: Option<PackageId>,
    /// What runs it: `PT_INTERP` of an ELF file; of a script what follows `#!`, with its argument.
    pub interpreter: Option<String>,
    /// What its ELF headers say.
    pub elf: Option<Elf>,
    /// How it stands to what its package states; only where files were verified.
    pub status: Option<Status>,
    /// How well that is backed; only where files were verified.
    pub tier: Option<Tier>,
    /// Where it came from.
    pub origin: Option<Verdict>,
    /// What the team declares of it.
    pub declared: DeclaredPart,
}

impl File {
    /// A file of which nothing else is known yet.
    pub fn new(path: impl Into<String>, kind: FileKind) -> Self {
        Self {
            path: path.into(),
            kind,
            size: 0,
            mode: 0,
            uid: 0,
            gid: 0,
            modified: None,
            digests: Vec::new(),
            layer: None,
            introduced: None,
            owner: None,
            interpreter: None,
            elf: None,
            status: None,
            tier: None,
            origin: None,
            declared: DeclaredPart::default(),
        }
    }
}

/// The kinds of files that an inventory lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// An ELF program (`ET_EXEC`, or `ET_DYN` with an interpreter or an entry point and no soname).
    Executable,
    /// An ELF shared object.
    Library,
    /// A file that starts with `#!` and has an execute bit.
    Script,
    /// Some other ELF file: relocatable object, kernel module, core.
    Object,
}

impl FileKind {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Executable => "executable",
            Self::Library => "library",
            Self::Script => "script",
            Self::Object => "object",
        }
    }
}

/// What an ELF file says of itself (System V gABI, chapters 4 and 5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elf {
    /// `DT_SONAME`.
    pub soname: Option<String>,
    /// `DT_NEEDED`, in order.
    pub needed: Vec<String>,
    /// `DT_RUNPATH`, else `DT_RPATH`, split at colons.
    pub runpath: Vec<String>,
    /// The GNU build id as lowercase hexadecimal digits.
    pub build_id: Option<String>,
    /// `e_machine` and class, e.g. `x86_64`.
    pub machine: String,
}
