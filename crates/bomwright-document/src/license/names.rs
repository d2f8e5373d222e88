//! What people call licences, and what the SPDX license list calls them.
//!
//! The names are those of Debian's machine-readable copyright files (DEP-5), Fedora's old short names, Python's
//! trove classifiers, and spellings seen in npm, gem and Maven metadata. A name that leaves the version or the
//! variant open (`GPL`, `BSD`, `Apache`) is not in here: which one is meant is not ours to guess.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The version of the SPDX license list that is written: the list of CycloneDX 1.6's and 1.7's schemas.
pub(crate) const LIST_VERSION: &str = "3.28";

/// What the crate `spdx` knows from list 3.29 and list 3.28 lacks. Found by comparing the crate's table with
/// the enumeration `spdx.schema.json` (`v1.1-3.28.0`) that CycloneDX publishes.
const TOO_NEW: &[&str] = &[
    "BSD-2-Clause-pos-unchanged",
    "BSD-3-Clause-OpenWebUI",
    "BSD-Source-Code-no-disclaimer",
    "BSD-Source-alt-GPL",
    "BSD-ask-to-endorse",
    "Brian-Gladman-3-Clause-no-conversion",
    "Bugroff",
    "CC-BY-NC-3.0-IGO",
    "FDK-MPEG-H",
    "GFDL-1.1-invariants",
    "GFDL-1.1-no-invariants",
    "GFDL-1.2-invariants",
    "GFDL-1.2-no-invariants",
    "GFDL-1.3-invariants",
    "GFDL-1.3-no-invariants",
    "Hippocratic-3.0-core",
    "Informatica",
    "MVT-1.1",
    "atc-game",
];

/// The identifier of public-domain dedications, for which the list has none.
pub(crate) const PUBLIC_DOMAIN: &str = "LicenseRef-bomwright-public-domain";

/// Names by [`key`], each with its expression.
const NAMES: &[(&str, &str)] = &[
    ("apache1.1", "Apache-1.1"),
    ("apache2", "Apache-2.0"),
    ("apachesoftware2", "Apache-2.0"),
    ("apachesoftware1.1", "Apache-1.1"),
    ("apachefoundation2", "Apache-2.0"),
    ("al2", "Apache-2.0"),
    ("asl1.1", "Apache-1.1"),
    ("asl2", "Apache-2.0"),
    ("artistic1", "Artistic-1.0"),
    ("artistic2", "Artistic-2.0"),
    ("artistic", "Artistic-1.0-Perl"),
    ("0bsd", "0BSD"),
    ("bsd0clause", "0BSD"),
    ("bsd2", "BSD-2-Clause"),
    ("bsd2clause", "BSD-2-Clause"),
    ("2clausebsd", "BSD-2-Clause"),
    ("simplifiedbsd", "BSD-2-Clause"),
    ("bsdsimplified", "BSD-2-Clause"),
    ("freebsd", "BSD-2-Clause"),
    ("bsd3", "BSD-3-Clause"),
    ("bsd3clause", "BSD-3-Clause"),
    ("3clausebsd", "BSD-3-Clause"),
    ("newbsd", "BSD-3-Clause"),
    ("bsdnew", "BSD-3-Clause"),
    ("modifiedbsd", "BSD-3-Clause"),
    ("revisedbsd", "BSD-3-Clause"),
    ("bsd4clause", "BSD-4-Clause"),
    ("bsd4clauseuc", "BSD-4-Clause-UC"),
    ("bsl1", "BSL-1.0"),
    ("boost1", "BSL-1.0"),
    ("boost", "BSL-1.0"),
    ("boostsoftware1", "BSL-1.0"),
    ("bzip2", "bzip2-1.0.6"),
    ("cc0", "CC0-1.0"),
    ("cc01", "CC0-1.0"),
    ("cc01universal", "CC0-1.0"),
    ("ccby3", "CC-BY-3.0"),
    ("ccby4", "CC-BY-4.0"),
    ("ccbysa3", "CC-BY-SA-3.0"),
    ("ccbysa4", "CC-BY-SA-4.0"),
    ("cddl1", "CDDL-1.0"),
    ("cddl1.1", "CDDL-1.1"),
    ("commondevelopmentanddistribution1", "CDDL-1.0"),
    ("cpl1", "CPL-1.0"),
    ("edl1", "BSD-3-Clause"),
    ("eclipsedistribution1", "BSD-3-Clause"),
    ("epl1", "EPL-1.0"),
    ("epl2", "EPL-2.0"),
    ("eclipse1", "EPL-1.0"),
    ("eclipse2", "EPL-2.0"),
    ("eclipsepublic1", "EPL-1.0"),
    ("eclipsepublic2", "EPL-2.0"),
    ("eupl1.1", "EUPL-1.1"),
    ("eupl1.2", "EUPL-1.2"),
    ("europeanunionpublic1.2", "EUPL-1.2"),
    ("expat", "MIT"),
    ("expatmit", "MIT"),
    ("mitexpat", "MIT"),
    ("mit", "MIT"),
    ("mitx11", "MIT"),
    ("x11mit", "MIT"),
    ("mit0", "MIT-0"),
    ("ftl", "FTL"),
    ("freetype", "FTL"),
    ("fsfap", "FSFAP"),
    ("fsfullr", "FSFULLR"),
    ("gfdlniv1.2", "GFDL-1.2-no-invariants-only"),
    ("gfdlniv1.2+", "GFDL-1.2-no-invariants-or-later"),
    ("gfdlniv1.3", "GFDL-1.3-no-invariants-only"),
    ("gfdlniv1.3+", "GFDL-1.3-no-invariants-or-later"),
    ("hpnd", "HPND"),
    ("historicalpermissionnoticeanddisclaimer", "HPND"),
    ("icu", "ICU"),
    ("ijg", "IJG"),
    ("isc", "ISC"),
    ("iscl", "ISC"),
    ("jsr", "LicenseRef-bomwright-JSR"),
    ("libpng", "Libpng"),
    ("libtiff", "libtiff"),
    ("lppl1.3c", "LPPL-1.3c"),
    ("mpl1", "MPL-1.0"),
    ("mpl1.1", "MPL-1.1"),
    ("mpl2", "MPL-2.0"),
    ("mozillapublic1.1", "MPL-1.1"),
    ("mozillapublic2", "MPL-2.0"),
    ("ncsa", "NCSA"),
    ("universityofillinoisncsaopensource", "NCSA"),
    ("ofl1.1", "OFL-1.1"),
    ("silofl1.1", "OFL-1.1"),
    ("silopenfont1.1", "OFL-1.1"),
    ("openldap2.8", "OLDAP-2.8"),
    ("openssl", "OpenSSL"),
    ("perl", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
    ("perl5", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
    ("sameasperl", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
    ("php3.01", "PHP-3.01"),
    ("postgresql", "PostgreSQL"),
    ("psf2", "PSF-2.0"),
    ("psf", "PSF-2.0"),
    ("pythonsoftwarefoundation", "PSF-2.0"),
    ("python2", "Python-2.0"),
    ("publicdomain", PUBLIC_DOMAIN),
    ("pd", PUBLIC_DOMAIN),
    ("pddebian", PUBLIC_DOMAIN),
    ("ruby", "Ruby"),
    ("rubys", "Ruby"),
    ("sleepycat", "Sleepycat"),
    ("tcl", "TCL"),
    ("tcltk", "TCL"),
    ("ucd", "Unicode-DFS-2015"),
    ("unlicense", "Unlicense"),
    ("upl1", "UPL-1.0"),
    ("universalpermissive1", "UPL-1.0"),
    ("vim", "Vim"),
    ("w3c", "W3C"),
    ("wtfpl", "WTFPL"),
    ("wtfpl2", "WTFPL"),
    ("x11", "X11"),
    ("zlib", "Zlib"),
    ("zliblibpng", "Zlib"),
    ("zope2.1", "ZPL-2.1"),
    ("zopepublic2.1", "ZPL-2.1"),
    ("zpl2.1", "ZPL-2.1"),
];

/// Deprecated identifiers, each with the expression that the license list names in its place (elements
/// `obsoletedBy` and `notes` of its XML). The GNU licences that lack only `-only` or `-or-later` are [`gnu`]'s.
const SUCCESSORS: &[(&str, &str)] = &[
    ("BSD-2-Clause-FreeBSD", "BSD-2-Clause-Views"),
    ("BSD-2-Clause-NetBSD", "BSD-2-Clause"),
    ("GPL-2.0-with-GCC-exception", "GPL-2.0-only WITH GCC-exception-2.0"),
    ("GPL-2.0-with-autoconf-exception", "GPL-2.0-only WITH Autoconf-exception-2.0"),
    ("GPL-2.0-with-bison-exception", "GPL-2.0-only WITH Bison-exception-2.2"),
    ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ("GPL-2.0-with-font-exception", "GPL-2.0-only WITH Font-exception-2.0"),
    ("GPL-3.0-with-GCC-exception", "GPL-3.0-only WITH GCC-exception-3.1"),
    ("GPL-3.0-with-autoconf-exception", "GPL-3.0-only WITH Autoconf-exception-3.0"),
    ("StandardML-NJ", "SMLNJ"),
    ("bzip2-1.0.5", "bzip2-1.0.6"),
];

/// Spelt-out names of the GNU licences by [`key`], the longer first, with the short name.
const GNU: &[(&str, &str)] = &[
    ("gnulibraryorlessergeneralpublic", "lgpl"),
    ("gnulessergeneralpublic", "lgpl"),
    ("gnulibrarygeneralpublic", "lgpl"),
    ("lessergeneralpublic", "lgpl"),
    ("gnuafferogeneralpublic", "agpl"),
    ("afferogeneralpublic", "agpl"),
    ("gnufreedocumentation", "gfdl"),
    ("gnugeneralpublic", "gpl"),
    ("generalpublic", "gpl"),
    ("gnulgpl", "lgpl"),
    ("gnuagpl", "agpl"),
    ("gnugpl", "gpl"),
];

/// Words that are part of a name for some people and not for others.
const FILLERS: &[&str] = &["the", "license", "licence", "licenses", "version", "ver"];

/// What decides whether two names are the same: no case, no punctuation, no filler words, no `v` before a
/// number, no `.0` after one.
pub(crate) fn key(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut key = String::with_capacity(lower.len());
    for word in lower.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '+')) {
        let word = word.trim_end_matches('.');
        if FILLERS.contains(&word) {
            continue;
        }
        let (word, plus) = word.strip_suffix('+').map_or((word, ""), |word| (word, "+"));
        key.push_str(word.strip_suffix(".0").unwrap_or(word));
        key.push_str(plus);
    }
    // A `v` before a number is dropped last, so that `GPLv2`, `GPL v2` and `gplv2` meet.
    let mut letters = key.chars().peekable();
    let mut short = String::with_capacity(key.len());
    while let Some(letter) = letters.next() {
        if !(letter == 'v' && letters.peek().is_some_and(char::is_ascii_digit)) {
            short.push(letter);
        }
    }
    short
}

/// The expression that the licence called `name` stands for, if it stands for just one.
pub(crate) fn lookup(name: &str) -> Option<String> {
    static KNOWN: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
        let listed = spdx::identifiers::LICENSES
            .iter()
            .filter(|license| license.name != "NOASSERTION" && is_listed(license.name))
            .map(|license| (key(license.name), license.name));
        // Our own names come last and win: the list's `GPL-2.0` is deprecated, ours is `GPL-2.0-only`.
        listed.chain(SUCCESSORS.iter().chain(NAMES).map(|&(name, id)| (key(name), id))).collect()
    });
    let name = key(name);
    gnu(&name).or_else(|| KNOWN.get(&name).map(|&id| id.to_owned()))
}

/// The names of the GNU licences, which differ in version and in `or later` and little else.
fn gnu(key: &str) -> Option<String> {
    let spelled = GNU.iter().find_map(|(long, short)| {
        let rest = key.strip_prefix(long)?;
        Some(format!("{short}{rest}"))
    });
    let key = spelled.as_deref().unwrap_or(key);
    let (family, rest) = [("LGPL", "lgpl"), ("AGPL", "agpl"), ("GFDL", "gfdl"), ("GPL", "gpl")]
        .into_iter()
        .find_map(|(family, prefix)| Some((family, key.strip_prefix(prefix)?)))?;
    let (version, later) = ["+", "orlater", "ornewer", "oranylater", "oranynewer"]
        .into_iter()
        .find_map(|suffix| Some((rest.strip_suffix(suffix)?, true)))
        .unwrap_or((rest.strip_suffix("only").unwrap_or(rest), false));
    let version = match (family, version) {
        ("GPL", "") if later => "1.0", // Fedora: GPL+ is any version
        ("LGPL", "") if later => "2.0",
        ("GPL" | "AGPL", "1") => "1.0",
        ("GPL" | "LGPL", "2") => "2.0",
        ("GPL" | "LGPL" | "AGPL", "3") => "3.0",
        ("LGPL", "2.1") => "2.1",
        ("GFDL", "1.1" | "1.2" | "1.3") => version,
        _ => return None,
    };
    Some(format!("{family}-{version}-{}", if later { "or-later" } else { "only" }))
}

/// Whether the license list has deprecated `id` in favour of an expression that [`lookup`] gives.
pub(crate) fn is_succeeded(id: &str) -> bool {
    SUCCESSORS.iter().any(|(old, _)| *old == id)
}

/// Whether list 3.28 has the licence or exception `id`, which is one of the crate's.
pub(crate) fn is_listed(id: &str) -> bool {
    !TOO_NEW.contains(&id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_a_valid_expression_by_its_own_key() {
        for (name, id) in NAMES {
            assert!(spdx::Expression::parse(id).is_ok(), "{id}");
            assert_eq!(lookup(name).as_deref(), Some(*id), "{name}");
        }
    }

    #[test]
    fn every_deprecated_combination_has_a_successor_that_is_not_deprecated() {
        for license in spdx::identifiers::LICENSES.iter().filter(|it| it.name.contains("-with-")) {
            let id = spdx::license_id(license.name).unwrap();
            assert_eq!(is_succeeded(id.name), id.is_deprecated(), "{}", id.name);
        }
        for (old, new) in SUCCESSORS {
            assert!(spdx::license_id(old).unwrap().is_deprecated(), "{old}");
            // The strict mode refuses what is deprecated.
            assert!(spdx::Expression::parse(new).is_ok(), "{new}");
            assert_eq!(lookup(old).as_deref(), Some(*new), "{old}");
        }
    }

    #[test]
    fn gnu_names_in_debian_s_fedora_s_and_python_s_spelling() {
        // Debian: DEP-5, "Short name"; Fedora: the wiki page Licensing:Main; Python: trove classifiers.
        for (name, id) in [
            ("GPL-2", "GPL-2.0-only"),
            ("GPL-2+", "GPL-2.0-or-later"),
            ("GPL-3.0+", "GPL-3.0-or-later"),
            ("LGPL-2.1+", "LGPL-2.1-or-later"),
            ("GFDL-1.3+", "GFDL-1.3-or-later"),
            ("GPLv2+", "GPL-2.0-or-later"),
            ("GPL+", "GPL-1.0-or-later"),
            ("LGPLv2", "LGPL-2.0-only"),
            ("GNU General Public License v3 or later", "GPL-3.0-or-later"),
            ("GNU Affero General Public License v3", "AGPL-3.0-only"),
            ("GNU Lesser General Public License, Version 2.1", "LGPL-2.1-only"),
            ("GPL-2.0", "GPL-2.0-only"),
        ] {
            assert_eq!(lookup(name).as_deref(), Some(id), "{name}");
        }
        for open in ["GPL", "LGPL", "BSD", "Apache", "GPL-4", "GPL with exceptions"] {
            assert_eq!(lookup(open), None, "{open}");
        }
    }
}
