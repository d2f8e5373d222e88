//! What is not known of a thing, said aloud: the words of fields, as the fact `unknown`.
//!
//! A document that says nothing of a supplier may have forgotten it. Ours says that nothing in the image tells.

use std::borrow::Cow;

use bomwright_model::{Distribution, Field, File, Inventory, Package};

use crate::{root, time};

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
        (Field::Supplier, package.any_supplier().is_some()),
        (Field::Creator, package.originator.is_some()),
        (Field::Identifier, package.purl.is_some()),
        (Field::Digest, !package.digests.is_empty()),
        (Field::License, !package.licenses.is_empty()),
        (Field::Copyright, package.copyright.is_some()),
    ])
}

/// What is not known of a file: little but its bytes is, unless the team declares it or a package answers for it.
pub(crate) fn of_file(inventory: &Inventory, file: &File) -> Option<String> {
    words(&[
        (Field::Version, version_of(file).is_some()),
        (Field::Supplier, supplier_of(inventory, file).is_some()),
        (Field::Creator, false),
        (Field::Identifier, false),
        (Field::Digest, !file.digests.is_empty()),
        (Field::License, file.declared.license.is_some()),
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

/// Who supplies the file: whom the team declares, else whoever supplies the package that owns it, if it is as the
/// package states.
pub(crate) fn supplier_of<'a>(inventory: &'a Inventory, file: &'a File) -> Option<&'a str> {
    let owner = file.owner.filter(|_| !file.is_changed()).and_then(|owner| inventory.package(owner));
    file.declared.supplier.as_deref().or_else(|| owner?.any_supplier())
}

/// The version of a file: as the team declares, else the time of its last change, as BSI TR-03183-2 has it (section 5.2.2).
pub(crate) fn version_of(file: &File) -> Option<Cow<'_, str>> {
    let declared = file.declared.version.as_deref().map(Cow::Borrowed);
    declared.or_else(|| time::from_seconds(file.modified?).map(Cow::Owned))
}

/// The keys by which the team says something of the file, with blanks between them.
pub(crate) fn declared_of(file: &File) -> Option<String> {
    let keys: Vec<_> = file.declared.entries().map(|(key, _)| key).collect();
    (!keys.is_empty()).then(|| keys.join(" "))
}
