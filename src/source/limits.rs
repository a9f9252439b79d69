//! Limits on the bytes of source files, as named constants with their reasons, and [`Limits`], which tests lower.
//! Limits on records and articles are in `format`.

/// Maximum expansion ratio of a stream. Deflate cannot exceed 1032, and text does not come near: a page of one letter
/// reaches 1000, a year of newswire 5, repetitive JSON 50.
pub const RATIO_MAX: u64 = 1000;

/// Output size below which the ratio is not checked, because it does no harm.
pub const RATIO_FREE_BYTES: u64 = 64 << 20;

/// Maximum number of compressions around a file, as in `a.txt.gz.gz`. Three are an accident, more are an attack.
pub const COMPRESSIONS_MAX: u32 = 3;

/// Maximum depth of nested archives, including the file on disk. A delivery of yearly zips of daily zips has three.
pub const ARCHIVES_MAX: u32 = 3;

/// Maximum number of entries of a source file, including nested ones: a day of a large crawl, with names of about 100
/// MB.
pub const ENTRIES_MAX: u64 = 1_000_000;

/// Maximum bytes of nested archives held in memory for one source file. An archive with its directory at the end cannot
/// be read as a stream.
pub const HELD_BYTES_MAX: u64 = 512 << 20;

/// Maximum length of an entry name: what file systems allow for a path.
pub const NAME_BYTES_MAX: usize = 4096;

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

/// The limits of a visit. [`Limits::default`] has the constants of this module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// See [`RATIO_MAX`].
    pub ratio_max: u64,
    /// See [`RATIO_FREE_BYTES`].
    pub ratio_free_bytes: u64,
    /// See [`COMPRESSIONS_MAX`].
    pub compressions_max: u32,
    /// See [`ARCHIVES_MAX`].
    pub archives_max: u32,
    /// See [`ENTRIES_MAX`].
    pub entries_max: u64,
    /// See [`HELD_BYTES_MAX`].
    pub held_bytes_max: u64,
    /// See [`NAME_BYTES_MAX`].
    pub name_bytes_max: usize,
    /// Whether to read hidden entries of archives.
    pub hidden: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ratio_max: RATIO_MAX,
            ratio_free_bytes: RATIO_FREE_BYTES,
            compressions_max: COMPRESSIONS_MAX,
            archives_max: ARCHIVES_MAX,
            entries_max: ENTRIES_MAX,
            held_bytes_max: HELD_BYTES_MAX,
            name_bytes_max: NAME_BYTES_MAX,
            hidden: false,
        }
    }
}
