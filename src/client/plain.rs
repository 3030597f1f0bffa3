//! Connections without TLS, which are of HTTP/1.1: each is driven by the request that it carries.
//!
//! hyper's pool runs each connection as a task of its own, so that a request and its reply are handed from task to task.
//! Where content is short and one request has a connection to itself, whoever waits for the reply can do that work: a
//! proxy spends less on each request then. Nobody watches a connection that is kept; that it was closed shows when it is
//! used again.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::task::{Context, Poll, Wake, Waker, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Request, Response, Uri};
use hyper::body::{Body, Frame, Incoming};
use hyper::client::conn::http1::{Connection, SendRequest, handshake};
use hyper::service::Service;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::unconstrained;

use super::alarm::Alarm;
use super::arriving::Arriving;
use super::content::Outgoing;
use super::failure::{Failure, Unanswered};
use super::within::within;
use crate::by_thread::ByThread;
use crate::lock::locked;

/// How long a connection is kept at most that nothing uses: less than most servers keep theirs.
pub(super) const IDLE: Duration = Duration::from_secs(30);

/// Connections to upstreams, made when they are needed and kept for the next request.
pub(super) struct Plain {
    connector: TowerToHyperService<HttpConnector>,
    /// Those that nothing uses: one that was used by a thread is best used there again.
    places: ByThread<Mutex<Places>>,
}

/// Connections that nothing uses, by where they lead. A proxy has few upstreams.
type Places = Vec<(Authority, Arc<Idle>)>;

impl Plain {
    pub(super) fn new(connector: HttpConnector) -> Self {
        Self { connector: TowerToHyperService::new(connector), places: ByThread::default() }
    }

    /// Sends a request to a server, and yields the head of its reply with the content as it comes, or says that it did not
    /// come within the limit. The request is taken then; its content has to be short, its target a path and query, its
    /// `Host` told.
    pub(super) async fn send(
        &self,
        server: &Authority,
        unsent: &mut Option<Request<Outgoing>>,
        limit: Duration,
    ) -> Result<Response<Arriving>, Unanswered> {
        let timed_out = || Unanswered::from(Failure::TimedOut(limit));
        let idle = self.idle(server);
        loop {
            let kept = idle.take().or_else(|| self.elsewhere(server));
            let was_kept = kept.is_some();
            let (mut line, left) = match kept {
                Some(line) => (line, limit),
                None => {
                    let begun = Instant::now();
                    let line = within(limit, pin!(self.connect(server))).await.ok_or_else(timed_out)??;
                    (line, limit.saturating_sub(begun.elapsed()))
                }
            };
            match line.ask(unsent, left).await.ok_or_else(timed_out)? {
                Ok(response) => {
                    let lease = Lease { line: Some(line), idle };
                    return Ok(response.map(|content| Arriving::new(content, Some(lease))));
                }
                // It was closed since it was last used, and nothing was sent.
                Err(_) if was_kept && unsent.is_some() => {}
                Err(error) => return Err(Unanswered::of(&error)),
            }
        }
    }

    /// The connections to a server that nothing uses, of this thread.
    fn idle(&self, server: &Authority) -> Arc<Idle> {
        let mut places = locked(self.places.own());
        if let Some(idle) = of(&places, server) {
            return Arc::clone(idle);
        }
        let idle = Arc::new(Idle::default());
        places.push((server.clone(), Arc::clone(&idle)));
        idle
    }

    /// A connection to a server that nothing uses, of any thread.
    fn elsewhere(&self, server: &Authority) -> Option<Box<Line>> {
        self.places.all().find_map(|places| {
            let places = locked(places);
            let mut line = of(&places, server)?.take()?;
            // Its timer is that thread's, which may have other things to do.
            line.alarm = Alarm::new();
            Some(line)
        })
    }

    async fn connect(&self, server: &Authority) -> Result<Box<Line>, Unanswered> {
        let mut origin = http::uri::Parts::default();
        origin.scheme = Some(Scheme::HTTP);
        origin.authority = Some(server.clone());
        origin.path_and_query = Some(PathAndQuery::from_static("/"));
        let origin = Uri::from_parts(origin).expect("it has all parts");
        let made = self.connector.call(origin).await;
        let stream = made.map_err(|error| Unanswered::unreachable(&error))?;
        let (sender, connection) = handshake(stream).await.map_err(|error| Unanswered::of(&error))?;
        Ok(Box::new(Line { sender, driven: Driven::new(connection), alarm: Alarm::new() }))
    }
}

/// Those to one server. Its names are compared as texts, which is quicker: one that is written in two ways has two places.
fn of<'p>(places: &'p Places, server: &Authority) -> Option<&'p Arc<Idle>> {
    places.iter().find(|(known, _)| known.as_str() == server.as_str()).map(|(_, idle)| idle)
}

/// Connections to one server that nothing uses.
#[derive(Default)]
struct Idle {
    kept: Mutex<Kept<Box<Line>>>,
}

/// What is kept, the last one at the end.
struct Kept<T> {
    all: Vec<T>,
    /// How many of them, the first ones, were there at the last sweep.
    old: usize,
    /// Whether somebody sweeps.
    is_swept: bool,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { all: Vec::new(), old: 0, is_swept: false }
    }
}

impl<T> Kept<T> {
    fn take(&mut self) -> Option<T> {
        let last = self.all.pop();
        self.old = self.old.min(self.all.len());
        last
    }

    /// Lets those go that were there at the last sweep and have not been taken since.
    fn sweep(&mut self) {
        self.all.drain(..self.old);
        self.old = self.all.len();
    }
}

impl Idle {
    fn take(&self) -> Option<Box<Line>> {
        self.kept().take()
    }

    fn put(self: &Arc<Self>, line: Box<Line>) {
        let mut kept = self.kept();
        if !kept.is_swept {
            // A reply may outlive the runtime; nothing is asked any more then.
            let Ok(runtime) = Handle::try_current() else { return };
            drop(runtime.spawn(sweep(Arc::downgrade(self))));
            kept.is_swept = true;
        }
        kept.all.push(line);
    }

    fn kept(&self) -> MutexGuard<'_, Kept<Box<Line>>> {
        locked(&self.kept)
    }
}

/// Lets connections go that have been kept for long, as long as any are kept.
async fn sweep(idle: Weak<Idle>) {
    loop {
        tokio::time::sleep(IDLE / 2).await;
        let Some(idle) = idle.upgrade() else { return };
        let mut kept = idle.kept();
        kept.sweep();
        if kept.all.is_empty() {
            kept.is_swept = false;
            return;
        }
    }
}

/// One connection, and what sends by it.
struct Line {
    sender: SendRequest<Outgoing>,
    driven: Driven,
    alarm: Alarm,
}

impl Line {
    /// Sends a request and waits for the head of its reply, so long: `None` if it has not come by then. A request of which
    /// nothing was sent is given back.
    async fn ask(
        &mut self,
        unsent: &mut Option<Request<Outgoing>>,
        limit: Duration,
    ) -> Option<Result<Response<Incoming>, hyper::Error>> {
        let Self { sender, driven, alarm } = self;
        let request = unsent.take().expect("a request is sent that is not sent yet");
        // The answer comes by the connection alone, so whoever drives that need not be woken once more. Without a bound
        // to its work, for it would ask to be woken there.
        let mut answer = pin!(unconstrained(sender.try_send_request(request)));
        alarm.begin(limit);
        let answered = poll_fn(|context| {
            driven.go_on(context);
            match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(answered) => Poll::Ready(Some(answered)),
                Poll::Pending if alarm.is_over(&driven.waker) => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        });
        let answered = answered.await?;
        driven.mute();
        Some(answered.map_err(|mut failed| {
            *unsent = failed.take_message();
            failed.into_error()
        }))
    }

    /// Whether it can carry another request.
    fn rests(&mut self) -> bool {
        if !self.sender.is_ready() {
            // The reply may have ended with what was read last.
            self.driven.go_on(&mut Context::from_waker(Waker::noop()));
        }
        self.driven.mute();
        self.driven.connection.is_some() && self.sender.is_ready()
    }
}

/// A connection that goes on when it is asked to.
struct Driven {
    /// `None` once it has ended.
    connection: Option<Connection<TokioIo<TcpStream>, Outgoing>>,
    call: Arc<Call>,
    /// Of the call.
    waker: Waker,
}

impl Driven {
    fn new(connection: Connection<TokioIo<TcpStream>, Outgoing>) -> Self {
        let call = Arc::new(Call::default());
        Self { connection: Some(connection), waker: Waker::from(Arc::clone(&call)), call }
    }

    /// Does what there is to do; the task of the context is woken when there is more. What goes wrong is told to whoever
    /// waits for the reply.
    fn go_on(&mut self, context: &mut Context<'_>) {
        let Some(connection) = &mut self.connection else { return };
        self.call.reach(context.waker());
        if Pin::new(connection).poll(&mut Context::from_waker(&self.waker)).is_ready() {
            self.connection = None;
        }
    }

    /// Wakes nobody any more until it goes on: what is taken from it makes it call for more, and whoever takes asks by
    /// itself. That would be one more turn of the task for each reply.
    fn mute(&self) {
        *self.call.task() = None;
    }
}

/// Wakes the task that drives a connection, if one waits for it.
#[derive(Default)]
struct Call {
    task: Mutex<Option<Waker>>,
}

impl Call {
    /// Wakes this one from now on.
    fn reach(&self, waker: &Waker) {
        let mut task = self.task();
        if !task.as_ref().is_some_and(|task| task.will_wake(waker)) {
            *task = Some(waker.clone());
        }
    }

    fn task(&self) -> MutexGuard<'_, Option<Waker>> {
        locked(&self.task)
    }
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Not while this is held: to be woken may end a task, and its connection.
        let task = self.task().clone();
        if let Some(task) = task {
            task.wake();
        }
    }
}

/// A connection that carries a reply. It is kept for the next request once the reply has come to its end.
pub(super) struct Lease {
    /// `None` once it is given back.
    line: Option<Box<Line>>,
    idle: Arc<Idle>,
}

impl Lease {
    /// The next piece of content that comes by this connection.
    pub(super) fn poll_frame(
        &mut self,
        content: &mut Incoming,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(line) = &mut self.line else { return Pin::new(content).poll_frame(context) };
        // As with the head: whatever comes, comes by the connection.
        let mut quiet = Context::from_waker(Waker::noop());
        let mut frame = Pin::new(&mut *content).poll_frame(&mut quiet);
        if frame.is_pending() {
            line.driven.go_on(context);
            frame = Pin::new(content).poll_frame(&mut quiet);
        }
        let frame = ready!(frame);
        line.driven.mute();
        if frame.is_none() {
            self.give_back();
        }
        Poll::Ready(frame)
    }

    fn give_back(&mut self) {
        if let Some(mut line) = self.line.take()
            && line.rests()
        {
            self.idle.put(line);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_takes_between_two_sweeps_is_let_go() {
        let mut kept = Kept { all: vec![1, 2, 3], ..Kept::default() };
        kept.sweep();
        assert_eq!(kept.all, [1, 2, 3]);
        assert_eq!((kept.take(), kept.take()), (Some(3), Some(2)));
        kept.all.push(4);
        kept.sweep();
        assert_eq!(kept.all, [4]);
        kept.sweep();
        assert_eq!((kept.all.len(), kept.take()), (0, None));
    }
}
