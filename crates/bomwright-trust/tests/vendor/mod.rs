//! A vendor of packages for tests: it makes keys with gpg, builds packages with rpmbuild and dpkg-deb, signs
//! them, and installs them into a root of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

/// Whether every one of `tools` is there to be run. A test may return only where this says so and it is not
/// CI, which installs them all.
pub fn has(tools: &[&str]) -> bool {
    let missing: Vec<_> =
        tools.iter().filter(|tool| Command::new(tool).arg("--version").output().is_err()).collect();
    if missing.is_empty() {
        return true;
    }
    assert!(env::var_os("CI").is_none(), "CI installs {missing:?}");
    eprintln!("\n*** NOT TESTED: {missing:?} is not installed ***\n");
    false
}

pub struct Vendor {
    directory: tempfile::TempDir,
}

impl Vendor {
    pub fn new() -> Self {
        // The socket of gpg's agent lies in its home, and the path of a socket has at most 108 bytes.
        let directory = tempfile::Builder::new().prefix("bw").tempdir_in("/tmp").unwrap();
        let vendor = Self { directory };
        fs::create_dir(vendor.home()).unwrap();
        run(Command::new("chmod").arg("700").arg(vendor.home()));
        vendor
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn home(&self) -> PathBuf {
        self.path("gpg")
    }

    pub fn gpg(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("gpg");
        command.arg("--homedir").arg(self.home()).args(["--batch", "--yes", "--quiet", "--passphrase", ""]);
        run(command.args(["--pinentry-mode", "loopback"]).args(arguments))
    }

    /// Makes a key of `kind` (`rsa3072`, `ed25519`, `nistp256`, …) for `user` and gives its fingerprint.
    pub fn make_key(&self, user: &str, kind: &str) -> String {
        self.gpg(&["--quick-generate-key", user, kind, "sign", "never"]);
        self.fingerprint(user)
    }

    /// Revokes the key of `user` for a reason, by gpg's number (1 compromised, 2 superseded, 3 no longer used).
    pub fn revoke(&self, user: &str, reason: &str) {
        let certificate = self.path("revocation");
        let mut command = Command::new("gpg");
        command.arg("--homedir").arg(self.home()).args([
            "--yes",
            "--no-tty",
            "--command-fd",
            "0",
            "--passphrase",
            "",
        ]);
        command
            .args(["--pinentry-mode", "loopback", "--output"])
            .arg(&certificate)
            .args(["--generate-revocation", user]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(format!("y\n{reason}\n\ny\n").as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "gpg makes a revocation");
        self.gpg(&["--import", certificate.to_str().unwrap()]);
    }

    pub fn fingerprint(&self, user: &str) -> String {
        let output = self.gpg(&["--with-colons", "--list-keys", user]);
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("fpr:")).expect("gpg lists a fingerprint");
        line.trim_matches(':').to_ascii_lowercase()
    }

    /// The public key of `user`, armored.
    pub fn public_key(&self, user: &str) -> Vec<u8> {
        self.gpg(&["--armor", "--export", user]).stdout
    }

    /// Builds a package `name` with four files and gives the path of its archive.
    pub fn build_rpm(&self, name: &str) -> PathBuf {
        let spec = self.path(&format!("{name}.spec"));
        let text = format!(
            "Name: {name}\nVersion: 1.0\nRelease: 1\nSummary: A test\nLicense: MIT\nVendor: Test Vendor\n\
             BuildArch: noarch\n%description\nA test.\n%install\nmkdir -p %{{buildroot}}/usr/bin %{{buildroot}}/etc\n\
             echo program {name} > %{{buildroot}}/usr/bin/{name}\nchmod 4755 %{{buildroot}}/usr/bin/{name}\n\
             ln -s {name} %{{buildroot}}/usr/bin/{name}-link\necho setting > %{{buildroot}}/etc/{name}.conf\n\
             mkdir -p %{{buildroot}}/usr/share/doc/{name}\necho text > %{{buildroot}}/usr/share/doc/{name}/README\n\
             %files\n/usr/bin/{name}\n/usr/bin/{name}-link\n%config(noreplace) /etc/{name}.conf\n\
             %doc /usr/share/doc/{name}/README\n%ghost /etc/{name}.ghost\n"
        );
        fs::write(&spec, text).unwrap();
        run(Command::new("rpmbuild")
            .args(["-bb", "--quiet", "--define"])
            .arg(format!("_topdir {}", self.path("build").display()))
            .arg(&spec));
        self.path(&format!("build/RPMS/noarch/{name}-1.0-1.noarch.rpm"))
    }

    pub fn sign_rpm(&self, archive: &Path, user: &str) {
        run(Command::new("rpmsign")
            .args(["--addsign", "--define"])
            .arg(format!("_gpg_name {user}"))
            .arg("--define")
            .arg(format!("_gpg_path {}", self.home().display()))
            .args(["--define", "__gpg /usr/bin/gpg"])
            .arg(archive));
    }

    /// Installs `archives` into a root of their own, and gives the path of its database.
    pub fn install_rpms(&self, root: &str, archives: &[&Path]) -> PathBuf {
        let root = self.path(root);
        run(rpm(&root).args(["-i", "--nodeps", "--nosignature"]).args(archives));
        let database = walk(&root).into_iter().find(|path| path.ends_with("rpmdb.sqlite"));
        database.expect("rpm keeps its database in SQLite")
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf").arg("--homedir").arg(self.home()).args(["--kill", "all"]).output();
    }
}

/// rpm, at work in `root`.
pub fn rpm(root: &Path) -> Command {
    let mut command = Command::new("rpm");
    command.env("LC_ALL", "C").arg("--root").arg(root).args(["--define", "_db_backend sqlite"]);
    command
}

/// Runs `command`, which must succeed.
pub fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Every file below `directory`, sorted.
pub fn walk(directory: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            all.extend(walk(&entry.path()));
        } else {
            all.push(entry.path());
        }
    }
    all.sort();
    all
}
