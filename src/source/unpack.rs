//! Unpacks one archive on a thread of its own and hands its entries over in their order.
//!
//! An archive library lends each entry's bytes out of itself, while whoever reads an article wants a stream of
//! its own. A thread that owns the library and sends pieces joins the two, unpacks while the pieces before
//! are being read, and confines the library: should it panic, one archive is lost.

use std::io::{self, Read};
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

use super::guard::{Budget, Guard, reason};
use super::limits::{Limits, PIECE_BYTES, PIECES_AHEAD};
use super::paths::{EntryName, entry_name};
use crate::error::SkipReason;

/// Why unpacking ended before the archive did.
pub(super) enum Stop {
    /// Nobody listens any more.
    Unheard,
    /// The archive cannot be read further.
    Failed(SkipReason),
}

/// What an archive says of an entry.
pub(super) struct Facts {
    /// Its path, as [`Outlet::wanted`] gave it.
    pub(super) name: String,
    /// How large it is said to be.
    pub(super) bytes_hint: Option<u64>,
    /// When it was last changed.
    pub(super) modified: Option<SystemTime>,
}

/// What arrives of an entry.
pub(super) enum Unpacked {
    File { facts: Facts, reader: PieceReader },
    Skip { name: String, reason: SkipReason },
}

/// What all archives of one source file share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) limits: Limits,
    pub(super) budget: Arc<Budget>,
    /// Entries met so far.
    pub(super) entries: Arc<AtomicU64>,
}

/// The unpacking thread's side.
pub(super) struct Outlet {
    shared: Shared,
    sender: SyncSender<Unpacked>,
}

/// The reading side: entries in their order, then the thread to be joined.
pub(super) struct Unpacking {
    pub(super) entries: Receiver<Unpacked>,
    pub(super) thread: JoinHandle<Result<(), Stop>>,
}

/// Starts to unpack.
pub(super) fn start<F>(shared: &Shared, unpack: F) -> Result<Unpacking, SkipReason>
where
    F: FnOnce(&Outlet) -> Result<(), Stop> + Send + 'static,
{
    let (sender, entries) = sync_channel(PIECES_AHEAD);
    let outlet = Outlet { shared: shared.clone(), sender };
    let thread = thread::Builder::new()
        .name("unpack".into())
        .spawn(move || unpack(&outlet))
        .map_err(|error| SkipReason::Unreadable(error.to_string()))?;
    Ok(Unpacking { entries, thread })
}

impl Outlet {
    /// To be called for each entry of any kind, before it is looked at.
    pub(super) fn count(&self) -> Result<(), Stop> {
        if self.shared.budget.is_exceeded() {
            return Err(Stop::Failed(self.shared.budget.bomb()));
        }
        let limit = self.shared.limits.entries_max;
        if self.shared.entries.fetch_add(1, Ordering::Relaxed) >= limit {
            return Err(Stop::Failed(SkipReason::Unsupported(format!("archives of more than {limit} entries"))));
        }
        Ok(())
    }

    /// The path under which an entry is to be read, given the name that the archive has; without one it was
    /// dealt with. `backslash_separates`: whether a backslash separates folders in it.
    pub(super) fn wanted(&self, name: &str, backslash_separates: bool) -> Result<Option<String>, Stop> {
        match entry_name(name, backslash_separates, &self.shared.limits) {
            EntryName::Take(name) => Ok(Some(name)),
            EntryName::PassOver => Ok(None),
            EntryName::Refuse(name, reason) => self.skip(name, reason).map(|()| None),
        }
    }

    /// Reports an entry that cannot be read.
    pub(super) fn skip(&self, name: String, reason: SkipReason) -> Result<(), Stop> {
        self.sender.send(Unpacked::Skip { name, reason }).map_err(|_| Stop::Unheard)
    }

    /// An entry's reader with a [`Guard`] around it. `packed_bytes`: what it takes in the archive, where that
    /// is known.
    pub(super) fn guarded<R: Read>(&self, reader: R, format: &'static str, packed_bytes: Option<u64>) -> Guard<R> {
        let consumed = Arc::new(AtomicU64::new(packed_bytes.unwrap_or(u64::MAX)));
        Guard::new(reader, format, consumed, Arc::clone(&self.shared.budget))
    }

    /// Sends an entry's bytes as long as they are wanted, and leaves the rest unread. An error of reading goes to
    /// the entry's reader, and what it means is given back.
    pub(super) fn send(&self, facts: Facts, bytes: &mut dyn Read) -> Result<Option<SkipReason>, Stop> {
        let first = next_piece(bytes);
        let mut broken = first.broken();
        let (state, pieces) = match first.ending {
            Some(Ok(())) => (State::Ended, None),
            Some(Err(error)) => (State::Failed(error), None),
            None => {
                let (sender, receiver) = sync_channel(PIECES_AHEAD);
                (State::More(receiver), Some(sender))
            }
        };
        let reader = PieceReader { piece: first.bytes, read: 0, state: Arc::new(Mutex::new(state)) };
        self.sender.send(Unpacked::File { facts, reader }).map_err(|_| Stop::Unheard)?;
        while let Some(pieces) = &pieces {
            let piece = next_piece(bytes);
            broken = piece.broken();
            let last = piece.ending.is_some();
            if pieces.send(piece).is_err() || last {
                break;
            }
        }
        Ok(broken)
    }
}

/// A run of an entry's bytes.
struct Piece {
    bytes: Vec<u8>,
    /// Whether and how the entry ends after them.
    ending: Option<io::Result<()>>,
}

impl Piece {
    fn broken(&self) -> Option<SkipReason> {
        self.ending.as_ref()?.as_ref().err().map(reason)
    }
}

fn next_piece(input: &mut dyn Read) -> Piece {
    let mut bytes = Vec::new();
    let ending = match input.take(PIECE_BYTES as u64).read_to_end(&mut bytes) {
        Ok(read) if read < PIECE_BYTES => Some(Ok(())),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    };
    Piece { bytes, ending }
}

/// Reads an entry's pieces. It must be read before the next entry is asked for; after that it gives an error.
pub(super) struct PieceReader {
    piece: Vec<u8>,
    read: usize,
    state: Arc<Mutex<State>>,
}

/// What follows the piece in hand.
enum State {
    More(Receiver<Piece>),
    Ended,
    Failed(io::Error),
    Closed,
}

/// Ends a [`PieceReader`] that may live elsewhere by now, so that its archive can go on.
pub(super) struct Closer(Arc<Mutex<State>>);

impl Closer {
    pub(super) fn close(self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State::Closed;
    }
}

impl PieceReader {
    pub(super) fn closer(&self) -> Closer {
        Closer(Arc::clone(&self.state))
    }

    /// Takes the next piece in hand; `false` at the end.
    fn advance(&mut self) -> io::Result<bool> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match mem::replace(&mut *state, State::Ended) {
            State::Ended => Ok(false),
            State::Failed(error) => Err(error),
            State::Closed => {
                *state = State::Closed;
                Err(io::Error::other("an archive's entry was read after its turn"))
            }
            State::More(pieces) => {
                // A sender that is gone without an ending has panicked.
                let piece = pieces.recv().map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))?;
                *state = match piece.ending {
                    None => State::More(pieces),
                    Some(Ok(())) => State::Ended,
                    Some(Err(error)) => State::Failed(error),
                };
                self.piece = piece.bytes;
                self.read = 0;
                Ok(true)
            }
        }
    }
}

impl Read for PieceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while self.read == self.piece.len() {
            if !self.advance()? {
                return Ok(0);
            }
        }
        let mut left = &self.piece[self.read..];
        let read = left.read(buffer)?;
        self.read += read;
        Ok(read)
    }
}
