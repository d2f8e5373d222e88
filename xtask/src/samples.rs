//! `cargo xtask samples`: makes the two images of `samples/` and everything that is derived from them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

const SCRIPT: &str = include_str!("samples.sh");
/// The day by which the samples are judged: support of a distribution ends some day.
const DAY: &str = "2026-11-25";
const USAGE: &str = "\
usage: cargo xtask samples [--images]

Writes samples/*.cdx.json, *.spdx.json and shop.diff.{txt,md,json} from the images that are there.
  --images   make the images anew first (needs umoci, skopeo, npm, pip, gcc and Debian's archives)";

/// Runs the command.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<()> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples").canonicalize()?;
    for argument in arguments {
        match argument.as_str() {
            "--images" => images(&samples)?,
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(());
            }
            other => bail!("unknown option `{other}`\n\n{USAGE}"),
        }
    }
    derived(&samples)
}

fn images(samples: &Path) -> Result<()> {
    let scratch = std::env::temp_dir().join(format!("bomwright-samples-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let status = Command::new("bash")
        .args(["-euo", "pipefail", "-c", SCRIPT])
        .current_dir(&scratch)
        .env("OUT", samples)
        .status()
        .context("starting bash")?;
    fs::remove_dir_all(&scratch)?;
    ensure!(status.success(), "the images could not be made");
    Ok(())
}

/// What README and tests compare with.
fn derived(samples: &Path) -> Result<()> {
    let (old, new) = ("shop-1.4.0.oci.tar", "shop-1.5.0.oci.tar");
    for image in [old, new] {
        let stem = image.trim_end_matches(".oci.tar");
        let outputs = [format!("cyclonedx-json={stem}.cdx.json"), format!("spdx-json={stem}.spdx.json")];
        bomwright(samples, &["scan", image, "--no-cache", "-o", &outputs[0], "-o", &outputs[1]], 0)?;
    }
    let outputs = ["text=shop.diff.txt", "markdown=shop.diff.md", "json=shop.diff.json"];
    bomwright(
        samples,
        &["diff", old, new, "--now", DAY, "-o", outputs[0], "-o", outputs[1], "-o", outputs[2]],
        0,
    )
}

/// `cargo xtask demo`: the main job on the samples, each command shown before it is run.
pub(crate) fn demo() -> Result<()> {
    let samples: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples").canonicalize()?;
    let commands: [(&[&str], i32); 4] = [
        (&["scan", "shop-1.4.0.oci.tar"], 0),
        (&["scan", "shop-1.5.0.oci.tar", "-o", "purls"], 0),
        (&["why", "urllib3", "shop-1.5.0.oci.tar"], 0),
        (&["diff", "shop-1.4.0.oci.tar", "shop-1.5.0.oci.tar"], 1),
    ];
    for (arguments, code) in commands {
        println!("\n$ bomwright {}", arguments.join(" "));
        bomwright(&samples, arguments, code)?;
    }
    Ok(())
}

/// Runs the program in `folder`; it must end with `code`.
fn bomwright(folder: &Path, arguments: &[&str], code: i32) -> Result<()> {
    let manifest = folder.join("../Cargo.toml");
    let status = Command::new("cargo")
        .args(["run", "--quiet", "--release", "--package", "bomwright", "--manifest-path"])
        .arg(manifest)
        .arg("--")
        .args(arguments)
        .current_dir(folder)
        .status()
        .context("starting cargo")?;
    ensure!(status.code() == Some(code), "bomwright {} ended with {status}", arguments.join(" "));
    Ok(())
}
