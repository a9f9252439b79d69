//! Texts of many languages: their tokens, hits in them, and names in other letters.

use std::fs;
use std::path::Path;

use nutgraf::analysis::{Language, Words, tokenize};

use crate::common::{program, run};

/// A sentence of each kind of language, with its special features.
const SENTENCES: &[(&str, &str)] = &[
    ("en", "The ministers’ U.S. chip-export controls, worth $1.2bn, took effect on 9/11."),
    ("de", "Die Bundesländer beschlossen z. B. Straßenbauten für 1,5 Mio. Euro, sagte Frau Schäuble."),
    ("fr", "L’économie de l’Île-de-France a perdu 12 500 emplois, dit M. Lefèvre."),
    ("es", "Las elecciones costarán 1.234.567 euros, dijo el Sr. Núñez."),
    ("nl", "De ministers van ’s-Gravenhage bespraken de begrotingen."),
    ("pl", "Wyborcy w Łodzi wybierali posłów i senatorów."),
    ("tr", "IŞIK İSTANBUL’da belediye başkanlarıyla görüştü."),
    ("ru", "Выборы президента пройдут в апреле, т. е. весной: ещё семь дней."),
    ("uk", "Президентом обрано п’ятьох кандидатів із Києва."),
    ("el", "Οι υπουργοί συναντήθηκαν στην Αθήνα."),
    ("ar", "وقالت الحكومة إنّ الانتخابات ستجرى في ١٢ نوفمبر."),
    ("fa", "وزیران کشورهای ایران می‌روند."),
    ("he", "הנשיא נפגש עם צה״ל בירושלים."),
    ("hi", "सरकार ने चुनावों की तारीख बताई।"),
    ("ko", "정부는 대통령이 서울에서 회담을 했다고 밝혔다."),
    ("ja", "日本の首相がガソリン税を引き下げると表明した。"),
    ("zh", "臺灣總統週三訪問美國國會。"),
    ("th", "นายกรัฐมนตรีประกาศยุบสภา"),
];

/// Queries of the samples with thirty articles.
const QUERIES: &[(&str, &str)] = &[
    ("ar", "ميزانية المدن"),
    ("de", "Haushalte der Städte"),
    ("ko", "여객선 주민"),
    ("ru", "бюджеты городов"),
    ("uk", "бюджети міст"),
];

/// Queries of `screens.jsonl`, which has two articles in each of these languages.
const SCREENS: &[(&str, &str)] = &[
    ("en", "ferries budget"),
    ("fr", "budgets des bacs"),
    ("es", "presupuestos del barco"),
    ("nl", "begroting veerboot"),
    ("pl", "budżet promu"),
    ("tr", "feribot bütçeleri"),
    ("el", "προϋπολογισμοί πλοίου"),
    ("fa", "بودجه کشتی"),
    ("he", "תקציב מעבורת עו\"ד"),
    ("hi", "नौका बजट"),
    ("ja", "フェリーの予算"),
    ("zh", "渡轮预算"),
    ("th", "เรือข้ามฟาก"),
];

#[test]
fn tokens_of_a_sentence_in_each_language() {
    let mut words = Words::default();
    let mut lines = String::new();
    for (code, sentence) in SENTENCES {
        let mut tokens = Vec::new();
        let language = Language::of(Some(code));
        tokenize(sentence, 0..sentence.len(), 0, language, &mut words, &mut |token| {
            tokens.push(format!("{}@{}", token.term(), token.position));
        });
        lines.push_str(&format!("{code}: {sentence}\n    {}\n", tokens.join(" ")));
    }
    insta::assert_snapshot!("tokens_of_languages", lines);
}

/// A screen with matches in brackets, without other styles.
fn bracketed(screen: &str) -> String {
    let (mut shown, mut in_match) = (String::new(), false);
    for (at, part) in screen.split("\u{1b}[").enumerate() {
        let (style, text) = if at == 0 { ("", part) } else { part.split_once('m').expect("a style") };
        shown.push_str(if in_match { "]" } else { "" });
        in_match = style == "1;31";
        shown.push_str(if in_match { "[" } else { "" });
        shown.push_str(text);
    }
    shown
}

#[test]
fn hits_in_each_language() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/languages");
    let mut archive = String::new();
    for (code, _) in QUERIES {
        let text = fs::read_to_string(samples.join(format!("{code}.txt"))).expect("a sample");
        for (number, (title, body)) in text.lines().filter_map(|line| line.split_once(" | ")).enumerate() {
            let article = serde_json::json!({"id": format!("{code}-{number}"), "title": title, "text": body});
            archive.push_str(&format!("{article}\n"));
        }
    }
    archive.push_str("{\"id\": \"none-0\", \"text\": \"12.3 45.6\"}\n");
    fs::write(scratch.path().join("samples.jsonl"), archive).expect("an archive");
    fs::copy(samples.join("screens.jsonl"), scratch.path().join("screens.jsonl")).expect("an archive");
    run(scratch.path(), &["index", "--quiet", "--index", "index", "samples.jsonl", "screens.jsonl"]);
    let mut screens = String::new();
    for (code, words) in QUERIES.iter().chain(SCREENS) {
        let mut command = program(scratch.path(), &["query", "--index", "index", "--limit", "3", "--color", "always"]);
        let out = command.args(["--language", code, words]).output().expect("the program runs");
        let (hits, notes) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        screens.push_str(&format!("$ nutgraf query --language {code} '{words}'\n{}{notes}\n", bracketed(&hits)));
    }
    insta::assert_snapshot!("hits_of_languages", screens);
    let found = |more: &[&str], words: &str| {
        let hits = run(scratch.path(), &[&["query", "--index", "index", "--ids", words], more].concat());
        hits.lines().filter_map(|id| id.split('-').next().map(str::to_owned)).collect::<Vec<_>>()
    };
    let only = |more: &[&str], words: &str, codes: &[&str]| {
        let found = found(more, words);
        assert!(!found.is_empty() && found.iter().all(|code| codes.contains(&code.as_str())), "{words} {found:?}");
    };
    only(&["--language", "German", "--language", "ru"], "Haushalt бюджет", &["de", "ru"]);
    only(&["--language", "Ukrainian"], "бюджет", &["uk"]);
    only(&["--language", "undetermined"], "*", &["none"]);
    only(&["--not-language", "und", "--language", "Deutsch", "--language", "none"], "*", &["de"]);
    only(&[], "lang:und", &["none"]);
    for command in [
        &["query", "*"][..],
        &["query", "*", "--count"],
        &["query", "*", "--json", "--language", "de"],
        &["facets", "*", "--by", "language"],
        &["timeline", "*"],
        &["terms", "Haushalt"],
        &["similar", "de-1"],
    ] {
        let out = program(scratch.path(), &[command, &["--index", "index", "--language", "Klingon"]].concat()).output();
        let told = String::from_utf8(out.expect("the program runs").stderr).expect("text");
        assert!(
            told.contains("no article has the language `Klingon`; the archive has `ar`, `de`"),
            "{command:?}: {told}"
        );
    }
}

#[test]
fn names_are_found_in_other_letters_where_that_is_asked_for() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let articles = [
        ("en", "Vladimir Putin spoke to the press for three hours about the chip."),
        ("ru", "Президент Путин выступил перед прессой, и о Зеленском не сказал ни слова в этот раз."),
        ("uk", "Президент Зеленський виступив перед журналістами та відповів на їхні запитання."),
        ("us", "President Zelensky was in the house and had the word for the first time."),
        ("gb", "President Zelenskyy was on the ship and said that it would be the last time."),
        ("de", "Der Präsident Selenskyj war in der Stadt und sprach mit den Leuten über den Winter."),
        ("el", "Ο πρωθυπουργός Μητσοτάκης μίλησε στη Βουλή για την οικονομία και τους φόρους."),
        ("fr", "Le premier ministre Mitsotakis a parlé de l’économie et des impôts dans le port."),
    ];
    let lines: Vec<String> =
        articles.iter().map(|(id, text)| serde_json::json!({"id": id, "text": text}).to_string()).collect();
    fs::write(scratch.path().join("names.jsonl"), lines.join("\n")).expect("an archive");
    run(scratch.path(), &["index", "--quiet", "--index", "index", "names.jsonl"]);
    let found = |more: &[&str], words: &str| {
        let hits = run(scratch.path(), &[&["query", "--index", "index", "--ids", words], more].concat());
        let mut ids: Vec<String> = hits.lines().map(str::to_owned).collect();
        ids.sort();
        ids.join(" ")
    };
    for (words, plain, respelled) in [
        ("Путин", "ru", "en ru"),
        ("putin", "en", "en ru"),
        ("Путину", "ru", "en ru"),
        ("Зеленского", "ru", "de gb ru uk us"),
        ("Зеленський", "uk", "de gb ru uk us"),
        ("Zelensky", "us", "gb ru uk us"),
        ("Zelenskyy", "gb", "gb ru uk us"),
        ("Mitsotakis", "fr", "el fr"),
        ("Μητσοτάκης", "el", "el fr"),
        ("\"Президент Зеленский\"", "", "gb uk us"),
        ("Президент w/1 Zelensky", "", "gb uk us"),
        ("=Putin", "en", "en"),
        ("chip", "en", "en"),
    ] {
        assert_eq!(found(&[], words), plain, "{words}");
        assert_eq!(found(&["--translit"], words), respelled, "{words}");
    }
    let told = run(scratch.path(), &["query", "--index", "index", "--translit", "--explain", "Putin"]);
    assert!(told.contains("Putin = путин"), "{told}");
}

#[test]
fn compounds_are_found_where_no_article_has_the_word() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let articles = [
        ("a", "Die Bundeskanzlerwahl war am Montag, und der Wald in der Stadt hat nicht viel davon gehabt."),
        ("b", "Der Brand in der Stadt war am Montag nicht so groß, wie die Leute an der Brücke gedacht haben."),
        ("c", "Die Wahl der Stadt fiel auf eine Brücke, und auf der Autobahnbrücke war am Montag wieder Stau."),
        ("d", "An der Autobahnbrücke wurde am Dienstag nicht mehr gebaut, weil es dort wieder zu kalt war."),
    ];
    let lines: Vec<String> =
        articles.iter().map(|(id, text)| serde_json::json!({"id": id, "text": text}).to_string()).collect();
    fs::write(scratch.path().join("a.jsonl"), lines.join("\n")).expect("an archive");
    run(scratch.path(), &["index", "--quiet", "--index", "index", "a.jsonl"]);
    for (words, expected) in [
        ("Kanzlerwahl", "a"),
        ("Waldbrand", "a b"),
        ("Waldesbrand", "a b"),
        ("Brücke", "b c"),
        ("=Kanzlerwahl", ""),
        ("wahl", "c"),
    ] {
        let hits = run(scratch.path(), &["query", "--index", "index", "--ids", words]);
        let mut ids: Vec<&str> = hits.lines().collect();
        ids.sort_unstable();
        assert_eq!(ids.join(" "), expected, "{words}");
    }
}

#[test]
fn runs_of_characters_are_words_and_sentences() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let articles = [
        ("a", "ウクライナで十月に選挙が行われた。ガソリンの税金は高い。"),
        ("b", "ライナーは速い。選手はイナバウアーを見せた。"),
        ("d", "ธนาคารแห่งประเทศไทยคงอัตราดอกเบี้ยนโยบายไว้"),
        ("c", "นายกรัฐมนตรีประกาศยุบสภาเมื่อวันจันทร์ในเดือนพฤษภาคม"),
    ];
    let lines: Vec<String> =
        articles.iter().map(|(id, text)| serde_json::json!({"id": id, "text": text}).to_string()).collect();
    fs::write(scratch.path().join("a.jsonl"), lines.join("\n")).expect("an archive");
    run(scratch.path(), &["index", "--quiet", "--index", "index", "a.jsonl"]);
    for (query, ids, shown) in [
        ("ウクライナ", "a", "[ウクライナ]で"),
        ("ライナーがウクライナの選挙", "a b", "[ライナー]は"),
        ("月", "a", "十[月]に"),
        ("税 w/5 ガソリン", "a", "[ガソリン]の"),
        ("税 w/5 選挙", "", ""),
        ("ยุบสภา", "c", "[ยุบสภา]เมื่อวันจันทร์ในเดือนพฤษภาคม"),
        ("นายกรัฐมนตรี", "c", "[นายกรัฐมนตรี]ประกาศ"),
    ] {
        let query = ["query", "--index", "index", "--color", "always", query];
        let found = run(scratch.path(), &[&query[..], &["--ids"]].concat());
        assert_eq!(found.split_whitespace().collect::<Vec<_>>().join(" "), ids, "{query:?}");
        let screen = bracketed(&run(scratch.path(), &query)).replace("\n    ", "");
        assert!(screen.contains(shown), "{query:?}: {screen}");
    }
    let single = program(scratch.path(), &["query", "--index", "index", "月"]).output().expect("the program runs");
    assert_eq!(String::from_utf8_lossy(&single.stderr), "", "a sign that begins a pair is not missing");
}
