//! What a user names on the command line, and what it turns out to be.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use bomwright_model::SourceKind;

use crate::codec::{Compression, Step};
use crate::layout::{ArchiveKind, guess, recognise};
use crate::tar::BLOCK;
use crate::{ImageError, Limits};

/// Bytes looked at from each end of a file to recognise an SBOM.
const SNIFFED: u64 = 64 << 10;

/// A source as a user writes it: `[KIND:]PATH[:NAME]`, or `git:REVISION[:PATH]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSpec {
    /// The kind that a prefix names; `None` to have it recognised.
    pub kind: Option<SourceKind>,
    /// The file or directory; of a git revision, a directory in its repository.
    pub path: PathBuf,
    /// The text without the prefix.
    pub name: String,
    /// The name, tag or digest of the image where the source holds several; of a git revision all of it.
    pub reference: Option<String>,
}

impl SourceSpec {
    /// Reads `docker-archive:x.tar`, `x.tar`, `oci-dir:layout:tag`.
    ///
    /// A prefix that names no kind is part of the path. A text after a colon behind the path is a reference
    /// only if the whole is no existing path. A git revision is one of the repository that the current directory
    /// lies in, unless the caller sets another path.
    pub fn parse(text: &str) -> Self {
        let by_prefix = text.split_once(':').and_then(|(prefix, rest)| {
            let kind = SourceKind::ALL.iter().find(|kind| kind.as_str() == prefix)?;
            Some((Some(*kind), rest))
        });
        let (kind, name) = by_prefix.unwrap_or((None, text));
        if kind == Some(SourceKind::Git) {
            return Self { kind, path: ".".into(), name: name.to_owned(), reference: Some(name.to_owned()) };
        }
        let (path, reference) = split_reference(name);
        Self { kind, path: path.into(), name: name.to_owned(), reference: reference.map(str::to_owned) }
    }

    /// What the source is: what its prefix says, else what its bytes say.
    pub fn detect(&self, limits: &Limits) -> Result<SourceKind, ImageError> {
        match self.kind {
            Some(kind) => Ok(kind),
            None => detect(&self.path, limits),
        }
    }
}

/// The longest existing path in front of a colon, and what follows it.
fn split_reference(name: &str) -> (&str, Option<&str>) {
    if Path::new(name).exists() {
        return (name, None);
    }
    for (colon, _) in name.match_indices(':').collect::<Vec<_>>().into_iter().rev() {
        let (path, rest) = name.split_at(colon);
        if !path.is_empty() && Path::new(path).exists() {
            return (path, rest.get(1..).filter(|rest| !rest.is_empty()));
        }
    }
    (name, None)
}

fn detect(path: &Path, limits: &Limits) -> Result<SourceKind, ImageError> {
    let failed = |error| ImageError::io(path, error);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        let is_layout = path.join("index.json").is_file() && path.join("oci-layout").is_file();
        return Ok(if is_layout { SourceKind::OciDir } else { SourceKind::Dir });
    }
    if !metadata.is_file() {
        return Err(ImageError::WrongKind { path: path.to_owned(), expected: "regular file or directory" });
    }
    let file = File::open(path).map_err(failed)?;
    let mut head = Vec::new();
    (&file).take(SNIFFED).read_to_end(&mut head).map_err(failed)?;
    match Compression::sniff(&head) {
        Ok(Compression::Plain) if is_tar(&head) => Ok(match recognise(path, limits)? {
            ArchiveKind::Docker => SourceKind::DockerArchive,
            ArchiveKind::Oci => SourceKind::OciArchive,
            ArchiveKind::Other => SourceKind::Rootfs,
        }),
        Ok(compression @ (Compression::Gzip | Compression::Zstd))
            if let Some(is_image) = compressed_tar(compression, &head) =>
        {
            // Its parts could only be reached by inflating all of it again and again.
            if is_image {
                let what = "an image archive that is compressed as a whole";
                return Err(ImageError::Unsupported(what.to_owned()));
            }
            Ok(SourceKind::Rootfs)
        }
        _ => {
            let start = metadata.len().saturating_sub(SNIFFED).max(head.len() as u64);
            let mut tail = vec![0; usize::try_from(metadata.len().saturating_sub(start)).unwrap_or_default()];
            file.read_exact_at(&mut tail, start).map_err(failed)?;
            Ok(if is_sbom(&head, &tail) { SourceKind::Sbom } else { SourceKind::File })
        }
    }
}

/// Whether a file starts with a tar header (or, as an empty archive, with an end marker).
fn is_tar(head: &[u8]) -> bool {
    head.get(..BLOCK).is_some_and(|block| guess(block).is_some())
}

/// Whether the first bytes inflate to a tar, and if so, whether it looks like an image's.
fn compressed_tar(compression: Compression, head: &[u8]) -> Option<bool> {
    let mut decoder = compression.decoder().ok()??;
    let mut block = [0; BLOCK];
    let (mut taken, mut filled) = (0, 0);
    while filled < BLOCK {
        let step = decoder.step(head.get(taken..)?, block.get_mut(filled..)?).ok()?;
        if step == Step::default() {
            return None;
        }
        taken += step.consumed;
        filled += step.produced;
    }
    guess(&block)
}

/// Whether a document names itself an SBOM, at its start or (as JSON keys have no order) at its end.
fn is_sbom(head: &[u8], tail: &[u8]) -> bool {
    const MARKS: &[&str] = &[
        "\"bomFormat\"",
        "\"bomwright-inventory/",
        "/syft/main/schema/json/",
        "\"artifactRelationships\"",
        "\"spdxVersion\"",
        "\"SPDXID\"",
        "://spdx.org/rdf/3.",
        "http://cyclonedx.org/schema/bom",
        "SPDXVersion:",
    ];
    let text = head.trim_ascii_start();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
    if !(text.starts_with(b"{")
        || text.starts_with(b"<")
        || text.starts_with(b"SPDXVersion:")
        || text.starts_with(b"#"))
    {
        return false;
    }
    [text, tail].into_iter().any(|part| {
        let part = String::from_utf8_lossy(part);
        MARKS.iter().any(|mark| part.contains(mark))
    })
}
