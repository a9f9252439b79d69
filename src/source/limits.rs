//! The limits within which bytes are fetched: named constants with their reasons, and [`Limits`], which a
//! test makes smaller. Limits on records and articles are `format`'s.

/// How many times larger than its source a stream may become. Deflate cannot pass 1032, and no text comes
/// near: a page of one letter reaches 1000, a year of newswire 5, repetitive JSON 50.
pub const RATIO_MAX: u64 = 1000;

/// Bytes of output below which the ratio is not looked at: so much does no harm, whatever made it.
pub const RATIO_FREE_BYTES: u64 = 64 << 20;

/// Compressions around one file, as in `a.txt.gz.gz`: three are an accident, more are an attack.
pub const COMPRESSIONS_MAX: u32 = 3;

/// Archives within archives, the file on disk counted: a delivery of yearly zips of daily zips has three.
pub const ARCHIVES_MAX: u32 = 3;

/// Entries of one source file, nested ones counted: a day of a large crawl; its names take some 100 MB.
pub const ENTRIES_MAX: u64 = 1_000_000;

/// Bytes of nested archives held in memory at once while one source file is read: an archive whose directory
/// is at its end cannot be read as a stream.
pub const HELD_BYTES_MAX: u64 = 512 << 20;

/// Bytes of an entry's name: what file systems allow for a whole path.
pub const NAME_BYTES_MAX: usize = 4096;

/// Bytes that the headers between two entries of a tar may take: long names, extended attributes.
pub(super) const TAR_HEADER_BYTES_MAX: u64 = 1 << 20;

/// Bytes of memory that an xz or 7z stream may ask for: the tools' highest levels ask for up to 256 MB.
pub(super) const DECODER_BYTES_MAX: usize = 320 << 20;

/// Binary logarithm of the window that a zstd stream may ask for: what the `zstd` tool accepts (128 MB).
pub(super) const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// Bytes of each read buffer: large enough that system calls do not count, and small enough for allocators
/// to reuse it from file to file.
pub(super) const BUFFER_BYTES: usize = 64 << 10;

/// Bytes from the start of a stream that are looked at for signatures: the header block of a tar.
pub(super) const HEAD_BYTES: usize = 512;

/// The limits of one visit, [`Limits::default`] being the constants of this file.
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
    /// Whether hidden entries of archives are read too, as hidden files are when the user asks for them.
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
