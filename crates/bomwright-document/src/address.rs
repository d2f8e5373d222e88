//! Which addresses may stand in fields that validators check.

/// Whether `text` is a URI reference (RFC 3986, section 4.1), read narrowly: what is refused here is kept as
/// a property.
pub(crate) fn is_uri_reference(text: &str) -> bool {
    let bytes = text.as_bytes();
    let allowed = |b: &u8| b.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(b);
    if bytes.is_empty() || !bytes.iter().all(allowed) || text.matches('#').count() > 1 {
        return false;
    }
    let escapes_are_whole = text
        .split('%')
        .skip(1)
        .all(|rest| rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)));
    escapes_are_whole && scheme_is_whole(text) && port_is_number(text)
}

/// Whether `text` is an absolute `http` or `https` address of any host.
pub(crate) fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric())) && is_uri_reference(text)
}

/// Whether `text` is an absolute `http` or `https` address with a dotted, lettered host, as SPDX's tools want
/// home pages to be.
pub(crate) fn is_web_page(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#', ':']).next().unwrap_or(rest));
    let named = host.is_some_and(|host| {
        host.split('.').count() > 1
            && host.split('.').all(|label| {
                !label.is_empty()
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            })
            && !host.contains("--")
            && host.rsplit('.').next().is_some_and(|top| {
                (2..=5).contains(&top.len()) && top.bytes().all(|b| b.is_ascii_alphabetic())
            })
    });
    named && is_uri_reference(text)
}

/// A colon before any slash ends a scheme, so what stands before it must be one.
fn scheme_is_whole(text: &str) -> bool {
    let first = text.split(['/', '?', '#']).next().unwrap_or(text);
    match first.split_once(':') {
        None => true,
        Some((scheme, _)) => {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        }
    }
}

/// What follows the host's colon is digits (`git+ssh://git@github.com:user/repo` is not a URI).
fn port_is_number(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("//") else { return true };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    !host.contains('@')
        && match host.split_once(':') {
            None => true,
            Some((_, port)) => port.bytes().all(|b| b.is_ascii_digit()) && port.len() <= 5,
        }
        && authority.matches('@').count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_packages_state_them() {
        // Judged by RFC 3986 by hand.
        for good in [
            "https://a.example/b?c=d#e",
            "git://x.org/y.git",
            "git+https://x.org/y",
            "relative/path",
            "mailto:a@b.c",
        ] {
            assert!(is_uri_reference(good), "{good}");
        }
        for bad in [
            "",
            "git@github.com:a/b.git",
            "ssh://git@github.com:a/b",
            "http://a b",
            "100%",
            "<none>",
            "a#b#c",
            "http://[x",
        ] {
            assert!(!is_uri_reference(bad), "{bad}");
        }
        assert!(is_web_page("https://www.gnu.org/software/bash/") && !is_web_page("ftp://x.org"));
        assert!(!is_web_page("http://localhost/") && !is_web_page("https://x.photography"));
        assert!(is_web_address("http://localhost:8080/") && is_web_address("https://x.photography"));
        assert!(
            !is_web_address("https:///x") && !is_web_address("https://x y") && !is_web_address("ftp://x.org")
        );
    }
}
