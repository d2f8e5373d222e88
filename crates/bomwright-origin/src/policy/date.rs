//! Days as a policy and an inventory write them.

use time::{Date, Month};

/// The day that `text` names as `YYYY-MM-DD`; a time of RFC 3339 may follow after `T`.
pub(crate) fn day(text: &str) -> Option<Date> {
    let (date, _) = text.split_once('T').unwrap_or((text, ""));
    let fields: Vec<&str> = date.split('-').collect();
    let [year, month, day] = fields.as_slice() else { return None };
    let shaped = (year.len(), month.len(), day.len()) == (4, 2, 2)
        && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok().filter(|_| shaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_the_calendar_has() {
        for good in ["2026-12-31", "2024-02-29", "2000-02-29", "2026-01-02T03:04:05Z"] {
            assert!(good.starts_with(&day(good).unwrap().to_string()));
        }
        for bad in [
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "31.12.2026",
            "",
            "+026-01-01",
        ] {
            assert_eq!(day(bad), None, "{bad}");
        }
        assert!(day("2026-02-01") < day("2026-11-01"));
    }
}
