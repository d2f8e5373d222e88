//! What a team declares, put where it belongs: on the image and on what is the team's own.

use bomwright_model::{Declared, Inventory, License, LicenseKind, Origin, Package};

/// Puts `declared` into `inventory`, and the supplier and the licence on every in-house package that states none itself. The
/// property [`Declared::PROPERTY`] of such a package names what was declared.
pub fn declare(inventory: &mut Inventory, declared: &Declared) {
    inventory.declared = declared.clone();
    let in_house = |package: &&mut Package| {
        package.origin.as_ref().is_some_and(|verdict| verdict.origin == Origin::InHouse)
    };
    for package in inventory.packages.iter_mut().filter(in_house) {
        let mut keys = Vec::new();
        let says = package.licenses.iter().any(|license| license.kind == LicenseKind::Declared);
        if let Some(text) = declared.license.as_ref().filter(|_| !says) {
            package.licenses.push(License::declared(text));
            package.licenses.sort();
            keys.push("licence");
        }
        if let (None, Some(text)) = (&package.supplier, &declared.supplier) {
            package.supplier = Some(text.clone());
            keys.push("supplier");
        }
        package.set_property(Declared::PROPERTY, keys.join(" "));
    }
}

#[cfg(test)]
mod tests {
    use bomwright_model::{Confidence, Source, SourceKind, Verdict};

    use super::*;

    fn package(name: &str, origin: Origin) -> Package {
        let mut package = Package::new("npm", name, "1");
        package.origin = Some(Verdict { origin, confidence: Confidence::High, reasons: Vec::new() });
        package
    }

    #[test]
    fn only_what_is_in_house_and_says_nothing_itself_gets_it() {
        let mut inventory = Inventory::new(Source { kind: SourceKind::Dir, name: "d".into() });
        let mut stated = package("stated", Origin::InHouse);
        stated.supplier = Some("Other".into());
        stated.licenses = vec![License::declared("MIT")];
        inventory.packages =
            vec![package("ours", Origin::InHouse), stated, package("theirs", Origin::Upstream)];
        let declared = Declared {
            supplier: Some("Acme".into()),
            license: Some("Apache-2.0".into()),
            ..Declared::default()
        };
        declare(&mut inventory, &declared);
        let [ours, stated, theirs] = inventory.packages.as_slice() else { panic!("three packages") };
        assert_eq!(ours.supplier.as_deref(), Some("Acme"));
        assert_eq!(ours.licenses, [License::declared("Apache-2.0")]);
        assert_eq!(ours.properties["declared"], "licence supplier");
        assert_eq!(stated.supplier.as_deref(), Some("Other"));
        assert_eq!(stated.licenses, [License::declared("MIT")]);
        assert!(stated.properties.is_empty());
        assert_eq!((theirs.supplier.as_ref(), theirs.licenses.len()), (None, 0));
        assert_eq!(inventory.declared, declared);
    }

    #[test]
    fn without_a_declaration_nothing_changes() {
        let mut inventory = Inventory::new(Source { kind: SourceKind::Dir, name: "d".into() });
        inventory.packages = vec![package("ours", Origin::InHouse)];
        let before = inventory.packages.clone();
        declare(&mut inventory, &Declared::default());
        assert_eq!(inventory.packages, before);
    }
}
