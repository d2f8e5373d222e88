//! Kustomizations: which resources they take in, and which images they put in the place of others.
//!
//! Kustomize's reference ("images"): an entry matches references whose name is exactly its `name`, as written;
//! `newName` replaces the name; `newTag` and `digest` replace both tag and digest. Its images transformer goes
//! to `image` of every item of a list named `containers` or `initContainers`, at any depth, and to image volumes
//! of pods and pod templates (kustomize, api/konfig/builtinpluginconsts/images.go).

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::Confidence;

use crate::collect::{Collector, Hit, Path, Site, quote};
use crate::custom::{self, Manner};
use crate::name::split;
use crate::paths::join;
use crate::yaml::{self, Node, Value};
use crate::{ImageName, Kind, Pin, ProblemCode, Reference, Replaced, kubernetes};

/// File names that Kustomize looks for in a directory.
const NAMES: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// Kustomizations inside kustomizations.
const DEEPEST: usize = 64;
/// References that are carried from one kustomization to the next, over all.
const MOST_CARRIED: usize = 5_000_000;

/// A kustomization.
#[derive(Debug)]
pub(crate) struct Kustomization {
    /// As the input names it.
    file: String,
    /// The same without `.` and `..`.
    place: String,
    directory: String,
    resources: Vec<(String, (usize, usize))>,
    images: Vec<Override>,
}

/// An entry of `images`.
#[derive(Debug)]
struct Override {
    name: String,
    new_name: Option<String>,
    new_tag: Option<String>,
    tag_suffix: Option<String>,
    digest: Option<String>,
    place: (usize, usize),
}

/// Whether the file or its content says that it is a kustomization.
pub(crate) fn is_kustomization(name: &str, node: &Node) -> bool {
    let version = node.text_of("apiVersion").unwrap_or_default();
    NAMES.contains(&name) || version.starts_with("kustomize.config.k8s.io/")
}

/// Whether `node` is a JSON patch (RFC 6902): a list of operations.
pub(crate) fn is_patch(node: &Node) -> bool {
    node.items().next().is_some_and(|first| {
        first.text_of("op").is_some() && first.text_of("path").is_some_and(|path| path.starts_with('/'))
    })
}

/// Reads a kustomization and the patches that it holds.
pub(crate) fn read(node: &Node, site: &Site, out: &mut Collector) -> Kustomization {
    let mut resources = Vec::new();
    for key in ["resources", "bases", "components", "patchesStrategicMerge"] {
        let named = node.get(key).into_iter().flat_map(Node::items);
        resources.extend(named.filter(|it| !it.is_block()).filter_map(file));
    }
    let mut path = Path::default();
    for key in ["patches", "patchesJson6902", "patchesStrategicMerge"] {
        let back = path.enter(key);
        for (index, entry) in node.get(key).into_iter().flat_map(Node::items).enumerate() {
            let back = path.item(index);
            resources.extend(entry.get("path").and_then(file));
            if let Some(patch) = entry.get("patch") {
                path.enter("patch");
                inline(patch, &mut path, site, out);
            } else if entry.is_block() {
                inline(entry, &mut path, site, out);
            }
            path.leave(back);
        }
        path.leave(back);
    }
    let place = join("", &site.file);
    let directory = place.rsplit_once('/').map_or("", |(directory, _)| directory).to_owned();
    let images = node.get("images").into_iter().flat_map(Node::items).filter_map(entry).collect();
    Kustomization { file: site.file.clone(), place, directory, resources, images }
}

fn file(node: &Node) -> Option<(String, (usize, usize))> {
    Some((node.text()?.to_owned(), (node.line, node.column)))
}

fn entry(node: &Node) -> Option<Override> {
    let field = |key| node.text_of(key).filter(|text| !text.is_empty()).map(str::to_owned);
    Some(Override {
        name: field("name")?,
        new_name: field("newName"),
        new_tag: field("newTag"),
        tag_suffix: field("tagSuffix"),
        digest: field("digest"),
        place: (node.line, node.column),
    })
}

/// A patch that is written as a string.
fn inline(node: &Node, path: &mut Path, site: &Site, out: &mut Collector) {
    let Some(text) = node.text() else { return };
    match yaml::parse(text, node.line - 1) {
        Ok(documents) => {
            for document in documents {
                if is_patch(&document) {
                    patch(&document, path, site, out);
                } else {
                    kubernetes::read_at(&document, path, site, out);
                }
            }
        }
        Err(fault) => out.problem(site, fault.line, fault.column, ProblemCode::MalformedFile, fault.message),
    }
}

/// Reads a JSON patch: images that it puts into fields named like images.
pub(crate) fn patch(node: &Node, path: &mut Path, site: &Site, out: &mut Collector) {
    let manner = Manner { kind: Kind::Patch, confidence: Confidence::Medium };
    for (index, operation) in node.items().enumerate() {
        let (Some(target), Some(value)) = (operation.text_of("path"), operation.get("value")) else {
            continue;
        };
        let mut keys = target.rsplit('/').filter(|key| *key != "-" && key.parse::<usize>().is_err());
        let (last, before) = (keys.next().unwrap_or_default(), keys.next());
        // The reference of an image volume.
        let key = if last == "reference" && before == Some("image") { "image" } else { last };
        let back = path.item(index);
        path.enter("value");
        custom::walk(key, value, manner, path, site, out);
        path.leave(back);
    }
}

/// What becomes of a reference on its way through kustomizations.
#[derive(Debug, Clone)]
struct Carried {
    text: String,
    /// The entry that changed it last: kustomization and entry.
    by: Option<(usize, usize)>,
}

struct Walk<'a> {
    all: &'a [Kustomization],
    by_file: BTreeMap<&'a str, usize>,
    /// References that the transformer goes to, by file.
    open: BTreeMap<String, Vec<usize>>,
    references: &'a [Reference],
    done: BTreeMap<usize, BTreeMap<usize, Carried>>,
    used: BTreeSet<(usize, usize)>,
    /// Kustomizations that take in something that is not in the input.
    partial: BTreeSet<usize>,
    inner: BTreeSet<usize>,
    carried: usize,
}

/// Adds what the kustomizations make of the references found so far.
pub(crate) fn link(
    all: &[Kustomization],
    files: &BTreeSet<String>,
    references: &mut Vec<Reference>,
    out: &mut Collector,
) {
    if all.is_empty() {
        return;
    }
    let mut open: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, reference) in references.iter().enumerate().filter(|(_, it)| is_transformed(it)) {
        open.entry(join("", &reference.file)).or_default().push(index);
    }
    let mut walk = Walk {
        all,
        by_file: all.iter().zip(0..).map(|(it, index)| (it.place.as_str(), index)).collect(),
        open,
        references,
        done: BTreeMap::new(),
        used: BTreeSet::new(),
        partial: BTreeSet::new(),
        inner: BTreeSet::new(),
        carried: 0,
    };
    for index in 0..all.len() {
        walk.visit(index, files, 0, out);
    }
    let (added, superseded) = walk.results();
    for index in superseded {
        if let Some(reference) = references.get_mut(index) {
            reference.superseded = true;
        }
    }
    references.extend(added);
}

impl Walk<'_> {
    fn visit(&mut self, index: usize, files: &BTreeSet<String>, depth: usize, out: &mut Collector) {
        if self.done.contains_key(&index) {
            return;
        }
        // A kustomization that takes itself in finds this, and ends.
        self.done.insert(index, BTreeMap::new());
        let all = self.all;
        let Some(kustomization) = all.get(index) else { return };
        let site = Site { file: kustomization.file.clone(), ..Site::default() };
        let mut inside: BTreeMap<usize, Carried> = BTreeMap::new();
        // Patches that lie in this file are transformed as well.
        self.take_in(&kustomization.place, &mut inside);
        for (name, place) in &kustomization.resources {
            let path = join(&kustomization.directory, name);
            let directory = NAMES.iter().map(|it| join(&path, it)).find(|it| files.contains(it));
            let inner = self.by_file.get(directory.as_deref().unwrap_or(&path)).copied();
            match inner {
                Some(inner) if depth < DEEPEST && self.carried < MOST_CARRIED => {
                    self.visit(inner, files, depth + 1, out);
                    self.inner.insert(inner);
                    if self.partial.contains(&inner) {
                        self.partial.insert(index);
                    }
                    let below = self.done.get(&inner).cloned().unwrap_or_default();
                    self.carried += below.len();
                    inside.extend(below);
                }
                Some(_) => {
                    let message = "kustomizations are nested too deeply";
                    out.problem(&site, place.0, place.1, ProblemCode::LimitExceeded, message);
                }
                None if files.contains(&path) => self.take_in(&path, &mut inside),
                None => {
                    self.partial.insert(index);
                    let message = format!("'{}' is not in the input", quote(name));
                    out.problem(&site, place.0, place.1, ProblemCode::MissingFile, message);
                }
            }
        }
        for carried in inside.values_mut() {
            for (entry, image) in kustomization.images.iter().enumerate() {
                if let Some(text) = image.apply(&carried.text) {
                    *carried = Carried { text, by: Some((index, entry)) };
                    self.used.insert((index, entry));
                }
            }
        }
        self.done.insert(index, inside);
    }

    fn take_in(&self, file: &str, inside: &mut BTreeMap<usize, Carried>) {
        for &index in self.open.get(file).into_iter().flatten() {
            if let Some(reference) = self.references.get(index) {
                inside.insert(index, Carried { text: reference.written.clone(), by: None });
            }
        }
    }

    /// What the outermost kustomizations give, and the references that none of them leaves as it is.
    fn results(&self) -> (Vec<Reference>, Vec<usize>) {
        let (mut added, mut kept, mut replaced) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (_, inside) in self.done.iter().filter(|(index, _)| !self.inner.contains(index)) {
            for (&index, carried) in inside {
                let Some(reference) = self.references.get(index) else { continue };
                if carried.text == reference.written {
                    kept.insert(index);
                } else if let Some(result) = self.result(reference, carried) {
                    replaced.insert(index);
                    added.insert(result);
                }
            }
        }
        for (index, kustomization) in self.all.iter().enumerate().filter(|(it, _)| self.partial.contains(it))
        {
            for (entry, image) in kustomization.images.iter().enumerate() {
                if !self.used.contains(&(index, entry)) {
                    added.extend(self.unused(index, entry, image));
                }
            }
        }
        (added.into_iter().collect(), replaced.difference(&kept).copied().collect())
    }

    fn result(&self, reference: &Reference, carried: &Carried) -> Option<Reference> {
        let (kustomization, entry) = carried.by?;
        let by = self.all.get(kustomization)?;
        let image = ImageName::parse(&carried.text).ok()?;
        let place = by.images.get(entry)?.place;
        Some(Reference {
            file: by.file.clone(),
            line: place.0,
            column: place.1,
            path: format!("images[{entry}]"),
            written: carried.text.clone(),
            pin: Pin::of(&image, &[]),
            image,
            kind: Kind::Kustomize,
            replaces: Some(Replaced {
                file: reference.file.clone(),
                line: reference.line,
                path: reference.path.clone(),
                written: reference.written.clone(),
            }),
            superseded: false,
            ..reference.clone()
        })
    }

    /// An entry that matches nothing here, of a kustomization that takes in something that is not here.
    fn unused(&self, index: usize, entry: usize, image: &Override) -> Option<Reference> {
        image.new_tag.as_ref().or(image.digest.as_ref())?;
        let text = image.apply(&image.name)?;
        let by = self.all.get(index)?;
        let mut out = Collector::default();
        let site = Site { file: by.file.clone(), ..Site::default() };
        let node = Node::leaf(image.place.0, image.place.1, Value::Null);
        let path = format!("images[{entry}]");
        let (kind, confidence) = (Kind::Kustomize, Confidence::Low);
        out.hit(&site, Hit { node: &node, path: &path, written: &text, text: &text, kind, confidence })
            .cloned()
    }
}

impl Override {
    /// What the entry makes of `text`; `None` where it does not match or changes nothing.
    fn apply(&self, text: &str) -> Option<String> {
        let (name, tag, digest) = split(text);
        if name != self.name {
            return None;
        }
        let (mut tag, mut digest) = (tag.map(str::to_owned), digest.map(str::to_owned));
        if self.new_tag.is_some() || self.digest.is_some() {
            (tag, digest) = (self.new_tag.clone(), self.digest.clone());
        }
        if let Some(suffix) = &self.tag_suffix {
            tag = tag.map(|tag| tag + suffix);
        }
        let mut new = self.new_name.clone().unwrap_or_else(|| name.to_owned());
        for (mark, part) in [(':', tag), ('@', digest)] {
            if let Some(part) = part {
                new.push(mark);
                new.push_str(&part);
            }
        }
        (new != text && new.len() <= 1_024).then_some(new)
    }
}

/// Whether the images transformer goes to this place.
fn is_transformed(reference: &Reference) -> bool {
    let workload = matches!(
        reference.kind,
        Kind::Container | Kind::InitContainer | Kind::ImageVolume | Kind::CustomResource
    );
    let in_list = |list: &str| {
        let path = reference.path.strip_suffix("].image").and_then(|path| path.rsplit_once('['));
        path.is_some_and(|(path, _)| path == list || path.ends_with(&format!(".{list}")))
    };
    let volume = || {
        let path = reference.path.strip_suffix("].image.reference").and_then(|path| path.rsplit_once('['));
        path.is_some_and(|(path, _)| matches!(path, "spec.volumes" | "spec.template.spec.volumes"))
    };
    workload && (in_list("containers") || in_list("initContainers") || volume())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_replace_as_kustomize_s_reference_says() {
        // "images" of the kustomization reference, and its table of fields.
        let entry = |text: &str| entry(&yaml::parse(text, 0).unwrap().remove(0)).unwrap();
        let apply = |rule: &str, text: &str| entry(rule).apply(text);
        assert_eq!(apply("{name: nginx, newTag: new}", "nginx:old").as_deref(), Some("nginx:new"));
        assert_eq!(
            apply("{name: nginx, newName: nginx-special}", "nginx:old").as_deref(),
            Some("nginx-special:old")
        );
        assert_eq!(
            apply("{name: postgres, newName: my-registry/my-postgres, newTag: v1}", "postgres:8").as_deref(),
            Some("my-registry/my-postgres:v1")
        );
        assert_eq!(apply("{name: a, digest: 'sha256:x'}", "a:1").as_deref(), Some("a@sha256:x"));
        assert_eq!(apply("{name: a, newTag: '2'}", "a:1@sha256:x").as_deref(), Some("a:2"));
        // Names are compared as written.
        assert_eq!(apply("{name: nginx, newTag: new}", "docker.io/library/nginx:old"), None);
        assert_eq!(apply("{name: nginx, newTag: new}", "nginx2:old"), None);
    }
}
