//! What can be said on the command line. Pure description: nothing here does anything.

use std::path::PathBuf;

use bomwright_document::{Attested, Target};
use bomwright_model::{FindingSeverity, GateRule};
use bomwright_profile::Profile;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::form::{Files as Listed, Form, JobFlags};
use crate::limits::LimitFlags;
use crate::output::Output;
use crate::post::{COMMENT_HELP, Comment};
use crate::progress::Verbosity;

/// Reads container images, builds the dependency graph of what is in them, says of every package and
/// executable where it came from, and shows what changed between two builds.
#[derive(Debug, Parser)]
#[command(name = "bomwright", version, max_term_width = 100, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to use colours; NO_COLOR is respected too
    #[arg(long, value_enum, default_value_t = Color::Auto, global = true, hide_possible_values = false)]
    pub(crate) color: Color,

    /// Print errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,

    /// Print notes as well as warnings
    #[arg(short, long, global = true)]
    verbose: bool,
}

const AFTER_HELP: &str = "\
Examples:
  bomwright scan shop.tar                          what is in an image that docker save wrote
  bomwright scan shop.tar -o spdx-json=shop.spdx.json -o cyclonedx-json=shop.cdx.json
  bomwright diff shop-1.4.0.tar shop-1.5.0.tar     what changed between two builds
  bomwright why libssl3 shop.tar                   what pulled a package in
  bomwright convert shop.cdx.json -o spdx-json     an SBOM in another format

Exit codes:
  0  nothing to report
  1  a gate of `diff` tripped, `verify` or `check` found something, `images --fail-on-mutable` an image that is not
     pinned
  2  trouble: bad usage, unreadable input, no place to write to
  4  `diff --strict-evidence`: the two sides were not looked at in the same way";

impl Arguments {
    /// How much to print on standard error.
    pub(crate) fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        }
    }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Makes this the choice of every stream.
    pub(crate) fn write_global(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what is in an image
    #[command(after_help = SCAN_HELP)]
    Scan(Scan),
    /// Write an SBOM in another format or version, and say what that can't carry
    #[command(after_help = CONVERT_HELP)]
    Convert(Convert),
    /// Say what changed between two images or SBOMs
    #[command(after_help = DIFF_HELP)]
    Diff(Diff),
    /// Turn a delta that was made earlier into text for people or programs
    #[command(after_help = RENDER_HELP)]
    Render(Render),
    /// Let a finding of a delta pass until a day, in the policy file
    #[command(after_help = WAIVE_HELP)]
    Waive(Waive),
    /// Say where every file came from, verify those that packages list, and list what nothing explains
    #[command(after_help = VERIFY_HELP)]
    Verify(Verify),
    /// Say what is wrong with an SBOM, and what it lacks for NTIA, CISA, BSI, FSCT, Telco or CRA
    #[command(after_help = CHECK_HELP)]
    Check(Check),
    /// Put an SBOM into a statement about its image, ready to be signed
    #[command(after_help = ATTEST_HELP)]
    Attest(Attest),
    /// Print the dependency graph as a tree
    Tree(Tree),
    /// Print the paths that lead from the image to a package
    Why(Why),
    /// List the files of the merged tree: type, mode, owner, size, path
    Files(Files),
    /// Write a policy file that explains every key
    #[command(after_help = INIT_HELP)]
    Init(Init),
    /// List the images that Kubernetes manifests, Helm charts, Compose and Quadlet files name
    #[command(after_help = IMAGES_HELP)]
    Images(Images),
    /// Post a text to a pull or merge request, as one comment that is kept up to date
    #[command(after_help = COMMENT_HELP)]
    Comment(Comment),
    /// List the rules that give verdicts and findings
    Rules(Rules),
    /// List the ecosystems that are read
    Ecosystems(Ecosystems),
    /// Compare versions in a packaging scheme's own order; prints -1, 0 or 1
    #[command(after_help = VERSION_HELP)]
    VersionCompare(VersionCompare),
    /// Show or clear the cache of layer results
    Cache(Cache),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Print the manual page
    Man,
}

const SOURCE_HELP: &str = "\
Sources (recognised without a prefix too):
  docker-archive:FILE   a tar written by `docker save` or `podman save`
  oci-archive:FILE      a tar of an OCI image layout
  oci-dir:DIR           an OCI image layout
  rootfs:FILE           a tar of a root file system
  dir:DIR               a root file system or a source tree
  file:FILE             one file or archive
  git:REV[:PATH]        a revision of the git repository of this directory, or of --repository; nothing is checked out
  sbom:FILE             an SBOM: CycloneDX (JSON, XML), SPDX (JSON, tag-value), syft's or our own JSON
  -                     an SBOM on standard input";

const SCAN_HELP: &str = "\
Sources: docker-archive:FILE, oci-archive:FILE, oci-dir:DIR, rootfs:FILE, dir:DIR, file:FILE, sbom:FILE;
recognised without a prefix too. git:REV[:PATH] is a revision of a source tree, read without a checkout.
Lock files count in source trees (dir:, file:, git:), not in images: there counts what is installed.

Examples:
  docker save shop:1.5.0 -o shop.tar && bomwright scan shop.tar
  bomwright scan oci-dir:build/image --platform linux/arm64
  bomwright scan shop.tar -o table -o spdx-json=shop.spdx.json -o cyclonedx-xml@1.5=shop.cdx.xml
  bomwright scan shop.tar --files owned -o csv=shop.csv            packages and all their programs as rows
  bomwright scan git:HEAD -o github-snapshot=snapshot.json         for GitHub's dependency graph, in a workflow
  bomwright scan git:v1.5.0 -o cyclonedx-json=sources.cdx.json     what the lock files of a tag pin";

const CONVERT_HELP: &str = "\
Read are CycloneDX (JSON and XML, 1.2 to 1.7), SPDX (JSON and tag-value 2.1 to 2.3, JSON-LD 3.0), syft's JSON, lists of
package URLs, and our own JSON. What the target can't carry is counted on standard error; --quiet says nothing.
What a document leaves open or gets wrong is assumed, and --verbose says so; --strict refuses it instead.

Examples:
  bomwright convert shop.cdx.json -o spdx-json=shop.spdx.json
  bomwright convert shop.spdx -o cyclonedx-xml@1.5=shop.cdx.xml -o spdx-json@3.0.1=shop.spdx3.json
  bomwright convert vendor.cdx.xml -o purls | sort
  bomwright convert vendor.spdx.json -o table
  bomwright convert shop.json --files none -o cyclonedx-json=packages.cdx.json
  unxz <shop.cdx.json.xz | bomwright convert - --strict -o spdx-json=shop.spdx.json";

const DIFF_HELP: &str = "\
Each side is anything that `bomwright scan` takes. Of images every file is compared, of documents what they list.
What only the scanners explain, because two tools made the sides, is told apart and trips no gate.

Gates: any, authorized-keys, base-change, capabilities, certificate, cron, downgrade, eol, licence-change,
licence-denied, licence-unknown, lookalike, new-finding, new-in-house, new-upstream, new-vendor, package-database,
package-denied, patch-adds-dependency, repository-change, same-version-content, setuid, shell, sudoers,
supplier-change, systemd-unit, unknown-origin, unowned-executable, user-root, vendor-modified, world-writable.
The policy file may set them too, with thresholds, lists and waivers: see `bomwright init -o -`.

Examples:
  bomwright diff shop-1.4.0.tar shop-1.5.0.tar
  bomwright diff shop-1.4.0.tar shop-1.5.0.tar --fail-on new-upstream,downgrade,setuid
  bomwright diff released.cdx.json shop.tar -o markdown > comment.md
  bomwright diff git:origin/main git:HEAD -o markdown > comment.md     the lock files of a pull request
  bomwright diff old.tar new.tar -o json | jq '.packages[] | select(.origin == \"unknown\")'

Exit codes: 0 no gate tripped, 1 one did (or, with --exit-code, something differs), 2 trouble, 4 the sides can't be
compared in full and --strict-evidence was given.";

const RENDER_HELP: &str = "\
The delta's texts are as hostile as the images that it was made from; every form escapes them.

Examples:
  bomwright diff old.tar new.tar -o json=delta.json
  bomwright render delta.json -o markdown > comment.md";

const WAIVE_HELP: &str = "\
Findings have ids that stay the same over runs; every report shows them.

Examples:
  bomwright waive delta.json F-0123456789ab --reason 'reviewed in #42' --until 2027-01-31";

const VERIFY_HELP: &str = "\
Every file gets one origin (vendor, upstream, in-house, unknown), one status and a tier that says how well that is backed:
V0 claimed, V1 as the manifest inside the image says, V1d made again from verified inputs, V2 as something from outside
says, V3 signed by the vendor. Findings follow, the worst first.

Examples:
  bomwright verify shop.tar
  bomwright verify shop.tar -o json=account.json --all
  bomwright verify dir:/srv/rootfs --fail-on medium
  bomwright verify shop.tar --base oci-archive:debian.tar --anchor ./debs --trusted-key vendor.asc

Exit codes: 0 no finding of that severity, 1 at least one, 2 trouble.";

const CHECK_HELP: &str = "\
Profiles: ntia (2021), cisa-2026, bsi-2.1 (TR-03183-2 v2.1.0), fsct (third edition), telco (v1.1), cra.
First come faults that no schema sees: dangling or repeated references, purls and licences that are none. Then each
profile: what it requires and the document lacks, for which packages, and how to fix it. What only the team knows is
declared in bomwright.toml below [declared] and stated by the next scan.

Examples:
  bomwright check shop.cdx.json --profile ntia,cisa-2026
  bomwright check shop.tar --profile bsi-2.1                         the SBOM that a scan of the image gives
  bomwright check shop.tar --profile telco --as spdx-json
  bomwright check theirs.spdx.json --profile cra -o sarif=check.sarif

Exit codes: 0 no fault and every profile passes, 1 a fault or a profile that fails, 2 trouble.";

const ATTEST_HELP: &str = "\
The statement (in-toto Statement v1) names the image and holds the document byte by byte: CycloneDX or SPDX in JSON. The
digest is the one that the document holds at its root; docker archives know none, and a registry that compresses anew
gives another: then name it with --subject. Nothing is signed here.

Examples:
  bomwright attest shop.cdx.json -o statement.json
  bomwright attest oci-dir:build/image --as spdx-json -o statement.json
  bomwright attest shop.spdx.json --subject registry.example/shop@sha256:… -o statement.json

To sign the statement as it is, or to let cosign make its own from the document:
  cosign attest-blob --statement statement.json --bundle statement.sigstore.json
  cosign attest --type cyclonedx --predicate shop.cdx.json registry.example/shop@sha256:…
  cosign attest --type spdxjson --predicate shop.spdx.json registry.example/shop@sha256:…";

const INIT_HELP: &str = "\
With a SOURCE the file proposes what the image suggests to be yours: scopes of private npm packages, groups of
Java applications, main modules, root crates, Python packages installed from directories, and directories of
programs that no package owns. Only what the image itself says to be private or local takes effect at once.

Examples:
  bomwright init                                   every key, explained, in bomwright.toml
  bomwright init shop.tar -o -                     with proposals from an image, on standard output";

const IMAGES_HELP: &str = "\
Read are Kubernetes manifests (YAML, JSON, lists, custom resources), rendered Helm charts, values.yaml and Chart.yaml,
kustomizations with the images that they replace, Compose files (variables count as not set) and Quadlet units.

Confidence: high is a field that must hold an image; medium, one of a custom resource that is named like an image;
low, an option of a command line, RELATED_IMAGE_… or a default of a chart.

Examples:
  bomwright images deploy/                              everything in a directory
  helm template shop/ | bomwright images -              what a chart gives
  bomwright images k8s/ --fail-on-mutable               for CI: every image pinned by digest?
  bomwright images k8s/ compose.yaml -o json | jq -r '.references[].reference' | sort -u
  bomwright images k8s/ -o cyclonedx-json --image-map shop/web:1.5=web.tar --image-map nginx:1.27=oci-dir:nginx

Exit codes: 0 fine, 1 --fail-on-mutable found a reference that no digest pins, 2 trouble.
A reference that every kustomization in the input replaces does not count; what replaces it does.";

const VERSION_HELP: &str = "\
Without A and B, pairs are read from standard input: one a line, separated by a tab.

Examples:
  bomwright version-compare deb 1:1.0-1 2.0-1      prints 1
  printf '1.0rc1\\t1.0\\n' | bomwright version-compare pep440

A string that is no version of the scheme prints ? and makes the exit code 2.";

/// How sources are read.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Of an image for several platforms, the one to read, e.g. linux/arm64
    #[arg(long, value_name = "OS/ARCH[/VARIANT]", help_heading = "Reading")]
    pub(crate) platform: Option<String>,

    /// For git:REV sources, a directory of the repository [default: the current one]
    #[arg(long, value_name = "DIR", help_heading = "Reading")]
    pub(crate) repository: Option<PathBuf>,

    /// What the team says is its own [default: ./bomwright.toml if there is one]
    #[arg(long, value_name = "FILE", help_heading = "Reading")]
    pub(crate) policy: Option<PathBuf>,

    /// Threads to use; the result is the same for any number
    #[arg(long, value_name = "N", help_heading = "Reading", default_value_t = default_threads(),
          value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: u16,

    /// Refuse an SBOM that breaks its schema, contradicts itself, or leaves something to be assumed
    #[arg(long, help_heading = "Reading")]
    pub(crate) strict: bool,

    /// Neither use nor write the cache of layer results; every byte is read and verified
    #[arg(long, help_heading = "Reading")]
    pub(crate) no_cache: bool,

    /// Recognise licence files by their text too; takes about twice as long
    #[arg(long, help_heading = "Reading")]
    pub(crate) licence_texts: bool,

    #[command(flatten)]
    pub(crate) limits: LimitFlags,

    /// Read no policy; set by commands, not by people
    #[arg(skip)]
    pub(crate) ignore_policy: bool,
}

fn default_threads() -> u16 {
    std::thread::available_parallelism().ok().and_then(|n| u16::try_from(n.get()).ok()).unwrap_or(2).min(16)
}

/// `bomwright scan`
#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// What to read
    pub(crate) source: String,

    /// What to write, several times if need be; without FILE to standard output
    #[arg(short, long = "output", value_name = "FORMAT[@VERSION][=FILE]", help = Form::help())]
    pub(crate) outputs: Vec<Output>,

    /// The files that documents and csv list; json always has all
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = Listed::Executables)]
    pub(crate) files: Listed,

    /// Verify every file too, as `bomwright verify` does, so that documents carry status and tier
    #[arg(long)]
    pub(crate) verify: bool,

    #[command(flatten)]
    pub(crate) job: JobFlags,

    #[command(flatten)]
    pub(crate) against: Against,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// `bomwright convert`
#[derive(Debug, Args)]
pub(crate) struct Convert {
    /// The document to read
    #[arg(value_name = "SBOM")]
    pub(crate) document: String,

    /// What to write, several times if need be; without FILE to standard output
    #[arg(short, long = "output", value_name = "FORMAT[@VERSION][=FILE]", help = Form::help(), required = true)]
    pub(crate) outputs: Vec<Output>,

    /// The files that documents and csv list, as far as the document has them; json always has all
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = Listed::All)]
    pub(crate) files: Listed,

    #[command(flatten)]
    pub(crate) job: JobFlags,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// `bomwright diff`
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The older side
    pub(crate) old: String,
    /// The newer side
    pub(crate) new: String,

    #[command(flatten)]
    pub(crate) rendering: Rendering,

    /// Rules that make the exit code 1, besides those of the policy file
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = gate_rule)]
    pub(crate) fail_on: Vec<GateRule>,

    /// Exit with 1 when anything differs
    #[arg(long)]
    pub(crate) exit_code: bool,

    /// Exit with 4 when the two sides were not looked at in the same way
    #[arg(long)]
    pub(crate) strict_evidence: bool,

    /// Compare packages only: images are scanned, with the cache, and not verified file by file
    #[arg(long)]
    pub(crate) packages_only: bool,

    #[command(flatten)]
    pub(crate) against: Against,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

fn gate_rule(text: &str) -> Result<GateRule, String> {
    GateRule::from_name(text).ok_or_else(|| {
        let known: Vec<_> = GateRule::ALL.iter().map(|rule| rule.as_str()).collect();
        format!("no such rule; there are {}", known.join(", "))
    })
}

/// `bomwright render`
#[derive(Debug, Args)]
pub(crate) struct Render {
    /// A delta that `bomwright diff -o json` wrote; - for standard input
    pub(crate) delta: String,

    #[command(flatten)]
    pub(crate) rendering: Rendering,
}

/// How a delta is written.
#[derive(Debug, Args)]
pub(crate) struct Rendering {
    /// What to write, several times if need be
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", help = Output::delta_help())]
    pub(crate) outputs: Vec<Output>,

    /// Where the full report will be; the comment and the notes link to it
    #[arg(long, value_name = "URL")]
    pub(crate) report_url: Option<String>,
}

/// `bomwright waive`
#[derive(Debug, Args)]
pub(crate) struct Waive {
    /// The delta that the findings are of
    pub(crate) delta: String,

    /// Ids of findings
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,

    /// Why they may pass
    #[arg(long)]
    pub(crate) reason: String,

    /// The last day on which they may
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) until: String,

    /// The policy file to add to [default: ./bomwright.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
}

/// `bomwright verify`
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// What to read: an image, a root file system or a directory
    pub(crate) source: String,

    /// text or json, several times if need be; without FILE to standard output
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output>,

    /// List every file, not only those that are not intact, and every finding
    #[arg(long)]
    pub(crate) all: bool,

    /// The least severity of a finding that makes the exit code 1
    #[arg(long, value_enum, default_value_t = Least::High, value_name = "SEVERITY")]
    pub(crate) fail_on: Least,

    #[command(flatten)]
    pub(crate) against: Against,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// What an image is held against.
#[derive(Debug, Args)]
pub(crate) struct Against {
    /// OpenPGP keys that you trust: packages of rpm that they signed reach tier V3
    #[arg(long = "trusted-key", value_name = "FILE", help_heading = "From outside the image")]
    pub(crate) trusted_keys: Vec<PathBuf>,

    /// .deb archives, or an index of a distribution (Packages), that you trust: a file or a directory of such
    #[arg(long = "anchor", value_name = "PATH", help_heading = "From outside the image")]
    pub(crate) anchors: Vec<PathBuf>,

    /// An image that may be the base of this one
    #[arg(long = "base", value_name = "SOURCE", help_heading = "From outside the image")]
    pub(crate) bases: Vec<String>,

    /// A table of lifecycles that goes before the built-in one
    #[arg(long, value_name = "FILE", help_heading = "From outside the image")]
    pub(crate) lifecycle_db: Option<PathBuf>,

    /// The day to judge support and allowances by [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", help_heading = "From outside the image")]
    pub(crate) now: Option<String>,
}

impl Against {
    /// Whether the user gave anything.
    pub(crate) fn is_given(&self) -> bool {
        let Self { trusted_keys, anchors, bases, lifecycle_db, now } = self;
        !trusted_keys.is_empty()
            || !anchors.is_empty()
            || !bases.is_empty()
            || lifecycle_db.is_some()
            || now.is_some()
    }
}

/// A severity to fail on.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Least {
    /// Anything at all
    Info,
    /// Untidy
    Low,
    /// Someone should look
    Medium,
    /// Probably wrong
    High,
    /// Wrong, and an attacker would like it
    Critical,
}

impl From<Least> for FindingSeverity {
    fn from(least: Least) -> Self {
        match least {
            Least::Info => Self::Info,
            Least::Low => Self::Low,
            Least::Medium => Self::Medium,
            Least::High => Self::High,
            Least::Critical => Self::Critical,
        }
    }
}

/// `bomwright check`
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// An SBOM of any tool, or an image, a directory or whatever else `bomwright scan` reads
    pub(crate) source: String,

    /// What to hold it against, several times or with commas
    #[arg(long = "profile", value_name = "PROFILE", value_delimiter = ',', value_parser = crate::commands::check::profile)]
    pub(crate) profiles: Vec<Profile>,

    /// text, json or sarif, several times if need be; without FILE to standard output
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output>,

    /// Of what is no SBOM, the document to check
    #[arg(long = "as", value_enum, value_name = "FORMAT", default_value_t = Written::CyclonedxJson)]
    pub(crate) document: Written,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// A document that is made to be checked.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Written {
    /// CycloneDX 1.6
    CyclonedxJson,
    /// SPDX 2.3
    SpdxJson,
}

/// `bomwright attest`
#[derive(Debug, Args)]
pub(crate) struct Attest {
    /// An SBOM of any tool, or an image or whatever else `bomwright scan` reads
    #[arg(value_name = "SBOM|IMAGE")]
    pub(crate) source: String,

    /// The image that it is about [default: the one that the document describes]
    #[arg(long, value_name = "NAME@DIGEST")]
    pub(crate) subject: Option<Attested>,

    /// Where to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Of what is no SBOM, the document to make: cyclonedx-json or spdx-json, with @VERSION if need be
    #[arg(long = "as", value_name = "FORMAT[@VERSION]", default_value = "cyclonedx-json")]
    pub(crate) document: Target,

    /// Of what is no SBOM, the files that the document lists
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = Listed::Executables)]
    pub(crate) files: Listed,

    /// The type of the predicate, where a policy asks for another than the usual one
    #[arg(long, value_name = "URI")]
    pub(crate) predicate_type: Option<String>,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// `bomwright tree`
#[derive(Debug, Args)]
#[command(after_help = SOURCE_HELP)]
pub(crate) struct Tree {
    /// What to read
    pub(crate) source: String,

    /// How deep to go
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) depth: usize,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// `bomwright why`
#[derive(Debug, Args)]
#[command(after_help = SOURCE_HELP)]
pub(crate) struct Why {
    /// A package: its name, name@version, or purl
    pub(crate) package: String,

    /// What to read
    pub(crate) source: String,

    /// The most paths to print for each package
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) most: usize,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// `bomwright files`
#[derive(Debug, Args)]
#[command(after_help = SOURCE_HELP)]
pub(crate) struct Files {
    /// What to read
    pub(crate) source: String,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// `bomwright init`
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// What to propose entries from; - for nothing, and to print the file
    pub(crate) source: Option<String>,

    /// Where to write; - for standard output
    #[arg(short, long, value_name = "FILE", default_value = crate::load::POLICY_FILE)]
    pub(crate) output: PathBuf,

    /// Overwrite the file if it is there
    #[arg(long)]
    pub(crate) force: bool,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// `bomwright images`
#[derive(Debug, Args)]
pub(crate) struct Images {
    /// Files, directories, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,

    /// table, json, or a document of all images such as cyclonedx-json; without FILE to standard output
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output>,

    /// For documents: what to read an image from, several times if need be
    #[arg(long = "image-map", value_name = "REF=SOURCE")]
    pub(crate) image_map: Vec<String>,

    /// Exit with 1 when a reference is not pinned by digest
    #[arg(long)]
    pub(crate) fail_on_mutable: bool,

    /// Leave out what is less sure
    #[arg(long, value_enum, value_name = "CONFIDENCE", default_value_t = Sureness::Low)]
    pub(crate) min_confidence: Sureness,

    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// How sure a hit must be.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Sureness {
    /// Everything
    Low,
    /// Fields of known kinds, and those of custom resources that are named like images
    Medium,
    /// Fields of known kinds only
    High,
}

/// `bomwright rules`
#[derive(Debug, Args)]
pub(crate) struct Rules {
    /// Print as Markdown tables, as the documentation has it
    #[arg(long)]
    pub(crate) markdown: bool,
}

/// `bomwright ecosystems`
#[derive(Debug, Args)]
pub(crate) struct Ecosystems {
    /// Print as a Markdown table, as the documentation has it
    #[arg(long)]
    pub(crate) markdown: bool,
}

/// `bomwright version-compare`
#[derive(Debug, Args)]
pub(crate) struct VersionCompare {
    /// The scheme: deb, rpm, apk, semver, npm, pep440, maven, gem, nuget, composer, …
    pub(crate) scheme: String,
    /// One version
    #[arg(requires = "b")]
    pub(crate) a: Option<String>,
    /// The other
    pub(crate) b: Option<String>,
}

/// `bomwright cache`
#[derive(Debug, Args)]
pub(crate) struct Cache {
    /// What to do
    #[arg(value_enum, default_value_t = CacheAction::Show)]
    pub(crate) action: CacheAction,
}

/// What to do with the cache.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CacheAction {
    /// Print where it is and how much it holds
    Show,
    /// Remove everything in it
    Clear,
}

/// `bomwright completions`
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}
