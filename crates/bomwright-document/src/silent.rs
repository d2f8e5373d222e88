//! What is not known of a thing, said aloud: the words of fields, as the fact `unknown`.
//!
//! A document that says nothing of a supplier may have forgotten it. Ours says that nothing in the image tells.

use bomwright_model::{Declared, Distribution, Field, File, Inventory, Origin, Package};

use crate::root;

/// The words of those fields that are not known, with blanks between them; `None` where all are.
fn words(fields: &[(Field, bool)]) -> Option<String> {
    let unknown: Vec<_> =
        fields.iter().filter(|(_, known)| !known).map(|(field, _)| field.as_str()).collect();
    (!unknown.is_empty()).then(|| unknown.join(" "))
}

/// What is not known of a package.
pub(crate) fn of_package(package: &Package) -> Option<String> {
    words(&[
        (Field::Version, !package.version.is_empty()),
        (Field::Supplier, package.supplier.is_some()),
        (Field::Creator, package.originator.is_some()),
        (Field::Identifier, package.purl.is_some()),
        (Field::Digest, !package.digests.is_empty()),
        (Field::License, !package.licenses.is_empty()),
        (Field::Copyright, package.copyright.is_some()),
    ])
}

/// What is not known of a file: nothing but its bytes is, unless it is the team's own or a package answers for it.
pub(crate) fn of_file(inventory: &Inventory, file: &File) -> Option<String> {
    words(&[
        (Field::Version, false),
        (Field::Supplier, supplier_of(inventory, file).is_some()),
        (Field::Creator, false),
        (Field::Identifier, false),
        (Field::Digest, !file.digests.is_empty()),
        (Field::License, license_of(&inventory.declared, file).is_some()),
        (Field::Copyright, false),
    ])
}

/// What is not known of the root.
pub(crate) fn of_root(inventory: &Inventory) -> Option<String> {
    let image = inventory.image.as_ref();
    words(&[
        (Field::Version, image.and_then(root::version).is_some()),
        (Field::Supplier, root::supplier(inventory).is_some()),
        (Field::Creator, false),
        (Field::Identifier, image.and_then(root::purl).is_some()),
        (Field::Digest, image.is_some_and(|image| image.digest.is_some())),
        (Field::License, root::license(inventory).is_some()),
        (Field::Copyright, false),
    ])
}

/// What is not known of the distribution.
pub(crate) fn of_distribution(distribution: &Distribution) -> Option<String> {
    words(&[
        (Field::Version, distribution.version.is_some()),
        (Field::Creator, false),
        (Field::Identifier, distribution.cpe.is_some()),
        (Field::Digest, false),
        (Field::License, false),
        (Field::Copyright, false),
    ])
}

/// Who supplies the file: the team, where it is theirs and they say so, else whoever supplies the package that owns it, if
/// it is as the package states.
pub(crate) fn supplier_of<'a>(inventory: &'a Inventory, file: &File) -> Option<&'a str> {
    let owner = file.owner.filter(|_| !file.is_changed()).and_then(|owner| inventory.package(owner));
    declared_supplier(&inventory.declared, file).or_else(|| owner?.supplier.as_deref())
}

fn declared_supplier<'a>(declared: &'a Declared, file: &File) -> Option<&'a str> {
    declared.supplier.as_deref().filter(|_| is_in_house(file))
}

/// The licence of the file: the team's, where it is theirs and they say so.
pub(crate) fn license_of<'a>(declared: &'a Declared, file: &File) -> Option<&'a str> {
    declared.license.as_deref().filter(|_| is_in_house(file))
}

/// The keys that say something of the file, with blanks between them.
pub(crate) fn declared_of(declared: &Declared, file: &File) -> Option<String> {
    let keys: Vec<_> =
        [("licence", license_of(declared, file)), ("supplier", declared_supplier(declared, file))]
            .into_iter()
            .filter_map(|(key, value)| value.map(|_| key))
            .collect();
    (!keys.is_empty()).then(|| keys.join(" "))
}

fn is_in_house(file: &File) -> bool {
    file.origin.as_ref().is_some_and(|verdict| verdict.origin == Origin::InHouse)
}
