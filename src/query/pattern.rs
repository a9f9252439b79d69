//! Matches patterns against words: wildcards and regular expressions by automata, fuzzy words by edit distance.

use super::Pattern;

/// Maximum size of the automaton of a pattern: `.{1000}` fits, multiples of it do not.
const AUTOMATON_BYTES_MAX: usize = 1 << 20;

/// Maximum length of a fuzzy word; the rest of longer ones is ignored.
const FUZZY_CHARS_MAX: usize = 64;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Matcher(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Automaton(regex::Regex),
    Fuzzy { letters: Vec<char>, most: usize },
}

impl Pattern {
    /// Compiles the pattern; `fold` folds text as words are folded.
    ///
    /// # Errors
    /// The problem of a regular expression.
    pub fn matcher(&self, fold: &dyn Fn(&str) -> String) -> Result<Matcher, String> {
        let expression = match self {
            Self::Fuzzy { text, letters } => {
                let letters = (fold(text).chars().take(FUZZY_CHARS_MAX).collect(), usize::from(*letters));
                return Ok(Matcher(Kind::Fuzzy { letters: letters.0, most: letters.1 }));
            }
            Self::Regex(text) => text.clone(),
            Self::Wildcard(text) => {
                let parts = text.split_inclusive(['*', '?']).map(|part| {
                    let literal = regex::escape(&fold(part.trim_end_matches(['*', '?'])));
                    let any = if part.ends_with('*') { ".*" } else { "." };
                    if part.ends_with(['*', '?']) { literal + any } else { literal }
                });
                parts.collect()
            }
        };
        regex::RegexBuilder::new(&format!("^(?:{expression})$"))
            .case_insensitive(matches!(self, Self::Regex(_)))
            .size_limit(AUTOMATON_BYTES_MAX)
            .build()
            .map(|automaton| Matcher(Kind::Automaton(automaton)))
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
                other => other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
            })
    }

    /// A prefix of all words that it matches.
    pub fn beginning(&self) -> &str {
        match self {
            Self::Wildcard(text) => text.split(['*', '?']).next().unwrap_or_default(),
            Self::Regex(_) | Self::Fuzzy { .. } => "",
        }
    }
}

impl Matcher {
    /// Whether a folded word matches.
    pub fn matches(&self, word: &str) -> bool {
        match &self.0 {
            Kind::Automaton(automaton) => automaton.is_match(word),
            Kind::Fuzzy { letters, most } => distance(letters, word, *most).is_some(),
        }
    }
}

/// Number of letters that are missing, added, changed or transposed, if at most `most`.
pub fn distance(letters: &[char], word: &str, most: usize) -> Option<usize> {
    if word.len() > 4 * (letters.len() + most) {
        return None;
    }
    let word: Vec<char> = word.chars().take(FUZZY_CHARS_MAX + 2).collect();
    if word.len().abs_diff(letters.len()) > most {
        return None;
    }
    // Three rows of the table for optimal string alignment distance.
    let mut before = vec![0; word.len() + 1];
    let mut last: Vec<usize> = (0..=word.len()).collect();
    let mut row = vec![0; word.len() + 1];
    for (i, letter) in letters.iter().enumerate() {
        row[0] = i + 1;
        for (j, other) in word.iter().enumerate() {
            let replaced = last[j] + usize::from(letter != other);
            row[j + 1] = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == word[j - 1] && letters[i - 1] == *other {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        if row.iter().min().is_none_or(|least| *least > most) {
            return None;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    last.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_words() {
        let fuzzy = |text: &str, letters| Pattern::Fuzzy { text: text.into(), letters };
        let cases = [
            (Pattern::Wildcard("Wom?n".into()), "women woman", "womn womann wo"),
            (Pattern::Wildcard("*chip".into()), "chip microchip", "chips"),
            (Pattern::Wildcard("c*p?".into()), "chips crops cape", "chip"),
            (Pattern::Regex("colou?r(ed)?".into()), "color coloured", "colors xcolor"),
            (Pattern::Regex("A|b".into()), "a b", "ab"),
            (fuzzy("Opec", 1), "opec ope opecs opet poec", "oil openn"),
            (fuzzy("greenspam", 2), "greenspan greenspa grenspan", "green"),
        ];
        for (pattern, right, wrong) in cases {
            let matcher = pattern.matcher(&str::to_lowercase).expect("sound");
            assert!(right.split(' ').all(|word| matcher.matches(word)), "{pattern:?}");
            assert!(wrong.split(' ').all(|word| !matcher.matches(word)), "{pattern:?}");
        }
        for text in ["(", "a{1000}{1000}", "[z-a]", "\\p{Nonsense}", "a**b("] {
            let error = Pattern::Regex(text.into()).matcher(&str::to_lowercase).expect_err(text);
            assert!(!error.is_empty() && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn distances() {
        for (a, b, expected) in
            [("", "", Some(0)), ("ab", "ba", Some(1)), ("abc", "ca", Some(3)), ("kitten", "sitting", Some(3))]
        {
            assert_eq!(distance(&a.chars().collect::<Vec<_>>(), b, 3), expected, "{a} {b}");
        }
    }
}
