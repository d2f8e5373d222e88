//! A forge of its own on the loopback interface, as far as comments go.
//!
//! Written from the public documentation: GitHub "REST API endpoints for issue comments", "for users", "for pull
//! requests" and GraphQL's `viewer`; GitLab "Notes API", "Users API", "Jobs API", "Merge requests API"; Gitea's API
//! v1. Everyone may change everything, as an app may that can write: what a client must not do, it can do here.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Barrier, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::http::{Answer, Seen, serve};

/// The token that is taken.
const TOKEN: &str = "t0ken";

/// Whose API is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// GitHub.
    GitHub,
    /// GitLab.
    GitLab,
    /// Gitea, with the list of comments in one piece, whatever page is asked for.
    Gitea,
}

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Me {
    /// A user's, with the number 1.
    Person,
    /// An app's: GitHub does not answer who it is, but GraphQL does.
    App,
    /// An app's that GraphQL does not answer either.
    SilentApp,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its number.
    pub id: u64,
    /// The number of its author.
    pub user: i64,
    /// Its text.
    pub body: String,
}

/// What to do wrong.
#[derive(Debug, Clone)]
pub enum Action {
    /// Answer this, and do nothing.
    Answer(u16, Vec<(&'static str, String)>, &'static str),
    /// Close the connection, having done nothing.
    Vanish,
    /// Do what was asked for, and close the connection.
    DoAndVanish,
    /// Do what was asked for, and close the connection within the body.
    Tear,
    /// First create a comment of ours with this text, as another job may.
    Meanwhile(String),
    /// First remove all comments.
    Clear,
}

/// One fault: the next request like this goes wrong.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The method.
    pub method: &'static str,
    /// A part of the path.
    pub path: &'static str,
    /// What happens.
    pub action: Action,
}

/// What the forge holds.
#[derive(Debug, Default)]
pub struct State {
    /// All comments, the oldest first.
    pub comments: Vec<Comment>,
    /// Each is used once, in this order among those that fit.
    pub faults: Vec<Fault>,
    /// Every request.
    pub log: Vec<Seen>,
    /// Open pull requests: number, head, repository of the head.
    pub open: Vec<(u64, String, String)>,
    last: u64,
    meet: Option<Arc<Barrier>>,
}

impl State {
    /// Adds a comment.
    pub fn add(&mut self, user: i64, body: &str) -> u64 {
        self.last += 1;
        self.comments.push(Comment { id: self.last, user, body: body.to_owned() });
        self.last
    }

    /// The requests that changed something, or tried to.
    pub fn writes(&self) -> Vec<String> {
        let writes = self.log.iter().filter(|it| it.method != "GET" && !it.path.ends_with("graphql"));
        writes.map(|it| it.method.clone()).collect()
    }
}

/// A forge.
#[derive(Debug, Clone)]
pub struct Forge {
    address: SocketAddr,
    flavour: Flavour,
    state: Arc<Mutex<State>>,
}

impl Forge {
    /// Starts one with an empty pull request number 7 of `acme/shop`, or of project 42.
    ///
    /// # Errors
    /// When there is no port to be had.
    pub fn start(flavour: Flavour, me: Me) -> io::Result<Self> {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let address = serve(move |seen| answer(flavour, me, &shared, seen))?;
        Ok(Self { address, flavour, state })
    }

    /// The base URL of the API.
    pub fn url(&self) -> String {
        let path = match self.flavour {
            Flavour::GitHub => "/api/v3",
            Flavour::GitLab => "/api/v4",
            Flavour::Gitea => "/api/v1",
        };
        format!("http://{}{path}", self.address)
    }

    /// What it holds.
    pub fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The next request like this goes wrong.
    pub fn fault(&self, method: &'static str, path: &'static str, action: Action) {
        self.state().faults.push(Fault { method, path, action });
    }

    /// The first `count` lists of comments are answered only when so many are asked for.
    pub fn meet(&self, count: usize) {
        self.state().meet = Some(Arc::new(Barrier::new(count)));
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(flavour: Flavour, me: Me, shared: &Mutex<State>, seen: &Seen) -> Answer {
    let mut state = lock(shared);
    state.log.push(seen.clone());
    let fault = state.faults.iter().position(|it| it.method == seen.method && seen.path.contains(it.path));
    let fault = fault.map(|index| state.faults.remove(index).action);
    match fault {
        Some(Action::Answer(status, headers, body)) => {
            let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            return Answer { status, headers, body: body.to_owned(), cut: None };
        }
        Some(Action::Vanish) => return Answer { cut: Some(0), ..Answer::default() },
        Some(Action::Meanwhile(ref body)) => {
            state.add(if me == Me::Person { 1 } else { 2 }, body);
        }
        Some(Action::Clear) => state.comments.clear(),
        _ => {}
    }
    let mut answer = route(flavour, me, &mut state, seen);
    answer.cut = match fault {
        Some(Action::DoAndVanish) => Some(0),
        Some(Action::Tear) => Some(answer.body.len() / 2),
        _ => None,
    };
    let meet = if is_list(seen) { state.meet.clone() } else { None };
    drop(state);
    if let Some(meet) = meet {
        // Everyone has read before anyone writes. Later lists need not wait.
        if meet.wait().is_leader() {
            lock(shared).meet = None;
        }
        while lock(shared).meet.is_some() {
            std::thread::yield_now();
        }
    }
    answer
}

fn is_list(seen: &Seen) -> bool {
    let path = seen.path.split('?').next().unwrap_or_default();
    seen.method == "GET" && (path.ends_with("/comments") || path.ends_with("/notes"))
}

fn route(flavour: Flavour, me: Me, state: &mut State, seen: &Seen) -> Answer {
    let signed = match flavour {
        Flavour::GitHub => seen.header("authorization") == Some(&format!("Bearer {TOKEN}")),
        Flavour::GitLab => [seen.header("private-token"), seen.header("job-token")].contains(&Some(TOKEN)),
        Flavour::Gitea => seen.header("authorization") == Some(&format!("token {TOKEN}")),
    };
    if !signed {
        return status(401, "Bad credentials");
    }
    if seen.header("user-agent").is_none_or(|it| !it.starts_with("bomwright/")) {
        return status(403, "Request forbidden by administrative rules");
    }
    let mine = if me == Me::Person { 1 } else { 2 };
    let path = seen.path.split('?').next().unwrap_or_default();
    let (list, one) = match flavour {
        Flavour::GitHub => {
            ("/api/v3/repos/acme/shop/issues/7/comments", "/api/v3/repos/acme/shop/issues/comments/")
        }
        Flavour::GitLab => {
            ("/api/v4/projects/42/merge_requests/7/notes", "/api/v4/projects/42/merge_requests/7/notes/")
        }
        Flavour::Gitea => {
            ("/api/v1/repos/acme/shop/issues/7/comments", "/api/v1/repos/acme/shop/issues/comments/")
        }
    };
    let change = if flavour == Flavour::GitLab { "PUT" } else { "PATCH" };
    let body = serde_json::from_str::<Value>(&seen.body).unwrap_or_default();
    let text = body.get("body").and_then(Value::as_str).unwrap_or_default();
    match seen.method.as_str() {
        "GET" if path == list => {
            page(flavour, seen, state.comments.iter().map(|it| shown(flavour, it)).collect())
        }
        "POST" if path == list => {
            state.add(mine, text);
            let made = state.comments.last().map(|it| shown(flavour, it)).unwrap_or_default();
            Answer { status: 201, body: made.to_string(), ..Answer::default() }
        }
        "GET" if path.ends_with("/pulls") || path.ends_with("/merge_requests") => {
            page(flavour, seen, state.open.iter().map(|it| proposal(flavour, it)).collect())
        }
        "GET" if path.ends_with("/user") && (me == Me::Person || flavour != Flavour::GitHub) => {
            ok(&user(flavour, mine))
        }
        "GET" if path.ends_with("/user") => status(403, "Resource not accessible by integration"),
        "GET" if path.ends_with("/job") => ok(&json!({ "id": 5, "user": user(flavour, mine) })),
        "POST" if path == "/api/graphql" && me == Me::App => {
            ok(&json!({ "data": { "viewer": { "login": "github-actions[bot]" } } }))
        }
        method => {
            let id = path.strip_prefix(one).and_then(|it| it.parse::<u64>().ok());
            let index = state.comments.iter().position(|it| Some(it.id) == id);
            let Some(index) = index else { return status(404, "Not Found") };
            if method == "DELETE" {
                state.comments.remove(index);
                return Answer { status: 204, ..Answer::default() };
            }
            match state.comments.get_mut(index) {
                Some(comment) if method == change => {
                    text.clone_into(&mut comment.body);
                    ok(&shown(flavour, comment))
                }
                _ => status(405, "Method Not Allowed"),
            }
        }
    }
}

fn ok(value: &Value) -> Answer {
    Answer { status: 200, body: value.to_string(), ..Answer::default() }
}

fn status(status: u16, message: &str) -> Answer {
    Answer { status, body: json!({ "message": message }).to_string(), ..Answer::default() }
}

/// Users: 1 is the one whose token it is, 2 the app, everyone else a stranger.
fn user(flavour: Flavour, id: i64) -> Value {
    let login = match id {
        1 => "robot".to_owned(),
        2 => "github-actions[bot]".to_owned(),
        3 => "dependabot[bot]".to_owned(),
        id => format!("stranger{id}"),
    };
    let kind = if [2, 3].contains(&id) { "Bot" } else { "User" };
    match flavour {
        Flavour::GitHub => json!({ "id": id, "login": login, "type": kind }),
        Flavour::GitLab => json!({ "id": id, "username": login, "name": login, "state": "active" }),
        Flavour::Gitea => json!({ "id": id, "login": login, "username": login }),
    }
}

fn shown(flavour: Flavour, comment: &Comment) -> Value {
    let Comment { id, user: author, body } = comment;
    match flavour {
        Flavour::GitLab => json!({
            "id": id, "type": null, "body": body, "author": user(flavour, *author), "system": false,
            "noteable_type": "MergeRequest", "noteable_iid": 7, "resolvable": false,
        }),
        _ => json!({
            "id": id, "body": body, "user": user(flavour, *author),
            "html_url": format!("https://git.example/acme/shop/pull/7#issuecomment-{id}"),
        }),
    }
}

fn proposal(flavour: Flavour, (number, sha, repository): &(u64, String, String)) -> Value {
    match flavour {
        Flavour::GitLab => json!({ "id": number + 1000, "iid": number, "sha": sha, "state": "opened" }),
        _ => json!({
            "id": number + 1000, "number": number, "state": "open",
            "head": { "sha": sha, "ref": "patch-1", "repo": { "full_name": repository } },
        }),
    }
}

fn page(flavour: Flavour, seen: &Seen, all: Vec<Value>) -> Answer {
    let number = |name| seen.parameter(name).and_then(|it| it.parse::<usize>().ok());
    let total = all.len();
    if flavour == Flavour::Gitea && is_list(seen) {
        let headers = vec![("X-Total-Count".to_owned(), total.to_string())];
        return Answer { headers, ..ok(&Value::Array(all)) };
    }
    let size =
        number(if flavour == Flavour::Gitea { "limit" } else { "per_page" }).unwrap_or(20).clamp(1, 100);
    let page = number("page").unwrap_or(1).max(1);
    let more = page * size < total;
    let part: Vec<Value> = all.into_iter().skip((page - 1) * size).take(size).collect();
    let path = seen.path.split('?').next().unwrap_or_default();
    let link = |page: usize, rel: &str| format!("<https://git.example{path}?page={page}>; rel=\"{rel}\"");
    let mut headers = Vec::new();
    match flavour {
        Flavour::GitHub if more => headers.push((
            "Link".to_owned(),
            format!("{}, {}", link(page + 1, "next"), link(total.div_ceil(size), "last")),
        )),
        Flavour::GitHub => headers.push(("Link".to_owned(), link(1, "first"))),
        Flavour::GitLab => headers
            .push(("x-next-page".to_owned(), if more { (page + 1).to_string() } else { String::new() })),
        Flavour::Gitea => headers.push(("X-Total-Count".to_owned(), total.to_string())),
    }
    Answer { headers, ..ok(&Value::Array(part)) }
}
