//! A bar with bytes and layers, on a terminal, for whatever takes longer than a second.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use bomwright_image::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How much a person wants to read on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Errors only.
    Quiet,
    /// Warnings and a bar.
    Normal,
    /// Notes and what is done.
    Verbose,
}

const PATIENCE: Duration = Duration::from_secs(1);

/// The bar of one scan. It stays hidden for the first second, and wherever standard error is no terminal.
pub(crate) struct Bar {
    inner: ProgressBar,
    since: Instant,
    wanted: bool,
}

impl Bar {
    /// A bar for `total` stored bytes in `layers` layers of the source `name`.
    pub(crate) fn new(name: &str, layers: usize, total: u64, verbosity: Verbosity) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
        let template = "{prefix} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        let layers = if layers == 1 { "1 layer".to_owned() } else { format!("{layers} layers") };
        bar.set_prefix(format!("{name}, {layers}"));
        let wanted = verbosity >= Verbosity::Normal && std::io::stderr().is_terminal();
        Self { inner: bar, since: Instant::now(), wanted }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.inner.finish_and_clear();
    }
}

impl Progress for Bar {
    fn bytes(&self, stored: u64) {
        self.inner.inc(stored);
        if self.wanted && self.inner.is_hidden() && self.since.elapsed() > PATIENCE {
            self.inner.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}
