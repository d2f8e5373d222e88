//! A file of which only some stretches are in memory, and a way to read it like any other.
//!
//! Offsets stay those of the whole file, so a format that points into itself can be read from it. What was
//! left out reads as zeros, for the searches that look around; whoever needs certain bytes asks whether they
//! are there ([`View::bytes`]).

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

/// A file with holes.
#[derive(Debug, Default)]
pub struct Sparse {
    /// Ascending, without overlap; none is empty.
    pieces: Vec<Piece>,
    kept: Vec<u8>,
    length: u64,
}

/// A stretch of the file that is there.
#[derive(Debug, Clone, Copy)]
struct Piece {
    start: u64,
    /// Its bytes in `kept`.
    at: usize,
    length: usize,
}

impl Sparse {
    /// Bytes of the file so far, holes included.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Bytes of it that are in memory.
    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Appends bytes that stay.
    pub fn keep(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if last.start + last.length as u64 == self.length => last.length += bytes.len(),
            _ => self.pieces.push(Piece { start: self.length, at: self.kept.len(), length: bytes.len() }),
        }
        self.kept.extend_from_slice(bytes);
        self.length += bytes.len() as u64;
    }

    /// Appends a hole of `count` bytes.
    pub fn skip(&mut self, count: u64) {
        self.length += count;
    }

    /// Takes the last `count` bytes away, which must have been kept last: they come again.
    pub fn take_back(&mut self, count: usize) {
        self.forget(count);
        self.length = self.length.saturating_sub(count as u64);
    }

    /// Makes the last `count` bytes, which must have been kept last, a hole.
    pub fn forget(&mut self, count: usize) {
        if let Some(last) = self.pieces.last_mut() {
            last.length = last.length.saturating_sub(count);
            if last.length == 0 {
                self.pieces.pop();
            }
        }
        self.kept.truncate(self.kept.len().saturating_sub(count));
    }

    /// What is there from `start` on, up to the next hole; empty in a hole.
    pub fn at(&self, start: u64) -> &[u8] {
        let after = self.pieces.partition_point(|piece| piece.start <= start);
        let piece = after.checked_sub(1).and_then(|index| self.pieces.get(index));
        let found = piece.and_then(|piece| {
            let skipped = usize::try_from(start - piece.start).ok()?;
            self.kept.get(piece.at.checked_add(skipped)?..piece.at + piece.length)
        });
        found.unwrap_or_default()
    }

    /// How far it is from `start`, which lies in a hole, to the next stretch that is there.
    fn hole(&self, start: u64) -> u64 {
        let next = self.pieces.partition_point(|piece| piece.start <= start);
        self.pieces.get(next).map_or(u64::MAX, |piece| piece.start - start)
    }
}

/// A file, or a range of one.
#[derive(Debug, Clone, Copy)]
pub enum View<'a> {
    /// All of it is in memory.
    Whole(&'a [u8]),
    /// This range of a file with holes.
    Part(&'a Sparse, u64, u64),
}

impl<'a> View<'a> {
    /// All of `file`.
    pub fn of(file: &'a Sparse) -> Self {
        Self::Part(file, 0, file.length)
    }

    /// Bytes.
    pub fn length(&self) -> u64 {
        match self {
            Self::Whole(bytes) => bytes.len() as u64,
            Self::Part(_, start, end) => end - start,
        }
    }

    /// The range `range` of it; `None` where it is not that long.
    pub fn range(&self, range: Range<u64>) -> Option<Self> {
        if range.start > range.end || range.end > self.length() {
            return None;
        }
        match self {
            Self::Whole(bytes) => {
                let range = usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?;
                bytes.get(range).map(Self::Whole)
            }
            Self::Part(file, start, _) => Some(Self::Part(file, start + range.start, start + range.end)),
        }
    }

    /// Its bytes; `None` where some were left out.
    pub fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Whole(bytes) => Some(bytes),
            Self::Part(file, start, end) => file.at(*start).get(..usize::try_from(end - start).ok()?),
        }
    }

    /// The next bytes from `position` on that are there, and how many zeros stand before them.
    fn next(&self, position: u64) -> (u64, &'a [u8]) {
        let left = self.length().saturating_sub(position);
        match self {
            Self::Whole(bytes) => {
                (0, usize::try_from(position).ok().and_then(|at| bytes.get(at..)).unwrap_or_default())
            }
            Self::Part(file, start, _) => {
                let found = file.at(start + position);
                let most = usize::try_from(left).unwrap_or(usize::MAX);
                if found.is_empty() {
                    (file.hole(start + position).min(left), &[])
                } else {
                    (0, found.get(..most).unwrap_or(found))
                }
            }
        }
    }

    /// The stretches that are there, in order.
    pub fn stretches(self) -> impl Iterator<Item = &'a [u8]> {
        let mut position = 0;
        std::iter::from_fn(move || {
            while position < self.length() {
                let (hole, found) = self.next(position);
                position += hole + found.len() as u64;
                if !found.is_empty() {
                    return Some(found);
                }
            }
            None
        })
    }

    /// Reads it from its beginning.
    pub fn reader(self) -> Reader<'a> {
        Reader { view: self, position: 0, found: &[], found_at: 0 }
    }
}

/// Reads a [`View`], with zeros where bytes were left out.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    view: View<'a>,
    position: u64,
    /// The stretch that was read from last, and where it begins: most reads go on in it.
    found: &'a [u8],
    found_at: u64,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> (u64, &'a [u8]) {
        let passed = self.position.checked_sub(self.found_at).and_then(|it| usize::try_from(it).ok());
        let known = passed.and_then(|passed| self.found.get(passed..)).unwrap_or_default();
        if !known.is_empty() {
            return (0, known);
        }
        let (hole, found) = self.view.next(self.position);
        (self.found, self.found_at) = (found, self.position);
        (hole, found)
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (hole, found) = self.next();
        let count = if found.is_empty() {
            let count = usize::try_from(hole).unwrap_or(usize::MAX).min(buffer.len());
            buffer.iter_mut().take(count).for_each(|byte| *byte = 0);
            count
        } else {
            let count = found.len().min(buffer.len());
            if let (Some(to), Some(from)) = (buffer.get_mut(..count), found.get(..count)) {
                to.copy_from_slice(from);
            }
            count
        };
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.view.length().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_those_of_the_whole_file() {
        // The file "abcdefghij" without "cd" and "gh".
        let mut file = Sparse::default();
        file.keep(b"ab");
        file.skip(2);
        file.keep(b"efgh");
        file.forget(2);
        file.keep(b"ijxx");
        file.take_back(2);
        let view = View::of(&file);
        assert_eq!(view.length(), 10);
        let mut all = Vec::new();
        view.reader().read_to_end(&mut all).unwrap();
        assert_eq!(all, b"ab\0\0ef\0\0ij");
        assert_eq!(view.stretches().collect::<Vec<_>>(), [&b"ab"[..], b"ef", b"ij"]);
        let bytes = |range| view.range(range).and_then(|it| it.bytes());
        assert_eq!(bytes(4..6), Some(&b"ef"[..]));
        assert_eq!((bytes(4..7), bytes(2..4), bytes(9..11)), (None, None, None));
        let inner = view.range(4..10).unwrap();
        let mut reader = inner.reader();
        reader.seek(SeekFrom::End(-3)).unwrap();
        let mut end = [9; 3];
        reader.read_exact(&mut end).unwrap();
        assert_eq!(&end, b"\0ij");
        assert!(reader.seek(SeekFrom::Current(-7)).is_err());
        assert_eq!(View::Whole(b"abc").range(1..3).unwrap().bytes(), Some(&b"bc"[..]));
    }
}
