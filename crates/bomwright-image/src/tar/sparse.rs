//! Sparse files: a map of the stretches that hold data (GNU tar manual, "Storing Sparse Files").

use super::header::{BLOCK, number};

/// A stretch of a sparse file that is stored; everything between stretches is zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Where it lies in the file.
    pub(crate) offset: u64,
    /// Its bytes.
    pub(crate) length: u64,
}

/// Appends the map entries in a GNU header or map block; an empty entry ends the map.
pub(super) fn gnu_segments(fields: &[u8], map: &mut Vec<Segment>, limit: usize) -> Result<(), &'static str> {
    for entry in fields.chunks_exact(24) {
        let (offset, length) = entry.split_at(12);
        if offset.first() == Some(&0) || length.first() == Some(&0) {
            return Ok(());
        }
        let value = |field| number(field).and_then(|value| u64::try_from(value).ok()).ok_or("no number");
        if map.len() >= limit {
            return Err("too many segments");
        }
        map.push(Segment { offset: value(offset)?, length: value(length)? });
    }
    Ok(())
}

/// Checks that segments are in order, do not overlap, end inside the file and are all stored.
pub(super) fn check(map: &[Segment], real_size: u64, stored: u64) -> Result<(), &'static str> {
    let mut end = 0_u64;
    let mut sum = 0_u64;
    for segment in map {
        if segment.offset < end {
            return Err("segments overlap");
        }
        end = segment.offset.checked_add(segment.length).ok_or("a segment is too long")?;
        sum = sum.checked_add(segment.length).ok_or("a segment is too long")?;
    }
    if end > real_size {
        return Err("a segment ends behind the end of the file");
    }
    if sum == stored { Ok(()) } else { Err("the segments are not as long as the data") }
}

/// The first `length` bytes of the file whose stored bytes start with `stored`.
///
/// `length` is the caller's bound, never the file's own claim.
pub(crate) fn expand(map: &[Segment], stored: &[u8], length: usize) -> Vec<u8> {
    let mut file = vec![0; length];
    let mut rest = stored;
    for segment in map {
        let (Ok(offset), Ok(size)) = (usize::try_from(segment.offset), usize::try_from(segment.length))
        else {
            break;
        };
        let (data, after) = rest.split_at(size.min(rest.len()));
        let Some(target) = file.get_mut(offset..) else { break };
        for (to, from) in target.iter_mut().zip(data) {
            *to = *from;
        }
        rest = after;
    }
    file
}

/// Reads the map at the start of the data of version 1.0: decimal numbers, one a line, the first of them the
/// number of segments, padded to whole blocks.
#[derive(Debug, Default)]
pub(super) struct MapReader {
    wanted: Option<usize>,
    offset: Option<u64>,
    value: Option<u64>,
    pub(super) map: Vec<Segment>,
}

impl MapReader {
    /// Takes one block; true once the map is complete.
    pub(super) fn block(&mut self, block: &[u8; BLOCK], limit: usize) -> Result<bool, &'static str> {
        for &byte in block {
            match byte {
                b'0'..=b'9' => {
                    let digit = u64::from(byte - b'0');
                    let value = self.value.unwrap_or(0).checked_mul(10).and_then(|v| v.checked_add(digit));
                    self.value = Some(value.ok_or("a number is too large")?);
                }
                b'\n' => {
                    let value = self.value.take().ok_or("an empty line")?;
                    self.number(value, limit)?;
                    if self.is_complete() {
                        return Ok(true);
                    }
                }
                _ => return Err("no number"),
            }
        }
        Ok(false)
    }

    fn number(&mut self, value: u64, limit: usize) -> Result<(), &'static str> {
        if self.wanted.is_none() {
            let wanted = usize::try_from(value).ok().filter(|&wanted| wanted <= limit);
            self.wanted = Some(wanted.ok_or("too many segments")?);
        } else if let Some(offset) = self.offset.take() {
            self.map.push(Segment { offset, length: value });
        } else {
            self.offset = Some(value);
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.wanted == Some(self.map.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expansion_fills_the_gaps_with_zeros() {
        let map = [Segment { offset: 2, length: 3 }, Segment { offset: 7, length: 1 }];
        assert_eq!(expand(&map, b"abcd", 10), b"\0\0abc\0\0d\0\0");
        assert_eq!(expand(&map, b"abcd", 4), b"\0\0ab", "only as much as was asked for");
        assert_eq!(expand(&map, b"ab", 10), b"\0\0ab\0\0\0\0\0\0", "stored bytes may end early");
    }

    #[test]
    fn impossible_maps_are_refused() {
        let segment = |offset, length| Segment { offset, length };
        assert_eq!(check(&[segment(0, 2), segment(4, 2)], 6, 4), Ok(()));
        assert!(check(&[segment(0, 2), segment(1, 2)], 6, 4).is_err(), "overlap");
        assert!(check(&[segment(4, 4)], 6, 4).is_err(), "behind the end");
        assert!(check(&[segment(0, 2)], 6, 4).is_err(), "data without a segment");
        assert!(check(&[segment(u64::MAX, 2)], u64::MAX, 2).is_err(), "overflow");
    }

    #[test]
    fn a_map_in_the_data_may_span_blocks() {
        let mut text = String::from("100\n");
        text.extend((0..100).map(|n| format!("{}\n1\n", n * 10)));
        let mut bytes = text.into_bytes();
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        let mut reader = MapReader::default();
        let mut done = false;
        for block in bytes.chunks_exact(BLOCK) {
            assert!(!done);
            done = reader.block(block.try_into().unwrap(), 100).unwrap();
        }
        assert!(done);
        assert_eq!(reader.map.len(), 100);
        assert_eq!(reader.map[99], Segment { offset: 990, length: 1 });
        assert!(MapReader::default().block(bytes[..BLOCK].try_into().unwrap(), 99).is_err());
    }
}
