//! What a `.deb` archive holds: the manifest that dpkg would install, and digests of the files themselves.
//!
//! Format: deb(5). An ar archive of `debian-binary`, `control.tar.*` (what dpkg keeps in its database: `control`,
//! `md5sums`, `conffiles`, maintainer scripts) and `data.tar.*` (the files).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use md5::Md5;
use sha2::{Digest, Sha256};
use tar::EntryType;

use crate::ar::{Archive, invalid};
use crate::compression::{Hashed, decompressed};
use crate::{Tier, TrustError};

/// The most bytes that the control part may unfold to.
const LARGEST_CONTROL: u64 = 128 << 20;
/// The most bytes of one file of the control part that is read as text: Debian's longest `md5sums` has 4 MiB.
const LARGEST_TEXT: u64 = 32 << 20;
/// The most bytes that the data part may unfold to: Debian's largest packages have some 3 GiB.
const LARGEST_DATA: u64 = 16 << 30;
/// The most files of a package.
const MOST_FILES: usize = 1_000_000;

/// Everything that a `.deb` archive says about what it installs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchoredManifest {
    /// `Package` of its control file.
    pub name: String,
    /// `Version`.
    pub version: String,
    /// `Architecture`.
    pub architecture: String,
    /// The archive.
    pub archive: PathBuf,
    /// The SHA-256 of the archive.
    pub sha256: [u8; 32],
    /// What the archive is worth.
    pub tier: Tier,
    /// What it installs, by path without leading slash; directories and links too.
    pub files: BTreeMap<String, AnchoredFile>,
    /// The MD5 of each path that its `md5sums` lists, which is what dpkg's database must state.
    pub md5sums: BTreeMap<String, [u8; 16]>,
    /// The paths, without leading slash, of its `conffiles`: an administrator may change them.
    pub conffiles: Vec<String>,
    /// The SHA-256 of each file of its control part (`postinst`, `md5sums`, …), which dpkg keeps byte for byte
    /// as `var/lib/dpkg/info/NAME.FILE`, except for `control`.
    pub control: BTreeMap<String, [u8; 32]>,
}

/// A file, directory or link that a `.deb` installs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchoredFile {
    /// The mode with the bits of the file's type (`S_IFMT`).
    pub mode: u32,
    /// The number of the owner.
    pub uid: u64,
    /// The number of the group.
    pub gid: u64,
    /// The size of a regular file in bytes; 0 for everything else.
    pub size: u64,
    /// The SHA-256 of a regular file; that of the target for a hard link.
    pub sha256: Option<[u8; 32]>,
    /// The MD5 of a regular file, as computed.
    pub md5: Option<[u8; 16]>,
    /// The target of a symbolic link, as written.
    pub link: Option<String>,
}

/// Name, version and architecture of a package.
pub(crate) type Identity = (String, String, String);

/// The identity of the package in the archive at `path`; only its control part is read.
pub(crate) fn identity(path: &Path) -> Result<Identity, TrustError> {
    let file = File::open(path).map_err(TrustError::unreadable(path))?;
    let read = || {
        let mut archive = Archive::new(BufReader::new(file))?;
        while let Some((member, content)) = archive.next_member()? {
            if member.name.starts_with("control.tar") {
                return Ok(control(content)?.identity);
            }
        }
        Err(invalid("no control part"))
    };
    read().map_err(|error| malformed(path, &error))
}

/// Reads the whole archive at `path`, which lies on the disk and is worth `tier` by the word of the caller.
pub(crate) fn manifest(
    path: &Path,
    tier: impl FnOnce(&Identity, &[u8; 32]) -> Tier,
) -> Result<AnchoredManifest, TrustError> {
    let file = File::open(path).map_err(TrustError::unreadable(path))?;
    let read = || {
        let mut archive = Archive::new(Hashed::new(BufReader::with_capacity(1 << 17, file)))?;
        let (mut parts, mut files) = (None, None);
        while let Some((member, content)) = archive.next_member()? {
            if member.name.starts_with("control.tar") && parts.is_none() {
                parts = Some(control(content)?);
            } else if member.name.starts_with("data.tar") && files.is_none() {
                files = Some(data(content)?);
            }
        }
        let sha256 = archive.into_inner().finish()?;
        let parts = parts.ok_or_else(|| invalid("no control part"))?;
        let files = files.ok_or_else(|| invalid("no data part"))?;
        let tier = tier(&parts.identity, &sha256);
        let Control { identity: (name, version, architecture), md5sums, conffiles, digests } = parts;
        let archive = path.to_owned();
        Ok(AnchoredManifest {
            name,
            version,
            architecture,
            archive,
            sha256,
            tier,
            files,
            md5sums,
            conffiles,
            control: digests,
        })
    };
    read().map_err(|error: io::Error| malformed(path, &error))
}

fn malformed(path: &Path, error: &io::Error) -> TrustError {
    TrustError::malformed(path, error.to_string())
}

/// The control part.
#[derive(Default)]
struct Control {
    identity: Identity,
    md5sums: BTreeMap<String, [u8; 16]>,
    conffiles: Vec<String>,
    digests: BTreeMap<String, [u8; 32]>,
}

fn control(content: impl Read) -> io::Result<Control> {
    let mut all = Control::default();
    let mut archive = tar::Archive::new(decompressed(content, LARGEST_CONTROL)?);
    for entry in archive.entries()? {
        let entry = entry?;
        let name = inside(&entry.path_bytes());
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let mut bytes = Vec::new();
        entry.take(LARGEST_TEXT).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        match name.as_str() {
            "control" => all.identity = stated_identity(&text)?,
            "md5sums" => all.md5sums = text.lines().filter_map(md5sum).collect(),
            "conffiles" => all.conffiles = text.lines().filter_map(conffile).collect(),
            _ => {}
        }
        all.digests.insert(name, Sha256::digest(&bytes).into());
    }
    drain(archive)?;
    if all.identity.0.is_empty() { Err(invalid("the control part has no control file")) } else { Ok(all) }
}

/// A control file has one stanza (deb-control(5)); none of the three fields may continue on a second line.
fn stated_identity(text: &str) -> io::Result<Identity> {
    let field = |name: &str| {
        let mut fields = text.lines().filter_map(|line| line.split_once(':'));
        let value = fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty()).map(str::to_owned)
    };
    match (field("Package"), field("Version"), field("Architecture")) {
        (Some(name), Some(version), Some(architecture)) => Ok((name, version, architecture)),
        _ => Err(invalid("the control file lacks Package, Version or Architecture")),
    }
}

/// deb-md5sums(5): 32 digits, two blanks, the path.
fn md5sum(line: &str) -> Option<(String, [u8; 16])> {
    let (digits, path) = line.split_once(' ')?;
    match bomwright_model::Checksum::from_hex(digits)? {
        bomwright_model::Checksum::Md5(digest) => {
            Some((inside(path.trim_start_matches([' ', '*']).as_bytes()), digest))
        }
        _ => None,
    }
}

/// deb-conffiles(5): an absolute path, after words such as `remove-on-upgrade`.
fn conffile(line: &str) -> Option<String> {
    let path = line.get(line.find('/')?..)?;
    Some(inside(path.trim_end().as_bytes())).filter(|path| !path.is_empty())
}

fn data(content: impl Read) -> io::Result<BTreeMap<String, AnchoredFile>> {
    let mut files: BTreeMap<String, AnchoredFile> = BTreeMap::new();
    let mut archive = tar::Archive::new(decompressed(content, LARGEST_DATA)?);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = inside(&entry.path_bytes());
        if files.len() >= MOST_FILES {
            return Err(invalid("holds more files than are read"));
        }
        let kind = entry.header().entry_type();
        let target = entry.link_name_bytes().map(|it| String::from_utf8_lossy(&it).into_owned());
        let file = match kind {
            EntryType::Link => {
                let target = inside(target.unwrap_or_default().as_bytes());
                files
                    .get(&target)
                    .cloned()
                    .ok_or_else(|| invalid(format!("{path} is a link to no earlier file")))?
            }
            _ => described(&mut entry, target)?,
        };
        if !path.is_empty() {
            files.insert(path, file);
        }
    }
    drain(archive)?;
    Ok(files)
}

/// Reads what follows the last entry: only there does a compressed stream show that it is whole.
fn drain(archive: tar::Archive<impl Read>) -> io::Result<()> {
    io::copy(&mut archive.into_inner(), &mut io::sink()).map(drop)
}

fn described(entry: &mut tar::Entry<'_, impl Read>, target: Option<String>) -> io::Result<AnchoredFile> {
    let kind = match entry.header().entry_type() {
        EntryType::Regular | EntryType::Continuous => 0o100_000,
        EntryType::Directory => 0o040_000,
        EntryType::Symlink => 0o120_000,
        EntryType::Char => 0o020_000,
        EntryType::Block => 0o060_000,
        EntryType::Fifo => 0o010_000,
        other => return Err(invalid(format!("an entry of the type {other:?}, which no package has"))),
    };
    let (mode, uid, gid) =
        (entry.header().mode()? & 0o7777 | kind, entry.header().uid()?, entry.header().gid()?);
    let mut file = AnchoredFile { mode, uid, gid, size: 0, sha256: None, md5: None, link: None };
    if kind == 0o100_000 {
        let (mut sha256, mut md5) = (Sha256::new(), Md5::new());
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = entry.read(&mut buffer)?;
            let bytes = buffer.get(..read).unwrap_or_default();
            if bytes.is_empty() {
                break;
            }
            sha256.update(bytes);
            md5.update(bytes);
            file.size += u64::try_from(read).unwrap_or_default();
        }
        if file.size != entry.size() {
            return Err(invalid("a file ends too early"));
        }
        (file.sha256, file.md5) = (Some(sha256.finalize().into()), Some(md5.finalize().into()));
    } else if kind == 0o120_000 {
        file.link = target;
    }
    Ok(file)
}

/// A path of an archive as it lies in the image: without `./`, leading and trailing slashes.
fn inside(path: &[u8]) -> String {
    let path = String::from_utf8_lossy(path);
    let path = path.strip_prefix("./").unwrap_or(&path).trim_matches('/');
    if path == "." { String::new() } else { path.to_owned() }
}
