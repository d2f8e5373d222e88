//! `cargo xtask bench`: ours, a peer and the floors over the corpus, in one run.
//!
//! Each figure is the median of several runs of a whole process, measured by GNU time: user and system time,
//! wall time, peak memory, blocks written. The floors are what no tool can avoid: one SHA-256 of a plain
//! archive, one decompression of a compressed layer. A second table shows how the time grows with the input.
//! Both go to docs/benchmarks.md.

mod diff;
mod documents;
mod pairs;
mod series;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

const USAGE: &str = "\
usage: cargo xtask bench [--corpus DIR] [--only NAME,...] [--runs N] [--peer PROGRAM] [--write]
       cargo xtask bench diff [--help]
       cargo xtask bench documents [--help]

  --corpus DIR     where `cargo xtask corpus` put the images (default: corpus/ in the repository)
  --only NAME,...  these images (or series: bytes, packages) only
  --runs N         runs of each command (default 5)
  --peer PROGRAM   syft's executable (default: syft, left out when it is not there)
  --write          write docs/benchmarks.md; else the table is only printed";

/// The images of the table, in its order.
const IMAGES: &[&str] =
    &["debian", "python-a", "node-a", "java-a", "go-a", "mariadb", "layers40", "rpm", "big", "empties"];

/// Images whose files `bomwright verify` compares with a package database, and the digest in it: no tool can be
/// faster than that digest of all bytes.
const VERIFIED: &[(&str, &str)] = &[("debian", "md5"), ("python-a", "md5"), ("rpm", "sha256")];

/// Runs the command.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<()> {
    let mut arguments = arguments.peekable();
    if arguments.next_if(|it| it == "diff").is_some() {
        return diff::run(arguments);
    }
    if arguments.next_if(|it| it == "documents").is_some() {
        return documents::run(arguments);
    }
    let Some(options) = Options::parse(arguments)? else {
        println!("{USAGE}");
        return Ok(());
    };
    let ours = build()?;
    let scratch = std::env::temp_dir().join(format!("bomwright-bench-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let mut table = String::from(HEADER);
    for name in options.images() {
        let folder = options.corpus.join(name);
        if !folder.join("image.oci.tar").is_file() {
            eprintln!("skipped: {name} is not built");
            continue;
        }
        for row in measure(name, &folder, &ours, &scratch, &options)? {
            print!("{row}");
            table.push_str(&row);
        }
    }
    let mut growth = String::from(series::HEADER);
    for series in series::SERIES.iter().filter(|series| options.wants(series.name)) {
        for row in series::measure(series, &ours, &scratch, options.runs)? {
            print!("{row}");
            growth.push_str(&row);
        }
    }
    fs::remove_dir_all(&scratch)?;
    if options.write {
        let path = root().join("docs/benchmarks.md");
        let notes = fs::read_to_string(&path).unwrap_or_default();
        let notes = notes.split_once(NOTES).map_or("", |(_, notes)| notes);
        fs::write(&path, format!("{INTRODUCTION}{table}\n{GROWTH}{growth}\n{NOTES}{notes}"))?;
    }
    Ok(())
}

const INTRODUCTION: &str = "\
# Benchmarks

Made by `cargo xtask bench --write`; medians of whole processes, everything in the page cache, results of one run.
CPU is user and system time together. *Floor* is one SHA-256 of the same plain archive (`openssl dgst -sha256`), or one
decompression of the same gzip or zstd layers (the faster of libdeflate and zlib-rs; zstd), to nowhere.

";
const GROWTH: &str = "\
How the time grows: root file systems of 1, 4 and 16 times the size, made by a formula; files of noise in the first
series, packages of dpkg with dependencies, lists and small files in the second. The smaller ones are scanned several
times in a row, and the figures are those of one scan. The last column is 1.00 where the time grows with the size.

";
const NOTES: &str = "<!-- notes -->\n";
const HEADER: &str = "\
| image | MiB | what | CPU s | wall s | peak MiB | written MiB | against |
|---|---|---|---|---|---|---|---|
";

struct Options {
    corpus: PathBuf,
    only: Vec<String>,
    runs: usize,
    peer: String,
    write: bool,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let mut options = Self {
            corpus: root().join("corpus"),
            only: Vec::new(),
            runs: 5,
            peer: "syft".into(),
            write: false,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--corpus" => options.corpus = value()?.into(),
                "--only" => options.only.extend(value()?.split(',').map(str::to_owned)),
                "--runs" => options.runs = value()?.parse().context("--runs needs a number")?,
                "--peer" => options.peer = value()?,
                "--write" => options.write = true,
                "--help" | "-h" => return Ok(None),
                other => bail!("unknown option `{other}`\n\n{USAGE}"),
            }
        }
        Ok(Some(options))
    }

    fn images(&self) -> Vec<&str> {
        if self.only.is_empty() {
            return IMAGES.to_vec();
        }
        let is_series = |name: &str| series::SERIES.iter().any(|series| series.name == name);
        self.only.iter().map(String::as_str).filter(|name| !is_series(name)).collect()
    }

    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

pub(crate) use documents::through;

/// Puts a table into its place of docs/benchmarks.md: between `<!-- name -->` and `<!-- /name -->`.
fn keep(name: &str, table: &str) -> Result<()> {
    let path = root().join("docs/benchmarks.md");
    let before = fs::read_to_string(&path)?;
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n"));
    let missing = |mark: &str| format!("{}: no {mark}", path.display());
    let (head, rest) = before.split_once(&begin).with_context(|| missing(&begin))?;
    let (_, tail) = rest.split_once(&end).with_context(|| missing(&end))?;
    Ok(fs::write(&path, format!("{head}{begin}{table}{end}{tail}"))?)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn build() -> Result<PathBuf> {
    let status = Command::new("cargo")
        .args(["build", "--release", "--package", "bomwright"])
        .current_dir(root())
        .status()?;
    ensure!(status.success(), "the release build failed");
    Ok(root().join("target/release/bomwright"))
}

/// One measured process.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    cpu: f64,
    wall: f64,
    peak: f64,
    written: f64,
}

/// The median of each figure over `runs` runs of `program`, which must succeed.
fn cost(runs: usize, program: &[&str], scratch: &Path) -> Result<Cost> {
    cost_of(runs, program, &[0], scratch)
}

/// The same of a program that may end with one of these exit codes.
fn cost_of(runs: usize, program: &[&str], fine: &[i32], scratch: &Path) -> Result<Cost> {
    let report = scratch.join("time");
    let mut costs = Vec::new();
    for _ in 0..runs {
        let status = Command::new("/usr/bin/time")
            .args(["--quiet", "-f", "%U %S %e %M %O", "-o"])
            .arg(&report)
            .args(program)
            .env("TMPDIR", scratch)
            .env("SYFT_CHECK_FOR_APP_UPDATE", "false")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .context("running GNU time")?;
        let is_fine = status.code().is_some_and(|code| fine.contains(&code));
        ensure!(is_fine, "{} failed", program.join(" "));
        let text = fs::read_to_string(&report)?;
        let figures: Vec<f64> = text.split_whitespace().filter_map(|it| it.parse().ok()).collect();
        let [user, system, wall, peak, blocks] = figures[..] else { bail!("GNU time wrote `{text}`") };
        costs.push(Cost { cpu: user + system, wall, peak: peak / 1024.0, written: blocks / 2048.0 });
    }
    let median = |figure: fn(&Cost) -> f64| {
        let mut figures: Vec<f64> = costs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or_default()
    };
    Ok(Cost {
        cpu: median(|it| it.cpu),
        wall: median(|it| it.wall),
        peak: median(|it| it.peak),
        written: median(|it| it.written),
    })
}

fn measure(name: &str, folder: &Path, ours: &Path, scratch: &Path, options: &Options) -> Result<Vec<String>> {
    let program = ours.to_string_lossy();
    let scan = |archive: &str| -> Result<Cost> {
        let archive = folder.join(archive);
        cost(
            options.runs,
            &[&program, "scan", &archive.to_string_lossy(), "--no-cache", "--quiet", "-o", "cyclonedx-json"],
            scratch,
        )
    };
    let mut rows = Vec::new();
    let plain = folder.join("image.docker.tar");
    if plain.is_file() {
        let size = mebibytes(&plain)?;
        let floor = cost(options.runs, &["openssl", "dgst", "-sha256", &plain.to_string_lossy()], scratch)?;
        let mine = scan("image.docker.tar")?;
        rows.push(row(name, size, "floor: SHA-256 of the plain archive", floor, ""));
        rows.push(row(
            name,
            size,
            "bomwright, plain docker archive",
            mine,
            &format!("{:.2} x the floor's wall", mine.wall / floor.wall),
        ));
        if let Some(peer) = peer(options, &plain, scratch)? {
            let against =
                format!("{:.1} x our CPU, {:.1} x our memory", peer.cpu / mine.cpu, peer.peak / mine.peak);
            rows.push(row(name, size, "syft, plain docker archive", peer, &against));
        }
    }
    if let Some((_, digest)) = VERIFIED.iter().find(|(image, _)| *image == name) {
        rows.extend(verify(name, digest, &plain, ours, scratch, options)?);
    }
    let gzip = folder.join("image.oci.tar");
    if gzip.is_file() {
        let blobs = layers(&gzip, scratch)?;
        let floor = inflate(&blobs, options.runs, scratch)?;
        let mine = scan("image.oci.tar")?;
        rows.push(row(name, mebibytes(&gzip)?, "floor: gunzip of the layers", floor, ""));
        let against = format!("{:.2} x the floor's wall", mine.wall / floor.wall);
        rows.push(row(name, mebibytes(&gzip)?, "bomwright, gzip OCI archive", mine, &against));
    }
    let zstd = folder.join("image.zstd.tar");
    if zstd.is_file() {
        let blobs = layers(&zstd, scratch)?;
        let script = format!("for f in {}; do zstd -dcq \"$f\" >/dev/null; done", blobs.join(" "));
        let floor = cost(options.runs, &["sh", "-c", &script], scratch)?;
        let mine = scan("image.zstd.tar")?;
        rows.push(row(name, mebibytes(&zstd)?, "floor: zstd -d of the layers", floor, ""));
        let against = format!("{:.2} x the floor's wall", mine.wall / floor.wall);
        rows.push(row(name, mebibytes(&zstd)?, "bomwright, zstd OCI archive", mine, &against));
    }
    Ok(rows)
}

/// The rows of `bomwright verify`, once that command is there.
fn verify(
    name: &str,
    digest: &str,
    archive: &Path,
    ours: &Path,
    scratch: &Path,
    options: &Options,
) -> Result<Vec<String>> {
    let help =
        Command::new(ours).args(["verify", "--help"]).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if !help.success() || !archive.is_file() {
        eprintln!("skipped: verification of {name}: there is no such command or no plain archive");
        return Ok(Vec::new());
    }
    let (program, path) = (ours.to_string_lossy(), archive.to_string_lossy());
    let floor = cost(options.runs, &["openssl", "dgst", &format!("-{digest}"), &path], scratch)?;
    // 1 says that some file is not what its package says.
    let mine = cost_of(options.runs, &[&program, "verify", &path], &[0, 1], scratch)?;
    let size = mebibytes(archive)?;
    let against = format!("{:.2} x the floor's wall", mine.wall / floor.wall);
    Ok(vec![
        row(name, size, &format!("floor: {} of the plain archive", digest.to_uppercase()), floor, ""),
        row(name, size, "bomwright verify, plain docker archive", mine, &against),
    ])
}

fn peer(options: &Options, archive: &Path, scratch: &Path) -> Result<Option<Cost>> {
    if Command::new(&options.peer)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_err()
    {
        eprintln!("skipped: {} is not there", options.peer);
        return Ok(None);
    }
    let source = format!("docker-archive:{}", archive.display());
    // The peer takes seconds: three runs are enough for a median.
    Ok(Some(cost(
        options.runs.min(3),
        &[&options.peer, "-q", "scan", &source, "-o", "cyclonedx-json"],
        scratch,
    )?))
}

/// Unpacks the blobs of an OCI archive and returns the paths of its compressed layers.
fn layers(archive: &Path, scratch: &Path) -> Result<Vec<String>> {
    let folder = scratch.join("blobs");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let status = Command::new("tar").arg("-xf").arg(archive).arg("-C").arg(&folder).status()?;
    ensure!(status.success(), "tar -xf {} failed", archive.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.join("blobs/sha256"))? {
        let path = entry?.path();
        let head = fs::read(&path)?;
        if head.starts_with(&[0x1f, 0x8b]) || head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            found.push(path.to_string_lossy().into_owned());
        }
    }
    found.sort();
    Ok(found)
}

/// The fastest of the decompressors that are there, all layers one after the other.
fn inflate(blobs: &[String], runs: usize, scratch: &Path) -> Result<Cost> {
    let list = blobs.join(" ");
    let own = std::env::current_exe()?;
    let mut costs =
        vec![cost(runs, &["sh", "-c", &format!("exec {} inflate {list}", own.display())], scratch)?];
    let script = format!("for f in {list}; do libdeflate-gunzip -c \"$f\" >/dev/null; done");
    match cost(runs, &["sh", "-c", &script], scratch) {
        Ok(found) => costs.push(found),
        Err(_) => eprintln!("skipped: libdeflate-gunzip is not there"),
    }
    costs.into_iter().min_by(|a, b| a.wall.total_cmp(&b.wall)).context("no decompressor")
}

/// `xtask inflate FILE…`: decompresses to nowhere with zlib-rs, as a floor.
pub(crate) fn inflate_to_nowhere(files: impl Iterator<Item = String>) -> Result<()> {
    for file in files {
        let mut reader = flate2::bufread::MultiGzDecoder::new(std::io::BufReader::with_capacity(
            1 << 18,
            fs::File::open(&file)?,
        ));
        let mut buffer = vec![0; 1 << 18];
        while std::io::Read::read(&mut reader, &mut buffer)? > 0 {}
    }
    Ok(())
}

fn mebibytes(path: &Path) -> Result<f64> {
    #[expect(clippy::cast_precision_loss, reason = "printed with no decimals")]
    Ok(fs::metadata(path)?.len() as f64 / f64::from(1 << 20))
}

fn row(name: &str, size: f64, what: &str, cost: Cost, against: &str) -> String {
    let mut line = String::new();
    let _ = writeln!(
        line,
        "| {name} | {size:.0} | {what} | {:.2} | {:.2} | {:.0} | {:.0} | {against} |",
        cost.cpu, cost.wall, cost.peak, cost.written
    );
    line
}
