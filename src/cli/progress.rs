//! Shows the progress of indexing on stderr, only on a terminal.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output::message_columns;
use crate::ingest::Progress;
use crate::render::{bytes_text, columns, counted, seconds_text, thousands};

/// How often the line is drawn.
const TICK: Duration = Duration::from_millis(100);

/// A run that ends within this time shows nothing, so that a refresh without changes stays quiet.
const SILENT: Duration = Duration::from_millis(300);

/// The speed is shown after this time.
const SPEED_AFTER: Duration = Duration::from_secs(1);

/// Columns of the bar.
const BAR: usize = 20;

/// Runs `work` with a progress line, unless `quiet` is set or stderr is not a terminal.
pub(super) fn with_bar<T>(quiet: bool, progress: &Progress, work: impl FnOnce() -> T) -> T {
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
    while !ended.load(Ordering::Acquire) {
        std::thread::park_timeout(TICK);
        if started.elapsed() < SILENT {
            continue;
        }
        let bar = bar.get_or_insert_with(|| spinner(LOOKING));
        let total = progress.bytes_total.load(Ordering::Relaxed);
        if total > 0 {
            bar.set_length(total);
            bar.set_position(progress.bytes_done.load(Ordering::Relaxed).min(total));
            let speed =
                Some(Speed { elapsed: bar.elapsed(), left: bar.eta() }).filter(|speed| speed.elapsed >= SPEED_AFTER);
            bar.set_message(line(progress, speed, message_columns().saturating_sub(3)));
        } else if let Some(holder) = progress.waiting_for() {
            bar.set_message(format!("waiting for {holder}"));
        } else {
            bar.set_message(LOOKING);
        }
        bar.tick();
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

const LOOKING: &str = "looking for files";

fn spinner(message: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::new_spinner().with_style(style).with_message(message)
}

/// The time since indexing began, and the estimated time left, which is 0 if it is unknown.
#[derive(Debug, Clone, Copy)]
struct Speed {
    elapsed: Duration,
    left: Duration,
}

/// The progress line; less important parts are dropped until it fits into `width` columns.
fn line(progress: &Progress, speed: Option<Speed>, width: usize) -> String {
    let total = progress.bytes_total.load(Ordering::Relaxed);
    let done = progress.bytes_done.load(Ordering::Relaxed).min(total);
    let articles = progress.articles.load(Ordering::Relaxed);
    let skips = progress.skips.load(Ordering::Relaxed);
    let filled = (done as f64 / total.max(1) as f64 * BAR as f64) as usize;
    let bar = format!("{}{}", "█".repeat(filled), "░".repeat(BAR - filled));
    let mut parts = vec![(0, format!("{} of {}", bytes_text(done), bytes_text(total)))];
    if progress.stopped() {
        parts.push((0, "stopping".to_owned()));
    } else if done == total {
        parts.push((0, "writing".to_owned()));
    } else if let Some(Speed { left, .. }) = speed.filter(|speed| !speed.left.is_zero()) {
        parts.push((0, format!("{} left", seconds_text(left.as_secs_f64().max(1.0)))));
    }
    parts.push((1, counted(articles, "article", "articles")));
    if skips > 0 {
        parts.push((3, format!("{} skipped", thousands(skips))));
    }
    if let Some(Speed { elapsed, .. }) = speed {
        parts.push((4, format!("{}/s", thousands((articles as f64 / elapsed.as_secs_f64()) as u64))));
    }
    parts.insert(0, (2, bar));
    loop {
        let text = parts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("  ");
        let least = parts.iter().map(|(rank, _)| *rank).max().unwrap_or(0);
        if columns(&text) <= width || least == 0 {
            return text;
        }
        parts.retain(|(rank, _)| *rank < least);
    }
}

/// Runs `work` of unknown length with a spinner on a terminal.
pub(super) fn with_spinner<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let bar = spinner("").with_message(what.to_owned());
    bar.enable_steady_tick(TICK);
    let outcome = work();
    bar.finish_and_clear();
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_fits() {
        let progress = Progress::default();
        progress.bytes_total.store(139_000_000, Ordering::Relaxed);
        progress.bytes_done.store(45_000_000, Ordering::Relaxed);
        progress.articles.store(123_456, Ordering::Relaxed);
        progress.skips.store(1_592, Ordering::Relaxed);
        for (width, expected) in [
            (78, "██████░░░░░░░░░░░░░░  45 MB of 139 MB  123,456 articles  1,592 skipped"),
            (60, "██████░░░░░░░░░░░░░░  45 MB of 139 MB  123,456 articles"),
            (40, "45 MB of 139 MB  123,456 articles"),
            (10, "45 MB of 139 MB"),
        ] {
            assert_eq!(line(&progress, None, width), expected);
        }
        let speed = Speed { elapsed: Duration::from_secs(100), left: Duration::from_secs(210) };
        let text = line(&progress, Some(speed), 100);
        assert!(text.contains("139 MB  3 min 30 s left  123,456 articles") && text.ends_with("  1,234/s"), "{text}");
    }
}
