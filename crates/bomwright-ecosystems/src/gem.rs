//! Ruby gems as RubyGems and Bundler install them.
//!
//! Files: `specifications/*.gemspec` and `specifications/default/*.gemspec` of every gem home, as
//! `Gem::Specification#to_ruby` writes them (guides.rubygems.org, "Specification Reference"), and
//! `bundler/gems/*/*.gemspec` of gems that Bundler took from a repository; `Gemfile.lock` for where they came
//! from.
//!
//! Edges: run-time dependencies to the newest installed gem that satisfies them, one in the same gem home
//! first; to the Ruby that runs them.
//!
//! Not seen: gems without a specification, and what hand-written specifications compute, such as the version
//! of most gems from a repository.

mod lock;
mod version;

use std::collections::HashMap;

use bomwright_model::{Code, Distribution, License, LinkKind, Node, Package, PackageId, Purl};

use crate::format::ruby_gemspec::Gemspec;
use crate::format::url::without_credentials;
use crate::{Claim, Ecosystem, Edges, FileView, Findings, Found, Installed, Requirement, interpreter};

/// Ruby gems.
pub(crate) struct Gem;

const NAME: &str = "gem";
/// How many installed versions of one gem are weighed against each other.
const MOST_VERSIONS: usize = 64;

impl Ecosystem for Gem {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "installed Ruby gems, their run-time dependencies and the Ruby they run on"
    }

    fn claims(&self) -> &'static [Claim] {
        const {
            &[
                Claim::suffix(".gemspec").up_to(4),
                Claim::name("Gemfile.lock").up_to(4),
                Claim::name("gems.locked").up_to(4),
            ]
        }
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let place = Place::of(file);
        if place.is_none() && !lock::is_lock(file) {
            return;
        }
        let text = String::from_utf8_lossy(file.bytes);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            out.note(file, Code::Encoding, "not valid utf-8");
        }
        let Some(place) = place else { return lock::read(file, &text, out) };
        let spec = Gemspec::parse(&text);
        let stem = file.name().trim_end_matches(".gemspec");
        let is_written = !matches!(place, Place::Repository(_));
        // Hand-written files often compute their own name; their file is called after it.
        let name = if spec.name.is_empty() && !is_written { stem } else { &spec.name };
        if name.is_empty() || (spec.version.is_empty() && is_written) {
            let code = if spec.ended { Code::MalformedFile } else { Code::Truncated };
            return out.note(file, code, "a gem specification without name or version");
        }
        if !spec.ended {
            out.note(file, Code::Truncated, "the gem specification has no end");
        }
        out.packages.push(found(file, place, name, &spec));
    }

    fn relate(&self, installed: &Installed<'_>, out: &mut Edges<'_>) {
        let mut rubies: HashMap<String, Option<Node>> = HashMap::new();
        for (id, found) in installed.of(NAME) {
            for requirement in &found.requires {
                match provider(installed, found, requirement) {
                    Some(provider) => out.depends(id, &found.package, provider, requirement),
                    None => out.unresolved(id, &found.package, requirement),
                }
            }
            let home = gem_home(found);
            let ruby = rubies.entry(home.to_owned()).or_insert_with(|| ruby_of(installed, home));
            if let Some(ruby) = ruby {
                interpreter::runs(out, ruby, id, found);
            }
        }
    }

    fn purl(&self, package: &Package, _: Option<&Distribution>) -> Option<Purl> {
        let platform = package.properties.get("platform").map_or("", String::as_str);
        let qualifiers = [("platform", platform)];
        Purl::build(NAME, None, &package.name, &package.version, &qualifiers, None).ok()
    }
}

/// Where a specification lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place<'a> {
    /// `HOME/specifications`; holds the home.
    Installed(&'a str),
    /// `HOME/specifications/default`: a gem that comes with Ruby, whose files lie among Ruby's own.
    Default,
    /// `HOME/bundler/gems/name-revision`; holds the revision.
    Repository(&'a str),
}

impl<'a> Place<'a> {
    fn of(file: &FileView<'a>) -> Option<Self> {
        let parent = file.parent();
        if parent == "specifications/default" || parent.ends_with("/specifications/default") {
            return Some(Self::Default);
        }
        if let Some(home) = parent.strip_suffix("specifications") {
            return (home.is_empty() || home.ends_with('/')).then_some(Self::Installed(home));
        }
        let (gems, directory) = parent.rsplit_once('/')?;
        let (_, revision) = directory.rsplit_once('-')?;
        let is_repository = gems == "bundler/gems" || gems.ends_with("/bundler/gems");
        is_repository.then_some(Self::Repository(revision))
    }
}

fn found(file: &FileView<'_>, place: Place<'_>, name: &str, spec: &Gemspec) -> Found {
    let mut package = Package::new(NAME, name, spec.version.as_str());
    package.location = Some(match place {
        Place::Installed(home) => {
            let platform = spec.platform.as_ref().map_or(String::new(), |platform| format!("-{platform}"));
            format!("{home}gems/{name}-{}{platform}", spec.version)
        }
        Place::Default => file.path.to_owned(),
        Place::Repository(_) => file.parent().to_owned(),
    });
    match place {
        Place::Default => package.set_property("default", "true"),
        Place::Repository(revision) => package.set_property("vcs-revision", revision),
        Place::Installed(_) => {}
    }
    package.set_property("platform", spec.platform.as_deref().unwrap_or_default());
    package.description.clone_from(&spec.summary);
    package.originator = Some(spec.authors.join(", ")).filter(|authors| !authors.is_empty());
    package.licenses = spec.licenses.iter().map(License::declared).collect();
    let metadata = |key: &str| spec.metadata.get(key).map_or("", String::as_str);
    let homepage = spec.homepage.as_deref().unwrap_or_default();
    for (kind, url) in [
        (LinkKind::Home, homepage),
        (LinkKind::Home, metadata("homepage_uri")),
        (LinkKind::Vcs, metadata("source_code_uri")),
        (LinkKind::Issues, metadata("bug_tracker_uri")),
    ] {
        package.add_link(kind, without_credentials(url));
    }
    // A private gem names the only server that it may be published on.
    package.set_property("allowed-push-host", without_credentials(metadata("allowed_push_host")));
    let mut found = Found::new(package, file, NAME);
    // By these names a lock file means it.
    let directory = found.package.location.as_deref().and_then(|location| location.rsplit('/').next());
    found.aliases = directory.filter(|_| place != Place::Default).map(str::to_owned).into_iter().collect();
    found.owns.push(file.path.to_owned());
    found.owns.extend(found.package.location.clone().filter(|location| location != file.path));
    found.requires = spec
        .dependencies
        .iter()
        .map(|(name, wanted)| match wanted.as_slice() {
            [] => Requirement::new(name.as_str(), name.as_str()),
            _ => Requirement::new(format!("{name} ({})", wanted.join(", ")), name.as_str()),
        })
        .collect();
    found
}

/// The directory whose `specifications` or `bundler` the gem was read from.
fn gem_home(found: &Found) -> &str {
    let path = found.package.evidence.first().map_or("", |evidence| evidence.path.as_str());
    let cut = ["specifications/", "bundler/gems/"].iter().filter_map(|part| path.rfind(part)).max();
    path.get(..cut.unwrap_or_default()).unwrap_or_default()
}

/// The gem that RubyGems would activate: the newest that satisfies the conditions, of the same home if one
/// does. Where none does, the newest stands for what is there.
fn provider(installed: &Installed<'_>, found: &Found, requirement: &Requirement) -> Option<PackageId> {
    let name = requirement.names.first()?;
    let (_, wanted) = requirement.text.split_once(" (").unwrap_or_default();
    let wanted = wanted.trim_end_matches(')');
    let own = gem_home(found);
    let rank = |id: &PackageId| {
        let package = installed.package(*id)?;
        let path = package.evidence.first().map_or("", |evidence| evidence.path.as_str());
        let is_near = path.strip_prefix(own).is_some_and(|rest| rest.starts_with("specifications/"));
        let satisfies = version::satisfies(&package.version, wanted);
        Some((satisfies, is_near, version::Version::parse(&package.version)))
    };
    installed.providers(NAME, name).iter().copied().take(MOST_VERSIONS).max_by_key(rank)
}

/// The Ruby whose prefix the gem home lies in (`PREFIX/lib/ruby/…`), else the image's.
fn ruby_of(installed: &Installed<'_>, home: &str) -> Option<Node> {
    let prefix = home.find("lib/ruby/").and_then(|at| home.get(..at)).unwrap_or("usr/local/");
    [prefix, "usr/local/", "usr/", ""]
        .iter()
        .filter_map(|prefix| installed.resolve(&format!("{prefix}bin/ruby")))
        .find_map(|path| interpreter::node(installed, &path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_gem_homes_hold_installed_gems() {
        let place = |path: &'static str| Place::of(&FileView::new(path, b""));
        let home = "var/lib/gems/3.1.0/";
        assert_eq!(place("var/lib/gems/3.1.0/specifications/a-1.gemspec"), Some(Place::Installed(home)));
        assert_eq!(place("usr/lib/ruby/gems/3.1.0/specifications/default/a-1.gemspec"), Some(Place::Default));
        assert_eq!(
            place("usr/local/bundle/bundler/gems/a-b-0123abcd/a-b.gemspec"),
            Some(Place::Repository("0123abcd"))
        );
        assert_eq!(place("var/lib/gems/3.1.0/gems/a-1/a.gemspec"), None);
        assert_eq!(place("srv/app/app.gemspec"), None);
    }

    #[test]
    fn purls_name_the_platform() {
        // purl-spec, types/gem-definition.json, examples.
        let mut package = Package::new(NAME, "ruby-advisory-db-check", "0.12.4");
        let purl = |package: &Package| Gem.purl(package, None).unwrap().to_string();
        assert_eq!(purl(&package), "pkg:gem/ruby-advisory-db-check@0.12.4");
        package.set_property("platform", "java");
        assert_eq!(purl(&package), "pkg:gem/ruby-advisory-db-check@0.12.4?platform=java");
    }
}
