//! How entries of a policy match names, hosts and paths.

use globset::{GlobBuilder, GlobMatcher};

/// A glob with the text that it was written as.
#[derive(Debug, Clone)]
pub struct Glob {
    text: String,
    matcher: GlobMatcher,
}

impl PartialEq for Glob {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Glob {}

impl Glob {
    /// A glob over paths: `*` stays within a directory, `**` does not. A leading slash is left out of account.
    pub(super) fn path(text: &str) -> Result<Self, String> {
        Self::build(text, text.trim_start_matches('/'), true)
    }

    /// A glob over names: `*` stands for anything.
    pub(super) fn name(text: &str) -> Result<Self, String> {
        Self::build(text, text, false)
    }

    fn build(text: &str, pattern: &str, literal_separator: bool) -> Result<Self, String> {
        if pattern.is_empty() {
            return Err("an empty pattern matches nothing".to_owned());
        }
        let glob = GlobBuilder::new(pattern)
            .literal_separator(literal_separator)
            .build()
            .map_err(|error| error.kind().to_string())?;
        Ok(Self { text: text.to_owned(), matcher: glob.compile_matcher() })
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches `text`; a path comes without its leading slash.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.matcher.is_match(text)
    }
}

/// A place of the image: a directory with everything below it, or a glob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    text: String,
    /// `None`: a directory.
    glob: Option<Glob>,
}

impl Place {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.trim_matches('/').is_empty() {
            return Err("the whole image is no place".to_owned());
        }
        let glob = text.contains(['*', '?', '[', '{']).then(|| Glob::path(text)).transpose()?;
        Ok(Self { text: text.to_owned(), glob })
    }

    /// The entry as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether `path` (no leading slash) lies in it.
    pub(crate) fn holds(&self, path: &str) -> bool {
        match &self.glob {
            Some(glob) => glob.matches(path),
            None => path
                .strip_prefix(self.text.trim_matches('/'))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        }
    }
}

/// Whether `entry` is `name` or a prefix of it that ends at a boundary: `com.acme` covers `com.acme.shop`
/// but not `com.acmeister`; `acme-` covers `acme-core`.
pub(crate) fn covers(entry: &str, name: &str) -> bool {
    let Some(rest) = name.strip_prefix(entry) else { return false };
    let open = entry.ends_with(['/', '.', '-', '_', ':']);
    !entry.is_empty() && (open || rest.is_empty() || rest.starts_with(['/', '.', ':']))
}

/// `host/path` of an address, in lower case up to the path; `None` for what is on this machine.
///
/// Reads `scheme://[user@]host[:port]/path`, `git+ssh://…`, and `user@host:path`.
pub(crate) fn place_of(address: &str) -> Option<String> {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = match address.split_once("://") {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("file") => return None,
        Some((_, rest)) => rest.split_once('/').unwrap_or((rest, "")),
        None if address.starts_with("file:") => return None,
        // The short form of ssh; a colon without an account is some other scheme.
        None => match address.split_once(':') {
            Some((authority, path)) if authority.contains('@') => (authority, path),
            Some(_) => return None,
            None => address.split_once('/').unwrap_or((address, "")),
        },
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(host, _)| host);
    let path = path.trim_matches('/');
    let host = host.to_ascii_lowercase();
    if host.is_empty() {
        return None;
    }
    Some(if path.is_empty() { host } else { format!("{host}/{path}") })
}

/// Whether the policy's `entry` means `place`: `host`, `host/path` with everything below it, or `*.domain`
/// for every host of a domain.
pub(crate) fn is_at(entry: &str, place: &str) -> bool {
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    let (wanted, below) = entry.split_once('/').unwrap_or((entry, ""));
    let same_host = match wanted.strip_prefix("*.") {
        Some(domain) => host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')),
        None => host.eq_ignore_ascii_case(wanted),
    };
    let below = below.trim_matches('/');
    // An address may name a repository with or without its ending.
    let ends =
        |rest: &str| rest.is_empty() || rest.starts_with('/') || rest == ".git" || rest.starts_with(".git/");
    same_host && (below.is_empty() || path.strip_prefix(below).is_some_and(ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_end_at_boundaries() {
        assert!(covers("@acme", "@acme/shop"));
        assert!(!covers("@acme", "@acmeister/shop"));
        assert!(covers("com.acme", "com.acme.shop"));
        assert!(covers("acme-", "acme-core"));
        assert!(!covers("acme", "acme-core"));
        assert!(!covers("", "anything"));
    }

    #[test]
    fn hosts_of_addresses() {
        for (address, place) in [
            (
                "https://user:pw@Packages.Acme.example:8443/npm/x.tgz?a=1",
                Some("packages.acme.example/npm/x.tgz"),
            ),
            ("git+ssh://git@git.acme.example/team/x.git#0123", Some("git.acme.example/team/x.git")),
            ("git@git.acme.example:team/x.git", Some("git.acme.example/team/x.git")),
            ("git.acme.internal/team/svc", Some("git.acme.internal/team/svc")),
            ("https://host.example", Some("host.example")),
            ("file:///src/x.whl", None),
            ("file:../x.tgz", None),
            ("npm:other@1", None),
            ("https://", None),
        ] {
            assert_eq!(place_of(address).as_deref(), place, "{address}");
        }
    }

    #[test]
    fn entries_mean_hosts_paths_and_domains() {
        assert!(is_at("git.acme.example", "git.acme.example/team/x"));
        assert!(!is_at("acme.example", "git.acme.example/team/x"));
        assert!(!is_at("git.acme.example", "git.acme.example.evil.example/x"));
        assert!(is_at("*.acme.example", "git.acme.example/x"));
        assert!(!is_at("*.acme.example", "evilacme.example/x"));
        assert!(!is_at("*.acme.example", "acme.example/x"));
        assert!(is_at("forge.example/acme", "forge.example/acme/x.git"));
        assert!(is_at("forge.example/acme/x", "forge.example/acme/x.git"));
        assert!(!is_at("forge.example/acme", "forge.example/acmeister/x"));
        assert!(!is_at("forge.example/acme", "forge.example/acme.other/x"));
    }

    #[test]
    fn directories_are_whole_components_and_globs_stay_within_them() {
        let holds = |place: &str, path| Place::parse(place).unwrap().holds(path);
        assert!(holds("/app/", "app/bin/x"));
        assert!(!holds("/app", "apple/x"));
        assert!(holds("/srv/*/bin", "srv/a/bin"));
        assert!(!holds("/srv/*", "srv/a/b"));
        assert!(holds("/srv/**", "srv/a/b"));
        assert!(Place::parse("/").is_err());
        assert!(Place::parse("/a[").is_err());
    }
}
