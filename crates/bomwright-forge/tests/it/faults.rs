//! A network and servers as they are.

use bomwright_forge::{ForgeError, Outcome, WhenEmpty};
use bomwright_tests::{Action, Flavour, Me};

use crate::setting::{MARK, NOW, Setting, everywhere};

fn list(it: &Setting) -> &'static str {
    if it.flavour == Flavour::GitLab { "/notes" } else { "/comments" }
}

fn change(it: &Setting) -> &'static str {
    if it.flavour == Flavour::GitLab { "PUT" } else { "PATCH" }
}

#[test]
fn a_rate_limit_is_waited_for() {
    for it in everywhere() {
        let headers = vec![("Retry-After", "17".to_owned())];
        it.forge.fault("GET", list(&it), Action::Answer(429, headers.clone(), ""));
        it.forge.fault("POST", list(&it), Action::Answer(429, headers, ""));
        it.say("one").unwrap();
        assert_eq!(it.waits.all(), [17, 17], "{:?}", it.flavour);
        assert_eq!(it.texts().len(), 1);
    }
}

#[test]
fn the_limits_of_each_forge_are_understood() {
    let hub = Setting::new(Flavour::GitHub, Me::App);
    let spent = vec![
        ("x-ratelimit-limit", "1000".to_owned()),
        ("x-ratelimit-remaining", "0".to_owned()),
        ("x-ratelimit-reset", (NOW + 40).to_string()),
    ];
    hub.forge.fault(
        "GET",
        "/comments",
        Action::Answer(403, spent, r#"{"message":"API rate limit exceeded"}"#),
    );
    let secondary = r#"{"message":"You have exceeded a secondary rate limit. Please wait a few minutes."}"#;
    hub.forge.fault("POST", "/comments", Action::Answer(403, vec![], secondary));
    hub.say("one").unwrap();
    assert_eq!(hub.waits.all(), [41, 60]);
    let lab = Setting::new(Flavour::GitLab, Me::Person);
    let limit = vec![("RateLimit-Remaining", "0".to_owned()), ("RateLimit-Reset", (NOW + 25).to_string())];
    lab.forge.fault("POST", "/notes", Action::Answer(429, limit, "Retry later"));
    lab.say("one").unwrap();
    assert_eq!(lab.waits.all(), [26]);
}

#[test]
fn a_limit_that_ends_too_late_is_an_error_that_says_when() {
    let it = Setting { timeout: 30, ..Setting::new(Flavour::GitHub, Me::Person) };
    it.forge.fault("GET", "/comments", Action::Answer(429, vec![("retry-after", "3600".into())], ""));
    let error = it.say("one").unwrap_err();
    assert!(matches!(error, ForgeError::NoTime { wait: 3600, timeout: 30, .. }), "{error}");
    assert!(it.waits.all().is_empty(), "nothing is waited for in vain");
    assert!(error.hint().unwrap().contains("--timeout"));
}

#[test]
fn server_errors_are_tried_again_but_not_for_ever() {
    for it in everywhere() {
        for status in [500, 502, 503] {
            it.forge.fault("GET", list(&it), Action::Answer(status, vec![], "<html>oops</html>"));
        }
        it.say("one").unwrap();
        assert_eq!(it.waits.all(), [1, 2, 4]);
        for _ in 0..20 {
            it.forge.fault(change(&it), "", Action::Answer(500, vec![], ""));
        }
        let error = it.say("two").unwrap_err();
        assert!(matches!(error, ForgeError::GivenUp { tries: 6, .. }), "{error}");
        assert!(error.to_string().contains("answered 500"), "{error}");
    }
}

#[test]
fn lost_connections_are_tried_again() {
    for it in everywhere() {
        it.forge.fault("GET", list(&it), Action::Vanish);
        it.forge.fault("GET", "/user", Action::Tear);
        it.say("one").unwrap();
        it.forge.fault(change(&it), "", Action::Vanish);
        it.forge.fault(change(&it), "", Action::Tear);
        assert!(matches!(it.say("two").unwrap(), Outcome::Updated(_)));
        assert_eq!(it.texts()[0].1, format!("{MARK}two"));
        it.forge.fault("DELETE", "", Action::DoAndVanish);
        assert_eq!(it.post(None, WhenEmpty::Delete).unwrap(), Outcome::Deleted);
        assert!(it.texts().is_empty());
    }
}

#[test]
fn creating_is_never_repeated_blindly() {
    for it in everywhere() {
        for action in [Action::DoAndVanish, Action::Tear] {
            it.forge.fault("POST", list(&it), action);
            assert!(matches!(it.say("one").unwrap(), Outcome::Created(_)));
            let state = it.forge.state();
            assert_eq!(state.writes(), ["POST"], "{:?}: the comment was there already", it.flavour);
            drop(state);
            it.forge.state().comments.clear();
            it.forge.state().log.clear();
        }
        it.forge.fault("POST", list(&it), Action::Vanish);
        it.say("one").unwrap();
        assert_eq!(it.forge.state().writes(), ["POST", "POST"], "it was not there");
        assert_eq!(it.texts().len(), 1);
    }
}

#[test]
fn refusals_say_what_to_do() {
    let hint = |error: &ForgeError| error.hint().unwrap_or_default();
    for mut it in everywhere() {
        it.token = "wrong";
        let error = it.say("one").unwrap_err();
        assert!(matches!(error, ForgeError::Refused { status: 401, .. }), "{error}");
        assert!(hint(&error).contains("_TOKEN"), "{}", hint(&error));
        assert!(!format!("{error} {error:?}").contains("wrong"), "{error:?}");
        it.token = "t0ken";
        it.forge.fault("GET", list(&it), Action::Answer(404, vec![], r#"{"message":"404 Not found"}"#));
        let error = it.say("one").unwrap_err();
        assert!(error.to_string().contains("answered 404: 404 Not found"), "{error}");
        assert!(hint(&error).contains("number"), "{}", hint(&error));
        let denied = r#"{"message":"Resource not accessible by integration"}"#;
        it.forge.fault("POST", list(&it), Action::Answer(403, vec![], denied));
        let error = it.say("one").unwrap_err();
        assert!(error.to_string().contains("answered 403: Resource not accessible"), "{error}");
        if it.flavour == Flavour::GitHub {
            assert!(hint(&error).contains("pull-requests: write"));
            assert!(hint(&error).contains("docs/pull-requests.md"));
        }
        assert!(it.waits.all().is_empty(), "none of these gets better by waiting");
    }
}

#[test]
fn a_token_that_may_not_say_whose_it_is_is_not_guessed_about() {
    for flavour in [Flavour::GitLab, Flavour::Gitea] {
        let it = Setting::new(flavour, Me::Person);
        let scope = r#"{"message":"token does not have at least one of required scope(s): [read:user]"}"#;
        it.forge.fault("GET", "/user", Action::Answer(403, vec![], scope));
        let error = it.say("one").unwrap_err();
        assert!(error.hint().unwrap().contains("scope"), "{error}");
        assert!(it.texts().is_empty());
    }
}

#[test]
fn a_token_that_the_server_repeats_is_struck_out() {
    let it = Setting::new(Flavour::GitHub, Me::Person);
    it.forge.fault("GET", "/user", Action::Answer(401, vec![], r#"{"message":"bad token t0ken\u001b[31m"}"#));
    let error = it.say("one").unwrap_err().to_string();
    assert!(error.contains("bad token ***") && !error.contains('\u{1b}'), "{error}");
}

#[test]
fn the_token_goes_to_no_other_host() {
    for (flavour, status) in [(Flavour::GitHub, 301), (Flavour::GitLab, 302), (Flavour::Gitea, 307)] {
        let (it, other) = (Setting::new(flavour, Me::Person), Setting::new(flavour, Me::Person));
        let away = format!("{}/elsewhere", other.forge.url());
        it.forge.fault("GET", list(&it), Action::Answer(status, vec![("location", away)], ""));
        let error = it.say("one").unwrap_err();
        assert!(matches!(error, ForgeError::Redirected { .. }), "{error}");
        assert!(other.forge.state().log.is_empty());
    }
}

#[test]
fn a_redirect_within_the_host_is_followed() {
    let it = Setting::new(Flavour::GitHub, Me::Person);
    let there = "/api/v3/repos/acme/shop/issues/7/comments?page=1";
    it.forge.fault("GET", "/comments", Action::Answer(301, vec![("location", there.into())], ""));
    it.forge.fault("POST", "/comments", Action::Answer(307, vec![("location", there.into())], ""));
    assert!(matches!(it.say("one").unwrap(), Outcome::Created(_)));
    assert_eq!(it.texts()[0].1, format!("{MARK}one"), "with its body");
    // A POST that would become a GET is no success.
    it.forge.state().comments.clear();
    it.forge.fault("POST", "/comments", Action::Answer(302, vec![("location", there.into())], ""));
    assert!(matches!(it.say("one"), Err(ForgeError::Refused { status: 302, .. })));
}

#[test]
fn answers_that_are_no_comments_are_errors() {
    for body in ["", "<html>", "{}", "[{}]", "[1]", r#"[{"id":-1}]"#, r#"{"id":1}"#] {
        let it = Setting::new(Flavour::GitHub, Me::Person);
        it.forge.fault("GET", "/comments", Action::Answer(200, vec![], body));
        let error = it.say("one").unwrap_err();
        assert!(matches!(error, ForgeError::Unreadable { .. }), "{body}: {error}");
        assert!(it.texts().is_empty());
    }
    // Fields that are null or missing are no reason to fail.
    let it = Setting::new(Flavour::GitHub, Me::Person);
    let odd = r#"[{"id":1,"body":null,"user":null},{"id":2}]"#;
    it.forge.fault("GET", "/comments", Action::Answer(200, vec![], odd));
    assert!(matches!(it.say("one").unwrap(), Outcome::Created(_)));
}

#[test]
fn a_text_that_is_too_long_is_refused_before_any_request() {
    let it = Setting::new(Flavour::GitHub, Me::Person);
    let error = it.say(&"x".repeat(70_000)).unwrap_err();
    assert!(matches!(error, ForgeError::TooLong { most: 65_536, .. }), "{error}");
    assert!(error.hint().unwrap().contains("-o markdown"));
    assert!(it.forge.state().log.is_empty());
}

#[test]
fn nobody_listening_is_an_error() {
    let it = Setting::new(Flavour::GitHub, Me::Person);
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut target = it.target();
    target.api = bomwright_forge::ApiUrl::parse(&format!("http://{address}"), false).unwrap();
    let error = it.post_to(target, Some("one"), WhenEmpty::Delete).unwrap_err();
    assert!(matches!(error, ForgeError::GivenUp { .. }), "{error}");
    assert_eq!(it.waits.all(), [1, 2, 4, 8, 16]);
}
