//! From a source to layers that can be read.

use std::path::{Path, PathBuf};

use bomwright_model::{Code, Diagnostic, Image, Layer, LayerId, Source, SourceKind};

use crate::codec::Compression;
use crate::layer::{LayerSink, WantedLinks};
use crate::layout::{Blob, FoundImage, Layout, docker, oci, open_archive};
use crate::stream::Stored;
use crate::{ImageError, LayerTree, Limits, Platform, Progress, SourceSpec, Visitor, directory, git, stream};

/// How to open and read a source.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Upper bounds.
    pub limits: Limits,
    /// The platform of a multi-platform image; `linux/amd64` if there is one, else the only one.
    pub platform: Option<Platform>,
}

/// How to read a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// Whether a second thread reads and inflates while the caller's hashes and parses (and, with `facts`, a
    /// third makes the slower digests). Without, the caller's does everything, which is better where several
    /// layers are read at once. It does not show in the result.
    pub pipelined: bool,
    /// Whether every regular file of the tree gets its [`FileFacts`](crate::FileFacts).
    pub facts: bool,
}

/// A source whose manifests and configuration were read and verified; its layers were not.
#[derive(Debug)]
pub struct OpenImage {
    source: Source,
    image: Option<Image>,
    layers: Vec<Layer>,
    contents: Vec<Contents>,
    diagnostics: Vec<Diagnostic>,
    limits: Limits,
    time: Option<String>,
}

/// Where a layer's entries come from.
#[derive(Debug)]
enum Contents {
    /// A tar; `.wh.` names are whiteouts unless it is a root file system.
    Tar {
        stored: Box<Stored>,
        has_whiteouts: bool,
    },
    Directory(PathBuf),
    File(PathBuf),
    Git(git::Revision),
}

/// Opens a source. Reads documents and the headers of an outer archive, not the layers.
///
/// An SBOM is [`ImageError::Sbom`]: ask [`SourceSpec::detect`] first where that may be.
pub fn open(spec: &SourceSpec, options: &Options) -> Result<OpenImage, ImageError> {
    let kind = spec.detect(&options.limits)?;
    let path = spec.path.as_path();
    let reference = spec.reference.as_deref();
    let source = Source { kind, name: spec.name.clone() };
    check_kind(path, kind)?;
    match kind {
        SourceKind::DockerArchive => {
            let layout = open_archive(path, &options.limits)?;
            OpenImage::from_image(source, docker::find(&layout, reference, options)?, options)
        }
        SourceKind::OciArchive => {
            let layout = open_archive(path, &options.limits)?;
            OpenImage::from_image(source, oci::find(&layout, reference, options)?, options)
        }
        SourceKind::OciDir => {
            let layout = Layout::Directory(path.to_owned());
            OpenImage::from_image(source, oci::find(&layout, reference, options)?, options)
        }
        SourceKind::Dir => Ok(OpenImage::single(source, 0, Contents::Directory(path.to_owned()), options)),
        SourceKind::File => {
            let size = file_size(path)?;
            Ok(OpenImage::single(source, size, Contents::File(path.to_owned()), options))
        }
        SourceKind::Rootfs => {
            let blob = Blob::file(path.to_owned(), file_size(path)?);
            let size = blob.size;
            let what = format!("the archive {}", path.display());
            let compression = Compression::sniff(&blob.head()?)
                .map_err(|name| ImageError::Unsupported(format!("{name} of {what}")))?;
            let stored = Box::new(Stored { what, blob, compression, digest: None, diff_id: None });
            Ok(OpenImage::single(source, size, Contents::Tar { stored, has_whiteouts: false }, options))
        }
        SourceKind::Git => {
            let text = reference.unwrap_or_default();
            let revision = git::find(path, text, &options.limits)?;
            let name = match &revision.commit {
                Some(commit) if text != commit => format!("{} (commit {commit})", source.name),
                _ => source.name,
            };
            let time = revision.time();
            let opened = OpenImage::single(Source { kind, name }, 0, Contents::Git(revision), options);
            Ok(OpenImage { time, ..opened })
        }
        SourceKind::Sbom => Err(ImageError::Sbom(path.to_owned())),
        _ => Err(ImageError::Unsupported(format!("a source of kind {}", kind.as_str()))),
    }
}

impl OpenImage {
    /// What was opened; its kind is known now.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What the image says of itself; `None` for directories, files, revisions and root file systems.
    pub fn image(&self) -> Option<&Image> {
        self.image.as_ref()
    }

    /// When the source became what it is, in RFC 3339 as written: the image's creation, a revision's commit.
    pub fn time(&self) -> Option<&str> {
        self.time.as_deref().or_else(|| self.image.as_ref()?.created.as_deref())
    }

    /// Whether this is an image or a tar of one, and so has layers to name. Directories, files and revisions
    /// are trees of somebody's work.
    pub fn is_layered(&self) -> bool {
        !matches!(self.source.kind, SourceKind::Dir | SourceKind::File | SourceKind::Git)
    }

    /// The layers, bottom first. Directories, files and root file systems have one, without digests.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// What was odd about the documents.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The limits that the source was opened with; [`crate::merge`] wants them too.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Streams a layer past `visitor`, verifies its digests and returns what it holds.
    ///
    /// `progress` is called on this thread.
    pub fn read_layer(
        &self,
        id: LayerId,
        reading: Reading,
        progress: &dyn Progress,
        visitor: &mut dyn Visitor,
    ) -> Result<LayerTree, ImageError> {
        let contents = usize::try_from(id.0).ok().and_then(|index| self.contents.get(index));
        let missing = || ImageError::Missing { what: "layer", name: id.0.to_string() };
        match contents.ok_or_else(missing)? {
            Contents::Directory(path) => {
                directory::read(path, &self.limits, reading.facts, progress, visitor)
            }
            Contents::File(path) => {
                directory::read_file(path, &self.limits, reading.facts, progress, visitor)
            }
            Contents::Git(revision) => revision.read(&self.limits, reading.facts, progress, visitor),
            Contents::Tar { stored, has_whiteouts } => {
                let mut sink = LayerSink::new(visitor, &self.limits, *has_whiteouts, reading.facts);
                stream::read(stored, &self.limits, reading, progress, &mut sink)?;
                let (tree, links) = sink.finish();
                self.show_links(stored, links, reading, visitor)?;
                tree.ok_or_else(missing)
            }
        }
    }

    /// The second pass that hard links may need.
    fn show_links(
        &self,
        stored: &Stored,
        links: WantedLinks,
        reading: Reading,
        visitor: &mut dyn Visitor,
    ) -> Result<(), ImageError> {
        if links.is_empty() {
            return Ok(());
        }
        let mut sink = LayerSink::for_links(visitor, &self.limits, links);
        // The digests are right already, but the file could be written to: check them again.
        let reading = Reading { facts: false, ..reading };
        stream::read(stored, &self.limits, reading, &(), &mut sink)
    }

    fn from_image(source: Source, found: FoundImage, options: &Options) -> Result<Self, ImageError> {
        let FoundImage { image, layers: found, mut diagnostics } = found;
        let (mut layers, mut contents) = (Vec::new(), Vec::new());
        for (index, layer) in found.into_iter().enumerate() {
            let what = format!("layer {} of the image", index + 1);
            let id = LayerId(u32::try_from(index).unwrap_or(u32::MAX));
            let compression = Compression::sniff(&layer.blob.head()?)
                .map_err(|name| ImageError::Unsupported(format!("{name} of {what}")))?;
            let declared = layer.media_type.as_deref().and_then(Compression::of_media_type);
            if let Some(declared) =
                declared.filter(|&declared| declared != compression && layer.blob.size > 0)
            {
                let message = format!("the media type says {declared}, the bytes say {compression}");
                diagnostics.push(Diagnostic::new(Code::MediaTypeMismatch, message).in_layer(id));
            }
            layers.push(Layer {
                diff_id: Some(layer.diff_id.clone()),
                digest: layer.digest.clone(),
                media_type: layer.media_type,
                size: layer.blob.size,
                created_by: layer.created_by,
                part: None,
            });
            let (digest, diff_id) = (layer.digest, Some(layer.diff_id));
            let stored = Box::new(Stored { what, blob: layer.blob, compression, digest, diff_id });
            contents.push(Contents::Tar { stored, has_whiteouts: true });
        }
        Ok(Self {
            source,
            image: Some(image),
            layers,
            contents,
            diagnostics,
            limits: options.limits,
            time: None,
        })
    }

    fn single(source: Source, size: u64, contents: Contents, options: &Options) -> Self {
        Self {
            source,
            image: None,
            layers: vec![Layer { size, ..Layer::default() }],
            contents: vec![contents],
            diagnostics: Vec::new(),
            limits: options.limits,
            time: None,
        }
    }
}

fn file_size(path: &Path) -> Result<u64, ImageError> {
    Ok(std::fs::metadata(path).map_err(|error| ImageError::io(path, error))?.len())
}

/// Fails early, and before anything blocks on a pipe, where the prefix does not fit.
fn check_kind(path: &Path, kind: SourceKind) -> Result<(), ImageError> {
    let metadata = std::fs::metadata(path).map_err(|error| ImageError::io(path, error))?;
    let (is_right, expected) = match kind {
        SourceKind::Dir | SourceKind::OciDir | SourceKind::Git => (metadata.is_dir(), "directory"),
        _ => (metadata.is_file(), "regular file"),
    };
    if is_right { Ok(()) } else { Err(ImageError::WrongKind { path: path.to_owned(), expected }) }
}
