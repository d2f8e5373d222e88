//! What CycloneDX and SPDX have no field for, as names and values: CycloneDX writes them as `properties`,
//! SPDX as annotations. One list for both, so that both carry the same. The module `claims` reads them.

use std::borrow::Cow;

use bomwright_model::{
    Confidence, Declared, Distribution, EdgeKind, Evidence, File, FileKind, Image, Inventory, LayerPart,
    LicenseKind, Package, PackageKind, Scope, Status, Tier, Verdict,
};
use serde::Serialize;

use crate::identity::{References, Subject};
use crate::license::Meanings;
use crate::relations::Relations;
use crate::{actor, place, silent};

/// What every name starts with.
pub(crate) const PREFIX: &str = "bomwright:";

/// One name and its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Fact<'a> {
    pub(crate) name: String,
    pub(crate) value: Cow<'a, str>,
}

/// A list of facts that grows.
#[derive(Default)]
pub(crate) struct Facts<'a>(Vec<Fact<'a>>);

impl<'a> Facts<'a> {
    /// Adds a fact whose name has no numbers or keys in it.
    pub(crate) fn put(&mut self, name: &str, value: impl Into<Cow<'a, str>>) {
        let mut full = String::with_capacity(PREFIX.len() + name.len());
        full.push_str(PREFIX);
        full.push_str(name);
        self.0.push(Fact { name: full, value: value.into() });
    }

    /// Adds a fact, if there is a value.
    pub(crate) fn put_some(&mut self, name: &str, value: Option<impl Into<Cow<'a, str>>>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    fn put_list(&mut self, name: &str, values: &'a [String]) {
        for (index, value) in values.iter().enumerate() {
            self.put(&format!("{name}:{index}"), value);
        }
    }

    /// The facts, sorted by name.
    pub(crate) fn sorted(mut self) -> Vec<Fact<'a>> {
        self.0.sort_unstable();
        self.0
    }

    /// What no field says of the package with this index.
    pub(crate) fn of_package(
        inventory: &'a Inventory,
        references: &'a References,
        relations: &'a Relations<'a>,
        meanings: &Meanings<'_>,
        index: usize,
        package: &'a Package,
    ) -> Self {
        let mut facts = Self::default();
        facts.put("ecosystem", &package.ecosystem);
        facts.put_some("namespace", package.namespace.as_deref());
        facts.put_some("arch", package.architecture.as_deref());
        facts.put_some("location", package.location.as_deref());
        if !matches!(package.kind, PackageKind::Library | PackageKind::Application) {
            facts.put("kind", package.kind.as_str());
        }
        if let Some(source) = &package.source {
            facts.put("source:name", &source.name);
            facts.put("source:version", &source.version);
        }
        facts.put_some("size", package.size.map(|size| size.to_string()));
        facts.put_some("supplier", package.supplier.as_deref().filter(|text| !actor::survives(text)));
        facts.put_some("originator", package.originator.as_deref().filter(|text| !actor::survives(text)));
        facts.put_some("introduced", package.introduced.map(|layer| layer.0.to_string()));
        facts.put_some("changed", package.changed.map(|layer| layer.0.to_string()));
        if let Some(shipper) = package.shipped_by.filter(|id| inventory.package(*id).is_some()) {
            let shipper = usize::try_from(shipper.0).ok().and_then(|at| references.packages.get(at));
            facts.put_some("shipped-by", shipper.map(String::as_str));
        }
        facts.licenses(meanings, package);
        facts.put_some("unknown", silent::of_package(package));
        facts.verdict(package.origin.as_ref());
        facts.relations(relations, Subject::Package(index));
        for (key, value) in &package.properties {
            facts.put(&format!("property:{key}"), value);
        }
        facts
    }

    /// What no field says of the file with this index.
    pub(crate) fn of_file(
        inventory: &Inventory,
        relations: &'a Relations<'a>,
        index: usize,
        file: &'a File,
    ) -> Self {
        let mut facts = Self::default();
        facts.put("file:path", &file.path);
        facts.put("file:kind", file.kind.as_str());
        facts.put("file:size", file.size.to_string());
        facts.put("file:mode", format!("{:04o}", file.mode));
        facts.put("file:uid", file.uid.to_string());
        facts.put("file:gid", file.gid.to_string());
        facts.put_some("file:modified", file.modified.map(|seconds| seconds.to_string()));
        for (key, value) in file.declared.entries() {
            facts.put(&format!("file:declared:{key}"), value);
        }
        facts.put_some("file:layer", file.layer.map(|layer| layer.0.to_string()));
        facts.put_some("file:introduced", file.introduced.map(|layer| layer.0.to_string()));
        facts.put_some("file:interpreter", file.interpreter.as_deref());
        facts.put_some("file:status", file.status.map(Status::as_str));
        facts.put_some("file:tier", file.tier.map(Tier::as_str));
        if let Some(elf) = &file.elf {
            facts.put("file:elf:machine", &elf.machine);
            facts.put_some("file:elf:soname", elf.soname.as_deref());
            facts.put_some("file:elf:build-id", elf.build_id.as_deref());
            facts.put_list("file:elf:needed", &elf.needed);
            facts.put_list("file:elf:runpath", &elf.runpath);
        }
        facts.verdict(file.origin.as_ref());
        facts.put_some("unknown", silent::of_file(inventory, file));
        facts.deployable(file, !relations.targets(Subject::File(index)).is_empty());
        facts.put_some("property:declared", silent::declared_of(file));
        facts.relations(relations, Subject::File(index));
        facts
    }

    /// What no field says of the whole: source, image, layers, diagnostics.
    pub(crate) fn of_root(inventory: &'a Inventory, relations: &'a Relations<'a>) -> Self {
        let mut facts = Self::default();
        facts.put("source:kind", inventory.source.kind.as_str());
        facts.put("source:name", &inventory.source.name);
        facts.put_some("unknown", silent::of_root(inventory));
        for (key, value) in inventory.declared.entries() {
            facts.put(&format!("declared:{key}"), value);
        }
        if let Some(image) = &inventory.image {
            facts.image(image);
        }
        for (index, layer) in inventory.layers.iter().enumerate() {
            facts.put(&format!("layer:{index}:size"), layer.size.to_string());
            for (key, value) in [
                ("diffId", layer.diff_id.as_ref().map(bomwright_model::Digest::as_str)),
                ("digest", layer.digest.as_ref().map(bomwright_model::Digest::as_str)),
                ("mediaType", layer.media_type.as_deref()),
                ("createdBy", layer.created_by.as_deref()),
                ("part", layer.part.map(LayerPart::as_str)),
            ] {
                facts.put_some(&format!("layer:{index}:{key}"), value);
            }
        }
        for (index, diagnostic) in inventory.diagnostics.iter().enumerate() {
            facts.put(&format!("diagnostic:{index}:code"), diagnostic.code.as_str());
            facts.put(&format!("diagnostic:{index}:message"), &diagnostic.message);
            facts.put_some(&format!("diagnostic:{index}:path"), diagnostic.path.as_deref());
            let layer = diagnostic.layer.map(|layer| layer.0.to_string());
            facts.put_some(&format!("diagnostic:{index}:layer"), layer);
        }
        facts.relations(relations, Subject::Root);
        facts
    }

    /// What no field says of the distribution.
    pub(crate) fn of_distribution(declared: &Declared, distribution: &'a Distribution) -> Self {
        let mut facts = Self::default();
        facts.put("distribution:id", &distribution.id);
        facts.put("distribution:path", &distribution.path);
        facts.put_some("unknown", silent::of_distribution(distribution));
        facts.put_some("property:declared", declared.distribution.as_ref().map(|_| "supplier"));
        facts.put_list("distribution:id-like", &distribution.id_like);
        facts.put_some("distribution:codename", distribution.codename.as_deref());
        facts.put_some("distribution:pretty-name", distribution.pretty_name.as_deref());
        facts.put_some("distribution:cpe", distribution.cpe.as_deref());
        facts.put_some("distribution:home-url", distribution.home_url.as_deref());
        facts.put_some("distribution:support-end", distribution.support_end.as_deref());
        facts
    }

    /// What the taxonomy of BSI TR-03183-2 names of a file. Neither an ELF file nor a script is an archive. What it is made of
    /// can be told (section 5.2.2, "structured") of a script, of a program that names its libraries, and of one that holds
    /// packages that were read; not of any other static program.
    fn deployable(&mut self, file: &'a File, has_parts: bool) {
        let mut put = |name: &str, value: &'a str| {
            self.0.push(Fact { name: format!("bsi:component:{name}"), value: Cow::Borrowed(value) });
        };
        put("filename", file.path.rsplit('/').next().unwrap_or(&file.path));
        put("archive", "no archive");
        let names_libraries = file.elf.as_ref().is_some_and(|elf| !elf.needed.is_empty());
        let is_structured = has_parts || names_libraries || file.kind == FileKind::Script;
        put("structured", if is_structured { "structured" } else { "unstructured" });
        let runs = matches!(file.kind, FileKind::Executable | FileKind::Script | FileKind::Library);
        put("executable", if runs { "executable" } else { "non-executable" });
    }

    /// The places from which a package was read.
    pub(crate) fn evidence(&mut self, evidence: &'a [Evidence]) {
        for (index, evidence) in evidence.iter().enumerate() {
            self.put(&format!("evidence:{index}"), place::write(evidence));
        }
    }

    fn image(&mut self, image: &'a Image) {
        for (key, value) in [
            ("repository", image.repository.as_deref()),
            ("tag", image.tag.as_deref()),
            ("digest", image.digest.as_ref().map(bomwright_model::Digest::as_str)),
            ("id", image.config_digest.as_ref().map(bomwright_model::Digest::as_str)),
            ("os", Some(image.os.as_str())),
            ("architecture", Some(image.architecture.as_str())),
            ("variant", image.variant.as_deref()),
            ("created", image.created.as_deref()),
            ("user", image.user.as_deref()),
            ("working-dir", image.working_dir.as_deref()),
            ("stop-signal", image.stop_signal.as_deref()),
        ] {
            self.put_some(&format!("image:{key}"), value);
        }
        for (key, value) in &image.labels {
            self.put(&format!("image:label:{key}"), value);
        }
        for (key, value) in &image.annotations {
            self.put(&format!("image:annotation:{key}"), value);
        }
        self.put_list("image:entrypoint", &image.entrypoint);
        self.put_list("image:command", &image.command);
        self.put_list("image:environment", &image.environment);
        self.put_list("image:port", &image.ports);
        self.put_list("image:volume", &image.volumes);
        self.put_list("image:health-check", &image.health_check);
        self.history(image);
    }

    /// How the image came to be: its history, and what its build used.
    fn history(&mut self, image: &'a Image) {
        for (index, entry) in image.history.iter().enumerate() {
            // Always there, so that an entry that says nothing keeps its place.
            self.put(&format!("image:history:{index}:emptyLayer"), entry.empty_layer.to_string());
            for (key, value) in [
                ("createdBy", entry.created_by.as_deref()),
                ("created", entry.created.as_deref()),
                ("comment", entry.comment.as_deref()),
                ("author", entry.author.as_deref()),
            ] {
                self.put_some(&format!("image:history:{index}:{key}"), value);
            }
        }
        for (index, material) in image.provenance.iter().enumerate() {
            self.put(&format!("image:provenance:{index}:uri"), &material.uri);
            let digest = material.digest.as_ref().map(bomwright_model::Digest::as_str);
            self.put_some(&format!("image:provenance:{index}:digest"), digest);
        }
    }

    /// The statements as written, unless the licence fields alone bring them back.
    fn licenses(&mut self, meanings: &Meanings<'_>, package: &'a Package) {
        if let [only] = package.licenses.as_slice()
            && only.kind == LicenseKind::Declared
            && only.path.is_none()
            && only.confidence.is_none()
            && only.wordings.is_empty()
            && meanings.get(only).is_some_and(|term| term.expression == only.text)
            && !only.text.contains("LicenseRef-")
        {
            return;
        }
        for (index, license) in package.licenses.iter().enumerate() {
            let kind = match license.kind {
                LicenseKind::Declared => "declared",
                LicenseKind::Found => "found",
            };
            self.put(&format!("license:{index}:{kind}"), &license.text);
            self.put_some(&format!("license:{index}:path"), license.path.as_deref());
            let confidence = license.confidence.map(|percent| percent.to_string());
            self.put_some(&format!("license:{index}:confidence"), confidence);
            for (number, (name, text)) in license.wordings.iter().enumerate() {
                self.put(&format!("license:{index}:wording:{number}"), format!("{name}\n{text}"));
            }
        }
    }

    fn verdict(&mut self, verdict: Option<&'a Verdict>) {
        let Some(verdict) = verdict else { return };
        self.put("origin", verdict.origin.as_str());
        self.put("origin:confidence", Confidence::as_str(verdict.confidence));
        for (index, reason) in verdict.reasons.iter().enumerate() {
            self.put(&format!("origin:reason:{index}"), format!("{}: {}", reason.rule, reason.detail));
            self.put_some(
                &format!("origin:reason:{index}:evidence"),
                reason.evidence.as_ref().map(place::write),
            );
        }
    }

    fn relations(&mut self, relations: &'a Relations<'a>, subject: Subject) {
        for (kind, scope, target) in relations.remarkable(subject) {
            self.put(&format!("edge{}", manner(kind, scope)), target);
        }
        for (index, entry) in relations.unresolved(subject).iter().enumerate() {
            let usual = entry.kind == EdgeKind::DependsOn && entry.scope == Scope::Runtime;
            let manner = if usual { String::new() } else { manner(entry.kind, entry.scope) };
            let value = format!("{}: {}", entry.ecosystem, entry.requirement);
            self.put(&format!("unresolved:{index}{manner}"), value);
        }
    }
}

/// `:kind`, or `:kind:scope` where the scope is not run time.
fn manner(kind: EdgeKind, scope: Scope) -> String {
    match scope {
        Scope::Runtime => format!(":{}", kind.as_str()),
        scope => format!(":{}:{}", kind.as_str(), scope.as_str()),
    }
}
