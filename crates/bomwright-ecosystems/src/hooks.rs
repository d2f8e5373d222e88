//! Files that make a loader, an interpreter, a shell or a scheduler run something that nobody named on the command
//! line. They hold no packages; what they say becomes observations, and rules about origins judge those.
//!
//! | file | observation | values |
//! |---|---|---|
//! | `etc/ld.so.preload` (ld.so(8), "FILES") | `loader-preload` | the library |
//! | `etc/ld.so.conf`, `etc/ld.so.conf.d/*.conf` (ldconfig(8)) | `ld-conf-directory` | the directory |
//! | `*.pth` (Python's module `site`) | `pth-import` | the line, which Python runs at every start |
//! | start-up files of shells, `etc/environment` | `shell-alias` | the name, what it stands for |
//! | | `shell-function` | the name |
//! | | `hook-variable` | the name of a variable that changes what programs load, its value if that is a path |
//! | crontabs (crontab(5)) | `cron-line` | when, as whom, the program without its arguments |
//! | `authorized_keys` (sshd(8), "`AUTHORIZED_KEYS` FILE FORMAT") | `authorized-key` | the key's type, its comment |
//! | `etc/sudoers`, `etc/sudoers.d/*` (sudoers(5)), `etc/doas.conf` | `sudoers-nopasswd` | who, what |
//!
//! It records neither keys nor the arguments of scheduled programs, which may hold passwords. No edges. It can't see
//! what a script computes, such as aliases made by `eval`.

use bomwright_model::{Code, Observation};

use crate::format::shell::{Token, tokens};
use crate::format::{self, Skipped, clipped};
use crate::{Claim, Ecosystem, FileView, Findings};

/// Observations that are made of one file.
const MOST: usize = 500;

/// Variables of the environment that make programs load or run something else, and whether their value is a path or a
/// list of paths: only then is it recorded, for options may hold passwords.
const VARIABLES: &[(&str, bool)] = &[
    ("BASH_ENV", true),
    ("CLASSPATH", true),
    ("ENV", true),
    ("GCONV_PATH", true),
    ("JAVA_TOOL_OPTIONS", false),
    ("JDK_JAVA_OPTIONS", false),
    ("LD_AUDIT", true),
    ("LD_LIBRARY_PATH", true),
    ("LD_PRELOAD", true),
    ("NODE_OPTIONS", false),
    ("NODE_PATH", true),
    ("PERL5LIB", true),
    ("PERL5OPT", false),
    ("PROMPT_COMMAND", false),
    ("PYTHONHOME", true),
    ("PYTHONPATH", true),
    ("PYTHONSTARTUP", true),
    ("RUBYLIB", true),
    ("RUBYOPT", false),
    ("_JAVA_OPTIONS", false),
];

/// See the module.
pub(crate) struct Hooks;

impl Ecosystem for Hooks {
    fn name(&self) -> &'static str {
        "hooks"
    }

    fn about(&self) -> &'static str {
        "what loaders, interpreters, shells and schedulers are told to run: preloads, aliases, crontabs, keys"
    }

    fn claims(&self) -> &'static [Claim] {
        const {
            &[
                Claim::path("etc/ld.so.preload").up_to(1),
                Claim::path("etc/ld.so.conf").up_to(1),
                Claim::within("etc/ld.so.conf.d", ".conf").up_to(1),
                // Models of PyTorch have that ending too, elsewhere.
                Claim::suffix_inside(".pth", "-packages"),
                Claim::path("etc/profile").up_to(4),
                Claim::within("etc/profile.d", "").up_to(4),
                Claim::path("etc/bash.bashrc").up_to(4),
                Claim::path("etc/bashrc").up_to(4),
                Claim::path("etc/environment").up_to(4),
                Claim::within("etc/zsh", "").up_to(4),
                Claim::name(".bashrc").up_to(4),
                Claim::name(".bash_aliases").up_to(4),
                Claim::name(".bash_login").up_to(4),
                Claim::name(".bash_profile").up_to(4),
                Claim::name(".profile").up_to(4),
                Claim::name(".zprofile").up_to(4),
                Claim::name(".zshenv").up_to(4),
                Claim::name(".zshrc").up_to(4),
                Claim::path("etc/crontab").up_to(4),
                Claim::within("etc/cron.d", "").up_to(4),
                Claim::within("etc/crontabs", "").up_to(4),
                Claim::within("var/spool/cron", "").up_to(4),
                Claim::within("var/spool/cron/crontabs", "").up_to(4),
                Claim::name("authorized_keys").up_to(4),
                Claim::name("authorized_keys2").up_to(4),
                Claim::path("etc/sudoers").up_to(4),
                Claim::within("etc/sudoers.d", "").up_to(4),
                Claim::path("etc/doas.conf").up_to(4),
            ]
        }
    }

    fn only_to_verify(&self) -> bool {
        true
    }

    fn read(&self, file: &FileView<'_>, out: &mut Findings) {
        let text = format::text(file, out);
        let mut seen = Seen { file, out, made: 0 };
        match (file.parent(), file.name()) {
            ("etc", "ld.so.preload") => preload(&text, &mut seen),
            ("etc", "ld.so.conf") | ("etc/ld.so.conf.d", _) => loader_directories(&text, &mut seen),
            (_, name) if name.rsplit('.').next() == Some("pth") => startup_lines(&text, &mut seen),
            ("etc", "crontab") | ("etc/cron.d", _) => crontab(&text, true, &mut seen),
            ("etc/crontabs" | "var/spool/cron" | "var/spool/cron/crontabs", _) => {
                crontab(&text, false, &mut seen);
            }
            (_, "authorized_keys" | "authorized_keys2") => keys(&text, &mut seen),
            ("etc", "sudoers") | ("etc/sudoers.d", _) => sudoers(&text, &mut seen),
            ("etc", "doas.conf") => doas(&text, &mut seen),
            _ => shell(&text, &mut seen),
        }
    }
}

/// Takes what is seen in one file, up to a limit.
struct Seen<'f, 'v, 'o> {
    file: &'f FileView<'v>,
    out: &'o mut Findings,
    made: usize,
}

impl Seen<'_, '_, '_> {
    fn add(&mut self, kind: &str, values: &[&str]) {
        self.made += 1;
        match self.made.cmp(&(MOST + 1)) {
            std::cmp::Ordering::Less => {
                let values = values.iter().map(|value| clipped(value));
                self.out.observations.push(Observation::new(kind, self.file.path, values));
            }
            std::cmp::Ordering::Equal => {
                self.out.note(
                    self.file,
                    Code::LimitExceeded,
                    format!("only the first {MOST} facts are kept"),
                );
            }
            std::cmp::Ordering::Greater => {}
        }
    }
}

/// The lines that hold something, without comments that start with `#`.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Paths apart from each other by blanks or colons; a comment may end a line (glibc, `do_preload`).
fn preload(text: &str, seen: &mut Seen<'_, '_, '_>) {
    for line in lines(text) {
        let line = line.split('#').next().unwrap_or_default();
        let words = line.split(|c: char| c.is_ascii_whitespace() || c == ':').filter(|word| !word.is_empty());
        words.for_each(|path| seen.add("loader-preload", &[path]));
    }
}

/// Directories apart from each other by blanks, commas or colons; `include` and `hwcap` lines name none.
fn loader_directories(text: &str, seen: &mut Seen<'_, '_, '_>) {
    for line in lines(text) {
        let line = line.split('#').next().unwrap_or_default();
        let mut words = line.split([' ', '\t', ',', ':']).filter(|word| !word.is_empty()).peekable();
        if !words.peek().is_some_and(|word| matches!(*word, "include" | "hwcap")) {
            // `/lib=libc6` names a directory and the kind of libraries in it.
            words
                .filter_map(|word| word.split('=').next())
                .for_each(|path| seen.add("ld-conf-directory", &[path]));
        }
    }
}

/// Python runs the lines that begin with `import` and a blank; the others are directories.
fn startup_lines(text: &str, seen: &mut Seen<'_, '_, '_>) {
    let code = text.lines().filter(|line| line.starts_with("import ") || line.starts_with("import\t"));
    code.for_each(|line| seen.add("pth-import", &[line.trim_end()]));
}

fn shell(text: &str, seen: &mut Seen<'_, '_, '_>) {
    for line in lines(text) {
        commands(&tokens(line), seen);
    }
}

/// What one line defines. A word stands where a command does after an operator, a brace or a reserved word.
fn commands(tokens: &[Token], seen: &mut Seen<'_, '_, '_>) {
    let mut is_command = true;
    let mut defines_aliases = false;
    for (position, token) in tokens.iter().enumerate() {
        let Some(word) = token.word() else {
            (is_command, defines_aliases) = (true, false);
            continue;
        };
        let rest = tokens.get(position + 1..).unwrap_or_default();
        match word.split_once('=') {
            Some((name, value)) if defines_aliases => seen.add("shell-alias", &[name, value]),
            Some((name, value)) => variable(name, value, seen),
            None if !is_command => {}
            None if word == "alias" => defines_aliases = true,
            None if word == "function" => {
                rest.first()
                    .and_then(Token::word)
                    .into_iter()
                    .for_each(|name| seen.add("shell-function", &[name]));
            }
            None if rest.starts_with(&[Token::Operator('('), Token::Operator(')')]) => {
                seen.add("shell-function", &[word]);
            }
            None => {}
        }
        is_command = matches!(word, "{" | "then" | "else" | "do" | "!" | "if" | "while" | "elif" | "until");
    }
}

fn variable(name: &str, value: &str, seen: &mut Seen<'_, '_, '_>) {
    if let Ok(position) = VARIABLES.binary_search_by(|(known, _)| known.cmp(&name)) {
        let is_path = VARIABLES.get(position).is_some_and(|(_, is_path)| *is_path);
        let values: &[&str] = if is_path { &[name, value] } else { &[name] };
        seen.add("hook-variable", values);
    }
}

/// `names_user`: the sixth field is the user, as in the system's own tables.
fn crontab(text: &str, names_user: bool, seen: &mut Seen<'_, '_, '_>) {
    let mut skipped = Skipped::default();
    for line in lines(text) {
        // `NAME=value`, `NAME = value`
        let mut words = line.split_ascii_whitespace();
        let is_setting = words.next().is_some_and(|word| word.contains('='));
        if is_setting || words.next() == Some("=") {
            continue;
        }
        let fields: Vec<&str> = line.split_ascii_whitespace().take(7).collect();
        let times = if line.starts_with('@') { 1 } else { 5 };
        let when = fields.get(..times).unwrap_or_default().join(" ");
        let user = if names_user { fields.get(times).copied() } else { Some(seen.file.name()) };
        let program = fields.get(times + usize::from(names_user));
        match (user, program) {
            (Some(user), Some(program)) => seen.add("cron-line", &[&when, user, program]),
            _ if skipped.is_full() => break,
            _ => skipped.add(seen.file, seen.out, "a line of a crontab without a command".to_owned()),
        }
    }
}

fn keys(text: &str, seen: &mut Seen<'_, '_, '_>) {
    const TYPES: &[&str] = &["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"];
    let mut skipped = Skipped::default();
    for line in lines(text) {
        // Options, with quoted blanks in them, may come before the type.
        let mut words = line.split_ascii_whitespace();
        match words.find(|word| TYPES.iter().any(|kind| word.starts_with(kind))) {
            Some(kind) => {
                let comment: Vec<&str> = words.skip(1).collect();
                seen.add("authorized-key", &[kind, &comment.join(" ")]);
            }
            None if skipped.is_full() => break,
            None => skipped.add(seen.file, seen.out, "a line that names no type of key".to_owned()),
        }
    }
}

fn sudoers(text: &str, seen: &mut Seen<'_, '_, '_>) {
    let text = text.replace("\\\n", " ");
    for line in lines(&text) {
        let who = line.split_ascii_whitespace().next().unwrap_or_default();
        if let Some((_, what)) = line.split_once("NOPASSWD:") {
            seen.add("sudoers-nopasswd", &[who, what.trim()]);
        } else if who.starts_with("Defaults") && line.contains("!authenticate") {
            seen.add("sudoers-nopasswd", &[who, "!authenticate"]);
        }
    }
}

/// `permit [nopass|…] who [as whom] [cmd what]` (doas.conf(5)).
fn doas(text: &str, seen: &mut Seen<'_, '_, '_>) {
    const OPTIONS: &[&str] = &["nopass", "nolog", "persist", "keepenv", "setenv"];
    for line in lines(text).filter(|line| line.starts_with("permit")) {
        let words: Vec<&str> = line.split_ascii_whitespace().skip(1).collect();
        if !words.contains(&"nopass") {
            continue;
        }
        let who = words.iter().find(|word| !OPTIONS.contains(word)).copied().unwrap_or_default();
        let what = words.iter().skip_while(|word| **word != "cmd").nth(1).copied().unwrap_or("ALL");
        seen.add("sudoers-nopasswd", &[who, what]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(path: &str, text: &str) -> Vec<String> {
        let mut out = Findings::default();
        Hooks.read(&FileView::new(path, text.as_bytes()), &mut out);
        out.observations.iter().map(|it| format!("{} {}", it.kind, it.values.join("|"))).collect()
    }

    #[test]
    fn variables_can_be_searched() {
        assert!(VARIABLES.is_sorted());
    }

    #[test]
    fn shells() {
        let of = |line| seen("etc/bash.bashrc", line);
        assert_eq!(of("alias openssl=/file.txt"), ["shell-alias openssl|/file.txt"]);
        assert_eq!(of("[ -x /bin/a ] && alias a='b c' d=e"), ["shell-alias a|b c", "shell-alias d|e"]);
        assert!(of("# alias ls='ls -l'").is_empty());
        assert!(of("echo alias x=y").is_empty());
        assert_eq!(of("sudo() { cat; }"), ["shell-function sudo"]);
        assert_eq!(of("if true; then function su { :; }; fi"), ["shell-function su"]);
        assert!(of("x=$(ls)").is_empty());
        assert_eq!(of("export LD_PRELOAD=/x.so PATH=/y"), ["hook-variable LD_PRELOAD|/x.so"]);
        // Options may hold passwords.
        assert_eq!(of("JAVA_TOOL_OPTIONS='-Dp=secret'"), ["hook-variable JAVA_TOOL_OPTIONS"]);
    }

    #[test]
    fn schedules() {
        assert_eq!(
            seen(
                "etc/cron.d/x",
                "PATH=/bin\nA = b\n*/5 * * * *\troot  /x --pw y\n1 2 3 4 5 root test a = b\n@reboot root sh"
            ),
            ["cron-line */5 * * * *|root|/x", "cron-line 1 2 3 4 5|root|test", "cron-line @reboot|root|sh"]
        );
        assert_eq!(seen("var/spool/cron/bob", "0 0 * * * /x\n"), ["cron-line 0 0 * * *|bob|/x"]);
    }

    #[test]
    fn floods_are_cut() {
        let mut out = Findings::default();
        let text = "alias a=b\n".repeat(2 * MOST);
        Hooks.read(&FileView::new("etc/profile", text.as_bytes()), &mut out);
        assert_eq!((out.observations.len(), out.diagnostics.len()), (MOST, 1));
        let long = seen("etc/profile", &format!("alias a={}", "é".repeat(10_000)));
        assert!(long[0].chars().count() < 300);
    }
}
