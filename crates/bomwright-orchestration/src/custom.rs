//! Custom resources and Helm values: a walk over everything, guided by names.
//!
//! No schema is known, so a key named `image`, `imageName`, `…Image` or `images`, and a mapping of `repository`
//! with `tag`, `digest` or `registry`, are taken to name images. That is less sure than a known field, and
//! says so.

use bomwright_model::Confidence;

use crate::collect::{Collector, Hit, Path, Site};
use crate::yaml::{Node, Value};
use crate::{Kind, weak};

/// What a walk reports its finds as.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) kind: Kind,
    pub(crate) confidence: Confidence,
}

/// Walks a custom resource. Its metadata and what the cluster says of it name nothing that it asks for.
pub(crate) fn read(node: &Node, path: &mut Path, site: &Site, out: &mut Collector) {
    let manner = Manner { kind: Kind::CustomResource, confidence: Confidence::Medium };
    for (key, value) in node.entries().filter(|(key, _)| !matches!(*key, "metadata" | "status")) {
        let back = path.enter(key);
        walk(key, value, manner, path, site, out);
        path.leave(back);
    }
}

/// Walks `node`, which lies at `key`. The depth is bounded by the reader of YAML.
pub(crate) fn walk(
    key: &str,
    node: &Node,
    manner: Manner,
    path: &mut Path,
    site: &Site,
    out: &mut Collector,
) {
    match &node.value {
        Value::Null => {}
        Value::Text(text, _) => scalar(key, node, text, manner, path, site, out),
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                let back = path.item(index);
                // Items of `images` are images; those of other lists stand for themselves.
                let key = if key == "images" || item.text().is_none() { key } else { "" };
                walk(key, item, manner, path, site, out);
                path.leave(back);
            }
        }
        Value::Map(_) => map(key, node, manner, path, site, out),
    }
}

fn map(key: &str, node: &Node, manner: Manner, path: &mut Path, site: &Site, out: &mut Collector) {
    let parts = parts(key, node, manner, path, site, out);
    weak::container(node, path, site, out);
    for (name, value) in node.entries() {
        if parts && matches!(name, "registry" | "repository" | "image" | "name" | "tag" | "digest") {
            continue;
        }
        let back = path.enter(name);
        // The values of `images: {web: …}` are images too.
        let name = if key == "images" && value.text().is_some() { "images" } else { name };
        let before = out.found.references.len();
        walk(name, value, manner, path, site, out);
        path.leave(back);
        // A container's policy stands beside its image.
        let policy = node.text_of("imagePullPolicy").or_else(|| node.text_of("pullPolicy"));
        if name == "image"
            && value.text().is_some()
            && out.found.references.len() > before
            && let Some(reference) = out.found.references.last_mut()
        {
            reference.pull_policy = policy.map(str::to_owned);
        }
    }
}

/// A mapping that holds a reference in pieces. `image` may stand for `repository` where there is a registry
/// or a tag beside it.
fn parts(key: &str, node: &Node, manner: Manner, path: &mut Path, site: &Site, out: &mut Collector) -> bool {
    let part = |name| node.text_of(name).map(str::trim).filter(|text| !text.is_empty());
    let (registry, tag, digest) = (part("registry"), part("tag"), part("digest"));
    let beside =
        ["registry", "tag", "digest"].iter().any(|name| node.get(name).is_some_and(|it| !it.is_map()));
    let image = is_image_key(key);
    let found = ["repository", "image", "name"].into_iter().find_map(|name| {
        let value = node.get(name)?;
        let text = value.text().map(str::trim).filter(|text| !text.is_empty())?;
        // `image: {name: x, tag: y}` is said of images only; `repository` alone may be anything.
        let sure = match name {
            "repository" => beside || image,
            "image" => beside && !text.contains(['@', ':']),
            _ => image && beside,
        };
        sure.then_some((name, value, text))
    });
    let Some((name, value, repository)) = found else { return false };
    if [Some(repository), registry, tag, digest].into_iter().flatten().any(|text| text.len() > 1_024) {
        return false;
    }
    let mut text =
        registry.map_or_else(String::new, |registry| format!("{}/", registry.trim_end_matches('/')));
    text.push_str(repository);
    if let Some(tag) = tag {
        text.push(':');
        text.push_str(tag);
    }
    if let Some(digest) = digest {
        text.push('@');
        text.push_str(digest);
    }
    let back = path.enter(name);
    let Manner { kind, confidence } = manner;
    let hit = Hit { node: value, path: path.as_str(), written: &text, text: &text, kind, confidence };
    if let Some(reference) = out.hit(site, hit) {
        reference.pull_policy = part("pullPolicy").or_else(|| part("imagePullPolicy")).map(str::to_owned);
    }
    path.leave(back);
    true
}

/// Whether a key says that what it holds is an image.
fn is_image_key(key: &str) -> bool {
    matches!(key, "image" | "images" | "imageName") || key.ends_with("Image")
}

fn scalar(key: &str, node: &Node, text: &str, manner: Manner, path: &Path, site: &Site, out: &mut Collector) {
    let text = text.trim();
    if !is_image_key(key) || text.is_empty() || text.len() > 1_024 || is_picture(text) {
        return;
    }
    // A bare word is an image where the field is called just that; elsewhere it may be a switch or a name.
    let bound = text.contains(['/', ':', '@', '{', '$']);
    let word = matches!(text, "true" | "false") || text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if bound || (matches!(key, "image" | "images") && !word) {
        let Manner { kind, confidence } = manner;
        out.hit(site, Hit { node, path: path.as_str(), written: text, text, kind, confidence });
    }
}

/// Pictures are called images too.
fn is_picture(text: &str) -> bool {
    let (_, extension) = text.rsplit_once('.').unwrap_or_default();
    ["png", "svg", "jpg", "jpeg", "gif", "webp", "ico", "iso", "qcow2", "img", "raw"]
        .iter()
        .any(|it| extension.eq_ignore_ascii_case(it))
}
