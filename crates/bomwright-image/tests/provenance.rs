//! The history of an image and the provenance that `BuildKit` attaches to it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use bomwright_image::OpenImage;
use bomwright_model::{Code, Material};
use serde_json::{Value, json};
use support::{Blobs, PLAIN, annotated, on, open_path, tar};

const DEBIAN: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

fn materials() -> Value {
    json!([
        {"uri": "pkg:docker/debian@bookworm?platform=linux%2Famd64", "digest": {"sha256": &DEBIAN[7..]}},
        {"uri": "https://example.com/shop.git#v1", "digest": {"sha1": "22".repeat(20)}},
        {"uri": "https://example.com/shop.git#v1", "digest": {"sha1": "22".repeat(20)}},
        {"uri": "https://example.com/x.tar"},
        {"digest": {"sha256": "no address"}},
    ])
}

fn statement(version: &str, subject: &str) -> Value {
    let predicate = match version {
        "v1" => json!({"buildDefinition": {"resolvedDependencies": materials()}, "runDetails": {}}),
        _ => json!({"materials": materials(), "builder": {"id": ""}}),
    };
    json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": format!("https://slsa.dev/provenance/{version}"),
        "subject": [{"name": "pkg:docker/shop@1", "digest": {"sha256": &subject[7..]}}],
        "predicate": predicate,
    })
}

/// An image with an attestation made of `statements`, which get the image's digest.
fn attested(statements: impl Fn(&str) -> Vec<Vec<u8>>) -> (tempfile::TempDir, Blobs) {
    let mut blobs = Blobs::default();
    let layer = tar(&[("a", b"")]);
    let image = blobs.image("linux/amd64", &[(PLAIN, layer.clone(), &layer)]);
    let digest = image["digest"].as_str().unwrap().to_owned();
    let layers: Vec<_> = statements(&digest)
        .into_iter()
        .map(|bytes| blobs.add("application/vnd.in-toto+json", bytes))
        .collect();
    let config = blobs.add_json("application/vnd.oci.image.config.v1+json", &json!({"os": "unknown"}));
    let manifest = json!({"schemaVersion": 2, "config": config, "layers": layers});
    let manifest = blobs.add_json("application/vnd.oci.image.manifest.v1+json", &manifest);
    let manifest =
        annotated(on(manifest, "unknown", "unknown"), "vnd.docker.reference.type", "attestation-manifest");
    let manifest = annotated(manifest, "vnd.docker.reference.digest", &digest);
    let index = json!({"schemaVersion": 2, "manifests": [on(image, "linux", "amd64"), manifest]});
    let index = blobs.add_json("application/vnd.oci.image.index.v1+json", &index);
    let place = tempfile::tempdir().unwrap();
    blobs.write(place.path(), &[index]);
    (place, blobs)
}

fn provenance(image: &OpenImage) -> &[Material] {
    &image.image().unwrap().provenance
}

#[test]
fn materials_of_both_versions_are_read() {
    for version in ["v0.2", "v1"] {
        let (place, _) = attested(|digest| vec![serde_json::to_vec(&statement(version, digest)).unwrap()]);
        let image = open_path(place.path()).unwrap();
        let found: Vec<_> = provenance(&image)
            .iter()
            .map(|material| (material.uri.as_str(), material.digest.as_ref().map(ToString::to_string)))
            .collect();
        let expected = [
            ("https://example.com/shop.git#v1", Some(format!("sha1:{}", "22".repeat(20)))),
            ("https://example.com/x.tar", None),
            ("pkg:docker/debian@bookworm?platform=linux%2Famd64", Some(DEBIAN.to_owned())),
        ];
        assert_eq!(found, expected, "{version}");
        assert!(image.diagnostics().is_empty(), "{:?}", image.diagnostics());
    }
}

#[test]
fn a_statement_about_another_image_counts_for_nothing() {
    let (place, _) = attested(|_| vec![serde_json::to_vec(&statement("v1", DEBIAN)).unwrap()]);
    let image = open_path(place.path()).unwrap();
    assert!(provenance(&image).is_empty());
    assert_eq!(image.diagnostics()[0].code, Code::InconsistentImage);
}

#[test]
fn damage_is_a_diagnostic_and_the_rest_is_read() {
    let broken: &[&[u8]] =
        &[b"{", b"[]", b"{\"predicateType\": \"https://slsa.dev/provenance/v1\"}", b"\xff"];
    for bytes in broken {
        let (place, _) =
            attested(|digest| vec![bytes.to_vec(), serde_json::to_vec(&statement("v0.2", digest)).unwrap()]);
        let image = open_path(place.path()).unwrap();
        assert_eq!(provenance(&image).len(), 3);
        assert_eq!(image.diagnostics()[0].code, Code::MalformedFile);
    }
    // Bills of materials are no provenance, and what a copy left behind is no damage.
    let other = json!({"predicateType": "https://spdx.dev/Document", "predicate": 7});
    let (place, _) = attested(|_| vec![serde_json::to_vec(&other).unwrap()]);
    assert!(open_path(place.path()).unwrap().diagnostics().is_empty());
    let (place, blobs) = attested(|digest| vec![serde_json::to_vec(&statement("v1", digest)).unwrap()]);
    let (gone, _) = blobs.0.iter().find(|(_, bytes)| bytes.starts_with(b"{\"_type\"")).unwrap();
    std::fs::remove_file(place.path().join("blobs").join(gone.replace(':', "/"))).unwrap();
    let image = open_path(place.path()).unwrap();
    assert_eq!(image.diagnostics()[0].code, Code::Assumed);
    assert!(provenance(&image).is_empty());
}

#[test]
fn the_history_keeps_what_made_no_layer() {
    let (place, _) = attested(|_| Vec::new());
    let image = open_path(place.path()).unwrap();
    let history = &image.image().unwrap().history;
    let made: Vec<_> =
        history.iter().map(|entry| (entry.created_by.as_deref().unwrap(), entry.empty_layer)).collect();
    // As the support module writes it: one step without a layer, one for each layer.
    assert_eq!(made, [("ENV A=b", true), ("RUN step 0", false)]);
    assert_eq!(image.layers()[0].created_by.as_deref(), Some("RUN step 0"));
}
