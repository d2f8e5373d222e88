//! Licence files, recognised by their text, whatever package they belong to. Read only where that is asked for: comparing
//! texts takes longer than the rest of a scan.
//!
//! Files: `LICENSE*`, `LICENCE*`, `COPYING*` and `UNLICENSE*` in any case, with no extension, one of a text (`.txt`, `.md`, `.rst`) or one
//! in capitals that names the licence (`LICENSE.BSD`); `usr/share/doc/NAME/copyright` where it is prose. A file belongs to the package that
//! is installed in its directory (`node_modules/NAME`, `NAME.dist-info`, also one folder deeper in `licenses`), else, in
//! `usr/share/doc` and `usr/share/licenses`, to the OS package that owns it.
//!
//! What is recognised becomes a found licence with the share of the text that agrees. A text that is none of the SPDX list's is kept as it
//! is where the package has no licence otherwise. Those of Java archives are read by [`super::maven`], which sees the archives, and
//! belong to the package that the archive is. No edges. It can't see several licences in one file.

use std::collections::HashMap;

use bomwright_model::{License, PackageId};

use crate::format::copyright;
use crate::format::gnu;
use crate::format::license_file::{self, KIND, LicenseFile};
use crate::{Claim, Ecosystem, FileView, Findings, Installed};

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
        if !(is_debian || license_file::is_text(file.name()))
            || (is_debian && copyright::is_machine_readable(&String::from_utf8_lossy(file.bytes)))
        {
            return;
        }
        let found = LicenseFile::read(file.path.to_owned(), file.bytes);
        if let Some(found) = found.filter(|it| it.is_recognised() || !is_debian) {
            out.observe(file, KIND, found.values);
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
                let others = installed.package(id).map_or(&[][..], |package| package.licenses.as_slice());
                let license = license_file::license(&seen.path, &seen.values, !others.is_empty());
                all.extend(license.map(|license| (id, with_later(license, others))));
            }
        }
        all
    }
}

/// `license` with later versions, where those are what `others` of the package allow and it does not tell.
fn with_later(license: License, others: &[License]) -> License {
    match gnu::with_later(&license.text, others.iter().map(|it| it.text.as_str())) {
        Some(text) => License { text, ..license },
        None => license,
    }
}

/// The packages whose licence the file at `path` states.
fn belongs_to(
    path: &str,
    places: &HashMap<&str, Vec<PackageId>>,
    installed: &Installed<'_>,
) -> Vec<PackageId> {
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    // Whoever reads an archive records only texts that are of one package: of what the directory is, else of the whole.
    if let Some((archive, _)) = path.rsplit_once("!/") {
        return places.get(parent).or_else(|| places.get(archive)).cloned().unwrap_or_default();
    }
    let outer = parent.rsplit_once('/').filter(|(_, own)| FOLDERS.contains(own)).map(|(outer, _)| outer);
    let here = [Some(parent), outer].into_iter().flatten().find_map(|place| places.get(place));
    if let Some(ids) = here {
        return ids.clone();
    }
    let is_documented = path.strip_prefix(DOCUMENTS).is_some_and(|rest| rest.matches('/').count() == 1);
    let owner = installed.owner(path).filter(|_| is_documented || path.starts_with(LICENSES));
    owner.into_iter().collect()
}
