//! The parser against hand-made tars, hostile tars and another implementation.

use std::io::Read;

use proptest::prelude::*;

use super::*;
use crate::Limits;
use crate::testing::{Tar, header, put, seal};

/// A member with its content; sparse files are expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    name: Vec<u8>,
    link: Vec<u8>,
    kind: MemberKind,
    size: u64,
    content: Vec<u8>,
}

#[derive(Default)]
struct Recorder {
    seen: Vec<Seen>,
    sparse: Option<Vec<Segment>>,
    remarks: usize,
}

impl Sink for Recorder {
    fn member(&mut self, member: &Member) {
        let Member { name, link, kind, size, .. } = member.clone();
        self.sparse.clone_from(&member.sparse);
        self.seen.push(Seen { name, link, kind, size, content: Vec::new() });
    }

    fn data(&mut self, bytes: &[u8]) {
        assert!(!bytes.is_empty());
        self.seen.last_mut().unwrap().content.extend_from_slice(bytes);
    }

    fn end(&mut self) {
        let last = self.seen.last_mut().unwrap();
        if let Some(map) = self.sparse.take() {
            last.content = expand(&map, &last.content, usize::try_from(last.size).unwrap());
        }
    }

    fn remark(&mut self, _: Remark) {
        self.remarks += 1;
    }
}

fn read_in(bytes: &[u8], chunk: usize) -> Result<Vec<Seen>, TarError> {
    let mut recorder = Recorder::default();
    let mut parser = Parser::new(&Limits { pax_bytes: 4096, sparse_segments: 100, ..Limits::default() });
    for piece in bytes.chunks(chunk) {
        parser.push(piece, &mut recorder)?;
    }
    parser.finish().map(|()| recorder.seen)
}

fn read(bytes: &[u8]) -> Result<Vec<Seen>, TarError> {
    let whole = read_in(bytes, bytes.len().max(1));
    assert_eq!(whole, read_in(bytes, 7), "cutting the stream differently changes nothing");
    whole
}

fn names(bytes: &[u8]) -> Vec<String> {
    read(bytes).unwrap().into_iter().map(|seen| String::from_utf8(seen.name).unwrap()).collect()
}

#[test]
fn plain_members() {
    let tar = Tar::default().dir("a/").file("a/b", b"text").symlink("a/c", "b").hard_link("a/d", "a/b").end();
    let seen = read(&tar).unwrap();
    let kinds: Vec<_> = seen.iter().map(|seen| seen.kind).collect();
    assert_eq!(kinds, [MemberKind::Directory, MemberKind::File, MemberKind::Symlink, MemberKind::HardLink]);
    assert_eq!(seen[1].content, b"text");
    assert_eq!(seen[3].link, b"a/b");
    assert_eq!(read(b"").unwrap(), [], "an empty stream is an empty tar");
    assert_eq!(read(&[0; 512]).unwrap(), [], "one block of zeros at the end will do");
}

#[test]
fn old_names_and_prefixes() {
    let mut ustar = header(b'0', b"name", "", 0);
    put(&mut ustar, 345, b"some/prefix");
    seal(&mut ustar);
    assert_eq!(names(&ustar), ["some/prefix/name"]);
    let mut gnu = ustar;
    put(&mut gnu, 257, b"ustar  \0");
    seal(&mut gnu);
    assert_eq!(names(&gnu), ["name"], "GNU headers use the field for something else");
    let mut v7 = header(0, b"directory/", "", 0);
    put(&mut v7, 257, &[0; 8]);
    seal(&mut v7);
    assert_eq!(read(&v7).unwrap()[0].kind, MemberKind::Directory);
}

#[test]
fn long_names_of_both_kinds() {
    let long = "d/".repeat(200) + "file";
    let gnu = Tar::default()
        .raw(b'L', b"././@LongLink", "", long.len() as u64 + 1, format!("{long}\0").as_bytes())
        .raw(b'K', b"././@LongLink", "", 4, b"goal")
        .symlink("short", "other")
        .file("next", b"");
    let seen = read(&gnu.end()).unwrap();
    assert_eq!((seen[0].name.as_slice(), seen[0].link.as_slice()), (long.as_bytes(), &b"goal"[..]));
    assert_eq!(seen[1].name, b"next", "a long name counts once");
    let pax = Tar::default()
        .pax(b'x', &[("path", &long), ("linkpath", "goal")])
        .symlink("s", "o")
        .file("next", b"");
    assert_eq!(read(&pax.end()).unwrap(), seen);
    // Go's archive/tar, which Docker, containerd and Podman use, lets the GNU name win.
    let both =
        Tar::default().raw(b'L', b"x", "", 3, b"gnu").pax(b'x', &[("path", "pax")]).file("header", b"");
    assert_eq!(names(&both.end()), ["gnu"]);
}

#[test]
fn the_pax_size_counts_for_data_and_for_skipping() {
    // CVE-2025-62518: readers that skip by the header's size see the inner header as a member.
    let inner = header(b'0', b"smuggled", "", 0);
    let tar =
        Tar::default().pax(b'x', &[("size", "512")]).raw(b'0', b"outer", "", 0, &inner).file("after", b"");
    assert_eq!(names(&tar.end()), ["outer", "after"]);
}

#[test]
fn links_and_directories_have_no_data() {
    let tar = Tar::default().raw(b'5', b"d", "", 1024, b"").raw(b'2', b"l", "t", 7, b"").file("f", b"x");
    assert_eq!(names(&tar.end()), ["d", "l", "f"]);
}

#[test]
fn global_headers_count_and_are_remarked() {
    let tar = Tar::default()
        .pax(b'g', &[("path", "global")])
        .file("a", b"")
        .pax(b'x', &[("path", "")])
        .file("b", b"");
    let mut recorder = Recorder::default();
    let mut parser = Parser::new(&Limits::default());
    parser.push(&tar.end(), &mut recorder).unwrap();
    let names: Vec<_> = recorder.seen.iter().map(|seen| seen.name.as_slice()).collect();
    assert_eq!(names, [&b"global"[..], b"b"]);
    assert_eq!(recorder.remarks, 1);
}

/// The same file, `..AB....CD..` with a hole of two bytes at each dot pair, in all four formats.
#[test]
fn sparse_files() {
    let expected = b"\0\0AB\0\0\0\0CD\0\0";
    let pax = |records: &[(&str, &str)], data: &[u8]| {
        Tar::default().pax(b'x', records).raw(b'0', b"s", "", data.len() as u64, data).file("z", b"").end()
    };
    let zero = pax(
        &[
            ("GNU.sparse.size", "12"),
            ("GNU.sparse.numblocks", "2"),
            ("GNU.sparse.offset", "2"),
            ("GNU.sparse.numbytes", "2"),
            ("GNU.sparse.offset", "8"),
            ("GNU.sparse.numbytes", "2"),
        ],
        b"ABCD",
    );
    let map = [("GNU.sparse.size", "12"), ("GNU.sparse.name", "s"), ("GNU.sparse.map", "2,2,8,2")];
    let one_zero = [
        ("GNU.sparse.major", "1"),
        ("GNU.sparse.minor", "0"),
        ("GNU.sparse.name", "s"),
        ("GNU.sparse.realsize", "12"),
    ];
    let mut in_data = b"2\n2\n2\n8\n2\n".to_vec();
    in_data.resize(BLOCK, 0);
    in_data.extend(b"ABCD");
    let mut gnu = header(b'S', b"s", "", 4);
    put(&mut gnu, 257, b"ustar  \0");
    put(&mut gnu, 386, b"00000000002\x0000000000002\x0000000000010\x0000000000002\0");
    put(&mut gnu, 483, b"00000000014\0");
    seal(&mut gnu);
    let gnu = Tar(gnu.to_vec()).data(b"ABCD").file("z", b"").end();
    for tar in [zero, pax(&map, b"ABCD"), pax(&one_zero, &in_data), gnu] {
        let seen = read(&tar).unwrap();
        assert_eq!((seen[0].name.as_slice(), seen[0].content.as_slice()), (&b"s"[..], &expected[..]));
        assert_eq!(seen[1].name, b"z");
    }
}

#[test]
fn gnu_sparse_maps_may_go_on_in_further_blocks() {
    let mut first = header(b'S', b"s", "", 5);
    put(&mut first, 257, b"ustar  \0");
    let mut more = [0; BLOCK];
    for index in 0..5_usize {
        let entry = format!("{:011o}\0{:011o}\0", index * 2, 1);
        if index < 4 {
            put(&mut first, 386 + 24 * index, entry.as_bytes());
        } else {
            put(&mut more, 0, entry.as_bytes());
        }
    }
    first[482] = 1;
    put(&mut first, 483, b"00000000012\0");
    seal(&mut first);
    let tar = Tar([first, more].concat()).data(b"abcde").end();
    assert_eq!(read(&tar).unwrap()[0].content, b"a\0b\0c\0d\0e\0");
}

#[test]
fn hostile_tars_are_errors() {
    let file = || Tar::default().file("f", b"text");
    let mut checksum = file().0;
    checksum[0] ^= 1;
    let mut negative = header(b'0', b"f", "", 0);
    put(&mut negative, 124, &[0xff; 12]);
    seal(&mut negative);
    let mut huge = header(b'0', b"f", "", 0);
    put(&mut huge, 124, &[0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    seal(&mut huge);
    let mut lone = Tar(vec![0; BLOCK]).file("f", b"").0;
    lone.truncate(2 * BLOCK);
    let sparse = [("GNU.sparse.size", "3"), ("GNU.sparse.map", "2,2")];
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("checksum", checksum),
        ("negative size", negative.to_vec()),
        ("size over 63 bits", huge.to_vec()),
        ("lone zero block", lone),
        ("cut header", file().0[..300].to_vec()),
        ("cut data", file().0[..514].to_vec()),
        ("cut padding", file().0[..600].to_vec()),
        ("size beyond the end", Tar::default().raw(b'0', b"f", "", 1 << 40, b"x").end()),
        ("extension without a member", Tar::default().pax(b'x', &[("path", "p")]).0),
        ("malformed record", Tar::default().raw(b'x', b"x", "", 5, b"9 a=b").file("f", b"").end()),
        ("huge extension", Tar::default().raw(b'L', b"x", "", 1 << 40, b"").end()),
        ("sparse map beyond the file", Tar::default().pax(b'x', &sparse).file("f", b"ab").end()),
        ("garbage", vec![b'x'; 1024]),
    ];
    for (name, bytes) in cases {
        assert!(read(&bytes).is_err(), "{name}");
    }
}

#[test]
fn nothing_counts_after_the_end_marker() {
    let mut tar = Tar::default().file("a", b"").end();
    tar.extend(Tar::default().file("b", b"").0);
    assert_eq!(names(&tar), ["a"]);
}

/// What the `tar` crate reads from the same bytes.
fn other(bytes: &[u8]) -> Vec<Seen> {
    let mut archive = ::tar::Archive::new(bytes);
    let read = |entry: std::io::Result<::tar::Entry<'_, &[u8]>>| {
        let mut entry = entry.unwrap();
        let kind = match entry.header().entry_type() {
            ::tar::EntryType::Directory => MemberKind::Directory,
            ::tar::EntryType::Symlink => MemberKind::Symlink,
            ::tar::EntryType::Link => MemberKind::HardLink,
            _ => MemberKind::File,
        };
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let link = entry.link_name_bytes().unwrap_or_default().into_owned();
        Seen { name: entry.path_bytes().into_owned(), link, kind, size: entry.size(), content }
    };
    archive.entries().unwrap().map(read).collect()
}

/// A tar written by the `tar` crate: names too long for the header get GNU extensions.
fn written(members: &[(u8, String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (kind, name, content) in members {
        let mut header = ::tar::Header::new_gnu();
        header.set_mode(0o755);
        header.set_size(0);
        match kind {
            0 => {
                header.set_entry_type(::tar::EntryType::Directory);
                builder.append_data(&mut header, name, &[][..]).unwrap();
            }
            1 => {
                header.set_entry_type(::tar::EntryType::Symlink);
                builder.append_link(&mut header, name, format!("to/{name}")).unwrap();
            }
            2 => {
                builder.append_pax_extensions([("path", name.as_bytes()), ("comment", &[])]).unwrap();
                header.set_size(content.len() as u64);
                builder.append_data(&mut header, "replaced", &content[..]).unwrap();
            }
            _ => {
                header.set_size(content.len() as u64);
                builder.append_data(&mut header, name, &content[..]).unwrap();
            }
        }
    }
    builder.into_inner().unwrap()
}

fn members() -> impl Strategy<Value = Vec<(u8, String, Vec<u8>)>> {
    let name = prop::collection::vec("[a-z]{1,12}", 1..30).prop_map(|parts| parts.join("/"));
    prop::collection::vec((0_u8..4, name, prop::collection::vec(any::<u8>(), 0..1500)), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn agrees_with_another_implementation(members in members()) {
        let bytes = written(&members);
        prop_assert_eq!(read_in(&bytes, usize::MAX).unwrap(), other(&bytes));
    }

    #[test]
    fn any_cut_gives_the_same(members in members(), chunk in 1_usize..2000) {
        let bytes = written(&members);
        prop_assert_eq!(read_in(&bytes, chunk), read_in(&bytes, usize::MAX));
    }

    /// Damage anywhere, with the checksum made right again so that it reaches the fields.
    #[test]
    fn damage_never_panics(members in members(), at in any::<prop::sample::Index>(), byte in any::<u8>(), chunk in 1_usize..700) {
        let mut bytes = written(&members);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let start = at / BLOCK * BLOCK;
        let mut block: [u8; BLOCK] = bytes[start..start + BLOCK].try_into().unwrap();
        seal(&mut block);
        bytes[start..start + BLOCK].copy_from_slice(&block);
        prop_assert_eq!(read_in(&bytes, chunk), read_in(&bytes, usize::MAX));
    }
}
