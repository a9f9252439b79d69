//! The copy signature: a few bytes that show whether two articles have the same text, possibly cut or edited.
//!
//! The shingles of a body (runs of four words) are hashed into 64 bins, and one byte of the smallest hash in each bin
//! is kept: one-permutation hashing (Li, Owen and Zhang, NIPS 2012) with b-bit values (Li and König, WWW 2010). Bins
//! that are empty on both sides are left out of the comparison, so no densification is needed. The signature also has
//! the number of shingles, which converts resemblance to containment, and sketches of the numbers and names in the
//! body: two market reports from one template share most of their words but not their numbers. The first words have
//! separate bins, because a wire story is cut from its end, and a short cut is lost among the shingles of the whole.
//! The required similarity depends on the days of publication. Headline and dateline are ignored.

use super::dateline::dateline_bytes;
use super::hash::{ODD, hash};
use super::tokens::Token;

/// Number of words in a shingle. With three, unrelated stories on a subject share too many; with five, a reworded copy
/// shares too few.
const SHINGLE_WORDS: usize = 4;

/// Number of bins. The standard error of a resemblance of .3 is then .057.
pub(super) const BINS: usize = 64;

/// Number of bins for the first words, and number of these words.
pub(super) const LEAD_BINS: usize = 16;
const LEAD_WORDS: u32 = 32;

/// Number of values of a stored byte; 0 is an empty bin.
const BIN_VALUES: u64 = 255;

/// Number of shingles below which an article is too short for sketches: it is a copy only if everything is equal.
const SHINGLES_MIN: u32 = 8;

/// Maximum number of shingles counted.
const SHINGLES_MAX: u32 = (1 << 24) - 1;

/// Number of shingles below which articles of different days need more similarity, since they may share a sentence.
const SHORT_SHINGLES: u32 = 100;

/// Number of shingles of the shorter article from which the first words alone are no evidence.
const CUT_SHINGLES_MAX: u32 = 300;

/// Maximum number of days between two articles of one wire delivery.
const NEAR_DAYS: i64 = 3;

/// What two articles must share to be copies.
struct Limits {
    /// Resemblance from which containment can be estimated; the original and its first fifth have .2.
    resemblance_min: f32,
    /// Resemblance of the first words from which they are evidence for a short article.
    lead_min: f32,
    /// Minimum containment of the shorter article in the longer one. Copies that lost different paragraphs share two
    /// thirds, short ones a third; different stories on the same subject share less than a tenth.
    containment_min: f32,
    /// Share of the numbers of the shorter article that the longer one may lack.
    numbers_lacking_max: f32,
    /// Number of shingles of the shorter article for which one more number may differ, with four at twice as many, and
    /// so on: a long text is evidence enough, and the daily notice from a template is short.
    shingles_for_a_number: f32,
    /// Number of names that the longer article may lack in addition: an outlet names itself.
    names_spare: f32,
}

/// For articles of the same days.
const NEAR: Limits = Limits {
    resemblance_min: 0.15,
    lead_min: 0.6,
    containment_min: 0.33,
    numbers_lacking_max: 0.1,
    shingles_for_a_number: 100.0,
    names_spare: 1.0,
};

/// For articles of different days.
const FAR: Limits = Limits {
    resemblance_min: 0.18,
    lead_min: 0.9,
    containment_min: 0.58,
    numbers_lacking_max: 0.05,
    shingles_for_a_number: 150.0,
    names_spare: 0.0,
};

/// Resemblance from which short articles of different days may be copies.
const SHORT_FAR_RESEMBLANCE_MIN: f32 = 0.5;

/// Share of the names of the shorter article that the longer one may lack.
const NAMES_LACKING_MAX: f32 = 0.15;

/// Number of shingles of the shorter article for which one more name may be missing, up to half of them.
const SHINGLES_PER_NAME: f32 = 30.0;

/// The signature of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Number of shingles.
    shingles: u32,
    /// Day of publication, in days since 1970; none if unknown.
    day: Option<i32>,
    /// Hash of the numbers in the dateline; 0 if there are none.
    dateline: u8,
    /// A bit for each number, by its hash.
    numbers: u64,
    /// A bit for each capitalised word that is not a stop word, by its hash.
    names: u64,
    /// A byte of the smallest hash in each bin; 0 if the bin is empty.
    pub(super) bins: [u8; BINS],
    /// The same for the first words.
    pub(super) lead: [u8; LEAD_BINS],
}

impl Signature {
    /// Number of 64-bit words of a signature.
    pub const WORDS: usize = 3 + (BINS + LEAD_BINS) / 8;

    /// Whether one article has the text of the other, whole, cut or lightly edited. Symmetric, but not transitive.
    ///
    /// Articles of the same days or of unknown days need less in common than others.
    pub fn is_copy_of(&self, other: &Self) -> bool {
        let (short, long) = if self.shingles <= other.shingles { (self, other) } else { (other, self) };
        if short.shingles < SHINGLES_MIN {
            return short.shingles == long.shingles && short.numbers == long.numbers && short.bins == long.bins;
        }
        let near = short.day.zip(long.day).is_none_or(|(a, b)| (i64::from(a) - i64::from(b)).abs() <= NEAR_DAYS);
        let limits = if near { &NEAR } else { &FAR };
        let shared = short.shared_with(long, near, limits);
        if shared < limits.containment_min {
            return false;
        }
        // Text in only one of them has names of its own.
        let names_lacking = if near { NAMES_LACKING_MAX.max(1.0 - shared) } else { NAMES_LACKING_MAX };
        // Weeks apart, a different day in the dateline means a different report from one template.
        let redated = u32::from(!near && short.dateline != long.dateline && short.dateline != 0 && long.dateline != 0);
        // Of two articles of similar length, either may be the cut one.
        let alike = short.shingles == long.shingles || near && 3 * short.shingles > 2 * long.shingles;
        let holds = |one: &Self, other| one.has_facts_in(other, limits, names_lacking, redated);
        holds(short, long) || alike && holds(long, short)
    }

    /// The estimated containment of the shorter article in the longer one; 0 if it cannot be estimated.
    fn shared_with(&self, long: &Self, near: bool, limits: &Limits) -> f32 {
        let resemblance = self.resemblance(long);
        let far_and_short = !near && self.shingles < SHORT_SHINGLES;
        let least = if far_and_short { SHORT_FAR_RESEMBLANCE_MIN } else { limits.resemblance_min };
        let whole = if resemblance < least { 0.0 } else { self.containment_by(long, resemblance) };
        // The first words of a very short article are its only sentence.
        let has_evidence = self.shingles < CUT_SHINGLES_MAX && (near || 2 * self.shingles > 3 * LEAD_WORDS);
        let lead = if has_evidence { resemblance_of(&self.lead, &long.lead) } else { 0.0 };
        if lead < limits.lead_min { whole } else { whole.max(2.0 * lead / (1.0 + lead)) }
    }

    /// Whether the other has nearly all numbers and names of this one. A long text may differ in more of them, since
    /// its words are evidence enough: an update has a new number, another outlet has its own name.
    fn has_facts_in(&self, other: &Self, limits: &Limits, names_lacking: f32, redated: u32) -> bool {
        let size = self.shingles as f32;
        let lacks_few = |own: u64, others: u64, share: f32, spare: f32| {
            (own & !others).count_ones() as f32 <= own.count_ones() as f32 * share + spare
        };
        let numbers_spare = (size / limits.shingles_for_a_number).powi(2) - redated as f32;
        let names_half = self.names.count_ones() as f32 / 2.0;
        let names_spare = (size / SHINGLES_PER_NAME + limits.names_spare).min(names_half);
        lacks_few(self.numbers, other.numbers, limits.numbers_lacking_max, numbers_spare)
            && lacks_few(self.names, other.names, names_lacking, names_spare)
    }

    /// The estimated resemblance (Jaccard): the share of shingles of both that are in both, from 0 to 1.
    pub fn resemblance(&self, other: &Self) -> f32 {
        resemblance_of(&self.bins, &other.bins)
    }

    /// The estimated share of the shingles of the shorter article that are in the longer one, from 0 to 1.
    pub fn containment(&self, other: &Self) -> f32 {
        self.containment_by(other, self.resemblance(other))
    }

    fn containment_by(&self, other: &Self, resemblance: f32) -> f32 {
        let (a, b) = (self.shingles as f32, other.shingles as f32);
        let shared = resemblance / (1.0 + resemblance) * (a + b);
        (shared / a.min(b).max(1.0)).min(1.0)
    }

    /// The signature as numbers for a column.
    pub fn to_words(&self) -> [u64; Self::WORDS] {
        let mut words = [0; Self::WORDS];
        // The day is in the bits above the dateline, and that above the number of shingles; 0 means none.
        let day = self.day.map_or(0, |day| (day ^ i32::MIN) as u32);
        let first = u64::from(day) << 32 | u64::from(self.dateline) << 24 | u64::from(self.shingles);
        words[..3].copy_from_slice(&[first, self.numbers, self.names]);
        let (bins, lead) = (self.bins.as_chunks().0, self.lead.as_chunks().0);
        for (word, bytes) in words[3..].iter_mut().zip(bins.iter().chain(lead)) {
            *word = u64::from_le_bytes(*bytes);
        }
        words
    }

    /// The signature from [`to_words`](Self::to_words); none if the number of words is wrong.
    pub fn from_words(words: &[u64]) -> Option<Self> {
        let words: &[u64; Self::WORDS] = words.try_into().ok()?;
        let (mut bins, mut lead) = ([0; BINS], [0; LEAD_BINS]);
        for (bytes, word) in bins.chunks_exact_mut(8).chain(lead.chunks_exact_mut(8)).zip(&words[3..]) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        let day = Some((words[0] >> 32) as u32).filter(|day| *day != 0).map(|day| day as i32 ^ i32::MIN);
        let (shingles, dateline) = (words[0] as u32 & SHINGLES_MAX, (words[0] >> 24) as u8);
        Some(Self { shingles, day, dateline, numbers: words[1], names: words[2], bins, lead })
    }
}

/// The Jaccard resemblance of two sketches, from 0 to 1. Sums of bytes, which become vectors.
fn resemblance_of<const N: usize>(one: &[u8; N], other: &[u8; N]) -> f32 {
    let both: u8 = one.iter().zip(other).map(|(a, b)| u8::from((*a != 0) & (*b != 0))).sum();
    let (equal, either) = equal_bytes(one, other);
    // Different hashes sometimes have the same byte.
    let by_chance = f32::from(both - equal) / BIN_VALUES as f32;
    ((f32::from(equal) - by_chance) / f32::from(either).max(1.0)).clamp(0.0, 1.0)
}

/// The number of equal bins, and of those that are not empty on both sides.
pub(super) fn equal_bytes<const N: usize>(one: &[u8; N], other: &[u8; N]) -> (u8, u8) {
    let (mut equal, mut either) = (0, 0);
    for (a, b) in one.iter().zip(other) {
        equal += u8::from((a == b) & (*a != 0));
        either += u8::from((*a | *b) != 0);
    }
    (equal, either)
}

/// Builds the signature of an article from its tokens.
#[derive(Debug)]
pub struct SignatureBuilder<'a> {
    text: &'a str,
    day: Option<i32>,
    dateline: u8,
    /// Start of the text that is compared, after headline and dateline.
    start: usize,
    next_position: u32,
    /// Hashes of the last words, newest last.
    window: [u64; SHINGLE_WORDS],
    words: u32,
    numbers: u64,
    names: u64,
    /// The smallest hash of each bin.
    least: [u64; BINS],
    lead: [u64; LEAD_BINS],
}

impl<'a> SignatureBuilder<'a> {
    /// For a stored text whose headline has `title_bytes` bytes; `day` is the stated day of publication, in days since
    /// 1970.
    pub fn new(text: &'a str, title_bytes: usize, day: Option<i64>) -> Self {
        let body = text.get(title_bytes..).unwrap_or_default();
        let blank = body.len() - body.trim_start().len();
        let dateline = &body[blank..][..dateline_bytes(&body[blank..])];
        let figures: Vec<u8> = dateline.bytes().filter(u8::is_ascii_digit).collect();
        Self {
            text,
            day: day.and_then(|day| i32::try_from(day).ok()),
            dateline: if figures.is_empty() { 0 } else { (mix(hash(&figures)) % BIN_VALUES + 1) as u8 },
            start: title_bytes + blank + dateline.len(),
            next_position: 0,
            window: [0; SHINGLE_WORDS],
            words: 0,
            numbers: 0,
            names: 0,
            least: [u64::MAX; BINS],
            lead: [u64::MAX; LEAD_BINS],
        }
    }

    /// Adds a token. Tokens must come in the order of analysis.
    pub fn push(&mut self, token: &Token<'_>) {
        // A joined form repeats the parts of its word.
        let joined = token.position < self.next_position;
        if token.start < self.start || joined {
            return;
        }
        self.next_position = token.position + 1;
        let hash = token.word.hash;
        let bit = || 1 << (mix(hash) >> 58);
        let first = self.text.as_bytes()[token.start];
        let c = match first.is_ascii() {
            true => Some(char::from(first)),
            false => self.text.get(token.start..).and_then(|rest| rest.chars().next()),
        };
        match c {
            Some(c) if c.is_numeric() => self.numbers |= bit(),
            Some(c) if c.is_uppercase() && !token.word.is_stop_word() => self.names |= bit(),
            _ => {}
        }
        self.window.rotate_left(1);
        self.window[SHINGLE_WORDS - 1] = hash;
        self.words = self.words.saturating_add(1);
        if self.words as usize >= SHINGLE_WORDS {
            let shingle = mix(self.window.iter().fold(0, |sum: u64, h| sum.wrapping_mul(ODD).wrapping_add(*h)));
            let least = &mut self.least[(shingle >> 58) as usize];
            *least = shingle.min(*least);
            if self.words <= LEAD_WORDS {
                let least = &mut self.lead[(shingle >> 60) as usize];
                *least = shingle.min(*least);
            }
        }
    }

    /// The signature; none if the body has fewer words than a shingle.
    pub fn finish(self) -> Option<Signature> {
        let shingles = (self.words + 1).checked_sub(SHINGLE_WORDS as u32).filter(|n| *n > 0)?;
        let byte = |least: u64| if least == u64::MAX { 0 } else { (least % BIN_VALUES + 1) as u8 };
        Some(Signature {
            shingles: shingles.min(SHINGLES_MAX),
            day: self.day,
            dateline: self.dateline,
            numbers: self.numbers,
            names: self.names,
            bins: self.least.map(byte),
            lead: self.lead.map(byte),
        })
    }
}

/// Mixes all bits of a hash (finaliser of MurmurHash3 by Austin Appleby, public domain).
fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::{Language, Words, analyse};
    use super::*;

    fn signature(body: &str) -> Option<Signature> {
        let mut builder = SignatureBuilder::new(body, 0, None);
        analyse(body, 0, Language::default(), &mut Words::default(), &mut |token| builder.push(&token));
        builder.finish()
    }

    /// Words that stem to themselves, each its own.
    fn word(number: u32) -> String {
        format!("w{number}x")
    }

    fn text(words: impl IntoIterator<Item = u32>) -> String {
        words.into_iter().map(word).collect::<Vec<_>>().join(" ")
    }

    fn shingles(words: &[u32]) -> BTreeSet<&[u32]> {
        words.windows(SHINGLE_WORDS).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_estimate_is_close_to_the_exact_resemblance(
            words in proptest::collection::vec(0u32..100_000, 40..400),
            cut in 0.0f64..1.0,
            added in proptest::collection::vec(100_000u32..200_000, 0..100),
        ) {
            let kept = (words.len() as f64 * cut) as usize;
            let other: Vec<u32> = words[kept..].iter().chain(&added).copied().collect();
            let (a, b) = (shingles(&words), shingles(&other));
            let exact = a.intersection(&b).count() as f64 / a.union(&b).count() as f64;
            let (one, two) = (signature(&text(words)), signature(&text(other)));
            if let (Some(one), Some(two)) = (one, two) {
                let estimate = f64::from(one.resemblance(&two));
                // Five standard errors.
                let slack = 5.0 * (exact * (1.0 - exact) / BINS as f64).sqrt() + 0.05;
                prop_assert!((estimate - exact).abs() < slack, "{estimate} for {exact}");
                prop_assert_eq!(one.resemblance(&two), two.resemblance(&one));
                prop_assert_eq!(one.containment(&two), two.containment(&one));
                prop_assert_eq!(one.is_copy_of(&two), two.is_copy_of(&one));
            }
        }

        #[test]
        fn a_signature_is_the_same_each_time_and_comes_back_from_its_words(body in "(\\PC{1,12} ){0,60}") {
            let one = signature(&body);
            prop_assert_eq!(&one, &signature(&body));
            if let Some(one) = one {
                prop_assert_eq!(Signature::from_words(&one.to_words()), Some(one.clone()));
                prop_assert!(one.is_copy_of(&one));
                prop_assert_eq!(one.resemblance(&one), 1.0);
            }
        }
    }

    #[test]
    fn a_signature_is_what_it_was_when_it_was_stored() {
        let found = signature("The ministry in Tarn said on 3 July that 41 licences had lapsed.").expect("long enough");
        let words = found.to_words().map(|word| format!("{word:x}")).join(" ");
        assert_eq!(
            words,
            "a 1010000000000000 80000100 0 180000 1f000000 0 79000000 796c000000000000 58 50000078d4000000 \
             1f00180000 78d400586c000079"
        );
    }

    #[test]
    fn cut_and_edited_texts_are_copies() {
        let whole: Vec<u32> = (0..600).collect();
        let original = signature(&text(whole.clone())).expect("long");
        for (name, words) in [
            ("the same", whole.clone()),
            ("its first third", whole[..200].to_vec()),
            ("without its middle", [&whole[..250], &whole[350..]].concat()),
            ("with a local paragraph", whole.iter().copied().chain(9000..9100).collect()),
            ("every twentieth word replaced", whole.iter().map(|w| if w % 20 == 0 { w + 5000 } else { *w }).collect()),
        ] {
            let copy = signature(&text(words)).expect("long");
            assert!(original.is_copy_of(&copy) && copy.is_copy_of(&original), "{name}");
        }
        for (name, words) in [
            ("another text", (5000..5600).collect::<Vec<u32>>()),
            ("a quarter in common", whole[..150].iter().copied().chain(5000..5450).collect()),
            ("one sentence of it and its own", whole[..20].iter().copied().chain(5000..5040).collect()),
        ] {
            assert!(!original.is_copy_of(&signature(&text(words)).expect("long")), "{name}");
        }
    }

    #[test]
    fn a_template_with_other_facts_is_no_copy() {
        let report = |company: &str, town: &str, n: [u32; 6]| {
            format!(
                "{town}, April 7 - {company} said its net profit for the first quarter rose to {} mln dlrs from {} mln \
                 dlrs, while sales for the first quarter rose to {} mln dlrs from {} mln dlrs, after a charge for the \
                 closing of {} plants in the year before and a gain on the sale of {} of its older ships.",
                n[0], n[1], n[2], n[3], n[4], n[5]
            )
        };
        let one = signature(&report("Tarnow Mills Inc", "BOSTON", [14, 11, 97, 84, 3, 2])).expect("long");
        for (name, other, expected) in [
            ("the same", report("Tarnow Mills Inc", "BOSTON", [14, 11, 97, 84, 3, 2]), true),
            ("other figures", report("Tarnow Mills Inc", "BOSTON", [23, 19, 71, 64, 5, 8]), false),
            ("another company", report("Kestrel Shipping Corp", "HOUSTON", [14, 11, 97, 84, 3, 2]), false),
        ] {
            assert_eq!(one.is_copy_of(&signature(&other).expect("long")), expected, "{name}");
        }
    }

    #[test]
    fn short_copies_differ_in_dateline_outlet_and_length() {
        let story = "The ministry in Tarn said on Friday that 41 of the 60 licences for the new ferry had lapsed and that \
                     nobody had asked for them again, which Mayor Kess called a shame for the islands.";
        let more = text(0..150);
        let on = |day, body: &str| {
            let mut builder = SignatureBuilder::new(body, 0, day);
            analyse(body, 0, Language::default(), &mut Words::default(), &mut |token| builder.push(&token));
            builder.finish().expect("long enough")
        };
        let one = on(Some(100), &format!("TARN, July 3 (AP) - {story}"));
        for (name, day, body, expected) in [
            ("another day in the dateline", 101, format!("TARN, July 4 - {story}"), true),
            ("another dash", 100, format!("Tarn (dpa) — {story}"), true),
            (
                "no dateline, and an outlet's line",
                100,
                format!("{story}\n\nEvening Record contributed to this report."),
                true,
            ),
            ("a long article that begins so", 100, format!("{story}\n\n{more}"), true),
            ("the same text a month later", 130, format!("TARN, July 3 - {story}"), true),
            ("a report in the same words a month later", 130, format!("TARN, Aug 4 - {story}"), false),
            ("other figures", 100, story.replace("41", "17").replace("60", "90"), false),
            ("one sentence of it, among others, a month later", 130, format!("{more}{story}"), false),
        ] {
            assert_eq!(one.is_copy_of(&on(Some(day), &body)), expected, "{name}");
        }
    }

    #[test]
    fn short_texts_are_copies_only_when_they_are_the_same() {
        assert_eq!(signature("Three words only"), None);
        let of = |text| signature(text).expect("long enough");
        assert!(of("Qtly div four cts prior").is_copy_of(&of("QTLY DIV, FOUR CTS PRIOR.")));
        assert!(!of("Qtly div four cts prior").is_copy_of(&of("Qtly div five cts prior")));
    }
}
