//! A queue between threads, bounded in bytes. An item counts until its receiver has finished with it, so that all items
//! in memory stay within the bound.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A queue of items with a size in bytes.
#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    bytes_max: usize,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<(usize, T)>,
    /// Bytes of all items that are not done.
    bytes: usize,
    senders: usize,
    receivers: usize,
}

impl<T> Queue<T> {
    /// A queue for this many threads on each side, each of which must hold a [`Sender`] or [`Receiver`].
    pub(super) fn new(bytes_max: usize, senders: usize, receivers: usize) -> Self {
        let state = State { items: VecDeque::new(), bytes: 0, senders, receivers };
        Self { state: Mutex::new(state), changed: Condvar::new(), bytes_max }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'q>(&self, state: MutexGuard<'q, State<T>>) -> MutexGuard<'q, State<T>> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }
}

/// The sending end for one thread. When all senders are dropped, receivers get no more items.
pub(super) struct Sender<'q, T>(pub(super) &'q Queue<T>);

impl<T> Sender<'_, T> {
    /// Sends an item, waiting until there is room or the queue is empty. Drops the item when all receivers are gone.
    pub(super) fn send(&self, bytes: usize, item: T) {
        let mut state = self.0.state();
        while state.bytes > 0 && state.bytes + bytes > self.0.bytes_max && state.receivers > 0 {
            state = self.0.wait(state);
        }
        state.bytes += bytes;
        state.items.push_back((bytes, item));
        self.0.changed.notify_all();
    }
}

impl<T> Drop for Sender<'_, T> {
    fn drop(&mut self) {
        self.0.state().senders -= 1;
        self.0.changed.notify_all();
    }
}

/// The receiving end for one thread.
pub(super) struct Receiver<'q, T>(pub(super) &'q Queue<T>);

impl<T> Receiver<'_, T> {
    /// The next item and its size, to be passed to [`done`](Self::done); none at the end.
    pub(super) fn receive(&self) -> Option<(usize, T)> {
        let mut state = self.0.state();
        loop {
            match state.items.pop_front() {
                None if state.senders > 0 => state = self.0.wait(state),
                item => return item,
            }
        }
    }

    /// Frees the bytes of an item.
    pub(super) fn done(&self, bytes: usize) {
        if bytes > 0 {
            self.0.state().bytes -= bytes;
            self.0.changed.notify_all();
        }
    }
}

impl<T> Drop for Receiver<'_, T> {
    fn drop(&mut self) {
        self.0.state().receivers -= 1;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn no_more_is_held_than_the_bound_but_one_item_always() {
        let queue = Queue::new(10, 3, 2);
        let (held, most, sum) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..3 {
                let sender = Sender(&queue);
                scope.spawn(move || [1, 4, 9, 30, 0, 10, 2].repeat(50).into_iter().for_each(|n| sender.send(n, n)));
            }
            for _ in 0..2 {
                let receiver = Receiver(&queue);
                let (held, most, sum) = (&held, &most, &sum);
                scope.spawn(move || {
                    while let Some((bytes, item)) = receiver.receive() {
                        most.fetch_max(held.fetch_add(bytes, Ordering::SeqCst) + bytes, Ordering::SeqCst);
                        sum.fetch_add(item, Ordering::SeqCst);
                        held.fetch_sub(bytes, Ordering::SeqCst);
                        receiver.done(bytes);
                    }
                });
            }
        });
        assert_eq!(sum.into_inner(), 3 * 50 * 56);
        assert!(most.into_inner() <= 30);
    }

    #[test]
    fn senders_do_not_wait_for_receivers_that_are_gone() {
        let queue = Queue::new(1, 1, 1);
        let sender = Sender(&queue);
        drop(Receiver(&queue));
        sender.send(5, ());
        sender.send(5, ());
    }
}
