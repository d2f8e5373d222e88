//! The table of releases and their dates, and how a release is found in it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer};
use time::{Date, Month};
use toml::Spanned;

use super::Dates;

/// Bytes of a table that is read.
const MAX_BYTES: usize = 4 << 20;
/// Releases of a table.
const MAX_RELEASES: usize = 20_000;

/// One release of a distribution. Every end is the **last day** of its phase.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Release {
    /// `ID` of os-release.
    pub id: String,
    /// What `VERSION_ID` must be: `9` fits 9 and 9.4, `=15` fits nothing but 15. Of several that fit, the
    /// longest counts. Without it, the codename decides; without both, the row is about every version.
    pub version: Option<String>,
    /// `VERSION_CODENAME`, for images that have no `VERSION_ID`.
    pub codename: Option<String>,
    /// Whether it is never released and never ends.
    #[serde(default)]
    pub rolling: bool,
    /// The day of the release. Absent for what is still being prepared.
    #[serde(default, deserialize_with = "day")]
    pub release: Option<Date>,
    /// End of all updates.
    #[serde(default, deserialize_with = "day")]
    pub full_end: Option<Date>,
    /// End of the security updates that everybody gets.
    #[serde(default, deserialize_with = "day")]
    pub security_end: Option<Date>,
    /// End of the long-term support that everybody gets, by another team or for fewer packages.
    #[serde(default, deserialize_with = "day")]
    pub lts_end: Option<Date>,
    /// End of what only those get who pay.
    #[serde(default, deserialize_with = "day")]
    pub paid_end: Option<Date>,
    /// What that is called, e.g. `ESM`.
    pub paid_name: Option<String>,
    /// End of a second extension that must be paid for.
    #[serde(default, deserialize_with = "day")]
    pub legacy_end: Option<Date>,
    /// What that is called.
    pub legacy_name: Option<String>,
    /// Where the dates are from.
    pub source: String,
    /// The day on which the source said so.
    #[serde(deserialize_with = "some_day")]
    pub as_of: Date,
}

impl Release {
    /// The dates alone.
    pub const fn dates(&self) -> Dates {
        Dates {
            release: self.release,
            full_end: self.full_end,
            security_end: self.security_end,
            lts_end: self.lts_end,
            paid_end: self.paid_end,
            legacy_end: self.legacy_end,
        }
    }

    /// What people call it: `debian 12 (bookworm)`.
    pub fn title(&self) -> String {
        let version = self.version.as_deref().map(|version| version.trim_start_matches('='));
        match (version, &self.codename) {
            (Some(version), Some(codename)) => format!("{} {version} ({codename})", self.id),
            (Some(version), None) => format!("{} {version}", self.id),
            (None, Some(codename)) => format!("{} {codename}", self.id),
            (None, None) => self.id.clone(),
        }
    }

    /// What makes it another row than others.
    fn key(&self) -> (&str, Option<&str>, Option<&str>) {
        // The codename of a row with a version is a remark.
        let codename = if self.version.is_some() { None } else { self.codename.as_deref() };
        (&self.id, self.version.as_deref(), codename)
    }

    /// How well it fits; more is better.
    fn fit(&self, version: Option<&str>, codename: Option<&str>) -> Option<usize> {
        match (&self.version, version) {
            (Some(pattern), Some(version)) => fits(pattern, version).then_some(pattern.len() + 1),
            (_, None) if self.codename.is_some() => (self.codename.as_deref() == codename).then_some(1),
            (None, _) if self.codename.is_none() => Some(0),
            _ => None,
        }
    }

    /// What is wrong with it, if anything is.
    fn fault(&self) -> Option<String> {
        if self.id.is_empty() || self.source.is_empty() {
            return Some("`id` and `source` must not be empty".to_owned());
        }
        if self.version.as_deref().is_some_and(|version| version.trim_start_matches('=').is_empty()) {
            return Some("`version` must not be empty".to_owned());
        }
        for (end, name, key) in
            [(self.paid_end, &self.paid_name, "paid"), (self.legacy_end, &self.legacy_name, "legacy")]
        {
            if end.is_some() != name.is_some() {
                return Some(format!("`{key}-end` and `{key}-name` belong together"));
            }
        }
        let dates = self.dates();
        if self.rolling && dates != Dates::default() {
            return Some("what is rolling has no dates".to_owned());
        }
        let known: Vec<_> = dates.named().into_iter().filter_map(|(key, date)| Some((key, date?))).collect();
        known.windows(2).find_map(|pair| match pair {
            [(early, first), (late, second)] if first > second => {
                Some(format!("`{early}` ({first}) is after `{late}` ({second})"))
            }
            _ => None,
        })
    }
}

/// Releases, each of them once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    releases: Vec<Release>,
}

/// A table that can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{name}:{line}: {reason}")]
pub struct LifecycleError {
    /// The file's name.
    pub name: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    release: Vec<Spanned<Release>>,
}

/// Reads the text of a table; `name` is the file's name for the error. The form is that of
/// `data/lifecycle.toml` in this repository.
pub fn parse_table(name: &str, text: &str) -> Result<Table, LifecycleError> {
    let error = |at: usize, reason: String| {
        let line = 1 + text.get(..at).unwrap_or_default().matches('\n').count();
        LifecycleError { name: name.to_owned(), line, reason }
    };
    if text.len() > MAX_BYTES {
        return Err(error(0, format!("more than {MAX_BYTES} bytes")));
    }
    let document: Document = toml::from_str(text).map_err(|fault| {
        error(fault.span().map_or(0, |span| span.start), fault.message().trim_end().to_owned())
    })?;
    if document.release.len() > MAX_RELEASES {
        return Err(error(0, format!("more than {MAX_RELEASES} releases")));
    }
    let mut keys = BTreeSet::new();
    for row in &document.release {
        let (at, row) = (row.span().start, row.get_ref());
        if let Some(fault) = row.fault() {
            return Err(error(at, format!("{}: {fault}", row.title())));
        }
        if !keys.insert(row.key()) {
            return Err(error(at, format!("{} is listed twice", row.title())));
        }
    }
    drop(keys);
    Ok(Table { releases: document.release.into_iter().map(Spanned::into_inner).collect() })
}

impl Table {
    /// The table of this release of the program.
    pub fn embedded() -> &'static Self {
        static TABLE: LazyLock<Table> = LazyLock::new(|| {
            // A test reads it, so the default is never taken.
            parse_table("lifecycle.toml", include_str!("../../data/lifecycle.toml")).unwrap_or_default()
        });
        &TABLE
    }

    /// All releases, in the order of the file.
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// This table with the rows of `other` instead of its own for the same release.
    #[must_use]
    pub fn overridden_by(mut self, other: Self) -> Self {
        let keys: BTreeSet<_> = other.releases.iter().map(Release::key).collect();
        self.releases.retain(|row| !keys.contains(&row.key()));
        drop(keys);
        self.releases.extend(other.releases);
        self
    }

    /// The row about this release: by version, else by codename.
    pub fn find(&self, id: &str, version: Option<&str>, codename: Option<&str>) -> Option<&Release> {
        let rows = self.releases.iter().filter(|row| row.id == id);
        let fitting = rows.filter_map(|row| Some((row.fit(version, codename)?, row)));
        fitting.max_by_key(|(fit, _)| *fit).map(|(_, row)| row)
    }
}

/// Whether `pattern` (see [`Release::version`]) fits `version`.
fn fits(pattern: &str, version: &str) -> bool {
    if let Some(exact) = pattern.strip_prefix('=') {
        return exact == version;
    }
    version.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    some_day(deserializer).map(Some)
}

/// A local date of TOML; one with a time has no place here.
fn some_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let found = toml::value::Datetime::deserialize(deserializer)?;
    let date = match (found.date, found.time, found.offset) {
        (Some(date), None, None) => {
            let month = Month::try_from(date.month).ok();
            month.and_then(|month| Date::from_calendar_date(i32::from(date.year), month, date.day).ok())
        }
        _ => None,
    };
    date.ok_or_else(|| serde::de::Error::custom(format!("'{found}' is no day like 2026-08-31")))
}
