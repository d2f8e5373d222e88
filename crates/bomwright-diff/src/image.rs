//! What the images say of themselves, and of what they are built upon.

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::{Distribution, Image, Inventory, Layer};

use crate::side::{Known, distribution};
use crate::{BaseImage, Change, FieldKind, ImageChange, ImageDelta, LayerChange, text};

/// Labels that say when something was built: a time is no change.
const TIMES: &[&str] = &["org.opencontainers.image.created", "org.label-schema.build-date", "build-date"];

/// Every statement that differs, and the layers that only one side has.
pub(crate) fn image(old: &Known<'_>, new: &Known<'_>) -> ImageDelta {
    let mut fields = Vec::new();
    let mut push = |field, old: Option<String>, new: Option<String>| {
        if old != new {
            fields.push(ImageChange { field, key: String::new(), old, new });
        }
    };
    if let (Some(was), Some(is)) = (old.input.base, new.input.base)
        && is_other_base(was, old, is, new)
    {
        fields_of_base(was, is, &mut push);
    }
    if let (Some(was), Some(is)) = (distribution(old.inventory), distribution(new.inventory))
        && !same_distribution(old.inventory, new.inventory)
    {
        push(FieldKind::Distribution, Some(was), Some(is));
    }
    if let (Some(was), Some(is)) = (old.input.lifecycle, new.input.lifecycle) {
        push(FieldKind::Lifecycle, Some(was.phase.clone()), Some(is.phase.clone()));
    }
    if let (Some(was), Some(is)) = (&old.inventory.image, &new.inventory.image) {
        let platform = |it: &Image| {
            let parts = [Some(it.os.as_str()), Some(it.architecture.as_str()), it.variant.as_deref()];
            let text = parts.into_iter().flatten().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("/");
            Some(text).filter(|text| !text.is_empty())
        };
        // Documents of other tools tell less of an image.
        if let (Some(was), Some(is)) = (platform(was), platform(is)) {
            push(FieldKind::Platform, Some(was), Some(is));
        }
        if configured(was) && configured(is) {
            configuration(was, is, &mut push);
            lists(was, is, &mut fields);
        }
    }
    fields.sort();
    let (layers, shared_layers) = layers(&old.inventory.layers, &new.inventory.layers);
    ImageDelta { fields, layers, shared_layers }
}

/// Whether two distributions are one. Where only purls name it, tools differ in how exact they are: `debian-12` and
/// `debian-12.9` are the same.
fn same_distribution(old: &Inventory, new: &Inventory) -> bool {
    let (Some(was), Some(is)) = (&old.distribution, &new.distribution) else { return true };
    let is_guess =
        |it: &Distribution| it.path.is_empty() && it.pretty_name.is_none() && it.codename.is_none();
    let version = |it: &Distribution| {
        let text = it.version.clone().unwrap_or_default();
        let first = text.split('.').next().unwrap_or_default().to_owned();
        if is_guess(was) || is_guess(is) { first } else { text }
    };
    was.id == is.id && version(was) == version(is)
}

/// Whether the configuration itself was read: an image always says what it is for.
fn configured(image: &Image) -> bool {
    !image.os.is_empty()
}

type Push<'p> = dyn FnMut(FieldKind, Option<String>, Option<String>) + 'p;

fn configuration(was: &Image, is: &Image, push: &mut Push<'_>) {
    let user = |it: &Image| it.user.clone().filter(|user| !user.is_empty());
    if is_root(was) != is_root(is) || (!is_root(is) && user(was) != user(is)) {
        push(FieldKind::User, user(was), user(is));
    }
    let words = |list: &[String]| (!list.is_empty()).then(|| command(list));
    push(FieldKind::Entrypoint, words(&was.entrypoint), words(&is.entrypoint));
    push(FieldKind::Command, words(&was.command), words(&is.command));
    let directory = |it: &Image| it.working_dir.clone().filter(|text| !text.is_empty() && text != "/");
    push(FieldKind::WorkingDir, directory(was), directory(is));
    push(FieldKind::HealthCheck, words(&was.health_check), words(&is.health_check));
    push(FieldKind::StopSignal, was.stop_signal.clone(), is.stop_signal.clone());
}

/// Whether it runs as root: without a user, or as user 0.
pub(crate) fn is_root(image: &Image) -> bool {
    let user = image.user.as_deref().unwrap_or_default();
    let name = user.split(':').next().unwrap_or_default();
    name.is_empty() || name == "root" || name.bytes().all(|byte| byte == b'0')
}

/// A list of words as one text, quoted where a word holds blanks; secrets in `--password=…` are masked.
fn command(words: &[String]) -> String {
    let quote = |word: &String| {
        let word = match word.split_once('=') {
            Some((name, value)) => format!("{name}={}", text::masked(name, value)),
            None => word.clone(),
        };
        if word.is_empty() || word.contains(char::is_whitespace) { format!("'{word}'") } else { word }
    };
    words.iter().map(quote).collect::<Vec<_>>().join(" ")
}

/// Statements that are lists of things with names.
fn lists(was: &Image, is: &Image, fields: &mut Vec<ImageChange>) {
    let variables = |it: &Image| -> BTreeMap<String, String> {
        let pairs = it.environment.iter().map(|text| text.split_once('=').unwrap_or((text, "")));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    let names = |list: &[String]| -> BTreeMap<String, String> {
        list.iter().map(|name| (name.clone(), String::new())).collect()
    };
    // A port without a protocol is one of TCP (OCI image-spec v1.1, config.md, ExposedPorts).
    let ports = |list: &[String]| {
        names(list)
            .into_keys()
            .map(|it| if it.contains('/') { it } else { it + "/tcp" })
            .map(|it| (it, String::new()))
            .collect()
    };
    for (field, old, new) in [
        (FieldKind::Environment, variables(was), variables(is)),
        (FieldKind::Port, ports(&was.ports), ports(&is.ports)),
        (FieldKind::Volume, names(&was.volumes), names(&is.volumes)),
        (FieldKind::Label, was.labels.clone(), is.labels.clone()),
    ] {
        let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for key in keys.into_iter().filter(|key| !TIMES.contains(&key.as_str())) {
            let (before, after) = (old.get(key), new.get(key));
            if before != after {
                let shown = |value: &String| text::masked(key, value).into_owned();
                let (old, new) = (before.map(shown), after.map(shown));
                fields.push(ImageChange { field, key: key.clone(), old, new });
            }
        }
    }
}

/// Whether the bases are different images: by digest, else by their layers, else by name.
fn is_other_base(was: &BaseImage, old: &Known<'_>, is: &BaseImage, new: &Known<'_>) -> bool {
    let own = |base: &BaseImage, side: &Known<'_>| {
        let layers = side.inventory.layers.get(..base.layers?)?;
        layers.iter().map(|layer| layer.diff_id.clone()).collect::<Option<Vec<_>>>()
    };
    if let (Some(was), Some(is)) = (own(was, old), own(is, new)) {
        return was != is;
    }
    match (&was.digest, &is.digest) {
        (Some(was), Some(is)) => was != is,
        _ => was.name != is.name && was.name.is_some() && is.name.is_some(),
    }
}

fn fields_of_base(was: &BaseImage, is: &BaseImage, push: &mut Push<'_>) {
    let text = |base: &BaseImage| {
        let name = base.name.clone().unwrap_or_else(|| "without a name".to_owned());
        match (&base.digest, base.layers) {
            (Some(digest), _) => format!("{name}@{digest}"),
            (None, Some(layers)) => format!("{name} ({layers} layers)"),
            (None, None) => name,
        }
    };
    let (old, new) = (text(was), text(is));
    // The same name for other layers is another base all the same.
    let new = if old == new { format!("{new}, other layers") } else { new };
    push(FieldKind::Base, Some(old), Some(new));
}

/// The layers that only one side has, and how many both share from the bottom.
fn layers(old: &[Layer], new: &[Layer]) -> (Vec<LayerChange>, usize) {
    let same = |(a, b): &(&Layer, &Layer)| a.diff_id.is_some() && a.diff_id == b.diff_id;
    let shared = old.iter().zip(new).take_while(same).count();
    let rest = |layers: &[Layer], change| -> Vec<LayerChange> {
        let numbered = (0..).zip(layers).skip(shared);
        numbered
            .map(|(index, layer)| LayerChange {
                change,
                index,
                diff_id: layer.diff_id.as_ref().map(ToString::to_string),
                size: layer.size,
                instruction: layer.created_by.clone(),
            })
            .collect()
    };
    let mut changes = rest(old, Change::Removed);
    changes.extend(rest(new, Change::Added));
    (changes, shared)
}
