//! What holds of every account, whatever the image: one verdict a file, bytes that add up, an order that does not matter.

use std::collections::BTreeSet;

use bomwright_model::{
    Checksum, Count, EntryKind, FileAccount, FileFlags, Finding, Form, LayerId, Listed, Status, TreeEntry,
};
use proptest::prelude::*;

use crate::hidden::testing::{Scene, directory, elf, link, script, text};

/// How a package stands to a path.
#[derive(Debug, Clone, Copy)]
enum Stated {
    Nothing,
    Path,
    ItsDigest,
    AnotherDigest,
    ChangedConfiguration,
}

#[derive(Debug, Clone)]
struct Path {
    name: String,
    form: u8,
    size: u64,
    layer: u32,
    stated: Stated,
    /// Whether it is in the tree at all.
    present: bool,
}

fn path() -> impl Strategy<Value = Path> {
    let stated = prop::sample::select(vec![
        Stated::Nothing,
        Stated::Path,
        Stated::ItsDigest,
        Stated::AnotherDigest,
        Stated::ChangedConfiguration,
    ]);
    let name = "(usr/bin|etc|tmp|var/lib/dpkg/info|usr/lib/python3|opt/app)/[a-e]\\.(pyc|so|list|conf|x)";
    (name, 0..7_u8, 0..5000_u64, 0..4_u32, stated, any::<bool>()).prop_map(
        |(name, form, size, layer, stated, present)| Path { name, form, size, layer, stated, present },
    )
}

fn entry(path: &Path) -> TreeEntry {
    let name = path.name.as_str();
    let made = match path.form {
        0 => elf(name),
        1 => script(name),
        2 => link(name, "usr/bin/a.x"),
        3 => directory(name),
        4 => TreeEntry { kind: EntryKind::HardLink, ..text(name) },
        5 => TreeEntry { kind: EntryKind::Device, content: None, ..text(name) },
        _ => text(name),
    };
    let is_file = matches!(made.kind, EntryKind::File | EntryKind::HardLink);
    TreeEntry { size: if is_file { path.size } else { 0 }, layer: Some(LayerId(path.layer)), ..made }
}

fn scene(paths: &[Path]) -> Scene {
    let mut scene = Scene::new();
    let package = scene.package("deb", "demo");
    let mut seen = BTreeSet::new();
    for path in paths.iter().filter(|path| seen.insert(path.name.clone())) {
        let entry = entry(path);
        let listed = Listed::new(path.name.as_str());
        let its = entry.content.as_ref().and_then(|it| it.md5).map(Checksum::Md5);
        let other = Some(Checksum::Md5([0xee; 16]));
        match path.stated {
            Stated::Nothing => {}
            Stated::Path => scene.claim(package, listed),
            Stated::ItsDigest => scene.claim(package, listed.with_digest(its)),
            Stated::AnotherDigest => scene.claim(package, listed.with_digest(other)),
            Stated::ChangedConfiguration => {
                scene.claim(package, Listed { flags: FileFlags::CONFIG, ..listed.with_digest(other) });
            }
        }
        if path.present {
            scene.add(entry);
        }
    }
    scene
}

fn account(paths: &[Path]) -> (Vec<FileAccount>, Vec<Finding>) {
    scene(paths).account()
}

proptest! {
    #[test]
    fn every_file_has_one_verdict_and_the_bytes_add_up(paths in prop::collection::vec(path(), 0..40)) {
        let scene = scene(&paths);
        let tree: Vec<(String, u64)> = scene
            .entries
            .iter()
            .filter(|it| it.kind != EntryKind::Directory)
            .map(|it| (it.path.clone(), it.bytes()))
            .collect();
        let (accounts, _) = scene.account();
        let there: Vec<_> = accounts.iter().filter(|it| it.status != Status::Missing).collect();
        // One verdict a path: as many as there are, and none twice.
        let names: BTreeSet<&str> = there.iter().map(|it| it.path.as_str()).collect();
        prop_assert_eq!(there.len(), names.len());
        prop_assert_eq!(names, tree.iter().map(|(path, _)| path.as_str()).collect::<BTreeSet<_>>());
        prop_assert!(accounts.iter().all(|it| !it.reasons.is_empty()));
        // Bytes over the origins are the bytes of the tree.
        let mut sums = std::collections::BTreeMap::<_, Count>::new();
        for it in &accounts {
            sums.entry(it.origin).or_default().add(it);
        }
        let bytes: u64 = sums.values().map(|it| it.bytes).sum();
        prop_assert_eq!(bytes, tree.iter().map(|(_, bytes)| bytes).sum::<u64>());
        let files: u64 = sums.values().map(|it| it.files).sum();
        prop_assert_eq!(files, tree.len() as u64);
    }

    #[test]
    fn the_order_of_what_is_known_does_not_matter(paths in prop::collection::vec(path(), 0..30)) {
        let mut seen = BTreeSet::new();
        let once: Vec<_> = paths.into_iter().filter(|path| seen.insert(path.name.clone())).collect();
        let mut reversed = once.clone();
        reversed.reverse();
        prop_assert_eq!(account(&once), account(&reversed));
    }

    /// Into which layers the same files were split shows in the place of a verdict, never in the verdict.
    #[test]
    fn the_split_into_layers_does_not_change_a_verdict(paths in prop::collection::vec(path(), 0..30)) {
        let flat: Vec<_> = paths.iter().map(|path| Path { layer: 0, ..path.clone() }).collect();
        let verdicts = |paths: &[Path]| {
            let (accounts, _) = account(paths);
            accounts.into_iter().map(|it| (it.path, it.origin, it.status, it.tier)).collect::<Vec<_>>()
        };
        prop_assert_eq!(verdicts(&paths), verdicts(&flat));
    }

    /// What can be run is never explained as generated, unless it is a maintainer script of dpkg.
    #[test]
    fn nothing_that_can_be_run_is_generated(paths in prop::collection::vec(path(), 0..40)) {
        let (accounts, _) = account(&paths);
        let explained = accounts.iter().filter(|it| it.executable && it.status == Status::Generated);
        prop_assert!(explained.into_iter().all(|it| it.path.starts_with("var/lib/dpkg/info/")));
    }
}

#[test]
fn the_forms_that_are_run_are_code() {
    assert!(Form::Elf.is_code() && Form::Script.is_code() && !Form::Zip.is_code());
}
