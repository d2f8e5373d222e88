//! The page as text: its policy, and what hostile text does to it. What it does in a browser is tested end to end.
//!
//! `testdata/html/delta.json` was written by hand: every kind of change, the four origins, hostile names.

use bomwright_diff::{Delta, FileChange, PackageChange};
use serde_json::Value;

use super::*;

const RICH: &str = include_str!("../../testdata/html/delta.json");

fn rich() -> Delta {
    crate::read_delta(RICH).unwrap()
}

/// The page without its data, style and script, which are looked at apart.
fn markup(page: &str) -> String {
    let (before, rest) = page.split_once("<script id=\"data\"").unwrap();
    before.replace(STYLE, "") + rest.split_once("</script>").unwrap().1.replace(SCRIPT, "").as_str()
}

fn data(page: &str) -> &str {
    let rest = page.split_once("<script id=\"data\" type=\"application/json\">").unwrap().1;
    rest.split_once("</script>").unwrap().0
}

/// Every tag with everything in it.
fn tags(markup: &str) -> Vec<&str> {
    markup.split('<').skip(1).map(|it| it.split_once('>').expect("a tag that ends").0).collect()
}

/// `RICH` with `text` for every string that need not be one of a few words.
fn with_every_string(text: &str) -> Delta {
    fn places(value: &Value, at: &str, out: &mut Vec<String>) {
        match value {
            Value::String(_) => out.push(at.to_owned()),
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(i, it)| places(it, &format!("{at}/{i}"), out));
            }
            Value::Object(map) => map.iter().for_each(|(key, it)| places(it, &format!("{at}/{key}"), out)),
            _ => {}
        }
    }
    let mut value: Value = serde_json::from_str(RICH).unwrap();
    let mut all = Vec::new();
    places(&value, "", &mut all);
    let mut replaced = 0;
    for place in all {
        let before = std::mem::replace(value.pointer_mut(&place).unwrap(), Value::String(text.to_owned()));
        if serde_json::from_value::<Delta>(value.clone()).is_ok() {
            replaced += 1;
        } else {
            *value.pointer_mut(&place).unwrap() = before;
        }
    }
    assert!(replaced > 200, "only {replaced}");
    serde_json::from_value(value).unwrap()
}

const HOSTILE: &str = "</script></style></title><!--<img src=x onerror=alert(1)>\u{202e}\u{200b}&amp;\"'` javascript:alert(1) \
                       https://evil.example ]]>\u{2028}\u{0}";

#[test]
fn hostile_text_changes_no_tag() {
    let (plain, hostile) = (delta_html(&with_every_string("x")), delta_html(&with_every_string(HOSTILE)));
    assert_eq!(tags(&markup(&plain)), tags(&markup(&hostile)));
    assert!(hostile.contains("&lt;img src=x onerror=alert(1)&gt;⟨U+202E⟩⟨U+200B⟩&amp;amp;"));
}

#[test]
fn hostile_text_ends_no_script_and_is_still_itself() {
    let page = delta_html(&with_every_string(HOSTILE));
    assert!(!data(&page).contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
    let value: Value = serde_json::from_str(data(&page)).unwrap();
    let name = &value["tables"][1]["rows"][0]["c"][1][1];
    assert_eq!(name[0], "code");
    assert!(name[1].as_str().unwrap().starts_with("</script></style></title><!--<img"), "{name}");
}

#[test]
fn nothing_invisible_is_in_the_page() {
    for page in [delta_html(&rich()), delta_html(&with_every_string(HOSTILE))] {
        let found = page.chars().find(|&c| c != '\n' && c != '\t' && show::is_invisible(c));
        assert_eq!(found, None);
    }
}

#[test]
fn the_page_refers_to_nothing_but_itself() {
    let page = markup(&delta_html(&rich()));
    for tag in tags(&page) {
        for name in ["href", "src", "srcset", "action", "data", "poster", "style"] {
            let Some((_, rest)) = tag.split_once(&format!(" {name}=\"")) else { continue };
            assert!(rest.starts_with('#') || rest == "data:,\"", "{tag}");
        }
        assert!(!tag.contains(" on"), "{tag}");
    }
    for text in [STYLE, SCRIPT] {
        for word in ["url(", "@import", "fetch(", "XMLHttpRequest", "import(", "innerHTML", "eval(", "</"] {
            assert!(!text.contains(word), "{word}");
        }
    }
}

/// The hashes are those of what stands between the tags: a browser refuses anything else.
#[test]
fn the_policy_allows_the_one_script_and_the_one_style() {
    let page = delta_html(&rich());
    let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let script = page.rsplit_once("<script>").unwrap().1.split_once("</script>").unwrap().0;
    let policy =
        page.split_once("Content-Security-Policy\" content=\"").unwrap().1.split_once('"').unwrap().0;
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.contains(&format!("script-src {}", hash(script))), "{policy}");
    assert!(policy.contains(&format!("style-src {}", hash(style))), "{policy}");
    // By `printf '' | openssl dgst -sha256 -binary | base64`.
    assert_eq!(hash(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
}

#[test]
fn every_row_is_there_once_and_the_rest_is_left_to_the_script() {
    let mut delta = rich();
    let package = delta.packages.first().cloned().unwrap();
    delta.packages = (0..1200).map(|i| PackageChange { name: format!("p{i}"), ..package.clone() }).collect();
    let page = delta_html(&delta);
    let rows = |name: &str| markup(&page).matches(&format!("<code>{name}</code></span></th>")).count();
    assert_eq!((rows("p0"), rows("p499"), rows("p500")), (1, 1, 0));
    assert!(data(&page).contains("\"p1199\""));
    assert!(page.contains("The first 500 of 1200 rows"));
}

#[test]
fn paths_are_merged_into_one_tree() {
    let (nodes, left_out) = paths::paths(&rich());
    assert_eq!(left_out, 0);
    let of = |text: &str| -> Vec<_> { nodes.iter().filter(|it| it.text == text).collect() };
    let parent = |text: &str| nodes[of(text)[0].parent.unwrap()].text.clone();
    // `axios` is a change itself and lies on the way to two others.
    assert_eq!(of("axios 1.7.2").len(), 1);
    assert_eq!(of("axios 1.7.2")[0].change, Some("added"));
    assert_eq!(parent("follow-redirects 1.15.6"), "axios 1.7.2");
    assert_eq!(parent("axios 1.7.2"), "@acme/shop 1.5.0");
    assert_eq!(of("@acme/shop 1.5.0")[0].change, Some("upgraded"));
    assert!(of("actions/checkout v4").is_empty(), "the scanner explains it");
    assert!(nodes.iter().enumerate().skip(1).all(|(at, it)| it.parent.unwrap() < at));
}

#[test]
fn a_path_without_end_is_cut() {
    let mut delta = rich();
    delta.packages.truncate(1);
    delta.packages[0].why.path = (0..100_000).map(|i| i.to_string()).collect();
    let (nodes, _) = paths::paths(&delta);
    assert!(nodes.len() < 100);
    assert!(nodes.iter().any(|it| it.text == "… 99936 further steps …"));
    assert_eq!(nodes.last().unwrap().rows, [0]);
}

#[test]
fn an_empty_delta_has_a_page() {
    let page = delta_html(&Delta::default());
    assert!(page.contains("Nothing differs") && page.contains("No package differs."));
    let mut delta = rich();
    delta.files = vec![FileChange { text: None, ..delta.files[0].clone() }];
    assert_ne!(delta_html(&delta), page);
    assert_eq!(delta_html(&rich()), delta_html(&rich()));
}
