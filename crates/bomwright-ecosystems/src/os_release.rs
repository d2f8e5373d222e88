//! The distribution, from `os-release` (freedesktop.org, os-release(5)).
//!
//! Files: `etc/os-release` and `usr/lib/os-release`; the former is usually a link to the latter. Lines are
//! shell assignments: quoting counts, expansion does not.
//!
//! No edges. It can't see distributions that ship no such file (scratch, busybox).

use bomwright_model::{Code, Distribution};

use crate::format::{self, Skipped};
use crate::{Claim, Ecosystem, FileView, Findings};

/// See the module.
pub(crate) struct OsRelease;

impl Ecosystem for OsRelease {
    fn name(&self) -> &'static str {
        "os-release"
    }

    fn about(&self) -> &'static str {
        "the distribution that the image is made of, from os-release"
    }

    fn claims(&self) -> &'static [Claim] {
        const { &[Claim::path("etc/os-release").up_to(1), Claim::path("usr/lib/os-release").up_to(1)] }
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let text = format::text(file, out);
        let mut distribution = Distribution { path: file.path.to_owned(), ..Distribution::default() };
        let mut skipped = Skipped::default();
        let mut lines = 0_usize;
        for (line, number) in text.lines().map(str::trim).zip(1..) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match assignment(line) {
                Some((name, value)) => set(&mut distribution, name, value),
                None => skipped.add(file, out, format!("line {number} is not NAME=value")),
            }
            lines += 1;
            if skipped.is_full() {
                break;
            }
        }
        if lines == 0 {
            return;
        }
        if distribution.id.is_empty() {
            // What os-release(5) says to assume.
            "linux".clone_into(&mut distribution.id);
            out.note(file, Code::Assumed, "no ID; taken as 'linux'");
        }
        out.distribution = Some(distribution);
    }
}

fn set(distribution: &mut Distribution, name: &str, value: String) {
    let value = Some(value).filter(|value| !value.is_empty());
    match name {
        "ID" => distribution.id = value.unwrap_or_default(),
        "ID_LIKE" => {
            distribution.id_like =
                value.unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect();
        }
        "VERSION_ID" => distribution.version = value,
        "VERSION_CODENAME" => distribution.codename = value,
        "PRETTY_NAME" => distribution.pretty_name = value,
        "CPE_NAME" => distribution.cpe = value,
        "HOME_URL" => distribution.home_url = value,
        "SUPPORT_END" => distribution.support_end = value,
        _ => {}
    }
}

/// `NAME=value` with the quotes and escapes of the shell taken away; `None` when it is no assignment or a
/// quote is not closed.
fn assignment(line: &str) -> Option<(&str, String)> {
    let (name, value) = line.split_once('=')?;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_name.then_some(())?;
    let mut plain = String::new();
    let mut quote = None;
    let mut characters = value.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '\\') => plain.push(characters.next()?),
            (Some('"'), '\\') => match characters.next()? {
                escaped @ ('$' | '`' | '"' | '\\') => plain.push(escaped),
                other => plain.extend(['\\', other]),
            },
            (_, c) => plain.push(c),
        }
    }
    quote.is_none().then_some((name, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_unquoted_as_a_shell_would() {
        // POSIX shell, section 2.2 "Quoting", without expansion.
        let value = |line| assignment(line).map(|(_, value)| value);
        assert_eq!(value("ID=debian").as_deref(), Some("debian"));
        assert_eq!(value("A=\"two words\"").as_deref(), Some("two words"));
        assert_eq!(value("A='it \"is\" \\n'").as_deref(), Some("it \"is\" \\n"));
        assert_eq!(value("A=\"a \\\"b\\\" \\$c\"").as_deref(), Some("a \"b\" $c"));
        assert_eq!(value("A=\"\\n\"").as_deref(), Some("\\n"));
        assert_eq!(value("A=").as_deref(), Some(""));
        for bad in ["A=\"open", "no assignment", "=x", "A B=x", "A=\\"] {
            assert_eq!(value(bad), None, "{bad}");
        }
    }
}
