//! The comment, judged by a parser of Markdown that is not ours.

use bomwright_diff::{Delta, FieldChange, FindingSubject, Hint, HintKind, LayerNote};
use bomwright_model::Origin;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::super::sample;
use super::*;

fn comment(delta: &Delta) -> String {
    render(delta, &RenderOptions::default()).unwrap()
}

#[test]
fn the_verdict_comes_first_and_seven_lines_before_the_fold() {
    let mut delta = sample::delta();
    for count in [0, 1, 3, 4, 5, 40] {
        delta.findings = (0..count)
            .map(|it| {
                sample::finding(
                    it,
                    "setuid",
                    FindingSeverity::High,
                    FindingSubject::Path(format!("bin/{it}")),
                )
            })
            .collect();
        let text = comment(&delta);
        let before = text.split("<details>").next().unwrap();
        assert!(before.lines().count() <= 7, "{count}\n{before}");
        assert!(text.starts_with("### 🔴 "), "{before}");
        assert_eq!(before.contains("more below"), count > 3, "{before}");
    }
}

#[test]
fn rows_answer_what_from_where_to_why_and_licence() {
    let text = comment(&sample::delta());
    for row in [
        "| **new** | npm `axios` | `1.7.2` | `MIT` | via `shop`; maybe instead of `request 2.88.2` (both are asked for by shop) |",
        "| **downgraded** | pypi `cryptography` | `42.0.5` ↓ `41.0.7` | `MIT` | asked for directly; major |",
        "| upgraded | npm `husky` | `4.0.0` → `5.0.0` | `MIT` → `GPL-3.0-only` | now needs `plain-crypto-js` |",
        "| upgraded | deb `openssl` (`libssl3`, `openssl`) | `3.0.15-1` → `3.0.16-1` | `MIT` | patch; base layer 0 `ADD rootfs.tar /` |",
        "| 🔴 | `/usr/local/bin/acme-suid`: seen for the first time | layer 5 RUN make install | `setuid` | `F-000000000001` |",
        "| 🟠 | `npm/axios@1.7.2`: seen for the first time | waived until `2027-01-31`: reviewed by the team |",
        "| removed | `/usr/bin/awk` | `symlink`, to `mawk` | – |",
        "| user | `app` → `root` |",
    ] {
        assert!(text.contains(row), "no {row} in\n{text}");
    }
    assert!(!text.contains("setuptools"), "what another package ships is not listed");
}

#[test]
fn nothing_to_say_is_nothing() {
    assert_eq!(comment(&Delta::default()), "");
    let mut delta = Delta::default();
    delta.comparability = sample::delta().comparability;
    assert!(comment(&delta).starts_with("### 🟢 Nothing differs"), "a gap is told");
}

#[test]
fn the_report_is_linked_and_only_if_it_is_an_address() {
    let with = |url: &str| {
        let options = RenderOptions {
            report_url: Some(url.into()),
            command: "accept {id} --reason …".into(),
            ..RenderOptions::default()
        };
        render(&sample::delta(), &options).unwrap()
    };
    let text = with("https://ci.example/run/1?a=b#c");
    assert!(text.contains("[Full report](<https://ci.example/run/1?a=b#c>)"), "{text}");
    assert!(text.contains("To let one pass: `accept F-000000000001 --reason …`"), "{text}");
    assert!(!with("javascript:alert(1)").contains("Full report"));
    assert!(!with("https://x.example/>) @octocat").contains("Full report"));
}

fn large() -> Delta {
    let mut delta = sample::delta();
    let origins = [Origin::Vendor, Origin::Upstream, Origin::Unknown, Origin::InHouse];
    delta.packages = (0..50_000)
        .map(|it| {
            let change = *Change::ALL.iter().cycle().nth(it % 7).unwrap();
            sample::package(change, origins[it % 4], &format!("npm/package-{it}"), "1.0", "2.0")
        })
        .collect();
    for number in 10..70 {
        let subject = FindingSubject::Package(format!("npm/package-{number}@2.0"));
        delta.findings.push(sample::finding(number, "new-upstream", FindingSeverity::Low, subject));
    }
    delta
}

#[test]
fn the_budget_keeps_what_stops_a_build_and_says_what_it_drops() {
    let delta = large();
    let text = comment(&delta);
    let length = text.chars().count();
    assert!((50_000..=60_000).contains(&length), "{length}");
    for finding in delta.findings.iter().filter(|it| it.gate && it.waived.is_none()) {
        assert!(text.contains(&format!("`{}`", finding.id)), "{}", finding.id);
    }
    let kept = text.lines().filter(|line| line.starts_with("| ") && line.contains("npm `package-")).count();
    let kept_new = text.lines().filter(|line| line.starts_with("| **new** |")).count();
    assert_eq!(kept, kept_new, "only the highest ranks fit");
    let rows = delta.packages.len() + delta.findings.len() + delta.files.len() + delta.image.fields.len();
    let shown = text.lines().filter(|line| line.starts_with("| ")).count()
        - text.lines().filter(|line| line.starts_with("|---")).count();
    assert!(text.contains(&format!("**{} rows of the lowest rank left out", rows - shown)), "{rows} {shown}");
}

#[test]
fn small_budgets_are_kept() {
    let delta = sample::delta();
    let full = comment(&delta).chars().count();
    for budget in (0..full + 700).step_by(97) {
        let options = RenderOptions { budget, ..RenderOptions::default() };
        let text = render(&delta, &options).unwrap();
        let length = text.chars().count();
        assert!(length <= budget.max(40), "{length} of {budget}");
        assert!(text.starts_with("### 🔴 3 changes need a decision"));
    }
}

/// Puts `texts`, in turn, wherever a delta has a text that an image or an untrusted job can choose.
fn poisoned(texts: &[String]) -> Delta {
    let mut delta = sample::delta();
    let mut turn = texts.iter().cycle();
    let mut next = || turn.next().unwrap().clone();
    for side in [&mut delta.old, &mut delta.new] {
        side.name = next();
        side.tools = vec![next()];
        side.distribution = Some(next());
    }
    for change in &mut delta.packages {
        (change.ecosystem, change.name, change.source) = (next(), next(), Some(next()));
        change.why.path = vec![next(), next()];
        change.why.sole = Some(next());
        change.why.gone_because = Some(next());
        change.new_dependencies = vec![next()];
        change.layer = Some(LayerNote { index: 1, instruction: Some(next()), base: None });
        change.hints = vec![Hint { kind: HintKind::Rename, other: next(), evidence: next() }];
        change.fields = vec![FieldChange { field: next(), old: next(), new: next() }];
        for state in [&mut change.old, &mut change.new].into_iter().flatten() {
            (state.version, state.licenses) = (next(), vec![next()]);
        }
    }
    for file in &mut delta.files {
        file.path = next();
        file.fields = vec![FieldChange { field: next(), old: next(), new: next() }];
        for state in [&mut file.old, &mut file.new].into_iter().flatten() {
            (state.kind, state.mode, state.owner, state.link) =
                (next(), Some(next()), Some(next()), Some(next()));
        }
    }
    for field in &mut delta.image.fields {
        (field.key, field.old, field.new) = (next(), Some(next()), Some(next()));
    }
    for finding in &mut delta.findings {
        (finding.id, finding.rule, finding.message, finding.place) = (next(), next(), next(), next());
        finding.waived = finding.waived.take().map(|_| next());
        finding.subject = FindingSubject::Package(next());
    }
    for gap in &mut delta.comparability.gaps {
        (gap.id, gap.message) = (next(), next());
    }
    for waiver in &mut delta.verdict.waivers {
        (waiver.id, waiver.expires) = (delta.findings[3].id.clone(), Some(next()));
    }
    delta.verdict.reasons = vec![next()];
    delta
}

/// What a reader would be misled by, if `text` had it.
fn harm(text: &str, headings: usize) -> Option<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let (mut found, mut columns, mut rows) = (0, 0, 0);
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::Heading { .. }) => found += 1,
            Event::Start(Tag::Table(alignments)) => columns = alignments.len(),
            Event::Start(Tag::TableRow) => rows += 1,
            Event::Start(
                Tag::Paragraph
                | Tag::HtmlBlock
                | Tag::TableHead
                | Tag::TableCell
                | Tag::Strong
                | Tag::List(None)
                | Tag::Item,
            )
            | Event::End(_)
            | Event::Code(_)
            | Event::SoftBreak => {}
            Event::Html(html) | Event::InlineHtml(html) => {
                let mut rest = html.to_string();
                for tag in ["<details>", "</details>", "<summary>", "</summary>", "<b>", "</b>"] {
                    rest = rest.replace(tag, "");
                }
                if rest.contains(['<', '@', '#', '`']) {
                    return Some(format!("HTML {html}"));
                }
            }
            Event::Text(words) => {
                let lower = words.to_lowercase();
                let word = |word: &str| word.len() >= 7 && word.chars().all(|c| c.is_ascii_hexdigit());
                let commit = lower.split(|c: char| !c.is_ascii_alphanumeric()).any(word);
                let issue = lower.contains("gh-") || lower.contains("www.") || lower.contains("://");
                if commit
                    || issue
                    || lower.contains(['@', '#', '<', '`', '[', ']', '*', '_', '~', '$', '|', '\\'])
                {
                    return Some(format!("text {words:?}"));
                }
            }
            other => return Some(format!("{other:?}")),
        }
    }
    if found != headings {
        return Some(format!("{found} headings"));
    }
    let lines = text.lines().filter(|line| line.starts_with('|') && !line.starts_with("|---"));
    let heads = text.lines().filter(|line| line.starts_with("|---")).count();
    if headings == 1 && lines.clone().count() != rows + heads {
        return Some(format!("{rows} rows"));
    }
    let mut cells = columns;
    for line in text.lines().filter(|line| line.starts_with('|')) {
        let bars = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
        if line.starts_with("| ") && line.contains("| Package |")
            || line.contains("| Finding |")
            || line.contains("| File |")
            || line.contains("| Setting |")
        {
            cells = bars;
        }
        if bars != cells {
            return Some(format!("{bars} bars in {line}"));
        }
    }
    text.chars()
        .find(|c| *c != '\n' && *c != '\u{fe0f}' && crate::paint::harmful(*c))
        .map(|c| format!("{c:?}"))
}

#[test]
fn the_judge_finds_harm() {
    for text in
        ["### a\n\n@octocat", "### a\n\n[x](y)", "### a\n\n<img src=x>", "### a\n\n# b", "### a\n\nfix #1"]
    {
        assert!(harm(text, 1).is_some(), "{text}");
    }
    assert_eq!(harm("### a\n\nplain `@octocat`\n", 1), None);
}

const NASTY: &[&str] = &[
    "|",
    "\\",
    "`",
    "``",
    "\n",
    "\r",
    " ",
    "a",
    "1",
    "[x](http://evil.example)",
    "![](x)",
    "<img src=x>",
    "</details>",
    "<!--",
    "-->",
    "@octocat",
    "#12",
    "GH-1",
    "o/r#1",
    ":x:",
    "deadbeef",
    "www.evil.example",
    "https://evil.example",
    "## ",
    "---",
    "***",
    "~~",
    "$",
    "\u{202e}",
    "\u{200b}",
    "&lt;",
    "&#64;",
    "- ",
    "1. ",
    "[ ]",
    "[^1]",
    "日本",
    "é",
    "\t",
    "=",
    "a@b.example",
    "(",
    ")",
    ",",
    ":",
    "{",
    "}",
    "_",
    "é\u{301}",
    "\u{e0041}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_text_becomes_markup(
        texts in proptest::collection::vec(
            proptest::collection::vec(proptest::sample::select(NASTY), 0..9).prop_map(|it| it.concat()),
            1..24,
        ),
    ) {
        let delta = poisoned(&texts);
        let text = comment(&delta);
        prop_assert_eq!(harm(&text, 1), None, "{}", text);
        let before = text.split("\n<details>").next().unwrap();
        prop_assert!(before.lines().count() <= 7);
        let options = RenderOptions::default();
        for format in ["text", "csv"] {
            let text = crate::delta::render(&delta, format, &options).unwrap();
            prop_assert!(!text.chars().any(|c| c != '\n' && crate::paint::harmful(c)), "{}", text);
        }
        let notes = crate::delta::render(&delta, "notes", &options).unwrap();
        prop_assert_eq!(harm(&notes, notes.lines().filter(|it| it.starts_with('#')).count()), None, "{}", notes);
    }

    #[test]
    fn any_characters_are_harmless(texts in proptest::collection::vec(any::<String>(), 1..8)) {
        prop_assert_eq!(harm(&comment(&poisoned(&texts)), 1), None);
    }
}
