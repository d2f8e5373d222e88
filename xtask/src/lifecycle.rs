//! `cargo xtask lifecycle`: holds the Debian and Ubuntu rows of the lifecycle table against the dates that the Debian
//! package `distro-info-data` has installed on this machine, and writes them anew on demand.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

const USAGE: &str = "\
usage: cargo xtask lifecycle [--write] [--data DIRECTORY] [--as-of YYYY-MM-DD]

Compares the Debian and Ubuntu rows of crates/bomwright-origin/data/lifecycle.toml with the installed package
distro-info-data; fails with a list when a date disagrees.
  --write            write those rows anew, with their source and day
  --data DIRECTORY   where debian.csv and ubuntu.csv are [default: /usr/share/distro-info]
  --as-of DAY        the day of the data [default: that of the package's newest changelog entry]";

const BEGIN: &str = "  # begin distro-info-data";
const END: &str = "  # end distro-info-data";
const PACKAGE: &str = "distro-info-data";

/// Runs the command.
pub(crate) fn run(mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let (mut write, mut data, mut as_of) = (false, PathBuf::from("/usr/share/distro-info"), None);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} needs a value\n\n{USAGE}"));
        match argument.as_str() {
            "--write" => write = true,
            "--data" => data = value()?.into(),
            "--as-of" => as_of = Some(value()?),
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(());
            }
            other => bail!("unknown option `{other}`\n\n{USAGE}"),
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/bomwright-origin/data/lifecycle.toml");
    let table = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let read = |name: &str| {
        let path = data.join(name);
        fs::read_to_string(&path)
            .with_context(|| format!("reading {}; is {PACKAGE} installed?", path.display()))
    };
    let rows = rows(&read("debian.csv")?, &read("ubuntu.csv")?)?;
    let (before, old, after) = split(&table)?;
    if write {
        let as_of = as_of.map_or_else(day_of_the_package, Ok)?;
        let new = render(&rows, &format!("{PACKAGE} {}", version()?), &as_of);
        fs::write(&path, format!("{before}{new}{after}"))?;
        println!("{} rows written, as of {as_of}", rows.len());
        return Ok(());
    }
    let faults = differences(&rows, old);
    ensure!(
        faults.is_empty(),
        "{} of {} rows disagree with {PACKAGE}:\n{}",
        faults.len(),
        rows.len(),
        faults.join("\n")
    );
    println!("{} rows agree with {PACKAGE}", rows.len());
    Ok(())
}

/// A row without source and day: the keys and their values as TOML.
type Row = Vec<(&'static str, String)>;

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// The rows of both files. Debian before 7 and Ubuntu before 14.04 are in no image that anybody has.
fn rows(debian: &str, ubuntu: &str) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for record in records(debian)? {
        let codename = quoted(field(&record, "series")?);
        let Some(version) = record.get("version").filter(|version| !version.is_empty()) else {
            if codename == "\"sid\"" {
                let rolling = ("rolling", "true".to_owned());
                rows.push(vec![("id", quoted("debian")), ("codename", codename), rolling]);
            }
            continue;
        };
        if version.parse::<f32>()? < 7.0 {
            continue;
        }
        let mut row = vec![("id", quoted("debian")), ("version", quoted(version)), ("codename", codename)];
        dates(
            &mut row,
            &record,
            &[
                ("release", "release", None),
                ("eol", "full-end", None),
                ("eol-lts", "lts-end", None),
                ("eol-elts", "paid-end", Some(("paid-name", "ELTS"))),
            ],
        )?;
        rows.push(row);
    }
    for record in records(ubuntu)? {
        let version = field(&record, "version")?.trim_end_matches(" LTS");
        if version.parse::<f32>()? < 14.04 {
            continue;
        }
        let codename = quoted(field(&record, "series")?);
        let mut row = vec![("id", quoted("ubuntu")), ("version", quoted(version)), ("codename", codename)];
        dates(
            &mut row,
            &record,
            &[
                ("release", "release", None),
                ("eol", "full-end", None),
                ("eol-esm", "paid-end", Some(("paid-name", "ESM"))),
                ("eol-legacy", "legacy-end", Some(("legacy-name", "Legacy"))),
            ],
        )?;
        rows.push(row);
    }
    ensure!(rows.len() > 20, "only {} releases were found", rows.len());
    Ok(rows)
}

/// A column, the key that it becomes, and the key and value that come with it.
type Column = (&'static str, &'static str, Option<(&'static str, &'static str)>);

fn dates(row: &mut Row, record: &BTreeMap<&str, &str>, columns: &[Column]) -> Result<()> {
    for (column, key, companion) in columns {
        let Some(date) = record.get(column).filter(|date| !date.is_empty()) else { continue };
        ensure!(is_day(date), "'{date}' in column {column} is no day");
        row.push((key, (*date).to_owned()));
        row.extend(companion.map(|(key, value)| (key, quoted(value))));
    }
    Ok(())
}

/// The lines of a file without quotes, by column. Short lines lack the last columns.
fn records(text: &str) -> Result<Vec<BTreeMap<&str, &str>>> {
    let mut lines = text.lines();
    let header: Vec<_> = lines.next().context("an empty file")?.split(',').collect();
    ensure!(!text.contains('"'), "quoted fields are not read");
    Ok(lines
        .filter(|line| !line.is_empty())
        .map(|line| header.iter().copied().zip(line.split(',')).collect())
        .collect())
}

fn field<'a>(record: &BTreeMap<&str, &'a str>, column: &str) -> Result<&'a str> {
    record.get(column).copied().with_context(|| format!("no column {column}"))
}

fn is_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// The table before, between and after the marks.
fn split(table: &str) -> Result<(&str, &str, &str)> {
    let marks = format!("the table has no lines '{BEGIN}' and '{END}'");
    let (before, rest) = table.split_once(BEGIN).context(marks.clone())?;
    let (old, after) = rest.split_once(END).context(marks)?;
    let (head, tail) = (before.len() + BEGIN.len() + 1, after.len() + END.len());
    let start = table.get(..head).context("nothing follows the first mark")?;
    let end = table.get(table.len() - tail..).context("no second mark")?;
    Ok((start, old.trim_start_matches('\n'), end))
}

fn render(rows: &[Row], source: &str, as_of: &str) -> String {
    let mut text = String::new();
    for row in rows {
        let pairs: Vec<_> = row.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {{ {}, source = {}, as-of = {as_of} }},", pairs.join(", "), quoted(source));
    }
    text
}

/// What is said of releases whose dates are other ones here and there, or that only one side has.
fn differences(rows: &[Row], old: &str) -> Vec<String> {
    let ours: BTreeMap<_, _> = old
        .lines()
        .filter(|line| line.trim_start().starts_with('{'))
        .map(|line| {
            let facts = line.trim().trim_start_matches("{ ").split(", source = ").next().unwrap_or_default();
            (title(facts), facts.to_owned())
        })
        .collect();
    let theirs: BTreeMap<_, _> = rows
        .iter()
        .map(|row| {
            let pairs: Vec<_> = row.iter().map(|(key, value)| format!("{key} = {value}")).collect();
            let facts = pairs.join(", ");
            (title(&facts), facts)
        })
        .collect();
    let mut faults = Vec::new();
    for (title, facts) in &theirs {
        match ours.get(title) {
            None => faults.push(format!("  {title}: the table lacks {facts}")),
            Some(known) if known != facts => {
                faults.push(format!("  {title}: the table has {known}\n    the package {facts}"));
            }
            Some(_) => {}
        }
    }
    let extra = ours.keys().filter(|title| !theirs.contains_key(*title));
    faults.extend(extra.map(|title| format!("  {title}: only the table has it")));
    faults
}

/// `debian 12`, from the first two pairs.
fn title(facts: &str) -> String {
    let values = facts.split(", ").take(2).filter_map(|pair| pair.split_once(" = "));
    values.map(|(_, value)| value.trim_matches('"')).collect::<Vec<_>>().join(" ")
}

/// The installed version of the package.
fn version() -> Result<String> {
    let output = Command::new("dpkg-query").args(["-W", "-f", "${Version}", PACKAGE]).output();
    let output = output.context("starting dpkg-query")?;
    ensure!(output.status.success(), "dpkg-query does not know {PACKAGE}");
    Ok(String::from_utf8(output.stdout)?)
}

/// The day of the newest entry of the package's changelog.
fn day_of_the_package() -> Result<String> {
    let path = Path::new("/usr/share/doc").join(PACKAGE).join("changelog.gz");
    let file = fs::File::open(&path)
        .with_context(|| format!("opening {}; give --as-of where it is missing", path.display()))?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).take(1 << 20).read_to_string(&mut text)?;
    day_of_changelog(&text).context("the changelog has no entry with a day")
}

/// `2026-04-25` of ` -- Name <address>  Sat, 25 Apr 2026 09:18:53 -0400` (deb-changelog(5)).
fn day_of_changelog(text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(" -- "))?;
    let (_, date) = line.rsplit_once(", ")?;
    let mut words = date.split_ascii_whitespace();
    let (day, month, year) = (words.next()?.parse::<u8>().ok()?, words.next()?, words.next()?);
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months.iter().position(|name| *name == month)? + 1;
    let found = format!("{year}-{month:02}-{day:02}");
    is_day(&found).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEBIAN: &str = "\
version,codename,series,created,release,eol,eol-lts,eol-elts
6.0,Squeeze,squeeze,2009-02-14,2011-02-06,2014-05-31,2016-02-29
11,Bullseye,bullseye,2019-07-06,2021-08-14,2024-08-14,2026-08-31,2031-06-30
14,Forky,forky,2025-08-09
,Sid,sid,1993-08-16
,Experimental,experimental,1993-08-16
";

    /// As many releases as the smallest file that is taken for whole.
    fn ubuntu() -> String {
        let mut text =
            "version,codename,series,created,release,eol,eol-server,eol-esm,eol-legacy\n".to_owned();
        text += "13.10,S,saucy,2013-04-25,2013-10-17,2014-07-17\n";
        text += "14.04 LTS,T,trusty,2013-10-17,2014-04-17,2019-04-25,2019-04-25,2024-04-25,2026-04-28\n";
        for year in 20..40 {
            writeln!(text, "{year}.10,X,x{year},2019-10-17,2019-10-17,2020-07-17").unwrap();
        }
        text
    }

    #[test]
    fn rows_are_made_of_the_columns() {
        let rows = rows(DEBIAN, &ubuntu()).unwrap();
        let text = render(&rows, "s", "2026-04-25");
        let mut lines = text.lines();
        let mut next = || lines.next().unwrap();
        assert_eq!(
            next(),
            "  { id = \"debian\", version = \"11\", codename = \"bullseye\", release = 2021-08-14, full-end = 2024-08-14, \
             lts-end = 2026-08-31, paid-end = 2031-06-30, paid-name = \"ELTS\", source = \"s\", as-of = 2026-04-25 },"
        );
        assert!(next().starts_with("  { id = \"debian\", version = \"14\", codename = \"forky\", source"));
        assert!(next().starts_with("  { id = \"debian\", codename = \"sid\", rolling = true, source"));
        assert!(next().contains(
            "version = \"14.04\", codename = \"trusty\", release = 2014-04-17, full-end = 2019-04-25, \
            paid-end = 2024-04-25, paid-name = \"ESM\", legacy-end = 2026-04-28, legacy-name = \"Legacy\""
        ));
        assert_eq!(rows.len(), 24);
        assert!(super::rows(DEBIAN, "version,series\n").is_err());
        assert!(super::rows(&DEBIAN.replace("2021-08-14", "14.8.2021"), &ubuntu()).is_err());
    }

    #[test]
    fn every_disagreement_is_listed() {
        let rows = rows(DEBIAN, &ubuntu()).unwrap();
        let good = render(&rows, "old", "2020-01-01");
        let table = format!("# x\nrelease = [\n{BEGIN}\n{good}{END}\n  {{ id = \"y\" }},\n]\n");
        let (before, old, after) = split(&table).unwrap();
        assert_eq!(format!("{before}{old}{after}"), table);
        assert_eq!(old, good);
        assert_eq!(differences(&rows, old), Vec::<String>::new());
        // A date that was different in a tool for years, a release too many, one too few.
        let wrong = good.replace("2026-08-31", "2026-08-14").replace("\"14\"", "\"15\"");
        let faults = differences(&rows, &wrong);
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(
            faults[0].starts_with("  debian 11: the table has") && faults[0].contains("lts-end = 2026-08-14")
        );
        assert!(faults[1].starts_with("  debian 14: the table lacks"));
        assert!(faults[2].starts_with("  debian 15: only the table has it"));
        assert!(split("release = []").is_err());
    }

    #[test]
    fn the_day_is_that_of_the_newest_entry() {
        let text = "distro-info-data (2) x; urgency=medium\n\n  * A.\n\n -- A B <a@b.c>  Sat, 25 Apr 2026 09:18:53 -0400\n\n\
                    distro-info-data (1) x; urgency=medium\n\n -- A B <a@b.c>  Sat, 09 Aug 2025 15:17:37 +0200\n";
        assert_eq!(day_of_changelog(text).as_deref(), Some("2026-04-25"));
        assert_eq!(
            day_of_changelog(" -- A <a>  Sat, 9 Aug 2025 15:17:37 +0200").as_deref(),
            Some("2025-08-09")
        );
        assert_eq!(day_of_changelog("nothing"), None);
    }
}
