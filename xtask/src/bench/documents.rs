//! `cargo xtask bench documents`: what reading and writing a large document costs in each format, beside the crates that
//! know the format and a peer that converts, in one run.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::{Cost, build, cost, keep, mebibytes, pairs};

const USAGE: &str = "\
usage: cargo xtask bench documents [--runs N] [--peer PROGRAM] [--write]

  --runs N        runs of each command (default 5)
  --peer PROGRAM  syft's executable (default: syft, left out when it is not there)
  --write         write the table into docs/benchmarks.md; else it is only printed";

/// Packages of the document; each has four dependencies.
const PACKAGES: usize = 50_000;
/// Each format with its name for the peer, if the peer writes it.
const FORMATS: &[(&str, &str)] = &[
    ("json", ""),
    ("cyclonedx-json@1.5", "cyclonedx-json@1.5"),
    ("cyclonedx-json@1.6", "cyclonedx-json@1.6"),
    ("cyclonedx-xml@1.6", "cyclonedx-xml@1.6"),
    ("spdx-json@2.3", "spdx-json@2.3"),
    ("spdx-tag-value@2.3", "spdx-tag-value@2.3"),
    ("spdx-json@3.0.1", ""),
];
/// The crates that know a format, as `xtask through` calls them.
const CRATES: &[(&str, &str)] = &[("cyclonedx-bom", "cyclonedx-json@1.5"), ("spdx-rs", "spdx-json@2.3")];

/// Runs the command.
pub(crate) fn run(mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let (mut runs, mut save, mut peer) = (5, false, "syft".to_owned());
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--runs" => runs = value()?.parse().context("--runs needs a number")?,
            "--peer" => peer = value()?,
            "--write" => save = true,
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(());
            }
            other => bail!("unknown option `{other}`\n\n{USAGE}"),
        }
    }
    let ours = build()?;
    let scratch = std::env::temp_dir().join(format!("bomwright-bench-documents-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let table = measure(&ours, &peer, &scratch, runs)?;
    fs::remove_dir_all(&scratch)?;
    print!("{table}");
    if save { keep("documents", &table) } else { Ok(()) }
}

fn measure(ours: &Path, peer: &str, scratch: &Path, runs: usize) -> Result<String> {
    let mut table = String::from(
        "| format | MiB | program | read: CPU s | write: CPU s | peak MiB, reading and writing | x the document |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let ours = text(ours)?;
    let base = scratch.join("base.json");
    let made = pairs::write(PACKAGES, scratch)?;
    convert(ours, &made.old, "json", &base)?;
    // The list of purls is the cheapest thing to write: converting to it is reading, give or take a millisecond.
    let read =
        |document: &Path| cost(runs, &[ours, "convert", text(document)?, "-o", "purls", "--quiet"], scratch);
    let from = read(&base)?;
    for (format, theirs) in FORMATS {
        let document = scratch.join(format.replace('@', "-"));
        convert(ours, &base, format, &document)?;
        let (reading, both) = (
            read(&document)?,
            cost(runs, &[ours, "convert", text(&base)?, "-o", format, "--quiet"], scratch)?,
        );
        let writing = Cost { cpu: both.cpu - from.cpu, ..both };
        row(&mut table, format, &document, "bomwright", reading, Some(writing))?;
        for (name, _) in CRATES.iter().filter(|(_, known)| known == format) {
            let own = std::env::current_exe()?;
            let through =
                |what: &str| cost(runs, &[text(&own)?, "through", name, what, text(&document)?], scratch);
            let (reading, both) = (through("read")?, through("write")?);
            let writing = Cost { cpu: both.cpu - reading.cpu, ..both };
            row(&mut table, format, &document, name, reading, Some(writing))?;
        }
        if !theirs.is_empty() && Command::new(peer).arg("--version").output().is_ok() {
            // It reads and writes the same format, which is all that can be asked of it.
            let target = format!("{theirs}=/dev/null");
            match cost(runs.min(3), &[peer, "-q", "convert", text(&document)?, "-o", &target], scratch) {
                Ok(both) => row(&mut table, format, &document, "syft convert, both", both, None)?,
                Err(_) => eprintln!("skipped: syft does not convert {format}"),
            }
        }
    }
    Ok(table)
}

fn convert(ours: &str, from: &Path, format: &str, to: &Path) -> Result<()> {
    let target = format!("{format}={}", to.display());
    let status = Command::new(ours).args(["convert", text(from)?, "-o", &target, "--quiet"]).status()?;
    ensure!(status.success(), "converting to {format} failed");
    Ok(())
}

fn row(
    table: &mut String,
    format: &str,
    document: &Path,
    program: &str,
    reading: Cost,
    writing: Option<Cost>,
) -> Result<()> {
    let size = mebibytes(document)?;
    let peak = writing.map_or(reading.peak, |writing| writing.peak.max(reading.peak));
    let writing = writing.map_or_else(String::new, |writing| format!("{:.2}", writing.cpu));
    let times = peak / size;
    writeln!(
        table,
        "| {format} | {size:.0} | {program} | {:.2} | {writing} | {peak:.0} | {times:.1} |",
        reading.cpu
    )?;
    Ok(())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is no UTF-8")
}

/// `xtask through CRATE read|write FILE`: reads a document with one of the crates alone, and writes it to nowhere.
pub(crate) fn through(mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let mut next = || arguments.next().context("usage: xtask through CRATE read|write FILE");
    let (name, what, file) = (next()?, next()?, next()?);
    let bytes = fs::read(&file)?;
    let writes = what == "write";
    match name.as_str() {
        "cyclonedx-bom" => {
            let bom = cyclonedx_bom::prelude::Bom::parse_from_json_v1_5(bytes.as_slice())?;
            if writes {
                bom.output_as_json_v1_5(&mut std::io::sink())?;
            }
        }
        "spdx-rs" => {
            let document: spdx_rs::models::SPDX = serde_json::from_slice(&bytes)?;
            if writes {
                serde_json::to_writer(std::io::sink(), &document)?;
            }
        }
        other => bail!("no crate `{other}` is known here"),
    }
    Ok(())
}
