//! What a system says about which distribution it is, besides `os-release`: release files and repositories. They hold
//! no packages; what they say becomes observations, and the rules about lifecycles judge those.
//!
//! | files | observation | values |
//! |---|---|---|
//! | `etc/debian_version` | `debian-version` | its first line |
//! | `etc/alpine-release` | `alpine-release` | its first line |
//! | `etc/*-release`, `usr/lib/*-release` | `redhat-release` | the first line, if it is of the form `NAME release VERSION …` |
//! | `etc/apt/sources.list`, `sources.list.d/*.list`, `*.sources` (sources.list(5)) | `apt-source` | one for each address and suite: `ADDRESS SUITE COMPONENT…` |
//! | `etc/apk/repositories` (apk-repositories(5)) | `apk-repository` | the addresses, tags left out |
//! | `etc/yum.repos.d/*.repo` (dnf.conf(5)) | `yum-repository` | the ids of what is enabled |
//! | `root/buildinfo/content_manifests/*.json`, `usr/share/buildinfo/content-sets.json` (Red Hat's image builds) | `content-set` | the names |
//!
//! No packages, no edges. It can't see which repository a package came from.

use bomwright_model::{Code, Observation};
use serde::Deserialize;

use crate::format::{self, Skipped, deb822};
use crate::{Claim, Ecosystem, FileView, Findings};

/// Values of one file that are kept.
const MOST: usize = 1000;
/// Bytes of a value that are kept.
const LONGEST: usize = 1024;

/// See the module.
pub(crate) struct Distro;

const CLAIMS: &[Claim] = &[
    Claim::path("etc/debian_version").up_to(1),
    Claim::within("etc", "-release").up_to(1),
    Claim::within("usr/lib", "-release").up_to(1),
    Claim::path("etc/apt/sources.list").up_to(1),
    Claim::within("etc/apt/sources.list.d", ".list").up_to(1),
    Claim::within("etc/apt/sources.list.d", ".sources").up_to(1),
    Claim::path("etc/apk/repositories").up_to(1),
    Claim::within("etc/yum.repos.d", ".repo").up_to(1),
    Claim::within("root/buildinfo/content_manifests", ".json").up_to(4),
    Claim::path("usr/share/buildinfo/content-sets.json").up_to(4),
];

impl Ecosystem for Distro {
    fn name(&self) -> &'static str {
        "distro"
    }

    fn about(&self) -> &'static str {
        "release files and repositories, which os-release is held against"
    }

    fn claims(&self) -> &'static [Claim] {
        CLAIMS
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        // The `os-release` ecosystem's own.
        if matches!(file.name(), "os-release" | "lsb-release") {
            return;
        }
        let text = format::text(file, out);
        let (kind, values) = match (file.parent(), file.name()) {
            (_, "debian_version") => ("debian-version", first_line(&text)),
            (_, "alpine-release") => ("alpine-release", first_line(&text)),
            ("etc/yum.repos.d", _) => ("yum-repository", enabled_sections(&text)),
            (_, "repositories") => ("apk-repository", apk_repositories(&text)),
            ("root/buildinfo/content_manifests" | "usr/share/buildinfo", _) => {
                ("content-set", content_sets(&text, file, out))
            }
            ("etc/apt/sources.list.d", name) if name.ends_with(".sources") => {
                ("apt-source", deb822_sources(&text))
            }
            ("etc/apt" | "etc/apt/sources.list.d", _) => ("apt-source", one_line_sources(&text, file, out)),
            _ => {
                let mut values = first_line(&text);
                values.retain(|value| value.split_ascii_whitespace().any(|word| word == "release"));
                ("redhat-release", values)
            }
        };
        add(kind, values, file, out);
    }
}

/// Keeps what was found, if there is anything, and not more than anybody needs.
fn add(kind: &str, mut values: Vec<String>, file: &FileView<'_>, out: &mut Findings) {
    if values.len() > MOST {
        values.truncate(MOST);
        out.note(file, Code::LimitExceeded, format!("more than {MOST} entries; the rest was left out"));
    }
    values.retain(|value| value.len() <= LONGEST);
    if !values.is_empty() {
        out.observations.push(Observation { kind: kind.to_owned(), path: file.path.to_owned(), values });
    }
}

fn first_line(text: &str) -> Vec<String> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.map(str::to_owned).into_iter().collect()
}

/// Lines `deb [options] ADDRESS SUITE COMPONENT…`; those of source packages say nothing new.
fn one_line_sources(text: &str, file: &FileView<'_>, out: &mut Findings) -> Vec<String> {
    let mut skipped = Skipped::default();
    let mut found = Vec::new();
    for (line, number) in text.lines().map(without_comment).zip(1..) {
        let Some((kind, rest)) = line.split_once([' ', '\t']) else {
            if !line.is_empty() {
                skipped.add(file, out, format!("line {number} is no source of packages"));
            }
            continue;
        };
        let rest = rest.trim();
        let rest = match rest.strip_prefix('[') {
            Some(options) => options.split_once(']').map_or("", |(_, rest)| rest.trim()),
            None => rest,
        };
        let words: Vec<_> = rest.split_ascii_whitespace().collect();
        match kind {
            "deb" if words.len() > 1 => found.push(words.join(" ")),
            "deb-src" => {}
            _ => skipped.add(file, out, format!("line {number} is no source of packages")),
        }
        if skipped.is_full() {
            break;
        }
    }
    found
}

/// Stanzas with `Types`, `URIs`, `Suites` and `Components`, each of which may be a list.
fn deb822_sources(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for stanza in deb822::stanzas(text) {
        let list = |name| stanza.get(name).unwrap_or_default().split_ascii_whitespace().collect::<Vec<_>>();
        let off = stanza.get("Enabled").is_some_and(|value| matches!(value, "no" | "false" | "0"));
        if off || !list("Types").contains(&"deb") {
            continue;
        }
        let components = list("Components").join(" ");
        for address in list("URIs") {
            for suite in list("Suites") {
                found.push(format!("{address} {suite} {components}").trim_end().to_owned());
                if found.len() > MOST {
                    return found;
                }
            }
        }
    }
    found
}

/// Lines of an address, or of `@tag ADDRESS`.
fn apk_repositories(text: &str) -> Vec<String> {
    let lines = text.lines().map(without_comment).filter(|line| !line.is_empty());
    lines
        .filter_map(|line| line.split_ascii_whitespace().find(|word| !word.starts_with('@')))
        .map(str::to_owned)
        .collect()
}

/// The names of sections that are not switched off.
fn enabled_sections(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut open = None;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            found.extend(open.replace(name.to_owned()));
        } else if let Some((key, value)) = line.split_once('=')
            && key.trim() == "enabled"
            && matches!(value.trim(), "0" | "no" | "false")
        {
            open = None;
        }
    }
    found.extend(open);
    found.retain(|name| name != "main");
    found
}

#[derive(Deserialize)]
struct ContentManifest {
    #[serde(default)]
    content_sets: Vec<String>,
}

fn content_sets(text: &str, file: &FileView<'_>, out: &mut Findings) -> Vec<String> {
    match serde_json::from_str::<ContentManifest>(text) {
        Ok(manifest) => manifest.content_sets,
        Err(error) => {
            out.note(file, Code::MalformedFile, error.to_string());
            Vec::new()
        }
    }
}

fn without_comment(line: &str) -> &str {
    line.split('#').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> (Vec<(String, Vec<String>)>, usize) {
        assert!(CLAIMS.iter().any(|claim| claim.matches(path, text.as_bytes())), "{path} is not claimed");
        let mut out = Findings::default();
        Distro.read(&FileView::new(path, text.as_bytes()), &mut out);
        assert!(out.observations.iter().all(|found| found.path == path));
        (
            out.observations.into_iter().map(|found| (found.kind, found.values)).collect(),
            out.diagnostics.len(),
        )
    }

    fn one(kind: &str, values: &[&str]) -> (Vec<(String, Vec<String>)>, usize) {
        (vec![(kind.to_owned(), values.iter().map(|&value| value.to_owned()).collect())], 0)
    }

    const NOTHING: (Vec<(String, Vec<String>)>, usize) = (Vec::new(), 0);

    #[test]
    fn release_files_say_their_first_line() {
        assert_eq!(read("etc/debian_version", "12.5\n"), one("debian-version", &["12.5"]));
        assert_eq!(read("etc/alpine-release", "3.21.3\n"), one("alpine-release", &["3.21.3"]));
        let rocky = "Rocky Linux release 9.4 (Blue Onyx)";
        assert_eq!(read("etc/rocky-release", rocky), one("redhat-release", &[rocky]));
        assert_eq!(
            read("usr/lib/fedora-release", "Fedora release 40 (Forty)\n"),
            one("redhat-release", &["Fedora release 40 (Forty)"])
        );
        for (path, text) in [
            ("etc/lsb-release", "DISTRIB_ID=x"),
            ("etc/os-release", "ID=x"),
            ("etc/foo-release", "hello"),
            ("etc/debian_version", "\n"),
        ] {
            assert_eq!(read(path, text), NOTHING, "{path}");
        }
    }

    #[test]
    fn sources_of_apt_in_both_forms() {
        // sources.list(5), "EXAMPLES".
        let text = "# comment\ndeb [ arch=amd64,armel signed-by=/x.gpg ] http://mirror.example/debian bookworm main contrib # x\n\
                    deb-src http://mirror.example/debian bookworm main\n\ndeb http://mirror.example/debian-security bookworm-security main\n";
        let expected = [
            "http://mirror.example/debian bookworm main contrib",
            "http://mirror.example/debian-security bookworm-security main",
        ];
        assert_eq!(read("etc/apt/sources.list", text), one("apt-source", &expected));
        let text = "Types: deb deb-src\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n\n\
                    Enabled: no\nTypes: deb\nURIs: http://a.example\nSuites: x\n\nTypes: deb-src\nURIs: http://b.example\nSuites: x\n";
        let expected = [
            "http://mirror.example/debian bookworm main",
            "http://mirror.example/debian bookworm-updates main",
        ];
        assert_eq!(read("etc/apt/sources.list.d/debian.sources", text), one("apt-source", &expected));
        let (found, diagnostics) =
            read("etc/apt/sources.list.d/x.list", "rubbish\ndeb nothing\ndeb http://a.example x main\n");
        assert_eq!((found[0].1.as_slice(), diagnostics), (&["http://a.example x main".to_owned()][..], 2));
    }

    #[test]
    fn repositories_of_apk_and_dnf_and_content_sets() {
        let text = "https://mirror.example/alpine/v3.21/main\n#https://x\n@edge https://mirror.example/alpine/edge/main\n";
        let expected =
            ["https://mirror.example/alpine/v3.21/main", "https://mirror.example/alpine/edge/main"];
        assert_eq!(read("etc/apk/repositories", text), one("apk-repository", &expected));
        let text = "[ubi-9-baseos-rpms]\nname = x\nbaseurl = https://a.example\nenabled = 1\n[ubi-9-source]\nenabled = 0\n[main]\n[last]\n";
        assert_eq!(
            read("etc/yum.repos.d/ubi.repo", text),
            one("yum-repository", &["ubi-9-baseos-rpms", "last"])
        );
        let text = r#"{"metadata": {"icm_version": 1}, "content_sets": ["rhel-9-for-x86_64-baseos-eus-rpms"], "image_contents": []}"#;
        let expected = one("content-set", &["rhel-9-for-x86_64-baseos-eus-rpms"]);
        assert_eq!(read("root/buildinfo/content_manifests/ubi9-container-9.4.json", text), expected);
        assert_eq!(read("usr/share/buildinfo/content-sets.json", text), expected);
        assert_eq!(read("usr/share/buildinfo/content-sets.json", "{\"content_sets\":"), (Vec::new(), 1));
    }

    #[test]
    fn what_is_too_much_is_left_out() {
        let (found, diagnostics) = read("etc/apk/repositories", &"https://a.example\n".repeat(MOST + 1));
        assert_eq!((found[0].1.len(), diagnostics), (MOST, 1));
        assert_eq!(read("etc/alpine-release", &"3".repeat(LONGEST + 1)), NOTHING);
        let many = "x ".repeat(2000);
        let text = format!("Types: deb\nURIs: {many}\nSuites: {many}\n");
        assert_eq!(read("etc/apt/sources.list.d/x.sources", &text).0[0].1.len(), MOST);
    }
}
