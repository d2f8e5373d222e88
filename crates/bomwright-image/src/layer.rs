//! Turns the members of a layer's tar into a [`crate::LayerTree`] and a visitor's calls.

use std::collections::HashMap;

use bomwright_model::{Code, Diagnostic};

use crate::diagnostics::lossy;
use crate::facts::{Digests, FactsReader, Piece, Start};
use crate::hash::Sha256;
use crate::path::{normalise, split};
use crate::tar::{BLOCK, Member, MemberKind, Remark, Segment, Sink, expand};
use crate::tree::{Builder, Meta};
use crate::{Entry, FileFacts, LayerTree, Limits, NodeKind, Take, Visitor};

/// The prefix of whiteouts (OCI image-spec, layer.md, "Whiteouts").
const WHITEOUT: &[u8] = b".wh.";
/// The whiteout that hides everything in its directory.
const OPAQUE: &[u8] = b".wh..wh..opq";
/// Other names that AUFS reserves; they are no files.
const RESERVED: &[u8] = b".wh..wh.";
/// Buffers larger than this are not kept for the next file.
const KEPT_BUFFER: usize = 4 << 20;

/// Links that a visitor wants to see with their target's content, by the target's path.
pub(crate) type WantedLinks = HashMap<Vec<u8>, Vec<Vec<u8>>>;

/// Reads a layer's members.
pub(crate) struct LayerSink<'a> {
    visitor: &'a mut dyn Visitor,
    limits: &'a Limits,
    /// `None` in the second pass, for links.
    builder: Option<Builder>,
    /// Names that start with `.wh.` are whiteouts; not so in a root file system.
    has_whiteouts: bool,
    links: WantedLinks,
    /// Set where the facts of files are wanted.
    facts: Option<FactsReader>,
    file: File,
    body: Body,
    buffer: Vec<u8>,
    /// The hash of a captured file, if the visitor asked for it.
    hash: Option<Sha256>,
    path: Vec<u8>,
    target: Vec<u8>,
}

/// The file whose data is coming.
#[derive(Default)]
struct File {
    /// The paths under which the visitor sees it: one, or several links in the second pass.
    paths: Vec<String>,
    size: u64,
    mode: u32,
    uid: u64,
    gid: u64,
    mtime: i64,
    sparse: Option<Vec<Segment>>,
}

/// What happens to the data.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    Skip,
    /// The visitor decides once this many bytes are there.
    Head(usize),
    /// The visitor wants all of it.
    Capture,
    /// Up to this many bytes are collected and shown at the end.
    Collect(usize),
}

impl<'a> LayerSink<'a> {
    /// For the first pass over a layer.
    pub(crate) fn new(
        visitor: &'a mut dyn Visitor,
        limits: &'a Limits,
        has_whiteouts: bool,
        facts: bool,
    ) -> Self {
        Self {
            visitor,
            limits,
            builder: Some(Builder::new(limits)),
            has_whiteouts,
            links: WantedLinks::new(),
            facts: facts.then(|| FactsReader::new(limits.hole_bytes)),
            file: File::default(),
            body: Body::Skip,
            buffer: Vec::new(),
            hash: None,
            path: Vec::new(),
            target: Vec::new(),
        }
    }

    /// For the second pass, which shows the targets of `links` again under the links' paths.
    pub(crate) fn for_links(visitor: &'a mut dyn Visitor, limits: &'a Limits, links: WantedLinks) -> Self {
        Self { builder: None, links, ..Self::new(visitor, limits, false, false) }
    }

    /// The tree, and the links that need a second pass.
    pub(crate) fn finish(self) -> (Option<LayerTree>, WantedLinks) {
        (self.builder.map(Builder::finish), self.links)
    }

    fn note(&mut self, code: Code, path: &[u8], message: &str) {
        if let Some(builder) = &mut self.builder {
            builder.diagnostics.at(code, path, message);
        }
    }

    /// Normalises the member's name into `path`; false where there is none that can be used.
    fn name(&mut self, member: &Member) -> bool {
        let mut path = std::mem::take(&mut self.path);
        let result = normalise(&member.name, self.limits, &mut path);
        self.path = path;
        match result {
            Ok(escaped) => {
                if escaped {
                    self.note(Code::PathEscape, &member.name, "the path was brought back inside the image");
                }
                true
            }
            Err(bad) => {
                let shown = member.name.get(..100).unwrap_or(&member.name);
                self.note(Code::LimitExceeded, shown, bad.message());
                false
            }
        }
    }

    /// Handles names that hide something in lower layers; true if this was one.
    fn whiteout(&mut self) -> bool {
        let path = std::mem::take(&mut self.path);
        let (directory, name) = split(&path);
        let is_whiteout = self.has_whiteouts && name.starts_with(WHITEOUT);
        if is_whiteout && let Some(builder) = &mut self.builder {
            let hidden = name.strip_prefix(WHITEOUT).unwrap_or_default();
            if name == OPAQUE {
                builder.opaque(directory);
            } else if name.starts_with(RESERVED) {
                builder.diagnostics.at(Code::UnknownEntry, &path, "a name that AUFS reserves was left out");
            } else if matches!(hidden, b"" | b"." | b"..") {
                builder.diagnostics.at(Code::MalformedRecord, &path, "a whiteout of nothing was left out");
            } else {
                let mut target = directory.to_vec();
                if !target.is_empty() {
                    target.push(b'/');
                }
                target.extend_from_slice(hidden);
                builder.whiteout(&target);
            }
        }
        self.path = path;
        is_whiteout
    }

    /// Adds the member to the tree; false where the visitor is not to see it.
    fn add(&mut self, member: &Member) -> bool {
        let kind = match member.kind {
            MemberKind::File => NodeKind::File,
            MemberKind::Symlink => NodeKind::Symlink,
            MemberKind::Directory => NodeKind::Directory,
            MemberKind::CharacterDevice => NodeKind::CharacterDevice,
            MemberKind::BlockDevice => NodeKind::BlockDevice,
            MemberKind::Fifo => NodeKind::Fifo,
            MemberKind::HardLink => return self.hard_link(member),
            MemberKind::Label | MemberKind::Unknown(_) => return false,
        };
        let path = std::mem::take(&mut self.path);
        if kind == NodeKind::Symlink && member.link.len() > self.limits.path_bytes {
            self.note(Code::LimitExceeded, &path, "the link's target is too long; the link was left out");
            return false;
        }
        let Member { size, mode, uid, gid, .. } = *member;
        let link = (kind == NodeKind::Symlink).then_some(member.link.as_slice());
        let meta = Meta { kind, size, mode, uid, gid, link };
        let added = self.builder.as_mut().is_some_and(|builder| builder.entry(&path, &meta));
        let is_file = kind == NodeKind::File && !path.is_empty();
        if let (true, Some(bytes), Some(builder)) = (added && is_file, &member.capability, &mut self.builder)
        {
            builder.capability(bytes);
        }
        self.path = path;
        added && is_file
    }

    /// Prepares for the facts of the file that was added last.
    fn start_facts(&mut self, member: &Member) {
        let (Some(facts), Some(builder)) = (&mut self.facts, &mut self.builder) else { return };
        match facts.start(member) {
            Start::Same(index) => builder.share_facts(index),
            Start::Empty(empty) => {
                if let Some(index) = builder.add_facts(empty) {
                    facts.keep_empty(member.mtime, index);
                }
            }
            Start::Coming => {
                if let Some(index) = builder.add_facts(FileFacts::pending()) {
                    facts.open(index, member);
                }
            }
            Start::TooSparse => {
                let message = "the holes of the layer's sparse files are larger than the limit; no digests";
                builder.diagnostics.at(Code::LimitExceeded, &self.path, message);
            }
        }
    }

    fn hard_link(&mut self, member: &Member) -> bool {
        let mut target = std::mem::take(&mut self.target);
        let path = std::mem::take(&mut self.path);
        match normalise(&member.link, self.limits, &mut target) {
            Err(bad) => self.note(Code::LimitExceeded, &path, bad.message()),
            Ok(_) => {
                if let Some(builder) = &mut self.builder
                    && builder.hard_link(&path, &target)
                    && let Some(found) = builder.target(&target)
                    && found.meta.kind == NodeKind::File
                {
                    let entry = Entry {
                        path: &lossy(&path),
                        size: found.meta.size,
                        mode: found.meta.mode,
                        uid: found.meta.uid,
                        gid: found.meta.gid,
                        mtime: member.mtime,
                        sha256: None,
                    };
                    let content = found.path;
                    if self.visitor.hard_link(&entry, &lossy(&content)) {
                        self.links.entry(content).or_default().push(path.clone());
                    }
                }
            }
        }
        (self.path, self.target) = (path, target);
        false
    }

    /// Prepares for the data of a file that the visitor may want.
    fn start_file(&mut self, member: &Member) {
        let paths = if self.builder.is_some() {
            vec![lossy(&self.path)]
        } else {
            let links = self.links.get(&self.path).into_iter().flatten();
            links.map(|path| lossy(path)).collect()
        };
        if paths.is_empty() {
            return;
        }
        let Member { size, mode, uid, gid, mtime, .. } = *member;
        self.file = File { paths, size, mode, uid, gid, mtime, sparse: member.sparse.clone() };
        self.buffer.clear();
        self.body = if member.sparse.is_some() {
            let wanted = if size <= self.limits.sparse_bytes { member.stored } else { BLOCK as u64 };
            Body::Collect(usize::try_from(wanted).unwrap_or(usize::MAX))
        } else if self.file.paths.len() > 1 {
            let fits = size <= self.limits.captured_bytes;
            Body::Collect(if fits { usize::try_from(size).unwrap_or(usize::MAX) } else { BLOCK })
        } else {
            Body::Head(usize::try_from(size).unwrap_or(usize::MAX).min(BLOCK))
        };
        if self.body == Body::Head(0) {
            self.show_all(0, &[]);
            self.body = Body::Skip;
        }
    }

    /// Shows the head to the visitor under one path; true if the content is wanted and may be had.
    fn show(&mut self, index: usize, head: &[u8], available: u64) -> bool {
        let Some(entry) = self.file.entry(index) else { return false };
        let Take::Capture { limit, sha256 } = self.visitor.regular(&entry, head) else { return false };
        // With facts, the file is hashed anyway.
        self.hash = (sha256 && self.facts.is_none()).then(Sha256::default);
        let limit = limit.min(self.limits.captured_bytes).min(available);
        if entry.size <= limit {
            return true;
        }
        let message =
            format!("the file has {} bytes, more than the limit of {limit}; it was not read", entry.size);
        if let Some(builder) = &mut self.builder {
            builder.diagnostics.add(|| Diagnostic::new(Code::LimitExceeded, message).at(entry.path));
        }
        false
    }

    /// Shows a file that is in memory as a whole.
    fn show_all(&mut self, index: usize, content: &[u8]) {
        let head = content.get(..BLOCK).unwrap_or(content);
        if self.show(index, head, content.len() as u64)
            && let Some(entry) = self.file.entry(index)
        {
            self.visitor.content(&entry, content);
        }
    }

    /// Lets the visitor decide on a file of which at least the first `need` bytes are there.
    fn decide(&mut self, bytes: &[u8], need: usize) {
        let is_wanted = self.show(0, bytes.get(..need).unwrap_or(bytes), u64::MAX);
        self.body = if is_wanted { Body::Capture } else { Body::Skip };
    }

    /// Takes the next bytes of a captured file.
    fn capture(&mut self, bytes: &[u8]) {
        if self.buffer.is_empty() && bytes.len() as u64 == self.file.size {
            // All of it at once, as most files come: no need for a copy.
            self.captured(bytes);
            self.body = Body::Skip;
            return;
        }
        if self.buffer.is_empty() && self.visitor.piece(bytes) {
            return;
        }
        if self.buffer.is_empty() {
            // Without this, growing step by step costs a copy and fresh pages each time.
            let size = usize::try_from(self.file.size).unwrap_or(usize::MAX);
            self.buffer.reserve(size.min(KEPT_BUFFER));
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Shows a captured file's content.
    fn captured(&mut self, content: &[u8]) {
        let known = self.facts.as_ref().and_then(FactsReader::sha256);
        let sha256 = self.hash.take().map(Sha256::finish).or(known);
        if let Some(entry) = self.file.entry(0) {
            self.visitor.content(&Entry { sha256, ..entry }, content);
        }
    }

    /// Shows a file whose stored bytes were collected.
    fn show_collected(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        let expanded = self.file.sparse.take().map(|map| {
            let whole = self.file.size <= self.limits.sparse_bytes;
            let size = if whole { self.file.size } else { BLOCK as u64 };
            expand(&map, &buffer, usize::try_from(size).unwrap_or(BLOCK))
        });
        let content = expanded.as_deref().unwrap_or(&buffer);
        for index in 0..self.file.paths.len() {
            if content.len() as u64 == self.file.size {
                self.show_all(index, content);
            } else {
                self.show(index, content, content.len() as u64);
            }
        }
        self.buffer = buffer;
    }
}

impl File {
    fn entry(&self, index: usize) -> Option<Entry<'_>> {
        let Self { size, mode, uid, gid, mtime, .. } = *self;
        Some(Entry { path: self.paths.get(index)?, size, mode, uid, gid, mtime, sha256: None })
    }
}

impl Sink for LayerSink<'_> {
    fn member(&mut self, member: &Member) {
        self.body = Body::Skip;
        if let MemberKind::Unknown(flag) = member.kind {
            let message = format!("the tar entry has the unknown type {:?}", char::from(flag));
            self.note(Code::UnknownEntry, &member.name, &message);
        }
        if matches!(member.kind, MemberKind::Unknown(_) | MemberKind::Label) || !self.name(member) {
            return;
        }
        if self.builder.is_none() {
            if member.kind == MemberKind::File {
                self.start_file(member);
            }
            return;
        }
        if member.has_bad_number {
            let message = "mode, owner, group or time is no number and was read as zero";
            self.note(Code::MalformedRecord, &member.name, message);
        }
        if self.whiteout() {
            return;
        }
        if let Some(facts) = &mut self.facts {
            facts.see(&self.path);
        }
        if self.add(member) {
            self.start_facts(member);
            self.start_file(member);
        }
    }

    fn hash(&mut self, next: &[u8]) -> Option<&mut Sha256> {
        if let Body::Head(need) = self.body
            && self.buffer.is_empty()
            && next.len() >= need
        {
            self.decide(next, need);
        }
        match &mut self.facts {
            Some(facts) => facts.hash(),
            None => self.hash.as_mut().filter(|_| self.body == Body::Capture),
        }
    }

    fn locate(&mut self, position: usize) {
        if let Some(facts) = &mut self.facts {
            facts.locate(position);
        }
    }

    fn pieces(&mut self) -> Vec<Piece> {
        self.facts.as_mut().map(FactsReader::take_pieces).unwrap_or_default()
    }

    fn digests(&mut self, found: Vec<Digests>) {
        for digests in &found {
            if let Some(builder) = &mut self.builder {
                builder.set_digests(digests);
            }
        }
    }

    fn data(&mut self, bytes: &[u8]) {
        if let Some(facts) = &mut self.facts {
            facts.data(bytes);
        }
        match self.body {
            Body::Skip => {}
            Body::Head(need) => {
                self.buffer.extend_from_slice(bytes);
                if self.buffer.len() >= need {
                    let buffer = std::mem::take(&mut self.buffer);
                    self.decide(&buffer, need);
                    // The first bytes have passed by.
                    self.hash = None;
                    self.buffer = buffer;
                    if self.body == Body::Capture && self.visitor.piece(&self.buffer) {
                        self.buffer.clear();
                    }
                }
            }
            Body::Capture => self.capture(bytes),
            Body::Collect(wanted) => {
                let room = wanted.saturating_sub(self.buffer.len());
                self.buffer.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
            }
        }
    }

    fn end(&mut self) {
        match self.body {
            Body::Capture => {
                let buffer = std::mem::take(&mut self.buffer);
                self.captured(&buffer);
                self.buffer = buffer;
            }
            Body::Collect(_) => self.show_collected(),
            Body::Skip | Body::Head(_) => {}
        }
        if let Some(facts) = &mut self.facts
            && let Some((index, found)) = facts.end()
            && let Some(builder) = &mut self.builder
        {
            builder.set_facts(index, found);
        }
        self.body = Body::Skip;
        self.hash = None;
        self.buffer.clear();
        self.buffer.shrink_to(KEPT_BUFFER);
    }

    fn remark(&mut self, remark: Remark) {
        match remark {
            Remark::GlobalOverride => {
                let message = "a global PAX header sets a path or size, which container runtimes ignore";
                self.note(Code::Assumed, b"", message);
            }
        }
    }
}
