//! Running the program.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The program in `folder`, with a cache of its own there and no colours.
pub(crate) fn bomwright(folder: &Path) -> Command {
    let mut command = Command::new(program());
    command
        .current_dir(folder)
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("NO_COLOR", "1")
        .env_remove("SOURCE_DATE_EPOCH");
    command
}

/// The program that was built beside this test.
pub(crate) fn program() -> PathBuf {
    use std::sync::OnceLock;
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let test = std::env::current_exe().unwrap();
            let name = format!("bomwright{}", std::env::consts::EXE_SUFFIX);
            let program = test.parent().and_then(Path::parent).unwrap().join(name);
            // A test of the whole workspace has built it already; that of this package alone has not.
            if !is_current(&program) {
                let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
                let status = Command::new(cargo)
                    .args(["build", "--quiet", "--package", "bomwright", "--manifest-path"])
                    .arg(crate::workspace::root().join("Cargo.toml"))
                    .status()
                    .unwrap();
                assert!(status.success(), "the program does not build");
            }
            program
        })
        .clone()
}

/// Whether the program is younger than everything that it is made of.
fn is_current(program: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|it| it.modified()).ok();
    let Some(built) = changed(program) else { return false };
    let sources =
        walkdir::WalkDir::new(crate::workspace::root().join("crates")).into_iter().map(Result::unwrap);
    let of_use =
        |path: &Path| path.extension().is_some_and(|it| ["rs", "toml", "csv"].iter().any(|end| it == *end));
    let lock = crate::workspace::root().join("Cargo.lock");
    let mut sources = sources.map(walkdir::DirEntry::into_path).filter(|path| of_use(path)).chain([lock]);
    sources.all(|path| changed(&path).is_some_and(|source| source <= built))
}

/// Runs `command`, which must succeed, and reads its standard output as JSON.
pub(crate) fn json(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Scans `source` in `folder` into our own JSON.
pub(crate) fn scan(folder: &Path, source: &str) -> Value {
    json(bomwright(folder).args(["scan", source, "--quiet", "-o", "json"]))
}
