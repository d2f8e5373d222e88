//! Tars made by hand for tests, byte for byte after POSIX.1-2024, `pax`, "ustar Interchange Format".

use crate::tar::BLOCK;

/// A tar that is being written.
#[derive(Default)]
pub(crate) struct Tar(pub(crate) Vec<u8>);

impl Tar {
    pub(crate) fn dir(self, name: &str) -> Self {
        self.raw(b'5', name.as_bytes(), "", 0, b"")
    }

    pub(crate) fn file(self, name: &str, content: &[u8]) -> Self {
        self.raw(b'0', name.as_bytes(), "", content.len() as u64, content)
    }

    pub(crate) fn symlink(self, name: &str, target: &str) -> Self {
        self.raw(b'2', name.as_bytes(), target, 0, b"")
    }

    pub(crate) fn hard_link(self, name: &str, target: &str) -> Self {
        self.raw(b'1', name.as_bytes(), target, 0, b"")
    }

    /// A PAX header (`x`, `g`) with these records.
    pub(crate) fn pax(self, flag: u8, records: &[(&str, &str)]) -> Self {
        let mut body = String::new();
        for (key, value) in records {
            let rest = key.len() + value.len() + 3;
            let mut length = rest + 1;
            while length != rest + length.to_string().len() {
                length += 1;
            }
            body.extend([&length.to_string(), " ", key, "=", value, "\n"]);
        }
        self.raw(flag, b"pax", "", body.len() as u64, body.as_bytes())
    }

    /// Any header with any size field, and data padded to a block.
    pub(crate) fn raw(mut self, flag: u8, name: &[u8], link: &str, size: u64, data: &[u8]) -> Self {
        self.0.extend(header(flag, name, link, size));
        self.data(data)
    }

    /// Data padded to a block.
    pub(crate) fn data(mut self, data: &[u8]) -> Self {
        self.0.extend_from_slice(data);
        self.0.resize(self.0.len().next_multiple_of(BLOCK), 0);
        self
    }

    /// The end marker.
    pub(crate) fn end(mut self) -> Vec<u8> {
        self.0.extend([0; 2 * BLOCK]);
        self.0
    }
}

/// A ustar header.
pub(crate) fn header(flag: u8, name: &[u8], link: &str, size: u64) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    put(&mut block, 0, name);
    put(&mut block, 100, b"0000644\0");
    put(&mut block, 108, b"0001750\0");
    put(&mut block, 116, b"0000012\0");
    put(&mut block, 124, format!("{size:011o}\0").as_bytes());
    put(&mut block, 136, b"00000000001\0");
    block[156] = flag;
    put(&mut block, 157, link.as_bytes());
    put(&mut block, 257, b"ustar\x0000");
    seal(&mut block);
    block
}

/// Writes a field.
pub(crate) fn put(block: &mut [u8; BLOCK], at: usize, bytes: &[u8]) {
    block[at..at + bytes.len()].copy_from_slice(bytes);
}

/// Writes the checksum.
pub(crate) fn seal(block: &mut [u8; BLOCK]) {
    put(block, 148, b"        ");
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    put(block, 148, format!("{sum:06o}\0 ").as_bytes());
}
