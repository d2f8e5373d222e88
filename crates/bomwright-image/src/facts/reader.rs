//! Makes the facts of a layer's files while their data streams by.

use super::head::Edges;
use super::signs::Signs;
use super::{FileFacts, Head, Piece, zeros};
use crate::hash::{Algorithms, PackageHash, Sha256};
use crate::tar::{Member, Segment};

/// Follows the members of a layer. SHA-256 is made at once, together with the layer's own; for MD5 and SHA-1
/// it only notes down what is where.
pub(crate) struct FactsReader {
    signs: Signs,
    /// Zeros that may still be hashed for holes.
    holes_left: u64,
    file: Option<File>,
    edges: Edges,
    pieces: Vec<Piece>,
    /// Where in the buffer the next data is.
    position: usize,
    /// The last empty file's time and index: the others share it, as there may be millions.
    empty: Option<(i64, u32)>,
}

/// The file whose data is coming.
struct File {
    index: u32,
    sha256: Sha256,
    mtime: i64,
    /// Whether there are pieces for it.
    has_pieces: bool,
    holes: Option<Holes>,
}

/// How far a sparse file has come.
struct Holes {
    size: u64,
    map: Vec<Segment>,
    /// The segment that is next, and how many of its bytes have passed.
    next: usize,
    taken: u64,
    /// Bytes of the file so far, holes included.
    at: u64,
}

/// What content a file has.
pub(crate) enum Start {
    /// It has none, and shares the facts at this index.
    Same(u32),
    /// It has none, and these are the facts.
    Empty(FileFacts),
    /// It has some, which is coming.
    Coming,
    /// Its holes are larger than the limit.
    TooSparse,
}

impl FactsReader {
    /// For a layer in whose sparse files up to `hole_bytes` zeros are hashed.
    pub(crate) fn new(hole_bytes: u64) -> Self {
        Self {
            signs: Signs::default(),
            holes_left: hole_bytes,
            file: None,
            edges: Edges::default(),
            pieces: Vec::new(),
            position: 0,
            empty: None,
        }
    }

    /// Learns of a normalised path that the layer has.
    pub(crate) fn see(&mut self, path: &[u8]) {
        self.signs.see(path);
    }

    /// Says what to do with a regular file.
    pub(crate) fn start(&mut self, member: &Member) -> Start {
        let mtime = member.mtime;
        if member.size == 0 {
            let known = self.empty.filter(|&(time, _)| time == mtime);
            return known
                .map_or_else(|| Start::Empty(FileFacts::empty(mtime)), |(_, index)| Start::Same(index));
        }
        let holes = if member.sparse.is_some() { member.size.saturating_sub(member.stored) } else { 0 };
        let Some(left) = self.holes_left.checked_sub(holes) else { return Start::TooSparse };
        self.holes_left = left;
        Start::Coming
    }

    /// Remembers where the facts of an empty file are.
    pub(crate) fn keep_empty(&mut self, mtime: i64, index: u32) {
        self.empty = Some((mtime, index));
    }

    /// Begins a file whose facts go to `index`.
    pub(crate) fn open(&mut self, index: u32, member: &Member) {
        let wanted = self.signs.needed();
        let has_pieces = wanted.md5 || wanted.sha1;
        let sparse = member.sparse.clone();
        let holes = sparse.map(|map| Holes { size: member.size, map, next: 0, taken: 0, at: 0 });
        if has_pieces {
            self.pieces.push(Piece::Start(wanted));
        }
        self.edges.clear();
        self.file = Some(File { index, sha256: Sha256::default(), mtime: member.mtime, has_pieces, holes });
    }

    /// The hash that is to be fed before [`FactsReader::data`]; not that of a sparse file.
    pub(crate) fn hash(&mut self) -> Option<&mut Sha256> {
        self.file.as_mut().filter(|file| file.holes.is_none()).map(|file| &mut file.sha256)
    }

    /// The SHA-256 of the file as far as it has come.
    pub(crate) fn sha256(&self) -> Option<[u8; 32]> {
        self.file.as_ref().filter(|file| file.holes.is_none()).map(|file| file.sha256.clone().finish())
    }

    /// Learns where in the buffer the next data is.
    pub(crate) fn locate(&mut self, position: usize) {
        self.position = position;
    }

    /// Takes the next stored bytes of the file.
    pub(crate) fn data(&mut self, bytes: &[u8]) {
        let Some(file) = &mut self.file else { return };
        let has_pieces = file.has_pieces;
        let Some(holes) = &mut file.holes else {
            self.edges.push(bytes);
            self.note(has_pieces, bytes.len());
            return;
        };
        let mut rest = bytes;
        while let Some(segment) = holes.map.get(holes.next).copied().filter(|_| !rest.is_empty()) {
            let gap = segment.offset.saturating_sub(holes.at);
            let missing = segment.length.saturating_sub(holes.taken);
            let length = usize::try_from(missing).unwrap_or(usize::MAX).min(rest.len());
            let (now, after) = rest.split_at(length);
            zeros(gap, |zeros| file.sha256.update(zeros));
            file.sha256.update(now);
            self.edges.zeros(gap);
            self.edges.push(now);
            if has_pieces {
                self.pieces.push(Piece::Zeros(gap));
                self.pieces.push(Piece::Bytes(self.position..self.position + length));
            }
            self.position += length;
            holes.at = holes.at.saturating_add(gap + length as u64);
            holes.taken += length as u64;
            if holes.taken >= segment.length {
                holes.next += 1;
                holes.taken = 0;
            }
            rest = after;
        }
    }

    /// Ends the file; where its facts go, and the facts without MD5 and SHA-1.
    pub(crate) fn end(&mut self) -> Option<(u32, FileFacts)> {
        let mut file = self.file.take()?;
        if let Some(holes) = &file.holes {
            let gap = holes.size.saturating_sub(holes.at);
            zeros(gap, |zeros| file.sha256.update(zeros));
            self.edges.zeros(gap);
            if file.has_pieces {
                self.pieces.push(Piece::Zeros(gap));
            }
        }
        if file.has_pieces {
            self.pieces.push(Piece::End(file.index));
        }
        let (head, upx) = self.edges.judge();
        let sha256 = file.sha256.finish();
        Some((file.index, FileFacts { sha256, md5: None, sha1: None, mtime: file.mtime, head, upx }))
    }

    /// What there is to do in the buffer that was parsed.
    pub(crate) fn take_pieces(&mut self) -> Vec<Piece> {
        std::mem::take(&mut self.pieces)
    }

    fn note(&mut self, has_pieces: bool, length: usize) {
        if has_pieces {
            self.pieces.push(Piece::Bytes(self.position..self.position + length));
        }
        self.position += length;
    }
}

impl FileFacts {
    /// Of a file without content: all digests are known.
    fn empty(mtime: i64) -> Self {
        let (md5, sha1) = PackageHash::new(Algorithms { md5: true, sha1: true }).finish();
        let sha256 = Sha256::default().finish();
        Self { sha256, md5, sha1, mtime, head: Head::Empty, upx: false }
    }

    /// Of a file whose data is coming.
    pub(crate) fn pending() -> Self {
        Self { sha256: [0; 32], md5: None, sha1: None, mtime: 0, head: Head::Other, upx: false }
    }
}
