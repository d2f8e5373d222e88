//! Policies as teams write them, and what is wrong with others.

use super::*;

const KNOWN: &[&str] = &["npm", "golang", "pypi", "cargo", "maven", "deb"];

fn parse(text: &str) -> Result<Policy, String> {
    Policy::parse("p.toml", text, KNOWN).map_err(|error| error.to_string())
}

fn package(ecosystem: &str, namespace: &str, name: &str) -> Package {
    let mut package = Package::new(ecosystem, name, "1");
    package.namespace = Some(namespace.to_owned()).filter(|it| !it.is_empty());
    package
}

#[test]
fn every_key_is_read() {
    let policy = parse(
        r#"
trusted-keys = ["keys/acme.asc"]

[in-house]
npm = ["@acme"]
nuget = ["Acme."]
paths = ["/app", "/srv/*/bin"]
deb-maintainers = ["@acme.example"]
apk-maintainers = ["@acme.example"]
rpm-vendors = ["Acme Corp"]
vcs-hosts = ["git.acme.example", "*.acme.internal", "forge.example/acme"]
registries = ["packages.acme.example/npm"]
signers = ["D8FC 66D2 FEF5 EA70 8F4F  0E2D 1111 2222 3333 4444"]
digests = ["sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"]

[registries]
public = ["registry.example"]

[[third-party-publisher]]
name = "Widgets"
maintainer = "@widgets.example"
vendor = "Widgets Inc"
host = "apt.widgets.example"

[[allow-unknown]]
path = "/opt/legacy/**"
reason = "the supplier sends no SBOM; asked on 2026-03-01"
expires = 2026-12-31

[[allow-unknown]]
package = "deb:legacy-*"
reason = "same"
expires = "2026-06-30"
"#,
    )
    .unwrap();
    assert_eq!(policy.trusted_keys, ["keys/acme.asc"]);
    assert_eq!(policy.public_registries, ["registry.example"]);
    assert_eq!(policy.in_house.signers, ["d8fc66d2fef5ea708f4f0e2d1111222233334444"]);
    assert!(policy.is_signer("D8FC66D2FEF5EA708F4F0E2D1111222233334444"));
    assert_eq!(policy.in_house.digests.len(), 1);
    assert_eq!(policy.publishers.len(), 1);
    let [files, packages] = policy.allowances.as_slice() else { panic!("{:?}", policy.allowances) };
    assert_eq!((files.line, packages.line), (25, 30));
    assert!(files.covers_path("opt/legacy/a/b") && !files.covers_path("opt/legacyer/a"));
    assert!(packages.covers_package(&package("deb", "", "legacy-tool")));
    assert!(!packages.covers_package(&package("rpm", "", "legacy-tool")));
    let day = super::day;
    assert!(files.is_valid(day("2026-12-31")) && !files.is_valid(day("2027-01-01")) && !files.is_valid(None));
    assert_eq!(packages.expires, day("2026-06-30").unwrap());
}

#[test]
fn names_compare_as_their_ecosystems_do() {
    let policy = parse("[in-house]\nnpm = ['@acme']\npypi = ['acme-']\ncargo = ['acme-core']\nmaven = ['com.acme']\nnuget = ['Acme.']").unwrap();
    let entry =
        |ecosystem, namespace, name| policy.namespace_of(&package(ecosystem, namespace, name)).is_some();
    assert!(
        entry("npm", "@acme", "util") && !entry("npm", "@acmeister", "util") && !entry("npm", "", "acme")
    );
    assert!(entry("pypi", "", "Acme_Core") && !entry("pypi", "", "acmecore"));
    assert!(entry("cargo", "", "acme_core") && !entry("cargo", "", "acme-corex"));
    assert!(entry("maven", "com.acme.shop", "web") && !entry("maven", "com.acmeister", "web"));
    assert!(entry("nuget", "", "ACME.Core"));
    assert!(!entry("golang", "com.acme", "x"));
}

#[test]
fn errors_name_file_line_and_reason() {
    for (text, message) in [
        (
            "[in-house]\nnmp = ['@acme']",
            "p.toml:2: [in-house] names 'nmp', which is no ecosystem (known: npm, golang, pypi, cargo, maven, deb, nuget)",
        ),
        (
            "[in-house]\npath = ['/app']",
            "p.toml:2: [in-house] has no key 'path' (known: apk-maintainers, deb-maintainers, digests, paths, registries, rpm-vendors, signers, vcs-hosts)",
        ),
        (
            "\n[inhouse]",
            "p.toml:2: the file has no key 'inhouse' (known: allow-unknown, declared, gates, in-house, licences, packages, registries, third-party-publisher, trusted-keys, waiver)",
        ),
        ("[in-house]\n\npaths = '/app'", "p.toml:3: paths: expected an array of strings, found string"),
        (
            "[in-house]\npaths = [\n'/app',\n'/srv/[',\n]",
            "p.toml:4: paths: '/srv/[': unclosed character class; missing ']'",
        ),
        ("[in-house]\npaths = ['/']", "p.toml:2: paths: '/': the whole image is no place"),
        ("[in-house]\nnpm = ['']", "p.toml:2: npm: must not be empty"),
        (
            "[in-house]\nvcs-hosts = ['https://git.example']",
            "p.toml:2: vcs-hosts: 'https://git.example': expected host, host/path or *.domain, without scheme and account",
        ),
        (
            "[in-house]\nregistries = ['git.example:443']",
            "p.toml:2: registries: 'git.example:443': expected host, host/path or *.domain, without port",
        ),
        (
            "[in-house]\nsigners = ['0218761f6a156f11']",
            "p.toml:2: signers: '0218761f6a156f11': a key's id is no fingerprint: others may have the same",
        ),
        (
            "[in-house]\ndigests = ['sha256:12']",
            "p.toml:2: digests: 'sha256:12': a sha256 has 64 hexadecimal digits",
        ),
        (
            "[in-house]\ndeb-maintainers = ['x']",
            "p.toml:2: deb-maintainers: 'x': shorter than 3 characters: it would match too much",
        ),
        ("[registries]\nprivate = []", "p.toml:2: [registries] has no key 'private' (known: public)"),
        (
            "[[third-party-publisher]]\nname = 'X'",
            "p.toml:1: [[third-party-publisher]]: needs a maintainer, a vendor or a host",
        ),
        (
            "[[allow-unknown]]\npath = '/a'\nexpires = 2026-01-01",
            "p.toml:1: [[allow-unknown]]: lacks its reason",
        ),
        (
            "[[allow-unknown]]\npath = '/a'\nreason = ' '\nexpires = 2026-01-01",
            "p.toml:3: reason: must not be empty",
        ),
        (
            "[[allow-unknown]]\npath = '/a'\nreason = 'r'",
            "p.toml:1: [[allow-unknown]]: lacks its date in expires",
        ),
        (
            "[[allow-unknown]]\npath = '/a'\nreason = 'r'\nexpires = '2026-02-30'",
            "p.toml:4: expires: '2026-02-30' is not a date (YYYY-MM-DD)",
        ),
        (
            "[[allow-unknown]]\npath = '/a'\nreason = 'r'\nexpires = 2026-02-01T00:00:00Z",
            "p.toml:4: expires: '2026-02-01T00:00:00Z' is not a date (YYYY-MM-DD)",
        ),
        (
            "[[allow-unknown]]\npath = '/a'\npackage = 'b'\nreason = 'r'\nexpires = 2026-02-01",
            "p.toml:1: [[allow-unknown]]: needs either a path or a package",
        ),
        (
            "[[allow-unknown]]\npath = '/**'\nreason = 'r'\nexpires = 2026-02-01",
            "p.toml:2: path: '/**': that would mean everything",
        ),
        ("allow-unknown = 1", "p.toml:1: allow-unknown: expected [[allow-unknown]], found integer"),
    ] {
        assert_eq!(parse(text), Err(message.to_owned()), "{text}");
    }
    let malformed = parse("[in-house]\nnpm = [").unwrap_err();
    assert!(malformed.starts_with("p.toml:2: "), "{malformed}");
}
