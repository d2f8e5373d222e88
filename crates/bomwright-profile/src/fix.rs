//! How a gap is closed, and by whom.

use bomwright_model::Field;

use crate::Scope;

/// The key of `[declared]` in the policy file that states `field` of a thing in `scope`; `None` for what an image or the tool
/// that wrote the document tells, or ought to.
pub const fn declared_by(field: Field, scope: Scope) -> Option<&'static str> {
    match (field, scope) {
        (Field::Author | Field::AuthorContact, Scope::Document) => Some("author"),
        (Field::Supplier | Field::Creator | Field::CreatorContact, Scope::Root) => Some("supplier"),
        (Field::Supplier | Field::Creator | Field::CreatorContact, Scope::System) => Some("distribution"),
        (Field::License | Field::LicenseDeclared | Field::LicenseConcluded, Scope::Root) => Some("licence"),
        (
            Field::Supplier
            | Field::Creator
            | Field::CreatorContact
            | Field::License
            | Field::LicenseDeclared
            | Field::LicenseConcluded
            | Field::Version,
            Scope::Packages | Scope::Files,
        ) => Some("part"),
        (Field::SecurityContact, Scope::Root) => Some("security-contact"),
        (Field::SupportEnd, Scope::Root) => Some("support-end"),
        _ => None,
    }
}

/// What to do where `field` is missing.
pub const fn fix(field: Field) -> &'static str {
    match field {
        Field::Format => "write the document in a format that the profile takes: `bomwright scan -o FORMAT`",
        Field::Author => {
            "name the organisation: `author` below `[declared]` in bomwright.toml, then scan again"
        }
        Field::AuthorContact => {
            "give `author` below `[declared]` in bomwright.toml as `name <address>`, then scan again"
        }
        Field::Timestamp => "set SOURCE_DATE_EPOCH, or build the image with a creation time, then scan again",
        Field::ToolName | Field::ToolVersion => "have the tool write its name and version",
        Field::DocumentId => "give the document a serial number or a namespace of its own",
        Field::Phase => {
            "state the phase: CycloneDX metadata.lifecycles, SPDX a creator comment `SBOM Type: Analyzed`"
        }
        Field::Signature => "sign the document; a signature that lies beside it is not seen here",
        Field::DataLicense => "state the licence of the document: CC0-1.0 in SPDX",
        Field::Coverage => {
            "state what is complete: CycloneDX compositions, SPDX relationships to NONE or NOASSERTION"
        }
        Field::NoVulnerabilities => "take the vulnerabilities out; a VEX document carries them",
        Field::Primary => "state what the document is about: CycloneDX metadata.component, SPDX DESCRIBES",
        Field::Name | Field::Reference => "give each component a name and a reference",
        Field::Version => {
            "tag the image; of single packages and programs: `version` of a `[[declared.part]]` in bomwright.toml"
        }
        Field::Supplier | Field::Creator | Field::CreatorContact => {
            "what is yours: `supplier` below `[declared]` in bomwright.toml, as `name <address>`; others: a `[[declared.part]]` each"
        }
        Field::Identifier => "state a purl or a CPE",
        Field::Digest => "state a digest: install from lock files or archives that record one",
        Field::Sha512 => "state the SHA-512 of the file",
        Field::License | Field::LicenseDeclared | Field::LicenseConcluded => {
            "what is yours: `licence` below `[declared]` in bomwright.toml; others: a `[[declared.part]]` each"
        }
        Field::Copyright => "keep the packages' copyright files in the image",
        Field::Download => "state where it can be had",
        Field::Source => "state where its source code is",
        Field::FileName | Field::Executable | Field::Archive | Field::Structured => {
            "state the properties of BSI's taxonomy: bsi:component:filename, :executable, :archive, :structured"
        }
        Field::Relationship | Field::Dependencies => "state what each component depends on, or what holds it",
        Field::Completeness => "state how complete each list of dependencies is: CycloneDX compositions",
        Field::SecurityContact => "`security-contact` below `[declared]` in bomwright.toml, then scan again",
        Field::SupportEnd => "`support-end` below `[declared]` in bomwright.toml, then scan again",
    }
}
