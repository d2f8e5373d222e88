//! What evidence must not pass on from an address.

/// `url` without the user name and password in front of its host: installers record the address that they
/// were given, and private indexes are often given with a token.
pub fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    match authority.rsplit_once('@') {
        // `git@host` names an account of the server, not a person's secret.
        Some(("git", _)) | None => url.to_owned(),
        Some((_, host)) => format!("{scheme}://{host}{tail}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_credentials_go() {
        for (given, kept) in [
            ("https://user:secret@host.example/a@b", "https://host.example/a@b"),
            ("https://host.example/@scope/x", "https://host.example/@scope/x"),
            ("git+ssh://git@host.example/a.git#1", "git+ssh://git@host.example/a.git#1"),
            ("file:../x", "file:../x"),
            ("https://token@host.example?x", "https://host.example?x"),
        ] {
            assert_eq!(without_credentials(given), kept);
        }
    }
}
