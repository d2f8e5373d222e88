//! A push parser for tar streams: v7, ustar, GNU (`L`, `K`, `S`, base-256) and PAX (`x`, `g`), after
//! POSIX.1-2024 `pax` "Extended Header" and the GNU tar manual, "Basic Tar Format".
//!
//! It exists because layers arrive in buffers of their own making and must not be copied again, and because
//! every place where tar readers are known to disagree is decided here, once, the way container runtimes
//! decide it: a PAX `size` overrides the header's for both data and skipping, a GNU long name wins over a
//! PAX `path`, and links, devices and directories have no data whatever their size field says.

mod header;
mod member;
mod parser;
mod pax;
mod sparse;
#[cfg(test)]
mod tests;

pub(crate) use header::BLOCK;
pub(crate) use member::{Member, MemberKind, Remark, Sink};
pub(crate) use parser::Parser;
pub(crate) use sparse::{Segment, expand};

/// Why a tar stream cannot be read any further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TarError {
    /// The stream ends inside an entry or between an extension header and its entry.
    #[error("the tar ends in the middle of an entry")]
    Truncated,
    /// The header's checksum does not match its bytes.
    #[error("the tar header at byte {0} has a wrong checksum")]
    Checksum(u64),
    /// The header's size field is negative, too large or no number.
    #[error("the tar header at byte {0} has no valid size")]
    Size(u64),
    /// One block of zeros is followed by something else.
    #[error("a lone zero block before byte {0}")]
    LoneZeroBlock(u64),
    /// An extended header breaks the format `length key=value\n`.
    #[error("malformed PAX header before byte {offset}: {reason}")]
    Pax {
        /// Where the entry after it starts.
        offset: u64,
        /// What is wrong.
        reason: &'static str,
    },
    /// A sparse map breaks its format.
    #[error("malformed sparse map before byte {offset}: {reason}")]
    Sparse {
        /// Where the map ends.
        offset: u64,
        /// What is wrong.
        reason: &'static str,
    },
    /// An extension header is larger than the limit.
    #[error("an extension header of {size} bytes exceeds the limit of {limit}")]
    ExtensionTooLarge {
        /// The size that its header declares.
        size: u64,
        /// The limit, [`crate::Limits::pax_bytes`].
        limit: u64,
    },
}
