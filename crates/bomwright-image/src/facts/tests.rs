//! Facts of whole layers. The expected digests are those of the hash crates' own hashers over contents that
//! the tests put together themselves.

use std::collections::BTreeMap;

use bomwright_model::{Code, LayerId};
use proptest::prelude::*;
use sha2::Digest as _;

use super::*;
use crate::testing::Tar;
use crate::{
    Entry, LayerTree, Limits, MergedTree, Options, Reading, SourceSpec, Take, Visitor, merge, open, read_tar,
};

/// Wants the files whose name ends in an odd digit, and their digest.
struct Half;

impl Visitor for Half {
    fn regular(&mut self, entry: &Entry<'_>, _: &[u8]) -> Take {
        let odd = entry.path.bytes().last().is_some_and(|byte| byte % 2 == 1);
        if odd { Take::Capture { limit: u64::MAX, sha256: true } } else { Take::Skip }
    }

    fn content(&mut self, entry: &Entry<'_>, bytes: &[u8]) {
        if let Some(sha256) = entry.sha256 {
            assert_eq!(sha256, sha(bytes), "{}", entry.path);
        }
    }
}

fn sha(bytes: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(bytes).into()
}

fn md5(bytes: &[u8]) -> [u8; 16] {
    md5::Md5::digest(bytes).into()
}

fn sha1(bytes: &[u8]) -> [u8; 20] {
    sha1::Sha1::digest(bytes).into()
}

fn layer_of(tar: &[u8], cut: usize, limits: &Limits) -> LayerTree {
    read_tar(tar.chunks(cut), limits, true, &mut Half).unwrap()
}

fn tree_of(tar: Tar) -> MergedTree {
    let limits = Limits::default();
    merge(vec![layer_of(&tar.end(), usize::MAX, &limits)], &limits)
}

/// A member of a layer.
#[derive(Debug, Clone)]
enum Entity {
    /// A file, by number and content.
    File(u8, Vec<u8>),
    /// A sparse file: gaps and the data after each, and a gap at the end.
    Sparse(u8, Vec<(u64, Vec<u8>)>, u64),
    /// A hard link, by its own number, to a file.
    Link(u8, u8),
}

/// The content of each path, as unpacking gives it.
type Contents = BTreeMap<String, Vec<u8>>;

impl Entity {
    fn write(&self, tar: Tar, contents: &mut Contents) -> Tar {
        match self {
            Self::File(number, content) => {
                contents.insert(format!("d/f{number}"), content.clone());
                tar.file(&format!("d/f{number}"), content)
            }
            Self::Sparse(number, stretches, gap) => {
                let (mut content, mut data, mut map) = (Vec::new(), Vec::new(), Vec::new());
                for (gap, bytes) in stretches {
                    content.resize(content.len() + usize::try_from(*gap).unwrap(), 0);
                    map.push(format!("{},{}", content.len(), bytes.len()));
                    content.extend(bytes);
                    data.extend(bytes);
                }
                content.resize(content.len() + usize::try_from(*gap).unwrap(), 0);
                let size = content.len().to_string();
                let records = [("GNU.sparse.size", size.as_str()), ("GNU.sparse.map", &map.join(","))];
                contents.insert(format!("d/f{number}"), content);
                tar.pax(b'x', &records).file(&format!("d/f{number}"), &data)
            }
            Self::Link(number, target) => {
                let (path, target) = (format!("l{number}"), format!("d/f{target}"));
                let Some(content) = contents.get(&target).cloned() else { return tar };
                contents.insert(path.clone(), content);
                tar.hard_link(&path, &target)
            }
        }
    }
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    let size = prop_oneof![4 => 0_usize..200, 2 => 400_usize..1600, 1 => 250_000_usize..600_000];
    (size, any::<u8>(), prop::sample::select(vec![&b""[..], b"\x7fELF", b"#!/bin/sh\n", b"PK\x03\x04"]))
        .prop_map(|(size, seed, start)| {
            let mut content = start.to_vec();
            let mut state = u32::from(seed);
            content.extend(
                std::iter::repeat_with(|| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    state.to_be_bytes()[0]
                })
                .take(size),
            );
            content.truncate(size);
            content
        })
}

fn entity() -> impl Strategy<Value = Entity> {
    let stretch = (prop_oneof![Just(0_u64), 1_u64..9000], prop::collection::vec(any::<u8>(), 1..700));
    prop_oneof![
        5 => (0_u8..6, content()).prop_map(|(number, content)| Entity::File(number, content)),
        2 => (0_u8..6, prop::collection::vec(stretch, 1..4), 0_u64..5000)
            .prop_map(|(number, stretches, gap)| Entity::Sparse(number, stretches, gap)),
        2 => (0_u8..4, 0_u8..6).prop_map(|(number, target)| Entity::Link(number, target)),
    ]
}

fn written(layers: &[Vec<Entity>]) -> (Vec<Vec<u8>>, Contents) {
    let mut contents = Contents::new();
    let tars = layers
        .iter()
        .map(|layer| layer.iter().fold(Tar::default(), |tar, entity| entity.write(tar, &mut contents)).end());
    (tars.collect(), contents)
}

/// Every file has the facts of its content.
fn check(tree: &MergedTree, contents: &Contents) {
    let files = tree.iter().filter(|(_, node)| node.kind == crate::NodeKind::File);
    let found: BTreeMap<_, _> =
        files.map(|(path, node)| (path, (node.size, *node.facts.expect("every file has facts")))).collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), contents.keys().collect::<Vec<_>>());
    for (path, content) in contents {
        let (size, facts) = &found[path];
        assert_eq!(*size, content.len() as u64, "{path}");
        assert_eq!(facts.sha256, sha(content), "{path}");
        assert_eq!((facts.md5, facts.sha1), (Some(md5(content)), Some(sha1(content))), "{path}");
        assert_eq!(facts.mtime, 1, "as the tar says");
        assert_eq!(facts.head == Head::Empty, content.is_empty(), "{path}");
        assert_eq!(facts.head == Head::Elf, content.starts_with(b"\x7fELF"), "{path}");
        assert_eq!(facts.head == Head::Script, content.starts_with(b"#!"), "{path}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_file_has_the_facts_of_its_content(
        layers in prop::collection::vec(prop::collection::vec(entity(), 0..8), 1..4),
        cut in prop_oneof![Just(usize::MAX), 1_usize..2000],
    ) {
        let (tars, contents) = written(&layers);
        let limits = Limits::default();
        let cached = |tar: &Vec<u8>| {
            let kept = postcard::to_stdvec(&layer_of(tar, cut, &limits)).unwrap();
            postcard::from_bytes(&kept).unwrap()
        };
        check(&merge(tars.iter().map(cached).collect(), &limits), &contents);
        let direct = tars.iter().map(|tar| layer_of(tar, 262_144, &limits)).collect();
        check(&merge(direct, &limits), &contents);
    }

    #[test]
    fn threads_do_not_show(entities in prop::collection::vec(entity(), 0..12)) {
        let (tars, contents) = written(&[entities]);
        let file = tempfile::Builder::new().suffix(".tar").tempfile().unwrap();
        std::fs::write(file.path(), &tars[0]).unwrap();
        let mut spec = SourceSpec::parse(file.path().to_str().unwrap());
        spec.kind = Some(bomwright_model::SourceKind::Rootfs);
        let image = open(&spec, &Options::default()).unwrap();
        for pipelined in [false, true] {
            let reading = Reading { pipelined, facts: true };
            let layer = image.read_layer(LayerId(0), reading, &(), &mut Half).unwrap();
            check(&merge(vec![layer], image.limits()), &contents);
        }
    }
}

#[test]
fn files_of_directories_have_facts_too() {
    let place = tempfile::tempdir().unwrap();
    let big = vec![b'x'; 700_001];
    for (name, content) in [("a", &b"\x7fELF.."[..]), ("b1", &big), ("empty", b""), ("empty2", b"")] {
        std::fs::write(place.path().join(name), content).unwrap();
    }
    let image = open(&SourceSpec::parse(place.path().to_str().unwrap()), &Options::default()).unwrap();
    let reading = Reading { pipelined: true, facts: true };
    let layer = image.read_layer(LayerId(0), reading, &(), &mut Half).unwrap();
    let tree = merge(vec![layer], image.limits());
    for (name, content, head) in [
        ("a", &b"\x7fELF.."[..], Head::Elf),
        ("b1", &big, Head::Text),
        ("empty", b"", Head::Empty),
        ("empty2", b"", Head::Empty),
    ] {
        let facts = tree.get(name).unwrap().facts.unwrap();
        assert_eq!(
            (facts.sha256, facts.md5, facts.sha1),
            (sha(content), Some(md5(content)), Some(sha1(content)))
        );
        assert_eq!(facts.head, head, "{name}");
        assert!(facts.mtime > 1_000_000_000);
    }
}

#[test]
fn signs_count_from_where_they_are() {
    let tree = tree_of(
        Tar::default().file("bin/a", b"1").dir("etc/dpkg/").file("etc/b", b"2").symlink("l", "etc/b"),
    );
    let facts = |path: &str| *tree.get(path).unwrap().facts.unwrap();
    assert_eq!((facts("bin/a").md5, facts("bin/a").sha1), (Some(md5(b"1")), Some(sha1(b"1"))));
    assert_eq!((facts("etc/b").md5, facts("etc/b").sha1), (Some(md5(b"2")), None));
    assert_eq!(tree.get("l").unwrap().facts, None);
    assert_eq!(tree.get("etc").unwrap().facts, None);
    let rpm = tree_of(Tar::default().file("etc/redhat-release", b"x").file("usr/bin/a", b"1"));
    let facts = rpm.get("usr/bin/a").unwrap().facts.unwrap();
    assert_eq!((facts.md5, facts.sha1, facts.sha256), (None, None, sha(b"1")));
}

#[test]
fn holes_are_hashed_within_a_limit() {
    let sparse = |tar: Tar, name: &str, size: &str| {
        tar.pax(b'x', &[("GNU.sparse.size", size), ("GNU.sparse.map", "0,1")]).file(name, b"x")
    };
    let tar = sparse(sparse(Tar::default(), "a", "1001"), "b", "9000000000000000000");
    let tar = sparse(sparse(tar, "c", "1002"), "d", "1000");
    let limits = Limits { hole_bytes: 2000, ..Limits::default() };
    let tree = merge(vec![layer_of(&tar.end(), usize::MAX, &limits)], &limits);
    let has_facts = |path: &str| tree.get(path).unwrap().facts.is_some();
    assert_eq!(["a", "b", "c", "d"].map(has_facts), [true, false, false, true]);
    let codes: Vec<_> = tree.diagnostics().iter().map(|it| (it.code, it.path.clone().unwrap())).collect();
    let expected = ["b", "c"].map(|path| (Code::LimitExceeded, path.to_owned()));
    assert_eq!(codes, expected);
}

/// Written by the `tar` crate, whose records hold any bytes.
#[test]
fn capabilities_arrive() {
    // Version 2, effective; cap_net_raw (bit 13) permitted (linux/capability.h).
    let capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff];
    let layer = |with: bool, facts: bool| {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_mode(0o755);
        header.set_size(4);
        if with {
            let key = "SCHILY.xattr.security.capability";
            tar.append_pax_extensions([(key, &capability[..])]).unwrap();
        }
        tar.append_data(&mut header, "bin/ping", &b"ping"[..]).unwrap();
        header.set_entry_type(tar::EntryType::Link);
        header.set_size(0);
        tar.append_link(&mut header, "bin/ping4", "bin/ping").unwrap();
        header.set_entry_type(tar::EntryType::Regular);
        tar.append_data(&mut header, "bin/none", &b""[..]).unwrap();
        let bytes = tar.into_inner().unwrap();
        let tree = read_tar(bytes.chunks(100), &Limits::default(), facts, &mut Half).unwrap();
        postcard::from_bytes::<LayerTree>(&postcard::to_stdvec(&tree).unwrap()).unwrap()
    };
    let merged = |layers: Vec<LayerTree>| merge(layers, &Limits::default());
    for tree in [merged(vec![layer(true, false)]), merged(vec![layer(false, true), layer(true, false)])] {
        let found = |path: &str| tree.get(path).unwrap().capabilities.map(<[u8]>::to_vec);
        assert_eq!(found("bin/ping"), Some(capability.to_vec()));
        assert_eq!(found("bin/ping4"), Some(capability.to_vec()));
        assert_eq!(found("bin/none"), None);
        assert_eq!(tree.get("bin/none").unwrap().facts, None, "the layer was read without");
    }
    let taken = merged(vec![layer(true, true), layer(false, true)]);
    assert_eq!(taken.get("bin/ping").unwrap().capabilities, None, "a later layer writes it without");
    assert_eq!(taken.get("bin/ping").unwrap().facts.unwrap().sha256, sha(b"ping"));
}

#[test]
fn what_is_not_asked_for_takes_no_memory() {
    let tar = (0..1000).fold(Tar::default(), |tar, n| tar.file(&format!("f{n}"), b"")).end();
    let read = |facts| read_tar(tar.chunks(4096), &Limits::default(), facts, &mut Half).unwrap();
    let (without, with) = (read(false), read(true));
    // An index of four bytes for each file, and one entry for all of them, as they are empty.
    let more = with.heap_bytes() - without.heap_bytes();
    assert!((4000..5000).contains(&more), "{more} bytes");
    let kept = |tree: &LayerTree| postcard::to_stdvec(tree).unwrap().len();
    assert!(kept(&without) < kept(&with) - 900);
}
