//! `cargo xtask bench diff`: comparing two documents, beside the peers, in one run.
//!
//! The documents are made with a known difference, and what we say of it is checked before anything is timed.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::pairs::{Pair, Truth, write};
use super::{Cost, build, cost_of, keep};

const USAGE: &str = "\
usage: cargo xtask bench diff [--runs N] [--bomdrift PROGRAM] [--sbom-tools PROGRAM] [--write]

  --runs N                runs of each command (default 5)
  --bomdrift PROGRAM      bomdrift's executable (default: bomdrift, left out when it is not there)
  --sbom-tools PROGRAM    sbom-tools' executable (default: sbom-tools, left out when it is not there)
  --write                 write the table into docs/benchmarks.md; else it is only printed";

/// Components a side.
const SIZES: &[usize] = &[200, 5000, 50_000];
/// Processes in a row that one figure of a small pair is made of: their time is below the clock's resolution.
const REPEATED: usize = 40;
/// What keeps bomdrift from the network.
const QUIET: &[&str] = &["--no-osv", "--no-epss", "--no-kev", "--no-maintainer-age", "--no-registry"];

/// Runs the command.
pub(crate) fn run(mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let (mut runs, mut save) = (5, false);
    let (mut bomdrift, mut sbom_tools) = ("bomdrift".to_owned(), "sbom-tools".to_owned());
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--runs" => runs = value()?.parse().context("--runs needs a number")?,
            "--bomdrift" => bomdrift = value()?,
            "--sbom-tools" => sbom_tools = value()?,
            "--write" => save = true,
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(());
            }
            other => bail!("unknown option `{other}`\n\n{USAGE}"),
        }
    }
    let ours = build()?;
    let scratch = std::env::temp_dir().join(format!("bomwright-bench-diff-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let mut table = String::from(
        "| components a side | program | CPU s | peak MiB | CPU against ours | peak against ours |\n|---|---|---|---|---|---|\n",
    );
    for &size in SIZES {
        let pair = write(size, &scratch)?;
        check(&ours, &pair)?;
        for row in measure(&pair, &ours, &bomdrift, &sbom_tools, &scratch, runs)? {
            print!("{row}");
            table.push_str(&row);
        }
    }
    fs::remove_dir_all(&scratch)?;
    if save { keep("diff", &table) } else { Ok(()) }
}

/// What we say of the pair must be what was made.
fn check(ours: &Path, pair: &Pair) -> Result<()> {
    let output = Command::new(ours).arg("diff").args([&pair.old, &pair.new]).args(["-o", "json"]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let delta: Value = serde_json::from_slice(&output.stdout)?;
    let count = |key: &str| {
        let count = delta.pointer(&format!("/summary/{key}")).and_then(Value::as_u64);
        count.and_then(|it| usize::try_from(it).ok()).unwrap_or(0)
    };
    let found = Truth {
        added: count("added"),
        removed: count("removed"),
        upgraded: count("upgraded"),
        downgraded: count("downgraded"),
        licenses: count("licenses"),
    };
    ensure!(found == pair.truth, "{} components: found {found:?}, made {:?}", pair.components, pair.truth);
    Ok(())
}

fn measure(
    pair: &Pair,
    ours: &Path,
    bomdrift: &str,
    sbom_tools: &str,
    scratch: &Path,
    runs: usize,
) -> Result<Vec<String>> {
    let (old, new) = (text(&pair.old)?, text(&pair.new)?);
    let programs: [(&str, &str, Vec<&str>); 3] = [
        ("bomwright", text(ours)?, vec!["diff", old, new, "-o", "json"]),
        // Only the comparison: nothing is asked of the network.
        ("bomdrift", bomdrift, [&["diff", old, new, "--output", "json"][..], QUIET].concat()),
        ("sbom-tools", sbom_tools, vec!["diff", old, new, "-o", "json"]),
    ];
    let mut rows = Vec::new();
    let mut first: Option<Cost> = None;
    for (name, program, arguments) in programs {
        if Command::new(program).arg("--version").output().is_err() {
            eprintln!("skipped: {name} is not there");
            continue;
        }
        let program: Vec<&str> = std::iter::once(program).chain(arguments).collect();
        let cost = repeated(pair.components, &program, scratch, runs)?;
        let ours = *first.get_or_insert(cost);
        let mut row = String::new();
        writeln!(
            row,
            "| {} | {name} | {:.4} | {:.1} | {:.2} | {:.2} |",
            pair.components,
            cost.cpu,
            cost.peak,
            cost.cpu / ours.cpu.max(1e-9),
            cost.peak / ours.peak.max(1e-9)
        )?;
        rows.push(row);
    }
    Ok(rows)
}

/// The cost of one run; of small pairs from many in a row.
fn repeated(components: usize, program: &[&str], scratch: &Path, runs: usize) -> Result<Cost> {
    if components > 1000 {
        return cost_of(runs, program, &[0, 1], scratch);
    }
    let quoted: Vec<String> = program.iter().map(|word| format!("'{word}'")).collect();
    let script = format!("for i in $(seq {REPEATED}); do {} >/dev/null; done", quoted.join(" "));
    let mut cost = cost_of(runs, &["sh", "-c", &script], &[0, 1], scratch)?;
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let times = REPEATED as f64;
    cost.cpu /= times;
    cost.wall /= times;
    Ok(cost)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is no UTF-8")
}
