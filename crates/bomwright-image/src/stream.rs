//! A layer's bytes from disk to the tar parser, hashed on the way, on one thread or several.
//!
//! Buffers are made once and recycled. With two threads, one reads and inflates while the caller's hashes and
//! parses; where files need the slower digests too, a third makes those. The number of buffers bounds what
//! lies between them.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use bomwright_model::Digest;

use crate::codec::{Compression, Decoder, Step};
use crate::consumer::Consumer;
use crate::facts::{Digester, Digests, Piece};
use crate::hash::Hasher;
use crate::layout::{Blob, BlobReader};
use crate::tar::Sink;
use crate::{ImageError, Limits, Progress, Reading};

/// Bytes of a buffer: a multiple of the tar block, so that a block is never split between two.
const BUFFER: usize = 256 << 10;
/// Buffers of each kind that travel between two threads.
const BUFFERS: usize = 4;
/// Output before which a compression ratio means nothing.
const RATIO_GRACE: u64 = 256 << 20;

/// A layer that can be read.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// What messages call it.
    pub(crate) what: String,
    pub(crate) blob: Blob,
    pub(crate) compression: Compression,
    /// Digest that the stored bytes must have.
    pub(crate) digest: Option<Digest>,
    /// Digest that the uncompressed bytes must have.
    pub(crate) diff_id: Option<Digest>,
}

/// Bytes and how many of them count.
struct Buffer {
    bytes: Vec<u8>,
    length: usize,
}

/// What the reading thread sends.
enum Message {
    /// A piece of the tar.
    Content(Buffer),
    /// A piece of the blob that was inflated.
    Stored(Buffer),
}

/// Reads the whole layer through `sink` and checks its digests.
pub(crate) fn read(
    layer: &Stored,
    limits: &Limits,
    reading: Reading,
    progress: &dyn Progress,
    sink: &mut dyn Sink,
) -> Result<(), ImageError> {
    let result = if reading.pipelined {
        read_pipelined(layer, limits, reading.facts, progress, sink)
    } else {
        read_alone(layer, limits, progress, sink)
    };
    // Damage shows first as nonsense in the compressed data or the tar; the digest says that it is damage.
    match result {
        Err(error @ (ImageError::Corrupt { .. } | ImageError::Tar { .. })) => {
            verify_stored(layer)?;
            Err(error)
        }
        other => other,
    }
}

fn read_alone(
    layer: &Stored,
    limits: &Limits,
    progress: &dyn Progress,
    sink: &mut dyn Sink,
) -> Result<(), ImageError> {
    let mut unpacker = Unpacker::new(layer, limits)?;
    let mut consumer = Consumer::new(layer, limits, progress)?;
    let mut digester = Digester::default();
    let mut buffer = Buffer::new();
    while unpacker.fill(&mut buffer, &mut |stored| {
        consumer.stored(stored.filled());
        true
    })? {
        consumer.content(buffer.filled(), sink)?;
        digester.run(buffer.filled(), &sink.pieces());
    }
    sink.digests(digester.finish());
    consumer.finish()
}

fn read_pipelined(
    layer: &Stored,
    limits: &Limits,
    facts: bool,
    progress: &dyn Progress,
    sink: &mut dyn Sink,
) -> Result<(), ImageError> {
    let mut consumer = Consumer::new(layer, limits, progress)?;
    let (full, incoming) = sync_channel(2 * BUFFERS);
    let (recycle_content, empty_content) = pool(if facts { 2 * BUFFERS } else { BUFFERS });
    let (recycle_stored, empty_stored) = pool(BUFFERS);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let end = produce(layer, limits, &full, &empty_content, &empty_stored);
            // The caller hears of a missing end: it stops when the channel closes.
            let _ = full.send(end.map(|()| None));
        });
        // Moved in here, so that they close when this side gives up, and the other sides then do.
        let (incoming, recycle_content, recycle_stored) = (incoming, recycle_content, recycle_stored);
        let digesting = facts.then(|| Digesting::start(scope, recycle_content.clone()));
        while let Ok(message) = incoming.recv() {
            match message? {
                Some(Message::Content(buffer)) => {
                    consumer.content(buffer.filled(), sink)?;
                    let pieces = sink.pieces();
                    match &digesting {
                        Some(digesting) if !pieces.is_empty() => digesting.take(buffer, pieces),
                        _ => drop(recycle_content.try_send(buffer)),
                    }
                }
                Some(Message::Stored(buffer)) => {
                    consumer.stored(buffer.filled());
                    let _ = recycle_stored.try_send(buffer);
                }
                None => {
                    if let Some(digesting) = digesting {
                        let found = digesting.finish();
                        sink.digests(found.ok_or_else(|| layer.corrupt("hashing stopped early"))?);
                    }
                    return consumer.finish();
                }
            }
        }
        Err(layer.corrupt("reading stopped early"))
    })
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
    full: &SyncSender<Result<Option<Message>, ImageError>>,
    empty_content: &Receiver<Buffer>,
    empty_stored: &Receiver<Buffer>,
) -> Result<(), ImageError> {
    let mut unpacker = Unpacker::new(layer, limits)?;
    // A closed channel means that the other side has failed and will say why.
    while let Ok(mut buffer) = empty_content.recv() {
        let more = unpacker.fill(&mut buffer, &mut |stored| {
            let Ok(empty) = empty_stored.recv() else { return false };
            full.send(Ok(Some(Message::Stored(std::mem::replace(stored, empty))))).is_ok()
        })?;
        if !more || full.send(Ok(Some(Message::Content(buffer)))).is_err() {
            break;
        }
    }
    Ok(())
}

/// Hashes the blob alone and compares.
fn verify_stored(layer: &Stored) -> Result<(), ImageError> {
    let expected = match layer.compression {
        Compression::Plain => layer.digest.as_ref().or(layer.diff_id.as_ref()),
        _ => layer.digest.as_ref(),
    };
    let Some(expected) = expected else { return Ok(()) };
    let mut hasher = layer.hasher(expected)?;
    let mut reader = layer.blob.open()?;
    let mut buffer = Buffer::new();
    loop {
        buffer.length = reader.read(&mut buffer.bytes)?;
        if buffer.length == 0 {
            return layer.compare("stored", expected, hasher);
        }
        hasher.update(buffer.filled());
    }
}

impl Buffer {
    fn new() -> Self {
        Self { bytes: vec![0; BUFFER], length: 0 }
    }

    fn filled(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Stored {
    fn corrupt(&self, reason: impl Into<String>) -> ImageError {
        ImageError::Corrupt { what: self.what.clone(), reason: reason.into() }
    }

    /// A hasher for digests like `digest`.
    pub(crate) fn hasher(&self, digest: &Digest) -> Result<Hasher, ImageError> {
        Hasher::like(digest).ok_or_else(|| {
            ImageError::Unsupported(format!("the digest algorithm {} of {}", digest.algorithm(), self.what))
        })
    }

    /// Compares a hash with the digest that this `form` of the layer must have.
    pub(crate) fn compare(&self, form: &str, expected: &Digest, hasher: Hasher) -> Result<(), ImageError> {
        let actual = hasher.finish();
        if actual == *expected {
            return Ok(());
        }
        Err(ImageError::DigestMismatch {
            what: format!("{} ({form})", self.what),
            expected: expected.to_string(),
            actual: actual.to_string(),
        })
    }
}

/// The reading side: fills buffers with uncompressed bytes.
struct Unpacker<'a> {
    layer: &'a Stored,
    limits: &'a Limits,
    reader: BlobReader<'a>,
    decoder: Option<Decoder>,
    window: Buffer,
    taken: usize,
    stored: u64,
    produced: u64,
}

impl<'a> Unpacker<'a> {
    fn new(layer: &'a Stored, limits: &'a Limits) -> Result<Self, ImageError> {
        let decoder = layer.compression.decoder().map_err(|reason| layer.corrupt(reason))?;
        let window = Buffer { bytes: vec![0; if decoder.is_some() { BUFFER } else { 0 }], length: 0 };
        let reader = layer.blob.open()?;
        Ok(Self { layer, limits, reader, decoder, window, taken: 0, stored: 0, produced: 0 })
    }

    /// Fills `out`; false at the end. `spent` is handed every window of stored bytes once it was inflated and may
    /// exchange it for another; it returns false to stop.
    fn fill(
        &mut self,
        out: &mut Buffer,
        spent: &mut dyn FnMut(&mut Buffer) -> bool,
    ) -> Result<bool, ImageError> {
        out.length = 0;
        if self.decoder.is_none() {
            while out.length < out.bytes.len() {
                let count = self.reader.read(out.bytes.get_mut(out.length..).unwrap_or_default())?;
                if count == 0 {
                    break;
                }
                out.length += count;
            }
            self.stored += out.length as u64;
        } else {
            while out.length < out.bytes.len() && self.inflate(out, spent)? {}
        }
        self.produced += out.length as u64;
        self.check_limits()?;
        Ok(out.length > 0)
    }

    /// One step of the decoder; false at the end of the stream.
    fn inflate(
        &mut self,
        out: &mut Buffer,
        spent: &mut dyn FnMut(&mut Buffer) -> bool,
    ) -> Result<bool, ImageError> {
        if self.taken == self.window.length {
            if self.window.length > 0 && !spent(&mut self.window) {
                return Ok(false);
            }
            self.window.length = self.reader.read(&mut self.window.bytes)?;
            self.taken = 0;
            self.stored += self.window.length as u64;
        }
        let Some(decoder) = &mut self.decoder else { return Ok(false) };
        let input = self.window.filled().get(self.taken..).unwrap_or_default();
        let room = out.bytes.get_mut(out.length..).unwrap_or_default();
        let step = decoder.step(input, room).map_err(|reason| self.layer.corrupt(reason))?;
        self.taken += step.consumed;
        out.length += step.produced;
        if step != Step::default() {
            return Ok(true);
        }
        if !input.is_empty() {
            return Err(self.layer.corrupt("the decoder makes no progress"));
        }
        if decoder.is_at_end() {
            Ok(false)
        } else {
            Err(self.layer.corrupt("the compressed data ends early"))
        }
    }

    fn check_limits(&self) -> Result<(), ImageError> {
        let limit = |what: &str, limit| {
            Err(ImageError::Limit { what: format!("{what} of {}", self.layer.what), limit })
        };
        if self.stored > self.limits.blob_bytes {
            return limit("the stored size", self.limits.blob_bytes);
        }
        if self.produced > self.limits.layer_bytes {
            return limit("the uncompressed size", self.limits.layer_bytes);
        }
        let ratio = self.limits.compression_ratio;
        if self.produced > RATIO_GRACE && self.produced / ratio.max(1) > self.stored {
            return limit("the compression ratio", ratio);
        }
        Ok(())
    }
}
