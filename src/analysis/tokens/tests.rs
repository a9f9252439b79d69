use super::*;

#[test]
fn every_character_comes_to_an_end() {
    let mut words = Words::default();
    for c in ('\0'..='\u{ffff}').chain('\u{1d400}'..='\u{1f9ff}') {
        let text = format!("{c} ab{c}> 1{c}{c} .{c}a {c}'{c}{c}");
        let mut last = 0;
        tokenize(&text, 0..text.len(), 0, Language::default(), &mut words, &mut |token| {
            assert!(token.start < token.end && text.get(token.start..token.end).is_some(), "{c:?}: {token:?}");
            last = token.end;
        });
        assert!(last <= text.len() && last > 0, "{c:?}");
    }
}

fn terms(text: &str) -> String {
    terms_in(text, None)
}

fn terms_in(text: &str, language: Option<&str>) -> String {
    let mut found = Vec::new();
    tokenize(text, 0..text.len(), 0, Language::of(language), &mut Words::default(), &mut |t| {
        found.push(format!("{}@{}", t.term(), t.position))
    });
    found.join(" ")
}

#[test]
fn words_are_what_the_rules_say() {
    for (text, expected) in [
        ("Export controls", "export@0 control@1"),
        ("Amazon's labs’ O’Neill don't", "amazon@0 lab@1 oneil@2 dont@3"),
        ("the U.S. and A.I., in the U.S.A.", "the@0 us.@1 and@2 ai@3 in@4 the@5 us.@6"),
        ("The US told us", "the@0 us.@1 told@2 us@3"),
        ("TELL US NOW", "tell@0 us@1 us.@1 now@2"),
        ("$1,234,567.89 in 3,5", "1234567.89@0 in@1 3@2 5@3"),
        ("C++ and C# (.NET), $AAPL", "c@0 c++@0 and@1 c@2 c#@2 net@3 .net@3 aapl@4 $aapl@4"),
        ("A+ no.NET $5 #tag B+++ end.", "a@0 no@1 net@2 5@3 tag@4 b@5 end@6"),
        ("e-mail", "e@0 mail@1 email@0"),
        ("R&D at AT&T", "r&d@0 at@1 at&t@2"),
        ("Café ﬁne", "cafe@0 fine@1"),
        ("exampleʼ, Oʼneill ʼ", "exampl@0 oneil@1"),
        ("输出管制", "输出@0 出管@1 管制@2 制@2"),
        ("中", "中@0"),
        ("a million¹ more, 5 km² of land²³", "a@0 million@1 1@2 more@3 5@4 km2@5 of@6 land@7 23@8"),
        ("end.Start 2024.", "end@0 start@1 2024@2"),
    ] {
        assert_eq!(terms(text), expected, "{text}");
    }
}

#[test]
fn no_script_and_no_sign_loses_a_word() {
    for (text, expected) in [
        // Acronyms and forms of address.
        ("USA usa U.S.A. USA's US", "us.@0 us.@1 us.@2 us.@3 us.@4"),
        ("US SANCTIONS", "us@0 us.@0 sanction@1"),
        ("美国US制裁 и US", "美国@0 国@0 us.@1 制裁@2 裁@2 и@3 us.@4"),
        ("WHO's who", "who.@0 who@1"),
        // Linked words.
        ("chip-making chipmaking", "chip@0 make@1 chipmak@0 chipmak@2"),
        ("COVID-19, Covid19", "covid@0 19@1 covid19@0 covid19@2"),
        ("an F-16 of the G-20 and G20", "an@0 f@1 16@2 f16@1 of@3 the@4 g@5 20@6 g20@5 and@7 g20@8"),
        ("2019-2020", "2019@0 2020@1"),
        ("9/11 and 24/7", "9@0 11@1 9/11@0 and@2 24@3 7@4 24/7@3"),
        ("state-of-the-art", "state@0 of@1 the@2 art@3 stateoftheart@0"),
        ("l'économie qu’il d'Arcy", "l@0 economi@1 leconomi@0 qu@2 il@3 quil@2 d@4 arci@5 darci@4"),
        ("O'Neill N'Djamena don't Xi’s Xiʼs rock'n'roll", "oneil@0 ndjamena@1 dont@2 xi@3 xi@4 rocknrol@5"),
        // Numbers.
        ("5G $1.2bn 10,000 3.5% 1990s '90s", "5g@0 1.2bn@1 10000@2 3.5@3 1990s@4 90s@5"),
        // What is written together stays together; what is set apart by a sign is apart.
        ("YouTube #BlackLivesMatter @jack_d", "youtub@0 blacklivesmatt@1 jack@2 d@3"),
        ("https://www.bbc.co.uk/news?id=5", "https@0 www@1 bbc@2 co@3 uk@4 news@5 id@6 5@7"),
        ("a.b@example.org", "ab@0 exampl@1 org@2"),
        // What nobody sees.
        ("co\u{ad}oper\u{2060}ate\u{feff}d zero\u{200b}width", "cooper@0 zero@1 width@2"),
        // Scripts.
        ("ＮＡＴＯ ２０２３ 𝐍𝐀𝐓𝐎 ﬁnance Ⅷ", "nato@0 2023@1 nato@2 financ@3 viii@4"),
        ("Санкции Ёлка елка", "санкц@0 елк@1 елк@2"),
        ("Κυρώσεις ΚΥΡΏΣΕΙΣ", "κυρωσ@0 κυρωσ@1"),
        ("عُقُوبَات عقـوبات أحمد احمد", "عقوب@0 عقوب@1 احمد@2 احمد@3"),
        ("שָׁלוֹם שלום", "שלומ@0 שלומ@1"),
        ("צה\"ל צה״ל \"צהל\" א\"", "צהל@0 צהל@1 צהל@2 א@3"),
        ("Straße STRASSE İstanbul Isparta ısı", "strass@0 strass@1 istanbul@2 isparta@3 isi@4"),
        ("한국은 \u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}", "한국@0 한국@1"),
        ("भारत सरकार", "भारत@0 सरकार@1"),
        ("ข่าวไทย", "ข่@0 ่า@1 าว@2 วไ@3 ไท@4 ทย@5 ย@5"),
        ("ͺ ﷺ x", "صلياللهعليهوسلم@0 x@1"),
        // What folds to nothing is no word, alone and linked.
        ("ͺ x ـ-y ـ-chip-making z", "x@0 y@1 chip@2 make@3 chipmak@2 z@4"),
        ("x-ͺ ͺ-ͺ chip-ͺ-making chip-making-ͺ", "x@0 chip@1 make@2 chipmak@1 chip@3 make@4 chipmak@3"),
    ] {
        assert_eq!(terms(text), expected, "{text}");
    }
}

#[test]
fn each_language_has_its_rules() {
    for (language, text, expected) in [
        // Stems, in letters of the language; others keep those of their script's first language.
        ("de", "Die Häuser der Regierungen, labs", "dieDE@0 hausDE@1 derDE@2 regierDE@3 labDE@4"),
        ("fr", "l’économie privatisée", "lFR@0 economFR@1 leconomFR@0 privatisFR@2"),
        ("ru", "Путина в NATO labs", "путин@0 в@1 nato@2 lab@3"),
        ("uk", "п'ятьох президентом", "пятьохUK@0 президентUK@1"),
        ("ko", "정부는 대통령이", "정부@0 대통령@1"),
        ("ar", "والانتخابات", "انتخاب@0"),
        ("tr", "IŞIK Işık ILIK", "isikTR@0 isikTR@1 ilikTR@2"),
        // Umlauts are spelled out as well where the stemmer does not take them for one.
        ("en", "Schlüter Århus Đoković", "schluter@0 schlueter@0 arhus@1 aarhus@1 dokov@2 djokov@2"),
        ("vi", "đường Schlüter", "duongVI@0 schluterVI@1"),
        ("de", "Schlüter Schlueter", "schlutDE@0 schlutDE@1"),
        ("fi", "Räikkönen", "raikkonFI@0"),
        // A joined form whose stem is one of its parts is that part.
        ("id", "meng-Islam-kan", "mengID@0 islamID@1 kanID@2"),
        ("en", "queue qüe", "queue@0 que@1 quee@1"),
        // Numbers.
        ("en", "1,234,567.89 1.234.567 3,5 1.234", "1234567.89@0 1234567@1 3@2 5@3 1.234@4"),
        ("en", "12,34,567 १२,३४,५६७ 10,20,30 1,23,456.5", "1234567@0 1234567@1 10@2 20@3 30@4 123456.5@5"),
        ("de", "1.234.567,89 3,5 1.234 2.5", "1234567.89@0 3.5@1 1234@2 2.5@3"),
        ("fr", "1\u{202f}234\u{202f}567 12\u{a0}000 le 5\u{a0}mai", "1234567@0 12000@1 leFR@2 5@3 maiFR@4"),
        ("de", "1’234’567 1'234 24.12.2023", "1234567@0 1234@1 24.12.2023@2"),
        ("ar", "١٬٢٣٤٬٥٦٧ ٣٫٥ ۱۲", "1234567@0 3.5@1 12@2"),
        ("th", "๒.๕ ๑,๒๓๔.", "2.5@0 1234@1"),
        ("ja", "３．５％、１２，３４５円。", "3.5@0 12345@1 円@2"),
        ("en", "747's 1990s 1.2bn", "747@0 1990s@1 1.2bn@2"),
        // Signs.
        ("ja", "か\u{3099}ｽ", "がス@0 ス@0"),
        ("zh", "臺灣總統", "台湾@0 湾总@1 总统@2 统@2"),
        // What tells programming languages from letters.
        ("en", "C++, C# and c", "c@0 c++@0 c@1 c#@1 and@2 c@3"),
    ] {
        assert_eq!(terms_in(text, Some(language)), expected, "{text}");
    }
}

/// Whether a character is no word by itself: marks that stand on letters, alone or with a blank under them,
/// apostrophes and what only stretches a word.
fn is_mark(c: char) -> bool {
    use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
    c.nfkd().all(|part| is_combining_mark(part) || is_apostrophe(part) || matches!(part, ' ' | 'ـ'))
}

#[test]
fn every_letter_and_digit_of_unicode_is_a_word() {
    let mut table = Words::default();
    let mut buffer = [0; 4];
    for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| c.is_alphanumeric() && !is_mark(*c)) {
        let mut words = Vec::new();
        let text: &str = c.encode_utf8(&mut buffer);
        tokenize(text, 0..text.len(), 0, Language::default(), &mut table, &mut |token| {
            words.push(token.term().to_owned())
        });
        assert!(!words.is_empty() && !words.iter().any(|word| word.contains(char::is_whitespace)), "{c:?} {words:?}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

    /// Affixes, which stemmers take from a joined form, among words of their own.
    #[test]
    fn positions_of_a_term_do_not_decrease(
        text in "((meng|di|ber|islam|kan|an|lah|re|un|in|ge|do|lab|s|ing|ed|er|en|on|k|a|'s|US|IT|C\\+\\+|2)[-’/&. ]){1,12}",
        language in 0..6_usize,
    ) {
        let language = Language::of(Some(["id", "en", "de", "tr", "ru", "fi"][language]));
        let mut last = std::collections::HashMap::new();
        tokenize(&text, 0..text.len(), 0, language, &mut Words::default(), &mut |token| {
            let before = last.insert(token.term_number(), token.position);
            assert!(before.is_none_or(|before| before <= token.position), "{} in {text}", token.term());
        });
    }

    /// Ranges are in order and on bounds, terms have no blanks, and what is left between tokens has no letter.
    #[test]
    fn any_text_is_walked_whole(text in "([a-zA-Z0-9'’.,/&\\-–_ \u{ad}ßİıé中คа٣]|\\PC){0,40}") {
        let mut covered = vec![false; text.len()];
        let mut last = 0;
        let end = tokenize(&text, 0..text.len(), 7, Language::default(), &mut Words::default(), &mut |token| {
            assert!(text.is_char_boundary(token.start) && text.is_char_boundary(token.end), "{token:?}");
            assert!(!token.term().is_empty() && !token.term().contains(|c: char| c.is_whitespace() || c.is_control()));
            assert!(token.position >= 7 && token.term().len() <= TERM_BYTES_MAX, "{token:?}");
            covered[token.start..token.end].fill(true);
            last = last.max(token.position);
        });
        proptest::prop_assert!(end > last || end == 7);
        let lost = text.char_indices().find(|(at, c)| c.is_alphanumeric() && !is_mark(*c) && !covered[*at]);
        proptest::prop_assert!(lost.is_none(), "{:?} in {:?}", lost, text);
    }
}
