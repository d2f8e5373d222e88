//! Small texts whose lines are worth comparing: configuration, and what people wrote who build the image.
//!
//! They are kept only for a comparison, from the places where packages install little: below `etc`, `usr/local`, and
//! everything outside of the system's own directories. What is too large or no UTF-8 is compared by its digest alone.

use std::collections::BTreeMap;

use bomwright_image::MergedTree;
use bomwright_model::LayerId;

/// Larger files are no texts that a person reads.
const LARGEST: u64 = 64 << 10;
/// Bytes of texts that are kept of one layer; the first ones, in the order of its tar.
const MOST: usize = 32 << 20;
/// Directories of the system, in which texts are the packages' own.
const SYSTEM: &[&str] =
    &["bin", "boot", "dev", "lib", "lib32", "lib64", "libx32", "proc", "run", "sbin", "sys", "usr", "var"];
/// Directories, at any depth, whose content others wrote.
const FOREIGN: &[&str] =
    &[".git", "__pycache__", "dist-packages", "node_modules", "site-packages", "vendor", "target", "gems"];

/// The texts of one layer.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    kept: Vec<(String, String)>,
    bytes: usize,
}

impl Texts {
    /// Whether the file at `path` may be such a text: the most bytes of it to read.
    pub(crate) fn wants(&self, path: &str, size: u64, head: &[u8]) -> Option<u64> {
        let fits = size <= LARGEST && self.bytes < MOST;
        (fits && size > 0 && !head.contains(&0) && is_place(path)).then_some(LARGEST)
    }

    /// Keeps a text.
    pub(crate) fn add(&mut self, path: &str, bytes: &[u8]) {
        if let Ok(text) = str::from_utf8(bytes) {
            self.bytes += text.len();
            self.kept.push((path.to_owned(), text.to_owned()));
        }
    }
}

fn is_place(path: &str) -> bool {
    let mut parts = path.split('/');
    let top = parts.next().unwrap_or_default();
    let system = SYSTEM.contains(&top)
        && !path.starts_with("usr/local/")
        && !path.starts_with("var/spool/cron")
        && !path.starts_with("var/www/");
    let generated = path.starts_with("etc/ssl/certs/") || path.starts_with("etc/alternatives/");
    !system && !generated && !path.split('/').any(|part| FOREIGN.contains(&part))
}

/// The texts that are left in the merged tree. `layers` are those of each layer, bottom first.
pub(crate) fn surviving(layers: Vec<Texts>, tree: &MergedTree) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (layer, all) in (0..).map(LayerId).zip(layers) {
        for (path, text) in all.kept {
            if let Some(place) = tree.landed(layer, &path) {
                texts.insert(place, text);
            }
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_people_are_wanted_and_those_of_packages_not() {
        let texts = Texts::default();
        let wants = |path| texts.wants(path, 100, b"#!/bin/sh").is_some();
        for path in
            ["etc/nginx/nginx.conf", "app/main.py", "usr/local/bin/entry.sh", "opt/x/run", "Dockerfile"]
        {
            assert!(wants(path), "{path}");
        }
        for path in [
            "usr/lib/python3/x.py",
            "var/lib/dpkg/status",
            "app/node_modules/x/index.js",
            "etc/ssl/certs/a.pem",
        ] {
            assert!(!wants(path), "{path}");
        }
        assert_eq!(texts.wants("app/x", 1 << 20, b"text"), None);
        assert_eq!(texts.wants("app/x", 10, b"\x7fELF\0"), None);
    }
}
