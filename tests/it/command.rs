//! Running the program.

use std::path::Path;
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
pub(crate) fn program() -> std::path::PathBuf {
    use std::sync::OnceLock;
    static BUILT: OnceLock<std::path::PathBuf> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            // Cargo names a package's own programs only to that package's tests, so it is asked here.
            let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let status = Command::new(cargo)
                .args(["build", "--quiet", "--package", "bomwright", "--manifest-path"])
                .arg(crate::workspace::root().join("Cargo.toml"))
                .status()
                .unwrap();
            assert!(status.success(), "the program does not build");
            let test = std::env::current_exe().unwrap();
            let name = format!("bomwright{}", std::env::consts::EXE_SUFFIX);
            test.parent().and_then(Path::parent).unwrap().join(name)
        })
        .clone()
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
