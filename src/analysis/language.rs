//! The language of a text, told from its script and its function words.
//!
//! Owns the guess for articles that do not state their language. It reads the first words only and says nothing when
//! they do not tell: tables of figures, lists of names and short texts have no language.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Words that are looked at: a language shows after thirty.
const WORDS_MAX: usize = 150;

/// Characters that are looked at in texts without blanks.
const CHARS_MAX: usize = 1_000;

/// Words of a text below which nothing is said.
const WORDS_MIN: usize = 15;

/// Function words that must be there.
const HITS_MIN: usize = 5;

/// The share of function words that must be there, in hundredths: running text has 30, headlines 15.
const HITS_SHARE: usize = 12;

/// The most frequent function words of each language, in lower case.
const FUNCTION_WORDS: &[(&str, &str)] = &[
    ("bg", "и на да се не в че за от с е по като са беше до при още това който"),
    ("ca", "i de la el que les els del amb per una és en no al va més com aquest ha"),
    ("cs", "a v se na je že z s do o i to za by ve který jsou pro jako byl od ale"),
    ("da", "og at det er en på til af for med den har ikke der som et fra var blev efter også"),
    ("de", "der die und das den von zu mit ist nicht auf für des im dem ein eine als auch wurde sich bei nach"),
    ("en", "the of and to in that for with was is from by has have his it on at as are an this be said will"),
    ("es", "el la los las de del que y en por con una para se es su al como más fue un lo"),
    ("et", "ja on ei et see oli kui ka ning mis aga oma või pole selle"),
    ("fi", "ja on ei se että oli ovat mutta kun myös joka sekä hän kuin mukaan"),
    ("fr", "le la les des et du une est dans pour que qui sur par avec au ont pas cette aux plus de en un"),
    ("hr", "i u je na da se za su od s o koji kako iz bi što nije te ali bio"),
    ("hu", "a az és hogy nem is egy meg volt ez de csak mint szerint már el"),
    ("id", "yang dan di itu dengan untuk dari ini pada tidak akan oleh dalam ke adalah juga"),
    ("it", "il di che la e del della per un con non sono è gli le una nel alla dei si in ha da"),
    ("nl", "de het een van en in is dat op te zijn voor met niet aan er ook door bij heeft naar"),
    ("no", "og i det er på til av for med som har ikke en et fra var ble den å etter også"),
    ("pl", "w i na z do się nie to że jest o przez oraz od po jak za który dla są"),
    ("pt", "o de que e do da em os para com uma não no na por as dos ao foi mais se um"),
    ("ro", "și în de la cu nu că pe din a care este pentru un sau au fost o mai"),
    ("ru", "и в не на что с по это как из к за от для его о был но также"),
    ("sk", "a v sa na je že z s do o i to za by vo ktorý sú pre ako bol od ale"),
    ("sv", "och att det som en på är av för med till den har inte om ett från var efter i"),
    ("tr", "ve bir bu da de için ile olarak olan çok daha gibi ise kadar sonra ne"),
    ("uk", "і в не на що з у до за від та як це для його про й але був"),
    ("vi", "và của là có được trong cho không các một những với đã khi người này"),
];

/// For each word the languages, by number, whose function word it is.
static KNOWN: LazyLock<HashMap<&'static str, Vec<u8>>> = LazyLock::new(|| {
    let mut known: HashMap<&str, Vec<u8>> = HashMap::new();
    for (number, (_, words)) in (0..).zip(FUNCTION_WORDS) {
        for word in words.split(' ') {
            known.entry(word).or_default().push(number);
        }
    }
    known
});

/// The language of a text as an ISO 639 code, when its first words tell.
pub fn language(text: &str) -> Option<&'static str> {
    if let Some(code) = by_script(text) {
        return Some(code);
    }
    let mut hits = [0; FUNCTION_WORDS.len()];
    let mut words = 0;
    let mut lower = String::new();
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).take(WORDS_MAX) {
        words += 1;
        lower.clear();
        lower.extend(word.chars().flat_map(char::to_lowercase));
        for &number in KNOWN.get(lower.as_str()).into_iter().flatten() {
            hits[usize::from(number)] += 1;
        }
    }
    let mut ranked: Vec<(usize, &str)> =
        hits.iter().zip(FUNCTION_WORDS).map(|(hits, (code, _))| (*hits, *code)).collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    let (first, code) = ranked[0];
    let enough = words >= WORDS_MIN && first >= HITS_MIN && first * 100 >= words * HITS_SHARE;
    // Danish and Norwegian share most of these words.
    (enough && first * 100 >= ranked[1].0 * 112).then_some(code)
}

/// The language of a text whose script tells it.
fn by_script(text: &str) -> Option<&'static str> {
    let (mut letters, mut han, mut kana) = (0, 0, 0);
    let mut counts = [0; 7];
    let mut persian = 0;
    // Most texts are Latin, and their first bytes show it.
    if text.bytes().take(CHARS_MAX).filter(|byte| !byte.is_ascii()).count() * 5 < text.len().min(CHARS_MAX) {
        return None;
    }
    for c in text.chars().take(CHARS_MAX).filter(|c| c.is_alphabetic()) {
        letters += 1;
        match c {
            '\u{3040}'..='\u{30ff}' => kana += 1,
            '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' => han += 1,
            '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' => counts[0] += 1,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => counts[1] += 1,
            '\u{590}'..='\u{5ff}' => counts[2] += 1,
            '\u{600}'..='\u{6ff}' => {
                counts[3] += 1;
                persian += usize::from(matches!(c, 'پ' | 'چ' | 'ژ' | 'گ' | 'ی' | 'ک'));
            }
            '\u{900}'..='\u{97f}' => counts[4] += 1,
            '\u{e00}'..='\u{e7f}' => counts[5] += 1,
            '\u{10a0}'..='\u{10ff}' => counts[6] += 1,
            _ => {}
        }
    }
    let most = |count: usize| letters >= 2 * WORDS_MIN && count * 2 > letters;
    if most(han + kana) {
        return Some(if kana * 20 > han + kana { "ja" } else { "zh" });
    }
    if most(counts[3]) {
        return Some(if persian * 20 > counts[3] { "fa" } else { "ar" });
    }
    let codes = ["ko", "el", "he", "ar", "hi", "th", "ka"];
    counts.iter().zip(codes).find(|(count, _)| most(**count)).map(|(_, code)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_from_a_paragraph() {
        for (code, text) in [
            (
                "en",
                "The ferry to Gull Island returned to the harbour on Sunday after a repair that took eleven days longer than the council had promised.",
            ),
            (
                "de",
                "Die Fähre ist am Sonntag nach einer Reparatur, die elf Tage länger als versprochen gedauert hat, in den Hafen der Insel zurückgekehrt.",
            ),
            (
                "fr",
                "Le bac est revenu dimanche dans le port de l'île après une réparation qui a duré onze jours de plus que ce que la mairie avait promis.",
            ),
            (
                "es",
                "El transbordador volvió el domingo al puerto de la isla después de una reparación que duró once días más de lo que el ayuntamiento había prometido.",
            ),
            (
                "it",
                "Il traghetto è tornato domenica nel porto dell'isola dopo una riparazione che è durata undici giorni in più di quanto il comune aveva promesso.",
            ),
            (
                "pt",
                "A balsa voltou no domingo ao porto da ilha depois de uma reparação que durou onze dias a mais do que a prefeitura tinha prometido.",
            ),
            (
                "nl",
                "De veerboot is zondag in de haven van het eiland teruggekeerd na een reparatie die elf dagen langer duurde dan de gemeente had beloofd.",
            ),
            (
                "sv",
                "Färjan kom tillbaka till hamnen på söndagen efter en reparation som tog elva dagar längre än vad kommunen hade lovat att det skulle ta.",
            ),
            (
                "ru",
                "Паром вернулся в порт в воскресенье после ремонта, который продлился на одиннадцать дней дольше, и это не устроило жителей, как и мэра.",
            ),
            (
                "pl",
                "Prom wrócił w niedzielę do portu na wyspie po naprawie, która trwała o jedenaście dni dłużej, niż to obiecała rada, i nie jest to koniec.",
            ),
            (
                "ja",
                "フェリーは修理を終えて日曜日に島の港に戻った。修理は町が約束したより十一日長くかかった。住民は昼から岸壁に並んだ。",
            ),
            (
                "zh",
                "渡轮在星期日完成修理后返回岛上的港口，修理时间比市议会承诺的多了十一天，居民从中午开始在码头排队等候。",
            ),
            (
                "ko",
                "여객선이 수리를 마치고 일요일에 섬의 항구로 돌아왔다. 수리는 의회가 약속한 것보다 열하루 더 걸렸다.",
            ),
            (
                "el",
                "Το πλοίο επέστρεψε την Κυριακή στο λιμάνι του νησιού μετά από μια επισκευή που κράτησε έντεκα ημέρες περισσότερο.",
            ),
        ] {
            assert_eq!(language(text), Some(code), "{text}");
        }
    }

    #[test]
    fn what_does_not_tell_is_left_open() {
        for text in [
            "",
            "The ferry is back",
            "COBANCO INC YEAR NET SANTA CRUZ Calif Feb 26 Shr 34 cts vs 1.19 dlrs Net 807,000 vs 2,858,000 Assets 510.2 mln vs 479.7 mln",
            "12.3 45.6 78.9",
        ] {
            assert_eq!(language(text), None, "{text}");
        }
    }

    #[test]
    fn the_words_are_in_lower_case_and_said_once() {
        for (code, words) in FUNCTION_WORDS {
            let mut seen: Vec<&str> = words.split(' ').collect();
            assert!(seen.iter().all(|word| !word.is_empty() && **word == word.to_lowercase()), "{code}");
            seen.sort_unstable();
            let count = seen.len();
            seen.dedup();
            assert_eq!(seen.len(), count, "{code}");
        }
        assert!(FUNCTION_WORDS.is_sorted());
    }
}
