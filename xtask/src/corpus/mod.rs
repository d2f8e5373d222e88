//! `cargo xtask corpus`: real images with a recorded truth, to test and to measure against.
//!
//! Hand-written fixtures show what their author thought of; these images are made by the package managers themselves,
//! and what is in them is told by the reference tools (`dpkg-query`, `pip list`, `npm ls`, …), never by this workspace.
//! Nothing here needs a container engine or a registry: file systems come from `mmdebstrap`, layers from `buildah` and
//! `umoci`. The tools that a recipe needs are named in its script; a missing one fails that image with its name. On Debian
//! they are: mmdebstrap umoci buildah skopeo rpm dnf createrepo-c gpg db5.3-util git unzip ruby golang maven, a JDK, npm, pip
//! and cargo. It has to run as root (owners, device nodes, chroot), reaches the public package archives through those tools,
//! and takes about an hour on two cores; `.cache` below `<out>` keeps what was fetched.
//!
//! Each image gets its own folder, `<out>/<image>/`:
//!
//! | file | what |
//! |---|---|
//! | `image.oci.tar` | OCI archive, gzip layers |
//! | `image.docker.tar` | docker archive, plain layers |
//! | `truth.json` | packages by ecosystem, as the reference tools list them ([`truth`]) |
//! | `tree.tsv` | the merged tree as `umoci unpack` makes it ([`tree`]) |
//! | `.stamp` | the fingerprint of the recipe: an image whose stamp agrees is not built again |

mod build;
mod check;
mod collect;
mod recipe;
mod tree;
mod truth;

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use recipe::{RECIPES, Recipe};

const USAGE: &str = "\
usage: cargo xtask corpus [--out DIR] [--only NAME,...] [--force] [--list]

  --out DIR        where the images go (default: corpus/ in the repository)
  --only NAME,...  build these images only; a name without its -a or -b means both
  --force          build even what is there already
  --list           name the images and stop
  --check          compare a scan of each image that is there with its truth
  --write          with --check: write the table to docs/corpus.md
  --program FILE   with --check: the program to check (default: a release build, made now)";

/// Builds the images that `arguments` ask for and aren't there yet, one after the other.
///
/// One image that fails doesn't stop the others; the failures are named at the end.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<()> {
    let Some(options) = Options::parse(arguments)? else {
        println!("{USAGE}");
        return Ok(());
    };
    if options.list {
        for recipe in RECIPES {
            println!("{:<10} {}", recipe.name, recipe.about);
        }
        return Ok(());
    }
    if options.check {
        let names: Vec<_> =
            RECIPES.iter().filter(|recipe| options.wants(recipe)).map(|recipe| recipe.name).collect();
        return check::run(&options.out, &names, options.write, options.program.as_deref());
    }
    std::fs::create_dir_all(&options.out).with_context(|| format!("creating {}", options.out.display()))?;
    let out = options.out.canonicalize().context("resolving --out")?;
    // Two runs would delete each other's scratch folders. The lock goes with the process, however that ends.
    let lock = File::create(out.join(".lock")).context("creating the lock file")?;
    lock.try_lock().with_context(|| format!("another run is building in {}", out.display()))?;
    let mut failed = Vec::new();
    for recipe in RECIPES.iter().filter(|recipe| options.wants(recipe)) {
        if let Err(error) = build::ensure_built(recipe, &out, options.force) {
            eprintln!("{}: FAILED: {error:#}", recipe.name);
            failed.push(recipe.name);
        }
    }
    ensure!(failed.is_empty(), "not built: {}", failed.join(", "));
    Ok(())
}

#[expect(clippy::struct_excessive_bools, reason = "one for each flag")]
struct Options {
    out: PathBuf,
    only: Vec<String>,
    force: bool,
    list: bool,
    check: bool,
    write: bool,
    program: Option<PathBuf>,
}

impl Options {
    /// `None` when help was asked for.
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut options = Self {
            out: repository.join("corpus"),
            only: Vec::new(),
            force: false,
            list: false,
            check: false,
            write: false,
            program: None,
        };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--out" => options.out = arguments.next().context("--out needs a directory")?.into(),
                "--only" => {
                    let names = arguments.next().context("--only needs image names")?;
                    options.only.extend(names.split(',').map(str::to_owned));
                }
                "--force" => options.force = true,
                "--list" => options.list = true,
                "--check" => options.check = true,
                "--write" => options.write = true,
                "--program" => {
                    options.program = Some(arguments.next().context("--program needs a file")?.into());
                }
                "--help" | "-h" => return Ok(None),
                other => bail!("unknown option `{other}`\n\n{USAGE}"),
            }
        }
        for name in &options.only {
            ensure!(RECIPES.iter().any(|recipe| recipe.answers_to(name)), "there is no image `{name}`");
        }
        Ok(Some(options))
    }

    fn wants(&self, recipe: &Recipe) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| recipe.answers_to(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Option<Options>> {
        Options::parse(arguments.iter().map(|&argument| argument.to_owned()))
    }

    #[test]
    fn a_family_name_means_both_variants() {
        let options = parse(&["--only", "python,debian"]).unwrap().unwrap();
        let wanted: Vec<_> =
            RECIPES.iter().filter(|recipe| options.wants(recipe)).map(|recipe| recipe.name).collect();
        assert_eq!(wanted, ["debian", "python-a", "python-b"]);
    }

    #[test]
    fn an_unknown_image_or_option_is_refused() {
        assert!(parse(&["--only", "windows"]).is_err());
        assert!(parse(&["--frobnicate"]).is_err());
        assert!(parse(&["--out"]).is_err());
    }
}
