//! The parts of CycloneDX 1.6 that are written, borrowed from the inventory.

use std::borrow::Cow;

use serde::Serialize;

use crate::facts::Fact;

/// An object of the schema: absent members are left out.
macro_rules! objects {
    ($($(#[$meta:meta])* struct $name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* })+) => {$(
        $(#[$meta])*
        #[derive(Default, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $name<'a> {
            $(
                $(#[$attribute])*
                #[serde(skip_serializing_if = "Absent::is_absent")]
                pub(crate) $field: $type,
            )*
        }
    )+};
}

objects! {
    struct Component {
        r#type: Option<&'static str>,
        #[serde(rename = "mime-type")]
        mime_type: Option<&'static str>,
        #[serde(rename = "bom-ref")]
        bom_ref: Option<&'a str>,
        supplier: Option<Entity<'a>>,
        authors: Vec<Contact<'a>>,
        group: Option<&'a str>,
        name: Option<Cow<'a, str>>,
        version: Option<&'a str>,
        description: Option<&'a str>,
        scope: Option<&'static str>,
        hashes: Vec<Hash<'a>>,
        licenses: Vec<LicenseChoice<'a>>,
        copyright: Option<&'a str>,
        cpe: Option<&'a str>,
        purl: Option<Cow<'a, str>>,
        external_references: Vec<Reference<'a>>,
        components: Vec<Component<'a>>,
        evidence: Option<Evidence<'a>>,
        properties: Vec<Fact<'a>>,
    }

    struct Entity {
        name: Option<&'a str>,
        url: Vec<&'a str>,
        contact: Vec<Contact<'a>>,
    }

    struct Contact {
        name: Option<&'a str>,
        email: Option<&'a str>,
    }

    struct Hash {
        alg: Option<&'static str>,
        content: Option<&'a str>,
    }

    struct LicenseChoice {
        license: Option<License<'a>>,
        expression: Option<Cow<'a, str>>,
        acknowledgement: Option<&'static str>,
    }

    struct License {
        id: Option<Cow<'a, str>>,
        name: Option<Cow<'a, str>>,
        acknowledgement: Option<&'static str>,
    }

    struct Reference {
        r#type: Option<&'static str>,
        url: Option<&'a str>,
    }

    struct Evidence {
        identity: Vec<Identity<'a>>,
        occurrences: Vec<Occurrence<'a>>,
        licenses: Vec<LicenseChoice<'a>>,
    }

    struct Identity {
        field: Option<&'static str>,
        confidence: Option<u8>,
        concluded_value: Option<&'a str>,
        methods: Vec<Method<'a>>,
    }

    struct Method {
        technique: Option<&'static str>,
        confidence: Option<u8>,
        value: Option<Cow<'a, str>>,
    }

    struct Occurrence {
        location: Option<Cow<'a, str>>,
        additional_context: Option<Cow<'a, str>>,
    }

    struct Metadata {
        timestamp: Option<&'a str>,
        lifecycles: Vec<Lifecycle<'a>>,
        tools: Option<Tools<'a>>,
        authors: Vec<Contact<'a>>,
        component: Option<Component<'a>>,
        manufacturer: Option<Entity<'a>>,
        supplier: Option<Entity<'a>>,
        properties: Vec<Fact<'a>>,
    }

    struct Lifecycle {
        phase: Option<&'a str>,
    }

    struct Tools {
        components: Vec<Component<'a>>,
    }

    struct Composition {
        aggregate: Option<&'static str>,
        assemblies: Vec<&'a str>,
        dependencies: Vec<&'a str>,
    }
}

/// One entry of the dependency graph; a leaf has an empty list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Dependency<'a> {
    pub(crate) r#ref: &'a str,
    pub(crate) depends_on: Vec<&'a str>,
}

/// Whether a member is left out.
trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}
