//! Licences of a Debian package, from its `copyright` file.
//!
//! Debian Policy 12.5 asks every package for one. Where it is machine-readable
//! (copyright-format 1.0) its `License` fields are the statement; where it is prose, all that can be
//! relied on is which texts of `/usr/share/common-licenses` it points to.

use std::collections::BTreeSet;

use crate::format::deb822::{Stanza, stanzas};

const COMMON: &str = "/usr/share/common-licenses/";

/// The licences that the copyright file `text` names, as written, sorted, each once.
pub(crate) fn licenses(text: &str) -> BTreeSet<&str> {
    let stated = stated(text);
    if stated.is_empty() { referenced(text) } else { stated }
}

/// Whether `text` is in the machine-readable form.
pub(crate) fn is_machine_readable(text: &str) -> bool {
    stanzas(text).next().is_some_and(|stanza| is_header(&stanza))
}

/// The short names of the `License` fields of the header and of the `Files` stanzas. Stand-alone `License`
/// stanzas only spell out what the others name.
fn stated(text: &str) -> BTreeSet<&str> {
    let mut all = stanzas(text);
    let Some(header) = all.next().filter(is_header) else { return BTreeSet::new() };
    let files = all.filter(|stanza| stanza.has("Files"));
    std::iter::once(header).chain(files).filter_map(|stanza| stanza.first_line("License")).collect()
}

/// `Format-Specification` is what drafts of the format called its first field.
pub(crate) fn is_header(stanza: &Stanza<'_>) -> bool {
    stanza.has("Format") || stanza.has("Format-Specification")
}

/// The names of the common licences that prose points to.
fn referenced(text: &str) -> BTreeSet<&str> {
    text.split(COMMON)
        .skip(1)
        .filter_map(|after| {
            let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
            let end = after.find(|c| !is_part(c)).unwrap_or(after.len());
            // A full stop after the name ends the sentence.
            after.get(..end).map(|name| name.trim_end_matches(['.', '-'])).filter(|name| !name.is_empty())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_files_stanzas_count_and_the_texts_do_not() {
        // The example of copyright-format 1.0, section "Stand-alone License stanza", shortened.
        let text = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n\
                    Files: *\nCopyright: 2009 A\nLicense: MPL-1.1 or GPL-2 or LGPL-2.1\n\n\
                    Files: b.c\nCopyright: 2010 B\nLicense: BSD-3-clause\n Redistribution is permitted.\n\n\
                    License: MPL-1.1\n text\n\nLicense: GPL-2\n See /usr/share/common-licenses/GPL-2.\n";
        assert_eq!(Vec::from_iter(licenses(text)), ["BSD-3-clause", "MPL-1.1 or GPL-2 or LGPL-2.1"]);
    }

    #[test]
    fn prose_yields_the_common_licences_it_points_to() {
        let text = "On Debian systems see `/usr/share/common-licenses/GPL-2'\nor /usr/share/common-licenses/LGPL.\n\
                    The directory /usr/share/common-licenses/ itself names nothing.";
        assert_eq!(Vec::from_iter(licenses(text)), ["GPL-2", "LGPL"]);
    }
}
