//! Pairs of CycloneDX documents whose difference is known because it was made: the input of `bench diff`.

use std::collections::{BTreeSet, HashMap};
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
    major: u32,
    minor: u32,
    patch: u32,
    license: &'static str,
    /// Names of others.
    needs: Vec<String>,
}

/// Writes a pair of `count` components a side into `folder`: 2 % upgraded, half a percent downgraded, half a percent
/// with another licence, 1 % removed, 1 % added; four dependencies each.
pub(super) fn write(count: usize, folder: &Path) -> Result<Pair> {
    let mut dice = Dice(0x5eed_0000 + count as u64);
    let mut taken = BTreeSet::new();
    let mut old: Vec<Component> = (0..count).map(|at| component(at, &mut taken, &mut dice)).collect();
    let mut new = old.clone();
    for (at, it) in new.iter_mut().enumerate() {
        match at % 200 {
            0 | 50 | 100 | 150 => it.minor += 1,
            1 => it.minor -= 1,
            2 => it.license = "GPL-3.0-only",
            _ => {}
        }
    }
    let mut at = 0;
    new.retain(|_| {
        at += 1;
        (at - 1) % 100 != 3
    });
    let hundredth = count / 100;
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
            downgraded: count / 200,
            licenses: count / 200,
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
        name.push_str(dice.of(SYLLABLES));
        if name.len() > 5 && taken.insert(name.clone()) {
            break;
        }
    }
    let needs =
        (0..4).filter_map(|_| taken.range(dice.of(SYLLABLES).to_owned()..).nth(dice.below(20)).cloned());
    let needs = needs.filter(|other| *other != name).collect();
    let mut number = |most: usize| u32::try_from(1 + dice.below(most)).unwrap_or(1);
    let (major, minor, patch) = (number(9), number(20), number(30));
    let kind = KINDS.get(at % KINDS.len()).copied().unwrap_or_default();
    Component { kind, name, major, minor, patch, license: dice.of(LICENSES), needs }
}

impl Component {
    fn version(&self) -> String {
        let Self { major, minor, patch, .. } = self;
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
    let purls: HashMap<&String, String> = components.iter().map(|it| (&it.name, it.purl())).collect();
    write!(out, "],\"dependencies\":[")?;
    for (at, it) in components.iter().enumerate() {
        let needs: BTreeSet<&String> = it.needs.iter().filter_map(|name| purls.get(name)).collect();
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

    fn of(&mut self, all: &[&'static str]) -> &'static str {
        all.get(self.below(all.len())).copied().unwrap_or_default()
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            all.swap(at, self.below(at + 1));
        }
    }
}
