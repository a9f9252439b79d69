//! The names of source files: suffixes of compression, and extensions.

/// Maximum number of compressions around a file, as in `a.txt.gz.gz`. Three are an accident, more are an attack.
pub const COMPRESSIONS_MAX: u32 = 3;

/// The file name without its compression suffixes: `a.warc.gz` becomes `a.warc`, and `a.tgz` becomes `a.tar`. The suffix
/// need not match the content.
pub fn without_compression(name: &str) -> String {
    let mut name = name.to_owned();
    for _ in 0..COMPRESSIONS_MAX {
        let Some((stem, suffix)) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) else { break };
        name = match suffix.to_ascii_lowercase().as_str() {
            "gz" | "gzip" | "zst" | "zstd" | "bz2" | "bz" | "xz" => stem.to_owned(),
            "tgz" | "tzst" | "tbz2" | "tbz" | "txz" => format!("{stem}.tar"),
            _ => break,
        };
    }
    name
}

/// The extension of a file name in lower case; empty if there is none.
pub fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compression_suffixes_are_removed() {
        for (name, expected) in [
            ("a.xml", "a.xml"),
            ("a.warc.gz", "a.warc"),
            ("a.TXT.GZ.gz", "a.TXT"),
            ("news.tgz", "news.tar"),
            ("a.gz.gz.gz.gz", "a.gz"),
            (".gz", ".gz"),
            ("日本.xz", "日本"),
            ("é.z", "é.z"),
        ] {
            assert_eq!(without_compression(name), expected);
        }
    }
}
