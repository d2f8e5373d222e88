//! The words of a line of a shell script, as far as they can be told without running it (POSIX shell, sections 2.2
//! "Quoting" and 2.3 "Token Recognition").
//!
//! Nothing is expanded, and every line stands alone: a quote that is not closed ends with its line, and what looks
//! like a command inside a here-document is taken for one.

/// A word, or what ends one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A word with its quotes and escapes taken away.
    Word(String),
    /// One character of an operator: `;`, `&`, `|`, `(`, `)`, `<`, `>`.
    Operator(char),
}

impl Token {
    /// The word that it is, if it is one.
    pub(crate) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Operator(_) => None,
        }
    }
}

/// The tokens of `line`, without its comment.
pub(crate) fn tokens(line: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('"') | None, '\\') => word.get_or_insert_default().extend(characters.next()),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, ';' | '&' | '|' | '(' | ')' | '<' | '>') => {
                tokens.extend(word.take().map(Token::Word));
                tokens.push(Token::Operator(c));
            }
            (None, c) if c.is_whitespace() => tokens.extend(word.take().map(Token::Word)),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    tokens.extend(word.map(Token::Word));
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_operators() {
        let of = |line: &str| -> Vec<String> {
            let text = |token: Token| match token {
                Token::Word(word) => word,
                Token::Operator(c) => format!("<{c}>"),
            };
            tokens(line).into_iter().map(text).collect()
        };
        assert_eq!(of("alias ls='ls --color' # colours"), ["alias", "ls=ls --color"]);
        assert_eq!(
            of("[ -x a ]&&alias l=\"a \\\"b\\\"\""),
            ["[", "-x", "a", "]", "<&>", "<&>", "alias", "l=a \"b\""]
        );
        assert_eq!(of("sudo () { x; }"), ["sudo", "<(>", "<)>", "{", "x", "<;>", "}"]);
        assert_eq!(of("a#b ''"), ["a#b", ""]);
        assert_eq!(of("echo 'open"), ["echo", "open"]);
        assert!(of("  # nothing").is_empty());
        assert_eq!(of("a\\"), ["a"]);
    }
}
