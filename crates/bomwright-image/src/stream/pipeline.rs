//! One thread reads and inflates, the caller's hashes and parses, and a third makes the slower digests.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use super::Stored;
use super::blob_hash::BlobHash;
use super::unpacker::{Buffer, Unpacker};
use crate::consumer::Consumer;
use crate::facts::{Digester, Digests, Piece};
use crate::tar::Sink;
use crate::{ImageError, Limits, Progress};

/// Buffers that travel between threads. With few of them, each thread waits for the other at every change of
/// speed. Measured against 4: up to a sixth less time and a tenth less work on a busy machine, the same on a
/// quiet one; 16 and 32 give no more.
const BUFFERS: usize = 12;

/// What the reading thread sends: a piece of the tar, or nothing at the end, and how many stored bytes it read
/// for it.
struct Message {
    content: Option<Buffer>,
    stored: u64,
}

/// Reads the whole layer through `sink` and checks its digests.
pub(super) fn read(
    layer: &Stored,
    limits: &Limits,
    facts: bool,
    progress: &dyn Progress,
    sink: &mut dyn Sink,
) -> Result<(), ImageError> {
    let mut consumer = Consumer::new(layer, limits, progress)?;
    let blob_hash = consumer.lend_stored().map(BlobHash::new);
    let lent = blob_hash.as_ref();
    let (full, incoming) = sync_channel(2 * BUFFERS);
    let (recycle, empty) = pool(if facts { BUFFERS + BUFFERS / 2 } else { BUFFERS });
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if let Err(error) = produce(layer, limits, lent, &full, &empty) {
                // The caller hears of a missing end: it stops when the channel closes.
                let _ = full.send(Err(error));
            }
        });
        // Moved in here, so that they close when this side gives up, and the other sides then do.
        let (incoming, recycle) = (incoming, recycle);
        let digesting = facts.then(|| Digesting::start(scope, recycle.clone()));
        while let Some(message) = receive(&incoming, lent) {
            let Message { content, stored } = message?;
            consumer.progress(stored);
            let Some(buffer) = content else {
                if let Some(digesting) = digesting {
                    let found = digesting.finish();
                    sink.digests(found.ok_or_else(|| layer.corrupt("hashing stopped early"))?);
                }
                return Ok(());
            };
            consumer.content(buffer.filled(), sink)?;
            let pieces = sink.pieces();
            match &digesting {
                Some(digesting) if !pieces.is_empty() => digesting.take(buffer, pieces),
                _ => drop(recycle.try_send(buffer)),
            }
        }
        Err(layer.corrupt("reading stopped early"))
    })?;
    if let Some(blob_hash) = blob_hash {
        consumer.return_stored(blob_hash.finish());
    }
    consumer.finish()
}

/// The next message, and work on the blob's hash as long as there is none; `None` once the channel is closed.
fn receive<T>(from: &Receiver<T>, blob_hash: Option<&BlobHash<'_>>) -> Option<T> {
    loop {
        match from.try_recv() {
            Ok(message) => return Some(message),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {
                if !blob_hash.is_some_and(BlobHash::work) {
                    return from.recv().ok();
                }
            }
        }
    }
}

/// Empty buffers, and where to send them when they are empty again.
fn pool(count: usize) -> (SyncSender<Buffer>, Receiver<Buffer>) {
    let (sender, receiver) = sync_channel(count);
    for _ in 0..count {
        let _ = sender.try_send(Buffer::new());
    }
    (sender, receiver)
}

fn produce(
    layer: &Stored,
    limits: &Limits,
    blob_hash: Option<&BlobHash<'_>>,
    full: &SyncSender<Result<Message, ImageError>>,
    empty: &Receiver<Buffer>,
) -> Result<(), ImageError> {
    let mut unpacker = Unpacker::new(layer, limits)?;
    let mut told = 0;
    // A closed channel means that the other side has failed and will say why.
    while let Some(mut buffer) = receive(empty, blob_hash) {
        let more = unpacker.fill(&mut buffer, &mut |window| {
            if let Some(blob_hash) = blob_hash {
                blob_hash.exchange(window);
            }
        })?;
        let stored = unpacker.stored() - told;
        told += stored;
        let content = more.then_some(buffer);
        if full.send(Ok(Message { content, stored })).is_err() || !more {
            break;
        }
    }
    Ok(())
}

/// The thread that makes MD5 and SHA-1 of buffers that were parsed, and then recycles them.
struct Digesting<'scope> {
    full: SyncSender<(Buffer, Vec<Piece>)>,
    thread: ScopedJoinHandle<'scope, Vec<Digests>>,
}

impl<'scope> Digesting<'scope> {
    fn start(scope: &'scope Scope<'scope, '_>, recycle: SyncSender<Buffer>) -> Self {
        let (full, incoming) = sync_channel::<(Buffer, Vec<Piece>)>(2 * BUFFERS);
        let thread = scope.spawn(move || {
            let mut digester = Digester::default();
            while let Ok((buffer, pieces)) = incoming.recv() {
                digester.run(buffer.filled(), &pieces);
                let _ = recycle.try_send(buffer);
            }
            digester.finish()
        });
        Self { full, thread }
    }

    fn take(&self, buffer: Buffer, pieces: Vec<Piece>) {
        // Where the thread is gone, `finish` says so.
        let _ = self.full.send((buffer, pieces));
    }

    fn finish(self) -> Option<Vec<Digests>> {
        drop(self.full);
        self.thread.join().ok()
    }
}
