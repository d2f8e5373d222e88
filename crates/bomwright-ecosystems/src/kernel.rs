//! Linux kernels that are installed, and modules that did not come with them.
//!
//! Files: `vmlinuz` in `boot` and below `lib/modules` (x86 boot protocol, Documentation/arch/x86/boot.rst: `HdrS`
//! at 0x202, the version's offset at 0x20e; arm64, Documentation/arch/arm64/booting.rst: `ARM\x64` at 0x38, plain
//! or gzip, where the banner `Linux version …` in the image is what says the version); and `.ko` files, whose
//! section `.modinfo` holds `name=value` strings (include/linux/module.h).
//!
//! Modules are files of the kernel whose release their directory names, not packages. One that lacks
//! `intree=Y` was built apart from its kernel: that is an observation.
//!
//! No edges. It can't see which kernel runs: that is for the boot loader and, in a container, the host. It does
//! not read compressed modules, unified kernel images, or kernels that are compressed with anything but gzip.

use std::io::Read;

use bomwright_model::{Code, Distribution, Package, PackageKind, Purl};
use flate2::read::GzDecoder;
use memchr::memmem;
use object::{Object, ObjectSection};

use crate::{Claim, Ecosystem, FileView, Findings, Found, Part};

const NAME: &str = "kernel";

/// Bytes of a decompressed kernel that are searched; arm64 kernels have about 60 MiB.
const MOST_INFLATED: u64 = 256 << 20;
/// Longest version string; the kernel's own is at most 6 × 65 bytes (`struct new_utsname`).
const LONGEST: usize = 512;
/// What the kernel says first of itself.
const BANNER: &[u8] = b"Linux version ";
/// What ends a signed module (scripts/sign-file.c).
const SIGNED: &[u8] = b"~Module signature appended~\n";
/// Strings of a module that are looked at; those with many aliases have some thousands.
const MOST_STRINGS: usize = 100_000;

/// See the module.
pub(crate) struct Kernel;

impl Ecosystem for Kernel {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "installed Linux kernels with their exact versions, and modules built apart from them"
    }

    fn claims(&self) -> &'static [Claim] {
        const {
            &[
                Claim::beginning("boot", "vmlinuz").up_to(256),
                Claim::beginning("boot", "Image").up_to(256),
                Claim::name("vmlinuz").up_to(256),
                Claim::suffix(".ko").up_to(128),
            ]
        }
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        if file.bytes.starts_with(b"\x7fELF") {
            return read_module(file, out);
        }
        let in_modules = file.path.starts_with("lib/modules/") || file.path.starts_with("usr/lib/modules/");
        if file.bytes.is_empty() || !(in_modules || file.parent() == "boot") {
            return;
        }
        match image(file.bytes) {
            Ok((architecture, version)) => add(architecture, &version, file, out),
            Err((code, message)) => out.note(file, code, message),
        }
    }

    fn purl(&self, package: &Package, _: Option<&Distribution>) -> Option<Purl> {
        Purl::build("generic", None, &package.name, &package.version, &[], None).ok()
    }
}

fn add(architecture: &str, version: &str, file: &FileView<'_>, out: &mut Findings) {
    let release = version.split(' ').next().unwrap_or(version);
    let mut package = Package::new(NAME, "linux", release);
    package.kind = PackageKind::Firmware;
    package.architecture = Some(architecture.to_owned());
    package.location = Some(file.path.to_owned());
    package.set_property("kernel-version", version);
    let mut found = Found::new(package, file, NAME);
    found.aliases.push(release.to_owned());
    found.owns.push(file.path.to_owned());
    out.packages.push(found);
    out.observe(file, "kernel", vec![release.to_owned(), version.to_owned()]);
}

type Refused = (Code, &'static str);

/// The architecture and the version string of a kernel.
fn image(bytes: &[u8]) -> Result<(&'static str, String), Refused> {
    if bytes.get(0x202..0x206) == Some(b"HdrS") {
        return x86(bytes);
    }
    if bytes.get(0x38..0x3c) == Some(b"ARM\x64") {
        let version = memmem::find_iter(bytes, BANNER).find_map(|at| banner(bytes.get(at + BANNER.len()..)?));
        return Ok((
            "arm64",
            version.ok_or((Code::Unsupported, "an arm64 kernel without a readable banner"))?,
        ));
    }
    if bytes.starts_with(b"\x1f\x8b") {
        return Ok(("arm64", inflated(bytes)?));
    }
    // Documentation: drivers/firmware/efi/libstub/zboot-header.S.
    if bytes.get(4..8) == Some(b"zimg") {
        let word = |at: usize| bytes.get(at..at + 4)?.first_chunk::<4>().map(|it| u32::from_le_bytes(*it));
        let payload = word(8).zip(word(12)).and_then(|(start, size)| {
            let (start, size) = (usize::try_from(start).ok()?, usize::try_from(size).ok()?);
            bytes.get(start..start.checked_add(size)?)
        });
        return match payload {
            Some(payload) if payload.starts_with(b"\x1f\x8b") => Ok(("arm64", inflated(payload)?)),
            Some(_) => Err((Code::Unsupported, "a kernel that is not compressed with gzip")),
            None => Err((Code::Truncated, "the compressed kernel ends beyond the file")),
        };
    }
    Err((Code::Unsupported, "no kernel of a known form"))
}

/// The version string that the boot protocol points to.
fn x86(bytes: &[u8]) -> Result<(&'static str, String), Refused> {
    let word = |at: usize| bytes.get(at..at + 2)?.first_chunk::<2>().map(|it| u16::from_le_bytes(*it));
    let truncated = (Code::Truncated, "the kernel's header ends beyond the file");
    let (protocol, pointer) = word(0x206).zip(word(0x20e)).ok_or(truncated)?;
    if protocol < 0x200 || pointer == 0 {
        return Err((Code::Unsupported, "a kernel of a boot protocol without version strings"));
    }
    let text = bytes.get(0x200 + usize::from(pointer)..).filter(|text| !text.is_empty()).ok_or(truncated)?;
    let version = banner(text).ok_or((Code::MalformedFile, "the kernel's version string is none"))?;
    // `xloadflags`, bit 0: the kernel can be entered in 64-bit mode (protocol 2.12).
    let wide = protocol >= 0x20c && word(0x236).is_some_and(|flags| flags & 1 == 1);
    Ok((if wide { "x86_64" } else { "i386" }, version))
}

/// A version string: printable, beginning with a digit, up to its end.
fn banner(text: &[u8]) -> Option<String> {
    let head = text.get(..LONGEST).unwrap_or(text);
    let end = head.iter().position(|byte| matches!(byte, b'\0' | b'\n'))?;
    let version = std::str::from_utf8(head.get(..end)?).ok()?;
    let good =
        version.starts_with(|c: char| c.is_ascii_digit()) && !version.contains(|c: char| c.is_control());
    good.then(|| version.trim_end().to_owned())
}

/// The version string of a kernel inside a gzip member, found without keeping what was searched.
fn inflated(bytes: &[u8]) -> Result<String, Refused> {
    let mut stream = GzDecoder::new(bytes).take(MOST_INFLATED);
    let (mut window, mut chunk) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        let read =
            stream.read(&mut chunk).map_err(|_| (Code::Truncated, "the compressed kernel is damaged"))?;
        window.extend_from_slice(chunk.get(..read).unwrap_or_default());
        // A banner that is cut by the end of the window is found in the next one.
        let searched = if read == 0 { window.len() } else { window.len().saturating_sub(LONGEST) };
        for at in memmem::find_iter(window.get(..searched).unwrap_or_default(), BANNER) {
            if let Some(version) = window.get(at + BANNER.len()..).and_then(banner) {
                return Ok(version);
            }
        }
        if read == 0 {
            return Err((Code::Unsupported, "a compressed file without a kernel's banner"));
        }
        window.drain(..window.len().saturating_sub(LONGEST + BANNER.len()));
    }
}

fn read_module(file: &FileView<'_>, out: &mut Findings) {
    let Some(release) = release(file.path) else { return };
    out.parts.push(Part { key: release.to_owned(), owns: vec![file.path.to_owned()], ..Part::default() });
    let section = object::File::parse(file.bytes)
        .ok()
        .and_then(|elf| elf.section_by_name(".modinfo").and_then(|section| section.data().ok()));
    let Some(section) = section else {
        return out.note(file, Code::MalformedFile, "a kernel module without readable information");
    };
    let strings = section.split(|byte| *byte == 0).take(MOST_STRINGS).map(String::from_utf8_lossy);
    let (mut intree, mut values) = (false, Vec::new());
    for text in strings {
        intree |= text == "intree=Y";
        let wanted = ["name=", "version=", "license=", "vermagic="].iter().any(|it| text.starts_with(it));
        if wanted && text.len() <= LONGEST {
            values.push(text.trim_end().to_owned());
        }
    }
    if !intree {
        values.push(format!("signed={}", if file.bytes.ends_with(SIGNED) { "yes" } else { "no" }));
        values.sort();
        out.observe(file, "out-of-tree-module", values);
    }
}

/// The release of the kernel that a module is for: its directory below `lib/modules`.
fn release(path: &str) -> Option<&str> {
    let below = path.strip_prefix("usr/").unwrap_or(path).strip_prefix("lib/modules/")?;
    below.split_once('/').map(|(release, _)| release).filter(|release| !release.is_empty())
}
