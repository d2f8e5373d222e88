//! Runs one recipe and keeps its results: archives, truth, tree, stamp.
//!
//! A recipe works in a scratch folder that goes away when it is done; its results are written there first and moved into
//! the image's folder only when all of them exist, so a folder with a stamp is whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::recipe::{Keep, PRELUDE, Recipe};
use super::{tree, truth};

/// Builds `recipe` below `out`, unless an image with the same fingerprint is there already.
pub(super) fn ensure_built(recipe: &Recipe, out: &Path, force: bool) -> Result<()> {
    let folder = out.join(recipe.name);
    let stamp = folder.join(".stamp");
    let fingerprint = recipe.fingerprint();
    if !force && fs::read_to_string(&stamp).is_ok_and(|have| have == fingerprint) {
        eprintln!("{}: up to date", recipe.name);
        return Ok(());
    }
    eprintln!("{}: building", recipe.name);
    let start = Instant::now();
    let places = Places::create(recipe, out)?;
    build(recipe, &places)?;
    replace_folder(&places.results, &folder)?;
    fs::write(&stamp, fingerprint).context("writing the stamp")?;
    fs::remove_dir_all(&places.scratch).context("removing the scratch folder")?;
    eprintln!("{}: built in {} s", recipe.name, start.elapsed().as_secs());
    Ok(())
}

/// Runs `command` and fails with its name when it does.
pub(super) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("starting {command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}

struct Places {
    scratch: PathBuf,
    cache: PathBuf,
    layout: PathBuf,
    facts: PathBuf,
    results: PathBuf,
}

impl Places {
    fn create(recipe: &Recipe, out: &Path) -> Result<Self> {
        let scratch = out.join(".scratch").join(recipe.name);
        if scratch.exists() {
            fs::remove_dir_all(&scratch).context("removing an earlier scratch folder")?;
        }
        let places = Self {
            cache: out.join(".cache"),
            layout: scratch.join("layout"),
            facts: scratch.join("facts"),
            results: scratch.join("results"),
            scratch,
        };
        for folder in [&places.cache, &places.facts, &places.results] {
            fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        }
        Ok(places)
    }
}

fn build(recipe: &Recipe, places: &Places) -> Result<()> {
    run_script(recipe, places)?;
    let mut root = None;
    if recipe.keep == Keep::All {
        let bundle = places.scratch.join("bundle");
        let source = format!("{}:image", places.layout.display());
        run(Command::new("umoci").args(["unpack", "--image", &source]).arg(&bundle))?;
        let rootfs = bundle.join("rootfs");
        tree::record(&rootfs, &places.results.join("tree.tsv")).context("recording the tree")?;
        export(recipe, places, "docker-archive", "image.docker.tar")?;
        root = Some(rootfs);
    }
    truth::record(recipe, root.as_deref(), &places.facts, &places.results.join("truth.json"))
        .context("recording the truth")?;
    export(recipe, places, "oci-archive", "image.oci.tar")
}

/// Runs the script in a bash of its own: inside an `if` or after `||` bash drops `-e`, and failures pass in silence.
fn run_script(recipe: &Recipe, places: &Places) -> Result<()> {
    let script = places.scratch.join("recipe.sh");
    fs::write(&script, format!("{PRELUDE}\n{}", recipe.script)).context("writing the script")?;
    for (name, content) in recipe.files {
        fs::write(places.scratch.join(name), content).with_context(|| format!("writing {name}"))?;
    }
    run(Command::new("nice")
        .args(["-n", "10", "bash", "-euo", "pipefail"])
        .arg(&script)
        .current_dir(&places.scratch)
        .env("SCRATCH", &places.scratch)
        .env("CACHE", &places.cache)
        .env("VARIANT", recipe.variant())
        .env("OCI", &places.layout)
        .env("TRUTH", &places.facts))
}

/// Writes one archive form of the image with skopeo.
fn export(recipe: &Recipe, places: &Places, transport: &str, file: &str) -> Result<()> {
    let source = format!("oci:{}:image", places.layout.display());
    let archive = places.results.join(file);
    let target = format!("{transport}:{}:corpus/{}:latest", archive.display(), recipe.name);
    run(Command::new("nice").args([
        "-n",
        "10",
        "skopeo",
        "--insecure-policy",
        "copy",
        "--quiet",
        &source,
        &target,
    ]))
}

fn replace_folder(new: &Path, place: &Path) -> Result<()> {
    if place.exists() {
        fs::remove_dir_all(place).with_context(|| format!("removing {}", place.display()))?;
    }
    fs::rename(new, place).with_context(|| format!("moving the results to {}", place.display()))
}
