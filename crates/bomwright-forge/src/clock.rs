//! Time, as a trait: rate limits are waited for, and a test should not wait.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What tells the time and passes it.
pub trait Clock {
    /// Seconds since 1970, for servers that say when a limit ends.
    fn unix(&self) -> u64;
    /// Time since some fixed moment; never goes back.
    fn elapsed(&self) -> Duration;
    /// Waits.
    fn sleep(&self, time: Duration);
}

/// The machine's own clock.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn unix(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs())
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, time: Duration) {
        thread::sleep(time);
    }
}
