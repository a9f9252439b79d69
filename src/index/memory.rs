//! How the memory of an indexing run is divided, so that all of it together stays within what was asked for.
//!
//! | part | share | held by |
//! |---|---|---|
//! | segments | three eighths, at most [`SEGMENT_BYTES_MAX`] a thread | each thread's builder, divided as [`SegmentShares`] says |
//! | pages of merged segments | three eighths | one merge at a time; the system maps the files that it reads |
//! | records that wait | a sixteenth, at most 64 MB | the queue to the threads that parse |
//!
//! The rest is left for what allocation wastes. Beside all of it are [`ALLOWANCE_BYTES`] and, for each thread,
//! [`ALLOWANCE_BYTES_PER_THREAD`].

/// The least that an indexing run gets along with.
pub const MEMORY_BYTES_MIN: usize = 64 << 20;

/// What a run takes beside its memory: the program itself, its tables, the list of source files.
pub const ALLOWANCE_BYTES: usize = 64 << 20;

/// What each thread takes beside it: two batches of records, a block of the text store, buffers of decompression.
pub const ALLOWANCE_BYTES_PER_THREAD: usize = 16 << 20;

/// Bytes of a segment while it is filled, at the most: it is written out within the second in which an interrupted run
/// ends.
const SEGMENT_BYTES_MAX: usize = 96 << 20;

/// Bytes of records that keep every thread busy.
const RECORDS_BYTES_MAX: usize = 64 << 20;

/// Bytes of the queue at the least: a few batches.
const RECORDS_BYTES_MIN: usize = 2 << 20;

/// The parts of an indexing run's memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// What each thread fills a segment with.
    pub segment: SegmentShares,
    /// Records that wait for a thread that parses them.
    pub records: usize,
    /// Files of all segments of one merge; what is larger is left to `optimize`.
    pub merged: u64,
}

/// What a thread fills a segment with. A segment is written out when any of its parts but the last is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentShares {
    /// Bytes of tokens, four each: a quarter.
    pub tokens: usize,
    /// Bytes of columns, identifiers and versions: an eighth.
    pub columns: usize,
    /// Bytes of the table of words, which is doubled when it grows: three eighths.
    pub words: usize,
    /// Tokens that are sorted at a time, eight bytes each: a quarter.
    pub hits: usize,
}

impl SegmentShares {
    fn of(bytes: usize) -> Self {
        Self { tokens: bytes / 4, columns: bytes / 8, words: bytes / 8 * 3, hits: bytes / 4 / size_of::<u64>() }
    }
}

impl Shares {
    /// Divides `memory_bytes` for so many threads.
    pub fn of(memory_bytes: usize, threads: usize) -> Self {
        let memory = memory_bytes.max(MEMORY_BYTES_MIN);
        Self {
            segment: SegmentShares::of((memory / 8 * 3 / threads.max(1)).min(SEGMENT_BYTES_MAX)),
            records: (memory / 16).clamp(RECORDS_BYTES_MIN, RECORDS_BYTES_MAX),
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
                let SegmentShares { tokens, columns, words, hits } = shares.segment;
                let segments = threads * (tokens + columns + words + hits * size_of::<u64>());
                let all = segments + shares.records + shares.merged as usize;
                assert!(all <= memory.max(MEMORY_BYTES_MIN), "{memory} bytes, {threads} threads: {shares:?}");
            }
        }
    }
}
