//! Images in every form, made by hand after the OCI image specification v1.1 and Moby's image-spec v1.2.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use bomwright_image::{ImageError, Limits, OpenImage, Options, Platform, SourceSpec, open};
use bomwright_model::{Code, LayerId, SourceKind};
use serde_json::{Value, json};
use support::{
    Blobs, GZIP, Memory, PLAIN, ZSTD, annotated, gzip, on, open_path, paths, piped, read, sha256, tar,
};

fn base() -> Vec<u8> {
    tar(&[("usr/", b""), ("usr/lib/", b""), ("lib", b"->usr/lib"), ("etc/", b""), ("etc/name", b"base")])
}

fn top() -> Vec<u8> {
    tar(&[("lib/new", &vec![b'x'; 100_000]), ("etc/.wh.name", b""), ("empty", b"")])
}

/// A layout with one image of three layers, one in each compression.
fn image(blobs: &mut Blobs) -> Value {
    let (base, top, last) = (base(), top(), tar(&[("last", b"z")]));
    let zstd = zstd::encode_all(&last[..], 3).unwrap();
    // Two gzip members, as parallel compressors write them.
    let two = [gzip(&top[..1000]), gzip(&top[1000..])].concat();
    blobs.image("linux/amd64", &[(PLAIN, base.clone(), &base), (GZIP, two, &top), (ZSTD, zstd, &last)])
}

fn check(image: &OpenImage) {
    let (tree, memory) = read(image).unwrap();
    assert_eq!(paths(&tree), ["empty", "etc", "last", "lib", "usr", "usr/lib", "usr/lib/new"]);
    assert_eq!(memory.content["lib/new"], vec![b'x'; 100_000]);
    assert_eq!(memory.content["empty"], b"");
    assert_eq!(tree.landed(LayerId(1), "lib/new").as_deref(), Some("usr/lib/new"));
    assert_eq!(tree.landed(LayerId(0), "etc/name"), None);
    let facts = image.image().unwrap();
    assert_eq!((facts.os.as_str(), facts.architecture.as_str()), ("linux", "amd64"));
    assert_eq!((&facts.command, &facts.ports), (&vec!["sh".to_owned()], &vec!["80/tcp".to_owned()]));
    let steps: Vec<_> = image.layers().iter().map(|layer| layer.created_by.as_deref()).collect();
    assert_eq!(steps, [Some("RUN step 0"), Some("RUN step 1"), Some("RUN step 2")]);
}

/// Packs a directory into a tar, in the order of its names.
fn pack(root: &std::path::Path) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_dir_all("", root).unwrap();
    builder.into_inner().unwrap()
}

#[test]
fn oci_layouts_in_a_directory_and_an_archive() {
    let place = tempfile::tempdir().unwrap();
    let mut blobs = Blobs::default();
    let manifest = image(&mut blobs);
    let root = place.path().join("layout");
    blobs.write(&root, &[annotated(manifest.clone(), "org.opencontainers.image.ref.name", "1.2")]);
    let directory = open_path(&root).unwrap();
    assert_eq!(directory.source().kind, SourceKind::OciDir);
    check(&directory);
    let facts = directory.image().unwrap();
    assert_eq!(facts.tag.as_deref(), Some("1.2"));
    assert_eq!(facts.digest.as_ref().map(bomwright_model::Digest::as_str), manifest["digest"].as_str());
    assert_eq!(facts.annotations["k"], "v");
    assert!(directory.diagnostics().is_empty());
    let archive = place.path().join("archive.tar");
    std::fs::write(&archive, pack(&root)).unwrap();
    let archive = open_path(&archive).unwrap();
    assert_eq!(archive.source().kind, SourceKind::OciArchive);
    check(&archive);
}

#[test]
fn docker_archives_old_and_new() {
    let (base, top, last) = (base(), top(), tar(&[("last", b"z")]));
    let mut blobs = Blobs::default();
    let manifest = blobs.image(
        "linux/amd64",
        &[(PLAIN, base.clone(), &base), (PLAIN, top.clone(), &top), (PLAIN, last.clone(), &last)],
    );
    let document: Value = serde_json::from_slice(&blobs.0[manifest["digest"].as_str().unwrap()]).unwrap();
    let config = document["config"]["digest"].as_str().unwrap();
    let config_bytes = &blobs.0[config];
    let config_name = format!("{}.json", config.trim_start_matches("sha256:"));
    let entry = |config: &str, layers: &[&str]| {
        serde_json::to_vec(
            &json!([{"Config": config, "RepoTags": ["example.com:5000/shop:7"], "Layers": layers}]),
        )
        .unwrap()
    };
    // Old: the manifest last, one layer a link to a member elsewhere.
    let manifest = entry(&config_name, &["1/layer.tar", "2/layer.tar", "3/layer.tar"]);
    let old = tar(&[
        (&config_name, config_bytes),
        ("1/layer.tar", &base),
        ("2/layer.tar", b"->../shared.tar"),
        ("shared.tar", &top),
        ("3/layer.tar", &last),
        ("manifest.json", &manifest),
    ]);
    // New: the blobs of an OCI layout.
    let blob = |digest: &str| format!("blobs/{}", digest.replace(':', "/"));
    let names: Vec<_> = [&base, &top, &last].into_iter().map(|tar| blob(&sha256(tar))).collect();
    let manifest = entry(&blob(config), &names.iter().map(String::as_str).collect::<Vec<_>>());
    let new = tar(&[
        (&blob(config), config_bytes),
        (&names[0], &base),
        (&names[1], &top),
        (&names[2], &last),
        ("index.json", b"{}"),
        ("manifest.json", &manifest),
        ("oci-layout", b"{}"),
    ]);
    let place = tempfile::tempdir().unwrap();
    for (name, bytes) in [("old.tar", old), ("new.tar", new)] {
        let path = place.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let image = open_path(&path).unwrap();
        assert_eq!(image.source().kind, SourceKind::DockerArchive, "{name}");
        check(&image);
        let facts = image.image().unwrap();
        assert_eq!(facts.repository.as_deref(), Some("example.com:5000/shop"));
        assert_eq!(facts.tag.as_deref(), Some("7"));
        assert_eq!(facts.config_digest.as_ref().map(bomwright_model::Digest::as_str), Some(config));
        assert_eq!(image.layers()[0].digest.is_some(), name == "new.tar");
    }
}

/// A layout whose index is nested and has two platforms, an attestation and a signature.
fn platforms(place: &std::path::Path) {
    let mut blobs = Blobs::default();
    let mut one = |platform: &str, name: &str| {
        let layer = tar(&[(name, b"")]);
        blobs.image(platform, &[(PLAIN, layer.clone(), &layer)])
    };
    let (arm, ppc) = (one("linux/arm64", "arm"), one("linux/ppc64le", "ppc"));
    let attestation = on(one("unknown/unknown", "no"), "unknown", "unknown");
    let inner = json!({"schemaVersion": 2, "manifests": [
        on(arm, "linux", "arm64"), on(ppc, "linux", "ppc64le"),
        annotated(attestation, "vnd.docker.reference.type", "attestation-manifest"),
    ]});
    let inner = blobs.add_json("application/vnd.oci.image.index.v1+json", &inner);
    blobs.write(place, &[inner]);
}

fn open_for(place: &std::path::Path, platform: Option<&str>) -> Result<OpenImage, ImageError> {
    let platform = platform.map(|text| text.parse::<Platform>().unwrap());
    open(&SourceSpec::parse(place.to_str().unwrap()), &Options { platform, ..Options::default() })
}

#[test]
fn platforms_are_chosen() {
    let place = tempfile::tempdir().unwrap();
    platforms(place.path());
    let arm = open_for(place.path(), Some("linux/arm64/v8")).unwrap();
    assert_eq!(paths(&read(&arm).unwrap().0), ["arm"]);
    let error = open_for(place.path(), None).unwrap_err();
    assert_eq!(error.to_string(), "no image for platform linux/amd64; there are: linux/arm64, linux/ppc64le");
    assert!(matches!(open_for(place.path(), Some("linux/s390x")), Err(ImageError::Platform { .. })));
}

#[test]
fn tags_are_chosen() {
    let place = tempfile::tempdir().unwrap();
    let mut blobs = Blobs::default();
    let (a, b) = (tar(&[("a", b"")]), tar(&[("b", b"")]));
    let one = blobs.image("linux/amd64", &[(PLAIN, a.clone(), &a)]);
    let two = blobs.image("linux/amd64", &[(PLAIN, b.clone(), &b)]);
    let tag = |descriptor, tag| annotated(descriptor, "org.opencontainers.image.ref.name", tag);
    blobs.write(place.path(), &[tag(one, "1.0"), tag(two, "2.0")]);
    let path = place.path().to_str().unwrap();
    assert!(
        matches!(open_path(place.path()), Err(ImageError::Ambiguous { available }) if available == ["1.0", "2.0"])
    );
    let image = open(&SourceSpec::parse(&format!("oci-dir:{path}:2.0")), &Options::default()).unwrap();
    assert_eq!(paths(&read(&image).unwrap().0), ["b"]);
    assert!(open(&SourceSpec::parse(&format!("{path}:3.0")), &Options::default()).is_err());
}

/// One flipped byte at every place of a layer's blob is a digest mismatch, in both ways of reading.
#[test]
fn damage_is_named() {
    let place = tempfile::tempdir().unwrap();
    let layer = tar(&[("file", b"content")]);
    for stored in [layer.clone(), gzip(&layer), zstd::encode_all(&layer[..], 3).unwrap()] {
        let mut blobs = Blobs::default();
        let manifest = blobs.image("linux/amd64", &[(PLAIN, stored.clone(), &layer)]);
        blobs.write(place.path(), &[manifest]);
        let path = place.path().join("blobs").join(sha256(&stored).replace(':', "/"));
        for at in (6..stored.len()).step_by(stored.len() / 20 + 1) {
            let mut bad = stored.clone();
            bad[at] ^= 0x10;
            std::fs::write(&path, &bad).unwrap();
            for pipelined in [false, true] {
                let image = open_path(place.path()).unwrap();
                let error =
                    image.read_layer(LayerId(0), piped(pipelined), &(), &mut Memory::default()).unwrap_err();
                let ImageError::DigestMismatch { what, expected, actual } = error else {
                    panic!("byte {at}: {error}")
                };
                assert_eq!(
                    (what.as_str(), expected, actual),
                    ("layer 1 of the image (stored)", sha256(&stored), sha256(&bad))
                );
            }
        }
    }
}

#[test]
fn a_wrong_diff_id_is_named() {
    let place = tempfile::tempdir().unwrap();
    let (layer, other) = (tar(&[("file", b"content")]), tar(&[("other", b"")]));
    for (kind, stored) in [(PLAIN, layer.clone()), (GZIP, gzip(&layer))] {
        let mut blobs = Blobs::default();
        let manifest = blobs.image("linux/amd64", &[(kind, stored, &other)]);
        blobs.write(place.path(), &[manifest]);
        let error = read(&open_path(place.path()).unwrap()).unwrap_err();
        let expected = format!(
            "layer 1 of the image (uncompressed) has digest {}, expected {}",
            sha256(&layer),
            sha256(&other)
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn documents_are_verified() {
    let place = tempfile::tempdir().unwrap();
    let mut blobs = Blobs::default();
    let manifest = image(&mut blobs);
    let digest = manifest["digest"].as_str().unwrap();
    blobs.0.get_mut(digest).unwrap().push(b' ');
    blobs.write(place.path(), std::slice::from_ref(&manifest));
    assert!(matches!(open_path(place.path()), Err(ImageError::SizeMismatch { .. })));
    let bytes = blobs.0.get_mut(digest).unwrap();
    bytes.pop();
    let space = bytes.iter().position(|&byte| byte == b':').unwrap();
    bytes[space] = b' ';
    blobs.write(place.path(), &[manifest]);
    assert!(matches!(open_path(place.path()), Err(ImageError::DigestMismatch { .. })));
}

#[test]
fn broken_images_are_errors() {
    let place = tempfile::tempdir().unwrap();
    let mut blobs = Blobs::default();
    let manifest = image(&mut blobs);
    let write = |blobs: &Blobs, manifests: &[Value]| {
        let _ = std::fs::remove_dir_all(place.path());
        blobs.write(place.path(), manifests);
        open_path(place.path()).map(|_| ()).unwrap_err()
    };
    let mut missing = Blobs(blobs.0.clone());
    missing.0.remove(&sha256(&base()));
    assert!(matches!(
        write(&missing, std::slice::from_ref(&manifest)),
        ImageError::Missing { what: "layer", .. }
    ));
    assert!(matches!(write(&blobs, &[]), ImageError::Inconsistent(_)));
    let list = blobs.add_json("application/vnd.oci.image.manifest.v1+json", &json!([1]));
    assert!(matches!(write(&blobs, &[list]), ImageError::Json { .. }));
    let artifact = blobs.add("application/vnd.cncf.helm.config.v1+json", b"{}".to_vec());
    let artifact = blobs
        .add_json("application/vnd.oci.image.manifest.v1+json", &json!({"config": artifact, "layers": []}));
    assert!(matches!(write(&blobs, &[artifact]), ImageError::Unsupported(_)));
    let config = json!({"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": [sha256(b"")]}});
    let config = blobs.add_json("application/vnd.oci.image.config.v1+json", &config);
    let uneven = blobs
        .add_json("application/vnd.oci.image.manifest.v1+json", &json!({"config": config, "layers": []}));
    assert!(matches!(write(&blobs, &[uneven]), ImageError::Inconsistent(_)));
    // An index that contains itself cannot exist, as its digest would be part of it; a deep one can.
    let mut deep = manifest;
    for _ in 0..6 {
        deep = blobs.add_json("application/vnd.oci.image.index.v1+json", &json!({"manifests": [deep]}));
    }
    assert!(matches!(write(&blobs, &[deep]), ImageError::Limit { .. }));
}

#[test]
fn the_bytes_win_over_the_media_type() {
    let place = tempfile::tempdir().unwrap();
    let layer = tar(&[("file", b"content")]);
    let mut blobs = Blobs::default();
    let manifest =
        blobs.image("linux/amd64", &[(GZIP, layer.clone(), &layer), (PLAIN, gzip(&layer), &layer)]);
    blobs.write(place.path(), &[manifest]);
    let image = open_path(place.path()).unwrap();
    let found: Vec<_> = image.diagnostics().iter().map(|d| (d.code, d.layer)).collect();
    assert_eq!(
        found,
        [(Code::MediaTypeMismatch, Some(LayerId(0))), (Code::MediaTypeMismatch, Some(LayerId(1)))]
    );
    assert_eq!(paths(&read(&image).unwrap().0), ["file"]);
}

#[test]
fn limits_stop_bombs() {
    let place = tempfile::tempdir().unwrap();
    let layer = tar(&[("zeros", &vec![0; 3 << 20])]);
    let mut blobs = Blobs::default();
    let manifest = blobs.image("linux/amd64", &[(GZIP, gzip(&layer), &layer)]);
    blobs.write(place.path(), &[manifest]);
    let mut limits = Limits::default();
    limits.layer_bytes = 1 << 20;
    let options = Options { limits, ..Options::default() };
    let image = open(&SourceSpec::parse(place.path().to_str().unwrap()), &options).unwrap();
    for pipelined in [false, true] {
        let error = image.read_layer(LayerId(0), piped(pipelined), &(), &mut Memory::default()).unwrap_err();
        assert!(matches!(error, ImageError::Limit { limit: 0x0010_0000, .. }), "{error}");
    }
}
