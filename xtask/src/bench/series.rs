//! How the time grows: the same kind of input once, four times and sixteen times as large.
//!
//! One series grows in bytes (files that no ecosystem claims and no compressor shrinks), one in packages (dpkg,
//! with dependencies, lists and small files). Both are made by a formula, so that every run has the same.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use anyhow::Result;
use tar::{Builder, EntryType, Header};

use super::{Cost, cost};

/// The title and head of the table.
pub(super) const HEADER: &str = "\
| series | size | scans a run | CPU s | wall s | peak MiB | wall per unit | CPU per unit, to 1x |
|---|---|---|---|---|---|---|---|
";

/// How the largest input is to the smallest, and the one in the middle.
const STEPS: [u32; 3] = [1, 4, 16];

/// An input that grows.
pub(super) struct Series {
    pub(super) name: &'static str,
    /// Units of the smallest input.
    base: u32,
    unit: &'static str,
    make: fn(&mut Builder<BufWriter<File>>, u32) -> Result<()>,
}

pub(super) const SERIES: &[Series] = &[
    Series { name: "bytes", base: 64, unit: "MiB", make: make_bytes },
    Series { name: "packages", base: 1000, unit: "packages", make: make_packages },
];

/// The rows of a series.
///
/// The smaller inputs are scanned as many times in a row as it takes to read as much as of the largest: the
/// clock is too coarse for one scan of them.
pub(super) fn measure(series: &Series, ours: &Path, scratch: &Path, runs: usize) -> Result<Vec<String>> {
    let mut rows = Vec::new();
    let mut first = None;
    for step in STEPS {
        let units = series.base * step;
        let archive = scratch.join("series.tar");
        let mut tar = Builder::new(BufWriter::with_capacity(1 << 20, File::create(&archive)?));
        (series.make)(&mut tar, units)?;
        tar.into_inner()?.into_inner()?.sync_all()?;
        let scans = STEPS[2] / step;
        let script = format!(
            "set -e; for i in $(seq {scans}); do '{}' scan '{}' --no-cache --quiet -o cyclonedx-json; done",
            ours.display(),
            archive.display()
        );
        let all = cost(runs, &["sh", "-c", &script], scratch)?;
        let scans = f64::from(scans);
        let one = Cost { cpu: all.cpu / scans, wall: all.wall / scans, ..all };
        let per_unit = one.cpu / f64::from(units);
        let ratio = per_unit / *first.get_or_insert(per_unit);
        let mut row = String::new();
        let _ = writeln!(
            row,
            "| {} | {units} {} | {scans:.0} | {:.3} | {:.3} | {:.0} | {:.3} ms | {ratio:.2} |",
            series.name,
            series.unit,
            one.cpu,
            one.wall,
            one.peak,
            1000.0 * one.wall / f64::from(units),
        );
        rows.push(row);
        fs::remove_file(&archive)?;
    }
    Ok(rows)
}

/// Files of a MiB each that look like noise.
fn make_bytes(tar: &mut Builder<BufWriter<File>>, mebibytes: u32) -> Result<()> {
    append(tar, "etc/os-release", b"ID=debian\nVERSION_ID=\"12\"\n")?;
    let mut noise = Noise(1);
    let mut content = vec![0; 1 << 20];
    for number in 0..mebibytes {
        for word in content.as_chunks_mut::<8>().0 {
            *word = noise.next().to_le_bytes();
        }
        append(tar, &format!("data/{number:05}.bin"), &content)?;
    }
    Ok(())
}

/// Packages of dpkg: each depends on up to three before it and has a list and five small files.
fn make_packages(tar: &mut Builder<BufWriter<File>>, packages: u32) -> Result<()> {
    append(tar, "etc/os-release", b"ID=debian\nVERSION_ID=\"12\"\n")?;
    append(tar, "etc/debian_version", b"12.0\n")?;
    let mut noise = Noise(2);
    let mut status = String::new();
    for number in 0..packages {
        let earlier: Vec<_> = (0..3_u32)
            .filter_map(|_| number.checked_sub(1 + u32::try_from(noise.next() % 50).unwrap_or_default()))
            .map(|number| format!("package-{number} (>= 1.0)"))
            .collect();
        let name = format!("package-{number}");
        write!(status, "Package: {name}\nStatus: install ok installed\nPriority: optional\nSection: misc\n")?;
        write!(status, "Maintainer: Nobody <nobody@example.org>\nArchitecture: amd64\n")?;
        writeln!(status, "Version: 1.{}.{number}-1", noise.next() % 30)?;
        if !earlier.is_empty() {
            writeln!(status, "Depends: {}", earlier.join(", "))?;
        }
        write!(status, "Description: made for measuring\n It does nothing.\n\n")?;
        let mut list = format!("/.\n/usr\n/usr/share\n/usr/share/{name}\n");
        for file in 0..5 {
            let path = format!("usr/share/{name}/file-{file}");
            writeln!(list, "/{path}")?;
            let line = format!("{:016x}\n", noise.next());
            let lines = usize::try_from(1 + noise.next() % 100).unwrap_or(1);
            append(tar, &path, line.repeat(lines).as_bytes())?;
        }
        append(tar, &format!("var/lib/dpkg/info/{name}.list"), list.as_bytes())?;
    }
    append(tar, "var/lib/dpkg/status", status.as_bytes())
}

fn append(tar: &mut Builder<BufWriter<File>>, path: &str, content: &[u8]) -> Result<()> {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o644);
    header.set_mtime(1_700_000_000);
    header.set_size(content.len() as u64);
    tar.append_data(&mut header, path, content)?;
    Ok(())
}

/// Numbers without a pattern, always the same (Marsaglia, "Xorshift RNGs", 2003).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(series: &Series, units: u32) -> Vec<u8> {
        let file = std::env::temp_dir().join(format!("bomwright-{}-{}", series.name, std::process::id()));
        let mut tar = Builder::new(BufWriter::new(File::create(&file).unwrap()));
        (series.make)(&mut tar, units).unwrap();
        drop(tar.into_inner().unwrap().into_inner().unwrap());
        let bytes = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        bytes
    }

    #[test]
    fn inputs_are_the_same_each_time_and_as_large_as_said() {
        for series in SERIES {
            let (one, four) = (made(series, 2), made(series, 8));
            assert!(one == made(series, 2), "{}", series.name);
            assert!(four.len() > 3 * one.len() && four.len() < 5 * one.len(), "{}", series.name);
        }
        assert!(made(&SERIES[0], 2).len() > 2 << 20);
    }
}
