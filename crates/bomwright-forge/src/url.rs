//! The base URL of an API, checked once, so that no request can go elsewhere or in the clear.

use std::net::IpAddr;

use ureq::http::Uri;

use crate::error::ForgeError;

/// A base URL such as `https://api.github.com` or `https://git.example/api/v1`; it has no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiUrl {
    text: String,
    /// Scheme, host and port.
    origin: String,
    secure: bool,
    loopback: bool,
}

impl ApiUrl {
    /// Reads a URL. `http://` is taken for this machine only, unless `allow_http`.
    ///
    /// # Errors
    /// [`ForgeError::Invalid`] for what is no URL, or names a user, a query or another scheme;
    /// [`ForgeError::PlainHttp`] for `http://` to another machine.
    pub fn parse(text: &str, allow_http: bool) -> Result<Self, ForgeError> {
        let invalid = |reason| ForgeError::Invalid { what: "API URL", value: text.to_owned(), reason };
        let trimmed = text.trim_end_matches('/');
        let uri: Uri = trimmed.parse().map_err(|_| invalid("it can't be read as a URL"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(invalid("it must start with https://"));
        };
        if authority.as_str().contains('@') {
            return Err(invalid("it must not hold a user or a password"));
        }
        if trimmed.contains(['?', '#']) {
            return Err(invalid("it must end with the path"));
        }
        let secure = match scheme {
            "https" => true,
            "http" => false,
            _ => return Err(invalid("it must start with https://")),
        };
        let loopback = is_loopback(authority.host());
        if !secure && !loopback && !allow_http {
            return Err(ForgeError::PlainHttp { url: text.to_owned() });
        }
        let origin = format!("{scheme}://{}", authority.as_str().to_ascii_lowercase());
        Ok(Self { text: trimmed.to_owned(), origin, secure, loopback })
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is `https://`.
    pub(crate) fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether it is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Where a redirect leads, if that is the same scheme, host and port; `None` for anything else.
    pub(crate) fn same_origin(&self, location: &str) -> Option<String> {
        if location.starts_with('/') && !location.starts_with("//") {
            return Some(format!("{}{location}", self.origin));
        }
        let uri: Uri = location.parse().ok()?;
        let origin = format!("{}://{}", uri.scheme_str()?, uri.authority()?.as_str().to_ascii_lowercase());
        (origin == self.origin).then(|| location.to_owned())
    }

    /// The URL of GraphQL that belongs to a REST API of GitHub.
    pub(crate) fn graphql(&self) -> String {
        match self.text.strip_suffix("/v3") {
            Some(server) => format!("{server}/graphql"),
            None => format!("{}/graphql", self.text),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_this_machine() {
        let parse = |text: &str| ApiUrl::parse(text, false);
        assert_eq!(parse("https://git.example/api/v1/").unwrap().as_str(), "https://git.example/api/v1");
        for text in ["http://localhost:3000", "http://127.0.0.1:1", "http://[::1]:80/api"] {
            assert!(parse(text).is_ok(), "{text}");
        }
        for text in ["http://git.example", "http://127.0.0.1.example", "http://localhost.example"] {
            assert!(matches!(parse(text), Err(ForgeError::PlainHttp { .. })), "{text}");
            assert!(ApiUrl::parse(text, true).is_ok(), "{text}");
        }
        let bad =
            ["", "git.example", "/api", "ftp://git.example", "https://u:p@git.example", "https://a/?q=1"];
        for text in bad {
            assert!(matches!(parse(text), Err(ForgeError::Invalid { .. })), "{text}");
        }
        // RFC 3986, 3.2: what stands before the @ is a user, however much it looks like a host.
        assert!(parse("https://api.github.com@evil.example").is_err());
    }

    #[test]
    fn redirects_stay_where_the_token_may_go() {
        let url = ApiUrl::parse("https://api.github.com", false).unwrap();
        assert_eq!(
            url.same_origin("/repositories/1").as_deref(),
            Some("https://api.github.com/repositories/1")
        );
        assert!(url.same_origin("https://API.github.com/x").is_some());
        for location in [
            "http://api.github.com/x",
            "https://api.github.com:8443/x",
            "https://api.github.com@evil.example/x",
            "https://evil.example/x",
            "//evil.example/x",
            "x",
            "",
        ] {
            assert_eq!(url.same_origin(location), None, "{location}");
        }
    }

    #[test]
    fn graphql_lies_beside_rest() {
        let graphql = |text: &str| ApiUrl::parse(text, false).unwrap().graphql();
        assert_eq!(graphql("https://api.github.com"), "https://api.github.com/graphql");
        assert_eq!(graphql("https://git.example/api/v3"), "https://git.example/api/graphql");
    }
}
