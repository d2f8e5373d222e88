//! The image, the distribution, packages and files.

use bomwright_model::{Digest, Distribution, Evidence, Image, LinkKind, Package, PackageKind, SourcePackage};

use super::{Reader, reference};
use crate::assembly::Slot;
use crate::claims::{self, Claims, RootClaims};
use crate::lenient::Text;
use crate::peers::{self, PeerClaims};
use crate::spdx2::ALGORITHMS;
use crate::spdx2::wire_in::{Checksum, Fact, SpdxFile, SpdxPackage};
use crate::{actor, identify};

impl<'a> Reader<'a> {
    pub(super) fn root(&mut self, package: SpdxPackage<'a>) {
        let mut claims = RootClaims::default();
        let mut image = foreign_image(&package);
        let mut layers = Vec::new();
        for (name, value) in facts(&package) {
            match (claims::own_name(&name), &mut image) {
                (Some(name), _) => claims.about_root(name, &value),
                (None, Some(image)) => peers::about_image(image, &mut layers, &name, &value),
                (None, None) => {}
            }
        }
        let inventory = &mut self.assembly.inventory;
        if let Some(source) = claims.source() {
            inventory.source = source;
        }
        if claims.shared.ours {
            inventory.declared = std::mem::take(&mut claims.declared);
            inventory.image = claims.image();
            inventory.layers = claims.layers();
            inventory.diagnostics = claims.diagnostics();
        } else {
            inventory.image = image;
            inventory.layers = layers;
        }
        self.assembly.root_claims(claims.shared);
        self.assembly.refer(reference(package.id), Slot::Root);
    }

    pub(super) fn package(&mut self, package: SpdxPackage<'a>) {
        let facts = facts(&package);
        let ours = |name: &str| facts.iter().any(|(known, _)| claims::own_name(known) == Some(name));
        let id = reference(package.id.clone());
        let slot = if ours("distribution:id")
            || (!self.assembly.ours
                && matches!(&*package.primary_package_purpose, "OPERATING_SYSTEM" | "OPERATING-SYSTEM")
                && self.assembly.inventory.distribution.is_none())
        {
            self.distribution(&package, &facts)
        } else if ours("file:path") {
            let mut file = identify::file(&package.name);
            let mut claims = Claims::default();
            for (name, value) in
                facts.iter().filter_map(|(name, value)| Some((claims::own_name(name)?, value)))
            {
                claims.about_file(&mut file, name, value);
            }
            claims.finish_file(&mut file);
            file.digests = package.checksums.iter().filter_map(digest).collect();
            self.assembly.file(file, claims)
        } else {
            self.real_package(&package, &facts)
        };
        for file in package.has_files {
            self.owned.push((slot, reference(file)));
        }
        self.assembly.refer(id, slot);
    }

    fn distribution(&mut self, package: &SpdxPackage<'a>, facts: &[(String, String)]) -> Slot {
        let mut distribution = Distribution {
            id: package.name.to_lowercase(),
            version: package.version_info.owned(),
            ..Distribution::default()
        };
        for (name, value) in facts.iter().filter_map(|(name, value)| Some((claims::own_name(name)?, value))) {
            claims::about_distribution(&mut distribution, name, value);
        }
        self.assembly.inventory.distribution = Some(distribution);
        Slot::Beside
    }

    fn real_package(&mut self, source: &SpdxPackage<'a>, facts: &[(String, String)]) -> Slot {
        let purl = source.external_refs.iter().find(|one| &*one.reference_type == "purl");
        let stated = |text: &Text<'_>| {
            text.some().filter(|text| !matches!(*text, "NOASSERTION" | "NONE")).map(|_| (**text).to_owned())
        };
        let named = purl.and_then(|one| identify::purl(&one.reference_locator, &mut self.assembly.notes));
        let mut package = Package {
            name: (*source.name).to_owned(),
            version: stated(&source.version_info).unwrap_or_default(),
            kind: kind(&source.primary_package_purpose),
            supplier: actor::from_spdx(&source.supplier),
            originator: actor::from_spdx(&source.originator),
            description: source.description.owned().or_else(|| source.summary.owned()),
            copyright: stated(&source.copyright_text),
            digests: source.checksums.iter().filter_map(digest).collect(),
            licenses: self.licenses(source),
            ..Package::default()
        };
        for (kind, url) in
            [(LinkKind::Home, &source.homepage), (LinkKind::Download, &source.download_location)]
        {
            package.add_link(kind, stated(url).unwrap_or_default());
        }
        let mut claims = Claims::default();
        let mut peers = PeerClaims::default();
        for (name, value) in facts {
            match claims::own_name(name) {
                Some(name) => claims.about_package(&mut package, name, value),
                None => peers.about_package(name, value),
            }
        }
        package.links.sort();
        package.digests.sort();
        claims.finish_package(&mut package);
        if claims.ours {
            package.purl = named.map(|named| named.purl);
        } else {
            package.source = built_from(&source.source_info);
            let places = peers.places(&mut package);
            identify::from_purl(&mut package, named, &mut self.guessed);
            package.evidence = self.assembly.evidence(places, &package.ecosystem);
            if package.evidence.is_empty() {
                package.evidence = source_evidence(&source.source_info, &package.ecosystem);
            }
        }
        self.assembly.package(package, claims)
    }

    /// Files of which the document says that they are binaries, or says nothing; texts are no executables.
    pub(super) fn file(&mut self, source: SpdxFile<'a>) {
        let id = reference(source.id);
        let is_binary =
            source.file_types.is_empty() || source.file_types.iter().any(|kind| &**kind == "BINARY");
        if !is_binary {
            self.assembly.notes.add("files are left out, since they are no binaries", &source.file_name);
            self.assembly.refer(id, Slot::Beside);
            return;
        }
        let mut file = identify::file(&source.file_name);
        file.digests = source.checksums.iter().filter_map(digest).collect();
        let slot = self.assembly.file(file, Claims::default());
        self.assembly.refer(id, slot);
    }
}

/// Names and values from annotations: ours are JSON; trivy's are `Key: value`, in annotations or
/// attribution texts.
fn facts(package: &SpdxPackage<'_>) -> Vec<(String, String)> {
    let annotations = package.annotations.iter().map(|annotation| &annotation.comment);
    let texts = annotations.chain(package.attribution_texts.iter());
    let apart = package.facts.iter().map(|fact| (fact.name.to_string(), fact.value.to_string()));
    texts
        .filter_map(|text| {
            if text.starts_with('{') {
                let fact: Fact<'_> = serde_json::from_str(text).ok()?;
                return Some((fact.name.0.into_owned(), fact.value.0.into_owned()));
            }
            let (key, value) = text.split_once(": ")?;
            Some((format!("aquasecurity:trivy:{key}"), value.to_owned()))
        })
        .chain(apart)
        .collect()
}

fn foreign_image(package: &SpdxPackage<'_>) -> Option<Image> {
    if &*package.primary_package_purpose != "CONTAINER" {
        return None;
    }
    let (repository, tag) = peers::split_tag(&package.name);
    let mut image = Image {
        repository: Some(repository.to_owned()),
        tag: tag.map(str::to_owned),
        digest: package.version_info.parse().ok(),
        ..Image::default()
    };
    let purl = package.external_refs.iter().find(|one| &*one.reference_type == "purl");
    let purl = purl.and_then(|one| one.reference_locator.parse::<bomwright_model::Purl>().ok());
    if let Some(parts) = purl.as_ref().and_then(|purl| purl.parse().ok()) {
        if let Some(digest) = parts.version().and_then(|version| version.parse().ok()) {
            image.digest = Some(digest);
        }
        if let Some(architecture) = parts.qualifiers().get("arch") {
            image.architecture = architecture.clone().into_owned();
        }
        if let (None, Some(tag)) = (&image.tag, parts.qualifiers().get("tag")) {
            image.tag = Some(tag.clone().into_owned());
        }
    }
    Some(image)
}

/// syft: `acquired package info from DPKG DB: /var/lib/dpkg/status, /usr/share/doc/…`.
fn source_evidence(info: &str, parser: &str) -> Vec<Evidence> {
    let Some((_, paths)) = info.split_once(": /") else { return Vec::new() };
    let paths = paths.split(", ").map(|path| path.trim_start_matches('/'));
    paths.filter(|path| !path.is_empty()).map(|path| Evidence::new(path, parser)).collect()
}

/// trivy: `built package from: glibc 2.36-9`.
fn built_from(info: &str) -> Option<SourcePackage> {
    let (name, version) = info.strip_prefix("built package from: ")?.split_once(' ')?;
    Some(SourcePackage { name: name.to_owned(), version: version.to_owned() })
}

fn kind(purpose: &str) -> PackageKind {
    match purpose {
        "APPLICATION" | "CONTAINER" | "INSTALL" => PackageKind::Application,
        "OPERATING_SYSTEM" | "OPERATING-SYSTEM" => PackageKind::OperatingSystem,
        "FIRMWARE" => PackageKind::Firmware,
        _ => PackageKind::Library,
    }
}

fn digest(checksum: &Checksum<'_>) -> Option<Digest> {
    let (algorithm, _) = ALGORITHMS.iter().find(|(_, name)| *name == &*checksum.algorithm)?;
    Digest::from_hex(algorithm, &checksum.checksum_value).ok()
}
