//! Pairs of CycloneDX documents whose difference is known because it was made: the input of `bench diff`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::json;

/// A pair and its truth.
pub(super) struct Pair {
    pub(super) components: usize,
    pub(super) old: PathBuf,
    pub(super) new: PathBuf,
    pub(super) truth: Truth,
}

/// How many packages differ, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Truth {
    pub(super) added: usize,
    pub(super) removed: usize,
    pub(super) upgraded: usize,
    pub(super) downgraded: usize,
    pub(super) licenses: usize,
}

#[derive(Clone)]
struct Component {
    kind: &'static str,
    name: String,
    version: [u32; 3],
    license: &'static str,
}

/// Writes a pair of `count` components a side into `folder`: 2 % upgraded, half a percent downgraded, half a percent
/// with another licence, 1 % removed, 1 % added; four dependencies each.
pub(super) fn write(count: usize, folder: &Path) -> Result<Pair> {
    let mut dice = Dice(0x5eed_0000 + count as u64);
    let mut taken = BTreeSet::new();
    let mut old: Vec<Component> = (0..count).map(|at| component(at, &mut taken, &mut dice)).collect();
    let mut new = old.clone();
    let (hundredth, half) = (count / 100, count / 200);
    // Every 50th, and so on, from different starts: no component is changed twice.
    let spread = |start: usize, many: usize| (0..many).map(move |at| start + at * (count / many.max(1)));
    for at in spread(0, hundredth * 2) {
        new[at].version[1] += 1;
    }
    for at in spread(1, half) {
        new[at].version[1] -= 1;
    }
    for at in spread(2, half) {
        new[at].license = "GPL-3.0-only";
    }
    let gone: BTreeSet<usize> = spread(3, hundredth).collect();
    let mut at = 0;
    new.retain(|_| {
        at += 1;
        !gone.contains(&(at - 1))
    });
    new.extend((0..hundredth).map(|at| component(at, &mut taken, &mut dice)));
    // The order of a document is nobody's change.
    dice.shuffle(&mut new);
    dice.shuffle(&mut old);
    let pair = Pair {
        components: count,
        old: folder.join(format!("old-{count}.cdx.json")),
        new: folder.join(format!("new-{count}.cdx.json")),
        truth: Truth {
            added: hundredth,
            removed: hundredth,
            upgraded: hundredth * 2,
            downgraded: half,
            licenses: half,
        },
    };
    document(&old, &pair.old)?;
    document(&new, &pair.new)?;
    Ok(pair)
}

fn component(at: usize, taken: &mut BTreeSet<String>, dice: &mut Dice) -> Component {
    const KINDS: &[&str] = &["npm", "pypi", "deb", "golang", "maven"];
    const SYLLABLES: &[&str] = &[
        "ba", "cor", "dex", "el", "fro", "gim", "hal", "ip", "jo", "ka", "lu", "mon", "nix", "or", "pal",
        "qua", "ri", "sol", "ter", "um", "vo", "wex", "yar", "zen",
    ];
    const LICENSES: &[&str] = &["MIT", "Apache-2.0", "BSD-3-Clause", "ISC"];
    let mut name = String::new();
    loop {
        name.push_str(SYLLABLES[dice.below(SYLLABLES.len())]);
        if name.len() > 5 && taken.insert(name.clone()) {
            break;
        }
    }
    let mut number = |most: usize| u32::try_from(1 + dice.below(most)).unwrap_or(1);
    let version = [number(9), number(20), number(30)];
    Component { kind: KINDS[at % KINDS.len()], name, version, license: LICENSES[dice.below(LICENSES.len())] }
}

impl Component {
    fn version(&self) -> String {
        let [major, minor, patch] = self.version;
        match self.kind {
            "golang" => format!("v{major}.{minor}.{patch}"),
            "deb" => format!("{major}.{minor}.{patch}-1"),
            _ => format!("{major}.{minor}.{patch}"),
        }
    }

    fn purl(&self) -> String {
        let (name, version) = (&self.name, self.version());
        match self.kind {
            "golang" => format!("pkg:golang/example.com/{name}@{version}"),
            "deb" => format!("pkg:deb/debian/{name}@{version}?arch=amd64&distro=debian-12"),
            "maven" => format!("pkg:maven/org.example/{name}@{version}"),
            kind => format!("pkg:{kind}/{name}@{version}"),
        }
    }
}

fn document(components: &[Component], path: &Path) -> Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    let metadata = json!({
        "tools": {"components": [{"type": "application", "name": "xtask", "version": "1"}]},
        "component": {"type": "container", "name": "bench", "bom-ref": "root"},
    });
    write!(
        out,
        "{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":1,\"metadata\":{metadata},"
    )?;
    write!(out, "\"components\":[")?;
    for (at, it) in components.iter().enumerate() {
        let hash = format!("{:064x}", fnv(&it.purl()));
        let component = json!({
            "type": "library", "bom-ref": it.purl(), "name": it.name, "version": it.version(), "purl": it.purl(),
            "supplier": {"name": "Example"}, "licenses": [{"license": {"id": it.license}}],
            "hashes": [{"alg": "SHA-256", "content": hash}],
        });
        write!(out, "{}{component}", if at == 0 { "" } else { "," })?;
    }
    write!(out, "],\"dependencies\":[")?;
    for (at, it) in components.iter().enumerate() {
        let needs = (1..=4).filter_map(|step| components.get((at * 7 + step * 13) % components.len()));
        let needs: BTreeSet<String> = needs.map(Component::purl).filter(|purl| *purl != it.purl()).collect();
        write!(out, "{}{}", if at == 0 { "" } else { "," }, json!({"ref": it.purl(), "dependsOn": needs}))?;
    }
    write!(out, "]}}")?;
    Ok(out.flush()?)
}

fn fnv(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Numbers that are the same in every run (xorshift, Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % most
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            all.swap(at, self.below(at + 1));
        }
    }
}
