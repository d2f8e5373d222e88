//! The parts of CycloneDX 1.7 that are written, borrowed from the inventory, and which version brought each.
//!
//! There is one family of types. A member that not every version has carries, in brackets, the version that
//! brought it and what older ones get; [`Lower::lower`] takes away what an older version lacks, in place, and [`SINCE`] is the same as
//! a table. What can be said in an older way is said so by the writer (`lower`) before that.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::version::Version;
use crate::facts::Fact;

/// An object of the schema: absent members are left out.
macro_rules! objects {
    ($($(#[$meta:meta])* struct $name:ident {
        $($(#[$attribute:meta])* $field:ident $([$since:ident $instead:literal])?: $type:ty,)*
    })+) => {
        $(
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

            impl Lower for $name<'_> {
                fn lower(&mut self, version: Version) {
                    $(
                        $(if version < Version::$since {
                            self.$field = Default::default();
                        })?
                        self.$field.lower(version);
                    )*
                }
            }
        )+

        /// Object, member, the version that brought it, and what older versions get instead; only members that 1.4
        /// lacks.
        pub(crate) const SINCE: &[(&str, &str, Version, &str)] =
            &[$($($((stringify!($name), stringify!($field), Version::$since, $instead),)?)*)+];
    };
}

objects! {
    struct Component {
        r#type: Option<&'static str>,
        #[serde(rename = "mime-type")]
        mime_type: Option<&'static str>,
        #[serde(rename = "bom-ref")]
        bom_ref: Option<&'a str>,
        supplier: Option<Entity<'a>>,
        manufacturer[V1_6 "nothing; it repeats `authors`, `externalReferences` or `supplier`"]: Option<Entity<'a>>,
        authors[V1_6 "`author`, as one line"]: Vec<Contact<'a>>,
        author: Option<Cow<'a, str>>,
        group: Option<&'a str>,
        name: Option<Cow<'a, str>>,
        version: Option<Cow<'a, str>>,
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
        acknowledgement[V1_6 "the property `bomwright:license:…`"]: Option<&'static str>,
    }

    struct License {
        id: Option<Cow<'a, str>>,
        name: Option<Cow<'a, str>>,
        text: Option<Attachment<'a>>,
        acknowledgement[V1_6 "the property `bomwright:license:…`"]: Option<&'static str>,
    }

    struct Attachment {
        content: Option<Cow<'a, str>>,
    }

    struct Reference {
        r#type: Option<&'static str>,
        url: Option<&'a str>,
    }

    struct Evidence {
        identity[V1_5 "the property `bomwright:evidence:…`"]: Identities<'a>,
        occurrences[V1_5 "the property `bomwright:evidence:…`"]: Vec<Occurrence<'a>>,
        licenses: Vec<LicenseChoice<'a>>,
    }

    struct Identity {
        field: Option<&'static str>,
        confidence: Option<u8>,
        concluded_value[V1_6 "nothing; it is the component's `purl`"]: Option<&'a str>,
        methods: Vec<Method<'a>>,
    }

    struct Method {
        technique: Option<&'static str>,
        confidence: Option<u8>,
        value: Option<Cow<'a, str>>,
    }

    struct Occurrence {
        location: Option<Cow<'a, str>>,
        additional_context[V1_6 "the property `bomwright:evidence:…`"]: Option<Cow<'a, str>>,
    }

    struct Metadata {
        timestamp: Option<&'a str>,
        lifecycles[V1_5 "nothing; what is written is always `post-build`"]: Vec<Lifecycle<'a>>,
        tools: Option<Tools<'a>>,
        authors: Vec<Contact<'a>>,
        component: Option<Component<'a>>,
        manufacturer[V1_6 "nothing; it is `authors` too"]: Option<Entity<'a>>,
        supplier: Option<Entity<'a>>,
        properties: Vec<Fact<'a>>,
    }

    struct Lifecycle {
        phase: Option<&'a str>,
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

/// The tools: an object of components since 1.5, a plain list before.
#[derive(Default)]
pub(crate) struct Tools<'a> {
    pub(crate) components: Vec<Component<'a>>,
    pub(crate) is_list: bool,
}

impl Serialize for Tools<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_list {
            return self.components.serialize(serializer);
        }
        std::collections::BTreeMap::from([("components", &self.components)]).serialize(serializer)
    }
}

/// How a component was identified: a list since 1.6, one object before.
#[derive(Default)]
pub(crate) struct Identities<'a> {
    pub(crate) all: Vec<Identity<'a>>,
    pub(crate) is_list: bool,
}

impl Serialize for Identities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.all.first() {
            Some(first) if !self.is_list => first.serialize(serializer),
            _ => self.all.serialize(serializer),
        }
    }
}

/// Takes away what an older version of the format lacks.
pub(crate) trait Lower {
    /// Takes away what `version` lacks, here and inside.
    fn lower(&mut self, version: Version);
}

/// Values with nothing inside.
macro_rules! leaves {
    ($($type:ty),+) => {$(
        impl Lower for $type {
            fn lower(&mut self, _: Version) {}
        }
    )+};
}
leaves!(&str, Cow<'_, str>, u8, Fact<'_>);

impl<T: Lower> Lower for Option<T> {
    fn lower(&mut self, version: Version) {
        if let Some(value) = self {
            value.lower(version);
        }
    }
}

impl<T: Lower> Lower for Vec<T> {
    fn lower(&mut self, version: Version) {
        for item in self {
            item.lower(version);
        }
    }
}

impl Lower for Tools<'_> {
    fn lower(&mut self, version: Version) {
        self.is_list = version < Version::V1_5;
        for tool in &mut self.components {
            tool.lower(version);
            if self.is_list {
                tool.r#type = None;
            }
        }
    }
}

impl Lower for Identities<'_> {
    fn lower(&mut self, version: Version) {
        self.is_list = version >= Version::V1_6;
        self.all.lower(version);
    }
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

impl Absent for Identities<'_> {
    fn is_absent(&self) -> bool {
        self.all.is_empty()
    }
}
