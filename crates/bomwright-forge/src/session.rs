//! Requests with patience: repeated where that is right, within a bound on tries and time.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::Method;

use crate::clock::{Clock, SystemClock};
use crate::dialect::{Listed, has_next};
use crate::error::ForgeError;
use crate::retry::{MOST_TRIES, backoff, pause};
use crate::target::Target;
use crate::token::Token;
use crate::wire::{Broken, Reply, Wire};

/// The longest that one request may take.
const ONE_REQUEST: Duration = Duration::from_secs(30);
/// The most redirects that are followed, all to the same host.
const MOST_REDIRECTS: u32 = 3;
/// The most pages that are read.
const MOST_PAGES: u32 = 500;

/// How a [`Client`] behaves.
pub struct Options {
    /// How long everything may take, with all waiting.
    pub timeout: Duration,
    /// Read, but change nothing.
    pub dry_run: bool,
    /// What tells the time.
    pub clock: Box<dyn Clock>,
}

impl Default for Options {
    fn default() -> Self {
        let clock = Box::new(SystemClock::default());
        Self { timeout: Duration::from_mins(3), dry_run: false, clock }
    }
}

/// What talks to one forge about one pull request.
pub struct Client {
    target: Target,
    token: Token,
    wire: Wire,
    options: Options,
    start: Duration,
}

/// What one try gave.
pub(crate) enum Attempt {
    /// An answer that is final.
    Answer(Reply),
    /// Nothing yet: why, and when to try again.
    Later(String, Duration),
}

impl Client {
    /// A client; no request is made yet.
    ///
    /// # Errors
    /// [`ForgeError::Connection`] when the system trusts no certificate at all.
    pub fn new(target: Target, token: Token, options: Options) -> Result<Self, ForgeError> {
        let wire = Wire::new(target.kind, &target.api, &token)
            .map_err(|reason| ForgeError::Connection { action: "preparing".to_owned(), reason })?;
        let start = options.clock.elapsed();
        Ok(Self { target, token, wire, options, start })
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) fn token(&self) -> &Token {
        &self.token
    }

    pub(crate) fn is_dry_run(&self) -> bool {
        self.options.dry_run
    }

    /// Sends a request that does no harm when it is sent twice, until there is an answer.
    pub(crate) fn call(
        &self,
        action: &str,
        method: &Method,
        path: &str,
        body: Option<&[u8]>,
    ) -> Result<Reply, ForgeError> {
        self.call_url(action, method, &format!("{}{path}", self.target.api.as_str()), body)
    }

    /// The same for a whole URL, which must be one of the forge's own.
    pub(crate) fn call_url(
        &self,
        action: &str,
        method: &Method,
        url: &str,
        body: Option<&[u8]>,
    ) -> Result<Reply, ForgeError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.once(action, method, url, body, tries)? {
                Attempt::Answer(reply) => return Ok(reply),
                Attempt::Later(reason, wait) => self.wait(action, tries, &reason, wait)?,
            }
        }
    }

    /// Sends a request once. Redirects within the same host are followed.
    pub(crate) fn once(
        &self,
        action: &str,
        method: &Method,
        url: &str,
        body: Option<&[u8]>,
        tries: u32,
    ) -> Result<Attempt, ForgeError> {
        let mut url = url.to_owned();
        for _ in 0..=MOST_REDIRECTS {
            let time = self.left().min(ONE_REQUEST).max(Duration::from_millis(1));
            let reply = match self.wire.send(method, &url, body, time) {
                Ok(reply) => reply,
                Err(Broken::Lost(reason)) => return Ok(Attempt::Later(reason, backoff(tries))),
                Err(Broken::Hopeless(reason)) => {
                    let reason = self.token.strike_out(&reason);
                    return Err(ForgeError::Connection { action: action.to_owned(), reason });
                }
            };
            if let Some(wait) = pause(&reply, tries, self.options.clock.unix()) {
                let reason = format!("{} answered {}", self.target.kind, reply.status);
                return Ok(Attempt::Later(reason, wait));
            }
            // Only 307 and 308 keep the method (RFC 9110, 15.4), which matters for what changes something.
            let follow = matches!(reply.status, 307 | 308)
                || (matches!(reply.status, 301..=303) && *method == Method::GET);
            let location = reply.header("location").map(str::to_owned);
            match location.filter(|_| follow) {
                None => return Ok(Attempt::Answer(reply)),
                Some(location) => url = self.follow(action, &location)?,
            }
        }
        Err(ForgeError::Unreadable {
            action: action.to_owned(),
            reason: "it redirects again and again".to_owned(),
        })
    }

    fn follow(&self, action: &str, location: &str) -> Result<String, ForgeError> {
        self.target.api.same_origin(location).ok_or_else(|| ForgeError::Redirected {
            action: action.to_owned(),
            location: clean(&self.token.strike_out(location)),
        })
    }

    /// Waits before the next try, or says why there is none.
    pub(crate) fn wait(
        &self,
        action: &str,
        tries: u32,
        reason: &str,
        wait: Duration,
    ) -> Result<(), ForgeError> {
        let (action, reason) = (action.to_owned(), self.token.strike_out(reason));
        if tries >= MOST_TRIES {
            return Err(ForgeError::GivenUp { action, tries, reason });
        }
        if wait >= self.left() {
            let timeout = self.options.timeout.as_secs();
            return Err(ForgeError::NoTime { action, reason, wait: wait.as_secs(), timeout });
        }
        self.options.clock.sleep(wait);
        Ok(())
    }

    fn left(&self) -> Duration {
        let spent = self.options.clock.elapsed().saturating_sub(self.start);
        self.options.timeout.saturating_sub(spent)
    }

    /// Everything on all pages that is `wanted`.
    pub(crate) fn pages<T: DeserializeOwned + Listed>(
        &self,
        action: &str,
        path: impl Fn(u32) -> String,
        wanted: impl Fn(&T) -> bool,
    ) -> Result<Vec<T>, ForgeError> {
        let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
        for page in 1..=MOST_PAGES {
            let reply = self.call(action, &Method::GET, &path(page), None)?;
            if !reply.is_fine() {
                return Err(self.refused(action, &reply, false));
            }
            let things: Vec<T> = self.read(action, &reply)?;
            let before = seen.len();
            found.extend(things.into_iter().filter(|it| seen.insert(it.key()) && wanted(it)));
            if !has_next(&reply, seen.len(), seen.len() > before) {
                return Ok(found);
            }
        }
        Err(ForgeError::Endless { action: action.to_owned(), most: MOST_PAGES })
    }

    /// An answer as JSON.
    pub(crate) fn read<T: DeserializeOwned>(&self, action: &str, reply: &Reply) -> Result<T, ForgeError> {
        serde_json::from_slice(&reply.body).map_err(|error| ForgeError::Unreadable {
            action: action.to_owned(),
            reason: clean(&self.token.strike_out(&error.to_string())),
        })
    }

    /// The error that an answer is.
    pub(crate) fn refused(&self, action: &str, reply: &Reply, writing: bool) -> ForgeError {
        let said: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let message = ["/message", "/error_description", "/error"]
            .iter()
            .filter_map(|path| said.pointer(path))
            .map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned))
            .next();
        let message =
            message.map(|it| format!(": {}", clean(&self.token.strike_out(&it)))).unwrap_or_default();
        ForgeError::Refused {
            action: action.to_owned(),
            kind: self.target.kind,
            status: reply.status,
            message,
            writing,
            job_token: self.token.is_of_a_job(),
        }
    }
}

/// What a server said, fit to be printed: one line, no control characters, not too long.
fn clean(text: &str) -> String {
    let line: String = text.chars().take(300).map(|it| if it.is_control() { ' ' } else { it }).collect();
    line.trim().to_owned()
}
