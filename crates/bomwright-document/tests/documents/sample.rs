//! Inventories to write: one by hand that uses every field, and any number made from a seed.

use std::collections::BTreeMap;

use bomwright_model::{
    Code, Confidence, DeclaredPart, Diagnostic, Digest, Distribution, Edge, EdgeKind, Elf, Evidence, File,
    FileId, FileKind, HistoryEntry, Image, Inventory, Layer, LayerId, LayerPart, License, LicenseKind, Link,
    LinkKind, Material, Node, Origin, Package, PackageId, PackageKind, Purl, Reason, Scope, Source,
    SourceKind, SourcePackage, Status, Tier, Tool, Verdict,
};

/// xorshift64*: enough to vary inventories, and the same on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end
    }

    fn chance(&mut self) -> bool {
        self.next() & (1 << 40) != 0
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance().then(|| make(self))
    }

    /// Text that JSON has to escape, that isn't ASCII, and that looks like our own separators.
    fn text(&mut self) -> String {
        let words = [
            "plain",
            "</text> <text>",
            "]]> &amp; cr\r\n",
            "Ünïcode ✓",
            "a\"quote\\",
            "tab\tline\nend",
            "k: v",
            "path=/x",
            "(x)",
            "<a@b.example>",
        ];
        let mut text = self.pick(&words).to_string();
        if self.chance() {
            text.push(' ');
            text.push_str(self.pick::<&str>(&words));
        }
        text
    }

    fn digest(&mut self, algorithm: &str, length: usize) -> Digest {
        let bytes: Vec<u8> = (0..length).map(|_| self.next().to_le_bytes()[4]).collect();
        Digest::from_bytes(algorithm, &bytes)
    }

    fn evidence(&mut self, layers: usize) -> Evidence {
        let layer = (layers > 0 && self.chance()).then(|| LayerId(self.below(layers) as u32));
        let path = format!("var/lib/{}/status", self.pick(&["dpkg", "a b", "ü"]));
        Evidence { layer, path, parser: "deb".into() }
    }

    fn verdict(&mut self, layers: usize) -> Verdict {
        let reasons = (0..if self.below(8) == 0 { 12 } else { 1 }).map(|_| Reason {
            rule: self.pick(&["os-package-database", "lockfile"]).to_string(),
            detail: self.text(),
            evidence: self.maybe(|dice| dice.evidence(layers)),
        });
        let reasons = reasons.collect();
        Verdict {
            origin: *self.pick(Origin::ALL),
            confidence: *self.pick(&[Confidence::Low, Confidence::Medium, Confidence::High]),
            reasons,
        }
    }
}

/// An inventory made from `seed`, with `count` packages and about `edges` edges for each.
pub(crate) fn inventory(seed: u64, count: usize, edges: usize) -> Inventory {
    let dice = &mut Dice::new(seed);
    let mut inventory = Inventory::new(Source {
        kind: *dice.pick(SourceKind::ALL),
        name: format!("samples/{}", dice.text()),
    });
    inventory.tools = vec![Tool { name: "bomwright".into(), version: "0.1.0".into() }];
    inventory.timestamp = Some("2024-05-01T12:30:00Z".into());
    inventory.image = dice.maybe(image);
    for key in ["author", "distribution", "licence", "security-contact", "supplier", "support-end"] {
        if dice.chance() {
            let text = dice.text();
            inventory.declared.set(key, &text);
        }
    }
    inventory.layers = (0..dice.below(12)).map(|_| layer(dice)).collect();
    inventory.distribution = dice.maybe(distribution);
    let layers = inventory.layers.len();
    inventory.packages = (0..count).map(|index| package(dice, index, layers)).collect();
    inventory.packages.sort_by(|a, b| {
        let key = |p: &Package| {
            (
                p.ecosystem.clone(),
                p.name.clone(),
                p.version.clone(),
                p.architecture.clone(),
                p.location.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    inventory.files = (0..count / 4).map(|index| file(dice, index, count, layers)).collect();
    inventory.files.sort_by(|a, b| a.path.cmp(&b.path));
    inventory.diagnostics = (0..dice.below(3))
        .map(|_| Diagnostic {
            layer: None,
            path: dice.maybe(Dice::text),
            code: *dice.pick(Code::ALL),
            message: dice.text(),
        })
        .collect();
    inventory.diagnostics.sort();
    graph(dice, &mut inventory, edges);
    inventory
}

fn image(dice: &mut Dice) -> Image {
    Image {
        repository: Some("registry.example.org:5000/team/shop".into()),
        tag: dice.maybe(|_| "1.2".into()),
        digest: dice.maybe(|dice| dice.digest("sha256", 32)),
        config_digest: dice.maybe(|dice| dice.digest("sha256", 32)),
        os: "linux".into(),
        architecture: "arm64".into(),
        variant: dice.maybe(|_| "v8".into()),
        created: dice.maybe(|_| "2024-05-01T12:30:00.5Z".into()),
        labels: BTreeMap::from([("org.example:label".into(), dice.text())]),
        annotations: BTreeMap::from([("org.example.note".into(), dice.text())]),
        user: dice.maybe(|_| "1000:1000".into()),
        entrypoint: vec!["/bin/sh".into(), "-c".into()],
        command: (0..dice.below(13)).map(|_| dice.text()).collect(),
        environment: vec!["PATH=/usr/bin".into()],
        working_dir: dice.maybe(|_| "/srv".into()),
        ports: vec!["80/tcp".into()],
        volumes: vec!["/data".into()],
        health_check: vec!["CMD".into(), "/app/check".into()],
        stop_signal: Some("SIGQUIT".into()),
        history: (0..dice.below(13)).map(|_| history_entry(dice)).collect(),
        provenance: (0..dice.below(13))
            .map(|_| Material { uri: dice.text(), digest: dice.maybe(|dice| dice.digest("sha256", 32)) })
            .collect(),
    }
}

fn history_entry(dice: &mut Dice) -> HistoryEntry {
    HistoryEntry {
        created_by: dice.maybe(Dice::text),
        created: dice.maybe(|_| "2024-05-01T12:30:00Z".into()),
        comment: dice.maybe(Dice::text),
        author: dice.maybe(Dice::text),
        empty_layer: dice.below(2) == 0,
    }
}

fn layer(dice: &mut Dice) -> Layer {
    Layer {
        diff_id: dice.maybe(|dice| dice.digest("sha256", 32)),
        digest: dice.maybe(|dice| dice.digest("sha256", 32)),
        media_type: dice.maybe(|_| "application/vnd.oci.image.layer.v1.tar+gzip".into()),
        size: dice.next() >> 20,
        created_by: dice.maybe(Dice::text),
        part: dice.maybe(|dice| *dice.pick(LayerPart::ALL)),
    }
}

fn distribution(dice: &mut Dice) -> Distribution {
    Distribution {
        id: "debian".into(),
        id_like: vec!["unix".into(), "gnu".into()],
        version: dice.maybe(|_| "12".into()),
        codename: dice.maybe(|_| "bookworm".into()),
        pretty_name: dice.maybe(Dice::text),
        cpe: dice.maybe(|_| "cpe:/o:debian:debian_linux:12".into()),
        home_url: dice.maybe(|_| "https://www.debian.org/".into()),
        support_end: dice.maybe(|_| "2028-06-30".into()),
        path: "usr/lib/os-release".into(),
    }
}

/// Up to three statements, some with the texts of what they name.
fn licenses(dice: &mut Dice, words: &[&str]) -> Vec<License> {
    let mut licenses: Vec<License> = (0..dice.below(4))
        .map(|_| {
            let text = dice.pick(words).to_string();
            let other = dice.pick(words).to_string();
            let names = [dice.maybe(|_| text.clone()), dice.maybe(|_| other)];
            let wordings = names.into_iter().flatten().map(|name| (name, dice.text())).collect();
            License {
                kind: *dice.pick(&[LicenseKind::Declared, LicenseKind::Found]),
                text,
                path: dice.maybe(|_| "usr/share/doc/x/copyright".into()),
                confidence: dice.maybe(|_| 97),
                wordings,
            }
        })
        .collect();
    licenses.sort();
    licenses
}

fn package(dice: &mut Dice, index: usize, layers: usize) -> Package {
    let (ecosystem, namespace) = *dice.pick(&[
        ("deb", Some("debian")),
        ("npm", Some("@scope")),
        ("pypi", None),
        ("maven", Some("org.example")),
    ]);
    let name = format!("pkg-{index:06}");
    let version = dice.pick(&["1.0", "1:2.3-4+b1", "0~rc1", ""]).to_string();
    let purl = Purl::build(ecosystem, namespace, &name, &version, &[("arch", "amd64")], None).unwrap();
    let words = [
        "MIT",
        "GPL-2+",
        "Apache-2.0 OR MIT",
        "Custom words, really",
        "LicenseRef-own",
        "Public domain",
        "BSD",
    ];
    let licenses = licenses(dice, &words);
    let mut links = vec![
        Link {
            kind: LinkKind::Home,
            url: dice.pick(&["https://example.org/a", "not a url", "http://localhost"]).to_string(),
        },
        Link {
            kind: LinkKind::Vcs,
            url: dice.pick(&["git@github.com:a/b.git", "https://example.org/b.git"]).to_string(),
        },
    ];
    links.sort();
    let mut digests = vec![dice.digest("sha256", 32), dice.digest("sha224", 28)];
    digests.sort();
    let suppliers = [
        "Team <team@lists.example.org>",
        "Red Hat, Inc. <http://bugzilla.example>",
        "two  blanks",
        "Foo (a@b.example)",
    ];
    let supplier = dice.maybe(|dice| dice.pick(&suppliers).to_string());
    let mut properties = BTreeMap::from([("section".into(), dice.text()), ("a:b".into(), "c".into())]);
    if supplier.is_none()
        && let Some(concluded) = dice.maybe(|dice| dice.pick(&suppliers).to_string())
    {
        properties.insert(Package::SUPPLIER_CONCLUDED.into(), concluded);
        properties.insert(Package::SUPPLIER_FROM.into(), "repository".into());
    }
    Package {
        ecosystem: ecosystem.into(),
        namespace: namespace.map(Into::into),
        name,
        version,
        architecture: dice.maybe(|_| "amd64".into()),
        kind: *dice.pick(PackageKind::ALL),
        purl: dice.maybe(|_| purl),
        location: dice.maybe(|_| format!("srv/node_modules/{index}")),
        source: dice.maybe(|_| SourcePackage { name: "src".into(), version: "1".into() }),
        supplier,
        originator: dice.maybe(|_| "Jane Doe".into()),
        description: dice.maybe(Dice::text),
        licenses,
        copyright: dice.maybe(Dice::text),
        digests,
        links,
        size: dice.maybe(|dice| dice.next() >> 30),
        properties,
        evidence: (0..dice.below(3)).map(|_| dice.evidence(layers)).collect(),
        introduced: (layers > 0).then(|| LayerId(dice.below(layers) as u32)),
        changed: (layers > 0).then(|| LayerId(dice.below(layers) as u32)),
        shipped_by: None,
        origin: dice.maybe(|dice| dice.verdict(layers)),
    }
}

fn file(dice: &mut Dice, index: usize, packages: usize, layers: usize) -> File {
    let kind = *dice.pick(&[FileKind::Executable, FileKind::Library, FileKind::Script, FileKind::Object]);
    File {
        path: format!("usr/bin/tool-{index:05} ü"),
        kind,
        size: dice.next() >> 40,
        mode: 0o4755,
        uid: 0,
        gid: 1000,
        modified: dice.maybe(|dice| *dice.pick(&[0, -1, 1_709_211_599, i64::MAX])),
        digests: vec![dice.digest("sha224", 28), dice.digest("sha256", 32)],
        layer: (layers > 0).then(|| LayerId(dice.below(layers) as u32)),
        introduced: (layers > 0).then(|| LayerId(dice.below(layers) as u32)),
        owner: dice.maybe(|dice| PackageId(dice.below(packages) as u32)),
        interpreter: dice.maybe(|_| "/lib/ld.so".into()),
        elf: dice.maybe(|dice| Elf {
            soname: dice.maybe(|_| "libx.so.1".into()),
            needed: (0..dice.below(13)).map(|at| format!("lib{at}.so")).collect(),
            runpath: vec!["$ORIGIN/../lib".into()],
            build_id: dice.maybe(|_| "abcdef".into()),
            machine: "aarch64".into(),
        }),
        status: dice.maybe(|dice| *dice.pick(Status::ALL)),
        tier: dice.maybe(|dice| *dice.pick(Tier::ALL)),
        origin: dice.maybe(|dice| dice.verdict(layers)),
        declared: DeclaredPart {
            supplier: dice.maybe(|_| "Node <https://nodejs.example>".into()),
            license: dice.maybe(|_| "MIT".into()),
            version: dice.maybe(|_| "20.1".into()),
        },
    }
}

/// Edges of every kind, some to what nothing satisfies, and packages that others ship.
fn graph(dice: &mut Dice, inventory: &mut Inventory, edges: usize) {
    let (packages, files) = (inventory.packages.len(), inventory.files.len());
    for at in 0..packages {
        inventory.graph.add(Node::Package(PackageId(at as u32)));
    }
    for _ in 0..packages * edges {
        let node = |dice: &mut Dice| match dice.below(10) {
            0 if files > 0 => Node::File(FileId(dice.below(files) as u32)),
            _ => Node::Package(PackageId(dice.below(packages) as u32)),
        };
        let from = if dice.below(50) == 0 { Node::Root } else { node(dice) };
        let to = if dice.below(20) == 0 {
            Node::Unresolved("deb".into(), format!("libgone: {} (>= 1)", dice.below(9)))
        } else {
            node(dice)
        };
        let plain = dice.below(4) != 0;
        let kind = if plain { EdgeKind::DependsOn } else { *dice.pick(EdgeKind::ALL) };
        let scope = if plain { Scope::Runtime } else { *dice.pick(Scope::ALL) };
        let edge = Edge::stated(kind, scope, "lib (>= 1)", None);
        inventory.graph.connect(from, to, edge).unwrap();
    }
    for at in (1..packages).filter(|at| at % 7 == 0) {
        inventory.packages[at].shipped_by = Some(PackageId(at as u32 - 1));
        let edge = Edge::new(EdgeKind::Contains, Scope::Runtime);
        let (from, to) = (PackageId(at as u32 - 1), PackageId(at as u32));
        inventory.graph.connect(Node::Package(from), Node::Package(to), edge).unwrap();
    }
    inventory.graph.anchor();
}
