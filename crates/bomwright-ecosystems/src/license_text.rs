//! Licence files, recognised by their text, whatever package they belong to. Read only where that is asked for: comparing
//! texts takes longer than the rest of a scan.
//!
//! Files: `LICENSE*`, `LICENCE*`, `COPYING*` and `UNLICENSE*` in any case, with no extension, one of a text (`.txt`, `.md`, `.rst`) or one
//! in capitals that names the licence (`LICENSE.BSD`); `usr/share/doc/NAME/copyright` where it is prose. A file belongs to the package that
//! is installed in its directory (`node_modules/NAME`, `NAME.dist-info`, also one folder deeper in `licenses`), else, in
//! `usr/share/doc` and `usr/share/licenses`, to the OS package that owns it.
//!
//! What is recognised becomes a found licence with the share of the text that agrees. A text that is none of the SPDX list's is kept as it
//! is where the package has no licence otherwise. No edges. It can't see licences in archives, nor several in one file.

use std::collections::HashMap;

use bomwright_model::{License, Observation, PackageId};

use crate::format::copyright;
use crate::format::recognise::recognise;
use crate::{Claim, Ecosystem, FileView, Findings, Installed};

/// What a licence file is recorded as: identifier and percent, or nothing, nothing and the text.
const KIND: &str = "license-text";

/// Longer files hold more than a licence.
const LONGEST: usize = 256 << 10;

/// Longer texts are not kept where they are not recognised.
const LONGEST_KEPT: usize = 32 << 10;

/// Extensions of texts.
const TEXTS: &[&str] = &["txt", "text", "md", "markdown", "rst"];

/// Folders within a package that hold its licence files.
const FOLDERS: &[&str] = &["licenses", "licences", "license", "LICENSES"];

const DOCUMENTS: &str = "usr/share/doc/";
const LICENSES: &str = "usr/share/licenses/";

/// See the module.
pub(crate) struct LicenseText;

impl Ecosystem for LicenseText {
    fn name(&self) -> &'static str {
        KIND
    }

    fn about(&self) -> &'static str {
        "licence files recognised by their text; only with --licence-texts"
    }

    fn claims(&self) -> &'static [Claim] {
        const {
            &[
                Claim::named_like("license").up_to(1),
                Claim::named_like("licence").up_to(1),
                Claim::named_like("copying").up_to(1),
                Claim::named_like("unlicense").up_to(1),
                Claim::name("copyright").up_to(1),
            ]
        }
    }

    fn only_for_license_texts(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let is_debian = file.path.starts_with(DOCUMENTS) && file.name() == "copyright";
        if file.bytes.len() > LONGEST || !(is_debian || is_text(file.name())) {
            return;
        }
        // Names of holders may be in any encoding.
        let text = String::from_utf8_lossy(file.bytes);
        if text.trim().is_empty() || (is_debian && copyright::is_machine_readable(&text)) {
            return;
        }
        match recognise(&text) {
            Some(found) => out.observe(file, KIND, vec![found.id, found.percent.to_string()]),
            None if text.len() <= LONGEST_KEPT && !is_debian => {
                out.observe(file, KIND, vec![String::new(), String::new(), text.trim().to_owned()]);
            }
            None => {}
        }
    }

    fn licenses(&self, installed: &Installed<'_>) -> Vec<(PackageId, License)> {
        let mut places: HashMap<&str, Vec<PackageId>> = HashMap::new();
        for (id, found) in installed.all() {
            if let Some(location) = &found.package.location {
                places.entry(location).or_default().push(id);
            }
        }
        let mut all = Vec::new();
        for seen in installed.observations().iter().filter(|it| it.kind == KIND) {
            for id in belongs_to(&seen.path, &places, installed) {
                let has_other = installed.package(id).is_some_and(|package| !package.licenses.is_empty());
                all.extend(license(seen, has_other).map(|license| (id, license)));
            }
        }
        all
    }
}

/// Whether a file of this name holds a text.
fn is_text(name: &str) -> bool {
    match name.rsplit_once('.') {
        None => true,
        Some((_, extension)) => {
            TEXTS.iter().any(|it| it.eq_ignore_ascii_case(extension))
                || !extension.chars().any(|c| c.is_ascii_lowercase())
        }
    }
}

/// The packages whose licence the file at `path` states.
fn belongs_to(
    path: &str,
    places: &HashMap<&str, Vec<PackageId>>,
    installed: &Installed<'_>,
) -> Vec<PackageId> {
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let outer = parent.rsplit_once('/').filter(|(_, own)| FOLDERS.contains(own)).map(|(outer, _)| outer);
    let here = [Some(parent), outer].into_iter().flatten().find_map(|place| places.get(place));
    if let Some(ids) = here {
        return ids.clone();
    }
    let is_documented = path.strip_prefix(DOCUMENTS).is_some_and(|rest| rest.matches('/').count() == 1);
    let owner = installed.owner(path).filter(|_| is_documented || path.starts_with(LICENSES));
    owner.into_iter().collect()
}

fn license(seen: &Observation, has_other: bool) -> Option<License> {
    match seen.values.as_slice() {
        [id, percent] => {
            let found = License::found(id, &seen.path);
            Some(License { confidence: percent.parse().ok(), ..found })
        }
        [_, _, text] if !has_other => Some(License::found(text, &seen.path)),
        _ => None,
    }
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
}
