//! The tables of a policy that speak of changes: `[gates]`, `[licences]`, `[packages]` and `[[waiver]]`.

use bomwright_model::{GateRule, Gates, Waiver};
use toml::Spanned;
use toml::de::DeValue;

use super::read::{File, Result};

/// The keys of `[gates]`.
const KEYS: &[&str] = &["fail-on", "max-added", "max-added-upstream", "max-changed", "max-removed"];

impl File<'_> {
    /// Reads the table `key` into `gates`.
    pub(super) fn gates(self, gates: &mut Gates, key: &str, value: &Spanned<DeValue<'_>>) -> Result<()> {
        match key {
            "gates" => self.limits(gates, value),
            "waiver" => {
                gates.waivers = self.each(key, value, |table| self.waiver(table))?;
                Ok(())
            }
            "licences" => self.lists(key, value, &mut gates.allowed_licenses, &mut gates.denied_licenses),
            _ => self.lists(key, value, &mut gates.allowed_packages, &mut gates.denied_packages),
        }
    }

    fn limits(self, gates: &mut Gates, value: &Spanned<DeValue<'_>>) -> Result<()> {
        for (key, value) in self.table("gates", value)? {
            let name = key.get_ref().as_ref();
            match name {
                "fail-on" => gates.fail_on = self.list(name, value, rule)?,
                "max-added" => gates.max_added = Some(self.number(name, value)?),
                "max-added-upstream" => gates.max_added_upstream = Some(self.number(name, value)?),
                "max-changed" => gates.max_changed = Some(self.number(name, value)?),
                "max-removed" => gates.max_removed = Some(self.number(name, value)?),
                other => return Err(self.unknown("[gates]", other, key.span(), KEYS)),
            }
        }
        Ok(())
    }

    fn number(self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<u64> {
        let digits = value.get_ref().as_integer().filter(|number| number.radix() == 10);
        let number = digits.and_then(|number| number.as_str().parse().ok());
        number.ok_or_else(|| self.expected(key, value, "a number that is not negative"))
    }

    fn lists(
        self,
        table: &str,
        value: &Spanned<DeValue<'_>>,
        allow: &mut Vec<String>,
        deny: &mut Vec<String>,
    ) -> Result<()> {
        for (key, value) in self.table(table, value)? {
            let name = key.get_ref().as_ref();
            match name {
                "allow" => *allow = self.strings(name, value)?,
                "deny" => *deny = self.strings(name, value)?,
                other => {
                    return Err(self.unknown(&format!("[{table}]"), other, key.span(), &["allow", "deny"]));
                }
            }
        }
        Ok(())
    }

    fn waiver(self, value: &Spanned<DeValue<'_>>) -> Result<Waiver> {
        const TABLE: &str = "[[waiver]]";
        let (mut id, mut reason, mut expires) = (None, None, None);
        for (key, value) in self.table(TABLE, value)? {
            let name = key.get_ref().as_ref();
            match name {
                "id" => {
                    let (text, value) = self.string(name, value)?;
                    if !is_id(text) {
                        let wrong = format!("'{text}' is no id of a finding, such as F-0123456789ab");
                        return Err(self.wrong(name, value.span(), wrong));
                    }
                    id = Some(text.to_owned());
                }
                "reason" => reason = Some(self.string(name, value)?.0.to_owned()),
                "expires" => expires = Some(self.date(name, value)?.to_string()),
                // What the finding was about, for whoever reads the file.
                "about" => {
                    self.string(name, value)?;
                }
                _ => {
                    return Err(self.unknown(TABLE, name, key.span(), &["about", "expires", "id", "reason"]));
                }
            }
        }
        let lacks = |what: &str| self.wrong(TABLE, value.span(), format!("lacks its {what}"));
        Ok(Waiver {
            id: id.ok_or_else(|| lacks("id"))?,
            reason: reason.ok_or_else(|| lacks("reason"))?,
            expires: expires.ok_or_else(|| lacks("date in expires"))?,
        })
    }
}

/// Whether `text` has the form of a finding's id.
fn is_id(text: &str) -> bool {
    text.strip_prefix("F-").is_some_and(|hex| hex.len() == 12 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn rule(text: &str) -> std::result::Result<GateRule, String> {
    GateRule::from_name(text).ok_or_else(|| {
        let known: Vec<_> = GateRule::ALL.iter().map(|rule| rule.as_str()).collect();
        format!("no rule; there are {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use crate::Policy;

    #[test]
    fn gates_are_read() {
        let text = r#"
[gates]
fail-on = ["downgrade", "license-change"]
max-added = 10
[licences]
deny = ["AGPL-3.0-only"]
[packages]
deny = ["pkg:npm/left-pad"]
[[waiver]]
id = "F-0123456789ab"
about = "setuid /usr/bin/x"
reason = "checked by hand"
expires = 2027-01-31
"#;
        let gates = Policy::parse("p", text, &[]).unwrap().gates;
        let words: Vec<_> = gates.fail_on.iter().map(|rule| rule.as_str()).collect();
        assert_eq!(words, ["downgrade", "licence-change"]);
        assert_eq!(gates.max_added, Some(10));
        assert_eq!(gates.denied_licenses, ["AGPL-3.0-only"]);
        assert_eq!(gates.denied_packages, ["pkg:npm/left-pad"]);
        assert_eq!(gates.waivers.first().unwrap().expires, "2027-01-31");
    }

    #[test]
    fn faults_name_their_line() {
        for (text, says) in [
            ("[gates]\nfail-on = [\"nothing\"]", "2"),
            ("[gates]\nmax-added = -1", "2"),
            ("[gates]\nmost = 1", "2"),
            ("[[waiver]]\nid = \"x\"\n", "2"),
            ("[[waiver]]\nid = \"F-0123456789ab\"\nreason = \"r\"\n", "expires"),
            ("[licences]\nforbid = []", "forbid"),
        ] {
            let error = Policy::parse("p", text, &[]).unwrap_err().to_string();
            assert!(error.contains(says) && error.starts_with('p'), "{error}");
        }
    }
}
