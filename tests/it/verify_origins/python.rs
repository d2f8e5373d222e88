//! Python packages, installed by pip from each kind of source.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{findings, has, origins, run, says, state, verify};
use crate::command::{bomwright, json, scan};

/// A build backend of one file (PEP 517, PEP 660), so that pip needs nothing from outside to build a project.
const BACKEND: &str = r#"
import base64, hashlib, os, zipfile
HERE = os.path.dirname(os.path.abspath(__file__))
NAME = "PROJECT".replace("-", "_")
def pack(directory, files):
    info = f"{NAME}-1.0.dist-info"
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {NAME.replace('_', '-')}\nVersion: 1.0\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    rows = []
    wheel = f"{NAME}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, wheel), "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            rows.append(f"{path},sha256={digest},{len(text)}\n")
        archive.writestr(f"{info}/RECORD", "".join(rows) + f"{info}/RECORD,,\n")
    return wheel
def build_wheel(directory, config_settings=None, metadata_directory=None):
    return pack(directory, {f"{NAME}/__init__.py": f"NAME = '{NAME}'\n"})
def build_editable(directory, config_settings=None, metadata_directory=None):
    return pack(directory, {f"__editable__.{NAME}.pth": HERE + "\n"})
"#;

/// A project in `folder/name`.
fn project(folder: &Path, name: &str) -> PathBuf {
    let directory = folder.join(name);
    let module = directory.join(name.replace('-', "_"));
    fs::create_dir_all(&module).unwrap();
    fs::write(directory.join("backend.py"), BACKEND.replace("PROJECT", name)).unwrap();
    let system = "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n";
    fs::write(directory.join("pyproject.toml"), system).unwrap();
    directory
}

/// pip of `folder`, into `folder/root/usr`.
fn pip(folder: &Path, what: &[&str]) -> Command {
    let mut command = Command::new("python3");
    let pip = ["-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install"];
    let options = ["--no-deps", "--ignore-installed", "--no-warn-script-location", "--prefix"];
    command.current_dir(folder).args(pip).args(options).arg(folder.join("root/usr"));
    command.env("PIP_ROOT_USER_ACTION", "ignore").env("PIP_BREAK_SYSTEM_PACKAGES", "1").args(what);
    command
}

/// Installs from each kind of source, and gives the directory of the modules below the root.
fn pip_installs(folder: &Path) -> String {
    for name in ["acme-app", "acme-edit", "acme-vcs", "acme-wheel", "acme-index"] {
        project(folder, name);
    }
    for name in ["acme-wheel", "acme-index"] {
        let build = "import sys; sys.path.insert(0, '.'); import backend; backend.build_wheel('..')";
        run(Command::new("python3").current_dir(folder.join(name)).args(["-c", build]));
    }
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=a", "-c", "user.email=a@acme.example", "-c", "commit.gpgsign=false"];
        run(Command::new("git").current_dir(folder.join("acme-vcs")).args(who).args(arguments));
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "all"]);
    run(&mut pip(folder, &["./acme-app"]));
    run(&mut pip(folder, &["--editable", "./acme-edit"]));
    run(&mut pip(folder, &["./acme_wheel-1.0-py3-none-any.whl"]));
    run(&mut pip(folder, &["--no-index", "--find-links", ".", "acme-index"]));
    // A server of the team, as far as git and pip can tell.
    let mut from_git = pip(folder, &["git+https://git.acme.internal/acme-vcs"]);
    from_git.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_VALUE_0", "https://git.acme.internal/");
    run(from_git.env("GIT_CONFIG_KEY_0", format!("url.file://{}/.insteadOf", folder.display())));
    let found = walkdir::WalkDir::new(folder.join("root")).into_iter().map(|it| it.unwrap().into_path());
    let module = found.into_iter().find(|it| it.ends_with("acme_app/__init__.py")).expect("pip installs it");
    let modules = module.parent().and_then(Path::parent).unwrap();
    modules.strip_prefix(folder.join("root")).unwrap().display().to_string()
}

const PYTHON_POLICY: &str = "[in-house]\npypi = ['acme-']\nvcs-hosts = ['git.acme.internal']\n";

#[test]
fn python_packages_come_from_where_pip_got_them() {
    if !has(&["python3", "git"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let modules = pip_installs(folder);
    let inventory = scan(folder, "dir:root");
    let found = origins(&inventory, "pypi");
    let is = |name: &str, words| assert_eq!(found.get(name), Some(&says(words)), "{name}");
    is("acme-app", ["in-house", "medium", "installed-from-directory"]);
    is("acme-edit", ["in-house", "medium", "installed-from-directory"]);
    is("acme-wheel", ["upstream", "low", "local-archive"]);
    is("acme-index", ["upstream", "low", "source-not-recorded"]);
    is("acme-vcs", ["upstream", "low", "recorded-repository-of-others"]);

    fs::write(folder.join("acme.toml"), PYTHON_POLICY).unwrap();
    let mut with_policy = bomwright(folder);
    with_policy.args(["scan", "dir:root", "--policy", "acme.toml", "--quiet", "-o", "json"]);
    let found = origins(&json(&mut with_policy), "pypi");
    for name in ["acme-app", "acme-edit", "acme-wheel", "acme-index", "acme-vcs"] {
        let verdict = found[name].clone();
        assert_eq!(verdict[..2], ["in-house", "high"], "{name}: {verdict:?}");
    }

    // Each module is as its RECORD says, and what pip compiled of it is its own.
    let account = verify(folder, "dir:root", &[]);
    for (name, origin) in [("acme_app", "in-house"), ("acme_wheel", "upstream"), ("acme_index", "upstream")] {
        assert_eq!(state(&account, &format!("{modules}/{name}/__init__.py")), [origin, "intact", "V1"]);
    }
    let compiled: Vec<_> = account["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["path"].as_str().unwrap().contains("/__pycache__/"))
        .collect();
    assert_eq!(compiled.len(), 4, "{compiled:?}");
    for it in compiled {
        // RECORD lists what pip compiles, without a digest: listed files are intact, and the check of the rule
        // about compiled files is what lifts them.
        assert_eq!([&it["status"], &it["tier"]], ["intact", "V1d"], "{it}");
        assert!(it["reasons"].to_string().contains("G02-python-bytecode"), "{it}");
    }
}

#[test]
fn python_packages_that_were_changed_are_not_intact() {
    if !has(&["python3", "git"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let modules = pip_installs(folder);
    let at = |path: &str| folder.join("root").join(&modules).join(path);
    fs::write(at("acme_wheel/__init__.py"), "NAME = 'another'\n").unwrap();
    fs::write(at("acme_app/extra.py"), "import os\n").unwrap();
    // Another digest in RECORD: that of nothing.
    let record = fs::read_to_string(at("acme_index-1.0.dist-info/RECORD")).unwrap();
    let row = record.lines().find(|line| line.starts_with("acme_index/__init__.py,")).unwrap();
    let nothing = "acme_index/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,22";
    fs::write(at("acme_index-1.0.dist-info/RECORD"), record.replace(row, nothing)).unwrap();

    let account = verify(folder, "dir:root", &[]);
    let findings = findings(&account);
    for name in ["acme_wheel/__init__.py", "acme_index/__init__.py"] {
        let path = format!("{modules}/{name}");
        assert_eq!(state(&account, &path)[..2], ["unknown", "modified"], "{name}");
        assert!(findings[&format!("/{path}")].contains("file-modified high"), "{findings:?}");
    }
    assert_eq!(state(&account, &format!("{modules}/acme_app/extra.py"))[1..], ["added", "V0"]);
    assert_eq!(state(&account, &format!("{modules}/acme_app/__init__.py"))[1..], ["intact", "V1"]);
}

/// The one test that needs a public index; without a network it says so, except in CI.
#[test]
fn a_python_package_of_a_public_index_is_upstream_without_a_record_of_it() {
    if !has(&["python3"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let output = pip(folder, &["idna==3.7"]).output().unwrap();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(std::env::var_os("CI").is_none(), "CI must reach an index: {said}");
        eprintln!("skipped: pip could not install idna: {said}");
        return;
    }
    let found = origins(&scan(folder, "dir:root"), "pypi");
    assert_eq!(found.get("idna"), Some(&says(["upstream", "low", "source-not-recorded"])));
    let account = verify(folder, "dir:root", &[]);
    let files = account["files"].as_array().unwrap();
    // idna 3.7 has 8 modules, each of which pip compiles.
    let of = |ending: &str, tier: &str| {
        let is =
            |it: &&serde_json::Value| it["path"].as_str().unwrap().ends_with(ending) && it["tier"] == tier;
        files.iter().filter(is).filter(|it| it["status"] == "intact" && it["origin"] == "upstream").count()
    };
    assert_eq!((of(".py", "V1"), of(".pyc", "V1d")), (8, 8));
    assert!(files.iter().all(|it| it["status"] != "modified" && it["status"] != "missing"));
}
