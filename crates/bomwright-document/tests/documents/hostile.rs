//! Documents that nobody should write, for every reader: each is refused with its name, a position and a reason, or
//! read for what is left; none panics, and no error is as long as the document.

use bomwright_document::{Format, Target, check, check_strict, read, read_strict, write};

use crate::sample;

/// A good document for every reader.
fn documents() -> Vec<(String, Vec<u8>)> {
    let inventory = sample::inventory(11, 4, 1);
    let ours = Target::all().filter(|target| target.format() != Format::Purls).map(|target| {
        let mut bytes = Vec::new();
        write(&inventory, target, &mut bytes).unwrap();
        (target.to_string(), bytes)
    });
    ours.chain([("syft".to_owned(), SYFT.as_bytes().to_vec())]).collect()
}

const SYFT: &str = r#"{"artifacts": [{"id": "a", "name": "libc6", "version": "2.36-9", "type": "deb",
    "purl": "pkg:deb/debian/libc6@2.36-9"}], "artifactRelationships": [], "source": {"type": "image"},
    "descriptor": {"name": "syft", "version": "1.18.1"}}"#;

fn is_xml(name: &str) -> bool {
    name.contains("xml")
}

fn is_tags(name: &str) -> bool {
    name.contains("tag-value")
}

/// `name:line:column: reason`, or `name: reason` where no place can be named.
fn is_told(error: &str, name: &str) -> bool {
    let Some(rest) = error.strip_prefix(name).and_then(|rest| rest.strip_prefix(':')) else { return false };
    let is_placed = rest.split(':').take(2).all(|part| part.parse::<usize>().is_ok());
    let is_whole = rest.starts_with(" no document that can be read: ");
    (is_placed || is_whole) && error.len() < 2000
}

fn utf16(bytes: &[u8], mark: [u8; 2], unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect()
}

#[test]
fn cut_anywhere() {
    for (name, bytes) in documents() {
        let step = (bytes.len() / 97).max(1);
        for end in (0..bytes.trim_ascii_end().len()).step_by(step) {
            let cut = bytes.get(..end).unwrap();
            match read("cut", cut) {
                Err(error) => assert!(is_told(&error.to_string(), "cut"), "{name} at {end}: {error}"),
                // Its lines stand on their own.
                Ok(_) => assert!(is_tags(&name), "{name} cut at {end} was read"),
            }
            let _ = check_strict("cut", cut);
        }
    }
}

#[test]
fn encodings() {
    for (name, bytes) in documents() {
        let plain = read("doc", &bytes).unwrap();
        for wide in
            [utf16(&bytes, [0xff, 0xfe], u16::to_le_bytes), utf16(&bytes, [0xfe, 0xff], u16::to_be_bytes)]
        {
            assert_eq!(read("doc", &wide).unwrap().packages, plain.packages, "{name}");
            let is_refused =
                read_strict("doc", &wide).is_err_and(|error| error.to_string().contains("UTF-16"));
            assert_eq!(is_refused, !is_xml(&name), "{name}");
            let error = read("doc", &wide[..wide.len() - 1]).unwrap_err().to_string();
            assert!(is_told(&error, "doc") && error.contains("half a unit"), "{name}: {error}");
        }
        let marked: Vec<_> = b"\xef\xbb\xbf".iter().chain(&bytes).copied().collect();
        assert_eq!(read("doc", &marked).unwrap().packages, plain.packages, "{name}");
        // A letter of Latin-1 in the first text that a document has.
        let text = String::from_utf8(bytes).unwrap();
        let at = text.find("bomwright").or_else(|| text.find("libc6")).unwrap();
        let mut latin = text.into_bytes();
        latin[at] = 0xe9;
        let error = read("doc", &latin).unwrap_err().to_string();
        assert!(is_told(&error, "doc"), "{name}: {error}");
    }
    let declared =
        b"<?xml version='1.0' encoding='ISO-8859-1'?><bom xmlns='http://cyclonedx.org/schema/bom/1.6'/>";
    let error = read("doc", declared).unwrap_err().to_string();
    assert!(error.starts_with("doc:1:") && error.contains("'ISO-8859-1' is not read"), "{error}");
}

/// The start of a document, by reader, into which anything can be put.
const OPENINGS: &[&str] = &[
    r#"{"bomFormat":"CycloneDX","specVersion":"1.6","#,
    r#"{"spdxVersion":"SPDX-2.3","#,
    r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","#,
    r#"{"descriptor":{"name":"syft"},"artifacts":[],"#,
    r#"{"schema":"bomwright-inventory/1","source":{"kind":"dir","name":"x"},"#,
];

#[test]
fn nesting_without_end() {
    for opening in OPENINGS {
        for (open, end) in [("[", 100_000), ("{\"a\":", 100_000), ("[", 127)] {
            let deep = format!("{opening}\"unknown\":{}", open.repeat(end));
            let error = read("deep", deep.as_bytes()).unwrap_err().to_string();
            assert!(is_told(&error, "deep"), "{opening}: {error}");
        }
        let closed = format!("{opening}\"unknown\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        for answer in [read("deep", closed.as_bytes()), read_strict("deep", closed.as_bytes())] {
            assert!(answer.map_or_else(|error| error.to_string().len(), |_| 0) < 5000);
        }
        let _ = check("deep", closed.as_bytes());
    }
    // Elements of a graph, each inside the one before it.
    let inner = r#"{"type":"Relationship","spdxId":"a:b","from":"#;
    let graph = format!("{}\"@graph\":[{}", OPENINGS[2], inner.repeat(10_000));
    let error = read("deep", graph.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("recursion limit exceeded"), "{error}");
    let xml = format!("<bom xmlns='http://cyclonedx.org/schema/bom/1.6'>{}", "<x>".repeat(100_000));
    let error = read("deep", xml.as_bytes()).unwrap_err().to_string();
    assert!(error.starts_with("deep:1:") && error.contains("nest more than 128 deep"), "{error}");
}

#[test]
fn keys_that_stand_twice() {
    // Members that are read make two of them an error at once; of others only strict reading knows.
    for (opening, member) in [
        (OPENINGS[0], "\"components\":[]"),
        (OPENINGS[1], "\"packages\":[]"),
        (OPENINGS[2], "\"@graph\":[]"),
        (OPENINGS[3], "\"files\":[]"),
        (OPENINGS[4], "\"packages\":[]"),
    ] {
        let twice = format!("{opening}{member},\n{member}}}");
        let error = read("twice", twice.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("twice:2:") && error.contains("duplicate field"), "{error}");
    }
    for opening in &OPENINGS[..2] {
        let twice = format!("{opening}\"x-a\":{{\"b\":1,\n\"b\":2}}}}");
        assert!(read("twice", twice.as_bytes()).is_ok());
        let error = read_strict("twice", twice.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("twice:2:1: /x-a/b: the object has this key already"), "{error}");
    }
    let twice = "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nDataLicense: CC0-1.0\n";
    let error = read_strict("twice", twice.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("twice:3:1: DataLicense: there is one already"), "{error}");
    let twice = "<bom xmlns='http://cyclonedx.org/schema/bom/1.6' version='1'\n version='2'/>";
    let error = read_strict("twice", twice.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("version"), "{error}");
}

#[test]
fn enormous_texts_stay_out_of_errors() {
    let long = "\u{1b}[31m\u{7}".repeat(1_000_000);
    let quoted = serde_json::to_string(&long).unwrap();
    let escaped = long.replace(['\u{1b}', '\u{7}'], "x");
    for document in [
        format!("{{\"bomFormat\":\"CycloneDX\",\"specVersion\":{quoted}}}"),
        format!("{{\"spdxVersion\":{quoted}}}"),
        format!("{}\"@graph\":[{{\"specVersion\":{quoted}}}]}}", OPENINGS[2]),
        format!("{}{quoted}:1}}", OPENINGS[4]),
        format!("<bom xmlns='http://cyclonedx.org/schema/bom/{escaped}'/>"),
        format!("<bom xmlns='http://cyclonedx.org/schema/bom/1.6'>&{escaped};</bom>"),
        format!("<bom xmlns='http://cyclonedx.org/schema/bom/1.6'><{escaped}></x></bom>"),
        format!("SPDXVersion: {long}\n"),
    ] {
        let error = read("long", document.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("long:") && error.len() < 2000, "{} bytes", error.len());
        assert!(!error.contains(['\u{1b}', '\u{7}']));
    }
    let root = "\"metadata\":{\"component\":{\"type\":\"library\",\"name\":\"a\"}}";
    let odd = format!("{}{root},{quoted}:{quoted}}}", OPENINGS[0]);
    assert!(read("long", odd.as_bytes()).is_ok());
    let error = read_strict("long", odd.as_bytes()).unwrap_err().to_string();
    assert!(error.len() < 5000 && !error.contains('\u{1b}'), "{} bytes", error.len());
}

#[test]
fn what_is_no_document() {
    for bytes in [
        &b""[..],
        b"\xef\xbb\xbf",
        b" \n",
        b"\0\0\0\0",
        b"null",
        b"[]",
        b"{}",
        b"{\"bomFormat\":null}",
        b"\xff\xfe",
        b"<",
        b"<?xml",
        b"<!DOCTYPE bom>",
        b"<bom xmlns='http://cyclonedx.org/schema/bom/1.6'></bom></bom>",
        b"<bom xmlns='http://cyclonedx.org/schema/bom/1.6'/><bom/>",
        b"<bom xmlns='http://cyclonedx.org/schema/bom/1.6'/>words",
        b"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\"}{}",
        b"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"\\ud800\"}",
        b"SPDXVersion",
        b"PK\x03\x04",
    ] {
        let error = match read("odd", bytes) {
            Ok(_) => panic!("{} was read", String::from_utf8_lossy(bytes)),
            Err(error) => error.to_string(),
        };
        assert!(is_told(&error, "odd"), "{}: {error}", String::from_utf8_lossy(bytes));
        assert!(check("odd", bytes).is_err() && read_strict("odd", bytes).is_err());
    }
}

#[test]
fn what_only_strict_reading_refuses() {
    for (document, reason) in [
        (r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1e999}"#, "number out of range"),
        (
            r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":"1"}"#,
            "/version: the value is not of type",
        ),
        (r#"{"bomFormat":"CycloneDX","specVersion":"1.6","wares":[]}"#, "'wares' was unexpected"),
        (
            r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT"}"#,
            "\"creationInfo\" is a required property",
        ),
        ("SPDXVersion: SPDX-2.3\nWares: 1\n", "odd:2:1: Wares: no version of SPDX 2 has this tag"),
        ("SPDXVersion: SPDX-2.3\nPackageVersion: 1\n", "odd:2:1: PackageVersion: it belongs to nothing"),
        (
            r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{"type":"Wares","specVersion":"3.0.1"}]}"#,
            "SPDX 3.0 has no class 'Wares'",
        ),
        (
            "<bom xmlns='http://cyclonedx.org/schema/bom/1.6'><components><component type='wares'><name>a</name></component></components></bom>",
            "wares",
        ),
    ] {
        assert!(read("odd", document.as_bytes()).is_ok(), "{document}");
        let error = read_strict("odd", document.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(reason), "{document}: {error}");
    }
}

#[test]
fn strict_reading_takes_what_we_write() {
    for (name, bytes) in documents() {
        if let Err(error) = read_strict(&name, &bytes) {
            panic!("{error}");
        }
    }
}

#[test]
fn strict_reading_names_the_first_ten_by_position() {
    let mut document =
        String::from("{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[\n");
    let items: Vec<_> = (0..20).map(|at| format!("{{\"type\":\"wares\",\"name\":\"a{at}\"}}")).collect();
    document.push_str(&items.join(",\n"));
    document.push_str("],\n\"metadata\":{\"component\":{\"type\":\"library\",\"name\":\"r\"}}}");
    let error = read_strict("ten.json", document.as_bytes()).unwrap_err().to_string();
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines[0], "ten.json: strict reading refuses it for 20 reasons");
    assert!(lines[1].starts_with("  ten.json:2:9: /components/0/type: "), "{}", lines[1]);
    assert!(lines[10].starts_with("  ten.json:11:9: /components/9/type: "), "{}", lines[10]);
    assert_eq!(lines[11..], ["  … and 10 more"]);
    assert_eq!(check_strict("ten.json", document.as_bytes()).unwrap().len(), 20);
}
