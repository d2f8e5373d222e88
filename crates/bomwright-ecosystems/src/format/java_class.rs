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

#[cfg(test)]
mod tests {
    use super::*;

    /// `final class V { static final long A = 5L; static final double B = 1.5; static final String NAME = "x";
    /// static final String VERSION = "4.5.6"; final int a, b, c; V(int a, int b, int c) { ... }
    /// static V get() { return new V(2, 100, 300); } }`, compiled by a JDK 17's `javac --release 8 -g:none`.
    const CLASS: &str = "\
        cafebabe0000003400290a000200030700040c000500060100106a6176612f6c616e672f4f626a6563740100063c696e6974 \
        3e010003282956090008000907000a0c000b000c010001560100016101000149090008000e0c000f000c0100016209000800 \
        110c0012000c010001630a000800140c00050015010006284949492956010001410100014a01000d436f6e7374616e745661 \
        6c75650500000000000000050100014201000144063ff80000000000000100044e414d450100124c6a6176612f6c616e672f \
        537472696e673b0800220100017801000756455253494f4e080025010005342e352e36010004436f64650100036765740100 \
        0528294c563b00300008000200000007001800160017000100180000000200190018001b001c0001001800000002001d0018 \
        001f002000010018000000020021001800230020000100180000000200240010000b000c00000010000f000c000000100012 \
        000c00000002000000050015000100260000002000020004000000142ab700012a1bb500072a1cb5000d2a1db50010b10000 \
        0000000800270028000100260000001a000500000000000ebb00085905106411012cb70013b0000000000000";

    fn class() -> Vec<u8> {
        let digits: Vec<u8> = CLASS.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|it| u8::from_str_radix(std::str::from_utf8(it).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn constants_are_those_of_the_source() {
        let bytes = class();
        let class = Class::parse(&bytes).unwrap();
        assert_eq!((class.text("VERSION"), class.text("NAME")), (Some("4.5.6"), Some("x")));
        // A number, a field without a constant, and none.
        assert_eq!((class.text("A"), class.text("a"), class.text("NONE")), (None, None, None));
        assert_eq!(class.three_numbers(), Some([2, 100, 300]));
    }

    #[test]
    fn cut_and_changed_classes_are_no_harm() {
        let bytes = class();
        assert!(
            (0..bytes.len() - 2)
                .all(|length| Class::parse(&bytes[..length]).is_none_or(|it| it.text("").is_none()))
        );
        for at in 0..bytes.len() {
            for value in [0, 0x7f, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] = value;
                let class = Class::parse(&bytes);
                let _ = class.map(|it| (it.text("VERSION").map(str::len), it.three_numbers()));
            }
        }
        assert!(Class::parse(b"PK\x03\x04").is_none());
    }
}
