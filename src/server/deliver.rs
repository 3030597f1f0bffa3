//! Acts a [`Delivery`] out: waits, and then lets hyper send the reply, or a part of it, or takes the connection from it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Response, Version};
use tokio::time::sleep;

use super::content::Content;
use super::course::{Course, Last, reason};
use super::exchange::{Conversation, Framed, Shape, UnderWay};
use super::http1;
use super::script::{Ending, Notice, Script, Step};
use crate::delivery::{Act, Delivery, End, Outcome, Point};
use crate::fault::{self, Protocol};
use crate::message::Reply;

/// `PROTOCOL_ERROR` (RFC 9113 7).
const PROTOCOL_ERROR: u32 = 1;
/// `CANCEL`.
const CANCEL: u32 = 8;
/// `NO_ERROR`.
const NO_ERROR: u32 = 0;

/// Sends a reply as it says itself; a whole one if it says nothing. An error resets the stream of HTTP/2.
pub(super) async fn deliver(
    conversation: Arc<Conversation>,
    shape: Shape,
    mut reply: Reply,
    under_way: UnderWay,
) -> Result<Response<Content>, h2::Error> {
    let Some(delivery) = reply.delivery.take() else { return Ok(shape.respond(reply)) };
    if !delivery.delay.is_zero() {
        sleep(delivery.delay).await;
    }
    if delivery.is_only_late() {
        return Ok(shape.respond(reply));
    }
    let is_http2 = shape.version == Version::HTTP_2;
    fault::retell(&mut reply.headers, if is_http2 { Protocol::Http2 } else { Protocol::Http1 });
    let mut reply = shape.frame(reply);
    let notice = Notice { outcome: delivery.planned(reply.body.len()), receipt: reply.receipt.take() };
    let going = Going { reply, conversation, delivery: *delivery, under_way, notice };
    if is_http2 { going.over_http2().await } else { going.over_http1(shape.version).await }
}

/// Sends a whole reply after a delay. A future of its own, because most delayed replies are only late, and all that
/// [`deliver`] may have to keep is several times as large.
pub(super) async fn late(
    delay: Duration,
    shape: Shape,
    reply: Reply,
    under_way: UnderWay,
) -> Result<Response<Content>, h2::Error> {
    sleep(delay).await;
    drop(under_way);
    Ok(shape.respond(reply))
}

/// A reply on its way.
struct Going {
    reply: Framed,
    conversation: Arc<Conversation>,
    delivery: Delivery,
    under_way: UnderWay,
    notice: Notice,
}

impl Going {
    /// Hyper frames correctly, and reads on after a whole reply: all else is bytes on the wire.
    async fn over_http1(self, version: Version) -> Result<Response<Content>, h2::Error> {
        if self.delivery.act == Act::Whole && self.delivery.length.is_none() {
            return Ok(self.respond(usize::MAX, Last::End));
        }
        let Self { reply, conversation, delivery, under_way, notice } = self;
        let (steps, ending) = http1::steps(version, &reply, delivery);
        conversation.hand_over(Script { steps, ending, under_way, notice }).await
    }

    async fn over_http2(self) -> Result<Response<Content>, h2::Error> {
        let act = self.delivery.act.clone();
        match act {
            Act::Whole => Ok(self.respond(usize::MAX, Last::End)),
            Act::Raw(bytes) => self.leave(vec![Step::now(bytes)], Ending::Close).await,
            Act::BadChunk { after, .. } => Ok(self.respond(after, Last::Reset(PROTOCOL_ERROR))),
            Act::Cut { at: Point::Content(bytes), end } => {
                let is_short = bytes < self.reply.body.len();
                let last = match end {
                    End::Close => Last::End,
                    End::Drop => Last::HandOver(Vec::new(), Ending::Drop),
                    End::Reset => Last::HandOver(vec![Step::lull()], Ending::Reset),
                    End::Stall(time) => Last::Stall(time, is_short.then_some(CANCEL)),
                    End::ResetStream(code) => Last::Reset(code),
                    End::GoAway(code) => Last::HandOver(vec![go_away(code)], Ending::Close),
                };
                Ok(self.respond(bytes, last))
            }
            Act::Cut { at: Point::Start | Point::MidHead, end } => match end {
                End::Close => self.leave(vec![go_away(NO_ERROR)], Ending::Close).await,
                End::Drop => self.leave(Vec::new(), Ending::Drop).await,
                End::Reset => self.leave(Vec::new(), Ending::Reset).await,
                End::Stall(time) => {
                    self.conversation.hold(time).await;
                    Notice { outcome: Outcome::Reset { sent: 0 }, ..self.notice }.tell();
                    Err(reason(CANCEL))
                }
                End::ResetStream(code) => {
                    self.notice.tell();
                    Err(reason(code))
                }
                End::GoAway(code) => self.leave(vec![go_away(code)], Ending::Close).await,
            },
        }
    }

    async fn leave(self, steps: Vec<Step>, ending: Ending) -> Result<Response<Content>, h2::Error> {
        let Self { conversation, under_way, notice, .. } = self;
        conversation.hand_over(Script { steps, ending, under_way, notice }).await
    }

    /// The reply as hyper sends it, with so many bytes of its content; the head tells the length of the whole.
    fn respond(self, bytes: usize, last: Last) -> Response<Content> {
        let Self { reply, conversation, delivery, under_way, mut notice } = self;
        let Framed { status, mut headers, body, length, parts, receipt: _ } = reply;
        if parts.is_empty()
            && let Some(length) = delivery.length.or(length)
        {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        let content = body.slice(..bytes.min(body.len()));
        let sent = content.len() as u64;
        if delivery.length.is_some_and(|told| told != body.len() as u64) {
            // Of a stream, any false length is an error (RFC 9113 8.1.1).
            notice.outcome = Outcome::Cut { sent };
        }
        notice.outcome = of_stream(&last, sent, notice.outcome);
        let under_way = Some(under_way);
        let course = Course { conversation, content, pace: delivery.pace, last, notice, under_way };
        let mut response = Response::new(Content::paced(course, parts.is_empty()));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }
}

/// What becomes of a stream of HTTP/2, whose end is told apart from that of its content.
fn of_stream(last: &Last, sent: u64, planned: Outcome) -> Outcome {
    match last {
        Last::Reset(_) | Last::Stall(_, Some(_)) | Last::HandOver(_, Ending::Reset) => {
            Outcome::Reset { sent }
        }
        Last::HandOver(_, Ending::Close | Ending::Drop | Ending::Stall(_)) => Outcome::Cut { sent },
        Last::End | Last::Stall(_, None) => planned,
    }
}

/// A `GOAWAY` frame that says no stream was processed (RFC 9113 6.8).
fn go_away(code: u32) -> Step {
    let mut frame = vec![0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    frame.extend(code.to_be_bytes());
    Step::now(Bytes::from(frame))
}
