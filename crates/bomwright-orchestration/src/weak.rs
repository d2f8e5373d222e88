//! Places that may name an image but need not: options of command lines, and the variables by which
//! operators are told what to run.

use bomwright_model::Confidence;

use crate::collect::{Collector, Hit, Path, Site};
use crate::name::is_explicit_host;
use crate::yaml::Node;
use crate::{ImageName, Kind};

/// Longest option that is looked at.
const LONGEST: usize = 1_024;

/// Looks at the command line and the variables of a container, or of anything with the same fields.
pub(crate) fn container(node: &Node, path: &mut Path, site: &Site, out: &mut Collector) {
    for key in ["command", "args"] {
        let Some(words) = node.get(key) else { continue };
        let back = path.enter(key);
        let mut option = "";
        for (index, word) in words.items().enumerate() {
            let Some(text) = word.text().filter(|text| text.len() <= LONGEST) else { continue };
            let (name, value) = match text.split_once('=') {
                Some((name, value)) if name.starts_with('-') => (name, value),
                _ => (option, text),
            };
            if !text.starts_with('-') || text.contains('=') {
                let back = path.item(index);
                found(name, value, word, Kind::Flag, path, site, out);
                path.leave(back);
            }
            option = if text.starts_with('-') && !text.contains('=') { text } else { "" };
        }
        path.leave(back);
    }
    let Some(variables) = node.get("env") else { return };
    let back = path.enter("env");
    for (index, variable) in variables.items().enumerate() {
        let related = variable.text_of("name").is_some_and(|name| name.starts_with("RELATED_IMAGE_"));
        let Some(value) = variable.get("value").filter(|_| related) else { continue };
        let back = path.item(index);
        path.enter("value");
        if let Some(text) = value.text() {
            let (written, confidence) = (text, Confidence::Low);
            let kind = Kind::Environment;
            out.hit(site, Hit { node: value, path: path.as_str(), written, text, kind, confidence });
        }
        path.leave(back);
    }
    path.leave(back);
}

/// An option's value is a reference when it says a tag or a digest, and either a registry with a path below
/// it or an option that is named after images.
fn found(option: &str, value: &str, node: &Node, kind: Kind, path: &Path, site: &Site, out: &mut Collector) {
    if !option.starts_with('-') {
        return;
    }
    let Ok(image) = ImageName::parse(value) else { return };
    let bound = image.tag.is_some() || image.digest.is_some();
    let names_host = value.split_once('/').is_some_and(|(host, _)| is_explicit_host(host));
    if bound && (names_host || option.to_ascii_lowercase().contains("image")) {
        let confidence = Confidence::Low;
        out.hit(site, Hit { node, path: path.as_str(), written: value, text: value, kind, confidence });
    }
}
