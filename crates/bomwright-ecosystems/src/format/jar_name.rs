//! Artifact and version out of a jar's file name, by Maven's layout `artifact-version[-classifier].jar`
//! (Maven, "Introduction to Repositories") and `OSGi`'s `symbolic.name_version.jar`.

/// Endings of Java archives.
pub const ARCHIVES: &[&str] =
    &[".jar", ".war", ".ear", ".par", ".sar", ".nar", ".hpi", ".jpi", ".kar", ".lpkg"];

/// Words that, before a number, belong to the version: `1.0-beta-2`.
const QUALIFIERS: &[&str] =
    &["alpha", "beta", "m", "milestone", "rc", "cr", "sp", "b", "build", "rev", "r", "stable"];

/// Words that follow a version and say which artifact of a build this is.
const CLASSIFIERS: &[&str] = &[
    "sources",
    "javadoc",
    "tests",
    "test",
    "all",
    "shaded",
    "jar-with-dependencies",
    "fat",
    "uber",
    "exec",
    "boot",
    "runner",
    "no_aop",
    "noaop",
    "linux",
    "osx",
    "windows",
    "natives",
];

/// What a file name says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JarName<'a> {
    /// The name without its ending.
    pub stem: &'a str,
    /// The artifact; the stem when no version is in it.
    pub artifact: &'a str,
    /// The version, or `""`.
    pub version: &'a str,
    /// The classifier, or `""`.
    pub classifier: &'a str,
}

impl<'a> JarName<'a> {
    /// Reads the last component of `path`.
    pub fn parse(path: &'a str) -> Self {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        let stem = ARCHIVES.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
        let (artifact, rest) = split_version(stem).unwrap_or((stem, ""));
        let (version, classifier) = split_classifier(rest);
        Self { stem, artifact, version, classifier }
    }

    /// Whether the file may hold `artifact`: its whole name, or followed by a version or classifier.
    pub fn is_of(&self, artifact: &str) -> bool {
        let rest = self.stem.strip_prefix(artifact).filter(|_| !artifact.is_empty());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
    }
}

/// The version begins at the last `-` before a digit, moved to the left over words that belong to versions:
/// `log4j-1.2-api-2.17.1` is version 2.17.1, `x-1.0-beta-2` is version 1.0-beta-2.
fn split_version(stem: &str) -> Option<(&str, &str)> {
    if let Some((name, version)) = stem.split_once('_')
        && name.contains('.')
        && !name.contains('-')
        && starts_with_digit(version)
    {
        return Some((name, version));
    }
    let mut start = None;
    for (at, _) in stem.rmatch_indices('-').filter(|(at, _)| *at > 0) {
        let token = stem.get(at + 1..).unwrap_or_default().split('-').next().unwrap_or_default();
        if starts_with_digit(token) {
            start = Some(at);
        } else if start.is_some() && !QUALIFIERS.contains(&token.to_ascii_lowercase().as_str()) {
            break;
        }
    }
    let at = start?;
    Some((stem.get(..at)?, stem.get(at + 1..)?))
}

fn split_classifier(version: &str) -> (&str, &str) {
    for (at, _) in version.match_indices('-') {
        let rest = version.get(at + 1..).unwrap_or_default();
        let first = rest.split('-').next().unwrap_or_default();
        if CLASSIFIERS.contains(&first) || CLASSIFIERS.contains(&rest) {
            return (version.get(..at).unwrap_or_default(), rest);
        }
    }
    (version, "")
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_real_artifacts() {
        // Each is an artifact of Maven Central or Eclipse; the parts are those of its pom or bundle manifest.
        for (file, artifact, version, classifier) in [
            ("commons-io-2.11.0.jar", "commons-io", "2.11.0", ""),
            ("log4j-1.2-api-2.17.1.jar", "log4j-1.2-api", "2.17.1", ""),
            ("guava-31.1-jre.jar", "guava", "31.1-jre", ""),
            (
                "plexus-container-default-1.0-alpha-9-stable-1.jar",
                "plexus-container-default",
                "1.0-alpha-9-stable-1",
                "",
            ),
            ("velocity-1.6-beta-2.jar", "velocity", "1.6-beta-2", ""),
            (
                "netty-transport-native-epoll-4.1.100.Final-linux-x86_64.jar",
                "netty-transport-native-epoll",
                "4.1.100.Final",
                "linux-x86_64",
            ),
            ("org.eclipse.osgi_3.18.0.v20220516-2155.jar", "org.eclipse.osgi", "3.18.0.v20220516-2155", ""),
            ("akka-actor_2.13-2.6.20.jar", "akka-actor_2.13", "2.6.20", ""),
            ("app.jar", "app", "", ""),
            ("-1.jar", "-1", "", ""),
            ("foo-1.0-sources.jar", "foo", "1.0", "sources"),
        ] {
            let name = JarName::parse(file);
            assert_eq!(
                (name.artifact, name.version, name.classifier),
                (artifact, version, classifier),
                "{file}"
            );
        }
        assert!(JarName::parse("lib/a-b-1.jar").is_of("a-b"));
        assert!(!JarName::parse("lib/a-b-1.jar").is_of("a-bc"));
    }
}
