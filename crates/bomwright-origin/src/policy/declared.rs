//! The table `[declared]` of a policy: what only the team knows.

use bomwright_model::Declared;
use toml::Spanned;
use toml::de::DeValue;

use super::read::{File, Result};

/// The keys of `[declared]`.
const KEYS: &[&str] = &["author", "licence", "security-contact", "supplier", "support-end"];

impl File<'_> {
    /// Reads the table `[declared]`.
    pub(super) fn declared(self, value: &Spanned<DeValue<'_>>) -> Result<Declared> {
        let mut declared = Declared::default();
        for (key, value) in self.table("declared", value)? {
            let name = key.get_ref().as_ref();
            let text = match name {
                "support-end" => self.date(name, value)?.to_string(),
                "security-contact" => {
                    let (text, value) = self.string(name, value)?;
                    address(text).ok_or_else(|| {
                        let reason = format!("'{text}' is neither a web address nor an e-mail address");
                        self.wrong(name, value.span(), reason)
                    })?
                }
                _ if KEYS.contains(&name) => {
                    let (text, value) = self.string(name, value)?;
                    if text.chars().any(char::is_control) {
                        return Err(self.wrong(name, value.span(), "must be one line"));
                    }
                    text.to_owned()
                }
                other => return Err(self.unknown("[declared]", other, key.span(), KEYS)),
            };
            declared.set(name, &text);
        }
        Ok(declared)
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
    fn faults_name_their_line() {
        for (text, says) in [
            ("[declared]\nsupplier = 1", "2: supplier: expected a string"),
            ("[declared]\nsupplier = ''", "2: supplier: must not be empty"),
            ("[declared]\nsupplier = \"a\\nb\"", "2: supplier: must be one line"),
            ("[declared]\nsupport-end = 'soon'", "2: support-end"),
            ("[declared]\nsecurity-contact = 'the office'", "2: security-contact: 'the office' is neither"),
            ("[declared]\nsecurity-contact = 'ftp://x.example'", "is neither"),
            ("[declared]\nlicense = 'MIT'", "[declared] has no key 'license' (known: author, licence"),
        ] {
            let error = Policy::parse("p", text, &[]).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
