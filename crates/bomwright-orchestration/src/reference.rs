//! What is found: references with their places, and what could not be read.

use bomwright_model::Confidence;

use crate::ImageName;

/// One place that names an image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The file, as the input names it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The path inside the document, e.g. `spec.template.spec.containers[0].image`.
    pub path: String,
    /// The reference as written there, before variables are filled in.
    pub written: String,
    /// The same in canonical form.
    pub image: ImageName,
    /// What binds it to one image.
    pub pin: Pin,
    /// What kind of place it is.
    pub kind: Kind,
    /// How sure it is that this place names an image.
    pub confidence: Confidence,
    /// The Kubernetes object, Compose service or unit that it belongs to, e.g. `Deployment shop/web`.
    pub resource: Option<String>,
    /// The Helm template that gave it, from the comment that Helm writes.
    pub template: Option<String>,
    /// `imagePullPolicy`, `pull_policy` or `Pull=` as written.
    pub pull_policy: Option<String>,
    /// The platform that is asked for, `os/arch[/variant]`; several are joined by commas.
    pub platform: Option<String>,
    /// Variables without a value, whose place in the reference is left empty.
    pub variables: Vec<String>,
    /// The directory that it is built from where this place says so.
    pub build: Option<String>,
    /// For what a kustomization gives: the reference that it takes the place of.
    pub replaces: Option<Replaced>,
    /// Every kustomization that takes this reference in gives another for it.
    pub superseded: bool,
}

/// A reference that a kustomization replaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Replaced {
    /// Its file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its path inside the document.
    pub path: String,
    /// As written there.
    pub written: String,
}

/// What binds a reference to one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pin {
    /// A digest: it can't change.
    Digest,
    /// A tag, which may be moved.
    Tag,
    /// The tag `latest`.
    Latest,
    /// Neither tag nor digest, so `latest` is meant.
    Untagged,
    /// The tag or digest hangs on a variable without a value.
    Variable,
}

impl Pin {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Digest => "pinned",
            Self::Tag => "mutable-tag",
            Self::Latest => "latest",
            Self::Untagged => "no-tag",
            Self::Variable => "variable",
        }
    }

    pub(crate) fn of(image: &ImageName, variables: &[String]) -> Self {
        match (&image.digest, &image.tag) {
            (Some(_), _) => Self::Digest,
            _ if !variables.is_empty() => Self::Variable,
            (None, Some(tag)) if tag == "latest" => Self::Latest,
            (None, Some(_)) => Self::Tag,
            (None, None) => Self::Untagged,
        }
    }
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal;)+) => {
        /// What kind of place names an image.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $($(#[doc = $doc])+ $variant,)+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word used in every output.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

kinds! {
    /// A container of a pod.
    Container = "container";
    /// A container that runs before the others.
    InitContainer = "init-container";
    /// A container that is added to debug.
    EphemeralContainer = "ephemeral-container";
    /// An image that is mounted as a volume.
    ImageVolume = "image-volume";
    /// A field of a custom resource that is named like an image.
    CustomResource = "custom-resource";
    /// An option of a command line.
    Flag = "flag";
    /// An environment variable `RELATED_IMAGE_…`.
    Environment = "environment";
    /// A JSON patch.
    Patch = "patch";
    /// What a kustomization makes of a reference.
    Kustomize = "kustomize";
    /// A default of a Helm chart.
    HelmValues = "helm-values";
    /// The images that a Helm chart says that it has.
    ChartAnnotation = "chart-annotation";
    /// A service of a Compose file.
    ComposeService = "compose-service";
    /// An image that the build of a Compose service takes in.
    ComposeBuild = "compose-build";
    /// A Quadlet unit.
    Quadlet = "quadlet";
}

/// Something that could not be read, or that a person should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, as the input names it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What kind of thing it is; stable over releases.
    pub code: ProblemCode,
    /// What exactly was seen, as a lowercase fragment.
    pub message: String,
}

/// Stable names of every kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemCode {
    /// A document breaks the grammar of YAML, JSON or unit files; it was not read.
    MalformedFile,
    /// A document or file goes beyond a limit; what lies behind it was not read.
    LimitExceeded,
    /// A template that must be rendered first.
    UnrenderedTemplate,
    /// A field that must hold a reference holds something else.
    InvalidReference,
    /// A reference hangs on a variable without a value.
    UnresolvedVariable,
    /// A file names another that is not in the input.
    MissingFile,
    /// A service is built and its image has no name.
    BuiltWithoutName,
}

impl ProblemCode {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalformedFile => "malformed-file",
            Self::LimitExceeded => "limit-exceeded",
            Self::UnrenderedTemplate => "unrendered-template",
            Self::InvalidReference => "invalid-reference",
            Self::UnresolvedVariable => "unresolved-variable",
            Self::MissingFile => "missing-file",
            Self::BuiltWithoutName => "built-without-name",
        }
    }

    /// Whether a reference may be missing because of it.
    pub const fn is_warning(self) -> bool {
        !matches!(self, Self::BuiltWithoutName | Self::MissingFile)
    }
}
