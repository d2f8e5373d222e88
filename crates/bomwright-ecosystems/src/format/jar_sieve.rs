//! A Java archive as it streams by, reduced to what [`super::java_archive`] reads of it.
//!
//! The directory of a zip archive stands at its end, so reading one takes all of it. But what comes before is
//! a sequence of members, each with a header of its own (APPNOTE.TXT 6.3.10, section 4.3.7), and of a program
//! with its libraries inside hardly any member matters. The others are left out as they pass; the headers, the
//! directory and what matters stay, at their places, and are read as if all were there. An archive that is
//! stored inside is reduced in the same way and hashed on the way.
//!
//! The directory remains the authority. Where the headers are not as expected (data before the archive, sizes
//! that can't be), everything from there on stays; where they lie about what the directory says, what it names
//! is missing, which the reader reports.

use std::collections::BTreeMap;

use bomwright_model::Digest;
use memchr::memmem::Finder;

use super::jar_hash::JarHash;
use super::java_archive::{MAX_DEPTH, MAX_PACKAGES, Use, use_of};
use super::sparse::{Sparse, View};

/// Signatures (APPNOTE.TXT, sections 4.3.7 and 4.3.9).
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// Bytes of a local header before the name, and of a data descriptor.
const LOCAL_HEADER_LENGTH: usize = 30;
const DESCRIPTOR_LENGTH: usize = 16;
/// Flag of members whose size follows after their data (APPNOTE.TXT, section 4.4.4, bit 3).
const SIZE_FOLLOWS: u16 = 1 << 3;
/// In the place of a size that stands elsewhere (APPNOTE.TXT, section 4.4.8).
const ELSEWHERE: u32 = u32::MAX;
/// Bytes that are searched for the end of a member at a time.
const STEP: usize = 2048;

/// Takes an archive piece by piece.
#[derive(Debug)]
pub struct Sieve {
    file: Sparse,
    state: State,
    hash: JarHash,
    /// Archives around the current position, the innermost last.
    frames: Vec<Frame>,
    digests: BTreeMap<(u64, u64), Vec<Digest>>,
    descriptor: Finder<'static>,
    /// Bytes of the whole archive.
    size: u64,
    license_texts: bool,
}

/// An archive that is stored in another.
#[derive(Debug)]
struct Frame {
    start: u64,
    end: u64,
    hash: JarHash,
}

/// What is at the current position.
#[derive(Debug, Clone, Copy)]
enum State {
    /// A local header that begins here, or what stands in its place.
    Header(u64),
    /// Data, up to here, that are left out.
    Skip(u64),
    /// Data, up to here, that stay.
    Keep(u64),
    /// Data that begin here and whose end is to be found; whether they stay.
    Search(u64, bool),
    /// What is to stay up to the end of the archive.
    Rest,
}

/// An archive that was reduced.
#[derive(Debug)]
pub struct Sifted {
    /// What is left of it.
    pub file: Sparse,
    /// Of the whole archive.
    pub digests: Vec<Digest>,
    /// Of the archives stored in it, by the ranges that they take.
    pub nested: BTreeMap<(u64, u64), Vec<Digest>>,
    /// Whether licence files stayed.
    pub license_texts: bool,
}

impl Sieve {
    /// For an archive of `size` bytes, of which licence files stay where `license_texts` is.
    pub fn new(size: u64, license_texts: bool) -> Self {
        Self {
            file: Sparse::default(),
            state: State::Header(0),
            hash: JarHash::default(),
            frames: Vec::new(),
            digests: BTreeMap::new(),
            descriptor: Finder::new(DESCRIPTOR),
            size,
            license_texts,
        }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        let mut rest = bytes;
        // Of what came, the bytes that the hashes of nested archives have not seen.
        let mut unhashed = bytes;
        while !rest.is_empty() {
            let room = self.frames.last().map_or(u64::MAX, |frame| frame.end - self.file.length());
            let here = rest.get(..usize::try_from(room).unwrap_or(usize::MAX)).unwrap_or(rest);
            let depth = self.frames.len();
            let taken = self.step(here);
            rest = rest.get(taken..).unwrap_or_default();
            let is_at_end = self.frames.last().is_some_and(|frame| frame.end == self.file.length());
            if self.frames.len() != depth || is_at_end {
                let (seen, left) = unhashed.split_at(unhashed.len() - rest.len());
                self.frames.iter_mut().take(depth).for_each(|frame| frame.hash.update(seen));
                unhashed = left;
            }
            while let Some(frame) = self.frames.pop_if(|frame| frame.end == self.file.length()) {
                self.digests.insert((frame.start, frame.end), frame.hash.finish());
                self.state = State::Header(frame.end);
            }
        }
        self.frames.iter_mut().for_each(|frame| frame.hash.update(unhashed));
    }

    /// What is left, once all has come.
    pub fn finish(self) -> Sifted {
        Sifted {
            file: self.file,
            digests: self.hash.finish(),
            nested: self.digests,
            license_texts: self.license_texts,
        }
    }

    /// Takes some of `bytes`, which don't reach beyond the innermost archive, and says how many.
    fn step(&mut self, bytes: &[u8]) -> usize {
        match self.state {
            State::Header(start) => self.header(start, bytes),
            State::Skip(end) | State::Keep(end) => {
                let room = usize::try_from(end - self.file.length()).unwrap_or(usize::MAX);
                let here = bytes.get(..room).unwrap_or(bytes);
                if matches!(self.state, State::Keep(_)) {
                    self.file.keep(here);
                } else {
                    self.file.skip(here.len() as u64);
                }
                if here.len() == room {
                    self.state = State::Header(end);
                }
                here.len()
            }
            State::Search(start, stays) => self.search(start, stays, bytes),
            State::Rest => {
                self.file.keep(bytes);
                bytes.len()
            }
        }
    }

    /// Takes bytes of a header until it is complete.
    fn header(&mut self, start: u64, bytes: &[u8]) -> usize {
        let mut taken = 0;
        loop {
            let have = self.file.at(start);
            let missing = match header_length(have) {
                None => {
                    self.state = State::Rest;
                    return taken;
                }
                Some(length) => length - have.len().min(length),
            };
            if missing == 0 {
                self.state = self.after_header(start);
                return taken;
            }
            let rest = bytes.get(taken..).unwrap_or_default();
            let here = rest.get(..missing).unwrap_or(rest);
            if here.is_empty() {
                return taken;
            }
            self.file.keep(here);
            taken += here.len();
        }
    }

    /// What follows the complete header at `start`.
    fn after_header(&mut self, start: u64) -> State {
        let data = self.file.length();
        let header = self.file.at(start);
        if header.starts_with(DESCRIPTOR) {
            return State::Header(data);
        }
        let name_length = usize::from(u16_at(header, 26));
        let name = header.get(LOCAL_HEADER_LENGTH..).and_then(|rest| rest.get(..name_length));
        let purpose = use_of(&String::from_utf8_lossy(name.unwrap_or_default()), self.license_texts);
        let (flags, method, size) = (u16_at(header, 6), u16_at(header, 8), u32_at(header, 18));
        if size == ELSEWHERE {
            return State::Rest;
        }
        if flags & SIZE_FOLLOWS != 0 && size == 0 {
            return State::Search(data, purpose.is_some());
        }
        let end = data + u64::from(size);
        if size == 0 {
            return State::Header(data);
        }
        if end > self.frames.last().map_or(self.size, |frame| frame.end) {
            return State::Rest;
        }
        match purpose {
            None => State::Skip(end),
            Some(Use::Nested)
                if method == 0
                    && self.frames.len() < MAX_DEPTH
                    && self.frames.len() + self.digests.len() < MAX_PACKAGES =>
            {
                self.frames.push(Frame { start: data, end, hash: JarHash::default() });
                State::Header(data)
            }
            Some(_) => State::Keep(end),
        }
    }

    /// Looks for the descriptor behind the data that begin at `start`: it states how many they are.
    fn search(&mut self, start: u64, stays: bool, bytes: &[u8]) -> usize {
        let here = bytes.get(..STEP).unwrap_or(bytes);
        let before = self.file.length();
        self.file.keep(here);
        // A descriptor may have begun in what came earlier.
        let from = before.saturating_sub(DESCRIPTOR_LENGTH as u64 - 1).max(start);
        let window = self.file.at(from);
        let found = self.descriptor.find_iter(window).find(|at| {
            let length = from + *at as u64 - start;
            window.get(*at..at + DESCRIPTOR_LENGTH).is_some_and(|it| u64::from(u32_at(it, 8)) == length)
        });
        let Some(at) = found else { return here.len() };
        let end = from + (at + DESCRIPTOR_LENGTH) as u64;
        let surplus = usize::try_from(self.file.length() - end).unwrap_or_default();
        self.file.take_back(surplus);
        if !stays {
            self.file.forget(usize::try_from(end - start).unwrap_or_default());
        }
        self.state = State::Header(end);
        here.len().saturating_sub(surplus)
    }
}

impl Sifted {
    /// The archive, to be read.
    pub fn view(&self) -> View<'_> {
        View::of(&self.file)
    }
}

/// How long the header is that begins with `have`, as far as that tells; `None` where it is none.
fn header_length(have: &[u8]) -> Option<usize> {
    let signature = have.get(..LOCAL_HEADER.len()).unwrap_or(have);
    if signature.len() < LOCAL_HEADER.len() {
        Some(LOCAL_HEADER.len())
    } else if signature == DESCRIPTOR {
        Some(DESCRIPTOR_LENGTH)
    } else if signature != LOCAL_HEADER {
        None
    } else if have.len() < LOCAL_HEADER_LENGTH {
        Some(LOCAL_HEADER_LENGTH)
    } else {
        Some(LOCAL_HEADER_LENGTH + usize::from(u16_at(have, 26)) + usize::from(u16_at(have, 28)))
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |it| u16::from_le_bytes(*it))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |it| u32::from_le_bytes(*it))
}
