//! All sessions of a server: which one a request belongs to, and how many there can be.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::header::COOKIE;
use http::{HeaderMap, HeaderName};

use super::session::{Session, Setup, Start};
use crate::clock::Moment;
use crate::drift::{Coverage, Ledger};
use crate::message::{Request, has_field};
use crate::negotiate::WishError;
use crate::text;

/// How many sessions there can be beside the default one; of more, the one that was unused longest is let go.
pub const MOST_SESSIONS: usize = 1000;
/// How long a session can be unused before it is let go.
pub const IDLE: Duration = Duration::from_mins(30);
/// What stands in reports for the sessions that were let go; no name can be it.
pub(super) const ENDED: &str = "(ended)";
/// How long the name of a session can be.
const LONGEST_NAME: usize = 128;
/// The header and the cookie that name a session, and its member of `baggage`.
const NAME: &str = "standin-session";
const HEADER: HeaderName = HeaderName::from_static(NAME);
/// W3C Baggage: for calls that reach us through another service.
const BAGGAGE: HeaderName = HeaderName::from_static("baggage");

/// The sessions of a server.
#[derive(Debug)]
pub struct Sessions {
    pub(super) start: Start,
    default: Arc<Session>,
    named: Mutex<BTreeMap<Arc<str>, Arc<Session>>>,
    /// What was found in the sessions that were let go: a report tells it, too.
    gone: Ledger,
    /// What they exercised.
    pub(super) gone_coverage: Coverage,
}

impl Sessions {
    pub(super) fn new(start: Start) -> Self {
        let default = Arc::new(Session::new(None, Setup::default(), &start));
        Self {
            start,
            default,
            named: Mutex::default(),
            gone: Ledger::default(),
            gone_coverage: Coverage::default(),
        }
    }

    /// The session of requests that name none.
    pub fn default(&self) -> &Arc<Session> {
        &self.default
    }

    /// The session of this name, if there is one.
    pub fn find(&self, name: &str) -> Option<Arc<Session>> {
        self.named().get(name).cloned()
    }

    /// The sessions beside the default one, by name.
    pub fn all(&self) -> Vec<Arc<Session>> {
        self.named().values().cloned().collect()
    }

    /// The session of this name; made as the default one started if there is none.
    pub(super) fn enter(&self, name: &str, now: Moment) -> Arc<Session> {
        let mut named = self.named();
        if let Some(session) = named.get(name) {
            session.touch(now);
            return Arc::clone(session);
        }
        self.place(&mut named, name, Setup::default(), now)
    }

    /// Sets a session up anew; what one of the same name held is forgotten. Errors tell why the name can't be.
    pub fn set_up(&self, name: &str, setup: Setup, now: Moment) -> Result<Arc<Session>, String> {
        checked(name)?;
        Ok(self.place(&mut self.named(), name, setup, now))
    }

    /// Ends a session and forgets it. Whether there was one.
    pub fn end(&self, name: &str) -> bool {
        self.named().remove(name).is_some()
    }

    /// Ends every session but the default one, which forgets everything, and so does what was kept of ended ones. What is
    /// played is what the server was started with.
    pub fn reset_all(&self) {
        let mut named = self.named();
        named.clear();
        self.gone.clear();
        self.gone_coverage.clear();
        let first = Start::first_parts(&self.start.scripts);
        self.start.parts().clone_from(&first);
        self.default.start_over(first);
    }

    /// What was found in all sessions, and in which, those that were let go included.
    pub fn ledger(&self) -> Ledger {
        let whole = Ledger::default();
        whole.absorb(&self.default.ledger);
        whole.absorb_session(ENDED, &self.gone);
        for session in self.all() {
            whole.absorb_session(session.name.as_deref().unwrap_or_default(), &session.ledger);
        }
        whole
    }

    /// Adds what all sessions exercised, those that were let go included.
    pub(super) fn add_coverage(&self, whole: &Coverage) {
        whole.absorb(&self.gone_coverage);
        whole.absorb(&self.default.coverage);
        for session in self.all() {
            whole.absorb(&session.coverage);
        }
    }

    fn place(
        &self,
        named: &mut BTreeMap<Arc<str>, Arc<Session>>,
        name: &str,
        setup: Setup,
        now: Moment,
    ) -> Arc<Session> {
        let name: Arc<str> = name.into();
        let session = Arc::new(Session::new(Some(Arc::clone(&name)), setup, &self.start));
        session.touch(now);
        named.insert(name, Arc::clone(&session));
        self.let_go(named, now);
        session
    }

    /// Lets go what was unused for too long, and what was unused longest while there are too many.
    fn let_go(&self, named: &mut BTreeMap<Arc<str>, Arc<Session>>, now: Moment) {
        let idle = i64::try_from(IDLE.as_millis()).unwrap_or(i64::MAX);
        let gone: Vec<Arc<str>> = named
            .iter()
            .filter(|(_, session)| now.0.saturating_sub(session.last_used().0) > idle)
            .map(|(name, _)| Arc::clone(name))
            .collect();
        let longest = |named: &BTreeMap<Arc<str>, Arc<Session>>| {
            let oldest = named.iter().min_by_key(|(_, session)| session.last_used());
            oldest.map(|(name, _)| Arc::clone(name))
        };
        for name in gone {
            self.remove(named, &name);
        }
        while named.len() > MOST_SESSIONS {
            let Some(name) = longest(named) else { return };
            self.remove(named, &name);
        }
    }

    fn remove(&self, named: &mut BTreeMap<Arc<str>, Arc<Session>>, name: &str) {
        if let Some(session) = named.remove(name) {
            self.gone.absorb(&session.ledger);
            self.gone_coverage.absorb(&session.coverage);
        }
    }

    pub(super) fn named(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Arc<Session>>> {
        self.named.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of the session that a request belongs to: by header, cookie, path prefix `/~NAME/` or `baggage`, the first
/// of them. The prefix is taken off the path.
pub(super) fn take_name(request: &mut Request) -> Result<Option<String>, Box<WishError>> {
    let prefix = take_prefix(&mut request.path);
    let headers = &request.headers;
    let may_name = [HEADER, COOKIE, BAGGAGE].iter().any(|name| has_field(headers, name));
    let name = if may_name {
        let first = in_header(headers).or_else(|| member(headers, &COOKIE, ';'));
        first.or(prefix).or_else(|| member(headers, &BAGGAGE, ','))
    } else {
        prefix
    };
    let Some(name) = name else { return Ok(None) };
    match checked(&name) {
        Ok(()) => Ok(Some(name)),
        Err(reason) => Err(Box::new(WishError {
            name: NAME.into(),
            message: format!(
                "`{}` can't name a session: {reason}",
                text::harmless(&text::shortened(&name, 80))
            ),
            value: name,
            help: "use letters, digits, `-`, `_`, `.` and `~`".into(),
        })),
    }
}

fn in_header(headers: &HeaderMap) -> Option<String> {
    headers.get(HEADER).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// The value of our member in a header whose members `NAME=VALUE` stand between separators; properties of a member of
/// `baggage` do not count.
fn member(headers: &HeaderMap, header: &HeaderName, separator: char) -> Option<String> {
    let lines = headers.get_all(header).iter().filter_map(|line| line.to_str().ok());
    let members = lines.flat_map(|line| line.split(separator));
    members
        .filter_map(|member| member.split(';').next()?.split_once('='))
        .find(|(name, _)| name.trim() == NAME)
        .map(|(_, value)| value.trim().to_owned())
}

fn take_prefix(path: &mut String) -> Option<String> {
    let rest = path.strip_prefix("/~")?;
    let (name, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let name = name.to_owned();
    *path = if rest.is_empty() { "/".to_owned() } else { rest.to_owned() };
    Some(name)
}

/// Whether a name can name a session: it has to pass unchanged through a path, a cookie and a header.
fn checked(name: &str) -> Result<(), String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    if name.is_empty() {
        return Err("it is empty".into());
    }
    if name.len() > LONGEST_NAME {
        return Err(format!("it has {} characters, at most {LONGEST_NAME} are taken", name.len()));
    }
    match name.chars().find(|character| !character.is_ascii() || !is_plain(*character as u8)) {
        Some(character) => Err(format!("it has the character `{}`", text::harmless(&character.to_string()))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method};

    use super::*;
    use crate::seed::Seed;

    fn named(target: &str, headers: &[(&'static str, &'static str)]) -> (Option<String>, String) {
        let mut request = Request::new(Method::GET, target);
        for (name, value) in headers {
            request.headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        (take_name(&mut request).unwrap(), request.path)
    }

    #[test]
    fn a_request_names_its_session_in_four_ways() {
        let session = |name: &str, path: &str| (Some(name.to_owned()), path.to_owned());
        assert_eq!(named("/a", &[("standin-session", "one")]), session("one", "/a"));
        assert_eq!(named("/a", &[("cookie", "x=1; standin-session=two")]), session("two", "/a"));
        assert_eq!(named("/~three/packet/a", &[]), session("three", "/packet/a"));
        assert_eq!(named("/~three", &[]), session("three", "/"));
        let baggage = [("baggage", "a=b;p=1 , standin-session=four;ttl=1")];
        assert_eq!(named("/a", &baggage), session("four", "/a"));
        assert_eq!(
            named("/~three/a", &[("baggage", "standin-session=four"), ("standin-session", "one")]),
            session("one", "/a"),
            "the header comes first, and the prefix is taken off all the same"
        );
        assert_eq!(named("/a/~b", &[]), (None, "/a/~b".to_owned()));
    }

    #[test]
    fn a_name_that_can_not_be_is_refused() {
        for name in ["", "a b", "a/b", "a%20b", "ä", &"x".repeat(129)] {
            assert!(checked(name).is_err(), "{name}");
        }
        assert!(checked(&"x".repeat(128)).is_ok());
    }

    #[test]
    fn sessions_are_bounded_and_the_longest_unused_goes_first() {
        let start = Start { scripts: Vec::new(), parts: Mutex::default(), seed: Seed(1) };
        let sessions = Sessions::new(start);
        for number in 0..=MOST_SESSIONS as i64 {
            sessions.enter(&format!("s{number}"), Moment(number));
            sessions.enter("s0", Moment(number));
        }
        assert_eq!(sessions.all().len(), MOST_SESSIONS);
        assert!(sessions.find("s0").is_some() && sessions.find("s1").is_none());
        let much_later = Moment(i64::try_from(IDLE.as_millis()).unwrap() * 2);
        sessions.enter("new", much_later);
        assert_eq!(sessions.all().len(), 1, "what is unused for too long is let go");
    }
}
