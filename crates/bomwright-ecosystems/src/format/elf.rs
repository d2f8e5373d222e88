//! The headers of an ELF file, as far as an inventory needs them (System V gABI, chapters 4 and 5).
//!
//! Program headers are read rather than sections, as the loader does: sections may be stripped. Whatever a
//! header counts or points to is bounded, for each may be made up.

use bomwright_model::{Elf, FileKind};
use object::elf::{self, FileHeader32, FileHeader64};
use object::read::elf::{Dyn, FileHeader, NoteIterator, ProgramHeader, SectionHeader};
use object::{Endianness, read};

/// Most program headers that are looked at; real files have about ten.
const MOST_SEGMENTS: usize = 128;
/// Most notes of a file that are looked at.
const MOST_NOTES: usize = 256;
/// Most libraries that a file may need, and most directories that it may name; Chromium needs about 60.
const MOST_NEEDED: usize = 512;
const MOST_DIRECTORIES: usize = 64;
/// Longest string (`PATH_MAX`).
const LONGEST: usize = 4096;
/// The note of "Package Metadata for Executable Files" (UAPI group): its type, under the name `FDO`.
const NT_FDO_PACKAGING_METADATA: u32 = 0xcafe_1a7e;

/// What the headers say.
#[derive(Debug)]
pub(crate) struct Headers<'a> {
    /// What the file is.
    pub(crate) kind: FileKind,
    /// Sonames, libraries needed, and so on.
    pub(crate) elf: Elf,
    /// `PT_INTERP`.
    pub(crate) interpreter: Option<String>,
    /// The JSON text of the packaging note.
    pub(crate) package_note: Option<&'a [u8]>,
    /// A segment or the section table reaches beyond the end of the file.
    pub(crate) truncated: bool,
    /// A limit of this module cut something off.
    pub(crate) limited: bool,
}

/// Why the headers make no sense, as a lowercase fragment.
#[derive(Debug)]
pub(crate) struct Malformed(pub(crate) String);

impl From<read::Error> for Malformed {
    fn from(error: read::Error) -> Self {
        Self(error.to_string().to_lowercase())
    }
}

/// Reads the headers of the ELF file `bytes`.
///
/// # Errors
/// When the file or program headers, or something that they point to, make no sense.
pub(crate) fn headers(bytes: &[u8]) -> Result<Headers<'_>, Malformed> {
    match bytes.get(4) {
        Some(1) => Reader::<FileHeader32<Endianness>>::new(bytes)?.headers(),
        _ => Reader::<FileHeader64<Endianness>>::new(bytes)?.headers(),
    }
}

struct Reader<'a, H: FileHeader> {
    bytes: &'a [u8],
    header: &'a H,
    endian: H::Endian,
    segments: &'a [H::ProgramHeader],
    sections: &'a [H::SectionHeader],
    /// The section table reaches beyond the end of the file.
    cut: bool,
}

/// What the dynamic segment says.
#[derive(Debug, Default)]
struct Dynamic {
    soname: Option<String>,
    needed: Vec<String>,
    rpath: Vec<String>,
    runpath: Vec<String>,
    is_pie: bool,
    limited: bool,
}

impl<'a, H: FileHeader> Reader<'a, H> {
    fn new(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let header = H::parse(bytes)?;
        let endian = header.endian()?;
        let all = header.program_headers(endian, bytes)?;
        let segments = all.get(..MOST_SEGMENTS).unwrap_or(all);
        // Nothing that is needed hangs on sections, so a damaged table is no reason to give up.
        let sections = header.section_headers(endian, bytes);
        let cut = sections.is_err();
        Ok(Self { bytes, header, endian, segments, sections: sections.unwrap_or_default(), cut })
    }

    fn headers(&self) -> Result<Headers<'a>, Malformed> {
        let is_program = matches!(self.header.e_type(self.endian), elf::ET_EXEC | elf::ET_DYN);
        let is_loadable = is_program && !self.is_debug_only();
        let mut dynamic = Dynamic::default();
        let mut interpreter = None;
        if is_loadable {
            dynamic = self.dynamic()?;
            for segment in self.segments {
                if let Some(text) = segment.interpreter(self.endian, self.bytes)? {
                    interpreter = Some(lossy(text.get(..LONGEST).unwrap_or(text)));
                    break;
                }
            }
        }
        let (build_id, package_note) = self.notes();
        let kind = if is_loadable { self.kind(&dynamic, interpreter.is_some()) } else { FileKind::Object };
        let Dynamic { soname, needed, rpath, runpath, limited, .. } = dynamic;
        // ld.so(8): DT_RPATH counts only where there is no DT_RUNPATH.
        let runpath = if runpath.is_empty() { rpath } else { runpath };
        let machine = self.machine();
        Ok(Headers {
            kind,
            elf: Elf { soname, needed, runpath, build_id, machine },
            interpreter,
            package_note,
            truncated: self.cut || is_loadable && self.ends_early(),
            limited,
        })
    }

    /// A shared object that has an interpreter or says that it is position-independent is a program; so is
    /// one with nothing but an entry point, as static ones of old tool chains have.
    fn kind(&self, dynamic: &Dynamic, has_interpreter: bool) -> FileKind {
        if self.header.e_type(self.endian) == elf::ET_EXEC {
            return FileKind::Executable;
        }
        let is_entered = self.header.e_entry(self.endian).into() != 0 && dynamic.needed.is_empty();
        if dynamic.soname.is_none() && (dynamic.is_pie || has_interpreter || is_entered) {
            FileKind::Executable
        } else {
            FileKind::Library
        }
    }

    /// Whether the file holds only what `objcopy --only-keep-debug` leaves: its code is not in the file.
    fn is_debug_only(&self) -> bool {
        let is_code =
            |section: &&H::SectionHeader| section.sh_flags(self.endian).contains(elf::SHF_EXECINSTR);
        let mut code = self.sections.iter().filter(is_code).peekable();
        code.peek().is_some() && code.all(|section| section.sh_type(self.endian) == elf::SHT_NOBITS)
    }

    fn ends_early(&self) -> bool {
        let length = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        self.segments.iter().filter(|segment| segment.p_type(self.endian) == elf::PT_LOAD).any(|segment| {
            let (offset, size) = segment.file_range(self.endian);
            offset.checked_add(size).is_none_or(|end| end > length)
        })
    }

    fn dynamic(&self) -> Result<Dynamic, Malformed> {
        let mut found = Dynamic::default();
        let mut entries: &[H::Dyn] = &[];
        for segment in self.segments {
            if let Some(table) = segment.dynamic(self.endian, self.bytes)? {
                entries = table;
                break;
            }
        }
        let entries = || {
            let pairs = entries.iter().map(|entry| (entry.tag(self.endian), entry.val(self.endian)));
            pairs.take_while(|(tag, _)| *tag != elf::DT_NULL)
        };
        let strings = entries().find(|(tag, _)| *tag == elf::DT_STRTAB).and_then(|(_, it)| self.loaded(it));
        let string = |offset: u64| {
            let invalid = || Malformed("a dynamic entry points to no string".to_owned());
            let start = usize::try_from(offset).ok();
            start.and_then(|start| string_at(strings?, start)).ok_or_else(invalid)
        };
        for (tag, value) in entries() {
            match tag {
                elf::DT_SONAME => found.soname = Some(string(value)?),
                elf::DT_NEEDED if found.needed.len() < MOST_NEEDED => found.needed.push(string(value)?),
                elf::DT_NEEDED => found.limited = true,
                elf::DT_RPATH => found.rpath = directories(&string(value)?, &mut found.limited),
                elf::DT_RUNPATH => found.runpath = directories(&string(value)?, &mut found.limited),
                elf::DT_FLAGS_1 => found.is_pie = value & elf::DF_1_PIE.0 != 0,
                _ => {}
            }
        }
        Ok(found)
    }

    /// What the file holds of the loaded image from `address` to the end of its segment.
    fn loaded(&self, address: u64) -> Option<&'a [u8]> {
        self.segments.iter().filter(|segment| segment.p_type(self.endian) == elf::PT_LOAD).find_map(
            |segment| {
                let inside = address.checked_sub(segment.p_vaddr(self.endian).into())?;
                let (offset, size) = segment.file_range(self.endian);
                let start = usize::try_from(offset.checked_add(inside).filter(|_| inside < size)?).ok()?;
                self.bytes.get(start..)
            },
        )
    }

    /// The GNU build id and the text of the packaging note. Relocatable files and kernel modules have no
    /// segments, and their notes are sections.
    fn notes(&self) -> (Option<String>, Option<&'a [u8]>) {
        let segments = self.segments.iter().map(|it| it.notes(self.endian, self.bytes));
        let sections = self.sections.iter().filter(|_| self.segments.is_empty());
        let sections = sections.map(|it| it.notes(self.endian, self.bytes));
        let (mut build_id, mut package) = (None, None);
        let mut left = MOST_NOTES;
        for notes in segments.chain(sections).filter_map(|notes| notes.ok().flatten()) {
            let mut notes: NoteIterator<'a, H> = notes;
            while let Ok(Some(note)) = notes.next() {
                match (note.name(), note.n_type(self.endian).0) {
                    (b"GNU", kind) if kind == elf::NT_GNU_BUILD_ID.0 && note.desc().len() <= 64 => {
                        build_id = build_id.or_else(|| Some(hex(note.desc())));
                    }
                    (b"FDO", NT_FDO_PACKAGING_METADATA) => package = package.or(Some(note.desc())),
                    _ => {}
                }
                left -= 1;
                if left == 0 {
                    return (build_id, package);
                }
            }
        }
        (build_id, package)
    }

    /// The machine as `uname -m` names it.
    fn machine(&self) -> String {
        let (is_64, is_little) = (self.header.is_class_64(), self.header.is_little_endian());
        let name = match (self.header.e_machine(self.endian), is_64, is_little) {
            (elf::EM_X86_64, true, _) => "x86_64",
            (elf::EM_X86_64, false, _) => "x32",
            (elf::EM_386, ..) => "x86",
            (elf::EM_AARCH64, _, true) => "aarch64",
            (elf::EM_AARCH64, _, false) => "aarch64_be",
            (elf::EM_ARM, _, true) => "arm",
            (elf::EM_ARM, _, false) => "armeb",
            (elf::EM_RISCV, true, _) => "riscv64",
            (elf::EM_RISCV, false, _) => "riscv32",
            (elf::EM_PPC64, _, true) => "ppc64le",
            (elf::EM_PPC64, _, false) => "ppc64",
            (elf::EM_PPC, ..) => "ppc",
            (elf::EM_S390, true, _) => "s390x",
            (elf::EM_S390, false, _) => "s390",
            (elf::EM_MIPS, true, true) => "mips64el",
            (elf::EM_MIPS, true, false) => "mips64",
            (elf::EM_MIPS, false, true) => "mipsel",
            (elf::EM_MIPS, false, false) => "mips",
            (elf::EM_LOONGARCH, ..) => "loongarch64",
            (elf::EM_BPF, ..) => "bpf",
            (other, ..) => return format!("machine-{}", other.0),
        };
        name.to_owned()
    }
}

/// The string that begins at `start`; `None` when it has no end within [`LONGEST`] bytes.
fn string_at(strings: &[u8], start: usize) -> Option<String> {
    let from = strings.get(start..)?;
    let from = from.get(..LONGEST).unwrap_or(from);
    from.get(..memchr::memchr(0, from)?).map(lossy)
}

fn directories(path: &str, limited: &mut bool) -> Vec<String> {
    let mut all = path.split(':').filter(|directory| !directory.is_empty()).map(str::to_owned);
    let found = all.by_ref().take(MOST_DIRECTORIES).collect();
    *limited |= all.next().is_some();
    found
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|it| char::from_digit(it.into(), 16))
        .collect()
}
