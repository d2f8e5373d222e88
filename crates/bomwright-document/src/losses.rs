//! What a format can't carry: one table, for people (`docs/formats.md`) and for `bomwright convert`.

use std::fmt::Write as _;
use std::io;

use bomwright_model::{File, FileChoice, Inventory, Node};

use crate::spelling::camel;
use crate::{Format, Target, cyclonedx, json, spdx2};

/// A kind of fact that not every format carries.
#[derive(Debug)]
pub struct Loss {
    /// The facts, in the plural.
    pub what: &'static str,
    /// What the document holds instead; empty where it holds nothing.
    pub instead: &'static str,
    carries: fn(Target) -> bool,
    count: fn(&Inventory, Target) -> usize,
}

impl Loss {
    /// Whether documents of `target` carry such facts.
    pub fn is_carried_by(&self, target: Target) -> bool {
        (self.carries)(target)
    }
}

fn only_json(target: Target) -> bool {
    target.format() == Format::Json
}

fn all_but_purls(target: Target) -> bool {
    target.format() != Format::Purls
}

/// Whether documents list every file that `least` chooses.
fn lists(target: Target, least: FileChoice) -> bool {
    only_json(target) || (all_but_purls(target) && target.files() >= least)
}

/// How many files for which `is_such` holds a document does not list.
fn unlisted(inventory: &Inventory, target: Target, is_such: fn(&File) -> bool) -> usize {
    inventory.files.iter().filter(|file| is_such(file) && !target.lists(file)).count()
}

/// The table. What is not in it is carried by every format.
const LOSSES: &[Loss] = &[
    Loss {
        what: "files that a package owns",
        instead: "",
        carries: |target| lists(target, FileChoice::Owned),
        count: |inventory, target| unlisted(inventory, target, |file| file.owner.is_some()),
    },
    Loss {
        what: "programs, libraries, scripts and kernel modules that no package owns",
        instead: "",
        carries: |target| lists(target, FileChoice::Executables),
        count: |inventory, target| {
            unlisted(inventory, target, |file| file.owner.is_none() && file.can_be_run())
        },
    },
    Loss {
        what: "other object files that no package owns",
        instead: "",
        carries: |target| lists(target, FileChoice::All),
        count: |inventory, target| {
            unlisted(inventory, target, |file| file.owner.is_none() && !file.can_be_run())
        },
    },
    Loss {
        what: "dependencies from or to a file that is not listed",
        instead: "dependencies of the package that owns it, else from the root, in CycloneDX and SPDX",
        carries: |target| lists(target, FileChoice::All),
        count: |inventory, target| {
            let is_unlisted = |node: &Node| match node {
                Node::File(id) => inventory.file(*id).is_some_and(|file| !target.lists(file)),
                _ => false,
            };
            let edges = inventory.graph.edges();
            edges.iter().filter(|(from, to, _)| is_unlisted(from) || is_unlisted(to)).count()
        },
    },
    Loss {
        what: "wordings and evidences of dependencies",
        instead: "dependencies without them, in CycloneDX and SPDX",
        carries: only_json,
        count: |inventory, _| {
            let edges = inventory.graph.edges();
            edges
                .iter()
                .filter(|(.., edge)| edge.evidence().is_some() || !edge.requirement().is_empty())
                .count()
        },
    },
    Loss {
        what: "characters that XML can't hold",
        instead: "U+FFFD in their place",
        carries: |target| target.format() != Format::CycloneDxXml,
        count: |inventory, _| {
            let mut counter = Counter::default();
            // Counting writes nowhere, so nothing can fail.
            let _ = json::encode(inventory, &mut counter);
            counter.found
        },
    },
    Loss {
        what: "tools whose name and version the form name-version does not tell apart",
        instead: "name and version split at another hyphen",
        carries: |target| !matches!(target.format(), Format::SpdxJson | Format::SpdxTagValue),
        count: |inventory, _| inventory.tools.iter().filter(|tool| !spdx2::tells_apart(tool)).count(),
    },
    Loss {
        what: "packages without a package URL",
        instead: "",
        carries: all_but_purls,
        count: |inventory, _| inventory.packages.iter().filter(|package| package.purl.is_none()).count(),
    },
    Loss {
        what: "packages with more to them than a package URL",
        instead: "their package URL",
        carries: all_but_purls,
        count: |inventory, _| inventory.packages.iter().filter(|package| package.purl.is_some()).count(),
    },
    Loss {
        what: "dependencies",
        instead: "",
        carries: all_but_purls,
        count: |inventory, _| inventory.graph.petgraph().edge_count(),
    },
    Loss {
        what: "facts on the image, its layers and its distribution",
        instead: "",
        carries: all_but_purls,
        count: |inventory, _| {
            let whole = [inventory.image.is_some(), inventory.distribution.is_some()];
            whole.into_iter().filter(|is_there| *is_there).count() + inventory.layers.len()
        },
    },
    Loss {
        what: "diagnostics: what could not be read",
        instead: "",
        carries: all_but_purls,
        count: |inventory, _| inventory.diagnostics.len(),
    },
];

/// What of `inventory` a document of `target` can't carry, and how much of it there is; empty when it carries all.
pub fn losses(inventory: &Inventory, target: Target) -> Vec<(&'static Loss, usize)> {
    let lost = LOSSES.iter().filter(|loss| !loss.is_carried_by(target));
    lost.map(|loss| (loss, (loss.count)(inventory, target))).filter(|(_, count)| *count > 0).collect()
}

/// The tables of `docs/formats.md`, in Markdown: formats and versions, what each can't carry, and what older
/// versions of CycloneDX get instead of newer members.
pub fn format_tables() -> String {
    let mut out = String::from(
        "| format | versions written | default | file name | media type |\n|---|---|---|---|---|\n",
    );
    // Writing to a String can't fail.
    for &format in Format::ALL {
        let versions =
            if format.versions().is_empty() { "one".to_owned() } else { format.versions().join(", ") };
        let default = if format.default_version().is_empty() { "-" } else { format.default_version() };
        let (name, end, kind) = (format.name(), format.extension(), format.media_type());
        let _ = writeln!(out, "| `{name}` | {versions} | {default} | `*.{end}` | `{kind}` |");
    }
    out.push_str("\n| what |");
    for format in Format::ALL {
        let _ = write!(out, " `{}` |", format.name());
    }
    out.push_str(" where not, there is instead |\n|---|");
    out.push_str(&"---|".repeat(Format::ALL.len() + 1));
    out.push('\n');
    for loss in LOSSES {
        let _ = write!(out, "| {} |", loss.what);
        for &format in Format::ALL {
            let _ = write!(out, " {} |", carried(loss, format));
        }
        let _ = writeln!(out, " {} |", if loss.instead.is_empty() { "nothing" } else { loss.instead });
    }
    out.push_str("\n| member of CycloneDX | since | before that |\n|---|---|---|\n");
    for (object, member, since, instead) in cyclonedx::SINCE {
        let _ = writeln!(out, "| {object}: `{}` | {} | {instead} |", camel(member), since.number());
    }
    out
}

/// Whether documents of `format` carry such facts, or with which files they do.
fn carried(loss: &Loss, format: Format) -> String {
    let target = Target::from(format);
    if loss.is_carried_by(target) {
        return "yes".to_owned();
    }
    let choice = FileChoice::ALL.iter().find(|choice| loss.is_carried_by(target.with_files(**choice)));
    choice.map_or_else(|| "no".to_owned(), |choice| format!("`--files {}`", choice.as_str()))
}

/// Counts in JSON the escapes of characters that XML 1.0 has no way to hold (production 2, `Char`), and U+FFFE and
/// U+FFFF, which JSON does not escape.
#[derive(Default)]
struct Counter {
    found: usize,
    escaped: bool,
    tail: [u8; 2],
}

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for &byte in bytes {
            if self.escaped {
                self.escaped = false;
                self.found += usize::from(matches!(byte, b'u' | b'b' | b'f'));
            } else if byte == b'\\' {
                self.escaped = true;
            }
            self.found += usize::from(self.tail == [0xef, 0xbf] && byte >= 0xbe);
            self.tail = [self.tail[1], byte];
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bomwright_model::{Package, Source, SourceKind};

    use super::*;

    #[test]
    fn what_xml_can_t_hold_is_counted() {
        let mut inventory = Inventory::new(Source { kind: SourceKind::Dir, name: "x".to_owned() });
        let description = Some("\u{1b}[1m\u{8}\u{c}\u{ffff}\u{fffd} \\u001b \n\r\t ü".to_owned());
        inventory.packages.push(Package { description, ..Package::default() });
        let lost: Vec<_> =
            losses(&inventory, Format::CycloneDxXml.into()).into_iter().map(|(_, n)| n).collect();
        assert_eq!(lost, [4]);
        assert!(losses(&inventory, Format::CycloneDxJson.into()).is_empty());
    }

    #[test]
    fn the_tables_of_the_documentation_are_these() {
        let page = include_str!("../../../docs/formats.md");
        let tables = format_tables();
        assert!(page.contains(&tables), "docs/formats.md needs these tables:\n{tables}");
    }
}
