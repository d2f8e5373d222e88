//! `META-INF/MANIFEST.MF`: the main section, and lists of `OSGi` clauses in it.
//!
//! Format: JAR File Specification, section "JAR Manifest"; `OSGi` Core 8, section 3.2.3 "Bundle Manifest Headers".

use std::collections::BTreeMap;

/// The main attributes of a jar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Values by lowercased name: names compare without regard to case.
    attributes: BTreeMap<String, String>,
}

impl Manifest {
    /// Reads the main section of `bytes`, which ends at the first empty line. Lines that are no attribute
    /// are skipped.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut lines: Vec<Vec<u8>> = Vec::new();
        // A line may be cut in the middle of a character, so lines are joined before they are decoded.
        for line in bytes.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match (line.strip_prefix(b" "), lines.last_mut()) {
                (Some(rest), Some(last)) => last.extend_from_slice(rest),
                _ if line.is_empty() => break,
                _ => lines.push(line.to_vec()),
            }
        }
        let mut attributes = BTreeMap::new();
        for line in lines {
            let line = String::from_utf8_lossy(&line);
            if let Some((name, value)) = line.split_once(':') {
                attributes.insert(name.trim().to_ascii_lowercase(), value.trim().to_owned());
            }
        }
        Self { attributes }
    }

    /// The value of the attribute `name`, given in lowercase, unless it is blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The first of `names` that has a value.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// The `OSGi` symbolic name without its directives.
    pub fn symbolic_name(&self) -> Option<&str> {
        let name = self.get("bundle-symbolicname")?.split(';').next()?.trim();
        Some(name).filter(|name| !name.is_empty())
    }
}

/// The clauses of an `OSGi` header: each clause's first path, and the rest of it with its attributes.
/// Commas and semicolons in quotes do not separate.
pub fn clauses(header: &str) -> impl Iterator<Item = (&str, &str)> {
    split_unquoted(header, ',').map(|clause| {
        let path = split_unquoted(clause, ';').next().unwrap_or_default();
        (path.trim().trim_matches('"'), clause.get(path.len()..).unwrap_or_default())
    })
}

fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut in_quotes = false;
    text.split(move |char| {
        in_quotes ^= char == '"';
        char == separator && !in_quotes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continuation_lines_are_joined_and_later_sections_left_out() {
        let manifest = Manifest::parse(
            b"Manifest-Version: 1.0\r\nIMPLEMENTATION-Title: Some lo\r\n ng title\r\nBad line\r\n\r\nName: a\r\nX: y\r\n",
        );
        assert_eq!(manifest.get("implementation-title"), Some("Some long title"));
        assert_eq!(manifest.get("x"), None);
        // U+00E9 cut between its two bytes.
        let manifest = Manifest::parse(b"A: caf\xc3\n \xa9\n");
        assert_eq!(manifest.get("a"), Some("caf\u{e9}"));
    }

    #[test]
    fn quoted_commas_do_not_separate_clauses() {
        let header = "org.a;bundle-version=\"[1,2)\",org.b;resolution:=optional";
        let found: Vec<_> = clauses(header).collect();
        assert_eq!(found, [("org.a", ";bundle-version=\"[1,2)\""), ("org.b", ";resolution:=optional")]);
    }
}
