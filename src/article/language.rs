//! The languages that articles are in: codes and names.

/// A language.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// The code by which the index knows it: of two letters, as in ISO 639-1.
    pub code: &'static str,
    /// The codes of ISO 639-2 and 639-3 that mean it, between blanks.
    long_codes: &'static str,
    /// What English calls it.
    pub name: &'static str,
    /// What it calls itself, in lower case.
    own_name: &'static str,
}

impl Language {
    /// Whether it is written in Latin letters.
    pub fn is_latin(&self) -> bool {
        self.own_name.starts_with(|c| c < '\u{370}' || ('\u{1e00}'..'\u{1f00}').contains(&c))
    }

    /// The language that a code, a tag such as `en-US`, or a name such as `German` or `Deutsch` means.
    pub fn of(text: &str) -> Option<&'static Self> {
        let text = text.trim();
        let lower = text.to_lowercase();
        let primary = lower.split(['-', '_', '.', ',', ';', ' ']).next().unwrap_or_default();
        LANGUAGES.iter().find(|l| l.name.eq_ignore_ascii_case(text) || l.own_name == lower).or_else(|| {
            let known = |l: &&Self| l.code == primary || l.long_codes.split(' ').any(|code| code == primary);
            LANGUAGES.iter().find(known)
        })
    }
}

/// The code of the language that a text of metadata means; one that [`LANGUAGES`] does not have keeps its own code.
pub fn language_code(text: &str) -> Option<String> {
    if let Some(language) = Language::of(text) {
        return Some(language.code.to_owned());
    }
    let lower = text.trim().to_lowercase();
    let primary = lower.split(['-', '_', '.', ',', ';']).next().unwrap_or_default();
    let valid = matches!(primary.len(), 2 | 3) && primary.bytes().all(|byte| byte.is_ascii_lowercase());
    (valid && !matches!(primary, "und" | "mul" | "mis" | "zxx" | "xx")).then(|| primary.to_owned())
}

const fn row(code: &'static str, long_codes: &'static str, name: &'static str, own_name: &'static str) -> Language {
    Language { code, long_codes, name, own_name }
}

/// The languages that are known by name, by code.
pub const LANGUAGES: &[Language] = &[
    row("af", "afr", "Afrikaans", "afrikaans"),
    row("am", "amh", "Amharic", "አማርኛ"),
    row("ar", "ara arb", "Arabic", "العربية"),
    row("az", "aze azj", "Azerbaijani", "azərbaycanca"),
    row("be", "bel", "Belarusian", "беларуская"),
    row("bg", "bul", "Bulgarian", "български"),
    row("bn", "ben", "Bengali", "বাংলা"),
    row("bs", "bos", "Bosnian", "bosanski"),
    row("ca", "cat", "Catalan", "català"),
    row("cs", "ces cze", "Czech", "čeština"),
    row("cy", "cym wel", "Welsh", "cymraeg"),
    row("da", "dan", "Danish", "dansk"),
    row("de", "deu ger", "German", "deutsch"),
    row("el", "ell gre", "Greek", "ελληνικά"),
    row("en", "eng", "English", "english"),
    row("eo", "epo", "Esperanto", "esperanto"),
    row("es", "spa", "Spanish", "español"),
    row("et", "est ekk", "Estonian", "eesti"),
    row("eu", "eus baq", "Basque", "euskara"),
    row("fa", "fas per pes", "Persian", "فارسی"),
    row("fi", "fin", "Finnish", "suomi"),
    row("fr", "fra fre", "French", "français"),
    row("ga", "gle", "Irish", "gaeilge"),
    row("gl", "glg", "Galician", "galego"),
    row("gu", "guj", "Gujarati", "ગુજરાતી"),
    row("he", "heb iw", "Hebrew", "עברית"),
    row("hi", "hin", "Hindi", "हिन्दी"),
    row("hr", "hrv", "Croatian", "hrvatski"),
    row("hu", "hun", "Hungarian", "magyar"),
    row("hy", "hye arm", "Armenian", "հայերեն"),
    row("id", "ind in", "Indonesian", "bahasa indonesia"),
    row("is", "isl ice", "Icelandic", "íslenska"),
    row("it", "ita", "Italian", "italiano"),
    row("ja", "jpn", "Japanese", "日本語"),
    row("jv", "jav", "Javanese", "basa jawa"),
    row("ka", "kat geo", "Georgian", "ქართული"),
    row("kk", "kaz", "Kazakh", "қазақша"),
    row("km", "khm", "Khmer", "ខ្មែរ"),
    row("kn", "kan", "Kannada", "ಕನ್ನಡ"),
    row("ko", "kor", "Korean", "한국어"),
    row("la", "lat", "Latin", "latina"),
    row("lo", "lao", "Lao", "ລາວ"),
    row("lt", "lit", "Lithuanian", "lietuvių"),
    row("lv", "lav lvs", "Latvian", "latviešu"),
    row("mk", "mkd mac", "Macedonian", "македонски"),
    row("ml", "mal", "Malayalam", "മലയാളം"),
    row("mr", "mar", "Marathi", "मराठी"),
    row("ms", "msa may zsm", "Malay", "bahasa melayu"),
    row("my", "mya bur", "Burmese", "မြန်မာ"),
    row("ne", "nep npi", "Nepali", "नेपाली"),
    row("nl", "nld dut", "Dutch", "nederlands"),
    row("no", "nor nob nb nno nn", "Norwegian", "norsk"),
    row("or", "ori ory", "Odia", "ଓଡ଼ିଆ"),
    row("pa", "pan", "Punjabi", "ਪੰਜਾਬੀ"),
    row("pl", "pol", "Polish", "polski"),
    row("ps", "pus", "Pashto", "پښتو"),
    row("pt", "por", "Portuguese", "português"),
    row("ro", "ron rum mo", "Romanian", "română"),
    row("ru", "rus", "Russian", "русский"),
    row("si", "sin", "Sinhala", "සිංහල"),
    row("sk", "slk slo", "Slovak", "slovenčina"),
    row("sl", "slv", "Slovenian", "slovenščina"),
    row("sn", "sna", "Shona", "chishona"),
    row("sq", "sqi alb als", "Albanian", "shqip"),
    row("sr", "srp", "Serbian", "српски"),
    row("st", "sot", "Sesotho", "sesotho"),
    row("sv", "swe", "Swedish", "svenska"),
    row("sw", "swa swh", "Swahili", "kiswahili"),
    row("ta", "tam", "Tamil", "தமிழ்"),
    row("te", "tel", "Telugu", "తెలుగు"),
    row("th", "tha", "Thai", "ไทย"),
    row("tk", "tuk", "Turkmen", "türkmençe"),
    row("tl", "tgl fil", "Tagalog", "tagalog"),
    row("tr", "tur", "Turkish", "türkçe"),
    row("uk", "ukr", "Ukrainian", "українська"),
    row("ur", "urd", "Urdu", "اردو"),
    row("uz", "uzb uzn", "Uzbek", "oʻzbekcha"),
    row("vi", "vie", "Vietnamese", "tiếng việt"),
    row("yi", "yid ydd ji", "Yiddish", "ייִדיש"),
    row("zh", "zho chi cmn", "Chinese", "中文"),
    row("zu", "zul", "Zulu", "isizulu"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_code_tag_and_name() {
        assert!(LANGUAGES.is_sorted_by_key(|l| l.code));
        for (text, expected) in [
            ("en", Some("en")),
            ("en-US", Some("en")),
            (" DE_at ", Some("de")),
            ("German", Some("de")),
            ("français", Some("fr")),
            ("Русский", Some("ru")),
            ("Bahasa Indonesia", Some("id")),
            ("chi", Some("zh")),
            ("cmn-Hant", Some("zh")),
            ("nb", Some("no")),
            ("zh_Hans", Some("zh")),
            ("tlh", Some("tlh")),
            ("und", None),
            ("Klingon", None),
            ("", None),
        ] {
            assert_eq!(language_code(text).as_deref(), expected, "{text}");
        }
    }
}
