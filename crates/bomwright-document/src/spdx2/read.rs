//! SPDX 2.1 to 2.3 to inventory.

use std::borrow::Cow;
use std::collections::HashMap;

use bomwright_model::{
    Digest, Distribution, EdgeKind, Evidence, Image, Inventory, License, LicenseKind, LinkKind, Package,
    PackageKind, Scope, SourcePackage, Tool,
};

use super::wire_in::{
    Checksum, CreationInfo, Document, ExtractedLicense, Fact, Relationship, SpdxFile, SpdxPackage,
};
use super::{ALGORITHMS, NO_TIME, REFERENCE, tag_value_in};
use crate::assembly::{Assembly, Slot};
use crate::claims::{self, Claims, RootClaims};
use crate::lenient::Text;
use crate::peers::{self, PeerClaims};
use crate::{DocumentError, actor, identify, license, time};

/// Reads the JSON document `name`.
pub(crate) fn read_json(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    of_version_2(name, parse_json(name, bytes)?)
}

/// All of the JSON document `name`, for those who ask what it says rather than what it means.
pub(crate) fn parse_json<'a>(name: &str, bytes: &'a [u8]) -> Result<Document<'a>, DocumentError> {
    serde_json::from_slice(bytes).map_err(|error| DocumentError::json(name, &error))
}

/// Reads the tag-value document `name`.
pub(crate) fn read_tag_value(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    of_version_2(name, tag_value_in::parse(name, bytes)?)
}

/// Reads the document `name` of SPDX 3.
pub(crate) fn read_graph(name: &str, bytes: &[u8]) -> Result<Inventory, DocumentError> {
    Ok(inventory(name, crate::spdx3::parse(name, bytes)?))
}

fn of_version_2(name: &str, document: Document<'_>) -> Result<Inventory, DocumentError> {
    // What 2.1 has is the same in 2.2.
    if !matches!(&*document.spdx_version, "SPDX-2.1" | "SPDX-2.2" | "SPDX-2.3") {
        return Err(DocumentError::Inconsistent {
            name: name.to_owned(),
            place: "spdxVersion".to_owned(),
            reason: format!("'{}' is not read; SPDX-2.1 to SPDX-2.3 are", &*document.spdx_version),
        });
    }
    Ok(inventory(name, document))
}

fn inventory(name: &str, document: Document<'_>) -> Inventory {
    let mut reader = Reader {
        assembly: Assembly::new(name),
        guessed: None,
        texts: document
            .has_extracted_licensing_infos
            .iter()
            .map(|one| ((*one.license_id).to_owned(), statement(one).to_owned()))
            .collect(),
        owned: Vec::new(),
    };
    reader.creation(document.creation_info.unwrap_or_default());
    let root = root_of(&document.document_describes, &document.relationships, &document.packages);
    // The root comes first: it says whether the document is ours.
    let (roots, others): (Vec<_>, Vec<_>) =
        document.packages.into_iter().partition(|package| Some(&*package.id) == root.as_deref());
    for package in roots {
        reader.root(package);
    }
    for package in others {
        reader.package(package);
    }
    for file in document.files {
        reader.file(file);
    }
    for (owner, file) in std::mem::take(&mut reader.owned) {
        if let (Slot::Package(owner), Some(Slot::File(file))) = (owner, reader.assembly.slot(&file)) {
            reader.assembly.own(file, owner);
        }
    }
    for relationship in document.relationships {
        reader.relationship(relationship);
    }
    let Reader { mut assembly, guessed, .. } = reader;
    if assembly.inventory.distribution.is_none() {
        assembly.inventory.distribution = guessed;
    }
    assembly.finish()
}

/// The one package that the document describes. Where it describes several, all are packages like others.
fn root_of(
    describes: &[Text<'_>],
    relationships: &[Relationship<'_>],
    packages: &[SpdxPackage<'_>],
) -> Option<String> {
    let stated = relationships.iter().filter_map(|one| match &*one.relationship_type {
        "DESCRIBES" if &*one.spdx_element_id == "SPDXRef-DOCUMENT" => Some(&*one.related_spdx_element),
        "DESCRIBED_BY" if &*one.related_spdx_element == "SPDXRef-DOCUMENT" => Some(&*one.spdx_element_id),
        _ => None,
    });
    let mut all: Vec<&str> = describes.iter().map(|id| &**id).chain(stated).collect();
    all.sort_unstable();
    all.dedup();
    match all.as_slice() {
        [only] if packages.iter().any(|package| &*package.id == *only) => Some((*only).to_owned()),
        _ => None,
    }
}

struct Reader<'a> {
    assembly: Assembly<'a>,
    /// The distribution that purls name, for documents that describe none.
    guessed: Option<Distribution>,
    /// The statement behind each licence reference.
    texts: HashMap<String, String>,
    /// Packages and the files that they say they have, which are described further down.
    owned: Vec<(Slot, Cow<'a, str>)>,
}

impl<'a> Reader<'a> {
    fn creation(&mut self, info: CreationInfo<'a>) {
        if let Some(created) = info.created.some().filter(|created| *created != NO_TIME) {
            self.assembly.inventory.timestamp = time::to_utc(created);
            if self.assembly.inventory.timestamp.is_none() {
                self.assembly.notes.add("times are none", created);
            }
        }
        for creator in info.creators {
            if let Some(tool) = creator.trim().strip_prefix("Tool:") {
                self.assembly.inventory.tools.push(split_tool(tool.trim()));
            }
        }
    }

    fn root(&mut self, package: SpdxPackage<'a>) {
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

    fn package(&mut self, package: SpdxPackage<'a>) {
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

    fn licenses(&self, package: &SpdxPackage<'a>) -> Vec<License> {
        let declared = self.statements(&package.license_declared);
        let concluded = self.statements(&package.license_concluded);
        let found = if concluded == declared { Vec::new() } else { concluded };
        let found =
            found.into_iter().map(|text| License { kind: LicenseKind::Found, ..License::declared(text) });
        declared.into_iter().map(License::declared).chain(found).collect()
    }

    /// What a licence field says. Operands of a plain conjunction are statements of their own where some are texts of
    /// the document, so that each text stays what it is.
    fn statements(&self, field: &Text<'_>) -> Vec<String> {
        let Some(text) = field.some().filter(|text| !matches!(*text, "NOASSERTION" | "NONE")) else {
            return Vec::new();
        };
        let meaning = |text: &str| self.texts.get(text).cloned();
        if let Some(text) = meaning(text) {
            return vec![text];
        }
        if text.contains("LicenseRef-") && !text.contains(['(', ')']) && !text.contains(" OR ") {
            let operands = text.split(" AND ").map(str::trim);
            return operands.map(|operand| meaning(operand).unwrap_or_else(|| operand.to_owned())).collect();
        }
        vec![self.spelt_out(text)]
    }

    /// An expression with the licences that its references turn out to be in their place.
    fn spelt_out(&self, expression: &str) -> String {
        if !expression.contains("LicenseRef-") {
            return expression.to_owned();
        }
        let mut out = String::with_capacity(expression.len());
        for word in expression.split_inclusive([' ', '(', ')']) {
            let bare = word.trim_end_matches([' ', '(', ')']);
            let meaning = self.texts.get(bare).and_then(|text| license::normalize(text));
            match meaning {
                Some(meaning) if meaning.extracted.is_empty() => {
                    out.push('(');
                    out.push_str(&meaning.expression);
                    out.push(')');
                    out.push_str(word.get(bare.len()..).unwrap_or_default());
                }
                _ => out.push_str(word),
            }
        }
        out
    }

    /// Files of which the document says that they are binaries, or says nothing; texts are no executables.
    fn file(&mut self, source: SpdxFile<'a>) {
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

    fn relationship(&mut self, relationship: Relationship<'a>) {
        let Relationship { spdx_element_id: from, relationship_type: kind, related_spdx_element: to, .. } =
            relationship;
        if matches!(&*to, "NONE" | "NOASSERTION")
            || &*from == "SPDXRef-DOCUMENT"
            || &*to == "SPDXRef-DOCUMENT"
        {
            return;
        }
        let Some((kind, scope, forward)) = meaning(&kind) else { return };
        let (from, to) = (reference(from), reference(to));
        let (from, to) = if forward { (from, to) } else { (to, from) };
        match (kind, self.assembly.slot(&from), self.assembly.slot(&to)) {
            (Some(EdgeKind::Contains), Some(Slot::Package(owner)), Some(Slot::File(file))) => {
                self.assembly.own(file, owner);
            }
            (Some(EdgeKind::Contains), Some(Slot::Root), _) => {
                self.assembly.link(from, to, Some(EdgeKind::Holds), None);
            }
            _ => self.assembly.link(from, to, kind, scope),
        }
    }
}

/// What a type of relationship (SPDX 2.3, clause 11.1) means for us: the kind of edge, its scope, and whether
/// it points from the one that needs to the one that is needed. `None` for those that are no dependency.
fn meaning(kind: &str) -> Option<(Option<EdgeKind>, Option<Scope>, bool)> {
    Some(match kind {
        "DEPENDS_ON" | "HAS_PREREQUISITE" => (None, None, true),
        "DEPENDENCY_OF" | "RUNTIME_DEPENDENCY_OF" | "PREREQUISITE_FOR" | "PROVIDED_DEPENDENCY_OF" => {
            (None, None, false)
        }
        "OPTIONAL_DEPENDENCY_OF" => (None, Some(Scope::Optional), false),
        "DEV_DEPENDENCY_OF" | "TEST_DEPENDENCY_OF" => (None, Some(Scope::Development), false),
        "BUILD_DEPENDENCY_OF" | "BUILD_TOOL_OF" => (None, Some(Scope::Build), false),
        "DYNAMIC_LINK" | "STATIC_LINK" => (Some(EdgeKind::Links), None, true),
        "CONTAINS" => (Some(EdgeKind::Contains), None, true),
        "CONTAINED_BY" => (Some(EdgeKind::Contains), None, false),
        _ => return None,
    })
}

/// The reference without what stands before all of them.
fn reference(id: Text<'_>) -> Cow<'_, str> {
    match id.0 {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix(REFERENCE).unwrap_or(text)),
        Cow::Owned(text) => Cow::Owned(text.strip_prefix(REFERENCE).map(str::to_owned).unwrap_or(text)),
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

fn statement<'a>(license: &'a ExtractedLicense<'_>) -> &'a str {
    const LONGEST: usize = 200;
    let silent = |text: &&str| !matches!(*text, "NOASSERTION" | "NONE");
    let text = license.extracted_text.some().filter(silent).filter(|text| text.len() <= LONGEST);
    license.name.some().filter(silent).or(text).unwrap_or(&license.license_id)
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

/// `name-version`, split where a version begins: at the first hyphen before a digit, else at the last.
pub(super) fn split_tool(text: &str) -> Tool {
    let starts_version = |at: usize| {
        let rest = text.get(at + 1..).unwrap_or_default();
        rest.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit())
    };
    let hyphens = || text.match_indices('-').map(|(at, _)| at);
    let at = hyphens().find(|at| starts_version(*at)).or_else(|| hyphens().next_back());
    let (name, version) = match at {
        Some(at) => (text.get(..at).unwrap_or(text), text.get(at + 1..).unwrap_or_default()),
        None => (text, ""),
    };
    Tool { name: name.to_owned(), version: version.to_owned() }
}
