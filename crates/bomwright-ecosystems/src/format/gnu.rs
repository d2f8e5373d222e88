//! Versions of the GNU licences, whose texts don't tell whether later ones are allowed. What uses them states that.

/// `id`, the identifier of a GNU licence and just its version, with later versions where `statements` allow those and
/// none of them names that version alone.
pub(crate) fn with_later<'a>(id: &str, statements: impl Iterator<Item = &'a str>) -> Option<String> {
    let bare = id.strip_suffix("-only")?;
    let wanted = Named::parse(bare)?;
    let (mut has_later, mut has_bare) = (false, false);
    for named in statements.flat_map(words).filter_map(Named::parse) {
        if (named.family, named.version) == (wanted.family, wanted.version) {
            has_later |= named.allows_later;
            has_bare |= !named.allows_later;
        }
    }
    (has_later && !has_bare).then(|| format!("{bare}-or-later"))
}

/// A GNU licence by one word: `GPL-2+`, `LGPLv2.1`, `AGPL-3.0-or-later`.
struct Named<'a> {
    family: &'static str,
    /// Without `.0`.
    version: &'a str,
    allows_later: bool,
}

impl<'a> Named<'a> {
    fn parse(word: &'a str) -> Option<Self> {
        let strip = |start: &str| {
            word.get(..start.len()).filter(|it| it.eq_ignore_ascii_case(start))?;
            word.get(start.len()..)
        };
        let families = ["AGPL", "LGPL", "GPL"];
        let (family, rest) = families.into_iter().find_map(|family| Some((family, strip(family)?)))?;
        let rest = rest.trim_start_matches(['-', '_']);
        let rest = rest.strip_prefix(['v', 'V']).unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (version, suffix) = rest.split_at_checked(end)?;
        let allows_later = match suffix {
            "" | "-only" => false,
            "+" | "-or-later" => true,
            _ => return None,
        };
        let version = version.strip_suffix(".0").unwrap_or(version);
        (!version.is_empty()).then_some(Self { family, version, allows_later })
    }
}

/// The words of a statement that may name a licence.
fn words(statement: &str) -> impl Iterator<Item = &str> {
    statement.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';' | '/' | '|'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_versions_are_told_by_who_uses_the_licence() {
        // Spellings of SPDX, Debian (copyright-format 1.0), Fedora's older tags and trove classifiers.
        for (id, statements, expected) in [
            ("GPL-3.0-only", &["GPL-3.0-or-later"][..], Some("GPL-3.0-or-later")),
            ("GPL-2.0-only", &["GPL-2+ or Artistic"], Some("GPL-2.0-or-later")),
            ("LGPL-2.1-only", &["(LGPLv2.1+ and MIT)"], Some("LGPL-2.1-or-later")),
            (
                "GPL-3.0-only",
                &["License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)"],
                Some("GPL-3.0-or-later"),
            ),
            ("LGPL-2.1-only", &["GPL-2+", "LGPL-2.1"], None),
            ("GPL-2.0-only", &["LGPL-2+", "GPL-3+", "GPL+"], None),
            ("GPL-2.0-only", &["GPL-2+", "GPL-2"], None),
            ("GPL-2.0-only", &[], None),
            ("MIT", &["MIT"], None),
        ] {
            assert_eq!(
                with_later(id, statements.iter().copied()).as_deref(),
                expected,
                "{id} {statements:?}"
            );
        }
    }
}
