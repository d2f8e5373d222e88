//! `pub`: the Dart and Flutter packages of a `pubspec.lock` (dart.dev, "Package dependencies", and the fields
//! that pub's `LockFile` writes).
//!
//! The file says of each package whether the project needs it directly, only to develop, or through others, but
//! not through which ones: it gives no edges. What belongs to an SDK has no version of its own.

use bomwright_model::{Code, LinkKind, Package, Scope};

use crate::format::url::without_credentials;
use crate::format::yaml::Yaml;
use crate::lock::{Lock, mark, resolve};
use crate::{Claim, Ecosystem, FileView, Findings};

const NAME: &str = "pub";

/// The `pub` ecosystem.
#[derive(Debug)]
pub(crate) struct Pub;

impl Ecosystem for Pub {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "Dart and Flutter packages that pubspec.lock pins"
    }

    fn claims(&self) -> &'static [Claim] {
        const { &[Claim::name("pubspec.lock").lock()] }
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let text = crate::format::text(file, out);
        let tree = match Yaml::parse(&text) {
            Ok(tree) => tree,
            Err(fault) => {
                let code = if fault.is_at_end { Code::Truncated } else { Code::MalformedFile };
                return out.note(file, code, format!("pubspec.lock is no yaml: {fault}"));
            }
        };
        let mut lock = Lock::new(file, NAME);
        for (name, entry) in tree.get("packages").entries() {
            if entry.text_of("source").is_empty() {
                out.note(file, Code::MalformedRecord, format!("'{name}' has no source"));
                continue;
            }
            if !lock.add(lock.found(package(name, entry), name), out) {
                return;
            }
        }
    }
}

fn package(name: &str, entry: &Yaml) -> Package {
    let description = entry.get("description");
    let mut package = Package::new(NAME, name, entry.text_of("version"));
    match entry.text_of("dependency") {
        "direct dev" => mark(&mut package, Scope::Development),
        "direct main" => package.set_property("direct", "true"),
        _ => {}
    }
    match entry.text_of("source") {
        "hosted" => {
            package.set_property("resolved", without_credentials(description.text_of("url")));
            package.digests.extend(format!("sha256:{}", description.text_of("sha256")).parse().ok());
        }
        "git" => {
            let url = description.text_of("url");
            resolve(&mut package, &format!("git+{url}#{}", description.text_of("resolved-ref")));
            package.add_link(LinkKind::Vcs, without_credentials(url));
        }
        "path" => package.set_property("installed-from-directory", description.text_of("path")),
        sdk => package.set_property("source", sdk),
    }
    package
}
