//! Limits on the bytes of source files, with their reasons. Tests lower those of [`Limits`].
//! Limits on records and articles are in `format`.

/// Maximum bytes of headers between two entries of a tar: long names, extended attributes.
pub(super) const TAR_HEADER_BYTES_MAX: u64 = 1 << 20;

/// Maximum memory of an xz or 7z decoder. The highest levels of the tools need up to 256 MB.
pub(super) const DECODER_BYTES_MAX: usize = 320 << 20;

/// Binary logarithm of the maximum window of a zstd stream: what the `zstd` tool accepts (128 MB).
pub(super) const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// Size of read buffers: large enough to make system calls cheap, and small enough for allocators to reuse.
pub(super) const BUFFER_BYTES: usize = 64 << 10;

/// Bytes at the start of a stream that are checked for signatures: the header block of a tar.
pub(super) const HEAD_BYTES: usize = 512;

/// The limits of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Maximum expansion ratio of a stream. Deflate cannot exceed 1032, and text does not come near: a page of one letter
    /// reaches 1000, a year of newswire 5, repetitive JSON 50.
    pub ratio_max: u64,
    /// Output size below which the ratio is not checked, because it does no harm.
    pub ratio_free_bytes: u64,
    /// Maximum depth of nested archives, including the file on disk. A delivery of yearly zips of daily zips has three.
    pub archives_max: u32,
    /// Maximum number of entries of a source file, including nested ones: a day of a large crawl, with names of about 100
    /// MB.
    pub entries_max: u64,
    /// Maximum bytes of nested archives held in memory for one source file. An archive with its directory at the end cannot
    /// be read as a stream.
    pub held_bytes_max: u64,
    /// Maximum length of an entry name: what file systems allow for a path.
    pub name_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ratio_max: 1000,
            ratio_free_bytes: 64 << 20,
            archives_max: 3,
            entries_max: 1_000_000,
            held_bytes_max: 512 << 20,
            name_bytes_max: 4096,
        }
    }
}
