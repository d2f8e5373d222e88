//! The policy file that `bomwright init` writes: every key, explained, with what an image suggests.
//!
//! A line that begins with `# ` is prose; one that begins with `#` and goes on at once is a key that takes
//! effect when the sign is taken away. All of them together are a valid policy: a test says so.

use std::fmt::Write as _;

use bomwright_model::{FileKind, Inventory, Package, PackageKind};

/// Proposals for one key beyond this many are left out.
const MOST: usize = 20;
/// Where programs that no package owns are looked for.
const PLACES: &[&str] = &["app", "opt", "srv", "usr/local"];

/// An entry that an image suggests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Proposal {
    /// The key below `[in-house]`.
    pub key: &'static str,
    /// The entry.
    pub entry: String,
    /// What suggests it.
    pub why: String,
    /// Whether it is written as a key that takes effect: something in the image says that the package is
    /// nobody else's.
    pub is_sure: bool,
}

/// What an image suggests, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposals {
    /// The image's name; empty without one.
    pub source: String,
    /// The entries.
    pub all: Vec<Proposal>,
}

impl Proposals {
    /// What `inventory` suggests: scopes and names of npm packages that are private or linked, groups of
    /// applications in Java archives, main modules of Go programs, root crates of Rust programs, Python
    /// packages installed from directories, and directories of programs that no package owns.
    pub fn of(inventory: &Inventory) -> Self {
        let packages = inventory.packages.iter().filter(|it| it.shipped_by.is_none()).filter_map(of_package);
        let mut all: Vec<_> = packages.chain(directories(inventory)).collect();
        all.sort();
        all.dedup_by(|a, b| (a.key, &a.entry) == (b.key, &b.entry));
        Self { source: inventory.source.name.clone(), all }
    }

    fn of_key(&self, key: &str) -> Vec<&Proposal> {
        let all = || self.all.iter().filter(|it| it.key == key);
        let is_sure = all().any(|it| it.is_sure);
        all().filter(|it| it.is_sure == is_sure).take(MOST).collect()
    }
}

fn of_package(package: &Package) -> Option<Proposal> {
    let has = |key: &str| package.properties.contains_key(key);
    let place = package.location.as_deref().unwrap_or_default();
    let whole = || package.full_name();
    let scope = || package.namespace.clone().filter(|it| !it.is_empty()).unwrap_or_else(whole);
    let application = package.kind == PackageKind::Application;
    let (key, entry, why, is_sure) = match package.ecosystem.as_str() {
        "npm" if has("installed-from-directory") => {
            ("npm", scope(), format!("{} is linked from a directory", whole()), true)
        }
        "npm" if has("private") => ("npm", scope(), format!("/{place}/package.json says private"), true),
        "pypi" if has("installed-from-directory") => {
            ("pypi", whole(), format!("{} was installed from a directory", whole()), true)
        }
        "maven" if application && !place.contains("!/") && !has("group-guessed") => {
            ("maven", package.namespace.clone()?, format!("the application /{place}"), false)
        }
        "golang" if has("main-module") && !has("h1") && !has("no-module") => {
            ("golang", whole(), format!("the main module of /{place}"), false)
        }
        "cargo" if has("root") => ("cargo", whole(), format!("the root crate of /{place}"), false),
        _ => return None,
    };
    (!entry.is_empty()).then_some(Proposal { key, entry, why, is_sure })
}

/// Directories of programs and scripts that no package owns.
fn directories(inventory: &Inventory) -> impl Iterator<Item = Proposal> {
    let unowned = inventory
        .files
        .iter()
        .filter(|file| file.owner.is_none() && matches!(file.kind, FileKind::Executable | FileKind::Script));
    unowned.filter_map(|file| {
        let top =
            PLACES.iter().find(|top| file.path.strip_prefix(*top).is_some_and(|it| it.starts_with('/')))?;
        let rest = file.path.get(top.len() + 1..)?;
        let below = rest.split_once('/').map(|(first, _)| first);
        // A whole /app is one team's; below the others each directory is something of its own.
        let entry = match below {
            _ if *top == "app" => "/app".to_owned(),
            Some(first) => format!("/{top}/{first}"),
            None => format!("/{top}"),
        };
        let why = format!("programs that no package owns, such as /{}", file.path);
        Some(Proposal { key: "paths", entry, why, is_sure: false })
    })
}

/// One key of the file.
struct Key {
    name: &'static str,
    prose: &'static str,
    example: &'static str,
}

const fn key(name: &'static str, prose: &'static str, example: &'static str) -> Key {
    Key { name, prose, example }
}

const HEAD: &str = "\
# What is ours in the images that we build. `bomwright` reads this file from the folder that it is run in, or
# from where --policy says. Every key is here; take the sign # away from those that you need.
#
# In-house needs positive evidence: what nothing explains is unknown, and unknown is a finding.

# Public keys whose signatures on packages count, as files beside this one.
#trusted-keys = [\"keys/distribution.asc\", \"keys/acme.asc\"]

[in-house]
";

const KEYS: &[Key] = &[
    key(
        "npm",
        "Scopes, or names; an entry covers what follows it after `/`, and more if it ends with `-`.",
        "[\"@acme\", \"acme-\"]",
    ),
    key("maven", "Groups, with those below them.", "[\"com.acme\"]"),
    key("golang", "Modules, with those below them.", "[\"git.acme.example\", \"forge.example/acme\"]"),
    key("pypi", "Python packages: names, or beginnings that end with `-`.", "[\"acme-\"]"),
    key("cargo", "Crates: names, or beginnings that end with `-`.", "[\"acme-\"]"),
    key("nuget", "NuGet ids, with those below them.", "[\"Acme\"]"),
    key("gem", "Gems: names, or beginnings that end with `-`.", "[\"acme-\"]"),
    key(
        "deb-maintainers",
        "Parts of the Maintainer field of our own Debian packages, in any case.",
        "[\"@acme.example\"]",
    ),
    key(
        "apk-maintainers",
        "Parts of the maintainer of our own Alpine packages, in any case.",
        "[\"@acme.example\"]",
    ),
    key(
        "rpm-vendors",
        "What the Vendor tag of our own RPM packages begins with, in any case.",
        "[\"Acme Corp\"]",
    ),
    key(
        "signers",
        "Fingerprints of the keys with which we sign packages.",
        "[\"0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567\"]",
    ),
    key(
        "vcs-hosts",
        "Hosts of our source repositories: `host`, `host/path` with all below it, or `*.domain`.",
        "[\"git.acme.example\", \"forge.example/acme\"]",
    ),
    key(
        "registries",
        "Hosts of our registries. A host alone makes nothing ours, for registries pass on what others\n# publish; but a package with one of the names above that came from elsewhere is a finding.",
        "[\"packages.acme.example\"]",
    ),
    key(
        "paths",
        "Places in the image whose programs are ours: directories, or globs (`*` stays within a directory).",
        "[\"/app\", \"/srv/*/bin\"]",
    ),
    key(
        "digests",
        "SHA-256 of programs or package archives that we released.",
        "[\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"]",
    ),
];

const TAIL: &str = "\
# What no image tells; documents state it and mark it as declared. `bomwright check --profile …` says what is lacking.
[declared]
# Who supplies the image and what is ours in it: `name`, or `name <address>`.
#supplier = \"Acme GmbH <sbom@acme.example>\"
# Who makes the documents, in the same form.
#author = \"Acme GmbH <sbom@acme.example>\"
# Where to report vulnerabilities: a web address or an e-mail address.
#security-contact = \"https://acme.example/.well-known/security.txt\"
# Who makes the distribution, where its os-release names no page.
#distribution = \"Acme Linux <https://linux.acme.example>\"
# The licence of what is ours, as an SPDX expression.
#licence = \"LicenseRef-Acme-Proprietary\"
# The last day on which the image gets security updates.
#support-end = 2031-12-31
# What no metadata state of a package (`ecosystem:name` or `name`, with `*`) or of a program (a path or a glob).
#[[declared.part]]
#package = \"golang:example.org/tool\"
#supplier = \"Tool Makers <https://tool.example.org>\"
#licence = \"MIT\"
#version = \"1.2.3\"

[registries]
# Hosts of registries on which anybody may publish. A package with one of our names from there is a finding.
#public = [\"registry.example\"]

# Who publishes OS packages that are not the distribution's, besides those that bomwright knows. One of
# maintainer (a part of it), vendor (its beginning) and host (of the repository) is needed.
#[[third-party-publisher]]
#name = \"Widgets Inc\"
#maintainer = \"@widgets.example\"
#vendor = \"Widgets\"
#host = \"packages.widgets.example\"

# What may stay unknown, for how long and why; each use is reported. After the day in expires it counts no
# more, which is reported too. Either path (a glob) or package (`ecosystem:name` or `name`, a glob).
#[[allow-unknown]]
#path = \"/opt/legacy/**\"
#reason = \"the supplier promised an SBOM for the next release\"
#expires = 2027-06-30

#[[allow-unknown]]
#package = \"deb:legacy-*\"
#reason = \"replaced by the end of the quarter\"
#expires = 2027-03-31

# What fails a build, for `bomwright diff`; `--fail-on` adds to it. `bomwright diff --help` lists the rules.
[gates]
#fail-on = [\"unknown-origin\", \"setuid\", \"vendor-modified\", \"downgrade\", \"licence-denied\"]
# How many packages may be new, how many of those may come from upstream, how many may leave, and how many may
# have another version.
#max-added = 20
#max-added-upstream = 5
#max-removed = 50
#max-changed = 200

# SPDX identifiers. Where some are allowed, all others are denied; of alternatives one that is allowed is enough.
[licences]
#allow = [\"MIT\", \"Apache-2.0\", \"BSD-3-Clause\"]
#deny = [\"AGPL-3.0-only\"]

# Patterns of purls: `*` stands for anything; without a version all versions are meant. What is allowed is so
# whatever is denied.
[packages]
#deny = [\"pkg:npm/left-pad\", \"pkg:*/*log4j*@2.14.*\"]
#allow = [\"pkg:npm/left-pad@1.3.0\"]

# Findings of `bomwright diff` that may pass until a day; `bomwright waive` writes them.
#[[waiver]]
#id = \"F-0123456789ab\"
#about = \"setuid /usr/local/bin/ping\"
#reason = \"needed by the health check, reviewed in #42\"
#expires = 2027-01-31
";

/// The text of a policy file with every key explained and what `proposals` suggest.
pub fn template(proposals: &Proposals) -> String {
    let mut text = HEAD.to_owned();
    for key in KEYS {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# {}", key.prose);
        let proposed = proposals.of_key(key.name);
        if proposed.is_empty() {
            let _ = writeln!(text, "#{} = {}\n", key.name, key.example);
            continue;
        }
        let _ = writeln!(text, "# PROPOSED from {}; keep what is yours:", one_line(&proposals.source));
        for it in &proposed {
            let _ = writeln!(text, "#   {}: {}", one_line(&it.entry), one_line(&it.why));
        }
        let sign = if proposed.iter().all(|it| it.is_sure) { "" } else { "#" };
        let entries: Vec<_> = proposed.iter().map(|it| quoted(&it.entry)).collect();
        let _ = writeln!(text, "{sign}{} = [{}]\n", key.name, entries.join(", "));
    }
    text.push_str(TAIL);
    text
}

/// `text` fit for a comment: names come from the image and may hold anything.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { char::REPLACEMENT_CHARACTER } else { c }).take(200).collect()
}

/// Whether `c` would end a line or change how the rest of it is shown (Unicode Standard Annex 9, section 2).
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A basic string of TOML (toml.io, v1.1, section "String").
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if is_hidden(c) => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use bomwright_model::{File, Source, SourceKind};

    use super::*;
    use crate::Policy;

    const KNOWN: &[&str] = &["npm", "golang", "pypi", "cargo", "maven", "gem"];

    /// The same file with every key in effect.
    fn uncommented(text: &str) -> String {
        let lines = text.lines().map(|line| match line.strip_prefix('#') {
            Some(key) if !key.is_empty() && !key.starts_with(' ') => key,
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn package(ecosystem: &str, name: &str, properties: &[(&str, &str)]) -> Package {
        let mut package = Package::new(ecosystem, name, "1");
        package.location = Some("app/x".into());
        for (key, value) in properties {
            package.set_property(key, value);
        }
        package
    }

    fn inventory() -> Inventory {
        let mut inventory = Inventory::new(Source { kind: SourceKind::Dir, name: "shop\n.tar".into() });
        let mut private = package("npm", "shop", &[("private", "true")]);
        private.namespace = Some("@acme".into());
        let mut boot = package("maven", "web", &[]);
        (boot.namespace, boot.kind) = (Some("com.acme".into()), PackageKind::Application);
        let mut module = package("golang", "svc", &[("main-module", "true")]);
        module.namespace = Some("git.acme.internal/team".into());
        let hostile = package("cargo", "a\"]\n[x]\\\u{202e}", &[("root", "true")]);
        let local = package("pypi", "acme-app", &[("installed-from-directory", "/src")]);
        inventory.packages = vec![
            private,
            boot,
            module,
            hostile,
            local,
            package("npm", "left-pad", &[]),
            package("golang", "tool", &[("main-module", "true"), ("h1", "h1:x")]),
        ];
        let file = |path: &str| File { mode: 0o755, ..File::new(path, FileKind::Script) };
        inventory.files =
            ["app/run", "opt/acme/bin/x", "usr/local/bin/y", "usr/bin/z", "application/a"].map(file).into();
        inventory
    }

    #[test]
    fn the_template_is_a_policy_also_with_every_key_in_effect() {
        for proposals in [Proposals::default(), Proposals::of(&inventory())] {
            let text = template(&proposals);
            Policy::parse("p", &text, KNOWN).unwrap_or_else(|error| panic!("{error}\n{text}"));
            let whole = uncommented(&text);
            let policy = Policy::parse("p", &whole, KNOWN).unwrap_or_else(|error| panic!("{error}\n{whole}"));
            // Every key of the policy is there.
            let house = &policy.in_house;
            assert_eq!(house.names.len(), KNOWN.len() + 1);
            assert!(!house.paths.is_empty() && !house.digests.is_empty() && !house.signers.is_empty());
            assert!(!house.deb_maintainers.is_empty() && !house.apk_maintainers.is_empty());
            assert!(
                !house.rpm_vendors.is_empty() && !house.registries.is_empty() && !house.vcs_hosts.is_empty()
            );
            assert!(!policy.publishers.is_empty() && !policy.public_registries.is_empty());
            assert_eq!((policy.allowances.len(), policy.trusted_keys.len()), (2, 2));
            assert_eq!((policy.declared.entries().count(), policy.parts.len()), (6, 1));
            let gates = &policy.gates;
            assert!(!gates.fail_on.is_empty() && gates.max_added.is_some() && gates.max_removed.is_some());
            assert!(gates.max_added_upstream.is_some() && gates.max_changed.is_some());
            assert!(!gates.allowed_licenses.is_empty() && !gates.denied_licenses.is_empty());
            assert!(!gates.allowed_packages.is_empty() && !gates.denied_packages.is_empty());
            assert_eq!(gates.waivers.len(), 1);
        }
    }

    #[test]
    fn without_proposals_nothing_is_in_effect() {
        assert_eq!(Policy::parse("p", &template(&Proposals::default()), KNOWN).unwrap(), Policy::default());
    }

    #[test]
    fn proposals_take_effect_only_where_the_image_says_so_itself() {
        let proposals = Proposals::of(&inventory());
        let entries = |key| proposals.of_key(key).iter().map(|it| it.entry.clone()).collect::<Vec<_>>();
        assert_eq!(entries("npm"), ["@acme"]);
        assert_eq!(entries("golang"), ["git.acme.internal/team/svc"]);
        assert_eq!(entries("maven"), ["com.acme"]);
        assert_eq!(entries("paths"), ["/app", "/opt/acme", "/usr/local/bin"]);
        let text = template(&proposals);
        let policy = Policy::parse("p", &text, KNOWN).unwrap();
        assert_eq!(policy.in_house.names.keys().collect::<Vec<_>>(), ["npm", "pypi"]);
        assert!(text.contains("#golang = [\"git.acme.internal/team/svc\"]"), "{text}");
        let whole = Policy::parse("p", &uncommented(&text), KNOWN).unwrap();
        assert_eq!(whole.in_house.names["cargo"], ["a\"]\n[x]\\\u{202e}"]);
        assert!(!text.contains('\u{202e}'));
    }
}
