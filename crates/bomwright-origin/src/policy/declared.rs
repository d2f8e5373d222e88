//! The table `[declared]` of a policy: what only the team knows.

use bomwright_model::{Declared, DeclaredPart};
use spdx::{Expression, ParseMode};
use toml::Spanned;
use toml::de::DeValue;

use super::Allowed;
use super::read::{File, Result};

/// The keys of `[declared]`.
const KEYS: &[&str] =
    &["author", "distribution", "licence", "part", "security-contact", "supplier", "support-end"];

/// The keys of `[[declared.part]]`.
const PART: &[&str] = &["licence", "package", "path", "supplier", "version"];

/// What a team declares of the packages or files that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What is meant.
    pub target: Allowed,
    /// What is declared of it.
    pub says: DeclaredPart,
}

impl File<'_> {
    /// Reads the table `[declared]`.
    pub(super) fn declared(self, value: &Spanned<DeValue<'_>>) -> Result<(Declared, Vec<Part>)> {
        let (mut declared, mut parts) = (Declared::default(), Vec::new());
        for (key, value) in self.table("declared", value)? {
            let name = key.get_ref().as_ref();
            let text = match name {
                "part" => {
                    parts = self.each("declared.part", value, |table| self.part(table))?;
                    continue;
                }
                "support-end" => self.date(name, value)?.to_string(),
                "security-contact" => {
                    let (text, value) = self.string(name, value)?;
                    address(text).ok_or_else(|| {
                        let reason = format!("'{text}' is neither a web address nor an e-mail address");
                        self.wrong(name, value.span(), reason)
                    })?
                }
                _ if KEYS.contains(&name) => self.fact(name, value)?,
                other => return Err(self.unknown("[declared]", other, key.span(), KEYS)),
            };
            declared.set(name, &text);
        }
        Ok((declared, parts))
    }

    fn part(self, value: &Spanned<DeValue<'_>>) -> Result<Part> {
        const TABLE: &str = "[[declared.part]]";
        let (mut target, mut says) = (Vec::new(), DeclaredPart::default());
        for (key, value) in self.table(TABLE, value)? {
            let name = key.get_ref().as_ref();
            match name {
                "path" | "package" => target.push(self.target(name, value)?),
                _ if PART.contains(&name) => says.set(name, &self.fact(name, value)?),
                other => return Err(self.unknown(TABLE, other, key.span(), PART)),
            }
        }
        let lacks = |what: &str| self.wrong(TABLE, value.span(), what);
        let mut target = target.into_iter();
        let (Some(target), None) = (target.next(), target.next()) else {
            return Err(lacks("needs either a path or a package"));
        };
        if says.is_empty() {
            return Err(lacks("declares nothing: it needs a supplier, a licence or a version"));
        }
        Ok(Part { target, says })
    }

    /// One line of text; of a licence one that is valid.
    fn fact(self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<String> {
        let (text, value) = self.string(key, value)?;
        if text.chars().any(char::is_control) {
            return Err(self.wrong(key, value.span(), "must be one line"));
        }
        if key == "licence" {
            license(text).map_err(|reason| self.wrong(key, value.span(), format!("'{text}' {reason}")))?;
        }
        Ok(text.to_owned())
    }
}

/// Whether `text` is a licence expression (SPDX 2.3, annex D); deprecated identifiers are, too.
fn license(text: &str) -> std::result::Result<(), String> {
    const MODE: ParseMode = ParseMode { allow_deprecated: true, ..ParseMode::STRICT };
    match Expression::parse_mode(text, MODE) {
        Ok(_) if text == "NOASSERTION" => Err("says nothing".to_owned()),
        Ok(_) => Ok(()),
        Err(error) => Err(format!(
            "is no SPDX licence expression: {}; a licence that is not on SPDX's list is called `LicenseRef-` and a name",
            error.reason
        )),
    }
}

/// `text` as an address: as it is, or with `mailto:` before it.
fn address(text: &str) -> Option<String> {
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let mail = text.strip_prefix("mailto:").unwrap_or(text);
    if ["https://", "http://"]
        .iter()
        .any(|start| text.strip_prefix(start).is_some_and(|rest| !rest.is_empty()))
    {
        return Some(text.to_owned());
    }
    let (user, host) = mail.split_once('@')?;
    (!user.is_empty() && host.contains('.') && !mail.contains([':', '/'])).then(|| format!("mailto:{mail}"))
}

#[cfg(test)]
mod tests {
    use crate::Policy;

    #[test]
    fn what_is_declared_is_read() {
        let text = r#"
[declared]
supplier = "Acme GmbH <sbom@acme.example>"
author = " Acme "
security-contact = "security@acme.example"
licence = "LicenseRef-Acme"
support-end = 2031-12-31
"#;
        let declared = Policy::parse("p", text, &[]).unwrap().declared;
        let entries: Vec<_> = declared.entries().collect();
        assert_eq!(
            entries,
            [
                ("author", "Acme"),
                ("licence", "LicenseRef-Acme"),
                ("security-contact", "mailto:security@acme.example"),
                ("supplier", "Acme GmbH <sbom@acme.example>"),
                ("support-end", "2031-12-31"),
            ]
        );
    }

    #[test]
    fn parts_are_read_in_their_order() {
        let text = "[declared]\ndistribution = 'Alpine Linux <https://alpinelinux.org>'\n\
                    [[declared.part]]\npackage = 'npm:left-pad'\nlicence = 'GPL-2.0 OR WTFPL'\n\
                    [[declared.part]]\npath = '/opt/*'\nsupplier = 'A'\nversion = '1'";
        let policy = Policy::parse("p", text, &[]).unwrap();
        assert_eq!(policy.declared.distribution.as_deref(), Some("Alpine Linux <https://alpinelinux.org>"));
        let says: Vec<Vec<_>> = policy.parts.iter().map(|part| part.says.entries().collect()).collect();
        assert_eq!(says, [vec![("licence", "GPL-2.0 OR WTFPL")], vec![("supplier", "A"), ("version", "1")]]);
    }

    #[test]
    fn faults_name_their_line() {
        for (text, says) in [
            ("[declared]\nsupplier = 1", "2: supplier: expected a string"),
            ("[declared]\nsupplier = ''", "2: supplier: must not be empty"),
            ("[declared]\nsupplier = \"a\\nb\"", "2: supplier: must be one line"),
            ("[declared]\nsupport-end = 'soon'", "2: support-end"),
            ("[declared]\nsecurity-contact = 'the office'", "2: security-contact: 'the office' is neither"),
            ("[declared]\nsecurity-contact = 'ftp://x.example'", "is neither"),
            (
                "[declared]\nlicense = 'MIT'",
                "[declared] has no key 'license' (known: author, distribution, licence",
            ),
            ("[declared]\nsupplier = 'a'\nlicence = 'Apache 2'", "3: licence: 'Apache 2' is no SPDX licence"),
            ("[declared]\nlicence = 'MIT OR'", "2: licence: 'MIT OR' is no SPDX licence expression"),
            ("[declared]\nlicence = 'NOASSERTION'", "2: licence: 'NOASSERTION' says nothing"),
            ("[[declared.part]]\npackage = 'a'\nlicence = 'MITT'", "3: licence: 'MITT' is no SPDX"),
            (
                "[[declared.part]]\npackage = 'a'\npath = '/b'\nversion = '1'",
                "needs either a path or a package",
            ),
            ("[[declared.part]]\nversion = '1'", "needs either a path or a package"),
            (
                "[[declared.part]]\npackage = 'npm:*'\nversion = '1'",
                "2: package: 'npm:*': that would mean everything",
            ),
            ("[[declared.part]]\npath = '/b'", "1: [[declared.part]]: declares nothing"),
            ("[[declared.part]]\npath = '/b'\nname = 'c'", "has no key 'name'"),
        ] {
            let error = Policy::parse("p", text, &[]).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
