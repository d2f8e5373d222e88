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

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use bomwright_ecosystems::{Ecosystem, Edges, FileView, Findings, Installed, Tree, rpm::Rpm};
use bomwright_model::{Checksum, Graph, Listed, Node, PackageId};

/// One fact a line; the words before the tab say of which package. `%{…NEVRS}` is a dependency as `rpm -qR`
/// writes it.
const QUERY: &str = "\
[package %{=NAME}\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE} %{ARCH}\\n]\
[license %{=NAME}\t%{LICENSE}\\n]\
[supplier %{=NAME}\t%{VENDOR}\\n]\
[home %{=NAME}\t%{URL}\\n]\
[size %{=NAME}\t%{LONGSIZE}\\n]\
[description %{=NAME}\t%{SUMMARY}\\n]\
[build-time %{=NAME}\t%{BUILDTIME}\\n]\
[install-time %{=NAME}\t%{INSTALLTIME}\\n]\
[distribution %{=NAME}\t%{DISTRIBUTION}\\n]\
[build-host %{=NAME}\t%{BUILDHOST}\\n]\
[packager %{=NAME}\t%{PACKAGER}\\n]\
[source-rpm %{=NAME}\t%{SOURCERPM}\\n]\
[module %{=NAME}\t%{MODULARITYLABEL}\\n]\
[header-sha256 %{=NAME}\t%{SHA256HEADER}\\n]\
[signature-md5 %{=NAME}\t%{SIGMD5}\\n]\
%|RSAHEADER?{[key %{=NAME}\t%{RSAHEADER:pgpsig}\\n]}:{%|DSAHEADER?{[key %{=NAME}\t%{DSAHEADER:pgpsig}\\n]}:{}|}|\
[requires %{=NAME}\t%{REQUIRENEVRS}\\n]\
[requires %{=NAME}\t%{RECOMMENDNEVRS}\\n]\
[requires %{=NAME}\t%{SUGGESTNEVRS}\\n]\
[provides %{=NAME}\t%{PROVIDENAME}\\n]\
[%{FILESTATES:fstate} %{=NAME}\t%{FILENAMES}\\n]\
[listed %{=NAME}\t%{FILENAMES}|%{FILEDIGESTS}|%{FILEMODES:octal}|%{FILEUSERNAME}|%{FILEGROUPNAME}|%{LONGFILESIZES}|\
%{FILEMTIMES}|%{FILELINKTOS}|%{FILEFLAGS:fflags}|%{FILESTATES:fstate}\\n]";

/// A database that rpm can read, in a directory of its own.
struct Database {
    directory: PathBuf,
    backend: &'static str,
}

impl Database {
    /// `None` where the installed rpm was built without this format.
    fn new(bytes: &[u8], test: &str) -> Option<Self> {
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
        let directory = env::temp_dir().join(format!("bomwright-{test}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join(name), bytes).unwrap();
        let database = Self { directory, backend };
        // Makes the index tables that the small fixtures went without and rpm insists on.
        database.rpm(&["--initdb"]);
        Some(database)
    }

    fn rpm(&self, arguments: &[&str]) -> Output {
        self.rpm_as(self.backend, arguments)
    }

    fn rpm_as(&self, backend: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new("rpm");
        command.env("LC_ALL", "C.UTF-8").arg("--dbpath").arg(&self.directory);
        command.args(["--define", &format!("_db_backend {backend}"), "--nodigest", "--nosignature"]);
        command.args(arguments).output().unwrap()
    }

    fn facts(&self) -> BTreeSet<String> {
        let output = self.rpm(&["-qa", "--qf", QUERY]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).lines().filter_map(in_our_words).collect()
    }

    /// What `rpm -Va` finds unsatisfied.
    fn unsatisfied(&self) -> BTreeSet<String> {
        // Looking names up takes the index tables, which a lone Berkeley DB file lacks: this makes them.
        let output = self.rpm_as("sqlite", &["--rebuilddb"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let output = self.rpm_as("sqlite", &["-Va", "--nofiles"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines = text.lines().filter_map(|line| line.trim().split_once(" is needed by "));
        lines.map(|(requirement, _)| requirement.to_owned()).collect()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// A line of rpm's answer as ours reads; `None` for what we leave out on purpose.
fn in_our_words(line: &str) -> Option<String> {
    let (subject, fact) = line.split_once('\t')?;
    let (kind, name) = subject.rsplit_once(' ')?;
    match kind {
        _ if name == "gpg-pubkey" => None,
        "package" => Some(format!("package {name} {}", fact.strip_prefix("0:").unwrap_or(fact))),
        "listed" if fact.starts_with("/|") => None,
        "listed" => {
            let (rest, state) = fact.strip_prefix('/')?.rsplit_once('|')?;
            let (facts, letters) = rest.rsplit_once('|')?;
            Some(format!("listed {name} {facts}|{}", in_our_flags(letters, state)))
        }
        "key" => Some(format!("signature-key-id {name} {}", fact.split_once("Key ID ")?.1)),
        "requires" if fact.starts_with("rpmlib(") => None,
        "provides" if fact == name => None,
        "requires" | "provides" => Some(format!("{kind} {name} {fact}")),
        "normal" | "net shared" if fact != "/" => Some(format!("owns {name} {}", fact.strip_prefix('/')?)),
        "normal" | "net shared" | "not installed" | "replaced" | "wrong color" | "(none)" => None,
        _ if fact == "(none)" => None,
        _ => Some(format!("{kind} {name} {}", fact.trim())),
    }
}

fn read_by_us(bytes: &[u8]) -> (BTreeSet<String>, Findings) {
    let mut findings = Findings::default();
    Rpm.read(&FileView::new("var/lib/rpm/Packages", bytes).with_manifests(), &mut findings);
    let mut lines = BTreeSet::new();
    for found in &findings.packages {
        let package = &found.package;
        let (name, architecture) = (&package.name, package.architecture.as_deref().unwrap_or("(none)"));
        lines.insert(format!("package {name} {} {architecture}", package.version));
        let stated = [
            ("supplier", package.supplier.clone()),
            ("description", package.description.clone()),
            ("size", package.size.map(|size| size.to_string())),
            ("home", package.links.first().map(|link| link.url.clone())),
        ];
        lines.extend(stated.into_iter().filter_map(|(key, it)| Some(format!("{key} {name} {}", it?))));
        lines.extend(package.properties.iter().map(|(key, it)| format!("{key} {name} {it}")));
        lines.extend(package.licenses.iter().map(|it| format!("license {name} {}", it.text)));
        lines.extend(found.requires.iter().map(|it| format!("requires {name} {}", it.text)));
        lines.extend(found.provides.iter().map(|it| format!("provides {name} {it}")));
        lines.extend(found.owns.iter().map(|it| format!("owns {name} {it}")));
        lines.extend(found.manifest.iter().map(|it| format!("listed {name} {}", listed(it))));
    }
    (lines, findings)
}

/// What rpm's `fflags` (one letter for each) and `fstate` say, in the words of our flags.
fn in_our_flags(letters: &str, state: &str) -> String {
    let mut words = BTreeSet::new();
    for (letter, word) in [
        ('c', "config"),
        ('d', "doc"),
        ('r', "doc"),
        ('g', "ghost"),
        ('l', "license"),
        ('m', "missingok"),
        ('n', "noreplace"),
    ] {
        if letters.contains(letter) {
            words.insert(word);
        }
    }
    match state {
        "normal" | "(none)" => {}
        "net shared" => drop(words.insert("netshared")),
        "replaced" => drop(words.insert("replaced")),
        _ => drop(words.insert("not-installed")),
    }
    words.into_iter().collect::<Vec<_>>().join(",")
}

fn listed(file: &Listed) -> String {
    let text = |it: Option<String>| it.unwrap_or_default();
    // rpm has no letter for what `%verify` takes out.
    let words: BTreeSet<_> = file.flags.words().filter(|it| *it != "not-all-verified").collect();
    [
        file.path.clone(),
        text(file.digest.as_ref().map(Checksum::hex)),
        text(file.mode.map(|it| format!("{it:o}"))),
        text(file.owner.as_ref().map(ToString::to_string)),
        text(file.group.as_ref().map(ToString::to_string)),
        text(file.size.map(|it| it.to_string())),
        text(file.mtime.map(|it| it.to_string())),
        text(file.link.clone()),
        words.into_iter().collect::<Vec<_>>().join(","),
    ]
    .join("|")
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

/// Whether rpm is there to be asked.
fn has_rpm() -> bool {
    let found = Command::new("rpm").arg("--version").output().is_ok();
    assert!(found || env::var_os("CI").is_none(), "CI installs rpm");
    if !found {
        eprintln!("skipped: rpm is not installed");
    }
    found
}

#[test]
fn reads_what_rpm_lists() {
    if !has_rpm() {
        return;
    }
    let databases = databases();
    assert!(databases.len() >= 4, "the fixtures are missing");
    for path in databases {
        let bytes = fs::read(&path).unwrap();
        let (ours, findings) = read_by_us(&bytes);
        let packages = findings.packages.len();
        let Some(database) = Database::new(&bytes, "lists") else {
            eprintln!("skipped: {}: this rpm lacks its format; {packages} packages", path.display());
            continue;
        };
        let theirs = database.facts();
        let missing: Vec<_> = theirs.difference(&ours).take(20).collect();
        let extra: Vec<_> = ours.difference(&theirs).take(20).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{}\n  only rpm lists: {missing:#?}\n  only we read: {extra:#?}",
            path.display()
        );
        let facts = ours.len();
        eprintln!("{}: {packages} packages, {facts} facts, {:?}", path.display(), findings.diagnostics);
    }
}

/// A file system that has merged its directories below `usr`, as those that run this test have.
struct Merged<'a>(&'a HashMap<&'a str, PackageId>);

impl Tree for Merged<'_> {
    fn resolve(&self, path: &str) -> Option<String> {
        [path.to_owned(), format!("usr/{path}"), path.strip_prefix("usr/").unwrap_or(path).to_owned()]
            .into_iter()
            .find(|path| self.0.contains_key(path.as_str()))
    }
}

/// Versions are not compared, so a requirement that rpm calls unsatisfied may lead to an older package; but
/// what we leave open rpm must miss as well.
#[test]
fn leaves_open_what_rpm_misses() {
    if !has_rpm() {
        return;
    }
    for path in databases() {
        let bytes = fs::read(&path).unwrap();
        let Some(database) = Database::new(&bytes, "misses") else { continue };
        let packages = read_by_us(&bytes).1.packages;
        let owners: HashMap<&str, PackageId> = (0..)
            .map(PackageId)
            .zip(&packages)
            .flat_map(|(id, found)| found.owns.iter().map(move |path| (path.as_str(), id)))
            .collect();
        let mut graph = Graph::new();
        let tree = Merged(&owners);
        let installed = Installed::new(&packages, &[], &tree, owners.clone());
        Rpm.relate(&installed, &mut Edges::new(&mut graph));
        let nodes = graph.nodes();
        let open = nodes.iter().filter_map(|node| match node {
            Node::Unresolved(_, text) => Some(text.clone()),
            _ => None,
        });
        let (ours, theirs) = (open.collect::<BTreeSet<_>>(), database.unsatisfied());
        let edges = graph.edges().len();
        eprintln!("{}: {edges} edges, {} open, rpm misses {}", path.display(), ours.len(), theirs.len());
        assert_eq!(ours.difference(&theirs).collect::<Vec<_>>(), Vec::<&String>::new(), "{}", path.display());
        let closed = theirs.difference(&ours).filter(|it| !it.contains([' ']));
        assert_eq!(closed.collect::<Vec<_>>(), Vec::<&String>::new(), "{}", path.display());
    }
}
