//! From the text of a policy file to a [`Policy`].
//!
//! The tree of TOML is walked by hand rather than deserialised: so each message names the line, also of a
//! pattern that is valid TOML and no valid pattern.

use std::ops::Range;

use bomwright_model::Digest;
use time::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Allowance, Allowed, Glob, InHouse, Place, Policy, PolicyError, Publisher};

/// Ecosystems whose names a policy may state although nothing reads them yet.
const FORTHCOMING: &[&str] = &["nuget"];
/// The keys of the file itself.
const TABLES: &[&str] = &[
    "allow-unknown",
    "declared",
    "gates",
    "in-house",
    "licences",
    "packages",
    "registries",
    "third-party-publisher",
    "trusted-keys",
    "waiver",
];
/// The keys of `[in-house]` besides the ecosystems.
const IN_HOUSE: &[&str] = &[
    "apk-maintainers",
    "deb-maintainers",
    "digests",
    "paths",
    "registries",
    "rpm-vendors",
    "signers",
    "vcs-hosts",
];
/// Shorter parts of a maintainer's or vendor's name would mean too many.
const SHORTEST_NAME: usize = 3;

pub(super) type Result<T> = std::result::Result<T, PolicyError>;

/// A text of the file with its place.
type Text<'t, 'i> = (&'t str, &'t Spanned<DeValue<'i>>);

pub(super) fn policy(name: &str, text: &str, ecosystems: &[&str]) -> Result<Policy> {
    let file = File { name, text };
    let table = DeTable::parse(text).map_err(|error| PolicyError::Malformed {
        name: name.to_owned(),
        line: file.line(error.span().unwrap_or_default()),
        reason: error.message().trim_end().to_owned(),
    })?;
    let mut policy = Policy::default();
    for (key, value) in table.get_ref() {
        match key.get_ref().as_ref() {
            "in-house" => policy.in_house = file.in_house(value, ecosystems)?,
            "registries" => {
                for (inner, value) in file.table("registries", value)? {
                    match inner.get_ref().as_ref() {
                        "public" => policy.public_registries = file.hosts("public", value)?,
                        other => {
                            return Err(file.unknown("[registries]", other, inner.span(), &["public"]));
                        }
                    }
                }
            }
            "trusted-keys" => policy.trusted_keys = file.strings("trusted-keys", value)?,
            "third-party-publisher" => {
                policy.publishers = file.each(key.get_ref(), value, |table| file.publisher(table))?;
            }
            "allow-unknown" => {
                policy.allowances = file.each(key.get_ref(), value, |table| file.allowance(table))?;
            }
            "declared" => (policy.declared, policy.parts) = file.declared(value)?,
            "gates" | "licences" | "packages" | "waiver" => {
                file.gates(&mut policy.gates, key.get_ref(), value)?;
            }
            other => return Err(file.unknown("the file", other, key.span(), TABLES)),
        }
    }
    Ok(policy)
}

/// The file, for messages about it.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    name: &'a str,
    text: &'a str,
}

impl File<'_> {
    fn line(self, span: Range<usize>) -> usize {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        1 + before.matches('\n').count()
    }

    pub(super) fn unknown(self, table: &str, key: &str, span: Range<usize>, known: &[&str]) -> PolicyError {
        PolicyError::UnknownKey {
            name: self.name.to_owned(),
            line: self.line(span),
            table: table.to_owned(),
            key: key.to_owned(),
            known: known.join(", "),
        }
    }

    pub(super) fn wrong(self, key: &str, span: Range<usize>, reason: impl Into<String>) -> PolicyError {
        let (name, line) = (self.name.to_owned(), self.line(span));
        PolicyError::Value { name, line, key: key.to_owned(), reason: reason.into() }
    }

    pub(super) fn expected(self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) -> PolicyError {
        self.wrong(key, value.span(), format!("expected {wanted}, found {}", value.get_ref().type_str()))
    }

    pub(super) fn table<'t, 'i>(self, key: &str, value: &'t Spanned<DeValue<'i>>) -> Result<&'t DeTable<'i>> {
        value.get_ref().as_table().ok_or_else(|| self.expected(key, value, "a table"))
    }

    pub(super) fn string<'t, 'i>(self, key: &str, value: &'t Spanned<DeValue<'i>>) -> Result<Text<'t, 'i>> {
        let text = value.get_ref().as_str().ok_or_else(|| self.expected(key, value, "a string"))?;
        if text.trim().is_empty() {
            return Err(self.wrong(key, value.span(), "must not be empty"));
        }
        Ok((text.trim(), value))
    }

    /// Every string of an array, turned into something else by `parse`.
    pub(super) fn list<T>(
        self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        parse: impl Fn(&str) -> std::result::Result<T, String>,
    ) -> Result<Vec<T>> {
        let array =
            value.get_ref().as_array().ok_or_else(|| self.expected(key, value, "an array of strings"))?;
        let item = |value| {
            let (text, value) = self.string(key, value)?;
            parse(text).map_err(|reason| self.wrong(key, value.span(), format!("'{text}': {reason}")))
        };
        array.iter().map(item).collect()
    }

    pub(super) fn strings(self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>> {
        self.list(key, value, |text| Ok(text.to_owned()))
    }

    fn hosts(self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>> {
        self.list(key, value, host)
    }

    fn names(self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>> {
        self.list(key, value, long_enough)
    }

    /// Every table of an array of tables.
    pub(super) fn each<T>(
        self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        read: impl Fn(&Spanned<DeValue<'_>>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let array = value.get_ref().as_array();
        let array = array.ok_or_else(|| self.expected(key, value, &format!("[[{key}]]")))?;
        array.iter().map(read).collect()
    }

    fn in_house(self, value: &Spanned<DeValue<'_>>, ecosystems: &[&str]) -> Result<InHouse> {
        let mut found = InHouse::default();
        for (key, value) in self.table("in-house", value)? {
            let name = key.get_ref().as_ref();
            match name {
                "paths" => found.paths = self.list(name, value, Place::parse)?,
                "deb-maintainers" => found.deb_maintainers = self.names(name, value)?,
                "apk-maintainers" => found.apk_maintainers = self.names(name, value)?,
                "rpm-vendors" => found.rpm_vendors = self.names(name, value)?,
                "vcs-hosts" => found.vcs_hosts = self.hosts(name, value)?,
                "registries" => found.registries = self.hosts(name, value)?,
                "signers" => found.signers = self.list(name, value, fingerprint)?,
                "digests" => found.digests = self.list(name, value, digest)?,
                _ if ecosystems.contains(&name) || FORTHCOMING.contains(&name) => {
                    found.names.insert(name.to_owned(), self.strings(name, value)?);
                }
                _ => return Err(self.no_ecosystem(name, key.span(), ecosystems)),
            }
        }
        Ok(found)
    }

    fn no_ecosystem(self, key: &str, span: Range<usize>, ecosystems: &[&str]) -> PolicyError {
        if IN_HOUSE.iter().any(|known| similar(known, key)) {
            return self.unknown("[in-house]", key, span, IN_HOUSE);
        }
        let known: Vec<_> = ecosystems.iter().chain(FORTHCOMING).copied().collect();
        PolicyError::UnknownEcosystem {
            name: self.name.to_owned(),
            line: self.line(span),
            key: key.to_owned(),
            known: known.join(", "),
        }
    }

    fn publisher(self, value: &Spanned<DeValue<'_>>) -> Result<Publisher> {
        const TABLE: &str = "[[third-party-publisher]]";
        let mut found = Publisher::default();
        for (key, value) in self.table(TABLE, value)? {
            let name = key.get_ref().as_ref();
            let known = ["host", "maintainer", "name", "vendor"];
            if !known.contains(&name) {
                return Err(self.unknown(TABLE, name, key.span(), &known));
            }
            let (text, value) = self.string(name, value)?;
            let wrong = |reason| self.wrong(name, value.span(), format!("'{text}': {reason}"));
            match name {
                "name" => text.clone_into(&mut found.name),
                "maintainer" => found.maintainer = Some(long_enough(text).map_err(wrong)?),
                "vendor" => found.vendor = Some(long_enough(text).map_err(wrong)?),
                _ => found.host = Some(host(text).map_err(wrong)?),
            }
        }
        if found.name.is_empty() {
            return Err(self.wrong(TABLE, value.span(), "lacks its name"));
        }
        if (&found.maintainer, &found.vendor, &found.host) == (&None, &None, &None) {
            return Err(self.wrong(TABLE, value.span(), "needs a maintainer, a vendor or a host"));
        }
        Ok(found)
    }

    fn allowance(self, value: &Spanned<DeValue<'_>>) -> Result<Allowance> {
        const TABLE: &str = "[[allow-unknown]]";
        let (mut target, mut reason, mut expires) = (Vec::new(), None, None);
        for (key, value) in self.table(TABLE, value)? {
            let name = key.get_ref().as_ref();
            match name {
                "path" | "package" => target.push(self.target(name, value)?),
                "reason" => reason = Some(self.string(name, value)?.0.to_owned()),
                "expires" => expires = Some(self.date(name, value)?),
                _ => {
                    let known = ["expires", "package", "path", "reason"];
                    return Err(self.unknown(TABLE, name, key.span(), &known));
                }
            }
        }
        let lacks = |what: &str| self.wrong(TABLE, value.span(), what);
        let mut target = target.into_iter();
        let (Some(target), None) = (target.next(), target.next()) else {
            return Err(lacks("needs either a path or a package"));
        };
        let reason = reason.ok_or_else(|| lacks("lacks its reason"))?;
        let expires = expires.ok_or_else(|| lacks("lacks its date in expires"))?;
        Ok(Allowance { target, reason, expires, line: self.line(value.span()) })
    }

    /// The files or packages that the key `path` or `package` means.
    pub(super) fn target(self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Allowed> {
        let (text, value) = self.string(key, value)?;
        let wrong = |reason| self.wrong(key, value.span(), format!("'{text}': {reason}"));
        let parse = if key == "path" { allowed_path } else { allowed_package };
        parse(text).map_err(wrong)
    }

    /// A date of TOML, or the same as a string.
    pub(super) fn date(self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Date> {
        let wrong =
            |text: &str| self.wrong(key, value.span(), format!("'{text}' is not a date (YYYY-MM-DD)"));
        let written = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(time) => time.to_string(),
            _ => return Err(self.expected(key, value, "a date")),
        };
        if written.len() != "YYYY-MM-DD".len() {
            return Err(wrong(&written));
        }
        super::day(&written).ok_or_else(|| wrong(&written))
    }
}

/// Whether one is the other in another spelling.
fn similar(known: &str, key: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], "").trim_end_matches('s').to_owned();
    plain(known) == plain(key)
}

/// A part of a maintainer's or vendor's name.
fn long_enough(text: &str) -> std::result::Result<String, String> {
    if text.chars().count() < SHORTEST_NAME {
        return Err(format!("shorter than {SHORTEST_NAME} characters: it would match too much"));
    }
    Ok(text.to_owned())
}

/// `host`, `host/path` or `*.domain`, without scheme and port.
fn host(text: &str) -> std::result::Result<String, String> {
    if text.contains("://") || text.contains(char::is_whitespace) || text.contains('@') {
        return Err("expected host, host/path or *.domain, without scheme and account".to_owned());
    }
    let text = text.trim_end_matches('/');
    let (host, path) = text.split_once('/').unwrap_or((text, ""));
    let name = host.strip_prefix("*.").unwrap_or(host);
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(is_name) {
        return Err("expected host, host/path or *.domain, without port".to_owned());
    }
    let host = host.to_lowercase();
    Ok(if path.is_empty() { host } else { format!("{host}/{path}") })
}

/// The fingerprint of an `OpenPGP` key: 40 hexadecimal digits, 64 since RFC 9580, with or without blanks.
fn fingerprint(text: &str) -> std::result::Result<String, String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    let digits = digits.strip_prefix("0x").unwrap_or(&digits).to_ascii_lowercase();
    match digits.len() {
        40 | 64 if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => Ok(digits),
        8 | 16 => Err("a key's id is no fingerprint: others may have the same".to_owned()),
        _ => Err("a fingerprint has 40 or 64 hexadecimal digits".to_owned()),
    }
}

/// A SHA-256, with or without `sha256:`.
fn digest(text: &str) -> std::result::Result<Digest, String> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text).to_ascii_lowercase();
    format!("sha256:{hex}").parse().map_err(|_| "a sha256 has 64 hexadecimal digits".to_owned())
}

fn allowed_path(text: &str) -> std::result::Result<Allowed, String> {
    if text.trim_matches(['/', '*']).is_empty() {
        return Err("that would mean everything".to_owned());
    }
    Glob::path(text).map(Allowed::Path)
}

/// `ecosystem:name` or `name`.
fn allowed_package(text: &str) -> std::result::Result<Allowed, String> {
    let (ecosystem, name) = match text.split_once(':') {
        Some((ecosystem, name)) => (Some(ecosystem.to_owned()), name),
        None => (None, text),
    };
    if name.trim_matches(['/', '*', '?']).is_empty() {
        return Err("that would mean everything".to_owned());
    }
    Ok(Allowed::Package { ecosystem, name: Glob::name(name)? })
}
