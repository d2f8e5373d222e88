//! `cargo`: the Rust crates that `cargo auditable` lists inside a program, and those of a `Cargo.lock`.
//!
//! Reads the section `.dep-v0` of ELF files: zlib-compressed JSON with every crate of the build and, by
//! index, what each needs (cargo-auditable, PARSING.md and the `auditable-serde` schema). The root crate is
//! an application at the program's path; the others have no place, so that the same crate in two programs
//! is one package. Edges: file -> root crate, crate -> crate as recorded, in scope `build` where either end
//! only takes part in the build.
//!
//! In source trees `Cargo.lock` too: see [`lock`].
//!
//! Not seen: programs built without `cargo auditable` (they list nothing), features, and the address of a
//! crate's registry or repository (the format only says which kind of source it is).

mod lock;

use auditable_info::{Error, audit_info_from_slice};
use bomwright_model::{Code, EdgeKind, Evidence, Node, Package, PackageKind, Scope};

use crate::{Claim, Ecosystem, Edges, FileView, Findings, Found, Installed, Requirement};

const NAME: &str = "cargo";
/// The most bytes of JSON; cargo-auditable's own tools use the same limit.
const MAX_JSON: usize = 8 << 20;

/// The `cargo` ecosystem.
#[derive(Debug)]
pub(crate) struct Cargo;

impl Ecosystem for Cargo {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "crates listed in Rust programs by cargo auditable, and in Cargo.lock; crate -> crate as built or locked"
    }

    fn claims(&self) -> &'static [Claim] {
        const CLAIMS: &[Claim] = &[Claim::magic(b"\x7fELF"), Claim::name("Cargo.lock").lock()];
        CLAIMS
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        if file.name() == "Cargo.lock" {
            return lock::read(file, out);
        }
        let info = match audit_info_from_slice(file.bytes, MAX_JSON) {
            Ok(info) => info,
            // Damaged ELF headers are the `elf` ecosystem's to report.
            Err(Error::NoAuditData | Error::BinaryParsing(_)) => return,
            Err(Error::OutputLimitExceeded) => {
                return out.note(file, Code::LimitExceeded, "the list of crates is over 8 MiB");
            }
            Err(error) => return out.note(file, Code::MalformedFile, format!("list of crates: {error}")),
        };
        let handle = |index: &usize| {
            let package = info.packages.get(*index)?;
            // The kinds are `Runtime`, which is the default, and `Build`.
            Some((format!("{}@{}", package.name, package.version), !is_default(&package.kind)))
        };
        // The format's own checks cover roots and cycles, but not indices.
        if info.packages.iter().flat_map(|it| &it.dependencies).any(|index| *index >= info.packages.len()) {
            out.note(file, Code::MalformedRecord, "list of crates: a dependency's index is past the end");
        }
        for (index, entry) in info.packages.iter().enumerate() {
            let Some((own_handle, is_build)) = handle(&index) else { continue };
            let mut package = Package::new(NAME, &entry.name, entry.version.to_string());
            package.set_property("source", String::from(entry.source.clone()));
            if is_build {
                package.set_property("scope", Scope::Build.as_str());
            }
            if entry.root {
                package.kind = PackageKind::Application;
                package.location = Some(file.path.to_owned());
                package.set_property("root", "true");
            }
            let mut found = Found::new(package, file, NAME);
            if !entry.root {
                found.provides.push(own_handle);
            }
            found.requires.extend(entry.dependencies.iter().filter_map(handle).map(|(name, needs_build)| {
                let scope = if is_build || needs_build { Scope::Build } else { Scope::Runtime };
                Requirement::new(name.clone(), name).in_scope(scope)
            }));
            out.packages.push(found);
        }
    }

    fn relate(&self, installed: &Installed<'_>, out: &mut Edges<'_>) {
        installed.relate_by_name(NAME, out);
        for (id, found) in installed.of(NAME) {
            let Some(path) = &found.package.location else { continue };
            if let Some((file, _)) = installed.file_at(path) {
                let evidence = Some(Evidence::new(path, NAME));
                out.relate(Node::File(file), Node::Package(id), EdgeKind::Contains, "", evidence);
            }
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
