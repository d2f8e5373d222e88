//! Whether and when to try again, read from an answer.
//!
//! - RFC 9110, 10.2.3: `Retry-After` is a number of seconds or a date.
//! - GitHub: 403 and 429 mean a limit when `Retry-After` is there, when `x-ratelimit-remaining` is 0 (then
//!   `x-ratelimit-reset` says in seconds since 1970 when it ends), or when the message speaks of a secondary rate
//!   limit (then a minute is to be waited for). Any other 403 means what it says.
//! - GitLab: 429 with `Retry-After` and `RateLimit-Reset`, in seconds since 1970.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::wire::Reply;

/// How often a request is sent, at most.
pub(crate) const MOST_TRIES: u32 = 6;
/// The longest pause that the server did not ask for.
const LONGEST: Duration = Duration::from_secs(30);
/// How long to wait after a limit that says nothing about its end.
const MINUTE: Duration = Duration::from_mins(1);

/// How long to wait before the request is sent again; `None` when the answer is final.
pub(crate) fn pause(reply: &Reply, tries: u32, now: u64) -> Option<Duration> {
    match reply.status {
        429 => Some(asked(reply, now).unwrap_or(MINUTE)),
        403 if is_limit(reply) => Some(asked(reply, now).unwrap_or(MINUTE)),
        408 | 500 | 502..=504 => Some(seconds(reply, now).unwrap_or_else(|| backoff(tries))),
        _ => None,
    }
}

/// The pause after try number `tries`: 1, 2, 4, … seconds.
pub(crate) fn backoff(tries: u32) -> Duration {
    Duration::from_secs(1 << tries.saturating_sub(1).min(10)).min(LONGEST)
}

fn is_limit(reply: &Reply) -> bool {
    let text = String::from_utf8_lossy(reply.body.get(..4096).unwrap_or(&reply.body)).to_ascii_lowercase();
    reply.header("retry-after").is_some()
        || reply.header("x-ratelimit-remaining") == Some("0")
        || text.contains("secondary rate limit")
        || text.contains("abuse detection")
}

/// What the server asks for: `Retry-After`, else the moment when its limit ends.
fn asked(reply: &Reply, now: u64) -> Option<Duration> {
    seconds(reply, now).or_else(|| {
        let spent = |name| reply.header(name).is_none_or(|it| it == "0");
        let reset = if spent("x-ratelimit-remaining") { reply.header("x-ratelimit-reset") } else { None };
        let reset: u64 = reset.or_else(|| reply.header("ratelimit-reset"))?.trim().parse().ok()?;
        // A second more, for clocks that differ. Small numbers are no moment but a distance.
        let left = if reset < 1_000_000_000 { reset } else { reset.saturating_sub(now) };
        Some(Duration::from_secs(left.saturating_add(1)))
    })
}

fn seconds(reply: &Reply, now: u64) -> Option<Duration> {
    let text = reply.header("retry-after")?.trim();
    let seconds = text.parse().ok().or_else(|| {
        let date = OffsetDateTime::parse(text, &Rfc2822).ok()?.unix_timestamp();
        Some(u64::try_from(date).ok()?.saturating_sub(now))
    });
    seconds.map(|it: u64| Duration::from_secs(it.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000; // Tue, 14 Nov 2023 22:13:20 GMT

    fn wait(status: u16, headers: &[(&'static str, &str)], body: &str) -> Option<u64> {
        pause(&Reply::made(status, headers, body), 1, NOW).map(|it| it.as_secs())
    }

    #[test]
    fn limits_say_when_they_end() {
        assert_eq!(wait(429, &[("retry-after", "7")], ""), Some(7));
        assert_eq!(wait(429, &[("retry-after", "Tue, 14 Nov 2023 22:13:50 GMT")], ""), Some(30));
        assert_eq!(wait(429, &[("retry-after", "Tue, 14 Nov 2023 22:13:00 GMT")], ""), Some(1), "gone by");
        assert_eq!(wait(429, &[], ""), Some(60));
        assert_eq!(wait(429, &[("ratelimit-reset", "1700000010")], ""), Some(11));
        assert_eq!(wait(429, &[("ratelimit-reset", "10")], ""), Some(11));
        let spent = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1700000020")];
        assert_eq!(wait(403, &spent, ""), Some(21));
        assert_eq!(wait(403, &[("retry-after", "3")], ""), Some(3));
        let secondary = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        assert_eq!(wait(403, &[("x-ratelimit-remaining", "4000")], secondary), Some(60));
    }

    #[test]
    fn other_refusals_are_final() {
        let message = r#"{"message":"Resource not accessible by integration"}"#;
        let left = [("x-ratelimit-remaining", "4999"), ("x-ratelimit-reset", "1700000020")];
        assert_eq!(wait(403, &left, message), None);
        for status in [200, 201, 301, 400, 401, 404, 410, 422, 501] {
            assert_eq!(wait(status, &[], ""), None, "{status}");
        }
    }

    #[test]
    fn server_errors_are_tried_again_ever_more_slowly() {
        let reply = Reply::made(502, &[], "");
        let waits: Vec<_> =
            (1..=7).filter_map(|tries| pause(&reply, tries, NOW)).map(|it| it.as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(wait(503, &[("retry-after", "5")], ""), Some(5));
        assert_eq!(backoff(u32::MAX), LONGEST);
    }
}
