//! Edges of `OSGi` bundles that import packages (`OSGi` Core 8, sections 3.6.4 "Import-Package" and 3.6.5
//! "Export-Package").
//!
//! Build tools compute these headers from the classes, so they tell what a library uses even where no pom is
//! packed into it. They name no archive: only what exactly one archive in the same directory exports is
//! taken, and nothing is said of the others, which the platform may provide.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use bomwright_model::{PackageId, Scope};

use super::{MAX_LIST, NAME};
use crate::format::jar_manifest::{Manifest, clauses};
use crate::{Found, Installed, Requirement};

const EXPORT: &str = "export:";
const IMPORT: &str = "import:";

/// Adds what `manifest` exports and imports to `found`.
pub(super) fn add_packages(found: &mut Found, manifest: &Manifest) {
    let packages = |header| clauses(manifest.get(header).unwrap_or_default()).take(MAX_LIST);
    for (package, _) in packages("export-package") {
        found.provides.push(format!("{EXPORT}{package}"));
    }
    for (package, rest) in packages("import-package").filter(|(package, _)| !package.is_empty()) {
        let scope = if rest.contains("resolution:=optional") { Scope::Optional } else { Scope::Runtime };
        found.requires.push(Requirement::new(package, format!("{IMPORT}{package}")).in_scope(scope));
    }
}

/// Whether `name`, of those that a package provides, is an exported package.
pub(super) fn is_export(name: &str) -> bool {
    name.starts_with(EXPORT)
}

/// The package that `requirement` imports, if it comes from such a header.
pub(super) fn imported(requirement: &Requirement) -> Option<&str> {
    requirement.names.iter().find_map(|name| name.strip_prefix(IMPORT))
}

/// Which archive of a directory exports which package.
pub(super) struct Exporters<'a> {
    /// By directory and package; `None` where several do.
    exporters: HashMap<(&'a str, &'a str), Option<PackageId>>,
}

impl<'a> Exporters<'a> {
    pub(super) fn new(installed: &Installed<'a>) -> Self {
        let mut exporters = HashMap::new();
        for (id, found) in installed.of(NAME) {
            for package in found.provides.iter().filter_map(|name| name.strip_prefix(EXPORT)) {
                match exporters.entry((directory(found), package)) {
                    Entry::Vacant(entry) => {
                        entry.insert(Some(id));
                    }
                    Entry::Occupied(mut entry) if *entry.get() != Some(id) => {
                        entry.insert(None);
                    }
                    Entry::Occupied(_) => {}
                }
            }
        }
        Self { exporters }
    }

    /// The only archive beside `found` that exports `package`.
    pub(super) fn beside(&self, found: &Found, package: &str) -> Option<PackageId> {
        *self.exporters.get(&(directory(found), package))?
    }
}

fn directory(found: &Found) -> &str {
    let location = found.package.location.as_deref().unwrap_or_default();
    location.rsplit_once('/').map_or("", |(parent, _)| parent)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use bomwright_model::Package;

    use super::*;

    fn bundle(location: &str, manifest: &str) -> Found {
        let mut package = Package::new(NAME, location, "1");
        package.location = Some(location.to_owned());
        let mut found = Found { package, ..Found::default() };
        add_packages(&mut found, &Manifest::parse(manifest.as_bytes()));
        found
    }

    #[test]
    fn only_the_one_exporter_in_the_same_directory_counts() {
        // By hand, in the syntax of the specification's sections.
        let all = [
            bundle(
                "lib/a.jar",
                "Import-Package: p;version=\"[1,2)\",q;resolution:=optional,r,s\nExport-Package: s\n",
            ),
            bundle("lib/b.jar", "Export-Package: p;uses:=\"x,y\";version=\"1.1\",p,q\n"),
            bundle("lib/c.jar", "Export-Package: r\n"),
            bundle("lib/d.jar", "Export-Package: r\n"),
            bundle("other/e.jar", "Export-Package: t\n"),
        ];
        let installed = Installed::new(&all, &[], &(), HashMap::new());
        let exporters = Exporters::new(&installed);
        let beside = |package| exporters.beside(&all[0], package);
        assert_eq!((beside("p"), beside("q")), (Some(PackageId(1)), Some(PackageId(1))));
        assert_eq!((beside("r"), beside("t")), (None, None));
        let imports: Vec<_> = all[0].requires.iter().map(|it| (imported(it).unwrap(), it.scope)).collect();
        let runtime = Scope::Runtime;
        assert_eq!(imports, [("p", runtime), ("q", Scope::Optional), ("r", runtime), ("s", runtime)]);
    }
}
