//! The tools that own a scheme, and how each is asked about thousands of pairs at once.
//!
//! Scripts read one pair a line, split by a tab, and print one of `<`, `=`, `>`, `?` (refused) and `!` (the tool's
//! answer contradicts itself; each script says when).

use std::cmp::Ordering;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use bomwright_version::Scheme;

use crate::pairs::Pair;

/// What a tool says about a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It orders the two.
    Ordered(Ordering),
    /// One of the two is no version to it.
    Refused,
    /// It gives an answer that can't be part of any order.
    Contradictory,
}

/// A tool that knows the order of a scheme.
pub(crate) trait Reference {
    /// What to call it.
    fn name(&self) -> &'static str;

    /// One verdict a pair, or `None` when the tool isn't there.
    fn ask(&self, pairs: &[Pair]) -> Option<Vec<Verdict>>;
}

/// A script of an interpreter; it exits with status 3 when it lacks something that it needs.
pub(crate) struct Script {
    name: &'static str,
    interpreter: &'static [&'static str],
    source: &'static str,
}

impl Script {
    /// Python's `packaging`, or the copy inside pip.
    pub(crate) const PACKAGING: Self =
        Self { name: "Python packaging", interpreter: &["python3", "-c"], source: PACKAGING };
    /// Ruby's `Gem::Version`.
    pub(crate) const RUBYGEMS: Self =
        Self { name: "RubyGems", interpreter: &["ruby", "-e"], source: RUBYGEMS };
    /// PHP's `composer/semver`, where Debian installs it.
    pub(crate) const COMPOSER: Self =
        Self { name: "composer/semver", interpreter: &["php", "-r"], source: COMPOSER };
    /// pacman's `libalpm`.
    pub(crate) const LIBALPM: Self =
        Self { name: "libalpm", interpreter: &["python3", "-c"], source: LIBALPM };
}

const PACKAGING: &str = r#"
import sys
try:
    from packaging.version import Version, InvalidVersion
except ImportError:
    try:
        from pip._vendor.packaging.version import Version, InvalidVersion
    except ImportError:
        sys.exit(3)
for line in sys.stdin:
    try:
        a, b = map(Version, line.rstrip("\n").split("\t"))
    except InvalidVersion:
        print("?")
        continue
    print("<" if a < b else ">" if a > b else "=")
"#;

const RUBYGEMS: &str = r#"
STDIN.each_line(chomp: true) do |line|
  begin
    a, b = line.split("\t", -1).map { |text| Gem::Version.new(text) }
    puts({ -1 => "<", 0 => "=", 1 => ">" }[a <=> b])
  rescue ArgumentError
    puts "?"
  end
end
"#;

/// Branches aren't put in order by `version_compare`: composer/semver treats them apart.
const COMPOSER: &str = r#"
if (!@include "Composer/Semver/autoload.php") exit(3);
$parser = new Composer\Semver\VersionParser();
while (($line = fgets(STDIN)) !== false) {
    try {
        [$a, $b] = array_map([$parser, "normalize"], explode("\t", rtrim($line, "\n")));
    } catch (UnexpectedValueException $e) {
        echo "?\n";
        continue;
    }
    $branch = str_starts_with($a, "dev-") || str_starts_with($b, "dev-");
    echo $branch ? "?" : ["<", "=", ">"][version_compare($a, $b) + 1], "\n";
}
"#;

/// Contradictory: equal, and yet only one has a release; then 1-1 = 1 = 1-2.
const LIBALPM: &str = r#"
import ctypes, sys
for number in range(30, 9, -1):
    try:
        compare = ctypes.CDLL(f"libalpm.so.{number}").alpm_pkg_vercmp
        break
    except OSError:
        pass
else:
    sys.exit(3)
for line in sys.stdin:
    a, b = line.rstrip("\n").split("\t")
    order = compare(a.encode(), b.encode())
    torn = order == 0 and ("-" in a) != ("-" in b)
    print("!" if torn else "<=>"[order + 1])
"#;

impl Reference for Script {
    fn name(&self) -> &'static str {
        self.name
    }

    fn ask(&self, pairs: &[Pair]) -> Option<Vec<Verdict>> {
        let (program, arguments) = self.interpreter.split_first()?;
        run(Command::new(program).args(arguments).arg(self.source), pairs)
    }
}

/// node-semver as npm ships it, or as Debian packages it.
pub(crate) struct NodeSemver;

/// Contradictory: equal in order, though the parts that count differ; then 1.0.0-A.1 = 1.0.0-B = 1.0.0-A.2.
const NODE_SEMVER: &str = r#"
const semver = require(process.argv[1]);
for (const line of require("fs").readFileSync(0, "utf8").split("\n").slice(0, -1)) {
  const [a, b] = line.split("\t").map((text) => semver.parse(text));
  const order = a && b && semver.compare(a, b);
  const torn = order === 0 && a.version !== b.version;
  console.log(!a || !b ? "?" : torn ? "!" : "<=>"[order + 1]);
}
"#;

impl Reference for NodeSemver {
    fn name(&self) -> &'static str {
        "node-semver"
    }

    fn ask(&self, pairs: &[Pair]) -> Option<Vec<Verdict>> {
        let shipped = stdout(Command::new("npm").args(["root", "--global"]))
            .map(|root| Path::new(root.trim()).join("npm/node_modules/semver"));
        let debian = PathBuf::from("/usr/share/nodejs/semver");
        let module = shipped.into_iter().chain([debian]).find(|module| module.is_dir())?;
        run(Command::new("node").args(["-e", NODE_SEMVER]).arg(module), pairs)
    }
}

/// rpm's `rpmvercmp` for epoch, version and release.
pub(crate) struct Rpm;

/// No `%` may be in here: it is a macro to rpm.
const RPM: &str = r#"{lua:
for line in io.lines("PATH") do
  local tab = string.find(line, "\t", 1, true)
  local order = rpm.vercmp(string.sub(line, 1, tab - 1), string.sub(line, tab + 1))
  print(string.sub("<=>", order + 2, order + 2) .. "\n")
end}"#;

impl Reference for Rpm {
    fn name(&self) -> &'static str {
        "rpm"
    }

    fn ask(&self, pairs: &[Pair]) -> Option<Vec<Verdict>> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pairs");
        fs::write(&path, lines(pairs)).unwrap();
        let script = format!("%{}", RPM.replace("PATH", path.to_str()?));
        Some(verdicts(&stdout(Command::new("rpm").args(["--eval", &script]))?))
    }
}

/// `dpkg --compare-versions`, one process a pair.
pub(crate) struct Dpkg;

/// Exit status 0 is yes, 1 is no, 2 is a version that dpkg refuses.
const DPKG: &str = r#"
ask() { dpkg --compare-versions "$a" "$1" "$b" 2>/dev/null; }
while IFS="$(printf '\t')" read -r a b; do
    ask lt
    case $? in
        0) echo "<" ;;
        1) if ask eq; then echo "="; else echo ">"; fi ;;
        *) echo "?" ;;
    esac
done
"#;

impl Reference for Dpkg {
    fn name(&self) -> &'static str {
        "dpkg"
    }

    fn ask(&self, pairs: &[Pair]) -> Option<Vec<Verdict>> {
        stdout(Command::new("dpkg").arg("--version"))?;
        run(Command::new("sh").args(["-c", DPKG]), pairs)
    }
}

/// `ComparableVersion` of Maven's `maven-artifact`, where Debian and the official archives install it.
pub(crate) struct Maven;

/// How many versions go on one command line.
const ARGUMENTS: usize = 4_000;

impl Reference for Maven {
    fn name(&self) -> &'static str {
        "Maven"
    }

    /// Where we have no answer, Maven has to prove that it has none either: some start of one of the two versions must
    /// stand between them the wrong way round.
    fn ask(&self, pairs: &[Pair]) -> Option<Vec<Verdict>> {
        let class_path = Self::class_path()?;
        let mut verdicts: Vec<Verdict> =
            Self::orders(&class_path, pairs)?.into_iter().map(Verdict::Ordered).collect();
        let unanswered: Vec<usize> = (0..pairs.len())
            .filter(|index| Scheme::Maven.compare(&pairs[*index].0, &pairs[*index].1).is_none())
            .collect();
        let mut witnesses = Vec::new();
        for &index in &unanswered {
            let (left, right) = &pairs[index];
            for middle in starts(left).chain(starts(right)) {
                witnesses.push((index, [(left.clone(), middle.clone()), (middle, right.clone())]));
            }
        }
        let asked: Vec<Pair> = witnesses.iter().flat_map(|(_, pairs)| pairs.clone()).collect();
        let orders = Self::orders(&class_path, &asked)?;
        for ((index, _), order) in witnesses.iter().zip(orders.chunks_exact(2)) {
            let Verdict::Ordered(outer) = verdicts[*index] else { continue };
            if order.iter().all(|order| *order == Ordering::Equal || *order == outer.reverse())
                && order.contains(&outer.reverse())
            {
                verdicts[*index] = Verdict::Contradictory;
            }
        }
        Some(verdicts)
    }
}

/// The non-empty starts of an ASCII version.
fn starts(version: &str) -> impl Iterator<Item = String> {
    (1..version.len()).map(|length| version[..length].to_owned())
}

impl Maven {
    fn class_path() -> Option<String> {
        let homes = ["/usr/share/maven", "/opt/maven"].map(PathBuf::from);
        let library = homes
            .into_iter()
            .chain(std::env::var_os("MAVEN_HOME").map(PathBuf::from))
            .map(|home| home.join("lib"))
            .find(|library| library.is_dir())?;
        let jars =
            fs::read_dir(library).ok()?.filter_map(|entry| Some(entry.ok()?.path().to_str()?.to_owned()));
        let wanted: Vec<String> = jars
            .filter(|path| path.contains("/maven-artifact-") || path.contains("/commons-lang3"))
            .collect();
        (!wanted.is_empty()).then(|| wanted.join(":"))
    }

    /// The program prints the order of each argument and the one before it; every second line is a pair.
    fn orders(class_path: &str, pairs: &[Pair]) -> Option<Vec<Ordering>> {
        let mut orders = Vec::new();
        for pairs in pairs.chunks(ARGUMENTS / 2) {
            let mut command = Command::new("java");
            command.args(["-cp", class_path, "org.apache.maven.artifact.versioning.ComparableVersion"]);
            command.args(pairs.iter().flat_map(|(left, right)| [left, right]));
            let output = stdout(&mut command)?;
            let comparisons = output.lines().filter(|line| line.starts_with("   ")).step_by(2);
            for ((left, right), line) in pairs.iter().zip(comparisons) {
                let sign = line
                    .trim()
                    .strip_prefix(left.as_str())
                    .and_then(|line| line.strip_suffix(right.as_str()));
                match verdict(sign.unwrap_or_default().trim()) {
                    Verdict::Ordered(order) => orders.push(order),
                    other => panic!("{other:?} for {left} {right}: {line}"),
                }
            }
        }
        Some(orders)
    }
}

/// The `semver` package that the go command uses, and the standard library's `go/version`.
pub(crate) struct Go;

/// Modules and toolchains have no order between them.
const GO: &str = r#"package main

import (
	"bufio"
	"fmt"
	"go/version"
	"oracle/semver"
	"os"
	"strings"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		a, b, _ := strings.Cut(lines.Text(), "\t")
		valid, compare := semver.IsValid, semver.Compare
		if strings.HasPrefix(a, "go") && strings.HasPrefix(b, "go") {
			valid, compare = version.IsValid, version.Compare
		} else {
			a, b = withV(a), withV(b)
		}
		if valid(a) && valid(b) {
			fmt.Println("<=>"[compare(a, b)+1 : compare(a, b)+2])
		} else {
			fmt.Println("?")
		}
	}
}

func withV(text string) string {
	if strings.HasPrefix(text, "v") {
		return text
	}
	return "v" + text
}
"#;

impl Reference for Go {
    fn name(&self) -> &'static str {
        "go"
    }

    fn ask(&self, pairs: &[Pair]) -> Option<Vec<Verdict>> {
        let root = stdout(Command::new("go").args(["env", "GOROOT"]))?;
        let semver = Path::new(root.trim()).join("src/cmd/vendor/golang.org/x/mod/semver/semver.go");
        if !semver.is_file() {
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(directory.path().join(name), text).unwrap();
        fs::create_dir(directory.path().join("semver")).unwrap();
        fs::copy(semver, directory.path().join("semver/semver.go")).unwrap();
        write("go.mod", "module oracle\n\ngo 1.22\n");
        write("main.go", GO);
        let mut command = Command::new("go");
        command
            .args(["run", "."])
            .current_dir(directory.path())
            .env("GOTOOLCHAIN", "local")
            .env("GOFLAGS", "-mod=mod");
        run(&mut command, pairs)
    }
}

fn lines(pairs: &[Pair]) -> String {
    pairs.iter().flat_map(|(left, right)| [left, "\t", right, "\n"]).collect()
}

fn verdicts(output: &str) -> Vec<Verdict> {
    output.lines().filter(|line| !line.is_empty()).map(verdict).collect()
}

fn verdict(sign: &str) -> Verdict {
    match sign {
        "<" => Verdict::Ordered(Ordering::Less),
        "=" | "==" => Verdict::Ordered(Ordering::Equal),
        ">" => Verdict::Ordered(Ordering::Greater),
        "?" => Verdict::Refused,
        "!" => Verdict::Contradictory,
        other => panic!("a reference tool printed {other:?}"),
    }
}

/// Feeds the pairs to a command; `None` when it can't be started or says (status 3) that it lacks something.
fn run(command: &mut Command, pairs: &[Pair]) -> Option<Vec<Verdict>> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut stdin = child.stdin.take().unwrap();
    let text = lines(pairs);
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let written = writer.join().unwrap();
    if output.status.code() == Some(3) {
        return None;
    }
    written.unwrap();
    Some(verdicts(&checked(output)))
}

/// The output of a command; `None` when it can't be started.
fn stdout(command: &mut Command) -> Option<String> {
    Some(checked(command.stderr(Stdio::null()).output().ok()?))
}

fn checked(output: Output) -> String {
    assert!(output.status.success(), "a reference tool failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
