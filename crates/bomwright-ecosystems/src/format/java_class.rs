//! Constants in compiled classes: a text that a field always has, or numbers that a method passes on.
//!
//! Format: The Java Virtual Machine Specification (SE 21), chapter 4, "The class File Format". Only what is on
//! the way to such a constant is looked at.

/// First bytes of a class (section 4.1).
const MAGIC: u32 = 0xCAFE_BABE;
/// Instructions (section 6.5).
const BIPUSH: u8 = 0x10;
const SIPUSH: u8 = 0x11;
const ICONST_0: u8 = 0x03;
const ICONST_5: u8 = 0x08;
const NEW: u8 = 0xbb;
const DUP: u8 = 0x59;
const INVOKESPECIAL: u8 = 0xb7;

/// A class.
#[derive(Debug)]
pub struct Class<'a> {
    /// The constants, the first at 1 (section 4.4).
    pool: Vec<Constant<'a>>,
    fields: Vec<Member<'a>>,
    methods: Vec<Member<'a>>,
}

/// A constant of a kind that is needed here.
#[derive(Debug, Clone, Copy)]
enum Constant<'a> {
    Utf8(&'a [u8]),
    /// The position of its text.
    Text(u16),
    Other,
}

/// A field or method: the positions of its name and of its attributes' names, and their content.
#[derive(Debug)]
struct Member<'a> {
    name: u16,
    attributes: Vec<(u16, &'a [u8])>,
}

impl<'a> Class<'a> {
    /// Reads a class; `None` where it is none, or is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes;
        if u32(&mut rest)? != MAGIC {
            return None;
        }
        take(&mut rest, 4)?;
        let pool = constants(&mut rest)?;
        take(&mut rest, 6)?;
        let interfaces = usize::from(u16(&mut rest)?);
        take(&mut rest, 2 * interfaces)?;
        let fields = members(&mut rest)?;
        let methods = members(&mut rest)?;
        Some(Self { pool, fields, methods })
    }

    /// The text that the static field `name` always has (section 4.7.2).
    pub fn text(&self, name: &str) -> Option<&'a str> {
        let field = self.fields.iter().find(|it| self.is_named(it.name, name))?;
        let (_, mut value) = *field.attributes.iter().find(|(it, _)| self.is_named(*it, "ConstantValue"))?;
        let Constant::Text(at) = *self.pool.get(usize::from(u16(&mut value)?))? else { return None };
        let Constant::Utf8(text) = *self.pool.get(usize::from(at))? else { return None };
        std::str::from_utf8(text).ok()
    }

    /// The numbers of the first object that is made of three numbers, each no less than zero.
    pub fn three_numbers(&self) -> Option<[u16; 3]> {
        self.methods.iter().flat_map(|method| &method.attributes).find_map(|(name, content)| {
            // Section 4.7.3: two sizes and the length stand before the instructions.
            let code = content.get(8..).filter(|_| self.is_named(*name, "Code"))?;
            (0..code.len()).find_map(|at| numbers_passed(code.get(at..)?))
        })
    }

    fn is_named(&self, at: u16, name: &str) -> bool {
        matches!(self.pool.get(usize::from(at)), Some(Constant::Utf8(text)) if *text == name.as_bytes())
    }
}

/// `new X(a, b, c)` at the start of `code`.
fn numbers_passed(code: &[u8]) -> Option<[u16; 3]> {
    let mut rest = code;
    if u8(&mut rest)? != NEW || u16(&mut rest).is_none() || u8(&mut rest)? != DUP {
        return None;
    }
    let numbers = [number(&mut rest)?, number(&mut rest)?, number(&mut rest)?];
    (u8(&mut rest)? == INVOKESPECIAL).then_some(numbers)
}

/// An instruction that puts a number on the stack.
fn number(rest: &mut &[u8]) -> Option<u16> {
    match u8(rest)? {
        code @ ICONST_0..=ICONST_5 => Some(u16::from(code - ICONST_0)),
        BIPUSH => u8(rest).filter(|it| it.cast_signed() >= 0).map(u16::from),
        SIPUSH => u16(rest).filter(|it| it.cast_signed() >= 0),
        _ => None,
    }
}

fn constants<'a>(rest: &mut &'a [u8]) -> Option<Vec<Constant<'a>>> {
    let count = usize::from(u16(rest)?);
    let mut pool = vec![Constant::Other];
    while pool.len() < count {
        // Section 4.4, table 4.4-A, and the lengths of the sections that it names.
        let (constant, slots) = match u8(rest)? {
            1 => {
                let length = usize::from(u16(rest)?);
                (Constant::Utf8(take(rest, length)?), 1)
            }
            8 => (Constant::Text(u16(rest)?), 1),
            7 | 16 | 19 | 20 => (take(rest, 2).map(|_| Constant::Other)?, 1),
            15 => (take(rest, 3).map(|_| Constant::Other)?, 1),
            3 | 4 | 9 | 10 | 11 | 12 | 17 | 18 => (take(rest, 4).map(|_| Constant::Other)?, 1),
            5 | 6 => (take(rest, 8).map(|_| Constant::Other)?, 2),
            _ => return None,
        };
        pool.push(constant);
        if slots == 2 {
            pool.push(Constant::Other);
        }
    }
    Some(pool)
}

/// Fields or methods (sections 4.5 and 4.6).
fn members<'a>(rest: &mut &'a [u8]) -> Option<Vec<Member<'a>>> {
    let count = u16(rest)?;
    let mut members = Vec::new();
    for _ in 0..count {
        take(rest, 2)?;
        let name = u16(rest)?;
        take(rest, 2)?;
        let mut attributes = Vec::new();
        for _ in 0..u16(rest)? {
            let name = u16(rest)?;
            let length = usize::try_from(u32(rest)?).ok()?;
            attributes.push((name, take(rest, length)?));
        }
        members.push(Member { name, attributes });
    }
    Some(members)
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

fn u8(rest: &mut &[u8]) -> Option<u8> {
    take(rest, 1)?.first().copied()
}

fn u16(rest: &mut &[u8]) -> Option<u16> {
    take(rest, 2)?.first_chunk().map(|it| u16::from_be_bytes(*it))
}

fn u32(rest: &mut &[u8]) -> Option<u32> {
    take(rest, 4)?.first_chunk().map(|it| u32::from_be_bytes(*it))
}
