//! The parser proper: bytes in, members and their data out.

use super::TarError;
use super::header::{BLOCK, Header, text};
use super::member::{Member, MemberKind, Remark, Sink};
use super::pax::{Bounds, Pax};
use super::sparse::{MapReader, check, gnu_segments};
use crate::Limits;

/// A tar stream that is being read.
pub(crate) struct Parser {
    state: State,
    block: [u8; BLOCK],
    filled: usize,
    offset: u64,
    member: Member,
    body: Vec<u8>,
    global: Pax,
    local: Option<Pax>,
    long_name: Option<Vec<u8>>,
    long_link: Option<Vec<u8>>,
    bounds: Bounds,
    extension_limit: u64,
}

enum State {
    Header,
    OneZeroBlock,
    Extension { flag: u8, left: u64, padding: u64 },
    GnuMap,
    DataMap(MapReader),
    Data { left: u64, padding: u64 },
    Padding(u64),
    Ended,
}

impl Parser {
    /// A parser at the start of a stream.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            state: State::Header,
            block: [0; BLOCK],
            filled: 0,
            offset: 0,
            member: Member::default(),
            body: Vec::new(),
            global: Pax::default(),
            local: None,
            long_name: None,
            long_link: None,
            bounds: Bounds { path_bytes: limits.path_bytes, segments: limits.sparse_segments },
            extension_limit: limits.pax_bytes,
        }
    }

    /// Takes the next bytes of the stream, however they were cut.
    pub(crate) fn push(&mut self, mut bytes: &[u8], sink: &mut dyn Sink) -> Result<(), TarError> {
        while !bytes.is_empty() {
            bytes = match &mut self.state {
                State::Header | State::OneZeroBlock | State::GnuMap | State::DataMap(_) => {
                    self.take_block(bytes, sink)?
                }
                State::Extension { left, .. } => {
                    let (taken, rest) = split(bytes, *left);
                    self.body.extend_from_slice(taken);
                    *left -= taken.len() as u64;
                    self.offset += taken.len() as u64;
                    self.end_extension(sink)?;
                    rest
                }
                State::Data { left, .. } => {
                    let (taken, rest) = split(bytes, *left);
                    sink.data(taken);
                    *left -= taken.len() as u64;
                    self.offset += taken.len() as u64;
                    self.end_data(sink);
                    rest
                }
                State::Padding(left) => {
                    let (taken, rest) = split(bytes, *left);
                    *left -= taken.len() as u64;
                    self.offset += taken.len() as u64;
                    if *left == 0 {
                        self.state = State::Header;
                    }
                    rest
                }
                State::Ended => return Ok(()),
            };
        }
        Ok(())
    }

    /// The stream is over: an error if that is in the middle of something.
    pub(crate) fn finish(&self) -> Result<(), TarError> {
        let at_boundary = match self.state {
            State::Ended | State::OneZeroBlock => true,
            State::Header => self.local.is_none() && self.long_name.is_none() && self.long_link.is_none(),
            _ => false,
        };
        // Writers may leave the end marker out, but not a part of a block.
        if at_boundary && self.filled == 0 { Ok(()) } else { Err(TarError::Truncated) }
    }

    /// Whether the end marker was read.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Passes over the data and padding that come next without seeing them; returns how many bytes to skip.
    pub(crate) fn skip(&mut self, sink: &mut dyn Sink) -> u64 {
        let skipped = match self.state {
            State::Data { left, padding } => {
                sink.end();
                left + padding
            }
            State::Padding(left) => left,
            _ => return 0,
        };
        self.offset = self.offset.saturating_add(skipped);
        self.state = State::Header;
        skipped
    }

    /// Collects a whole block and reads it; returns the bytes behind it.
    fn take_block<'b>(&mut self, bytes: &'b [u8], sink: &mut dyn Sink) -> Result<&'b [u8], TarError> {
        let (taken, rest) = split(bytes, (BLOCK - self.filled) as u64);
        if let Some(target) = self.block.get_mut(self.filled..self.filled + taken.len()) {
            target.copy_from_slice(taken);
        }
        self.filled += taken.len();
        if self.filled == BLOCK {
            self.filled = 0;
            let start = self.offset;
            self.offset += BLOCK as u64;
            let block = self.block;
            match std::mem::replace(&mut self.state, State::Header) {
                State::GnuMap => self.gnu_map_block(&block, sink)?,
                State::DataMap(reader) => self.data_map_block(reader, &block, sink)?,
                State::OneZeroBlock if is_zero(&block) => self.state = State::Ended,
                State::OneZeroBlock => return Err(TarError::LoneZeroBlock(start)),
                _ if is_zero(&block) => self.state = State::OneZeroBlock,
                _ => self.header(&block, start, sink)?,
            }
        }
        Ok(rest)
    }

    fn header(&mut self, block: &[u8; BLOCK], start: u64, sink: &mut dyn Sink) -> Result<(), TarError> {
        let header = Header::parse(block).ok_or(TarError::Checksum(start))?;
        let flag = header.flag();
        let size = header.size().ok_or(TarError::Size(start))?;
        if let b'x' | b'X' | b'g' | b'L' | b'K' = flag {
            if size > self.extension_limit {
                return Err(TarError::ExtensionTooLarge { size, limit: self.extension_limit });
            }
            self.body.clear();
            self.state = State::Extension { flag, left: size, padding: padding(size) };
            return self.end_extension(sink);
        }
        self.describe(&header, size);
        self.begin(&header, flag, sink)
    }

    /// Fills `member` from the header and the extensions before it, but for its kind and map.
    fn describe(&mut self, header: &Header<'_>, size: u64) {
        let pax = self.local.as_ref().unwrap_or(&self.global);
        let member = &mut self.member;
        member.name.clear();
        match self.long_name.take().filter(|name| !name.is_empty()).as_ref().or(pax.path.as_ref()) {
            Some(name) => member.name.extend_from_slice(name),
            None => header.name(&mut member.name),
        }
        member.link.clear();
        match self.long_link.take().filter(|link| !link.is_empty()).as_ref().or(pax.link.as_ref()) {
            Some(link) => member.link.extend_from_slice(link),
            None => member.link.extend_from_slice(header.link()),
        }
        let (mode, mtime) = (header.mode(), pax.mtime.or(header.mtime()));
        let (uid, gid) = (pax.uid.or(header.uid()), pax.gid.or(header.gid()));
        member.has_bad_number = mode.is_none() || mtime.is_none() || uid.is_none() || gid.is_none();
        member.mode = mode.unwrap_or_default();
        member.uid = uid.unwrap_or_default();
        member.gid = gid.unwrap_or_default();
        member.mtime = mtime.unwrap_or_default();
        member.capability.clone_from(&pax.capability);
        member.stored = pax.size.unwrap_or(size);
        member.size = member.stored;
        member.sparse = None;
    }

    /// Decides what the described member is and what comes next in the stream.
    fn begin(&mut self, header: &Header<'_>, flag: u8, sink: &mut dyn Sink) -> Result<(), TarError> {
        let sparse = self.local.take().and_then(|pax| pax.sparse);
        self.member.kind = match flag {
            // Before ustar, a trailing slash was what made a directory.
            0 if self.member.name.ends_with(b"/") => MemberKind::Directory,
            0 | b'0' | b'7' | b'S' => MemberKind::File,
            b'1' => MemberKind::HardLink,
            b'2' => MemberKind::Symlink,
            b'3' => MemberKind::CharacterDevice,
            b'4' => MemberKind::BlockDevice,
            b'5' => MemberKind::Directory,
            b'6' => MemberKind::Fifo,
            b'V' => MemberKind::Label,
            other => MemberKind::Unknown(other),
        };
        if !matches!(self.member.kind, MemberKind::File | MemberKind::Label | MemberKind::Unknown(_)) {
            self.member.stored = 0;
            self.member.size = 0;
        }
        if flag == b'S' {
            let (fields, real_size, more) = header.gnu_sparse();
            self.member.size = real_size.ok_or(TarError::Size(self.offset - BLOCK as u64))?;
            let mut map = Vec::new();
            self.sparse_result(gnu_segments(fields, &mut map, self.bounds.segments))?;
            self.member.sparse = Some(map);
            if more {
                self.state = State::GnuMap;
                return Ok(());
            }
        } else if let (Some(sparse), MemberKind::File) = (sparse, self.member.kind) {
            if let Some(name) = sparse.name {
                self.member.name = name;
            }
            self.member.size = sparse.real_size.unwrap_or(self.member.stored);
            if sparse.map_in_data {
                self.state = State::DataMap(MapReader::default());
                return Ok(());
            }
            self.member.sparse = Some(sparse.map);
        }
        self.start_member(sink)
    }

    fn gnu_map_block(&mut self, block: &[u8; BLOCK], sink: &mut dyn Sink) -> Result<(), TarError> {
        let mut map = self.member.sparse.take().unwrap_or_default();
        self.sparse_result(gnu_segments(&block[..504], &mut map, self.bounds.segments))?;
        self.member.sparse = Some(map);
        if block[504] != 0 {
            self.state = State::GnuMap;
            return Ok(());
        }
        self.start_member(sink)
    }

    fn data_map_block(
        &mut self,
        mut reader: MapReader,
        block: &[u8; BLOCK],
        sink: &mut dyn Sink,
    ) -> Result<(), TarError> {
        let left = self.member.stored.checked_sub(BLOCK as u64);
        self.member.stored = self.sparse_result(left.ok_or("the map is longer than the data"))?;
        if self.sparse_result(reader.block(block, self.bounds.segments))? {
            self.member.sparse = Some(reader.map);
            return self.start_member(sink);
        }
        self.state = State::DataMap(reader);
        Ok(())
    }

    fn start_member(&mut self, sink: &mut dyn Sink) -> Result<(), TarError> {
        let stored = self.member.stored;
        if let Some(map) = &self.member.sparse {
            self.sparse_result(check(map, self.member.size, stored))?;
        }
        self.member.data_offset = self.offset;
        sink.member(&self.member);
        self.state = State::Data { left: stored, padding: padding(stored) };
        self.end_data(sink);
        Ok(())
    }

    fn end_data(&mut self, sink: &mut dyn Sink) {
        if let State::Data { left: 0, padding } = self.state {
            sink.end();
            self.state = if padding == 0 { State::Header } else { State::Padding(padding) };
        }
    }

    fn end_extension(&mut self, sink: &mut dyn Sink) -> Result<(), TarError> {
        let State::Extension { flag, left: 0, padding } = self.state else { return Ok(()) };
        let offset = self.offset + padding;
        let malformed = |reason| TarError::Pax { offset, reason };
        match flag {
            b'L' => self.long_name = Some(self.long_text()),
            b'K' => self.long_link = Some(self.long_text()),
            b'g' => {
                self.global.apply(&self.body, self.bounds).map_err(malformed)?;
                // A sparse map for every entry that follows makes no sense.
                self.global.sparse = None;
                let global = &self.global;
                if global.path.is_some() || global.link.is_some() || global.size.is_some() {
                    sink.remark(Remark::GlobalOverride);
                }
            }
            _ => {
                let mut local = self.local.take().unwrap_or_else(|| self.global.clone());
                local.apply(&self.body, self.bounds).map_err(malformed)?;
                self.local = Some(local);
            }
        }
        self.state = if padding == 0 { State::Header } else { State::Padding(padding) };
        Ok(())
    }

    /// The body of a GNU long name, cut so that only its excess over the limit shows.
    fn long_text(&self) -> Vec<u8> {
        let name = text(&self.body);
        name.get(..self.bounds.path_bytes + 1).unwrap_or(name).to_vec()
    }

    fn sparse_result<T>(&self, result: Result<T, &'static str>) -> Result<T, TarError> {
        result.map_err(|reason| TarError::Sparse { offset: self.offset, reason })
    }
}

/// At most `limit` bytes of `bytes`, and the rest.
fn split(bytes: &[u8], limit: u64) -> (&[u8], &[u8]) {
    let length = usize::try_from(limit).map_or(bytes.len(), |limit| limit.min(bytes.len()));
    bytes.split_at(length)
}

fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

fn is_zero(block: &[u8; BLOCK]) -> bool {
    block[0] == 0 && block.iter().all(|&byte| byte == 0)
}
