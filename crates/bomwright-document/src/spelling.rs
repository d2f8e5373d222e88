//! How formats spell words that we spell in another way.

/// `some_member` as `someMember`.
pub(crate) fn camel(member: &str) -> String {
    let mut words = member.split('_');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        out.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}
