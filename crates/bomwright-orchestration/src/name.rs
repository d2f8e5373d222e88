//! Image references: what they are made of, and their canonical form.
//!
//! The grammar and the rule for names without a host are those of the project `distribution`
//! (reference/reference.go, reference/normalize.go), which every runtime follows: the first component is a
//! host when it holds a dot or a colon or is `localhost`; otherwise the default registry is meant, and there
//! a name of one component lies below `library/`.

use std::fmt;

/// The registry of names that state none.
const DEFAULT_REGISTRY: &str = "docker.io";
/// Longest name with its registry (`NameTotalLengthMax`).
const LONGEST_NAME: usize = 255;
/// Longest tag.
const LONGEST_TAG: usize = 128;

/// A reference in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageName {
    /// Host and port.
    pub registry: String,
    /// The path below it.
    pub repository: String,
    /// The tag as written; `None` where there is none, even though `latest` is then meant.
    pub tag: Option<String>,
    /// The digest, `algorithm:hex`.
    pub digest: Option<String>,
}

/// Why a text is no image reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Nothing at all, or nothing before the tag.
    #[error("the name is empty")]
    Empty,
    /// A component of the path breaks the grammar.
    #[error("the name holds a character or a separator that is not allowed there (it must be lowercase)")]
    Component,
    /// The host breaks the grammar.
    #[error("the registry is no host name")]
    Host,
    /// The tag breaks the grammar.
    #[error("the tag holds a character that is not allowed or is too long")]
    Tag,
    /// The digest breaks the grammar.
    #[error("the digest is not algorithm:hex of the algorithm's length")]
    Digest,
    /// Longer than any registry takes.
    #[error("the name is longer than 255 characters")]
    Long,
    /// 64 hexadecimal digits, which runtimes take as an id.
    #[error("64 hexadecimal digits are an image id, not a name")]
    Id,
}

impl ImageName {
    /// Reads a reference as people write it.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(checked_digest(digest)?)),
            None => (text, None),
        };
        // A colon before the last slash belongs to a port.
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(checked_tag(tag)?)),
            _ => (rest, None),
        };
        if name.is_empty() {
            return Err(InvalidName::Empty);
        }
        if name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(InvalidName::Id);
        }
        let (registry, path) = match name.split_once('/') {
            Some((host, path)) if is_explicit_host(host) => (host, path),
            _ => (DEFAULT_REGISTRY, name),
        };
        if !is_host(registry) {
            return Err(InvalidName::Host);
        }
        if !path.split('/').all(is_component) {
            return Err(InvalidName::Component);
        }
        let bare = registry == DEFAULT_REGISTRY && !path.contains('/');
        let repository = if bare { format!("library/{path}") } else { path.to_owned() };
        if registry.len() + 1 + repository.len() > LONGEST_NAME {
            return Err(InvalidName::Long);
        }
        Ok(Self { registry: registry.to_owned(), repository, tag, digest })
    }

    /// Registry and repository, without tag and digest.
    pub fn repository_name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        self.digest.as_ref().map_or(Ok(()), |digest| write!(f, "@{digest}"))
    }
}

/// The name, tag and digest of a reference as they are written, for those who compare without normalising.
pub(crate) fn split(text: &str) -> (&str, Option<&str>, Option<&str>) {
    let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
    match rest.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag), digest),
        _ => (rest, None, digest),
    }
}

/// Whether the first component of a name is a host and not a part of the path.
pub(crate) fn is_explicit_host(component: &str) -> bool {
    component == "localhost"
        || component.contains(['.', ':'])
        || component.bytes().any(|b| b.is_ascii_uppercase())
}

fn is_host(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => {
            let is_address =
                !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
            return is_address && (port.is_empty() || port.strip_prefix(':').is_some_and(is_number));
        }
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    port.is_none_or(is_number) && host.split('.').all(is_label)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A component of a domain name: letters, digits and hyphens inside.
fn is_label(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// A component of the path: lowercase letters and digits, with one `.`, one or two `_`, or any number of `-`
/// between them.
fn is_component(text: &str) -> bool {
    let alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    let ends =
        bytes.first().is_some_and(|b| alphanumeric(*b)) && bytes.last().is_some_and(|b| alphanumeric(*b));
    let separators = text.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    ends && separators
        .into_iter()
        .all(|it| matches!(it, "" | "." | "_" | "__") || it.bytes().all(|b| b == b'-'))
}

fn checked_tag(text: &str) -> Result<String, InvalidName> {
    let inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    let good = text.len() <= LONGEST_TAG
        && text.bytes().all(inside)
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    if good { Ok(text.to_owned()) } else { Err(InvalidName::Tag) }
}

/// Digests as the OCI image specification defines them (descriptor.md, section "Digests").
fn checked_digest(text: &str) -> Result<String, InvalidName> {
    let (algorithm, hex) = text.split_once(':').ok_or(InvalidName::Digest)?;
    let lowercase_hex = hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let good = match algorithm {
        "sha256" => hex.len() == 64 && lowercase_hex,
        "sha512" => hex.len() == 128 && lowercase_hex,
        _ => {
            let name = !algorithm.is_empty()
                && algorithm
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'_' | b'-'));
            name && (32..=256).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit())
        }
    };
    if good { Ok(text.to_owned()) } else { Err(InvalidName::Digest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn normal(text: &str) -> String {
        ImageName::parse(text).map_or_else(|error| error.to_string(), |name| name.to_string())
    }

    #[test]
    fn names_are_normalised_as_the_grammar_says() {
        // The pairs of distribution/reference's own description of familiar and canonical names.
        assert_eq!(normal("nginx"), "docker.io/library/nginx");
        assert_eq!(normal("bitnami/nginx:1.25"), "docker.io/bitnami/nginx:1.25");
        assert_eq!(normal("docker.io/nginx"), "docker.io/library/nginx");
        assert_eq!(normal("localhost/a"), "localhost/a");
        assert_eq!(normal("localhost:5000/a:b"), "localhost:5000/a:b");
        assert_eq!(normal("registry:5000/a"), "registry:5000/a");
        assert_eq!(normal("r.example/a/b__c/d--e.f:v1"), "r.example/a/b__c/d--e.f:v1");
        assert_eq!(normal("[2001:db8::1]:5000/a"), "[2001:db8::1]:5000/a");
        let pinned = format!("a:1@sha256:{HEX}");
        assert_eq!(normal(&pinned), format!("docker.io/library/a:1@sha256:{HEX}"));
        let name = ImageName::parse(&pinned).unwrap();
        assert_eq!((name.tag.as_deref(), name.digest), (Some("1"), Some(format!("sha256:{HEX}"))));
        // Without a dot or a colon the first component is no host.
        assert_eq!(normal("registry/a"), "docker.io/registry/a");
    }

    #[test]
    fn what_the_grammar_forbids_is_refused() {
        let long = format!("r.example/{}", "a".repeat(250));
        let tag = format!("a:{}", "x".repeat(129));
        let digest = format!("a@sha256:{}", &HEX[1..]);
        for bad in [
            "",
            ":1",
            "@sha256:0",
            "Nginx",
            "a/B",
            "a//b",
            "a/",
            "/a",
            "a b",
            "a___b",
            "a..b",
            "a._b",
            "-a",
            "a-",
            "a:",
            "a:-x",
            "a@",
            "a@sha256",
            "a@sha256:XYZ",
            "http://a/b",
            "a/b:c/d",
            "-.example/a",
            "h:x/a",
            "{{ .Values.image }}",
            "${IMAGE}",
            "../a",
            HEX,
            &long,
            &tag,
            &digest,
        ] {
            assert!(ImageName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn splitting_keeps_what_is_written() {
        assert_eq!(split("r:5000/a"), ("r:5000/a", None, None));
        assert_eq!(split("a:1@sha256:x"), ("a", Some("1"), Some("sha256:x")));
    }
}
