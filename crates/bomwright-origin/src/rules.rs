//! The rules, in the order in which they are asked; the first that answers decides.

use std::collections::{BTreeSet, HashMap};

use bomwright_model::{
    Confidence, Evidence, File, Inventory, Origin, Package, PackageId, PackageKind, Reason, Verdict,
};

use crate::Policy;

/// What a rule may look at.
struct Context<'a> {
    policy: &'a Policy,
    /// Names of the ecosystems whose packages a distribution ships.
    system: &'a BTreeSet<&'a str>,
    inventory: &'a Inventory,
}

/// What a rule answers: the origin, how sure it is, and what it saw.
type Answer = Option<(Origin, Confidence, String)>;

/// One rule about packages: its stable id, what it means, and the rule itself.
struct Rule {
    id: &'static str,
    about: &'static str,
    judge: fn(&Package, &Context<'_>) -> Answer,
}

const PACKAGE_RULES: &[Rule] = &[
    Rule {
        id: "policy-namespace",
        about: "the policy file names the package's namespace as in-house",
        judge: |package, context| {
            let entry = context.policy.namespace_of(package)?;
            Some((Origin::InHouse, Confidence::High, format!("the policy names '{entry}' as in-house")))
        },
    },
    Rule {
        id: "os-package-database",
        about: "the package database of the distribution lists it",
        judge: |package, context| {
            let vendor = context.system.contains(package.ecosystem.as_str());
            let detail = || match &package.supplier {
                Some(supplier) => {
                    format!("listed in the {} database, supplied by {supplier}", package.ecosystem)
                }
                None => format!("listed in the {} database", package.ecosystem),
            };
            vendor.then(|| (Origin::Vendor, Confidence::High, detail()))
        },
    },
    Rule {
        id: "shipped-by-os-package",
        about: "a package of the distribution owns the files that it was read from",
        judge: |package, context| {
            let owner = context.inventory.package(package.shipped_by?)?;
            Some((Origin::Vendor, Confidence::High, format!("shipped by {} {}", owner.name, owner.version)))
        },
    },
    Rule {
        id: "installed-from-directory",
        about: "the package manager recorded that it was installed from a directory, not from a registry",
        judge: |package, _| {
            let from = package.properties.get("installed-from-directory")?;
            Some((Origin::InHouse, Confidence::Medium, format!("installed from the directory {from}")))
        },
    },
    Rule {
        id: "private-package",
        about: "its own manifest forbids that it is published",
        judge: |package, _| {
            let private = package.properties.get("private").is_some_and(|value| value == "true");
            private
                .then(|| (Origin::InHouse, Confidence::Medium, "its manifest says private: true".to_owned()))
        },
    },
    Rule {
        id: "fetched-main-module",
        about: "the main program was itself fetched as a released module",
        judge: |package, _| {
            let fetched =
                package.properties.contains_key("main-module") && package.properties.contains_key("h1");
            fetched.then(|| {
                (Origin::Upstream, Confidence::Medium, "the build recorded a checksum for it".to_owned())
            })
        },
    },
    Rule {
        id: "application-without-namespace",
        about: "it is the program that was built here, but nothing says by whom",
        judge: |package, _| {
            let application = package.kind == PackageKind::Application;
            let detail = "a program built from a checkout: name its namespace in the policy if it is yours";
            application.then(|| (Origin::Unknown, Confidence::Medium, detail.to_owned()))
        },
    },
    Rule {
        id: "language-package",
        about: "a language's package manager installed it, and nothing says that it is the team's own",
        judge: |package, _| {
            Some((
                Origin::Upstream,
                Confidence::Medium,
                format!("a {} package with no sign of being in-house", package.ecosystem),
            ))
        },
    },
];

const FILE_RULES: &[(&str, &str)] = &[
    ("owned-by-package", "a package lists it as its own"),
    ("describes-package", "a package was read from it"),
    ("policy-path", "it lies in a directory that the policy names as in-house"),
    ("no-owner", "no package lists it and no policy names it"),
];

/// Every rule's id and meaning, in order; for the documentation.
pub fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    PACKAGE_RULES.iter().map(|rule| (rule.id, rule.about)).chain(FILE_RULES.iter().copied())
}

/// Gives every package and every listed file of `inventory` its verdict. `system` are the names of the
/// ecosystems whose packages a distribution ships.
pub fn classify(inventory: &mut Inventory, policy: &Policy, system: &BTreeSet<&str>) {
    let context = Context { policy, system, inventory };
    let packages: Vec<Verdict> = inventory.packages.iter().map(|package| judge(package, &context)).collect();
    let described = described_files(inventory);
    let files: Vec<Verdict> = inventory
        .files
        .iter()
        .map(|file| {
            judge_file(file, policy, inventory, &packages, described.get(file.path.as_str()).copied())
        })
        .collect();
    for (package, verdict) in inventory.packages.iter_mut().zip(packages) {
        package.origin = Some(verdict);
    }
    for (file, verdict) in inventory.files.iter_mut().zip(files) {
        file.origin = Some(verdict);
    }
}

fn judge(package: &Package, context: &Context<'_>) -> Verdict {
    let evidence = package.evidence.first().cloned();
    PACKAGE_RULES
        .iter()
        .find_map(|rule| {
            let (origin, confidence, detail) = (rule.judge)(package, context)?;
            Some(verdict(origin, confidence, rule.id, detail, evidence.clone()))
        })
        .unwrap_or_else(|| verdict(Origin::Unknown, Confidence::Low, "no-rule", String::new(), evidence))
}

/// For each file that is the location of a package (a program that carries its module list), that package.
fn described_files(inventory: &Inventory) -> HashMap<&str, PackageId> {
    inventory.packages().filter_map(|(id, package)| Some((package.location.as_deref()?, id))).collect()
}

fn judge_file(
    file: &File,
    policy: &Policy,
    inventory: &Inventory,
    packages: &[Verdict],
    described: Option<PackageId>,
) -> Verdict {
    let place = Some(Evidence { layer: file.layer, path: file.path.clone(), parser: "file".to_owned() });
    let of = |id: PackageId| usize::try_from(id.0).ok().and_then(|index| packages.get(index));
    let follow = |rule: &str, verb: &str, id: PackageId| {
        let (package, found) = (inventory.package(id)?, of(id)?);
        let detail = format!("{verb} {} {}", package.full_name(), package.version);
        Some(verdict(found.origin, found.confidence, rule, detail.trim_end().to_owned(), place.clone()))
    };
    file.owner
        .and_then(|id| follow("owned-by-package", "listed by", id))
        .or_else(|| described.and_then(|id| follow("describes-package", "holds", id)))
        .or_else(|| {
            let directory = policy.directory_of(&file.path)?;
            let detail = format!("the policy names '{directory}' as in-house");
            Some(verdict(Origin::InHouse, Confidence::High, "policy-path", detail, place.clone()))
        })
        .unwrap_or_else(|| {
            let detail = "no package lists it and no policy names its directory".to_owned();
            verdict(Origin::Unknown, Confidence::High, "no-owner", detail, place.clone())
        })
}

fn verdict(
    origin: Origin,
    confidence: Confidence,
    rule: &str,
    detail: String,
    evidence: Option<Evidence>,
) -> Verdict {
    Verdict { origin, confidence, reasons: vec![Reason { rule: rule.to_owned(), detail, evidence }] }
}

#[cfg(test)]
mod tests {
    use bomwright_model::{FileKind, Source, SourceKind};

    use super::*;

    fn inventory(packages: Vec<Package>) -> Inventory {
        let mut inventory = Inventory::new(Source { kind: SourceKind::Dir, name: "x".into() });
        inventory.packages = packages;
        inventory
    }

    fn origins(packages: Vec<Package>, policy: &str) -> Vec<(Origin, String)> {
        let mut inventory = inventory(packages);
        let policy = Policy::parse("p", policy, &["npm", "golang"]).unwrap();
        classify(&mut inventory, &policy, &BTreeSet::from(["deb"]));
        let verdict = |p: Package| p.origin.map(|v| (v.origin, v.reasons[0].rule.clone())).unwrap();
        inventory.packages.into_iter().map(verdict).collect()
    }

    fn with(mut package: Package, properties: &[(&str, &str)]) -> Package {
        for (key, value) in properties {
            package.set_property(key, value);
        }
        package
    }

    #[test]
    fn in_house_needs_positive_evidence() {
        let mut main = with(Package::new("golang", "shop", ""), &[("main-module", "true")]);
        main.namespace = Some("example.com/acme".into());
        main.kind = PackageKind::Application;
        let private = with(Package::new("npm", "shop", "1"), &[("private", "true")]);
        let library = Package::new("npm", "left-pad", "1.3.0");
        let found = origins(vec![main.clone(), private, library], "");
        assert_eq!(found[0], (Origin::Unknown, "application-without-namespace".into()));
        assert_eq!(found[1], (Origin::InHouse, "private-package".into()));
        assert_eq!(found[2], (Origin::Upstream, "language-package".into()));
        let found = origins(vec![main.clone()], "[in-house]\ngolang = ['example.com/acme']");
        assert_eq!(found[0], (Origin::InHouse, "policy-namespace".into()));
        main.set_property("h1", "h1:abc=");
        assert_eq!(origins(vec![main], "")[0], (Origin::Upstream, "fetched-main-module".into()));
    }

    #[test]
    fn what_a_distribution_ships_is_vendor() {
        let deb = Package::new("deb", "python3-requests", "2.28.1");
        let mut shipped = Package::new("pypi", "requests", "2.28.1");
        shipped.shipped_by = Some(PackageId(0));
        let found = origins(vec![deb, shipped], "");
        assert_eq!(found[0].0, Origin::Vendor);
        assert_eq!(found[1], (Origin::Vendor, "shipped-by-os-package".into()));
    }

    #[test]
    fn files_follow_their_packages_else_are_unknown() {
        let mut inventory = inventory(vec![Package::new("deb", "bash", "5")]);
        let file = |path: &str, owner| File {
            path: path.into(),
            kind: FileKind::Executable,
            size: 1,
            mode: 0o755,
            uid: 0,
            gid: 0,
            digests: vec![],
            layer: None,
            owner,
            interpreter: None,
            elf: None,
            status: None,
            tier: None,
            origin: None,
        };
        inventory.files =
            vec![file("bin/bash", Some(PackageId(0))), file("app/x", None), file("tmp/x", None)];
        let policy = Policy::parse("p", "[in-house]\npaths = ['/app']", &[]).unwrap();
        classify(&mut inventory, &policy, &BTreeSet::from(["deb"]));
        let origins: Vec<_> = inventory.files.iter().map(|f| f.origin.as_ref().unwrap().origin).collect();
        assert_eq!(origins, [Origin::Vendor, Origin::InHouse, Origin::Unknown]);
    }

    #[test]
    fn rule_ids_are_unique() {
        let ids: BTreeSet<_> = rules().map(|(id, _)| id).collect();
        assert_eq!(ids.len(), rules().count());
    }
}
