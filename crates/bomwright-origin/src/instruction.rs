//! What kind of instruction made a layer, from the text that the image's history keeps of it.
//!
//! A hint, no proof: anybody can write a history. Forms: the classic builder's `/bin/sh -c #(nop) COPY file:… in /x`,
//! `BuildKit`'s `COPY a b # buildkit` and `RUN |1 A=b /bin/sh -c … # buildkit`, and plain Dockerfile lines as kaniko
//! and buildah write them. `BuildKit` leaves `--from=` out, so a copy with an absolute source may come from a stage.

/// Bytes of an instruction that are looked at.
const MAX_BYTES: usize = 64 << 10;
/// Addresses that are kept of one instruction.
const MAX_URLS: usize = 64;

/// The kinds of instructions, as far as they tell where files come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instruction {
    /// `COPY` or `ADD` from the build context: files of the people who build.
    Copy,
    /// `COPY` from an image or a stage of the build; its name where the history keeps it.
    CopyFrom(Option<String>),
    /// `ADD` of addresses.
    AddUrl(Vec<String>),
    /// `RUN` of a command that fetches something; the addresses that are written out.
    RunFetches(Vec<String>),
    /// Any other `RUN`.
    Run,
    /// What brings no files, or is not understood.
    Other,
}

/// The kind of the instruction `created_by`.
pub fn instruction_kind(created_by: &str) -> Instruction {
    let end = (0..=created_by.len().min(MAX_BYTES)).rev().find(|&end| created_by.is_char_boundary(end));
    let text = created_by.get(..end.unwrap_or_default()).unwrap_or_default().trim();
    let text = text.strip_suffix("# buildkit").unwrap_or(text).trim();
    if let Some(rest) = after_nop(text) {
        return keyword(rest).unwrap_or(Instruction::Other);
    }
    if let Some(kind) = keyword(text) {
        return kind;
    }
    // The classic builder writes the command of a RUN bare.
    if text.starts_with("/bin/") || text.starts_with('|') { run(text) } else { Instruction::Other }
}

/// What follows `#(nop)`, the classic builder's mark for an instruction that ran nothing.
pub(crate) fn after_nop(text: &str) -> Option<&str> {
    let (before, rest) = text.split_once("#(nop)")?;
    before.trim_end().ends_with("-c").then_some(rest.trim())
}

fn keyword(text: &str) -> Option<Instruction> {
    let (word, rest) = text.split_once(char::is_whitespace)?;
    Some(match word {
        "COPY" | "ADD" => copy(word, rest.trim()),
        "RUN" => run(rest),
        _ if word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_uppercase()) => Instruction::Other,
        _ => return None,
    })
}

fn copy(word: &str, text: &str) -> Instruction {
    let from = |flag: &str| flag.strip_prefix("--from=").map(str::to_owned);
    if let Some(name) = text.split_ascii_whitespace().take_while(|word| word.starts_with("--")).find_map(from)
    {
        return Instruction::CopyFrom(Some(name).filter(|name| !name.is_empty()));
    }
    let mut words: Vec<_> = text.split_ascii_whitespace().skip_while(|word| word.starts_with("--")).collect();
    // The destination. The classic builder writes `SOURCE in DESTINATION`.
    words.pop();
    if word == "ADD" {
        let urls: Vec<_> = words.iter().filter_map(|word| url(word)).take(MAX_URLS).collect();
        if !urls.is_empty() {
            return Instruction::AddUrl(urls);
        }
    }
    let absolute = |word: &&str| word.trim_start_matches(['[', '"', '\'']).starts_with('/');
    let sources = words.iter().filter(|word| **word != "in");
    if word == "COPY" && sources.clone().count() > 0 && sources.clone().all(absolute) {
        return Instruction::CopyFrom(None);
    }
    Instruction::Copy
}

/// Programs that fetch what their arguments name.
const FETCHERS: &[&str] = &["curl", "wget", "aria2c", "axel"];
/// Those that install from an address where one is given instead of a name.
const INSTALLERS: &[&str] = &["rpm", "yum", "dnf", "microdnf", "pip", "pip3", "npm", "go", "cargo", "gem"];
/// Words of the shell, and programs, that a command may follow.
const PRELUDE: &[&str] =
    &["then", "do", "else", "if", "while", "!", "sudo", "exec", "time", "env", "command", "{"];

fn run(text: &str) -> Instruction {
    let mut urls = Vec::new();
    let mut fetches = false;
    // A single & may be part of an address.
    let commands = text.split(['\n', ';', '|', '(', ')', '`']).flat_map(|part| part.split("&&"));
    for command in commands {
        // `sh -c` and the build arguments before it are no part of the command.
        let command = command.rsplit_once("/bin/sh -c ").map_or(command, |(_, rest)| rest);
        let command = command.rsplit_once("/bin/bash -c ").map_or(command, |(_, rest)| rest);
        let mut words =
            command.split_ascii_whitespace().map(|word| word.trim_matches(['"', '\'', '\\', ',', '[', ']']));
        let is_prelude = |word: &&str| PRELUDE.contains(word) || word.is_empty() || is_assignment(word);
        let Some(program) = words.find(|word| !is_prelude(word)) else { continue };
        let program = program.rsplit('/').next().unwrap_or_default();
        let arguments: Vec<_> = words.collect();
        let found = fetched(program, &arguments);
        fetches |= found.is_some();
        urls.extend(found.unwrap_or_default());
    }
    urls.truncate(MAX_URLS);
    if fetches { Instruction::RunFetches(urls) } else { Instruction::Run }
}

/// The addresses that the command fetches from; `None` when it fetches nothing.
fn fetched(program: &str, arguments: &[&str]) -> Option<Vec<String>> {
    let named = || arguments.iter().filter_map(|word| url(word)).take(MAX_URLS).collect::<Vec<_>>();
    if FETCHERS.contains(&program) {
        let asks = arguments.iter().any(|word| matches!(*word, "--version" | "--help" | "-V"));
        return (!arguments.is_empty() && !asks).then(named);
    }
    if program == "git" {
        let verb = arguments.iter().find(|word| !word.starts_with('-'));
        return verb
            .filter(|verb| matches!(**verb, "clone" | "fetch" | "pull" | "submodule"))
            .map(|_| named());
    }
    if INSTALLERS.contains(&program) {
        // The value of an option, say an index or a key server, is not what is installed.
        let is_value = |index: usize| {
            let before = index.checked_sub(1).and_then(|before| arguments.get(before));
            before.is_some_and(|word| word.starts_with('-') && word.len() > 2 && !word.contains('='))
                && before.is_some_and(|word| takes_value(word))
        };
        let direct: Vec<_> = arguments
            .iter()
            .enumerate()
            .filter(|(index, word)| !word.starts_with('-') && !is_value(*index))
            .filter_map(|(_, word)| url(word))
            .take(MAX_URLS)
            .collect();
        return (!direct.is_empty()).then_some(direct);
    }
    None
}

/// Options of installers that are followed by an address of something else.
fn takes_value(option: &str) -> bool {
    ["index", "repo", "registry", "proxy", "url", "links", "source", "import"]
        .iter()
        .any(|part| option.contains(part))
}

/// `NAME=value`.
fn is_assignment(word: &str) -> bool {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    word.split_once('=').is_some_and(|(name, _)| is_name(name))
}

/// The address that `word` is or ends in (`git+https://…`, `--output=…` has none).
fn url(word: &str) -> Option<String> {
    let word = word.trim_matches(['"', '\'', '[', ']', ',']);
    let word = word.strip_prefix("git+").unwrap_or(word);
    let is_remote = ["https://", "http://", "ftp://", "git://", "ssh://", "git@"]
        .iter()
        .any(|scheme| word.len() > scheme.len() && word.starts_with(scheme));
    is_remote.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(list: &[&str]) -> Vec<String> {
        list.iter().map(|&url| url.to_owned()).collect()
    }

    #[test]
    fn copies_are_told_apart() {
        let copy = [
            "/bin/sh -c #(nop) COPY file:8a7f5e in /app/ ",
            "/bin/sh -c #(nop) ADD dir:12ab in / ",
            "/bin/sh -c #(nop) ADD multi:12ab in /x/ ",
            "COPY . /app # buildkit",
            "COPY --chown=1000:1000 src lib /app/ # buildkit",
            "ADD rootfs.tar.xz / # buildkit",
        ];
        for text in copy {
            assert_eq!(instruction_kind(text), Instruction::Copy, "{text}");
        }
        let from = |name: &str| Instruction::CopyFrom(Some(name.to_owned()));
        assert_eq!(instruction_kind("COPY --from=builder /out/x /x"), from("builder"));
        assert_eq!(
            instruction_kind("COPY --chown=1 --from=golang:1.22 /x /y # buildkit"),
            from("golang:1.22")
        );
        assert_eq!(instruction_kind("/bin/sh -c #(nop) COPY --from=0 /x in /y"), from("0"));
        assert_eq!(
            instruction_kind("COPY /usr/local/bin/x /usr/bin/ # buildkit"),
            Instruction::CopyFrom(None)
        );
    }

    #[test]
    fn addresses_are_kept() {
        let add = |list: &[&str]| Instruction::AddUrl(urls(list));
        assert_eq!(
            instruction_kind("ADD https://a.example/x.tar /x # buildkit"),
            add(&["https://a.example/x.tar"])
        );
        assert_eq!(
            instruction_kind("ADD --checksum=sha256:12 https://a.example/x git@b.example:c/d.git /x"),
            add(&["https://a.example/x", "git@b.example:c/d.git"])
        );
        let fetches = |list: &[&str]| Instruction::RunFetches(urls(list));
        for (text, expected) in [
            (
                "RUN /bin/sh -c curl -fsSL https://a.example/x.sh | sh # buildkit",
                &["https://a.example/x.sh"][..],
            ),
            (
                "/bin/sh -c apt-get update && wget -O /x \"https://a.example/x?a=b&c=d\"",
                &["https://a.example/x?a=b&c=d"],
            ),
            (
                "RUN |1 V=1 /bin/sh -c git clone --depth 1 https://g.example/a /a && make",
                &["https://g.example/a"],
            ),
            ("|2 V=1 W=2 /bin/sh -c curl -o x $URL", &[]),
            ("RUN set -eux; if true; then curl -O http://a.example/1; fi", &["http://a.example/1"]),
            ("RUN pip install git+https://g.example/a.git@v1", &["https://g.example/a.git@v1"]),
            ("RUN dnf install -y https://a.example/a.rpm", &["https://a.example/a.rpm"]),
        ] {
            assert_eq!(instruction_kind(text), fetches(expected), "{text}");
        }
    }

    #[test]
    fn naming_a_program_or_an_address_is_not_fetching() {
        for text in [
            "RUN /bin/sh -c apt-get install -y curl wget git # buildkit",
            "/bin/sh -c apt-get update",
            "RUN echo \"deb https://a.example bookworm main\" > /etc/apt/sources.list.d/a.list",
            "RUN pip install --index-url https://pypi.example/simple shop",
            "RUN rpm --import https://a.example/key",
            "RUN git config --global user.name x",
            "RUN curl --version",
        ] {
            assert_eq!(instruction_kind(text), Instruction::Run, "{text}");
        }
    }

    #[test]
    fn the_rest_brings_no_files() {
        for text in [
            "/bin/sh -c #(nop)  CMD [\"bash\"]",
            "ENV A=b",
            "CMD [\"sh\"]",
            "LABEL a=b",
            "EXPOSE map[80/tcp:{}]",
            "",
            "#(nop)",
            "bazel build ...",
            "# debian.sh --arch 'amd64' out/ 'bookworm' '@1'",
            "COPY",
            "/",
        ] {
            assert_eq!(instruction_kind(text), Instruction::Other, "{text}");
        }
        assert_eq!(instruction_kind(&format!("RUN {}", "é".repeat(100_000))), Instruction::Run);
    }
}
