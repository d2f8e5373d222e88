//! The blobs of one table of an SQLite 3 database, read from the bytes of the file alone.
//!
//! Format: <https://www.sqlite.org/fileformat2.html>, sections 1.3 (header), 1.6 (b-tree pages and overflow
//! chains) and 2.1 (records). Only what listing a rowid table needs is here: no indexes, no queries. A
//! database in WAL mode is read as of its last checkpoint, since the `-wal` file is another file.
//!
//! Hostile databases: each b-tree page is visited once at most and all payloads together are no longer than
//! the file, so neither cycles nor shared overflow chains cost more than the file is worth.

mod table;

use std::borrow::Cow;

pub(crate) use table::table;

use super::binary::{Budget, Fault, Order::Big, part};

/// The first bytes of every SQLite 3 database.
pub const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The longest payload of one row that is read.
const LONGEST_PAYLOAD: usize = 64 << 20;

const INTERIOR_TABLE: u8 = 0x05;
const LEAF_TABLE: u8 = 0x0d;
const UTF_8: u32 = 1;

/// The blobs of column `column` (counted from 0) of `table`, in the order of the rowid. `file` is the whole
/// database. A row that breaks the format is a fault in its place and does not end the iteration.
///
/// # Errors
/// When `file` is no SQLite database that can be read, or has no such table.
pub fn blobs<'a>(file: &'a [u8], table: &str, column: usize) -> Result<Blobs<'a>, Fault> {
    let pages = Pages::open(file)?;
    let root = find_table(pages, table)?;
    Ok(Blobs { rows: Rows::new(pages, root), column })
}

/// Iterator over the blobs of one column; see [`blobs`].
#[derive(Debug)]
pub struct Blobs<'a> {
    rows: Rows<'a>,
    column: usize,
}

impl<'a> Iterator for Blobs<'a> {
    type Item = Result<Cow<'a, [u8]>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        Some(row.and_then(|payload| {
            let Value { kind, start, len, .. } = value(&payload, self.column)?;
            if kind != Kind::Blob {
                return Err(Fault::Record("a row holds no blob where one belongs"));
            }
            let cut = |bytes: &'a [u8]| part(bytes, start, len).map(Cow::Borrowed);
            match payload {
                Cow::Borrowed(bytes) => cut(bytes),
                Cow::Owned(bytes) => part(&bytes, start, len).map(|blob| Cow::Owned(blob.to_vec())),
            }
            .ok_or(Fault::Record("a blob is longer than its row"))
        }))
    }
}

/// The file as numbered pages.
#[derive(Debug, Clone, Copy)]
struct Pages<'a> {
    file: &'a [u8],
    size: usize,
    /// Bytes of each page that hold content; the rest is reserved for extensions.
    usable: usize,
}

impl<'a> Pages<'a> {
    fn open(file: &'a [u8]) -> Result<Self, Fault> {
        if !file.starts_with(MAGIC) {
            return Err(Fault::File("this is no SQLite database"));
        }
        let cut = Fault::Truncated("the database ends within its header");
        let size = match Big.u16(file, 16).ok_or(cut)? {
            1 => 65_536,
            size if size.is_power_of_two() && size >= 512 => usize::from(size),
            _ => return Err(Fault::File("the page size is no power of two between 512 and 65536")),
        };
        // 1 is a rollback journal, 2 a write-ahead log: the pages are the same.
        if !file.get(19).is_some_and(|version| (1..=2).contains(version)) {
            return Err(Fault::Unsupported("the database asks for a newer reader"));
        }
        if Big.u32(file, 56).ok_or(cut)? > UTF_8 {
            return Err(Fault::Unsupported("the database is written in UTF-16"));
        }
        let reserved = file.get(20).copied().map_or(0, usize::from);
        let usable = size - reserved;
        if usable < 480 {
            return Err(Fault::File("the pages leave too little room for content"));
        }
        Ok(Self { file, size, usable })
    }

    /// The content of page `number`, counted from 1.
    fn page(&self, number: u32) -> Result<&'a [u8], Fault> {
        let index = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
        let start = index.and_then(|index| index.checked_mul(self.size));
        start
            .and_then(|start| part(self.file, start, self.usable))
            .ok_or(Fault::Truncated("a page lies behind the end of the database"))
    }

    fn count(&self) -> usize {
        self.file.len() / self.size
    }

    /// How many bytes of a payload of `len` lie in the cell itself (section 1.6, "U", "P", "X", "M", "K").
    fn local(&self, len: usize) -> usize {
        if len <= self.usable - 35 {
            return len;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let filled = least + (len - least) % (self.usable - 4);
        if filled <= self.usable - 35 { filled } else { least }
    }
}

/// Iterator over the payloads of a table b-tree, in the order of the rowid.
#[derive(Debug)]
struct Rows<'a> {
    pages: Pages<'a>,
    /// Pages still to visit, the next one last.
    todo: Vec<u32>,
    /// How many more pages may be visited.
    visits: usize,
    budget: Budget,
    /// The key of the last row.
    rowid: i64,
    leaf: &'a [u8],
    /// Offsets of the cells of `leaf` still to read.
    cells: std::slice::ChunksExact<'a, u8>,
}

impl<'a> Rows<'a> {
    fn new(pages: Pages<'a>, root: u32) -> Self {
        let none: &[u8] = &[];
        Self {
            pages,
            todo: vec![root],
            visits: pages.count(),
            budget: Budget::of(pages.file),
            rowid: 0,
            leaf: none,
            cells: none.chunks_exact(2),
        }
    }

    /// Opens the next page: a leaf becomes the current one, an interior page adds its children.
    fn visit(&mut self, number: u32) -> Result<(), Fault> {
        self.visits = self.visits.checked_sub(1).ok_or_else(|| {
            self.todo.clear();
            Fault::File("the tree of a table has more pages than the database")
        })?;
        let page = self.pages.page(number)?;
        let broken = Fault::Record("a page of the table is damaged");
        let head = if number == 1 { 100 } else { 0 };
        let cells = usize::from(Big.u16(page, head + 3).ok_or(broken)?);
        match page.get(head) {
            Some(&LEAF_TABLE) => {
                self.leaf = page;
                self.cells = part(page, head + 8, cells * 2).ok_or(broken)?.chunks_exact(2);
            }
            Some(&INTERIOR_TABLE) => {
                let pointers = part(page, head + 12, cells * 2).ok_or(broken)?;
                let right = Big.u32(page, head + 8).ok_or(broken)?;
                self.todo.push(right);
                for pointer in pointers.chunks_exact(2).rev() {
                    let at = Big.u16(pointer, 0).map(usize::from).ok_or(broken)?;
                    self.todo.push(Big.u32(page, at).ok_or(broken)?);
                }
            }
            _ => return Err(broken),
        }
        Ok(())
    }

    /// The payload of the cell at byte `at` of the current leaf.
    fn payload(&mut self, at: usize) -> Result<Cow<'a, [u8]>, Fault> {
        let broken = Fault::Record("a row runs past its page");
        let cell = self.leaf.get(at..).ok_or(broken)?;
        let (len, used) = varint(cell).ok_or(broken)?;
        let (key, rowid) = varint(cell.get(used..).unwrap_or_default()).ok_or(broken)?;
        self.rowid = key.cast_signed();
        let len = usize::try_from(len).ok().filter(|&len| len <= LONGEST_PAYLOAD);
        let len = len.ok_or(Fault::Limit("a row is longer than 64 MiB"))?;
        self.budget.take(len).inspect_err(|_| self.stop())?;
        let start = used + rowid;
        let local = part(cell, start, self.pages.local(len)).ok_or(broken)?;
        if local.len() == len {
            return Ok(Cow::Borrowed(local));
        }
        let mut whole = local.to_vec();
        let mut next = Big.u32(cell, start + local.len()).ok_or(broken)?;
        while whole.len() < len {
            let page = self.pages.page(next)?;
            next = Big.u32(page, 0).ok_or(broken)?;
            let content = page.get(4..).unwrap_or_default();
            let wanted = (len - whole.len()).min(content.len());
            whole.extend_from_slice(content.get(..wanted).unwrap_or_default());
        }
        Ok(Cow::Owned(whole))
    }

    fn stop(&mut self) {
        self.todo.clear();
        self.cells = [].chunks_exact(2);
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Cow<'a, [u8]>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(pointer) = self.cells.next() {
                let at = Big.u16(pointer, 0).map_or(usize::MAX, usize::from);
                return Some(self.payload(at));
            }
            let page = self.todo.pop()?;
            if let Err(fault) = self.visit(page) {
                return Some(Err(fault));
            }
        }
    }
}

/// The root page of `table`.
fn find_table(pages: Pages<'_>, table: &str) -> Result<u32, Fault> {
    find_definition(pages, table).map(|(root, _)| root)
}

/// The root page of `table` and the statement that made it, read from the schema table (section 2.6), whose columns are
/// type, name, `tbl_name`, rootpage and sql.
fn find_definition(pages: Pages<'_>, table: &str) -> Result<(u32, String), Fault> {
    for row in Rows::new(pages, 1) {
        let row = row?;
        let text = |column, expected: &str| {
            value(&row, column).is_ok_and(|found| {
                found.kind == Kind::Text && part(&row, found.start, found.len) == Some(expected.as_bytes())
            })
        };
        if text(0, "table") && text(1, table) {
            let root = value(&row, 3)?;
            let digits = part(&row, root.start, root.len).unwrap_or_default();
            let number = digits.iter().fold(0_u64, |number, &digit| number << 8 | u64::from(digit));
            let number = u32::try_from(number).map_err(|_| Fault::File("the table has no root page"))?;
            let sql = value(&row, 4).ok().and_then(|sql| part(&row, sql.start, sql.len));
            return Ok((number, String::from_utf8_lossy(sql.unwrap_or_default()).into_owned()));
        }
    }
    Err(Fault::File("the database has no such table"))
}

/// What a column of a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// NULL, an integer or a floating-point number.
    Number,
    Blob,
    Text,
}

/// Where a column of a record lies in it.
#[derive(Debug, Clone, Copy)]
struct Value {
    serial: u64,
    kind: Kind,
    start: usize,
    len: usize,
}

/// Column `column` of a record (section 2.1: a header of serial types, then the values).
fn value(record: &[u8], column: usize) -> Result<Value, Fault> {
    let broken = Fault::Record("a row has too few columns");
    let (header, mut at) = varint(record).ok_or(broken)?;
    let header = usize::try_from(header).map_err(|_| broken)?;
    let types = record.get(..header).ok_or(broken)?;
    let mut start = header;
    for index in 0..=column {
        let (serial, used) = varint(types.get(at..).unwrap_or_default()).ok_or(broken)?;
        at += used;
        let (kind, len) = match serial {
            0 | 8 | 9 => (Kind::Number, 0),
            1..=4 => (Kind::Number, serial),
            5 => (Kind::Number, 6),
            6 | 7 => (Kind::Number, 8),
            10 | 11 => return Err(Fault::Record("a column is of a reserved type")),
            _ if serial % 2 == 0 => (Kind::Blob, (serial - 12) / 2),
            _ => (Kind::Text, (serial - 13) / 2),
        };
        let len = usize::try_from(len).map_err(|_| broken)?;
        if index == column {
            return Ok(Value { serial, kind, start, len });
        }
        start = start.checked_add(len).ok_or(broken)?;
    }
    Err(broken)
}

/// A variable-length integer and how many bytes it took: seven bits a byte, eight in the ninth.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0;
    for (index, &byte) in bytes.iter().enumerate().take(9) {
        if index == 8 {
            return Some((number << 8 | u64::from(byte), 9));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((number, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_of_every_length() {
        // fileformat2.html, section 1.6: big-endian, seven bits each, all eight of the ninth byte.
        assert_eq!(varint(&[0x7f]), Some((0x7f, 1)));
        assert_eq!(varint(&[0x81, 0x00]), Some((0x80, 2)));
        assert_eq!(varint(&[0xff; 9]), Some((u64::MAX, 9)));
        assert_eq!(varint(&[0x80; 8]), None);
    }

    #[test]
    fn a_tree_that_contains_itself_ends() {
        let mut file = vec![0; 1024];
        file[..16].copy_from_slice(MAGIC);
        file[16..18].copy_from_slice(&512_u16.to_be_bytes());
        file[18..20].copy_from_slice(&[1, 1]);
        file[100] = INTERIOR_TABLE;
        file[108..112].copy_from_slice(&1_u32.to_be_bytes());
        assert_eq!(
            blobs(&file, "Packages", 1).err(),
            Some(Fault::File("the tree of a table has more pages than the database"))
        );
    }

    #[test]
    fn rows_that_share_their_overflow_pages_do_not_multiply() {
        // Page 12 of the fixture holds the cells of its last two rows; the last is 12432 bytes long and lies
        // on three overflow pages (SQLite's dbstat). A hundred cells now mean that row.
        let mut file =
            include_bytes!("../../testdata/rpm/good/root/usr/lib/sysimage/rpm/rpmdb.sqlite").to_vec();
        let page = &mut file[11 * 4096..];
        let last = [page[10], page[11]];
        page[3..5].copy_from_slice(&100_u16.to_be_bytes());
        page[8..208].copy_from_slice(&last.repeat(100));
        let rows: Vec<_> = blobs(&file, "Packages", 1).unwrap().collect();
        let read: usize = rows.iter().flatten().map(|blob| blob.len()).sum();
        assert!(read > 12_432 && read <= file.len(), "{read}");
        let limit = Fault::Limit("records claim more bytes than the file has");
        assert_eq!(rows.last().unwrap().as_ref().err(), Some(&limit));
    }
}
