//! One comment, whatever was there before.

use std::thread;

use bomwright_forge::{Outcome, Subject, WhenEmpty};
use bomwright_tests::{Action, Flavour, Me};

use crate::setting::{MARK, Setting, everywhere};

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

#[test]
fn a_comment_is_created_then_changed_in_place_then_left_alone_then_deleted() {
    for it in everywhere() {
        assert!(matches!(it.say("one").unwrap(), Outcome::Created(_)), "{:?}", it.flavour);
        let id = it.forge.state().comments[0].id;
        assert!(matches!(it.say("two").unwrap(), Outcome::Updated(_)));
        {
            let state = it.forge.state();
            assert_eq!(state.comments.len(), 1);
            assert_eq!((state.comments[0].id, state.comments[0].body.as_str()), (id, &*format!("{MARK}two")));
        }
        let writes = it.forge.state().writes().len();
        assert!(matches!(it.say("two\r\n").unwrap(), Outcome::Unchanged(_)));
        assert_eq!(it.forge.state().writes().len(), writes, "nothing is written when nothing differs");
        assert_eq!(it.post(None, WhenEmpty::Delete).unwrap(), Outcome::Deleted);
        assert_eq!(it.post(Some(" \n"), WhenEmpty::Delete).unwrap(), Outcome::Nothing);
        assert!(it.texts().is_empty());
        assert!(it.waits.all().is_empty());
    }
}

#[test]
fn the_address_of_the_comment_is_told() {
    let it = Setting::new(Flavour::GitHub, Me::Person);
    let url = "https://git.example/acme/shop/pull/7#issuecomment-1".to_owned();
    assert_eq!(it.say("one").unwrap(), Outcome::Created(Some(url)));
}

#[test]
fn nothing_to_say_can_shorten_or_keep_the_comment() {
    for it in everywhere() {
        assert_eq!(it.post(None, WhenEmpty::Minimise).unwrap(), Outcome::Nothing, "none is made for that");
        it.say("one").unwrap();
        assert!(matches!(it.post(None, WhenEmpty::Keep).unwrap(), Outcome::Kept(_)));
        assert_eq!(it.texts()[0].1, format!("{MARK}one"));
        assert!(matches!(it.post(None, WhenEmpty::Minimise).unwrap(), Outcome::Minimised(_)));
        assert_eq!(it.texts()[0].1.lines().count(), 2, "the hidden line and one more");
        assert!(matches!(it.post(None, WhenEmpty::Minimise).unwrap(), Outcome::Unchanged(_)));
    }
}

#[test]
fn a_comment_beyond_the_first_pages_is_found() {
    for it in everywhere() {
        let me = if it.flavour == Flavour::GitHub { [1, 2] } else { [1, 1] };
        for _ in 0..250 {
            it.forge.state().add(5, "hello");
        }
        let mine = it.say("one").map(|_| it.texts()[250].0).unwrap();
        assert!(me.contains(&mine));
        for _ in 0..250 {
            it.forge.state().add(5, "hello");
        }
        assert!(matches!(it.say("two").unwrap(), Outcome::Updated(_)), "{:?}", it.flavour);
        assert_eq!(it.forge.state().comments.len(), 501);
        assert_eq!(it.forge.state().comments[250].body, format!("{MARK}two"));
    }
}

#[test]
fn a_strangers_comment_with_our_hidden_line_is_left_alone() {
    for it in everywhere() {
        let theirs = format!("{MARK}gotcha");
        it.forge.state().add(5, &theirs);
        assert!(matches!(it.say("one").unwrap(), Outcome::Created(_)), "{:?}", it.flavour);
        it.forge.state().add(6, &theirs);
        assert!(matches!(it.say("two").unwrap(), Outcome::Updated(_)));
        assert_eq!(it.post(None, WhenEmpty::Delete).unwrap(), Outcome::Deleted);
        assert_eq!(it.texts(), [(5, theirs.clone()), (6, theirs)]);
    }
}

#[test]
fn another_app_is_a_stranger_too_where_the_forge_says_who_we_are() {
    let it = Setting::new(Flavour::GitHub, Me::App);
    it.forge.state().add(3, &format!("{MARK}of another bot"));
    assert!(matches!(it.say("one").unwrap(), Outcome::Created(_)));
    // Where it does not, a comment that may not be changed is someone else's.
    let it = Setting::new(Flavour::GitHub, Me::SilentApp);
    it.forge.state().add(3, &format!("{MARK}of another bot"));
    it.forge.fault("PATCH", "/comments/1", Action::Answer(403, vec![], r#"{"message":"no"}"#));
    assert!(matches!(it.say("one").unwrap(), Outcome::Created(_)));
    assert_eq!(it.texts().len(), 2);
}

#[test]
fn other_ids_and_quoted_marks_are_other_comments() {
    for it in everywhere() {
        let me = if it.flavour == Flavour::GitHub { 2 } else { 1 };
        it.forge.state().add(me, "<!-- bomwright:sbom-2 -->\nx");
        it.forge.state().add(me, &format!("> {MARK}x"));
        it.forge.state().add(me, "");
        assert!(matches!(it.say("one").unwrap(), Outcome::Created(_)));
        assert_eq!(it.forge.state().comments.len(), 4);
    }
}

#[test]
fn of_several_comments_the_oldest_stays() {
    for it in everywhere() {
        it.say("one").unwrap();
        let me = it.texts()[0].0;
        it.forge.state().add(me, &format!("{MARK}two"));
        it.forge.state().add(me, &format!("{MARK}three"));
        assert!(matches!(it.say("four").unwrap(), Outcome::Updated(_)));
        assert_eq!(it.forge.state().comments[0].id, 1);
        assert_eq!(it.texts(), [(me, format!("{MARK}four"))]);
    }
}

#[test]
fn a_job_that_was_faster_wins_the_number_and_we_the_text() {
    for it in everywhere() {
        // It creates its comment after we looked and before we create ours.
        it.forge.fault(
            "POST",
            if it.flavour == Flavour::GitLab { "/notes" } else { "/comments" },
            Action::Meanwhile(format!("{MARK}of the other job")),
        );
        it.say("ours").unwrap();
        assert_eq!(it.forge.state().comments[0].id, 1, "{:?}", it.flavour);
        assert_eq!(it.texts().iter().map(|it| it.1.as_str()).collect::<Vec<_>>(), [format!("{MARK}ours")]);
    }
}

#[test]
fn two_jobs_at_the_same_time_leave_one_comment() {
    for flavour in [Flavour::GitHub, Flavour::GitLab, Flavour::Gitea] {
        for _ in 0..5 {
            let first = Setting::new(flavour, Me::Person);
            first.forge.meet(2);
            let forge = first.forge.clone();
            let other = thread::spawn(move || {
                let other = Setting { forge, ..Setting::new(flavour, Me::Person) };
                other.say("b").map(drop)
            });
            first.say("a").unwrap();
            other.join().unwrap().unwrap();
            let texts = first.texts();
            let posts = first.forge.state().writes().iter().filter(|it| *it == "POST").count();
            assert_eq!(posts, 2, "both saw none");
            assert_eq!(texts.len(), 1, "{texts:?}");
            assert!([format!("{MARK}a"), format!("{MARK}b")].contains(&texts[0].1));
        }
    }
}

#[test]
fn a_comment_that_is_deleted_under_our_hands_is_made_anew() {
    for it in everywhere() {
        it.say("one").unwrap();
        let method = if it.flavour == Flavour::GitLab { "PUT" } else { "PATCH" };
        it.forge.fault(method, "", Action::Clear);
        assert!(matches!(it.say("two").unwrap(), Outcome::Created(_)));
        assert_eq!(it.texts()[0].1, format!("{MARK}two"));
    }
}

#[test]
fn a_dry_run_changes_nothing() {
    for mut it in everywhere() {
        it.dry_run = true;
        assert_eq!(it.say("one").unwrap(), Outcome::Created(None));
        it.dry_run = false;
        it.say("one").unwrap();
        it.dry_run = true;
        let writes = it.forge.state().writes();
        assert!(matches!(it.say("two").unwrap(), Outcome::Updated(_)));
        assert_eq!(it.post(None, WhenEmpty::Delete).unwrap(), Outcome::Deleted);
        assert_eq!(it.forge.state().writes(), writes);
        assert_eq!(it.texts()[0].1, format!("{MARK}one"));
    }
}

#[test]
fn the_commit_at_the_head_names_the_pull_request() {
    for mut it in everywhere() {
        for number in 100..180 {
            it.forge.state().open.push((number, "f".repeat(40), "someone/shop".into()));
        }
        it.subject = Subject::Head { sha: SHA.into(), repository: None };
        assert_eq!(it.say("one").unwrap(), Outcome::Outdated, "closed, or another commit since");
        assert!(it.forge.state().writes().is_empty());
        it.forge.state().open.push((7, SHA.into(), "fork/shop".into()));
        assert!(matches!(it.say("one").unwrap(), Outcome::Created(_)), "{:?}", it.flavour);
        // Whoever opens another pull request with the same commit must not get the comment, nor stop it where
        // the forge says which repository the commit is in.
        it.forge.state().open.push((8, SHA.into(), "evil/shop".into()));
        let error = it.say("two").unwrap_err();
        assert!(error.to_string().contains("2 open"), "{error}");
        if it.flavour != Flavour::GitLab {
            it.subject = Subject::Head { sha: SHA.into(), repository: Some("fork/shop".into()) };
            assert!(matches!(it.say("two").unwrap(), Outcome::Updated(_)));
        }
    }
}
