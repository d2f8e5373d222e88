//! The fields of one 512-byte tar header.

/// Bytes of a tar block.
pub(crate) const BLOCK: usize = 512;

/// A header whose checksum is right.
pub(super) struct Header<'a>(&'a [u8; BLOCK]);

/// Which fields follow the first 257 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    V7,
    Ustar,
    Star,
    Gnu,
}

impl<'a> Header<'a> {
    /// The header in `block`, unless its checksum is wrong.
    ///
    /// Historic writers summed signed bytes, so either sum is right.
    pub(super) fn parse(block: &'a [u8; BLOCK]) -> Option<Self> {
        let stored = number(&block[148..156])?;
        let (before, field, after) = (&block[..148], 8 * u32::from(b' '), &block[156..]);
        let unsigned = |bytes: &[u8]| bytes.iter().map(|&byte| u32::from(byte)).sum::<u32>();
        if stored == i64::from(unsigned(before) + field + unsigned(after)) {
            return Some(Self(block));
        }
        let signed = |bytes: &[u8]| bytes.iter().map(|&byte| i64::from(byte.cast_signed())).sum::<i64>();
        (stored == signed(before) + i64::from(field) + signed(after)).then_some(Self(block))
    }

    /// The type flag.
    pub(super) fn flag(&self) -> u8 {
        self.0[156]
    }

    /// Appends the entry's name, with the ustar prefix where there is one.
    pub(super) fn name(&self, out: &mut Vec<u8>) {
        let prefix = match self.dialect() {
            Dialect::Ustar => text(&self.0[345..500]),
            Dialect::Star => text(&self.0[345..476]),
            Dialect::V7 | Dialect::Gnu => &[],
        };
        if !prefix.is_empty() {
            out.extend_from_slice(prefix);
            out.push(b'/');
        }
        out.extend_from_slice(text(&self.0[..100]));
    }

    /// The link's target.
    pub(super) fn link(&self) -> &'a [u8] {
        text(&self.0[157..257])
    }

    /// Bytes of data that follow; `None` where the field is negative or no number.
    pub(super) fn size(&self) -> Option<u64> {
        number(&self.0[124..136]).and_then(|size| u64::try_from(size).ok())
    }

    /// Permission bits; `None` where the field is no number.
    pub(super) fn mode(&self) -> Option<u32> {
        number(&self.0[100..108]).map(|mode| u32::try_from(mode & 0o7777).unwrap_or_default())
    }

    /// Owner; `None` where the field is no number.
    pub(super) fn uid(&self) -> Option<u64> {
        number(&self.0[108..116]).and_then(|uid| u64::try_from(uid).ok())
    }

    /// Group; `None` where the field is no number.
    pub(super) fn gid(&self) -> Option<u64> {
        number(&self.0[116..124]).and_then(|gid| u64::try_from(gid).ok())
    }

    /// Seconds since 1970; `None` where the field is no number.
    pub(super) fn mtime(&self) -> Option<i64> {
        number(&self.0[136..148])
    }

    /// The four map entries, the logical size and whether more map blocks follow (GNU type `S`).
    pub(super) fn gnu_sparse(&self) -> (&'a [u8], Option<u64>, bool) {
        let real = number(&self.0[483..495]).and_then(|size| u64::try_from(size).ok());
        (&self.0[386..482], real, self.0[482] != 0)
    }

    fn dialect(&self) -> Dialect {
        match (&self.0[257..263], &self.0[263..265], &self.0[508..512]) {
            (b"ustar\0", _, b"tar\0") => Dialect::Star,
            (b"ustar\0", _, _) => Dialect::Ustar,
            (b"ustar ", b" \0", _) => Dialect::Gnu,
            _ => Dialect::V7,
        }
    }
}

/// The bytes before the first NUL.
pub(super) fn text(field: &[u8]) -> &[u8] {
    field.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// A numeric field: octal digits between blanks and NULs, or base-256 where the first bit is set.
pub(super) fn number(field: &[u8]) -> Option<i64> {
    let (&first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        // Two's complement, most significant byte first; the marker bit is not part of the number.
        let sign = if first & 0x40 == 0 { 0 } else { -64 };
        let start = sign + i64::from(first & 0x3f);
        return rest.iter().try_fold(start, |value, &byte| value.checked_mul(256)?.checked_add(byte.into()));
    }
    let start = field.iter().position(|byte| !matches!(byte, b' ' | 0)).unwrap_or(field.len());
    let digits = text(field.get(start..)?).trim_ascii_end();
    digits.iter().try_fold(0_i64, |value, &byte| match byte {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(i64::from(byte - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::number;

    /// Values worked out by hand from the GNU tar manual, "Basic Tar Format" and its base-256 extension.
    #[test]
    fn numbers_in_every_notation() {
        let base256 = |tail: [u8; 11], first: u8| {
            let mut field = vec![first];
            field.extend(tail);
            number(&field)
        };
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"   644 \0"), Some(0o644));
        assert_eq!(number(b"\0\0\0\0\0\0\0\0"), Some(0));
        assert_eq!(number(b"77777777777 "), Some(0o77_777_777_777));
        assert_eq!(base256([0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1], 0x80), Some(0x2_0000_0001));
        assert_eq!(base256([0xff; 11], 0xff), Some(-1));
        assert_eq!(base256([0xff; 11], 0x80), None, "88 bits do not fit");
        assert_eq!(number(b"0000648\0"), None);
        assert_eq!(number(b"-000644\0"), None);
        assert_eq!(number(b""), None);
    }
}
