//! Tars, archives and their documents.

use std::fmt::Write as _;
use std::io::Write as _;

use bomwright_extractor::{Options as Extraction, extract as scan};
use bomwright_image::{
    Entry, LayerTree, Limits, Options, Reading, SourceSpec, Take, Visitor, merge, open, read_tar,
};
use bomwright_model::{Code, Inventory, LayerId, SourceKind};
use sha2::{Digest, Sha256};

/// Wants everything, and keeps a digest of what it is shown.
#[derive(Default)]
struct Log(Sha256);

impl Log {
    fn event(&mut self, kind: &str, entry: &Entry<'_>, bytes: &[u8]) {
        self.0.update(format!("{kind} {entry:?} {}\n", bytes.len()));
        self.0.update(bytes);
    }
}

impl Visitor for Log {
    fn regular(&mut self, entry: &Entry<'_>, head: &[u8]) -> Take {
        self.event("regular", entry, head);
        Take::Capture { limit: u64::MAX, sha256: false }
    }

    fn content(&mut self, entry: &Entry<'_>, bytes: &[u8]) {
        assert_eq!(bytes.len() as u64, entry.size, "{} is not complete", entry.path);
        self.event("content", entry, bytes);
    }

    fn hard_link(&mut self, entry: &Entry<'_>, target: &str) -> bool {
        self.event("link", entry, target.as_bytes());
        true
    }
}

/// The limits of a scan, but for the holes of sparse files: filling them takes time and finds nothing.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.sparse_bytes = 1 << 16;
    limits.hole_bytes = 1 << 20;
    limits
}

/// Reads a layer whole and in small pieces, and merges it with itself.
///
/// # Panics
/// If the two ways of reading differ, or a tree has paths that no image has.
pub fn layer(input: &[u8]) {
    let limits = limits();
    let read = |size| {
        let mut log = Log::default();
        let tree = read_tar(input.chunks(size), &limits, true, &mut log);
        (tree.map_err(|error| error.to_string()), log.0.finalize())
    };
    let ((whole, shown), (pieces, shown_again)) = (read(usize::MAX), read(97));
    let bytes = |tree: &LayerTree| postcard::to_stdvec(tree).expect("a tree can be kept");
    assert_eq!(whole.as_ref().map(bytes), pieces.as_ref().map(bytes), "cutting the tar changes the tree");
    if let Ok(tree) = whole {
        assert_eq!(shown, shown_again, "cutting the tar changes what is shown");
        let kept: LayerTree = postcard::from_bytes(&bytes(&tree)).expect("what was kept can be read");
        walk(vec![tree, kept], &limits);
    }
}

/// Merges layers and looks at every path.
fn walk(layers: Vec<LayerTree>, limits: &Limits) {
    let tree = merge(layers, limits);
    for (path, _) in tree.iter() {
        let is_normal = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        assert!(is_normal, "{path:?} is no path of an image");
        let _ = tree.resolve(&path);
    }
}

/// Opens a file of any kind and reads all layers.
///
/// # Panics
/// If a reader breaks a promise.
pub fn source(input: &[u8]) {
    read(input, None);
}

/// Puts the documents into an archive and reads it as both of the kinds that it may be.
///
/// An input is documents apart by lines that say `---`. Each becomes the blob `blobs/sha256/HEX`, under its
/// right digest, and the last is `index.json` and `manifest.json` too. `@N@` in a document stands for the
/// digest of document N (from 0) and `#N#` for its size, as far as it came earlier.
///
/// # Panics
/// If a reader breaks a promise.
pub fn documents(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut archive = tar::Builder::new(Vec::new());
    let mut names: Vec<(String, String)> = Vec::new();
    let mut last = String::new();
    for document in text.split("\n---\n").take(9) {
        last = document.to_owned();
        for (index, (hex, size)) in names.iter().enumerate() {
            last = last.replace(&format!("@{index}@"), hex).replace(&format!("#{index}#"), size);
        }
        let hex = Sha256::digest(&last).iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        add(&mut archive, &format!("blobs/sha256/{hex}"), last.as_bytes());
        names.push((hex, last.len().to_string()));
    }
    for name in ["oci-layout", "index.json", "manifest.json"] {
        add(&mut archive, name, last.as_bytes());
    }
    let bytes = archive.into_inner().expect("memory can be written");
    read(&bytes, Some(SourceKind::OciArchive));
    read(&bytes, Some(SourceKind::DockerArchive));
}

fn add(archive: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]) {
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, name, bytes).expect("memory can be written");
}

/// Scans a root file system.
///
/// # Panics
/// If anything breaks a promise.
pub fn extract(input: &[u8]) {
    let file = file_with(input);
    let Ok(image) = open(&spec(&file, Some(SourceKind::Rootfs)), &Options::default()) else { return };
    let options = Extraction {
        threads: 1,
        cache: None,
        policy: bomwright_origin::Policy::default(),
        texts: false,
        limits: limits(),
        timestamp: None,
        license_texts: true,
    };
    let Ok(inventory) = scan(&image, &options, &()) else { return };
    let failed = inventory.diagnostics.iter().find(|it| it.code == Code::ReaderFailed);
    assert!(failed.is_none(), "{failed:?}");
    let again = scan(&image, &options, &()).expect("what could be read can be read again");
    let facts = |all: &Inventory| {
        let graph = (all.graph.nodes(), all.graph.edges());
        format!("{:?} {:?} {:?} {graph:?}", all.packages, all.files, all.diagnostics)
    };
    assert!(facts(&inventory) == facts(&again), "two scans of one image differ");
}

fn read(bytes: &[u8], kind: Option<SourceKind>) {
    let file = file_with(bytes);
    let mut options = Options::default();
    options.limits = limits();
    let Ok(image) = open(&spec(&file, kind), &options) else { return };
    let mut layers = Vec::new();
    for (index, _) in (0..).zip(image.layers()).take(8) {
        layers.extend(image.read_layer(LayerId(index), Reading::default(), &(), &mut Log::default()));
    }
    walk(layers, &options.limits);
}

fn spec(file: &tempfile::NamedTempFile, kind: Option<SourceKind>) -> SourceSpec {
    let path = file.path().to_owned();
    SourceSpec { kind, name: path.display().to_string(), path, reference: None }
}

/// A file, in memory where the system has a place for that.
fn file_with(bytes: &[u8]) -> tempfile::NamedTempFile {
    let memory = std::path::Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let mut file = tempfile::NamedTempFile::new_in(folder).expect("a temporary file can be made");
    file.write_all(bytes).expect("a temporary file can be written");
    file
}
