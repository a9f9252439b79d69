//! How the memory of an indexing run is divided, so that all of it together stays within what was asked for.
//!
//! | part | share | held by |
//! |---|---|---|
//! | postings | a quarter, at most 128 MB a thread | the engine's threads; while a segment is written out, half as much again |
//! | pages of merged segments | three eighths | one merge at a time; the system maps the files that it reads |
//! | documents on their way | a sixteenth, at most 32 MB | the queue to the engine's threads |
//! | records that wait | a sixteenth, at most 64 MB | the queue to the threads that parse |
//!
//! An eighth is left for what allocation wastes. Beside all of it are [`ALLOWANCE_BYTES`] and, for each thread,
//! [`ALLOWANCE_BYTES_PER_THREAD`].

/// The least that an indexing run gets along with.
pub const MEMORY_BYTES_MIN: usize = 64 << 20;

/// What a run takes beside its memory: the program itself, its tables, the list of source files.
pub const ALLOWANCE_BYTES: usize = 64 << 20;

/// What each thread takes beside it: two batches of records, the stems of 200,000 words, buffers of decompression.
pub const ALLOWANCE_BYTES_PER_THREAD: usize = 16 << 20;

/// Bytes that an indexing thread holds at the least: Tantivy refuses less than 15 MB.
const POSTINGS_BYTES_PER_THREAD_MIN: usize = 16 << 20;

/// Bytes that an indexing thread holds at the most: they are written out within the second in which an interrupted run
/// ends.
const POSTINGS_BYTES_PER_THREAD_MAX: usize = 128 << 20;

/// Indexing threads at the most, so that segments do not become small.
const THREADS_MAX: usize = 64;

/// Bytes of documents in the queue beyond which no thread of the engine runs dry.
const DOCUMENTS_BYTES_MAX: usize = 32 << 20;

/// Bytes of records that keep every thread busy.
const RECORDS_BYTES_MAX: usize = 64 << 20;

/// Bytes of either queue at the least: a few batches.
const QUEUE_BYTES_MIN: usize = 2 << 20;

/// The parts of an indexing run's memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// Indexing threads: fewer than were asked for when there is too little for each.
    pub threads: usize,
    /// Postings that one of them holds before it writes them out.
    pub postings_per_thread: usize,
    /// Documents on their way to the indexing threads.
    pub documents: usize,
    /// Records that wait for a thread that parses them.
    pub records: usize,
    /// Files of all segments of one merge; what is larger is left to `optimize`.
    pub merged: u64,
}

impl Shares {
    /// Divides `memory_bytes` for so many indexing threads.
    pub fn of(memory_bytes: usize, threads: usize) -> Self {
        let memory = memory_bytes.max(MEMORY_BYTES_MIN);
        let postings = memory / 4;
        let threads = threads.min(postings / POSTINGS_BYTES_PER_THREAD_MIN).clamp(1, THREADS_MAX);
        Self {
            threads,
            postings_per_thread: (postings / threads)
                .clamp(POSTINGS_BYTES_PER_THREAD_MIN, POSTINGS_BYTES_PER_THREAD_MAX),
            documents: (memory / 16).clamp(QUEUE_BYTES_MIN, DOCUMENTS_BYTES_MAX),
            records: (memory / 16).clamp(QUEUE_BYTES_MIN, RECORDS_BYTES_MAX),
            merged: memory as u64 / 8 * 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_no_more_than_the_whole() {
        for memory in [0, MEMORY_BYTES_MIN, 100 << 20, 256 << 20, 1 << 30, 3 << 30] {
            for threads in [0, 1, 2, 8, 200] {
                let shares = Shares::of(memory, threads);
                let postings = shares.threads * shares.postings_per_thread / 2 * 3;
                let all = postings + shares.documents + shares.records + shares.merged as usize;
                assert!(all <= memory.max(MEMORY_BYTES_MIN), "{memory} bytes, {threads} threads: {shares:?}");
                assert!((1..=threads.max(1)).contains(&shares.threads), "{shares:?}");
            }
        }
    }
}
