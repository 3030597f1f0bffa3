//! What is written to a connection when hyper is out of the way, and how the connection ends.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

use super::exchange::UnderWay;
use super::keeper::{Order, Pulse, obey};
use super::stream::Stream;
use super::wire::LINGER;
use crate::delivery::Outcome;
use crate::message::Receipt;

/// How long bytes are left to travel before a reset, which overtakes them.
pub(super) const LULL: Duration = Duration::from_millis(20);

/// Bytes with pauses, and an end.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) steps: Vec<Step>,
    pub(super) ending: Ending,
    /// Keeps the request under way until the end.
    pub(super) under_way: UnderWay,
    pub(super) notice: Notice,
}

/// What is told of a reply once it has ended as it was to.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    pub(super) outcome: Outcome,
    pub(super) receipt: Option<Receipt>,
}

impl Notice {
    /// Notes that so many more bytes of the content were sent.
    pub(super) fn note_sent(&self, bytes: usize) {
        if let Some(receipt) = &self.receipt {
            receipt.note_sent(bytes);
        }
    }

    /// Tells it: before the client can see the end, so that what it does next finds it told.
    pub(super) fn tell(&self) {
        if let Some(receipt) = &self.receipt {
            receipt.tell(self.outcome);
        }
    }
}

/// A pause, and the bytes after it.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) pause: Duration,
    pub(super) bytes: Bytes,
    /// How many of them are content, as opposed to what frames it.
    pub(super) content: usize,
}

/// How the connection ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ending {
    /// In order.
    Close,
    /// Without a word of TLS.
    Drop,
    /// By TCP RST.
    Reset,
    /// Nothing comes for so long; then in order.
    Stall(Duration),
}

impl Step {
    /// Bytes without a pause.
    pub(super) fn now(bytes: impl Into<Bytes>) -> Self {
        Self { pause: Duration::ZERO, bytes: bytes.into(), content: 0 }
    }

    /// A pause without bytes.
    pub(super) fn lull() -> Self {
        Self { pause: LULL, bytes: Bytes::new(), content: 0 }
    }
}

impl Script {
    /// Plays it, unless the client goes or the keeper cuts the connection.
    pub(super) async fn play(self, stream: Stream, pulse: &Pulse) {
        // a client that does not take its bytes ends the script like one that goes
        let _ = obey(pulse, Order::Cut, self.act(stream, pulse)).await;
    }

    async fn act(self, mut stream: Stream, pulse: &Pulse) -> io::Result<()> {
        let Self { steps, ending, under_way: _under_way, notice } = self;
        for Step { pause, bytes, content } in steps {
            if !pause.is_zero() {
                hold(&mut stream, pause).await?;
            }
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            notice.note_sent(content);
        }
        if !matches!(ending, Ending::Stall(_)) || notice.outcome == Outcome::Whole {
            notice.tell();
        }
        match ending {
            Ending::Reset => {
                stream.reset();
                return Ok(());
            }
            Ending::Drop => stream.drop_sending().await?,
            Ending::Close => stream.shutdown().await?,
            Ending::Stall(time) => {
                // a stop does not wait for what never comes
                obey(pulse, Order::Finish, hold(&mut stream, time)).await.transpose()?;
                notice.tell();
                stream.shutdown().await?;
            }
        }
        // What the client still sends is read: closing over it would make a reset of the end (RFC 9112 9.6).
        let _ = timeout(LINGER, gone(&mut stream)).await;
        Ok(())
    }
}

/// Waits; an error if the client goes before.
async fn hold(stream: &mut Stream, time: Duration) -> io::Result<()> {
    tokio::select! {
        () = sleep(time) => Ok(()),
        () = gone(stream) => Err(io::ErrorKind::BrokenPipe.into()),
    }
}

/// Waits until the client goes; what it sends is thrown away.
async fn gone(stream: &mut Stream) {
    let mut scratch = [0; 1024];
    while let Ok(1..) = stream.read(&mut scratch).await {}
}
