//! The packages: the root, the distribution, packages and files.

use bomwright_model::{Digest, File, LicenseKind, LinkKind, Package, PackageKind};

use super::Document;
use crate::facts::Facts;
use crate::identity::Subject;
use crate::root::{self, RootKind};
use crate::spdx2::wire_out::{Annotation, Checksum, ExternalRef, SpdxPackage};
use crate::spdx2::{ALGORITHMS, REFERENCE, tag_value_out};
use crate::{actor, address, silent, time};

impl<'a> Document<'a> {
    pub(crate) fn packages(&'a self) -> impl Iterator<Item = SpdxPackage<'a>> {
        let packages = self.inventory.packages.iter().enumerate();
        let files = self.inventory.files.iter().enumerate();
        let listed = files.filter(|(index, _)| self.references.get(Subject::File(*index)).is_some());
        std::iter::once(self.root_package())
            .chain(self.distribution())
            .chain(packages.map(|(index, package)| self.package(index, package)))
            .chain(listed.map(|(index, file)| self.file(index, file)))
    }

    fn root_package(&'a self) -> SpdxPackage<'a> {
        let image = self.inventory.image.as_ref();
        let digest = image.and_then(|image| image.digest.as_ref());
        let declared = &self.inventory.declared;
        let is_url = |url: &&str| address::is_uri_reference(url) && url.contains("://");
        let contact = declared.security_contact.as_deref().filter(is_url);
        SpdxPackage {
            name: root::name(self.inventory),
            version_info: image.and_then(root::version).unwrap_or_default().into(),
            primary_package_purpose: Some(match root::kind(self.inventory) {
                RootKind::Container => "CONTAINER",
                RootKind::Application => "APPLICATION",
                RootKind::File => "FILE",
            }),
            checksums: digest.into_iter().filter_map(checksum).collect(),
            supplier: Some(actor_or_no_assertion("Organization", root::supplier(self.inventory))),
            license_declared: self.declared_license(root::license(self.inventory)),
            valid_until_date: declared
                .support_end
                .as_deref()
                .and_then(|day| time::to_utc(&format!("{day}T23:59:59Z"))),
            external_refs: image
                .and_then(root::purl)
                .map(|purl| purl_reference(purl.as_str().to_owned()))
                .into_iter()
                .chain(contact.map(security_reference))
                .collect(),
            annotations: self.annotations(Facts::of_root(self.inventory, self.relations)),
            ..Self::blank(self.references.root)
        }
    }

    fn distribution(&'a self) -> Option<SpdxPackage<'a>> {
        let distribution = self.inventory.distribution.as_ref()?;
        Some(SpdxPackage {
            name: &distribution.id,
            version_info: distribution.version.as_deref().unwrap_or_default().into(),
            primary_package_purpose: Some("OPERATING_SYSTEM"),
            homepage: distribution.home_url.as_deref().filter(|url| address::is_web_page(url)),
            description: distribution.pretty_name.as_deref(),
            supplier: Some(actor_or_no_assertion(
                "Organization",
                self.inventory.declared.distribution.as_deref().or(Some(&distribution.id)),
            )),
            annotations: self.annotations(Facts::of_distribution(&self.inventory.declared, distribution)),
            ..Self::blank(self.references.distribution.as_deref()?)
        })
    }

    fn package(&'a self, index: usize, package: &'a Package) -> SpdxPackage<'a> {
        let mut facts = Facts::of_package(
            self.inventory,
            self.references,
            self.relations,
            &self.meanings,
            index,
            package,
        );
        facts.evidence(&package.evidence);
        for (name, text) in [("version", Some(&package.version)), ("copyright", package.copyright.as_ref())] {
            facts.put_some(name, text.filter(|text| says_nothing(text)).map(String::as_str));
        }
        if self.is_tag_value {
            // What a tag can't hold as it is.
            let holds = |text: &String| tag_value_out::is_line(text) && !tag_value_out::is_time(text);
            for (name, text) in [("name", &package.name), ("version", &package.version)] {
                facts.put_some(name, Some(text).filter(|text| !holds(text)).map(String::as_str));
            }
            for (name, text) in [("description", &package.description), ("copyright", &package.copyright)] {
                let text = text.as_deref().filter(|text| !tag_value_out::is_text(text));
                facts.put_some(name, text);
            }
        }
        let mut homepage = None;
        let mut download = None;
        for link in &package.links {
            let web = address::is_web_page(&link.url);
            match link.kind {
                LinkKind::Home if web && homepage.is_none() => homepage = Some(link.url.as_str()),
                LinkKind::Download if web && download.is_none() => download = Some(link.url.as_str()),
                kind => facts.put(&format!("link:{}", kind.as_str()), &link.url),
            }
        }
        let shown = package.evidence.first().map(|evidence| &evidence.path);
        SpdxPackage {
            name: &package.name,
            version_info: package.version.as_str().into(),
            primary_package_purpose: Some(match package.kind {
                PackageKind::Library => "LIBRARY",
                PackageKind::Application => "APPLICATION",
                PackageKind::OperatingSystem => "OPERATING_SYSTEM",
                PackageKind::Platform => "FRAMEWORK",
                PackageKind::Firmware => "FIRMWARE",
            }),
            supplier: Some(actor_or_no_assertion("Organization", package.any_supplier())),
            originator: package.originator.as_deref().map(|text| actor_or_no_assertion("Person", Some(text))),
            download_location: download.unwrap_or("NOASSERTION"),
            homepage,
            checksums: package.digests.iter().filter_map(checksum).collect(),
            source_info: shown.map(|path| format!("read from /{path}")),
            license_declared: self.expression(&package.licenses, LicenseKind::Declared),
            license_concluded: self.expression(&package.licenses, LicenseKind::Found),
            copyright_text: package.copyright.as_deref().unwrap_or("NOASSERTION"),
            description: package.description.as_deref(),
            external_refs: package
                .purl
                .as_ref()
                .map(|purl| purl_reference(purl.as_str()))
                .into_iter()
                .collect(),
            annotations: self.annotations(facts),
            ..Self::blank(self.references.get(Subject::Package(index)).unwrap_or_default())
        }
    }

    fn file(&'a self, index: usize, file: &'a File) -> SpdxPackage<'a> {
        SpdxPackage {
            name: &file.path,
            version_info: silent::version_of(file).unwrap_or_default(),
            primary_package_purpose: Some("FILE"),
            checksums: file.digests.iter().filter_map(checksum).collect(),
            supplier: Some(actor_or_no_assertion("Organization", silent::supplier_of(self.inventory, file))),
            license_declared: self.declared_license(file.declared.license.as_deref()),
            annotations: self.annotations(Facts::of_file(self.inventory, self.relations, index, file)),
            ..Self::blank(self.references.get(Subject::File(index)).unwrap_or_default())
        }
    }

    /// A package of which nothing is known but its reference.
    fn blank(reference: &str) -> SpdxPackage<'a> {
        SpdxPackage {
            id: format!("{REFERENCE}{reference}"),
            download_location: "NOASSERTION",
            license_concluded: "NOASSERTION".to_owned(),
            license_declared: "NOASSERTION".to_owned(),
            copyright_text: "NOASSERTION",
            supplier: Some("NOASSERTION".to_owned()),
            ..SpdxPackage::default()
        }
    }

    /// Facts as annotations whose comment is a JSON object with the members `name` and `value`.
    fn annotations(&'a self, facts: Facts<'a>) -> Vec<Annotation<'a>> {
        let annotation = |comment| Annotation {
            annotation_date: &self.created,
            annotation_type: "OTHER",
            annotator: &self.annotator,
            comment,
        };
        facts.sorted().into_iter().map(annotation).collect()
    }
}

fn purl_reference<'a>(purl: impl Into<std::borrow::Cow<'a, str>>) -> ExternalRef<'a> {
    ExternalRef {
        reference_category: "PACKAGE-MANAGER",
        reference_type: "purl",
        reference_locator: purl.into(),
    }
}

/// Where to report vulnerabilities (SPDX 2.3, annex F.2.4).
fn security_reference(url: &str) -> ExternalRef<'_> {
    ExternalRef { reference_category: "SECURITY", reference_type: "url", reference_locator: url.into() }
}

fn checksum(digest: &Digest) -> Option<Checksum<'_>> {
    let (_, name) = ALGORITHMS.iter().find(|(algorithm, _)| *algorithm == digest.algorithm())?;
    Some(Checksum { algorithm: name, checksum_value: digest.hex() })
}

fn actor_or_no_assertion(kind: &str, text: Option<&str>) -> String {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => actor::to_spdx(kind, text),
        None => "NOASSERTION".to_owned(),
    }
}

/// Whether SPDX takes `text` for a statement that there is none.
fn says_nothing(text: &str) -> bool {
    !text.is_empty() && matches!(text.trim(), "" | "NOASSERTION" | "NONE")
}
