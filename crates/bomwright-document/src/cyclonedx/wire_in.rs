//! The parts of CycloneDX 1.2 to 1.7 that are read.

use crate::lenient::{List, Text, lenient};

lenient! {
    struct Bom {
        spec_version: Text<'a>,
        serial_number: Text<'a>,
        metadata: Option<Metadata<'a>>,
        /// Boxed, so that each is free again as soon as it is read.
        components: List<Box<Component<'a>>>,
        services: List<Service<'a>>,
        dependencies: List<Dependency<'a>>,
        compositions: List<Composition<'a>>,
        vulnerabilities: List<Anything<'a>>,
        signature: Option<Anything<'a>>,
    }

    /// An object of which only counts that it is there.
    struct Anything {
        #[allow(dead_code, reason = "a type of this shape needs a member that borrows")]
        nothing: Text<'a>,
    }

    struct Metadata {
        timestamp: Text<'a>,
        tools: List<ToolEntry<'a>>,
        lifecycles: List<Lifecycle<'a>>,
        authors: List<Contact<'a>>,
        manufacturer: Option<Entity<'a>>,
        component: Option<Component<'a>>,
        licenses: List<LicenseChoice<'a>>,
        properties: List<Property<'a>>,
    }

    struct Lifecycle {
        phase: Text<'a>,
        name: Text<'a>,
    }

    /// Up to 1.4 a tool with a name; since 1.5 one object with lists of them.
    struct ToolEntry {
        name: Text<'a>,
        version: Text<'a>,
        components: List<ToolEntry<'a>>,
        services: List<ToolEntry<'a>>,
    }

    struct Component {
        #[serde(rename = "type")]
        kind: Text<'a>,
        #[serde(rename = "bom-ref")]
        bom_ref: Text<'a>,
        supplier: Option<Entity<'a>>,
        manufacturer: Option<Entity<'a>>,
        authors: List<Contact<'a>>,
        author: Text<'a>,
        publisher: Text<'a>,
        group: Text<'a>,
        name: Text<'a>,
        version: Text<'a>,
        description: Text<'a>,
        scope: Text<'a>,
        hashes: List<Hash<'a>>,
        licenses: List<LicenseChoice<'a>>,
        copyright: Text<'a>,
        cpe: Text<'a>,
        purl: Text<'a>,
        swid: Option<Swid<'a>>,
        swhid: List<Text<'a>>,
        omnibor_id: List<Text<'a>>,
        external_references: List<Reference<'a>>,
        components: List<Component<'a>>,
        evidence: Option<Evidence<'a>>,
        properties: List<Property<'a>>,
    }

    /// Services are no packages, but dependencies may name them.
    struct Service {
        #[serde(rename = "bom-ref")]
        bom_ref: Text<'a>,
        services: List<Service<'a>>,
    }

    struct Swid {
        tag_id: Text<'a>,
    }

    struct Entity {
        name: Text<'a>,
        url: List<Text<'a>>,
        contact: List<Contact<'a>>,
    }

    struct Contact {
        name: Text<'a>,
        email: Text<'a>,
    }

    struct Hash {
        alg: Text<'a>,
        content: Text<'a>,
    }

    struct LicenseChoice {
        license: Option<License<'a>>,
        expression: Text<'a>,
        acknowledgement: Text<'a>,
    }

    struct License {
        id: Text<'a>,
        name: Text<'a>,
        acknowledgement: Text<'a>,
        text: Option<Attachment<'a>>,
    }

    struct Attachment {
        content: Text<'a>,
        encoding: Text<'a>,
    }

    struct Reference {
        #[serde(rename = "type")]
        kind: Text<'a>,
        url: Text<'a>,
        hashes: List<Hash<'a>>,
    }

    struct Evidence {
        identity: List<Identity<'a>>,
        occurrences: List<Occurrence<'a>>,
        licenses: List<LicenseChoice<'a>>,
    }

    struct Identity {
        methods: List<Method<'a>>,
    }

    struct Method {
        value: Text<'a>,
    }

    struct Occurrence {
        location: Text<'a>,
        additional_context: Text<'a>,
    }

    struct Property {
        name: Text<'a>,
        value: Text<'a>,
    }

    struct Dependency {
        #[serde(rename = "ref")]
        reference: Text<'a>,
        depends_on: List<Text<'a>>,
    }

    struct Composition {
        aggregate: Text<'a>,
        assemblies: List<Text<'a>>,
        dependencies: List<Text<'a>>,
    }
}
