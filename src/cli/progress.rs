//! Shows how far an indexing run is, on stderr and only on a terminal; ends it on Ctrl-C.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::ingest::Progress;
use crate::render::{counted, thousands};

/// Between two looks at the counters.
const TICK: Duration = Duration::from_millis(100);

/// A run that ends before shows nothing, so that a refresh without changes stays quiet.
const SILENT: Duration = Duration::from_millis(300);

/// Runs `work`, showing its progress unless it is to be quiet or stderr is no terminal.
pub(super) fn shown<T>(quiet: bool, progress: &Progress, work: impl FnOnce() -> T) -> T {
    if quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let ticker = scope.spawn(|| tick(progress, &ended));
        let end = End { ended: &ended, ticker: ticker.thread().clone() };
        let outcome = work();
        drop(end);
        outcome
    })
}

/// Ends the ticking thread, also when the work panics.
struct End<'a> {
    ended: &'a AtomicBool,
    ticker: std::thread::Thread,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        self.ticker.unpark();
    }
}

fn tick(progress: &Progress, ended: &AtomicBool) {
    let started = Instant::now();
    let mut bar: Option<ProgressBar> = None;
    let mut reading: Option<Instant> = None;
    while !ended.load(Ordering::Acquire) {
        std::thread::park_timeout(TICK);
        if started.elapsed() < SILENT {
            continue;
        }
        let bar = bar.get_or_insert_with(searching);
        let total = progress.bytes_total.load(Ordering::Relaxed);
        if total == 0 {
            bar.set_message(match progress.waiting_for() {
                Some(holder) => format!("waiting for {holder}"),
                None => LOOKING.to_owned(),
            });
            bar.tick();
            continue;
        }
        let since = *reading.get_or_insert_with(|| {
            bar.set_style(reading_style());
            bar.reset_eta();
            Instant::now()
        });
        bar.set_length(total);
        let done = progress.bytes_done.load(Ordering::Relaxed).min(total);
        bar.set_position(done);
        bar.set_message(told(progress, since.elapsed(), done == total));
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

const LOOKING: &str = "looking for files";

fn searching() -> ProgressBar {
    ProgressBar::new_spinner()
        .with_style(
            ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
        )
        .with_message(LOOKING)
}

fn reading_style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:24} {bytes} of {total_bytes}  {msg}  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn told(progress: &Progress, elapsed: Duration, writing: bool) -> String {
    let articles = progress.articles.load(Ordering::Relaxed);
    let skips = progress.skips.load(Ordering::Relaxed);
    let per_second = articles as f64 / elapsed.as_secs_f64().max(0.1);
    let mut text = format!("{}, {}/s", counted(articles, "article", "articles"), thousands(per_second as u64));
    if skips > 0 {
        text += &format!(", {skips} skipped");
    }
    if progress.stopped() {
        text += ", stopping";
    } else if writing {
        text += ", writing";
    }
    text
}

/// Runs `work` of unknown length, showing on a terminal that it goes on.
pub(super) fn spinning<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let bar = searching().with_message(what.to_owned());
    bar.enable_steady_tick(TICK);
    let outcome = work();
    bar.finish_and_clear();
    outcome
}

/// Makes Ctrl-C end the run after what is being read, and a second one the program. Before the first change and
/// after the last commit there is nothing to be saved: the first one ends the program.
pub(super) fn stop_on_interrupt(progress: &Arc<Progress>) {
    let progress = Arc::clone(progress);
    // Where it cannot be had, Ctrl-C ends the program at once, which harms no index either.
    let _ = ctrlc::set_handler(move || {
        let asked_before = progress.stop.swap(1, Ordering::Relaxed) != 0;
        let writing = progress.writing.load(Ordering::Relaxed) != 0;
        match (asked_before, writing) {
            (false, true) => {
                let text = "interrupted: saving what was read; once more to leave without";
                super::output::message(&text);
                return;
            }
            (false, false) => super::output::message(&"interrupted: nothing was left to be saved"),
            (true, _) => super::output::message(&"interrupted: the index stays as it was last saved"),
        }
        #[allow(clippy::exit, reason = "nothing is left to be saved; an index survives being left at any moment")]
        std::process::exit(INTERRUPTED);
    });
}

/// Makes Ctrl-C end what is under way when it is at a good place to end, and a second one the program.
pub(super) fn end_on_interrupt(progress: &Arc<Progress>) {
    let progress = Arc::clone(progress);
    let _ = ctrlc::set_handler(move || {
        if progress.stop.swap(1, Ordering::Relaxed) != 0 {
            #[allow(clippy::exit, reason = "asked for twice; an index survives being left at any moment")]
            std::process::exit(INTERRUPTED);
        }
    });
}

/// Exit status as a shell reports a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;
