//! Quadlet units of Podman (podman-systemd.unit(5)): `Image=` of `.container`, `.image` and `.volume` files.
//!
//! The syntax is that of systemd units (systemd.syntax(7)): sections, `Key=value`, comments that begin with `#`
//! or `;`, and lines that go on after a backslash. The last assignment counts.

use std::collections::BTreeMap;

use bomwright_model::Confidence;

use crate::collect::{Collector, Hit, Site};
use crate::yaml::{Node, Value};
use crate::{Kind, ProblemCode};

/// Extensions with the section that names the image.
const UNITS: &[(&str, &str)] = &[(".container", "Container"), (".image", "Image"), (".volume", "Volume")];

/// Values of the wanted section, with their places.
type Assignments<'a> = BTreeMap<&'a str, (usize, String)>;

/// The section of a unit of this name that may name an image.
pub(crate) fn section_of(name: &str) -> Option<&'static str> {
    UNITS.iter().find(|(extension, _)| name.ends_with(extension)).map(|(_, section)| *section)
}

/// Reads a unit.
pub(crate) fn read(text: &str, section: &str, site: &Site, out: &mut Collector) {
    let Some(values) = assignments(text, section, site, out) else { return };
    let Some((line, image)) = values.get("Image") else { return };
    // Another unit pulls or builds it.
    if [".image", ".build"].iter().any(|suffix| image.ends_with(suffix)) || image.is_empty() {
        return;
    }
    let node = Node::leaf(*line, "Image=".len() + 1, Value::Text(image.clone(), false));
    let name = image.strip_prefix("docker://").unwrap_or(image);
    // `%i` and its like are filled in by systemd.
    if name.contains('%') {
        let message = format!("'{}' hangs on a specifier of systemd", crate::collect::quote(image));
        return out.problem(site, *line, node.column, ProblemCode::UnresolvedVariable, message);
    }
    let path = format!("{section}.Image");
    let (kind, confidence) = (Kind::Quadlet, Confidence::High);
    let hit = Hit { node: &node, path: &path, written: image, text: name, kind, confidence };
    let value = |key| values.get(key).map(|(_, value)| value.clone()).filter(|value| !value.is_empty());
    if let Some(reference) = out.hit(site, hit) {
        reference.pull_policy = value("Pull").or_else(|| value("Policy"));
        reference.platform = value("Arch").map(|architecture| {
            let os = value("OS").unwrap_or_else(|| "linux".to_owned());
            value("Variant").map_or_else(
                || format!("{os}/{architecture}"),
                |variant| format!("{os}/{architecture}/{variant}"),
            )
        });
    }
}

fn assignments<'a>(text: &'a str, wanted: &str, site: &Site, out: &mut Collector) -> Option<Assignments<'a>> {
    let (mut section, mut values, mut open) = ("", Assignments::new(), None::<&str>);
    for (line, number) in text.lines().map(str::trim).zip(1..) {
        if line.starts_with(['#', ';']) || (line.is_empty() && open.is_none()) {
            continue;
        }
        let (content, goes_on) = line.strip_suffix('\\').map_or((line, false), |it| (it.trim_end(), true));
        if let Some(key) = open.take() {
            if section == wanted
                && let Some((_, value)) = values.get_mut(key)
            {
                value.push(' ');
                value.push_str(content);
            }
            open = goes_on.then_some(key);
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        } else if let Some((key, value)) = content.split_once('=') {
            let key = key.trim_end();
            if section == wanted {
                values.insert(key, (number, value.trim().to_owned()));
            }
            open = goes_on.then_some(key);
        } else {
            out.problem(site, number, 1, ProblemCode::MalformedFile, "neither a section nor Key=value");
            return None;
        }
    }
    Some(values)
}
