//! Compose files (compose-spec: services, build, extends, include, volumes).
//!
//! Variables count as not set, so their defaults are taken. A service that extends another one of a file in
//! the input takes that one's image; files that `include` and `extends` name and that are not in the input
//! are told.

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::Confidence;

use crate::collect::{Collector, Hit, Path, Site, quote};
use crate::interpolate::{UNSET, interpolate};
use crate::name::split;
use crate::paths::join;
use crate::yaml::{Node, Value};
use crate::{ImageName, Kind, ProblemCode};

/// Services that extend each other.
const LONGEST_CHAIN: usize = 32;

/// What other Compose files may want to know of one.
#[derive(Debug)]
pub(crate) struct Project {
    file: String,
    services: BTreeMap<String, Service>,
    includes: Vec<Named>,
}

/// A service, as far as others may extend it.
#[derive(Debug)]
struct Service {
    image: Option<String>,
    extends: Option<Extends>,
}

#[derive(Debug)]
struct Extends {
    file: Option<String>,
    service: String,
    place: (usize, usize),
}

/// A file that is named, and where.
#[derive(Debug)]
struct Named {
    file: String,
    place: (usize, usize),
}

/// Whether `node` is a Compose file: it has services, and one of them says what it runs.
pub(crate) fn is_project(node: &Node) -> bool {
    let is_service = |it: &Node| ["image", "build", "extends"].iter().any(|key| it.get(key).is_some());
    let includes = node.get("include").is_some() && node.text_of("kind").is_none();
    node.get("services").is_some_and(|services| services.entries().any(|(_, it)| is_service(it)))
        || (includes && node.get("services").is_some_and(Node::is_map))
}

/// Reads a Compose file.
pub(crate) fn read(node: &Node, site: &Site, out: &mut Collector) -> Project {
    let mut services = BTreeMap::new();
    let mut path = Path::default();
    path.enter("services");
    for (name, node) in node.get("services").into_iter().flat_map(Node::entries) {
        let site = Site { resource: Some(format!("service {}", quote(name))), ..site.clone() };
        let back = path.enter(name);
        services.insert(name.to_owned(), service(name, node, &mut path, &site, out));
        path.leave(back);
    }
    Project { file: site.file.clone(), services, includes: includes(node) }
}

fn service(name: &str, node: &Node, path: &mut Path, site: &Site, out: &mut Collector) -> Service {
    let build = node.get("build").map(|build| {
        let context = build.text().or_else(|| build.text_of("context")).unwrap_or(".");
        contexts(build, path, site, out);
        context.to_owned()
    });
    let image = node.get("image").and_then(|image| Some((image, image.text()?)));
    if let Some((image, text)) = image {
        let back = path.enter("image");
        let details = Details {
            policy: node.text_of("pull_policy").map(str::to_owned),
            platform: node.text_of("platform").map(str::to_owned),
            build: build.clone(),
        };
        hit(image, text, Kind::ComposeService, details, path, site, out);
        path.leave(back);
    } else if let (Some(context), None) = (&build, node.get("extends")) {
        let message =
            format!("service '{}' is built from '{}' and names no image", quote(name), quote(context));
        out.problem(site, node.line, node.column, ProblemCode::BuiltWithoutName, message);
    }
    volumes(node, path, site, out);
    Service { image: image.map(|(_, text)| text.to_owned()), extends: node.get("extends").and_then(extends) }
}

/// What is said beside an image.
#[derive(Debug, Default)]
struct Details {
    policy: Option<String>,
    platform: Option<String>,
    build: Option<String>,
}

/// Images that a build takes in by name (`additional_contexts`, as a mapping or as `name=value`).
fn contexts(build: &Node, path: &mut Path, site: &Site, out: &mut Collector) {
    let Some(contexts) = build.get("additional_contexts") else { return };
    let back = path.enter("build");
    path.enter("additional_contexts");
    let named = contexts.entries().map(|(name, node)| (Some(name), node));
    for (index, (name, node)) in named.chain(contexts.items().map(|node| (None, node))).enumerate() {
        let Some(value) = node.text() else { continue };
        let value = if name.is_none() { value.split_once('=').map_or("", |(_, value)| value) } else { value };
        let Some(image) = value.strip_prefix("docker-image://") else { continue };
        let back = match name {
            Some(name) => path.enter(name),
            None => path.item(index),
        };
        hit(node, image, Kind::ComposeBuild, Details::default(), path, site, out);
        path.leave(back);
    }
    path.leave(back);
}

/// Images that are mounted (`type: image`).
fn volumes(service: &Node, path: &mut Path, site: &Site, out: &mut Collector) {
    let Some(volumes) = service.get("volumes") else { return };
    let back = path.enter("volumes");
    for (index, volume) in volumes.items().enumerate() {
        let source = volume.get("source").filter(|_| volume.text_of("type") == Some("image"));
        let Some((source, text)) = source.and_then(|node| Some((node, node.text()?))) else { continue };
        let back = path.item(index);
        path.enter("source");
        hit(source, text, Kind::ImageVolume, Details::default(), path, site, out);
        path.leave(back);
    }
    path.leave(back);
}

/// A reference with variables. One whose tag or digest hangs on a variable is still known by its name.
fn hit(
    node: &Node,
    written: &str,
    kind: Kind,
    details: Details,
    path: &Path,
    site: &Site,
    out: &mut Collector,
) {
    let unresolved = |out: &mut Collector| {
        let message = format!("'{}' hangs on a variable without a default", quote(written));
        out.problem(site, node.line, node.column, ProblemCode::UnresolvedVariable, message);
    };
    if written.len() > 1_024 {
        return;
    }
    let Some((text, unset)) = interpolate(written) else { return unresolved(out) };
    let confidence = Confidence::High;
    let found = if unset.is_empty() {
        out.hit(site, Hit { node, path: path.as_str(), written, text: &text, kind, confidence })
    } else {
        let (name, tag, digest) = split(&text);
        let known = |part: Option<&str>| part.filter(|part| !part.contains(UNSET)).map(str::to_owned);
        match ImageName::parse(name) {
            Ok(image) => {
                let image = ImageName { tag: known(tag), digest: known(digest), ..image };
                out.add(
                    site,
                    Hit { node, path: path.as_str(), written, text: &text, kind, confidence },
                    image,
                    unset,
                )
            }
            Err(_) => return unresolved(out),
        }
    };
    if let Some(reference) = found {
        reference.pull_policy = details.policy;
        reference.platform = details.platform;
        reference.build = details.build;
    }
}

fn extends(node: &Node) -> Option<Extends> {
    let place = (node.line, node.column);
    if let Some(service) = node.text() {
        return Some(Extends { file: None, service: service.to_owned(), place });
    }
    let service = node.text_of("service")?.to_owned();
    Some(Extends { file: node.text_of("file").map(str::to_owned), service, place })
}

/// `include`: paths, or mappings with a `path` that is one or several.
fn includes(node: &Node) -> Vec<Named> {
    let named = |node: &Node| {
        let file = node.text()?.to_owned();
        Some(Named { file, place: (node.line, node.column) })
    };
    let mut found = Vec::new();
    for entry in node.get("include").into_iter().flat_map(Node::items) {
        let path = entry.get("path").unwrap_or(entry);
        found.extend(named(path));
        found.extend(path.items().filter_map(named));
    }
    found
}

/// Gives services the images of those that they extend, and tells of files that are not among `files`, the
/// paths of the input as [`join`] writes them.
pub(crate) fn link(projects: &[Project], files: &BTreeSet<String>, out: &mut Collector) {
    let by_file: BTreeMap<String, &Project> = projects.iter().map(|it| (join("", &it.file), it)).collect();
    for project in projects {
        let site = Site { file: project.file.clone(), ..Site::default() };
        for named in &project.includes {
            if !files.contains(&beside(&project.file, &named.file)) {
                missing(&named.file, named.place, &site, out);
            }
        }
        for (name, service) in project.services.iter().filter(|(_, it)| it.image.is_none()) {
            let Some(extends) = &service.extends else { continue };
            match inherited(project, service, &by_file) {
                Ok(Some(image)) => {
                    let site = Site { resource: Some(format!("service {}", quote(name))), ..site.clone() };
                    let node = Node::leaf(extends.place.0, extends.place.1, Value::Null);
                    let mut path = Path::default();
                    for key in ["services", name, "extends"] {
                        path.enter(key);
                    }
                    hit(&node, image, Kind::ComposeService, Details::default(), &path, &site, out);
                }
                Ok(None) => {}
                Err(file) => missing(&file, extends.place, &site, out),
            }
        }
    }
}

fn missing(file: &str, place: (usize, usize), site: &Site, out: &mut Collector) {
    let message = format!("'{}' is not in the input", quote(file));
    out.problem(site, place.0, place.1, ProblemCode::MissingFile, message);
}

/// The image of the service that `service` extends in the end; `Err` names a file that is not there.
fn inherited<'a>(
    project: &'a Project,
    service: &'a Service,
    by_file: &BTreeMap<String, &'a Project>,
) -> Result<Option<&'a str>, String> {
    let (mut project, mut service) = (project, service);
    for _ in 0..LONGEST_CHAIN {
        if let Some(image) = &service.image {
            return Ok(Some(image));
        }
        let Some(extends) = &service.extends else { return Ok(None) };
        if let Some(file) = &extends.file {
            project = by_file.get(&beside(&project.file, file)).ok_or_else(|| file.clone())?;
        }
        let Some(next) = project.services.get(&extends.service) else { return Ok(None) };
        service = next;
    }
    Ok(None)
}

/// `other`, as `file` names it.
fn beside(file: &str, other: &str) -> String {
    let directory = file.rsplit_once('/').map_or("", |(directory, _)| directory);
    join(directory, other)
}
