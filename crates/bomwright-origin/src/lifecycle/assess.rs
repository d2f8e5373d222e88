//! Which phase of its life a distribution is in on a given day.

use bomwright_model::{Distribution, Evidence, Reason};
use time::{Date, Month};

use super::{Release, Surroundings, Table, paid};

/// Data older than this many days is warned about.
pub const STALE_DAYS: i64 = 180;

/// The phase that a distribution is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It gets all updates.
    Supported,
    /// It gets security updates only.
    SecurityOnly,
    /// Long-term support: fewer packages or another team, but for everybody.
    Lts,
    /// Only who pays gets updates, and the image shows that somebody does.
    PaidExtension,
    /// It gets no updates; or only for money, and the image shows no sign of that.
    EndOfLife,
    /// It has no releases and no end; the age of its packages counts instead.
    Rolling,
    /// It was not released yet.
    PreRelease,
    /// Nothing is known about it.
    Unknown,
}

impl Status {
    /// Every status.
    pub const ALL: &'static [Self] = &[
        Self::Supported,
        Self::SecurityOnly,
        Self::Lts,
        Self::PaidExtension,
        Self::EndOfLife,
        Self::Rolling,
        Self::PreRelease,
        Self::Unknown,
    ];

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::SecurityOnly => "security-only",
            Self::Lts => "lts",
            Self::PaidExtension => "paid-extension",
            Self::EndOfLife => "end-of-life",
            Self::Rolling => "rolling",
            Self::PreRelease => "pre-release",
            Self::Unknown => "unknown",
        }
    }
}

/// The dates of a release; every end is the last day of its phase.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dates {
    /// The release.
    pub release: Option<Date>,
    /// End of all updates.
    pub full_end: Option<Date>,
    /// End of security updates for everybody.
    pub security_end: Option<Date>,
    /// End of long-term support for everybody.
    pub lts_end: Option<Date>,
    /// End of what must be paid for.
    pub paid_end: Option<Date>,
    /// End of a second extension that must be paid for.
    pub legacy_end: Option<Date>,
}

impl Dates {
    /// Every date with its key in the table, in the order in which they must follow each other.
    pub const fn named(&self) -> [(&'static str, Option<Date>); 6] {
        [
            ("release", self.release),
            ("full-end", self.full_end),
            ("security-end", self.security_end),
            ("lts-end", self.lts_end),
            ("paid-end", self.paid_end),
            ("legacy-end", self.legacy_end),
        ]
    }
}

/// What is known about the support of a distribution on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    /// The phase.
    pub status: Status,
    /// What people call the release, e.g. `debian 12 (bookworm)`; `None` when the table has none.
    pub release: Option<String>,
    /// The point release that the image is at, e.g. `12.5`.
    pub point_release: Option<String>,
    /// The last day of the phase; after the end, of the last phase that was open to this image.
    pub until: Option<Date>,
    /// All dates of the release.
    pub dates: Dates,
    /// Days between the data and the day that was asked about; `None` without data.
    pub data_age_days: Option<i64>,
    /// Why: what was matched, what was seen, what may be wrong. The deciding one first.
    pub reasons: Vec<Reason>,
}

impl Support {
    /// Whether the data are so old that the answer may be wrong. What has ended or never ends does not change.
    pub fn is_stale(&self) -> bool {
        let changes = !matches!(self.status, Status::EndOfLife | Status::Rolling);
        changes && self.data_age_days.is_some_and(|days| days > STALE_DAYS)
    }
}

/// The phase that `distribution` is in on the day `now`, by `table`.
pub fn assess(
    distribution: Option<&Distribution>,
    surroundings: &Surroundings<'_>,
    table: &Table,
    now: Date,
) -> Support {
    let Some(distribution) = distribution else {
        return unknown("no-os-release", "no os-release says which distribution it is".to_owned(), None);
    };
    let subject = Subject::of(distribution, surroundings);
    let row = table.find(&subject.id, subject.version, subject.codename);
    let mut support = if let Some(row) = row {
        by_row(row, &subject, surroundings, now)
    } else {
        let detail = format!("{} is not in the table", subject.title());
        unknown("unknown-release", detail, Some(distribution))
    };
    if support.status == Status::Unknown {
        support_end(&mut support, distribution, now);
    }
    if let Some(row) = row.filter(|_| support.status == Status::EndOfLife) {
        later_minor(&mut support, row, table, now);
    }
    point_release(&mut support, distribution, surroundings);
    if support.is_stale() {
        let days = support.data_age_days.unwrap_or_default();
        let detail = format!("the lifecycle data are {days} days old");
        support.reasons.push(Reason { rule: "stale-data".to_owned(), detail, evidence: None });
    }
    support
}

/// What to look for.
struct Subject<'a> {
    id: String,
    version: Option<&'a str>,
    codename: Option<&'a str>,
    /// The image itself says that it was made before the release.
    early: bool,
    place: Option<Evidence>,
}

impl<'a> Subject<'a> {
    fn of(distribution: &'a Distribution, surroundings: &Surroundings<'a>) -> Self {
        let pretty = distribution.pretty_name.as_deref().unwrap_or_default();
        let mut id = distribution.id.to_ascii_lowercase();
        let mut version = distribution.version.as_deref();
        let mut codename = distribution.codename.as_deref();
        let mut early = pretty.to_ascii_lowercase().contains("(development branch)")
            || (id == "fedora" && pretty.contains("Prerelease"));
        let major = version.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
        if id == "centos" && (pretty.contains("Stream") || major.is_some_and(|major| major > 8)) {
            // Same ID as CentOS Linux, another life; from 9 on there is nothing else.
            "centos-stream".clone_into(&mut id);
        } else if id == "fedora" && pretty.contains("Rawhide") {
            (version, codename) = (None, Some("rawhide"));
        } else if id == "alpine" && version.is_some_and(|version| version.contains("_alpha")) {
            (version, codename) = (None, Some("edge"));
        } else if id == "alpine" && version.is_some_and(|version| version.contains("_rc")) {
            version = version.and_then(|version| version.split("_rc").next());
            early = true;
        } else if id == "debian" && version.is_none() {
            codename = debian_codename(distribution, surroundings);
            early = true;
        }
        let place = Some(Evidence::new(distribution.path.as_str(), "os-release"));
        Self { id, version, codename, early, place }
    }

    fn title(&self) -> String {
        match self.version.or(self.codename) {
            Some(version) => format!("{} {version}", self.id),
            None => format!("{} without VERSION_ID", self.id),
        }
    }
}

/// The codename of Debian's testing or unstable, which have no `VERSION_ID`. Both say `trixie/sid` where they
/// have no codename; only apt's sources tell them apart.
fn debian_codename<'a>(distribution: &'a Distribution, surroundings: &Surroundings<'a>) -> Option<&'a str> {
    let mut suites =
        surroundings.values("apt-source").filter_map(|(_, value)| value.split_ascii_whitespace().nth(1));
    if suites.any(|suite| matches!(suite, "sid" | "unstable")) {
        return Some("sid");
    }
    let both = |text: &'a str| text.split_ascii_whitespace().last()?.strip_suffix("/sid");
    let pretty = distribution.pretty_name.as_deref();
    let file = surroundings.values("debian-version").map(|(_, value)| value).next();
    distribution.codename.as_deref().or_else(|| pretty.and_then(both)).or_else(|| file.and_then(both))
}

fn by_row(row: &Release, subject: &Subject<'_>, surroundings: &Surroundings<'_>, now: Date) -> Support {
    let extensions = paid::extensions(surroundings);
    let (status, until, paid_for) = phase(row, &extensions, now, subject.early);
    let title = row.title();
    let detail = match (status, until) {
        (Status::Rolling, _) => format!("{title} is rolling: it has no releases and no end"),
        (Status::PreRelease, _) => match row.release.filter(|day| now < *day) {
            Some(day) => format!("{title} is released on {day}"),
            None => format!("{title} was not released when the image was made"),
        },
        (Status::Unknown, _) => format!("no end of {title} is known"),
        (Status::EndOfLife, Some(day)) => format!("{title} ended on {day}"),
        (status, Some(day)) => format!("{title} is {} until {day}", status.as_str()),
        (status, None) => format!("{title} is {}", status.as_str()),
    };
    let detail = format!("{detail} (source: {}, as of {})", row.source, row.as_of);
    let mut reasons =
        vec![Reason { rule: "lifecycle-table".to_owned(), detail, evidence: subject.place.clone() }];
    reasons.extend(paid_for.cloned());
    if status == Status::EndOfLife {
        let missed = [(row.paid_end, &row.paid_name), (row.legacy_end, &row.legacy_name)];
        for (end, name) in missed {
            if let (Some(end), Some(name)) = (end.filter(|end| now <= *end), name) {
                let detail =
                    format!("{name} goes on until {end}, but nothing in the image shows that it is used");
                reasons.push(Reason { rule: "no-paid-evidence".to_owned(), detail, evidence: None });
            }
        }
    }
    Support {
        status,
        release: Some(title),
        point_release: None,
        until,
        dates: row.dates(),
        data_age_days: Some((now - row.as_of).whole_days().max(0)),
        reasons,
    }
}

/// The phase, its last day, and the evidence that it is paid for.
fn phase<'a>(
    row: &Release,
    extensions: &'a [paid::Extension],
    now: Date,
    early: bool,
) -> (Status, Option<Date>, Option<&'a Reason>) {
    if row.rolling {
        return (Status::Rolling, None, None);
    }
    if row.release.is_none_or(|day| now < day) {
        return (Status::PreRelease, None, None);
    }
    let free = [
        (Status::Supported, row.full_end),
        (Status::SecurityOnly, row.security_end),
        (Status::Lts, row.lts_end),
    ];
    let mut last = None;
    for (status, end) in free {
        let Some(end) = end else { continue };
        if now <= end {
            return if early { (Status::PreRelease, None, None) } else { (status, Some(end), None) };
        }
        last = Some(end);
    }
    for (end, name) in [(row.paid_end, &row.paid_name), (row.legacy_end, &row.legacy_name)] {
        let used = extensions.iter().find(|extension| name.as_deref() == Some(extension.name));
        let (Some(end), Some(used)) = (end, used) else { continue };
        if now <= end {
            return (Status::PaidExtension, Some(end), Some(&used.reason));
        }
        last = Some(end);
    }
    match last {
        Some(last) => (Status::EndOfLife, Some(last), None),
        None if early => (Status::PreRelease, None, None),
        None => (Status::Unknown, None, None),
    }
}

/// What the image says of its own end, where the table says nothing.
fn support_end(support: &mut Support, distribution: &Distribution, now: Date) {
    let Some(text) = &distribution.support_end else { return };
    let evidence = Some(Evidence::new(distribution.path.as_str(), "os-release"));
    let Some(end) = parse_day(text) else {
        let detail = format!("SUPPORT_END is '{text}', which is no day");
        support.reasons.push(Reason { rule: "support-end".to_owned(), detail, evidence });
        return;
    };
    support.status = if now <= end { Status::Supported } else { Status::EndOfLife };
    support.until = Some(end);
    support.dates.full_end = Some(end);
    let detail = format!("the image says that its support ends on {end}");
    support.reasons.insert(0, Reason { rule: "support-end".to_owned(), detail, evidence });
}

/// Says so where a minor release has ended but the major one goes on.
fn later_minor(support: &mut Support, row: &Release, table: &Table, now: Date) {
    let Some((major, _)) = row.version.as_deref().and_then(|version| version.split_once('.')) else { return };
    let Some(whole) = table.find(&row.id, Some(major), None) else { return };
    let (status, until, _) = phase(whole, &[], now, false);
    if let (Status::Supported | Status::SecurityOnly | Status::Lts, Some(until)) = (status, until) {
        let detail = format!(
            "{} is {} until {until}: a later minor release has updates",
            whole.title(),
            status.as_str()
        );
        support.reasons.push(Reason { rule: "superseded-minor".to_owned(), detail, evidence: None });
    }
}

/// Debian's os-release names the major release only; `etc/debian_version` names the point release.
fn point_release(support: &mut Support, distribution: &Distribution, surroundings: &Surroundings<'_>) {
    let (Some(version), "debian") = (&distribution.version, distribution.id.as_str()) else { return };
    let mut found = surroundings.values("debian-version");
    let point = found
        .find(|(_, value)| value.strip_prefix(version.as_str()).is_some_and(|rest| rest.starts_with('.')));
    if let Some((path, value)) = point {
        support.point_release = Some(value.to_owned());
        let evidence = Some(Evidence::new(path, "lifecycle"));
        let detail = format!("the point release is {value}");
        support.reasons.push(Reason { rule: "point-release".to_owned(), detail, evidence });
    }
}

fn unknown(rule: &str, detail: String, distribution: Option<&Distribution>) -> Support {
    let evidence = distribution.map(|it| Evidence::new(it.path.as_str(), "os-release"));
    Support {
        status: Status::Unknown,
        release: None,
        point_release: None,
        until: None,
        dates: Dates::default(),
        data_age_days: None,
        reasons: vec![Reason { rule: rule.to_owned(), detail, evidence }],
    }
}

/// `YYYY-MM-DD` (os-release(5), `SUPPORT_END`).
fn parse_day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    let right = digits(year, 4) && digits(month, 2) && digits(day, 2) && parts.next().is_none();
    let month = Month::try_from(month.parse::<u8>().ok().filter(|_| right)?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}
