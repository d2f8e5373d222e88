//! The accounts of a system, and those that its packages ship or declare.
//!
//! | file | observation | values |
//! |---|---|---|
//! | `etc/passwd`, `etc/passwd-` (passwd(5)) | `account-user` | name, number, group's number, home, shell |
//! | `etc/group`, `etc/group-` (group(5)) | `account-group` | name, number, members with commas |
//! | `etc/shadow`, `etc/shadow-` (shadow(5)), `etc/passwd` | `account-password` | name, `hash` or `empty` |
//! | `usr/share/base-passwd/*.master`, `usr/lib/sysusers.d/*.conf` (sysusers.d(5)) | `account-declared-user`, `account-declared-group` | name, number or `-` |
//!
//! `account-password` is observed only where somebody can log in with a password, or without one; a hash never leaves
//! its file.
//!
//! No packages, no edges.

use bomwright_model::{Code, Observation};

use crate::format;
use crate::{Claim, Ecosystem, FileView, Findings};

const SYSUSERS: &str = "usr/lib/sysusers.d";
/// More than any image has.
const MOST_LINES: usize = 100_000;

/// See the module.
pub(crate) struct Accounts;

impl Ecosystem for Accounts {
    fn name(&self) -> &'static str {
        "accounts"
    }

    fn about(&self) -> &'static str {
        "users and groups, which of them have a password, and those that packages declare"
    }

    fn claims(&self) -> &'static [Claim] {
        const {
            &[
                Claim::path("etc/passwd"),
                Claim::path("etc/passwd-"),
                Claim::path("etc/group"),
                Claim::path("etc/group-"),
                Claim::path("etc/shadow"),
                Claim::path("etc/shadow-"),
                Claim::path("usr/share/base-passwd/passwd.master"),
                Claim::path("usr/share/base-passwd/group.master"),
                Claim::within(SYSUSERS, ".conf"),
            ]
        }
    }

    fn only_to_verify(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let text = format::text(file, out);
        let mut malformed = false;
        for (number, line) in text.lines().enumerate() {
            if number == MOST_LINES {
                return out.note(file, Code::LimitExceeded, "more lines than any such file has");
            }
            let line = line.trim_end();
            // A plus or a minus begins what other services add (nsswitch.conf(5), "compat").
            if line.is_empty() || line.starts_with(['#', '+', '-']) {
                continue;
            }
            malformed |= read_line(file, line, out).is_none();
        }
        if malformed {
            out.note(file, Code::MalformedRecord, "lines without the fields of their format");
        }
    }
}

/// `None` where the line lacks fields.
fn read_line(file: &FileView<'_>, line: &str, out: &mut Findings) -> Option<()> {
    let mut observe = |kind: &str, values: &[&str]| {
        out.observations.push(Observation::new(kind, file.path, values.iter().copied()));
    };
    if file.parent() == SYSUSERS {
        return declared(line).map(|declared| {
            if let Some((kind, name, number)) = declared {
                observe(kind, &[name, number]);
            }
        });
    }
    let fields: Vec<&str> = line.split(':').collect();
    let is_master = file.path.ends_with(".master");
    match (file.name().trim_end_matches('-'), fields.as_slice()) {
        ("passwd" | "passwd.master", [name, _, user, ..]) if is_master => {
            observe("account-declared-user", &[name, user]);
        }
        ("passwd", [name, password, user, group, _, home, shell]) => {
            observe("account-user", &[name, user, group, home, shell]);
            if let Some(how) = login(password) {
                observe("account-password", &[name, how]);
            }
        }
        ("group.master", [name, _, group, ..]) => observe("account-declared-group", &[name, group]),
        ("group", [name, _, group, members]) => observe("account-group", &[name, group, members]),
        ("shadow", [name, password, _, ..]) => {
            if let Some(how) = login(password) {
                observe("account-password", &[name, how]);
            }
        }
        _ => return None,
    }
    Some(())
}

/// How one can log in by the second field of passwd(5) or shadow(5): with what crypt(5) can make, or with nothing.
fn login(password: &str) -> Option<&'static str> {
    let is_des = || {
        password.len() == 13
            && password.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'/'))
    };
    match password {
        "" => Some("empty"),
        _ if password.starts_with(['$', '_']) || is_des() => Some("hash"),
        _ => None,
    }
}

/// What a line of sysusers.d(5) declares, if that is a user or a group.
#[expect(clippy::option_option, reason = "broken lines and those of no interest are told apart")]
fn declared(line: &str) -> Option<Option<(&'static str, &str, &str)>> {
    let mut words = line.split_ascii_whitespace();
    let (kind, name) = (words.next()?, words.next()?);
    let number = words.next().unwrap_or("-").split(':').next().unwrap_or("-");
    let number = if number.bytes().all(|c| c.is_ascii_digit()) { number } else { "-" };
    Some(match kind {
        "u" | "u!" => Some(("account-declared-user", name, number)),
        "g" => Some(("account-declared-group", name, number)),
        _ => None,
    })
}
