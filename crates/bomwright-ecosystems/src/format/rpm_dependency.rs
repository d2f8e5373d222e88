//! One dependency of an RPM package, plain or rich, as requirements.
//!
//! Rich (boolean) dependencies: rpm's `docs/manual/boolean_dependencies.md`. What they mean for an installed
//! system is kept as far as requirements can say it: `or` makes alternatives, `and` several requirements, of
//! `with` and `without` the first operand is the one that must be there, and what depends on a condition
//! (`if`, `unless`, `else`) is optional.

use bomwright_model::Scope;

use crate::Requirement;

/// Rich dependencies nested deeper than this are not taken apart.
const DEEPEST: usize = 16;
/// Rich dependencies longer than this are not taken apart.
const LONGEST: usize = 16 << 10;
/// Nor are those that need more things than this at once, each of which carries the whole text.
const MOST_NEEDS: usize = 32;

const LESS: u64 = 1 << 1;
const GREATER: u64 = 1 << 2;
const EQUAL: u64 = 1 << 3;
/// The mark of weak dependencies before they had tags of their own.
const MISSING_OK: u64 = 1 << 19;

/// A dependency on `name` with rpm's `flags` (`rpmsenseFlags`) and `version`, as `rpm -qR` writes it; several
/// requirements share that text when it is a rich dependency. Requirements on rpm itself (`rpmlib(…)`) are
/// none of the image's and give nothing.
pub fn requirements(name: &str, flags: u64, version: &str, scope: Scope) -> Vec<Requirement> {
    if name.starts_with("rpmlib(") {
        return Vec::new();
    }
    let scope = if flags & MISSING_OK == 0 { scope } else { Scope::Optional };
    if !name.starts_with('(') {
        return vec![Requirement::new(text(name, flags, version), name).in_scope(scope)];
    }
    let mut parser = Parser { rest: name };
    let needs = (name.len() <= LONGEST).then(|| parser.operand(0)).flatten();
    let needs = needs
        .filter(|needs| needs.len() <= MOST_NEEDS && parser.token().is_none())
        .unwrap_or_else(|| vec![Need { names: vec![name.to_owned()], optional: false }]);
    let as_requirement = |need: Need| Requirement {
        text: name.to_owned(),
        names: need.names,
        scope: if need.optional { Scope::Optional } else { scope },
    };
    needs.into_iter().map(as_requirement).collect()
}

/// `name`, an operator and `version`, where there are such.
fn text(name: &str, flags: u64, version: &str) -> String {
    if version.is_empty() {
        return name.to_owned();
    }
    let mut text = format!("{name} ");
    for (flag, sign) in [(LESS, '<'), (GREATER, '>'), (EQUAL, '=')] {
        if flags & flag != 0 {
            text.push(sign);
        }
    }
    text.push(' ');
    text.push_str(version);
    text
}

/// A part of a rich dependency: one of these names is needed.
struct Need {
    names: Vec<String>,
    optional: bool,
}

impl Need {
    fn into_optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Open,
    Close,
    Word(&'a str),
}

/// Reads a rich dependency from the left; every step answers `None` where the text is none.
struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn token(&mut self) -> Option<Token<'a>> {
        self.rest = self.rest.trim_start();
        let (token, len) = match self.rest.as_bytes().first()? {
            b'(' => (Token::Open, 1),
            b')' => (Token::Close, 1),
            _ => {
                let word = word(self.rest);
                (Token::Word(word), word.len())
            }
        };
        self.rest = self.rest.get(len..)?;
        Some(token)
    }

    fn peek(&self) -> Option<Token<'a>> {
        Self { rest: self.rest }.token()
    }

    /// A name with an optional comparison, or an expression in parentheses.
    fn operand(&mut self, depth: usize) -> Option<Vec<Need>> {
        match self.token()? {
            Token::Open if depth < DEEPEST => self.expression(depth + 1),
            Token::Word(name) => {
                if matches!(self.peek(), Some(Token::Word("<" | "<=" | "=" | "==" | ">=" | ">"))) {
                    self.token();
                    let Token::Word(_version) = self.token()? else { return None };
                }
                Some(vec![Need { names: vec![name.to_owned()], optional: false }])
            }
            _ => None,
        }
    }

    /// What follows an opening parenthesis, up to the closing one.
    fn expression(&mut self, depth: usize) -> Option<Vec<Need>> {
        let mut needs = self.operand(depth)?;
        loop {
            let operator = match self.token()? {
                Token::Close => return Some(needs),
                Token::Word(operator) => operator,
                Token::Open => return None,
            };
            let right = self.operand(depth)?;
            match operator {
                "and" => needs.extend(right),
                "or" => needs = alternatives(needs, right),
                "with" | "without" => {}
                "if" | "unless" => needs = needs.into_iter().map(Need::into_optional).collect(),
                // The branch of an `if`, which has already been seen: the condition itself is nothing needed.
                "else" => needs.extend(right.into_iter().map(Need::into_optional)),
                _ => return None,
            }
        }
    }
}

/// Either `left` or `right`: of an operand that needs several things the first stands for it.
fn alternatives(left: Vec<Need>, right: Vec<Need>) -> Vec<Need> {
    let mut both = left.into_iter().next();
    if let (Some(both), Some(right)) = (&mut both, right.into_iter().next()) {
        both.names.extend(right.names);
        both.optional |= right.optional;
    }
    both.into_iter().collect()
}

/// The text up to a blank or a parenthesis that closes none of its own, as in `font(:lang=en)`.
fn word(text: &str) -> &str {
    let mut open = 0_usize;
    let end = text.find(|c: char| match c {
        '(' => {
            open += 1;
            false
        }
        ')' if open > 0 => {
            open -= 1;
            false
        }
        _ => c == ')' || c.is_ascii_whitespace(),
    });
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dependency: &str) -> Vec<(String, Scope)> {
        requirements(dependency, 0, "", Scope::Runtime)
            .into_iter()
            .map(|it| (it.names.join("|"), it.scope))
            .collect()
    }

    #[test]
    fn rich_dependencies_of_the_manual() {
        // The examples of boolean_dependencies.md and what its words say of them.
        let runtime = |name: &str| (name.to_owned(), Scope::Runtime);
        let optional = |name: &str| (name.to_owned(), Scope::Optional);
        assert_eq!(names("(pkgA and pkgB)"), [runtime("pkgA"), runtime("pkgB")]);
        assert_eq!(names("(foo >= 1.0 or bar >= 2.0)"), [runtime("foo|bar")]);
        assert_eq!(names("(pkgA or pkgB or pkgC)"), [runtime("pkgA|pkgB|pkgC")]);
        assert_eq!(names("(pkgA or (pkgB and pkgC))"), [runtime("pkgA|pkgB")]);
        assert_eq!(names("(mariadb if mysql-server)"), [optional("mariadb")]);
        assert_eq!(names("(pkgA if pkgB else pkgC)"), [optional("pkgA"), optional("pkgC")]);
        assert_eq!(names("(pkgA-foo with pkgA-bar)"), [runtime("pkgA-foo")]);
        assert_eq!(names("(font(:lang=en) without x)"), [runtime("font(:lang=en)")]);
    }

    #[test]
    fn what_is_no_rich_dependency_stays_whole() {
        for text in ["(", "(a", "(a b)", "(a and)", "(a) b", "(a >= )"] {
            assert_eq!(names(text), [(text.to_owned(), Scope::Runtime)], "{text}");
        }
        let wide = format!("({}a)", "a and ".repeat(100));
        assert_eq!(names(&wide).len(), 1);
        let deep = format!("{}a{}", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(names(&deep).len(), 1);
    }

    #[test]
    fn plain_dependencies_read_like_rpm_writes_them() {
        let one = |name, flags, version| requirements(name, flags, version, Scope::Runtime);
        assert_eq!(one("glibc", GREATER | EQUAL, "2.34")[0].text, "glibc >= 2.34");
        assert_eq!(one("/bin/sh", 0x500, "")[0].text, "/bin/sh");
        assert_eq!(one("x", MISSING_OK, "")[0].scope, Scope::Optional);
        assert!(one("rpmlib(CompressedFileNames)", 0x100_000a, "3.0.4-1").is_empty());
    }
}
