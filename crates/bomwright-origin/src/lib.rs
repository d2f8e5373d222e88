//! Pure rules that say where a package or a file came from.
