//! Private keys and passwords that were left in an image. Only that they are there and of which kind is recorded,
//! never any part of them.
//!
//! | file | observation | value |
//! |---|---|---|
//! | `id_*`, `*.key`, `*.pem`, `etc/ssl/private/*` with a private key (RFC 7468, of SSH, PGP or `PuTTY`) | `private-key` | what the first line calls it |
//! | `.aws/credentials`, `.docker/config.json`, `.dockercfg`, `.git-credentials`, `.kube/config`, `.netrc`, `.npmrc`, `.pgpass`, `.pypirc` with a password or token | `credential` | what it is for |
//!
//! Keys of SSH hosts are another reader's. No edges. It can't see secrets in other files, nor tell test keys from
//! real ones.

use bomwright_model::Observation;

use crate::{Claim, Ecosystem, FileView, Findings};

/// Kinds of keys that are told of for one file.
const MOST: usize = 20;

/// See the module.
pub(crate) struct Secrets;

impl Ecosystem for Secrets {
    fn name(&self) -> &'static str {
        "secrets"
    }

    fn about(&self) -> &'static str {
        "private keys and files of passwords, by their kind and never by their content"
    }

    fn claims(&self) -> &'static [Claim] {
        const {
            &[
                Claim::name("id_dsa"),
                Claim::name("id_ecdsa"),
                Claim::name("id_ed25519"),
                Claim::name("id_rsa"),
                Claim::suffix(".key"),
                Claim::suffix(".pem"),
                Claim::within("etc/ssl/private", ""),
                Claim::inside("credentials", ".aws"),
                Claim::inside("config.json", ".docker"),
                Claim::inside("config", ".kube"),
                Claim::name(".dockercfg"),
                Claim::name(".git-credentials"),
                Claim::name(".netrc"),
                Claim::name(".npmrc"),
                Claim::name(".pgpass"),
                Claim::name(".pypirc"),
            ]
        }
    }

    fn only_to_verify(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        // Keys are ASCII, and may stand in a file of anything: bytes that are not UTF-8 are no fault here.
        let text = String::from_utf8_lossy(file.bytes);
        let directory = file.parent().rsplit('/').next().unwrap_or_default();
        let credential = match (directory, file.name()) {
            (".aws", "credentials") => has_key(&text, &["aws_secret_access_key"]).then_some("aws"),
            (".docker", "config.json") | (_, ".dockercfg") => {
                registry(file, &text, out).then_some("registry")
            }
            (".kube", "config") => {
                has_key(&text, &["token", "client-key-data", "password"]).then_some("kubernetes")
            }
            (_, ".git-credentials") => text.lines().any(has_password_in_address).then_some("git"),
            (_, ".netrc") => text.split_ascii_whitespace().any(|word| word == "password").then_some("netrc"),
            (_, ".npmrc") => npm(&text).then_some("npm"),
            (_, ".pgpass") => text.lines().any(is_pgpass).then_some("postgresql"),
            (_, ".pypirc") => has_key(&text, &["password"]).then_some("pypi"),
            _ => return keys(file, &text, out),
        };
        out.observations.extend(credential.map(|kind| Observation::new("credential", file.path, [kind])));
    }
}

/// The label of a private key that a line begins: `RSA`, `OPENSSH`, …; `PKCS#8` where it names no algorithm.
fn label(line: &str) -> Option<&str> {
    if line.starts_with("PuTTY-User-Key-File-") {
        return Some("PuTTY");
    }
    let label = line.trim_end().strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
    let kind = label.strip_suffix("PRIVATE KEY").or_else(|| label.strip_suffix("PRIVATE KEY BLOCK"))?.trim();
    let is_label = kind.len() <= 40 && kind.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ');
    is_label.then_some(if kind.is_empty() { "PKCS#8" } else { kind })
}

fn keys(file: &FileView<'_>, text: &str, out: &mut Findings) {
    let mut lines = text.lines().peekable();
    let mut made: Vec<Observation> = Vec::new();
    while let Some(line) = lines.next() {
        let Some(kind) = label(line) else { continue };
        // RFC 1421, section 4.6.1.1, as OpenSSL writes keys under a passphrase.
        let is_encrypted = lines.peek().is_some_and(|line| line.starts_with("Proc-Type: 4,ENCRYPTED"));
        let kind = if is_encrypted { format!("{kind} ENCRYPTED") } else { kind.to_owned() };
        let observation = Observation::new("private-key", file.path, [kind]);
        if made.len() < MOST && !made.contains(&observation) {
            made.push(observation);
        }
    }
    out.observations.append(&mut made);
}

/// Whether a line sets one of `names` to something, with `=` or `:`.
fn has_key(text: &str, names: &[&str]) -> bool {
    text.lines().filter_map(|line| line.split_once(['=', ':'])).any(|(name, value)| {
        let value = value.trim().trim_matches(['"', '\'']);
        names.contains(&name.trim().trim_start_matches("- ")) && !value.is_empty()
    })
}

/// A value that only names a variable of the environment is none.
fn npm(text: &str) -> bool {
    text.lines().filter_map(|line| line.split_once('=')).any(|(name, value)| {
        let name = name.trim().rsplit(':').next().unwrap_or_default();
        let is_plain = !value.trim().is_empty() && !value.contains("${");
        matches!(name, "_authToken" | "_auth" | "_password") && is_plain
    })
}

/// `https://user:password@host`
fn has_password_in_address(line: &str) -> bool {
    let account = line.split_once("://").and_then(|(_, rest)| rest.split_once('@'));
    account.and_then(|(account, _)| account.split_once(':')).is_some_and(|(_, password)| !password.is_empty())
}

/// `host:port:database:user:password`
fn is_pgpass(line: &str) -> bool {
    !line.starts_with('#') && line.split(':').count() >= 5
}

/// `{"auths": {"host": {"auth": "…"}}}`; the older form has no `auths` around it.
fn registry(file: &FileView<'_>, text: &str, out: &mut Findings) -> bool {
    let value: serde_json::Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            out.note(file, bomwright_model::Code::MalformedFile, format!("no JSON: {error}"));
            return false;
        }
    };
    let hosts = value.get("auths").unwrap_or(&value).as_object();
    let is_filled = |value: &serde_json::Value| value.as_str().is_some_and(|text| !text.is_empty());
    let has_secret = |host: &serde_json::Value| {
        ["auth", "identitytoken", "registrytoken", "password"]
            .iter()
            .any(|name| host.get(name).is_some_and(is_filled))
    };
    hosts.is_some_and(|hosts| hosts.values().any(has_secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(path: &str, text: &str) -> Vec<String> {
        let mut out = Findings::default();
        Secrets.read(&FileView::new(path, text.as_bytes()), &mut out);
        out.observations.iter().map(|it| format!("{} {}", it.kind, it.values.join("|"))).collect()
    }

    #[test]
    fn keys_are_told_by_their_first_line() {
        let key = |label: &str| seen("a.pem", &format!("x\n-----BEGIN {label}-----\nAAAA\n"));
        assert_eq!(key("PRIVATE KEY"), ["private-key PKCS#8"]);
        assert_eq!(key("OPENSSH PRIVATE KEY"), ["private-key OPENSSH"]);
        assert_eq!(key("ENCRYPTED PRIVATE KEY"), ["private-key ENCRYPTED"]);
        assert_eq!(key("PGP PRIVATE KEY BLOCK"), ["private-key PGP"]);
        assert!(key("CERTIFICATE").is_empty());
        assert!(key("PUBLIC KEY").is_empty());
        let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n";
        assert_eq!(seen("root/.ssh/id_rsa", old), ["private-key RSA ENCRYPTED"]);
    }

    #[test]
    fn credentials_need_a_value() {
        assert_eq!(seen("root/.npmrc", "//r.example.com/:_authToken=abc"), ["credential npm"]);
        assert!(seen("root/.npmrc", "//r.example.com/:_authToken=${TOKEN}\nregistry=x").is_empty());
        assert_eq!(seen("root/.git-credentials", "https://me:pw@git.example.com"), ["credential git"]);
        assert!(seen("root/.git-credentials", "https://me@git.example.com").is_empty());
        assert_eq!(
            seen("root/.docker/config.json", r#"{"auths":{"h":{"auth":"eA=="}}}"#),
            ["credential registry"]
        );
        assert!(seen("root/.docker/config.json", r#"{"auths":{"h":{}},"credsStore":"x"}"#).is_empty());
        assert_eq!(seen("root/.aws/credentials", "[default]\naws_secret_access_key = x"), ["credential aws"]);
        assert!(seen("root/.aws/credentials", "[default]\naws_secret_access_key =").is_empty());
        assert!(seen("root/.pypirc", "[pypi]\nusername = me\n").is_empty());
    }

    #[test]
    fn nothing_of_a_secret_is_kept() {
        let all = seen("root/.netrc", "machine h login me password hunter2").join(" ");
        assert_eq!(all, "credential netrc");
    }
}
