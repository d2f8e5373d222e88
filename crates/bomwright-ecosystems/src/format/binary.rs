//! What the readers of binary databases share: integers at an offset, and the ways in which a file fails.
//!
//! Every look-up is bounded by the slice that it is given and answers `None` beyond it, so that no reader
//! needs to index.

use std::fmt::Write;

use bomwright_model::Code;

/// Why a record or a file could not be read; the text says at which part of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Fault {
    /// One record breaks the format; the ones beside it can still be read.
    #[error("{0}")]
    Record(&'static str),
    /// The file breaks the format and nothing more can be read from it.
    #[error("{0}")]
    File(&'static str),
    /// The file ends before its own header says so.
    #[error("{0}")]
    Truncated(&'static str),
    /// A variant of the format that is not read.
    #[error("{0}")]
    Unsupported(&'static str),
    /// Text that is not UTF-8 was read with replacement characters.
    #[error("{0}")]
    Encoding(&'static str),
    /// A limit was reached and what lies behind it was not read.
    #[error("{0}")]
    Limit(&'static str),
}

impl Fault {
    /// The diagnostic code that stands for this kind of fault.
    pub const fn code(self) -> Code {
        match self {
            Self::Record(_) => Code::MalformedRecord,
            Self::File(_) => Code::MalformedFile,
            Self::Truncated(_) => Code::Truncated,
            Self::Unsupported(_) => Code::Unsupported,
            Self::Encoding(_) => Code::Encoding,
            Self::Limit(_) => Code::LimitExceeded,
        }
    }
}

/// In which order the bytes of an integer lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The least significant byte first.
    Little,
    /// The most significant byte first.
    Big,
}

impl Order {
    /// The 16-bit integer at byte `at`.
    pub(crate) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let raw = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(raw),
            Self::Big => u16::from_be_bytes(raw),
        })
    }

    /// The 32-bit integer at byte `at`.
    pub(crate) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let raw = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(raw),
            Self::Big => u32::from_be_bytes(raw),
        })
    }

    /// The 32-bit integer at byte `at`, as an offset or a length.
    pub(crate) fn size(self, bytes: &[u8], at: usize) -> Option<usize> {
        usize::try_from(self.u32(bytes, at)?).ok()
    }
}

/// The `len` bytes from `start`; `None` when they are not all there.
pub(crate) fn part(bytes: &[u8], start: usize, len: usize) -> Option<&[u8]> {
    bytes.get(start..start.checked_add(len)?)
}

/// `bytes` as lowercase hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// How many bytes of records a reader may still hand out.
///
/// It begins with the size of the file: records of a sound database never share bytes, so only a crafted
/// one, whose records point at the same pages over and over, uses it up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget(usize);

impl Budget {
    /// As many bytes as `file` has.
    pub(crate) fn of(file: &[u8]) -> Self {
        Self(file.len())
    }

    /// Takes `bytes` off, or fails for good.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), Fault> {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or_default();
        left.map(drop).ok_or(Fault::Limit("records claim more bytes than the file has"))
    }
}
