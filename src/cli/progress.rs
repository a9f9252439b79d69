//! Shows the progress of indexing on stderr, only on a terminal.

use std::collections::VecDeque;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output::columns_of_messages;
use crate::ingest::Progress;
use crate::render::{bytes_text, columns, counted, seconds_text, thousands};

/// How often the line is drawn.
const TICK: Duration = Duration::from_millis(100);

/// A run that ends within this time shows nothing, so that a refresh without changes stays quiet.
const SILENT: Duration = Duration::from_millis(300);

/// The time over which the speed is measured.
const SPEED_OVER: Duration = Duration::from_secs(8);

/// The minimum time over which it is measured.
const SPEED_OVER_MIN: Duration = Duration::from_secs(1);

/// Columns of the bar.
const BAR: usize = 20;

/// Runs `work`, showing its progress unless `quiet` is set or stderr is not a terminal.
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
    let mut pace = Pace::default();
    while !ended.load(Ordering::Acquire) {
        std::thread::park_timeout(TICK);
        if started.elapsed() < SILENT {
            continue;
        }
        let bar = bar.get_or_insert_with(|| spinner(LOOKING));
        if progress.bytes_total.load(Ordering::Relaxed) > 0 {
            bar.set_message(line(progress, &mut pace, columns_of_messages().saturating_sub(3)));
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

/// Speed over the last seconds.
#[derive(Debug, Default)]
struct Pace {
    /// Measurements: time, bytes and articles.
    past: VecDeque<(Instant, u64, u64)>,
    /// Articles per second.
    rate: Option<f64>,
    /// Seconds left. Recomputed when bytes were read, and unknown if none were for a while.
    left: Option<f64>,
}

impl Pace {
    fn measure(&mut self, now: Instant, done: u64, articles: u64, total: u64) {
        while self.past.len() > 1 && self.past.get(1).is_some_and(|(at, ..)| now - *at >= SPEED_OVER) {
            self.past.pop_front();
        }
        let last = self.past.back().map_or((0, 0), |past| (past.1, past.2));
        if self.past.is_empty() || last != (done, articles) {
            if let Some((at, bytes, known)) = self.past.front().copied().filter(|past| now - past.0 >= SPEED_OVER_MIN) {
                let seconds = (now - at).as_secs_f64();
                self.rate = Some(articles.saturating_sub(known) as f64 / seconds);
                if done > last.0 {
                    let speed = done.saturating_sub(bytes) as f64 / seconds;
                    self.left = Some(total.saturating_sub(done) as f64 / speed);
                }
            }
            self.past.push_back((now, done, articles));
        }
        if self.past.front().is_some_and(|past| past.1 == done) {
            self.left = None;
        }
    }
}

/// The progress line; less important parts are dropped until it fits into `width` columns.
fn line(progress: &Progress, pace: &mut Pace, width: usize) -> String {
    let total = progress.bytes_total.load(Ordering::Relaxed);
    let done = progress.bytes_done.load(Ordering::Relaxed).min(total);
    let articles = progress.articles.load(Ordering::Relaxed);
    let skips = progress.skips.load(Ordering::Relaxed);
    pace.measure(Instant::now(), done, articles, total);
    let filled = (done as f64 / total.max(1) as f64 * BAR as f64) as usize;
    let bar = format!("{}{}", "█".repeat(filled), "░".repeat(BAR - filled));
    let mut parts = vec![(0, format!("{} of {}", bytes_text(done), bytes_text(total)))];
    if progress.stopped() {
        parts.push((0, "stopping".to_owned()));
    } else if done == total {
        parts.push((0, "writing".to_owned()));
    } else if let Some(left) = pace.left {
        parts.push((0, format!("{} left", seconds_text(left.max(1.0)))));
    }
    parts.push((1, counted(articles, "article", "articles")));
    if skips > 0 {
        parts.push((3, format!("{} skipped", thousands(skips))));
    }
    if let Some(each_second) = pace.rate {
        parts.push((4, format!("{}/s", thousands(each_second as u64))));
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
pub(super) fn spinning<T>(what: &str, work: impl FnOnce() -> T) -> T {
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
    fn time_left_is_of_the_last_seconds_and_never_grows_by_itself() {
        let mut pace = Pace::default();
        let start = Instant::now();
        let mut at = |seconds: u64, done, articles| {
            pace.measure(start + Duration::from_secs(seconds), done, articles, 1000);
            (pace.rate, pace.left.map(f64::round))
        };
        assert_eq!(at(0, 0, 0), (None, None));
        // Ten bytes a second, then fifty.
        for second in 1..=20 {
            at(second, second * 10, second);
        }
        assert_eq!(at(21, 210, 21), (Some(1.0), Some(79.0)));
        for second in 22..=30 {
            at(second, 210 + (second - 21) * 50, second);
        }
        assert_eq!(at(31, 710, 31), (Some(1.0), Some(6.0)));
        assert_eq!(at(33, 710, 31), (Some(1.0), Some(6.0)), "nothing is read");
        assert_eq!(at(34, 710, 40).1, Some(6.0), "articles of what was read");
        assert_eq!(at(45, 710, 40).1, None, "nothing was read for long");
    }

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
            assert_eq!(line(&progress, &mut Pace::default(), width), expected);
        }
    }
}
