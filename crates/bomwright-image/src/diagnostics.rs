//! Diagnostics with an upper bound, so that a hostile layer cannot fill the memory with complaints.

use bomwright_model::{Code, Diagnostic};

/// A list that counts what it had no room for.
#[derive(Debug)]
pub(crate) struct Diagnostics {
    list: Vec<Diagnostic>,
    limit: usize,
    dropped: usize,
}

impl Diagnostics {
    pub(crate) fn new(limit: usize) -> Self {
        Self { list: Vec::new(), limit, dropped: 0 }
    }

    /// Adds what `make` makes, if there is room.
    pub(crate) fn add(&mut self, make: impl FnOnce() -> Diagnostic) {
        if self.list.len() < self.limit {
            self.list.push(make());
        } else {
            self.dropped += 1;
        }
    }

    /// Adds a diagnostic about `path`.
    pub(crate) fn at(&mut self, code: Code, path: &[u8], message: &str) {
        self.add(|| Diagnostic::new(code, message).at(lossy(path)));
    }

    /// All of them, with one more if some were left out.
    pub(crate) fn into_list(mut self) -> Vec<Diagnostic> {
        if self.dropped > 0 {
            let message = format!("{} more diagnostics were left out", self.dropped);
            self.list.push(Diagnostic::new(Code::LimitExceeded, message));
        }
        self.list
    }
}

/// `path` for people: replacement characters for what is no UTF-8, and no longer than 4096 bytes or so.
pub(crate) fn lossy(path: &[u8]) -> String {
    String::from_utf8_lossy(path.get(..4096).unwrap_or(path)).into_owned()
}
