//! Packages of `OpenWrt` and Yocto images as opkg records them, in dpkg's syntax (deb822(5)).
//!
//! | file | what is read |
//! |---|---|
//! | `{usr/lib,var/lib,lib}/opkg/status` | installed packages and their relations |
//! | `{usr/lib,var/lib,lib}/opkg/info/NAME.control` | the same with maintainer, licence and description |
//! | `{usr/lib,var/lib,lib}/opkg/info/NAME.list` | which files a package owns |
//!
//! Edges: as the `deb` ecosystem gives them.
//!
//! It can't see the feed that a package came from, nor licence texts: `OpenWrt` installs none.

use bomwright_model::{Distribution, LinkKind, Package, Purl, SourcePackage};

use crate::format::{self, control};
use crate::{Claim, Ecosystem, FileView, Findings, Part};

const NAME: &str = "opkg";

/// See the module.
pub(crate) struct Opkg;

impl Ecosystem for Opkg {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "packages of OpenWrt and Yocto images from opkg's database, with their files and the relations they state"
    }

    fn claims(&self) -> &'static [Claim] {
        const {
            &[
                Claim::path("usr/lib/opkg/status"),
                Claim::path("var/lib/opkg/status"),
                Claim::path("lib/opkg/status"),
                Claim::within("usr/lib/opkg/info", ".control"),
                Claim::within("var/lib/opkg/info", ".control"),
                Claim::within("lib/opkg/info", ".control"),
                Claim::within("usr/lib/opkg/info", ".list"),
                Claim::within("var/lib/opkg/info", ".list"),
                Claim::within("lib/opkg/info", ".list"),
            ]
        }
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        match file.name().strip_suffix(".list") {
            Some(package) => read_list(package, file, out),
            None => read_database(file, out),
        }
    }

    fn purl(&self, package: &Package, distribution: Option<&Distribution>) -> Option<Purl> {
        format::distribution_purl(NAME, "openwrt", package, distribution)
    }
}

fn read_database(file: &FileView<'_>, out: &mut Findings) {
    control::read_packages(file, out, NAME, file.name() == "status", |stanza, found| {
        let package = &mut found.package;
        // `Source` is a path in the build tree; the name stands apart from it.
        package.source = stanza
            .get("SourceName")
            .map(|name| SourcePackage { name: name.to_owned(), version: package.version.clone() });
        package.set_property("source-path", stanza.get("Source").unwrap_or_default());
        package.set_property("cpe", stanza.get("CPE-ID").unwrap_or_default());
        package.add_link(LinkKind::Home, stanza.get("URL").unwrap_or_default());
        // Bytes, unlike dpkg's.
        package.size = stanza.get("Installed-Size").and_then(|size| size.parse().ok());
        found.key.clone_from(&package.name);
    });
}

/// One path a line; newer versions add the mode and the target of a link after tabs.
fn read_list(package: &str, file: &FileView<'_>, out: &mut Findings) {
    let text = format::text(file, out);
    let paths = text.lines().filter_map(|line| line.split('\t').next());
    let owns = paths.filter_map(control::owned).collect();
    out.parts.push(Part { key: package.to_owned(), owns, ..Part::default() });
}
