//! What a file is, by its first bytes.

use serde::{Deserialize, Serialize};

/// Bytes at the start that are looked at.
const START: usize = 512;
/// Bytes at the end in which UPX leaves its magic.
const END: usize = 64;
/// The magic of UPX' headers (UPX, `p_info` and `PackHeader`).
const UPX: &[u8] = b"UPX!";

/// What the first bytes of a file say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Head {
    /// There are none.
    Empty,
    /// `\x7fELF`: a program, library or object file of Linux.
    Elf,
    /// A program or library of Windows or .NET: `MZ`, and `PE` where it points to.
    Pe,
    /// A program or library of macOS, for one or several processors.
    MachO,
    /// `#!`: a script with an interpreter.
    Script,
    /// A zip archive, as jars and wheels are.
    Zip,
    /// UTF-8 (or ASCII) without control characters.
    Text,
    /// Anything else.
    #[default]
    Other,
}

impl Head {
    /// Decides by up to the first 512 bytes.
    fn of(start: &[u8]) -> Self {
        match start {
            [] => Self::Empty,
            [0x7f, b'E', b'L', b'F', ..] => Self::Elf,
            [b'#', b'!', ..] => Self::Script,
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Self::Zip,
            // Java classes begin like files for several processors, but with a version from 45 (0x2d) on in
            // place of the number of processors (JVM specification, 4.1).
            [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..]
            | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..]
            | [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 1..0x2d, ..] => Self::MachO,
            [b'M', b'Z', ..] if is_pe(start) => Self::Pe,
            _ if is_text(start) => Self::Text,
            _ => Self::Other,
        }
    }
}

/// Whether the offset at byte 60 leads to the signature (PE format, "MS-DOS stub", "Signature").
fn is_pe(start: &[u8]) -> bool {
    let offset = start.get(0x3c..).and_then(<[u8]>::first_chunk::<4>).map(|at| u32::from_le_bytes(*at));
    let rest = offset.and_then(|offset| start.get(usize::try_from(offset).ok()?..));
    rest.is_some_and(|rest| rest.starts_with(b"PE\0\0"))
}

fn is_text(start: &[u8]) -> bool {
    let whole = match str::from_utf8(start) {
        Ok(_) => true,
        // A character may be cut, but only by the end of what is looked at.
        Err(error) => error.error_len().is_none() && start.len() == START,
    };
    whole && start.iter().all(|&byte| byte >= b' ' && byte != 0x7f || matches!(byte, 8..=13 | 0x1b))
}

/// The first and last bytes of a file that streams by.
#[derive(Debug, Default)]
pub(super) struct Edges {
    start: Vec<u8>,
    end: Vec<u8>,
}

impl Edges {
    /// Forgets the file before.
    pub(super) fn clear(&mut self) {
        self.start.clear();
        self.end.clear();
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let room = START - self.start.len().min(START);
        self.start.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        if bytes.len() >= END {
            self.end.clear();
        }
        let skipped = bytes.len().saturating_sub(END);
        self.end.extend_from_slice(bytes.get(skipped..).unwrap_or_default());
        self.end.drain(..self.end.len().saturating_sub(END));
    }

    /// The same for many zeros.
    pub(super) fn zeros(&mut self, count: u64) {
        // More would only push out other zeros.
        super::zeros(count.min((START + END) as u64), |zeros| self.push(zeros));
    }

    /// What they say, and whether UPX was at work.
    pub(super) fn judge(&self) -> (Head, bool) {
        let head = Head::of(&self.start);
        let has_magic = |bytes: &[u8]| bytes.windows(UPX.len()).any(|window| window == UPX);
        (head, head == Head::Elf && (has_magic(&self.start) || has_magic(&self.end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(bytes: &[u8]) -> (Head, bool) {
        let whole = cut(bytes, bytes.len().max(1));
        assert_eq!(whole, cut(bytes, 1), "cuts do not show");
        whole
    }

    fn cut(bytes: &[u8], size: usize) -> (Head, bool) {
        let mut edges = Edges::default();
        edges.push(b"of another file");
        edges.clear();
        bytes.chunks(size).for_each(|piece| edges.push(piece));
        edges.judge()
    }

    #[test]
    fn magics() {
        let mut pe = b"MZ".to_vec();
        pe.resize(0x80, 0);
        pe[0x3c] = 0x80;
        assert_eq!(judge(&pe).0, Head::Other, "a DOS program");
        pe.extend(b"PE\0\0");
        assert_eq!(judge(&pe).0, Head::Pe);
        pe[0x3f] = 0xff;
        assert_eq!(judge(&pe).0, Head::Other, "an offset behind the head");
        for (bytes, head) in [
            (&b""[..], Head::Empty),
            (b"\x7fELF\x02", Head::Elf),
            (b"#!/bin/sh\n", Head::Script),
            (b"PK\x03\x04\x14\0", Head::Zip),
            (b"PK\x05\x06\0\0", Head::Zip),
            (b"\xcf\xfa\xed\xfe\x07\0\0\x01", Head::MachO),
            (b"\xca\xfe\xba\xbe\0\0\0\x02", Head::MachO),
            (b"\xca\xfe\xba\xbe\0\0\0\x41", Head::Other),
            (b"plain\ttext\r\n", Head::Text),
            ("Gr\u{fc}\u{df}e".as_bytes(), Head::Text),
            (b"\x89PNG\r\n", Head::Other),
            (b"a\0b", Head::Other),
            (b"cut \xc3", Head::Other),
            (b"\x7fEL", Head::Other),
        ] {
            assert_eq!(judge(bytes), (head, false), "{bytes:?}");
        }
        let long = "\u{fc}".repeat(1000);
        assert_eq!(judge(&[b"a", long.as_bytes()].concat()).0, Head::Text, "a character cut by the limit");
    }

    #[test]
    fn packed_programs() {
        let program = |at: usize, length: usize| {
            let mut bytes = b"\x7fELF".to_vec();
            bytes.resize(length, 1);
            bytes[at..at + 4].copy_from_slice(UPX);
            bytes
        };
        for (at, packed) in [(4, true), (508, true), (509, false), (5000, false), (9936, true), (9996, true)]
        {
            assert_eq!(judge(&program(at, 10_000)), (Head::Elf, packed), "{at}");
        }
        assert_eq!(judge(b"UPX! in a text"), (Head::Text, false));
    }

    #[test]
    fn holes_count_as_zeros() {
        let mut edges = Edges::default();
        edges.push(b"\x7fELF UPX!");
        edges.zeros(u64::MAX);
        assert_eq!(edges.judge(), (Head::Elf, true), "near the start");
        let mut edges = Edges::default();
        edges.zeros(10);
        assert_eq!(edges.judge(), (Head::Other, false));
    }
}
