//! People and organisations: one line such as `Debian OpenSSL Team <pkg-openssl@example.org>` in our
//! inventories, name and address apart in CycloneDX and SPDX.

use crate::address;

/// The name and the e-mail address of `text`, if it has the form `name <address>`.
pub(crate) fn split(text: &str) -> (&str, Option<&str>) {
    let parts = text.strip_suffix('>').and_then(|rest| rest.rsplit_once(" <"));
    match parts {
        Some((name, email)) if is_email(email) && !name.is_empty() && name.trim() == name => {
            (name, Some(email))
        }
        _ => (text, None),
    }
}

/// The name and the web address of `text`, if it has the form `name <https://…>`.
pub(crate) fn split_web(text: &str) -> (&str, Option<&str>) {
    let parts = text.strip_suffix('>').and_then(|rest| rest.rsplit_once(" <"));
    match parts {
        Some((name, page)) if address::is_web_address(page) && !name.is_empty() && name.trim() == name => {
            (name, Some(page))
        }
        _ => (text, None),
    }
}

/// The opposite of [`split`].
pub(crate) fn join(name: &str, email: Option<&str>) -> Option<String> {
    let name = name.trim();
    match email.map(str::trim).filter(|email| !email.is_empty()) {
        Some(email) if name.is_empty() => Some(email.to_owned()),
        Some(email) => Some(format!("{name} <{email}>")),
        None => (!name.is_empty()).then(|| name.to_owned()),
    }
}

/// `text` as SPDX 2.3 (clause 7.5) writes an actor: `Organization: name (address)`.
pub(crate) fn to_spdx(kind: &str, text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match split(&line) {
        (name, Some(email)) => format!("{kind}: {name} ({email})"),
        (name, None) => format!("{kind}: {name}"),
    }
}

/// The opposite of [`to_spdx`]: the kind is dropped, and so is `NOASSERTION`.
pub(crate) fn from_spdx(text: &str) -> Option<String> {
    let text = text.trim();
    if matches!(text, "NOASSERTION" | "NONE" | "") {
        return None;
    }
    let named = ["Organization:", "Person:", "Tool:"].into_iter().find_map(|kind| text.strip_prefix(kind));
    let text = named.unwrap_or(text).trim();
    match text.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((name, email)) if is_email(email) => join(name, Some(email)),
        // spdx-rs and others write empty brackets where there is no address.
        Some((name, "")) => join(name, None),
        _ => join(text, None),
    }
}

/// Whether `text` reads back from both formats as it is; where not, a fact keeps it.
pub(crate) fn survives(text: &str) -> bool {
    split_web(text).1.is_none() && from_spdx(&to_spdx("Organization", text)).as_deref() == Some(text)
}

/// A narrow reading of RFC 5321: what every validator of `idn-email` accepts too.
fn is_email(text: &str) -> bool {
    let label = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.split_once('@').is_some_and(|(local, domain)| {
        let atom = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b))
        };
        text.len() <= 254
            && local.len() <= 64
            && local.split('.').all(atom)
            && domain.contains('.')
            && domain.split('.').all(label)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maintainer_goes_to_spdx_and_back() {
        let text = "GNU Libc Maintainers <debian-glibc@lists.debian.org>";
        // The form is the example of SPDX 2.3, clause 7.5.
        let spdx = "Organization: GNU Libc Maintainers (debian-glibc@lists.debian.org)";
        assert_eq!(to_spdx("Organization", text), spdx);
        assert_eq!(from_spdx(spdx).as_deref(), Some(text));
        assert!(survives(text));
        // CycloneDX has the page apart.
        let vendor = "Red Hat, Inc. <http://bugzilla.redhat.com/>";
        assert_eq!(split_web(vendor), ("Red Hat, Inc.", Some("http://bugzilla.redhat.com/")));
        assert!(!survives(vendor));
        assert!(!survives(" two  blanks") && !survives("Jane (jane@doe.example)"));
        assert_eq!(from_spdx("NOASSERTION"), None);
        assert_eq!(from_spdx("Person: Jane ()").as_deref(), Some("Jane"));
    }
}
