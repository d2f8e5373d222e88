//! From the few words of a case to a whole document or image.

use std::fmt::Write as _;
use std::path::Path;

use bomwright_tests::{Image, Layer};
use md5::{Digest, Md5};
use serde_json::{Map, Value, json};

/// Writes one side below `folder`; gives what to call it on the command line.
pub(super) fn write(folder: &Path, side: &str, data: &Value) -> String {
    let (form, fragment) =
        data.as_object().and_then(|it| it.iter().next()).expect("a form with its fragment");
    let (name, document) = match form.as_str() {
        "cyclonedx" => (format!("{side}.cdx.json"), cyclonedx(fragment)),
        "spdx" => (format!("{side}.spdx.json"), spdx(fragment)),
        "json" => (format!("{side}.bomwright.json"), inventory(fragment)),
        "image" => {
            let name = format!("{side}.tar");
            image(fragment).docker_archive(&folder.join(&name)).unwrap();
            return format!("docker-archive:{name}");
        }
        other => panic!("unknown form {other}"),
    };
    std::fs::write(folder.join(&name), document.to_string()).unwrap();
    format!("sbom:{name}")
}

/// Type, namespace, name and version of a purl, with `%xx` decoded.
fn parts(purl: &str) -> [String; 4] {
    let bare = purl.strip_prefix("pkg:").unwrap_or(purl).split(['?', '#']).next().unwrap_or_default();
    let (bare, version) = bare.rsplit_once('@').unwrap_or((bare, ""));
    let (kind, rest) = bare.split_once('/').unwrap_or((bare, ""));
    let (namespace, name) = rest.rsplit_once('/').unwrap_or(("", rest));
    [kind, namespace, name, version].map(decoded)
}

fn decoded(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (digits, rest) = piece.split_at(2);
        out.push(char::from(u8::from_str_radix(digits, 16).unwrap()));
        out.push_str(rest);
    }
    out
}

fn qualifier<'a>(purl: &'a str, key: &str) -> Option<&'a str> {
    let query = purl.split_once('?')?.1.split('#').next()?;
    query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
}

fn list<'a>(fragment: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    fragment[key].as_array().into_iter().flatten()
}

/// `defaults` with the fields of `given` over them.
fn over(mut defaults: Value, given: &Value) -> Value {
    if let (Some(fields), Some(given)) = (defaults.as_object_mut(), given.as_object()) {
        fields.extend(given.clone());
    }
    defaults
}

/// A purl alone stands for an object with that purl.
fn object(item: &Value) -> Value {
    item.as_str().map_or_else(|| item.clone(), |purl| json!({"purl": purl}))
}

fn component(item: &Value) -> Value {
    let given = object(item);
    let mut defaults = json!({"type": "library"});
    if let Some(purl) = given["purl"].as_str() {
        let [_, namespace, name, version] = parts(purl);
        defaults = json!({"type": "library", "bom-ref": purl, "name": name, "version": version});
        if !namespace.is_empty() && purl.starts_with("pkg:npm") {
            defaults["group"] = json!(namespace);
        }
    }
    let mut whole = over(defaults, &given);
    if whole["components"].is_array() {
        whole["components"] = list(&whole, "components").map(component).collect();
    }
    whole
}

/// CycloneDX 1.6, JSON.
fn cyclonedx(fragment: &Value) -> Value {
    let mut tool = fragment["tool"].as_str().unwrap_or("example-scanner 1.0").split(' ');
    let (tool, version) = (tool.next().unwrap_or_default(), tool.next().unwrap_or_default());
    let root = over(
        json!({"bom-ref": "root", "type": "application", "name": "shop", "version": "1.0"}),
        &fragment["root"],
    );
    let dependencies: Vec<Value> = fragment["dependencies"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(from, to)| json!({"ref": from, "dependsOn": to}))
        .collect();
    let mut document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": fragment["serial"].as_str().unwrap_or("urn:uuid:11111111-1111-4111-8111-111111111111"),
        "version": 1,
        "metadata": {
            "timestamp": fragment["timestamp"].as_str().unwrap_or("2026-01-02T03:04:05Z"),
            "tools": {"components": [{"type": "application", "name": tool, "version": version}]},
            "component": root,
        },
        "components": list(fragment, "components").map(component).collect::<Vec<_>>(),
    });
    if fragment["dependencies"].is_object() {
        document["dependencies"] = dependencies.into();
    }
    document
}

/// SPDX 2.3, JSON.
fn spdx(fragment: &Value) -> Value {
    let mut relationships =
        vec![json!(["SPDXRef-DOCUMENT", "DESCRIBES", fragment["root"].as_str().unwrap_or("SPDXRef-root")])];
    relationships.extend(list(fragment, "relationships").cloned());
    let root = json!({
        "SPDXID": "SPDXRef-root", "name": "shop", "versionInfo": "1.0", "downloadLocation": "NOASSERTION",
    });
    let packages = list(fragment, "packages").map(|item| {
        let given = object(item);
        let purl = given["purl"].as_str().unwrap_or_default().to_owned();
        let [_, namespace, name, version] = parts(&purl);
        let name = if purl.starts_with("pkg:npm") && !namespace.is_empty() {
            format!("{namespace}/{name}")
        } else {
            name
        };
        let id: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let mut whole = over(
            json!({
                "SPDXID": format!("SPDXRef-{id}"),
                "name": name,
                "versionInfo": version,
                "downloadLocation": "NOASSERTION",
                "externalRefs": [
                    {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl},
                ],
            }),
            &given,
        );
        whole.as_object_mut().unwrap().remove("purl");
        whole
    });
    let packages: Vec<Value> = std::iter::once(root).chain(packages).collect();
    let relationships: Vec<Value> = relationships
        .iter()
        .map(|it| json!({"spdxElementId": it[0], "relationshipType": it[1], "relatedSpdxElement": it[2]}))
        .collect();
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "shop",
        "documentNamespace": fragment["namespace"].as_str().unwrap_or("https://example.com/spdx/1"),
        "creationInfo": {
            "created": fragment["timestamp"].as_str().unwrap_or("2026-01-02T03:04:05Z"),
            "creators": [format!("Tool: {}", fragment["tool"].as_str().unwrap_or("example-scanner-1.0"))],
        },
        "packages": packages,
        "relationships": relationships,
    })
}

/// Our own JSON. Edges name packages and files instead of counting them.
fn inventory(fragment: &Value) -> Value {
    let packages: Vec<Value> = list(fragment, "packages")
        .map(|item| {
            let given = object(item);
            let purl = given["purl"].as_str().unwrap_or_default();
            let [ecosystem, namespace, name, version] = parts(purl);
            let mut defaults =
                json!({"ecosystem": ecosystem, "name": name, "version": version, "kind": "library"});
            if !namespace.is_empty() {
                defaults["namespace"] = json!(namespace);
            }
            if let Some(architecture) = qualifier(purl, "arch") {
                defaults["architecture"] = json!(architecture);
            }
            let mut whole = over(defaults, &given);
            verdict(&mut whole);
            whole
        })
        .collect();
    let position = |name: &Value| packages.iter().position(|it| it["name"] == *name);
    let files: Vec<Value> = list(fragment, "files")
        .map(|given| {
            let defaults = json!({"kind": "executable", "size": 1000, "mode": "755", "uid": 0, "gid": 0});
            let mut whole = over(defaults, given);
            let mode = u32::from_str_radix(whole["mode"].as_str().unwrap(), 8).unwrap();
            whole["mode"] = json!(mode);
            if whole["owner"].is_string() {
                whole["owner"] = json!(position(&whole["owner"]).expect("an owner that is there"));
            }
            if let Some(seed) = whole["sha256"].as_str().map(str::to_owned) {
                whole.as_object_mut().unwrap().remove("sha256");
                whole["digests"] = json!([format!("sha256:{seed:0>64}")]);
            }
            verdict(&mut whole);
            whole
        })
        .collect();
    let node = |name: &Value| match name.as_str() {
        Some("root") => json!("root"),
        _ => match position(name) {
            Some(at) => json!({"package": at}),
            None => {
                json!({"file": files.iter().position(|it| it["path"] == *name).expect("an end of an edge")})
            }
        },
    };
    let edges: Vec<Value> = list(fragment, "edges")
        .map(|it| {
            let scope = it[2].as_str().unwrap_or("runtime");
            let kind = it[3].as_str().unwrap_or("depends-on");
            json!({"from": node(&it[0]), "to": node(&it[1]), "kind": kind, "scope": scope})
        })
        .collect();
    let mut document = over(
        json!({
            "schema": "bomwright-inventory/1",
            "source": {"kind": "docker-archive", "name": "shop.tar"},
            "tools": [{"name": "bomwright", "version": "0.1.0"}],
        }),
        fragment,
    );
    document["packages"] = packages.into();
    document["files"] = files.into();
    document["edges"] = edges.into();
    if document["image"].is_object() {
        document["image"] = over(json!({"os": "linux", "architecture": "amd64"}), &document["image"]);
    }
    document
}

/// One word stands for a whole verdict.
fn verdict(item: &mut Value) {
    if let Some(origin) = item["origin"].as_str().map(str::to_owned) {
        item["origin"] = json!({
            "origin": origin,
            "confidence": "high",
            "reasons": [{"rule": "stated", "detail": "the case says so"}],
        });
    }
}

/// The smallest program that an inspector takes for one: the header of a 64-bit ELF executable for x86-64
/// (System V ABI, "ELF Header"), with something behind it that makes it differ from others.
fn elf(seed: &str) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0".to_vec();
    bytes.resize(52, 0);
    bytes.extend([64, 0, 56, 0, 0, 0, 64, 0, 0, 0, 0, 0]);
    bytes.extend(seed.as_bytes());
    bytes
}

fn content(file: &Value) -> Vec<u8> {
    match (file.as_str(), file["elf"].as_str(), file["content"].as_str()) {
        (Some(text), ..) | (_, _, Some(text)) => text.as_bytes().to_vec(),
        (_, Some(seed), _) => elf(seed),
        _ => Vec::new(),
    }
}

fn add(layer: Layer, path: &str, file: &Value) -> Layer {
    if let Some(target) = file["link"].as_str() {
        return layer.symlink(path, target);
    }
    let bytes = content(file);
    if let Some(digits) = file["capabilities"].as_str() {
        let raw: Vec<u8> = digits
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        return layer.with_capabilities(path, &raw, bytes);
    }
    let usual = if file["elf"].is_string() { "755" } else { "644" };
    let mode = u32::from_str_radix(file["mode"].as_str().unwrap_or(usual), 8).unwrap();
    layer.with_mode(path, mode, bytes)
}

/// An image of one layer: a Debian with the packages of `deb` and their files, then `files` over them.
fn image(fragment: &Value) -> Image {
    let none = Map::new();
    let files = fragment["files"].as_object().unwrap_or(&none);
    let mut layer = Layer::new();
    if !files.contains_key("etc/os-release") && fragment["distribution"] != false {
        layer = layer.file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian 12\"\n");
    }
    let mut status = String::new();
    for package in list(fragment, "deb") {
        let (name, version) = (package["name"].as_str().unwrap(), package["version"].as_str().unwrap());
        let _ = write!(
            status,
            "Package: {name}\nStatus: install ok installed\nPriority: optional\nSection: utils\n\
             Installed-Size: 10\nMaintainer: Debian Test <test@lists.debian.org>\nArchitecture: amd64\n\
             Version: {version}\nDescription: a package\n\n"
        );
        let owned = package["files"].as_object().unwrap_or(&none);
        let (mut paths, mut sums) = ("/.\n".to_owned(), String::new());
        for (path, file) in owned {
            let _ = writeln!(paths, "/{path}");
            for byte in Md5::digest(content(file)) {
                let _ = write!(sums, "{byte:02x}");
            }
            let _ = writeln!(sums, "  {path}");
            if !files.contains_key(path) {
                layer = add(layer, path, file);
            }
        }
        if fragment["database"] != false {
            layer = layer.file(&format!("var/lib/dpkg/info/{name}.list"), paths);
            layer = layer.file(&format!("var/lib/dpkg/info/{name}.md5sums"), sums);
        }
    }
    if !status.is_empty() && fragment["database"] != false {
        layer = layer.file("var/lib/dpkg/status", status);
    }
    for (path, file) in files {
        layer = add(layer, path, file);
    }
    let mut image = Image::new([layer.tar()]);
    if let Some(settings) = fragment["config"].as_object() {
        image = image.settings(settings.clone());
    }
    if let Some(architecture) = fragment["architecture"].as_str() {
        image = image.architecture(architecture);
    }
    image
}
