//! What the parser tells of a tar, and whom.

use super::sparse::Segment;
use crate::facts::{Digests, Piece};
use crate::hash::Sha256;

/// Receives what the parser finds, in the order of the stream.
pub(crate) trait Sink {
    /// A member starts; its `stored` bytes follow through `data`, then `end` is called.
    fn member(&mut self, member: &Member);
    /// A hash that shall take the bytes that `data` will be called with next, if there is one.
    fn hash(&mut self, next: &[u8]) -> Option<&mut Sha256> {
        let _ = next;
        None
    }
    /// Where in the buffer that is being parsed the bytes are that `data` will be called with next.
    fn locate(&mut self, position: usize) {
        let _ = position;
    }
    /// What there is to hash in the buffer that was parsed.
    fn pieces(&mut self) -> Vec<Piece> {
        Vec::new()
    }
    /// What all the pieces gave, once the stream is over.
    fn digests(&mut self, found: Vec<Digests>) {
        let _ = found;
    }
    /// The next stored bytes of the member, never empty.
    fn data(&mut self, bytes: &[u8]);
    /// The member is complete.
    fn end(&mut self);
    /// Something that readers of tar files disagree about.
    fn remark(&mut self, remark: Remark);
}

/// One member, with all extensions applied.
#[derive(Debug, Clone, Default)]
pub(crate) struct Member {
    /// Its name as stored.
    pub(crate) name: Vec<u8>,
    /// The target of a link, as stored.
    pub(crate) link: Vec<u8>,
    /// What it is.
    pub(crate) kind: MemberKind,
    /// Bytes of data that follow, without a sparse map.
    pub(crate) stored: u64,
    /// Bytes of the file; differs from `stored` for sparse files only.
    pub(crate) size: u64,
    /// Where its data starts in the stream.
    pub(crate) data_offset: u64,
    /// Permission bits.
    pub(crate) mode: u32,
    /// Owner.
    pub(crate) uid: u64,
    /// Group.
    pub(crate) gid: u64,
    /// Seconds since 1970.
    pub(crate) mtime: i64,
    /// The map of a sparse file.
    pub(crate) sparse: Option<Vec<Segment>>,
    /// The extended attribute with the capabilities of a program, no more than its first 64 bytes.
    pub(crate) capability: Option<Vec<u8>>,
    /// Whether mode, owner, group or time was no number and was read as zero.
    pub(crate) has_bad_number: bool,
}

/// The kinds of members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum MemberKind {
    /// A file with content.
    #[default]
    File,
    /// Another name of an earlier member.
    HardLink,
    /// A symbolic link.
    Symlink,
    /// A directory.
    Directory,
    /// A character device.
    CharacterDevice,
    /// A block device.
    BlockDevice,
    /// A named pipe.
    Fifo,
    /// A volume label, which is no file.
    Label,
    /// Anything else, with its type flag.
    Unknown(u8),
}

/// Things that the sink may want to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remark {
    /// A global header sets a path, link or size for all that follow. POSIX says that it counts; container
    /// runtimes ignore it.
    GlobalOverride,
}
