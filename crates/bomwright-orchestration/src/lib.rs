//! Which images a deployment names: Kubernetes manifests, rendered Helm charts, Kustomize, Compose and Quadlet.
//!
//! Text in, references out: nothing here opens a file. One bad document is told of and takes nothing else
//! with it. Text inside values, such as that of a `ConfigMap`, names nothing; neither do comments.

mod collect;
mod compose;
mod custom;
mod helm;
mod interpolate;
mod kubernetes;
mod kustomize;
mod name;
mod paths;
mod quadlet;
mod reference;
mod stream;
mod weak;
mod yaml;

pub use name::{ImageName, InvalidName};
pub use reference::{Kind, Pin, Problem, ProblemCode, Reference, Replaced};

use std::collections::BTreeSet;

use collect::{Collector, Path, Site};
use paths::join;
use yaml::Node;

/// Bytes of a file that are read; manifests are stored in a database that takes far less.
pub const MOST_BYTES: usize = 16 << 20;

/// A file of the input.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Its path, with `/`; files that name each other are found by it.
    pub path: &'a str,
    /// Its content.
    pub text: &'a str,
}

/// What an input names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// References, sorted by file, line and column.
    pub references: Vec<Reference>,
    /// What could not be read, sorted likewise.
    pub problems: Vec<Problem>,
}

/// What is known of files that name others.
#[derive(Debug, Default)]
struct Linked {
    kustomizations: Vec<kustomize::Kustomization>,
    projects: Vec<compose::Project>,
}

/// Whether a file of this name may hold what is read here.
pub fn is_wanted(path: &str) -> bool {
    let name = file_name(path);
    matches!(extension(name), "yaml" | "yml" | "json")
        || name == "Kustomization"
        || quadlet::section_of(name).is_some()
}

/// Every image that `inputs` name.
pub fn find(inputs: &[Input<'_>]) -> Found {
    let mut linked = Linked::default();
    let mut found = Found::default();
    let mut add = |collector: Collector| {
        found.references.extend(collector.found.references);
        found.problems.extend(collector.found.problems);
    };
    for input in inputs {
        let mut collector = Collector::default();
        read(input, &mut linked, &mut collector);
        add(collector);
    }
    let files: BTreeSet<String> = inputs.iter().map(|input| join("", input.path)).collect();
    let mut collector = Collector::default();
    compose::link(&linked.projects, &files, &mut collector);
    add(collector);
    let mut collector = Collector::default();
    kustomize::link(&linked.kustomizations, &files, &mut found.references, &mut collector);
    found.problems.extend(collector.found.problems);
    found.references.sort();
    found.references.dedup();
    found.problems.sort();
    found.problems.dedup();
    found
}

fn read(input: &Input<'_>, linked: &mut Linked, out: &mut Collector) {
    let site = Site { file: input.path.to_owned(), ..Site::default() };
    if input.text.len() > MOST_BYTES {
        let message = format!("larger than {MOST_BYTES} bytes");
        return out.problem(&site, 1, 1, ProblemCode::LimitExceeded, message);
    }
    let name = file_name(input.path);
    if let Some(section) = quadlet::section_of(name) {
        return quadlet::read(input.text, section, &site, out);
    }
    // Most JSON is something else altogether, and much of it is long.
    if extension(name) == "json" && !["apiVersion", "services"].iter().any(|it| input.text.contains(it)) {
        return;
    }
    for part in stream::documents(input.text) {
        let site = Site { template: helm::source(part.text), ..site.clone() };
        match yaml::parse(part.text, part.before) {
            Ok(nodes) => nodes.iter().for_each(|node| document(name, node, &site, linked, out)),
            Err(fault) if part.text.contains("{{") && !fault.is_limit => {
                out.template(&site, fault.line, fault.column);
            }
            Err(fault) => {
                let code =
                    if fault.is_limit { ProblemCode::LimitExceeded } else { ProblemCode::MalformedFile };
                out.problem(&site, fault.line, fault.column, code, fault.message);
            }
        }
    }
}

/// Decides what a document is, and reads it so.
fn document(name: &str, node: &Node, site: &Site, linked: &mut Linked, out: &mut Collector) {
    if kustomize::is_patch(node) {
        kustomize::patch(node, &mut Path::default(), site, out);
    } else if !node.is_map() {
        // A list or a scalar is none of the kinds that are read.
    } else if kustomize::is_kustomization(name, node) {
        linked.kustomizations.push(kustomize::read(node, site, out));
    } else if kubernetes::is_object(node) {
        kubernetes::read_at(node, &mut Path::default(), site, out);
    } else if matches!(name, "Chart.yaml" | "Chart.yml") {
        helm::chart(node, site, out);
    } else if helm::is_values(name) {
        helm::values(node, site, out);
    } else if compose::is_project(node) {
        linked.projects.push(compose::read(node, site, out));
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
