//! The shape of the document. Every struct is written from borrowed and read into owned or borrowed text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bomwright_model::{
    Code, Confidence, EdgeKind, FileKind, LayerPart, LicenseKind, LinkKind, Origin, PackageKind, Scope,
    SourceKind, Status, Tier,
};
use serde::{Deserialize, Serialize};

use super::word::Word;

type Text<'a> = Cow<'a, str>;
type Texts<'a> = Vec<Cow<'a, str>>;
type Map<'a> = BTreeMap<Cow<'a, str>, Cow<'a, str>>;

macro_rules! wire {
    ($($(#[doc = $doc:literal])+ struct $name:ident { $($field:tt)* })+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub(crate) struct $name<'a> { $($field)* }
    )+};
}

wire! {
    /// What was scanned.
    struct Source {
        pub(crate) kind: Word<SourceKind>,
        pub(crate) name: Text<'a>,
    }

    /// A program that took part.
    struct Tool {
        pub(crate) name: Text<'a>,
        pub(crate) version: Text<'a>,
    }

    /// What the team declared by hand.
    struct Declared {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) author: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) distribution: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) license: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) security_contact: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) supplier: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) support_end: Option<Text<'a>>,
    }

    /// What the image says of itself.
    struct Image {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) repository: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) tag: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) digest: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) id: Option<Text<'a>>,
        pub(crate) os: Text<'a>,
        pub(crate) architecture: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) variant: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) created: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        pub(crate) labels: Map<'a>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        pub(crate) annotations: Map<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) user: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) entrypoint: Texts<'a>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) command: Texts<'a>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) environment: Texts<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) working_dir: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) ports: Texts<'a>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) volumes: Texts<'a>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) health_check: Texts<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) stop_signal: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) history: Vec<HistoryEntry<'a>>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) provenance: Vec<Material<'a>>,
    }

    /// One step of the history.
    struct HistoryEntry {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) created_by: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) created: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) comment: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) author: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "is_false")]
        pub(crate) empty_layer: bool,
    }

    /// Something that the build used.
    struct Material {
        pub(crate) uri: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) digest: Option<Text<'a>>,
    }

    /// One layer.
    struct Layer {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) diff_id: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) digest: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) media_type: Option<Text<'a>>,
        pub(crate) size: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) created_by: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) part: Option<Word<LayerPart>>,
    }

    /// The distribution.
    struct Distribution {
        pub(crate) id: Text<'a>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) id_like: Texts<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) version: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) codename: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) pretty_name: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) cpe: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) home_url: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) support_end: Option<Text<'a>>,
        pub(crate) path: Text<'a>,
    }

    /// A place from which something was read.
    struct Evidence {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) layer: Option<u32>,
        pub(crate) path: Text<'a>,
        pub(crate) parser: Text<'a>,
    }

    /// A verdict on where something came from.
    struct Verdict {
        pub(crate) origin: Word<Origin>,
        pub(crate) confidence: Word<Confidence>,
        pub(crate) reasons: Vec<Reason<'a>>,
    }

    /// One rule that spoke.
    struct Reason {
        pub(crate) rule: Text<'a>,
        pub(crate) detail: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) evidence: Option<Evidence<'a>>,
    }

    /// A licence statement.
    struct License {
        pub(crate) kind: Word<LicenseKind>,
        pub(crate) text: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) path: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) confidence: Option<u8>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        pub(crate) wordings: Map<'a>,
    }

    /// An address.
    struct Link {
        pub(crate) kind: Word<LinkKind>,
        pub(crate) url: Text<'a>,
    }

    /// The source package of a package.
    struct SourcePackage {
        pub(crate) name: Text<'a>,
        pub(crate) version: Text<'a>,
    }

    /// A package.
    struct Package {
        pub(crate) ecosystem: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) namespace: Option<Text<'a>>,
        pub(crate) name: Text<'a>,
        pub(crate) version: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) architecture: Option<Text<'a>>,
        pub(crate) kind: Word<PackageKind>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) purl: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) location: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) source: Option<SourcePackage<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) supplier: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) originator: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) description: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) licenses: Vec<License<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) copyright: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) digests: Texts<'a>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) links: Vec<Link<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) size: Option<u64>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        pub(crate) properties: Map<'a>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) evidence: Vec<Evidence<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) introduced: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) changed: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) shipped_by: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) origin: Option<Verdict<'a>>,
    }

    /// What ELF headers say.
    struct Elf {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) soname: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) needed: Texts<'a>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) runpath: Texts<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) build_id: Option<Text<'a>>,
        pub(crate) machine: Text<'a>,
    }

    /// What the team declared of one file by hand.
    struct DeclaredPart {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) license: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) supplier: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) version: Option<Text<'a>>,
    }

    /// An executable file.
    struct File {
        pub(crate) path: Text<'a>,
        pub(crate) kind: Word<FileKind>,
        pub(crate) size: u64,
        pub(crate) mode: u32,
        pub(crate) uid: u64,
        pub(crate) gid: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) modified: Option<i64>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub(crate) digests: Texts<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) layer: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) introduced: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) owner: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) interpreter: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) elf: Option<Elf<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) status: Option<Word<Status>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) tier: Option<Word<Tier>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) origin: Option<Verdict<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) declared: Option<DeclaredPart<'a>>,
    }

    /// An edge.
    struct Edge {
        pub(crate) from: Node<'a>,
        pub(crate) to: Node<'a>,
        pub(crate) kind: Word<EdgeKind>,
        pub(crate) scope: Word<Scope>,
        #[serde(default, skip_serializing_if = "str::is_empty")]
        pub(crate) requirement: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) evidence: Option<Evidence<'a>>,
    }

    /// A diagnostic.
    struct Diagnostic {
        pub(crate) code: Word<Code>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) layer: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub(crate) path: Option<Text<'a>>,
        pub(crate) message: Text<'a>,
    }
}

/// Flags are written only where they are set.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// A node: `"root"`, `{"package": 3}`, `{"file": 1}` or `{"unresolved": {…}}`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Node<'a> {
    Root,
    Package(u32),
    File(u32),
    #[serde(rename_all = "camelCase")]
    Unresolved {
        ecosystem: Text<'a>,
        requirement: Text<'a>,
    },
}

/// The whole, as it is read. It is written by hand, one item at a time.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Document<'a> {
    pub(crate) schema: Text<'a>,
    pub(crate) source: Source<'a>,
    #[serde(default)]
    pub(crate) tools: Vec<Tool<'a>>,
    #[serde(default)]
    pub(crate) timestamp: Option<Text<'a>>,
    #[serde(default)]
    pub(crate) declared: Option<Declared<'a>>,
    #[serde(default)]
    pub(crate) image: Option<Image<'a>>,
    #[serde(default)]
    pub(crate) layers: Vec<Layer<'a>>,
    #[serde(default)]
    pub(crate) distribution: Option<Distribution<'a>>,
    #[serde(default)]
    pub(crate) packages: Vec<Package<'a>>,
    #[serde(default)]
    pub(crate) files: Vec<File<'a>>,
    #[serde(default)]
    pub(crate) edges: Vec<Edge<'a>>,
    #[serde(default)]
    pub(crate) diagnostics: Vec<Diagnostic<'a>>,
}
