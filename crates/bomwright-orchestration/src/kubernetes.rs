//! Kubernetes objects: the exact fields of the built-in kinds.
//!
//! Kubernetes API reference: `PodSpec` (containers, initContainers, ephemeralContainers, and volumes whose source
//! is an image), and the kinds that carry one directly or in a template. What carries other groups' API
//! versions is a custom resource and goes to [`crate::custom`].

use bomwright_model::Confidence;

use crate::collect::{Collector, Hit, Path, Site};
use crate::yaml::Node;
use crate::{Kind, custom, weak};

/// Built-in kinds with the way to their pod template or pod.
const PODS: &[(&str, &[&str])] = &[
    ("Pod", &["spec"]),
    ("PodTemplate", &["template", "spec"]),
    ("ReplicationController", &["spec", "template", "spec"]),
    ("Deployment", &["spec", "template", "spec"]),
    ("ReplicaSet", &["spec", "template", "spec"]),
    ("StatefulSet", &["spec", "template", "spec"]),
    ("DaemonSet", &["spec", "template", "spec"]),
    ("Job", &["spec", "template", "spec"]),
    ("CronJob", &["spec", "jobTemplate", "spec", "template", "spec"]),
];

/// API groups of Kubernetes itself; every other one belongs to custom resources.
const GROUPS: &[&str] = &[
    "",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "extensions",
    "flowcontrol.apiserver.k8s.io",
    "internal.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
    "storagemigration.k8s.io",
];

/// Whether `node` is an object: it says its kind and the version of its API.
pub(crate) fn is_object(node: &Node) -> bool {
    node.text_of("apiVersion").is_some() && node.text_of("kind").is_some()
}

/// Reads an object that lies at `path`, or every object of a list.
pub(crate) fn read_at(node: &Node, path: &mut Path, site: &Site, out: &mut Collector) {
    object(node, None, path, site, out);
}

/// `inherited` is the kind that the items of a typed list have where they name none of their own.
fn object(node: &Node, inherited: Option<(&str, &str)>, path: &mut Path, site: &Site, out: &mut Collector) {
    let version = node.text_of("apiVersion").or(inherited.map(|it| it.0)).unwrap_or_default();
    let Some(kind) = node.text_of("kind").or(inherited.map(|it| it.1)) else { return };
    let group = version.split_once('/').map_or("", |(group, _)| group);
    if let (Some(item), Some(items)) = (kind.strip_suffix("List"), node.get("items")) {
        let inherited = (!item.is_empty()).then_some((version, item));
        let back = path.enter("items");
        for (index, node) in items.items().enumerate() {
            let back = path.item(index);
            object(node, inherited, path, site, out);
            path.leave(back);
        }
        return path.leave(back);
    }
    let site = Site { resource: Some(label(kind, node)), ..site.clone() };
    if !GROUPS.contains(&group) {
        return custom::read(node, path, &site, out);
    }
    let Some((_, keys)) = PODS.iter().find(|(name, _)| *name == kind) else { return };
    let Some(spec) = node.at(keys) else { return };
    let back = path.mark();
    for key in *keys {
        path.enter(key);
    }
    pod(spec, path, &site, out);
    path.leave(back);
}

/// `Deployment shop/web`, as people name objects.
fn label(kind: &str, node: &Node) -> String {
    let field = |key| node.at(&["metadata", key]).and_then(Node::text);
    match (field("namespace"), field("name").or_else(|| field("generateName"))) {
        (Some(namespace), Some(name)) => format!("{kind} {namespace}/{name}"),
        (None, Some(name)) => format!("{kind} {name}"),
        (_, None) => kind.to_owned(),
    }
}

/// Reads a `PodSpec`.
fn pod(spec: &Node, path: &mut Path, site: &Site, out: &mut Collector) {
    let platform = platform(spec);
    for (list, kind) in [
        ("initContainers", Kind::InitContainer),
        ("containers", Kind::Container),
        ("ephemeralContainers", Kind::EphemeralContainer),
    ] {
        let Some(containers) = spec.get(list) else { continue };
        let back = path.enter(list);
        for (index, container) in containers.items().enumerate() {
            let back = path.item(index);
            image(container, "image", "imagePullPolicy", kind, platform.as_deref(), path, site, out);
            weak::container(container, path, site, out);
            path.leave(back);
        }
        path.leave(back);
    }
    let Some(volumes) = spec.get("volumes") else { return };
    let back = path.enter("volumes");
    for (index, volume) in volumes.items().enumerate() {
        let Some(source) = volume.get("image") else { continue };
        let back = path.item(index);
        path.enter("image");
        image(source, "reference", "pullPolicy", Kind::ImageVolume, platform.as_deref(), path, site, out);
        path.leave(back);
    }
    path.leave(back);
}

#[expect(clippy::too_many_arguments, reason = "one field, its place and its neighbours")]
fn image(
    holder: &Node,
    key: &str,
    policy: &str,
    kind: Kind,
    platform: Option<&str>,
    path: &mut Path,
    site: &Site,
    out: &mut Collector,
) {
    let Some(node) = holder.get(key) else { return };
    let Some(text) = node.text().filter(|text| !text.is_empty()) else { return };
    let back = path.enter(key);
    let hit = Hit { node, path: path.as_str(), written: text, text, kind, confidence: Confidence::High };
    if let Some(reference) = out.hit(site, hit) {
        reference.pull_policy = holder.text_of(policy).map(str::to_owned);
        reference.platform = platform.map(str::to_owned);
    }
    path.leave(back);
}

/// What the pod asks of its node (well-known labels `kubernetes.io/os` and `kubernetes.io/arch`).
fn platform(spec: &Node) -> Option<String> {
    let selector = spec.get("nodeSelector");
    let wanted = |label| selector.and_then(|it| it.text_of(label));
    let architecture = wanted("kubernetes.io/arch")?;
    let os = spec.at(&["os", "name"]).and_then(Node::text).or_else(|| wanted("kubernetes.io/os"));
    Some(format!("{}/{architecture}", os.unwrap_or("linux")))
}
