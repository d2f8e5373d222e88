//! Helm charts that are not rendered: defaults of `values.yaml`, and the images that `Chart.yaml` lists.
//!
//! What a chart really uses is known once it is rendered (`helm template`); then each manifest begins with a
//! comment `# Source: chart/templates/name.yaml`, which [`source`] reads. Until then, defaults are weak hits.
//! The annotation `artifacthub.io/images` is that of Artifact Hub's documentation ("Helm annotations").

use bomwright_model::Confidence;

use crate::collect::{Collector, Hit, Path, Site};
use crate::custom::{self, Manner};
use crate::yaml::{self, Node};
use crate::{Kind, ProblemCode};

const IMAGES: &str = "artifacthub.io/images";

/// Whether a file of this name holds a chart's defaults.
pub(crate) fn is_values(name: &str) -> bool {
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
    stem.is_some_and(|stem| {
        stem == "values"
            || stem.starts_with("values-")
            || stem.starts_with("values.")
            || stem.ends_with("-values")
            || stem.ends_with(".values")
    })
}

/// Reads the defaults of a chart.
pub(crate) fn values(node: &Node, site: &Site, out: &mut Collector) {
    let manner = Manner { kind: Kind::HelmValues, confidence: Confidence::Low };
    custom::walk("", node, manner, &mut Path::default(), site, out);
}

/// Reads the images that a `Chart.yaml` lists in its annotation.
pub(crate) fn chart(node: &Node, site: &Site, out: &mut Collector) {
    let Some(list) = node.at(&["annotations", IMAGES]) else { return };
    let Some(text) = list.text() else { return };
    let mut path = Path::default();
    path.enter("annotations");
    path.enter(IMAGES);
    let documents = match yaml::parse(text, list.line - 1) {
        Ok(documents) => documents,
        Err(fault) => {
            let message = format!("the annotation {IMAGES} is no YAML: {}", fault.message);
            return out.problem(site, fault.line, fault.column, ProblemCode::MalformedFile, message);
        }
    };
    for (index, entry) in documents.iter().flat_map(|it| it.items()).enumerate() {
        let (Some(image), Some(text)) = (entry.get("image"), entry.text_of("image")) else { continue };
        let back = path.item(index);
        path.enter("image");
        let (kind, confidence) = (Kind::ChartAnnotation, Confidence::Medium);
        let hit = Hit { node: image, path: path.as_str(), written: text, text, kind, confidence };
        if let Some(reference) = out.hit(site, hit) {
            let platforms: Vec<&str> =
                entry.get("platforms").into_iter().flat_map(Node::items).filter_map(Node::text).collect();
            reference.platform = (!platforms.is_empty()).then(|| platforms.join(","));
        }
        path.leave(back);
    }
}

/// The template that a rendered manifest came from.
pub(crate) fn source(document: &str) -> Option<String> {
    let comments = document
        .lines()
        .map(str::trim_end)
        .take_while(|line| line.is_empty() || line.starts_with('#') || line.starts_with("---"));
    comments.into_iter().find_map(|line| line.strip_prefix("# Source: ")).map(|path| path.trim().to_owned())
}
