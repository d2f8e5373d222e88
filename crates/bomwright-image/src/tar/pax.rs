//! PAX extended headers: `length key=value\n` records (POSIX.1-2024, `pax`, "pax Extended Header").

use super::header::text;
use super::sparse::Segment;

/// The record of the extended attribute that holds the capabilities of a program (capabilities(7), "File
/// capabilities"), as star introduced such records and container tools write them (star(5), "SCHILY.xattr").
const CAPABILITY: &[u8] = b"SCHILY.xattr.security.capability";
/// Bytes of it that are kept. The kernel knows forms of 12, 20 and 24 bytes (linux/capability.h,
/// `vfs_ns_cap_data`), and nothing longer means anything.
const CAPABILITY_BYTES: usize = 64;

/// What the records before an entry say about it; only the keys that matter here.
#[derive(Debug, Clone, Default)]
pub(super) struct Pax {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) uid: Option<u64>,
    pub(super) gid: Option<u64>,
    pub(super) mtime: Option<i64>,
    /// The attribute `security.capability`.
    pub(super) capability: Option<Vec<u8>>,
    pub(super) sparse: Option<PaxSparse>,
}

/// The `GNU.sparse.*` records (GNU tar manual, "Storing Sparse Files").
#[derive(Debug, Clone, Default)]
pub(super) struct PaxSparse {
    /// Version 1.0: the map is at the start of the data.
    pub(super) map_in_data: bool,
    pub(super) name: Option<Vec<u8>>,
    pub(super) real_size: Option<u64>,
    /// The map of versions 0.0 and 0.1.
    pub(super) map: Vec<Segment>,
    /// An offset of version 0.0 whose length has not come yet.
    offset: Option<u64>,
}

/// What bounds the records of one header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Longer paths are cut after one byte more, so that the caller sees that they are too long.
    pub(super) path_bytes: usize,
    /// Segments of a sparse map.
    pub(super) segments: usize,
}

impl Pax {
    /// Reads the records of `body` over what is already known.
    pub(super) fn apply(&mut self, mut body: &[u8], bounds: Bounds) -> Result<(), &'static str> {
        // GNU tar pads some bodies with NULs.
        while body.first().is_some_and(|&byte| byte != 0) {
            let (record, rest) = split_record(body)?;
            let equals = record.iter().position(|&byte| byte == b'=').ok_or("a record without '='")?;
            let (key, value) = record.split_at_checked(equals).ok_or("a record without '='")?;
            self.set(key, value.get(1..).unwrap_or_default(), bounds)?;
            body = rest;
        }
        Ok(())
    }

    fn set(&mut self, key: &[u8], value: &[u8], bounds: Bounds) -> Result<(), &'static str> {
        match key {
            b"path" => self.path = path(value, bounds)?,
            b"linkpath" => self.link = path(value, bounds)?,
            b"size" => self.size = optional(value)?,
            // Owners and times are never worth refusing a layer for.
            b"uid" => self.uid = optional(value).unwrap_or_default(),
            b"gid" => self.gid = optional(value).unwrap_or_default(),
            b"mtime" => self.mtime = seconds(value),
            CAPABILITY => {
                let kept = value.get(..CAPABILITY_BYTES).unwrap_or(value);
                self.capability = (!kept.is_empty()).then(|| kept.to_vec());
            }
            _ => {
                if let Some(key) = key.strip_prefix(b"GNU.sparse.") {
                    self.sparse.get_or_insert_default().set(key, value, bounds)?;
                }
            }
        }
        Ok(())
    }
}

impl PaxSparse {
    fn set(&mut self, key: &[u8], value: &[u8], bounds: Bounds) -> Result<(), &'static str> {
        match key {
            b"major" => self.map_in_data = decimal(value)? == 1,
            b"name" => self.name = path(value, bounds)?,
            b"realsize" | b"size" => self.real_size = Some(decimal(value)?),
            b"offset" => self.offset = Some(decimal(value)?),
            b"numbytes" => {
                let offset = self.offset.take().ok_or("a sparse length without an offset")?;
                self.push(Segment { offset, length: decimal(value)? }, bounds)?;
            }
            b"map" => {
                let mut numbers = value.split(|&byte| byte == b',');
                while let Some(offset) = numbers.next() {
                    let length = numbers.next().ok_or("a sparse map with an odd number of fields")?;
                    let segment = Segment { offset: decimal(offset)?, length: decimal(length)? };
                    self.push(segment, bounds)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, segment: Segment, bounds: Bounds) -> Result<(), &'static str> {
        if self.map.len() >= bounds.segments {
            return Err("too many sparse segments");
        }
        self.map.push(segment);
        Ok(())
    }
}

/// The first record without its length and newline, and what follows it.
fn split_record(body: &[u8]) -> Result<(&[u8], &[u8]), &'static str> {
    const BAD: &str = "a record with a wrong length";
    let blank = body.iter().take(21).position(|&byte| byte == b' ').ok_or(BAD)?;
    let digits = body.get(..blank).ok_or(BAD)?;
    let length = usize::try_from(decimal(digits)?).map_err(|_| BAD)?;
    let (record, rest) = body.split_at_checked(length).ok_or(BAD)?;
    let record = record.get(blank + 1..).ok_or(BAD)?;
    Ok((record.strip_suffix(b"\n").ok_or("a record without its newline")?, rest))
}

/// A path value; an empty one takes an earlier record back.
fn path(value: &[u8], bounds: Bounds) -> Result<Option<Vec<u8>>, &'static str> {
    if text(value).len() != value.len() {
        return Err("a NUL in a path");
    }
    let kept = value.get(..bounds.path_bytes + 1).unwrap_or(value);
    Ok((!kept.is_empty()).then(|| kept.to_vec()))
}

fn optional(value: &[u8]) -> Result<Option<u64>, &'static str> {
    if value.is_empty() { Ok(None) } else { decimal(value).map(Some) }
}

fn decimal(digits: &[u8]) -> Result<u64, &'static str> {
    const BAD: &str = "a value that is no number";
    if digits.is_empty() {
        return Err(BAD);
    }
    let value = digits.iter().try_fold(0_u64, |value, &byte| match byte {
        b'0'..=b'9' => value.checked_mul(10)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    });
    value.filter(|&value| i64::try_from(value).is_ok()).ok_or(BAD)
}

/// Whole seconds of a time such as `-1.5`, rounded towards zero.
fn seconds(value: &[u8]) -> Option<i64> {
    let whole = value.split(|&byte| byte == b'.').next()?;
    str::from_utf8(whole).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { path_bytes: 16, segments: 4 };

    fn read(body: &[u8]) -> Result<Pax, &'static str> {
        let mut pax = Pax::default();
        pax.apply(body, BOUNDS).map(|()| pax)
    }

    /// Lengths counted by hand: the length counts its own digits, the blank and the newline.
    #[test]
    fn records_are_read() {
        let pax = read(b"12 path=a/b\n12 size=1000\n16 mtime=-12.25\n").unwrap_err();
        assert_eq!(pax, "a record without its newline", "the second record has 13 bytes");
        let pax = read(b"12 path=a/b\n13 size=1000\n16 mtime=-12.25\n9 uid=99\n").unwrap();
        assert_eq!(pax.path.as_deref(), Some(&b"a/b"[..]));
        assert_eq!((pax.size, pax.mtime, pax.uid), (Some(1000), Some(-12), Some(99)));
    }

    #[test]
    fn an_empty_value_takes_a_record_back() {
        let mut pax = read(b"12 path=a/b\n").unwrap();
        pax.apply(b"8 path=\n", BOUNDS).unwrap();
        assert_eq!(pax.path, None);
    }

    #[test]
    fn capabilities_are_bytes() {
        let mut pax = read(b"43 SCHILY.xattr.security.capability=\x01\0=\n\xff\x02\n").unwrap();
        assert_eq!(pax.capability.as_deref(), Some(&b"\x01\0=\n\xff\x02"[..]));
        pax.apply(b"36 SCHILY.xattr.security.capability=\n", BOUNDS).unwrap_err();
        pax.apply(b"37 SCHILY.xattr.security.capability=\n", BOUNDS).unwrap();
        assert_eq!(pax.capability, None);
        let long = [&b"1038 SCHILY.xattr.security.capability="[..], &[7; 999], b"\n"].concat();
        assert_eq!(read(&long).unwrap().capability, Some(vec![7; 64]));
    }

    #[test]
    fn broken_records_are_errors() {
        for body in [
            &b"x"[..],
            b"5\n",
            b"99 path=a\n",
            b"3 \n",
            b"11 path=a\0b\n",
            b"10 size=-1\n",
            b"27 size=99999999999999999999\n",
            b"6 a=b\n\n",
            b"1 ",
            b"0 path=a\n",
            b"7 path\n",
        ] {
            assert!(read(body).is_err(), "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn long_paths_stay_recognisably_too_long() {
        let pax = read(b"29 path=aaaaaaaaaaaaaaaaaaaa\n").unwrap();
        assert_eq!(pax.path.map(|path| path.len()), Some(17));
    }

    #[test]
    fn sparse_maps_of_both_old_versions() {
        let zero = read(b"24 GNU.sparse.offset=10\n25 GNU.sparse.numbytes=5\n").unwrap().sparse.unwrap();
        let one = read(b"23 GNU.sparse.map=10,5\n").unwrap().sparse.unwrap();
        assert_eq!(zero.map, vec![Segment { offset: 10, length: 5 }]);
        assert_eq!(zero.map, one.map);
        assert!(read(b"24 GNU.sparse.map=10,5,1\n").is_err());
    }
}
