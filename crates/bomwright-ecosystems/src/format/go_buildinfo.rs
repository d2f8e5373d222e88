//! What the Go linker writes into every program: the toolchain's version and the modules that were built in.
//!
//! Format: the Go standard library's `debug/buildinfo` and `runtime/debug` (`BuildInfo.String`). The section
//! `.go.buildinfo` (or, without section headers, the first writable segment) holds a 32-byte header on a
//! 16-byte boundary: 14 bytes of magic, the pointer size, and flags. Since Go 1.18 (flag 2) two strings with
//! varint lengths follow; before that the header holds the addresses of two Go string headers.

use memchr::memmem;
use object::elf::{PF_W, PF_X};
use object::{Object, ObjectSection, ObjectSegment, SegmentFlags};

const MAGIC: &[u8] = b"\xff Go buildinf:";
const HEADER: usize = 32;
const FLAG_BIG_ENDIAN: u8 = 1;
const FLAG_INLINE: u8 = 2;
/// Sixteen bytes on either side of the module text let it be found in a running process.
const SENTINEL: usize = 16;
const MAX_TEXT: u64 = 16 << 20;
const MAX_MODULES: usize = 50_000;

/// What one Go program says of its own build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildInfo {
    /// The toolchain, e.g. `go1.22.1`, with any experiments after a blank.
    pub go_version: String,
    /// Import path of the main package; empty when the program was built without modules.
    pub path: String,
    /// The main module.
    pub main: Option<Module>,
    /// Every other module, as the linker lists them: flat.
    pub deps: Vec<Module>,
    /// Build settings such as `vcs.revision` and `GOARCH`, in order.
    pub settings: Vec<(String, String)>,
}

/// A module of a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Module {
    /// Module path, e.g. `github.com/foo/bar/v2`.
    pub path: String,
    /// Version, e.g. `v2.1.0`; `(devel)` or empty for one that was built from a working directory.
    pub version: String,
    /// Its `go.sum` hash, `h1:…`; empty for directories.
    pub sum: String,
    /// The module that took its place (`replace` in `go.mod`).
    pub replacement: Option<Box<Module>>,
}

/// Why a program's build information is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The file is no Go program, or no readable ELF file: nothing to say.
    NotGo,
    /// The file is packed with UPX, which hides everything in it.
    Packed,
    /// The build information breaks its format.
    Malformed(&'static str),
}

impl BuildInfo {
    /// Reads the build information of the ELF file `bytes`. Returns at once when there is none.
    pub fn of_elf(bytes: &[u8]) -> Result<Self, Unknown> {
        let elf = object::File::parse(bytes).map_err(|_| Unknown::NotGo)?;
        let data = match elf.section_by_name_bytes(b".go.buildinfo") {
            Some(section) => section.data().map_err(|_| Unknown::Malformed("the section lies outside"))?,
            None if elf.sections().next().is_some() => return Err(Unknown::NotGo),
            None if is_packed(bytes) => return Err(Unknown::Packed),
            None => data_segment(&elf).ok_or(Unknown::NotGo)?,
        };
        let header = find_header(data).ok_or(Unknown::NotGo)?;
        let (version, text) = if header.get(15).is_some_and(|flags| flags & FLAG_INLINE != 0) {
            inline_strings(header)
        } else {
            pointed_strings(&elf, header)
        }
        .ok_or(Unknown::Malformed("a string of the build information lies outside the file"))?;
        let mut info = parse_modules(&String::from_utf8_lossy(unwrap_sentinels(text)));
        String::from_utf8_lossy(version).trim().clone_into(&mut info.go_version);
        if info.go_version.is_empty() {
            return Err(Unknown::Malformed("the build information names no Go version"));
        }
        Ok(info)
    }

    /// The first build setting named `key`.
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

impl Module {
    /// The module whose code is in the program: the replacement where there is one and it is a module too.
    pub fn effective(&self) -> &Self {
        match &self.replacement {
            Some(other) if !other.is_directory() => other,
            _ => self,
        }
    }

    /// Whether the path names a directory rather than a module (Go modules reference, "replace directive").
    pub fn is_directory(&self) -> bool {
        self.path.starts_with("./") || self.path.starts_with("../") || self.path.starts_with('/')
    }
}

/// UPX writes its own program headers and no sections; its magic lies right behind those headers.
fn is_packed(bytes: &[u8]) -> bool {
    memmem::find(bytes.get(..4096).unwrap_or(bytes), b"UPX!").is_some()
}

/// Where the linker puts data: the first segment that may be written but not run.
fn data_segment<'a>(elf: &object::File<'a>) -> Option<&'a [u8]> {
    let writable = |flags| match flags {
        SegmentFlags::Elf { p_flags, .. } => p_flags & (PF_W | PF_X) == PF_W,
        _ => false,
    };
    elf.segments().find(|segment| writable(segment.flags()))?.data().ok()
}

/// The header and all that follows it. It begins on a 16-byte boundary; the magic elsewhere is a mere string.
fn find_header(data: &[u8]) -> Option<&[u8]> {
    let start = memmem::find_iter(data, MAGIC).find(|at| at % 16 == 0)?;
    data.get(start..).filter(|header| header.len() >= HEADER)
}

fn inline_strings(header: &[u8]) -> Option<(&[u8], &[u8])> {
    let (version, rest) = varint_string(header.get(HEADER..)?)?;
    let (text, _) = varint_string(rest)?;
    Some((version, text))
}

fn varint_string(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0u64;
    for (index, byte) in data.iter().enumerate().take(9) {
        length |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let length = usize::try_from(length).ok().filter(|_| length <= MAX_TEXT)?;
            return data.get(index + 1..)?.split_at_checked(length);
        }
    }
    None
}

fn pointed_strings<'a>(elf: &object::File<'a>, header: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let width = usize::from(*header.get(14)?);
    let is_big = header.get(15)? & FLAG_BIG_ENDIAN != 0;
    let word = |bytes: &[u8], index: usize| -> Option<u64> {
        let bytes = bytes.get(index * width..(index + 1) * width)?;
        let number = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        match width {
            4 | 8 if is_big => Some(bytes.iter().fold(0, number)),
            4 | 8 => Some(bytes.iter().rev().fold(0, number)),
            _ => None,
        }
    };
    let at = |address: u64, size: u64| {
        elf.segments().find_map(|segment| segment.data_range(address, size).ok().flatten())
    };
    let string = |index: usize| {
        let string_header = at(word(header.get(16..)?, index)?, 2 * u64::try_from(width).ok()?)?;
        let (address, length) = (word(string_header, 0)?, word(string_header, 1)?);
        if length == 0 { Some(&[][..]) } else { at(address, length).filter(|_| length <= MAX_TEXT) }
    };
    // Programs built without modules leave the second pointer null.
    Some((string(0)?, string(1).unwrap_or_default()))
}

fn unwrap_sentinels(text: &[u8]) -> &[u8] {
    let inner = text.len().checked_sub(SENTINEL).and_then(|end| text.get(SENTINEL..end));
    inner.filter(|inner| inner.last() == Some(&b'\n')).unwrap_or_default()
}

fn parse_modules(text: &str) -> BuildInfo {
    let mut info = BuildInfo::default();
    // A `=>` line speaks of the module right before it.
    let mut last_is_main = false;
    for line in text.lines() {
        let Some((key, rest)) = line.split_once('\t') else { continue };
        match key {
            "path" => rest.clone_into(&mut info.path),
            "mod" => {
                info.main = Some(parse_module(rest));
                last_is_main = true;
            }
            "dep" if info.deps.len() < MAX_MODULES => {
                info.deps.push(parse_module(rest));
                last_is_main = false;
            }
            "=>" => {
                let replaced = if last_is_main { info.main.as_mut() } else { info.deps.last_mut() };
                if let Some(module) = replaced {
                    module.replacement = Some(Box::new(parse_module(rest)));
                }
            }
            "build" => {
                if let Some((key, value)) = rest.split_once('=') {
                    info.settings.push((unquote(key), unquote(value)));
                }
            }
            _ => {}
        }
    }
    info
}

fn parse_module(fields: &str) -> Module {
    let mut fields = fields.split('\t').map(str::to_owned);
    let mut next = || fields.next().unwrap_or_default();
    Module { path: next(), version: next(), sum: next(), replacement: None }
}

/// Takes the quotes of Go's `strconv.Quote` away, as far as build settings need it.
fn unquote(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return text.to_owned();
    };
    let mut plain = String::new();
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('t') => plain.push('\t'),
                Some(other) => plain.push(other),
                None => {}
            },
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_belongs_to_the_line_before_it() {
        // Lines as `runtime/debug.BuildInfo.String` documents them.
        let info = parse_modules(
            "path\texample.com/a/cmd\nmod\texample.com/a\t(devel)\t\n\
             dep\texample.com/b\tv1.0.0\n=>\texample.com/fork\tv1.0.1\th1:x=\n\
             dep\texample.com/c\tv2.0.0\n=>\t./c\t\t\nbuild\t-ldflags=\"-X \\\"a=b\\\"\"\n",
        );
        assert_eq!(info.main.as_ref().unwrap().version, "(devel)");
        assert_eq!(info.deps[0].effective().path, "example.com/fork");
        assert_eq!(info.deps[1].effective().path, "example.com/c");
        assert!(info.deps[1].replacement.as_ref().unwrap().is_directory());
        assert_eq!(info.setting("-ldflags"), Some("-X \"a=b\""));
    }

    #[test]
    fn lengths_are_checked() {
        assert_eq!(varint_string(b"\x02abc"), Some((&b"ab"[..], &b"c"[..])));
        assert_eq!(varint_string(b"\x05abc"), None);
        assert_eq!(varint_string(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), None);
        assert_eq!(varint_string(b""), None);
    }
}
