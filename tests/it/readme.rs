//! The README's commands are run, and print what it shows; the samples' documents are what a scan gives.

use std::fs;

use crate::command::{bomwright, program};
use crate::workspace::root;

#[test]
fn the_readme_shows_what_the_program_prints() {
    let cache = tempfile::tempdir().unwrap();
    std::env::set_current_dir(root().join("samples")).unwrap();
    trycmd::TestCases::new()
        .register_bin("bomwright", program())
        .env("XDG_CACHE_HOME", cache.path().to_string_lossy())
        .env("NO_COLOR", "1")
        .case(root().join("README.md"))
        .case(root().join("docs/origins.md"))
        .run();
}

#[test]
fn the_page_on_profiles_shows_what_the_program_prints() {
    let cache = tempfile::tempdir().unwrap();
    std::env::set_current_dir(root().join("samples")).unwrap();
    trycmd::TestCases::new()
        .register_bin("bomwright", program())
        .env("XDG_CACHE_HOME", cache.path().to_string_lossy())
        .env("NO_COLOR", "1")
        .case(root().join("docs/profiles.md"))
        .run();
}

/// The two documents and the diff of the samples are committed; whoever changes what is written sees it.
#[test]
fn the_samples_documents_are_what_a_scan_gives() {
    let samples = root().join("samples");
    let cache = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], code| {
        let output = bomwright(cache.path()).current_dir(&samples).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let same = |name: &str, text: String| {
        let committed = fs::read_to_string(samples.join(name)).unwrap();
        let difference = similar::TextDiff::from_lines(&committed, &text);
        let shown = difference.unified_diff().context_radius(1).to_string();
        let hint = "`cargo xtask samples` makes it anew";
        assert!(committed == text, "samples/{name} is not what is written now ({hint}):\n{shown}");
    };
    for version in ["1.4.0", "1.5.0"] {
        let image = format!("shop-{version}.oci.tar");
        for (format, suffix) in [("cyclonedx-json", "cdx"), ("spdx-json", "spdx")] {
            same(&format!("shop-{version}.{suffix}.json"), run(&["scan", &image, "-o", format], 0));
        }
    }
    for (format, suffix) in [("text", "txt"), ("markdown", "md"), ("json", "json")] {
        let text = run(
            &["diff", "shop-1.4.0.oci.tar", "shop-1.5.0.oci.tar", "--now", "2026-11-25", "-o", format],
            0,
        );
        same(&format!("shop.diff.{suffix}"), text);
    }
}

/// What the recipe of the samples put in (xtask/src/samples.sh), against what a scan finds.
#[test]
fn the_samples_hold_what_was_put_in() {
    let samples = root().join("samples");
    let cache = tempfile::tempdir().unwrap();
    let output = bomwright(cache.path())
        .current_dir(&samples)
        .args(["scan", "shop-1.5.0.oci.tar", "-o", "purls"])
        .output()
        .unwrap();
    let purls = String::from_utf8(output.stdout).unwrap();
    let names: Vec<&str> =
        purls.lines().filter_map(|it| it.strip_prefix("pkg:")?.split('@').next()).collect();
    let expected = [
        "deb/debian/base-files",
        "deb/debian/ca-certificates",
        "deb/debian/libc6",
        "deb/debian/libssl3",
        "deb/debian/netbase",
        "deb/debian/zlib1g",
        "npm/%40shop/money",
        "npm/%40shop/web",
        "npm/debug",
        "npm/ms",
        "npm/p-limit",
        "npm/picocolors",
        "npm/semver",
        "npm/yocto-queue",
        "pypi/certifi",
        "pypi/charset-normalizer",
        "pypi/idna",
        "pypi/requests",
        "pypi/shop-recommender",
        "pypi/tenacity",
        "pypi/urllib3",
    ];
    assert_eq!(names, expected);
}
