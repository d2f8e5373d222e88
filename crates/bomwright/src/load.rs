//! From what the user names to an inventory.

use std::fs;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use bomwright_document::{DocumentError, Target};
use bomwright_ecosystems::registry;
use bomwright_extractor::{Cache, ExtractError, Options, Outside, Verified};
use bomwright_image::{ImageError, Limits, OpenImage, Progress, SourceSpec};
use bomwright_model::{Diagnostic, Inventory, Severity, SourceKind};
use bomwright_origin::Policy;

use crate::args::Reading;
use crate::exit::Failure;
use crate::progress::{Bar, Verbosity};

/// The policy that is read when none is named.
pub(crate) const POLICY_FILE: &str = "bomwright.toml";
/// Bytes of layer results that are kept.
const CACHE_BOUND: u64 = 2 << 30;
/// What standard input is called.
pub(crate) const STDIN: &str = "-";
/// Bytes of a document; one of a million packages has fewer.
const LARGEST_DOCUMENT: u64 = 2 << 30;
/// Warnings that are printed one by one.
const PRINTED: usize = 20;

/// Reads the source or document that `text` names.
pub(crate) fn inventory(text: &str, reading: &Reading, verbosity: Verbosity) -> Result<Inventory, Failure> {
    let spec = spec(text, reading);
    let kind = kind(&spec, reading)?;
    let inventory = if kind == SourceKind::Sbom {
        let (name, bytes) = bytes_of(&spec)?;
        let read = if reading.strict { bomwright_document::read_strict } else { bomwright_document::read };
        read(&name, &bytes).map_err(|error| document_failure(&error))?
    } else {
        let inventory = scan(&open(text, reading)?, reading, verbosity)?;
        let guessed = spec.kind.is_none() && kind == SourceKind::File;
        if guessed && inventory.packages.is_empty() && inventory.files.is_empty() {
            return Err(Failure::new(format!("{text}: neither an image, an archive, an SBOM nor a program"))
                .hint("name what it is, e.g. docker-archive:FILE or file:FILE; `bomwright scan --help` lists all"));
        }
        inventory
    };
    tell(&inventory, verbosity);
    Ok(inventory)
}

/// A document and its name: the one that `text` names, byte by byte, or the one of `target` that a scan of what `text`
/// names gives.
pub(crate) fn document(
    text: &str,
    reading: &Reading,
    target: Target,
    verbosity: Verbosity,
) -> Result<(String, Vec<u8>), Failure> {
    let spec = spec(text, reading);
    if kind(&spec, reading)? == SourceKind::Sbom {
        return bytes_of(&spec);
    }
    let inventory = inventory(text, reading, verbosity)?;
    let mut bytes = Vec::new();
    let written = bomwright_document::write(&inventory, target, &mut bytes);
    written.map_err(|error| Failure::chain(&error))?;
    Ok((inventory.source.name, bytes))
}

/// The name and the bytes of the document that `spec` names; `-` is standard input.
fn bytes_of(spec: &SourceSpec) -> Result<(String, Vec<u8>), Failure> {
    let name = spec.path.display().to_string();
    let mut bytes = Vec::new();
    let read = if name == STDIN {
        std::io::stdin().lock().take(LARGEST_DOCUMENT + 1).read_to_end(&mut bytes)
    } else {
        fs::File::open(&spec.path).and_then(|file| {
            // Room for all of it at once: growing would need twice as much for a moment.
            let length = file.metadata()?.len().min(LARGEST_DOCUMENT);
            bytes.reserve_exact(usize::try_from(length).unwrap_or(0) + 1);
            file.take(LARGEST_DOCUMENT + 1).read_to_end(&mut bytes)
        })
    };
    let length = read.map_err(|error| Failure::io(&name, &error))?;
    if u64::try_from(length).unwrap_or(u64::MAX) > LARGEST_DOCUMENT {
        return Err(Failure::new(format!(
            "{name}: more than {LARGEST_DOCUMENT} bytes, too much for an SBOM"
        )));
    }
    Ok((name, bytes))
}

/// Why a document can't be read, with what to do about it.
fn document_failure(error: &DocumentError) -> Failure {
    let failure = Failure::chain(error);
    match error {
        DocumentError::Refused { .. } => {
            failure.hint("without --strict it is read; --verbose says what is assumed then")
        }
        DocumentError::Unrecognized { name, .. } if name == STDIN => {
            failure.hint("only an SBOM can come on standard input; save an image to a file first")
        }
        _ => failure,
    }
}

/// What `text` names; a git revision is one of the repository that the user named.
pub(crate) fn spec(text: &str, reading: &Reading) -> SourceSpec {
    let mut spec = SourceSpec::parse(text);
    if let (Some(SourceKind::Git), Some(repository)) = (spec.kind, &reading.repository) {
        spec.path.clone_from(repository);
    }
    spec
}

/// Opens an image, which must not be a document.
pub(crate) fn open(text: &str, reading: &Reading) -> Result<OpenImage, Failure> {
    let platform = reading.platform.as_deref().map(str::parse).transpose();
    let platform = platform.map_err(|error| {
        Failure::new(format!("--platform: {error}")).hint("for example linux/amd64 or linux/arm64/v8")
    })?;
    let options = bomwright_image::Options { limits: reading.limits.limits(), platform };
    bomwright_image::open(&spec(text, reading), &options).map_err(|error| named(&image_failure(&error), text))
}

/// A failure of the image stage with its hint.
fn image_failure(error: &ImageError) -> Failure {
    let failure = Failure::chain(error);
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// The same failure, naming the source if it does not yet.
fn named(failure: &Failure, source: &str) -> Failure {
    let message = if failure.message.contains(source) {
        failure.message.clone()
    } else {
        format!("{source}: {}", failure.message)
    };
    let named = Failure::new(message);
    match &failure.hint {
        Some(hint) => named.hint(hint),
        None => named,
    }
}

/// What kind of source `spec` names.
pub(crate) fn kind(spec: &SourceSpec, reading: &Reading) -> Result<SourceKind, Failure> {
    if spec.path == Path::new(STDIN) && matches!(spec.kind, None | Some(SourceKind::Sbom)) {
        return Ok(SourceKind::Sbom);
    }
    spec.detect(&reading.limits.limits()).map_err(|error| image_failure(&error))
}

fn scan(image: &OpenImage, reading: &Reading, verbosity: Verbosity) -> Result<Inventory, Failure> {
    // Allowances expire by the clock, unless a reproducible build says what day it is.
    let today = source_time()?.unwrap_or_else(time::OffsetDateTime::now_utc).date();
    let policy = PolicyFile::read(reading)?.policy.as_of(today);
    let mut inventory = run(image, reading, verbosity, policy.clone(), false, bomwright_extractor::extract)?;
    bomwright_origin::declare(&mut inventory, &policy);
    bomwright_origin::conclude(&mut inventory);
    Ok(inventory)
}

/// Reads and verifies the source that `text` names, which must not be a document.
pub(crate) fn verified(
    text: &str,
    reading: &Reading,
    outside: &Outside,
    policy: PolicyFile,
    verbosity: Verbosity,
) -> Result<Verified, Failure> {
    if kind(&spec(text, reading), reading)? == SourceKind::Sbom {
        return Err(Failure::new(format!("{text}: an SBOM holds no files to verify"))
            .hint("name the image that it describes"));
    }
    verify(text, reading, outside, policy.policy, false, verbosity)
}

/// The same with the texts whose lines can be compared.
pub(crate) fn with_texts(
    text: &str,
    reading: &Reading,
    outside: &Outside,
    policy: Policy,
    verbosity: Verbosity,
) -> Result<Verified, Failure> {
    verify(text, reading, outside, policy, true, verbosity)
}

fn verify(
    text: &str,
    reading: &Reading,
    outside: &Outside,
    policy: Policy,
    texts: bool,
    verbosity: Verbosity,
) -> Result<Verified, Failure> {
    let image = open(text, reading)?;
    let policy = policy.as_of(outside.today);
    let mut verified = run(&image, reading, verbosity, policy.clone(), texts, |image, options, bar| {
        bomwright_extractor::verify(image, options, outside, bar)
    })?;
    bomwright_origin::declare(&mut verified.inventory, &policy);
    bomwright_origin::conclude(&mut verified.inventory);
    tell(&verified.inventory, verbosity);
    Ok(verified)
}

/// Runs `stage` over an image with a progress bar.
fn run<T>(
    image: &OpenImage,
    reading: &Reading,
    verbosity: Verbosity,
    policy: Policy,
    texts: bool,
    stage: impl FnOnce(&OpenImage, &Options, &dyn Progress) -> Result<T, ExtractError>,
) -> Result<T, Failure> {
    let total = image.layers().iter().map(|layer| layer.size).sum();
    let bar = Bar::new(&image.source().name, image.layers().len(), total, verbosity);
    let options = Options {
        threads: usize::from(reading.threads),
        cache: if reading.no_cache { None } else { cache(&reading.limits.limits(), reading.licence_texts) },
        policy,
        limits: reading.limits.limits(),
        timestamp: source_date()?,
        license_texts: reading.licence_texts,
        texts,
    };
    let result = stage(image, &options, &bar);
    bar.finish();
    result.map_err(|error| match error {
        ExtractError::Image(error) => named(&image_failure(&error), &image.source().name),
        error @ ExtractError::Unfinished(_) => named(&Failure::chain(&error), &image.source().name),
        ExtractError::Trust(error) => Failure::chain(&error),
    })
}

/// The cache in the user's cache directory, for results that `limits` gave, with or without the texts of licence files; none
/// where there is no such directory.
pub(crate) fn cache(limits: &Limits, license_texts: bool) -> Option<Cache> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(Cache::new(base.join("bomwright"), CACHE_BOUND, &format!("{limits:?} {license_texts}")))
}

/// The policy file to read, if any.
fn policy_path(reading: &Reading) -> Option<PathBuf> {
    match &reading.policy {
        _ if reading.ignore_policy => None,
        Some(path) => Some(path.clone()),
        None => fs::exists(POLICY_FILE).unwrap_or(false).then(|| PathBuf::from(POLICY_FILE)),
    }
}

/// The team's policy, and where it was read.
pub(crate) struct PolicyFile {
    /// The policy.
    pub(crate) policy: Policy,
    directory: PathBuf,
}

impl PolicyFile {
    /// Reads the file that `reading` names or that lies here; without one nothing is in-house.
    pub(crate) fn read(reading: &Reading) -> Result<Self, Failure> {
        let Some(path) = policy_path(reading) else {
            return Ok(Self { policy: Policy::default(), directory: PathBuf::new() });
        };
        let name = path.display().to_string();
        let text = fs::read_to_string(&path).map_err(|error| Failure::io(&name, &error))?;
        let ecosystems: Vec<_> = registry().iter().map(|ecosystem| ecosystem.name()).collect();
        let policy =
            Policy::parse(&name, &text, &ecosystems).map_err(|error| Failure::new(error.to_string()))?;
        Ok(Self { policy, directory: path.parent().map(Path::to_owned).unwrap_or_default() })
    }

    /// The files of the keys that it trusts; it names them as seen from its own directory.
    pub(crate) fn trusted_keys(&self) -> Vec<PathBuf> {
        self.policy.trusted_keys.iter().map(|key| self.directory.join(key)).collect()
    }
}

fn source_date() -> Result<Option<String>, Failure> {
    let Some(time) = source_time()? else { return Ok(None) };
    let text = time.format(&time::format_description::well_known::Rfc3339);
    text.map(Some).map_err(|_| Failure::new("SOURCE_DATE_EPOCH is no date of the calendar"))
}

/// The time that reproducible builds ask for
/// (reproducible-builds.org, specification of `SOURCE_DATE_EPOCH`, version 1.1).
fn source_time() -> Result<Option<time::OffsetDateTime>, Failure> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let wrong = || {
        Failure::new(format!("SOURCE_DATE_EPOCH is '{}', not a number of seconds", text.display()))
            .hint("set it to the seconds since 1970, or unset it")
    };
    let seconds: i64 = text.to_str().and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
    time::OffsetDateTime::from_unix_timestamp(seconds).map(Some).map_err(|_| wrong())
}

/// Prints what could not be read: warnings unless quiet, notes when verbose.
fn tell(inventory: &Inventory, verbosity: Verbosity) {
    let least = match verbosity {
        Verbosity::Quiet => return,
        Verbosity::Normal => Severity::Warning,
        Verbosity::Verbose => Severity::Note,
    };
    let told: Vec<_> = inventory.diagnostics.iter().filter(|it| it.severity() >= least).collect();
    let most = if verbosity == Verbosity::Verbose { usize::MAX } else { PRINTED };
    let mut stderr = anstream::stderr().lock();
    for diagnostic in told.iter().take(most) {
        // A closed standard error is no reason to fail.
        let _ = writeln!(stderr, "{}", line(diagnostic, &inventory.source.name));
    }
    if told.len() > most {
        let _ = writeln!(stderr, "… and {} more; --verbose prints all", told.len() - most);
    }
}

fn line(diagnostic: &Diagnostic, source: &str) -> String {
    let word = match diagnostic.severity() {
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let layer = diagnostic.layer.map_or(String::new(), |layer| format!(" layer {}", layer.0));
    let path = diagnostic.path.as_deref().map_or(String::new(), |path| format!(" /{path}"));
    let text = format!("{word}[{}]: {source}{layer}{path}: {}", diagnostic.code.as_str(), diagnostic.message);
    bomwright_report::clean(&text)
}
