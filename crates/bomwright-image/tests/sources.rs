//! Sources that are no images, what sources are recognised as, and what a visitor is shown.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicU64, Ordering};

use bomwright_image::{ImageError, Limits, NodeKind, Options, Progress, SourceSpec, merge, open};
use bomwright_model::{Code, LayerId, SourceKind};
use support::{Memory, gzip, open_path, paths, piped, read, tar};

#[test]
fn root_file_systems_plain_and_compressed() {
    let place = tempfile::tempdir().unwrap();
    // In a root file system `.wh.x` is a file like any other.
    let bytes = tar(&[("./etc/", b""), ("./etc/os-release", b"ID=x"), ("./etc/.wh.x", b""), ("usr/", b"")]);
    let stored = [bytes.clone(), gzip(&bytes), zstd::encode_all(&bytes[..], 1).unwrap()];
    for stored in stored {
        let path = place.path().join("root");
        std::fs::write(&path, stored).unwrap();
        let image = open_path(&path).unwrap();
        assert_eq!(image.source().kind, SourceKind::Rootfs);
        assert!(image.image().is_none());
        let (tree, memory) = read(&image).unwrap();
        assert_eq!(paths(&tree), ["etc", "etc/.wh.x", "etc/os-release", "usr"]);
        assert_eq!(memory.content["etc/os-release"], b"ID=x");
    }
}

#[test]
fn directories_are_read_without_following_links() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("root");
    std::fs::create_dir_all(root.join("b/c")).unwrap();
    std::fs::write(root.join("b/c/file"), vec![b'y'; 2000]).unwrap();
    std::fs::write(root.join("a.txt"), b"").unwrap();
    std::fs::write(place.path().join("secret"), b"outside").unwrap();
    symlink("../secret", root.join("link")).unwrap();
    symlink("b", root.join("z")).unwrap();
    let socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
    let image = open_path(&root).unwrap();
    assert_eq!(image.source().kind, SourceKind::Dir);
    let (tree, memory) = read(&image).unwrap();
    drop(socket);
    assert_eq!(paths(&tree), ["a.txt", "b", "b/c", "b/c/file", "link", "socket", "z"]);
    assert_eq!(memory.content.keys().collect::<Vec<_>>(), ["a.txt", "b/c/file"]);
    assert_eq!(memory.content["b/c/file"].len(), 2000);
    assert_eq!(tree.get("socket").unwrap().kind, NodeKind::Socket);
    assert_eq!(tree.get("link").unwrap().link_target.as_deref(), Some("../secret"));
    assert_eq!(tree.resolve("link"), None, "above the root there is nothing");
    assert_eq!(tree.resolve("z/c/file").as_deref(), Some("b/c/file"));
}

#[test]
fn one_file() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("tool");
    std::fs::write(&path, b"\x7fELF and more").unwrap();
    let image = open_path(&path).unwrap();
    assert_eq!(image.source().kind, SourceKind::File);
    let (tree, memory) = read(&image).unwrap();
    assert_eq!(paths(&tree), ["tool"]);
    assert_eq!(memory.content["tool"], b"\x7fELF and more");
}

#[test]
fn sources_are_recognised() {
    let place = tempfile::tempdir().unwrap();
    let detect = |bytes: &[u8]| {
        let path = place.path().join("source");
        std::fs::write(&path, bytes).unwrap();
        SourceSpec::parse(path.to_str().unwrap()).detect(&Limits::default()).unwrap()
    };
    assert_eq!(detect(br#"{"bomFormat": "CycloneDX"}"#), SourceKind::Sbom);
    let late = format!(r#"{{"components": ["{}"], "bomFormat": "CycloneDX"}}"#, "x".repeat(200_000));
    assert_eq!(detect(late.as_bytes()), SourceKind::Sbom);
    assert_eq!(detect(br#" {"spdxVersion": "SPDX-2.3"}"#), SourceKind::Sbom);
    assert_eq!(
        detect(br#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}"#),
        SourceKind::Sbom
    );
    assert_eq!(
        detect(br#"<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>"#),
        SourceKind::Sbom
    );
    assert_eq!(detect(b"SPDXVersion: SPDX-2.3\n"), SourceKind::Sbom);
    assert_eq!(detect(br#"{"name": "package"}"#), SourceKind::File);
    assert_eq!(detect(b""), SourceKind::File);
    assert_eq!(detect(&gzip(b"just text")), SourceKind::File);
    assert_eq!(detect(&tar(&[("bin/", b"")])), SourceKind::Rootfs);
    let path = place.path().join("saved.tar.gz");
    std::fs::write(&path, gzip(&tar(&[("blobs/", b""), ("manifest.json", b"[]")]))).unwrap();
    assert!(matches!(open_path(&path), Err(ImageError::Unsupported(_))), "not taken for a root file system");
    assert_eq!(detect(&tar(&[("manifest.json", b"[]")])), SourceKind::DockerArchive);
    assert_eq!(detect(&tar(&[("oci-layout", b""), ("index.json", b"")])), SourceKind::OciArchive);
}

#[test]
fn specifications_are_read() {
    let spec = SourceSpec::parse("docker-archive:dir/x.tar");
    assert_eq!((spec.kind, spec.name.as_str()), (Some(SourceKind::DockerArchive), "dir/x.tar"));
    assert_eq!(spec.path.to_str(), Some("dir/x.tar"));
    let spec = SourceSpec::parse("odd:name");
    assert_eq!((spec.kind, spec.path.to_str()), (None, Some("odd:name")));
}

#[test]
fn wrong_prefixes_are_errors() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, b"{\"bomFormat\":1}").unwrap();
    let try_open = |prefix: &str, path: &std::path::Path| {
        open(&SourceSpec::parse(&format!("{prefix}:{}", path.display())), &Options::default())
            .map(|_| ())
            .unwrap_err()
    };
    assert!(matches!(try_open("dir", &file), ImageError::WrongKind { .. }));
    assert!(matches!(try_open("rootfs", place.path()), ImageError::WrongKind { .. }));
    assert!(matches!(try_open("docker-archive", &file), ImageError::Tar { .. }));
    assert!(matches!(try_open("sbom", &file), ImageError::Sbom(_)));
    assert!(matches!(try_open("oci-dir", place.path()), ImageError::Missing { .. }));
    assert!(matches!(try_open("oci-archive", &place.path().join("none")), ImageError::Io { .. }));
}

#[test]
fn a_visitor_gets_heads_content_and_wanted_links() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("root.tar");
    let bytes = tar(&[
        ("store/", b""),
        ("store/hash", &vec![b'c'; 700_000]),
        ("app/", b""),
        ("app/wanted", b"=>store/hash"),
        ("app/other", b"=>store/hash"),
    ]);
    std::fs::write(&path, bytes).unwrap();
    let image = open_path(&path).unwrap();
    for pipelined in [false, true] {
        let mut memory =
            Memory { skipped: Some("store/hash"), wanted_link: Some("app/wanted"), ..Memory::default() };
        image.read_layer(LayerId(0), piped(pipelined), &(), &mut memory).unwrap();
        assert_eq!(memory.heads["store/hash"], [b'c'; 512]);
        assert_eq!(memory.content.keys().collect::<Vec<_>>(), ["app/wanted"]);
        assert_eq!(memory.content["app/wanted"].len(), 700_000);
        assert!(memory.hashed.contains("app/wanted"), "the digest comes with files larger than a buffer");
    }
}

#[test]
fn files_over_the_limit_are_diagnostics() {
    let place = tempfile::tempdir().unwrap();
    std::fs::create_dir(place.path().join("d")).unwrap();
    std::fs::write(place.path().join("d/small"), [b's'; 100]).unwrap();
    std::fs::write(place.path().join("d/large"), [b'l'; 1000]).unwrap();
    let archive = place.path().join("t.tar");
    std::fs::write(&archive, tar(&[("small", &[b's'; 100]), ("large", &[b'l'; 1000])])).unwrap();
    for path in [place.path().join("d"), archive] {
        let image = open_path(&path).unwrap();
        let mut memory = Memory { limit: Some(100), ..Memory::default() };
        let tree = image.read_layer(LayerId(0), piped(false), &(), &mut memory).unwrap();
        assert_eq!(memory.content.keys().collect::<Vec<_>>(), ["small"]);
        let found: Vec<_> = tree.diagnostics().iter().map(|d| (d.code, d.path.as_deref())).collect();
        assert_eq!(found, [(Code::LimitExceeded, Some("large"))]);
        assert_eq!(merge(vec![tree], image.limits()).diagnostics()[0].layer, Some(LayerId(0)));
    }
}

/// A file of 2 GiB that is one hole is shown by its first bytes and never made.
#[test]
fn large_sparse_files_are_not_expanded() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("t.tar");
    let mut builder = tar::Builder::new(Vec::new());
    let map: [(&str, &[u8]); 3] =
        [("GNU.sparse.size", b"2147483648"), ("GNU.sparse.map", b"2,2,1024,1"), ("GNU.sparse.name", b"big")];
    builder.append_pax_extensions(map).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_size(3);
    builder.append_data(&mut header, "placeholder", &b"ABC"[..]).unwrap();
    std::fs::write(&path, builder.into_inner().unwrap()).unwrap();
    let image = open_path(&path).unwrap();
    let mut memory = Memory::default();
    let tree = image.read_layer(LayerId(0), piped(false), &(), &mut memory).unwrap();
    assert_eq!(memory.heads["big"][..6], *b"\0\0AB\0\0");
    assert!(memory.content.is_empty());
    assert_eq!(tree.diagnostics()[0].code, Code::LimitExceeded);
    assert_eq!(merge(vec![tree], image.limits()).get("big").unwrap().size, 2 << 30);
}

#[derive(Default)]
struct Sum(AtomicU64);

impl Progress for Sum {
    fn bytes(&self, stored: u64) {
        self.0.fetch_add(stored, Ordering::Relaxed);
    }
}

#[test]
fn progress_adds_up_to_the_stored_size() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("t.tar.gz");
    let plain = tar(&[("f", &vec![b'x'; 900_000])]);
    for stored in [gzip(&plain), plain] {
        std::fs::write(&path, &stored).unwrap();
        let image = open_path(&path).unwrap();
        for pipelined in [false, true] {
            let sum = Sum::default();
            image.read_layer(LayerId(0), piped(pipelined), &sum, &mut Memory::default()).unwrap();
            assert_eq!(sum.0.into_inner(), stored.len() as u64);
            assert_eq!(image.layers()[0].size, stored.len() as u64);
        }
    }
}

/// Layers may be read from several threads at once.
#[test]
fn an_open_image_can_be_shared() {
    fn shared<T: Sync + Send>() {}
    shared::<bomwright_image::OpenImage>();
    shared::<bomwright_image::MergedTree>();
}
