//! What is left of a Java archive that streamed by must tell the same as the whole archive.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use bomwright_ecosystems::format::jar_sieve::{Sieve, Sifted};
use bomwright_ecosystems::format::java_archive::{read, read_sifted};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn sift(bytes: &[u8], step: usize) -> Sifted {
    let mut sieve = Sieve::new(bytes.len() as u64, true);
    bytes.chunks(step).for_each(|piece| sieve.push(piece));
    sieve.finish()
}

/// Jars and diagnostics, digests and all.
fn streamed(bytes: &[u8], step: usize) -> String {
    format!("{:#?}", read_sifted("a/b.jar", sift(bytes, step)))
}

fn whole(bytes: &[u8]) -> String {
    format!("{:#?}", read("a/b.jar", bytes, true))
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/maven");
    let files = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().map(Result::unwrap);
    let archives = files.filter(|it| it.path().extension().is_some_and(|it| it == "jar" || it == "war"));
    archives.map(|it| (it.path().display().to_string(), fs::read(it.path()).unwrap())).collect()
}

/// Members as (name, content, stored).
fn archive(members: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    add(&mut writer, members);
    writer.finish().unwrap().into_inner()
}

/// The same as a program writes it that can't go back: sizes follow the data.
fn streaming_archive(members: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let mut writer = ZipWriter::new_stream(Vec::new());
    add(&mut writer, members);
    writer.finish().unwrap().into_inner()
}

fn add<W: Write + std::io::Seek>(writer: &mut ZipWriter<W>, members: &[(&str, &[u8], bool)]) {
    for (name, content, is_stored) in members {
        let method = if *is_stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
}

/// Bytes that don't compress.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(length).collect()
}

const PROPERTIES: &[u8] = b"groupId=g\nartifactId=inner\nversion=1\n";
const DESCRIPTOR: &str = "META-INF/maven/g/inner/pom.properties";

#[test]
fn fixtures_tell_the_same_in_pieces_of_any_size() {
    let fixtures = fixtures();
    assert!(fixtures.len() > 10, "{}", fixtures.len());
    for (path, bytes) in fixtures {
        let expected = whole(&bytes);
        for step in [1, 15, 16, 31, 512, 2048, 100_000] {
            assert_eq!(streamed(&bytes, step), expected, "{path} by {step}");
        }
    }
}

#[test]
fn what_does_not_matter_is_not_kept() {
    let noise = noise(300_000);
    let inner =
        archive(&[("x.bin", &noise, false), (DESCRIPTOR, PROPERTIES, false), ("y.bin", &noise, true)]);
    let streaming = streaming_archive(&[("x.bin", &noise, false), (DESCRIPTOR, PROPERTIES, false)]);
    let outer = archive(&[
        ("lib/one.jar", &inner, true),
        ("z.bin", &noise, true),
        ("lib/two.jar", &streaming, true),
        ("lib/three.jar", &inner[..1000], true),
    ]);
    let expected = whole(&outer);
    assert_eq!(expected.matches("artifact: \"inner\"").count(), 4, "two jars, each with its descriptor");
    for step in [1000, 65_536, outer.len()] {
        assert_eq!(streamed(&outer, step), expected);
        let kept = sift(&outer, step).file.kept();
        assert!(kept < 5_000, "{kept} of {} bytes", outer.len());
    }
}

#[test]
fn licence_files_stay_where_they_are_asked_for() {
    let text = noise(300).iter().map(|byte| char::from(b'a' + byte % 26)).collect::<String>();
    let members: [(&str, &[u8], bool); 2] =
        [(DESCRIPTOR, PROPERTIES, false), ("META-INF/LICENSE", text.as_bytes(), false)];
    for inner in [archive(&members), streaming_archive(&members)] {
        let outer = archive(&[("lib/inner-1.jar", &inner, true)]);
        let expected = whole(&outer);
        assert!(expected.contains(&text));
        assert_eq!(streamed(&outer, 100), expected);
        let mut sieve = Sieve::new(outer.len() as u64, false);
        sieve.push(&outer);
        let unasked = format!("{:#?}", read_sifted("a/b.jar", sieve.finish()));
        assert_eq!(unasked, format!("{:#?}", read("a/b.jar", &outer, false)));
        assert!(!unasked.contains(&text));
    }
}

#[test]
fn headers_that_lie_are_reported_and_hide_nothing_silently() {
    let noise = noise(5_000);
    let good = archive(&[("x.bin", &noise, true), (DESCRIPTOR, PROPERTIES, true), ("y.bin", &noise, true)]);
    assert!(streamed(&good, 100).contains("artifact: \"inner\""));
    // The first header says that its member reaches over the descriptor; the directory knows better.
    let mut lying = good.clone();
    lying[18..22].copy_from_slice(&5_300u32.to_le_bytes());
    assert!(whole(&lying).contains("artifact: \"inner\""));
    let told = streamed(&lying, 100);
    assert!(told.contains("MalformedRecord") && told.contains("META-INF/maven/g/inner"), "{told}");
    // Beyond the end of the file: that can't be, so everything stays.
    lying[18..22].copy_from_slice(&90_000_000u32.to_le_bytes());
    assert_eq!(streamed(&lying, 100), whole(&lying));
    // Data before the archive: everything stays too.
    let launcher = [b"#!/bin/sh\nexec java -jar $0\n", good.as_slice()].concat();
    assert_eq!(streamed(&launcher, 100), whole(&launcher));
    // The end of a member whose size follows is found by the size, not by the signature alone.
    let decoy = b"PK\x07\x08 is no end PK\x07\x08".repeat(10);
    let streaming = streaming_archive(&[("x.bin", &decoy, true), (DESCRIPTOR, PROPERTIES, true)]);
    assert_eq!(streamed(&streaming, 7), whole(&streaming));
}

#[test]
fn a_library_with_a_descriptor_and_a_mark_is_there_once() {
    let path = "testdata/maven/shaded/root/srv/described-1.0.jar";
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let (jars, diagnostics) = read("srv/described-1.0.jar", &bytes, false);
    assert_eq!((jars.len(), jars[0].parts.len(), diagnostics.len()), (1, 1, 0));
}

#[test]
fn damaged_archives_never_panic() {
    for (_, bytes) in fixtures() {
        for at in (0..bytes.len()).step_by(bytes.len() / 100 + 1) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            let _ = streamed(&damaged, 1 + at % 999);
            let _ = streamed(&bytes[..at], 1 + at % 999);
        }
    }
}
