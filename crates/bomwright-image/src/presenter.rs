//! Shows entries that lie in no tar to a visitor, and builds their tree.
//!
//! Directories of the host and trees of git come through here, so that both keep the same limits and give the
//! same tree, the same facts and the same diagnostics.

use std::io::Read;

use bomwright_model::{Code, Diagnostic};

use crate::diagnostics::lossy;
use crate::facts::{Digester, Digests, FactsReader, Start};
use crate::path::normalise;
use crate::tar::Member;
use crate::tree::{Builder, Meta};
use crate::{Entry, LayerTree, Limits, Progress, Take, Visitor};

/// Bytes that a visitor is shown of every file.
const HEAD: u64 = 512;

/// Bytes of a file that are hashed at once.
const PIECE: u64 = 256 << 10;

/// What a visitor is told of a regular file beside its path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    pub(crate) size: u64,
    pub(crate) mode: u32,
    pub(crate) uid: u64,
    pub(crate) gid: u64,
    pub(crate) mtime: i64,
}

/// Takes entries one after the other.
pub(crate) struct Presenter<'a> {
    builder: Builder,
    limits: &'a Limits,
    progress: &'a dyn Progress,
    visitor: &'a mut dyn Visitor,
    /// Set where the facts of files are wanted.
    facts: Option<FactsReader>,
    /// The path of the last entry, normalised.
    path: Vec<u8>,
    buffer: Vec<u8>,
    is_full: bool,
}

impl<'a> Presenter<'a> {
    pub(crate) fn new(
        limits: &'a Limits,
        facts: bool,
        progress: &'a dyn Progress,
        visitor: &'a mut dyn Visitor,
    ) -> Self {
        Self {
            builder: Builder::new(limits),
            limits,
            progress,
            visitor,
            facts: facts.then(|| FactsReader::new(0)),
            path: Vec::new(),
            buffer: Vec::new(),
            is_full: false,
        }
    }

    /// Notes that something at `path` could not be read.
    pub(crate) fn unreadable(&mut self, path: &[u8], message: &str) {
        self.note(Code::Unreadable, path, message);
    }

    /// Notes something about what is at `path`.
    pub(crate) fn note(&mut self, code: Code, path: &[u8], message: &str) {
        self.builder.diagnostics.at(code, path, message);
    }

    /// Adds an entry to the tree; false where it was left out. The content of a regular file follows by
    /// [`Presenter::content`].
    pub(crate) fn entry(&mut self, raw: &[u8], meta: &Meta<'_>) -> bool {
        if let Err(bad) = normalise(raw, self.limits, &mut self.path) {
            self.builder.diagnostics.at(Code::LimitExceeded, raw, bad.message());
            return false;
        }
        if let Some(facts) = &mut self.facts {
            facts.see(&self.path);
        }
        let added = self.builder.entry(&self.path, meta);
        self.is_full |= !added;
        added
    }

    /// Whether the tree has no room for more entries.
    pub(crate) fn is_full(&self) -> bool {
        self.is_full
    }

    /// The tree of all entries.
    pub(crate) fn finish(self) -> LayerTree {
        self.builder.finish()
    }

    /// Shows the content of the last entry, a regular file, to the visitor.
    pub(crate) fn content(&mut self, input: &mut dyn Read, about: &About) -> std::io::Result<()> {
        self.buffer.clear();
        input.take(HEAD).read_to_end(&mut self.buffer)?;
        let path = lossy(&self.path);
        let About { size, mode, uid, gid, mtime } = *about;
        let entry = Entry { path: &path, size, mode, uid, gid, mtime, sha256: None };
        if let Take::Capture { limit, .. } = self.visitor.regular(&entry, &self.buffer) {
            let limit = limit.min(self.limits.captured_bytes);
            input
                .take(limit.saturating_add(1).saturating_sub(self.buffer.len() as u64))
                .read_to_end(&mut self.buffer)?;
            if self.buffer.len() as u64 > limit || entry.size > limit {
                let message = format!("the file has more bytes than the limit of {limit}; it was not read");
                self.builder.diagnostics.add(|| Diagnostic::new(Code::LimitExceeded, message).at(&path));
            } else {
                self.visitor.content(&entry, &self.buffer);
            }
        }
        self.progress.bytes(self.buffer.len() as u64);
        let result = self.facts(input, mtime);
        self.buffer.shrink_to(1 << 20);
        result
    }

    /// Makes the facts of the file whose first bytes are in the buffer.
    fn facts(&mut self, input: &mut dyn Read, mtime: i64) -> std::io::Result<()> {
        let Some(facts) = &mut self.facts else { return Ok(()) };
        let size = self.buffer.len() as u64;
        let member = Member { size, stored: size, mtime, ..Member::default() };
        match facts.start(&member) {
            Start::Same(index) => self.builder.share_facts(index),
            Start::Empty(empty) => {
                if let Some(index) = self.builder.add_facts(empty) {
                    facts.keep_empty(mtime, index);
                }
            }
            Start::TooSparse => {}
            Start::Coming => {
                let mut left = self.limits.layer_bytes;
                let mut digester = Digester::default();
                // The index is asked for at the end: a file that cannot be read has no facts.
                facts.open(0, &member);
                while !self.buffer.is_empty() {
                    left = left.saturating_sub(self.buffer.len() as u64);
                    if let Some(hash) = facts.hash() {
                        hash.update(&self.buffer);
                    }
                    facts.locate(0);
                    facts.data(&self.buffer);
                    digester.run(&self.buffer, &facts.take_pieces());
                    self.buffer.clear();
                    input.take(left.min(PIECE)).read_to_end(&mut self.buffer)?;
                    self.progress.bytes(self.buffer.len() as u64);
                }
                let found = facts.end();
                digester.run(&[], &facts.take_pieces());
                if let Some(index) = found.and_then(|(_, found)| self.builder.add_facts(found)) {
                    for digests in digester.finish() {
                        self.builder.set_digests(&Digests { index, ..digests });
                    }
                }
            }
        }
        Ok(())
    }
}
