//! Times of documents, brought to whole seconds in UTC (RFC 3339).

/// `text` as `YYYY-MM-DDThh:mm:ssZ`; `None` when it is no RFC 3339 time.
pub(crate) fn to_utc(text: &str) -> Option<String> {
    let text = text.trim();
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = text.get(range)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let is = |at: usize, wanted: &str| text.get(at..=at).is_some_and(|c| wanted.contains(c));
    if !(is(4, "-") && is(7, "-") && is(10, "Tt ") && is(13, ":") && is(16, ":")) {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let rest = text.get(19..)?;
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let offset = match rest {
        "Z" | "z" => 0,
        _ => {
            let sign = if rest.starts_with('-') { -1 } else { 1 };
            let (hours, minutes) = rest.strip_prefix(['+', '-'])?.split_once(':')?;
            sign * (hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)
        }
    };
    if !((1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 61) {
        return None;
    }
    if offset == 0 {
        return Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"));
    }
    let minutes = days_from_civil(year, month, day) * 1440 + hour * 60 + minute - offset;
    let (year, month, day) = civil_from_days(minutes.div_euclid(1440));
    let (hour, minute) = (minutes.rem_euclid(1440) / 60, minutes.rem_euclid(60));
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// The time `seconds` after 1970-01-01T00:00:00Z; `None` outside of the years 0 to 9999.
pub(crate) fn from_seconds(seconds: i64) -> Option<String> {
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Beyond these the calendar has more than four digits.
    let days = days_from_civil(0, 1, 1)..days_from_civil(10_000, 1, 1);
    let (year, month, day) = days.contains(&day).then(|| civil_from_days(day))?;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar; years begin in March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

/// The opposite of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
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
            ("2024-13-01T00:00:00Z", None),
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
