//! What one layer holds: its tree, and what the ecosystems found in it.
//!
//! This is a pure function of the layer's bytes (and of this program), so it can run beside every other
//! layer's and be cached by the layer's digest.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bomwright_ecosystems::{Ecosystem, FileView, Findings, Stream};
use bomwright_image::{Entry, LayerTree, Take, Visitor};
use bomwright_model::Code;
use serde::{Deserialize, Serialize};

use crate::route::Router;
use crate::texts::Texts;

/// Everything that one layer yields.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LayerFacts {
    /// The entries of its tar.
    pub(crate) tree: LayerTree,
    /// What was found, in the order of the tar.
    pub(crate) findings: Vec<FileFindings>,
}

/// What one ecosystem found in one file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FileFindings {
    /// The file's path in the layer, without a leading slash.
    pub(crate) path: String,
    /// The ecosystem's position in the registry.
    pub(crate) ecosystem: usize,
    /// What was found.
    pub(crate) findings: Findings,
}

/// Shows the claimed files of one layer to their ecosystems.
pub(crate) struct Reader<'a> {
    registry: &'a [&'static dyn Ecosystem],
    router: &'a Router,
    findings: Vec<FileFindings>,
    /// Whether readers keep what verifying needs.
    verify: bool,
    /// Texts to be compared; `None` where nothing will be.
    texts: Option<Texts>,
    /// The claimants of the file whose content comes next.
    pending: Vec<usize>,
    /// How the only claimant takes that file piece by piece, if it does.
    stream: Option<Box<dyn Stream>>,
    /// Whether pieces of it have come.
    is_streaming: bool,
    /// Whether it is a text to be compared.
    is_text: bool,
}

impl<'a> Reader<'a> {
    /// A reader for one layer.
    pub(crate) fn new(
        registry: &'a [&'static dyn Ecosystem],
        router: &'a Router,
        verify: bool,
        texts: bool,
    ) -> Self {
        Self {
            registry,
            router,
            findings: Vec::new(),
            verify,
            texts: texts.then(Texts::default),
            pending: Vec::new(),
            stream: None,
            is_streaming: false,
            is_text: false,
        }
    }

    fn view<'b>(&self, entry: &Entry<'b>, bytes: &'b [u8]) -> FileView<'b> {
        let Entry { path, mode, uid, gid, mtime, sha256: known_sha256, .. } = *entry;
        let (mtime, manifests, license_texts) = (Some(mtime), self.verify, self.router.license_texts());
        FileView { path, bytes, mode, uid, gid, mtime, known_sha256, manifests, license_texts }
    }

    fn add(&mut self, path: &str, ecosystem: usize, findings: Findings) {
        if !findings.is_empty() {
            self.findings.push(FileFindings { path: path.to_owned(), ecosystem, findings });
        }
    }

    /// What was found, in the order of the tar, and the texts.
    pub(crate) fn into_parts(self) -> (Vec<FileFindings>, Texts) {
        (self.findings, self.texts.unwrap_or_default())
    }
}

impl Visitor for Reader<'_> {
    fn regular(&mut self, entry: &Entry<'_>, head: &[u8]) -> Take {
        let claimants = self.router.claimants(entry.path, head);
        let text = self.texts.as_ref().and_then(|texts| texts.wants(entry.path, entry.size, head));
        self.is_text = text.is_some();
        if claimants.ecosystems.is_empty() && !self.is_text {
            self.pending.clear();
            return Take::Skip;
        }
        self.is_streaming = false;
        self.stream = match claimants.ecosystems.as_slice() {
            [only] if !self.is_text => {
                let view = self.view(entry, &[]);
                self.registry.get(*only).and_then(|reader| reader.stream(&view, entry.size))
            }
            _ => None,
        };
        self.pending = claimants.ecosystems;
        Take::Capture { limit: claimants.limit.max(text.unwrap_or(0)), sha256: claimants.hashed }
    }

    fn content(&mut self, entry: &Entry<'_>, bytes: &[u8]) {
        let path = entry.path;
        let view = self.view(entry, bytes);
        if let Some(texts) = self.texts.as_mut().filter(|_| self.is_text) {
            texts.add(path, bytes);
        }
        let mut stream = self.stream.take();
        for ecosystem in std::mem::take(&mut self.pending) {
            let Some(reader) = self.registry.get(ecosystem) else { continue };
            let findings = match stream.take() {
                // Also where it came at once: how it came must not show.
                Some(mut stream) => read_safely(*reader, &view, |found| {
                    stream.push(bytes);
                    stream.finish(&FileView { bytes: &[], ..view }, found);
                }),
                None if self.is_streaming => failed(*reader, &view),
                None => read_safely(*reader, &view, |found| reader.read(&view, found)),
            };
            self.add(path, ecosystem, findings);
        }
    }

    fn piece(&mut self, bytes: &[u8]) -> bool {
        if let Some(stream) = &mut self.stream {
            self.is_streaming = true;
            // One that unwinds is dropped, so its half-made state can't be seen.
            if catch_unwind(AssertUnwindSafe(|| stream.push(bytes))).is_err() {
                self.stream = None;
            }
        }
        self.is_streaming
    }

    /// A link is worth a second look where its own name is claimed and its target's is not, as with package
    /// managers that link from a store whose names are hashes.
    fn hard_link(&mut self, entry: &Entry<'_>, target: &str) -> bool {
        let link = self.router.claimants(entry.path, &[]).ecosystems;
        !link.is_empty() && {
            let target = self.router.claimants(target, &[]).ecosystems;
            link.iter().any(|ecosystem| !target.contains(ecosystem))
        }
    }
}

/// Lets `read` read one file; a fault in the reader itself becomes a diagnostic instead of the end of the scan.
fn read_safely(ecosystem: &dyn Ecosystem, view: &FileView<'_>, read: impl FnOnce(&mut Findings)) -> Findings {
    let mut found = Findings::default();
    // Nothing that the reader began is kept when it unwinds, so no half-made value can be seen.
    match catch_unwind(AssertUnwindSafe(|| read(&mut found))) {
        Ok(()) => found,
        Err(_) => failed(ecosystem, view),
    }
}

fn failed(ecosystem: &dyn Ecosystem, view: &FileView<'_>) -> Findings {
    let message = format!("the {} reader failed on this file; please report it", ecosystem.name());
    let mut failed = Findings::default();
    failed.note(view, Code::ReaderFailed, message);
    failed
}

#[cfg(test)]
mod tests {
    use bomwright_ecosystems::registry;

    use super::*;

    const JAR: &[u8] = include_bytes!(
        "../../bomwright-ecosystems/testdata/maven/good/root/usr/share/java/failureaccess-1.0.2.jar"
    );

    /// What a reader finds in a jar that is said to be large and comes in these pieces; with `None` at once.
    fn found(step: Option<usize>) -> Vec<FileFindings> {
        let router = Router::new(registry(), false, false, false);
        let mut reader = Reader::new(registry(), &router, false, false);
        let path = "srv/failureaccess-1.0.2.jar";
        let entry = Entry { path, size: 64 << 20, mode: 0o644, uid: 0, gid: 0, mtime: 0, sha256: None };
        assert!(matches!(reader.regular(&entry, JAR.get(..512).unwrap()), Take::Capture { .. }));
        match step {
            Some(step) => {
                assert!(JAR.chunks(step).all(|piece| reader.piece(piece)));
                reader.content(&entry, &[]);
            }
            None => reader.content(&entry, JAR),
        }
        // Small files are kept for the reader of whole files.
        assert!(matches!(reader.regular(&Entry { size: 100, ..entry }, b"PK"), Take::Capture { .. }));
        assert!(!reader.piece(b"PK"));
        reader.into_parts().0
    }

    #[test]
    fn how_a_large_file_comes_does_not_show() {
        let at_once = found(None);
        let package = &at_once.first().unwrap().findings.packages.first().unwrap().package;
        assert_eq!((package.name.as_str(), package.version.as_str()), ("failureaccess", "1.0.2"));
        for step in [1, 1000, JAR.len()] {
            let in_pieces = found(Some(step));
            assert_eq!(in_pieces.len(), 1);
            assert!(in_pieces.first().unwrap().findings == at_once.first().unwrap().findings, "by {step}");
        }
    }
}
