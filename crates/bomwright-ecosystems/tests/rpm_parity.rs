//! What the rpm ecosystem reads from a database, beside what rpm itself lists of it.
//!
//! Runs over the fixtures and over every database below the directory that `BOMWRIGHT_RPM_DATABASES` names,
//! so that whole distributions can be checked by hand. Needs `rpm`; formats that the installed rpm was built
//! without are skipped.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use bomwright_ecosystems::{Ecosystem, FileView, Findings, rpm::Rpm};

/// One fact a line; the words before the tab say of which package. `%{…NEVRS}` is a dependency as `rpm -qR`
/// writes it.
const QUERY: &str = "\
[package %{=NAME}\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE} %{ARCH}\\n]\
[license %{=NAME}\t%{LICENSE}\\n]\
[requires %{=NAME}\t%{REQUIRENEVRS}\\n]\
[requires %{=NAME}\t%{RECOMMENDNEVRS}\\n]\
[requires %{=NAME}\t%{SUGGESTNEVRS}\\n]\
[provides %{=NAME}\t%{PROVIDENAME}\\n]\
[%{FILESTATES:fstate} %{=NAME}\t%{FILENAMES}\\n]";

fn rpm(directory: &Path, backend: &str, arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new("rpm");
    command.env("LC_ALL", "C.UTF-8").arg("--dbpath").arg(directory);
    command.args(["--define", &format!("_db_backend {backend}"), "--nodigest", "--nosignature"]);
    command.args(arguments).output().ok()
}

/// What rpm lists of the database `bytes`; `None` where it can't read its format.
fn listed_by_rpm(bytes: &[u8]) -> Option<BTreeSet<String>> {
    let (name, backend) = match bytes {
        _ if bytes.starts_with(b"SQLite") => ("rpmdb.sqlite", "sqlite"),
        _ if bytes.starts_with(b"RpmP") => ("Packages.db", "ndb"),
        _ => ("Packages", "bdb_ro"),
    };
    let settings = Command::new("rpm").arg("--showrc").output().ok()?.stdout;
    let settings = String::from_utf8_lossy(&settings);
    let backends = settings.lines().find_map(|line| line.strip_prefix("available backends"))?;
    if !backends.split_whitespace().any(|it| it == backend) {
        return None;
    }
    let directory = env::temp_dir().join(format!("bomwright-rpm-parity-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join(name), bytes).unwrap();
    // Makes the index tables that the small fixtures went without and rpm insists on.
    rpm(&directory, backend, &["--initdb"])?;
    let output = rpm(&directory, backend, &["-qa", "--qf", QUERY]);
    fs::remove_dir_all(&directory).unwrap();
    let output = output?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).lines().filter_map(in_our_words).collect())
}

/// A line of rpm's answer as ours reads; `None` for what we leave out on purpose.
fn in_our_words(line: &str) -> Option<String> {
    let (subject, fact) = line.split_once('\t')?;
    let (kind, name) = subject.rsplit_once(' ')?;
    match kind {
        _ if name == "gpg-pubkey" => None,
        "package" => Some(format!("package {name} {}", fact.strip_prefix("0:").unwrap_or(fact))),
        "license" => Some(format!("license {name} {fact}")),
        "requires" if fact.starts_with("rpmlib(") => None,
        "provides" if fact == name => None,
        "requires" | "provides" => Some(format!("{kind} {name} {fact}")),
        "normal" | "net shared" if fact != "/" => Some(format!("owns {name} {}", fact.strip_prefix('/')?)),
        _ => None,
    }
}

fn read_by_us(bytes: &[u8]) -> (BTreeSet<String>, Findings) {
    let mut findings = Findings::default();
    Rpm.read(&FileView::new("var/lib/rpm/Packages", bytes), &mut findings);
    let mut lines = BTreeSet::new();
    for found in &findings.packages {
        let package = &found.package;
        let (name, architecture) = (&package.name, package.architecture.as_deref().unwrap_or("(none)"));
        lines.insert(format!("package {name} {} {architecture}", package.version));
        lines.extend(package.licenses.iter().map(|it| format!("license {name} {}", it.text)));
        lines.extend(found.requires.iter().map(|it| format!("requires {name} {}", it.text)));
        lines.extend(found.provides.iter().map(|it| format!("provides {name} {it}")));
        lines.extend(found.owns.iter().map(|it| format!("owns {name} {it}")));
    }
    (lines, findings)
}

fn databases() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rpm");
    let mut all: Vec<PathBuf> = [Some(fixtures), env::var_os("BOMWRIGHT_RPM_DATABASES").map(PathBuf::from)]
        .into_iter()
        .flatten()
        .flat_map(walkdir::WalkDir::new)
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| {
            let damaged =
                ["/empty", "/malformed", "/truncated"].iter().any(|it| path.to_string_lossy().contains(it));
            let name = path.file_name().unwrap();
            !damaged && ["Packages", "Packages.db", "rpmdb.sqlite"].iter().any(|it| name == *it)
        })
        .collect();
    all.sort();
    all
}

#[test]
fn reads_what_rpm_lists() {
    if Command::new("rpm").arg("--version").output().is_err() {
        assert!(env::var_os("CI").is_none(), "CI installs rpm");
        eprintln!("skipped: rpm is not installed");
        return;
    }
    let databases = databases();
    assert!(databases.len() >= 4, "the fixtures are missing");
    for path in databases {
        let bytes = fs::read(&path).unwrap();
        let (ours, findings) = read_by_us(&bytes);
        let Some(theirs) = listed_by_rpm(&bytes) else {
            eprintln!(
                "skipped: {}: this rpm lacks its format; {} packages",
                path.display(),
                findings.packages.len()
            );
            continue;
        };
        let missing: Vec<_> = theirs.difference(&ours).take(20).collect();
        let extra: Vec<_> = ours.difference(&theirs).take(20).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{}\n  only rpm lists: {missing:#?}\n  only we read: {extra:#?}",
            path.display()
        );
        let (packages, facts) = (findings.packages.len(), ours.len());
        eprintln!("{}: {packages} packages, {facts} facts, {:?}", path.display(), findings.diagnostics);
    }
}
