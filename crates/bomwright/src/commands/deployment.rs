//! One inventory of all images that manifests name, for `bomwright images -o cyclonedx-json`.

use std::collections::{BTreeMap, BTreeSet};

use bomwright_model::{
    Code, Diagnostic, Evidence, Inventory, Member, Package, PackageKind, Purl, Source, SourceKind, join,
};
use bomwright_orchestration::{ImageName, Reference};

use crate::args::Images;
use crate::exit::Failure;
use crate::progress::Verbosity;

/// What reads references, as evidence names it.
const PARSER: &str = "images";

/// Every image of `references`, with what is in those for which `--image-map` names a source.
pub(crate) fn inventory(
    references: &[Reference],
    arguments: &Images,
    verbosity: Verbosity,
) -> Result<Inventory, Failure> {
    let mut images: BTreeMap<&ImageName, Vec<&Reference>> = BTreeMap::new();
    for reference in references.iter().filter(|it| !it.superseded) {
        images.entry(&reference.image).or_default().push(reference);
    }
    let mut sources = sources(&arguments.image_map, &images)?;
    let (mut members, mut diagnostics) = (Vec::new(), Vec::new());
    for (image, places) in &images {
        let note = |code, text: &str| Diagnostic::new(code, text).at(image.to_string());
        let inventory = match sources.remove(*image) {
            Some(source) => Some(crate::load::inventory(&source, &arguments.reading, verbosity)?),
            None => None,
        };
        let read = inventory.as_ref().and_then(|it| it.image.as_ref()?.digest.as_ref());
        if inventory.is_none() {
            diagnostics.push(note(Code::Unreadable, "no --image-map names it: what is in it is not listed"));
        } else if let (Some(read), Some(wanted)) = (read, &image.digest)
            && read.as_str() != wanted
        {
            let text = format!("what was read has the digest {read}");
            diagnostics.push(note(Code::InconsistentImage, &text));
        }
        members.push(Member { package: package(image, places), inventory });
    }
    let name = arguments.paths.join(" ");
    let mut all = join(Source { kind: SourceKind::Dir, name }, members);
    all.diagnostics.extend(diagnostics);
    all.diagnostics.sort();
    Ok(all)
}

/// The sources of images by `REF=SOURCE`, each of which must be named by a manifest.
fn sources(
    maps: &[String],
    images: &BTreeMap<&ImageName, Vec<&Reference>>,
) -> Result<BTreeMap<ImageName, String>, Failure> {
    let mut sources = BTreeMap::new();
    for map in maps {
        let (name, source) = map.split_once('=').ok_or_else(|| {
            Failure::new(format!("--image-map '{map}' has no '='")).hint("for example nginx:1.27=nginx.tar")
        })?;
        let image =
            ImageName::parse(name).map_err(|error| Failure::new(format!("--image-map '{name}': {error}")))?;
        if !images.contains_key(&image) {
            return Err(Failure::new(format!("--image-map: nothing names {image}"))
                .hint("bomwright images without -o shows what is named"));
        }
        if sources.insert(image, source.to_owned()).is_some() {
            return Err(Failure::new(format!("--image-map names '{name}' twice")));
        }
    }
    Ok(sources)
}

/// An image as a component, with the manifests that name it.
fn package(image: &ImageName, places: &[&Reference]) -> Package {
    let version = image.tag.as_ref().or(image.digest.as_ref()).cloned().unwrap_or_default();
    let name = image.repository_name();
    let mut package = Package::new("oci", &name, version);
    package.kind = PackageKind::Application;
    package.location = Some(image.to_string());
    package.digests.extend(image.digest.as_ref().and_then(|digest| digest.parse().ok()));
    package.purl = image.digest.as_ref().and_then(|digest| {
        // purl-spec, types-doc/oci-definition.md: the last part of the repository, and the digest as version.
        let base = image.repository.rsplit('/').next()?;
        let qualifiers =
            [("repository_url", name.as_str()), ("tag", image.tag.as_deref().unwrap_or_default())];
        Purl::build("oci", None, base, digest, &qualifiers, None).ok()
    });
    let files: BTreeSet<&str> = places.iter().map(|it| it.file.trim_start_matches('/')).collect();
    package.evidence = files.into_iter().map(|file| Evidence::new(file, PARSER)).collect();
    let lines: BTreeSet<String> = places.iter().map(|it| format!("{}:{}", it.file, it.line)).collect();
    package.set_property("named-by", lines.into_iter().collect::<Vec<_>>().join(", "));
    package
}
