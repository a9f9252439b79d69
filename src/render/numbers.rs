//! Formats numbers: thousands, bytes, seconds, counts.

/// A number with commas between thousands.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

/// A count with its noun: `1 file`, `1,200 files`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

/// Bytes in decimal units: `812 B`, `3.2 MB`, `45 GB`.
pub fn bytes(number: u64) -> String {
    let (mut amount, mut unit) = (number as f64, "B");
    for larger in ["kB", "MB", "GB", "TB"] {
        // Rounding gives no more than three digits before the point.
        if amount >= 999.5 {
            (amount, unit) = (amount / 1000.0, larger);
        }
    }
    // From 9.95 on, rounding to one decimal would give two digits before the point.
    let decimals = usize::from(unit != "B" && amount < 9.95);
    format!("{amount:.decimals$} {unit}")
}

/// A duration: `0.4 s`, `45 s`, `3 min 20 s`, `2 h 5 min`.
pub fn seconds(amount: f64) -> String {
    let whole = amount.max(0.0).round() as u64;
    match whole {
        _ if amount < 9.95 => format!("{:.1} s", amount.max(0.0)),
        0..=119 => format!("{whole} s"),
        120..=7199 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

/// A score with four decimals; the rest is rounding noise.
pub(super) fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_formatted() {
        let big = [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")];
        assert!(big.iter().all(|(n, expected)| thousands(*n) == *expected));
        for (n, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (3_200_000, "3.2 MB"),
            (9_960_000, "10 MB"),
            (999_600_000, "1.0 GB"),
            (45_000_000_000, "45 GB"),
        ] {
            assert_eq!(bytes(n), expected);
        }
        for (n, expected) in
            [(0.04, "0.0 s"), (0.42, "0.4 s"), (45.2, "45 s"), (200.0, "3 min 20 s"), (7500.0, "2 h 5 min")]
        {
            assert_eq!(seconds(n), expected);
        }
        assert_eq!(counted(1, "file", "files"), "1 file");
        assert_eq!(counted(1200, "file", "files"), "1,200 files");
    }
}
