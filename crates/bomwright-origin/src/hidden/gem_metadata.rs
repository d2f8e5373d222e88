//! Directories of Ruby gems without a specification: it was deleted, or the code was copied there.

use std::collections::BTreeMap;

use bomwright_model::{FileAccount, Finding, FindingSeverity};

use super::{Detector, place, seen};
use crate::world::World;

pub(super) const DETECTOR: Detector = Detector {
    rules: &[(
        "gem-without-specification",
        "a directory of installed gems holds code but RubyGems has no specification for it",
    )],
    find,
};

fn find(world: &World<'_>, accounts: &[FileAccount]) -> Vec<Finding> {
    // The first file of code of each gem.
    let mut gems: BTreeMap<(&str, &str), &FileAccount> = BTreeMap::new();
    for account in accounts {
        if let Some(gem) = gem(&account.path) {
            gems.entry(gem).or_insert(account);
        }
    }
    gems.iter()
        .filter(|((home, name), account)| {
            let places = ["specifications", "specifications/default"];
            let mut specifications =
                places.iter().map(|place| below(home, &format!("{place}/{name}.gemspec")));
            !specifications.any(|path| world.entry(&path).is_some())
                && !seen::is_of_system(world, &account.path)
        })
        .map(|((_, name), account)| {
            let message = format!("the gem {name} holds code, but there is no specification for it");
            seen::about(account, "gem-without-specification", FindingSeverity::Medium, message)
        })
        .collect()
}

fn below(home: &str, path: &str) -> String {
    if home.is_empty() { path.to_owned() } else { format!("{home}/{path}") }
}

/// The home of the gems and the `NAME-VERSION` for a file of Ruby code at `HOME/gems/NAME-VERSION/lib/…`. Those that
/// Bundler takes from repositories have no specification outside of them.
fn gem(path: &str) -> Option<(&str, &str)> {
    let (home, rest) = path.split_once("/gems/").or_else(|| Some(("", path.strip_prefix("gems/")?)))?;
    // A home may itself lie in a directory of that name: `/usr/lib/ruby/gems/3.1.0/gems/rack-3.0`.
    let (home, rest) = match rest.split_once("/gems/") {
        Some((version, inner)) if !version.contains('/') => {
            (path.get(..path.len() - inner.len() - "/gems/".len())?, inner)
        }
        _ => (home, rest),
    };
    let (name, file) = rest.split_once('/')?;
    let (_, version) = name.rsplit_once('-')?;
    let is_version = version.starts_with(|c: char| c.is_ascii_digit()) || is_platform(name);
    let is_code = file.starts_with("lib/") && matches!(place::ending(file), "rb" | "so");
    let is_bundler = home == "bundler" || home.ends_with("/bundler");
    (is_version && is_code && !is_bundler).then_some((home, name))
}

/// Whether a platform follows the version: `nokogiri-1.15.4-x86_64-linux`.
fn is_platform(name: &str) -> bool {
    let mut parts = name.split('-').skip(1);
    parts.any(|part| part.starts_with(|c: char| c.is_ascii_digit()) && part.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hidden::testing::{Scene, text};

    #[test]
    fn homes_and_names() {
        let home = "usr/lib/ruby/gems/3.1.0";
        assert_eq!(gem(&format!("{home}/gems/rack-3.0/lib/rack.rb")), Some((home, "rack-3.0")));
        let native = format!("{home}/gems/nokogiri-1.15.4-x86_64-linux/lib/x.so");
        assert_eq!(gem(&native), Some((home, "nokogiri-1.15.4-x86_64-linux")));
        assert_eq!(gem("usr/local/bundle/gems/a-1/lib/a.rb"), Some(("usr/local/bundle", "a-1")));
        assert_eq!(gem("usr/local/bundle/bundler/gems/a-1/lib/a.rb"), None);
        assert_eq!(gem("app/gems/readme/lib/a.rb"), None);
        assert_eq!(gem(&format!("{home}/gems/rack-3.0/README.md")), None);
    }

    #[test]
    fn only_gems_without_specification() {
        let mut scene = Scene::new();
        for path in [
            "usr/local/bundle/gems/rack-3.0/lib/rack.rb",
            "usr/local/bundle/specifications/rack-3.0.gemspec",
            "usr/local/bundle/gems/ghost-1.0/lib/a.rb",
            "usr/local/bundle/gems/ghost-1.0/lib/b.rb",
        ] {
            scene.add(text(path));
        }
        assert_eq!(
            scene.find(&DETECTOR),
            ["gem-without-specification:/usr/local/bundle/gems/ghost-1.0/lib/a.rb medium"]
        );
    }
}
