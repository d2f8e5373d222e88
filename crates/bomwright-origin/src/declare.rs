//! What a team declares, put where it belongs: on the image, on what is the team's own, and on what it names.

use bomwright_model::{Declared, File, Inventory, License, LicenseKind, Origin, Package, Purl, Verdict};

use crate::policy::{Part, Policy};

/// Puts what `policy` declares into `inventory`: the supplier and the licence of all that is in-house on every such package that
/// states none itself, and what is declared of single packages and files on those, whatever they state. The property
/// [`Declared::PROPERTY`] of a package names what was declared.
pub fn declare(inventory: &mut Inventory, policy: &Policy) {
    inventory.declared = policy.declared.clone();
    for package in &mut inventory.packages {
        let part = policy.parts.iter().find(|part| part.target.covers_package(package));
        let keys = of_package(package, &policy.declared, part);
        package.set_property(Declared::PROPERTY, keys.join(" "));
    }
    for file in &mut inventory.files {
        of_file(file, &policy.declared, &policy.parts);
    }
}

/// The keys of what was declared of `package`, sorted.
fn of_package(package: &mut Package, declared: &Declared, part: Option<&Part>) -> Vec<&'static str> {
    let ours = is_in_house(package.origin.as_ref());
    let own = part.map(|part| &part.says);
    let says = package.licenses.iter().any(|license| license.kind == LicenseKind::Declared);
    let mut keys = Vec::new();
    let named = own.and_then(|part| part.license.as_ref());
    if let Some(text) = named.or(declared.license.as_ref().filter(|_| ours && !says)) {
        package.licenses.retain(|license| license.kind != LicenseKind::Declared);
        package.licenses.push(License::declared(text));
        package.licenses.sort();
        keys.push("licence");
    }
    let named = own.and_then(|part| part.supplier.as_ref());
    let general = declared.supplier.as_ref().filter(|_| ours && package.supplier.is_none());
    if let Some(text) = named.or(general) {
        package.supplier = Some(text.clone());
        keys.push("supplier");
    }
    if let Some(version) = own.and_then(|part| part.version.as_ref()).filter(|_| package.version.is_empty()) {
        package.version.clone_from(version);
        package.purl = package.purl.take().map(|purl| with_version(&purl, version).unwrap_or(purl));
        keys.push("version");
    }
    keys
}

/// The same purl with a version, which it has none of.
fn with_version(purl: &Purl, version: &str) -> Option<Purl> {
    let parts = purl.parse().ok()?;
    let qualifiers: Vec<_> =
        parts.qualifiers().iter().map(|(key, value)| (key.as_ref(), value.as_ref())).collect();
    Purl::build(parts.ty(), parts.namespace(), parts.name(), version, &qualifiers, parts.subpath()).ok()
}

fn of_file(file: &mut File, declared: &Declared, parts: &[Part]) {
    if let Some(part) = parts.iter().find(|part| part.target.covers_path(&file.path)) {
        file.declared = part.says.clone();
    }
    if is_in_house(file.origin.as_ref()) {
        let own = &mut file.declared;
        own.license = own.license.take().or_else(|| declared.license.clone());
        own.supplier = own.supplier.take().or_else(|| declared.supplier.clone());
    }
}

fn is_in_house(verdict: Option<&Verdict>) -> bool {
    verdict.is_some_and(|verdict| verdict.origin == Origin::InHouse)
}

#[cfg(test)]
mod tests {
    use bomwright_model::{Confidence, DeclaredPart, FileKind, Source, SourceKind, Verdict};

    use super::*;

    fn verdict(origin: Origin) -> Verdict {
        Verdict { origin, confidence: Confidence::High, reasons: Vec::new() }
    }

    fn package(name: &str, origin: Origin) -> Package {
        Package { origin: Some(verdict(origin)), ..Package::new("npm", name, "1") }
    }

    fn inventory() -> Inventory {
        Inventory::new(Source { kind: SourceKind::Dir, name: "d".into() })
    }

    fn policy(text: &str) -> Policy {
        Policy::parse("p", text, &["npm"]).unwrap()
    }

    const GENERAL: &str = "[declared]\nsupplier = 'Acme'\nlicence = 'Apache-2.0'\n";

    #[test]
    fn only_what_is_in_house_and_says_nothing_itself_gets_it() {
        let mut inventory = inventory();
        let mut stated = package("stated", Origin::InHouse);
        stated.supplier = Some("Other".into());
        stated.licenses = vec![License::declared("MIT")];
        inventory.packages =
            vec![package("ours", Origin::InHouse), stated, package("theirs", Origin::Upstream)];
        let policy = policy(GENERAL);
        declare(&mut inventory, &policy);
        let [ours, stated, theirs] = inventory.packages.as_slice() else { panic!("three packages") };
        assert_eq!(ours.supplier.as_deref(), Some("Acme"));
        assert_eq!(ours.licenses, [License::declared("Apache-2.0")]);
        assert_eq!(ours.properties["declared"], "licence supplier");
        assert_eq!(stated.supplier.as_deref(), Some("Other"));
        assert_eq!(stated.licenses, [License::declared("MIT")]);
        assert!(stated.properties.is_empty());
        assert_eq!((theirs.supplier.as_ref(), theirs.licenses.len()), (None, 0));
        assert_eq!(inventory.declared, policy.declared);
    }

    #[test]
    fn what_is_named_gets_what_is_declared_of_it_and_a_version_stays() {
        let text = format!(
            "{GENERAL}[[declared.part]]\npackage = 'npm:left*'\nsupplier = 'L <l@l.example>'\nlicence = 'ISC'\nversion = '2'\n\
             [[declared.part]]\npath = '/opt/tool/**'\nversion = '3'\n"
        );
        let mut inventory = inventory();
        let mut left = package("left-pad", Origin::Upstream);
        left.supplier = Some("Somebody".into());
        left.licenses = vec![License::declared("see file"), License::found("MIT", "LICENSE")];
        let purl = "pkg:npm/%40a/left?a=b#c".parse().ok();
        let nameless = Package { version: String::new(), purl, ..package("left", Origin::Upstream) };
        inventory.packages = vec![left, nameless, package("right", Origin::Upstream)];
        let file = |path: &str, origin| File {
            origin: Some(verdict(origin)),
            ..File::new(path, FileKind::Executable)
        };
        inventory.files = vec![
            file("opt/tool/bin/a", Origin::InHouse),
            file("opt/tool/b", Origin::Unknown),
            file("opt/c", Origin::Unknown),
        ];
        declare(&mut inventory, &policy(&text));
        let [left, nameless, right] = inventory.packages.as_slice() else { panic!("three packages") };
        assert_eq!(left.supplier.as_deref(), Some("L <l@l.example>"));
        assert_eq!(left.licenses, [License::declared("ISC"), License::found("MIT", "LICENSE")]);
        assert_eq!((left.version.as_str(), left.properties["declared"].as_str()), ("1", "licence supplier"));
        assert_eq!(nameless.version, "2");
        assert_eq!(nameless.purl.as_ref().unwrap().as_str(), "pkg:npm/%40a/left@2?a=b#c");
        assert!(right.properties.is_empty());
        let declared: Vec<_> = inventory.files.iter().map(|it| it.declared.clone()).collect();
        let part = |supplier: Option<&str>, license: Option<&str>, version: Option<&str>| DeclaredPart {
            supplier: supplier.map(str::to_owned),
            license: license.map(str::to_owned),
            version: version.map(str::to_owned),
        };
        assert_eq!(
            declared,
            [
                part(Some("Acme"), Some("Apache-2.0"), Some("3")),
                part(None, None, Some("3")),
                part(None, None, None)
            ]
        );
    }

    #[test]
    fn without_a_declaration_nothing_changes() {
        let mut inventory = inventory();
        inventory.packages = vec![package("ours", Origin::InHouse)];
        let before = inventory.packages.clone();
        declare(&mut inventory, &Policy::default());
        assert_eq!(inventory.packages, before);
    }
}
