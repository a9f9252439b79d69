//! A fast hash of words, which is stored in indexes.

/// A multiplier with well spread bits: 2^64 over the golden ratio, made odd.
pub(super) const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A word's hash: eight bytes at a time, by multiplication. The same on every machine, since it is stored.
pub(super) fn hash(word: &[u8]) -> u64 {
    let (chunks, rest) = word.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let seed = (word.len() as u64).wrapping_mul(ODD);
    let step = |sum: u64, bytes: [u8; 8]| (sum ^ u64::from_le_bytes(bytes)).wrapping_mul(ODD).rotate_left(29);
    step(chunks.iter().fold(seed, |sum, bytes| step(sum, *bytes)), last)
}
