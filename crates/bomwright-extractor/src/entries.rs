//! The merged tree as the rules about files see it.

use bomwright_image::{FileFacts, Head, MergedTree, Node, NodeKind};
use bomwright_model::{Content, EntryKind, Form, TreeEntry};

/// Every path, sorted. `layered` is false for sources that have no layers.
pub(crate) fn entries(tree: &MergedTree, layered: bool) -> Vec<TreeEntry> {
    let mut entries: Vec<_> = tree.iter().map(|(path, node)| entry(tree, path, &node, layered)).collect();
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    entries
}

fn entry(tree: &MergedTree, path: String, node: &Node<'_>, layered: bool) -> TreeEntry {
    let kind = match node.kind {
        NodeKind::File if node.hard_link.is_some() => EntryKind::HardLink,
        NodeKind::File => EntryKind::File,
        NodeKind::Symlink => EntryKind::Symlink,
        NodeKind::CharacterDevice | NodeKind::BlockDevice => EntryKind::Device,
        NodeKind::Fifo | NodeKind::Socket => EntryKind::Special,
        NodeKind::Directory => EntryKind::Directory,
    };
    let leads_to = (kind == EntryKind::Symlink).then(|| tree.resolve(&path)).flatten();
    TreeEntry {
        kind,
        size: node.size,
        mode: node.mode,
        uid: node.uid,
        gid: node.gid,
        layer: layered.then_some(node.layer),
        introduced: layered.then_some(node.introduced),
        link: node.link_target.as_deref().map(str::to_owned),
        leads_to,
        content: node.facts.map(content),
        capabilities: node.capabilities.map(<[u8]>::to_vec),
        path,
    }
}

fn content(facts: &FileFacts) -> Content {
    let form = match facts.head {
        Head::Empty => Form::Empty,
        Head::Elf => Form::Elf,
        Head::Pe => Form::Pe,
        Head::MachO => Form::MachO,
        Head::Script => Form::Script,
        Head::Zip => Form::Zip,
        _ => Form::Other,
    };
    let FileFacts { sha256, md5, sha1, mtime, .. } = *facts;
    Content { sha256, md5, sha1, mtime, form, packed: facts.upx }
}
