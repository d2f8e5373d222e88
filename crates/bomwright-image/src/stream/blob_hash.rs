//! The hash of a blob, taken forward by whichever thread has nothing else to do.
//!
//! Where the blob is compressed, one thread inflates and the other hashes and parses what comes out. Which of
//! them is the slower depends on the compression and the content, so the hash of the blob itself, a window at
//! a time, goes to the one that would wait for the other.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::unpacker::Buffer;
use crate::consumer::Check;

/// Windows that may wait to be hashed.
const WINDOWS: usize = 8;

/// A hash and the windows that it has not seen yet.
pub(super) struct BlobHash<'a> {
    /// Held while a window is hashed; windows leave the queue under it only, which keeps them in order.
    check: Mutex<Check<'a>>,
    queue: Mutex<Queue>,
}

struct Queue {
    full: VecDeque<Buffer>,
    empty: Vec<Buffer>,
}

impl<'a> BlobHash<'a> {
    pub(super) fn new(check: Check<'a>) -> Self {
        let empty = std::iter::repeat_with(Buffer::window).take(WINDOWS).collect();
        let queue = Queue { full: VecDeque::with_capacity(WINDOWS), empty };
        Self { check: Mutex::new(check), queue: Mutex::new(queue) }
    }

    /// Queues a window and gives an empty one for it. Where there is none, both threads are busy, and this
    /// one, which is ahead, hashes.
    pub(super) fn exchange(&self, window: &mut Buffer) {
        loop {
            let mut queue = lock(&self.queue);
            if let Some(empty) = queue.empty.pop() {
                queue.full.push_back(std::mem::replace(window, empty));
                return;
            }
            drop(queue);
            self.next(&mut lock(&self.check));
        }
    }

    /// Hashes one window; false where there is none, or the other thread is at it.
    pub(super) fn work(&self) -> bool {
        self.check.try_lock().is_ok_and(|mut check| self.next(&mut check))
    }

    /// The check with all that was queued.
    pub(super) fn finish(self) -> Check<'a> {
        while self.work() {}
        self.check.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self, check: &mut Check<'_>) -> bool {
        let Some(window) = lock(&self.queue).full.pop_front() else { return false };
        check.hasher.update(window.filled());
        lock(&self.queue).empty.push(window);
        true
    }
}

/// A thread that panics leaves nothing half done here: the scan ends with it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
