//! A day of the calendar, as allowances expire on one.

use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar. Ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A text that is no day: `YYYY-MM-DD` is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date (YYYY-MM-DD)")]
pub struct InvalidDate;

impl Date {
    /// The day, if the calendar has it.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=last).contains(&day).then_some(Self { year, month, day })
    }
}

impl FromStr for Date {
    type Err = InvalidDate;

    /// Reads `YYYY-MM-DD`; a time of RFC 3339 may follow after `T`.
    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let (date, _) = text.split_once('T').unwrap_or((text, ""));
        let fields: Vec<&str> = date.split('-').collect();
        let [year, month, day] = fields.as_slice() else { return Err(InvalidDate) };
        let shaped = (year.len(), month.len(), day.len()) == (4, 2, 2)
            && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let number = |text: &str| text.parse::<u16>().map_err(|_| InvalidDate);
        let small = |text: &str| text.parse::<u8>().map_err(|_| InvalidDate);
        Self::new(number(year)?, small(month)?, small(day)?).filter(|_| shaped).ok_or(InvalidDate)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_the_calendar_has() {
        for good in ["2026-12-31", "2024-02-29", "2000-02-29", "2026-01-02T03:04:05Z"] {
            let date: Date = good.parse().unwrap();
            assert!(good.starts_with(&date.to_string()));
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
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert!(day("2026-02-01") < day("2026-11-01"));
    }
}
