//! End-to-end tests live in `it/`; this library holds what they share.
