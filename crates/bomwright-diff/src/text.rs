//! The lines that differ between two texts, secrets masked.

use std::borrow::Cow;

use similar::{ChangeTag, TextDiff as Lines};

use crate::TextDiff;

/// Lines of one diff that are kept.
const LINES: usize = 120;
/// Characters of one line that are kept.
const WIDTH: usize = 400;
/// Lines around a change.
const CONTEXT: usize = 2;
/// What stands in the place of a secret.
const MASK: &str = "***";

/// The lines that differ; `None` when none does.
pub(crate) fn compare(old: &str, new: &str) -> Option<TextDiff> {
    let (old, new) = (mask_keys(old), mask_keys(new));
    let diff = Lines::from_lines(&*old, &*new);
    let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
    let (added, removed) = (count(ChangeTag::Insert), count(ChangeTag::Delete));
    if added + removed == 0 {
        return None;
    }
    let unified = diff.unified_diff().context_radius(CONTEXT).to_string();
    let mut lines = unified.lines();
    let mut kept = String::new();
    for line in lines.by_ref().take(LINES) {
        kept.push_str(&shorten(&mask_value(line)));
        kept.push('\n');
    }
    Some(TextDiff { unified: kept, added, removed, truncated: lines.next().is_some() })
}

fn shorten(line: &str) -> Cow<'_, str> {
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => Cow::Owned(format!("{}…", line.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(line),
    }
}

/// The text with the bodies of private keys masked (RFC 7468, section 2).
fn mask_keys(text: &str) -> Cow<'_, str> {
    if !text.contains("PRIVATE KEY") {
        return Cow::Borrowed(text);
    }
    let (mut out, mut inside) = (String::with_capacity(text.len()), false);
    for line in text.split_inclusive('\n') {
        let marks = line.contains("PRIVATE KEY");
        if marks && line.contains("-----END") {
            inside = false;
        }
        if inside {
            out.push_str(MASK);
            out.push('\n');
        } else {
            out.push_str(line);
        }
        if marks && line.contains("-----BEGIN") && !line.contains("-----END") {
            inside = true;
        }
    }
    Cow::Owned(out)
}

/// Parts of names whose values are nobody's business.
const SECRET: &[&str] = &[
    "accesskey",
    "apikey",
    "auth",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "token",
];

/// Whether a name is that of a secret, in any spelling.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRET.iter().any(|word| plain.contains(word)) && !plain.contains("author") && !plain.ends_with("file")
}

/// `value` of `name`, masked if it looks like a secret.
pub(crate) fn masked<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if value.is_empty() {
        return Cow::Borrowed(value);
    }
    if is_secret_name(name) || looks_secret(value) {
        return Cow::Borrowed(MASK);
    }
    mask_account(value)
}

/// Forms of keys that services give out, by how they begin.
const KEYS: &[&str] =
    &["AKIA", "ASIA", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "sk_live_", "AIza"];

fn looks_secret(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    value.len() >= 16 && KEYS.iter().any(|key| value.starts_with(key))
}

/// Masks the password of an address, `scheme://user:password@host`.
fn mask_account(value: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = value.split_once("://") else { return Cow::Borrowed(value) };
    let authority = rest.split(['/', ' ', '"', '\'']).next().unwrap_or_default();
    let Some((account, _)) = authority.rsplit_once('@') else { return Cow::Borrowed(value) };
    let Some((user, password)) = account.split_once(':') else { return Cow::Borrowed(value) };
    Cow::Owned(value.replacen(
        &format!("{scheme}://{user}:{password}@"),
        &format!("{scheme}://{user}:{MASK}@"),
        1,
    ))
}

/// A line of a diff with the value behind `name =`, `name:` or `name ` masked where the name is that of a secret.
fn mask_value(line: &str) -> Cow<'_, str> {
    if let Some(at) = line.find(['=', ':']) {
        let (name, rest) = line.split_at(at);
        let (sign, value) = rest.split_at(1);
        let last =
            name.rsplit(|c: char| c.is_whitespace() || c == '"' || c == '\'').find(|it| !it.is_empty());
        let is_address = sign == ":" && value.starts_with("//");
        if !is_address && last.is_some_and(is_secret_name) && !value.trim().is_empty() {
            return Cow::Owned(format!("{name}{sign} {MASK}"));
        }
    }
    let words = line.split_inclusive(' ').map(|word| {
        let bare = word.trim_end();
        if looks_secret(bare.trim_matches(['"', '\'', ',', '+', '-'])) {
            MASK.to_owned() + " "
        } else {
            mask_account(word).into_owned()
        }
    });
    let masked: String = words.collect();
    if masked == line { Cow::Borrowed(line) } else { Cow::Owned(masked) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_are_shown_with_their_neighbours() {
        let diff = compare("a\nb\nc\nd\n", "a\nb\nC\nd\n").unwrap();
        assert_eq!((diff.added, diff.removed, diff.truncated), (1, 1, false));
        assert_eq!(diff.unified, "@@ -1,4 +1,4 @@\n a\n b\n-c\n+C\n d\n");
        assert_eq!(compare("a\n", "a\n"), None);
    }

    #[test]
    fn secrets_are_masked() {
        let diff = compare("db_password = hunter2\nport=1\n", "db_password = hunter3\nport=2\n").unwrap();
        assert!(!diff.unified.contains("hunter"), "{}", diff.unified);
        assert!(diff.unified.contains("+port=2"), "{}", diff.unified);
        let key =
            |body: &str| format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\nx{body}\n");
        let diff = compare(&key("AAAA"), &key("BBBB")).unwrap();
        assert_eq!((diff.added, diff.removed), (1, 1), "{}", diff.unified);
        for (name, value, shown) in [
            ("API_KEY", "abc", MASK),
            ("URL", "https://u:p@host.example/x", "https://u:***@host.example/x"),
            ("X", "ghp_0123456789abcdef0123", MASK),
            ("AUTHOR", "me", "me"),
            ("PATH", "/usr/bin", "/usr/bin"),
            ("PASSWORD_FILE", "/run/secrets/x", "/run/secrets/x"),
        ] {
            assert_eq!(masked(name, value), shown, "{name}");
        }
        assert_eq!(mask_value("+  \"token\": \"abc\","), "+  \"token\": ***");
        assert_eq!(mask_value("+curl https://u:pw@x.example/y"), "+curl https://u:***@x.example/y");
    }

    #[test]
    fn long_diffs_say_that_they_are_cut() {
        let text = |c: &str| (0..500).map(|n| format!("{c}{n}")).collect::<Vec<_>>().join("\n");
        let diff = compare(&text("a"), &text("b")).unwrap();
        assert!(diff.truncated && diff.unified.lines().count() == LINES);
    }
}
