//! `composer`: the PHP packages of a `composer.lock` (getcomposer.org, "Basic usage", and the fields of
//! "The composer.json schema").
//!
//! Edges: `require` to the package of that name, or the one that states to replace or provide it; PHP itself and
//! its extensions are no packages. The project stands in composer.json and is not seen, and neither is what is
//! installed in `vendor`.

use bomwright_model::{Code, License, LinkKind, Package, Scope};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::format::url::without_credentials;
use crate::lock::{Lock, json, mark, resolve};
use crate::{Claim, Ecosystem, FileView, Findings};

const NAME: &str = "composer";

/// The `composer` ecosystem.
#[derive(Debug)]
pub(crate) struct Composer;

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    packages: Vec<Map<String, Value>>,
    #[serde(rename = "packages-dev", default)]
    development: Vec<Map<String, Value>>,
}

impl Ecosystem for Composer {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "PHP packages that composer.lock pins, and what they require"
    }

    fn claims(&self) -> &'static [Claim] {
        const { &[Claim::name("composer.lock").lock()] }
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let Some(document) = json::<Document>(file, out) else { return };
        let mut lock = Lock::new(file, NAME);
        let groups = [(document.packages, Scope::Runtime), (document.development, Scope::Development)];
        for (entry, scope) in
            groups.iter().flat_map(|(group, scope)| group.iter().map(move |it| (it, *scope)))
        {
            let name = text(entry, "name");
            if name.is_empty() {
                out.note(file, Code::MalformedRecord, "a package without a name");
                continue;
            }
            let mut package = package(entry, name);
            mark(&mut package, scope);
            let mut found = lock.found(package, &name.to_lowercase());
            for other in ["replace", "provide"].into_iter().flat_map(|key| keys(entry, key)) {
                found.provides.push(lock.handle(&other.to_lowercase()));
            }
            let needs = keys(entry, "require").filter(|name| !is_platform(name));
            found.locked = needs
                .map(|name| {
                    let range = entry.get("require").and_then(|it| it.get(name)).and_then(Value::as_str);
                    lock.needs(format!("{name} {}", range.unwrap_or_default()), &name.to_lowercase(), scope)
                })
                .collect();
            if !lock.add(found, out) {
                return;
            }
        }
    }
}

fn text<'m>(entry: &'m Map<String, Value>, key: &str) -> &'m str {
    entry.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn keys<'m>(entry: &'m Map<String, Value>, key: &str) -> impl Iterator<Item = &'m str> {
    entry.get(key).and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str())
}

/// PHP, its extensions and libraries, and Composer's own interfaces ("Platform packages"): names without a vendor.
fn is_platform(name: &str) -> bool {
    !name.contains('/')
}

fn package(entry: &Map<String, Value>, full_name: &str) -> Package {
    let (vendor, name) = match full_name.rsplit_once('/') {
        Some((vendor, name)) => (Some(vendor.to_owned()), name),
        None => (None, full_name),
    };
    let mut package = Package::new(NAME, name, text(entry, "version"));
    package.namespace = vendor;
    package.description = Some(text(entry, "description").to_owned()).filter(|text| !text.is_empty());
    let licenses = entry.get("license").and_then(Value::as_array).into_iter().flatten();
    package.licenses = licenses.filter_map(Value::as_str).map(License::declared).collect();
    package.add_link(LinkKind::Home, without_credentials(text(entry, "homepage")));
    let of = |part: &str, key: &str| {
        entry.get(part).and_then(|part| part.get(key)).and_then(Value::as_str).unwrap_or_default()
    };
    package.add_link(LinkKind::Vcs, without_credentials(of("source", "url")));
    if of("dist", "type") == "path" {
        package.set_property("installed-from-directory", of("dist", "url"));
    } else {
        let from_source = if of("source", "type") == "git" { of("source", "url") } else { "" };
        resolve(&mut package, if of("dist", "url").is_empty() { from_source } else { of("dist", "url") });
    }
    package.set_property("source-reference", of("source", "reference"));
    package.digests.extend(format!("sha1:{}", of("dist", "shasum")).parse().ok());
    package
}
