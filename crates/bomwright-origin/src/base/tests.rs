//! A child of a base image, with each kind of evidence alone and together.

use bomwright_model::HistoryEntry;

use super::*;

fn digest(number: u8) -> Digest {
    Digest::from_bytes("sha256", &[number; 32])
}

/// Layers with these diff ids; the stored digests are 100 more.
fn layers(numbers: &[u8]) -> Vec<Layer> {
    let layer = |&number| Layer {
        diff_id: Some(digest(number)),
        digest: Some(digest(number + 100)),
        ..Layer::default()
    };
    numbers.iter().map(layer).collect()
}

fn candidate(name: &str, numbers: &[u8]) -> Candidate {
    Candidate {
        name: name.into(),
        digest: Some(digest(200)),
        layers: layers(numbers),
        ..Candidate::default()
    }
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn steps(list: &[(&str, bool)]) -> Vec<HistoryEntry> {
    list.iter()
        .map(|&(step, empty_layer)| HistoryEntry {
            created_by: Some(step.into()),
            empty_layer,
            ..HistoryEntry::default()
        })
        .collect()
}

const BASE_NAME: &str = "org.opencontainers.image.base.name";
const BASE_DIGEST: &str = "org.opencontainers.image.base.digest";

fn brief(found: &[Base]) -> Vec<(&str, Method, Confidence, Option<usize>)> {
    found
        .iter()
        .map(|base| (base.name.as_deref().unwrap_or(""), base.method, base.confidence, base.layers))
        .collect()
}

#[test]
fn layers_in_common_are_the_surest_sign() {
    let image = Image::default();
    let candidates = [candidate("other", &[9]), candidate("older", &[1, 8]), candidate("base", &[1, 2])];
    let found = find_bases(&image, &layers(&[1, 2, 3]), &candidates);
    assert_eq!(
        brief(&found),
        [
            ("base", Method::LayerPrefix, Confidence::High, Some(2)),
            ("older", Method::LayerPrefix, Confidence::Medium, Some(1)),
        ]
    );
    assert_eq!(found[0].digest, Some(digest(200)));
    assert!(found[1].reasons[0].detail.contains("shares 1 of 2 layers"));
    // The base of the base is a base as well, but the nearer one comes first.
    let candidates = [candidate("far", &[1]), candidate("near", &[1, 2])];
    let found = find_bases(&image, &layers(&[1, 2, 3]), &candidates);
    assert_eq!(found.iter().map(|base| base.layers).collect::<Vec<_>>(), [Some(2), Some(1)]);
}

#[test]
fn stored_digests_count_where_diff_ids_are_missing() {
    let mut candidate = candidate("base", &[1, 2]);
    for layer in &mut candidate.layers {
        layer.diff_id = None;
    }
    let found = find_bases(&Image::default(), &layers(&[1, 2, 3]), &[candidate]);
    assert_eq!(brief(&found), [("base", Method::LayerPrefix, Confidence::High, Some(2))]);
}

#[test]
fn an_empty_layer_in_common_says_nothing() {
    let mut empty = layers(&[1]);
    empty[0].diff_id = Some(EMPTY_TAR.parse().unwrap());
    let other = Candidate { name: "x".into(), layers: empty.clone(), ..Candidate::default() };
    assert_eq!(find_bases(&Image::default(), &empty, &[other]), []);
    assert_eq!(find_bases(&Image::default(), &layers(&[1]), &[Candidate::default()]), []);
}

#[test]
fn annotations_name_the_base_and_layers_can_bear_them_out() {
    let text = digest(200).to_string();
    let mut image =
        Image { annotations: map(&[(BASE_NAME, "debian:12"), (BASE_DIGEST, &text)]), ..Image::default() };
    let found = find_bases(&image, &layers(&[1, 2, 3]), &[]);
    assert_eq!(brief(&found), [("debian:12", Method::Annotation, Confidence::Medium, None)]);
    assert_eq!(found[0].digest, Some(digest(200)));
    let found = find_bases(&image, &layers(&[1, 2, 3]), &[candidate("base", &[1, 2])]);
    assert_eq!(found[1].layers, Some(2));
    let found = find_bases(&image, &layers(&[1, 2, 3]), &[candidate("base", &[7, 8])]);
    assert_eq!(brief(&found), [("debian:12", Method::Annotation, Confidence::Low, None)]);
    image.annotations = map(&[("image.base.ref.name", "ubi9:9.4")]);
    assert_eq!(brief(&find_bases(&image, &[], &[]))[0].0, "ubi9:9.4");
    image.annotations = map(&[(BASE_DIGEST, "no digest")]);
    assert_eq!(find_bases(&image, &[], &[]), []);
}

#[test]
fn an_inherited_label_proves_nothing() {
    let image = Image { labels: map(&[(BASE_NAME, "ubi9")]), ..Image::default() };
    assert_eq!(
        brief(&find_bases(&image, &layers(&[1, 2]), &[])),
        [("ubi9", Method::Label, Confidence::Low, None)]
    );
    let mut base = candidate("base", &[1]);
    base.labels = map(&[(BASE_NAME, "ubi9")]);
    let found = find_bases(&image, &layers(&[1, 2]), &[base.clone()]);
    assert_eq!(brief(&found), [("base", Method::LayerPrefix, Confidence::High, Some(1))]);
    base.labels = map(&[(BASE_NAME, "another")]);
    assert_eq!(find_bases(&image, &layers(&[1, 2]), &[base]).len(), 2);
}

#[test]
fn provenance_names_the_images_of_the_build() {
    let material = |uri: &str| Material { uri: uri.into(), digest: Some(digest(5)) };
    let mut image = Image {
        provenance: vec![
            material("https://example.com/shop.git"),
            material("pkg:docker/docker/dockerfile@1?digest=sha256:12"),
            material("pkg:docker/debian@bookworm-slim?platform=linux%2Famd64"),
        ],
        ..Image::default()
    };
    let found = find_bases(&image, &layers(&[1]), &[]);
    assert_eq!(brief(&found), [("debian:bookworm-slim", Method::Provenance, Confidence::Medium, None)]);
    image.provenance.push(material("docker-image://docker.io/library/golang:1.22@sha256:00"));
    let found = find_bases(&image, &layers(&[1]), &[]);
    let name = "docker.io/library/golang:1.22";
    assert!(found.iter().all(|base| base.confidence == Confidence::Low));
    assert_eq!(brief(&found)[1].0, name);
}

#[test]
fn the_history_shows_where_the_base_ends() {
    // debian:bookworm and two layers on it, as BuildKit writes them.
    let buildkit = steps(&[
        ("# debian.sh --arch 'amd64' out/ 'bookworm' '@1739750400'", false),
        ("CMD [\"bash\"]", true),
        ("WORKDIR /app", false),
        ("COPY . . # buildkit", false),
        ("CMD [\"/app/x\"]", true),
    ]);
    let image = Image { history: buildkit, ..Image::default() };
    let found = find_bases(&image, &layers(&[1, 2, 3]), &[]);
    assert_eq!(brief(&found), [("debian:bookworm", Method::History, Confidence::Low, Some(1))]);
    // python on debian, and a layer on that, as the classic builder writes them: the nearest base counts.
    let classic = steps(&[
        ("/bin/sh -c #(nop) ADD file:5e8a in / ", false),
        ("/bin/sh -c #(nop)  CMD [\"bash\"]", true),
        ("/bin/sh -c apt-get update", false),
        ("/bin/sh -c #(nop)  CMD [\"python3\"]", true),
        ("/bin/sh -c #(nop) COPY dir:12 in /app ", false),
        ("/bin/sh -c #(nop)  ENTRYPOINT [\"/app/x\"]", true),
    ]);
    let image = Image { history: classic, ..Image::default() };
    assert_eq!(
        brief(&find_bases(&image, &layers(&[1, 2, 3]), &[])),
        [("", Method::History, Confidence::Low, Some(2))]
    );
    // Alpine sets a command; an image without one shows its first layer at least.
    let mini =
        steps(&[("ADD alpine-minirootfs-3.21.3-x86_64.tar.gz / # buildkit", false), ("RUN true", false)]);
    let image = Image { history: mini, ..Image::default() };
    assert_eq!(
        brief(&find_bases(&image, &layers(&[1, 2]), &[])),
        [("alpine:3.21.3", Method::History, Confidence::Low, Some(1))]
    );
}

#[test]
fn squashed_scratch_and_base_images_have_no_base() {
    for list in [
        &[][..],
        &[("", false)],
        &[("COPY / / # buildkit", false), ("CMD [\"x\"]", true)],
        &[("/bin/sh -c #(nop) ADD file:5e8a in / ", false), ("/bin/sh -c #(nop)  CMD [\"bash\"]", true)],
        &[("COPY /out/x /x # buildkit", false), ("COPY /out/y /y # buildkit", false)],
        &[("CMD [\"x\"]", true)],
    ] {
        let image = Image { history: steps(list), ..Image::default() };
        let count = u8::try_from(image.history.iter().filter(|entry| !entry.empty_layer).count()).unwrap();
        let numbers: Vec<_> = (1..=count).collect();
        assert_eq!(find_bases(&image, &layers(&numbers), &[]), [], "{list:?}");
    }
    // A squashed image that kept the history of what was squashed.
    let kept = steps(&[("ADD rootfs /", false), ("CMD sh", true), ("RUN x", false)]);
    let image = Image { history: kept, ..Image::default() };
    assert_eq!(find_bases(&image, &layers(&[1]), &[]), []);
}
