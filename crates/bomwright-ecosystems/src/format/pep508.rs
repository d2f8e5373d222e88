//! Dependency specifiers of Python packages: `name[extra] (>=1) ; marker`.
//!
//! The grammar is that of packaging.python.org, "Dependency specifiers" (PEP 508), read leniently: older
//! tools put the versions in parentheses. Markers are evaluated in three values, because an image tells
//! its Python version but not the machine that it will run on.

use std::collections::BTreeSet;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};

/// Specifiers longer than this are refused; the longest real ones have some hundred bytes.
const LONGEST: usize = 16 << 10;
/// How deep parentheses may nest in a marker.
const DEEPEST: usize = 32;

/// One dependency specifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Name as written.
    pub name: String,
    /// Extras asked for, normalised.
    pub extras: Vec<String>,
    /// The version specifier or `@ url`, as written.
    pub wanted: String,
    /// When it applies; `None` means always.
    pub marker: Option<Marker>,
}

/// A condition on the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marker {
    /// All must hold.
    And(Vec<Marker>),
    /// One must hold.
    Or(Vec<Marker>),
    /// Left side, operator, right side.
    Compare(Operand, String, Operand),
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// An environment variable of the specification, e.g. `python_version`.
    Variable(String),
    /// A quoted text.
    Text(String),
}

/// The value of a marker. The order makes `and` the smaller and `or` the larger of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It does not hold.
    No,
    /// The image does not tell.
    Maybe,
    /// It holds.
    Yes,
}

/// What an image tells of the environment that its Python packages run in. It is always Linux.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// Major and minor version of Python.
    pub python: Option<(u64, u64)>,
    /// `x86_64`, `aarch64`, …
    pub machine: Option<String>,
    /// Whether it is `PyPy` rather than `CPython`.
    pub pypy: bool,
}

/// The extras that hold while a marker is evaluated.
#[derive(Debug, Clone, Copy)]
pub enum Extras<'a> {
    /// These, normalised.
    Only(&'a BTreeSet<String>),
    /// Whichever the marker asks for.
    Any,
}

/// A project or extra name as it is compared: lowercase, runs of `-`, `_` and `.` as one `-`
/// (packaging.python.org, "Names and normalization").
pub fn normalise(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.trim().chars() {
        if !matches!(c, '-' | '_' | '.') {
            normal.push(c.to_ascii_lowercase());
        } else if !normal.ends_with('-') {
            normal.push('-');
        }
    }
    normal
}

impl Dependency {
    /// Reads one specifier; `None` when `text` is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > LONGEST {
            return None;
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let (name, rest) = text.split_at(text.find(|c| !is_name(c)).unwrap_or(text.len()));
        if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return None;
        }
        let mut rest = rest.trim_start();
        let mut extras = Vec::new();
        if let Some(inside) = rest.strip_prefix('[') {
            let (list, after) = inside.split_once(']')?;
            extras = list.split(',').map(normalise).filter(|extra| !extra.is_empty()).collect();
            rest = after.trim_start();
        }
        // A URL may hold a semicolon: only one after white space ends it.
        let end = if rest.starts_with('@') { rest.find(" ;") } else { rest.find(';') };
        let (wanted, marker) = rest.split_at(end.unwrap_or(rest.len()));
        if !(wanted.is_empty() || wanted.starts_with(['@', '(', '<', '>', '=', '!', '~'])) {
            return None;
        }
        let marker = marker.trim_start_matches([' ', ';']).trim();
        let marker = if marker.is_empty() { None } else { Some(Marker::parse(marker)?) };
        Some(Self { name: name.to_owned(), extras, wanted: wanted.trim().to_owned(), marker })
    }

    /// Whether it applies in `environment` with `extras`.
    pub fn applies(&self, environment: &Environment, extras: Extras<'_>) -> Truth {
        self.marker.as_ref().map_or(Truth::Yes, |marker| marker.evaluate(environment, extras))
    }
}

impl Marker {
    /// Reads a marker; `None` when `text` is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut cursor = Cursor { rest: text };
        let marker = cursor.alternatives(0)?;
        cursor.rest.trim().is_empty().then_some(marker)
    }

    /// Whether it holds in `environment` with `extras`.
    pub fn evaluate(&self, environment: &Environment, extras: Extras<'_>) -> Truth {
        match self {
            Self::And(all) => {
                all.iter().map(|it| it.evaluate(environment, extras)).min().unwrap_or(Truth::Yes)
            }
            Self::Or(any) => any.iter().map(|it| it.evaluate(environment, extras)).max().unwrap_or(Truth::No),
            Self::Compare(Operand::Variable(name), op, Operand::Text(text)) => {
                compare(name, op, text, false, environment, extras)
            }
            Self::Compare(Operand::Text(text), op, Operand::Variable(name)) => {
                compare(name, op, text, true, environment, extras)
            }
            Self::Compare(..) => Truth::Maybe,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

/// Compares a variable with a text; `flipped` when the text stands on the left.
fn compare(
    name: &str,
    op: &str,
    text: &str,
    flipped: bool,
    environment: &Environment,
    extras: Extras<'_>,
) -> Truth {
    let value = match name {
        "extra" => {
            let Extras::Only(extras) = extras else { return Truth::Yes };
            return (extras.contains(&normalise(text)) == (op != "!=")).into();
        }
        "python_version" | "python_full_version" | "implementation_version"
            if !matches!(op, "in" | "not in") =>
        {
            let exact = name == "python_version";
            let op = if flipped { mirrored(op) } else { op };
            return compare_python(environment.python, exact, op, text);
        }
        "os_name" => "posix",
        "sys_platform" => "linux",
        "platform_system" => "Linux",
        "implementation_name" if environment.pypy => "pypy",
        "implementation_name" => "cpython",
        "platform_python_implementation" | "python_implementation" if environment.pypy => "PyPy",
        "platform_python_implementation" | "python_implementation" => "CPython",
        "platform_machine" => match &environment.machine {
            Some(machine) => machine,
            None => return Truth::Maybe,
        },
        _ => return Truth::Maybe,
    };
    let (left, right) = if flipped { (text, value) } else { (value, text) };
    match op {
        "==" | "===" => (left == right).into(),
        "!=" => (left != right).into(),
        "in" => right.contains(left).into(),
        "not in" => (!right.contains(left)).into(),
        "<" => (left < right).into(),
        "<=" => (left <= right).into(),
        ">" => (left > right).into(),
        ">=" => (left >= right).into(),
        _ => Truth::Maybe,
    }
}

/// Compares versions of Python. Of the full version only two numbers are known: what holds for both the
/// first and a far later patch release holds, what holds for one of them may hold.
fn compare_python(python: Option<(u64, u64)>, exact: bool, op: &str, text: &str) -> Truth {
    let Some((major, minor)) = python else { return Truth::Maybe };
    let Ok(wanted) = VersionSpecifiers::from_str(&format!("{op}{text}")) else { return Truth::Maybe };
    let holds = |release: &[u64]| wanted.contains(&Version::new(release));
    if exact {
        return holds(&[major, minor]).into();
    }
    match (holds(&[major, minor, 0]), holds(&[major, minor, 999])) {
        (true, true) => Truth::Yes,
        (false, false) => Truth::No,
        _ => Truth::Maybe,
    }
}

fn mirrored(op: &str) -> &str {
    match op {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        same => same,
    }
}

/// What is left to read of a marker.
struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    fn alternatives(&mut self, depth: usize) -> Option<Marker> {
        let mut parts = vec![self.conjunction(depth)?];
        while self.word("or") {
            parts.push(self.conjunction(depth)?);
        }
        if parts.len() == 1 { parts.pop() } else { Some(Marker::Or(parts)) }
    }

    fn conjunction(&mut self, depth: usize) -> Option<Marker> {
        let mut parts = vec![self.atom(depth)?];
        while self.word("and") {
            parts.push(self.atom(depth)?);
        }
        if parts.len() == 1 { parts.pop() } else { Some(Marker::And(parts)) }
    }

    fn atom(&mut self, depth: usize) -> Option<Marker> {
        self.rest = self.rest.trim_start();
        if let Some(inside) = self.rest.strip_prefix('(') {
            if depth >= DEEPEST {
                return None;
            }
            self.rest = inside;
            let marker = self.alternatives(depth + 1)?;
            self.rest = self.rest.trim_start().strip_prefix(')')?;
            return Some(marker);
        }
        let left = self.operand()?;
        let op = self.operator()?;
        Some(Marker::Compare(left, op, self.operand()?))
    }

    fn operand(&mut self) -> Option<Operand> {
        self.rest = self.rest.trim_start();
        if let Some(quote) = self.rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            let (text, after) = self.rest.strip_prefix(quote)?.split_once(quote)?;
            self.rest = after;
            return Some(Operand::Text(text.to_owned()));
        }
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let end = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
        let (word, after) = self.rest.split_at(end);
        self.rest = after;
        // `os.name` and the like are the spelling of PEP 345.
        (!word.is_empty()).then(|| Operand::Variable(word.replace('.', "_")))
    }

    fn operator(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        if self.word("not") {
            return self.word("in").then(|| "not in".to_owned());
        }
        if self.word("in") {
            return Some("in".to_owned());
        }
        let is_symbol = |c: char| matches!(c, '<' | '>' | '=' | '!' | '~');
        let end = self.rest.find(|c| !is_symbol(c)).unwrap_or(self.rest.len());
        let (symbols, after) = self.rest.split_at(end);
        self.rest = after;
        matches!(symbols, "<" | "<=" | ">" | ">=" | "==" | "!=" | "~=" | "===").then(|| symbols.to_owned())
    }

    /// Takes `word` when it comes next and ends there.
    fn word(&mut self, word: &str) -> bool {
        let Some(after) = self.rest.trim_start().strip_prefix(word) else { return false };
        if after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            return false;
        }
        self.rest = after;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(marker: &str) -> Truth {
        let environment = Environment { python: Some((3, 11)), ..Environment::default() };
        let extras = BTreeSet::from(["socks".to_owned()]);
        Marker::parse(marker).expect(marker).evaluate(&environment, Extras::Only(&extras))
    }

    /// Expected values: `packaging.markers.Marker(m).evaluate()` of packaging 26 on `CPython` 3.11, Linux,
    /// for those that do not depend on the machine or the patch release.
    #[test]
    fn markers_agree_with_packaging() {
        for marker in [
            "python_version >= '3.8'",
            "python_version < '3.12' and sys_platform == 'linux'",
            "'3.8' <= python_version",
            "python_version == '3.*'",
            "extra == 'SOCKS'",
            "(os_name == 'nt' or os_name == 'posix') and implementation_name != 'pypy'",
            "'linux' in sys_platform",
            "sys_platform not in 'win32 darwin'",
            "python_full_version >= '3.7.1'",
            "os.name == 'posix'",
        ] {
            assert_eq!(truth(marker), Truth::Yes, "{marker}");
        }
        for marker in [
            "python_version < '3.9'",
            "python_version < \"3.10\"",
            "extra == 'test'",
            "sys_platform == 'win32' or platform_system == 'Windows'",
            "python_full_version < '3.11'",
            "platform_python_implementation == 'PyPy' and python_version >= '3.8'",
        ] {
            assert_eq!(truth(marker), Truth::No, "{marker}");
        }
    }

    #[test]
    fn what_the_image_does_not_tell_is_maybe() {
        assert_eq!(truth("platform_machine == 'aarch64'"), Truth::Maybe);
        assert_eq!(truth("python_full_version < '3.11.3'"), Truth::Maybe);
        assert_eq!(truth("platform_machine == 'aarch64' and sys_platform == 'win32'"), Truth::No);
        assert_eq!(truth("platform_release >= '5'"), Truth::Maybe);
    }

    /// The examples of the specification's section "Examples", and the parenthesised form of older tools.
    #[test]
    fn specifiers() {
        let read = |text: &str| Dependency::parse(text).unwrap();
        let full = read("requests [security,tests] >= 2.8.1, == 2.8.* ; python_version < \"2.7\"");
        assert_eq!(full.name, "requests");
        assert_eq!(full.extras, ["security", "tests"]);
        assert_eq!(full.wanted, ">= 2.8.1, == 2.8.*");
        assert!(full.marker.is_some());
        let url = read("pip @ https://github.com/pypa/pip/archive/1.3.1.zip#sha1=da9234ee ; os_name=='nt'");
        assert_eq!(url.wanted, "@ https://github.com/pypa/pip/archive/1.3.1.zip#sha1=da9234ee");
        assert_eq!(read("A").name, "A");
        assert_eq!(read("Jinja2 (>=2.10,<4)").wanted, "(>=2.10,<4)");
        assert_eq!(read("name<=1").wanted, "<=1");
        for bad in ["", "-x", "a b", "a[b", "a; python_version", "a; (os_name == 'x'", "a; os_name = 'x'"] {
            assert_eq!(Dependency::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = format!("a; {}os_name == 'x'{}", "(".repeat(5000), ")".repeat(5000));
        assert_eq!(Dependency::parse(&deep), None);
    }

    #[test]
    fn names_are_normalised() {
        assert_eq!(normalise("Flask__SQL.-Alchemy"), "flask-sql-alchemy");
    }
}
