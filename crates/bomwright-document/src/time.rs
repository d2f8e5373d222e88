//! Times of documents, brought to whole seconds in UTC (RFC 3339).

use std::borrow::Cow;

use ::time::format_description::well_known::Rfc3339;
use ::time::{OffsetDateTime, UtcOffset};

/// `text` as `YYYY-MM-DDThh:mm:ssZ`; `None` when it is no RFC 3339 time. A blank may stand for the `T` (section 5.6).
pub(crate) fn to_utc(text: &str) -> Option<String> {
    let text = text.trim();
    let text = match text.split_once(' ') {
        Some((date, time)) => Cow::Owned(format!("{date}T{time}")),
        None => Cow::Borrowed(text),
    };
    written(OffsetDateTime::parse(&text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?)
}

/// The time `seconds` after 1970-01-01T00:00:00Z; `None` outside of the years 0 to 9999.
pub(crate) fn from_seconds(seconds: i64) -> Option<String> {
    written(OffsetDateTime::from_unix_timestamp(seconds).ok()?)
}

fn written(time: OffsetDateTime) -> Option<String> {
    time.replace_nanosecond(0).ok()?.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_to_utc() {
        // Right sides by `date -u -d`.
        for (text, utc) in [
            ("2024-02-29T12:00:00Z", Some("2024-02-29T12:00:00Z")),
            ("2024-02-29T23:30:00.123456789-02:00", Some("2024-03-01T01:30:00Z")),
            ("2024-01-01T00:15:00+05:30", Some("2023-12-31T18:45:00Z")),
            ("yesterday", None),
            ("2024-05-01 14:30:00+02:00", Some("2024-05-01T12:30:00Z")),
            ("2024-13-01T00:00:00Z", None),
            ("2024-06-31T00:00:00Z", None),
            ("2023-02-29T00:00:00Z", None),
            ("0000-01-01T00:00:00+23:59", None),
            ("2024-01-01T00:00:00+99:00", None),
        ] {
            assert_eq!(to_utc(text).as_deref(), utc, "{text}");
        }
    }

    #[test]
    fn seconds_make_times() {
        // Right sides by `date -u -d @…`.
        for (seconds, text) in [
            (0, Some("1970-01-01T00:00:00Z")),
            (-1, Some("1969-12-31T23:59:59Z")),
            (1_709_211_599, Some("2024-02-29T12:59:59Z")),
            (253_402_300_799, Some("9999-12-31T23:59:59Z")),
            (253_402_300_800, None),
            (i64::MIN, None),
        ] {
            assert_eq!(from_seconds(seconds).as_deref(), text, "{seconds}");
        }
    }
}
