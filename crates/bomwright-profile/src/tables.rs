//! The profiles as data. The words are ours; the sections are those of the texts.

use bomwright_model::Field;

use crate::requirement::Level::{IfKnown, Recommended, Required};
use crate::requirement::Scope::{Document, Files, Packages, Root, System};
use crate::{Level, Requirement, Scope};

const DOCUMENT: &[Scope] = &[Document];
const ROOT: &[Scope] = &[Root];
const PACKAGES: &[Scope] = &[Root, System, Packages];
const ALL: &[Scope] = &[Root, System, Packages, Files];
/// All but the distribution as a whole.
const LICENSED: &[Scope] = &[Root, Packages, Files];
const FILES: &[Scope] = &[Files];

/// Something that must be stated.
const fn must(
    fields: &'static [Field],
    scopes: &'static [Scope],
    section: &'static str,
    words: &'static str,
) -> Requirement {
    Requirement { fields, scopes, level: Required, unknown_is_fine: false, section, words }
}

/// Something that must be stated, be it as unknown.
const fn say(
    fields: &'static [Field],
    scopes: &'static [Scope],
    section: &'static str,
    words: &'static str,
) -> Requirement {
    Requirement { fields, scopes, level: Required, unknown_is_fine: true, section, words }
}

/// Something that need not be stated.
const fn may(
    level: Level,
    fields: &'static [Field],
    scopes: &'static [Scope],
    section: &'static str,
    words: &'static str,
) -> Requirement {
    Requirement { fields, scopes, level, unknown_is_fine: true, section, words }
}

/// NTIA 2021. An analysing tool counts as author, and what the document calls a component as an identifier: so the report's
/// mapping to the formats has it.
pub(crate) const NTIA: &[Requirement] = &[
    must(&[Field::Format], DOCUMENT, "Automation Support", "SPDX, CycloneDX or SWID tags"),
    must(
        &[Field::Author, Field::ToolName],
        DOCUMENT,
        "Data Fields: Author of SBOM Data",
        "who or what made the data",
    ),
    must(&[Field::Timestamp], DOCUMENT, "Data Fields: Timestamp", "when the data was put together"),
    must(
        &[Field::Primary],
        DOCUMENT,
        "Data Fields: Dependency Relationship",
        "what the relationships start from",
    ),
    must(&[Field::Name], ALL, "Data Fields: Component Name", "the name that its supplier gave it"),
    must(&[Field::Version], PACKAGES, "Data Fields: Version of the Component", "which of its releases it is"),
    must(&[Field::Supplier], ALL, "Data Fields: Supplier Name", "who creates, defines and names it"),
    must(
        &[Field::Identifier, Field::Reference],
        ALL,
        "Data Fields: Other Unique Identifiers",
        "something to look it up by",
    ),
    must(
        &[Field::Relationship],
        ALL,
        "Data Fields: Dependency Relationship",
        "which other component includes it",
    ),
    may(Recommended, &[Field::Digest], ALL, "Recommended Data Fields", "a digest, to find it by"),
    may(
        Recommended,
        &[Field::Phase],
        DOCUMENT,
        "Recommended Data Fields",
        "the phase in which the data was captured",
    ),
    may(Recommended, &[Field::License], PACKAGES, "Recommended Data Fields", "its licence"),
    may(
        Recommended,
        &[Field::Coverage],
        DOCUMENT,
        "Practices and Processes: Known Unknowns",
        "whether more may follow",
    ),
];

/// CISA 2026.
pub(crate) const CISA: &[Requirement] = &[
    must(
        &[Field::Author],
        DOCUMENT,
        "Data Fields: SBOM Author",
        "the entity that made the document; a tool is none",
    ),
    must(
        &[Field::Format],
        DOCUMENT,
        "Data Fields: SBOM Format",
        "the name and the version of a common format",
    ),
    must(&[Field::Timestamp], DOCUMENT, "Data Fields: Timestamp", "when the document was last changed"),
    must(&[Field::ToolName], DOCUMENT, "Data Fields: Tool Name", "what made the document"),
    must(&[Field::ToolVersion], DOCUMENT, "Data Fields: Tool Version", "which release of that tool"),
    must(&[Field::DocumentId], DOCUMENT, "Data Fields: SBOM Version", "which version of the document it is"),
    must(&[Field::Phase], DOCUMENT, "Data Fields: Generation Context", "before, during or after the build"),
    may(
        Recommended,
        &[Field::Signature],
        DOCUMENT,
        "Data Fields: Author Signature",
        "a signature; it may lie beside the document",
    ),
    must(&[Field::Name], ALL, "Data Fields: Component Name", "the name that its producer gave it"),
    say(&[Field::Version], ALL, "Data Fields: Component Version", "its version, or that it is unknown"),
    say(
        &[Field::Creator, Field::Supplier],
        ALL,
        "Data Fields: Software Producer",
        "who made it, or that it is unknown",
    ),
    say(
        &[Field::Identifier, Field::Digest],
        ALL,
        "Data Fields: Software Identifiers",
        "at least one: purl, CPE, SWHID, digest",
    ),
    say(&[Field::Digest], ALL, "Data Fields: Component Hash", "value and algorithm, or that it is unknown"),
    say(&[Field::License], ALL, "Data Fields: License", "its licence, or that it is unknown"),
    must(
        &[Field::Relationship],
        ALL,
        "Data Fields: Dependency Relationship",
        "how it stands to the other components",
    ),
    must(
        &[Field::Coverage],
        DOCUMENT,
        "Practices and Processes: Coverage",
        "what is complete and what is not known",
    ),
];

/// BSI TR-03183-2. Packages are logical components, which have no file of their own (section 3.2.2). The distribution as a
/// whole is an identified component, of which no licence is asked (3.2.4): its packages are described one by one.
pub(crate) const BSI: &[Requirement] = &[
    must(&[Field::Format], DOCUMENT, "4: SBOM formats", "CycloneDX since 1.6 or SPDX since 3.0.1"),
    must(
        &[Field::AuthorContact],
        DOCUMENT,
        "5.2.1: Creator of the SBOM",
        "an e-mail address, else a web address",
    ),
    must(&[Field::Timestamp], DOCUMENT, "5.2.1: Timestamp", "when the document was made"),
    must(
        &[Field::NoVulnerabilities],
        DOCUMENT,
        "8.1.14: No vulnerability information",
        "vulnerabilities belong elsewhere",
    ),
    may(IfKnown, &[Field::DocumentId], DOCUMENT, "5.2.3: SBOM-URI", "an address that names the document"),
    may(Recommended, &[Field::Signature], DOCUMENT, "5.2.1", "a signature of the document"),
    must(&[Field::CreatorContact], ALL, "5.2.2: Component creator", "an e-mail address, else a web address"),
    must(&[Field::Name], ALL, "5.2.2: Component name", "the name that its creator gave it"),
    must(
        &[Field::Version],
        ALL,
        "5.2.2: Component version",
        "its version; of a file without one the time of its last change",
    ),
    say(
        &[Field::Dependencies],
        ALL,
        "5.2.2: Dependencies on other components",
        "what it depends on or contains, or that it is unknown",
    ),
    say(
        &[Field::Completeness],
        ALL,
        "5.2.2: Dependencies on other components",
        "whether that is complete, or that it is unknown",
    ),
    must(
        &[Field::LicenseConcluded, Field::LicenseDeclared],
        LICENSED,
        "5.2.2: Distribution licences",
        "the licences under which it may be used",
    ),
    must(
        &[Field::FileName],
        FILES,
        "5.2.2: Filename of the component",
        "the name of the file, without its path",
    ),
    must(&[Field::Sha512], FILES, "5.2.2: Hash value of the deployable component", "the SHA-512 of the file"),
    must(&[Field::Executable], FILES, "5.2.2: Executable property", "whether it can be run"),
    must(&[Field::Archive], FILES, "5.2.2: Archive property", "whether it is an archive"),
    must(&[Field::Structured], FILES, "5.2.2: Structured property", "whether its parts can be told apart"),
    may(IfKnown, &[Field::Source], PACKAGES, "5.2.4: Source code URI", "where its source code is"),
    may(IfKnown, &[Field::Download], PACKAGES, "5.2.4: URI of the deployable form", "where it can be had"),
    may(IfKnown, &[Field::Identifier], PACKAGES, "5.2.4: Other unique identifiers", "purl or CPE"),
    may(
        IfKnown,
        &[Field::LicenseDeclared],
        PACKAGES,
        "5.2.4: Original licences",
        "what its creator declares",
    ),
    may(
        Recommended,
        &[Field::SecurityContact],
        ROOT,
        "5.2.5: URL of the security.txt",
        "where to report vulnerabilities",
    ),
];

/// FSCT, third edition, the level "minimum expected".
pub(crate) const FSCT: &[Requirement] = &[
    must(&[Field::Format], DOCUMENT, "2.1: SBOM formats", "SPDX or CycloneDX"),
    must(&[Field::Author, Field::ToolName], DOCUMENT, "2.2.1: Author Name", "who or what made the document"),
    must(&[Field::Timestamp], DOCUMENT, "2.2.1: Timestamp", "when the document was made"),
    must(&[Field::Phase], DOCUMENT, "2.2.1: Type", "how the data was gathered: source, build, analyzed, …"),
    must(&[Field::Primary], DOCUMENT, "2.2.1: Primary Component", "what the document is about"),
    must(&[Field::Name], ALL, "2.2.2: Component Name", "its name"),
    say(&[Field::Version], ALL, "2.2.2: Version", "its version, or that there is none"),
    say(
        &[Field::Supplier, Field::Creator],
        ALL,
        "2.2.2: Supplier Name",
        "who supplies it, or that it is unknown",
    ),
    must(&[Field::Identifier, Field::Reference], ALL, "2.2.2: Unique Identifier", "at least one"),
    say(&[Field::Digest], ALL, "2.2.2: Cryptographic Hash", "at least one, or that it is unknown"),
    must(&[Field::Relationship], ALL, "2.2.2: Relationship", "how it stands to the other components"),
    say(&[Field::License], ALL, "2.2.2: License", "its licence, or that it is unknown"),
    say(
        &[Field::Copyright],
        ALL,
        "2.2.2: Copyright Holder",
        "who holds the copyright, or that it is unknown",
    ),
];

/// Telco SBOM Guide, which maps everything to SPDX 2.
pub(crate) const TELCO: &[Requirement] = &[
    must(&[Field::Format], DOCUMENT, "SBOM Data Format", "SPDX 2.2 or 2.3"),
    must(&[Field::Author], DOCUMENT, "SBOM Elements: Creator", "an organisation"),
    must(&[Field::ToolName], DOCUMENT, "SBOM Elements: Creator", "the tool"),
    must(&[Field::ToolVersion], DOCUMENT, "SBOM Elements: Creator", "the tool's version, after a hyphen"),
    must(&[Field::Timestamp], DOCUMENT, "SBOM Elements: Created", "when the document was made"),
    must(
        &[Field::Phase],
        DOCUMENT,
        "SBOM Build Information: CISA SBOM Type",
        "the type, as a comment of the creator",
    ),
    must(&[Field::DocumentId], DOCUMENT, "SBOM Elements: Document Namespace", "a namespace of its own"),
    must(&[Field::DataLicense], DOCUMENT, "SBOM Elements: Data License", "CC0-1.0, as SPDX asks"),
    must(&[Field::Primary], DOCUMENT, "SBOM Elements: Relationship DESCRIBES", "what the document is about"),
    must(&[Field::Name], ALL, "SBOM Elements: Package Name", "its name"),
    must(&[Field::Version], PACKAGES, "SBOM Elements: Package Version", "its version"),
    say(&[Field::Supplier], ALL, "SBOM Elements: Package Supplier", "who supplies it, or NOASSERTION"),
    say(
        &[Field::Download],
        ALL,
        "SBOM Elements: Package Download Location",
        "where it can be had, or NOASSERTION",
    ),
    say(&[Field::LicenseConcluded], ALL, "SBOM Elements: Concluded License", "a licence, or NOASSERTION"),
    say(&[Field::LicenseDeclared], ALL, "SBOM Elements: Declared License", "a licence, or NOASSERTION"),
    say(&[Field::Copyright], ALL, "SBOM Elements: Copyright Text", "a text, or NOASSERTION"),
    must(&[Field::Relationship], ALL, "SBOM Elements: Relationship CONTAINS", "what holds it"),
    may(Recommended, &[Field::Digest], ALL, "SBOM Elements: Package Checksum", "a digest"),
    may(Recommended, &[Field::Identifier], PACKAGES, "SBOM Elements: External Reference", "its purl"),
];

/// The Cyber Resilience Act asks for an SBOM in Annex I and for the product's information in Annex II; here the document
/// carries both.
pub(crate) const CRA: &[Requirement] = &[
    must(&[Field::Format], DOCUMENT, "Annex I, Part II (1)", "a common format that machines read"),
    must(&[Field::Primary], DOCUMENT, "Annex II (3)", "the product that the document is about"),
    must(&[Field::Name], ALL, "Annex I, Part II (1)", "the components, by name"),
    must(&[Field::Version], PACKAGES, "Annex I, Part II (1)", "the components, by version"),
    must(
        &[Field::Dependencies, Field::Relationship],
        ROOT,
        "Annex I, Part II (1)",
        "at least what the product depends on directly",
    ),
    must(&[Field::Supplier, Field::Creator], ROOT, "Annex II (1)", "the manufacturer's name"),
    must(
        &[Field::CreatorContact],
        ROOT,
        "Annex II (1)",
        "an e-mail address or a web address of the manufacturer",
    ),
    must(&[Field::SecurityContact], ROOT, "Annex II (2)", "where vulnerabilities are reported"),
    must(&[Field::SupportEnd], ROOT, "Annex II (7)", "until when vulnerabilities are handled"),
    may(
        Recommended,
        &[Field::Identifier],
        PACKAGES,
        "Annex I, Part II (1)",
        "something to find vulnerabilities by",
    ),
    may(Recommended, &[Field::Timestamp], DOCUMENT, "Annex I, Part II (1)", "when the document was made"),
];
