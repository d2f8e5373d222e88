//! `nuget`: the .NET packages of a `packages.lock.json` (learn.microsoft.com, NuGet, "Locking dependencies").
//!
//! The file has a list for each target framework; the same package in two lists is one. Edges: each package to
//! those that it depends on, within its list. What the project itself needs is marked `direct`; the project is
//! not in the file.

use std::collections::BTreeSet;

use bomwright_model::{Code, Package, Scope};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::lock::{Lock, json};
use crate::{Claim, Ecosystem, FileView, Findings};

const NAME: &str = "nuget";

/// The `nuget` ecosystem.
#[derive(Debug)]
pub(crate) struct NuGet;

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    dependencies: Map<String, Value>,
}

impl Ecosystem for NuGet {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        ".NET packages that packages.lock.json pins, and what they depend on"
    }

    fn claims(&self) -> &'static [Claim] {
        const { &[Claim::name("packages.lock.json").lock()] }
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let Some(document) = json::<Document>(file, out) else { return };
        let ids: BTreeSet<String> = document
            .dependencies
            .iter()
            .flat_map(|(framework, list)| {
                list.as_object().into_iter().flatten().map(move |(it, _)| id(framework, it))
            })
            .collect();
        let mut lock = Lock::new(file, NAME);
        for (framework, list) in &document.dependencies {
            let Some(list) = list.as_object() else {
                out.note(file, Code::MalformedRecord, format!("'{framework}' is no list of packages"));
                continue;
            };
            for (name, entry) in list {
                let mut found = lock.found(package(name, entry), &id(framework, name));
                let needs = entry.get("dependencies").and_then(Value::as_object).into_iter().flatten();
                found.locked = needs
                    .map(|(other, range)| {
                        // A list for one runtime holds only what differs from its framework's.
                        let base = framework.split('/').next().unwrap_or(framework);
                        let own = id(framework, other);
                        let own = if ids.contains(&own) { own } else { id(base, other) };
                        let range = range.as_str().unwrap_or_default();
                        lock.needs(format!("{other} {range}"), &own, Scope::Runtime)
                    })
                    .collect();
                if !lock.add(found, out) {
                    return;
                }
            }
        }
    }
}

/// Names are compared without regard to case.
fn id(framework: &str, name: &str) -> String {
    format!("{framework} {}", name.to_lowercase())
}

fn package(name: &str, entry: &Value) -> Package {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut package = Package::new(NAME, name, text("resolved"));
    match text("type") {
        "Project" => package.set_property("installed-from-directory", name),
        "Direct" => package.set_property("direct", "true"),
        _ => {}
    }
    // Of the package without its signature, so not of the archive that is downloaded.
    package.set_property("content-hash", text("contentHash"));
    package
}
