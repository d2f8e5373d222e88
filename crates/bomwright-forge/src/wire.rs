//! One request and its answer, over `ureq`: blocking, no runtime, bounded in time and size.
//!
//! TLS is `rustls` with `ring`. The certificates that are trusted are the system's, by `rustls-native-certs`,
//! which respects `SSL_CERT_FILE` and `SSL_CERT_DIR`: a forge of one's own often has a certificate of one's own
//! authority, which a list built into the program would refuse, and that list would grow old in it. In return, an
//! image without certificates must be given some.
//!
//! Redirects are never followed here, because whoever follows them decides where the token goes.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::{HeaderMap, HeaderValue, Method, Request};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Error};

use crate::kind::ForgeKind;
use crate::token::Token;
use crate::url::ApiUrl;

/// The most bytes of an answer. A page of a hundred of GitHub's longest comments has half of that.
const MOST_BYTES: u64 = 64 << 20;

/// An answer, read to its end.
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|it| it.to_str().ok())
    }

    /// Whether the server did what it was asked for.
    pub(crate) fn is_fine(&self) -> bool {
        (200..300).contains(&self.status)
    }

    #[cfg(test)]
    pub(crate) fn made(status: u16, headers: &[(&'static str, &str)], body: &str) -> Self {
        let pairs = headers
            .iter()
            .map(|(name, value)| (ureq::http::HeaderName::from_static(name), value.parse().unwrap()));
        Self { status, headers: pairs.collect(), body: body.as_bytes().to_vec() }
    }
}

/// Why there is no answer.
pub(crate) enum Broken {
    /// Another try may do better.
    Lost(String),
    /// It will not.
    Hopeless(String),
}

/// What sends requests.
pub(crate) struct Wire {
    agent: Agent,
    sign_in: (&'static str, HeaderValue),
    accept: &'static str,
}

impl Wire {
    /// A client for one API; the system's certificates are read for `https://` only.
    ///
    /// # Errors
    /// What is wrong with the certificates or the token, as text.
    pub(crate) fn new(kind: ForgeKind, api: &ApiUrl, token: &Token) -> Result<Self, String> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(Duration::from_secs(15)))
            .user_agent(concat!("bomwright/", env!("CARGO_PKG_VERSION")));
        if api.is_secure() {
            config = config.tls_config(trusted()?).https_only(true);
        }
        if api.is_loopback() {
            // What is for this machine must not leave it.
            config = config.proxy(None);
        }
        let (name, value) = token.header(kind);
        let mut value = HeaderValue::from_str(&value).map_err(|_| "the token can't stand in a header")?;
        value.set_sensitive(true);
        let accept = if kind == ForgeKind::GitHub {
            "application/vnd.github+json, application/json;q=0.9"
        } else {
            "application/json"
        };
        Ok(Self { agent: config.build().new_agent(), sign_in: (name, value), accept })
    }

    /// Sends a request and reads the answer.
    pub(crate) fn send(
        &self,
        method: &Method,
        url: &str,
        body: Option<&[u8]>,
        time: Duration,
    ) -> Result<Reply, Broken> {
        let (name, value) = &self.sign_in;
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header("accept", self.accept)
            .header("content-type", "application/json")
            .header(*name, value.clone());
        let hopeless = |error: &dyn std::error::Error| Broken::Hopeless(error.to_string());
        let answer = if let Some(bytes) = body {
            let request = request.body(bytes).map_err(|error| hopeless(&error))?;
            self.agent.run(self.agent.configure_request(request).timeout_global(Some(time)).build())
        } else {
            let request = request.body(()).map_err(|error| hopeless(&error))?;
            self.agent.run(self.agent.configure_request(request).timeout_global(Some(time)).build())
        };
        let mut answer = answer.map_err(broken)?;
        let body = answer.body_mut().with_config().limit(MOST_BYTES).read_to_vec().map_err(broken)?;
        Ok(Reply { status: answer.status().as_u16(), headers: answer.headers().clone(), body })
    }
}

fn broken(error: Error) -> Broken {
    let text = error.to_string();
    match error {
        // What rustls says about a certificate comes as invalid data.
        Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => Broken::Hopeless(text),
        Error::BodyExceedsLimit(_) => {
            Broken::Hopeless(format!("the answer is larger than {} MiB", MOST_BYTES >> 20))
        }
        Error::Io(_)
        | Error::Timeout(_)
        | Error::ConnectionFailed
        | Error::Protocol(_)
        | Error::BodyStalled => Broken::Lost(text),
        _ => Broken::Hopeless(text),
    }
}

/// TLS with the certificates that the system trusts.
fn trusted() -> Result<TlsConfig, String> {
    let found = rustls_native_certs::load_native_certs();
    let certificates: Vec<_> = found.certs.iter().map(|it| Certificate::from_der(it).to_owned()).collect();
    if certificates.is_empty() {
        let reasons: Vec<_> = found.errors.iter().map(ToString::to_string).collect();
        let reasons = if reasons.is_empty() { "the system has none".to_owned() } else { reasons.join("; ") };
        return Err(format!("no trusted certificates: {reasons}"));
    }
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::from(certificates))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}
