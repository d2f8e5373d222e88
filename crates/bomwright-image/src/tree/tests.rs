//! Layers on top of each other. Expected trees are worked out by hand from the OCI image specification
//! (v1.1, layer.md) and, where it is silent, from what `umoci unpack` does.

use bomwright_model::{Code, LayerId};
use proptest::prelude::*;

use super::*;
use crate::layer::LayerSink;
use crate::tar::Parser;
use crate::testing::Tar;
use crate::{Entry, Limits, Take, Visitor};

struct Nobody;

impl Visitor for Nobody {
    fn regular(&mut self, _: &Entry<'_>, _: &[u8]) -> Take {
        Take::Skip
    }

    fn content(&mut self, _: &Entry<'_>, _: &[u8]) {}
}

fn layer_within(tar: Tar, limits: &Limits) -> LayerTree {
    let mut visitor = Nobody;
    let mut sink = LayerSink::new(&mut visitor, limits, true, false);
    Parser::new(limits).push(&tar.end(), &mut sink).unwrap();
    sink.finish().0.unwrap()
}

fn layer(tar: Tar) -> LayerTree {
    layer_within(tar, &Limits::default())
}

fn tar() -> Tar {
    Tar::default()
}

fn merged(layers: Vec<Tar>) -> MergedTree {
    merge(layers.into_iter().map(layer).collect(), &Limits::default())
}

/// `path kind layer`, one a line.
fn list(tree: &MergedTree) -> Vec<String> {
    let line = |(path, node): (String, Node<'_>)| {
        let kind = format!("{:?}", node.kind).to_lowercase();
        let target = node.link_target.map(|target| format!(" -> {target}")).unwrap_or_default();
        format!("{path} {kind} {}{target}", node.layer.0)
    };
    tree.iter().map(line).collect()
}

fn codes(tree: &MergedTree) -> Vec<Code> {
    tree.diagnostics().iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn whiteouts_hide_files_and_directories_of_lower_layers_only() {
    let base = tar().dir("a").file("a/x", b"1").file("a/y", b"1").dir("b").file("b/z", b"1");
    // The order inside a layer does not matter: `a/x` of the same layer stays.
    let top = tar().file("a/x", b"2").file("a/.wh.x", b"").file("a/.wh.y", b"").file(".wh.b", b"");
    let tree = merged(vec![base, top]);
    assert_eq!(list(&tree), ["a directory 0", "a/x file 1"]);
    assert_eq!(tree.landed(LayerId(0), "a/x"), None);
    assert_eq!(tree.landed(LayerId(0), "b/z"), None);
    assert_eq!(tree.landed(LayerId(1), "a/x").as_deref(), Some("a/x"));
    assert_eq!(tree.len(), 2);
    assert!(codes(&tree).is_empty());
}

#[test]
fn opaque_directories_hide_all_that_is_below() {
    let base = || tar().dir("a").file("a/x", b"1").dir("a/d").file("a/d/y", b"1").file("z", b"");
    let last = tar().dir("a").file("a/new", b"2").file("a/.wh..wh..opq", b"");
    let first = tar().dir("a").file("a/.wh..wh..opq", b"").file("a/new", b"2");
    for top in [last, first] {
        let tree = merged(vec![base(), top]);
        assert_eq!(list(&tree), ["a directory 1", "a/new file 1", "z file 0"]);
    }
    let root = merged(vec![base(), tar().file(".wh..wh..opq", b"").file("n", b"")]);
    assert_eq!(list(&root), ["n file 1"]);
    let only = merged(vec![base(), tar().file("a/.wh..wh..opq", b"")]);
    assert_eq!(list(&only), ["a directory 0", "z file 0"]);
}

#[test]
fn what_a_whiteout_hides_may_come_back() {
    let layers =
        vec![tar().dir("a").file("a/x", b"1"), tar().file(".wh.a", b""), tar().dir("a").file("a/y", b"")];
    assert_eq!(list(&merged(layers)), ["a directory 2", "a/y file 2"]);
    let layers = vec![tar().dir("a").file("a/x", b"1"), tar().file(".wh.a", b"").file("a", b"now a file")];
    assert_eq!(list(&merged(layers)), ["a file 1"]);
}

#[test]
fn paths_are_as_old_as_their_unbroken_presence() {
    let tree = merged(vec![
        tar()
            .dir("d")
            .file("d/kept", b"1")
            .file("d/again", b"1")
            .file("turned", b"1")
            .dir("o")
            .file("o/x", b"1"),
        tar().file("d/kept", b"2").file("d/.wh.again", b"").hard_link("linked", "d/kept"),
        tar().dir("d").file("d/kept", b"3").file("d/again", b"3").file("linked", b"3"),
        tar().file("d/again", b"4").dir("turned").file("o/.wh..wh..opq", b"").file("o/x", b"4"),
        // Deleted and made again by the same layer.
        tar().file(".wh.linked", b"").file("linked", b"5"),
    ]);
    let ages: Vec<_> =
        tree.iter().map(|(path, node)| format!("{path} {} {}", node.introduced.0, node.layer.0)).collect();
    assert_eq!(ages, ["d 0 2", "d/again 2 3", "d/kept 0 2", "linked 4 4", "o 0 0", "o/x 3 3", "turned 3 3"]);
}

#[test]
fn entries_replace_what_is_there() {
    let base = || tar().dir("d").file("d/x", b"").file("f", b"").symlink("l", "d");
    let tree = merged(vec![base(), tar().file("d", b"").dir("f").dir("l").file("l/n", b"")]);
    assert_eq!(list(&tree), ["d file 1", "f directory 1", "l directory 1", "l/n file 1"]);
    let tree = merged(vec![base(), tar().dir("d").symlink("f", "nowhere")]);
    assert_eq!(list(&tree), ["d directory 1", "d/x file 0", "f symlink 1 -> nowhere", "l symlink 0 -> d"]);
}

/// Debian's merged /usr: /lib is a link, and packages still ship files below it.
#[test]
fn entries_below_a_link_land_where_it_leads() {
    let base = tar().dir("usr").dir("usr/lib").symlink("lib", "usr/lib").file("usr/lib/old", b"");
    let top = tar().file("lib/new", b"").file("lib/sub/deep", b"").file("lib/.wh.old", b"");
    let tree = merged(vec![base, top]);
    assert_eq!(
        list(&tree),
        [
            "lib symlink 0 -> usr/lib",
            "usr directory 0",
            "usr/lib directory 0",
            "usr/lib/new file 1",
            "usr/lib/sub directory 1",
            "usr/lib/sub/deep file 1",
        ]
    );
    assert_eq!(tree.landed(LayerId(1), "lib/new").as_deref(), Some("usr/lib/new"));
    assert_eq!(tree.landed(LayerId(1), "lib/sub/deep").as_deref(), Some("usr/lib/sub/deep"));
    assert_eq!(tree.resolve("lib/sub/../new").as_deref(), Some("usr/lib/new"));
}

#[test]
fn a_landing_stays_known_when_the_link_goes_away() {
    let base = tar().dir("usr").dir("usr/lib").symlink("lib", "usr/lib");
    let tree = merged(vec![base, tar().file("lib/x", b""), tar().dir("lib").file("lib/x", b"other")]);
    assert_eq!(tree.landed(LayerId(1), "lib/x").as_deref(), Some("usr/lib/x"));
    assert_eq!(tree.landed(LayerId(2), "lib/x").as_deref(), Some("lib/x"));
}

#[test]
fn links_never_lead_out_of_the_root() {
    let base = tar().symlink("out", "../../../etc").symlink("abs", "/etc").dir("etc");
    let tree = merged(vec![base, tar().file("out/a", b"").file("abs/b", b"")]);
    assert_eq!(tree.landed(LayerId(1), "out/a").as_deref(), Some("etc/a"));
    assert_eq!(tree.landed(LayerId(1), "abs/b").as_deref(), Some("etc/b"));
    assert_eq!(tree.resolve("/out/../abs/b").as_deref(), Some("etc/b"));
}

#[test]
fn loops_of_links_are_diagnostics() {
    let base = tar().symlink("a", "b").symlink("b", "a");
    let tree = merged(vec![base, tar().file("a/x", b"").file("ok", b"")]);
    assert_eq!(list(&tree), ["a symlink 0 -> b", "b symlink 0 -> a", "ok file 1"]);
    assert_eq!(codes(&tree), [Code::InconsistentImage]);
    assert_eq!(tree.resolve("a"), None);
}

/// 40 links may follow each other, as in Linux; a link that leads through itself twice doubles each time.
#[test]
fn resolution_is_bounded() {
    let chain = |length: usize| {
        (0..length).fold(tar().file("0", b""), |tar, n| tar.symlink(&(n + 1).to_string(), &n.to_string()))
    };
    assert_eq!(merged(vec![chain(40)]).resolve("40").as_deref(), Some("0"));
    assert_eq!(merged(vec![chain(41)]).resolve("41"), None);
    let bomb = (1..30)
        .fold(tar().dir("d0"), |tar, n| tar.symlink(&format!("d{n}"), &format!("d{0}/../d{0}/.", n - 1)));
    assert_eq!(merged(vec![bomb]).resolve("d29"), None);
}

#[test]
fn a_dangling_link_to_a_directory_is_made_whole() {
    let tree = merged(vec![tar().symlink("var/run", "/run"), tar().file("var/run/pid", b"")]);
    assert_eq!(tree.landed(LayerId(1), "var/run/pid").as_deref(), Some("run/pid"));
}

#[test]
fn hard_links_share_the_content_of_their_target() {
    let base = tar().file("a", b"12345").hard_link("b", "a").hard_link("c", "./b").hard_link("d", "none");
    let tree = merged(vec![base]);
    assert_eq!(list(&tree), ["a file 0", "b file 0", "c file 0"]);
    let c = tree.get("c").unwrap();
    assert_eq!((c.size, c.uid, c.mode), (5, 0o1750, 0o644));
    assert_eq!(c.hard_link, Some((LayerId(0), "a".into())));
    assert_eq!(codes(&tree), [Code::DanglingLink]);
}

#[test]
fn hard_links_reach_into_lower_layers_and_outlive_their_target() {
    let layers = vec![tar().file("a", b"12345"), tar().hard_link("b", "a"), tar().file(".wh.a", b"")];
    let tree = merged(layers);
    assert_eq!(list(&tree), ["b file 1"]);
    let b = tree.get("b").unwrap();
    assert_eq!((b.size, b.hard_link), (5, Some((LayerId(0), "a".into()))));
}

#[test]
fn hard_links_to_links_are_links() {
    let tree = merged(vec![tar().symlink("l", "goal").hard_link("m", "l")]);
    assert_eq!(list(&tree), ["l symlink 0 -> goal", "m symlink 0 -> goal"]);
}

#[test]
fn of_duplicates_the_last_one_counts() {
    let twice = tar()
        .file("f", b"1")
        .file("f", b"22")
        .dir("d")
        .file("d/x", b"")
        .dir("d")
        .file("g", b"")
        .symlink("g", "f");
    let tree = merged(vec![twice]);
    assert_eq!(list(&tree), ["d directory 0", "d/x file 0", "f file 0", "g symlink 0 -> f"]);
    assert_eq!(tree.get("f").unwrap().size, 2);
    assert_eq!(codes(&tree), [Code::DuplicateEntry; 3]);
    // A directory that becomes a link takes what was below it away; what follows lands behind the link.
    let swapped = tar().dir("t").dir("a").file("a/x", b"").symlink("a", "t").file("a/y", b"");
    assert_eq!(list(&merged(vec![swapped])), ["a symlink 0 -> t", "t directory 0", "t/y file 0"]);
}

#[test]
fn the_same_file_under_two_names_is_a_duplicate_too() {
    let base = tar().dir("usr").dir("usr/lib").symlink("lib", "usr/lib");
    let tree = merged(vec![base, tar().file("usr/lib/x", b"1").file("lib/x", b"22")]);
    assert_eq!(tree.get("usr/lib/x").unwrap().size, 2);
    assert_eq!(codes(&tree), [Code::DuplicateEntry]);
}

#[test]
fn paths_that_escape_are_brought_back() {
    let tree = merged(vec![tar().file("../../etc/passwd", b"").file("/abs", b"").file("a/../b", b"")]);
    assert_eq!(list(&tree), ["abs file 0", "b file 0", "etc directory 0", "etc/passwd file 0"]);
    assert_eq!(codes(&tree), [Code::PathEscape; 2]);
}

#[test]
fn odd_whiteouts_are_diagnostics() {
    let top = tar().file(".wh.", b"").file("a/.wh...", b"").file(".wh..wh.plnk", b"");
    let tree = merged(vec![tar().file("a/x", b""), top]);
    assert_eq!(list(&tree), ["a directory 0", "a/x file 0"]);
    let mut found = codes(&tree);
    found.sort();
    assert_eq!(found, [Code::MalformedRecord, Code::MalformedRecord, Code::UnknownEntry]);
}

#[test]
fn a_file_in_place_of_a_directory_is_replaced() {
    let tree = merged(vec![tar().file("a", b""), tar().file("a/x", b"")]);
    assert_eq!(list(&tree), ["a directory 1", "a/x file 1"]);
    assert_eq!(codes(&tree), [Code::InconsistentImage]);
}

#[test]
fn order_is_by_the_bytes_of_the_path() {
    let tree = merged(vec![
        tar().file("a/b", b"").file("a-b", b"").file("a0", b"").file("a/b-c", b"").file("a/b.d/e", b""),
    ]);
    let paths: Vec<_> = tree.iter().map(|(path, _)| path).collect();
    let mut sorted = paths.clone();
    sorted.sort();
    assert_eq!(paths, sorted);
    assert_eq!(paths.len(), tree.len());
}

#[test]
fn names_that_are_no_text_can_be_found() {
    let name = b"dir/\xff\xfe.txt";
    let tree = merged(vec![tar().raw(b'0', name, "", 1, b"x")]);
    let readable = "dir/\u{fffd}\u{fffd}.txt";
    assert_eq!(list(&tree)[1], format!("{readable} file 0"));
    assert_eq!(tree.get(readable).unwrap().size, 1);
    assert_eq!(tree.landed(LayerId(0), readable).as_deref(), Some(readable));
    assert_eq!(tree.resolve(readable).as_deref(), Some(readable));
}

#[test]
fn limits_are_reported_once_and_the_rest_is_kept() {
    let limits = Limits { entries: 3, diagnostics: 2, ..Limits::default() };
    let many = (0..10).fold(tar(), |tar, n| tar.file(&n.to_string(), b""));
    let tree = merge(vec![layer_within(many, &limits)], &limits);
    assert_eq!(tree.len(), 3);
    assert_eq!(codes(&tree), [Code::LimitExceeded]);
    let escapes = (0..10).fold(tar(), |tar, n| tar.file(&format!("/{n}"), b""));
    let wide = Limits { diagnostics: 2, ..Limits::default() };
    let tree = merge(vec![layer_within(escapes, &wide)], &wide);
    assert_eq!(codes(&tree), [Code::LimitExceeded, Code::PathEscape, Code::PathEscape]);
    let long = "x".repeat(99);
    let narrow = Limits { component_bytes: 50, ..Limits::default() };
    let tree = merge(vec![layer_within(tar().file(&long, b"").file("ok", b""), &narrow)], &narrow);
    assert_eq!((tree.len(), codes(&tree)), (1, vec![Code::LimitExceeded]));
    let two = vec![layer(tar().file("a", b"").file("b", b"")), layer(tar().file("c", b"").file("d", b""))];
    let tree = merge(two, &Limits { entries: 3, ..Limits::default() });
    assert_eq!((tree.len(), codes(&tree)), (3, vec![Code::LimitExceeded]));
}

#[test]
fn a_layer_survives_the_cache() {
    let top = || tar().file("lib/new", b"").file("usr/.wh.x", b"").hard_link("h", "lib/new");
    let base = || tar().dir("usr").dir("usr/lib").symlink("lib", "usr/lib").file("usr/x", b"");
    let direct = merged(vec![base(), top()]);
    let cached = |tar| {
        let bytes = postcard::to_stdvec(&layer(tar)).unwrap();
        postcard::from_bytes::<LayerTree>(&bytes).unwrap()
    };
    let tree = merge(vec![cached(base()), cached(top())], &Limits::default());
    assert_eq!(list(&tree), list(&direct));
    assert_eq!(layer(top()).whiteouts(), ["usr/x"]);
}

/// What the tree takes is counted, and must stay within 60 bytes a file.
#[test]
fn files_take_little_memory() {
    const FILES: usize = 300_000;
    let mut builder = Builder::new(&Limits::default());
    let meta = Meta { kind: NodeKind::File, size: 0, mode: 0o644, uid: 0, gid: 0, link: None };
    for n in 0..FILES {
        assert!(builder.entry(format!("data/{:03}/file{n:07}", n / 10_000).as_bytes(), &meta));
    }
    let tree = merge(vec![builder.finish()], &Limits::default());
    assert_eq!(tree.len(), FILES + 1 + FILES / 10_000);
    assert!(tree.heap_bytes() < FILES * 60, "{} bytes", tree.heap_bytes());
}

/// A model that knows nothing of tries: a map of paths, entries applied as the specification says. Only what
/// it can express: no links.
fn model(layers: &[Vec<(u8, String)>]) -> Vec<String> {
    let mut tree = std::collections::BTreeMap::<String, (bool, usize)>::new();
    for (number, layer) in layers.iter().enumerate() {
        let below = |path: &str| format!("{path}/");
        for (_, path) in layer.iter().filter(|(kind, _)| *kind == 2) {
            tree.retain(|known, _| known != path && !known.starts_with(&below(path)));
        }
        for (_, path) in layer.iter().filter(|(kind, _)| *kind == 3) {
            tree.retain(|known, _| !known.starts_with(&below(path)));
        }
        for (kind, path) in layer.iter().filter(|(kind, _)| *kind < 2) {
            for (slash, _) in path.match_indices('/') {
                let parent = &path[..slash];
                if tree.get(parent).is_none_or(|(is_directory, _)| !is_directory) {
                    tree.insert(parent.to_owned(), (true, number));
                }
            }
            let is_directory = *kind == 0;
            if !is_directory {
                tree.retain(|known, _| !known.starts_with(&below(path)));
            }
            tree.insert(path.clone(), (is_directory, number));
        }
    }
    let line = |(path, (is_directory, layer)): (String, (bool, usize))| {
        format!("{path} {} {layer}", if is_directory { "directory" } else { "file" })
    };
    tree.into_iter().map(line).collect()
}

fn written(layer: &[(u8, String)]) -> Tar {
    layer.iter().fold(tar(), |tar, (kind, path)| match kind {
        0 => tar.dir(path),
        1 => tar.file(path, b""),
        2 => {
            let (directory, name) = path.rsplit_once('/').map_or(("", path.as_str()), |parts| parts);
            tar.file(&format!("{directory}{}.wh.{name}", if directory.is_empty() { "" } else { "/" }), b"")
        }
        _ => tar.file(&format!("{path}/.wh..wh..opq"), b""),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn merging_agrees_with_a_simple_model(
        layers in prop::collection::vec(prop::collection::vec((0_u8..4, "[ab](/[ab]){0,2}"), 0..8), 1..5)
    ) {
        let tree = merge(layers.iter().map(|entries| layer(written(entries))).collect(), &Limits::default());
        prop_assert_eq!(list(&tree), model(&layers));
    }

    /// Links anywhere: no panic, no endless walk, everything listed can be found.
    #[test]
    fn links_never_confuse_the_tree(
        layers in prop::collection::vec(prop::collection::vec((0_u8..4, "[abc](/[abc]){0,2}", "(/|../|)[abc](/[abc.]{1,2}){0,2}"), 0..8), 1..4)
    ) {
        let layers: Vec<_> = layers.into_iter().map(|entries| {
            layer(entries.iter().fold(tar(), |tar, (kind, path, target)| match kind {
                0 => tar.dir(path),
                1 => tar.file(path, b""),
                2 => tar.symlink(path, target),
                _ => tar.hard_link(path, target),
            }))
        }).collect();
        let tree = merge(layers, &Limits::default());
        let mut last = String::new();
        let mut count = 0;
        for (path, node) in tree.iter() {
            prop_assert!(last.as_bytes() < path.as_bytes());
            let found = tree.get(&path);
            prop_assert_eq!(found.as_ref(), Some(&node));
            if let Some((parent, _)) = path.rsplit_once('/') {
                prop_assert_eq!(tree.get(parent).unwrap().kind, NodeKind::Directory);
            }
            if let Some(real) = tree.resolve(&path) {
                prop_assert!(real.is_empty() || tree.get(&real).unwrap().kind != NodeKind::Symlink);
            }
            last = path;
            count += 1;
        }
        prop_assert_eq!(count, tree.len());
    }
}
