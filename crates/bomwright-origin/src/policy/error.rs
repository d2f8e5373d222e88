//! Why a policy file can't be used.

/// A policy file that can't be used; every message names the file and the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The text breaks TOML.
    #[error("{name}:{line}: {reason}")]
    Malformed {
        /// The file's name.
        name: String,
        /// Counted from 1.
        line: usize,
        /// What TOML expects.
        reason: String,
    },
    /// A key that is not known.
    #[error("{name}:{line}: {table} has no key '{key}' (known: {known})")]
    UnknownKey {
        /// The file's name.
        name: String,
        /// Counted from 1.
        line: usize,
        /// The table as it is written, or `the file`.
        table: String,
        /// The key.
        key: String,
        /// The keys that there are.
        known: String,
    },
    /// A key below `[in-house]` is neither a key nor an ecosystem.
    #[error("{name}:{line}: [in-house] names '{key}', which is no ecosystem (known: {known})")]
    UnknownEcosystem {
        /// The file's name.
        name: String,
        /// Counted from 1.
        line: usize,
        /// The key.
        key: String,
        /// The ecosystems that there are.
        known: String,
    },
    /// A value of the wrong type, a bad pattern, date, host, digest or fingerprint, or a value that is missing.
    #[error("{name}:{line}: {key}: {reason}")]
    Value {
        /// The file's name.
        name: String,
        /// Counted from 1.
        line: usize,
        /// The key whose value it is.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
}
