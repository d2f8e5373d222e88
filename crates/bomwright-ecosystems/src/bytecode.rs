//! Python's compiled modules: which source the header of a `.pyc` file says that it was made from.
//!
//! Files: `*.pyc`. The header is that of `importlib` and PEP 552: a magic number, since Python 3.7 flags, then either
//! the source's time and size (flags 0) or its hash. The source's name follows PEP 3147 and PEP 488:
//! `__pycache__/x.cpython-311.opt-1.pyc` is made from `x.py`, and so is a legacy `x.pyc`.
//!
//! Observation `python-bytecode`: flags (`-` before Python 3.7), time (seconds since 1970) and size (bytes) of the
//! source (`-` where the header does not say), and the path of the source.
//!
//! No packages, no edges. It can't see whether the code is what the source compiles to: the header names the source and
//! nothing binds the two together.

use bomwright_model::{Code, Observation};

use crate::format::binary::Order;
use crate::{Claim, Ecosystem, FileView, Findings};

/// The first magic number of a Python 3 whose header has flags, and the first beyond Python 3 (`importlib`,
/// `_bootstrap_external.py`).
const WITH_FLAGS: std::ops::Range<u16> = 3392..20_000;
/// The first magic number of a Python 3 whose header has the source's size.
const WITH_SIZE: std::ops::Range<u16> = 3170..20_000;

/// See the module.
pub(crate) struct PythonBytecode;

impl Ecosystem for PythonBytecode {
    fn name(&self) -> &'static str {
        "python-bytecode"
    }

    fn about(&self) -> &'static str {
        "which source each compiled Python module says that it was made from"
    }

    fn claims(&self) -> &'static [Claim] {
        const { &[Claim::suffix(".pyc")] }
    }

    fn only_to_verify(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let Some(source) = source(file) else { return };
        match header(file.bytes) {
            Ok([flags, time, size]) => {
                let values = [flags, time, size, source];
                out.observations.push(Observation::new("python-bytecode", file.path, values));
            }
            Err((code, what)) => out.note(file, code, what),
        }
    }
}

/// Flags, time and size.
fn header(bytes: &[u8]) -> Result<[String; 3], (Code, &'static str)> {
    let cut = (Code::Truncated, "shorter than a header");
    let magic = Order::Little.u16(bytes, 0).ok_or(cut)?;
    if bytes.get(2..4).ok_or(cut)? != b"\r\n" {
        return Err((Code::MalformedFile, "no magic number of Python"));
    }
    let word = |at| Order::Little.u32(bytes, at).ok_or(cut);
    let unknown = || "-".to_owned();
    if !WITH_FLAGS.contains(&magic) {
        let size = if WITH_SIZE.contains(&magic) { word(8)?.to_string() } else { unknown() };
        return Ok([unknown(), word(4)?.to_string(), size]);
    }
    let (flags, first, second) = (word(4)?, word(8)?, word(12)?);
    // The lowest bit says that a hash takes the place of time and size.
    let [first, second] =
        if flags & 1 == 0 { [first.to_string(), second.to_string()] } else { [unknown(), unknown()] };
    Ok([flags.to_string(), first, second])
}

/// The path of the source of `file`; `None` where its name fits neither scheme.
fn source(file: &FileView<'_>) -> Option<String> {
    let stem = file.name().strip_suffix(".pyc").filter(|stem| !stem.is_empty())?;
    let (directory, module) = match file.parent().strip_suffix("__pycache__") {
        Some(directory) if directory.is_empty() || directory.ends_with('/') => {
            (directory.trim_end_matches('/'), without_tag(stem)?)
        }
        _ => (file.parent(), stem),
    };
    Some(if directory.is_empty() { format!("{module}.py") } else { format!("{directory}/{module}.py") })
}

/// `x` of `x.cpython-311`, `x.cpython-311.opt-1` and `x.cpython-311-pytest-7.2.1`.
fn without_tag(stem: &str) -> Option<&str> {
    let implementation = [".cpython-", ".pypy", ".graalpy"].into_iter().find_map(|tag| stem.rfind(tag));
    let plain = stem.rsplit_once(".opt-").map_or(stem, |(plain, _)| plain);
    let end = implementation.or_else(|| plain.rfind('.'))?;
    stem.get(..end).filter(|module| !module.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_both_schemes() {
        // PEP 3147 and PEP 488; the name with dots is the one that pytest gives to modules that it rewrote.
        let source = |path| source(&FileView::new(path, b""));
        for (path, expected) in [
            ("usr/lib/a/__pycache__/x.cpython-311.pyc", "usr/lib/a/x.py"),
            ("a/__pycache__/x.cpython-311.opt-2.pyc", "a/x.py"),
            ("a/__pycache__/x.y.cpython-311.pyc", "a/x.y.py"),
            ("a/__pycache__/test_x.cpython-311-pytest-7.2.1.pyc", "a/test_x.py"),
            ("a/__pycache__/x.pypy39.pyc", "a/x.py"),
            ("a/__pycache__/x.jython-27.pyc", "a/x.py"),
            ("__pycache__/x.cpython-311.pyc", "x.py"),
            ("a/x.pyc", "a/x.py"),
            ("x.pyc", "x.py"),
        ] {
            assert_eq!(source(path).as_deref(), Some(expected), "{path}");
        }
        for path in ["a/.pyc", "a/__pycache__/x.pyc", "a/__pycache__/.cpython-311.pyc"] {
            assert_eq!(source(path), None, "{path}");
        }
    }

    #[test]
    fn headers_of_each_age() {
        // PEP 552 for the flags; the magic numbers are those of `importlib.util.MAGIC_NUMBER` of 2.7, 3.6 and 3.11.
        let header = |magic: u16, words: &[u32]| {
            let mut bytes = magic.to_le_bytes().to_vec();
            bytes.extend(b"\r\n");
            bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
            header(&bytes).map(|it| it.join(" "))
        };
        assert_eq!(header(62211, &[7]).unwrap(), "- 7 -");
        assert_eq!(header(3379, &[7, 8]).unwrap(), "- 7 8");
        assert_eq!(header(3495, &[0, 7, 8]).unwrap(), "0 7 8");
        assert_eq!(header(3495, &[1, 7, 8]).unwrap(), "1 - -");
        assert_eq!(header(3495, &[3, 7, 8]).unwrap(), "3 - -");
        assert_eq!(header(3495, &[0, 7]).unwrap_err().0, Code::Truncated);
    }
}
