//! What the readers of lock files share.
//!
//! A lock file names every package exactly, so nothing has to be resolved: the package gets a handle that only
//! this lock file can mean ([`handle`]), as one of [`Found::provides`], and those that need it name the handle
//! in [`Found::locked`]. Packages of a lock file lie at no place, unless the format states one.

use bomwright_model::{Code, LinkKind, Package, Scope};
use serde::de::DeserializeOwned;

use crate::format::url::without_credentials;
use crate::{FileView, Findings, Found, Requirement};

/// Packages of one lock file beyond this many are left out; real ones have some ten thousand.
pub(crate) const MOST_PACKAGES: usize = 200_000;

/// What the lock file in `directory` calls the package `id`; its own words, as long as they are unique in it.
pub fn handle(directory: &str, id: &str) -> String {
    format!("lock:{directory}#{id}")
}

/// Collects the packages of one lock file.
pub(crate) struct Lock<'a, 'f> {
    file: &'a FileView<'f>,
    ecosystem: &'static str,
    packages: usize,
}

impl<'a, 'f> Lock<'a, 'f> {
    pub(crate) fn new(file: &'a FileView<'f>, ecosystem: &'static str) -> Self {
        Self { file, ecosystem, packages: 0 }
    }

    /// A package that others of this file need as `id`.
    pub(crate) fn found(&self, package: Package, id: &str) -> Found {
        let mut found = Found::new(package, self.file, self.ecosystem);
        found.provides.push(self.handle(id));
        found
    }

    pub(crate) fn handle(&self, id: &str) -> String {
        handle(self.file.parent(), id)
    }

    /// The need of the package `id`, which the file words as `text`.
    pub(crate) fn needs(&self, text: impl Into<String>, id: &str, scope: Scope) -> Requirement {
        Requirement::new(text, self.handle(id)).in_scope(scope)
    }

    /// Adds a package; false, and a note, where there are too many.
    pub(crate) fn add(&mut self, found: Found, out: &mut Findings) -> bool {
        self.packages += 1;
        if self.packages > MOST_PACKAGES {
            out.note(self.file, Code::LimitExceeded, format!("more than {MOST_PACKAGES} packages"));
            return false;
        }
        out.packages.push(found);
        true
    }
}

/// The file as JSON; `None`, and a note, where it is none.
pub(crate) fn json<T: DeserializeOwned>(file: &FileView<'_>, out: &mut Findings) -> Option<T> {
    // Tools of Windows begin their files with a byte order mark.
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.bytes);
    match serde_json::from_slice(bytes) {
        Ok(value) => Some(value),
        Err(error) => {
            let code = if error.is_eof() { Code::Truncated } else { Code::MalformedFile };
            out.note(file, code, format!("{} is not the json that it should be: {error}", file.name()));
            None
        }
    }
}

/// The file as TOML; `None`, and a note, where it is none.
pub(crate) fn toml(file: &FileView<'_>, out: &mut Findings) -> Option<toml::Table> {
    let text = crate::format::text(file, out);
    match text.parse::<toml::Table>() {
        Ok(table) => Some(table),
        Err(error) => {
            let at_end = error.span().is_none_or(|span| span.end >= text.trim_end().len());
            let code = if at_end { Code::Truncated } else { Code::MalformedFile };
            out.note(file, code, format!("{} is no toml: {}", file.name(), error.message()));
            None
        }
    }
}

/// The strings and tables of a TOML value, which may be anything.
pub(crate) trait Loose {
    /// The value of `key`, where this is a table that has it.
    fn at(&self, key: &str) -> Option<&toml::Value>;
    /// The text of `key`, else nothing.
    fn text(&self, key: &str) -> &str {
        self.at(key).and_then(toml::Value::as_str).unwrap_or_default()
    }
    /// The elements of the list `key`.
    fn list(&self, key: &str) -> &[toml::Value] {
        self.at(key).and_then(toml::Value::as_array).map_or(&[], Vec::as_slice)
    }
    /// The entries of the table `key`.
    fn entries(&self, key: &str) -> impl Iterator<Item = (&String, &toml::Value)> {
        self.at(key).and_then(toml::Value::as_table).into_iter().flatten()
    }
}

impl Loose for toml::Table {
    fn at(&self, key: &str) -> Option<&toml::Value> {
        self.get(key)
    }
}

impl Loose for toml::Value {
    fn at(&self, key: &str) -> Option<&toml::Value> {
        self.as_table()?.get(key)
    }
}

/// Notes that `package` comes from `url`, a registry, a repository or an archive.
pub(crate) fn resolve(package: &mut Package, url: &str) {
    let url = without_credentials(url);
    package.set_property("resolved", &url);
    if url.starts_with("http") && !is_repository(&url) {
        package.add_link(LinkKind::Download, &url);
    }
}

/// Whether an address is that of a git repository, by the habit of its end.
pub(crate) fn is_repository(address: &str) -> bool {
    const ENDING: &str = ".git";
    address.ends_with(ENDING)
}

/// Whether a path is that of an archive rather than of a directory.
pub(crate) fn is_archive(path: &str) -> bool {
    const ENDINGS: &[&str] = &[".whl", ".zip", ".gz", ".tgz", ".bz2"];
    ENDINGS.iter().any(|ending| path.ends_with(ending))
}

/// Marks what is needed only to develop, or only where it is wanted.
pub(crate) fn mark(package: &mut Package, scope: Scope) {
    if scope != Scope::Runtime {
        package.set_property("scope", scope.as_str());
    }
}
