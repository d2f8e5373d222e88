//! The files that a path of the user's stands for.

use std::fs;
use std::path::{Path, PathBuf};

use crate::TrustError;

/// The deepest that directories are followed: a mirror is eight deep.
const DEEPEST: usize = 32;
/// The most files below one path: a mirror of all of Debian's main has some 64000 archives for one architecture.
const MOST_FILES: usize = 500_000;

/// `path`, or every file below it when it is a directory, sorted. Links to directories are not followed.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>, TrustError> {
    let mut all = Vec::new();
    let metadata = fs::metadata(path).map_err(TrustError::unreadable(path))?;
    let mut open = vec![(path.to_owned(), 0)];
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    while let Some((directory, depth)) = open.pop() {
        if depth > DEEPEST {
            return Err(TrustError::Limit { path: directory, reason: "deeper than is read".to_owned() });
        }
        for entry in fs::read_dir(&directory).map_err(TrustError::unreadable(&directory))? {
            let entry = entry.map_err(TrustError::unreadable(&directory))?;
            let kind = entry.file_type().map_err(TrustError::unreadable(&entry.path()))?;
            if kind.is_dir() {
                open.push((entry.path(), depth + 1));
            } else if kind.is_file() || entry.path().is_file() {
                all.push(entry.path());
            }
            if all.len() + open.len() > MOST_FILES {
                return Err(TrustError::Limit {
                    path: path.to_owned(),
                    reason: "more files than are read".to_owned(),
                });
            }
        }
    }
    all.sort_unstable();
    Ok(all)
}

/// What a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A package.
    Deb,
    /// An index of packages; apt keeps one as `HOST_PATH_Packages`.
    Index,
    /// An index of indexes, signed in the same file or beside it.
    Release,
}

impl Kind {
    /// The kind of the file at `path`; `None` for what vouches for nothing.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        if path.extension().is_some_and(|it| it == "deb" || it == "udeb") {
            return Some(Self::Deb);
        }
        let base = name.rsplit('_').next()?;
        match base {
            "InRelease" | "Release" => Some(Self::Release),
            "Packages" => Some(Self::Index),
            // One in a compression that is not read is an index too: reading it says so.
            _ => base
                .strip_prefix("Packages.")
                .filter(|it| ["gz", "xz", "zst", "bz2", "lz4", "lzma"].contains(it))
                .map(|_| Self::Index),
        }
    }
}

/// Where the `Release` of an index may lie: beside it, and up to four directories above, as a mirror has it
/// (`dists/SUITE/InRelease`, `dists/SUITE/COMPONENT/binary-ARCHITECTURE/Packages`).
pub(crate) fn releases_for(index: &Path) -> Result<Vec<PathBuf>, TrustError> {
    let mut all = Vec::new();
    for (directory, depth) in index.ancestors().skip(1).take(5).zip(0..) {
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        if depth == 0 {
            for entry in fs::read_dir(directory).map_err(TrustError::unreadable(directory))? {
                let path = entry.map_err(TrustError::unreadable(directory))?.path();
                if Kind::of(&path) == Some(Kind::Release) && path.is_file() {
                    all.push(path);
                }
            }
        } else {
            let paths = ["InRelease", "Release"].map(|name| directory.join(name));
            all.extend(paths.into_iter().filter(|path| path.is_file()));
        }
    }
    all.sort_unstable();
    Ok(all)
}
