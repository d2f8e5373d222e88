//! The HTML report in a real browser: `tests/scripts/html_report.py` uses it as a person would.
//!
//! `BOMWRIGHT_VALIDATORS` names a Python environment with `playwright`; the browser is Debian's `chromium`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bomwright_diff::{Change, Delta, PackageChange};

use crate::workspace::root;

fn environment() -> Option<PathBuf> {
    let found = std::env::var_os("BOMWRIGHT_VALIDATORS").map(PathBuf::from);
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "CI must set BOMWRIGHT_VALIDATORS");
    if found.is_none() {
        eprintln!("skipped: BOMWRIGHT_VALIDATORS is not set");
    }
    found
}

fn browser() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    let programs = std::env::split_paths(&path).map(|folder| folder.join("chromium"));
    programs.into_iter().find(|it| it.is_file()).expect("chromium on the path: apt-get install chromium")
}

fn rich() -> Delta {
    let file = root().join("crates/bomwright-report/testdata/html/delta.json");
    bomwright_report::read_delta(&fs::read_to_string(file).unwrap()).unwrap()
}

/// 50,000 packages under three hundred others, every tenth of them downgraded.
fn large() -> Delta {
    let mut delta = rich();
    let package = delta.packages.iter().find(|it| it.change == Change::Added).cloned().unwrap();
    let made = (0..50_000).map(|i| {
        let mut it =
            PackageChange { name: format!("p{i}"), purl: None, hints: Vec::new(), ..package.clone() };
        it.change = if i % 10 == 0 { Change::Downgraded } else { Change::Upgraded };
        it.why.path = vec![format!("holder {}", i % 300)];
        it
    });
    delta.packages = made.collect();
    delta
}

#[test]
fn the_html_report_works_in_a_browser() {
    let Some(environment) = environment() else { return };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("html-report");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("rich.html"), bomwright_report::delta_html(&rich())).unwrap();
    fs::write(folder.join("large.html"), bomwright_report::delta_html(&large())).unwrap();
    let output = Command::new(environment.join("bin/python"))
        .arg(root().join("tests/scripts/html_report.py"))
        .args([&folder, &browser()])
        .output()
        .unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\nscreenshots: {}", folder.display());
    eprintln!("{said}");
}
