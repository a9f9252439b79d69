//! The first article of each story, by the copy signatures of many articles.
//!
//! Only articles whose sketches have two adjacent bytes in common, and enough others, are compared: nearly all copies do,
//! and one in two thousand of other pairs. To find them, the articles are sorted by each pair of bytes in turn.

use rayon::prelude::*;

use super::signature::{BINS, LEAD_BINS, Signature, equal_bytes};

/// Number of pairs of bytes that are taken from the sketches at once.
const PAIRS_AT_ONCE: usize = 8;

/// Number of copies of an article by one pair of bytes after which the search stops. The first is nearly always counted, and
/// then the others do not matter.
const COPIES_MAX: usize = 2;

/// Represents all copies of an article beyond [`COPIES_MAX`].
const MORE: u32 = u32::MAX;

/// Two sketches are near if at least one byte in this number is equal: slightly fewer than in any copy.
const EQUAL_BINS: u8 = 7;
const EQUAL_LEAD: u8 = 2;

/// Flags for articles in order of time: set unless the article is a copy of an earlier one with the flag. Articles without a
/// signature have it.
pub fn originals(articles: &[Option<Signature>]) -> Vec<bool> {
    let sketches =
        |article: &Option<Signature>| article.as_ref().map_or(([0; BINS], [0; LEAD_BINS]), |s| (s.bins, s.lead));
    let (bins, lead): (Vec<[u8; BINS]>, Vec<[u8; LEAD_BINS]>) = articles.par_iter().map(sketches).unzip();
    let firsts: Vec<usize> = (0..(BINS + LEAD_BINS) / 2).step_by(PAIRS_AT_ONCE).collect();
    let copies = |first: usize| match first.checked_sub(BINS / 2) {
        None => copies(articles, &bins, EQUAL_BINS, first),
        Some(first) => copies(articles, &lead, EQUAL_LEAD, first),
    };
    let mut found: Vec<(u32, u32)> = firsts.into_par_iter().flat_map_iter(copies).collect();
    found.par_sort_unstable();
    let mut counted = vec![true; articles.len()];
    for earlier in found.chunk_by(|one, other| one.0 == other.0) {
        let article = earlier[0].0 as usize;
        let is_near = |other: &usize| {
            is_near(&bins[article], &bins[*other], EQUAL_BINS) && shares_pair(&bins[article], &bins[*other])
                || is_near(&lead[article], &lead[*other], EQUAL_LEAD) && shares_pair(&lead[article], &lead[*other])
        };
        let mut all = (0..article).filter(|other| counted[*other]).filter(is_near);
        counted[article] = !earlier.iter().any(|(_, other)| match *other {
            MORE => all.any(|other| is_copy(&articles[article], &articles[other])),
            other => counted[other as usize],
        });
    }
    counted
}

fn is_copy(one: &Option<Signature>, other: &Option<Signature>) -> bool {
    one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| one.is_copy_of(other))
}

fn shares_pair<const N: usize>(one: &[u8; N], other: &[u8; N]) -> bool {
    (0..N / 2).any(|at| pair(one, at) > 0 && pair(one, at) == pair(other, at))
}

fn is_near<const N: usize>(one: &[u8; N], other: &[u8; N], share: u8) -> bool {
    let (equal, either) = equal_bytes(one, other);
    u32::from(share) * u32::from(equal) >= u32::from(either)
}

/// A pair of adjacent bytes of a sketch; 0 if a bin is empty.
fn pair<const N: usize>(sketch: &[u8; N], at: usize) -> u16 {
    let bytes = sketch.as_chunks().0[at];
    u16::from_le_bytes(bytes) * u16::from(bytes[0] != 0) * u16::from(bytes[1] != 0)
}

/// Articles with earlier ones that they are copies of, found by the [`PAIRS_AT_ONCE`] pairs of bytes from `first`.
fn copies<const N: usize>(
    articles: &[Option<Signature>],
    sketches: &[[u8; N]],
    share: u8,
    first: usize,
) -> Vec<(u32, u32)> {
    let pairs = |sketch: &[u8; N]| std::array::from_fn(|at| pair(sketch, first + at));
    let pairs: Vec<[u16; PAIRS_AT_ONCE]> = sketches.iter().map(pairs).collect();
    let mut found = Vec::new();
    // The last copies of each article: most are found by many pairs.
    let mut known = vec![[MORE; COPIES_MAX]; sketches.len()];
    let (mut ends, mut sorted) = (vec![0u32; 1 << 16], vec![0u32; sketches.len()]);
    for at in 0..PAIRS_AT_ONCE {
        // A counting sort; articles of the same pair stay in order of time.
        ends.fill(0);
        pairs.iter().for_each(|pairs| ends[usize::from(pairs[at])] += 1);
        let mut sum = 0;
        ends.iter_mut().for_each(|end| sum += std::mem::replace(end, sum));
        for (article, pairs) in (0..).zip(&pairs) {
            let end = &mut ends[usize::from(pairs[at])];
            sorted[*end as usize] = article;
            *end += 1;
        }
        // Articles without the pair are first.
        let mut start = ends[0] as usize;
        for end in &ends[1..] {
            let sharing = &sorted[start..*end as usize];
            start = *end as usize;
            for (earlier, article) in sharing.iter().enumerate().skip(1) {
                let (own, known) = (&sketches[*article as usize], &mut known[*article as usize]);
                let mut copies = 0;
                for other in sharing[..earlier].iter().filter(|other| is_near(own, &sketches[**other as usize], share))
                {
                    if !known.contains(other) {
                        if !is_copy(&articles[*article as usize], &articles[*other as usize]) {
                            continue;
                        }
                        known.rotate_right(1);
                        known[0] = *other;
                        found.push((*article, *other));
                    }
                    copies += 1;
                    if copies == COPIES_MAX {
                        found.push((*article, MORE));
                        break;
                    }
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{Language, SignatureBuilder, Words, analyse};
    use super::*;

    fn signature(words: impl Iterator<Item = u32>) -> Option<Signature> {
        let text = words.map(|word| format!("w{word}x ")).collect::<String>();
        let mut builder = SignatureBuilder::new(&text, 0, None);
        analyse(&text, 0, Language::default(), &mut Words::default(), &mut |token| builder.push(&token));
        builder.finish()
    }

    #[test]
    fn every_article_is_counted_that_is_no_copy_of_a_counted_one() {
        // A story that moves on: each article is a copy of those just before it, not of the first; with repeats, so that
        // more than [`COPIES_MAX`] are copies, none of which is counted.
        let moving = (0..400).map(|at| signature(at / 4 * 12..at / 4 * 12 + 120));
        let others = (0..200).map(|at| signature(100_000 + at * 500..100_000 + at * 500 + 90 + at));
        let same = (0..50).map(|_| signature(900_000..900_100));
        let all: Vec<Option<Signature>> = moving.chain(others).chain([None]).chain(same).collect();
        // By definition, with every pair of articles compared.
        let mut expected: Vec<bool> = Vec::new();
        for (at, one) in all.iter().enumerate() {
            let is_copy = |other: usize| {
                let Some((one, other)) = one.as_ref().zip(all[other].as_ref()) else { return false };
                let by_bins = is_near(&one.bins, &other.bins, EQUAL_BINS) && shares_pair(&one.bins, &other.bins);
                let by_lead = is_near(&one.lead, &other.lead, EQUAL_LEAD) && shares_pair(&one.lead, &other.lead);
                (by_bins || by_lead) && one.is_copy_of(other)
            };
            expected.push(!(0..at).any(|other| expected[other] && is_copy(other)));
        }
        assert_eq!(originals(&all), expected);
        let number = expected.iter().filter(|counted| **counted).count();
        assert!((205..300).contains(&number), "{number}");
    }
}
