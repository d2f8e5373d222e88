//! One licence file, wherever it lies: which names it has, and what its text comes to.

use bomwright_model::License;

use super::recognise::recognise;

/// What a licence file is observed as: identifier and percent, or nothing, nothing and the text.
pub(crate) const KIND: &str = "license-text";

/// Longer files hold more than a licence.
pub(crate) const LONGEST: usize = 256 << 10;

/// Longer texts are not kept where they are not recognised.
pub(crate) const LONGEST_KEPT: usize = 32 << 10;

/// Extensions of texts.
const TEXTS: &[&str] = &["txt", "text", "md", "markdown", "rst"];

/// What a licence file was recognised as, or its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseFile {
    /// Where it lies; of a member of an archive its own path follows after `!/`.
    pub path: String,
    /// As it is observed, see [`KIND`].
    pub(crate) values: Vec<String>,
}

impl LicenseFile {
    /// The licence file `bytes` at `path`; `None` where it is too long or says nothing that is worth keeping.
    pub(crate) fn read(path: String, bytes: &[u8]) -> Option<Self> {
        if bytes.len() > LONGEST {
            return None;
        }
        // Names of holders may be in any encoding.
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim();
        let values = match recognise(text) {
            _ if text.is_empty() => return None,
            Some(found) => vec![found.id, found.percent.to_string()],
            None if text.len() <= LONGEST_KEPT => vec![String::new(), String::new(), text.to_owned()],
            None => return None,
        };
        Some(Self { path, values })
    }

    /// Whether the text is that of a licence of the list.
    pub(crate) fn is_recognised(&self) -> bool {
        self.values.len() == 2
    }
}

/// The licence that was observed as `values` in the file at `path`. A text that nothing recognised is one only where the
/// package has no licence otherwise.
pub(crate) fn license(path: &str, values: &[String], has_other: bool) -> Option<License> {
    match values {
        [id, percent] => Some(License { confidence: percent.parse().ok(), ..License::found(id, path) }),
        [_, _, text] if !has_other => Some(License::found(text, path)),
        _ => None,
    }
}

/// Whether a licence file of this name holds a text: it has no extension, one of a text, or one in capitals, which
/// names the licence.
pub(crate) fn is_text(name: &str) -> bool {
    let Some((_, extension)) = name.rsplit_once('.') else { return true };
    has_text_extension(name) || !extension.chars().any(|c| c.is_ascii_lowercase())
}

/// Whether the member `name` of a package's archive is the licence of that package: it lies where nothing else does, and is
/// called so and no more. Files such as `LICENSE-junit` and `license/LICENSE.zlib` are those of parts.
pub(crate) fn is_own_license(name: &str) -> bool {
    let (directory, file) = name.rsplit_once('/').unwrap_or(("", name));
    let stem = file.split_once('.').map_or(file, |(stem, _)| stem);
    let is_place = directory.is_empty()
        || directory.eq_ignore_ascii_case("META-INF")
        || directory.starts_with("META-INF/maven/");
    let is_named = ["license", "licence"].iter().any(|it| stem.eq_ignore_ascii_case(it));
    is_place && is_named && (stem.len() == file.len() || has_text_extension(file))
}

fn has_text_extension(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    TEXTS.iter().any(|it| it.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_by_their_names() {
        for name in ["LICENSE", "license.md", "LICENSE-MIT", "License.TXT", "LICENSE.BSD", "COPYING.LGPL-2.1"]
        {
            assert!(is_text(name), "{name}");
        }
        for name in ["license.js", "licenses.html", "LICENSE.esprima", "license.d.ts"] {
            assert!(!is_text(name), "{name}");
        }
    }

    #[test]
    fn an_archive_s_own_licence_lies_at_its_top_or_with_what_tells_who_it_is() {
        for name in ["LICENSE", "META-INF/LICENSE.txt", "META-INF/license.md", "META-INF/maven/g/a/LICENCE"] {
            assert!(is_own_license(name), "{name}");
        }
        for name in [
            "META-INF/NOTICE",
            "META-INF/LICENSE-junit.txt",
            "META-INF/LICENSE.dom",
            "META-INF/license/LICENSE.txt",
            "META-INF/LICENSE.class",
            "org/a/LICENSE",
            "licenses/LICENSE",
        ] {
            assert!(!is_own_license(name), "{name}");
        }
    }
}
