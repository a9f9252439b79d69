//! How the memory limit of an indexing run is divided.
//!
//! | part | share | held by |
//! |---|---|---|
//! | segments | three eighths, at most [`SEGMENT_BYTES_MAX`] a thread | each builder, divided as in [`SegmentShares`] |
//! | pages of merged segments | three eighths | one merge at a time, which maps the files it reads |
//! | records in the queue | a sixteenth, at most 64 MB | the queue to the workers |
//!
//! The rest is reserved for fragmentation. [`ALLOWANCE_BYTES`] and, for each thread, [`ALLOWANCE_BYTES_PER_THREAD`] are
//! needed in addition.

/// Minimum memory limit.
pub const MEMORY_BYTES_MIN: usize = 64 << 20;

/// Memory used outside the limit: the program, its tables, the list of source files.
pub const ALLOWANCE_BYTES: usize = 64 << 20;

/// Memory used outside the limit by each thread: two batches of records, a chunk of tokens, a block of the text store,
/// decompression buffers.
pub const ALLOWANCE_BYTES_PER_THREAD: usize = 16 << 20;

/// Maximum size of a segment in memory. It can be written within the second in which an interrupted run ends.
const SEGMENT_BYTES_MAX: usize = 104 << 20;

/// Tokens sorted at a time, 24 bytes each: about what the second-level cache of a core holds.
const CHUNK_TOKENS: usize = 1 << 16;

/// Bytes of records that keep all threads busy.
const RECORDS_BYTES_MAX: usize = 64 << 20;

/// Minimum size of the queue: a few batches.
const RECORDS_BYTES_MIN: usize = 2 << 20;

/// The parts of the memory limit, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// For the segment of each thread.
    pub segment: SegmentShares,
    /// For the queue of records.
    pub records: usize,
    /// Maximum size of the segments of a merge. Larger merges are left to `optimize`.
    pub merged: u64,
}

/// The memory of a segment under construction. The segment is written when any part is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentShares {
    /// Postings, five to six bytes a token: half.
    pub postings: usize,
    /// Columns, ids and versions: an eighth.
    pub columns: usize,
    /// The table of words, which doubles when it grows: three eighths.
    pub words: usize,
    /// Number of tokens sorted at a time.
    pub chunk: usize,
}

impl SegmentShares {
    fn of(bytes: usize) -> Self {
        Self { postings: bytes / 2, columns: bytes / 8, words: bytes / 8 * 3, chunk: CHUNK_TOKENS }
    }
}

impl Shares {
    /// Divides `memory_bytes` for a number of threads.
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
                let SegmentShares { postings, columns, words, .. } = shares.segment;
                let segments = threads * (postings + columns + words);
                let all = segments + shares.records + shares.merged as usize;
                assert!(all <= memory.max(MEMORY_BYTES_MIN), "{memory} bytes, {threads} threads: {shares:?}");
            }
        }
    }
}
