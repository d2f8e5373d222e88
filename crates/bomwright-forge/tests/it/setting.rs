//! A client for a forge made by hand, and a clock that does not wait.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use bomwright_forge::{Client, Clock, CommentId, ForgeError, ForgeKind, Given, Options, Outcome, Subject};
use bomwright_forge::{Surroundings, Target, Token, WhenEmpty};
use bomwright_tests::{Flavour, Forge, Me};

/// The hidden line of the comments in these tests.
pub(crate) const MARK: &str = "<!-- bomwright:sbom -->\n";
/// When it is.
pub(crate) const NOW: u64 = 1_700_000_000;

/// A clock that passes time at once and remembers how much.
#[derive(Clone, Default)]
pub(crate) struct Waits(Rc<RefCell<Vec<u64>>>);

impl Waits {
    pub(crate) fn all(&self) -> Vec<u64> {
        self.0.borrow().clone()
    }
}

impl Clock for Waits {
    fn unix(&self) -> u64 {
        NOW + self.elapsed().as_secs()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.0.borrow().iter().sum())
    }

    fn sleep(&self, time: Duration) {
        self.0.borrow_mut().push(time.as_secs());
    }
}

struct Environment(&'static str);

impl Surroundings for Environment {
    fn variable(&self, name: &str) -> Option<String> {
        (name == "BOMWRIGHT_TOKEN").then(|| self.0.to_owned())
    }

    fn file(&self, _: &str) -> Option<String> {
        None
    }
}

/// One way to post.
pub(crate) struct Setting {
    pub(crate) forge: Forge,
    pub(crate) flavour: Flavour,
    pub(crate) token: &'static str,
    pub(crate) subject: Subject,
    pub(crate) dry_run: bool,
    pub(crate) timeout: u64,
    pub(crate) waits: Waits,
}

impl Setting {
    pub(crate) fn new(flavour: Flavour, me: Me) -> Self {
        Self {
            forge: Forge::start(flavour, me).unwrap(),
            flavour,
            token: "t0ken",
            subject: Subject::Number(7),
            dry_run: false,
            timeout: 180,
            waits: Waits::default(),
        }
    }

    /// What is posted to.
    pub(crate) fn target(&self) -> Target {
        let kind = match self.flavour {
            Flavour::GitHub => ForgeKind::GitHub,
            Flavour::GitLab => ForgeKind::GitLab,
            Flavour::Gitea => ForgeKind::Gitea,
        };
        let repository = if kind == ForgeKind::GitLab { "42" } else { "acme/shop" };
        let given = Given {
            kind: Some(kind),
            api_url: Some(self.forge.url()),
            repository: Some(repository.into()),
            number: Some(7),
            ..Given::default()
        };
        let target = Target::resolve(&given, &Environment(self.token)).unwrap();
        Target { subject: self.subject.clone(), ..target }
    }

    pub(crate) fn post(&self, body: Option<&str>, when_empty: WhenEmpty) -> Result<Outcome, ForgeError> {
        self.post_to(self.target(), body, when_empty)
    }

    pub(crate) fn post_to(
        &self,
        target: Target,
        body: Option<&str>,
        when_empty: WhenEmpty,
    ) -> Result<Outcome, ForgeError> {
        let token = Token::from_environment(target.kind, &Environment(self.token)).unwrap();
        let clock = Box::new(self.waits.clone());
        let options = Options { timeout: Duration::from_secs(self.timeout), dry_run: self.dry_run, clock };
        Client::new(target, token, options)?.upsert(&"sbom".parse::<CommentId>().unwrap(), body, when_empty)
    }

    pub(crate) fn say(&self, body: &str) -> Result<Outcome, ForgeError> {
        self.post(Some(body), WhenEmpty::Delete)
    }

    /// The texts on the forge, each with the number of its author.
    pub(crate) fn texts(&self) -> Vec<(i64, String)> {
        self.forge.state().comments.iter().map(|it| (it.user, it.body.clone())).collect()
    }
}

/// Every API, with the tokens that differ there.
pub(crate) fn everywhere() -> Vec<Setting> {
    [
        (Flavour::GitHub, Me::Person),
        (Flavour::GitHub, Me::App),
        (Flavour::GitHub, Me::SilentApp),
        (Flavour::GitLab, Me::Person),
        (Flavour::Gitea, Me::Person),
    ]
    .into_iter()
    .map(|(flavour, me)| Setting::new(flavour, me))
    .collect()
}
