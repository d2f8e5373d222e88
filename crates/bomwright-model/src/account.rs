//! The account of every file: what the merged tree holds, and the verdict on each path.
//!
//! [`TreeEntry`] is what goes in, [`FileAccount`] what comes out. They are made only when files are verified.

use serde::{Deserialize, Serialize};

use crate::{Confidence, Digest, LayerId, Origin, PackageId, Reason};

/// A path of the merged tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// Path inside the image, without a leading slash; no symbolic link on the way to it.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// Bytes of its content; of a hard link those of the file that it shares.
    pub size: u64,
    /// Permission bits (07777).
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// The layer that wrote it last; `None` for sources that have no layers.
    pub layer: Option<LayerId>,
    /// The layer since which the path has been there without a gap.
    pub introduced: Option<LayerId>,
    /// Where a symbolic link leads, as written.
    pub link: Option<String>,
    /// The existing path that a symbolic link leads to in the end, directories included.
    pub leads_to: Option<String>,
    /// What the bytes of a file are known by; `None` where they could not be read.
    pub content: Option<Content>,
    /// File capabilities: the raw value of the extended attribute `security.capability`.
    pub capabilities: Option<Vec<u8>>,
}

/// The kinds of entries that get a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// A regular file.
    File,
    /// One more name of a regular file. Its bytes are counted with the other name.
    HardLink,
    /// A symbolic link.
    Symlink,
    /// A character or block device.
    Device,
    /// A named pipe or a socket.
    Special,
    /// A directory; it gets no verdict of its own.
    Directory,
}

impl EntryKind {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::HardLink => "hard-link",
            Self::Symlink => "symlink",
            Self::Device => "device",
            Self::Special => "special",
            Self::Directory => "directory",
        }
    }
}

/// What a file's bytes are known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// SHA-256.
    pub sha256: [u8; 32],
    /// MD5, where a package database may need it.
    pub md5: Option<[u8; 16]>,
    /// SHA-1, where a package database may need it.
    pub sha1: Option<[u8; 20]>,
    /// Seconds since 1970, as the layer states them.
    pub mtime: i64,
    /// What the first bytes say.
    pub form: Form,
    /// An executable packer's mark was seen.
    pub packed: bool,
}

impl Content {
    /// The SHA-256 as a digest.
    pub fn sha256(&self) -> Digest {
        Digest::from_bytes("sha256", &self.sha256)
    }
}

/// What the first bytes of a file say that it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Form {
    /// It has no bytes.
    Empty,
    /// ELF.
    Elf,
    /// PE, as Windows and UEFI run.
    Pe,
    /// Mach-O.
    MachO,
    /// It starts with `#!`.
    Script,
    /// A zip archive, jars among them.
    Zip,
    /// Something else.
    #[default]
    Other,
}

impl Form {
    /// Whether a kernel or interpreter would run such a file.
    pub const fn is_code(self) -> bool {
        matches!(self, Self::Elf | Self::Pe | Self::MachO | Self::Script)
    }
}

impl TreeEntry {
    /// Whether a kernel would run it, or it gives rights to who runs it: code by its first bytes, the setuid or
    /// setgid bit on a file, or file capabilities. No rule about generated files ever explains such a file away.
    pub fn is_executable(&self) -> bool {
        let is_file = matches!(self.kind, EntryKind::File | EntryKind::HardLink);
        let is_code = self.content.as_ref().is_some_and(|content| content.form.is_code());
        is_file && (is_code || self.mode & 0o6000 != 0 || self.capabilities.is_some())
    }

    /// Bytes that it adds to the tree: a hard link adds none.
    pub fn bytes(&self) -> u64 {
        if self.kind == EntryKind::File { self.size } else { 0 }
    }
}

/// How a file stands to what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// As its package lists it.
    Intact,
    /// Made by a package's tool at installation, as a rule explains.
    Generated,
    /// A configuration file that was changed after it was installed.
    ConfigChanged,
    /// Not as its package lists it.
    Modified,
    /// No package lists it.
    Added,
    /// No package lists it here, but its bytes are those of a file that is known.
    Copy,
    /// A package lists it and it is not there.
    Missing,
    /// Its bytes could not be read.
    Opaque,
}

impl Status {
    /// Every status.
    pub const ALL: &'static [Self] = &[
        Self::Intact,
        Self::Generated,
        Self::ConfigChanged,
        Self::Modified,
        Self::Added,
        Self::Copy,
        Self::Missing,
        Self::Opaque,
    ];

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Generated => "generated",
            Self::ConfigChanged => "config-changed",
            Self::Modified => "modified",
            Self::Added => "added",
            Self::Copy => "copy",
            Self::Missing => "missing",
            Self::Opaque => "opaque",
        }
    }

    /// The status named `text`, as [`Self::as_str`] writes it.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| status.as_str() == text)
    }
}

/// How well a statement about a file or package is backed, from weak to strong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tier {
    /// Claimed: a record names it, and nothing was compared.
    V0,
    /// Its digest is that of a manifest inside the image; whoever can write the file can write the manifest.
    V1,
    /// It was made again from verified inputs, or its content leads only to verified files.
    V1d,
    /// It matches something that was given from outside the image.
    V2,
    /// A vendor's signature by a key that was given from outside covers it.
    V3,
}

impl Tier {
    /// Every tier, from weak to strong.
    pub const ALL: &'static [Self] = &[Self::V0, Self::V1, Self::V1d, Self::V2, Self::V3];

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V0 => "V0",
            Self::V1 => "V1",
            Self::V1d => "V1d",
            Self::V2 => "V2",
            Self::V3 => "V3",
        }
    }

    /// The tier named `text`, as [`Self::as_str`] writes it.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|tier| tier.as_str() == text)
    }
}

/// A way in which a path differs from what its package's database states. The letters of `rpm -V` are given, where
/// it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Difference {
    /// It is another kind of thing.
    Type,
    /// Other content (`5`).
    Content,
    /// Another size (`S`).
    Size,
    /// Other permission bits (`M`).
    Mode,
    /// Another owner (`U`).
    Owner,
    /// Another group (`G`).
    Group,
    /// A link that leads elsewhere (`L`).
    Link,
    /// Changed at another time (`T`).
    Time,
}

impl Difference {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Content => "content",
            Self::Size => "size",
            Self::Mode => "mode",
            Self::Owner => "owner",
            Self::Group => "group",
            Self::Link => "link",
            Self::Time => "time",
        }
    }
}

/// The verdict on one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAccount {
    /// Path inside the image, without a leading slash.
    pub path: String,
    /// What it is; for a missing path what its package says it would be.
    pub kind: EntryKind,
    /// Bytes that it adds to the tree.
    pub bytes: u64,
    /// Whether a kernel would run it, or it gives rights.
    pub executable: bool,
    /// The layer that wrote it last.
    pub layer: Option<LayerId>,
    /// The layer since which the path has been there without a gap.
    pub introduced: Option<LayerId>,
    /// The package that answers for it.
    pub owner: Option<PackageId>,
    /// Where it came from.
    pub origin: Origin,
    /// How it stands to what is known of it.
    pub status: Status,
    /// How well that is backed.
    pub tier: Tier,
    /// How sure the deciding rule is.
    pub confidence: Confidence,
    /// In what it differs from what its package states, sorted.
    pub differences: Vec<Difference>,
    /// The rules that spoke, the deciding one first. Never empty.
    pub reasons: Vec<Reason>,
}

/// How many files and bytes, executables apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Paths.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// Paths that a kernel would run, or that give rights.
    pub executables: u64,
    /// Bytes of those.
    pub executable_bytes: u64,
}

impl Count {
    /// Counts `account` too, unless it is missing from the tree.
    pub fn add(&mut self, account: &FileAccount) {
        if account.status == Status::Missing {
            return;
        }
        self.files += 1;
        self.bytes += account.bytes;
        if account.executable {
            self.executables += 1;
            self.executable_bytes += account.bytes;
        }
    }
}
