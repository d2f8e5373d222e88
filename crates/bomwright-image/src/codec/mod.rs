//! Decompression one step at a time, between buffers that the caller owns and reuses.

mod gzip;
mod zstd;

use std::fmt;

/// How a layer is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    /// As it is.
    Plain,
    /// RFC 1952, any number of members.
    Gzip,
    /// RFC 8878, any number of frames.
    Zstd,
}

/// What one step did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Step {
    /// Bytes taken from the input.
    pub(crate) consumed: usize,
    /// Bytes written to the output.
    pub(crate) produced: usize,
}

/// A decoder in the middle of a stream.
pub(crate) enum Decoder {
    /// RFC 1952.
    Gzip(Box<gzip::Gzip>),
    /// RFC 8878.
    Zstd(zstd::Zstd),
}

impl Compression {
    /// What the first bytes of a blob say. `Err` names a compression that is known but not read.
    pub(crate) fn sniff(head: &[u8]) -> Result<Self, &'static str> {
        match head {
            [0x1f, 0x8b, ..] => Ok(Self::Gzip),
            // A frame, or a skippable frame before it.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Ok(Self::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Err("bzip2 compression"),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Err("xz compression"),
            _ => Ok(Self::Plain),
        }
    }

    /// What a layer's media type promises; `None` for types that say nothing about it.
    pub(crate) fn of_media_type(media_type: &str) -> Option<Self> {
        match media_type.rsplit(['.', '+']).next()? {
            "gzip" => Some(Self::Gzip),
            "zstd" => Some(Self::Zstd),
            "tar" => Some(Self::Plain),
            _ => None,
        }
    }

    /// A decoder at the start of a stream; `None` for plain bytes.
    pub(crate) fn decoder(self) -> Result<Option<Decoder>, String> {
        Ok(match self {
            Self::Plain => None,
            Self::Gzip => Some(Decoder::Gzip(Box::default())),
            Self::Zstd => Some(Decoder::Zstd(zstd::Zstd::new()?)),
        })
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain tar",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        })
    }
}

impl Decoder {
    /// Decodes from `input` to `output` until one of them is used up, or the stream needs more of either.
    pub(crate) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        match self {
            Self::Gzip(gzip) => gzip.step(input, output),
            Self::Zstd(zstd) => zstd.step(input, output),
        }
    }

    /// Whether the stream may end here.
    pub(crate) fn is_at_end(&self) -> bool {
        match self {
            Self::Gzip(gzip) => gzip.is_at_end(),
            Self::Zstd(zstd) => zstd.is_at_end(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Decodes with steps of at most these sizes.
    fn decode(stored: &[u8], input: usize, output: usize) -> Result<Vec<u8>, String> {
        let mut decoder = Compression::sniff(stored)?.decoder()?.ok_or("plain")?;
        let (mut out, mut buffer, mut at) = (Vec::new(), vec![0; output], 0);
        loop {
            let window = &stored[at..stored.len().min(at + input)];
            let step = decoder.step(window, &mut buffer)?;
            out.extend_from_slice(&buffer[..step.produced]);
            at += step.consumed;
            if step == Step::default() {
                assert!(window.is_empty(), "stuck at byte {at}");
                return if decoder.is_at_end() { Ok(out) } else { Err("truncated".to_owned()) };
            }
        }
    }

    #[test]
    fn members_and_frames_follow_each_other() {
        let mut stored = gzip(b"one ");
        stored.extend(gzip(b""));
        stored.extend(gzip(b"two"));
        assert_eq!(decode(&stored, 100, 100).unwrap(), b"one two");
        let mut stored = ::zstd::encode_all(&b"one "[..], 1).unwrap();
        // A skippable frame of three bytes (RFC 8878, 3.1.2).
        stored.extend([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
        stored.extend(::zstd::encode_all(&b"two"[..], 1).unwrap());
        assert_eq!(decode(&stored, 100, 100).unwrap(), b"one two");
    }

    #[test]
    fn optional_header_fields_are_passed_over() {
        let stored = flate2::GzBuilder::new()
            .filename("name")
            .comment("comment")
            .extra(vec![7; 300])
            .write(Vec::new(), flate2::Compression::fast());
        let mut stored = stored;
        stored.write_all(b"text").unwrap();
        let stored = stored.finish().unwrap();
        assert_eq!(decode(&stored, 1, 1).unwrap(), b"text");
    }

    #[test]
    fn damage_is_an_error() {
        for stored in [gzip(&[b'x'; 5000]), ::zstd::encode_all(&[b'x'; 5000][..], 1).unwrap()] {
            for length in 4..stored.len() {
                assert!(decode(&stored[..length], 100, 4096).is_err(), "cut after {length} bytes");
            }
        }
        let good = gzip(b"text");
        let mut bad = good.clone();
        let crc = bad.len() - 8;
        bad[crc] ^= 1;
        assert!(decode(&bad, 100, 100).unwrap_err().contains("CRC"));
        let mut bad = good.clone();
        let size = bad.len() - 4;
        bad[size] ^= 1;
        assert!(decode(&bad, 100, 100).unwrap_err().contains("length"));
        let mut padded = good.clone();
        padded.extend([0; 100]);
        assert_eq!(decode(&padded, 100, 100).unwrap(), b"text");
        let mut trailing = good;
        trailing.extend(b"garbage");
        assert!(decode(&trailing, 100, 100).is_err());
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same(bytes in prop::collection::vec(0_u8..4, 0..3000), input in 1_usize..50, output in 1_usize..50) {
            prop_assert_eq!(&decode(&gzip(&bytes), input, output).unwrap(), &bytes);
            let zstd = ::zstd::encode_all(&bytes[..], 1).unwrap();
            prop_assert_eq!(&decode(&zstd, input, output).unwrap(), &bytes);
        }

        #[test]
        fn garbage_never_panics(mut bytes in prop::collection::vec(any::<u8>(), 0..300), gzip in any::<bool>()) {
            let magic: &[u8] = if gzip { &[0x1f, 0x8b, 8, 0] } else { &[0x28, 0xb5, 0x2f, 0xfd] };
            bytes.splice(0..0, magic.iter().copied());
            let _ = decode(&bytes, 64, 64);
        }
    }
}
